/* obj_load.c - take an object file apart and believe nothing of it
 *
 * This is the only file that sees untrusted offsets and indices. libelf reads the headers;
 * each table and each reference is then checked once, with obj_in_range. After obj_load
 * no section, symbol or relocation points outside of what it belongs to.
 */
#include <errno.h>
#include <libelf.h>
#include <stdlib.h>
#include "obj_priv.h"

#define refuse(f, ...) obj_error(f, -ENOEXEC, __VA_ARGS__)

/* Section numbers from SHN_LORESERVE on (extended numbering) move up, so that in
 * obj_symbol.secidx they cannot be taken for SHN_ABS or SHN_COMMON. */
static uint64_t section_number(uint64_t n)
{
	return n < SHN_LORESERVE ? n : n + (SHN_HIRESERVE - SHN_LORESERVE + 1);
}

static struct section *section_at(const struct obj_file *f, uint32_t n)
{
	uint64_t i = section_number(n);

	return i < f->nsections ? &f->sections[i] : NULL;
}

/* The string at `off` of a section whose last byte is known to be NUL, or NULL. */
static const char *string_at(const struct section *strings, uint32_t off)
{
	return off < strings->o.size ? (const char *)strings->bytes + off : NULL;
}

static bool is_terminated(const struct section *s)
{
	return s->bytes && s->o.size && !s->bytes[s->o.size - 1];
}

/* --- header --------------------------------------------------------------------------- */

/* What is asked of the bytes before libelf sees them. */
static int check_ident(struct obj_file *f)
{
	const unsigned char *id = f->bytes;

	if (!f->len)
		return refuse(f, "empty file");
	if (f->len < EI_NIDENT || memcmp(id, ELFMAG, SELFMAG))
		return refuse(f, "not an ELF file");
	if (id[EI_CLASS] != ELFCLASS32 || id[EI_DATA] != ELFDATA2LSB ||
	    id[EI_VERSION] != EV_CURRENT)
		return refuse(
			f,
			"ELF file not for this architecture: not 32-bit little endian");
	if (f->len < sizeof(Elf32_Ehdr))
		return refuse(f, "cannot read ELF header: the file ends in it");
	return 0;
}

static int check_header(struct obj_file *f, const Elf32_Ehdr *h)
{
	if (h->e_machine != EM_386)
		return refuse(f, "ELF file not for this architecture: machine %u, not %u",
			      h->e_machine, EM_386);
	if (h->e_type != ET_REL)
		return refuse(f, "ELF file not a relocatable object: type %u, not %u",
			      h->e_type, ET_REL);
	if (h->e_shentsize != sizeof(Elf32_Shdr))
		return refuse(f, "section header size mismatch: %u != %zu",
			      h->e_shentsize, sizeof(Elf32_Shdr));
	return 0;
}

/* --- sections ------------------------------------------------------------------------- */

static bool has_contents(const Elf32_Shdr *sh)
{
	return sh->sh_type != SHT_NULL && sh->sh_type != SHT_NOBITS;
}

/* The types whose contents go into the image if the section is allocated. */
static bool is_loadable(uint32_t type)
{
	return type == SHT_PROGBITS || type == SHT_NOBITS || type == SHT_NOTE;
}

static bool is_constructors(uint32_t type)
{
	return type == SHT_INIT_ARRAY || type == SHT_FINI_ARRAY ||
	       type == SHT_PREINIT_ARRAY;
}

static int check_loadable(struct obj_file *f, const struct section *s)
{
	const struct obj_section *o = &s->o;

	if (is_constructors(o->type) && o->size)
		return refuse(f, "section %s: constructors are not run in a kernel",
			      o->name);
	if (!is_loadable(o->type) && !is_constructors(o->type))
		return refuse(f, "can't handle sections of type %u (%s)", o->type,
			      o->name);
	if (o->flags & SHF_COMPRESSED)
		return refuse(f, "section %s is compressed", o->name);
	if (o->flags & SHF_TLS)
		return refuse(f, "section %s is thread-local storage", o->name);
	if (o->align & (o->align - 1) || o->align > TGT_PAGE_SIZE)
		return refuse(f,
			      "section %s: alignment %u is not a power of two up to %u",
			      o->name, o->align, TGT_PAGE_SIZE);
	if (o->size > OBJ_MAX_SIZE)
		return refuse(f, "section %s: size %u is more than %u", o->name, o->size,
			      OBJ_MAX_SIZE);
	return 0;
}

