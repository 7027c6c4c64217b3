/* depmod/cache.h - the facts of all modules as the last run left them (modules.depcache)
 *
 * Saves reading modules that are as they were: same path, size, times and inode. The file lies
 * beside the indexes, is private to this program on this machine, and may be deleted at any
 * time; one that is damaged or of another version is not there.
 *
 * A module changed within the grain of the file system's clock before a run began may change
 * again without a trace: such a module is read again by the next run.
 */
#ifndef CACHE_H
#define CACHE_H

#include <stdbool.h>
#include <stdint.h>
#include "outdir.h"
#include "store.h"
#include "tree.h"

#define CACHE_NAME "modules.depcache"

/* What the outputs depend on besides the modules: hash it all into one number. */
struct cache_print {
	uint64_t hash;
};
void cache_print_add(struct cache_print *p, const void *bytes, size_t len);

struct cache {
	char *bytes; /* the file */
	size_t len;
	struct names paths;  /* numbers: of the cached modules */
	const char *modules; /* records; see cache.c */
	uint32_t nmodules;
	uint64_t print;
	const char *outputs; /* records, too */
	uint32_t noutputs;
};

/* Read DIR/modules.depcache and put its facts into the empty store. Returns 0, or a negative
 * number if there is nothing to use (the store is empty then). */
int cache_read(struct cache *c, const char *dir, struct store *s);
void cache_free(struct cache *c);

/* Take over the facts of every module of the tree that is as it was; wanted[number] tells
 * which have to be read. Returns how many those are. */
uint32_t cache_apply(const struct cache *c, struct tree *t, bool *wanted);

/* After cache_apply() said 0: did the last run see the same tree and settings, and are its
 * outputs, in DIR, as it left them? */
bool cache_is_current(const struct cache *c, const struct tree *t, const char *dir,
		      const struct cache_print *print);

/* Put the cache into `out`, after all other files. `start`: when the run began, in ns. Returns
 * 0 or -errno. */
int cache_write(const struct tree *t, const struct store *s, struct outdir *out,
		const struct cache_print *print, int64_t start);

#endif
