/* modinfo/info.h - what a module says about itself: keys and values in their order */
#ifndef INFO_H
#define INFO_H

#include <stdbool.h>
#include <stddef.h>

struct info_pair {
	char *key, *value;
};

struct info {
	char *name;   /* of a builtin module; NULL: the file has it, or nobody knows */
	char *path;   /* of the file; NULL: builtin */
	bool classic; /* an object of Linux 2.4 */
	bool absent;  /* there is no .modinfo */
	struct info_pair *v;
	size_t n;
	char **symbols; /* defined ones, of a classic object; NULL at the end */
};

/* Read a module's file, its signature too if `signature`. Errors are reported. Returns 0 or
 * -errno; info_free() in any case. */
int info_read(struct info *info, const char *path, bool signature);

/* What modules.builtin.modinfo in `dir` says about a builtin module. Returns 1, 0 if it says
 * nothing, or -errno (reported). */
int info_read_builtin(struct info *info, const char *dir, const char *name);
void info_free(struct info *info);

/* Add a pair, copied. Returns 0 or -ENOMEM. */
int info_add(struct info *info, const char *key, size_t len, const char *value);

/* The first value of a key, or NULL. */
const char *info_get(const struct info *info, const char *key);

/* A parameter of a 2.6 module: description and type, each NULL if not said. */
struct info_parameter {
	const char *name;
	int len; /* of the name, no NUL behind it */
	const char *type, *description;
};

/* The parameters, as `parm` and `parmtype` declare them, in the order of kmod's modinfo: those
 * named later first. Malloced. Returns how many, or -ENOMEM. */
int info_parameters(const struct info *info, struct info_parameter **list);

#endif
