/* depmod/facts.c - what one module's file says: exports, imports, .modinfo
 *
 * A module of Linux 2.6 and later exports what it has a version of (__crc_NAME) or, built
 * without versions, what __ksymtab_strings lists. A module of 2.4 exports the symbols in its
 * section __ksymtab, called __ksymtab_NAME; without such a section, every global symbol.
 */
#include "facts.h"

#include <elf.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include "tables.h"

/* The sections that matter, by index; 0 is none. */
struct places {
	uint32_t modinfo, strings, versions, ksymtab;
	bool exports; /* there are sections for exports: local symbols matter, too */
};

static bool starts_with(const char *s, const char *start, size_t len)
{
	return strncmp(s, start, len) == 0;
}
#define STARTS(s, literal) starts_with(s, literal, sizeof(literal) - 1)

static void find_places(const struct modelf *m, struct places *p)
{
	*p = (struct places){0};
	for (uint32_t i = 1; i < m->nsections; i++) {
		const struct modelf_section *s = &m->sections[i];

		if (s->type == SHT_NOBITS || (s->name[0] != '.' && s->name[0] != '_'))
			continue;
		if (strcmp(s->name, ".modinfo") == 0 && !p->modinfo)
			p->modinfo = i;
		else if (strcmp(s->name, "__versions") == 0 && !p->versions)
			p->versions = i;
		else if (strcmp(s->name, "__ksymtab_strings") == 0 && !p->strings)
			p->strings = i;
		else if (strcmp(s->name, "__ksymtab") == 0 && !p->ksymtab)
			p->ksymtab = i;
		if (STARTS(s->name, "__ksymtab") || STARTS(s->name, "___kcrctab") ||
		    STARTS(s->name, "__kcrctab"))
			p->exports = true;
	}
}

static int list_add(struct fact_list *list, const struct fact *fact)
{
	if (list->n == list->room) {
		uint32_t room = list->room * 2 + 256;
		struct fact *v = realloc(list->v, room * sizeof(*v));

		if (!v)
			return -ENOMEM;
		list->v = v;
		list->room = room;
	}
	list->v[list->n++] = *fact;
	return 0;
}

/* The value of __crc_NAME: the symbol's own, or the word it labels. */
static int read_crc(struct facts *f, struct modelf *m, const struct modelf_symbol *sym,
		    uint32_t *crc)
{
	int err;

	*crc = sym->value;
	if (sym->secidx == SHN_ABS || sym->secidx == SHN_UNDEF ||
	    sym->secidx >= m->nsections || m->sections[sym->secidx].type == SHT_NOBITS)
		return 0;
	err = modelf_section(m, sym->secidx, &f->table);
	if (err)
		return err;
	*crc = sym->value < f->table.len && f->table.len - sym->value >= 4
		       ? modelf_number(m, f->table.bytes + sym->value, 4)
		       : 0;
	return 0;
}

/* What a symbol says under the rules of 2.6 and later. */
static int take_symbol(struct facts *f, struct modelf *m,
		       const struct facts_wanted *wanted, const struct modelf_symbol *sym)
{
	struct fact fact = {.name = sym->name};

	if (sym->secidx == SHN_UNDEF) {
		if ((sym->bind != STB_GLOBAL && sym->bind != STB_WEAK) || !sym->name[0])
			return 0;
		fact.weak = sym->bind == STB_WEAK;
		fact.len = strlen(fact.name);
		return list_add(&f->imports, &fact);
	}
	if (sym->name[0] != '_' || !STARTS(sym->name, "__crc_"))
		return 0;
	fact.name += strlen("__crc_");
	fact.len = strlen(fact.name);
	if (wanted->crcs) {
		int err = read_crc(f, m, sym, &fact.crc);

		if (err)
			return err;
	}
	return list_add(&f->exports, &fact);
}

/* What a symbol says under the rules of 2.4 and before. */
static int take_classic_symbol(struct facts *f, const struct places *p,
			       const struct modelf_symbol *sym)
{
	struct fact fact = {.name = sym->name, .len = strlen(sym->name)};

	if (sym->secidx == SHN_UNDEF)
		return sym->bind == STB_GLOBAL && fact.len ? list_add(&f->imports, &fact)
							   : 0;
	if (sym->bind != STB_GLOBAL)
		return 0;
	if (p->ksymtab) {
		if (sym->secidx != p->ksymtab || !STARTS(sym->name, "__ksymtab_"))
			return 0;
		fact.name += strlen("__ksymtab_");
		fact.len -= strlen("__ksymtab_");
	}
	return list_add(&f->exports, &fact);
}

