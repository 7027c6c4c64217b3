/* arch/i386/paging.h - page tables: the kernel's, and an address space for each process
 *
 * PAE: an entry is 8 bytes, a table 512 of them, the top level four. The fourth (from
 * PAGE_OFFSET up) is the kernel's and the same in every address space. There:
 *	0xC0000000	all RAM, up to 768 MiB ("direct map")
 *	MODULE_START	the module area, and
 *	VM_START	device memory, vmalloc(): pages mapped one by one (mm/vm.c), and
 *	STACK_START	so are kernel stacks, with room for those of all processes
 * A mapping of a process owns one reference to its page.
 */
#ifndef ARCH_PAGING_H
#define ARCH_PAGING_H

#define PAGE_SHIFT  12
#define PAGE_SIZE   4096ul
#define PAGE_MASK   (~(PAGE_SIZE - 1))
#define PAGE_OFFSET 0xC0000000ul

#define LOWMEM_MAX   0x30000000ul /* bytes of RAM the direct map has room for */
#define MODULE_START 0xF0800000ul
#define MODULE_END   0xFC000000ul
#define VM_START     0xFC800000ul
#define VM_END	     0xFF400000ul
#define STACK_START  0xFF400000ul
#define STACK_END    0xFF800000ul

/* Rights. Anything mapped can be read. Without NX in the CPU everything can be
 * executed. */
#define PG_READ	  1u
#define PG_WRITE  2u
#define PG_EXEC	  4u
#define PG_COW	  8u	/* looks read-only to the CPU; belongs with PG_WRITE */
#define PG_SHARED 0x10u /* aspace_clone shares it for writing */
#define PG_USER	  0x20u /* set by aspace_map itself */
#define PG_DEVICE 0x40u /* uncached, and not a page of RAM: no reference is held */

#ifndef __ASSEMBLY__
#include <linux/types.h>

#define __pa(va) ((unsigned long)(va)-PAGE_OFFSET)
#define __va(pa) ((void *)((unsigned long)(pa) + PAGE_OFFSET))

#define PAGE_ALIGN(n) (((unsigned long)(n) + PAGE_SIZE - 1) & PAGE_MASK)

struct aspace;

/* A new, empty address space; NULL when memory is short. free puts every page that is
 * still mapped; the address space must not be the active one. */
struct aspace *aspace_new(void);
void aspace_free(struct aspace *as);

/* A copy for fork: every page is shared, and where it may be written copied on write from
 * now on in both (not PG_SHARED). NULL when memory is short. */
struct aspace *aspace_clone(struct aspace *as);

/* Map the page at physical address pa with rights PG_*, taking over the caller's
 * reference; va is page aligned, between PAGE_SIZE and PAGE_OFFSET, and not mapped. 0,
 * -ENOMEM (then the reference stays with the caller). */
int aspace_map(struct aspace *as, unsigned long va, unsigned long pa, unsigned prot);

/* Remove a mapping. Returns the physical address, whose reference is the caller's now, or
 * 0 if nothing was mapped. Device pages: returns 0. */
unsigned long aspace_unmap(struct aspace *as, unsigned long va);

/* Remove and put everything in [start, end), page aligned. */
void aspace_unmap_range(struct aspace *as, unsigned long start, unsigned long end);

/* Physical address of the page at va, its rights in *prot (may be NULL); 0: not mapped.
 */
unsigned long aspace_lookup(struct aspace *as, unsigned long va, unsigned *prot);

/* Change the rights of the pages that are mapped in [start, end). Where PG_WRITE is asked
 * and the page is shared by a fork it becomes PG_COW. */
void aspace_protect(struct aspace *as, unsigned long start, unsigned long end,
		    unsigned prot);

/* Write fault on a PG_COW page: give this address space a copy of its own (or just the
 * right to write when nobody else has the page). 0, -ENOMEM, -EFAULT (not such a page).
 */
int aspace_unshare(struct aspace *as, unsigned long va);

/* Make it the active one; NULL: the kernel's tables alone (idle, kernel threads). */
void aspace_switch(struct aspace *as);
/* What cr3 has to be for the active one. */
unsigned long aspace_top(void);

/* --- the kernel's own part ---------------------------------------------------- */

/* Boot: the final tables, with the rights of text, rodata and data. */
void paging_init(void);
bool paging_has_nx(void);

/* Map, change, remove one page above the direct map. map: 0, -ENOMEM. unmap returns the
 * physical address, 0 if there was none. No reference counts here. */
int kernel_map(unsigned long va, unsigned long pa, unsigned prot);
void kernel_protect(unsigned long va, unsigned prot);
unsigned long kernel_unmap(unsigned long va);
unsigned long kernel_lookup(unsigned long va, unsigned *prot);
#endif

#endif
