/* net/dev.c - network interfaces: the table, up and down, packets in and out
 *
 * What decides about an interface (who owns it, is it up, its number) lies here, in kernel
 * memory; the struct net_device is the driver's.
 */
#include "net/dev.h"

#include <asm/uaccess.h>
#include <linux/errno.h>
#include <linux/kernel.h>
#include <linux/kmod.h>
#include <linux/module.h>
#include <linux/sched.h>
#include "kernel/contain.h"
#include "kernel/module.h"
#include "kernel/registry.h"
#include "kernel/text.h"

#define NUMBER_MAX 100 /* of interfaces with one name */

struct interface {
	struct list_head list;
	struct net_device *dev;
	struct module *owner;
	char name[IFNAMSIZ];
	int ifindex;
	bool up; /* the owner is in use */
};

static LIST_HEAD(interfaces);
static LIST_HEAD(packet_types); /* registrations of struct packet_type */

/* --- the table ------------------------------------------------------------------------ */

static struct interface *find_name(const char *name)
{
	struct interface *i;

	list_for_each_entry (i, &interfaces, list)
		if (!strcmp(i->name, name))
			return i;
	return NULL;
}

static struct interface *find_index(int ifindex)
{
	struct interface *i;

	list_for_each_entry (i, &interfaces, list)
		if (i->ifindex == ifindex)
			return i;
	return NULL;
}

static struct interface *find_dev(const struct net_device *dev)
{
	struct interface *i;

	list_for_each_entry (i, &interfaces, list)
		if (i->dev == dev)
			return i;
	return NULL;
}

struct net_device *dev_get_by_name(const char *name)
{
	struct interface *i = find_name(name);

	return i ? i->dev : NULL;
}

struct net_device *dev_get_by_index(int ifindex)
{
	struct interface *i = find_index(ifindex);

	return i ? i->dev : NULL;
}

/* Put a number in place of %d. */
static int choose_name(struct net_device *dev)
{
	char *percent = memchr(dev->name, '%', IFNAMSIZ), name[IFNAMSIZ + 4];
	int prefix = percent ? percent - dev->name : 0;

	if (!memchr(dev->name, '\0', IFNAMSIZ) || !dev->name[0] || strchr(dev->name, '/'))
		return -EINVAL;
	if (!percent)
		return find_name(dev->name) ? -EEXIST : 0;
	if (strcmp(percent, "%d"))
		return -EINVAL;
	for (int n = 0; n < NUMBER_MAX; n++) {
		snprintf(name, sizeof(name), "%.*s%d", prefix, dev->name, n);
		if (strlen(name) >= IFNAMSIZ)
			return -EINVAL;
		if (find_name(name))
			continue;
		strcpy(dev->name, name);
		return 0;
	}
	return -ENFILE;
}

int register_netdev(struct net_device *dev)
{
	static int last_index;
	struct module *owner =
		dev->owner ? dev->owner : mod_caller(__builtin_return_address(0));
	struct interface *i;
	int err = find_dev(dev) ? -EEXIST : choose_name(dev);

	if (err)
		return err;
	i = kmalloc(sizeof(*i), GFP_KERNEL);
	if (!i)
		return -ENOMEM;
	*i = (struct interface){.dev = dev, .owner = owner, .ifindex = ++last_index};
	strcpy(i->name, dev->name);
	dev->ifindex = i->ifindex;
	dev->flags &= ~IFF_UP;
	list_add_tail(&i->list, &interfaces);
	err = dev->init ? CALL_MODULE(owner, dev->init(dev)) : 0;
	if (err && find_dev(dev) == i) {
		list_del(&i->list);
		kfree(i);
	}
	return err;
}

/* --- up and down ---------------------------------------------------------------------- */

static int go_up(struct interface *i)
{
	struct net_device *dev = i->dev;
	struct module *owner = i->owner;
	int err;

	if (i->up)
		return 0;
	if (!try_inc_mod_count(owner))
		return -ENODEV;
	i->up = true;
	err = dev->open ? CALL_MODULE(owner, dev->open(dev)) : 0;
	if (find_dev(dev) != i) /* it was taken away while it went up */
		return err ? err : -ENODEV;
	if (!err) {
		dev->flags |= IFF_UP | IFF_RUNNING;
		return 0;
	}
	i->up = false;
	__MOD_DEC_USE_COUNT(owner);
	return err;
}

static void go_down(struct interface *i)
{
	struct module *owner = i->owner;
	struct net_device *dev = i->dev;

	if (!i->up)
		return;
	i->up = false;
	dev->flags &= ~(IFF_UP | IFF_RUNNING);
	if (dev->stop)
		CALL_MODULE(owner, dev->stop(dev));
	__MOD_DEC_USE_COUNT(owner);
}

void unregister_netdev(struct net_device *dev)
{
	struct interface *i = find_dev(dev);

	if (!i)
		return;
	go_down(i);
	list_del(&i->list);
	kfree(i);
}

