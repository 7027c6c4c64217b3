/* lib/modconf.h - the configuration: /etc/modules.conf and /etc/modprobe.d, one language
 *
 * What is read: the file or directory the caller names; else $MODULECONFIG; else
 * /etc/modules.conf (or the old /etc/conf.modules) and then the *.conf files of modprobe.d in
 * /etc, /run, /usr/local/lib and /lib, sorted by name, the first of equally named ones. Built
 * in are the classic default aliases, options and paths, each until a file replaces it.
 *
 * Both kinds of file know every directive (modules.conf(5)). They differ as their users expect:
 * in modprobe.d nothing is expanded, several `alias` or `options` lines of one name add up, and
 * a line that makes no sense is a warning; in modules.conf `$VAR`, `$(command)` and backquotes
 * are expanded by wordexp(3), a later line replaces an earlier one unless it begins with
 * `add`, and a bad line is an error.
 *
 * Interface:
 *  - Reads once; answers never change afterwards. Speaks through msg.h, with file:line.
 *  - Everything handed out belongs to the configuration and lives until modconf_free().
 *  - Names of modules are compared with `-` and `_` equal.
 */
#ifndef MODCONF_H
#define MODCONF_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

enum modconf_kind {
	MODCONF_ALIAS,	 /* words: targets, each a provider of its own; "off", "null" */
	MODCONF_OPTIONS, /* words: "symbol=value" or "-o", "name" */
	MODCONF_ABOVE,
	MODCONF_BELOW,
	MODCONF_PROBE,
	MODCONF_PROBEALL,
	MODCONF_SOFTDEP_PRE,
	MODCONF_SOFTDEP_POST,
	MODCONF_WEAKDEP,
	MODCONF_BLACKLIST,   /* no words */
	MODCONF_PRE_INSTALL, /* this and the next five: words[0] is the command */
	MODCONF_INSTALL,
	MODCONF_POST_INSTALL,
	MODCONF_PRE_REMOVE,
	MODCONF_REMOVE,
	MODCONF_POST_REMOVE,
	/* the built-in entries of the next two are there only with paths_only */
	MODCONF_PRUNE, /* no words */
	MODCONF_PATH,  /* name: the tag; words[0]: a directory, below the root */
	MODCONF_SETTING, /* name: "persistdir", "insmod_opt", "depfile" ...; words[0]: value */
	MODCONF_KINDS
};

struct modconf_entry {
	enum modconf_kind kind;
	const char *name;
	const char *const *words;
	size_t nwords;
	const char *file; /* where it was said; NULL: built in */
	unsigned line;
	bool keep; /* options -k: never mark the module autoclean */
	struct modconf_entry *next, *same_hash; /* private */
};

struct modconf;

struct modconf_options {
	const char *file; /* -C: read only this file or directory; NULL: the usual ones */
	const char *root; /* -d: the files' and paths' root directory; NULL: / */
	const char *
		release; /* of the target kernel, for paths and `uname -r`; NULL: unknown */
	bool safe;	 /* the caller is the kernel: the environment says nothing */
	bool autoclean;	 /* the value of `if -k` */
	bool paths_only; /* insmod, depmod: paths, prune, settings; the rest unread */
};

/* Returns 0; -EINVAL if a line is wrong; -errno of a file that was asked for; -ENOMEM. All
 * has been reported. *out is set in any case but -ENOMEM, with what could be understood. */
int modconf_read(struct modconf **out, const struct modconf_options *opt);
void modconf_free(struct modconf *c); /* NULL is fine */

/* What is said about exactly this name, or NULL. */
const struct modconf_entry *modconf_find(const struct modconf *c, enum modconf_kind kind,
					 const char *name);

/* The next alias whose name or pattern (`*`, `?`, `[...]`) matches, in the order of the files,
 * or NULL. Start with *cursor = NULL. Built-in ones only if `builtin`, then only those. */
const struct modconf_entry *modconf_match(struct modconf *c, const char *name,
					  bool builtin,
					  const struct modconf_entry **cursor);

/* The next entry of a kind in the order of the files, or NULL. Start with NULL. */
const struct modconf_entry *modconf_next(const struct modconf *c, enum modconf_kind kind,
					 const struct modconf_entry *previous);

/* words[0] of a setting, or NULL. */
const char *modconf_setting(const struct modconf *c, const char *name);

/* Read modules.softdep, what the modules themselves say; none there is fine. As for kmod the
 * first line about a module counts, and only if the configuration has none. */
void modconf_add_softdeps(struct modconf *c, const char *path);

/* Add what the kernel's command line says: `module.param=value` to the options of module,
 * modprobe.blacklist=a,b to the blacklist. Returns 0 or -ENOMEM. */
int modconf_add_cmdline(struct modconf *c, const char *cmdline);

/* Print the whole as a modules.conf that reads back as the same. */
void modconf_print(struct modconf *c, FILE *to);

/* The directive that says a kind, such as "post-install". */
const char *modconf_kind_name(enum modconf_kind kind);

#endif
