/* kernel/contain.c - gates: calls into modules that come back whatever happens there
 *
 * Open gates are a chain for each task, innermost first; gates of interrupt handlers stand
 * in front of those of the task that was interrupted. A fault leads to the innermost one.
 *
 * The watchdog counts the ticks that hit a call. It stops code of a module where it is. Code
 * of the kernel that a module has called may have work half done, so it is let finish: its
 * return to the module is what is changed. Only if that does not come about in the same
 * time again, it is stopped too. With interrupts off ticks are non-maskable (nmi.c).
 */
#include "kernel/contain.h"

#include <linux/errno.h>
#include <linux/interrupt.h>
#include <linux/kernel.h>
#include <linux/sched.h>
#include "arch/i386/gate.h"
#include "arch/i386/trap.h"
#include "arch/i386/descr.h"
#include "fs/proc.h"
#include "kernel/irq.h"
#include "kernel/module.h"
#include "kernel/panic.h"
#include "kernel/text.h"
#include "mm/mm.h"

_Static_assert(offsetof(struct gate, regs) == GATE_REGS, "gate.S");
_Static_assert(offsetof(struct gate, error) == GATE_ERROR, "gate.S");

#define WATCHDOG_MS	5000
#define WATCHDOG_MAX_MS 1000000

#define EFLAGS_CLEAN 2ul /* no interrupts, strings go up */

extern struct gate *gate_resuming;

struct gate *gate_resuming;
unsigned module_watchdog = WATCHDOG_MS;

/* --- gates --------------------------------------------------------------------------- */

long gate_open(struct gate *gate, struct module *owner)
{
	gate->owner = NULL;
	gate->error = 0;
	if (!owner)
		return 0;
	if (!mod_enter(owner))
		return -EIO;
	gate->owner = owner;
	gate->irq_depth = irq_depth;
	gate->ticks = 0;
	gate->return_to = 0;
	gate->outer = current->gate;
	current->gate = gate;
	return 0;
}

void gate_close(struct gate *gate)
{
	if (!gate->owner)
		return;
	current->gate = gate->outer;
	if (gate->outer)
		gate->outer->ticks += gate->ticks;
	if (gate->error) {
		irq_depth = gate->irq_depth;
		if (!irq_depth)
			current->state = TASK_RUNNING;
		mod_fault(gate->owner);
	}
	mod_leave(gate->owner);
}

void gate_bar(struct gate *gate)
{
	*gate = (struct gate){.outer = current->gate};
	current->gate = gate;
}

void gate_unbar(struct gate *gate)
{
	current->gate = gate->outer;
}

/* --- faults -------------------------------------------------------------------------- */

struct module *contain_module(void)
{
	return current->gate ? current->gate->owner : NULL;
}

static bool is_node(unsigned long at, struct list_head *node)
{
	struct list_head neighbour;

	return kernel_peek(node, (void *)at, sizeof(*node)) &&
	       kernel_peek(&neighbour, node->next, sizeof(neighbour)) &&
	       (unsigned long)neighbour.prev == at &&
	       kernel_peek(&neighbour, node->prev, sizeof(neighbour)) &&
	       (unsigned long)neighbour.next == at;
}

/* Frames that nobody will return to may hold members of lists: waiters, timers. Whatever
 * looks like one, and to which both neighbours point, is one. */
static void abandon(unsigned long low, unsigned long high)
{
	struct list_head node;

	if (low >= high || high - low > KSTACK_SIZE)
		return;
	for (low &= ~3ul; low < high; low += sizeof(long))
		if (is_node(low, &node))
			list_join(node.prev, node.next);
}

static void leave(struct gate *gate, struct pt_regs *regs, unsigned long esp, int error)
{
	gate->error = error;
	gate_resuming = gate;
	abandon(esp, gate->regs[GATE_ESP]);
	regs->eip = (unsigned long)gate_resume;
	regs->cs = KERNEL_CS;
	regs->ds = regs->es = KERNEL_DS;
	regs->eflags = EFLAGS_CLEAN;
}

unsigned long contain_fault(struct pt_regs *regs, unsigned long esp, int error)
{
	/* What its caller had on the stack is overwritten by now, the gate perhaps too. */
	if (esp - (unsigned long)current->gate < KSTACK_SIZE)
		panic("a module has lost the stack it was called on");
	leave(current->gate, regs, esp, error);
	return current->gate->regs[GATE_ESP];
}

/* --- the watchdog -------------------------------------------------------------------- */

static void stop(struct gate *gate, struct pt_regs *regs)
{
	oops("endless loop", regs, regs_esp(regs), 0, gate->owner);
	leave(gate, regs, regs_esp(regs), -ETIME);
}

/* Somewhere above the interrupted kernel code is the call by which the module left its own;
 * let it return to gate_expired. */
static void redirect(struct gate *gate, const struct pt_regs *regs)
{
	unsigned long ebp = regs->ebp, *frame;

	while (ebp >= regs_esp(regs) && ebp < gate->regs[GATE_ESP]) {
		frame = (unsigned long *)ebp;
		if (mod_at(frame[1])) {
			gate->return_to = frame[1];
			frame[1] = (unsigned long)gate_expired;
			return;
		}
		if (frame[0] <= ebp)
			return;
		ebp = frame[0];
	}
}

bool contain_expired(struct pt_regs *regs)
{
	if (regs->eip != (unsigned long)gate_expired || !contain_module())
		return false;
	cli();
	regs->eip = current->gate->return_to;
	stop(current->gate, regs);
	return true;
}

static void watch(struct gate *gate, struct pt_regs *regs)
{
	unsigned limit = module_watchdog * HZ / 1000 + 1;

	if (!gate || !gate->owner || !module_watchdog || oops_reported)
		return;
	if (++gate->ticks <= limit)
		return;
	if (mod_at(regs->eip) || gate->ticks > 2 * limit)
		stop(gate, regs);
	else if (!gate->return_to)
		redirect(gate, regs);
}

static bool tick_counted; /* by the NMI, while the interrupt was held up */

void contain_tick(struct pt_regs *regs)
{
	if (!user_mode(regs) && !tick_counted)
		watch(current->gate->outer, regs);
	tick_counted = false;
}

void contain_nmi(struct pt_regs *regs)
{
	tick_counted = !user_mode(regs) && !(regs->eflags & EFLAGS_IF);
	if (tick_counted)
		watch(current->gate, regs);
}

/* --- set-up -------------------------------------------------------------------------- */

void contain_init(void)
{
	const char *ms = cmdline_get("watchdog");

	if (ms)
		module_watchdog = simple_strtoul(ms, NULL, 0);
}

static int show_watchdog(struct text *t)
{
	return text_printf(t, "%u\n", module_watchdog);
}

static int store_watchdog(const char *text)
{
	char *end;
	unsigned long ms = simple_strtoul(text, &end, 0);

	if (end == text || *end || ms > WATCHDOG_MAX_MS)
		return -EINVAL;
	module_watchdog = ms;
	return 0;
}

void contain_proc(void)
{
	proc_add_rw("sys/kernel/module_watchdog", show_watchdog, store_watchdog);
}
