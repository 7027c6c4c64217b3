/* mm/mm.h - physical pages, kernel memory, and the account of who has them
 *
 * All RAM (up to 768 MiB) is mapped at PAGE_OFFSET: a page has a physical address, a
 * kernel address and a struct page, and each leads to the others. Nothing is cached
 * behind the account: what is freed is free at once, so `used` returns to exactly what it
 * was. All of it may be called from interrupt handlers; nothing sleeps, nothing is
 * reclaimed.
 *
 * The last 4 MiB are not for everybody (page.c: kept). What nobody can be ended for, modules
 * and the files of ramfs, stops first, so that it never costs a process its life; then what
 * modules allocate, new processes, the pages of processes (somebody has to end for those:
 * kernel/mmap.h), and kernel objects. Page tables and who is spared may have it all.
 */
#ifndef MM_MM_H
#define MM_MM_H

#include <linux/types.h>
#include <linux/list.h>
#include <linux/vmalloc.h>
#include "arch/i386/paging.h"

struct text;

/* What a page is used for. */
enum mm_kind {
	MM_FREE,
	MM_RESERVED, /* firmware, kernel image, struct pages */
	MM_PAGETABLE,
	MM_STACK, /* kernel stacks */
	MM_SLAB,  /* kmalloc, small */
	MM_LARGE, /* kmalloc of more than half a page */
	MM_MODULE,
	MM_PROCESS, /* what comes back when a process ends: its memory, its pipes */
	MM_FILE,    /* content of files */
	MM_BUFFER,  /* device rings, whatever a driver takes by the page */
	MM_KINDS
};

struct page {
	struct list_head link; /* free list, slab list; else the owner's */
	uint32_t count;	       /* references, 0 when free */
	uint8_t kind;	       /* enum mm_kind */
	uint8_t order;	       /* of the block this page heads */
	uint16_t used;	       /* page table, slab: entries in use */
	unsigned long private; /* the owner's */
};

extern struct page *mem_map; /* one for each page of RAM from physical 0 */
extern unsigned long max_page;

static inline unsigned long page_pa(const struct page *page)
{
	return (unsigned long)(page - mem_map) << PAGE_SHIFT;
}

static inline void *page_address(const struct page *page)
{
	return __va(page_pa(page));
}

/* pa, va: any address in the page. */
static inline struct page *pa_page(unsigned long pa)
{
	return &mem_map[pa >> PAGE_SHIFT];
}

static inline struct page *va_page(const void *va)
{
	return pa_page(__pa(va));
}

/* May the current process, or the module it is in, have so many pages now? */
bool mm_room(enum mm_kind kind, unsigned long pages);

/* One page, or 2^order of them, contiguous and aligned, order <= PAGE_MAX_ORDER;
 * content undefined unless PAGE_ZERO is asked. One reference, on the first page. NULL:
 * no room. */
#define PAGE_MAX_ORDER 10
#define PAGE_ZERO      1u
struct page *page_alloc(enum mm_kind kind, unsigned flags);
struct page *pages_alloc(enum mm_kind kind, unsigned order, unsigned flags);

/* Take or give back a reference; the last one frees the page (or the block it heads). */
static inline void page_get(struct page *page)
{
	page->count++;
}
void page_put(struct page *page);

/* --- the area above the direct map (vm.c) ------------------------------------- */

/* Pages mapped side by side, an unmapped page before and behind. Freed memory is unmapped
 * at once. */

/* Zeroed, with rights PG_READ | PG_WRITE | PG_EXEC. Addresses are not given out again
 * before the whole area has been gone through. NULL: no memory, or size is 0. */
void *module_alloc(unsigned long size);
void module_free(void *base);
/* Rights (PG_*) of the pages that hold [addr, addr + size); all of them must belong to
 * one module_alloc(). 0 or -EINVAL. */
int module_protect(void *addr, unsigned long size, unsigned prot);

/* A kernel stack of KSTACK_SIZE bytes, lowest address; running off its end is caught. */
#define KSTACK_SIZE 8192ul
void *kstack_alloc(void);
void kstack_free(void *stack);

/* Free what vmalloc() and ioremap() gave to callers in [start, end). Returns the bytes. */
unsigned long vm_free_callers(unsigned long start, unsigned long end);

/* --- account ------------------------------------------------------------------ */

struct mm_counters {
	unsigned long total;	       /* pages of RAM */
	unsigned long pages[MM_KINDS]; /* by use */
	unsigned long kmalloc_objects; /* not yet freed */
	unsigned long kmalloc_bytes;   /* that they occupy */
};
void mm_counters(struct mm_counters *out);
int mm_show_meminfo(struct text *t); /* /proc/meminfo */

/* Call fn for every live kmalloc() whose caller lies in [start, end): what a module has
 * not given back. It may kfree the object. */
void kmalloc_walk(unsigned long start, unsigned long end,
		  void (*fn)(void *object, size_t size, unsigned long caller));

/* --- boot --------------------------------------------------------------------- */

/* The initramfs as the boot loader left it; its pages are reserved until freed. */
extern const void *initrd_start, *initrd_end;
/* Give the pages of the initramfs back. */
void initrd_free(void);

/* The kernel command line, in the boot loader's memory: to be copied before mm_init. */
const char *mm_boot_cmdline(unsigned long multiboot);

/* Find RAM in the multiboot information (physical address), reserve what is in use; then
 * the page allocator works. */
void mm_init(unsigned long multiboot);

#endif
