/* kernel/task.h - what the files about processes share; nobody else needs it
 *
 * sched.c switches, fork.c makes, exec.c replaces, exit.c ends and buries, signal.c
 * interrupts, fpu.c keeps the floating point state.
 */
#ifndef KERNEL_TASK_H
#define KERNEL_TASK_H

#include <linux/sched.h>
#include "mm/mm.h"
#include "arch/i386/trap.h"

extern struct list_head all_tasks;    /* task 0 is not on it */
extern struct task_struct *init_task; /* process 1 */

#define for_each_task(t) list_for_each_entry (t, &all_tasks, tasks)

/* The registers of ring 3, at the top of the task's kernel stack. */
static inline struct pt_regs *task_regs(struct task_struct *task)
{
	return (struct pt_regs *)((char *)task->stack + KSTACK_SIZE) - 1;
}

/* sched.c */
void switch_finish(void);
void task_schedulable(struct task_struct *task); /* enter the run queue first time */
void task_bury(struct task_struct *task); /* free it once its stack is not in use */

/* fork.c */
void task_free(struct task_struct *task);
void task_leave(struct task_struct *task); /* it is gone: off the lists, bury it */
/* clone(2): pid of the child or -errno. */
int do_fork(unsigned long flags, unsigned long stack, uint32_t parent_tid, uint32_t tls,
	    uint32_t child_tid);

/* exit.c: end the current process; `code` as wait4 reports it. */
void do_exit(int code) __attribute__((noreturn));
/* Let go of the memory; who waits in vfork goes on. */
void task_leave_mm(struct task_struct *task);

/* exec.c: replace the current process's program; argv, envp: kernel memory, NULL at the
 * end. On success task_regs(current) start the new one. */
int exec_kernel(const char *path, const char *const argv[], const char *const envp[]);

/* tls.c: install the entry a struct user_desc at `user` asks for. 0 or -errno. */
int tls_request(struct task_struct *task, uint32_t user);

/* signal.c */
void force_sig(int sig, const char *what, struct pt_regs *regs, unsigned long addr);
void signals_exec(struct task_struct *task);	/* handlers become the default action */
void signals_default(struct task_struct *task); /* and what was ignored, too */
void signal_deliver(struct pt_regs *regs);
int sigpage_map(struct mm_struct *mm);

/* fpu.c */
void fpu_init(void);
void fpu_switch(struct task_struct *next); /* interrupts are off */
void fpu_use(void);			   /* exception 7: current has used the unit */
void fpu_sync(struct task_struct *task);   /* bring task->fpu up to date */
void fpu_forget(struct task_struct *task); /* its next use starts afresh */

#endif
