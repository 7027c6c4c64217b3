/* kernel/module_export.c - a hash of all exported names, so that one is found whatever the
 * number of modules
 *
 * An entry is made for each symbol when a module's image comes in and goes with it. Names
 * that look alike (abi/module.h, QM_LOOKUP) are in one bucket, entries of newer modules in
 * front. The names themselves stay in the image: they are looked at through mod_symbol(),
 * and one that was changed there is only not found.
 */
#include "kernel/module.h"

#include <linux/errno.h>
#include <linux/kernel.h>
#include <linux/slab.h>
#include <linux/string.h>
#include "kernel/module_port.h"
#include "kernel/text.h"

#define BUCKETS	 4096
#define GPLONLY	 "GPLONLY_"
#define NAME_MAX (2 * TGT_PAGE_SIZE)

struct mod_export {
	struct mod_export *next, **link; /* *link is this entry */
	struct mod *mod;
	unsigned hash;
};

static struct mod_export *buckets[BUCKETS];

/* What names that look alike have in common: *name moves there, the length is returned. */
static size_t stem(const char **name, size_t len)
{
	const size_t gpl = strlen(GPLONLY);
	size_t i;

	if (len >= gpl && memcmp(*name, GPLONLY, gpl) == 0) {
		*name += gpl;
		len -= gpl;
	}
	for (i = 0; i < len; i++)
		if ((*name)[i] == '_' && i + 1 < len && (*name)[i + 1] == 'R')
			break;
	return i;
}

static unsigned hash(const char *stem, size_t len)
{
	unsigned h = 2166136261u; /* FNV-1a */

	while (len--)
		h = (h ^ (unsigned char)*stem++) * 16777619u;
	return h ^ h >> 15;
}

static unsigned name_hash(const char *name, size_t len)
{
	len = stem(&name, len);
	return hash(name, len);
}

static void enter(struct mod_export *e)
{
	struct mod_export **at = &buckets[e->hash % BUCKETS];

	while (*at && (*at)->mod->born > e->mod->born)
		at = &(*at)->next;
	e->next = *at;
	e->link = at;
	if (e->next)
		e->next->link = &e->next;
	*at = e;
}

int mod_export(struct mod *mod)
{
	unsigned long value;
	const char *name;
	size_t len;

	if (!mod->nsyms)
		return 0;
	mod->exports = kmalloc(mod->nsyms * sizeof(*mod->exports), GFP_KERNEL);
	if (!mod->exports)
		return -ENOMEM;
	mod->nexports = mod->nsyms;
	/* each is put in front of those of its module, so the last comes first */
	for (unsigned i = mod->nexports; i--;) {
		name = mod_symbol(mod, i, &value, &len);
		mod->exports[i].mod = mod;
		mod->exports[i].hash = name_hash(name, len);
		enter(&mod->exports[i]);
	}
	return 0;
}

void mod_unexport(struct mod *mod)
{
	for (unsigned i = 0; i < mod->nexports; i++) {
		struct mod_export *e = &mod->exports[i];

		*e->link = e->next;
		if (e->next)
			e->next->link = e->link;
	}
	kfree(mod->exports);
	mod->exports = NULL;
	mod->nexports = 0;
}

/* Add a record if the symbol looks like `wanted`, a stem; returns how many. */
static tgt_ulong found_to(struct text *t, const struct mod_export *e, const char *wanted,
			  size_t wanted_len)
{
	const struct mod *mod = e->mod;
	struct tgt_found found = {0};
	unsigned long value;
	const char *name, *start;
	size_t len, owner_len = strlen(mod->name);

	name = start = mod_symbol(mod, e - mod->exports, &value, &len);
	if (stem(&start, len) != wanted_len || memcmp(start, wanted, wanted_len) != 0)
		return 0;
	found.size = ALIGN(sizeof(found) + len + 1 + owner_len + 1, 4);
	found.value = value;
	found.module = mod == &mod_kernel ? 0 : (unsigned long)mod->header;
	found.born = mod->born;
	text_add(t, (char *)&found, sizeof(found));
	text_add(t, name, len);
	text_add(t, "", 1);
	text_add(t, mod->name, owner_len + 1);
	text_align(t, 4);
	return 1;
}

static tgt_ulong look_up(struct text *t, const char *name, size_t len)
{
	size_t wanted_len = stem(&name, len);
	unsigned h = hash(name, wanted_len);
	const struct mod_export *e;
	tgt_ulong n = 0;

	for (e = buckets[h % BUCKETS]; e; e = e->next)
		if (e->hash == h && mod_queryable(e->mod))
			n += found_to(t, e, name, wanted_len);
	return n;
}

long mod_lookup(struct text *t, tgt_addr names)
{
	char *name = kmalloc(NAME_MAX, GFP_KERNEL);
	long len = name ? 1 : -ENOMEM;
	tgt_ulong asked = 0, n = 0;

	while (len > 0) {
		len = port_string_from(name, names, NAME_MAX);
		if (len == NAME_MAX)
			len = -ENAMETOOLONG;
		if (len > 0 && asked++ == TGT_LOOKUP_MAX)
			len = -E2BIG;
		if (len <= 0)
			break;
		n += look_up(t, name, len);
		names += len + 1;
	}
	kfree(name);
	return len < 0 ? len : (long)n;
}
