/* fpu.c - the floating point state of processes, loaded when it is first used
 *
 * The unit belongs to one task, the owner; for any other CR0.TS makes the first
 * instruction trap (exception 7), and then it changes hands. Ring 0 never uses it.
 */
#include <linux/kernel.h>
#include "kernel/task.h"

static struct task_struct *owner;

static struct fpu_state *state(struct task_struct *task)
{
	_Static_assert(sizeof(task->fpu) == sizeof(struct fpu_state), "fpu_state");
	return (struct fpu_state *)task->fpu;
}

static void trap_next_use(bool on)
{
	cr0_set(on ? cr0_get() | CR0_TS : cr0_get() & ~CR0_TS);
}

void fpu_init(void)
{
	cr0_set((cr0_get() & ~CR0_EM) | CR0_MP | CR0_NE);
	fpu_reset();
	trap_next_use(true);
}

void fpu_switch(struct task_struct *next)
{
	trap_next_use(next != owner);
}

void fpu_use(void)
{
	unsigned long flags = irq_save();

	trap_next_use(false);
	if (owner != current) {
		if (owner)
			fpu_save(state(owner));
		if (current->fpu_used)
			fpu_restore(state(current));
		else
			fpu_reset();
		current->fpu_used = true;
		owner = current;
	}
	irq_restore(flags);
}

void fpu_sync(struct task_struct *task)
{
	unsigned long flags = irq_save();

	if (owner == task) {
		fpu_save(state(task)); /* which resets the unit */
		fpu_restore(state(task));
	}
	irq_restore(flags);
}

void fpu_forget(struct task_struct *task)
{
	unsigned long flags = irq_save();

	task->fpu_used = false;
	if (owner == task) {
		owner = NULL;
		trap_next_use(true);
	}
	irq_restore(flags);
}
