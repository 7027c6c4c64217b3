/* mm/init.c - from the boot loader's memory map to the page allocator
 *
 * Everything wanted from the multiboot information is copied or reserved here; its own
 * memory is then free. Source of the layout: Multiboot Specification 0.6.96, section 3.3.
 */
#include "mm/account.h"
#include "kernel/panic.h"
#include <linux/kernel.h>
#include <linux/string.h>

#define MB_CMDLINE 0x04
#define MB_MODULES 0x08
#define MB_MMAP	   0x40

struct mb_info {
	uint32_t flags;
	uint32_t mem_lower, mem_upper;
	uint32_t boot_device;
	uint32_t cmdline;
	uint32_t mods_count, mods_addr;
	uint32_t syms[4];
	uint32_t mmap_length, mmap_addr;
};

struct mb_module {
	uint32_t start, end; /* physical, end exclusive */
	uint32_t string, reserved;
};

struct mb_mmap {
	uint32_t size; /* of what follows */
	uint64_t addr, len;
	uint32_t type;
} __attribute__((packed));
#define MB_RAM 1

/* Ranges of page numbers, end exclusive. */
struct range {
	unsigned long start, end;
	const char *what;
};

#define MAX_RAM	     16
#define MAX_RESERVED 8

static struct range ram[MAX_RAM], reserved[MAX_RESERVED];
static unsigned nr_ram, nr_reserved;

const void *initrd_start, *initrd_end;

extern const char _text[], _end[];

static void reserve(unsigned long start, unsigned long end, const char *what)
{
	unsigned i = nr_reserved;

	if (nr_reserved == MAX_RESERVED)
		panic("too many reserved ranges");
	for (; i > 0 && reserved[i - 1].start > start; i--)
		reserved[i] = reserved[i - 1];
	reserved[i] = (struct range){start, end, what};
	nr_reserved++;
}

/* Whole pages of RAM below the limit of the direct map; never page 0, which holds the
 * vectors of the firmware and is what a null physical address would hit. */
static void ram_add(uint64_t addr, uint64_t len)
{
	uint64_t start = (addr + PAGE_SIZE - 1) >> PAGE_SHIFT;
	uint64_t end = (addr + len) >> PAGE_SHIFT;

	if (start < 1)
		start = 1;
	if (end > LOWMEM_MAX >> PAGE_SHIFT)
		end = LOWMEM_MAX >> PAGE_SHIFT;
	if (start >= end || nr_ram == MAX_RAM)
		return;
	ram[nr_ram++] = (struct range){start, end, "RAM"};
	if (end > max_page)
		max_page = end;
}

static void find_ram(const struct mb_info *mb)
{
	const char *at = __va(mb->mmap_addr), *end = at + mb->mmap_length;
	struct mb_mmap e;

	if (!(mb->flags & MB_MMAP))
		panic("the boot loader passed no memory map");
	for (; at + sizeof(e) <= end; at += e.size + sizeof(e.size)) {
		memcpy(&e, at, sizeof(e));
		if (e.type == MB_RAM)
			ram_add(e.addr, e.len);
	}
	if (!nr_ram)
		panic("the boot loader's memory map shows no RAM");
}

/* The first module is the initramfs; others are not for us. */
static void find_initrd(const struct mb_info *mb)
{
	struct mb_module mod;

	if (!(mb->flags & MB_MODULES) || !mb->mods_count)
		return;
	memcpy(&mod, __va(mb->mods_addr), sizeof(mod));
	if (mod.end <= mod.start || mod.end > max_page << PAGE_SHIFT)
		panic("initramfs %08x-%08x is not in RAM", mod.start, mod.end);
	initrd_start = __va(mod.start);
	initrd_end = __va(mod.end);
	reserve(mod.start >> PAGE_SHIFT, PAGE_ALIGN(mod.end) >> PAGE_SHIFT, "initramfs");
}

/* Room for the struct pages: behind the kernel, or if the initramfs lies there, behind
 * that. */
static struct page *place_mem_map(void)
{
	unsigned long pages = PAGE_ALIGN(max_page * sizeof(struct page)) >> PAGE_SHIFT;
	unsigned long at = __pa(_end) >> PAGE_SHIFT;

	for (unsigned i = 0; i < nr_reserved; i++)
		if (at < reserved[i].end && at + pages > reserved[i].start)
			at = reserved[i].end;
	for (unsigned i = 0; i < nr_ram; i++) {
		if (at >= ram[i].start && at + pages <= ram[i].end) {
			reserve(at, at + pages, "page descriptors");
			return __va(at << PAGE_SHIFT);
		}
	}
	panic("no room for the page descriptors");
}

/* Release what is RAM and not reserved in [start, end); reserved[] is sorted. */
static void release_around_reserved(unsigned long start, unsigned long end)
{
	for (unsigned i = 0; i < nr_reserved; i++) {
		if (reserved[i].end <= start || reserved[i].start >= end)
			continue;
		if (reserved[i].start > start)
			pages_release(start, reserved[i].start);
		start = reserved[i].end;
	}
	if (start < end)
		pages_release(start, end);
}

static void show(void)
{
	unsigned long pages = mm_account.pages[MM_RESERVED];

	printk(KERN_INFO "memory: %lu KiB RAM, %lu KiB free, %lu KiB reserved:\n",
	       mm_account.total * 4, mm_free_pages() * 4, pages * 4);
	for (unsigned i = 0; i < nr_reserved; i++)
		printk(KERN_INFO "  %08lx-%08lx %s\n", reserved[i].start << PAGE_SHIFT,
		       (reserved[i].end << PAGE_SHIFT) - 1, reserved[i].what);
}

const char *mm_boot_cmdline(unsigned long multiboot)
{
	const struct mb_info *mb = __va(multiboot);

	return mb->flags & MB_CMDLINE ? __va(mb->cmdline) : "";
}

void mm_init(unsigned long multiboot)
{
	struct mb_info mb;
	struct page *map;

	memcpy(&mb, __va(multiboot), sizeof(mb));
	find_ram(&mb);
	reserve(__pa(_text) >> PAGE_SHIFT, __pa(_end) >> PAGE_SHIFT, "kernel");
	find_initrd(&mb);
	map = place_mem_map();
	pages_init(map, max_page);
	pages_reserve(0, max_page);
	for (unsigned i = 0; i < nr_ram; i++)
		mm_account.total += ram[i].end - ram[i].start;
	mm_account.pages[MM_RESERVED] = mm_account.total;
	for (unsigned i = 0; i < nr_ram; i++)
		release_around_reserved(ram[i].start, ram[i].end);
	show();
}

void initrd_free(void)
{
	unsigned long pa = initrd_start ? __pa(initrd_start) & PAGE_MASK : 0;
	unsigned long end = initrd_start ? __pa(initrd_end) : 0;

	for (; pa < end; pa += PAGE_SIZE)
		page_put(pa_page(pa));
	initrd_start = initrd_end = NULL;
}
