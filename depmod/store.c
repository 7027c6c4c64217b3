/* depmod/store.c - the facts of all modules, symbol names as numbers */
#include "store.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

int store_list_room(struct store_list *list, uint32_t n)
{
	store_symbol *v;
	uint32_t room;

	if (list->room - list->n >= n)
		return 0;
	room = list->room + list->room / 2 + n + 1024;
	v = realloc(list->v, room * sizeof(*v));
	if (!v)
		return -ENOMEM;
	list->v = v;
	list->room = room;
	return 0;
}

static int add_facts(struct store *s, const struct fact_list *facts,
		     struct store_list *list, struct store_list *crcs)
{
	if (store_list_room(list, facts->n) < 0 ||
	    (s->crcs && store_list_room(crcs, facts->n) < 0))
		return -ENOMEM;
	for (uint32_t i = 0; i < facts->n; i++) {
		const struct fact *f = &facts->v[i];
		uint32_t number = names_add(&s->symbols, f->name, f->len);

		if (number == NAMES_NONE)
			return -ENOMEM;
		list->v[list->n++] = number | (f->weak ? STORE_WEAK : 0);
		if (s->crcs)
			crcs->v[crcs->n++] = f->crc;
	}
	return 0;
}

int store_add(struct store *s, struct module *m, const struct facts *f)
{
	int err;

	m->exports = s->exports.n;
	m->nexports = f->exports.n;
	m->imports = s->imports.n;
	m->nimports = f->imports.n;
	m->info = s->info.len;
	m->info_len = f->info.len;
	if (s->info.len + f->info.len > UINT32_MAX)
		return -ENOMEM;
	err = add_facts(s, &f->exports, &s->exports, &s->export_crcs);
	if (!err)
		err = add_facts(s, &f->imports, &s->imports, &s->import_crcs);
	text_add(&s->info, f->info.bytes, f->info.len);
	return err || text_failed(&s->info) ? -ENOMEM : 0;
}

/* Symbols of the other list have other numbers; without `renumbered` it is plain numbers. */
static int append(struct store_list *list, const struct store_list *from,
		  const uint32_t *renumbered)
{
	if (store_list_room(list, from->n) < 0)
		return -ENOMEM;
	for (uint32_t i = 0; i < from->n; i++) {
		store_symbol v = from->v[i];

		if (renumbered)
			v = renumbered[v & ~STORE_WEAK] | (v & STORE_WEAK);
		list->v[list->n++] = v;
	}
	return 0;
}

static int append_symbols(struct store *s, const struct store *from, uint32_t *renumbered)
{
	for (uint32_t i = 0; i < from->symbols.n; i++) {
		const char *name = names_get(&from->symbols, i);

		renumbered[i] = names_add(&s->symbols, name, strlen(name));
		if (renumbered[i] == NAMES_NONE)
			return -ENOMEM;
	}
	return 0;
}

int store_append(struct store *s, const struct store *from, struct store_offsets *at)
{
	uint32_t *renumbered = malloc((from->symbols.n + 1) * sizeof(*renumbered));
	int err = -ENOMEM;

	*at = (struct store_offsets){s->exports.n, s->imports.n, s->info.len};
	if (renumbered && s->info.len + from->info.len <= UINT32_MAX)
		err = append_symbols(s, from, renumbered);
	if (!err)
		err = append(&s->exports, &from->exports, renumbered);
	if (!err)
		err = append(&s->imports, &from->imports, renumbered);
	if (!err)
		err = append(&s->export_crcs, &from->export_crcs, NULL);
	if (!err)
		err = append(&s->import_crcs, &from->import_crcs, NULL);
	free(renumbered);
	text_add(&s->info, from->info.bytes, from->info.len);
	return err || text_failed(&s->info) ? -ENOMEM : 0;
}

void store_move(struct module *m, const struct store_offsets *at)
{
	m->exports += at->exports;
	m->imports += at->imports;
	m->info += at->info;
}

void store_free(struct store *s)
{
	names_free(&s->symbols);
	free(s->exports.v);
	free(s->imports.v);
	free(s->export_crcs.v);
	free(s->import_crcs.v);
	text_free(&s->info);
	*s = (struct store){0};
}

const char *store_info(const struct store *s, const struct module *m, enum fact_info kind,
		       uint32_t *at)
{
	while (*at < m->info_len) {
		const char *entry = s->info.bytes + m->info + *at;

		*at += strlen(entry) + 1;
		if (entry[0] == (char)kind)
			return entry + 1;
	}
	return NULL;
}
