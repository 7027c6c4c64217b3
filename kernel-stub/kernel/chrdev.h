/* kernel/chrdev.h - the table of character devices: 255 majors, each with a name, its
 * file operations and the module they belong to. Portable. */
#ifndef KERNEL_CHRDEV_H
#define KERNEL_CHRDEV_H

#include <linux/fs.h>

struct module;
struct text;

#define CHRDEV_MAJORS 255 /* 1 ... 254 */

struct chrdev {
	unsigned int major;
	const char *name; /* the table's copy */
	struct file_operations *fops;
	struct module *owner; /* NULL: the kernel */
};

/* The device of a major or a name, with a use of its module taken, for somebody who opens
 * it; NULL: there is none, or its module is just leaving. */
const struct file_operations *chrdev_get(unsigned int major, struct module **owner);
/* Take or give back a use of the owner chrdev_get() told. */
void chrdev_put(struct module *owner);

/* The entry of a major or a name, or NULL; valid until the next change of the table. */
const struct chrdev *chrdev_find(unsigned int major);
const struct chrdev *chrdev_find_name(const char *name, size_t len);
/* The entry with the lowest major >= `from`, or NULL: walk the table. */
const struct chrdev *chrdev_next(unsigned int from);

/* The module leaves: unregister its devices. Returns how many there were. */
int chrdev_forget(const struct module *owner);

/* The first part of /proc/devices. */
int chrdev_show(struct text *t);

#endif
