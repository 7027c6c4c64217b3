/* kernel/kmod.h - the module requestor (linux/kmod.h), within the kernel
 *
 * kmod.c keeps the requests and runs modprobe in the guest; kerneld.c is the line to a
 * kerneld on the host.
 */
#ifndef KERNEL_KMOD_H
#define KERNEL_KMOD_H

#include <linux/types.h>

/* Boot, once the ports of virtio_serial.c are there. */
void kerneld_init(void);

bool kerneld_connected(void);
/* Send request `id`; sleeps. 0 or -errno; kmod_answer() follows later. */
int kerneld_ask(unsigned int id, const char *name);

/* From interrupt handlers: a request kerneld was asked for has ended with `value`
 * (abi/kerneld.h); all of them have, for kerneld is gone. */
void kmod_answer(unsigned int id, int value);
void kmod_kerneld_gone(void);

/* The current process, and what it will start, work for request `id` (0: for none). */
void kmod_work_for(unsigned int id);

#endif
