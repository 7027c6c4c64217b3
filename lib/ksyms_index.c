/* lib/ksyms_index.c - one hash of all exported names
 *
 * Open addressing, never more than half full. Providers are entered in the order in which they
 * win, and equal names probe alike, so the first one found is the right one.
 */
#include "ksyms_priv.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include "obj.h"

#define GPLONLY "GPLONLY_"

struct slot {
	const struct ksyms_symbol *symbol; /* NULL: free */
	const char *name;		   /* as importers say it */
	uint32_t hash;
	int provider;
};

struct ksyms_index {
	struct ksyms_match match;
	uint32_t mask;
	struct slot *slots;
};

/* Names that match must hash alike: with `strip`, without their version. */
static uint32_t hash(const struct ksyms_match *m, const char *name)
{
	size_t len = m->strip ? obj_unversioned_length(name, m->prefix) : strlen(name);
	uint32_t h = 2166136261u;

	for (size_t i = 0; i < len; i++)
		h = (h ^ (unsigned char)name[i]) * 16777619u;
	return h ^ h >> 15;
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
	if (strncmp(name, GPLONLY, strlen(GPLONLY)) != 0)
		return name;
	return m->gpl ? name + strlen(GPLONLY) : NULL;
}

static void enter(struct ksyms_index *x, const struct ksyms_module *m, int provider)
{
	for (size_t i = 0; i < m->nsymbols; i++) {
		const char *name = importable(&x->match, m->symbols[i].name);
		uint32_t h, at;

		if (!name)
			continue;
		h = hash(&x->match, name);
		for (at = h & x->mask; x->slots[at].symbol; at = (at + 1) & x->mask)
			;
		x->slots[at] = (struct slot){&m->symbols[i], name, h, provider};
	}
}

int ksyms_index(struct ksyms *k, const struct ksyms_match *how)
{
	struct ksyms_index *x = ksyms_alloc(k, 1, sizeof(*x));
	size_t n = k->kernel.nsymbols, size = 64;

	if (!x)
		return -ENOMEM;
	for (size_t i = 0; i < k->nmodules; i++)
		n += k->modules[i].nsymbols;
	while (size < 2 * n)
		size *= 2;
	x->match = *how;
	x->mask = size - 1;
	x->slots = ksyms_alloc(k, size, sizeof(*x->slots));
	if (!x->slots)
		return -ENOMEM;
	for (size_t i = 0; i < k->nmodules; i++)
		enter(x, &k->modules[i], i + 1);
	enter(x, &k->kernel, 0);
	k->index = x;
	return 0;
}

const struct ksyms_symbol *ksyms_find(const struct ksyms *k, const char *name,
				      int *provider)
{
	const struct ksyms_index *x = k->index;
	uint32_t h = hash(&x->match, name);

	for (uint32_t at = h & x->mask; x->slots[at].symbol; at = (at + 1) & x->mask) {
		const struct slot *s = &x->slots[at];

		if (s->hash != h || !match(&x->match, s->name, name))
			continue;
		*provider = s->provider;
		return s->symbol;
	}
	return NULL;
}
