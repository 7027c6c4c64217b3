/* depmod/text.h - bytes that grow at the end
 *
 * Starts zeroed; text_free() at the end. Running out of memory is remembered, later
 * additions do nothing, and text_failed() is asked once.
 */
#ifndef TEXT_H
#define TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct text {
	char *bytes;
	size_t len, room;
	bool failed;
};

/* Room for `len` more bytes; returns where they go, or NULL. Does not change text->len. */
char *text_room(struct text *t, size_t len);
void text_add(struct text *t, const void *bytes, size_t len);
void text_adds(struct text *t, const char *s); /* without its NUL */
void text_addc(struct text *t, char c);
void text_printf(struct text *t, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));
void text_add_be32(struct text *t, uint32_t n); /* most significant byte first */
bool text_failed(const struct text *t);
void text_free(struct text *t);

#endif
