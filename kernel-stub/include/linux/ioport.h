/* linux/ioport.h - who holds which I/O ports and which memory
 *
 * A resource is a range [start, end] in a tree; siblings are sorted and never overlap.
 * request_*() adds a leaf that nobody may share (IORESOURCE_BUSY) and returns it, or NULL
 * if somebody holds a part of it. The kernel notes which module asked.
 */
#ifndef _LINUX_IOPORT_H
#define _LINUX_IOPORT_H

#include <linux/types.h>

struct module;

struct resource {
	const char *name;
	unsigned long start, end; /* both inclusive */
	unsigned long flags;
	struct resource *parent, *sibling, *child;
};

#define IORESOURCE_IO	0x00000100
#define IORESOURCE_MEM	0x00000200
#define IORESOURCE_IRQ	0x00000400
#define IORESOURCE_DMA	0x00000800
#define IORESOURCE_BUSY 0x80000000

extern struct resource ioport_resource, iomem_resource;

/* Put what `new` says below root, which others may name as their root. 0, -EBUSY on any
 * overlap or outside of root, -EINVAL (root is nowhere, `new` is there already), -ENOMEM.
 * release_resource: 0, or -EINVAL if it is not there; what is below it stays. */
int request_resource(struct resource *root, struct resource *new);
int release_resource(struct resource *old);

struct resource *__request_region(struct resource *root, unsigned long start,
				  unsigned long n, const char *name);
int __check_region(struct resource *root, unsigned long start, unsigned long n);
void __release_region(struct resource *root, unsigned long start, unsigned long n);

/* Who keeps [start, start + n) from being requested: what to tell the user after a refusal.
 * NULL: nobody; root itself: it is not inside of that. */
const struct resource *resource_holder(struct resource *root, unsigned long start,
				       unsigned long n);
#define region_holder(start, n) resource_holder(&ioport_resource, (start), (n))

#define request_region(start, n, name)                                                   \
	__request_region(&ioport_resource, (start), (n), (name))
#define check_region(start, n)	 __check_region(&ioport_resource, (start), (n))
#define release_region(start, n) __release_region(&ioport_resource, (start), (n))

#define request_mem_region(start, n, name)                                               \
	__request_region(&iomem_resource, (start), (n), (name))
#define check_mem_region(start, n)   __check_region(&iomem_resource, (start), (n))
#define release_mem_region(start, n) __release_region(&iomem_resource, (start), (n))

#endif
