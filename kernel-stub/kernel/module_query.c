/* kernel/module_query.c - what is loaded: query_module, get_kernel_syms, /proc
 *
 * An answer is put together in a text first and copied out at once, so that nothing can
 * change while it is being read.
 */
#include "kernel/module.h"

#include <linux/errno.h>
#include <linux/kernel.h>
#include <linux/string.h>
#include "kernel/module_port.h"
#include "kernel/text.h"

/* --- query_module ------------------------------------------------------------------- */

/* Copy the answer out, `count` to *ret; or -ENOSPC and the bytes it needs. Frees it. */
static int answer(struct text *t, tgt_ulong count, tgt_addr buf, tgt_ulong size,
		  tgt_addr ret)
{
	tgt_ulong len = t->len;
	int error = t->error;

	if (!error && len <= size && len)
		error = port_copy_to(buf, t->buf, len);
	text_free(t);
	if (error)
		return error;
	if (len > size)
		count = len;
	if (port_copy_to(ret, &count, sizeof(count)))
		return -EFAULT;
	return len > size ? -ENOSPC : 0;
}

static tgt_ulong add_name(struct text *t, const struct mod *mod)
{
	text_add(t, mod->name, mod->name_size);
	return 1;
}

static tgt_ulong modules_to(struct text *t)
{
	tgt_ulong n = 0;
	struct mod *mod;

	list_for_each_entry (mod, &mod_list, list)
		if (mod != &mod_kernel)
			n += add_name(t, mod);
	return n;
}

static tgt_ulong deps_to(struct text *t, struct mod *mod)
{
	tgt_ulong n = 0;

	if (mod_queryable(mod))
		while (n < mod->ndeps)
			n += add_name(t, mod->links[n].dep);
	return n;
}

static bool shows_refs(const struct mod *mod)
{
	return mod_queryable(mod) || (mod->state & MOD_QUARANTINED);
}

static tgt_ulong refs_to(struct text *t, struct mod *mod)
{
	tgt_ulong n = 0;
	struct mod_link *link;

	if (shows_refs(mod))
		list_for_each_entry (link, &mod->refs, refs)
			n += add_name(t, link->user);
	return n;
}

/* The table, whose name members are offsets from its start, and the names behind it. */
static tgt_ulong symbols_to(struct text *t, struct mod *mod)
{
	tgt_ulong n = mod_queryable(mod) ? mod->nsyms : 0;
	struct tgt_module_symbol sym;
	unsigned long value, end = n * sizeof(sym);
	const char *name;
	size_t len;

	for (tgt_ulong i = 0; i < n; i++) {
		mod_symbol(mod, i, &value, &len);
		sym = (struct tgt_module_symbol){value, end};
		text_add(t, (char *)&sym, sizeof(sym));
		end += len + 1;
	}
	for (tgt_ulong i = 0; i < n; i++) {
		name = mod_symbol(mod, i, &value, &len);
		text_add(t, name, len);
		text_add(t, "", 1);
	}
	return n;
}

static struct tgt_module_info info_of(const struct mod *mod)
{
	return (struct tgt_module_info){
		.addr = (unsigned long)mod->header,
		.size = mod->size,
		.flags = mod_flags(mod),
		.usecount = mod_usecount(mod),
	};
}

static tgt_ulong info_to(struct text *t, struct mod *mod)
{
	struct tgt_module_info info = info_of(mod);

	text_add(t, (char *)&info, sizeof(info));
	return sizeof(info);
}

/* Copy a name with its NUL; returns what follows. Most have two or three words: calling memcpy
 * would take longer than copying them. */
static char *put_name(char *at, const struct mod *mod)
{
	const char *from = mod->name;
	size_t n = mod->name_size;

	for (; n >= 4; n -= 4, at += 4, from += 4)
		__builtin_memcpy(at, from, 4);
	while (n--)
		*at++ = *from++;
	return at;
}

