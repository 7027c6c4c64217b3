/* kernel/chrdev.h - character devices: their drivers, and opening them. Portable. */
#ifndef KERNEL_CHRDEV_H
#define KERNEL_CHRDEV_H

#include <linux/fs.h>
#include "kernel/majors.h"

extern struct driver chrdevs[MAJORS];

/* The operations of a major, with a use of its module taken, for somebody who opens it;
 * NULL: there is none, or its module is just leaving. */
const struct file_operations *chrdev_get(unsigned int major, struct module **owner);
/* Give back a use of the owner chrdev_get() told. */
void chrdev_put(struct module *owner);

#endif
