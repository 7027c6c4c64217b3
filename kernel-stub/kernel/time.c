/* kernel/time.c - the tick (channel 0 of the 8254), timers, busy waiting, the time of day
 *
 * Ports and modes: Intel 8254 data sheet; CMOS clock: Motorola MC146818A data sheet.
 */
#include <linux/time.h>
#include <linux/timer.h>
#include <linux/delay.h>
#include <linux/interrupt.h>
#include <linux/kernel.h>
#include <linux/sched.h>
#include <linux/slab.h>
#include <asm/io.h>
#include "kernel/contain.h"
#include "kernel/irq.h"
#include "kernel/module.h"

#define PIT_HZ	   1193182u
#define PIT_COUNT  0x40
#define PIT_MODE   0x43
#define PIT_RATE   0x34 /* channel 0, both bytes, mode 2: count down, start over */
#define PIT_LATCH  0x00
#define PIT_PERIOD ((PIT_HZ + HZ / 2) / HZ)
#define PIT_IRQ	   0

#define CMOS_INDEX 0x70
#define CMOS_DATA  0x71

volatile unsigned long jiffies;

/* Soonest first: the kernel's own, and copies of those of modules. */
static LIST_HEAD(timers);
static LIST_HEAD(module_timers);
static struct timeval boot_time;

/* --- timers ------------------------------------------------------------------- */

/* A module's timer as it was when it was added: the module may destroy its own, or free
 * it. */
struct shadow {
	struct timer_list timer; /* in module_timers */
	struct timer_list *theirs;
	struct module *owner;
};

/* Its function may be none any more. */
static struct module *owner_of(const struct timer_list *timer)
{
	struct module *owner = mod_at((unsigned long)timer->function);

	return owner ? owner : mod_at((unsigned long)timer);
}

static struct shadow *shadow_of(const struct timer_list *theirs)
{
	struct timer_list *timer;

	list_for_each_entry (timer, &module_timers, list) {
		struct shadow *shadow = container_of(timer, struct shadow, timer);

		if (shadow->theirs == theirs)
			return shadow;
	}
	return NULL;
}

static void drop(struct shadow *shadow)
{
	list_del(&shadow->timer.list);
	kfree(shadow);
}

static void insert(struct timer_list *timer, struct list_head *list)
{
	struct list_head *at = list->prev;

	while (at != list && time_after(list_entry(at, struct timer_list, list)->expires,
					timer->expires))
		at = at->prev;
	list_add(&timer->list, at);
}

/* A moment that has passed is the next tick: else a function that adds its timer at once
 * would be called for ever. */
static void add_shadow(struct timer_list *theirs, struct module *owner)
{
	struct shadow *shadow = kmalloc(sizeof(*shadow), GFP_KERNEL);

	if (!shadow) {
		printk(KERN_ERR "no memory for a timer of module %s\n", mod_name(owner));
		return;
	}
	*shadow = (struct shadow){*theirs, theirs, owner};
	if (!time_after(theirs->expires, jiffies))
		shadow->timer.expires = jiffies + 1;
	insert(&shadow->timer, &module_timers);
}

static void add(struct timer_list *timer, struct module *caller)
{
	struct module *owner = owner_of(timer);

	if (owner || caller)
		add_shadow(timer, owner ? owner : caller);
	else
		insert(timer, &timers);
}

void add_timer(struct timer_list *timer)
{
	struct module *caller = mod_caller(__builtin_return_address(0));
	unsigned long irq = irq_save();

	add(timer, caller);
	irq_restore(irq);
}

int timer_pending(const struct timer_list *timer)
{
	unsigned long irq = irq_save();
	int pending = shadow_of(timer) || (!owner_of(timer) && timer->list.next);

	irq_restore(irq);
	return pending;
}

int del_timer(struct timer_list *timer)
{
	unsigned long irq = irq_save();
	int pending = timer_pending(timer);
	struct shadow *shadow = shadow_of(timer);

	if (shadow)
		drop(shadow);
	else if (pending)
		list_del(&timer->list);
	irq_restore(irq);
	return pending;
}

int mod_timer(struct timer_list *timer, unsigned long expires)
{
	struct module *caller = mod_caller(__builtin_return_address(0));
	unsigned long irq = irq_save();
	int pending = del_timer(timer);

	timer->expires = expires;
	add(timer, caller);
	irq_restore(irq);
	return pending;
}

int timer_free_range(unsigned long start, unsigned long end)
{
	unsigned long irq = irq_save();
	struct list_head *at, *next;
	int n = 0;

	list_for_each_safe(at, next, &module_timers)
	{
		struct shadow *shadow = container_of(at, struct shadow, timer.list);
		unsigned long code = (unsigned long)shadow->timer.function;
		unsigned long owner = (unsigned long)shadow->owner;

		if ((code >= start && code < end) || (owner >= start && owner < end)) {
			drop(shadow);
			n++;
		}
	}
	irq_restore(irq);
	return n;
}

