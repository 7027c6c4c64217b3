/* arch/i386/paging.c - PAE page tables of the kernel and of processes (paging.h)
 *
 * A table page counts its entries in page->used and goes away with the last one, so empty
 * regions cost nothing and the account of page tables returns to what it was.
 */
#include "arch/i386/paging.h"
#include "arch/i386/asm.h"
#include "kernel/panic.h"
#include "mm/mm.h"
#include <linux/errno.h>
#include <linux/kernel.h>
#include <linux/slab.h>
#include <linux/string.h>

typedef uint64_t pte_t;

#define PTE_PRESENT 0x001ull
#define PTE_WRITE   0x002ull
#define PTE_USER    0x004ull
#define PTE_NOCACHE 0x018ull
#define PTE_LARGE   0x080ull
#define PTE_HIDDEN  0x100ull /* not PRESENT, but owns its page: nobody may touch it now */
#define PTE_COW	    0x200ull /* 0x200-0x800 are free for software */
#define PTE_SHARED  0x400ull
#define PTE_DEVICE  0x800ull
#define PTE_NX	    (1ull << 63)
#define PTE_ADDRESS 0x0000000ffffff000ull

#define ENTRIES	   512u
#define LARGE_PAGE 0x200000ul
#define TOPS	   4
#define KERNEL_TOP 3 /* the entry of PAGE_OFFSET */

struct aspace {
	pte_t top[TOPS]; /* aligned to 32: the CPU wants that */
};

extern const char _text[], _etext[], _rodata[], _data[], _names[], _end[];
extern const char boot_stack_guard[];

static struct aspace kernel_space __attribute__((aligned(32)));
static struct aspace *active = &kernel_space;
static pte_t *kernel_directory;
static pte_t nx; /* PTE_NX if the CPU has it */

bool paging_has_nx(void)
{
	return nx != 0;
}

static pte_t entry_make(unsigned long pa, unsigned prot)
{
	pte_t e = pa;

	e |= prot & (PG_READ | PG_WRITE | PG_EXEC) ? PTE_PRESENT : PTE_HIDDEN;
	if (prot & PG_COW)
		e |= PTE_COW;
	else if (prot & PG_WRITE)
		e |= PTE_WRITE;
	if (prot & PG_SHARED)
		e |= PTE_SHARED;
	if (prot & PG_USER)
		e |= PTE_USER;
	if (prot & PG_DEVICE)
		e |= PTE_DEVICE | PTE_NOCACHE;
	return prot & PG_EXEC ? e : e | nx;
}

static unsigned entry_prot(pte_t e)
{
	unsigned prot = e & PTE_PRESENT ? PG_READ : 0;

	if (e & PTE_COW)
		prot |= PG_COW | PG_WRITE;
	if (e & PTE_WRITE)
		prot |= PG_WRITE;
	if (e & PTE_SHARED)
		prot |= PG_SHARED;
	if (e & PTE_USER)
		prot |= PG_USER;
	if (e & PTE_DEVICE)
		prot |= PG_DEVICE;
	return e & (PTE_NX | PTE_HIDDEN) ? prot : prot | PG_EXEC;
}

static bool entry_used(pte_t e)
{
	return e & (PTE_PRESENT | PTE_HIDDEN);
}

static unsigned long entry_pa(pte_t e)
{
	return e & PTE_ADDRESS;
}

static pte_t *entry_table(pte_t e)
{
	return __va(entry_pa(e));
}

/* --- walking ------------------------------------------------------------------ */

static unsigned top_index(unsigned long va)
{
	return va >> 30;
}

static unsigned directory_index(unsigned long va)
{
	return va >> 21 & (ENTRIES - 1);
}

static unsigned table_index(unsigned long va)
{
	return va >> 12 & (ENTRIES - 1);
}

/* The table behind an entry of a higher table; made if `make`, else NULL if there is
 * none. */