static int read_section(struct obj_file *f, struct section *s, const Elf32_Shdr *sh)
{
	s->o = (struct obj_section){
		.name = "",
		.size = sh->sh_size,
		.align = sh->sh_addralign ? sh->sh_addralign : 1,
		.flags = sh->sh_flags,
		.type = sh->sh_type,
		.secidx = s - f->sections,
	};
	s->link = sh->sh_link;
	s->info = sh->sh_info;
	s->entsize = sh->sh_entsize;
	if (!has_contents(sh) || !sh->sh_size)
		return 0;
	if (!obj_in_range(sh->sh_offset, sh->sh_size, f->len))
		return refuse(
			f,
			"error reading ELF section data: section %d, offset %u and size "
			"%u, does not lie within the file's %zu bytes",
			s->o.secidx, sh->sh_offset, sh->sh_size, f->len);
	s->bytes = f->bytes + sh->sh_offset;
	return 0;
}

/* Header `i` of the table, whose range was checked. */
static Elf32_Shdr header_at(const struct obj_file *f, const Elf32_Ehdr *h, size_t i)
{
	Elf32_Shdr sh = {0};
	Elf_Data file = {
		.d_buf = (void *)(f->bytes + h->e_shoff + i * sizeof(sh)),
		.d_type = ELF_T_SHDR,
		.d_version = EV_CURRENT,
		.d_size = sizeof(sh),
	};
	Elf_Data memory = {.d_buf = &sh, .d_version = EV_CURRENT, .d_size = sizeof(sh)};

	elf32_xlatetom(&memory, &file, ELFDATA2LSB);
	return sh;
}

static int read_headers(struct obj_file *f, const Elf32_Ehdr *h, size_t shnum)
{
	Elf32_Shdr sh;
	int err;

	for (size_t i = 1; i < shnum; i++) {
		sh = header_at(f, h, i);
		err = read_section(f, section_at(f, i), &sh);
		if (err)
			return err;
	}
	return 0;
}

static int allocate_sections(struct obj_file *f, Elf *elf, const Elf32_Ehdr *h,
			     size_t *shnum)
{
	size_t n;

	if (elf_getshdrnum(elf, shnum))
		return refuse(f, "error reading ELF section headers: %s", elf_errmsg(-1));
	/* libelf sees no headers where they do not lie within the file */
	n = *shnum ? *shnum : h->e_shnum;
	if (n < 2)
		return refuse(f, "there are no sections");
	if (!obj_in_range(h->e_shoff, (uint64_t)n * sizeof(Elf32_Shdr), f->len))
		return refuse(
			f,
			"error reading ELF section headers: %zu headers at offset %u do "
			"not lie within the file's %zu bytes",
			n, h->e_shoff, f->len);
	if (*shnum < 2)
		return refuse(f, "error reading ELF section headers");
	f->nsections = f->nfile_sections = section_number(*shnum - 1) + 1;
	f->sections = obj_alloc(f, (f->nsections + OBJ_MAX_ADDED) * sizeof(*f->sections));
	f->order = obj_alloc(f, (f->nsections + OBJ_MAX_ADDED) * sizeof(*f->order));
	if (!f->sections || !f->order)
		return -ENOMEM;
	for (unsigned i = 0; i < f->nsections; i++)
		f->sections[i].o.name = "";
	return 0;
}