/* One record. It is measured first, and written in one go: there may be a thousand. */
static void listed_to(struct text *t, const struct mod *mod)
{
	struct tgt_listed listed = {.info = info_of(mod)};
	size_t size = sizeof(listed) + mod->name_size;
	bool refs = !list_empty(&mod->refs) && shows_refs(mod);
	struct mod_link *link;
	char *at;

	if (refs)
		list_for_each_entry (link, &mod->refs, refs) {
			size += link->user->name_size;
			listed.nrefs++;
		}
	listed.size = ALIGN(size, 4);
	at = text_room(t, listed.size);
	if (!at)
		return;
	__builtin_memset(at + listed.size - 4, 0, 4); /* the padding */
	__builtin_memcpy(at, &listed, sizeof(listed));
	at = put_name(at + sizeof(listed), mod);
	if (refs)
		list_for_each_entry (link, &mod->refs, refs)
			at = put_name(at, link->user);
}

static tgt_ulong list_to(struct text *t)
{
	tgt_ulong n = 0;
	struct mod *mod;

	list_for_each_entry (mod, &mod_list, list) {
		if (mod == &mod_kernel)
			continue;
		listed_to(t, mod);
		n++;
	}
	return n;
}

static int query_lookup(tgt_addr names, tgt_addr buf, tgt_ulong size, tgt_addr ret)
{
	struct text t = {0};
	long n;

	if (!names || (mod_kernel.nsyms && !mod_kernel.exports))
		return -EINVAL;
	n = mod_lookup(&t, names);
	if (n >= 0)
		return answer(&t, n, buf, size, ret);
	text_free(&t);
	return n;
}

int mod_query(tgt_addr user_name, tgt_long which, tgt_addr buf, tgt_ulong size,
	      tgt_addr ret)
{
	struct text t = {0};
	struct mod *mod;
	tgt_ulong count;
	int error;

	if (which == TGT_QM_LOOKUP)
		return query_lookup(user_name, buf, size, ret);
	error = mod_find_user(user_name, &mod);
	if (error || which == 0)
		return error;
	if (mod == &mod_kernel && which == TGT_QM_LIST)
		return answer(&t, list_to(&t), buf, size, ret);
	if (mod == &mod_kernel && which != TGT_QM_MODULES && which != TGT_QM_SYMBOLS)
		return -EINVAL;
	switch (which) {
	case TGT_QM_MODULES:
		count = modules_to(&t);
		break;
	case TGT_QM_DEPS:
		count = deps_to(&t, mod);
		break;
	case TGT_QM_REFS:
		count = refs_to(&t, mod);
		break;
	case TGT_QM_SYMBOLS:
		count = symbols_to(&t, mod);
		break;
	case TGT_QM_INFO:
		count = info_to(&t, mod);
		break;
	default:
		return -EINVAL;
	}
	return answer(&t, count, buf, size, ret);
}

/* --- reading a module's memory ------------------------------------------------------- */

int mod_read_back(const struct mod *mod, tgt_addr image, tgt_ulong size)
{
	union mod_header header = {0};
	tgt_addr base = (unsigned long)mod->header;
	tgt_ulong from, to;

	if (size > TGT_MODULE_MAX_SIZE || !TGT_MODULE_HAS(size, persist_end))
		return -EINVAL;
	if (port_copy_from(&header, image, size))
		return -EFAULT;
	from = header.h.persist_start - base;
	to = header.h.persist_end - base;
	if (!mod_queryable(mod) || from > to || to > mod->size)
		return -EINVAL;
	return port_copy_to(image + size, (void *)header.h.persist_start, to - from);
}

/* --- get_kernel_syms ---------------------------------------------------------------- */

static void add_kernel_sym(struct text *t, unsigned long value, const char *prefix,
			   const char *name, size_t len)
{
	struct tgt_kernel_sym sym = {.value = value};
	size_t start = strlen(prefix), room = sizeof(sym.name) - 1 - start;

	memcpy(sym.name, prefix, start);
	memcpy(sym.name + start, name, min(len, room));
	text_add(t, (char *)&sym, sizeof(sym));
}

static void syms_to(struct text *t, struct mod *mod)
{
	unsigned long value;
	const char *name;
	size_t len;

	add_kernel_sym(t, (unsigned long)mod->header, "#", mod->name, strlen(mod->name));
	for (unsigned i = 0; i < mod->nsyms; i++) {
		name = mod_symbol(mod, i, &value, &len);
		add_kernel_sym(t, value, "", name, len);
	}
}

