/* ppp_generic.c - PPP interfaces and /dev/ppp, with header compression by the module slhc
 *
 * An opening of /dev/ppp is one end of a link. PPPIOCNEWUNIT makes it an interface ppp0,
 * ppp1 ...: each packet sent there is read here as a frame, the protocol in two bytes and
 * then what it carries, one frame a read; each frame written here comes in there. Framing
 * on a line, negotiation and other protocols than IP are not ours: what else comes in is
 * counted as an error. With SC_COMP_TCP outgoing TCP packets travel with compressed headers;
 * incoming ones may always.
 */
#include <asm/uaccess.h>
#include <linux/errno.h>
#include <linux/fs.h>
#include <linux/init.h>
#include <linux/kernel.h>
#include <linux/list.h>
#include <linux/module.h>
#include <linux/netdevice.h>
#include <linux/poll.h>
#include <linux/ppp_defs.h>
#include <linux/sched.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <net/slhc_vj.h>

MODULE_AUTHOR("modstack");
MODULE_DESCRIPTION("PPP interfaces behind /dev/ppp");
MODULE_LICENSE("Dual MPL/GPL");
MODULE_ALIAS("char-major-108");
EXPORT_NO_SYMBOLS;

#define PPP_MAJOR  108
#define QUEUE_MAX  64 /* frames that wait to be read; more are dropped */
#define SLOTS	   16
#define SLOTS_MAX  256
#define FRAME_ROOM (PPP_HDRLEN + PPP_MTU)

struct ppp {
	struct net_device dev;
	bool registered;
	int unit;
	unsigned flags; /* SC_* */
	struct slcompress *vj;
	struct net_device_stats stats;
	struct list_head queue; /* frames to read */
	int queued;
	bool reading;
	wait_queue_head_t wait;
};

static struct sk_buff *first(struct ppp *ppp)
{
	return list_entry(ppp->queue.next, struct sk_buff, list);
}

static void drop_first(struct ppp *ppp)
{
	struct sk_buff *skb = first(ppp);

	list_del(&skb->list);
	ppp->queued--;
	kfree_skb(skb);
}

/* --- out ------------------------------------------------------------------------------ */

static int protocol_of(const unsigned char *packed)
{
	return packed[0] & SL_TYPE_COMPRESSED_TCP ? PPP_VJC_COMP : PPP_VJC_UNCOMP;
}

/* The frame for a packet, NULL: no memory. */
static struct sk_buff *frame_of(struct ppp *ppp, struct sk_buff *packet)
{
	struct sk_buff *frame = alloc_skb(PPP_HDRLEN + packet->len, GFP_ATOMIC);
	unsigned char *out, *bytes = packet->data;
	int protocol = PPP_IP, len = packet->len;

	if (!frame)
		return NULL;
	out = frame->data + PPP_HDRLEN;
	if (ppp->flags & SC_COMP_TCP)
		len = slhc_compress(ppp->vj, packet->data, len, out, &bytes,
				    !(ppp->flags & SC_NO_TCP_CCID));
	if (bytes == out) {
		protocol = protocol_of(out);
		/* The protocol says what it is, so the type need not. */
		if (protocol == PPP_VJC_COMP)
			out[0] &= ~SL_TYPE_COMPRESSED_TCP;
		else
			out[0] = packet->data[0];
		ppp->stats.tx_compressed += protocol == PPP_VJC_COMP;
	} else {
		memcpy(out, bytes, len);
	}
	skb_put(frame, PPP_HDRLEN + len);
	frame->data[0] = protocol >> 8;
	frame->data[1] = protocol;
	return frame;
}

static int ppp_xmit(struct sk_buff *packet, struct net_device *dev)
{
	struct ppp *ppp = dev->priv;
	struct sk_buff *frame = NULL;

	/* A frame that is dropped after compression would break those that follow. */
	if (ppp->queued < QUEUE_MAX && packet->protocol == htons(ETH_P_IP))
		frame = frame_of(ppp, packet);
	kfree_skb(packet);
	if (!frame) {
		ppp->stats.tx_dropped++;
		return 0;
	}
	ppp->stats.tx_packets++;
	ppp->stats.tx_bytes += frame->len - PPP_HDRLEN;
	list_add_tail(&frame->list, &ppp->queue);
	ppp->queued++;
	wake_up(&ppp->wait);
	return 0;
}

static int wait_frame(struct ppp *ppp, bool block)
{
	while (!ppp->queued || ppp->reading) {
		int err = block ? wait_event_interruptible(ppp->wait,
							   ppp->queued && !ppp->reading)
				: -EAGAIN;

		if (err)
			return err;
	}
	ppp->reading = true;
	return 0;
}

static ssize_t ppp_read(struct file *file, char *buf, size_t count, loff_t *pos)
{
	struct ppp *ppp = file->private_data;
	int n = wait_frame(ppp, !(file->f_flags & O_NONBLOCK));

	if (n)
		return n;
	n = first(ppp)->len;
	if ((size_t)n > count)
		n = -EOVERFLOW; /* it stays */
	else if (copy_to_user(buf, first(ppp)->data, n))
		n = -EFAULT;
	else
		drop_first(ppp);
	ppp->reading = false;
	wake_up(&ppp->wait);
	return n;
}

/* --- in ------------------------------------------------------------------------------- */

/* The packet that a frame's content stands for, in place; 0: there is none. */
static int unpack(struct ppp *ppp, int protocol, unsigned char *data, int len)
{
	switch (protocol) {
	case PPP_IP:
		return len;
	case PPP_VJC_COMP:
		ppp->stats.rx_compressed++;
		return slhc_uncompress(ppp->vj, data, len);
	case PPP_VJC_UNCOMP:
		return slhc_remember(ppp->vj, data, len);
	}
	return 0;
}