static int name_sections(struct obj_file *f, Elf *elf, const Elf32_Ehdr *h, size_t shnum)
{
	const struct section *strings;
	struct section *s;
	size_t index;

	if (elf_getshdrstrndx(elf, &index))
		return refuse(f, "error reading ELF section headers: %s", elf_errmsg(-1));
	strings = index ? section_at(f, index) : NULL;
	if (!strings || strings->o.type != SHT_STRTAB || !is_terminated(strings))
		return refuse(
			f,
			"section %zu, which should name the sections, is not a string "
			"table",
			index);
	for (size_t i = 1; i < shnum; i++) {
		s = section_at(f, i);
		s->o.name = string_at(strings, header_at(f, h, i).sh_name);
		if (!s->o.name) {
			s->o.name = "";
			return refuse(
				f,
				"section %zu: its name lies outside of the string table",
				i);
		}
	}
	return 0;
}

/* Decide what goes into the image. .modinfo is for us, not for the kernel. */
static int place_sections(struct obj_file *f)
{
	struct section *s;
	int err;

	for (unsigned i = 1; i < f->nsections; i++) {
		s = &f->sections[i];
		if (!strcmp(s->o.name, ".modinfo") || !strcmp(s->o.name, ".modstring") ||
		    s->o.flags & SHF_EXCLUDE || s->o.type >= SHT_LOPROC)
			s->o.flags &= ~SHF_ALLOC;
		if (s->o.type == SHT_RELA && s->o.size)
			return refuse(
				f,
				"RELA relocations not supported on this architecture "
				"(section %s)",
				s->o.name);
		if (!f->modinfo && !strcmp(s->o.name, ".modinfo"))
			f->modinfo = s;
		if (!(s->o.flags & SHF_ALLOC))
			continue;
		err = check_loadable(f, s);
		if (err)
			return err;
		obj_load_section(f, s);
	}
	if (f->modinfo && f->modinfo->o.size && !is_terminated(f->modinfo))
		return refuse(f, "section .modinfo: its last string is not terminated");
	return 0;
}

/* --- section groups -------------------------------------------------------------------- */

static const char *symbol_name(const struct obj_file *f, uint32_t index)
{
	return index < f->nsymbols ? f->symbols[index].o.name : NULL;
}

static int check_members(struct obj_file *f, const struct section *group)
{
	const struct section *member;

	for (uint32_t at = 4; at < group->o.size; at += 4) {
		member = section_at(f, obj_get32(group->bytes + at));
		if (!member || member->o.secidx == 0 || !(member->o.flags & SHF_GROUP))
			return refuse(f, "section group %d: entry %u is not a member",
				      group->o.secidx, at / 4);
	}
	return 0;
}

/* One object holds one copy of a COMDAT group, and that copy is kept. Two of one signature
 * would need one to be dropped with all that refers to it; no tool makes such objects. */
static int check_group(struct obj_file *f, const struct section *s, bool *seen)
{
	uint32_t owner;
	int err;

	if (s->info >= f->nsymbols || !s->bytes || s->o.size % 4)
		return refuse(f, "section group %d is malformed", s->o.secidx);
	err = check_members(f, s);
	if (err || !(obj_get32(s->bytes) & GRP_COMDAT))
		return err;
	owner = f->symbols[s->info].owner;
	if (seen[owner])
		return refuse(f, "section group %d: there is another group %s",
			      s->o.secidx, symbol_name(f, owner));
	seen[owner] = true;
	return 0;
}

static int check_groups(struct obj_file *f)
{
	bool *seen = NULL;
	int err = 0;

	for (unsigned i = 1; i < f->nfile_sections && !err; i++) {
		if (f->sections[i].o.type != SHT_GROUP)
			continue;
		if (!seen && !(seen = obj_alloc(f, f->nsymbols)))
			return -ENOMEM;
		err = check_group(f, &f->sections[i], seen);
	}
	return err;
}

/* --- symbols -------------------------------------------------------------------------- */

struct symtab {
	const struct section *table, *strings, *extended;
};

