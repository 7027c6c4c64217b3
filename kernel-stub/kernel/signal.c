/* signal.c - signals: sending, default actions, frames of handlers, the calls about them
 *
 * A signal is noted in task->pending and acted on when its task next returns to ring 3
 * (signal_deliver, from process_return). Frame layouts are those of Linux i386, which C
 * libraries and debuggers know.
 */
#include <linux/errno.h>
#include <linux/kernel.h>
#include <linux/string.h>
#include <asm/uaccess.h>
#include "arch/i386/descr.h"
#include "kernel/mmap.h"
#include "kernel/syscall.h"
#include "kernel/task.h"

#define UNBLOCKABLE (sigmask(SIGKILL) | sigmask(SIGSTOP))
#define STOPPING                                                                         \
	(sigmask(SIGSTOP) | sigmask(SIGTSTP) | sigmask(SIGTTIN) | sigmask(SIGTTOU))
#define IGNORED_BY_DEFAULT                                                               \
	(sigmask(SIGCHLD) | sigmask(SIGCONT) | sigmask(SIGURG) | sigmask(SIGWINCH))

/* --- sending ------------------------------------------------------------------------ */

static bool ignored(struct task_struct *task, int sig)
{
	uint32_t handler = task->action[sig - 1].sa_handler;

	if (task->blocked & sigmask(sig))
		return false;
	if (handler == SIG_DFL)
		return (IGNORED_BY_DEFAULT & sigmask(sig)) ||
		       (task ==
			init_task); /* what would end or stop /init does nothing */
	return handler == SIG_IGN;
}

static void go_on(struct task_struct *task)
{
	task->pending &= ~STOPPING;
	if (task->state != TASK_STOPPED)
		return;
	task->stop_code = 0;
	task->continued = true;
	wake_up_process(task);
	wake_up(&task->parent->child_wait);
}

void send_sig(int sig, struct task_struct *task)
{
	unsigned long flags = irq_save();

	if (task->state == TASK_ZOMBIE || !task->pid)
		goto out;
	if (sig == SIGCONT || sig == SIGKILL)
		go_on(task);
	if (STOPPING & sigmask(sig))
		task->pending &= ~sigmask(SIGCONT);
	if (ignored(task, sig))
		goto out;
	task->pending |= sigmask(sig);
	if (task->state == TASK_INTERRUPTIBLE && signal_pending(task))
		wake_up_process(task);
out:
	irq_restore(flags);
}

int kill_pg(int pgrp, int sig)
{
	struct task_struct *task;
	int ret = -ESRCH;

	for_each_task(task)
	{
		if (task->pgrp != pgrp || task->state == TASK_ZOMBIE)
			continue;
		if (sig)
			send_sig(sig, task);
		ret = 0;
	}
	return ret;
}

/* Interrupt handlers set signals, too. */
static void pending_change(sigset_t set, sigset_t clear)
{
	unsigned long flags = irq_save();

	current->pending = (current->pending | set) & ~clear;
	irq_restore(flags);
}

/* A signal for what the process itself just did: it cannot be put off or ignored. */
void force_sig(int sig, const char *what, struct pt_regs *regs, unsigned long addr)
{
	struct sigaction *sa = &current->action[sig - 1];

	if (sa->sa_handler == SIG_IGN || (current->blocked & sigmask(sig)))
		sa->sa_handler = SIG_DFL;
	current->blocked &= ~sigmask(sig);
	pending_change(sigmask(sig), 0);
	if (sa->sa_handler == SIG_DFL)
		printk(KERN_INFO "%s[%d]: %s at %08lx, eip %08lx esp %08lx: signal %d\n",
		       current->comm, current->pid, what, addr, regs->eip, regs->esp,
		       sig);
	if (sa->sa_handler == SIG_DFL && current == init_task)
		panic("/init: %s", what);
}

static const struct {
	int sig;
	const char *what;
} traps[] = {
	[TRAP_DIVIDE] = {SIGFPE, "divide error"},
	[TRAP_DEBUG] = {SIGTRAP, "debug trap"},
	[TRAP_BREAKPOINT] = {SIGTRAP, "breakpoint"},
	[TRAP_INVALID_OP] = {SIGILL, "invalid instruction"},
	[11] = {SIGBUS, "segment not present"},
	[12] = {SIGBUS, "stack segment fault"},
	[TRAP_FPU] = {SIGFPE, "floating point error"},
	[17] = {SIGBUS, "alignment check"},
};

