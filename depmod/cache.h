/* depmod/cache.h - the facts of all modules as the last run left them (modules.depcache)
 *
 * Saves reading modules that are as they were (same path, size, times and inode), and looking
 * through directories that are as they were. The file lies beside the indexes, is private to
 * this program on this machine, and may be deleted at any time; one that is damaged or of
 * another version is not there.
 *
 * What changed within the grain of the file system's clock before a run began may change again
 * without a trace: it is looked at again by the next run.
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

/* The file: this header, the facts (exports, imports, symbol names, info strings), and the
 * lists (records of modules, directories and outputs; paths of modules and directories).
 * Numbers are the machine's own. */
struct cache_header {
	char magic[24];
	uint64_t print, facts_hash, lists_hash, header_hash;
	uint64_t symbols, info, paths; /* bytes of text */
	uint32_t nexports, nimports, nsymbols, nmodules, ndirs, noutputs;
};

struct cache {
	int fd;
	struct cache_header h;
	char *lists;
	const char *modules, *dirs, *outputs; /* records among them; see cache.c */
	const char **paths; /* of the modules, then of the directories */
};

/* Open DIR/modules.depcache and read all but the facts. Returns 0, or a negative number if
 * there is nothing to use. cache_close() in any case. */
int cache_open(struct cache *c, const char *dir);
void cache_close(struct cache *c);

/* If the last run had the same settings, fill the empty tree without a walk: only directories
 * that have changed since are looked through. False: it takes a walk, the tree is empty. */
bool cache_walk(const struct cache *c, const struct cache_print *print, struct tree *t);

/* Give every module of the tree that is as it was the place of its facts; wanted[number] tells
 * which have to be read. Returns how many those are. */
uint32_t cache_apply(const struct cache *c, struct tree *t, bool *wanted);

/* After cache_apply() said 0: did the last run see the same tree and settings, and are its
 * outputs, in DIR, as it left them? */
bool cache_is_current(const struct cache *c, const struct tree *t, const char *dir,
		      const struct cache_print *print);

/* Read the facts into the empty store. Returns 0, or a negative number if they cannot be used;
 * the store is empty then. */
int cache_load(const struct cache *c, struct store *s);

/* Making a new one: the facts first, the long part; the rest when the outputs are in `out`. */
struct cache_image {
	struct text bytes;
	struct cache_header h;
};

/* Both return 0 or -errno. */
int cache_prepare(struct cache_image *image, const struct tree *t, const struct store *s);

/* `place` is the cache's in `out`; `start`: when the run began, in ns. */
int cache_put(struct cache_image *image, const struct tree *t, struct outdir *out,
	      unsigned place, const struct cache_print *print, int64_t start);

#endif
