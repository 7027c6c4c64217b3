/* kernel/irq.h - what irq.c shows to the kernel; drivers use linux/interrupt.h */
#ifndef KERNEL_IRQ_H
#define KERNEL_IRQ_H

#include <linux/types.h>

/* Has the 8259 seen a request on the line that it has not delivered? Interrupts off. */
bool irq_requested(unsigned irq);

/* How many interrupts are being served; a contained fault takes it back. */
extern unsigned irq_depth;

#endif