void process_trap(struct pt_regs *regs, int vector)
{
	if (vector == TRAP_NO_FPU) {
		fpu_use();
		return;
	}
	if (vector == TRAP_FPU)
		fpu_sync(current);
	if (vector < (int)ARRAY_SIZE(traps) && traps[vector].sig)
		force_sig(traps[vector].sig, traps[vector].what, regs, regs->eip);
	else
		force_sig(SIGSEGV, "general protection", regs, regs->eip);
}

void signals_exec(struct task_struct *task)
{
	for (int i = 0; i < NSIG; i++) {
		if (task->action[i].sa_handler != SIG_IGN)
			task->action[i].sa_handler = SIG_DFL;
		task->action[i].sa_flags = 0;
		task->action[i].sa_mask = 0;
	}
	task->altstack_sp = task->altstack_size = 0;
}

void signals_default(struct task_struct *task)
{
	memset(task->action, 0, sizeof(task->action));
}

/* --- frames ------------------------------------------------------------------------- */

struct sigcontext {
	uint32_t gs, fs, es, ds;
	uint32_t edi, esi, ebp, esp, ebx, edx, ecx, eax;
	uint32_t trapno, err, eip, cs, eflags, esp_at_signal, ss;
	uint32_t fpstate; /* address of a struct fpstate, or 0 */
	uint32_t oldmask, cr2;
};

struct fpstate {
	uint32_t fnsave[27];
	uint16_t status, magic; /* 0xffff: no more than this */
};

struct sigframe {
	uint32_t pretcode;
	uint32_t sig;
	struct sigcontext sc;
	struct fpstate fp;
	uint32_t extramask;
};

struct rt_sigframe {
	uint32_t pretcode;
	uint32_t sig, pinfo, puc;
	uint32_t info[32];
	struct {
		uint32_t flags, link;
		uint32_t stack_sp, stack_flags, stack_size;
		struct sigcontext mcontext;
		sigset_t sigmask;
	} uc;
	struct fpstate fp;
};
_Static_assert(sizeof(struct sigcontext) == 88, "sigcontext");
_Static_assert(offsetof(struct rt_sigframe, uc.sigmask) == 252, "rt_sigframe");

/* Code at SIGPAGE for programs that bring none of their own; the calls' numbers are
 * those of sigreturn and rt_sigreturn. */
#define RT_RETURN_AT 16
static const uint8_t return_code[] = {
	0x58, 0xb8, 119, 0, 0,	  0,   0xcd, 0x80, 0, 0,    0,	  0,
	0,    0,    0,	 0, 0xb8, 173, 0,    0,	   0, 0xcd, 0x80,
};

/* Bits of eflags a process may set itself: CF PF AF ZF SF TF DF OF RF AC. */
#define EFLAGS_USER 0x00050dd5ul

int sigpage_map(struct mm_struct *mm)
{
	static struct page *sigpage;
	int err;

	if (!sigpage) {
		sigpage = page_alloc(MM_PROCESS, PAGE_ZERO);
		if (!sigpage)
			return -ENOMEM;
		memcpy(page_address(sigpage), return_code, sizeof(return_code));
	}
	err = mm_map(mm, SIGPAGE, PAGE_SIZE, PG_READ | PG_EXEC, NULL, 0);
	if (err)
		return err;
	page_get(sigpage);
	err = aspace_map(mm->as, SIGPAGE, page_pa(sigpage), PG_READ | PG_EXEC);
	if (err)
		page_put(sigpage);
	return err;
}

static void context_save(struct sigcontext *sc, const struct pt_regs *regs,
			 struct fpstate *fp, uint32_t fp_at)
{
	memset(sc, 0, sizeof(*sc));
	sc->gs = regs->gs;
	sc->fs = regs->fs;
	sc->es = regs->es;
	sc->ds = regs->ds;
	sc->edi = regs->edi;
	sc->esi = regs->esi;
	sc->ebp = regs->ebp;
	sc->esp = sc->esp_at_signal = regs->esp;
	sc->ebx = regs->ebx;
	sc->edx = regs->edx;
	sc->ecx = regs->ecx;
	sc->eax = regs->eax;
	sc->eip = regs->eip;
	sc->cs = regs->cs;
	sc->eflags = regs->eflags;
	sc->ss = regs->ss;
	memset(fp, 0, sizeof(*fp));
	if (!current->fpu_used)
		return;
	fpu_sync(current);
	memcpy(fp->fnsave, current->fpu, sizeof(fp->fnsave));
	fp->status = current->fpu[1];
	fp->magic = 0xffff;
	sc->fpstate = fp_at;
}