/* The first of a list if its time has come, taken out. */
static struct timer_list *expired(struct list_head *list)
{
	struct timer_list *timer = list_entry(list->next, struct timer_list, list);

	if (list_empty(list) || time_after(timer->expires, jiffies))
		return NULL;
	list_del(&timer->list);
	return timer;
}

/* Interrupts are off; a function may add and delete timers. */
static void run_timers(void)
{
	struct timer_list *timer;
	struct shadow now;

	while ((timer = expired(&timers)))
		timer->function(timer->data);
	while ((timer = expired(&module_timers))) {
		now = *container_of(timer, struct shadow, timer);
		kfree(container_of(timer, struct shadow, timer));
		CALL_MODULE_VOID(now.owner, now.timer.function(now.timer.data));
	}
}

static void tick(int irq, void *dev_id, struct pt_regs *regs)
{
	jiffies++;
	contain_tick(regs);
	run_timers();
	sched_tick(regs);
}

/* --- the counter -------------------------------------------------------------- */

/* Counts down from PIT_PERIOD to 1. Interrupts off. */
static unsigned pit_read(void)
{
	unsigned low;

	outb(PIT_LATCH, PIT_MODE);
	low = inb(PIT_COUNT);
	return low | inb(PIT_COUNT) << 8;
}

/* PIT ticks since the timer was started. */
static uint64_t pit_total(void)
{
	static uint64_t last;
	unsigned long irq = irq_save();
	unsigned count = pit_read();
	uint64_t total = (uint64_t)jiffies * PIT_PERIOD + (PIT_PERIOD - count);

	/* The counter has started over, but the tick has not been delivered yet. */
	if (irq_requested(PIT_IRQ) && count > PIT_PERIOD / 2)
		total += PIT_PERIOD;
	if (total < last)
		total = last;
	last = total;
	irq_restore(irq);
	return total;
}

/* Spin for n ticks of the counter; works whether or not the tick is delivered. */
static void pit_wait(uint64_t n)
{
	unsigned long irq = irq_save();
	unsigned last = pit_read(), now;

	irq_restore(irq);
	while (n) {
		unsigned passed;

		irq = irq_save();
		now = pit_read();
		irq_restore(irq);
		passed = last >= now ? last - now : last + PIT_PERIOD - now;
		last = now;
		n = passed < n ? n - passed : 0;
	}
}

void udelay(unsigned long us)
{
	pit_wait((uint64_t)us * PIT_HZ / 1000000 + 1);
}

void mdelay(unsigned long ms)
{
	while (ms--)
		udelay(1000);
}

/* --- the time of day ---------------------------------------------------------- */

uint64_t time_uptime_us(void)
{
	return pit_total() * 1000000 / PIT_HZ;
}

void do_gettimeofday(struct timeval *tv)
{
	uint64_t us = time_uptime_us() + boot_time.tv_usec;

	tv->tv_sec = boot_time.tv_sec + us / 1000000;
	tv->tv_usec = us % 1000000;
}

void do_settimeofday(const struct timeval *tv)
{
	uint64_t us = time_uptime_us();
	long long at = tv->tv_sec * 1000000ll + tv->tv_usec - us;

	boot_time.tv_sec = at / 1000000;
	boot_time.tv_usec = at % 1000000;
}

time_t time_seconds(void)
{
	struct timeval tv;

	do_gettimeofday(&tv);
	return tv.tv_sec;
}

static unsigned cmos(unsigned reg)
{
	outb(reg, CMOS_INDEX);
	return inb(CMOS_DATA);
}

static unsigned from_bcd(unsigned v)
{
	return (v >> 4) * 10 + (v & 15);
}

/* Days since 1970-01-01; month 1-12. Years count from March: a leap day is the last. */
static long days(unsigned year, unsigned month, unsigned day)
{
	unsigned y = month > 2 ? year : year - 1;
	unsigned m = month > 2 ? month - 3 : month + 9;

	return 365l * y + y / 4 - y / 100 + y / 400 + (153 * m + 2) / 5 + day - 1 -
	       719468;
}

/* The CMOS clock in UTC: BCD, 24 hours, as firmware sets it. */
static time_t clock_read(void)
{
	static const unsigned char reg[] = {0, 2, 4, 7, 8, 9}; /* second ... year */
	unsigned v[6], again;

	do {
		while (cmos(10) & 0x80) /* being updated */
			;
		for (unsigned i = 0; i < 6; i++)
			v[i] = from_bcd(cmos(reg[i]));
		again = from_bcd(cmos(0));
	} while (again != v[0]);
	return days(v[5] + (v[5] < 70 ? 2000 : 1900), v[4], v[3]) * 86400l + v[2] * 3600 +
	       v[1] * 60 + v[0];
}

void time_init(void)
{
	boot_time.tv_sec = clock_read();
	outb(PIT_RATE, PIT_MODE);
	outb(PIT_PERIOD & 0xff, PIT_COUNT);
	outb(PIT_PERIOD >> 8, PIT_COUNT);
	if (request_irq(PIT_IRQ, tick, 0, "timer", NULL))
		panic("no timer interrupt");
}
