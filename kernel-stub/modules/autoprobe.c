/* autoprobe.c - looks for serial ports where they usually are, but never where somebody is
 *
 * Probing writes to ports, which may confuse another driver's device: so a range is reserved
 * first, and left alone if that fails. A UART is told by its scratch register, which keeps
 * what is written to it (National Semiconductor PC16550D data sheet, section 8.8); then its
 * interrupt line is found by making it interrupt.
 */
#include <asm/io.h>
#include <linux/delay.h>
#include <linux/errno.h>
#include <linux/init.h>
#include <linux/interrupt.h>
#include <linux/ioport.h>
#include <linux/kernel.h>
#include <linux/module.h>

#define PORTS	8
#define CHOICES 4

#define IER	       1 /* registers */
#define MCR	       4
#define SCRATCH	       7
#define IER_SENT       0x02 /* interrupt when there is nothing left to be sent */
#define MCR_INTERRUPTS 0x08

static int ports[CHOICES] = {0x3f8, 0x2f8, 0x3e8, 0x2e8};
static bool found[CHOICES];

MODULE_AUTHOR("modstack");
MODULE_DESCRIPTION("finds serial ports, keeping away from reserved ranges");
MODULE_LICENSE("GPL");
MODULE_PARM(ports, "1-4i");
MODULE_PARM_DESC(ports, "where to look");
EXPORT_NO_SYMBOLS;

static bool __init is_uart(int port)
{
	outb(0x5a, port + SCRATCH);
	if (inb(port + SCRATCH) != 0x5a)
		return false;
	outb(0xa5, port + SCRATCH);
	return inb(port + SCRATCH) == 0xa5;
}

static int __init find_line(int port)
{
	unsigned char mcr = inb(port + MCR);
	unsigned long watched = probe_irq_on();
	int line;

	outb(mcr | MCR_INTERRUPTS, port + MCR);
	outb(IER_SENT, port + IER);
	mdelay(1);
	line = probe_irq_off(watched);
	outb(0, port + IER);
	outb(mcr, port + MCR);
	return line;
}

/* The range stays reserved if there is a UART. */
static bool __init probe(int port)
{
	const struct resource *holder;

	if (!request_region(port, PORTS, "autoprobe")) {
		holder = region_holder(port, PORTS);
		printk(KERN_INFO "autoprobe: %#x: held by %s, left alone\n", port,
		       holder ? holder->name : "nobody");
		return false;
	}
	if (is_uart(port)) {
		printk(KERN_INFO "autoprobe: %#x: UART, line %d\n", port,
		       find_line(port));
		return true;
	}
	release_region(port, PORTS);
	printk(KERN_INFO "autoprobe: %#x: nothing there\n", port);
	return false;
}

static int __init autoprobe_init(void)
{
	for (int i = 0; i < CHOICES; i++)
		found[i] = probe(ports[i]);
	return 0;
}

static void __exit autoprobe_exit(void)
{
	for (int i = 0; i < CHOICES; i++)
		if (found[i])
			release_region(ports[i], PORTS);
}

module_init(autoprobe_init);
module_exit(autoprobe_exit);