/* Selectors that cannot be loaded become null on the way out (entry.S). */
static int context_restore(const struct sigcontext *sc, struct pt_regs *regs)
{
	struct fpstate fp;

	if (sc->fpstate) {
		if (copy_from_user(&fp, (void *)sc->fpstate, sizeof(fp)))
			return -EFAULT;
		fpu_forget(current);
		memcpy(current->fpu, fp.fnsave, sizeof(fp.fnsave));
		current->fpu_used = true;
	}
	regs->gs = sc->gs;
	regs->fs = sc->fs;
	regs->es = sc->es;
	regs->ds = sc->ds;
	regs->edi = sc->edi;
	regs->esi = sc->esi;
	regs->ebp = sc->ebp;
	regs->esp = sc->esp;
	regs->ebx = sc->ebx;
	regs->edx = sc->edx;
	regs->ecx = sc->ecx;
	regs->eax = sc->eax;
	regs->eip = sc->eip;
	regs->cs = USER_CS;
	regs->ss = USER_DS;
	regs->eflags = (regs->eflags & ~EFLAGS_USER) | (sc->eflags & EFLAGS_USER);
	regs->orig_eax = -1;
	return 0;
}

static bool on_altstack(uint32_t esp)
{
	return esp - current->altstack_sp < current->altstack_size;
}

static uint32_t frame_place(const struct sigaction *sa, const struct pt_regs *regs,
			    size_t size)
{
	uint32_t esp = regs->esp;

	if ((sa->sa_flags & SA_ONSTACK) && current->altstack_size && !on_altstack(esp))
		esp = current->altstack_sp + current->altstack_size;
	/* As a call would leave it: argument area 16-aligned, return address below. */
	return ((esp - size) & ~15u) - 4;
}

static int frame_push(int sig, const struct sigaction *sa, sigset_t mask,
		      struct pt_regs *regs)
{
	struct sigframe f = {.sig = sig, .extramask = mask >> 32};
	uint32_t at = frame_place(sa, regs, sizeof(f));

	context_save(&f.sc, regs, &f.fp, at + offsetof(struct sigframe, fp));
	f.sc.oldmask = mask;
	f.pretcode = sa->sa_flags & SA_RESTORER ? sa->sa_restorer : SIGPAGE;
	if (copy_to_user((void *)at, &f, sizeof(f)))
		return -EFAULT;
	regs->esp = at;
	regs->edx = regs->ecx = 0;
	return 0;
}

static int rt_frame_push(int sig, const struct sigaction *sa, sigset_t mask,
			 struct pt_regs *regs)
{
	struct rt_sigframe f = {.sig = sig, .info = {sig}, .uc.sigmask = mask};
	uint32_t at = frame_place(sa, regs, sizeof(f));

	f.pinfo = at + offsetof(struct rt_sigframe, info);
	f.puc = at + offsetof(struct rt_sigframe, uc);
	f.uc.stack_sp = current->altstack_sp;
	f.uc.stack_size = current->altstack_size;
	f.uc.stack_flags = current->altstack_size ? on_altstack(regs->esp) : 2;
	context_save(&f.uc.mcontext, regs, &f.fp, at + offsetof(struct rt_sigframe, fp));
	f.uc.mcontext.oldmask = mask;
	f.pretcode =
		sa->sa_flags & SA_RESTORER ? sa->sa_restorer : SIGPAGE + RT_RETURN_AT;
	if (copy_to_user((void *)at, &f, sizeof(f)))
		return -EFAULT;
	regs->esp = at;
	regs->edx = f.pinfo;
	regs->ecx = f.puc;
	return 0;
}

