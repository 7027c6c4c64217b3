/* kernel/symname.c - names for addresses
 *
 * The kernel's own functions are in a table that the build makes from the linked image
 * (scripts/kernel-names) and links in behind everything else: addresses rising, with the
 * names one after the other in the same order.
 */
#include "kernel/module.h"
#include "kernel/panic.h"
#include <linux/kernel.h>

struct name {
	unsigned long addr, text; /* text: offset in kernel_name_text */
};

/* One more entry than there are functions: the end of the text. */
extern const struct name kernel_names[] __attribute__((weak));
extern const unsigned long kernel_names_count __attribute__((weak));
extern const char kernel_name_text[] __attribute__((weak));

extern const char _text[], _etext[];

static bool in_kernel(unsigned long addr)
{
	return addr >= (unsigned long)_text && addr < (unsigned long)_etext;
}

bool is_code(unsigned long addr)
{
	return in_kernel(addr) || mod_at(addr);
}

/* The last function that begins at or before addr. */
static const struct name *find(unsigned long addr)
{
	unsigned long low = 0, high;

	if (!&kernel_names_count || !kernel_names_count || addr < kernel_names[0].addr)
		return NULL;
	high = kernel_names_count;
	while (high - low > 1) {
		unsigned long mid = (low + high) / 2;

		if (kernel_names[mid].addr <= addr)
			low = mid;
		else
			high = mid;
	}
	return &kernel_names[low];
}

/* The function that holds addr - back, with the offset of addr. */
static char *name_of(char *buf, size_t size, unsigned long addr, unsigned long back)
{
	const struct name *n = in_kernel(addr - back) ? find(addr - back) : NULL;

	if (n)
		snprintf(buf, size, "%s+0x%lx/0x%lx", kernel_name_text + n->text,
			 addr - n->addr, n[1].addr - n->addr);
	else if (!mod_symname(addr, buf, size))
		snprintf(buf, size, "0x%08lx", addr);
	return buf;
}

char *symname(char *buf, size_t size, unsigned long addr)
{
	return name_of(buf, size, addr, 0);
}

char *symname_call(char *buf, size_t size, unsigned long return_address)
{
	return name_of(buf, size, return_address, 1);
}
