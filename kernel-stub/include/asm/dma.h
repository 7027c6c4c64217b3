/* asm/dma.h - who uses which channel of the two 8237 DMA controllers */
#ifndef _ASM_DMA_H
#define _ASM_DMA_H

#include <linux/types.h>

#define MAX_DMA_CHANNELS 8
#define DMA_CASCADE	 4 /* leads from one controller to the other */

/* Reserve a channel; name: copied. 0, -EINVAL (no such channel), -EBUSY: taken, dma_holder()
 * tells by whom. The kernel notes which module asked. */
int request_dma(unsigned int channel, const char *name);
/* A complaint in the log if it was not reserved. */
void free_dma(unsigned int channel);
/* The name of who has reserved it, or NULL. */
const char *dma_holder(unsigned int channel);

#endif