static int find_symtab(struct obj_file *f, struct symtab *t)
{
	const struct section *s;

	for (unsigned i = 1; i < f->nsections; i++) {
		s = &f->sections[i];
		if (s->o.type == SHT_SYMTAB_SHNDX)
			t->extended = s;
		if (s->o.type != SHT_SYMTAB)
			continue;
		if (t->table)
			return refuse(f, "there are two symbol tables");
		t->table = s;
	}
	if (!t->table)
		return refuse(f, "there is no symbol table");
	if (t->table->entsize != sizeof(Elf32_Sym))
		return refuse(f, "symbol size mismatch: %u != %zu", t->table->entsize,
			      sizeof(Elf32_Sym));
	if (t->table->o.size % sizeof(Elf32_Sym) || !t->table->bytes)
		return refuse(f, "the symbol table is not a number of symbols");
	t->strings = section_at(f, t->table->link);
	if (!t->strings || t->strings->o.type != SHT_STRTAB || !is_terminated(t->strings))
		return refuse(f, "the symbol table has no string table");
	f->nsymbols = t->table->o.size / sizeof(Elf32_Sym);
	f->first_global = t->table->info;
	if (f->first_global < 1 || f->first_global > f->nsymbols)
		return refuse(f, "the symbol table: %u local symbols of %u",
			      f->first_global, f->nsymbols);
	if (t->extended && (!t->extended->bytes || t->extended->o.size / 4 < f->nsymbols))
		return refuse(f, "the table of extended section numbers is too short");
	return 0;
}

/* st_shndx to secidx; -1: no such section. */
static int symbol_section(const struct obj_file *f, const struct symtab *t,
			  uint32_t index, uint32_t shndx)
{
	const struct section *s;

	if (shndx == SHN_UNDEF || shndx == SHN_ABS || shndx == SHN_COMMON)
		return shndx;
	if (shndx == SHN_XINDEX) {
		if (!t->extended)
			return -1;
		shndx = obj_get32(t->extended->bytes + 4 * (size_t)index);
	} else if (shndx >= SHN_LORESERVE) {
		return -1;
	}
	s = section_at(f, shndx);
	return s ? s->o.secidx : -1;
}

static int check_symbol(struct obj_file *f, const struct obj_symbol *o, uint32_t i,
			uint32_t shndx)
{
	if (!o->name)
		return refuse(f, "symbol %u: its name lies outside of the string table",
			      i);
	if (o->secidx < 0)
		return refuse(f, "symbol %u (%s): there is no section %u", i, o->name,
			      shndx);
	if (o->bind > STB_WEAK && o->bind != STB_GNU_UNIQUE)
		return refuse(f, "symbol %u (%s): unknown binding %u", i, o->name,
			      o->bind);
	if ((o->bind == STB_LOCAL) != (i < f->first_global))
		return refuse(f, "symbol %u (%s): %s among the %s symbols", i, o->name,
			      o->bind == STB_LOCAL ? "local" : "not local",
			      o->bind == STB_LOCAL ? "global" : "local");
	if (o->type == STT_TLS || o->type == STT_GNU_IFUNC)
		return refuse(f, "symbol %u (%s): %s are not supported", i, o->name,
			      o->type == STT_TLS ? "thread-local variables"
						 : "indirect functions");
	if (o->secidx != SHN_COMMON)
		return 0;
	if (o->bind == STB_LOCAL || o->value & (o->value - 1) ||
	    o->value > TGT_PAGE_SIZE || o->size > OBJ_MAX_SIZE)
		return refuse(f, "common symbol %s: size %u or alignment %u is bad",
			      o->name, o->size, o->value);
	return 0;
}

