/* kernel/sysctl.h - within the kernel; what modules call is in linux/sysctl.h */
#ifndef KERNEL_SYSCTL_H
#define KERNEL_SYSCTL_H

struct module;

/* The module leaves: forget its tables; their files go with proc_forget(). Returns how many
 * there were. */
int sysctl_forget(const struct module *owner);

#endif
