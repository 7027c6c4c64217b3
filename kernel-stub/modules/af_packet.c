/* af_packet.c - packets straight to and from interfaces: AF_PACKET, the family net-pf-17
 *
 * A socket hears every interface, or the one it is bound to. A packet is sent to the
 * interface of its address, or to that one. Only root may have such sockets.
 */
#include <linux/errno.h>
#include <linux/if_packet.h>
#include <linux/init.h>
#include <linux/kernel.h>
#include <linux/list.h>
#include <linux/module.h>
#include <linux/net.h>
#include <linux/netdevice.h>
#include <linux/sched.h>
#include <linux/slab.h>
#include <linux/string.h>

MODULE_AUTHOR("modstack");
MODULE_DESCRIPTION("AF_PACKET sockets");
MODULE_LICENSE("GPL");
MODULE_ALIAS("net-pf-17");
EXPORT_NO_SYMBOLS;

#define QUEUE_MAX  64 /* packets that wait for one socket; more are dropped */
#define PACKET_MAX 65536

/* A packet in a queue; its interface may be gone. */
struct waiting {
	struct list_head list;
	struct sk_buff *skb;
	int ifindex;
	unsigned short type;
};

struct packet_sock {
	struct list_head all;
	struct socket *sock;
	int ifindex;		 /* 0: any */
	unsigned short protocol; /* in network order; 0: none */
	struct list_head queue;	 /* struct waiting */
	int queued;
	bool reading;
};

static LIST_HEAD(all);

static struct packet_sock *packet_of(struct socket *sock)
{
	return sock->sk;
}

static struct waiting *first(struct packet_sock *p)
{
	return list_entry(p->queue.next, struct waiting, list);
}

static void drop_first(struct packet_sock *p)
{
	struct waiting *w = first(p);

	list_del(&w->list);
	p->queued--;
	kfree_skb(w->skb);
	kfree(w);
}

static void append(struct packet_sock *p, const struct sk_buff *skb,
		   const struct net_device *dev)
{
	struct waiting *w = kmalloc(sizeof(*w), GFP_ATOMIC);

	if (!w)
		return;
	w->skb = skb_copy(skb, GFP_ATOMIC);
	if (!w->skb) {
		kfree(w);
		return;
	}
	w->ifindex = dev->ifindex;
	w->type = dev->type;
	list_add_tail(&w->list, &p->queue);
	p->queued++;
	wake_up(&p->sock->wait);
}

static int packet_release(struct socket *sock)
{
	struct packet_sock *p = packet_of(sock);

	if (!p)
		return 0;
	list_del(&p->all);
	while (p->queued)
		drop_first(p);
	kfree(p);
	return 0;
}

static bool wants(const struct packet_sock *p, const struct sk_buff *skb, int ifindex)
{
	return (!p->ifindex || p->ifindex == ifindex) && p->queued < QUEUE_MAX &&
	       (p->protocol == htons(ETH_P_ALL) || p->protocol == skb->protocol);
}

/* A packet came in on an interface. */
static int packet_rcv(struct sk_buff *skb, struct net_device *dev, struct packet_type *pt)
{
	struct packet_sock *p;

	list_for_each_entry (p, &all, all)
		if (wants(p, skb, dev->ifindex))
			append(p, skb, dev);
	kfree_skb(skb);
	return 0;
}

static int packet_bind(struct socket *sock, struct sockaddr *sa, int len)
{
	struct packet_sock *p = packet_of(sock);
	struct sockaddr_ll *ll = (struct sockaddr_ll *)sa;

	if (len < (int)sizeof(*ll) || ll->sll_family != AF_PACKET)
		return -EINVAL;
	if (ll->sll_ifindex && !dev_get_by_index(ll->sll_ifindex))
		return -ENODEV;
	p->ifindex = ll->sll_ifindex;
	if (ll->sll_protocol)
		p->protocol = ll->sll_protocol;
	return 0;
}

static int packet_getname(struct socket *sock, struct sockaddr *sa, int *len, int peer)
{
	struct packet_sock *p = packet_of(sock);

	if (peer)
		return -EOPNOTSUPP;
	*(struct sockaddr_ll *)sa = (struct sockaddr_ll){.sll_family = AF_PACKET,
							 .sll_protocol = p->protocol,
							 .sll_ifindex = p->ifindex};
	*len = sizeof(struct sockaddr_ll);
	return 0;
}

