/* lib/modhint.h - why a symbol is unresolved, where that can be known
 *
 * Prints one hint through msg.h: the kernel has it with another version, or for
 * GPL-compatible modules only; an installed module exports it; or there is a name much
 * like it.
 */
#ifndef MODHINT_H
#define MODHINT_H

#include "ksyms.h"

/* `dirs` have the modules.symbols to ask, one after the other until one knows; NULL ends them. */
void modhint_unresolved(const struct ksyms *k, const char *name,
			const char *const dirs[]);

/* The directory above a module's file that depmod made an index of, malloced, or NULL. */
char *modhint_tree_of(const char *path);

#endif
