/* obj_module.c - the sections that make an object a 2.4 kernel module
 *
 *	.this       struct module: 96 bytes, filled in by obj_image; 8 more if separate
 *	.kmodtab    a tgt_module_ref for each provider that satisfied a symbol
 *	__ksymtab   tgt_module_symbols: address and name of each export
 *	.kstrtab    the names
 *	__archdata  empty on i386
 *	__kallsyms  sections and symbols for debuggers (obj_kallsyms.c)
 *
 * They are made with their final sizes by obj_resolve and obj_build_module, and get their
 * addresses in obj_fill_module, once symbols have them.
 */
#include <errno.h>
#include "obj_priv.h"

int obj_place_this(struct obj_file *f, const char *module_name)
{
	struct symbol *s = obj_lookup(f, "__this_module");
	int err;

	f->this = obj_add_section(f, ".this", SHF_WRITE, 4);
	f->this->o.size = f->separate ? TGT_MODULE_RIGHTS_SIZE : TGT_MODULE_SIZE;
	err = obj_add_string(f, module_name, &f->name);
	if (!err && s && s->o.secidx == SHN_UNDEF) {
		s->o.secidx = f->this->o.secidx;
		s->o.value = 0;
		s->o.size = TGT_MODULE_SIZE;
		s->o.type = STT_OBJECT;
		s->o.bind = STB_LOCAL;
	}
	return err;
}

/* --- .kmodtab --------------------------------------------------------------------------- */

static int build_kmodtab(struct obj_file *f, const struct obj_module *m)
{
	tgt_addr *deps = obj_alloc(f, (m->nproviders + 1) * sizeof(*deps));

	if (!deps)
		return -ENOMEM;
	for (unsigned i = 0; i < m->nproviders; i++)
		if (obj_provider_used(f, i + 1))
			deps[f->ndeps++] = m->providers[i];
	f->deps = deps;
	if (!f->ndeps)
		return 0;
	/* The kernel links the records into lists. */
	f->kmodtab = obj_add_section(f, ".kmodtab", f->separate ? SHF_WRITE : 0, 4);
	f->kmodtab->o.size = f->ndeps * sizeof(struct tgt_module_ref);
	return 0;
}

static void fill_kmodtab(struct obj_file *f)
{
	unsigned char *at;

	for (unsigned i = 0; i < f->ndeps; i++) {
		at = f->image + f->kmodtab->offset + i * sizeof(struct tgt_module_ref);
		obj_put32(at + offsetof(struct tgt_module_ref, dep), f->deps[i]);
		obj_put32(at + offsetof(struct tgt_module_ref, ref), f->this->o.address);
	}
}

/* --- __ksymtab ---------------------------------------------------------------------------- */

/* A __ksymtab that is not loaded (EXPORT_NO_SYMBOLS) makes way for ours. */
static int open_ksymtab(struct obj_file *f)
{
	struct section *s = obj_section_named(f, "__ksymtab");
	int err;

	if (s && s->loaded) {
		err = obj_append(&f->exports, s->bytes, s->o.size);
		if (err)
			return err;
		f->ksymtab = s;
		f->nexports = s->o.size / sizeof(struct tgt_module_symbol);
		if (s->o.align < 4)
			s->o.align = 4;
		return 0;
	}
	if (s)
		s->o.name = "x_ksymtab";
	f->ksymtab = obj_add_section(f, "__ksymtab", 0, 4);
	return 0;
}

/* Make room for each export; names go to .kstrtab. */
static int build_ksymtab(struct obj_file *f)
{
	struct export *e;
	int err = 0;

	if (!f->export_list)
		return 0;
	err = open_ksymtab(f);
	for (e = f->export_list; e && !err; e = e->next) {
		err = obj_add_string(f, e->symbol->o.name, &e->string);
		if (!err)
			err = obj_append(&f->exports, NULL,
					 sizeof(struct tgt_module_symbol));
	}
	if (err)
		return err;
	f->ksymtab->bytes = f->exports.bytes;
	f->ksymtab->o.size = f->exports.len;
	return 0;
}

static void fill_ksymtab(struct obj_file *f)
{
	unsigned char *at;

	if (!f->export_list)
		return;
	at = f->image + f->ksymtab->offset;
	at += f->nexports * sizeof(struct tgt_module_symbol);
	for (const struct export *e = f->export_list; e; e = e->next) {
		obj_put32(at, e->symbol->o.value);
		obj_put32(at + 4, f->kstrtab->o.address + e->string);
		at += sizeof(struct tgt_module_symbol);
	}
}

static int add_export(struct obj_file *f, const struct symbol *s)
{
	struct export *e = obj_alloc(f, sizeof(*e));

	if (!e)
		return -ENOMEM;
	e->symbol = s;
	*f->last_export = e;
	f->last_export = &e->next;
	return 0;
}

