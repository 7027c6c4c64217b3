/* kernel/blkdev.h - the table of block devices: 255 majors, each with a name, its
 * operations and the module they belong to; and block devices as files */
#ifndef KERNEL_BLKDEV_H
#define KERNEL_BLKDEV_H

#include <linux/blkdev.h>

struct text;

#define BLKDEV_MAJORS 255 /* 1 ... 254 */

struct blkdev {
	unsigned int major;
	const char *name; /* the table's copy */
	const struct block_device_operations *ops;
	struct module *owner; /* NULL: the kernel */
};

/* The entry of that name, or with the lowest major >= `from`, or NULL; valid until the
 * next change of the table. */
const struct blkdev *blkdev_find_name(const char *name);
const struct blkdev *blkdev_next(unsigned int from);

/* The module leaves: unregister its devices. Returns how many there were. */
int blkdev_forget(const struct module *owner);

/* The second part of /proc/devices. */
int blkdev_show(struct text *t);

/* What a file on a block device does. */
extern const struct file_operations blkdev_fops;

#endif
