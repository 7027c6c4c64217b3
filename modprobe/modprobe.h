/* modprobe/modprobe.h - one run of modprobe: what was asked, and the parts that do it
 *
 * options.c  options of a module from the configuration and the command line; a step as text
 * load.c     run a plan; undo it when it fails
 * remove.c   modprobe -r
 * show.c     modprobe -l, -c, -D, -R
 *
 * The functions that do something return 0 or -1 and have said why.
 */
#ifndef MODPROBE_H
#define MODPROBE_H

#include "ksyms.h"
#include "plan.h"

struct modprobe {
	struct tree tree;
	const char *release;
	const char *type;	   /* -t */
	const char *const *params; /* sym=value of the command line */
	size_t nparams;
	unsigned long wait; /* -w, milliseconds */
	bool all, autoclean, first_time, force, ignore_commands, list, quiet, remove;
	bool remove_holders, resolve, show, show_config, show_depends, use_blacklist,
		verbose;
	bool name_only; /* the name is from the kernel: nothing in it has a meaning */
	bool kernel_is_open; /* the door is, and `loaded` is fetched */
	struct ksyms loaded;
};

/* --- options.c --- */

/* What a step's module is loaded with. In the tree's memory. */
struct step_options {
	const char **params;
	size_t n;
	const char *name; /* -o, or the module's own */
	bool keep;	  /* not autoclean */
};
void options_merge(struct modprobe *m, const struct step *s, bool asked_for,
		   struct step_options *out);

/* "insmod PATH OPTIONS", "install COMMAND OPTIONS" or "builtin NAME" and a newline. */
void options_print_step(struct modprobe *m, const struct step *s, bool asked_for);

/* The command (words[0]) of this kind for any of the step's names, or NULL. -i, and nothing else, makes
 * the module that was asked for do without install and remove. */
const struct modconf_entry *options_command(struct modprobe *m, const struct step *s,
					    enum modconf_kind kind);

/* "; options from FILE:LINE, FILE:LINE" of the configuration, or "". In the tree's memory. */
const char *options_places(struct modprobe *m, const struct step *s);

/* The parameters as one text. In the tree's memory. */
const char *options_text(struct modprobe *m, const struct step_options *o);

/* --- load.c --- */
int load_open_kernel(struct modprobe *m);
/* -EEXIST: --first-time, and it is loaded. */
int load_target(struct modprobe *m, const struct target *target);

/* Run a hook or an install or remove command. 0, or -1 with a message. */
int load_command(struct modprobe *m, const struct step *s, enum modconf_kind kind,
		 const char *parameters);

/* The same for every name of the step that has one. */
int load_hooks(struct modprobe *m, const struct step *s, enum modconf_kind kind);

/* --- remove.c --- */
int remove_target(struct modprobe *m, const struct target *target);
int remove_by_name(struct modprobe *m, const char *name); /* one that no index knows */
int remove_idle(struct modprobe *m);			  /* modprobe -r alone */

/* --- show.c --- */
int show_list(struct modprobe *m, char *const *patterns, int n);
int show_target(struct modprobe *m, const struct target *target); /* -D, -R */
void show_config(struct modprobe *m);

/* Does a value of modules.dep ("PATH: ...") suit -t and the pattern (NULL: any)? */
bool show_wanted(const struct modprobe *m, const char *value, const char *pattern);

/* "; did you mean a, b?", or "". malloced or NULL. */
char *show_nearest(struct modprobe *m, const char *name);

#endif
