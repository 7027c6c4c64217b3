/* kernel/resource.c - who holds which I/O ports and which memory
 *
 * Two trees of ranges. A node is the caller's own (request_resource) or ours: a region
 * (request_region), which remembers its owner and keeps its own copy of the name, so that
 * nothing here points into a module that is gone.
 */
#include "kernel/resource.h"

#include <linux/errno.h>
#include <linux/kernel.h>
#include <linux/module.h>
#include <linux/slab.h>
#include <linux/string.h>
#include "kernel/module.h"
#include "kernel/text.h"

#define IORESOURCE_REGION 0x01000000 /* ours: the node is a struct region */
#define DEPTH_SHOWN	  5

struct region {
	struct resource node;
	const struct module *owner;
	char name[];
};

struct resource ioport_resource = {.name = "PCI IO",
				   .end = 0xffff,
				   .flags = IORESOURCE_IO};
struct resource iomem_resource = {.name = "PCI mem",
				  .end = 0xffffffff,
				  .flags = IORESOURCE_MEM};

static struct resource pc_ports[] = {
	{.name = "dma1", .start = 0x00, .end = 0x1f},
	{.name = "pic1", .start = 0x20, .end = 0x3f},
	{.name = "timer", .start = 0x40, .end = 0x5f},
	{.name = "keyboard", .start = 0x60, .end = 0x6f},
	{.name = "dma page reg", .start = 0x80, .end = 0x8f},
	{.name = "pic2", .start = 0xa0, .end = 0xbf},
	{.name = "dma2", .start = 0xc0, .end = 0xdf},
	{.name = "fpu", .start = 0xf0, .end = 0xff},
};

/* Where among root's children a range goes; *conflict: the one it overlaps, or root if it
 * is not inside of it, or NULL. */
static struct resource **find_place(struct resource *root, unsigned long start,
				    unsigned long end, struct resource **conflict)
{
	struct resource **place = &root->child;

	*conflict = root;
	if (start > end || start < root->start || end > root->end)
		return NULL;
	while (*place && (*place)->end < start)
		place = &(*place)->sibling;
	*conflict = *place && (*place)->start <= end ? *place : NULL;
	return place;
}

/* Go down through ranges that are only containers (a bus, a bridge) as long as they hold
 * the whole of [start, end]. */
static struct resource **find_free(struct resource **root, unsigned long start,
				   unsigned long end, struct resource **conflict)
{
	struct resource **place;

	for (;;) {
		place = find_place(*root, start, end, conflict);
		if (!*conflict || *conflict == *root ||
		    ((*conflict)->flags & IORESOURCE_BUSY))
			return place;
		*root = *conflict;
	}
}

static void insert(struct resource *parent, struct resource **place,
		   struct resource *node)
{
	node->parent = parent;
	node->sibling = *place;
	*place = node;
}

int request_resource(struct resource *root, struct resource *node)
{
	struct resource *conflict, **place;

	place = find_place(root, node->start, node->end, &conflict);
	if (conflict)
		return -EBUSY;
	insert(root, place, node);
	return 0;
}

int release_resource(struct resource *node)
{
	struct resource **place;

	if (!node->parent)
		return -EINVAL;
	for (place = &node->parent->child; *place; place = &(*place)->sibling)
		if (*place == node) {
			*place = node->sibling;
			node->parent = NULL;
			return 0;
		}
	return -EINVAL;
}

const struct resource *resource_holder(struct resource *root, unsigned long start,
				       unsigned long n)
{
	struct resource *conflict;

	find_free(&root, start, start + n - 1, &conflict);
	return conflict;
}

struct resource *__request_region(struct resource *root, unsigned long start,
				  unsigned long n, const char *name)
{
	struct module *owner = mod_caller(__builtin_return_address(0));
	size_t len = name ? strlen(name) : 0;
	struct resource *conflict, **place;
	struct region *region;

	place = find_free(&root, start, start + n - 1, &conflict);
	if (conflict || !n)
		return NULL;
	region = kmalloc(sizeof(*region) + len + 1, GFP_KERNEL);
	if (!region)
		return NULL;
	*region = (struct region){.owner = owner};
	memcpy(region->name, name ? name : "", len);
	region->name[len] = '\0';
	region->node.name = name ? region->name : NULL;
	region->node.start = start;
	region->node.end = start + n - 1;
	region->node.flags = IORESOURCE_BUSY | IORESOURCE_REGION;
	insert(root, place, &region->node);
	return &region->node;
}

int __check_region(struct resource *root, unsigned long start, unsigned long n)
{
	return resource_holder(root, start, n) ? -EBUSY : 0;
}

void __release_region(struct resource *root, unsigned long start, unsigned long n)
{
	unsigned long end = start + n - 1;
	struct resource *held;

	find_free(&root, start, end, &held);
	if (held && held != root && held->start == start && held->end == end &&
	    (held->flags & IORESOURCE_REGION)) {
		release_resource(held);
		kfree(container_of(held, struct region, node));
		return;
	}
	printk(KERN_WARNING "Trying to free nonexistent resource <%08lx-%08lx>\n", start,
	       end);
}

/* --- owners ------------------------------------------------------------------------------ */

static bool owned(const struct resource *node, const struct module *owner)
{
	if (node->flags & IORESOURCE_REGION)
		return container_of(node, struct region, node)->owner == owner;
	return mod_at((unsigned long)node) == owner;
}

/* The ranges inside of a released container move up into its place. */
static void take_out(struct resource **place)
{
	struct resource *node = *place, **at = place;

	*place = node->child;
	for (; *at; at = &(*at)->sibling)
		if ((*at)->parent == node)
			(*at)->parent = node->parent;
	*at = node->sibling;
	node->parent = node->child = NULL;
	if (node->flags & IORESOURCE_REGION)
		kfree(container_of(node, struct region, node));
}

static int forget_below(struct resource *root, const struct module *owner)
{
	struct resource **place = &root->child;
	int n = 0;

	while (*place) {
		n += forget_below(*place, owner);
		if (owned(*place, owner)) {
			take_out(place);
			n++;
		} else {
			place = &(*place)->sibling;
		}
	}
	return n;
}

int resource_forget(const struct module *owner)
{
	return forget_below(&ioport_resource, owner) +
	       forget_below(&iomem_resource, owner);
}

/* --- text -------------------------------------------------------------------------------- */

static void show_below(struct text *t, const struct resource *root, int width, int depth)
{
	const struct resource *node;
	int indent = 2 * min(depth, DEPTH_SHOWN - 1);

	for (node = root->child; node; node = node->sibling) {
		text_printf(t, "%*s%0*lx-%0*lx : %s\n", indent, "", width, node->start,
			    width, node->end, node->name ? node->name : "<BAD>");
		show_below(t, node, width, depth + 1);
	}
}

int resource_show_ioports(struct text *t)
{
	show_below(t, &ioport_resource, 4, 0);
	return t->error;
}

int resource_show_iomem(struct text *t)
{
	show_below(t, &iomem_resource, 8, 0);
	return t->error;
}

void resource_boot(void)
{
	for (size_t i = 0; i < ARRAY_SIZE(pc_ports); i++) {
		pc_ports[i].flags = IORESOURCE_IO | IORESOURCE_BUSY;
		request_resource(&ioport_resource, &pc_ports[i]);
	}
}
