/* fork.c - making tasks: processes that share nothing but pages not yet written, kernel
 * threads, and the children of vfork, which borrow their parent's memory
 */
#include <linux/errno.h>
#include <linux/kernel.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <linux/time.h>
#include <asm/uaccess.h>
#include "fs/file.h"
#include "kernel/contain.h"
#include "kernel/module.h"
#include "kernel/mmap.h"
#include "kernel/syscall.h"
#include "kernel/task.h"

#define CSIGNAL		     0x000000ffu
#define CLONE_VM	     0x00000100u
#define CLONE_VFORK	     0x00004000u
#define CLONE_SETTLS	     0x00080000u
#define CLONE_PARENT_SETTID  0x00100000u
#define CLONE_CHILD_CLEARTID 0x00200000u
#define CLONE_CHILD_SETTID   0x01000000u
#define CLONE_KNOWN                                                                      \
	(CSIGNAL | CLONE_VM | CLONE_VFORK | CLONE_SETTLS | CLONE_PARENT_SETTID |         \
	 CLONE_CHILD_CLEARTID | CLONE_CHILD_SETTID)

#define PID_MAX 32767

static int nr_tasks;
struct task_struct *init_task;

/* What switch_stack() takes off a new stack. */
struct switch_frame {
	unsigned long edi, esi, ebx, ebp;
	void (*eip)(void);
};

void fork_start(void);
void thread_start(void);
void thread_run(int (*fn)(void *), void *arg);

/* A pid is free if no process, group or session has it. */
static bool pid_used(int pid)
{
	struct task_struct *task;

	for_each_task(task) if (task->pid == pid || task->pgrp == pid ||
				task->session == pid) return true;
	return false;
}

static int pid_next(void)
{
	static int last;

	do {
		last = last >= PID_MAX ? 2 : last + 1;
	} while (pid_used(last));
	return last;
}

/* The last ones are for those who can end the others. */
static bool room_for_task(void)
{
	bool privileged = !current->uid && !contain_module();

	return nr_tasks < (privileged ? NR_TASKS : NR_TASKS_USER);
}

void task_free(struct task_struct *task)
{
	fpu_forget(task);
	kstack_free(task->stack);
	kfree(task);
}

/* A copy of the current task that owns nothing yet but its stack. */
static struct task_struct *task_new(void)
{
	struct task_struct *task = kmalloc(sizeof(*task), GFP_KERNEL);

	if (!task)
		return NULL;
	fpu_sync(current);
	*task = *current;
	task->mm = NULL;
	task->gate = NULL;
	task->fd = NULL;
	task->root = task->pwd = NULL;
	task->stack = kstack_alloc();
	if (!task->stack) {
		kfree(task);
		return NULL;
	}
	INIT_LIST_HEAD(&task->children);
	INIT_LIST_HEAD(&task->run);
	init_waitqueue_head(&task->child_wait);
	task->pending = 0;
	task->vfork_parent = task->vfork_child = NULL;
	task->continued = task->dumped = task->spared = false;
	task->stop_code = task->exit_code = 0;
	task->clear_child_tid = 0;
	task->ticks_user = task->ticks_kernel = 0;
	task->children_user = task->children_kernel = 0;
	task->start_time = jiffies;
	init_timer(&task->alarm_timer);
	task->alarm_interval = 0;
	return task;
}

/* Enter the family and the lists; from here on it exists. */
static void task_enter(struct task_struct *task)
{
	unsigned long flags;

	task->pid = pid_next();
	task->parent = current;
	list_add_tail(&task->sibling, &current->children);
	flags = irq_save(); /* the keyboard's signals go through the list */
	list_add_tail(&task->tasks, &all_tasks);
	irq_restore(flags);
	nr_tasks++;
}

void task_leave(struct task_struct *task)
{
	unsigned long flags = irq_save();

	list_del(&task->tasks);
	irq_restore(flags);
	list_del(&task->sibling);
	nr_tasks--;
	task_bury(task);
}

static void first_switch(struct task_struct *task, struct switch_frame frame)
{
	struct switch_frame *at = (struct switch_frame *)task_regs(task) - 1;

	*at = frame;
	task->ksp = (unsigned long)at;
}

static int copy_mm(struct task_struct *task, unsigned long flags)
{
	if (flags & CLONE_VM) {
		task->mm = current->mm;
		task->mm->users++;
		return 0;
	}
	task->mm = mm_copy(current->mm);
	return task->mm ? 0 : -ENOMEM;
}

