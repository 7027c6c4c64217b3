/* linux/interrupt.h - interrupt lines of the two 8259s, and who handles them
 *
 * A handler runs with interrupts off, on the stack of whatever was interrupted, and must
 * not sleep. Lines marked SA_SHIRQ by all their users may be shared; each handler then
 * finds out from its own device whether the interrupt was meant for it.
 */
#ifndef _LINUX_INTERRUPT_H
#define _LINUX_INTERRUPT_H

#include <linux/types.h>
#include <asm/system.h>

struct pt_regs;
struct text;

#define NR_IRQS 16

#define SA_INTERRUPT	 0x20000000 /* all are; kept for 2.4 sources */
#define SA_SHIRQ	 0x04000000
#define SA_SAMPLE_RANDOM 0

typedef void (*irq_handler_t)(int irq, void *dev_id, struct pt_regs *regs);

/* 0; -EINVAL (no such line, no handler), -EBUSY (taken, not shared by all), -ENOMEM. Who
 * shares a line should have a dev_id, by which free_irq() tells him from others. */
int request_irq(unsigned int irq, irq_handler_t handler, unsigned long flags,
		const char *name, void *dev_id);
/* Remove the handler that was requested with that dev_id; a complaint in the log if there
 * is none. */
void free_irq(unsigned int irq, void *dev_id);

/* The name of who has the line (the first, if it is shared), or NULL. What to tell the user
 * after -EBUSY; the log has it, too. */
const char *irq_holder(unsigned int irq);

/* Find the line of a device: between these calls make it interrupt. probe_irq_on() watches
 * the lines nobody has and that keep quiet by themselves, and returns them as bits;
 * probe_irq_off() takes that and returns the line that fired, 0 if none has, or if there
 * were several the negative of the lowest. Process context. */
unsigned long probe_irq_on(void);
int probe_irq_off(unsigned long watched);

/* Nested; a line is off as long as somebody has disabled it. */
void disable_irq(unsigned int irq);
void enable_irq(unsigned int irq);

/* Is this code run by an interrupt handler? */
int in_interrupt(void);

/* Boot: program the 8259s, all lines masked. */
void irq_init(void);
/* From trap entry. */
void irq_dispatch(int irq, struct pt_regs *regs);
/* /proc/interrupts in the format of 2.4. */
int irq_show(struct text *t);
/* Remove every handler whose code lies in [start, end): a module is being thrown out.
 * Returns how many there were. */
int irq_free_range(unsigned long start, unsigned long end);

#endif
