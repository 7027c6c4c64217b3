/* depmod/kernel.h - the symbols of a kernel that is not asked but described by a file */
#ifndef KERNEL_H
#define KERNEL_H

#include <stdbool.h>
#include <stdint.h>
#include "names.h"

struct kernel {
	struct names symbols;
	uint32_t *crcs; /* beside them; NULL if the file has no versions */
	uint32_t room;
};

/* A System.map, or a copy of /proc/ksyms. Of a System.map whose kernel marks exports, only the
 * exported symbols count. Errors are reported. Returns 0, -errno, -EBADMSG. */
int kernel_read_map(struct kernel *k, const char *path, char prefix);

/* A Module.symvers. */
int kernel_read_symvers(struct kernel *k, const char *path, char prefix);
void kernel_free(struct kernel *k);

#endif
