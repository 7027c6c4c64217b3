/* kernel/module_host.h - the module core in kernel-stub: what boots it */
#ifndef KERNEL_MODULE_HOST_H
#define KERNEL_MODULE_HOST_H

/* Once memory works: the kernel's own exports, the ports of a PC's own chips. */
void module_boot(void);
/* Once /proc is there: modules, ksyms, ioports, iomem, devices, sys/kernel/tainted. */
void module_proc(void);

/* What has been loaded that nobody supports, as insmod wrote it to /proc/sys/kernel/tainted:
 * 1 proprietary, 2 forced. */
extern unsigned long tainted;

#endif
