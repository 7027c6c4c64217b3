/* lib/ksyms_index.c - one hash of all exported names
 *
 * Open addressing, never more than two thirds full. Providers are entered in the order in
 * which they win, and equal names probe alike, so the first one found is the right one.
 */
#include "ksyms_priv.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include "namehash.h"
#include "obj.h"

#define GPLONLY "GPLONLY_"

/* A slot holds 1 + the number of a symbol, counted through all providers; 0: free. */
struct ksyms_index {
	struct ksyms_match match;
	uint32_t mask;
	uint32_t *slots;
	uint32_t *
		first; /* [provider]: number of its first symbol; modules, then the kernel */
};

/* Names that match must hash alike: with `strip`, without their version. */
static uint32_t hash(const struct ksyms_match *m, const char *name)
{
	size_t len = m->strip ? obj_unversioned_length(name, m->prefix) : strlen(name);

	return name_hash(name, len) >> 32;
}

/* Equal, or the longer is the shorter and a version. */
static bool match(const struct ksyms_match *m, const char *a, const char *b)
{
	size_t alen, blen;

	if (!strcmp(a, b))
		return true;
	if (!m->strip)
		return false;
	alen = strlen(a);
	blen = strlen(b);
	if (alen > blen)
		return obj_unversioned_length(a, m->prefix) == blen &&
		       !memcmp(a, b, blen);
	return obj_unversioned_length(b, m->prefix) == alen && !memcmp(a, b, alen);
}

/* The name under which the symbol can be imported, or NULL. */
static const char *importable(const struct ksyms_match *m, const char *name)
{
	if (name[0] != GPLONLY[0] || strncmp(name, GPLONLY, strlen(GPLONLY)) != 0)
		return name;
	return m->gpl ? name + strlen(GPLONLY) : NULL;
}

static const struct ksyms_module *provider_at(const struct ksyms *k, size_t i)
{
	return i < k->nmodules ? &k->modules[i] : &k->kernel;
}

/* The symbol of that number, and its provider. */
static const struct ksyms_symbol *symbol_at(const struct ksyms *k, uint32_t nr,
					    int *provider)
{
	size_t low = 0, high = k->nmodules, mid;

	while (low < high) {
		mid = (low + high + 1) / 2;
		if (k->index->first[mid] <= nr)
			low = mid;
		else
			high = mid - 1;
	}
	*provider = low < k->nmodules ? (int)low + 1 : 0;
	return &provider_at(k, low)->symbols[nr - k->index->first[low]];
}

static void enter(struct ksyms_index *x, const struct ksyms_module *m, uint32_t nr)
{
	for (size_t i = 0; i < m->nsymbols; i++, nr++) {
		const char *name = importable(&x->match, m->symbols[i].name);
		uint32_t at;

		if (!name)
			continue;
		for (at = hash(&x->match, name) & x->mask; x->slots[at];
		     at = (at + 1) & x->mask)
			;
		x->slots[at] = nr + 1;
	}
}

int ksyms_index(struct ksyms *k, const struct ksyms_match *how)
{
	struct ksyms_index *x = ksyms_alloc(k, 1, sizeof(*x));
	size_t n = 0, size = 64;

	if (!x)
		return -ENOMEM;
	x->first = ksyms_alloc(k, k->nmodules + 1, sizeof(*x->first));
	if (!x->first)
		return -ENOMEM;
	for (size_t i = 0; i <= k->nmodules; i++) {
		x->first[i] = n;
		n += provider_at(k, i)->nsymbols;
	}
	while (size * 2 < n * 3)
		size *= 2;
	x->match = *how;
	x->mask = size - 1;
	x->slots = ksyms_alloc(k, size, sizeof(*x->slots));
	if (!x->slots)
		return -ENOMEM;
	for (size_t i = 0; i <= k->nmodules; i++)
		enter(x, provider_at(k, i), x->first[i]);
	k->index = x;
	return 0;
}

const struct ksyms_symbol *ksyms_find(const struct ksyms *k, const char *name,
				      int *provider)
{
	const struct ksyms_index *x = k->index;
	uint32_t at = hash(&x->match, name) & x->mask;

	for (; x->slots[at]; at = (at + 1) & x->mask) {
		int who;
		const struct ksyms_symbol *s = symbol_at(k, x->slots[at] - 1, &who);

		if (!match(&x->match, importable(&x->match, s->name), name))
			continue;
		*provider = who;
		return s;
	}
	return NULL;
}
