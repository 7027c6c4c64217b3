/* kernel/random.h - numbers nobody outside can guess easily; not fit for keys */
#ifndef KERNEL_RANDOM_H
#define KERNEL_RANDOM_H

#include <linux/types.h>

void random_bytes(void *buf, size_t n);

#endif
