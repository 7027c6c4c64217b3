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
	if (store_list_room(list, facts->n) < 0 || store_list_room(crcs, facts->n) < 0)
		return -ENOMEM;
	for (uint32_t i = 0; i < facts->n; i++) {
		const struct fact *f = &facts->v[i];
		uint32_t number = names_add(&s->symbols, f->name, f->len);

		if (number == NAMES_NONE)
			return -ENOMEM;
		list->v[list->n++] = number | (f->weak ? STORE_WEAK : 0);
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
