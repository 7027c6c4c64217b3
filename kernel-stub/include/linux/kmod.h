/* linux/kmod.h - the kernel asks for a module: it runs modprobe and waits */
#ifndef _LINUX_KMOD_H
#define _LINUX_KMOD_H

/* Run the program of /proc/sys/kernel/modprobe for `name`. 0 once it has ended, whatever came
 * of it: the caller looks again for what it was missing. -EPERM: there is no root file
 * system yet; -ENOMEM: no memory, or too many requests at once; -errno of the fork. */
int request_module(const char *name);

/* Boot: /proc/sys/kernel/modprobe. */
void kmod_init(void);

#endif
