/* kernel/dma.h - the reservations of DMA channels (asm/dma.h), within the kernel. Portable. */
#ifndef KERNEL_DMA_H
#define KERNEL_DMA_H

#include <asm/dma.h>

struct module;
struct text;

/* The module leaves: free its channels. Returns how many there were. */
int dma_forget(const struct module *owner);
/* /proc/dma in the format of 2.4. */
int dma_show(struct text *t);

#endif
