/* kernel/resource.h - the reservations of I/O ports and memory (linux/ioport.h), within
 * the kernel. Portable. */
#ifndef KERNEL_RESOURCE_H
#define KERNEL_RESOURCE_H

#include <linux/ioport.h>

struct text;

/* Boot: the ports of a PC's own chips. */
void resource_boot(void);

/* The module leaves: release what it still holds. Returns how many there were. */
int resource_forget(const struct module *owner);

/* /proc/ioports, /proc/iomem in the format of 2.4. Return 0 or -ENOMEM. */
int resource_show_ioports(struct text *t);
int resource_show_iomem(struct text *t);

#endif