int mod_kernel_syms(tgt_addr table)
{
	struct text t = {0};
	struct mod *mod;
	int n = 0, error;

	list_for_each_entry (mod, &mod_list, list)
		n += mod->nsyms + 1;
	if (!table)
		return n;
	list_for_each_entry (mod, &mod_list, list)
		if (mod_queryable(mod))
			syms_to(&t, mod);
	n = t.len / sizeof(struct tgt_kernel_sym);
	error = t.error ? t.error : port_copy_to(table, t.buf, t.len);
	text_free(&t);
	return error ? error : n;
}

/* --- /proc -------------------------------------------------------------------------- */

static const char *state_text(const struct mod *mod)
{
	tgt_ulong flags = mod_flags(mod);

	if (flags & MOD_DELETED)
		return " (deleted)";
	if (flags & MOD_QUARANTINED)
		return " (quarantined)";
	if (flags & MOD_RUNNING) {
		if (flags & MOD_USED_ONCE)
			return flags & MOD_AUTOCLEAN ? " (autoclean)" : "";
		return flags & MOD_AUTOCLEAN ? " (autoclean) (unused)" : " (unused)";
	}
	return flags & MOD_INITIALIZING ? " (initializing)" : " (uninitialized)";
}

static void show_module(struct text *t, const struct mod *mod)
{
	const char *separator = " [";
	struct mod_link *link;

	text_printf(t, "%-20s%8lu", mod->name, (unsigned long)mod->size);
	if (mod->state & MOD_RUNNING)
		text_printf(t, "%4ld", mod_usecount(mod));
	text_printf(t, "%s", state_text(mod));
	list_for_each_entry (link, &mod->refs, refs) {
		text_printf(t, "%s%s", separator, link->user->name);
		separator = " ";
	}
	text_printf(t, "%s\n", list_empty(&mod->refs) ? "" : "]");
}

int mod_show_modules(struct text *t)
{
	struct mod *mod;

	list_for_each_entry (mod, &mod_list, list)
		if (mod != &mod_kernel)
			show_module(t, mod);
	return t->error;
}

static void show_syms(struct text *t, const struct mod *mod)
{
	unsigned long value;
	const char *name;
	size_t len;

	for (unsigned i = 0; i < mod->nsyms; i++) {
		name = mod_symbol(mod, i, &value, &len);
		text_printf(t, "%08lx %.*s", value, (int)len, name);
		if (mod == &mod_kernel)
			text_printf(t, "\n");
		else
			text_printf(t, "\t[%s]\n", mod->name);
	}
}

int mod_show_ksyms(struct text *t)
{
	struct mod *mod;

	list_for_each_entry (mod, &mod_list, list)
		if (mod_queryable(mod))
			show_syms(t, mod);
	return t->error;
}

static void show_pages(struct text *t, tgt_addr start, tgt_addr end, const char *rights)
{
	if (end > start)
		text_printf(t, "\t%08x-%08x %s\n", start, end, rights);
}

static void show_sections(struct text *t, const struct mod *mod)
{
	unsigned long start, size;
	const char *name;
	size_t len;

	for (unsigned i = 0; i < mod->nsyms; i++) {
		name = mod_section(mod, i, &len, &start, &size);
		if (name)
			text_printf(t, "\t%08lx-%08lx %.*s\n", start, start + size,
				    (int)len, name);
	}
}

static void show_memory(struct text *t, const struct mod *mod)
{
	tgt_addr base = (unsigned long)mod->header;
	tgt_addr end =
		base + (mod->area + TGT_PAGE_SIZE - 1) / TGT_PAGE_SIZE * TGT_PAGE_SIZE;

	text_printf(t, "%s %u pages\n", mod->name, (end - base) / TGT_PAGE_SIZE);
	if (mod->text) {
		show_pages(t, base, mod->text, "rw-");
		show_pages(t, mod->text, mod->rodata, "r-x");
		show_pages(t, mod->rodata, end, "r--");
	} else {
		show_pages(t, base, end, "rwx");
	}
	show_sections(t, mod);
}

int mod_show_memory(struct text *t)
{
	struct mod *mod;

	list_for_each_entry (mod, &mod_list, list)
		if (mod != &mod_kernel)
			show_memory(t, mod);
	return t->error;
}