long sys_sigreturn(void)
{
	struct pt_regs *regs = task_regs(current);
	struct sigframe f;

	if (copy_from_user(&f, (void *)(regs->esp - 8), sizeof(f)) ||
	    context_restore(&f.sc, regs)) {
		force_sig(SIGSEGV, "bad signal frame", regs, regs->esp);
		return 0;
	}
	current->blocked = ((uint64_t)f.extramask << 32 | f.sc.oldmask) & ~UNBLOCKABLE;
	return regs->eax;
}

long sys_rt_sigreturn(void)
{
	struct pt_regs *regs = task_regs(current);
	struct rt_sigframe f;

	if (copy_from_user(&f, (void *)(regs->esp - 4), sizeof(f)) ||
	    context_restore(&f.uc.mcontext, regs)) {
		force_sig(SIGSEGV, "bad signal frame", regs, regs->esp);
		return 0;
	}
	current->blocked = f.uc.sigmask & ~UNBLOCKABLE;
	return regs->eax;
}

/* --- acting on them ----------------------------------------------------------------- */

/* The system call that a signal cut short: run it again, or say EINTR. */
static void settle_syscall(struct pt_regs *regs, const struct sigaction *sa)
{
	bool again;

	if ((long)regs->orig_eax < 0)
		return;
	switch ((int)regs->eax) {
	case -ERESTARTSYS:
		again = !sa || (sa->sa_flags & SA_RESTART);
		break;
	case -ERESTARTNOHAND:
		again = !sa;
		break;
	case -ERESTARTNOINTR:
		again = true;
		break;
	default:
		return;
	}
	if (again) {
		regs->eax = regs->orig_eax;
		regs->eip -= 2; /* int $0x80 */
	} else {
		regs->eax = -EINTR;
	}
	regs->orig_eax = -1;
}

static void stop(int sig)
{
	struct task_struct *parent = current->parent;

	current->stop_code = sig;
	current->state = TASK_STOPPED;
	if (!(parent->action[SIGCHLD - 1].sa_flags & SA_NOCLDSTOP))
		send_sig(SIGCHLD, parent);
	wake_up(&parent->child_wait);
	schedule();
}

static void act_by_default(int sig)
{
	if (current == init_task || (IGNORED_BY_DEFAULT & sigmask(sig)))
		return;
	if (STOPPING & sigmask(sig)) {
		stop(sig);
		return;
	}
	do_exit(sig);
}

static void handle(int sig, struct pt_regs *regs)
{
	struct sigaction *sa = &current->action[sig - 1];
	sigset_t mask = current->restore_mask ? current->saved_mask : current->blocked;
	int err;

	settle_syscall(regs, sa);
	current->restore_mask = false;
	err = sa->sa_flags & SA_SIGINFO ? rt_frame_push(sig, sa, mask, regs)
					: frame_push(sig, sa, mask, regs);
	if (err) {
		if (sig == SIGSEGV)
			sa->sa_handler = SIG_DFL;
		force_sig(SIGSEGV, "no room for a signal frame", regs, regs->esp);
		return;
	}
	regs->eax = sig;
	regs->eip = sa->sa_handler;
	regs->eflags &= ~0x500ul; /* TF, DF */
	regs->ds = regs->es = USER_DS;
	current->blocked |= sa->sa_mask & ~UNBLOCKABLE;
	if (!(sa->sa_flags & SA_NODEFER))
		current->blocked |= sigmask(sig) & ~UNBLOCKABLE;
	if (sa->sa_flags & SA_RESETHAND)
		sa->sa_handler = SIG_DFL;
}

/* Next signal to act on, removed from the pending ones; 0: none. */
static int take_signal(sigset_t from)
{
	sigset_t set = current->pending & from;
	int sig;

	if (!set)
		return 0;
	if (set & sigmask(SIGKILL))
		sig = SIGKILL;
	else
		sig = __builtin_ctzll(set) + 1;
	pending_change(0, sigmask(sig));
	return sig;
}

void signal_deliver(struct pt_regs *regs)
{
	int sig;

	while ((sig = take_signal(~current->blocked))) {
		uint32_t handler = current->action[sig - 1].sa_handler;

		if (handler == SIG_IGN)
			continue;
		if (handler == SIG_DFL) {
			act_by_default(sig);
			continue;
		}
		handle(sig, regs);
		return;
	}
	settle_syscall(regs, NULL);
	if (current->restore_mask) {
		current->restore_mask = false;
		current->blocked = current->saved_mask;
	}
}

