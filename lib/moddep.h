/* lib/moddep.h - the indexes depmod leaves in a module directory, as others read them
 *
 * A module directory (/lib/modules/VERSION) has five indexes, each as a text file and as
 * a binary trie (NAME.bin, the format of kmod: see moddep_format.h). This is the reader.
 * The binary form is mapped and searched in place; if it is not there, the text form is
 * read, modules.dep also in the classic shape of modutils.
 *
 * Interface:
 *  - moddep_open() costs nothing but memory; a file is opened by the first question to
 * it.
 *  - A file that does not exist holds nothing: not an error. A damaged one is -EBADMSG,
 *    from every question to it; moddep_why() names it.
 *  - Strings handed out belong to the index and live until moddep_close().
 *  - Names are compared with `-` and `_` equal, as everywhere in modstack; what may hold
 *    a pattern (the alias indexes) is matched with *, ? and [...].
 */
#ifndef MODDEP_H
#define MODDEP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "moddep_format.h"

enum moddep_file {
	MODDEP_DEP,	      /* modules.dep: module name -> "PATH: DEP DEP..." */
	MODDEP_ALIAS,	      /* modules.alias: pattern -> module name */
	MODDEP_SYMBOLS,	      /* modules.symbols: "symbol:NAME" -> module name */
	MODDEP_BUILTIN,	      /* modules.builtin: module name -> "" */
	MODDEP_BUILTIN_ALIAS, /* modules.builtin.modinfo: pattern -> name of a builtin
				 module */
	MODDEP_NFILES
};

struct moddep;

struct moddep_match {
	const char *value;
	uint32_t priority; /* position of the module in modules.order; 0 is best */
};

/* A module of the tree. All paths absolute; the order of deps is the order of loading:
 * deps[0] first, the module itself last. One allocation: moddep_entry_free. */
struct moddep_entry {
	const char *path;
	const char **deps;
	size_t ndeps;
};

/* `dir` is the module directory, copied. Returns 0 or -ENOMEM. */
int moddep_open(struct moddep **out, const char *dir);
void moddep_close(struct moddep *m); /* NULL is fine */

/* Is that index in the directory, binary or text? */
bool moddep_is_there(const char *dir, enum moddep_file file);

/* modules.dep is read from `path`, a text file that has to be there. Before the first question.
 * Returns 0 or -ENOMEM. */
int moddep_set_depfile(struct moddep *m, const char *path);

/* Which file the last -EBADMSG (or open error) was about, and why. Never NULL. */
const char *moddep_why(const struct moddep *m);

/* Every value stored under `key` (for the alias indexes: under a pattern that matches
 * it), best priority first. Returns how many; *matches is malloced if that is not 0.
 * Errors: -EBADMSG, -ENOMEM, or why the file could not be opened. */
int moddep_lookup(struct moddep *m, enum moddep_file file, const char *key,
		  struct moddep_match **matches);

/* The module called `name`. Returns 1, 0 if the tree has none of that name, or -errno. */
int moddep_find(struct moddep *m, const char *name, struct moddep_entry *entry);
void moddep_entry_free(struct moddep_entry *entry);

/* Call fn for every key and value of an index, keys in byte order. Stops when fn returns
 * other than 0, and returns that; else 0 or -errno as above. `key` lives for the call. */
typedef int moddep_visit(void *arg, const char *key, const struct moddep_match *match);
int moddep_walk(struct moddep *m, enum moddep_file file, moddep_visit *fn, void *arg);

/* The same for the keys that begin with `prefix`, which is spelled as keys are. */
int moddep_walk_prefix(struct moddep *m, enum moddep_file file, const char *prefix,
		       moddep_visit *fn, void *arg);

/* Which installed module exports `symbol` (a plain name): its module name, or NULL. */
const char *moddep_exporter(struct moddep *m, const char *symbol);

/* How a modules.dep path is turned into a module name: basename up to the first dot, `-`
 * to `_`. `name` holds `size` bytes. Returns its length, or -ENAMETOOLONG. */
int moddep_modname(const char *path, char *name, size_t size);

/* The form in which a pattern is stored and a name looked up in the alias indexes: `-` to `_`
 * except between brackets. `out` holds MODDEP_KEY_MAX bytes. Returns its length, -EINVAL (a
 * bracket lacks its partner), -ENAMETOOLONG. */
int moddep_normalize(const char *alias, char *out);

#endif
