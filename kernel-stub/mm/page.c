/* mm/page.c - physical pages: a buddy allocator
 *
 * Free memory is blocks of 2^order pages, aligned to their size. Splitting and joining
 * blocks keeps the lists; only the first page of a block says anything about it.
 */
#include "mm/mm.h"
#include "kernel/contain.h"
#include "kernel/panic.h"
#include "mm/account.h"
#include <asm/system.h>
#include <linux/kernel.h>
#include <linux/sched.h>
#include <linux/string.h>

struct page *mem_map;
unsigned long max_page;

static struct list_head free_list[PAGE_MAX_ORDER + 1];

static bool is_free_block(const struct page *page, unsigned order)
{
	return page->kind == MM_FREE && page->link.next && page->order == order;
}

static void block_add(struct page *page, unsigned order)
{
	page->order = order;
	list_add(&page->link, &free_list[order]);
}

/* Join with the other half as long as that is free, too. */
static void block_free(struct page *page, unsigned order)
{
	unsigned long nr = page - mem_map;

	for (; order < PAGE_MAX_ORDER; order++) {
		unsigned long buddy = nr ^ 1ul << order;

		if (buddy >= max_page || !is_free_block(&mem_map[buddy], order))
			break;
		list_del(&mem_map[buddy].link);
		nr &= buddy;
	}
	block_add(&mem_map[nr], order);
}

static struct page *block_take(unsigned order)
{
	unsigned from = order;
	struct page *page;

	while (from <= PAGE_MAX_ORDER && list_empty(&free_list[from]))
		from++;
	if (from > PAGE_MAX_ORDER)
		return NULL;
	page = list_entry(free_list[from].next, struct page, link);
	list_del(&page->link);
	while (from-- > order)
		block_add(page + (1ul << from), from);
	return page;
}

/* Free pages that one more of this kind must leave: 256 are a MiB. */
static unsigned long kept(enum mm_kind kind)
{
	static const uint16_t pages[MM_KINDS] = {
		[MM_MODULE] = 1024, [MM_FILE] = 1024, [MM_STACK] = 512,
		[MM_PROCESS] = 256, [MM_SLAB] = 128,  [MM_LARGE] = 128,
	};

	if ((kind == MM_SLAB || kind == MM_LARGE) && contain_module())
		return 768;
	if (!current->pid)
		return 0; /* boot: the initramfs that is unpacked goes away */
	return current->spared && pages[kind] <= pages[MM_PROCESS] ? 0 : pages[kind];
}

bool mm_room(enum mm_kind kind, unsigned long pages)
{
	return pages <= mm_free_pages() && kept(kind) <= mm_free_pages() - pages;
}

struct page *pages_alloc(enum mm_kind kind, unsigned order, unsigned flags)
{
	unsigned long irq = irq_save();
	struct page *page = order <= PAGE_MAX_ORDER && mm_room(kind, 1ul << order)
				    ? block_take(order)
				    : NULL;

	if (page)
		account_move(MM_FREE, kind, 1ul << order);
	irq_restore(irq);
	if (!page)
		return NULL;
	page->count = 1;
	page->kind = kind;
	page->order = order;
	page->used = 0;
	page->private = 0;
	if (flags & PAGE_ZERO)
		memset(page_address(page), 0, PAGE_SIZE << order);
	return page;
}

struct page *page_alloc(enum mm_kind kind, unsigned flags)
{
	return pages_alloc(kind, 0, flags);
}

void page_put(struct page *page)
{
	unsigned long irq;

	if (page < mem_map || page >= mem_map + max_page || !page->count)
		panic("page_put: page %lx is not in use", page_pa(page) >> PAGE_SHIFT);
	if (--page->count)
		return;
	irq = irq_save();
	account_move(page->kind, MM_FREE, 1ul << page->order);
	page->kind = MM_FREE;
	block_free(page, page->order);
	irq_restore(irq);
}

/* Boot: every page of [start, end) is reserved, with one reference, until released. */
void pages_reserve(unsigned long start, unsigned long end)
{
	for (struct page *page = mem_map + start; page < mem_map + end; page++) {
		page->kind = MM_RESERVED;
		page->count = 1;
	}
}

/* Boot: hand over the reserved pages [start, end), in the largest blocks that fit. */
void pages_release(unsigned long start, unsigned long end)
{
	memset(mem_map + start, 0, (end - start) * sizeof(struct page));
	while (start < end) {
		unsigned order = __builtin_ctzl(start | 1ul << PAGE_MAX_ORDER);

		while (start + (1ul << order) > end)
			order--;
		account_move(MM_RESERVED, MM_FREE, 1ul << order);
		block_add(mem_map + start, order);
		start += 1ul << order;
	}
}

/* Boot: `map` is room for one struct page for each of `pages` pages. */
void pages_init(struct page *map, unsigned long pages)
{
	for (unsigned i = 0; i <= PAGE_MAX_ORDER; i++)
		INIT_LIST_HEAD(&free_list[i]);
	memset(map, 0, pages * sizeof(*map));
	mem_map = map;
	max_page = pages;
}
