/* modprobe/plan.h - what must be loaded for a module, and in which order
 *
 * Dependencies of modules.dep first, then softdep pre and below modules, the module itself,
 * above modules and softdep post; each dependency has its own such company. As with kmod a
 * dependency that something optional brought along before is in the plan twice.
 */
#ifndef PLAN_H
#define PLAN_H

#include "resolve.h"

struct step {
	struct module *module;
	const char *const *names; /* under which options and commands may be given */
	size_t nnames;
	bool required;	       /* if it fails, all has failed */
	const char *needed_by; /* NULL: it was asked for */
};

struct plan {
	struct step *steps;
	size_t n, cap;
	unsigned serial;
};

/* Returns 0, or -ENOENT if a module that must be there is not; it has been reported. The steps
 * are plan_free()d; what they point to is the tree's. */
int plan_load(struct plan *p, struct tree *t, const struct target *target,
	      bool use_blacklist);

/* The same modules in the order in which they may be removed: the module first. */
int plan_remove(struct plan *p, struct tree *t, const struct target *target);
void plan_free(struct plan *p);

#endif