static pte_t *table_below(pte_t *entry, pte_t bits, bool make)
{
	struct page *page;

	if (*entry & PTE_PRESENT)
		return entry_table(*entry);
	if (!make)
		return NULL;
	page = page_alloc(MM_PAGETABLE, PAGE_ZERO);
	if (!page)
		return NULL;
	*entry = page_pa(page) | PTE_PRESENT | bits;
	return page_address(page);
}

/* The CPU keeps the four top entries since cr3 was loaded. */
static void top_changed(const struct aspace *as)
{
	if (as == active)
		cr3_set(__pa(as->top));
}

static void entry_changed(const struct aspace *as, unsigned long va)
{
	if (as == active || as == &kernel_space)
		page_invalidate(va);
}

static pte_t *directory_of(struct aspace *as, unsigned long va, bool make)
{
	pte_t *top = &as->top[top_index(va)];
	bool had = *top & PTE_PRESENT;
	pte_t *directory = table_below(top, 0, make);

	if (!had && directory)
		top_changed(as);
	return directory;
}

/* The entry for va in a last-level table, NULL if there is no table (and none was to be,
 * or could be, made). */
static pte_t *entry_of(struct aspace *as, unsigned long va, bool make)
{
	pte_t *directory = directory_of(as, va, make);
	pte_t *entry, *table;
	bool had;

	if (!directory)
		return NULL;
	entry = &directory[directory_index(va)];
	had = *entry & PTE_PRESENT;
	table = table_below(entry, PTE_WRITE | (va < PAGE_OFFSET ? PTE_USER : 0), make);
	if (!had && table)
		va_page(directory)->used++;
	return table ? &table[table_index(va)] : NULL;
}

/* Free the tables over va that have no entry left, lowest first. */
static void trim(struct aspace *as, unsigned long va)
{
	pte_t *top = &as->top[top_index(va)];
	pte_t *directory = *top & PTE_PRESENT ? entry_table(*top) : NULL;
	pte_t *entry;

	if (!directory)
		return;
	entry = &directory[directory_index(va)];
	if (*entry & PTE_PRESENT && !pa_page(entry_pa(*entry))->used) {
		page_put(pa_page(entry_pa(*entry)));
		*entry = 0;
		va_page(directory)->used--;
	}
	if (!va_page(directory)->used && directory != kernel_directory) {
		*top = 0;
		top_changed(as);
		page_put(va_page(directory));
	}
}

static int map(struct aspace *as, unsigned long va, unsigned long pa, unsigned prot)
{
	pte_t *entry = entry_of(as, va, true);

	if (!entry) {
		trim(as, va);
		return -ENOMEM;
	}
	if (!entry_used(*entry))
		va_page(entry)->used++;
	*entry = entry_make(pa, prot);
	entry_changed(as, va);
	return 0;
}

/* Returns the entry that was there, 0 for none. */
static pte_t unmap(struct aspace *as, unsigned long va)
{
	pte_t *entry = entry_of(as, va, false);
	pte_t old = entry ? *entry : 0;

	if (!entry_used(old))
		return 0;
	*entry = 0;
	entry_changed(as, va);
	if (!--va_page(entry)->used)
		trim(as, va);
	return old;
}

static unsigned long lookup(struct aspace *as, unsigned long va, unsigned *prot)
{
	pte_t *entry = entry_of(as, va, false);

	if (!entry || !entry_used(*entry))
		return 0;
	if (prot)
		*prot = entry_prot(*entry);
	return entry_pa(*entry);
}

/* Call fn for each entry in use in [start, end) of ring 3, skipping missing tables. */
static void each_entry(struct aspace *as, unsigned long start, unsigned long end,
		       void (*fn)(struct aspace *, unsigned long va, pte_t *, void *),
		       void *arg)
{
	unsigned long va = start, step;
	pte_t *entry;

	for (; va < end; va += step) {
		if (!(as->top[top_index(va)] & PTE_PRESENT)) {
			step = (1ul << 30) - (va & ((1ul << 30) - 1));
			continue;
		}
		entry = entry_of(as, va, false);
		step = entry ? PAGE_SIZE : LARGE_PAGE - va % LARGE_PAGE;
		if (entry && entry_used(*entry))
			fn(as, va, entry, arg);
	}
}

