/* kernel/module_host.h - the module core in kernel-stub: what boots it */
#ifndef KERNEL_MODULE_HOST_H
#define KERNEL_MODULE_HOST_H

/* Once memory works: the kernel's own exports, the ports of a PC's own chips. */
void module_boot(void);
/* Once /proc is there: modules, ksyms, ioports, iomem, devices. */
void module_proc(void);

#endif