static unsigned packet_poll(struct file *file, struct socket *sock,
			    struct poll_table_struct *table)
{
	poll_wait(file, &sock->wait, table);
	return POLLOUT | POLLWRNORM | (packet_of(sock)->queued ? POLLIN | POLLRDNORM : 0);
}

static int packet_sendmsg(struct socket *sock, struct msghdr *msg, int len,
			  struct scm_cookie *scm)
{
	struct packet_sock *p = packet_of(sock);
	struct sockaddr_ll *ll = msg->msg_name;
	int ifindex = ll ? ll->sll_ifindex : p->ifindex;
	struct sk_buff *skb;

	if (ll && msg->msg_namelen < (int)sizeof(*ll))
		return -EINVAL;
	if (len > PACKET_MAX)
		return -EMSGSIZE;
	skb = alloc_skb(len, GFP_KERNEL);
	if (!skb)
		return -ENOBUFS;
	skb->protocol = ll ? ll->sll_protocol : p->protocol;
	if (memcpy_fromiovec(skb_put(skb, len), msg->msg_iov, len)) {
		kfree_skb(skb);
		return -EFAULT;
	}
	skb->dev = dev_get_by_index(ifindex); /* after the copy, which may sleep */
	return dev_queue_xmit(skb) ?: len;
}

/* Wait for a packet and for the right to read. */
static int read_lock(struct packet_sock *p, bool block)
{
	while (!p->queued || p->reading) {
		int err = block ? wait_event_interruptible(p->sock->wait,
							   p->queued && !p->reading)
				: -EAGAIN;

		if (err)
			return err;
	}
	p->reading = true;
	return 0;
}

static int take(struct packet_sock *p, struct msghdr *msg, int len, int flags)
{
	struct waiting *waiting = first(p);
	struct sk_buff *skb = waiting->skb;
	int n = min((int)skb->len, len);

	if (memcpy_toiovec(msg->msg_iov, skb->data, n))
		return -EFAULT;
	*(struct sockaddr_ll *)msg->msg_name =
		(struct sockaddr_ll){.sll_family = AF_PACKET,
				     .sll_protocol = skb->protocol,
				     .sll_ifindex = waiting->ifindex,
				     .sll_hatype = waiting->type};
	msg->msg_namelen = sizeof(struct sockaddr_ll);
	if (n < (int)skb->len)
		msg->msg_flags |= MSG_TRUNC;
	if (flags & MSG_TRUNC)
		n = skb->len;
	if (!(flags & MSG_PEEK))
		drop_first(p);
	return n;
}

static int packet_recvmsg(struct socket *sock, struct msghdr *msg, int len, int flags,
			  struct scm_cookie *scm)
{
	struct packet_sock *p = packet_of(sock);
	int n = read_lock(p, !(flags & MSG_DONTWAIT));

	if (n)
		return n;
	n = take(p, msg, len, flags);
	p->reading = false;
	wake_up(&sock->wait);
	return n;
}

static struct proto_ops packet_ops = {
	.family = PF_PACKET,
	.release = packet_release,
	.bind = packet_bind,
	.getname = packet_getname,
	.poll = packet_poll,
	.sendmsg = packet_sendmsg,
	.recvmsg = packet_recvmsg,
};

static int packet_create(struct socket *sock, int protocol)
{
	struct packet_sock *p;

	if (!suser())
		return -EPERM;
	if (sock->type != SOCK_DGRAM && sock->type != SOCK_RAW)
		return -ESOCKTNOSUPPORT;
	p = kmalloc(sizeof(*p), GFP_KERNEL);
	if (!p)
		return -ENOBUFS;
	memset(p, 0, sizeof(*p));
	p->sock = sock;
	p->protocol = protocol;
	INIT_LIST_HEAD(&p->queue);
	list_add(&p->all, &all);
	sock->sk = p;
	sock->ops = &packet_ops;
	return 0;
}

static struct net_proto_family packet_family = {
	.family = PF_PACKET,
	.create = packet_create,
	.owner = THIS_MODULE,
};

static struct packet_type every_packet = {
	.type = htons(ETH_P_ALL),
	.owner = THIS_MODULE,
	.func = packet_rcv,
};

static int __init packet_init(void)
{
	int err = sock_register(&packet_family);

	if (err)
		return err;
	err = dev_add_pack(&every_packet);
	if (err)
		sock_unregister(PF_PACKET);
	return err;
}

static void __exit packet_exit(void)
{
	dev_remove_pack(&every_packet);
	sock_unregister(PF_PACKET);
}

module_init(packet_init);
module_exit(packet_exit);
