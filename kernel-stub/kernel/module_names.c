/* kernel/module_names.c - what lies at an address in a module: names for oopses
 *
 * Sources, the best last: the loader's markers of sections (__insmod_NAME_S.text_L304), the
 * module's exports, and the table __kallsyms with all its functions (struct kallsyms_header
 * of Linux 2.4; offsets are from its start). All are in the image, so none is trusted.
 */
#include "kernel/module.h"

#include <linux/kernel.h>
#include <linux/string.h>

struct kallsyms_header {
	tgt_ulong size, total_size;
	tgt_ulong nsections, section_offset, section_size;
	tgt_ulong nsymbols, symbol_offset, symbol_size;
	tgt_ulong string_offset;
	tgt_addr start, end;
};

struct kallsyms_symbol {
	tgt_ulong section_offset;
	tgt_addr value;
	tgt_ulong name_offset;
};

/* The thing that begins last before an address, and where the next one begins. */
struct nearest {
	unsigned long addr, start, end;
	const char *name;
	size_t len;
};

static void consider(struct nearest *n, unsigned long value, const char *name, size_t len)
{
	if (value > n->addr)
		n->end = min(n->end, value);
	else if (value >= n->start && len) {
		n->start = value;
		n->name = name;
		n->len = len;
	}
}

/* --- exports and markers -------------------------------------------------------------- */

static bool is_marker(const char *name, size_t len)
{
	return len > 9 && memcmp(name, "__insmod_", 9) == 0;
}

const char *mod_section(const struct mod *mod, unsigned i, size_t *len,
			unsigned long *start, unsigned long *size)
{
	size_t head = strlen("__insmod_") + strlen(mod->name) + strlen("_S"), end;
	const char *name = mod_symbol(mod, i, start, len);

	if (!is_marker(name, *len) || *len < head || memcmp(name + head - 2, "_S", 2))
		return NULL;
	for (end = *len; end > head && name[end - 1] != '_'; end--)
		;
	if (end < head + 2 || end == *len || name[end] != 'L')
		return NULL;
	*size = simple_strtoul(name + end + 1, NULL, 10);
	*len = end - 1 - head;
	return name + head;
}

static void consider_exports(struct nearest *n, const struct mod *mod)
{
	unsigned long value, size;
	const char *name;
	size_t len;

	for (unsigned i = 0; i < mod->nsyms; i++) {
		name = mod_section(mod, i, &len, &value, &size);
		if (!name) {
			name = mod_symbol(mod, i, &value, &len);
			if (is_marker(name, len))
				continue;
		}
		if (value - (unsigned long)mod->header < mod->size)
			consider(n, value, name, len);
	}
}

/* --- __kallsyms ------------------------------------------------------------------------ */

/* The string at an offset of the table, or "". */
static const char *string_at(const char *table, size_t table_len, size_t offset,
			     size_t *len)
{
	const char *nul =
		offset < table_len ? memchr(table + offset, 0, table_len - offset) : NULL;

	*len = nul ? nul - (table + offset) : 0;
	return nul ? table + offset : "";
}

static void consider_kallsyms(struct nearest *n, const struct mod *mod)
{
	size_t table_len = mod->kallsyms_end - mod->kallsyms, len;
	struct kallsyms_header h;
	struct kallsyms_symbol s;
	const char *name;

	if (table_len < sizeof(h))
		return;
	memcpy(&h, mod->kallsyms, sizeof(h));
	if (h.symbol_size < sizeof(s) || h.symbol_offset > table_len ||
	    h.nsymbols > (table_len - h.symbol_offset) / h.symbol_size)
		return;
	for (tgt_ulong i = 0; i < h.nsymbols; i++) {
		memcpy(&s, mod->kallsyms + h.symbol_offset + i * h.symbol_size,
		       sizeof(s));
		name = string_at(mod->kallsyms, table_len, s.name_offset, &len);
		if (s.value - (unsigned long)mod->header < mod->size &&
		    !is_marker(name, len))
			consider(n, s.value, name, len);
	}
}

bool mod_symname(unsigned long addr, char *buf, size_t size)
{
	const struct mod *mod = mod_within(addr);
	struct nearest n = {.addr = addr, .name = "image", .len = 5};

	if (!mod)
		return false;
	/* Code is not called by the name of what lies before the code. */
	n.start = addr >= mod->text && addr < mod->rodata ? mod->text
							  : (unsigned long)mod->header;
	n.end = (unsigned long)mod->header + mod->size;
	consider_exports(&n, mod);
	consider_kallsyms(&n, mod);
	snprintf(buf, size, "%.*s+0x%lx/0x%lx [%s]", (int)n.len, n.name, addr - n.start,
		 n.end - n.start, mod->name);
	return true;
}
