/* kernel/contain.h - calling into modules, so that what goes wrong there stays there
 *
 * Every call from the kernel into code of a module goes through a gate:
 *
 *	n = CALL_MODULE(file->f_owner, file->f_op->read(file, buf, count, pos));
 *	CALL_MODULE_VOID(action->owner, action->handler(irq, action->dev_id, regs));
 *	mask = CALL_MODULE_OR(file->f_owner, POLLERR, file->f_op->poll(file, table));
 *
 * If a fault happens in there, in the module or in kernel code it has called, or if the
 * call takes more processor time than the watchdog allows, the gate's caller goes on as
 * if the call had returned -EFAULT or -ETIME. The oops is in the log, and the module is
 * quarantined: no gate lets anybody in any more (-EIO). Before the process returns to
 * ring 3 its registrations are taken back, and if nobody uses it, itself; else it goes
 * with its last user (mod_settle). A NULL owner is the kernel: just a call.
 *
 * Rules for the caller. Gates nest, and work in interrupt handlers. A call that was cut
 * short comes back with the stack, the registers and the interrupt flag of the gate; what
 * the abandoned frames had linked into lists (waiters, timers) is unlinked. A variable that
 * is changed inside of `call` has an indeterminate value after an error. The use the caller holds of the
 * module (try_inc_mod_count) stays his, to be given back as usual.
 */
#ifndef KERNEL_CONTAIN_H
#define KERNEL_CONTAIN_H

#include <linux/errno.h>
#include <linux/types.h>

struct module;
struct pt_regs;

struct gate {
	struct gate *outer;    /* the one that was open before, of the same task */
	struct module *owner;  /* NULL: leads nowhere, see gate_bar() */
	unsigned long regs[7]; /* gate.S */
	int error;	       /* why it was left, 0: not at all */
	unsigned irq_depth;
	unsigned ticks; /* of processor time so far, jiffies */
	unsigned long
		return_to; /* what gate_expired stands for in the call chain, or 0 */
};

/* gate: undefined content, lives until the call is over. */
#define CALL_MODULE_OR(owner_, otherwise, call)                                          \
	({                                                                               \
		struct gate gate_;                                                       \
		long error_ = gate_open(&gate_, owner_);                                 \
		__typeof__(call) value_;                                                 \
		if (!error_ && !(error_ = gate_save(&gate_)))                            \
			value_ = (call);                                                 \
		else                                                                     \
			value_ = (__typeof__(call))(otherwise);                          \
		gate_close(&gate_);                                                      \
		value_;                                                                  \
	})

/* The value of `call` (an integer), or -EFAULT, -ETIME, -EIO. */
#define CALL_MODULE(owner, call) CALL_MODULE_OR(owner, error_, call)

/* `call` has no value: 0, or the errors above. */
#define CALL_MODULE_VOID(owner, call) CALL_MODULE_OR(owner, error_, ((call), 0))

/* The same for what is given back to a module: that it is in quarantine already is no error
 * any more. */
#define CALL_MODULE_LAST(owner, call)                                                    \
	({                                                                               \
		long told_ = CALL_MODULE_VOID(owner, call);                              \
		told_ == -EIO ? 0 : told_;                                               \
	})

/* --- what the macros consist of ------------------------------------------------------ */

/* 0 or -EIO: the module is quarantined; gate_close() must follow in either case. */
long gate_open(struct gate *gate, struct module *owner);
/* Returns 0; and once more, with the error, if the call was cut short (gate.S). */
long gate_save(struct gate *gate) __attribute__((returns_twice));
void gate_close(struct gate *gate);

/* Kernel code that runs in the middle of whatever was interrupted: a fault in it is not
 * the fault of an outer gate. gate_unbar() ends it. */
void gate_bar(struct gate *gate);
void gate_unbar(struct gate *gate);

/* --- where faults come in ------------------------------------------------------------- */

/* The module whose gate a fault that happens now would lead to, or NULL. */
struct module *contain_module(void);

/* A fault in ring 0, its text is in the log, interrupts are off: change regs so that they
 * go on at that gate. esp: where the stack was; returns where it is there. */
unsigned long contain_fault(struct pt_regs *regs, unsigned long esp, int error);
/* Is this trap how the watchdog stops kernel code? Then it is dealt with. */
bool contain_expired(struct pt_regs *regs);

/* From the timer interrupt (which has barred the gates), and from the non-maskable one. */
void contain_tick(struct pt_regs *regs);
void contain_nmi(struct pt_regs *regs);

/* Processor time a call may take, in ms; 0: no limit. /proc/sys/kernel/module_watchdog and
 * `watchdog=` on the command line. */
extern unsigned module_watchdog;
void contain_init(void);
void contain_proc(void);

#endif
