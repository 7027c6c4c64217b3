/* lib/modhint.c - why a symbol is unresolved, where that can be known */
#include "modhint.h"

#include <stdlib.h>
#include <string.h>
#include "moddep.h"
#include "modname.h"
#include "msg.h"

#define GPLONLY "GPLONLY_"

/* Names longer than this are not compared letter by letter. */
#define LONGEST 63

/* Number of letters to change, add, drop or swap to get from a to b; at most `limit` +
 * 1. */
static unsigned distance(const char *a, const char *b, unsigned limit)
{
	size_t alen = strlen(a), blen = strlen(b);
	unsigned rows[3][LONGEST + 1], *before = rows[0], *last = rows[1], *row = rows[2];

	if (alen > LONGEST || blen > LONGEST || alen + limit < blen ||
	    blen + limit < alen)
		return limit + 1;
	for (size_t j = 0; j <= blen; j++)
		last[j] = j;
	for (size_t i = 1; i <= alen; i++) {
		unsigned *spare = before;

		row[0] = i;
		for (size_t j = 1; j <= blen; j++) {
			unsigned best = last[j - 1] + (a[i - 1] != b[j - 1]);

			if (last[j] + 1 < best)
				best = last[j] + 1;
			if (row[j - 1] + 1 < best)
				best = row[j - 1] + 1;
			if (i > 1 && j > 1 && a[i - 1] == b[j - 2] &&
			    a[i - 2] == b[j - 1] && before[j - 2] + 1 < best)
				best = before[j - 2] + 1;
			row[j] = best;
		}
		before = last;
		last = row;
		row = spare;
	}
	return last[blen];
}

struct search {
	const char *name;
	size_t stem;
	const char *other_version, *gpl_only, *nearest;
	unsigned nearest_distance;
	int version_provider, gpl_provider, nearest_provider;
};

static void consider(struct search *s, const struct ksyms_module *m, int provider)
{
	for (size_t i = 0; i < m->nsymbols; i++) {
		const char *name = m->symbols[i].name;
		unsigned d;

		if (!strncmp(name, GPLONLY, strlen(GPLONLY))) {
			name += strlen(GPLONLY);
			if (!s->gpl_only && !strcmp(name, s->name)) {
				s->gpl_only = name;
				s->gpl_provider = provider;
			}
		}
		if (!s->other_version && modname_unversioned(name) == s->stem &&
		    !memcmp(name, s->name, s->stem) && strcmp(name, s->name) != 0) {
			s->other_version = name;
			s->version_provider = provider;
		}
		if (!strncmp(name, "__insmod_", 9))
			continue;
		d = distance(s->name, name, s->nearest_distance - 1);
		if (d < s->nearest_distance) {
			s->nearest = name;
			s->nearest_distance = d;
			s->nearest_provider = provider;
		}
	}
}

/* Does an installed module export it? */
static bool hint_from_index(const char *module_dir, const char *name)
{
	struct moddep *index;
	const char *module;

	if (moddep_open(&index, module_dir) < 0)
		return false;
	module = moddep_exporter(index, name);
	if (module)
		msg_hint("%s is exported by module %s, which is not loaded", name,
			 module);
	moddep_close(index);
	return module != NULL;
}

char *modhint_tree_of(const char *path)
{
	char *dir = realpath(path, NULL), *slash;

	while (dir && (slash = strrchr(dir, '/')) != NULL) {
		*slash = '\0';
		if (moddep_is_there(dir, MODDEP_SYMBOLS))
			return dir;
	}
	free(dir);
	return NULL;
}

void modhint_unresolved(const struct ksyms *k, const char *name, const char *const dirs[])
{
	struct search s = {.name = name, .stem = modname_unversioned(name)};
	size_t len = strlen(name);
	bool known = false;

	s.nearest_distance = len < 4 ? 1 : len < 9 ? 2 : 3;
	for (size_t i = 0; i < k->nmodules; i++)
		consider(&s, &k->modules[i], i + 1);
	consider(&s, &k->kernel, 0);
	for (; !s.gpl_only && !s.other_version && !known && *dirs; dirs++)
		known = hint_from_index(*dirs, name);
	if (s.gpl_only)
		msg_hint("%s is exported (by %s) to GPL-compatible modules only", name,
			 ksyms_provider_name(k, s.gpl_provider));
	else if (s.other_version)
		msg_hint("%.*s exists with another version: %s (%s)", (int)s.stem, name,
			 s.other_version, ksyms_provider_name(k, s.version_provider));
	else if (!known && s.nearest)
		msg_hint("there is no %s; %s exports %s", name,
			 ksyms_provider_name(k, s.nearest_provider), s.nearest);
}
