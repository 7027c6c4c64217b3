/* obj_symbol.c - one hash of names, and who owns a name
 *
 * Locals have a hash of their own, made when the first of them is asked for, and are found
 * only if no other symbol has the name. A symbol that does not own its name points to the one
 * that does; relocations go through that.
 */
#include <errno.h>
#include <stdlib.h>
#include "namehash.h"
#include "obj_priv.h"

#define CRC_DIGITS 8

size_t obj_unversioned_length(const char *name, const char *prefix)
{
	size_t len = strlen(name), plen = strlen(prefix), cut = 2 + plen + CRC_DIGITS;

	if (len <= cut || memcmp(name + len - cut, "_R", 2) ||
	    memcmp(name + len - cut + 2, prefix, plen))
		return len;
	return len - cut;
}

static uint32_t hash_name(const struct obj_file *f, const char *name)
{
	size_t len = f->prefix ? obj_unversioned_length(name, f->prefix) : strlen(name);

	return name_hash(name, len) >> 32;
}

/* Two versions of a name are different names: only one with and one without are equal. */
static bool same_name(const struct obj_file *f, const char *a, const char *b)
{
	size_t la, lb, ua, ub;

	if (!strcmp(a, b))
		return true;
	if (!f->prefix)
		return false;
	la = strlen(a);
	lb = strlen(b);
	ua = obj_unversioned_length(a, f->prefix);
	ub = obj_unversioned_length(b, f->prefix);
	return ((ua == lb && la > lb) || (ub == la && lb > la)) &&
	       !memcmp(a, b, la < lb ? la : lb);
}

struct symbol *obj_symbol_at(const struct obj_file *f, uint32_t index)
{
	return index < f->nsymbols ? &f->symbols[index] : f->added[index - f->nsymbols];
}

static struct symbol *lookup_in(const struct obj_file *f, uint32_t first,
				const char *name, uint32_t hash)
{
	struct symbol *s;

	for (uint32_t i = first; i; i = s->next) {
		s = obj_symbol_at(f, i);
		if (s->hash == hash && same_name(f, s->o.name, name))
			return s;
	}
	return NULL;
}

static struct symbol *lookup_hashed(const struct obj_file *f, const char *name,
				    uint32_t hash)
{
	return f->buckets ? lookup_in(f, f->buckets[hash & f->mask], name, hash) : NULL;
}

static void link_symbol(struct symbol *s, uint32_t index, uint32_t *bucket)
{
	s->next = *bucket;
	*bucket = index;
}

/* Of locals of one name the first is found. */
static void hash_locals(struct obj_file *f)
{
	struct symbol *s;

	for (uint32_t i = f->first_global - 1; i > 0; i--) {
		s = &f->symbols[i];
		if (s->o.type == STT_FILE)
			continue;
		s->hash = hash_name(f, s->o.name);
		link_symbol(s, i, &f->local_buckets[s->hash & f->local_mask]);
	}
	f->locals_hashed = true;
}

struct symbol *obj_lookup(struct obj_file *f, const char *name)
{
	uint32_t hash = hash_name(f, name);
	struct symbol *s = lookup_hashed(f, name, hash);

	if (s || !f->buckets)
		return s;
	if (!f->locals_hashed)
		hash_locals(f);
	return lookup_in(f, f->local_buckets[hash & f->local_mask], name, hash);
}

struct obj_symbol *obj_find_symbol(struct obj_file *f, const char *name)
{
	struct symbol *s = obj_lookup(f, name);

	return s ? &s->o : NULL;
}

static bool is_data(const struct obj_symbol *s)
{
	return s->type == STT_NOTYPE || s->type == STT_OBJECT || s->type == STT_COMMON;
}

/* Does `new` take the name from `old`? 1 yes, 0 no, -EEXIST: both define it. */
static int overrides(const struct obj_symbol *new, const struct obj_symbol *old)
{
	if (new->secidx == SHN_UNDEF)
		return 0;
	if (old->secidx == SHN_UNDEF)
		return 1;
	if (new->bind == STB_WEAK)
		return 0;
	if (old->bind == STB_WEAK)
		return 1;
	if (new->secidx == SHN_COMMON && is_data(old))
		return 0;
	if (old->secidx == SHN_COMMON && is_data(new))
		return 1;
	return -EEXIST;
}

