/* obj_reloc.c - the image at its final address
 *
 * Contents are copied from the file into the image once and relocated there. The order
 * matters: parameters are stored before relocation (a number that has a relocation gets it
 * on top), addresses of strings after it (they replace what was there).
 */
#include <errno.h>
#include <stdlib.h>
#include <sys/mman.h>
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

/* All of a large image will be written: large pages, if the kernel takes the hint, spare it
 * thousands of faults. */
static void expect_use(void *p, size_t len)
{
	size_t page = 4096, skip = -(uintptr_t)p & (page - 1);

	if (len > (1u << 20))
		madvise((char *)p + skip, (len - skip) & -page, MADV_HUGEPAGE);
}

static int copy_sections(struct obj_file *f)
{
	const struct section *s;
	uint32_t at = 0;

	f->image = malloc(f->size ? f->size : 1);
	if (!f->image)
		return -ENOMEM;
	expect_use(f->image, f->size);
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

static int relocate_section(struct obj_file *f, const struct section *rel,
			    const struct section *target, unsigned *complaints)
{
	const unsigned char *entry = rel->bytes;
	const struct symbol *s;
	struct arch_place place = {
		.section = f->image + target->offset,
		.address = target->o.address,
		.got = f->got ? f->got->o.address : 0,
	};
	uint32_t n = rel->o.size / sizeof(Elf32_Rel), info, off;
	int err = 0;

	for (uint32_t i = 0; i < n; i++, entry += sizeof(Elf32_Rel)) {
		off = obj_get32(entry);
		info = obj_get32(entry + 4);
		s = &f->symbols[f->symbols[ELF32_R_SYM(info)].owner];
		if (!arch_relocate(&place, ELF32_R_TYPE(info), off, s->o.value,
				   4 * (s->slot - 1)))
			continue;
		err = -ENOEXEC;
		if (++*complaints <= MAX_COMPLAINTS)
			obj_error(f, err,
				  "Relocation overflow of type %u for %s (section %s, "
				  "entry %u: "
				  "offset %08x in %s, symbol value %08x)",
				  ELF32_R_TYPE(info), s->o.name, rel->o.name, i, off,
				  target->o.name, s->o.value);
	}
	return err;
}

static int relocate_sections(struct obj_file *f)
{
	unsigned complaints = 0;
	int err = 0;

	for (unsigned i = 0; i < f->nrels; i++)
		if (relocate_section(f, f->rels[i].rel, f->rels[i].target, &complaints))
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
