/* depmod/config.h - depmod.d: which directories count, and which of two modules of one name
 *
 * Files NAME.conf of /etc/depmod.d, /run/depmod.d, /usr/local/lib/depmod.d, /lib/depmod.d
 * in the order of their names, a name in an earlier directory hiding it in later ones.
 * Directives: search, override, external, exclude; depmod.d(5) of kmod describes them. And
 * what modules.conf(5) says to depmod: path=, prune, names of files.
 */
#ifndef CONFIG_H
#define CONFIG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct config_list {
	char **v;
	size_t n;
};

struct config {
	struct config_list
		search; /* highest priority first; "built-in", "external" are special */
	struct config_list override; /* "SUBDIR/MODULE", first match decides */
	struct config_list external; /* absolute directories, highest priority first */
	struct config_list exclude;  /* names of directories not to enter */

	/* of modules.conf */
	bool has_paths; /* look through these, not through the module directory */
	struct config_list paths; /* as in modules.dep; "" is the module directory */
	struct config_list prune; /* names at their top that do not count */
	struct config_list
		files; /* "modules.dep", its further path, and so on in pairs */
};

/* Read the configuration for kernel `version`: the default directories, or `path` (a file or a
 * directory) if that is not NULL. Bad lines are reported with file and line, counted as errors
 * and skipped. Returns 0, -errno of `path`, or -ENOMEM. */
int config_read(struct config *c, const char *path, const char *version);
int config_defaults(
	struct config *c); /* what holds without any file, into the zeroed *c */
void config_free(struct config *c);

struct config_where {
	const char *modules_conf;   /* NULL: the usual one, below `base` */
	const char *base, *outbase; /* where paths, and files, begin; or NULL */
	const char *version;
	const char *dir; /* the module directory */
};

/* Add what a modules.conf says. Returns 0, -errno of where->modules_conf, or -ENOMEM. */
int config_read_places(struct config *c, const struct config_where *where);

/* Is it a file of the family of modules.conf rather than of depmod.d? */
bool config_is_modules_conf(const char *path);

/* Put `s`, malloced or NULL, into a list. Returns 0 or -ENOMEM, `s` being freed. */
int config_add(struct config_list *list, char *s);

bool config_prunes(const struct config *c, const char *name);

bool config_excludes(const struct config *c, const char *dirname);

/* Should the module at `path` replace one of the same name at `old`? Paths as in modules.dep:
 * relative to the module directory, absolute below an external one. Never true both ways. */
bool config_prefers(const struct config *c, const char *path, const char *old);

#endif