/* A file in which a name occurs twice among the globals is rare: the later one that wins
 * changes places with the owner. */
static int join_symbol(struct obj_file *f, uint32_t index, uint32_t owner)
{
	struct symbol *new = &f->symbols[index], *old = &f->symbols[owner];
	bool referenced = old->o.referenced || new->o.referenced;
	struct obj_symbol tmp = old->o;
	int win = overrides(&new->o, &old->o);

	if (win < 0)
		return obj_error(f, -ENOEXEC, "%s multiply defined", new->o.name);
	if (win) {
		old->o = new->o;
		new->o = tmp;
	}
	old->o.referenced = referenced;
	new->owner = owner;
	f->has_aliases = true;
	return 0;
}

static int fill_hash(struct obj_file *f)
{
	struct symbol *s, *old;
	int err;

	for (uint32_t i = f->first_global; i < f->nsymbols; i++) {
		s = &f->symbols[i];
		s->hash = hash_name(f, s->o.name);
		old = lookup_hashed(f, s->o.name, s->hash);
		if (!old) {
			link_symbol(s, i, &f->buckets[s->hash & f->mask]);
			continue;
		}
		err = join_symbol(f, i, old->owner);
		if (err)
			return err;
	}
	return 0;
}

/* A table for n symbols. */
static uint32_t *new_buckets(struct obj_file *f, uint32_t n, uint32_t *mask)
{
	uint32_t size = 8;

	while (size < n)
		size *= 2;
	*mask = size - 1;
	return obj_alloc(f, size * sizeof(uint32_t));
}

int obj_hash_symbols(struct obj_file *f)
{
	f->local_buckets = new_buckets(f, f->first_global, &f->local_mask);
	f->buckets = new_buckets(f, f->nsymbols - f->first_global, &f->mask);
	if (!f->buckets || !f->local_buckets) {
		f->buckets = NULL;
		return -ENOMEM;
	}
	return fill_hash(f);
}

int obj_ignore_versions(struct obj_file *f, const char *prefix)
{
	if (f->stage != LOADED)
		return -EINVAL;
	f->prefix = obj_strdup(f, prefix, strlen(prefix));
	if (!f->prefix)
		return -ENOMEM;
	memset(f->buckets, 0, (f->mask + 1) * sizeof(*f->buckets));
	memset(f->local_buckets, 0, (f->local_mask + 1) * sizeof(*f->local_buckets));
	f->locals_hashed = false;
	return fill_hash(f);
}

static bool is_wanted(const struct symbol *s, uint32_t index)
{
	return s->owner == index && !obj_is_import(&s->o) &&
	       (s->o.secidx == SHN_UNDEF || s->o.secidx == SHN_COMMON ||
		s->o.bind == STB_WEAK);
}

const struct obj_symbol *obj_next_wanted(const struct obj_file *f, unsigned *cursor)
{
	uint32_t i;

	if (*cursor < f->first_global)
		*cursor = f->first_global;
	while ((i = *cursor) < f->nsymbols) {
		++*cursor;
		if (is_wanted(&f->symbols[i], i))
			return &f->symbols[i].o;
	}
	return NULL;
}

bool obj_is_unresolved(const struct obj_symbol *s)
{
	return s->secidx == SHN_UNDEF && s->bind != STB_WEAK && s->referenced;
}

static int mark_provider(struct obj_file *f, unsigned provider)
{
	bool *grown;

	if (provider >= f->nproviders) {
		grown = realloc(f->providers, provider + 1);
		if (!grown)
			return -ENOMEM;
		memset(grown + f->nproviders, 0, provider + 1 - f->nproviders);
		f->providers = grown;
		f->nproviders = provider + 1;
	}
	f->providers[provider] = true;
	return 0;
}

