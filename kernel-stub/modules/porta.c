/* porta.c - a driver that takes all of its card's resources or none
 *
 * insmod porta [port=0x300] [irq=5] [dma=1]: the card cannot be moved. If somebody holds one
 * of its resources, init says who, gives back what it got so far and fails. portb.c is the
 * other kind.
 */
#include <asm/dma.h>
#include <linux/errno.h>
#include <linux/init.h>
#include <linux/interrupt.h>
#include <linux/ioport.h>
#include <linux/kernel.h>
#include <linux/module.h>

#define PORTS 16

static int port = 0x300, irq, dma = -1, share;

MODULE_AUTHOR("modstack");
MODULE_DESCRIPTION("a driver that fails if its ports, line or channel are taken");
MODULE_LICENSE("GPL");
MODULE_PARM(port, "i");
MODULE_PARM_DESC(port, "first of 16 I/O ports");
MODULE_PARM(irq, "i");
MODULE_PARM_DESC(irq, "interrupt line, 0: none");
MODULE_PARM(dma, "i");
MODULE_PARM_DESC(dma, "DMA channel, -1: none");
MODULE_PARM(share, "i");
MODULE_PARM_DESC(share, "1: the line may be shared");
EXPORT_NO_SYMBOLS;

static void porta_interrupt(int irq, void *dev_id, struct pt_regs *regs)
{
}

static int __init take_ports(void)
{
	const struct resource *holder;

	if (request_region(port, PORTS, "porta"))
		return 0;
	holder = region_holder(port, PORTS);
	printk(KERN_ERR "porta: ports %#x-%#x are held by %s\n", port, port + PORTS - 1,
	       holder ? holder->name : "nobody");
	return -EBUSY;
}

static int __init take_irq(void)
{
	int err;

	if (!irq)
		return 0;
	err = request_irq(irq, porta_interrupt, share ? SA_SHIRQ : 0, "porta", &port);
	if (err == -EBUSY)
		printk(KERN_ERR "porta: line %d is held by %s\n", irq, irq_holder(irq));
	return err;
}

static int __init take_dma(void)
{
	int err;

	if (dma < 0)
		return 0;
	err = request_dma(dma, "porta");
	if (err == -EBUSY)
		printk(KERN_ERR "porta: channel %d is held by %s\n", dma,
		       dma_holder(dma));
	return err;
}

static int __init porta_init(void)
{
	int err = take_ports();

	if (err)
		return err;
	err = take_irq();
	if (err)
		goto no_irq;
	err = take_dma();
	if (err)
		goto no_dma;
	printk(KERN_INFO "porta: ports %#x-%#x\n", port, port + PORTS - 1);
	return 0;
no_dma:
	if (irq)
		free_irq(irq, &port);
no_irq:
	release_region(port, PORTS);
	return err;
}

static void __exit porta_exit(void)
{
	if (dma >= 0)
		free_dma(dma);
	if (irq)
		free_irq(irq, &port);
	release_region(port, PORTS);
}

module_init(porta_init);
module_exit(porta_exit);