static void set_tid(struct task_struct *task, uint32_t addr)
{
	uint32_t pid = task->pid;

	/* A fork is not refused because of a wild pointer; nor is it by Linux. */
	mm_poke(task->mm, addr, &pid, sizeof(pid));
}

static int fork_fill(struct task_struct *task, unsigned long flags, uint32_t tls)
{
	int err = files_copy(task);

	if (!err)
		err = copy_mm(task, flags);
	if (!err && (flags & CLONE_SETTLS))
		err = tls_request(task, tls);
	return err;
}

int do_fork(unsigned long flags, unsigned long stack, uint32_t parent_tid, uint32_t tls,
	    uint32_t child_tid)
{
	struct pt_regs *regs = task_regs(current);
	struct task_struct *task;
	int err, pid;

	if ((flags & ~CLONE_KNOWN) ||
	    ((flags & CLONE_VM) && !(flags & CLONE_VFORK) && !stack))
		return -EINVAL;
	if (!room_for_task())
		return -EAGAIN;
	task = task_new();
	if (!task)
		return -ENOMEM;
	err = fork_fill(task, flags, tls);
	if (err) {
		files_drop(task);
		if (task->mm)
			mm_put(task->mm);
		task_free(task);
		return err;
	}
	*task_regs(task) = *regs;
	task_regs(task)->eax = 0;
	if (stack)
		task_regs(task)->esp = stack;
	task->exit_signal = flags & CSIGNAL;
	first_switch(task, (struct switch_frame){.eip = fork_start});
	task_enter(task);
	pid = task->pid;
	if (flags & CLONE_PARENT_SETTID)
		put_user(pid, (int *)parent_tid);
	if (flags & CLONE_CHILD_SETTID)
		set_tid(task, child_tid);
	if (flags & CLONE_CHILD_CLEARTID)
		task->clear_child_tid = child_tid;
	if (flags & CLONE_VFORK) {
		task->vfork_parent = current;
		current->vfork_child = task;
	}
	task_schedulable(task);
	/* The child of a vfork has to find another program or its end first. */
	wait_event(current->child_wait, !current->vfork_child);
	return pid;
}

long sys_fork(void)
{
	return do_fork(SIGCHLD, 0, 0, 0, 0);
}

long sys_vfork(void)
{
	return do_fork(CLONE_VM | CLONE_VFORK | SIGCHLD, 0, 0, 0, 0);
}

long sys_clone(unsigned long flags, unsigned long stack, uint32_t parent_tid,
	       uint32_t tls, uint32_t child_tid)
{
	return do_fork(flags, stack, parent_tid, tls, child_tid);
}

/* --- kernel threads ----------------------------------------------------------------- */

/* First C function of a kernel thread. Returning starts ring 3. */
void thread_run(int (*fn)(void *), void *arg)
{
	int ret = CALL_MODULE(mod_at((unsigned long)fn), fn(arg));

	if (!current->mm)
		do_exit(ret << 8);
}

int kernel_thread(int (*fn)(void *), void *arg, unsigned long flags)
{
	struct task_struct *task;
	int err;

	if (!room_for_task())
		return -EAGAIN;
	task = task_new();
	if (!task)
		return -ENOMEM;
	err = files_copy(task);
	if (err) {
		files_drop(task);
		task_free(task);
		return err;
	}
	memset(task_regs(task), 0, sizeof(struct pt_regs));
	memset(task->tls, 0, sizeof(task->tls));
	task->fpu_used = false;
	task->exit_signal = 0;
	first_switch(task, (struct switch_frame){.edi = (unsigned long)fn,
						 .esi = (unsigned long)arg,
						 .eip = thread_start});
	task_enter(task);
	task_schedulable(task);
	return task->pid;
}

static int run_init(void *unused)
{
	static const char *const argv[] = {"/init", NULL};
	static const char *const envp[] = {"HOME=/", "PATH=/sbin:/bin", "TERM=linux",
					   NULL};
	int err;

	err = exec_kernel(argv[0], argv, envp);
	if (err)
		panic("cannot start /init: error %d", -err);
	return 0;
}

void sched_start_init(void)
{
	int pid = kernel_thread(run_init, NULL, 0);

	if (pid < 0)
		panic("no memory for /init");
	init_task = find_task_by_pid(pid);
	init_task->pgrp = init_task->session = pid;
	init_task->spared = true;
}
