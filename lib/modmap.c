/* lib/modmap.c - the load map of a linked module, as text and as data */
#include "modmap.h"

#include <elf.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "jsonout.h"

static int by_address(const void *a, const void *b)
{
	const struct obj_symbol *x = *(const struct obj_symbol *const *)a;
	const struct obj_symbol *y = *(const struct obj_symbol *const *)b;

	if (x->value != y->value)
		return x->value < y->value ? -1 : 1;
	return strcmp(x->name, y->name);
}

/* The map's symbols, sorted; a malloced array of *n, or NULL. */
static const struct obj_symbol **sorted_symbols(const struct obj_file *f, size_t *n)
{
	const struct obj_symbol **symbols, *s;
	unsigned cursor = 0;

	*n = 0;
	while (obj_next_symbol(f, &cursor))
		++*n;
	symbols = malloc((*n + 1) * sizeof(*symbols));
	if (!symbols)
		return NULL;
	cursor = 0;
	*n = 0;
	while ((s = obj_next_symbol(f, &cursor)))
		symbols[(*n)++] = s;
	qsort(symbols, *n, sizeof(*symbols), by_address);
	return symbols;
}

int modmap_print(const struct obj_file *f)
{
	const struct obj_section *s;
	const struct obj_symbol **symbols;
	unsigned cursor = 0;
	size_t n;

	printf("Sections:       Size      Address   Align\n");
	while ((s = obj_next_section(f, &cursor)))
		printf("%-15s %08x  %08x  2**%d\n", s->name, s->size, s->address,
		       __builtin_ctz(s->align));
	symbols = sorted_symbols(f, &n);
	if (!symbols)
		return -ENOMEM;
	printf("\nSymbols:\n");
	for (size_t i = 0; i < n; i++)
		printf("%08x %c %s\n", symbols[i]->value,
		       obj_symbol_letter(f, symbols[i]), symbols[i]->name);
	free(symbols);
	return 0;
}

/* SHF_ flags as readelf writes them. */
static void add_flags(struct json_object *o, tgt_ulong flags)
{
	char text[4], *p = text;

	if (flags & SHF_WRITE)
		*p++ = 'W';
	if (flags & SHF_ALLOC)
		*p++ = 'A';
	if (flags & SHF_EXECINSTR)
		*p++ = 'X';
	*p = '\0';
	jsonout_add_text(o, "flags", text);
}

static struct json_object *json_sections(const struct obj_file *f)
{
	struct json_object *all = json_object_new_array();
	const struct obj_section *s;
	unsigned cursor = 0;

	while ((s = obj_next_section(f, &cursor))) {
		struct json_object *o = json_object_new_object();

		jsonout_add_text(o, "name", s->name);
		jsonout_add_number(o, "address", s->address);
		jsonout_add_number(o, "size", s->size);
		jsonout_add_number(o, "align", s->align);
		add_flags(o, s->flags);
		json_object_array_add(all, o);
	}
	return all;
}

static struct json_object *json_symbols(const struct obj_file *f,
					const struct obj_symbol *const *symbols, size_t n)
{
	struct json_object *all = json_object_new_array_ext(n);

	for (size_t i = 0; i < n; i++) {
		struct json_object *o = json_object_new_object();
		char letter[2] = {obj_symbol_letter(f, symbols[i]), '\0'};

		jsonout_add_text(o, "name", symbols[i]->name);
		jsonout_add_number(o, "address", symbols[i]->value);
		jsonout_add_text(o, "type", letter);
		json_object_array_add(all, o);
	}
	return all;
}

static struct json_object *json_depends(const struct obj_file *f, const struct ksyms *k)
{
	struct json_object *all = json_object_new_array();

	for (size_t i = 0; i < k->nmodules; i++)
		if (obj_provider_used(f, i + 1))
			json_object_array_add(all,
					      json_object_new_string(k->modules[i].name));
	return all;
}

int modmap_print_json(const struct obj_file *f, const char *name, tgt_addr base,
		      const struct ksyms *k)
{
	struct json_object *o;
	size_t n;
	const struct obj_symbol **symbols = sorted_symbols(f, &n);

	if (!symbols)
		return -ENOMEM;
	o = json_object_new_object();
	jsonout_add_text(o, "name", name);
	jsonout_add_number(o, "base", base);
	jsonout_add_number(o, "size", obj_size(f));
	json_object_object_add(o, "sections", json_sections(f));
	json_object_object_add(o, "symbols", json_symbols(f, symbols, n));
	json_object_object_add(o, "depends", json_depends(f, k));
	jsonout_print(o);
	free(symbols);
	return 0;
}
