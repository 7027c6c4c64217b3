/* linux/netdevice.h - network interfaces, in the shape of 2.4
 *
 * A driver fills in a struct net_device and registers it; its owner is in use while the
 * interface is up. Packets go out by dev_queue_xmit() and come in by netif_rx(), which hands
 * them to who has asked for them by dev_add_pack(). There is no protocol in the kernel.
 */
#ifndef _LINUX_NETDEVICE_H
#define _LINUX_NETDEVICE_H

#include <linux/skbuff.h>
#include <linux/types.h>

struct module;

#define IFNAMSIZ 16

#define IFF_UP		0x1
#define IFF_POINTOPOINT 0x10
#define IFF_RUNNING	0x40
#define IFF_NOARP	0x80

#define ARPHRD_ETHER 1
#define ARPHRD_PPP   512

#define ETH_P_IP  0x0800
#define ETH_P_ALL 0x0003
#define htons(x)  ((unsigned short)((unsigned char)(x) << 8 | (unsigned char)((x) >> 8)))
#define ntohs(x)  htons(x)

/* ioctl(2) on any socket, with a struct ifreq in ring 3. */
#define SIOCGIFNAME  0x8910
#define SIOCGIFFLAGS 0x8913
#define SIOCSIFFLAGS 0x8914
#define SIOCGIFMTU   0x8921
#define SIOCGIFINDEX 0x8933

struct ifreq {
	char ifr_name[IFNAMSIZ];
	union {
		short ifr_flags;
		int ifr_ifindex;
		int ifr_mtu;
		char ifr_bytes[16];
	};
};

struct net_device_stats {
	unsigned long rx_packets, tx_packets, rx_bytes, tx_bytes;
	unsigned long rx_errors, tx_errors, rx_dropped, tx_dropped;
	unsigned long rx_compressed, tx_compressed;
};

struct net_device {
	char name[IFNAMSIZ]; /* a %d in it becomes the lowest free number */
	int ifindex;
	unsigned short flags; /* IFF_* */
	unsigned short type;  /* ARPHRD_* */
	unsigned mtu;
	void *priv;
	struct module *owner;
	int (*init)(struct net_device *dev); /* at registration; may be NULL */
	int (*open)(struct net_device *dev); /* it is going up; may be NULL */
	int (*stop)(struct net_device *dev); /* down; may be NULL */
	/* Takes over the packet. 0, or -errno (it is freed all the same). */
	int (*hard_start_xmit)(struct sk_buff *skb, struct net_device *dev);
	struct net_device_stats *(*get_stats)(struct net_device *dev); /* may be NULL */
};

/* 0, -EEXIST: the name is taken, -EINVAL: it is none, -ENFILE, -ENOMEM, what init says. */
int register_netdev(struct net_device *dev);
void unregister_netdev(struct net_device *dev);

/* Find one, NULL: there is none. Borrowed: not valid after the next sleep. */
struct net_device *dev_get_by_name(const char *name);
struct net_device *dev_get_by_index(int ifindex);

/* Send on skb->dev. 0, -ENETDOWN, -ENODEV, -EMSGSIZE. */
int dev_queue_xmit(struct sk_buff *skb);
/* A packet came in on skb->dev. */
void netif_rx(struct sk_buff *skb);

struct packet_type {
	unsigned short type; /* in network order, htons(ETH_P_ALL): every */
	struct module *owner;
	/* Takes over the packet. */
	int (*func)(struct sk_buff *skb, struct net_device *dev, struct packet_type *pt);
};
int dev_add_pack(struct packet_type *pt); /* 0, -EBUSY, -ENOMEM */
void dev_remove_pack(struct packet_type *pt);

#endif
