/* obj_layout.c - what obj_resolve decides (undefined symbols, commons) and where each
 * section goes
 */
#include <errno.h>
#include <stdlib.h>
#include "obj_priv.h"

/* --- undefined symbols ------------------------------------------------------------------ */

static int check_undefined(struct obj_file *f)
{
	const struct obj_symbol *s;
	unsigned cursor = 0;
	int err = 0;

	while ((s = obj_next_wanted(f, &cursor)))
		if (obj_is_unresolved(s))
			err = obj_error(f, -ENOENT, "unresolved symbol %s", s->name);
	return err;
}

/* --- commons ---------------------------------------------------------------------------- */

/* By size, small ones first; of equal size the later one first. */
static int by_size(const void *a, const void *b)
{
	const struct symbol *x = *(struct symbol *const *)a,
			    *y = *(struct symbol *const *)b;

	if (x->o.size != y->o.size)
		return x->o.size < y->o.size ? -1 : 1;
	return x > y ? -1 : x < y;
}

static struct section *section_for_commons(struct obj_file *f)
{
	for (unsigned i = 1; i < f->nfile_sections; i++)
		if (f->sections[i].loaded && f->sections[i].o.type == SHT_NOBITS)
			return &f->sections[i];
	return obj_add_section(f, ".bss", SHF_WRITE, 1);
}

static int place_commons(struct obj_file *f, struct symbol **commons, unsigned n)
{
	struct section *bss = section_for_commons(f);
	uint64_t size = bss->o.size;
	uint32_t align;

	qsort(commons, n, sizeof(*commons), by_size);
	for (unsigned i = 0; i < n; i++) {
		align = commons[i]->o.value ? commons[i]->o.value : 1;
		size = (size + align - 1) & ~(uint64_t)(align - 1);
		if (!obj_in_range(size, commons[i]->o.size, OBJ_MAX_SIZE))
			return obj_error(
				f, -ENOEXEC,
				"common symbol %s: section %s would be larger than %u",
				commons[i]->o.name, bss->o.name, OBJ_MAX_SIZE);
		commons[i]->o.secidx = bss->o.secidx;
		commons[i]->o.value = size;
		commons[i]->o.type = STT_OBJECT;
		size += commons[i]->o.size;
		if (align > bss->o.align)
			bss->o.align = align;
	}
	bss->o.size = size;
	return 0;
}

static int allocate_commons(struct obj_file *f)
{
	struct symbol **commons, *s;
	unsigned n = 0;

	for (uint32_t i = f->first_global; i < f->nsymbols; i++)
		n += f->symbols[i].owner == i && f->symbols[i].o.secidx == SHN_COMMON;
	if (!n)
		return 0;
	commons = obj_alloc(f, n * sizeof(*commons));
	if (!commons)
		return -ENOMEM;
	n = 0;
	for (uint32_t i = f->first_global; i < f->nsymbols; i++) {
		s = &f->symbols[i];
		if (s->owner == i && s->o.secidx == SHN_COMMON)
			commons[n++] = s;
	}
	return place_commons(f, commons, n);
}

int obj_resolve(struct obj_file *f, const char *module_name)
{
	int err = 0;

	if (f->stage != LOADED)
		return -EINVAL;
	f->stage = FAILED;
	if (module_name)
		err = obj_place_this(f, module_name);
	if (!err)
		err = obj_place_got(f);
	if (!err)
		err = check_undefined(f);
	if (!err)
		err = allocate_commons(f);
	if (err)
		return err;
	for (unsigned i = 1; i < f->nsections; i++)
		if (f->sections[i].loaded)
			f->sections[i].o.type = SHT_PROGBITS;
	f->stage = RESOLVED;
	return 0;
}

/* --- order and offsets ------------------------------------------------------------------ */