static int read_symbol(struct obj_file *f, const struct symtab *t, uint32_t i)
{
	const unsigned char *raw = t->table->bytes + (size_t)i * sizeof(Elf32_Sym);
	uint32_t name = obj_get32(raw + offsetof(Elf32_Sym, st_name));
	uint32_t shndx = obj_get16(raw + offsetof(Elf32_Sym, st_shndx));
	unsigned char info = raw[offsetof(Elf32_Sym, st_info)];
	struct obj_symbol *o = &f->symbols[i].o;

	f->symbols[i].owner = i;
	o->name = string_at(t->strings, name);
	o->value = obj_get32(raw + offsetof(Elf32_Sym, st_value));
	o->size = obj_get32(raw + offsetof(Elf32_Sym, st_size));
	o->bind = ELF32_ST_BIND(info);
	o->type = ELF32_ST_TYPE(info);
	o->secidx = symbol_section(f, t, i, shndx);
	if (!name && o->type == STT_SECTION && o->secidx > 0 && o->secidx < f->nsections)
		o->name = f->sections[o->secidx].o.name;
	return check_symbol(f, o, i, shndx);
}

static int read_symbols(struct obj_file *f)
{
	struct symtab t = {0};
	int err = find_symtab(f, &t);

	if (err)
		return err;
	f->symbols = obj_alloc(f, f->nsymbols * sizeof(*f->symbols));
	if (!f->symbols)
		return -ENOMEM;
	f->symbols[0].o.name = "";
	for (uint32_t i = 1; i < f->nsymbols; i++) {
		err = read_symbol(f, &t, i);
		if (err)
			return err;
	}
	return obj_hash_symbols(f);
}

/* --- relocations ------------------------------------------------------------------------ */

#define USED 0x80 /* in obj_file.uses, beside enum arch_needs */

/* Entry `i` of `rel`, which is not right. */
static int refuse_entry(struct obj_file *f, const struct section *rel,
			const struct section *target, uint32_t i, Elf32_Rel r)
{
	uint32_t sym = ELF32_R_SYM(r.r_info), type = ELF32_R_TYPE(r.r_info);

	if (sym >= f->nsymbols)
		return refuse(f, "section %s, entry %u: Bad symbol index: %08x >= %08x",
			      rel->o.name, i, sym, f->nsymbols);
	if (!obj_arch_kinds[type].known)
		return refuse(
			f, "section %s, entry %u: Unhandled relocation of type %u for %s",
			rel->o.name, i, type, symbol_name(f, sym));
	return refuse(f, "section %s, entry %u: offset %08x lies outside of %s",
		      rel->o.name, i, r.r_offset, target->o.name);
}

static int check_entries(struct obj_file *f, const struct section *rel,
			 const struct section *target)
{
	const unsigned char *entry = rel->bytes;
	uint32_t n = rel->o.size / sizeof(Elf32_Rel), nsymbols = f->nsymbols;
	unsigned needs = 0;

	for (uint32_t i = 0; i < n; i++, entry += sizeof(Elf32_Rel)) {
		Elf32_Rel r = {obj_get32(entry), obj_get32(entry + 4)};
		uint32_t sym = ELF32_R_SYM(r.r_info);
		struct arch_kind kind = obj_arch_kinds[ELF32_R_TYPE(r.r_info)];

		if (sym >= nsymbols || !kind.known ||
		    !obj_in_range(r.r_offset, kind.width, target->o.size))
			return refuse_entry(f, rel, target, i, r);
		if (!kind.width)
			continue;
		f->uses[sym] |= USED | kind.needs;
		needs |= kind.needs;
	}
	f->needs_got |= needs & ARCH_GOT;
	return 0;
}

static int check_relocations(struct obj_file *f, const struct section *rel)
{
	const struct section *target = section_at(f, rel->info);
	const struct section *symtab = section_at(f, rel->link);

	if (!target || !rel->info)
		return refuse(f, "section %s relocates section %u, which does not exist",
			      rel->o.name, rel->info);
	if (!target->loaded || !rel->o.size)
		return 0;
	if (rel->entsize != sizeof(Elf32_Rel))
		return refuse(f, "relocation entry size mismatch: %u != %zu (section %s)",
			      rel->entsize, sizeof(Elf32_Rel), rel->o.name);
	if (!symtab || symtab->o.type != SHT_SYMTAB)
		return refuse(f, "section %s refers to no symbol table", rel->o.name);
	if (rel->o.size % sizeof(Elf32_Rel))
		return refuse(f, "section %s is not a number of relocations",
			      rel->o.name);
	if (!target->bytes && target->o.size)
		return refuse(f, "section %s relocates %s, which has no contents",
			      rel->o.name, target->o.name);
	f->rels[f->nrels++] = (struct relocations){rel, target};
	return check_entries(f, rel, target);
}

