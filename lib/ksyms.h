/* lib/ksyms.h - a snapshot of a kernel: its modules, and who exports which symbol
 *
 * Interface:
 *  - ksyms_fetch() takes the snapshot in one or two round trips, whatever the number of
 *    modules; one more happens only if a first guess of a buffer's size was too small.
 *    ksyms_look_up() and ksyms_fetch_named() take a part of it, whose cost does not grow
 *    with what is loaded.
 *  - Providers are numbered as in libobj: 0 the kernel, 1.. the modules, newest first
 *    (modules[0] is provider 1). Lookups find the first provider: newest module, kernel
 *    last.
 *  - Names are not copied out of the fetched buffers; all of it lives until ksyms_free().
 */
#ifndef KSYMS_H
#define KSYMS_H

#include <stdbool.h>
#include <stddef.h>
#include "abi/module.h"

struct ksyms_symbol {
	const char *name;
	tgt_addr value;
};

struct ksyms_module {
	const char *name;
	struct tgt_module_info info;
	const struct ksyms_symbol *symbols; /* in export order */
	size_t nsymbols;
	const char **refs; /* names of the modules that need this one */
	size_t nrefs;
	bool gone; /* vanished while the snapshot was taken: what follows its name is 0 */
};

/* What ksyms_fetch brings besides the modules' names and infos. */
enum ksyms_want {
	KSYMS_SYMBOLS = 1, /* all symbols of the kernel and the modules */
	KSYMS_REFS = 2,	   /* who needs whom */
	KSYMS_VERSION = 4, /* release, version, tainted */
};

struct ksyms {
	struct ksyms_module *modules;
	size_t nmodules;
	struct ksyms_module kernel; /* name "" and its symbols; no info */
	char release[256];	    /* of the kernel; "" if unknown */
	char version[256];	    /* "#1 SMP ..."; "" if unknown */
	int tainted;		    /* -1 if it has no /proc/sys/kernel/tainted */
	bool partial;		    /* only what ksyms_look_up was asked for */
	struct ksyms_index *index;
	struct ksyms_store *store; /* buffers; freed last */
};

/* Take the snapshot. *k need not be initialised and may always be freed afterwards.
 * Returns 0, a transport error, the kernel's error, -EBADMSG (an answer makes no sense),
 * -ENOMEM. */
int ksyms_fetch(struct ksyms *k, unsigned want);

/* Of all symbols only those that could be meant by one of the n names, whatever version or
 * GPLONLY_ goes with it, and of all modules those that export them (with name and address,
 * no more) and the one called `module` (`-` equals `_`), if it is there. A kernel that
 * cannot be asked so is asked for everything. Errors as above. */
int ksyms_look_up(struct ksyms *k, const char *const *names, size_t n, const char *module,
		  unsigned want);

/* Of all modules only those called so, in that order; no symbols of the kernel. */
int ksyms_fetch_named(struct ksyms *k, const char *const *names, size_t n, unsigned want);

/* Names of interest, so that the tens of thousands of others in a System.map cost little:
 * a set that may answer yes for a name that was not added, never no for one that was,
 * whatever version or GPLONLY_ goes with it. Zero it, then add. */
struct ksyms_wanted {
	unsigned char starts[1024], names[1024];
};
void ksyms_wanted_add(struct ksyms_wanted *w, const char *name);

/* The same from a System.map or a copy of /proc/ksyms ("[module]" in the third column
 * makes a module). Local symbols of a System.map are left out, and, unless `wanted` is
 * NULL, what it does not name; such lines are hardly looked at. Returns 0, -errno of the
 * file, -EBADMSG with *line set to the bad line. */
int ksyms_read_file(struct ksyms *k, const char *path, const struct ksyms_wanted *wanted,
		    unsigned *line);
void ksyms_free(struct ksyms *k);

/* The loaded module of that name (`-` equals `_`), or NULL. */
struct ksyms_module *ksyms_module(const struct ksyms *k, const char *name);

/* How names match. With `strip` a version suffix ("_R" prefix and 8 characters) on either
 * side is ignored. With `gpl` symbols exported as GPLONLY_name are seen as `name`. */
struct ksyms_match {
	const char *prefix; /* of the version suffix */
	bool strip;
	bool gpl;
};

/* Prepare lookups (one hash of all names). Returns 0 or -ENOMEM; match->prefix must
 * live on. */
int ksyms_index(struct ksyms *k, const struct ksyms_match *match);

/* First provider of `name`, or NULL; *provider is set to its number. */
const struct ksyms_symbol *ksyms_find(const struct ksyms *k, const char *name,
				      int *provider);

/* Provider's name for messages: "kernel" or the module's. */
const char *ksyms_provider_name(const struct ksyms *k, int provider);

#endif
