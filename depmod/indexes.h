/* depmod/indexes.h - the contents of modules.dep and its kin, text and binary
 *
 * Text files are those of kmod's depmod, byte for byte; binary ones, too (lib/moddep_format.h).
 * modules.weakdep is that of later versions of kmod.
 */
#ifndef INDEXES_H
#define INDEXES_H

#include <stdbool.h>
#include "deps.h"
#include "outdir.h"
#include "store.h"
#include "tree.h"

struct indexes {
	struct tree *tree;
	const struct store *store;
	struct deps *deps;
	const char *
		prefix; /* of the module directory without base: "/lib/modules/VERSION" */
	bool classic;	/* modules.dep in the shape of modutils */
	bool tables;	/* also the map files of modutils */
	bool warn_duplicates; /* -w */
	unsigned n;	      /* of files */
	struct text lines;    /* private: of modules.dep, wanted twice */
};

/* Set x->n and make what several files need. indexes_free() in any case. 0 or -ENOMEM. */
int indexes_prepare(struct indexes *x);
void indexes_free(struct indexes *x);

/* Print all text files, or only modules.dep. Returns 0 or -ENOMEM. */
int indexes_print(const struct indexes *x, bool all);

/* Put file `i` of x->n into place `i`. File 0 is modules.dep, so that it is renamed last and
 * tells that the set is whole. Several threads may do this, with numbers of their own. Returns 0
 * or -errno; reported. */
int indexes_put(const struct indexes *x, unsigned i, struct outdir *out);

/* The contents of modules.dep in the classic shape, or of a map file, for a further copy of it.
 * Returns 0, -ENOENT (no such file), -ENOMEM. */
int indexes_copy(const struct indexes *x, const char *name, struct text *out);

/* Warn of what was found wrong with device tables. */
void indexes_report(const struct indexes *x);

#endif
