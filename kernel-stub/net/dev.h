/* net/dev.h - the table of network interfaces, within the kernel */
#ifndef NET_DEV_H
#define NET_DEV_H

#include <linux/netdevice.h>

struct text;

/* ioctl(2) about an interface; -ENOIOCTLCMD: it is not. */
int dev_ioctl(unsigned int cmd, struct ifreq *user);

/* The module leaves. Returns how much it had registered. */
int dev_forget(const struct module *owner);
int dev_show(struct text *t); /* /proc/net/dev */

#endif