static int receive(struct ppp *ppp, struct sk_buff *skb)
{
	int protocol = skb->data[0] << 8 | skb->data[1], len;

	skb_pull(skb, PPP_HDRLEN);
	len = unpack(ppp, protocol, skb->data, skb->len);
	if (len <= 0) {
		ppp->stats.rx_errors++;
		kfree_skb(skb);
		return 0;
	}
	ppp->stats.rx_packets++;
	ppp->stats.rx_bytes += skb->len;
	skb->len = len;
	skb->tail = skb->data + len;
	skb->dev = &ppp->dev;
	skb->protocol = htons(ETH_P_IP);
	netif_rx(skb);
	return 0;
}

static ssize_t ppp_write(struct file *file, const char *buf, size_t count, loff_t *pos)
{
	struct ppp *ppp = file->private_data;
	struct sk_buff *skb;

	if (count <= PPP_HDRLEN || count > FRAME_ROOM)
		return -EINVAL;
	if (!ppp->registered)
		return -ENXIO;
	skb = alloc_skb(FRAME_ROOM + SLHC_MAX_HEADER, GFP_KERNEL);
	if (!skb)
		return -ENOMEM;
	if (copy_from_user(skb_put(skb, count), buf, count)) {
		kfree_skb(skb);
		return -EFAULT;
	}
	if (ppp->dev.flags & IFF_UP)
		receive(ppp, skb);
	else
		kfree_skb(skb);
	return count;
}

/* --- the link ------------------------------------------------------------------------- */

static struct net_device_stats *ppp_stats(struct net_device *dev)
{
	return &((struct ppp *)dev->priv)->stats;
}

static int new_unit(struct ppp *ppp)
{
	int err;

	if (ppp->registered)
		return -EEXIST;
	ppp->dev = (struct net_device){
		.name = "ppp%d",
		.flags = IFF_POINTOPOINT | IFF_NOARP,
		.type = ARPHRD_PPP,
		.mtu = PPP_MTU,
		.priv = ppp,
		.owner = THIS_MODULE,
		.hard_start_xmit = ppp_xmit,
		.get_stats = ppp_stats,
	};
	err = register_netdev(&ppp->dev);
	if (err)
		return err;
	ppp->registered = true;
	ppp->unit = simple_strtoul(ppp->dev.name + 3, NULL, 10);
	return 0;
}

static int set_slots(struct ppp *ppp, int max)
{
	struct slcompress *vj;

	if (max < 0 || max >= SLOTS_MAX)
		return -EINVAL;
	vj = slhc_init(max + 1, max + 1);
	if (!vj)
		return -ENOMEM;
	slhc_free(ppp->vj);
	ppp->vj = vj;
	return 0;
}

static int ppp_ioctl(struct inode *inode, struct file *file, unsigned int cmd,
		     unsigned long arg)
{
	struct ppp *ppp = file->private_data;
	int value, err;

	switch (cmd) {
	case PPPIOCNEWUNIT:
		err = new_unit(ppp);
		return err ? err : put_user(ppp->unit, (int *)arg);
	case PPPIOCGUNIT:
		return ppp->registered ? put_user(ppp->unit, (int *)arg) : -ENXIO;
	case PPPIOCGFLAGS:
		return put_user((int)ppp->flags, (int *)arg);
	case PPPIOCSFLAGS:
		if (get_user(value, (int *)arg))
			return -EFAULT;
		ppp->flags = value & (SC_COMP_TCP | SC_NO_TCP_CCID);
		return 0;
	case PPPIOCSMAXCID:
		if (get_user(value, (int *)arg))
			return -EFAULT;
		return set_slots(ppp, value);
	}
	return -ENOTTY;
}

static unsigned int ppp_poll(struct file *file, poll_table *table)
{
	struct ppp *ppp = file->private_data;

	poll_wait(file, &ppp->wait, table);
	return POLLOUT | POLLWRNORM | (ppp->queued ? POLLIN | POLLRDNORM : 0);
}

static int ppp_open(struct inode *inode, struct file *file)
{
	struct ppp *ppp;

	if (!suser())
		return -EPERM;
	ppp = kmalloc(sizeof(*ppp), GFP_KERNEL);
	if (!ppp)
		return -ENOMEM;
	memset(ppp, 0, sizeof(*ppp));
	INIT_LIST_HEAD(&ppp->queue);
	init_waitqueue_head(&ppp->wait);
	ppp->vj = slhc_init(SLOTS, SLOTS);
	if (!ppp->vj) {
		kfree(ppp);
		return -ENOMEM;
	}
	file->private_data = ppp;
	return 0;
}

static int ppp_release(struct inode *inode, struct file *file)
{
	struct ppp *ppp = file->private_data;

	if (ppp->registered)
		unregister_netdev(&ppp->dev);
	while (ppp->queued)
		drop_first(ppp);
	slhc_free(ppp->vj);
	kfree(ppp);
	return 0;
}

static struct file_operations ppp_fops = {
	.owner = THIS_MODULE,
	.read = ppp_read,
	.write = ppp_write,
	.poll = ppp_poll,
	.ioctl = ppp_ioctl,
	.open = ppp_open,
	.release = ppp_release,
};

static int __init ppp_init(void)
{
	int err = register_chrdev(PPP_MAJOR, "ppp", &ppp_fops);

	if (err)
		printk(KERN_ERR "ppp_generic: major %d is taken\n", PPP_MAJOR);
	return err;
}

static void __exit ppp_exit(void)
{
	unregister_chrdev(PPP_MAJOR, "ppp");
}

module_init(ppp_init);
module_exit(ppp_exit);