/* Every name of a module that says nothing about exports, in front of those asked for. */
static int export_all(struct obj_file *f)
{
	struct export *asked = f->export_list;
	const struct symbol *s;
	int err = 0;

	f->export_list = NULL;
	f->last_export = &f->export_list;
	for (uint32_t i = f->first_global; i < f->nsymbols && !err; i++) {
		s = &f->symbols[i];
		if (s->owner == i && s->o.bind != STB_LOCAL && obj_is_own(f, &s->o))
			err = add_export(f, s);
	}
	*f->last_export = asked;
	return err;
}

static void make_local(struct obj_file *f, const char *name)
{
	struct symbol *s = obj_lookup(f, name);

	if (s && s->o.secidx != SHN_UNDEF && !obj_is_import(&s->o))
		s->o.bind = STB_LOCAL;
}

static int check_ksymtab(struct obj_file *f, const struct section *s)
{
	if (s && s->loaded && s->o.size % sizeof(struct tgt_module_symbol))
		return obj_error(f, -ENOEXEC,
				 "section __ksymtab is not a number of symbols");
	return 0;
}

/* The object's own __ksymtab, or -x, decides on exports; what obj_add_export asked for is
 * then appended at once. Else everything is exported, after .kmodtab. */
int obj_build_module(struct obj_file *f, const struct obj_module *m)
{
	const struct section *own = obj_section_named(f, "__ksymtab");
	bool all = !own && !m->no_export_all;
	int err;

	if (f->stage != RESOLVED || !f->this || f->nproviders > m->nproviders + 1)
		return -EINVAL;
	f->stage = FAILED;
	err = check_ksymtab(f, own);
	make_local(f, "init_module");
	make_local(f, "cleanup_module");
	make_local(f, "kernel_version");
	if (!err)
		err = all ? export_all(f) : build_ksymtab(f);
	if (!err)
		err = build_kmodtab(f, m);
	if (!err && all)
		err = build_ksymtab(f);
	if (err)
		return err;
	f->archdata = obj_add_section(f, "__archdata", 0, 16);
	if (m->kallsyms)
		err = obj_build_kallsyms(f);
	if (!err)
		f->stage = BUILT;
	return err;
}

void obj_fill_module(struct obj_file *f)
{
	fill_kmodtab(f);
	fill_ksymtab(f);
	obj_fill_kallsyms(f);
}

/* --- struct module ------------------------------------------------------------------------ */

static void set_range(const struct section *s, tgt_addr *start, tgt_addr *end)
{
	if (!s || !s->o.size)
		return;
	*start = s->o.address;
	*end = s->o.address + s->o.size;
}

static tgt_addr address_of(struct obj_file *f, const char *name)
{
	struct symbol *s = obj_lookup(f, name);

	return s && s->o.secidx != SHN_UNDEF && !obj_is_import(&s->o) ? s->o.value : 0;
}

static void set_exports(const struct obj_file *f, struct tgt_module *m)
{
	const struct section *s = obj_section_named(f, "__ksymtab");

	if (!s || !s->loaded)
		return;
	m->nsyms = s->o.size / sizeof(struct tgt_module_symbol);
	m->syms = m->nsyms ? s->o.address : 0;
}

static void fill_this(struct obj_file *f, tgt_ulong flags)
{
	const struct obj_section *ex = obj_find_section(f, "__ex_table");
	struct tgt_module m = {
		.size_of_struct = f->this->o.size,
		.name = f->kstrtab->o.address + f->name,
		.size = f->size,
		.flags = flags,
		.ndeps = f->ndeps,
		.deps = f->ndeps ? f->kmodtab->o.address : 0,
		.init = address_of(f, "init_module"),
		.cleanup = address_of(f, "cleanup_module"),
		.runsize = f->runsize,
	};
	uint32_t words[TGT_MODULE_SIZE / 4];
	unsigned char *at = f->image + f->this->offset;

	set_exports(f, &m);
	set_range((const struct section *)ex, &m.ex_table_start, &m.ex_table_end);
	set_range(f->kallsyms, &m.kallsyms_start, &m.kallsyms_end);
	set_range(f->archdata, &m.archdata_start, &m.archdata_end);
	memcpy(words, &m, sizeof(words));
	for (size_t i = 0; i < sizeof(words) / 4; i++)
		obj_put32(at + 4 * i, words[i]);
	if (!f->separate)
		return;
	at += TGT_MODULE_SIZE;
	obj_put32(at + offsetof(struct tgt_module_rights, text_start),
		  f->base + f->text_start);
	obj_put32(at + offsetof(struct tgt_module_rights, rodata_start),
		  f->base + f->rodata_start);
}

const void *obj_image(struct obj_file *f, tgt_ulong flags)
{
	if (f->stage != RELOCATED)
		return NULL;
	if (f->this)
		fill_this(f, flags);
	return f->image;
}
