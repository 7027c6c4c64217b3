/* linux/sched.h - processes: struct task_struct, `current`, and what may be done with one
 *
 * Rules. Ring 0 runs until it sleeps or returns to ring 3; there is one CPU; so kernel
 * data needs no lock against other processes, only cli against interrupt handlers. Task 0
 * is the boot code and then the idle loop; task 1 is /init. A task's memory belongs to it
 * until task_release(), which its parent's wait4() calls.
 */
#ifndef LINUX_SCHED_H
#define LINUX_SCHED_H

#include <linux/types.h>
#include <linux/list.h>
#include <linux/timer.h>
#include <linux/wait.h>
#include <linux/signal.h>

struct pt_regs;
struct mm_struct;
struct file;
struct dentry;

#define TASK_COMM_LEN 16
#define NR_TASKS      256 /* processes alive or unreaped */
#define NR_TASKS_USER 192 /* of which uid != 0 and modules may make so many */
#define NR_OPEN	      256 /* descriptors a process */
#define NR_TLS	      3

struct task_struct {
	volatile long state; /* TASK_* */
	int pid, pgrp, session;
	uid_t uid, euid, suid;
	gid_t gid, egid, sgid;
	char comm[TASK_COMM_LEN];

	unsigned long ksp;    /* saved stack pointer while switched out */
	void *stack;	      /* lowest byte of the kernel stack, KSTACK_SIZE */
	struct mm_struct *mm; /* NULL: kernel thread */
	unsigned int request; /* id of the module request it works for (kmod.c), or 0 */
	struct gate *gate;    /* the innermost call into a module it is in, or NULL */
	uint64_t tls[NR_TLS]; /* descriptors, as the GDT has them */
	bool fpu_used;	      /* `fpu` or the FPU itself holds a state of its own */
	uint32_t fpu[27];     /* as fnsave writes it */

	struct task_struct *parent;
	struct list_head children, sibling; /* children of `parent` */
	struct list_head tasks;		    /* all tasks */
	struct list_head run;		    /* run queue, if on it */
	wait_queue_head_t child_wait;	    /* woken when a child changes state */
	int exit_code;			    /* as wait4 reports it */
	int exit_signal;		    /* sent to the parent */
	int stop_code;			    /* signal that stopped it, until reported */
	bool continued;			    /* by SIGCONT, until reported */
	bool dumped;			    /* has called execve since fork */
	bool spared;			    /* by want of memory (kernel/mmap.h) */
	struct task_struct *vfork_parent,
		*vfork_child; /* parent sleeps until it is NULL */
	struct task_struct *bury_next;
	uint32_t clear_child_tid;

	sigset_t pending, blocked, saved_mask;
	bool restore_mask; /* saved_mask is to come back after the handler ran */
	struct sigaction action[NSIG];
	uint32_t altstack_sp, altstack_size;

	struct file **fd; /* [NR_OPEN] */
	uint8_t close_on_exec[NR_OPEN / 8];
	struct dentry *root, *pwd;
	unsigned int umask;
	struct tty *tty; /* controlling terminal */

	unsigned long ticks_user, ticks_kernel;	      /* jiffies it ran */
	unsigned long children_user, children_kernel; /* those of its dead children */
	unsigned long start_time;		      /* jiffies */
	struct timer_list alarm_timer;		      /* SIGALRM is due */
	unsigned long alarm_interval;		      /* jiffies, 0: once */
	int slice; /* ticks left until others get their turn */
};

extern struct task_struct *current;
extern volatile int need_resched; /* leave for another task before returning to ring 3 */

#define CAP_KILL       5
#define CAP_SYS_MODULE 16
#define CAP_SYS_ADMIN  21
/* May the current process do what takes capability `cap`? uid 0 may all, others nothing.
 */
bool capable(int cap);
static inline int suser(void)
{
	return capable(CAP_SYS_ADMIN);
}

/* Let another task run if the state says sleep or its turn has come. */
void schedule(void);
#define MAX_SCHEDULE_TIMEOUT 0x7fffffffL
/* Sleep (the caller has set current->state) for at most `timeout` jiffies; returns what
 * is left of them, 0 if the time is over. */
long schedule_timeout(long timeout);
#define set_current_state(s) (current->state = (s))
void wake_up_process(struct task_struct *task);

static inline int signal_pending(struct task_struct *task)
{
	return (task->pending & ~task->blocked) != 0;
}

/* Deliver a signal; task must exist. From interrupt handlers too. */
void send_sig(int sig, struct task_struct *task);
/* To every process of the group; -ESRCH if it is empty. */
int kill_pg(int pgrp, int sig);
struct task_struct *find_task_by_pid(int pid);

/* Start `fn(arg)` as a task in ring 0; `flags` is ignored. Returns its pid or -errno. */
int kernel_thread(int (*fn)(void *), void *arg, unsigned long flags);

/* Boot: make task 0 of the running code; create /init as process 1; idle for ever. */
void sched_init(void);
void sched_start_init(void);
void sched_idle(void) __attribute__((noreturn));
/* From the timer interrupt. */
void sched_tick(struct pt_regs *regs);

#endif
