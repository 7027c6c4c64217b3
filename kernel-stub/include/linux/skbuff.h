/* linux/skbuff.h - packets, with room before and behind what they hold; names of 2.4
 *
 * A packet is one piece of memory, asked for by the code that makes it.
 */
#ifndef _LINUX_SKBUFF_H
#define _LINUX_SKBUFF_H

#include <linux/list.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <linux/types.h>

struct net_device;

struct sk_buff {
	struct list_head list; /* for whoever has it */
	struct net_device *dev;
	unsigned short protocol; /* ETH_P_*, in network order */
	unsigned int len;	 /* bytes from data to tail */
	unsigned char *head, *data, *tail, *end;
};

static inline struct sk_buff *alloc_skb(unsigned int size, int priority)
{
	struct sk_buff *skb = kmalloc(sizeof(*skb) + size, priority);

	if (!skb)
		return NULL;
	memset(skb, 0, sizeof(*skb));
	skb->head = skb->data = skb->tail = (unsigned char *)(skb + 1);
	skb->end = skb->head + size;
	return skb;
}

static inline void kfree_skb(struct sk_buff *skb)
{
	kfree(skb);
}

/* Leave room at the front of an empty packet. */
static inline void skb_reserve(struct sk_buff *skb, unsigned int len)
{
	skb->data += len;
	skb->tail += len;
}

/* Add len bytes at the end, at the front; where they begin, or NULL: there is no room. */
static inline unsigned char *skb_put(struct sk_buff *skb, unsigned int len)
{
	unsigned char *at = skb->tail;

	if (len > (unsigned int)(skb->end - at))
		return NULL;
	skb->tail += len;
	skb->len += len;
	return at;
}

static inline unsigned char *skb_push(struct sk_buff *skb, unsigned int len)
{
	if (len > (unsigned int)(skb->data - skb->head))
		return NULL;
	skb->len += len;
	return skb->data -= len;
}

/* Take len bytes off the front; NULL: there are not so many. */
static inline unsigned char *skb_pull(struct sk_buff *skb, unsigned int len)
{
	if (len > skb->len)
		return NULL;
	skb->len -= len;
	return skb->data += len;
}

/* Keep the first len bytes. */
static inline void skb_trim(struct sk_buff *skb, unsigned int len)
{
	if (len >= skb->len)
		return;
	skb->len = len;
	skb->tail = skb->data + len;
}

static inline struct sk_buff *skb_copy(const struct sk_buff *skb, int priority)
{
	struct sk_buff *copy = alloc_skb(skb->len, priority);

	if (!copy)
		return NULL;
	memcpy(skb_put(copy, skb->len), skb->data, skb->len);
	copy->dev = skb->dev;
	copy->protocol = skb->protocol;
	return copy;
}

#endif
