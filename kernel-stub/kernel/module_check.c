/* kernel/module_check.c - is what a loader hands over a module?
 *
 * Everything that comes from user space and that the kernel will ever follow is checked
 * here. The rules and texts are those of Linux 2.4, made strict where it let something
 * through: a function is at least a byte, a name has its NUL, a table cannot start at 0
 * and end elsewhere, and every symbol's name is looked at.
 */
#include "kernel/module.h"

#include <linux/kernel.h>
#include <linux/string.h>

/* Longest name of a symbol; a path can be part of one (__insmod_NAME_O/path/...). Without a
 * limit, a table whose names are all the same megabytes would keep the kernel for hours. */
#define SYMBOL_MAX (2 * TGT_PAGE_SIZE)

/* Do n elements of `each` bytes at p lie in the image, after its header? */
static bool bound(const struct tgt_module *h, tgt_addr base, tgt_addr p, tgt_ulong n,
		  tgt_ulong each)
{
	tgt_ulong off = p - base;

	return p >= base && off >= h->size_of_struct && off <= h->size &&
	       n <= (h->size - off) / each;
}

static bool function_bound(const struct tgt_module *h, tgt_addr base, tgt_addr fn)
{
	return !fn || bound(h, base, fn, 1, 1);
}

/* The end of the table must not be the end of the image. */
static bool ex_table_valid(const struct tgt_module *h, tgt_addr base)
{
	tgt_addr start = h->ex_table_start, end = h->ex_table_end;

	if (!start)
		return !end;
	return start <= end && (end - start) % sizeof(struct tgt_exception_entry) == 0 &&
	       bound(h, base, start, 0, 1) && bound(h, base, end, 1, 1);
}

/* A stretch of bytes the kernel only knows of. */
static const char *check_range(const struct tgt_module *h, tgt_addr base, tgt_addr start,
			       tgt_addr end, const char *outside, const char *invalid)
{
	if (end && (!bound(h, base, start, 0, 1) || !bound(h, base, end, 0, 1)))
		return outside;
	return start > end ? invalid : NULL;
}

/* The members that came with and after 2.2; absent ones are zero. */
static const char *check_optional(const struct tgt_module *h, tgt_addr base)
{
	const char *bad;

	if (!function_bound(h, base, h->can_unload))
		return "mod->can_unload out of bounds.";
	bad = check_range(h, base, h->kallsyms_start, h->kallsyms_end,
			  "mod->kallsyms out of bounds.", "mod->kallsyms invalid.");
	if (bad)
		return bad;
	bad = check_range(h, base, h->archdata_start, h->archdata_end,
			  "mod->archdata out of bounds.", "mod->archdata invalid.");
	if (bad)
		return bad;
	return h->kernel_data ? "mod->kernel_data must be zero." : NULL;
}

/* Header and dependencies must lie where they can be written. */
static const char *check_rights(const struct tgt_module *h,
				const struct tgt_module_rights *r, tgt_addr base)
{
	tgt_ulong text = r->text_start - base, rodata = r->rodata_start - base;

	if (!r->text_start && !r->rodata_start)
		return NULL;
	if (text % TGT_PAGE_SIZE || rodata % TGT_PAGE_SIZE || text < h->size_of_struct ||
	    text > rodata || rodata > h->size)
		return "mod->rights invalid.";
	if (h->ndeps && h->deps - base + h->ndeps * sizeof(struct tgt_module_ref) > text)
		return "mod->deps is not writable.";
	return NULL;
}

const char *mod_check_header(const union mod_header *header, tgt_addr base,
			     tgt_ulong area, size_t name_len)
{
	const struct tgt_module *h = &header->h;
	const char *bad;

	if (h->size > area)
		return "Size of initialized module exceeds size of created module.";
	if (h->size_of_struct > h->size)
		return "Size of initialized module is less than its header.";
	if (!bound(h, base, h->name, name_len + 1, 1))
		return "mod->name out of bounds.";
	if (h->nsyms &&
	    !bound(h, base, h->syms, h->nsyms, sizeof(struct tgt_module_symbol)))
		return "mod->syms out of bounds.";
	if (h->ndeps && !bound(h, base, h->deps, h->ndeps, sizeof(struct tgt_module_ref)))
		return "mod->deps out of bounds.";
	if (!function_bound(h, base, h->init))
		return "mod->init out of bounds.";
	if (!function_bound(h, base, h->cleanup))
		return "mod->cleanup out of bounds.";
	if (!ex_table_valid(h, base))
		return "mod->ex_table_* invalid.";
	if (h->flags & ~TGT_MOD_AUTOCLEAN)
		return "mod->flags invalid.";
	bad = check_optional(h, base);
	return bad ? bad : check_rights(h, &header->rights, base);
}

const char *mod_symbol(const struct mod *mod, unsigned i, unsigned long *value,
		       size_t *len)
{
	unsigned long off;
	const char *nul;
	struct module_symbol sym;

	memcpy(&sym, (const char *)mod->syms + i * sizeof(sym), sizeof(sym));
	*value = sym.value;
	*len = 0;
	if (mod == &mod_kernel) {
		*len = strlen(sym.name);
		return sym.name;
	}
	off = (unsigned long)sym.name - (unsigned long)mod->header;
	if (off >= mod->size)
		return "";
	nul = memchr(sym.name, 0, min(mod->size - off, (unsigned long)SYMBOL_MAX));
	if (!nul)
		return "";
	*len = nul - sym.name;
	return sym.name;
}

bool mod_check_symbols(const struct mod *mod)
{
	unsigned long value;
	size_t len;

	for (unsigned i = 0; i < mod->nsyms; i++) {
		mod_symbol(mod, i, &value, &len);
		if (!len)
			return false;
	}
	return true;
}
