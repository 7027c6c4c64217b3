/* obj_kallsyms.c - the __kallsyms section: all sections and symbols, for debuggers
 *
 * Layout, in 32-bit words: a header, a record for each section, a record for each symbol,
 * then the strings. Offsets count from the start of the data; a reader takes the sizes of the
 * records from the header. The size is fixed in obj_build_kallsyms; the contents are made in
 * the image once addresses are known, symbols by address.
 */
#include <errno.h>
#include <stdlib.h>
#include "obj_priv.h"

struct header {
	uint32_t size, total_size;
	uint32_t n_sections, section_off, section_size;
	uint32_t n_symbols, symbol_off, symbol_size;
	uint32_t string_off;
	uint32_t start, end; /* addresses of the module */
};

#define SECTION_WORDS 4 /* start, size, name, flags */
#define SYMBOL_WORDS  3 /* record of its section, address, name */

struct kallsyms {
	struct header h;
	const struct obj_symbol **symbols; /* room for h.n_symbols */
};

static bool is_listed(const struct obj_symbol *s)
{
	return *s->name && s->type != STT_SECTION && s->secidx != SHN_ABS;
}

static const struct obj_symbol *next_listed(const struct obj_file *f, unsigned *cursor)
{
	const struct obj_symbol *s;

	while ((s = obj_next_symbol(f, cursor)) && !is_listed(s))
		;
	return s;
}

int obj_build_kallsyms(struct obj_file *f)
{
	struct kallsyms *k = obj_alloc(f, sizeof(*k));
	const struct obj_symbol *s;
	unsigned cursor = 0;
	uint32_t strings = 0;

	if (!k)
		return -ENOMEM;
	for (unsigned i = 0; i < f->nloaded; i++, k->h.n_sections++)
		strings += strlen(f->order[i]->o.name) + 1;
	while ((s = next_listed(f, &cursor))) {
		strings += strlen(s->name) + 1;
		k->h.n_symbols++;
	}
	k->symbols = obj_alloc(f, (k->h.n_symbols + 1) * sizeof(*k->symbols));
	if (!k->symbols)
		return -ENOMEM;
	k->h.size = sizeof(k->h);
	k->h.section_size = 4 * SECTION_WORDS;
	k->h.symbol_size = 4 * SYMBOL_WORDS;
	k->h.section_off = k->h.size;
	k->h.symbol_off = k->h.section_off + k->h.n_sections * k->h.section_size;
	k->h.string_off = k->h.symbol_off + k->h.n_symbols * k->h.symbol_size;
	k->h.total_size = k->h.string_off + strings;
	f->kallsyms = obj_add_section(f, "__kallsyms", 0, 4);
	f->kallsyms->o.size = k->h.total_size;
	f->kallsyms_data = k;
	return 0;
}

static int by_address(const void *a, const void *b)
{
	const struct obj_symbol *x = *(const struct obj_symbol *const *)a;
	const struct obj_symbol *y = *(const struct obj_symbol *const *)b;

	if (x->value != y->value)
		return x->value < y->value ? -1 : 1;
	return strcmp(x->name, y->name);
}

static void put_words(unsigned char *at, const uint32_t *words, size_t n)
{
	for (size_t i = 0; i < n; i++)
		obj_put32(at + 4 * i, words[i]);
}

/* Copy a name behind the others; its offset from the start. */
static uint32_t put_name(unsigned char *start, uint32_t *end, const char *name)
{
	uint32_t at = *end;

	memcpy(start + at, name, strlen(name) + 1);
	*end += strlen(name) + 1;
	return at;
}

/* Section records, in load order. */
static void put_sections(struct obj_file *f, const struct header *h, unsigned char *start,
			 uint32_t *end)
{
	unsigned n = 0;

	for (unsigned i = 0; i < f->nloaded; i++) {
		struct section *s = f->order[i];
		uint32_t at = h->section_off + n * h->section_size;

		if (s == f->kallsyms)
			continue;
		put_words(start + at,
			  (uint32_t[]){s->o.address, s->o.size,
				       put_name(start, end, s->o.name), s->o.flags},
			  SECTION_WORDS);
		s->record = at;
		n++;
	}
}

void obj_fill_kallsyms(struct obj_file *f)
{
	struct kallsyms *k = f->kallsyms_data;
	unsigned cursor = 0, n = 0;
	const struct obj_symbol *s;
	unsigned char *start;
	uint32_t end;

	if (!k)
		return;
	start = f->image + f->kallsyms->offset;
	end = k->h.string_off;
	k->h.start = f->base;
	k->h.end = f->base + f->size;
	put_words(start, (const uint32_t *)&k->h, sizeof(k->h) / 4);
	put_sections(f, &k->h, start, &end);
	while ((s = next_listed(f, &cursor)))
		k->symbols[n++] = s;
	qsort(k->symbols, n, sizeof(*k->symbols), by_address);
	for (unsigned i = 0; i < n; i++) {
		s = k->symbols[i];
		put_words(start + k->h.symbol_off + i * k->h.symbol_size,
			  (uint32_t[]){f->sections[s->secidx].record, s->value,
				       put_name(start, &end, s->name)},
			  SYMBOL_WORDS);
	}
}
