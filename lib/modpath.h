/* lib/modpath.h - find a module's file by name along a search path */
#ifndef MODPATH_H
#define MODPATH_H

#include <stdbool.h>

struct modpath {
	const char *const *dirs; /* in order; a directory that is missing is skipped */
	unsigned ndirs;
	bool check_owner; /* refuse files that root does not own, with a message */
};

/* Look for NAME, NAME.o, NAME.ko and these packed; for each in every directory: dir/NAME,
 * then anywhere below dir. Returns the path, malloced, or NULL: not found (or no memory). */
char *modpath_find(const struct modpath *path, const char *name);

/* The path that is in force without a configuration: $MODPATH (colons), else the directories
 * of /lib/modules/RELEASE, then /lib/modules. A NULL-terminated array, modpath_free() it. */
char **modpath_default(const char *release, unsigned *n);
void modpath_free(char **dirs);

#endif