/* Sections of one key keep the order in which they arrived: a counting sort over the keys. */
static int sort_sections(struct obj_file *f)
{
	struct section **sorted = obj_alloc(f, f->nloaded * sizeof(*sorted));
	unsigned start[UINT8_MAX + 2] = {0}, rank;

	if (!sorted)
		return -ENOMEM;
	for (unsigned i = 0; i < f->nloaded; i++)
		start[UINT8_MAX - f->order[i]->key + 1]++;
	for (unsigned k = 1; k <= UINT8_MAX; k++)
		start[k] += start[k - 1];
	for (unsigned i = 0; i < f->nloaded; i++) {
		rank = UINT8_MAX - f->order[i]->key;
		sorted[start[rank]++] = f->order[i];
	}
	f->order = sorted;
	return 0;
}

/* What is written comes first, because struct module is; then code, then the rest. */
static unsigned rights_rank(const struct section *s)
{
	if (s->o.flags & SHF_WRITE)
		return 0;
	return s->o.flags & SHF_EXECINSTR ? 1 : 2;
}

/* Bring the sections into the order of their rights, else as they are. The first one of a
 * rank begins a page, and there is one of each. */
static int sort_rights(struct obj_file *f)
{
	struct section **sorted = obj_alloc(f, f->nloaded * sizeof(*sorted));
	unsigned n = 0;

	if (!sorted)
		return -ENOMEM;
	for (unsigned rank = 0; rank <= 2; rank++)
		for (unsigned i = 0; i < f->nloaded; i++)
			if (rights_rank(f->order[i]) == rank)
				sorted[n++] = f->order[i];
	f->order = sorted;
	return 0;
}

static uint64_t align_up(uint64_t at, uint64_t align)
{
	return (at + align - 1) & ~(align - 1);
}

/* Where section s may begin, after the one before it, which ends at `at`. */
static uint64_t start_of(struct obj_file *f, const struct section *s, uint64_t at)
{
	if (f->separate && rights_rank(s) >= 1 && !f->text_start)
		f->text_start = at = align_up(at, TGT_PAGE_SIZE);
	if (f->separate && rights_rank(s) == 2 && !f->rodata_start)
		f->rodata_start = at = align_up(at, TGT_PAGE_SIZE);
	return align_up(at, s->o.align);
}

int obj_separate(struct obj_file *f)
{
	const uint32_t both = SHF_WRITE | SHF_EXECINSTR;

	if (f->stage != LOADED)
		return -EINVAL;
	for (unsigned i = 1; i < f->nsections; i++) {
		const struct section *s = &f->sections[i];

		if (!s->loaded || (s->o.flags & both) != both)
			continue;
		obj_warn(f, "section %s is both written and executed", s->o.name);
		return 0;
	}
	f->separate = true;
	return 0;
}

int obj_layout(struct obj_file *f)
{
	struct section *s;
	uint64_t at = 0;

	if (f->stage != RESOLVED && f->stage != BUILT)
		return -EINVAL;
	f->stage = FAILED;
	if (sort_sections(f) || (f->separate && sort_rights(f)))
		return -ENOMEM;
	for (unsigned i = 0; i < f->nloaded; i++) {
		s = f->order[i];
		at = start_of(f, s, at);
		if (!obj_in_range(at, s->o.size, OBJ_MAX_SIZE))
			return obj_error(f, -EFBIG,
					 "the image would be larger than %u bytes",
					 OBJ_MAX_SIZE);
		s->offset = s->o.address = at;
		at += s->o.size;
		if (!f->separate && !f->runsize &&
		    (!strcmp(s->o.name, ".text.init") ||
		     !strcmp(s->o.name, ".data.init")))
			f->runsize = s->offset;
	}
	f->size = at;
	f->stage = LAID_OUT;
	return 0;
}

tgt_ulong obj_size(const struct obj_file *f)
{
	return f->size;
}

tgt_ulong obj_runsize(const struct obj_file *f)
{
	return f->runsize;
}