/* --- processes ---------------------------------------------------------------- */

struct aspace *aspace_new(void)
{
	struct aspace *as = kmalloc(64, GFP_KERNEL); /* 64: aligned to 64 */

	if (!as)
		return NULL;
	memset(as, 0, sizeof(*as));
	as->top[KERNEL_TOP] = kernel_space.top[KERNEL_TOP];
	return as;
}

void aspace_free(struct aspace *as)
{
	if (as == active)
		panic("aspace_free: the active address space");
	aspace_unmap_range(as, 0, PAGE_OFFSET);
	kfree(as);
}

int aspace_map(struct aspace *as, unsigned long va, unsigned long pa, unsigned prot)
{
	return map(as, va, pa, prot | PG_USER);
}

static unsigned long entry_owned(pte_t e)
{
	return e & PTE_DEVICE ? 0 : entry_pa(e);
}

unsigned long aspace_unmap(struct aspace *as, unsigned long va)
{
	return entry_owned(unmap(as, va));
}

void aspace_unmap_range(struct aspace *as, unsigned long start, unsigned long end)
{
	unsigned long va = start, pa;

	while (va < end) {
		if (!(as->top[top_index(va)] & PTE_PRESENT)) {
			va = (va | ((1ul << 30) - 1)) + 1;
			continue;
		}
		if (!entry_of(as, va, false)) {
			va = (va | (LARGE_PAGE - 1)) + 1;
			continue;
		}
		pa = aspace_unmap(as, va);
		if (pa)
			page_put(pa_page(pa));
		va += PAGE_SIZE;
	}
}

unsigned long aspace_lookup(struct aspace *as, unsigned long va, unsigned *prot)
{
	return lookup(as, va, prot);
}

struct clone {
	struct aspace *to;
	bool failed;
};

static void clone_entry(struct aspace *as, unsigned long va, pte_t *entry, void *arg)
{
	struct clone *clone = arg;
	unsigned prot = entry_prot(*entry);

	if (clone->failed)
		return;
	if (prot & PG_WRITE && !(prot & (PG_SHARED | PG_DEVICE)))
		prot |= PG_COW;
	*entry = entry_make(entry_pa(*entry), prot);
	if (map(clone->to, va, entry_pa(*entry), prot)) {
		clone->failed = true;
		return;
	}
	if (!(prot & PG_DEVICE))
		page_get(pa_page(entry_pa(*entry)));
}

struct aspace *aspace_clone(struct aspace *as)
{
	struct clone clone = {.to = aspace_new()};

	if (!clone.to)
		return NULL;
	each_entry(as, 0, PAGE_OFFSET, clone_entry, &clone);
	top_changed(as); /* drop the rights to write that the CPU remembers */
	if (clone.failed) {
		aspace_free(clone.to);
		return NULL;
	}
	return clone.to;
}

static void protect_entry(struct aspace *as, unsigned long va, pte_t *entry, void *arg)
{
	unsigned prot = *(const unsigned *)arg;
	unsigned old = entry_prot(*entry);
	unsigned long pa = entry_pa(*entry);

	prot |= old & (PG_SHARED | PG_DEVICE | PG_USER);
	if (prot & PG_WRITE && !(prot & (PG_SHARED | PG_DEVICE)) &&
	    (old & PG_COW || pa_page(pa)->count > 1))
		prot |= PG_COW;
	*entry = entry_make(pa, prot);
	entry_changed(as, va);
}

void aspace_protect(struct aspace *as, unsigned long start, unsigned long end,
		    unsigned prot)
{
	each_entry(as, start, end, protect_entry, &prot);
}

