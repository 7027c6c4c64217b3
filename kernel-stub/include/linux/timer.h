/* linux/timer.h - functions called once when a moment has come, from the timer interrupt
 */
#ifndef _LINUX_TIMER_H
#define _LINUX_TIMER_H

#include <linux/types.h>
#include <linux/list.h>
#include <linux/time.h>

struct timer_list {
	struct list_head list; /* the kernel's */
	unsigned long expires; /* jiffies */
	unsigned long data;
	void (*function)(unsigned long data);
};

static inline void init_timer(struct timer_list *timer)
{
	timer->list.next = timer->list.prev = NULL;
}

/* add: the timer must not be pending; of a module's, the kernel takes a copy. del, mod: 1 if
 * it was pending, else 0. */
int timer_pending(const struct timer_list *timer);
void add_timer(struct timer_list *timer);
int del_timer(struct timer_list *timer);
int mod_timer(struct timer_list *timer, unsigned long expires);
#define del_timer_sync del_timer

/* Drop every pending timer of the module in [start, end); returns how many. */
int timer_free_range(unsigned long start, unsigned long end);

#endif
