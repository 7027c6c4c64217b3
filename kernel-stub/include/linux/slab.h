/* linux/slab.h - kernel memory by the byte */
#ifndef _LINUX_SLAB_H
#define _LINUX_SLAB_H

#include <linux/types.h>

/* The kernel does not reclaim, so the flags only document whether the caller may sleep.
 */
#define GFP_ATOMIC 0x20
#define GFP_USER   0x1d0
#define GFP_KERNEL 0x1f0
#define GFP_DMA	   0x01

/* Returns size bytes aligned for any object, not cleared, or NULL. kfree(NULL) is fine.
 */
void *kmalloc(size_t size, int flags);
void kfree(const void *p);

#endif
