/* kernel/text.h - a text that grows as it is printed to: the content of a /proc file
 *
 * Start from a zeroed struct text. An allocation that fails is remembered: later calls do
 * nothing, and the owner finds it in `error`, once, at the end. Portable.
 */
#ifndef KERNEL_TEXT_H
#define KERNEL_TEXT_H

#include <linux/types.h>

struct text {
	char *buf; /* len bytes, not terminated; NULL while empty */
	size_t len, size;
	int error;   /* 0 or -ENOMEM */
	bool owners; /* registrations are shown with their modules (registry.h) */
};

/* Append. Any length; return 0 or -ENOMEM. */
int text_printf(struct text *t, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));
int text_add(struct text *t, const char *s, size_t len);
/* Append n bytes for the caller to fill in before he does anything else with the text. NULL:
 * no memory. */
char *text_room(struct text *t, size_t n);
/* Append zeros up to the next multiple of `to`, a power of two up to 16. */
int text_align(struct text *t, size_t to);

/* Free the buffer; the text is empty again. */
void text_free(struct text *t);

#endif