/* --- system calls ------------------------------------------------------------------- */

static bool may_signal(struct task_struct *task)
{
	return capable(CAP_KILL) || current->euid == task->uid ||
	       current->uid == task->uid || current->euid == task->suid;
}

static int signal_task(struct task_struct *task, int sig)
{
	if (!may_signal(task) && !(sig == SIGCONT && task->session == current->session))
		return -EPERM;
	if (sig)
		send_sig(sig, task);
	return 0;
}

long sys_kill(int pid, int sig)
{
	struct task_struct *task;
	int ret = -ESRCH, err;

	if (sig < 0 || sig > NSIG)
		return -EINVAL;
	for_each_task(task)
	{
		if (pid > 0	? task->pid != pid
		    : pid == -1 ? task == init_task || task == current
				: task->pgrp != (pid ? -pid : current->pgrp))
			continue;
		err = signal_task(task, sig);
		if (ret)
			ret = err;
	}
	return ret;
}

long sys_tkill(int pid, int sig)
{
	return pid > 0 ? sys_kill(pid, sig) : -EINVAL;
}

long sys_tgkill(int group, int pid, int sig)
{
	if (group <= 0 || pid <= 0)
		return -EINVAL;
	return group == pid ? sys_kill(pid, sig) : -ESRCH;
}

static int action_set(int sig, const struct sigaction *new)
{
	if (sig < 1 || sig > NSIG || (sigmask(sig) & UNBLOCKABLE))
		return -EINVAL;
	current->action[sig - 1] = *new;
	current->action[sig - 1].sa_mask &= ~UNBLOCKABLE;
	if (ignored(current, sig))
		pending_change(0, sigmask(sig));
	return 0;
}

long sys_rt_sigaction(int sig, const struct sigaction *act, struct sigaction *old,
		      size_t size)
{
	struct sigaction new, was;
	int err;

	if (size != sizeof(sigset_t) || sig < 1 || sig > NSIG)
		return -EINVAL;
	was = current->action[sig - 1];
	if (act) {
		if (copy_from_user(&new, act, sizeof(new)))
			return -EFAULT;
		err = action_set(sig, &new);
		if (err)
			return err;
	}
	return old && copy_to_user(old, &was, sizeof(was)) ? -EFAULT : 0;
}

/* sigaction(67): handler, mask of 32 signals, flags, restorer. */
long sys_sigaction(int sig, const uint32_t *act, uint32_t *old)
{
	struct sigaction was;
	uint32_t w[4];
	int err;

	if (sig < 1 || sig > NSIG)
		return -EINVAL;
	was = current->action[sig - 1];
	if (act) {
		if (copy_from_user(w, act, sizeof(w)))
			return -EFAULT;
		err = action_set(sig, &(struct sigaction){w[0], w[2], w[3], w[1]});
		if (err)
			return err;
	}
	w[0] = was.sa_handler;
	w[1] = was.sa_mask;
	w[2] = was.sa_flags;
	w[3] = was.sa_restorer;
	return old && copy_to_user(old, w, sizeof(w)) ? -EFAULT : 0;
}

long sys_signal(int sig, uint32_t handler)
{
	struct sigaction new = {handler, SA_RESETHAND | SA_NODEFER, 0, 0};
	uint32_t was;
	int err;

	if (sig < 1 || sig > NSIG)
		return -EINVAL;
	was = current->action[sig - 1].sa_handler;
	err = action_set(sig, &new);
	return err ? err : (long)was;
}

static int mask_change(int how, sigset_t set)
{
	set &= ~UNBLOCKABLE;
	switch (how) {
	case SIG_BLOCK:
		current->blocked |= set;
		return 0;
	case SIG_UNBLOCK:
		current->blocked &= ~set;
		return 0;
	case SIG_SETMASK:
		current->blocked = set;
		return 0;
	}
	return -EINVAL;
}

long sys_rt_sigprocmask(int how, const sigset_t *set, sigset_t *old, size_t size)
{
	sigset_t was = current->blocked, new;
	int err;

	if (size != sizeof(sigset_t))
		return -EINVAL;
	if (set) {
		if (copy_from_user(&new, set, sizeof(new)))
			return -EFAULT;
		err = mask_change(how, new);
		if (err)
			return err;
	}
	return old && copy_to_user(old, &was, sizeof(was)) ? -EFAULT : 0;
}

