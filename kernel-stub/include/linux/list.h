/* linux/list.h - doubly linked rings; the head is a member like the others */
#ifndef _LINUX_LIST_H
#define _LINUX_LIST_H

#include <linux/types.h>

struct list_head {
	struct list_head *next, *prev;
};

#define LIST_HEAD_INIT(name)                                                             \
	{                                                                                \
		&(name), &(name)                                                         \
	}
#define LIST_HEAD(name)	     struct list_head name = LIST_HEAD_INIT(name)
#define INIT_LIST_HEAD(head) ((head)->next = (head)->prev = (head))

static inline void list_join(struct list_head *a, struct list_head *b)
{
	a->next = b;
	b->prev = a;
}

/* Insert after head: the newest first. */
static inline void list_add(struct list_head *item, struct list_head *head)
{
	list_join(item, head->next);
	list_join(head, item);
}

/* Insert before head: the oldest first. */
static inline void list_add_tail(struct list_head *item, struct list_head *head)
{
	list_join(head->prev, item);
	list_join(item, head);
}

static inline void list_del(struct list_head *item)
{
	list_join(item->prev, item->next);
	item->next = item->prev = NULL;
}

static inline void list_del_init(struct list_head *item)
{
	list_join(item->prev, item->next);
	INIT_LIST_HEAD(item);
}

static inline int list_empty(const struct list_head *head)
{
	return head->next == head;
}

#define list_entry(ptr, type, member) ((type *)((char *)(ptr)-offsetof(type, member)))

#define list_for_each(pos, head) for (pos = (head)->next; pos != (head); pos = pos->next)

#define list_for_each_safe(pos, tmp, head)                                               \
	for (pos = (head)->next, tmp = pos->next; pos != (head);                         \
	     pos = tmp, tmp = pos->next)

#define list_for_each_entry(pos, head, member)                                           \
	for (pos = list_entry((head)->next, __typeof__(*pos), member);                   \
	     &pos->member != (head);                                                     \
	     pos = list_entry(pos->member.next, __typeof__(*pos), member))

#endif
