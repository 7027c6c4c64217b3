/* depmod/deps.c - who needs whom: symbols resolved, dependencies sorted, cycles found
 *
 * Of several modules that export a symbol, the last in the order of modules.dep is taken; a
 * module comes before the kernel. The topological order decides in which order dependencies are
 * listed; it takes the module that became free last first, as kmod does.
 */
#include "deps.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include "modname.h"
#include "msg.h"
#include "text.h"

static void find_owners(struct deps *d, uint32_t *crcs, const struct tree *t,
			const struct store *s, const struct kernel *kernel)
{
	for (uint32_t i = 0; i < s->symbols.n; i++)
		d->owner[i] = DEPS_NOBODY;
	for (uint32_t i = 0; kernel && i < kernel->symbols.n; i++) {
		const char *name = names_get(&kernel->symbols, i);
		uint32_t number = names_find(&s->symbols, name, strlen(name));

		if (number == NAMES_NONE)
			continue;
		d->owner[number] = DEPS_KERNEL;
		crcs[number] = kernel->crcs ? kernel->crcs[i] : 0;
	}
	for (uint32_t pos = 0; pos < t->norder; pos++) {
		const struct module *m = &t->modules[t->order[pos]];

		for (uint32_t i = m->exports; i < m->exports + m->nexports; i++) {
			d->owner[s->exports.v[i]] = t->order[pos];
			if (s->crcs)
				crcs[s->exports.v[i]] = s->export_crcs.v[i];
		}
	}
}

/* A System.map has no versions, so a reference to "name_Rxxxxxxxx" takes "name". */
static void find_unversioned(struct deps *d, const struct store *s,
			     const struct kernel *kernel)
{
	for (uint32_t i = 0; i < s->symbols.n; i++) {
		const char *name = names_get(&s->symbols, i);
		size_t len;
		uint32_t plain;

		if (d->owner[i] != DEPS_NOBODY)
			continue;
		len = modname_unversioned(name);
		if (!name[len])
			continue;
		plain = names_find(&s->symbols, name, len);
		if (plain != NAMES_NONE)
			d->owner[i] = d->owner[plain];
		else if (names_find(&kernel->symbols, name, len) != NAMES_NONE)
			d->owner[i] = DEPS_KERNEL;
	}
}

/* Report what nobody exports, grouped by module, and exports of another version. */
static void report_imports(struct deps *d, const struct tree *t, const struct store *s,
			   const uint32_t *crcs, const struct deps_options *o,
			   uint32_t module)
{
	const struct module *m = &t->modules[module];
	bool said = false;

	for (uint32_t i = m->imports; i < m->imports + m->nimports; i++) {
		uint32_t number = s->imports.v[i] & ~STORE_WEAK;
		const char *name = names_get(&s->symbols, number);

		if (s->imports.v[i] & STORE_WEAK)
			continue;
		if (d->owner[number] != DEPS_NOBODY &&
		    (!o->crcs || crcs[number] == s->import_crcs.v[i]))
			continue;
		d->unresolved++;
		if (!o->unresolved)
			continue;
		if (!said)
			msg_warn("*** Unresolved symbols in %s/%s", t->dir,
				 tree_path(t, module));
		said = true;
		if (d->owner[number] == DEPS_NOBODY)
			msg_warn("\t%s", name);
		else
			msg_warn("\t%s (needs version %08x, there is %08x)", name,
				 s->import_crcs.v[i], crcs[number]);
	}
}

/* The direct dependencies of one module, each once, in the order of its symbol table. */
static void add_direct(struct deps *d, struct tree *t, const struct store *s,
		       uint32_t module, uint32_t *n, bool verbose)
{
	struct module *m = &t->modules[module];

	m->deps = *n;
	for (uint32_t i = m->imports; i < m->imports + m->nimports; i++) {
		uint32_t number = s->imports.v[i] & ~STORE_WEAK, owner = d->owner[number];

		if (owner >= DEPS_KERNEL || owner == module || d->mark[owner] == module)
			continue;
		d->mark[owner] = module;
		d->list[(*n)++] = owner;
		if (verbose)
			msg_info("%s/%s needs \"%s\": %s/%s", t->dir,
				 tree_path(t, module), names_get(&s->symbols, number),
				 t->dir, tree_path(t, owner));
	}
	m->ndeps = *n - m->deps;
}

/* Depth first from every module: an edge back to one we came through closes a cycle. */
struct search {
	const struct deps *deps;
	const struct tree *tree;
	uint32_t *stack, *next; /* modules on the way, and which dependency is next */
	uint32_t *place; /* module -> position in the stack + 1, 0 not seen, DONE */
	bool *cyclic;
};
#define DONE UINT32_MAX

static void report_cycle(struct search *s, uint32_t from, uint32_t depth)
{
	struct text text = {0};

	for (uint32_t i = from; i < depth; i++) {
		s->cyclic[s->stack[i]] = true;
		text_printf(&text, "%s -> ", tree_name(s->tree, s->stack[i]));
	}
	text_printf(&text, "%s", tree_name(s->tree, s->stack[from]));
	if (!text_failed(&text))
		msg_error("Cycle detected: %s", text.bytes);
	text_free(&text);
}

static void search_from(struct search *s, uint32_t root)
{
	uint32_t depth = 0;

	s->stack[depth] = root;
	s->next[depth] = 0;
	s->place[root] = ++depth;
	while (depth) {
		uint32_t at = depth - 1;
		const struct module *m = &s->tree->modules[s->stack[at]];
		uint32_t dep;

		if (s->next[at] == m->ndeps) {
			s->place[s->stack[at]] = DONE;
			depth--;
			continue;
		}
		dep = s->deps->list[m->deps + s->next[at]++];
		if (s->place[dep] == DONE)
			continue;
		if (s->place[dep]) {
			report_cycle(s, s->place[dep] - 1, depth);
			continue;
		}
		s->stack[depth] = dep;
		s->next[depth] = 0;
		s->place[dep] = ++depth;
	}
}

