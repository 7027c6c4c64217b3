/* depmod/names.h - a set of strings, numbered in the order they were added
 *
 * Starts zeroed. Numbers are small and dense, so that what belongs to a name can lie in an
 * array beside the set. Strings move when the set grows: keep numbers, not pointers.
 */
#ifndef NAMES_H
#define NAMES_H

#include <stddef.h>
#include <stdint.h>
#include "text.h"

#define NAMES_NONE UINT32_MAX

struct names {
	struct text text;  /* the strings, each with its NUL */
	uint32_t *offsets; /* of string i in text */
	uint32_t n, room;
	uint64_t *slots; /* open addressing: hash << 32 | number + 1, 0 is empty */
	uint32_t nslots; /* a power of two */
};

/* The number of `s` (len bytes without NUL), adding it if it is new; NAMES_NONE: no memory. */
uint32_t names_add(struct names *names, const char *s, size_t len);

/* The number of `s`, or NAMES_NONE. */
uint32_t names_find(const struct names *names, const char *s, size_t len);

const char *names_get(const struct names *names, uint32_t number);

/* names->text holds n strings, as they were in another set (no duplicates): number them.
 * Returns 0, -ENOMEM, or -EBADMSG if there are not n strings in it. On failure free the set. */
int names_index(struct names *names, uint32_t n);

void names_free(struct names *names);

#endif
