/* modprobe/tree.h - what can be loaded: the module directory and the configuration together
 *
 * Interface:
 *  - A module is looked up once and then known by its address.
 *  - Memory comes from one obstack that is freed with the tree.
 */
#ifndef TREE_H
#define TREE_H

#include <obstack.h>
#include <stdbool.h>
#include <stddef.h>

#include "modconf.h"
#include "moddep.h"

struct module {
	const char *name; /* `-` read as `_` */
	const char *path; /* NULL: there is no file */
	bool indexed; /* modules.dep has it, and has been asked for its dependencies */
	bool builtin; /* it is part of the kernel */
	bool null;    /* the dummy that always loads */
	struct module **deps; /* needed ones, in the order of loading */
	size_t ndeps;
	unsigned planned; /* number of the plan it is in, see plan.c */
	bool present;	  /* it is loaded, as far as this run knows */
	struct module *same_hash;
};

#define TREE_BUCKETS 1024

struct tree {
	const char *dir; /* /lib/modules/VERSION below the root */
	struct moddep *index;
	struct modconf *conf;
	struct obstack mem;
	struct module *bucket[TREE_BUCKETS];
	bool damaged; /* an index could not be read; it has been said */
	bool softdeps_read;
};

/* `conf` becomes the tree's. Returns 0 or -ENOMEM. */
int tree_open(struct tree *t, const char *dir, struct modconf *conf);
void tree_close(struct tree *t);

/* The module of that name in modules.dep, or NULL. */
struct module *tree_module(struct tree *t, const char *name);

/* A module that modules.dep does not list: built in, null, a file, or a mere name. */
struct module *tree_add(struct tree *t, const char *name, const char *path);

/* What is not there, if that is why nothing is known: the directory, or "FILE, run depmod". In
 * the tree's memory; NULL: nothing lacks. */
const char *tree_lacks(struct tree *t);

/* Say that an index is damaged, once. */
void tree_complain(struct tree *t, int err);

char *tree_strdup(struct tree *t, const char *s);

#endif
