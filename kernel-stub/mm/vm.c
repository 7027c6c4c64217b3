/* mm/vm.c - kernel memory mapped page by page: modules, kernel stacks, device memory
 *
 * Each area has an unmapped page behind it, and a region one in front. The list of a
 * region's areas is sorted. Module addresses are given out in rising order, starting
 * over at the region's end, so that one is not used again soon; for the others the
 * lowest gap that fits is taken, which keeps them in few page tables.
 */
#include "mm/account.h"
#include "arch/i386/asm.h"
#include <linux/errno.h>
#include <linux/kernel.h>
#include <linux/slab.h>

struct vm_area {
	struct list_head link;
	unsigned long start;
	unsigned long pages;  /* mapped; the guard page comes after */
	unsigned long caller; /* of vmalloc() or ioremap(), else 0 */
	bool device;
};

struct vm_region {
	unsigned long start, end;
	struct list_head areas;
	struct list_head *last; /* the area before `next`, or the head */
	unsigned long next;	/* where the search begins */
	bool rising;
};

static struct vm_region modules = {
	.start = MODULE_START + PAGE_SIZE,
	.end = MODULE_END,
	.areas = LIST_HEAD_INIT(modules.areas),
	.last = &modules.areas,
	.next = MODULE_START + PAGE_SIZE,
	.rising = true,
};

static struct vm_region stacks = {
	.start = STACK_START + PAGE_SIZE,
	.end = STACK_END,
	.areas = LIST_HEAD_INIT(stacks.areas),
	.last = &stacks.areas,
	.next = STACK_START + PAGE_SIZE,
};

static struct vm_region others = {
	.start = VM_START + PAGE_SIZE,
	.end = VM_END,
	.areas = LIST_HEAD_INIT(others.areas),
	.last = &others.areas,
	.next = VM_START + PAGE_SIZE,
};

/* The gap behind `link`: where it begins, and where the next area does. */
static unsigned long gap_start(struct vm_region *r, struct list_head *link)
{
	struct vm_area *area = list_entry(link, struct vm_area, link);

	return link == &r->areas ? r->start : area->start + (area->pages + 1) * PAGE_SIZE;
}

static unsigned long gap_end(struct vm_region *r, struct list_head *link)
{
	return link->next == &r->areas
		       ? r->end
		       : list_entry(link->next, struct vm_area, link)->start;
}

/* A gap of `need` bytes: its address, and in *behind the link before it. 0: none. */
static unsigned long gap_find(struct vm_region *r, unsigned long need,
			      struct list_head **behind)
{
	struct list_head *at = r->last;
	unsigned long from = r->next;

	do {
		if (gap_end(r, at) - from >= need) {
			*behind = at;
			return from;
		}
		at = at->next;
		from = gap_start(r, at);
	} while (at != r->last);
	*behind = at;
	return gap_end(r, at) - from >= need ? from : 0;
}

static struct vm_area *area_new(struct vm_region *r, unsigned long pages)
{
	struct vm_area *area = kmalloc(sizeof(*area), GFP_KERNEL);
	struct list_head *behind;

	if (!area)
		return NULL;
	area->pages = pages;
	area->caller = 0;
	area->device = false;
	area->start = gap_find(r, (pages + 1) * PAGE_SIZE, &behind);
	if (!area->start) {
		kfree(area);
		return NULL;
	}
	list_add(&area->link, behind);
	if (r->rising) {
		r->last = &area->link;
		r->next = area->start + (pages + 1) * PAGE_SIZE;
	}
	return area;
}

static void area_free(struct vm_region *r, struct vm_area *area)
{
	if (r->last == &area->link)
		r->last = area->link.prev; /* r->next stays */
	list_del(&area->link);
	kfree(area);
}

/* --- areas of RAM ------------------------------------------------------------- */

static void unmap_pages(struct vm_area *area, unsigned long pages)
{
	for (unsigned long i = 0; i < pages; i++)
		page_put(pa_page(kernel_unmap(area->start + i * PAGE_SIZE)));
}

static int map_pages(struct vm_area *area, enum mm_kind kind, unsigned prot)
{
	for (unsigned long i = 0; i < area->pages; i++) {
		struct page *page = page_alloc(kind, PAGE_ZERO);

		if (page &&
		    !kernel_map(area->start + i * PAGE_SIZE, page_pa(page), prot)) {
			page->private = (unsigned long)area;
			continue;
		}
		if (page)
			page_put(page);
		unmap_pages(area, i);
		return -ENOMEM;
	}
	return 0;
}