static int report_cycles(const struct deps *d, const struct tree *t)
{
	uint32_t n = t->names.n, found = 0;
	struct search s = {
		.deps = d,
		.tree = t,
		.stack = calloc(n, sizeof(*s.stack)),
		.next = calloc(n, sizeof(*s.next)),
		.place = calloc(n, sizeof(*s.place)),
		.cyclic = calloc(n, sizeof(*s.cyclic)),
	};
	int err = -ENOMEM;

	if (s.stack && s.next && s.place && s.cyclic) {
		err = -ELOOP;
		for (uint32_t i = 0; i < t->norder; i++)
			if (!s.place[t->order[i]])
				search_from(&s, t->order[i]);
		for (uint32_t i = 0; i < n; i++)
			found += s.cyclic[i];
		msg_error("%u modules in dependency cycles, nothing written", found);
	}
	free(s.stack);
	free(s.next);
	free(s.place);
	free(s.cyclic);
	return err;
}

/* Topological order into d->sort. `users` and `free` hold a number for each module. */
static int sort_modules(struct deps *d, const struct tree *t, uint32_t *users,
			uint32_t *ready)
{
	uint32_t nready = 0, sorted = 0;

	for (uint32_t i = 0; i < t->norder; i++) {
		const struct module *m = &t->modules[t->order[i]];

		for (uint32_t k = m->deps; k < m->deps + m->ndeps; k++)
			users[d->list[k]]++;
	}
	for (uint32_t i = 0; i < t->norder; i++)
		if (!users[t->order[i]])
			ready[nready++] = t->order[i];
	while (nready) {
		uint32_t module = ready[--nready];
		const struct module *m = &t->modules[module];

		d->sort[module] = sorted;
		d->by_sort[sorted++] = module;
		for (uint32_t k = m->deps; k < m->deps + m->ndeps; k++)
			if (--users[d->list[k]] == 0)
				ready[nready++] = d->list[k];
	}
	return sorted < t->norder ? report_cycles(d, t) : 0;
}

static int sort_all(struct deps *d, const struct tree *t)
{
	uint32_t *users = calloc(t->names.n + 1, sizeof(*users));
	uint32_t *ready = calloc(t->names.n + 1, sizeof(*ready));
	int err = users && ready ? sort_modules(d, t, users, ready) : -ENOMEM;

	free(users);
	free(ready);
	return err;
}

static int allocate(struct deps *d, const struct tree *t, const struct store *s)
{
	size_t n = t->names.n + 1;

	d->list = malloc((s->imports.n + 1) * sizeof(*d->list));
	d->owner = malloc((s->symbols.n + 1) * sizeof(*d->owner));
	d->sort = calloc(n, sizeof(*d->sort));
	d->by_sort = calloc(n, sizeof(*d->by_sort));
	d->mark = malloc(n * sizeof(*d->mark));
	if (!d->list || !d->owner || !d->sort || !d->by_sort || !d->mark)
		return -ENOMEM;
	memset(d->mark, 0xff, n * sizeof(*d->mark));
	return 0;
}

int deps_compute(struct deps *d, struct tree *t, const struct store *s,
		 const struct deps_options *o)
{
	uint32_t *crcs = calloc(s->symbols.n + 1, sizeof(*crcs)), n = 0;
	uint32_t *list;
	int err;

	*d = (struct deps){0};
	err = crcs ? allocate(d, t, s) : -ENOMEM;
	if (!err)
		find_owners(d, crcs, t, s, o->kernel);
	if (!err && o->kernel && !o->crcs)
		find_unversioned(d, s, o->kernel);
	for (uint32_t i = 0; !err && i < t->norder; i++) {
		add_direct(d, t, s, t->order[i], &n, o->verbose);
		if (o->kernel)
			report_imports(d, t, s, crcs, o, t->order[i]);
	}
	free(crcs);
	if (!err && (list = realloc(d->list, (n + 1) * sizeof(*list))) != NULL)
		d->list = list;
	return err ? err : sort_all(d, t);
}

void deps_free(struct deps *d)
{
	free(d->list);
	free(d->owner);
	free(d->sort);
	free(d->by_sort);
	free(d->mark);
	*d = (struct deps){0};
}

static int by_number(const void *a, const void *b)
{
	uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;

	return x < y ? -1 : x > y;
}

uint32_t deps_closure(struct deps *d, const struct tree *t, uint32_t module,
		      uint32_t *list)
{
	uint32_t n = 0, stamp = t->names.n + module;

	/* The list is the queue, too. Marks above the number of modules are ours. */
	d->mark[module] = stamp;
	for (uint32_t at = 0, from = module;; from = list[at++]) {
		const struct module *m = &t->modules[from];

		for (uint32_t k = m->deps; k < m->deps + m->ndeps; k++) {
			if (d->mark[d->list[k]] == stamp)
				continue;
			d->mark[d->list[k]] = stamp;
			list[n++] = d->list[k];
		}
		if (at == n)
			break;
	}
	for (uint32_t i = 0; i < n; i++)
		list[i] = d->sort[list[i]];
	if (n > 1)
		qsort(list, n, sizeof(*list), by_number);
	for (uint32_t i = 0; i < n; i++)
		list[i] = d->by_sort[list[i]];
	return n;
}
