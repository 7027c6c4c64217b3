/* sched.c - who runs: one queue, turns of 50 ms, task 0 when there is nobody
 *
 * A task that can run is on the queue, the current one included; schedule() puts it at the
 * tail and takes the head. Task 0 is never on the queue.
 */
#include <linux/kernel.h>
#include <linux/string.h>
#include <linux/timer.h>
#include "kernel/task.h"
#include "kernel/mmap.h"
#include "kernel/module.h"
#include "kernel/syscall.h"
#include "arch/i386/descr.h"

#define SLICE (HZ / 20)

static struct task_struct idle_task = {.comm = "idle"};
static LIST_HEAD(run_queue);
static struct task_struct *buried; /* to be freed when we are off its stack */

struct task_struct *current = &idle_task;
volatile int need_resched;
LIST_HEAD(all_tasks);

void switch_stack(unsigned long *save_sp, unsigned long sp);

bool capable(int cap)
{
	return current->euid == 0;
}

void task_schedulable(struct task_struct *task)
{
	unsigned long flags = irq_save();

	task->state = TASK_RUNNING;
	list_add_tail(&task->run, &run_queue);
	need_resched = 1;
	irq_restore(flags);
}

void wake_up_process(struct task_struct *task)
{
	unsigned long flags = irq_save();

	if (task->state != TASK_RUNNING && task->state != TASK_ZOMBIE) {
		task->state = TASK_RUNNING;
		if (task != &idle_task && list_empty(&task->run))
			list_add_tail(&task->run, &run_queue);
		need_resched = 1;
	}
	irq_restore(flags);
}

void task_bury(struct task_struct *task)
{
	task->bury_next = buried;
	buried = task;
}

/* First thing a task does after a switch, on its own stack. */
void switch_finish(void)
{
	while (buried && buried != current) {
		struct task_struct *task = buried;

		buried = task->bury_next;
		task_free(task);
	}
}

static struct task_struct *pick(void)
{
	if (list_empty(&run_queue))
		return &idle_task;
	return list_entry(run_queue.next, struct task_struct, run);
}

static void switch_to(struct task_struct *prev, struct task_struct *next)
{
	current = next;
	aspace_switch(next->mm ? next->mm->as : NULL);
	/* A selector left over from prev may name a thread descriptor that next has not. */
	__asm__ __volatile__("movl %0, %%fs; movl %0, %%gs" : : "r"(0));
	for (int i = 0; i < NR_TLS; i++)
		tls_set(i, next->tls[i]);
	if (next != &idle_task)
		tss_set_esp0((unsigned long)next->stack + KSTACK_SIZE);
	fpu_switch(next);
	switch_stack(&prev->ksp, next->ksp);
	switch_finish();
}

void schedule(void)
{
	struct task_struct *prev = current, *next;
	unsigned long flags = irq_save();

	need_resched = 0;
	if (prev->state == TASK_INTERRUPTIBLE && signal_pending(prev))
		prev->state = TASK_RUNNING;
	if (prev != &idle_task) {
		list_del_init(&prev->run);
		if (prev->state == TASK_RUNNING)
			list_add_tail(&prev->run, &run_queue);
	}
	next = pick();
	next->slice = SLICE;
	if (next != prev)
		switch_to(prev, next);
	else if (prev == &idle_task && prev->state != TASK_RUNNING)
		sti_hlt(); /* boot code waits for a device */
	irq_restore(flags);
}

static void timeout_over(unsigned long task)
{
	wake_up_process((struct task_struct *)task);
}

long schedule_timeout(long timeout)
{
	struct timer_list timer = {.function = timeout_over};
	unsigned long end = jiffies + timeout;

	if (timeout == MAX_SCHEDULE_TIMEOUT) {
		schedule();
		return timeout;
	}
	if (timeout <= 0) {
		current->state = TASK_RUNNING;
		return 0;
	}
	timer.data = (unsigned long)current;
	timer.expires = end;
	add_timer(&timer);
	schedule();
	del_timer(&timer);
	timeout = (long)(end - jiffies);
	return timeout > 0 ? timeout : 0;
}

struct task_struct *find_task_by_pid(int pid)
{
	struct task_struct *task;

	for_each_task(task) if (task->pid == pid) return task;
	return NULL;
}

void sched_tick(struct pt_regs *regs)
{
	if (user_mode(regs))
		current->ticks_user++;
	else
		current->ticks_kernel++;
	if (current != &idle_task && --current->slice <= 0)
		need_resched = 1;
}

long sys_sched_yield(void)
{
	schedule();
	return 0;
}

void sched_init(void)
{
	INIT_LIST_HEAD(&idle_task.children);
	INIT_LIST_HEAD(&idle_task.run);
	init_waitqueue_head(&idle_task.child_wait);
	idle_task.parent = &idle_task;
	idle_task.umask = 022;
	fpu_init();
}

void sched_idle(void)
{
	for (;;) {
		cli();
		if (list_empty(&run_queue) && !mod_unsettled)
			sti_hlt();
		sti();
		if (mod_unsettled)
			mod_settle();
		schedule();
	}
}
