/* depmod/tables.c - device tables of Linux 2.4 modules and the map files made of them
 *
 * Layouts are those of i386. A word of the file is an address only through its relocation:
 * tables are followed by those, the object is not linked.
 */
#include "tables.h"

#include <elf.h>
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include "facts.h"
#include "modname.h"

/* Map files, by the letter that a row begins with. */
enum map { GENERIC, PCI, ISAPNP, USB, PARPORT, IEEE1394, PNPBIOS, NMAPS };
#define LETTER(map) ('0' + (map))

static const struct {
	const char *name, *header;
} maps[NMAPS] = {
	[GENERIC] = {"modules.generic_string", "# module             id=string"},
	[PCI] = {"modules.pcimap",
		 "# pci module         vendor     device     subvendor  "
		 "subdevice  class      class_mask driver_data"},
	[ISAPNP] = {"modules.isapnpmap", "# isapnp module      cardvendor carddevice "
					 "driver_data vendor     function   ..."},
	[USB] = {"modules.usbmap", "# usb module         match_flags idVendor idProduct "
				   "bcdDevice_lo bcdDevice_hi "
				   "bDeviceClass bDeviceSubClass bDeviceProtocol "
				   "bInterfaceClass bInterfaceSubClass "
				   "bInterfaceProtocol driver_info"},
	[PARPORT] = {"modules.parportmap", "# module             pattern"},
	[IEEE1394] = {"modules.ieee1394map", "# ieee1394 module    match_flags vendor_id "
					     "model_id specifier_id version"},
	[PNPBIOS] = {"modules.pnpbiosmap", "# module             id"},
};

/* A number of an entry: where it is, how many digits it is printed with, and how many blanks
 * come before it. */
struct field {
	unsigned char at, size, digits, gap;
};

/* A kind of table: __module_NAME_table and its companions. */
struct kind {
	const char *name;
	enum map map;
	unsigned size;		 /* of an entry */
	struct field end[4];	 /* the table ends where these are 0 */
	struct field fields[12]; /* of a row; none: the row is text */
};

#define ZERO(a, s)                                                                       \
	{                                                                                \
		.at = a, .size = s                                                       \
	}
static const struct kind kinds[] = {
	{"pci_device",
	 PCI,
	 28,
	 {ZERO(0, 4)},
	 {{0, 4, 8, 1},
	  {4, 4, 8, 1},
	  {8, 4, 8, 1},
	  {12, 4, 8, 1},
	  {16, 4, 8, 1},
	  {20, 4, 8, 1},
	  {24, 4, 8, 1}}},
	{"isapnp_device",
	 ISAPNP,
	 12,
	 {ZERO(0, 2)},
	 {{0, 2, 4, 1}, {2, 2, 4, 5}, {8, 4, 8, 5}, {4, 2, 4, 2}, {6, 2, 4, 5}}},
	{"isapnp_card",
	 ISAPNP,
	 40,
	 {ZERO(4, 2)},
	 {{4, 2, 4, 1}, {6, 2, 4, 5}, {0, 4, 8, 5}}},
	{"usb_device",
	 USB,
	 20,
	 {ZERO(2, 2), ZERO(10, 1), ZERO(13, 1), ZERO(16, 4)},
	 {{0, 2, 4, 1},
	  {2, 2, 4, 6},
	  {4, 2, 4, 3},
	  {6, 2, 4, 4},
	  {8, 2, 4, 7},
	  {10, 1, 2, 7},
	  {11, 1, 2, 9},
	  {12, 1, 2, 12},
	  {13, 1, 2, 12},
	  {14, 1, 2, 12},
	  {15, 1, 2, 15},
	  {16, 4, 8, 15}}},
	{"parport_device", PARPORT, 4, {ZERO(0, 4)}, {ZERO(0, 0)}},
	{"ieee1394_device",
	 IEEE1394,
	 24,
	 {ZERO(0, 4)},
	 {{0, 4, 8, 1}, {4, 4, 6, 2}, {8, 4, 6, 2}, {12, 4, 6, 1}, {16, 4, 6, 5}}},
	{"pnpbios_device", PNPBIOS, 12, {ZERO(0, 1)}, {ZERO(0, 0)}},
};
#define NKINDS (sizeof(kinds) / sizeof(kinds[0]))

/* A byte of the object. */
struct place {
	uint32_t secidx;
	uint64_t at;
};

/* The symbols of one kind of table; secidx 0 is: not there. */
struct found {
	struct place size, table, version;
};

struct reader {
	struct modelf *m;
	struct text *info;
	struct modelf_bytes words, relocs, entries, text;
	struct found found[NKINDS];
};

static void problem(struct reader *r, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));

static void problem(struct reader *r, const char *fmt, ...)
{
	char line[256];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(line, sizeof(line), fmt, ap);
	va_end(ap);
	text_addc(r->info, INFO_PROBLEM);
	text_add(r->info, line, strlen(line) + 1);
}