int aspace_unshare(struct aspace *as, unsigned long va)
{
	pte_t *entry = entry_of(as, va, false);
	struct page *old, *copy;
	unsigned prot;

	if (!entry || !(*entry & PTE_COW))
		return -EFAULT;
	prot = entry_prot(*entry) & ~PG_COW;
	old = pa_page(entry_pa(*entry));
	if (old->count > 1) {
		copy = page_alloc(MM_PROCESS, 0);
		if (!copy)
			return -ENOMEM;
		memcpy(page_address(copy), page_address(old), PAGE_SIZE);
		*entry = entry_make(page_pa(copy), prot);
		page_put(old);
	} else {
		*entry = entry_make(page_pa(old), prot);
	}
	entry_changed(as, va);
	return 0;
}

unsigned long aspace_top(void)
{
	return __pa(active->top);
}

void aspace_switch(struct aspace *as)
{
	if (!as)
		as = &kernel_space;
	if (as == active)
		return;
	active = as;
	cr3_set(__pa(as->top));
}

/* --- the kernel --------------------------------------------------------------- */

int kernel_map(unsigned long va, unsigned long pa, unsigned prot)
{
	return map(&kernel_space, va, pa, prot);
}

unsigned long kernel_unmap(unsigned long va)
{
	return entry_pa(unmap(&kernel_space, va));
}

unsigned long kernel_lookup(unsigned long va, unsigned *prot)
{
	return lookup(&kernel_space, va, prot);
}

void kernel_protect(unsigned long va, unsigned prot)
{
	pte_t *entry = entry_of(&kernel_space, va, false);

	if (!entry || !(*entry & PTE_PRESENT))
		return;
	*entry = entry_make(entry_pa(*entry), prot | (entry_prot(*entry) & PG_DEVICE));
	entry_changed(&kernel_space, va);
}

static bool cpu_has_nx(void)
{
	uint32_t r[4];

	cpuid(0x80000000, r);
	if (r[0] < 0x80000001)
		return false;
	cpuid(0x80000001, r);
	return r[3] & 1u << 20;
}

/* Rights of a page of the direct map; 0: not mapped. */
static unsigned direct_prot(unsigned long va)
{
	if (va >= (unsigned long)_text && va < (unsigned long)_rodata)
		return PG_READ | PG_EXEC;
	if (va >= (unsigned long)_rodata && va < (unsigned long)_data)
		return PG_READ;
	if (va >= (unsigned long)_names && va < (unsigned long)_end)
		return PG_READ;
	if (va == (unsigned long)boot_stack_guard)
		return 0;
	return PG_READ | PG_WRITE;
}

static void map_small_pages(unsigned long start)
{
	for (unsigned long va = start; va < start + LARGE_PAGE; va += PAGE_SIZE)
		if (direct_prot(va) && kernel_map(va, __pa(va), direct_prot(va)))
			panic("no memory for page tables");
}

static void map_large_page(unsigned long va)
{
	kernel_directory[directory_index(va)] =
		entry_make(__pa(va), PG_READ | PG_WRITE) | PTE_LARGE;
	va_page(kernel_directory)->used++;
}

/* Large pages, but small ones where the kernel itself lies. */
void paging_init(void)
{
	unsigned long end = (unsigned long)__va(max_page << PAGE_SHIFT);
	unsigned long va;

	if (cpu_has_nx()) {
		msr_set(MSR_EFER, msr_get(MSR_EFER) | MSR_EFER_NXE);
		nx = PTE_NX;
	}
	active = NULL; /* cr3 still holds the provisional tables */
	kernel_directory = directory_of(&kernel_space, PAGE_OFFSET, true);
	if (!kernel_directory)
		panic("no memory for page tables");
	for (va = PAGE_OFFSET; va < end; va += LARGE_PAGE) {
		if (va < (unsigned long)_end)
			map_small_pages(va);
		else
			map_large_page(va);
	}
	aspace_switch(NULL);
	printk(KERN_INFO "paging: PAE, text read-only%s\n",
	       nx ? ", data not executable (NX)" : "; this CPU has no NX");
}
