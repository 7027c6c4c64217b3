/* wait.c - wait queues */
#include <linux/sched.h>
#include <linux/errno.h>
#include "arch/i386/asm.h"

void add_wait_queue(wait_queue_head_t *q, wait_queue_t *wait)
{
	unsigned long flags = irq_save();

	list_add_tail(&wait->task_list, &q->task_list);
	irq_restore(flags);
}

void remove_wait_queue(wait_queue_head_t *q, wait_queue_t *wait)
{
	unsigned long flags = irq_save();

	list_del(&wait->task_list);
	irq_restore(flags);
}

/* A woken task only becomes runnable here; it leaves the queue by itself, so the list does
 * not change under the walk. */
static void wake(wait_queue_head_t *q, long states)
{
	unsigned long flags = irq_save();
	wait_queue_t *wait;

	list_for_each_entry (wait, &q->task_list, task_list)
		if (wait->task->state & states)
			wake_up_process(wait->task);
	irq_restore(flags);
}

void wake_up(wait_queue_head_t *q)
{
	wake(q, TASK_INTERRUPTIBLE | TASK_UNINTERRUPTIBLE);
}

void wake_up_interruptible(wait_queue_head_t *q)
{
	wake(q, TASK_INTERRUPTIBLE);
}

void wait_prepare(wait_queue_head_t *q, wait_queue_t *wait, int state)
{
	if (!wait->task) {
		wait->task = current;
		add_wait_queue(q, wait);
	}
	current->state = state;
}

int wait_sleep(void)
{
	if (current->state == TASK_INTERRUPTIBLE && signal_pending(current))
		return -ERESTARTSYS;
	schedule();
	return 0;
}

void wait_finish(wait_queue_head_t *q, wait_queue_t *wait)
{
	current->state = TASK_RUNNING;
	remove_wait_queue(q, wait);
}

static void sleep_in_state(wait_queue_head_t *q, int state)
{
	wait_queue_t wait;

	init_waitqueue_entry(&wait, NULL);
	wait_prepare(q, &wait, state);
	schedule();
	wait_finish(q, &wait);
}

void sleep_on(wait_queue_head_t *q)
{
	sleep_in_state(q, TASK_UNINTERRUPTIBLE);
}

void interruptible_sleep_on(wait_queue_head_t *q)
{
	sleep_in_state(q, TASK_INTERRUPTIBLE);
}
