/* depmod/tree.h - the modules of a tree: where they are, one a name, in which order
 *
 * tree_open, tree_walk (or tree_add for single files), tree_order; tree_free. A module's
 * number is its position in the array; tree->order lists the numbers in the order of
 * modules.dep.
 */
#ifndef TREE_H
#define TREE_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/stat.h>
#include "config.h"
#include "names.h"

/* What tells that a file is as it was. */
struct stamp {
	int64_t mtime, ctime; /* ns */
	uint64_t size, inode;
};

struct module {
	uint32_t path;	/* in tree->paths: relative to the directory, or absolute */
	uint32_t order; /* position in tree->order */
	bool stat;	/* stamp is known */
	bool broken;	/* could not be read: not listed anywhere */
	struct stamp stamp;
	/* in the store */
	uint32_t exports, nexports, imports, nimports, info, info_len;
	/* among tree->deps */
	uint32_t deps, ndeps;
};

struct tree {
	char *dir; /* BASE/lib/modules/VERSION */
	int fd;
	const struct config *config;
	bool want_stat;	   /* stat each module while walking */
	struct text paths; /* NUL-terminated */
	struct names dirs; /* paths of all that were looked through; "" is the root */
	struct stamp *dir_stamps; /* of each, from before that */
	uint32_t dirs_room;
	bool uncertain;		/* a directory's modules cannot be told from it alone */
	struct names names;	/* of modules; same numbers as the modules */
	struct module *modules; /* names.n of them */
	uint32_t room;
	uint32_t *order, norder; /* all that are not broken */
};

/* Open the module directory. Returns 0 or -errno. */
int tree_open(struct tree *t, const char *dir, const struct config *config);
void tree_free(struct tree *t);

/* Find all modules below the directory and the external ones. Files that cannot be looked
 * at are reported and counted as errors. Returns 0 or -errno. */
int tree_walk(struct tree *t);

/* Add one file (stamp NULL: not known). Returns 0, -EINVAL if the name is none of a module,
 * -ENOMEM. */
int tree_add(struct tree *t, const char *path, const struct stamp *stamp);

/* Instead of a walk: add all directories known from another time, all modules of those that
 * are as they were, then list the others. */

/* Returns 0 or -ENOMEM. */
int tree_add_directory(struct tree *t, const char *path, const struct stamp *stamp);

/* Add the modules of a directory, and of those below it that have not been added. Returns 0,
 * -ENOMEM, -ESTALE if it takes a walk to find out. */
int tree_list(struct tree *t, const char *path);

/* Forget all modules and directories. */
void tree_clear(struct tree *t);

/* Fill tree->order: modules of modules.order as there, then the others. */
int tree_order(struct tree *t);

/* The contents of a file of the module directory and a NUL; an absent one is empty, without NUL.
 * Returns 0 or -errno. */
int tree_read(const struct tree *t, const char *name, struct text *to);

const char *tree_path(const struct tree *t, uint32_t module);
const char *tree_name(const struct tree *t, uint32_t module);

/* Is the file compressed, by its name? */
bool tree_is_packed(const char *path);

/* The file name at the end of a path. */
const char *tree_base(const char *path);

void tree_stamp(struct stamp *stamp, const struct stat *st);

#endif
