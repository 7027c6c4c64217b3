/* lib/modname.h - names of modules and of their files
 *
 * A module is called as its file without directory and suffix. `-` and `_` are equal in
 * module names, everywhere.
 */
#ifndef MODNAME_H
#define MODNAME_H

#include <stdbool.h>
#include <stddef.h>

/* Length of the module's name within file name `base` (no directory): without one suffix
 * .o .mod .ko, itself possibly followed by .gz .xz .zst, if something is left. */
size_t modname_stem(const char *base);

/* The module's name for a path, malloced; NULL: no memory. */
char *modname_of_path(const char *path);

/* True if base ends in a suffix that a module file has (see modname_stem). */
bool modname_is_file(const char *base);

/* True for the name of an object of Linux 2.4 or before: .o or .mod, packed or not. */
bool modname_is_classic(const char *base);

bool modname_equal(const char *a, const char *b);
bool modname_equal_n(const char *a, const char *b, size_t blen);

/* Length of a symbol's name without a version: "_R", anything, eight hex digits at the end. */
size_t modname_unversioned(const char *symbol);

/* A hash under which equal names are equal (FNV-1a over the name with `-` read as
 * `_`). */
unsigned modname_hash(const char *name);

#endif