static int read_symbols(struct facts *f, struct modelf *m,
			const struct facts_wanted *wanted, const struct places *p)
{
	/* Exports and device tables of modules are local symbols. */
	uint32_t first = p->exports || wanted->classic ? 0 : m->first_global;
	int err = modelf_symbols(m, first);

	for (uint32_t i = first ? first : 1; !err && i < m->nsymbols; i++) {
		struct modelf_symbol sym;

		err = modelf_symbol(m, i, &sym);
		if (err)
			return err;
		err = wanted->classic ? take_classic_symbol(f, p, &sym)
				      : take_symbol(f, m, wanted, &sym);
	}
	return err;
}

/* Call fn for each NUL-terminated string among the bytes; a last one may lack its NUL. */
static int each_string(const struct modelf_bytes *b,
		       int (*fn)(struct facts *f, const char *s, size_t len),
		       struct facts *f)
{
	size_t at = 0;
	int err = 0;

	while (!err && at < b->len) {
		const char *s = (char *)b->bytes + at;
		size_t len = strnlen(s, b->len - at);

		if (len)
			err = fn(f, s, len);
		at += len + 1;
	}
	return err;
}

static int take_export_string(struct facts *f, const char *s, size_t len)
{
	return list_add(&f->exports, &(struct fact){.name = s, .len = len});
}

static int read_export_strings(struct facts *f, struct modelf *m, uint32_t secidx)
{
	int err = modelf_section(m, secidx, &f->strings);

	return err ? err : each_string(&f->strings, take_export_string, f);
}

static int take_info(struct facts *f, const char *s, size_t len)
{
	enum fact_info kind;

	if (STARTS(s, "alias="))
		kind = INFO_ALIAS;
	else if (STARTS(s, "softdep="))
		kind = INFO_SOFTDEP;
	else if (STARTS(s, "weakdep="))
		kind = INFO_WEAKDEP;
	else
		return 0;
	text_addc(&f->info, kind);
	s = strchr(s, '=');
	text_add(&f->info, s + 1, strlen(s + 1) + 1);
	return text_failed(&f->info) ? -ENOMEM : 0;
}

/* The versions the module was built with, for the imports already listed. An entry is a word
 * of the machine and a name, 64 bytes together. */
static int read_versions(struct facts *f, struct modelf *m, uint32_t secidx)
{
	const size_t entry = 64, word = m->wide ? 8 : 4;
	int err = modelf_section(m, secidx, &f->versions);

	if (err)
		return err;
	for (size_t at = 0; at + entry <= f->versions.len; at += entry) {
		const char *name = (char *)f->versions.bytes + at + word;
		size_t len = strnlen(name, entry - word);

		for (uint32_t i = 0; i < f->imports.n; i++) {
			struct fact *import = &f->imports.v[i];

			if (import->len == len && memcmp(import->name, name, len) == 0)
				import->crc = modelf_number(m, f->versions.bytes + at, 4);
		}
	}
	return 0;
}

static void skip_prefix(struct fact_list *list, char prefix)
{
	for (uint32_t i = 0; prefix && i < list->n; i++) {
		if (list->v[i].name[0] != prefix)
			continue;
		list->v[i].name++;
		list->v[i].len--;
	}
}

int facts_read(struct facts *f, struct modelf *m, const struct facts_wanted *wanted)
{
	struct places p;
	int err;

	f->exports.n = f->imports.n = 0;
	f->info.len = 0;
	find_places(m, &p);
	err = read_symbols(f, m, wanted, &p);
	if (!err && !f->exports.n && p.strings)
		err = read_export_strings(f, m, p.strings);
	if (!err && p.modinfo)
		err = modelf_section(m, p.modinfo, &f->modinfo);
	if (!err && p.modinfo)
		err = each_string(&f->modinfo, take_info, f);
	if (!err && wanted->crcs && p.versions)
		err = read_versions(f, m, p.versions);
	if (!err && wanted->classic)
		err = tables_read(m, &f->info);
	skip_prefix(&f->exports, wanted->prefix);
	skip_prefix(&f->imports, wanted->prefix);
	return err;
}

void facts_free(struct facts *f)
{
	free(f->exports.v);
	free(f->imports.v);
	text_free(&f->info);
	modelf_bytes_free(&f->modinfo);
	modelf_bytes_free(&f->strings);
	modelf_bytes_free(&f->versions);
	modelf_bytes_free(&f->table);
	*f = (struct facts){0};
}
