/* depmod/scan.h - read all modules that are not known yet into the store */
#ifndef SCAN_H
#define SCAN_H

#include "facts.h"
#include "store.h"
#include "tree.h"

/* Read module `number` for each with wanted[number] set. Unreadable ones are reported, counted
 * as errors and marked broken. With more than one processor, compressed modules are read by
 * several threads. Returns 0 or -ENOMEM. */
int scan_modules(struct tree *t, struct store *s, const bool *wanted,
		 const struct facts_wanted *how);

#endif
