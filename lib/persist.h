/* lib/persist.h - persistent parameters: values that outlive their module in a file
 *
 * The file has lines name=value, comments (#) and blank lines. Only names that the module
 * declares persistent count; others stay in the file and are ignored.
 */
#ifndef PERSIST_H
#define PERSIST_H

#include "ksyms.h"
#include "obj.h"

/* Default file of a module: dir, "/" and the object's path without .gz and .o or .mod.
 * Malloced; NULL: no memory. */
char *persist_path(const char *dir, const char *object);

/* Set the persistent parameters of f from the file; a file that is not there sets none.
 * Returns 0, -EINVAL (diagnostics of f, or *line is the bad line), -errno of the file. */
int persist_apply(struct obj_file *f, const char *path, unsigned *line);

/* Does the module, whose symbols are known, have parameters to save? */
bool persist_is_saved(const struct ksyms_module *m);

/* Save the persistent parameters of a loaded module to the file that its
 * __insmod_NAME_P... symbol names; a module without one has none. The snapshot must have
 * symbols and version. Returns 0 or -errno; has spoken through msg.h. */
int persist_save(const struct ksyms *k, const struct ksyms_module *m);

#endif