static void start_row(struct reader *r, enum map map)
{
	text_addc(r->info, INFO_TABLE);
	text_addc(r->info, LETTER(map));
}

/* The bytes of a section that has some. */
static int section(struct reader *r, uint32_t secidx, struct modelf_bytes *out)
{
	if (secidx == SHN_UNDEF || secidx >= r->m->nsections ||
	    r->m->sections[secidx].type == SHT_NOBITS)
		return -ENOENT;
	return modelf_section(r->m, secidx, out);
}

static bool holds(const struct modelf_bytes *b, uint64_t at, unsigned size)
{
	return at <= b->len && size <= b->len - at;
}

static int read_word(struct reader *r, struct place at, uint32_t *word)
{
	int err = section(r, at.secidx, &r->words);

	if (err)
		return err;
	if (!holds(&r->words, at.at, 4))
		return -ENOENT;
	*word = modelf_number(r->m, r->words.bytes + at.at, 4);
	return 0;
}

/* Where the R_386_32 relocation of the word at `at` makes it point. -ENOENT: nowhere. */
static int follow(struct reader *r, struct place at, struct place *to)
{
	uint32_t addend;
	int err = read_word(r, at, &addend);

	for (uint32_t i = 1; !err && i < r->m->nsections; i++) {
		const struct modelf_section *s = &r->m->sections[i];

		if (s->type != SHT_REL || s->info != at.secidx)
			continue;
		err = section(r, i, &r->relocs);
		for (size_t k = 0; !err && holds(&r->relocs, k, sizeof(Elf32_Rel));
		     k += sizeof(Elf32_Rel)) {
			uint32_t info = modelf_number(r->m, r->relocs.bytes + k + 4, 4);
			struct modelf_symbol sym;

			if (modelf_number(r->m, r->relocs.bytes + k, 4) != at.at)
				continue;
			if (ELF32_R_TYPE(info) != R_386_32 ||
			    ELF32_R_SYM(info) >= r->m->nsymbols ||
			    modelf_symbol(r->m, ELF32_R_SYM(info), &sym) < 0)
				return -ENOENT;
			*to = (struct place){sym.secidx, (uint32_t)(sym.value + addend)};
			return 0;
		}
	}
	return err ? err : -ENOENT;
}

static void add_fields(struct reader *r, const struct field *f, unsigned n,
		       const unsigned char *entry)
{
	for (unsigned i = 0; i < n && f[i].digits; i++)
		text_printf(r->info, "%*s0x%0*llx", f[i].gap, "", f[i].digits,
			    (unsigned long long)modelf_number(r->m, entry + f[i].at,
							      f[i].size));
}

/* Up to eight devices of an ISA PnP card. */
static void add_card_devices(struct reader *r, const unsigned char *entry)
{
	text_addc(r->info, ' ');
	for (unsigned at = 8; at < 40; at += 4)
		if (modelf_number(r->m, entry + at, 2))
			text_printf(r->info, " 0x%04x     0x%04x    ",
				    (unsigned)modelf_number(r->m, entry + at, 2),
				    (unsigned)modelf_number(r->m, entry + at + 2, 2));
}

/* The pattern of a parallel port device, a string that the entry points to. */
static int add_pattern(struct reader *r, struct place entry)
{
	struct place s;
	int err = follow(r, entry, &s);

	if (!err)
		err = section(r, s.secidx, &r->text);
	if (err)
		return err;
	if (!holds(&r->text, s.at, 1))
		return -ENOENT;
	text_addc(r->info, ' ');
	text_adds(r->info, (char *)r->text.bytes + s.at);
	return 0;
}

static bool is_end(struct reader *r, const struct kind *k, const unsigned char *entry)
{
	for (unsigned i = 0; i < 4 && k->end[i].size; i++)
		if (modelf_number(r->m, entry + k->end[i].at, k->end[i].size))
			return false;
	return true;
}

static int add_row(struct reader *r, const struct kind *k, struct place at,
		   const unsigned char *entry)
{
	int err = 0;

	start_row(r, k->map);
	add_fields(r, k->fields, 12, entry);
	if (k->map == ISAPNP && k->size == 40)
		add_card_devices(r, entry);
	else if (k->map == PNPBIOS)
		text_printf(r->info, " %.8s", (const char *)entry);
	else if (k->map == PARPORT)
		err = add_pattern(r, at);
	text_addc(r->info, '\0');
	return err;
}

static int read_table(struct reader *r, const struct kind *k, struct place at)
{
	size_t mark = r->info->len;
	int err = section(r, at.secidx, &r->entries);

	for (; !err; at.at += k->size) {
		const unsigned char *entry = r->entries.bytes + at.at;
		struct place to;

		if (!holds(&r->entries, at.at, k->size)) {
			err = -ENOENT;
			break;
		}
		/* A pointer is 0 until it is relocated: its relocation tells. */
		if (k->map == PARPORT ? follow(r, at, &to) == -ENOENT
				      : is_end(r, k, entry))
			return 0;
		err = add_row(r, k, at, entry);
	}
	if (err == -ENOENT) {
		r->info->len = mark;
		problem(r, "%s table lies outside its section", k->name);
	}
	return err;
}

