/* exit.c - the end of processes: what they leave, who is told, who buries them */
#include <linux/errno.h>
#include <linux/kernel.h>
#include <asm/uaccess.h>
#include "drivers/tty.h"
#include "fs/file.h"
#include "kernel/mmap.h"
#include "kernel/module.h"
#include "kernel/syscall.h"
#include "kernel/task.h"

#define WNOHANG	   1
#define WUNTRACED  2
#define WCONTINUED 8
#define WAIT_KNOWN (WNOHANG | WUNTRACED | WCONTINUED | 0xe0000000u /* __WALL and kin */)

void task_leave_mm(struct task_struct *task)
{
	struct mm_struct *mm = task->mm;

	if (task->vfork_parent) {
		task->vfork_parent->vfork_child = NULL;
		wake_up(&task->vfork_parent->child_wait);
		task->vfork_parent = NULL;
	}
	if (!mm)
		return;
	task->mm = NULL;
	if (task == current)
		aspace_switch(NULL);
	mm_put(mm);
}

/* Does the parent want to know, or are its children buried unasked? */
static bool parent_waits(struct task_struct *parent)
{
	struct sigaction *sa = &parent->action[SIGCHLD - 1];

	return parent->pid && sa->sa_handler != SIG_IGN && !(sa->sa_flags & SA_NOCLDWAIT);
}

static void give_children_to_init(void)
{
	struct task_struct *child;

	while (!list_empty(&current->children)) {
		child = list_entry(current->children.next, struct task_struct, sibling);
		list_del(&child->sibling);
		list_add_tail(&child->sibling, &init_task->children);
		child->parent = init_task;
		child->exit_signal = SIGCHLD;
		if (child->state == TASK_ZOMBIE)
			wake_up(&init_task->child_wait);
	}
}

static void tell_parent(void)
{
	struct task_struct *parent = current->parent;

	current->state = TASK_ZOMBIE;
	if (!parent_waits(parent)) {
		task_leave(current);
		return;
	}
	if (current->exit_signal)
		send_sig(current->exit_signal, parent);
	wake_up(&parent->child_wait);
}

void do_exit(int code)
{
	if (current == init_task)
		panic("/init ended with status 0x%x", code);
	if (current->clear_child_tid && current->mm && current->mm->users > 1)
		put_user(0, (uint32_t *)current->clear_child_tid);
	del_timer(&current->alarm_timer);
	files_drop(current);
	mod_owner_gone(current->pid);
	tty_session_gone(current);
	task_leave_mm(current);
	fpu_forget(current);
	current->exit_code = code;
	give_children_to_init();
	tell_parent();
	schedule();
	panic("a dead process was run");
}

long sys_exit(int status)
{
	do_exit((status & 0xff) << 8);
}

long sys_exit_group(int status)
{
	do_exit((status & 0xff) << 8);
}

/* --- wait --------------------------------------------------------------------------- */

static bool wanted(struct task_struct *child, int pid)
{
	if (pid > 0)
		return child->pid == pid;
	if (pid == -1)
		return true;
	return child->pgrp == (pid ? -pid : current->pgrp);
}

/* Has the child something to report? Its status then. */
static bool report(struct task_struct *child, int options, int *status)
{
	if (child->state == TASK_ZOMBIE) {
		*status = child->exit_code;
		return true;
	}
	if (child->state == TASK_STOPPED && child->stop_code && (options & WUNTRACED)) {
		*status = child->stop_code << 8 | 0x7f;
		child->stop_code = 0;
		return true;
	}
	if (child->continued && (options & WCONTINUED)) {
		*status = 0xffff;
		child->continued = false;
		return true;
	}
	return false;
}

/* pid of a child that had something to report, 0 if none has yet, -ECHILD. */
static int wait_scan(int pid, int options, int *status)
{
	struct task_struct *child;
	int ret = -ECHILD;

	list_for_each_entry (child, &current->children, sibling) {
		if (!wanted(child, pid))
			continue;
		ret = 0;
		if (!report(child, options, status))
			continue;
		ret = child->pid;
		if (child->state == TASK_ZOMBIE) {
			current->children_user +=
				child->ticks_user + child->children_user;
			current->children_kernel +=
				child->ticks_kernel + child->children_kernel;
			task_leave(child);
			switch_finish();
		}
		return ret;
	}
	return ret;
}

long sys_wait4(int pid, int *user_status, int options, void *user_rusage)
{
	int status = 0, ret = 0, err;

	if (options & ~WAIT_KNOWN)
		return -EINVAL;
	err = wait_event_interruptible(current->child_wait,
				       (ret = wait_scan(pid, options, &status)) ||
					       (options & WNOHANG));
	if (err)
		return err;
	if (ret <= 0)
		return ret;
	if (user_status && put_user(status, user_status))
		return -EFAULT;
	if (user_rusage && clear_user(user_rusage, 72))
		return -EFAULT;
	return ret;
}

long sys_waitpid(int pid, int *status, int options)
{
	return sys_wait4(pid, status, options, NULL);
}