long sys_sigprocmask(int how, const uint32_t *set, uint32_t *old)
{
	uint32_t was = current->blocked, new;
	int err;

	if (set) {
		if (get_user(new, set))
			return -EFAULT;
		/* The upper 32 signals are not this call's business. */
		err = mask_change(how, how == SIG_SETMASK
					       ? (current->blocked >> 32 << 32) | new
					       : new);
		if (err)
			return err;
	}
	return old && put_user(was, old) ? -EFAULT : 0;
}

long sys_rt_sigpending(sigset_t *set, size_t size)
{
	sigset_t now = current->pending & current->blocked;

	if (size > sizeof(now))
		return -EINVAL;
	return copy_to_user(set, &now, size) ? -EFAULT : 0;
}

long sys_sigpending(uint32_t *set)
{
	return put_user((uint32_t)(current->pending & current->blocked), set);
}

static long suspend(sigset_t mask)
{
	current->saved_mask = current->blocked;
	current->restore_mask = true;
	current->blocked = mask & ~UNBLOCKABLE;
	while (!signal_pending(current)) {
		current->state = TASK_INTERRUPTIBLE;
		schedule();
	}
	return -ERESTARTNOHAND;
}

long sys_rt_sigsuspend(const sigset_t *set, size_t size)
{
	sigset_t mask;

	if (size != sizeof(mask))
		return -EINVAL;
	return copy_from_user(&mask, set, sizeof(mask)) ? -EFAULT : suspend(mask);
}

long sys_sigsuspend(int unused1, int unused2, uint32_t mask)
{
	return suspend(mask);
}

long sys_pause(void)
{
	return suspend(current->blocked);
}

/* Take one of the signals in `set`, waiting for it at most `jiffies`. */
static int wait_signal(sigset_t set, long timeout)
{
	sigset_t blocked = current->blocked;
	int sig;

	current->blocked &= ~set; /* so that they wake us */
	while (!(sig = take_signal(set)) && timeout && !signal_pending(current)) {
		current->state = TASK_INTERRUPTIBLE;
		timeout = schedule_timeout(timeout);
	}
	current->blocked = blocked;
	if (sig)
		return sig;
	return timeout ? -EINTR : -EAGAIN;
}

long sys_rt_sigtimedwait(const sigset_t *user_set, uint32_t *info,
			 const int32_t *user_time, size_t size)
{
	uint32_t siginfo[32] = {0};
	long timeout = MAX_SCHEDULE_TIMEOUT;
	sigset_t set;
	int32_t ts[2];
	int sig;

	if (size != sizeof(set))
		return -EINVAL;
	if (copy_from_user(&set, user_set, sizeof(set)))
		return -EFAULT;
	if (user_time) {
		if (copy_from_user(ts, user_time, sizeof(ts)))
			return -EFAULT;
		timeout = timeout_of(ts[0], ts[1]);
		if (timeout < 0)
			return timeout;
	}
	sig = wait_signal(set & ~UNBLOCKABLE, timeout);
	if (sig < 0)
		return sig;
	siginfo[0] = sig;
	if (info && copy_to_user(info, siginfo, sizeof(siginfo)))
		return -EFAULT;
	return sig;
}

long sys_sigaltstack(const uint32_t *new, uint32_t *old)
{
	uint32_t esp = task_regs(current)->esp;
	uint32_t was[3] = {current->altstack_sp,
			   current->altstack_size ? on_altstack(esp) : 2,
			   current->altstack_size};
	uint32_t w[3];

	if (new) {
		if (copy_from_user(w, new, sizeof(w)))
			return -EFAULT;
		if (current->altstack_size && on_altstack(esp))
			return -EPERM;
		if (w[1] & ~3u)
			return -EINVAL;
		if (!(w[1] & 2) && w[2] < 2048)
			return -ENOMEM;
		current->altstack_sp = w[1] & 2 ? 0 : w[0];
		current->altstack_size = w[1] & 2 ? 0 : w[2];
	}
	return old && copy_to_user(old, was, sizeof(was)) ? -EFAULT : 0;
}
