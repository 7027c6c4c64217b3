/* obj_reloc.c - the image at its final address
 *
 * Contents are copied from the file into the image once and relocated there. The order
 * matters: parameters are stored before relocation (a number that has a relocation gets it
 * on top), addresses of strings after it (they replace what was there).
 */
#include <errno.h>
#include <stdlib.h>
#include "large.h"
#include "obj_priv.h"

/* A module with more bad fields than this is hopeless anyway. */
#define MAX_COMPLAINTS 20

/* --- the GOT ------------------------------------------------------------------------------ */

static void assign_slots(struct obj_file *f)
{
	for (uint32_t i = 0; i < f->nsymbols; i++)
		if (f->symbols[i].owner == i && f->symbols[i].slot)
			f->symbols[i].slot = ++f->nslots;
}

int obj_place_got(struct obj_file *f)
{
	struct symbol *s = obj_lookup(f, "_GLOBAL_OFFSET_TABLE_");
	bool named = s && obj_is_unresolved(&s->o);

	if (!f->needs_got && !named)
		return 0;
	f->got = obj_add_section(f, ".got", SHF_WRITE, 4);
	assign_slots(f);
	f->got->o.size = 4 * f->nslots;
	if (named) {
		s->o.secidx = f->got->o.secidx;
		s->o.value = 0;
		s->o.bind = STB_LOCAL;
	}
	return 0;
}

static void fill_got(struct obj_file *f)
{
	for (uint32_t i = 0; f->nslots && i < f->nsymbols; i++)
		if (f->symbols[i].owner == i && f->symbols[i].slot)
			obj_put32(f->image + f->got->offset +
					  4 * (f->symbols[i].slot - 1),
				  f->symbols[i].o.value);
}

/* --- symbols -------------------------------------------------------------------------------- */

static void set_address(struct obj_file *f, struct symbol *s)
{
	int i = s->o.secidx;

	if (i > 0 && i < f->nsections && f->sections[i].loaded)
		s->o.value += f->sections[i].o.address;
	else if (i == SHN_UNDEF)
		s->o.value = 0;
}

static void set_addresses(struct obj_file *f, tgt_addr base)
{
	for (unsigned i = 0; i < f->nloaded; i++)
		f->order[i]->o.address = base + f->order[i]->offset;
	for (uint32_t i = 0; i < f->nsymbols; i++)
		if (f->symbols[i].owner == i)
			set_address(f, &f->symbols[i]);
	for (unsigned i = 0; i < f->nadded; i++)
		set_address(f, f->added[i]);
}

/* --- contents ------------------------------------------------------------------------------- */

static int copy_sections(struct obj_file *f)
{
	const struct section *s;
	uint32_t at = 0;

	f->image = large_alloc(f->size);
	if (!f->image)
		return -ENOMEM;
	for (unsigned i = 0; i < f->nloaded; i++) {
		s = f->order[i];
		memset(f->image + at, 0, s->offset - at);
		if (s->bytes)
			memcpy(f->image + s->offset, s->bytes, s->o.size);
		else
			memset(f->image + s->offset, 0, s->o.size);
		at = s->offset + s->o.size;
	}
	return 0;
}

static void store_values(struct obj_file *f)
{
	for (const struct store *st = f->stores; st; st = st->next)
		if (st->bytes)
			memcpy(f->image + st->section->offset + st->offset, st->bytes,
			       st->len);
}

static void store_addresses(struct obj_file *f)
{
	for (const struct store *st = f->stores; st; st = st->next)
		if (!st->bytes)
			obj_put32(f->image + st->section->offset + st->offset,
				  f->kstrtab->o.address + st->string);
}

/* --- relocation ----------------------------------------------------------------------------- */

/* The values of the symbols in a row: relocations come in no order, and jump among few
 * bytes so. NULL: no memory. */
static const tgt_addr *list_values(struct obj_file *f)
{
	tgt_addr *values = obj_alloc(f, f->nsymbols * sizeof(*values));

	for (uint32_t i = 0; values && i < f->nsymbols; i++)
		values[i] = f->symbols[f->symbols[i].owner].o.value;
	return values;
}

static const struct symbol *owner_of(const struct obj_file *f, uint32_t sym)
{
	return &f->symbols[f->symbols[sym].owner];
}

static int relocate_section(struct obj_file *f, const struct section *rel,
			    const struct section *target, const tgt_addr *values,
			    unsigned *complaints)
{
	const unsigned char *entry = rel->bytes;
	struct arch_place place = {
		.section = f->image + target->offset,
		.address = target->o.address,
		.got = f->got ? f->got->o.address : 0,
	};
	uint32_t n = rel->o.size / sizeof(Elf32_Rel);
	int err = 0;

	for (uint32_t i = 0; i < n; i++, entry += sizeof(Elf32_Rel)) {
		uint32_t off = obj_get32(entry), info = obj_get32(entry + 4);
		uint32_t sym = ELF32_R_SYM(info), slot = 0;
		unsigned type = ELF32_R_TYPE(info);

		if (obj_arch_kinds[type].needs & ARCH_SLOT)
			slot = 4 * (owner_of(f, sym)->slot - 1);
		if (!obj_arch_relocate(&place, type, off, values[sym], slot))
			continue;
		err = -ENOEXEC;
		if (++*complaints <= MAX_COMPLAINTS)
			obj_error(f, err,
				  "Relocation overflow of type %u for %s (section %s, "
				  "entry %u: "
				  "offset %08x in %s, symbol value %08x)",
				  type, owner_of(f, sym)->o.name, rel->o.name, i, off,
				  target->o.name, values[sym]);
	}
	return err;
}

static int relocate_sections(struct obj_file *f)
{
	const tgt_addr *values = list_values(f);
	unsigned complaints = 0;
	int err = values ? 0 : -ENOMEM;

	for (unsigned i = 0; values && i < f->nrels; i++)
		if (relocate_section(f, f->rels[i].rel, f->rels[i].target, values,
				     &complaints))
			err = -ENOEXEC;
	if (complaints > MAX_COMPLAINTS)
		obj_error(f, err, "... and %u more relocations overflow",
			  complaints - MAX_COMPLAINTS);
	return err;
}

int obj_relocate(struct obj_file *f, tgt_addr base)
{
	int err;

	if (f->stage != LAID_OUT)
		return -EINVAL;
	f->stage = FAILED;
	if (!obj_in_range(base, f->size, (uint64_t)UINT32_MAX + 1))
		return obj_error(f, -EFBIG,
				 "the image's %u bytes do not fit behind address 0x%08x",
				 f->size, base);
	err = copy_sections(f);
	if (err)
		return err;
	f->base = base;
	set_addresses(f, base);
	fill_got(f);
	store_values(f);
	err = relocate_sections(f);
	store_addresses(f);
	obj_fill_module(f);
	if (!err)
		f->stage = RELOCATED;
	return err;
}
