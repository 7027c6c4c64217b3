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
	struct text
		lines; /* private: of modules.dep, wanted twice; freed by write and print */
};

/* Print all text files, or only modules.dep. Returns 0 or -ENOMEM. */
int indexes_print(struct indexes *x, bool all);

/* Put all files into `out`. Returns 0 or -errno; reported. */
int indexes_write(struct indexes *x, struct outdir *out);

/* Warn of what was found wrong with device tables. */
void indexes_report(const struct indexes *x);

/* Names of the files that indexes_write() makes, for `i` from 0; NULL at the end. */
const char *indexes_name(const struct indexes *x, unsigned i);

#endif