int dev_forget(const struct module *owner)
{
	struct list_head *pos, *next;
	int n = registry_forget(&packet_types, owner);

	list_for_each_safe(pos, next, &interfaces)
	{
		struct interface *i = list_entry(pos, struct interface, list);

		if (i->owner != owner)
			continue;
		list_del(&i->list);
		if (i->up)
			__MOD_DEC_USE_COUNT(i->owner);
		kfree(i);
		n++;
	}
	return n;
}

/* The interface of that name, its module asked for if the caller may load modules. */
static struct interface *load(const char *name)
{
	if (!find_name(name) && capable(CAP_SYS_MODULE))
		request_module("%s", name);
	return find_name(name);
}

static int set_flags(struct interface *i, short flags)
{
	if (!capable(CAP_SYS_ADMIN))
		return -EPERM;
	if (flags & IFF_UP)
		return go_up(i);
	go_down(i);
	return 0;
}

int dev_ioctl(unsigned int cmd, struct ifreq *user)
{
	struct interface *i;
	struct ifreq r;

	if (cmd != SIOCGIFNAME && cmd != SIOCGIFFLAGS && cmd != SIOCSIFFLAGS &&
	    cmd != SIOCGIFMTU && cmd != SIOCGIFINDEX)
		return -ENOIOCTLCMD;
	if (copy_from_user(&r, user, sizeof(r)))
		return -EFAULT;
	r.ifr_name[IFNAMSIZ - 1] = '\0';
	i = cmd == SIOCGIFNAME ? find_index(r.ifr_ifindex) : load(r.ifr_name);
	if (!i)
		return -ENODEV;
	switch (cmd) {
	case SIOCSIFFLAGS:
		return set_flags(i, r.ifr_flags);
	case SIOCGIFNAME:
		strcpy(r.ifr_name, i->name);
		break;
	case SIOCGIFFLAGS:
		r.ifr_flags = (i->dev->flags & ~IFF_UP) | (i->up ? IFF_UP : 0);
		break;
	case SIOCGIFMTU:
		r.ifr_mtu = i->dev->mtu;
		break;
	case SIOCGIFINDEX:
		r.ifr_ifindex = i->ifindex;
		break;
	}
	return copy_to_user(user, &r, sizeof(r)) ? -EFAULT : 0;
}

/* --- packets -------------------------------------------------------------------------- */

int dev_queue_xmit(struct sk_buff *skb)
{
	struct interface *i = find_dev(skb->dev);
	int err = 0;

	if (!i)
		err = -ENODEV;
	else if (!i->up)
		err = -ENETDOWN;
	else if (skb->len > i->dev->mtu)
		err = -EMSGSIZE;
	if (!err)
		return CALL_MODULE(i->owner, i->dev->hard_start_xmit(skb, i->dev));
	kfree_skb(skb);
	return err;
}

int dev_add_pack(struct packet_type *pt)
{
	struct module *owner =
		pt->owner ? pt->owner : mod_caller(__builtin_return_address(0));

	return registry_add(&packet_types, pt, owner);
}

void dev_remove_pack(struct packet_type *pt)
{
	registry_remove(&packet_types, pt);
}

/* Receivers must not sleep, so the table stays as it is. */
void netif_rx(struct sk_buff *skb)
{
	struct registration *r;
	struct packet_type *pt;
	struct sk_buff *copy;

	for_each_registration(r, &packet_types)
	{
		pt = r->object;
		if (pt->type != htons(ETH_P_ALL) && pt->type != skb->protocol)
			continue;
		copy = skb_copy(skb, GFP_ATOMIC);
		if (copy)
			CALL_MODULE(r->owner, pt->func(copy, skb->dev, pt));
	}
	kfree_skb(skb);
}

/* --- /proc/net/dev -------------------------------------------------------------------- */

int dev_show(struct text *t)
{
	struct net_device_stats s;
	struct interface *i;

	text_printf(t,
		    "Inter-|   Receive                            "
		    "                    |  Transmit\n"
		    " face |bytes    packets errs drop fifo frame compressed multicast|"
		    "bytes    packets errs drop fifo colls carrier compressed\n");
	list_for_each_entry (i, &interfaces, list) {
		if (!i->dev->get_stats ||
		    CALL_MODULE_VOID(i->owner, s = *i->dev->get_stats(i->dev)))
			memset(&s, 0, sizeof(s));
		text_printf(t, "%6s:%8lu %7lu %4lu %4lu %4lu %5lu %10lu %9lu ", i->name,
			    s.rx_bytes, s.rx_packets, s.rx_errors, s.rx_dropped, 0ul, 0ul,
			    s.rx_compressed, 0ul);
		text_printf(t, "%8lu %7lu %4lu %4lu %4lu %5lu %7lu %10lu", s.tx_bytes,
			    s.tx_packets, s.tx_errors, s.tx_dropped, 0ul, 0ul, 0ul,
			    s.tx_compressed);
		show_owner(t, i->owner);
		text_printf(t, "\n");
	}
	return t->error;
}
