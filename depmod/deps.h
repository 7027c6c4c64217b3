/* depmod/deps.h - who needs whom: symbols resolved, dependencies sorted, cycles found */
#ifndef DEPS_H
#define DEPS_H

#include <stdbool.h>
#include "kernel.h"
#include "store.h"
#include "tree.h"

struct deps_options {
	bool verbose;		     /* print who needs which symbol of whom */
	const struct kernel *kernel; /* what the kernel exports, or NULL: not known */
	bool unresolved;	     /* with kernel: report what nobody exports */
	bool crcs;		     /* and versions that differ */
};

struct deps {
	uint32_t *list; /* direct dependencies: module->deps, module->ndeps */
	uint32_t *
		owner; /* symbol number -> module that exports it, or DEPS_NOBODY, DEPS_KERNEL */
	uint32_t *
		sort; /* module -> position such that whoever needs comes before the needed */
	uint32_t *by_sort; /* the inverse */
	uint32_t *mark;	   /* private */
	uint32_t unresolved;
};
#define DEPS_NOBODY UINT32_MAX
#define DEPS_KERNEL (UINT32_MAX - 1)

/* Returns 0, -ELOOP (cycles, all reported), -ENOMEM. deps_free() in any case. */
int deps_compute(struct deps *d, struct tree *t, const struct store *s,
		 const struct deps_options *options);
void deps_free(struct deps *d);

/* All modules that `module` needs, directly or not, into list (room for all modules), the
 * last to be loaded first. Returns how many. */
uint32_t deps_closure(struct deps *d, const struct tree *t, uint32_t module,
		      uint32_t *list);

#endif
