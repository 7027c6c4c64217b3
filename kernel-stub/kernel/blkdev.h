/* kernel/blkdev.h - block devices: their drivers, and block devices as files */
#ifndef KERNEL_BLKDEV_H
#define KERNEL_BLKDEV_H

#include <linux/blkdev.h>
#include "kernel/majors.h"

extern struct driver blkdevs[MAJORS];

/* What a file on a block device does. */
extern const struct file_operations blkdev_fops;

#endif
