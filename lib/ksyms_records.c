/* lib/ksyms_records.c - the records of QM_LOOKUP and QM_LIST (abi/module.h) */
#include "ksyms_priv.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* Records not taken yet. */
struct records {
	const char *at, *end;
};

/* The next record: `head` bytes of it are copied, its strings are left, NUL at *end - 1. */
static int next_record(struct records *r, void *head, uint32_t head_size,
		       struct records *strings)
{
	uint32_t size;

	if ((size_t)(r->end - r->at) < head_size)
		return -EBADMSG;
	memcpy(&size, r->at, sizeof(size));
	if (size <= head_size || size > (size_t)(r->end - r->at) || r->at[size - 1])
		return -EBADMSG;
	memcpy(head, r->at, head_size);
	*strings = (struct records){r->at + head_size, r->at + size};
	r->at += size;
	return 0;
}

/* The next string of a record, or NULL. */
static const char *next_string(struct records *r)
{
	const char *s = r->at;

	if (s >= r->end)
		return NULL;
	r->at += strlen(s) + 1;
	return s;
}

/* --- QM_LIST ------------------------------------------------------------------------- */

static int take_listed(struct ksyms *k, struct ksyms_module *m, struct records *r)
{
	struct tgt_listed listed;
	struct records strings;
	int err = next_record(r, &listed, sizeof(listed), &strings);

	if (err)
		return err;
	if (listed.nrefs > listed.size)
		return -EBADMSG;
	m->info = listed.info;
	m->name = next_string(&strings);
	m->nrefs = listed.nrefs;
	m->refs = listed.nrefs ? ksyms_alloc(k, listed.nrefs, sizeof(*m->refs)) : NULL;
	if (listed.nrefs && !m->refs)
		return -ENOMEM;
	for (size_t i = 0; i < m->nrefs; i++) {
		m->refs[i] = next_string(&strings);
		if (!m->refs[i] || !*m->refs[i])
			return -EBADMSG;
	}
	return *m->name ? 0 : -EBADMSG;
}

int ksyms_take_list(struct ksyms *k, const char *buf, uint32_t size, uint32_t n)
{
	struct records r = {buf, buf + size};
	int err = 0;

	if (n > size / sizeof(struct tgt_listed))
		return -EBADMSG;
	k->modules = ksyms_alloc(k, n, sizeof(*k->modules));
	if (!k->modules)
		return -ENOMEM;
	for (uint32_t i = 0; i < n && !err; i++)
		err = take_listed(k, &k->modules[i], &r);
	if (!err)
		k->nmodules = n;
	return err;
}

/* --- QM_LOOKUP ----------------------------------------------------------------------- */

struct found {
	struct tgt_found head;
	const char *name, *module;
};

/* Newest module first, kernel last; what is of one module stays in its order. */
static int by_provider(const void *a, const void *b)
{
	const struct found *x = a, *y = b;

	if (x->head.born != y->head.born)
		return x->head.born > y->head.born ? -1 : 1;
	return x->name < y->name ? -1 : x->name > y->name;
}

static int read_found(struct records *r, struct found *f)
{
	struct records strings;
	int err = next_record(r, &f->head, sizeof(f->head), &strings);

	if (err)
		return err;
	f->name = next_string(&strings);
	f->module = next_string(&strings);
	if (!*f->name || !f->module || !*f->module != !f->head.module ||
	    !f->head.module != !f->head.born)
		return -EBADMSG;
	return 0;
}

/* Give the sorted symbols to their providers. */
static int distribute(struct ksyms *k, const struct found *found, uint32_t n)
{
	struct ksyms_symbol *symbols = ksyms_alloc(k, n, sizeof(*symbols));
	struct ksyms_module *m;

	/* one more: the module somebody asked for besides */
	k->modules = ksyms_alloc(k, n + 1, sizeof(*k->modules));
	if (!symbols || !k->modules)
		return -ENOMEM;
	for (uint32_t i = 0; i < n; i++) {
		const struct tgt_found *head = &found[i].head;

		symbols[i] = (struct ksyms_symbol){found[i].name, head->value};
		m = &k->kernel;
		if (head->module) {
			if (i == 0 || found[i - 1].head.born != head->born)
				k->nmodules++;
			m = &k->modules[k->nmodules - 1];
			m->name = found[i].module;
			m->info.addr = head->module;
		}
		if (!m->nsymbols++)
			m->symbols = &symbols[i];
	}
	return 0;
}

int ksyms_take_found(struct ksyms *k, const char *buf, uint32_t size, uint32_t n)
{
	struct records r = {buf, buf + size};
	struct found *found;
	int err = 0;

	if (n > size / sizeof(struct tgt_found))
		return -EBADMSG;
	found = calloc(n + 1, sizeof(*found));
	if (!found)
		return -ENOMEM;
	for (uint32_t i = 0; i < n && !err; i++)
		err = read_found(&r, &found[i]);
	if (!err) {
		qsort(found, n, sizeof(*found), by_provider);
		err = distribute(k, found, n);
	}
	free(found);
	return err;
}
