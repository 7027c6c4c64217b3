/* syscall.c - int $0x80: number to function, from abi/syscalls.def
 *
 * Every function takes its arguments as longs on the stack; one that takes fewer than six
 * does not look at the rest. `trace=syscalls` on the kernel command line logs each call.
 */
#include <linux/errno.h>
#include <linux/kernel.h>
#include <linux/string.h>
#include <asm/uaccess.h>
#include "kernel/module.h"
#include "kernel/panic.h"
#include "kernel/syscall.h"
#include "kernel/task.h"

typedef long (*syscall_fn)(long, long, long, long, long, long);

struct syscall {
	const void *fn;
	const char *name, *args;
};

#define NR_SYSCALLS 512

static const struct syscall table[NR_SYSCALLS] = {
#define SYSCALL(number, name, remote, args) [number] = {sys_##name, #name, args},
#include "abi/syscalls.def"
#undef SYSCALL
};

static bool tracing;

/* Not served, and not named either: every program tries them and does without. */
#define NR_RSEQ 386 /* glibc, before main() */

/* Numbers nobody serves are named once each: the log shows what a program wanted. */
static long unknown(unsigned long number)
{
	static uint8_t seen[NR_SYSCALLS / 8] = {[NR_RSEQ / 8] = 1 << NR_RSEQ % 8};
	unsigned bit = min(number, NR_SYSCALLS - 1ul);

	if (!(seen[bit / 8] & 1 << bit % 8))
		printk(KERN_NOTICE "%s[%d]: no system call %lu\n", current->comm,
		       current->pid, number);
	seen[bit / 8] |= 1 << bit % 8;
	return -ENOSYS;
}

static void trace_arg(char *buf, size_t size, char kind, long value)
{
	char text[40];
	long n;

	switch (kind) {
	case 's':
		n = strncpy_from_user(text, (const char *)value, sizeof(text) - 1);
		if (n < 0) {
			snprintf(buf, size, "%#lx", value);
			return;
		}
		text[min(n, (long)sizeof(text) - 1)] = '\0';
		snprintf(buf, size, "\"%s\"", text);
		return;
	case 'v':
	case 'f':
		snprintf(buf, size, "%ld", value);
		return;
	default:
		snprintf(buf, size, "%#lx", value);
	}
}

static void trace(const struct syscall *call, const struct pt_regs *regs, long ret)
{
	const unsigned long arg[] = {regs->ebx, regs->ecx, regs->edx,
				     regs->esi, regs->edi, regs->ebp};
	char line[200], one[48];
	size_t len = 0;

	line[0] = '\0';
	for (int i = 0; call->args[i] && len < sizeof(line) - sizeof(one); i++) {
		trace_arg(one, sizeof(one), call->args[i], arg[i]);
		len += snprintf(line + len, sizeof(line) - len, "%s%s", i ? ", " : "",
				one);
	}
	if ((unsigned long)ret >= -4095ul || ret < 0x100000)
		printk(KERN_DEBUG "[%d] %s(%s) = %ld\n", current->pid, call->name, line,
		       ret);
	else
		printk(KERN_DEBUG "[%d] %s(%s) = %#lx\n", current->pid, call->name, line,
		       ret);
}

static long call_fn(const struct syscall *call, const struct pt_regs *regs)
{
	return ((syscall_fn)call->fn)(regs->ebx, regs->ecx, regs->edx, regs->esi,
				      regs->edi, regs->ebp);
}

static long call_traced(const struct syscall *call, const struct pt_regs *regs)
{
	struct pt_regs entered = *regs; /* execve and sigreturn change them */
	long ret = call_fn(call, regs);

	trace(call, &entered, ret);
	return ret;
}

void do_syscall(struct pt_regs *regs)
{
	unsigned long number = regs->orig_eax;
	const struct syscall *call = &table[number % NR_SYSCALLS];

	if (number >= NR_SYSCALLS || !call->fn)
		regs->eax = unknown(number);
	else if (tracing)
		regs->eax = call_traced(call, regs);
	else
		regs->eax = call_fn(call, regs);
}

void process_return(struct pt_regs *regs)
{
	do {
		sti();
		if (need_resched)
			schedule();
		if (mod_unsettled)
			mod_settle();
		signal_deliver(regs);
		cli();
	} while (need_resched || mod_unsettled || signal_pending(current));
}

void syscall_init(void)
{
	const char *what = cmdline_get("trace");

	tracing = what && strstr(what, "syscalls");
}
