/* mm/account.c - who has the memory: mm_counters() and /proc/meminfo */
#include "mm/account.h"
#include "kernel/text.h"
#include <asm/system.h>

struct mm_counters mm_account;

void mm_counters(struct mm_counters *out)
{
	unsigned long irq = irq_save();

	*out = mm_account;
	irq_restore(irq);
}

static unsigned long kib(unsigned long pages)
{
	return pages << (PAGE_SHIFT - 10);
}

/* The names that 2.4 has mean here what they mean there; the others are ours. */
int mm_show_meminfo(struct text *t)
{
	static const char *const name[MM_KINDS] = {
		[MM_RESERVED] = "Reserved",  [MM_PAGETABLE] = "PageTables",
		[MM_STACK] = "KernelStack",  [MM_SLAB] = "Slab",
		[MM_LARGE] = "KmallocPages", [MM_MODULE] = "Modules",
		[MM_PROCESS] = "AnonPages",  [MM_FILE] = "Cached",
		[MM_BUFFER] = "DriverPages",
	};
	struct mm_counters c;

	mm_counters(&c);
	text_printf(t, "MemTotal:     %8lu kB\n", kib(c.total - c.pages[MM_RESERVED]));
	text_printf(t, "MemFree:      %8lu kB\n", kib(c.pages[MM_FREE]));
	for (unsigned k = MM_RESERVED; k < MM_KINDS; k++)
		text_printf(t, "%s:%*s%8lu kB\n", name[k],
			    13 - (int)__builtin_strlen(name[k]), "", kib(c.pages[k]));
	text_printf(t, "KmallocBytes:  %lu\n", c.kmalloc_bytes);
	return text_printf(t, "KmallocObjects: %lu\n", c.kmalloc_objects);
}