/* Returns 1 if the table can be read: its version and the size of an entry are known. */
static int check_kind(struct reader *r, const struct kind *k, const struct found *f)
{
	uint32_t version = 1, size = k->size;
	int err = 0;

	if (!f->table.secidx || (!f->size.secidx && k->map != PCI))
		return 0;
	if (f->version.secidx)
		err = read_word(r, f->version, &version);
	if (!err && f->size.secidx)
		err = read_word(r, f->size, &size);
	if (err && err != -ENOENT)
		return err;
	if (!err && version == 1 && size == k->size)
		return 1;
	if (err)
		problem(r, "%s table lies outside its section", k->name);
	else if (version != 1)
		problem(r, "unknown version (%u) of the %s table", version, k->name);
	else
		problem(r, "unexpected value (%u) of __module_%s_size", size, k->name);
	return 0;
}

/* __module_KIND_size, _table or _ver. */
static void take_symbol(struct reader *r, const struct modelf_symbol *sym)
{
	const char *name = sym->name + strlen("__module_");
	struct place at = {sym->secidx, sym->value};

	for (unsigned i = 0; i < NKINDS; i++) {
		size_t len = strlen(kinds[i].name);

		if (strncmp(name, kinds[i].name, len) != 0)
			continue;
		if (strcmp(name + len, "_size") == 0)
			r->found[i].size = at;
		else if (strcmp(name + len, "_table") == 0)
			r->found[i].table = at;
		else if (strcmp(name + len, "_ver") == 0)
			r->found[i].version = at;
	}
}

static int find_symbols(struct reader *r)
{
	for (uint32_t i = 1; i < r->m->nsymbols; i++) {
		struct modelf_symbol sym;
		int err = modelf_symbol(r->m, i, &sym);

		if (err)
			return err;
		if (strncmp(sym.name, "__module_", 9) == 0)
			take_symbol(r, &sym);
	}
	return 0;
}

static int read_strings(struct reader *r)
{
	uint32_t secidx = modelf_find(r->m, ".modstring");
	int err = secidx ? section(r, secidx, &r->text) : 0;

	for (size_t at = 0; secidx && !err && at < r->text.len;) {
		const char *s = (char *)r->text.bytes + at;

		at += strlen(s) + 1;
		if (at > r->text.len) {
			problem(r, "unterminated generic string '%s'", s);
		} else if (*s) {
			start_row(r, GENERIC);
			text_printf(r->info, " %s", s);
			text_addc(r->info, '\0');
		}
	}
	return err == -ENOENT ? 0 : err;
}

static int read_all(struct reader *r)
{
	int err = find_symbols(r);

	if (!err)
		err = read_strings(r);
	for (unsigned i = 0; !err && i < NKINDS; i++) {
		struct place table;
		int known = check_kind(r, &kinds[i], &r->found[i]);

		err = known < 0 ? known : 0;
		if (known <= 0)
			continue;
		err = follow(r, r->found[i].table, &table);
		if (!err)
			err = read_table(r, &kinds[i], table);
		else if (err == -ENOENT)
			problem(r, "%s table lies outside its section", kinds[i].name);
		if (err == -ENOENT)
			err = 0;
	}
	return err;
}

int tables_read(struct modelf *m, struct text *info)
{
	struct reader r = {.m = m, .info = info};
	int err;

	if (m->machine != EM_386)
		return 0;
	err = read_all(&r);
	modelf_bytes_free(&r.words);
	modelf_bytes_free(&r.relocs);
	modelf_bytes_free(&r.entries);
	modelf_bytes_free(&r.text);
	return err;
}

const char *tables_name(unsigned i)
{
	return i < NMAPS ? maps[i].name : NULL;
}

/* The file's name without .gz and the like, and without .o or .mod. */
static int short_name(const char *path, const char **name)
{
	*name = tree_base(path);
	return modname_stem(*name);
}

int tables_write(unsigned i, const struct tree *t, const struct store *s,
		 struct text *out)
{
	text_printf(out, "%s\n", maps[i].header);
	for (uint32_t pos = 0; pos < t->norder; pos++) {
		const struct module *m = &t->modules[t->order[pos]];
		const char *name, *row;
		int len = short_name(tree_path(t, t->order[pos]), &name);
		uint32_t at = 0;

		while ((row = store_info(s, m, INFO_TABLE, &at)) != NULL)
			if (row[0] == LETTER(i))
				text_printf(out, "%-20.*s%s\n", len, name, row + 1);
	}
	return 0;
}