static void *ram_alloc(struct vm_region *r, unsigned long size, enum mm_kind kind,
		       unsigned prot)
{
	unsigned long pages = PAGE_ALIGN(size) >> PAGE_SHIFT;
	struct vm_area *area;

	if (!size || size > r->end - r->start || !mm_room(kind, pages))
		return NULL;
	area = area_new(r, pages);
	if (!area)
		return NULL;
	if (map_pages(area, kind, prot)) {
		area_free(r, area);
		return NULL;
	}
	return (void *)area->start;
}

/* The area of which `address` is a mapped byte, NULL if there is none in the region. */
static struct vm_area *ram_area(struct vm_region *r, const void *address)
{
	unsigned long va = (unsigned long)address, pa;

	if (va < r->start || va >= r->end)
		return NULL;
	pa = kernel_lookup(va & PAGE_MASK, NULL);
	return pa ? (struct vm_area *)pa_page(pa)->private : NULL;
}

static void ram_free(struct vm_region *r, void *base)
{
	struct vm_area *area;

	if (!base)
		return;
	area = ram_area(r, base);
	if (!area || area->start != (unsigned long)base)
		panic("%p is not the start of a mapped area", base);
	unmap_pages(area, area->pages);
	area_free(r, area);
}

void *module_alloc(unsigned long size)
{
	return ram_alloc(&modules, size, MM_MODULE, PG_READ | PG_WRITE | PG_EXEC);
}

void module_free(void *base)
{
	ram_free(&modules, base);
}

int module_protect(void *addr, unsigned long size, unsigned prot)
{
	struct vm_area *area = ram_area(&modules, addr);
	unsigned long va = (unsigned long)addr & PAGE_MASK;
	unsigned long end = PAGE_ALIGN((unsigned long)addr + size);

	if (!size)
		return 0;
	if (!area || end <= va || end > area->start + area->pages * PAGE_SIZE)
		return -EINVAL;
	for (; va < end; va += PAGE_SIZE)
		kernel_protect(va, prot);
	return 0;
}

void *kstack_alloc(void)
{
	return ram_alloc(&stacks, KSTACK_SIZE, MM_STACK, PG_READ | PG_WRITE);
}

void kstack_free(void *stack)
{
	ram_free(&stacks, stack);
}

void *vmalloc(unsigned long size)
{
	void *p = ram_alloc(&others, size, MM_LARGE, PG_READ | PG_WRITE);

	if (p)
		ram_area(&others, p)->caller = (unsigned long)__builtin_return_address(0);
	return p;
}

void vfree(void *base)
{
	ram_free(&others, base);
}

/* --- device memory ------------------------------------------------------------ */

static void unmap_device(struct vm_area *area, unsigned long pages)
{
	for (unsigned long i = 0; i < pages; i++)
		kernel_unmap(area->start + i * PAGE_SIZE);
	area_free(&others, area);
}

void *ioremap(unsigned long pa, unsigned long size)
{
	unsigned long start = pa & PAGE_MASK, i;
	struct vm_area *area;

	if (!size || pa + size - 1 < pa || size > VM_END - VM_START)
		return NULL;
	area = area_new(&others, (PAGE_ALIGN(pa + size) - start) >> PAGE_SHIFT);
	if (!area)
		return NULL;
	area->caller = (unsigned long)__builtin_return_address(0);
	area->device = true;
	for (i = 0; i < area->pages; i++) {
		if (kernel_map(area->start + i * PAGE_SIZE, start + i * PAGE_SIZE,
			       PG_READ | PG_WRITE | PG_DEVICE)) {
			unmap_device(area, i);
			return NULL;
		}
	}
	return (void *)(area->start + (pa - start));
}

void iounmap(void *address)
{
	unsigned long va = (unsigned long)address & PAGE_MASK;
	struct vm_area *area;

	list_for_each_entry (area, &others.areas, link) {
		if (area->start == va) {
			unmap_device(area, area->pages);
			return;
		}
	}
}

/* --- what a module leaves ----------------------------------------------------- */

unsigned long vm_free_callers(unsigned long start, unsigned long end)
{
	struct list_head *at, *next;
	unsigned long freed = 0;

	list_for_each_safe(at, next, &others.areas)
	{
		struct vm_area *area = list_entry(at, struct vm_area, link);

		if (area->caller < start || area->caller >= end)
			continue;
		freed += area->pages * PAGE_SIZE;
		if (area->device)
			unmap_device(area, area->pages);
		else
			vfree((void *)area->start);
	}
	return freed;
}
