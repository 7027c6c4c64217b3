/* linux/kmod.h - the kernel asks for a module, and waits until somebody has tried to load it
 *
 * If a kerneld on the host is connected it is asked (abi/kerneld.h), else the program of
 * /proc/sys/kernel/modprobe is run in the guest, else the request fails at once. Requests
 * for the same name share one load. The names are those of Linux 2.4.
 */
#ifndef _LINUX_KMOD_H
#define _LINUX_KMOD_H

#include <linux/types.h>

/* Name by format (a name that comes from a user is an argument, never the format). It may
 * have letters, digits and `_-+.,:@`, and begins with a letter or digit. 0: an attempt was
 * made and has ended, whatever came of it: the caller looks again for what it was missing.
 * Otherwise nobody tried: -ENOENT (no kerneld and no modprobe), -EINVAL (not a name), -EPERM
 * (no root file system yet), -ELOOP (the caller is itself part of loading NAME, or at the end
 * of a chain of such requests), -ENOMEM, -EBUSY (too many at once), -EIO (kerneld went away),
 * -EINTR (a SIGKILL is waiting). May sleep: process context only. */
int request_module(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

/* Boot: /proc/sys/kernel/modprobe, and /proc/modrequests: what is under way. */
void kmod_init(void);

#endif
