/* depmod/trie.h - write a binary index (lib/moddep_format.h says what it looks like) */
#ifndef TRIE_H
#define TRIE_H

#include <stdint.h>
#include "text.h"

struct trie_item {
	const char *key;   /* NUL-terminated, 7-bit, shorter than MODDEP_KEY_MAX */
	const char *value; /* len bytes, no NUL among them */
	uint32_t len;
	uint32_t priority;
};

/* Append the index of n items, given in the order kmod would insert them, to `out`. The items
 * change their places. Returns 0, -ENOMEM, or -EFBIG (offsets have 28 bits). */
int trie_write(struct text *out, struct trie_item *items, uint32_t n);

#endif
