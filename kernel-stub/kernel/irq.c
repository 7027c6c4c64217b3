/* kernel/irq.c - interrupt lines: the two 8259s, and chains of handlers
 *
 * Handlers run with interrupts off from entry to end, so the end of interrupt is sent
 * after them and nothing nests. Commands: Intel 8259A data sheet.
 */
#include <linux/delay.h>
#include <linux/interrupt.h>
#include <linux/errno.h>
#include <linux/kernel.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <asm/io.h>
#include "arch/i386/trap.h"
#include "kernel/contain.h"
#include "kernel/irq.h"
#include "kernel/module.h"
#include "kernel/registry.h"
#include "kernel/text.h"

#define MASTER	     0x20 /* command; the next port: mask */
#define SLAVE	     0xa0
#define CASCADE	     2
#define ICW1_INIT    0x11 /* edge triggered, cascaded, ICW4 follows */
#define ICW4_8086    0x01
#define READ_SERVICE 0x0b
#define READ_REQUEST 0x0a
#define END_SPECIFIC 0x60

#define PROBE_QUIET_MS 20 /* a line that fires by itself so soon is of no use */

struct irq_action {
	struct irq_action *next;
	irq_handler_t handler;
	unsigned long flags;
	void *dev_id;
	struct module *owner;
	char name[]; /* a copy */
};

static struct irq_line {
	struct irq_action *actions; /* in the order of request_irq */
	unsigned disabled;	    /* depth */
	bool probing, fired;	    /* between probe_irq_on and _off; since then */
	unsigned long count;
} lines[NR_IRQS];

static unsigned long spurious;
unsigned irq_depth;

int in_interrupt(void)
{
	return irq_depth != 0;
}

static unsigned short chip_of(unsigned irq)
{
	return irq < 8 ? MASTER : SLAVE;
}

static void line_mask(unsigned irq, bool masked)
{
	unsigned short port = chip_of(irq) + 1;
	unsigned char bit = 1 << irq % 8;

	outb(masked ? inb(port) | bit : inb(port) & ~bit, port);
}

static void line_update(unsigned irq)
{
	bool wanted = lines[irq].actions || (lines[irq].probing && !lines[irq].fired);

	line_mask(irq, !wanted || lines[irq].disabled);
}

static void chip_init(unsigned short chip, unsigned vector, unsigned cascade)
{
	outb(ICW1_INIT, chip);
	outb(vector, chip + 1);
	outb(cascade, chip + 1);
	outb(ICW4_8086, chip + 1);
	outb(0xff, chip + 1);
}

void irq_init(void)
{
	chip_init(MASTER, TRAP_IRQ0, 1 << CASCADE);
	chip_init(SLAVE, TRAP_IRQ0 + 8, CASCADE);
	line_mask(CASCADE, false);
}

/* A line that fell again before the CPU asked shows as the chip's lowest priority,
 * without being in service. */
static bool is_spurious(unsigned irq)
{
	if (irq % 8 != 7)
		return false;
	outb(READ_SERVICE, chip_of(irq));
	return !(inb(chip_of(irq)) & 0x80);
}

static void end_of_interrupt(unsigned irq)
{
	if (irq >= 8)
		outb(END_SPECIFIC | irq % 8, SLAVE);
	outb(END_SPECIFIC | (irq >= 8 ? CASCADE : irq), MASTER);
}

/* Has the chip seen a request it has not delivered? Interrupts off. */
bool irq_requested(unsigned irq)
{
	outb(READ_REQUEST, chip_of(irq));
	return inb(chip_of(irq)) & 1 << irq % 8;
}

void irq_dispatch(int irq, struct pt_regs *regs)
{
	struct irq_action *a, *next;
	struct gate bar;

	if (is_spurious(irq)) {
		spurious++;
		if (irq >= 8)
			outb(END_SPECIFIC | CASCADE, MASTER);
		return;
	}
	lines[irq].count++;
	if (!lines[irq].actions) {
		lines[irq].fired = true;
		line_update(irq);
	}
	irq_depth++;
	gate_bar(&bar);
	for (a = lines[irq].actions; a; a = next) {
		next = a->next; /* a handler may free its line */
		CALL_MODULE_VOID(a->owner, a->handler(irq, a->dev_id, regs));
	}
	gate_unbar(&bar);
	irq_depth--;
	end_of_interrupt(irq);
}

static bool may_share(const struct irq_line *line, unsigned long flags)
{
	return !line->actions || (flags & line->actions->flags & SA_SHIRQ);
}

const char *irq_holder(unsigned int irq)
{
	if (irq == CASCADE)
		return "cascade";
	if (irq >= NR_IRQS || !lines[irq].actions)
		return NULL;
	return lines[irq].actions->name;
}

