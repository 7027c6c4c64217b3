/* lib/modhint.h - why a symbol is unresolved, where that can be known
 *
 * Prints one hint through msg.h: the kernel has it with another version, or for
 * GPL-compatible modules only; an installed module exports it; or there is a name much
 * like it.
 */
#ifndef MODHINT_H
#define MODHINT_H

#include "ksyms.h"

/* `module_dir` holds the modules.symbols to ask, or is NULL. */
void modhint_unresolved(const struct ksyms *k, const char *name, const char *module_dir);

#endif
