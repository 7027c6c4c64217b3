/* dummy.c - the interface dummy0: packets sent to it are counted and gone */
#include <linux/init.h>
#include <linux/kernel.h>
#include <linux/module.h>
#include <linux/netdevice.h>

MODULE_AUTHOR("modstack");
MODULE_DESCRIPTION("a network interface that leads nowhere");
MODULE_LICENSE("GPL");
MODULE_ALIAS("dummy0");
EXPORT_NO_SYMBOLS;

static struct net_device_stats stats;

static int dummy_xmit(struct sk_buff *skb, struct net_device *dev)
{
	stats.tx_packets++;
	stats.tx_bytes += skb->len;
	kfree_skb(skb);
	return 0;
}

static struct net_device_stats *dummy_stats(struct net_device *dev)
{
	return &stats;
}

static struct net_device dummy = {
	.name = "dummy%d",
	.flags = IFF_NOARP,
	.type = ARPHRD_ETHER,
	.mtu = 1500,
	.owner = THIS_MODULE,
	.hard_start_xmit = dummy_xmit,
	.get_stats = dummy_stats,
};

static int __init dummy_init(void)
{
	return register_netdev(&dummy);
}

static void __exit dummy_exit(void)
{
	unregister_netdev(&dummy);
}

module_init(dummy_init);
module_exit(dummy_exit);
