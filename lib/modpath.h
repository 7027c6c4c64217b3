/* lib/modpath.h - where modules are: the module directory, a file along the configured path */
#ifndef MODPATH_H
#define MODPATH_H

#include <stdbool.h>
#include "modconf.h"

/* Look for NAME, NAME.o, NAME.ko and these packed; each of them in every path= of the
 * configuration: PATH/TAG/NAME, PATH/NAME, then anywhere below PATH. With `check_owner`
 * files that root does not own are skipped, with a warning. Returns the file's path,
 * malloced, or NULL: not found (or no memory). */
char *modpath_find(const struct modconf *conf, const char *name, bool check_owner);

/* ROOT/lib/modules/RELEASE, root being NULL for /. Absolute, as other tools want to read it.
 * malloced, or NULL. */
char *modpath_tree(const char *root, const char *release);

#endif