static int read_relocations(struct obj_file *f)
{
	int err;

	f->rels = obj_alloc(f, f->nfile_sections * sizeof(*f->rels));
	f->uses = obj_alloc(f, f->nsymbols);
	if (!f->rels || !f->uses)
		return -ENOMEM;
	for (unsigned i = 1; i < f->nfile_sections; i++) {
		if (f->sections[i].o.type != SHT_REL)
			continue;
		err = check_relocations(f, &f->sections[i]);
		if (err)
			return err;
	}
	return 0;
}

/* What is said of a symbol by its relocations holds for the owner of its name. */
static int check_referenced(struct obj_file *f)
{
	struct symbol *s, *owner;

	for (uint32_t i = 0; i < f->nsymbols; i++) {
		if (!f->uses[i])
			continue;
		s = &f->symbols[i];
		owner = &f->symbols[s->owner];
		s->o.referenced = owner->o.referenced = true;
		if (f->uses[i] & ARCH_SLOT)
			owner->slot = 1;
		if (owner->o.secidx > 0 && owner->o.secidx < f->nsections &&
		    owner->o.secidx != SHN_ABS && owner->o.secidx != SHN_COMMON &&
		    !f->sections[owner->o.secidx].loaded)
			return refuse(
				f,
				"symbol %u (%s) is needed, but section %s is not loaded",
				i, s->o.name, f->sections[owner->o.secidx].o.name);
	}
	return 0;
}

/* --- obj_load --------------------------------------------------------------------------- */

static int read_elf(struct obj_file *f, Elf *elf)
{
	const void *header = elf32_getehdr(elf); /* aligned as the bytes are */
	Elf32_Ehdr h;
	size_t shnum;
	int err;

	if (!header)
		return refuse(f, "cannot read ELF header: %s", elf_errmsg(-1));
	memcpy(&h, header, sizeof(h));
	err = check_header(f, &h);
	if (!err)
		err = allocate_sections(f, elf, &h, &shnum);
	if (!err)
		err = read_headers(f, &h, shnum);
	if (!err)
		err = name_sections(f, elf, &h, shnum);
	return err;
}

static int read_all(struct obj_file *f, Elf *elf)
{
	int err = read_elf(f, elf);

	if (!err)
		err = place_sections(f);
	if (!err)
		err = read_symbols(f);
	if (!err)
		err = check_groups(f);
	if (!err)
		err = read_relocations(f);
	if (!err)
		err = check_referenced(f);
	return err;
}

/* A refused object has diagnostics and nothing else. */
static void forget(struct obj_file *f)
{
	f->nsections = f->nfile_sections = f->nloaded = 0;
	f->nsymbols = f->first_global = 0;
	f->buckets = NULL;
	f->modinfo = NULL;
}

int obj_load(struct obj_file **out, const void *bytes, size_t len)
{
	struct obj_file *f = *out = calloc(1, sizeof(*f));
	Elf *elf;
	int err;

	if (!f)
		return -ENOMEM;
	f->bytes = bytes;
	f->len = len;
	f->last_store = &f->stores;
	f->last_export = &f->export_list;
	err = check_ident(f);
	if (err)
		return err;
	elf_version(EV_CURRENT);
	elf = elf_memory((char *)bytes, len); /* fails without memory only */
	err = elf ? read_all(f, elf) : -ENOMEM;
	elf_end(elf);
	if (err)
		forget(f);
	else
		f->stage = LOADED;
	return err;
}
