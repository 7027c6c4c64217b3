/* mm/kmalloc.c - kernel memory by the byte
 *
 * A slab is one page of objects of one class, and behind them a word for each: the
 * address that called kmalloc(), 0 for a free object. So every live object tells who
 * made it, what a module has left behind can be found, and a kfree() of what is not an
 * object is noticed. A slab without objects is given back at once.
 *
 * Alignment: 16 bytes; sizes that are a power of two up to 512, their size; more than
 * KMALLOC_SMALL bytes, a page.
 */
#include "mm/account.h"
#include "kernel/panic.h"
#include <asm/system.h>
#include <linux/kernel.h>
#include <linux/slab.h>

#define NONE 0xff

struct slab_class {
	uint16_t size;
	uint16_t objects;
	struct list_head partial; /* slabs with a free object */
};

#define CLASS(n, size)                                                                   \
	[n] = {size, PAGE_SIZE / ((size) + 4), LIST_HEAD_INIT(classes[n].partial)}
static struct slab_class classes[] = {
	CLASS(0, 32),  CLASS(1, 64),   CLASS(2, 96),	CLASS(3, 128),
	CLASS(4, 192), CLASS(5, 256),  CLASS(6, 384),	CLASS(7, 512),
	CLASS(8, 672), CLASS(9, 1008), CLASS(10, 2032),
};

#define KMALLOC_SMALL 2032u

/* What a slab keeps in page->private; page->used counts the live objects. */
union slab {
	unsigned long word;
	struct {
		uint8_t class;
		uint8_t free; /* first free object, each has the next in its first byte */
		uint8_t fresh; /* this one and those behind it were never used */
	};
};
_Static_assert(sizeof(union slab) == sizeof(unsigned long), "fits page->private");

static uint8_t *slab_object(struct page *page, unsigned i, const struct slab_class *class)
{
	return (uint8_t *)page_address(page) + i * class->size;
}

static unsigned long *slab_callers(struct page *page, const struct slab_class *class)
{
	return (unsigned long *)((char *)page_address(page) + PAGE_SIZE) - class->objects;
}

static struct slab_class *class_for(size_t size)
{
	struct slab_class *class = classes;

	while (class->size < size)
		class ++;
	return class;
}

static struct page *slab_new(struct slab_class *class)
{
	union slab slab = {.class = class - classes, .free = NONE};
	struct page *page = page_alloc(MM_SLAB, 0);
	unsigned long *callers;

	if (!page)
		return NULL;
	page->private = slab.word;
	callers = slab_callers(page, class);
	for (unsigned i = 0; i < class->objects; i++)
		callers[i] = 0;
	list_add(&page->link, &class->partial);
	return page;
}

static void *slab_take(struct page *page, struct slab_class *class, unsigned long caller)
{
	union slab slab = {.word = page->private};
	unsigned i = slab.free;
	uint8_t *object;

	if (i == NONE) {
		i = slab.fresh++;
		object = slab_object(page, i, class);
	} else {
		object = slab_object(page, i, class);
		slab.free = *object;
	}
	page->private = slab.word;
	slab_callers(page, class)[i] = caller;
	if (++page->used == class->objects)
		list_del(&page->link);
	mm_account.kmalloc_objects++;
	mm_account.kmalloc_bytes += class->size;
	return object;
}

static void *small_alloc(size_t size, unsigned long caller)
{
	struct slab_class *class = class_for(size);
	unsigned long irq = irq_save();
	struct page *page;
	void *object = NULL;

	page = list_empty(&class->partial)
		       ? slab_new(class)
		       : list_entry(class->partial.next, struct page, link);
	if (page)
		object = slab_take(page, class, caller);
	irq_restore(irq);
	return object;
}

static unsigned order_for(size_t size)
{
	unsigned order = 0;

	while (PAGE_SIZE << order < size)
		order++;
	return order;
}

static void *large_alloc(size_t size, unsigned long caller)
{
	struct page *page;
	unsigned long irq;

	if (size > PAGE_SIZE << PAGE_MAX_ORDER)
		return NULL;
	page = pages_alloc(MM_LARGE, order_for(size), 0);
	if (!page)
		return NULL;
	page->private = caller;
	irq = irq_save();
	mm_account.kmalloc_objects++;
	mm_account.kmalloc_bytes += PAGE_SIZE << page->order;
	irq_restore(irq);
	return page_address(page);
}

void *kmalloc(size_t size, int flags)
{
	unsigned long caller = (unsigned long)__builtin_return_address(0);

	return size <= KMALLOC_SMALL ? small_alloc(size, caller)
				     : large_alloc(size, caller);
}

/* False: p is not a live object of this slab. Interrupts off. */
static bool small_free(struct page *page, const void *p)
{
	union slab slab = {.word = page->private};
	struct slab_class *class = &classes[slab.class];
	unsigned offset = (unsigned long)p % PAGE_SIZE;
	unsigned i = offset / class->size;

	if (offset % class->size || i >= class->objects || !slab_callers(page, class)[i])
		return false;
	slab_callers(page, class)[i] = 0;
	*slab_object(page, i, class) = slab.free;
	slab.free = i;
	page->private = slab.word;
	mm_account.kmalloc_objects--;
	mm_account.kmalloc_bytes -= class->size;
	if (page->used-- == class->objects)
		list_add(&page->link, &class->partial);
	if (!page->used) {
		list_del(&page->link);
		page_put(page);
	}
	return true;
}

static bool large_free(struct page *page, const void *p)
{
	if (page_address(page) != p)
		return false;
	mm_account.kmalloc_objects--;
	mm_account.kmalloc_bytes -= PAGE_SIZE << page->order;
	page_put(page);
	return true;
}

static bool object_free(const void *p)
{
	struct page *page = va_page(p);

	if ((unsigned long)p < PAGE_OFFSET || __pa(p) >> PAGE_SHIFT >= max_page)
		return false;
	if (page->kind == MM_SLAB)
		return small_free(page, p);
	return page->kind == MM_LARGE && large_free(page, p);
}

/* A wrong pointer costs memory at worst: it is reported and left alone. */
void kfree(const void *p)
{
	char name[SYMNAME_MAX];
	unsigned long irq;
	bool freed;

	if (!p)
		return;
	irq = irq_save();
	freed = object_free(p);
	irq_restore(irq);
	if (!freed)
		printk(KERN_ERR "kfree: %p is not allocated, from %s\n", p,
		       symname(name, sizeof(name),
			       (unsigned long)__builtin_return_address(0)));
}

static void slab_walk(struct page *page, unsigned long start, unsigned long end,
		      void (*fn)(void *, size_t, unsigned long))
{
	union slab slab = {.word = page->private};
	const struct slab_class *class = &classes[slab.class];

	/* fn may free the last object, and with it the slab. */
	for (unsigned i = 0; i < class->objects && page->kind == MM_SLAB; i++) {
		unsigned long caller = slab_callers(page, class)[i];

		if (caller && caller >= start && caller < end)
			fn(slab_object(page, i, class), class->size, caller);
	}
}

void kmalloc_walk(unsigned long start, unsigned long end,
		  void (*fn)(void *object, size_t size, unsigned long caller))
{
	for (struct page *page = mem_map; page < mem_map + max_page; page++) {
		if (page->kind == MM_SLAB)
			slab_walk(page, start, end, fn);
		else if (page->kind == MM_LARGE && page->private >= start &&
			 page->private < end)
			fn(page_address(page), PAGE_SIZE << page->order, page->private);
	}
}