int request_irq(unsigned int irq, irq_handler_t handler, unsigned long flags,
		const char *name, void *dev_id)
{
	struct irq_action *action, **at;
	unsigned long saved;

	if (irq >= NR_IRQS || !handler)
		return -EINVAL;
	name = name ? name : "<BAD>";
	if (flags & SA_SHIRQ && !dev_id)
		printk(KERN_WARNING "irq %u: %s shares it and has no dev_id\n", irq,
		       name);
	if (irq == CASCADE || !may_share(&lines[irq], flags)) {
		printk(KERN_NOTICE "irq %u: asked for by %s, held by %s\n", irq, name,
		       irq_holder(irq));
		return -EBUSY;
	}
	action = kmalloc(sizeof(*action) + strlen(name) + 1, GFP_KERNEL);
	if (!action)
		return -ENOMEM;
	*action = (struct irq_action){NULL, handler, flags, dev_id,
				      mod_at((unsigned long)handler)};
	strcpy(action->name, name);
	saved = irq_save();
	for (at = &lines[irq].actions; *at; at = &(*at)->next)
		;
	*at = action;
	line_update(irq);
	irq_restore(saved);
	return 0;
}

/* Unlink and free *at, an action of line irq. Interrupts off. */
static void action_free(unsigned irq, struct irq_action **at)
{
	struct irq_action *action = *at;

	*at = action->next;
	kfree(action);
	if (!lines[irq].actions)
		lines[irq].disabled = 0; /* whoever did it is gone */
	line_update(irq);
}

void free_irq(unsigned int irq, void *dev_id)
{
	unsigned long saved = irq_save();
	struct irq_action **at = irq < NR_IRQS ? &lines[irq].actions : NULL;

	while (at && *at && (*at)->dev_id != dev_id)
		at = &(*at)->next;
	if (at && *at)
		action_free(irq, at);
	else
		printk(KERN_ERR "free_irq: line %u has no such handler\n", irq);
	irq_restore(saved);
}

int irq_free_range(unsigned long start, unsigned long end)
{
	unsigned long saved = irq_save();
	int n = 0;

	for (unsigned irq = 0; irq < NR_IRQS; irq++) {
		struct irq_action **at = &lines[irq].actions;

		while (*at) {
			unsigned long code = (unsigned long)(*at)->handler;

			if (code >= start && code < end) {
				action_free(irq, at);
				n++;
			} else {
				at = &(*at)->next;
			}
		}
	}
	irq_restore(saved);
	return n;
}

void disable_irq(unsigned int irq)
{
	unsigned long saved = irq_save();

	if (irq < NR_IRQS) {
		lines[irq].disabled++;
		line_update(irq);
	}
	irq_restore(saved);
}

void enable_irq(unsigned int irq)
{
	unsigned long saved = irq_save();

	if (irq < NR_IRQS && lines[irq].disabled) {
		lines[irq].disabled--;
		line_update(irq);
	}
	irq_restore(saved);
}

/* --- which line does a device have? -------------------------------------------------- */

/* Stop watching a line. Returns whether it has fired. Interrupts off. */
static bool probe_end(unsigned irq)
{
	bool fired = lines[irq].probing && lines[irq].fired;

	lines[irq].probing = lines[irq].fired = false;
	line_update(irq);
	return fired;
}

unsigned long probe_irq_on(void)
{
	unsigned long flags = irq_save(), watched = 0;

	for (unsigned irq = 0; irq < NR_IRQS; irq++)
		if (irq != CASCADE && !lines[irq].actions) {
			lines[irq].probing = true;
			lines[irq].fired = false;
			line_update(irq);
		}
	irq_restore(flags);
	mdelay(PROBE_QUIET_MS);
	flags = irq_save();
	for (unsigned irq = 0; irq < NR_IRQS; irq++)
		if (lines[irq].fired)
			probe_end(irq);
		else if (lines[irq].probing)
			watched |= 1ul << irq;
	irq_restore(flags);
	return watched;
}

int probe_irq_off(unsigned long watched)
{
	unsigned long flags = irq_save();
	int found = 0, n = 0;

	for (unsigned irq = 0; irq < NR_IRQS; irq++)
		if (probe_end(irq) && watched & 1ul << irq && n++ == 0)
			found = irq;
	irq_restore(flags);
	return n > 1 ? -found : found;
}

int irq_show(struct text *t)
{
	text_printf(t, "           CPU0       \n");
	for (unsigned irq = 0; irq < NR_IRQS; irq++) {
		const struct irq_action *a = lines[irq].actions;

		if (!a && irq != CASCADE)
			continue;
		text_printf(t, "%3u: %10lu          XT-PIC  %s", irq, lines[irq].count,
			    a ? "" : "cascade");
		for (; a; a = a->next) {
			text_printf(t, "%s", a->name);
			show_owner(t, a->owner);
			text_printf(t, a->next ? ", " : "");
		}
		text_printf(t, "\n");
	}
	text_printf(t, "NMI: %10lu \n", nmi_count);
	return text_printf(t, "ERR: %10lu\n", spurious);
}