int obj_add_symbol(struct obj_file *f, const char *name, tgt_addr value, int provider)
{
	struct symbol *s;

	if (f->stage != LOADED || provider < 0 || provider >= OBJ_IMPORTED)
		return -EINVAL;
	s = lookup_hashed(f, name, hash_name(f, name));
	if (!s || !is_wanted(s, s->owner))
		return 0;
	if (mark_provider(f, provider))
		return -ENOMEM;
	s->o.secidx = OBJ_IMPORTED + provider;
	s->o.value = value;
	s->o.size = 0;
	s->o.bind = STB_GLOBAL;
	s->o.type = STT_NOTYPE;
	return 1;
}

bool obj_provider_used(const struct obj_file *f, int provider)
{
	return provider >= 0 && provider < f->nproviders && f->providers[provider];
}

/* A symbol the file does not have. */
static struct symbol *new_symbol(struct obj_file *f, const char *name)
{
	struct symbol **grown, *s;

	if (f->nadded == f->cap_added) {
		grown = realloc(f->added, (f->cap_added * 2 + 8) * sizeof(*grown));
		if (!grown)
			return NULL;
		f->added = grown;
		f->cap_added = f->cap_added * 2 + 8;
	}
	s = obj_alloc(f, sizeof(*s));
	if (!s || !(s->o.name = obj_strdup(f, name, strlen(name))))
		return NULL;
	s->hash = hash_name(f, name);
	s->owner = f->nsymbols + f->nadded;
	f->added[f->nadded++] = s;
	link_symbol(s, s->owner, &f->buckets[s->hash & f->mask]);
	return s;
}

int obj_add_export(struct obj_file *f, const char *name, int secidx, tgt_addr value)
{
	struct symbol *s;
	struct export *e;

	if (f->stage != LOADED && f->stage != RESOLVED)
		return -EINVAL;
	s = obj_lookup(f, name);
	if (secidx != SHN_ABS &&
	    (secidx <= 0 || secidx >= f->nsections || !f->sections[secidx].loaded))
		return -EINVAL;
	if (s)
		return -EEXIST;
	s = new_symbol(f, name);
	e = s ? obj_alloc(f, sizeof(*e)) : NULL;
	if (!e)
		return -ENOMEM;
	s->o.secidx = secidx;
	s->o.value = value;
	s->o.bind = STB_GLOBAL;
	e->symbol = s;
	*f->last_export = e;
	f->last_export = &e->next;
	return 0;
}

const unsigned char *obj_symbol_bytes(const struct obj_file *f, const struct symbol *s,
				      uint32_t *len)
{
	const struct section *sec;

	if (s->o.secidx <= 0 || s->o.secidx >= f->nsections)
		return NULL;
	sec = &f->sections[s->o.secidx];
	if (!sec->bytes || s->o.value > sec->o.size)
		return NULL;
	*len = sec->o.size - s->o.value;
	return sec->bytes + s->o.value;
}

bool obj_is_own(const struct obj_file *f, const struct obj_symbol *s)
{
	return s->secidx == SHN_ABS || (s->secidx > 0 && s->secidx < f->nsections &&
					f->sections[s->secidx].loaded);
}

const struct obj_symbol *obj_next_symbol(const struct obj_file *f, unsigned *cursor)
{
	const struct symbol *s;
	uint32_t i;

	if (!*cursor)
		*cursor = 1;
	while ((i = *cursor) < f->nsymbols + f->nadded) {
		++*cursor;
		s = obj_symbol_at(f, i);
		if (s->owner == i && s->o.type != STT_FILE && obj_is_own(f, &s->o))
			return &s->o;
	}
	return NULL;
}

char obj_symbol_letter(const struct obj_file *f, const struct obj_symbol *s)
{
	const struct obj_section *sec = NULL;
	char letter = '?';

	if (s->secidx > 0 && s->secidx < f->nsections)
		sec = &f->sections[s->secidx].o;
	if (s->secidx == SHN_ABS)
		letter = 'A';
	else if (s->secidx == SHN_UNDEF)
		letter = 'U';
	else if (!sec || !(sec->flags & SHF_ALLOC))
		return '?';
	else if (sec->type == SHT_NOBITS)
		letter = 'B';
	else if (sec->flags & SHF_EXECINSTR)
		letter = 'T';
	else
		letter = sec->flags & SHF_WRITE ? 'D' : 'R';
	return s->bind == STB_LOCAL ? letter - 'A' + 'a' : letter;
}
