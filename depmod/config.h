/* depmod/config.h - depmod.d: which directories count, and which of two modules of one name
 *
 * Files NAME.conf of /etc/depmod.d, /run/depmod.d, /usr/local/lib/depmod.d, /lib/depmod.d
 * in the order of their names, a name in an earlier directory hiding it in later ones.
 * Directives: search, override, external, exclude; depmod.d(5) of kmod describes them.
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
};

/* Read the configuration for kernel `version`: the default directories, or `path` (a file or a
 * directory) if that is not NULL. Bad lines are reported with file and line, counted as errors
 * and skipped. Returns 0, -errno of `path`, or -ENOMEM. */
int config_read(struct config *c, const char *path, const char *version);
void config_free(struct config *c);

bool config_excludes(const struct config *c, const char *dirname);

/* Should the module at `path` replace one of the same name at `old`? Paths as in modules.dep:
 * relative to the module directory, absolute below an external one. Never true both ways. */
bool config_prefers(const struct config *c, const char *path, const char *old);

#endif
