/* linux/vmalloc.h - kernel memory by the page, mapped side by side */
#ifndef _LINUX_VMALLOC_H
#define _LINUX_VMALLOC_H

/* size bytes, zeroed, on pages of their own between unmapped ones; NULL: no memory, or size
 * is 0. vfree(NULL) is fine. */
void *vmalloc(unsigned long size);
void vfree(void *base);

#endif
