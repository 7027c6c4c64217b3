/* lib/modversion.h - is an object made for this kernel? */
#ifndef MODVERSION_H
#define MODVERSION_H

#include <stdbool.h>
#include "ksyms.h"
#include "obj.h"

/* "a.b.c" at the start of a version as a << 16 | b << 8 | c; -1 if it does not start
 * so. */
int modversion_number(const char *version);

/* Are versions a and b the same? With `numeric` only a.b.c counts. */
bool modversion_equal(const char *a, const char *b, bool numeric);

/* Two sides, the kernel and an object. */
struct modversion_side {
	const char *version; /* NULL: unknown */
	bool checksums;	     /* of its symbols */
};

/* Was the object made for this kernel? Versions are compared unless both sides have
 * checksums, which then decide symbol by symbol. */
bool modversion_fits(const struct modversion_side *kernel,
		     const struct modversion_side *object, bool numeric);

/* Does the kernel export symbols with checksums? */
bool modversion_kernel_checksums(const struct ksyms *k);

/* The prefix of the kernel's symbol versions: what lies between `_R` and the 8 digits of
 * a well-known name, else "smp_" for an SMP kernel, else "". Malloced; NULL: no
 * memory. */
char *modversion_prefix(const struct ksyms *k);

#endif
