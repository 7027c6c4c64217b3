/* portb.c - a driver that goes on with other resources if the ones it wants are taken
 *
 * Its card can be moved: of the port ranges it takes the first that is free. Without its
 * interrupt line it polls (by a timer), without its DMA channel it copies by itself. Only if
 * all port ranges are taken init fails. porta.c is the other kind.
 */
#include <asm/dma.h>
#include <linux/errno.h>
#include <linux/init.h>
#include <linux/interrupt.h>
#include <linux/ioport.h>
#include <linux/kernel.h>
#include <linux/module.h>
#include <linux/timer.h>

#define PORTS	16
#define CHOICES 4

static int ports[CHOICES] = {0x300, 0x320, 0x340, 0x360};
static int irq, dma = -1, share;
static int port; /* the one it has */
static bool has_irq, has_dma;
static struct timer_list poll_timer;

MODULE_AUTHOR("modstack");
MODULE_DESCRIPTION("a driver that moves to other ports if the first are taken");
MODULE_LICENSE("GPL");
MODULE_PARM(ports, "1-4i");
MODULE_PARM_DESC(ports, "where its 16 I/O ports may be, best first");
MODULE_PARM(irq, "i");
MODULE_PARM_DESC(irq, "interrupt line, 0: none");
MODULE_PARM(dma, "i");
MODULE_PARM_DESC(dma, "DMA channel, -1: none");
MODULE_PARM(share, "i");
MODULE_PARM_DESC(share, "1: the line may be shared");
EXPORT_NO_SYMBOLS;

static void portb_interrupt(int irq, void *dev_id, struct pt_regs *regs)
{
}

static void portb_poll(unsigned long unused)
{
	mod_timer(&poll_timer, jiffies + HZ);
}

static int __init take_ports(void)
{
	const struct resource *holder;

	for (int i = 0; i < CHOICES; i++) {
		port = ports[i];
		if (request_region(port, PORTS, "portb"))
			return 0;
		holder = region_holder(port, PORTS);
		printk(KERN_NOTICE "portb: ports %#x-%#x are held by %s\n", port,
		       port + PORTS - 1, holder ? holder->name : "nobody");
	}
	return -EBUSY;
}

static void __init take_irq(void)
{
	if (irq)
		has_irq = request_irq(irq, portb_interrupt, share ? SA_SHIRQ : 0, "portb",
				      &port) == 0;
	if (irq && !has_irq)
		printk(KERN_NOTICE "portb: line %d is held by %s; polling\n", irq,
		       irq_holder(irq) ? irq_holder(irq) : "nobody");
	init_timer(&poll_timer);
	poll_timer.function = portb_poll;
	if (irq && !has_irq)
		portb_poll(0);
}

static void __init take_dma(void)
{
	if (dma >= 0)
		has_dma = request_dma(dma, "portb") == 0;
	if (dma >= 0 && !has_dma)
		printk(KERN_NOTICE "portb: channel %d is held by %s; copying\n", dma,
		       dma_holder(dma) ? dma_holder(dma) : "nobody");
}

static int __init portb_init(void)
{
	int err = take_ports();

	if (err)
		return err;
	take_irq();
	take_dma();
	printk(KERN_INFO "portb: ports %#x-%#x\n", port, port + PORTS - 1);
	return 0;
}

static void __exit portb_exit(void)
{
	del_timer(&poll_timer);
	if (has_dma)
		free_dma(dma);
	if (has_irq)
		free_irq(irq, &port);
	release_region(port, PORTS);
}

module_init(portb_init);
module_exit(portb_exit);
