/* lib/moddep_trie.h - search a binary index in place (moddep_format.h says what is in it)
 *
 * Nothing is believed: each access is checked against the size, a walk cannot be longer than
 * the file. Whatever is wrong is -EBADMSG.
 */
#ifndef MODDEP_TRIE_H
#define MODDEP_TRIE_H

#include <stddef.h>
#include <stdint.h>
#include "moddep.h"

struct moddep_trie {
	const unsigned char *bytes; /* size of them, aligned or not */
	size_t size;
	uint32_t root;
};

/* Look at the header; `bytes` must outlive the trie. Returns 0 or -EBADMSG. */
int moddep_trie_init(struct moddep_trie *t, const void *bytes, size_t size);

/* Call fn for each value: of exactly `key`; of every key that, taken as a pattern, matches
 * `key`; of all keys, in byte order. Return 0, what fn returned other than 0, or -EBADMSG. */
int moddep_trie_find(const struct moddep_trie *t, const char *key, moddep_visit *fn,
		     void *arg);
int moddep_trie_match(const struct moddep_trie *t, const char *key, moddep_visit *fn,
		      void *arg);
int moddep_trie_walk(const struct moddep_trie *t, moddep_visit *fn, void *arg);

/* The walk over the keys that begin with `prefix`. */
int moddep_trie_walk_prefix(const struct moddep_trie *t, const char *prefix,
			    moddep_visit *fn, void *arg);

#endif
