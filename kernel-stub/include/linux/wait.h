/* linux/wait.h - wait queues: how kernel code sleeps until something happens
 *
 * A sleeper names the condition, a waker makes it true and then calls wake_up(). Ring 0
 * is not preemptive, so between the test of a condition and its use nothing but an
 * interrupt handler runs. Wake-ups may come from interrupt handlers; sleeping may not.
 */
#ifndef LINUX_WAIT_H
#define LINUX_WAIT_H

#include <linux/types.h>
#include <linux/list.h>

struct task_struct;

typedef struct __wait_queue {
	struct task_struct *task;
	struct list_head task_list;
} wait_queue_t;

typedef struct __wait_queue_head {
	struct list_head task_list;
} wait_queue_head_t;

#define __WAIT_QUEUE_HEAD_INITIALIZER(name)                                              \
	{                                                                                \
		.task_list = { &(name).task_list, &(name).task_list }                    \
	}
#define DECLARE_WAIT_QUEUE_HEAD(name)                                                    \
	wait_queue_head_t name = __WAIT_QUEUE_HEAD_INITIALIZER(name)
#define DECLARE_WAITQUEUE(name, tsk) wait_queue_t name = {.task = (tsk)}

static inline void init_waitqueue_head(wait_queue_head_t *q)
{
	INIT_LIST_HEAD(&q->task_list);
}

static inline void init_waitqueue_entry(wait_queue_t *wait, struct task_struct *task)
{
	wait->task = task;
}

static inline int waitqueue_active(wait_queue_head_t *q)
{
	return !list_empty(&q->task_list);
}

void add_wait_queue(wait_queue_head_t *q, wait_queue_t *wait);
void remove_wait_queue(wait_queue_head_t *q, wait_queue_t *wait);

/* Make every sleeper of the queue runnable; each looks at its condition again. */
void wake_up(wait_queue_head_t *q);
/* The same for those only that sleep interruptibly. */
void wake_up_interruptible(wait_queue_head_t *q);
#define wake_up_all(q) wake_up(q)

/* The steps of wait_event(): enter the queue and the state of sleep, sleep once, leave.
 * wait_sleep returns -ERESTARTSYS if `state` is interruptible and a signal is pending. */
void wait_prepare(wait_queue_head_t *q, wait_queue_t *wait, int state);
int wait_sleep(void);
void wait_finish(wait_queue_head_t *q, wait_queue_t *wait);

#define __wait_event(q, condition, state)                                                \
	({                                                                               \
		wait_queue_t __wait;                                                     \
		int __ret = 0;                                                           \
		init_waitqueue_entry(&__wait, 0);                                        \
		for (;;) {                                                               \
			wait_prepare(&(q), &__wait, state);                              \
			if (condition)                                                   \
				break;                                                   \
			__ret = wait_sleep();                                            \
			if (__ret)                                                       \
				break;                                                   \
		}                                                                        \
		wait_finish(&(q), &__wait);                                              \
		__ret;                                                                   \
	})

/* Sleep until `condition` is true; signals, SIGKILL too, have to wait. */
#define wait_event(q, condition) ((void)__wait_event(q, condition, TASK_UNINTERRUPTIBLE))
/* The same, but a signal ends it: 0, or -ERESTARTSYS which a system call passes on. */
#define wait_event_interruptible(q, condition)                                           \
	__wait_event(q, condition, TASK_INTERRUPTIBLE)

/* Sleep until the next wake_up, whatever the condition (2.4; racy by nature). */
void sleep_on(wait_queue_head_t *q);
void interruptible_sleep_on(wait_queue_head_t *q);

#define TASK_RUNNING	     0
#define TASK_INTERRUPTIBLE   1
#define TASK_UNINTERRUPTIBLE 2
#define TASK_ZOMBIE	     4
#define TASK_STOPPED	     8

#endif
