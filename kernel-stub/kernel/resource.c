/* kernel/resource.c - who holds which I/O ports and which memory
 *
 * Two trees of ranges, which are all ours, with copies of what they were made from: nothing
 * here points into a module, but to tell it by its address. What is asked for by
 * request_resource() may hold others and is released by the same pointer; a region by its
 * place.
 */
#include "kernel/resource.h"

#include <linux/errno.h>
#include <linux/kernel.h>
#include <linux/module.h>
#include <linux/slab.h>
#include <linux/string.h>
#include "kernel/module.h"
#include "kernel/registry.h"
#include "kernel/text.h"

#define DEPTH_SHOWN 5

/* Every node below a root. */
struct range {
	struct resource node;
	const struct resource *theirs; /* NULL: a region */
	const struct module *owner;
	char name[];
};

struct resource ioport_resource = {.name = "PCI IO",
				   .end = 0xffff,
				   .flags = IORESOURCE_IO};
struct resource iomem_resource = {.name = "PCI mem",
				  .end = 0xffffffff,
				  .flags = IORESOURCE_MEM};

/* What a PC has, of its own. */
static struct resource pc_ports[] = {
	{.name = "dma1", .start = 0x00, .end = 0x1f},
	{.name = "pic1", .start = 0x20, .end = 0x3f},
	{.name = "timer", .start = 0x40, .end = 0x5f},
	{.name = "keyboard", .start = 0x60, .end = 0x6f},
	{.name = "dma page reg", .start = 0x80, .end = 0x8f},
	{.name = "pic2", .start = 0xa0, .end = 0xbf},
	{.name = "dma2", .start = 0xc0, .end = 0xdf},
	{.name = "fpu", .start = 0xf0, .end = 0xff},
	{.name = "PCI conf1", .start = 0xcf8, .end = 0xcff},
};
static struct resource pc_memory[] = {
	{.name = "System RAM", .start = 0, .end = 0x9ffff},
	{.name = "Video RAM area", .start = 0xa0000, .end = 0xbffff},
	{.name = "System ROM", .start = 0xf0000, .end = 0xfffff},
};

/* --- the trees ---------------------------------------------------------------------------- */

static struct range *range_of(const struct resource *node)
{
	return container_of(node, struct range, node);
}

/* Where below root the range is that stands for `theirs`, or NULL. */
static struct resource **find_theirs(struct resource *root, const struct resource *theirs)
{
	struct resource **place = &root->child, **found;

	for (; *place; place = &(*place)->sibling) {
		if (range_of(*place)->theirs == theirs)
			return place;
		found = find_theirs(*place, theirs);
		if (found)
			return found;
	}
	return NULL;
}

static struct resource **find_any(const struct resource *theirs)
{
	struct resource **found = find_theirs(&ioport_resource, theirs);

	return found ? found : find_theirs(&iomem_resource, theirs);
}

/* The node that stands for a resource they name, or NULL. */
static struct resource *ours(struct resource *theirs)
{
	struct resource **found;

	if (theirs == &ioport_resource || theirs == &iomem_resource)
		return theirs;
	found = theirs ? find_any(theirs) : NULL;
	return found ? *found : NULL;
}

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

/* Put a copy of `like` at that place below root; NULL: no memory. */
static struct range *insert(struct resource *root, struct resource **place,
			    const struct resource *like)
{
	size_t len = like->name ? strlen(like->name) : 0;
	struct range *range = kmalloc(sizeof(*range) + len + 1, GFP_KERNEL);

	if (!range)
		return NULL;
	*range = (struct range){.node = {.start = like->start,
					 .end = like->end,
					 .flags = like->flags,
					 .parent = root,
					 .sibling = *place}};
	memcpy(range->name, like->name ? like->name : "", len);
	range->name[len] = '\0';
	range->node.name = like->name ? range->name : NULL;
	*place = &range->node;
	return range;
}

/* The ranges inside of it move up into its place. */
static void take_out(struct resource **place)
{
	struct resource *node = *place, **at = place;

	*place = node->child;
	for (; *at; at = &(*at)->sibling)
		if ((*at)->parent == node)
			(*at)->parent = node->parent;
	*at = node->sibling;
	kfree(range_of(node));
}

int request_resource(struct resource *root, struct resource *node)
{
	struct module *owner = mod_caller(__builtin_return_address(0));
	struct resource *conflict, **place, *parent = ours(root);
	struct range *range;

	if (!parent || ours(node))
		return -EINVAL;
	place = find_place(parent, node->start, node->end, &conflict);
	if (conflict)
		return -EBUSY;
	range = insert(parent, place, node);
	if (!range)
		return -ENOMEM;
	range->theirs = node;
	range->owner = owner;
	node->parent = root;
	return 0;
}

int release_resource(struct resource *node)
{
	struct resource **place = node ? find_any(node) : NULL;

	if (!place)
		return -EINVAL;
	take_out(place);
	node->parent = NULL;
	return 0;
}

const struct resource *resource_holder(struct resource *root, unsigned long start,
				       unsigned long n)
{
	struct resource *tree = ours(root), *conflict;

	if (!tree)
		return root;
	find_free(&tree, start, start + n - 1, &conflict);
	return conflict;
}

struct resource *__request_region(struct resource *root, unsigned long start,
				  unsigned long n, const char *name)
{
	struct module *owner = mod_caller(__builtin_return_address(0));
	struct resource *conflict, **place, like = {.name = name, .start = start};
	struct range *range;

	root = ours(root);
	if (!root || !n)
		return NULL;
	like.end = start + n - 1;
	like.flags = IORESOURCE_BUSY;
	place = find_free(&root, start, like.end, &conflict);
	range = conflict ? NULL : insert(root, place, &like);
	if (!range)
		return NULL;
	range->owner = owner;
	return &range->node;
}

int __check_region(struct resource *root, unsigned long start, unsigned long n)
{
	return resource_holder(root, start, n) ? -EBUSY : 0;
}

void __release_region(struct resource *root, unsigned long start, unsigned long n)
{
	unsigned long end = start + n - 1;
	struct resource *held = NULL, **place = NULL;

	root = ours(root);
	if (root)
		place = find_free(&root, start, end, &held);
	if (held && held != root && held->start == start && held->end == end &&
	    !range_of(held)->theirs)
		take_out(place);
	else
		printk(KERN_WARNING "Trying to free nonexistent resource <%08lx-%08lx>\n",
		       start, end);
}

/* --- owners ------------------------------------------------------------------------------ */

static int forget_below(struct resource *root, const struct module *owner)
{
	struct resource **place = &root->child;
	int n = 0;

	while (*place) {
		n += forget_below(*place, owner);
		if (range_of(*place)->owner == owner) {
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
		text_printf(t, "%*s%0*lx-%0*lx : %s", indent, "", width, node->start,
			    width, node->end, node->name ? node->name : "<BAD>");
		show_owner(t, range_of(node)->owner);
		text_printf(t, "\n");
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

static void reserve(struct resource *root, struct resource *ranges, size_t n)
{
	for (; n--; ranges++) {
		ranges->flags = root->flags | IORESOURCE_BUSY;
		request_resource(root, ranges);
	}
}

void resource_boot(void)
{
	reserve(&ioport_resource, pc_ports, ARRAY_SIZE(pc_ports));
	reserve(&iomem_resource, pc_memory, ARRAY_SIZE(pc_memory));
}
