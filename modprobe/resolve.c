/* modprobe/resolve.c - from a requested name to modules */
#include "resolve.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "modname.h"
#include "msg.h"

#define MAX_HOPS 64

/* The way so far: names passed, newest last. */
struct way {
	const struct way *from;
	const char *name;
	const struct modconf_entry
		*alias; /* that led here; NULL: the request or an index */
	size_t length;
	bool by_alias;
};

struct resolver {
	struct tree *tree;
	struct target *first, **end;
	struct dead_end why;
};

/* "a (file:3) -> b (built in) -> c -> " for messages, without the last name. */
static const char *describe(struct tree *t, const struct way *w)
{
	const struct modconf_entry *alias = w->alias;
	const char *before;

	if (!w->from)
		return "";
	before = describe(t, w->from);
	obstack_printf(&t->mem, "%s%s", before, w->from->name);
	if (alias && alias->line)
		obstack_printf(&t->mem, " (%s:%u)", alias->file, alias->line);
	else if (alias)
		obstack_printf(&t->mem, " (%s)", alias->file ? alias->file : "built in");
	obstack_grow0(&t->mem, " -> ", strlen(" -> "));
	return obstack_finish(&t->mem);
}

static struct target *answer(struct resolver *r, const struct way *w,
			     enum target_kind kind)
{
	struct target *a = obstack_alloc(&r->tree->mem, sizeof(*a));

	*a = (struct target){.kind = kind, .by_alias = w->by_alias, .nnames = w->length};
	a->names = obstack_alloc(&r->tree->mem, w->length * sizeof(*a->names));
	a->via = describe(r->tree, w);
	for (; w; w = w->from)
		a->names[w->length - 1] = w->name;
	*r->end = a;
	r->end = &a->next;
	return a;
}

static void found(struct resolver *r, const struct way *w, struct module *m)
{
	struct target *a = answer(r, w, TARGET_MODULE);

	a->module = m;
	a->names[a->nnames - 1] = m->name;
}

static void follow(struct resolver *r, const struct way *w);

static void follow_alias(struct resolver *r, const struct way *w, const char *target,
			 const struct modconf_entry *alias)
{
	struct way next = {w, target, alias, w->length + 1, true};

	if (modname_equal(target,
			  w->name)) { /* `alias a a`, or a pattern that has itself */
		struct module *m = tree_module(r->tree, target);

		if (m)
			found(r, w, m);
		return;
	}
	for (const struct way *p = w; p; p = p->from)
		if (modname_equal(p->name, target) || w->length > MAX_HOPS) {
			if (!r->why.loop)
				msg_error("alias loop detected on %s: %s%s", target,
					  describe(r->tree, &next), target);
			r->why.loop = true;
			return;
		}
	follow(r, &next);
}

static bool by_list(struct resolver *r, const struct way *w)
{
	const struct modconf_entry *e =
		modconf_find(r->tree->conf, MODCONF_PROBE, w->name);

	if (!e)
		e = modconf_find(r->tree->conf, MODCONF_PROBEALL, w->name);
	if (e)
		answer(r, w, TARGET_LIST)->list = e;
	return e;
}

static bool by_configured_alias(struct resolver *r, const struct way *w, bool builtin)
{
	const struct modconf_entry *cursor = NULL, *e;
	bool any = false;

	while ((e = modconf_match(r->tree->conf, w->name, builtin, &cursor))) {
		any = true;
		for (size_t i = 0; i < e->nwords; i++)
			follow_alias(r, w, e->words[i], e);
	}
	return any;
}

static bool by_index(struct resolver *r, const struct way *w, enum moddep_file file)
{
	struct moddep_match *matches = NULL;
	int n = moddep_lookup(r->tree->index, file, w->name, &matches);

	if (n < 0)
		tree_complain(r->tree, n);
	for (int i = 0; i < n; i++) {
		struct way next = {w, tree_strdup(r->tree, matches[i].value), NULL,
				   w->length + 1, true};
		struct module *m = tree_module(r->tree, next.name);

		if (!m)
			m = tree_add(r->tree, next.name, NULL);
		if (file == MODDEP_BUILTIN_ALIAS)
			m->builtin = true;
		found(r, &next, m);
	}
	if (n > 0)
		free(matches);
	return n > 0;
}

static bool by_command(struct resolver *r, const struct way *w)
{
	if (!modconf_find(r->tree->conf, MODCONF_INSTALL, w->name) &&
	    !modconf_find(r->tree->conf, MODCONF_REMOVE, w->name))
		return false;
	found(r, w, tree_add(r->tree, w->name, NULL));
	return true;
}

static bool by_builtin(struct resolver *r, const struct way *w)
{
	struct moddep_match *matches = NULL;
	int n = moddep_lookup(r->tree->index, MODDEP_BUILTIN, w->name, &matches);
	struct module *m;

	if (n < 0)
		tree_complain(r->tree, n);
	if (n <= 0)
		return false;
	free(matches);
	m = tree_add(r->tree, w->name, NULL);
	m->builtin = true;
	found(r, w, m);
	return true;
}

static bool by_special_target(struct resolver *r, const struct way *w)
{
	struct module *m;

	if (w->from && strcmp(w->name, "off") == 0) {
		answer(r, w, TARGET_OFF);
		return true;
	}
	if (strcmp(w->name, "null") != 0)
		return false;
	m = tree_add(r->tree, w->name, NULL);
	m->null = true;
	found(r, w, m);
	return true;
}

static bool by_name(struct resolver *r, const struct way *w)
{
	struct module *m = tree_module(r->tree, w->name);

	if (m)
		found(r, w, m);
	return m;
}

/* The first that an alias led to is the one to tell of. */
static void nobody_knows(struct resolver *r, const struct way *w)
{
	if (*r->why.way || !w->from)
		return;
	r->why.name = w->name;
	obstack_printf(&r->tree->mem, ": %s%s", describe(r->tree, w), w->name);
	obstack_1grow(&r->tree->mem, '\0');
	r->why.way = obstack_finish(&r->tree->mem);
}

static void follow(struct resolver *r, const struct way *w)
{
	static const char symbol[] = "symbol:";

	if (by_special_target(r, w) || by_list(r, w) ||
	    by_configured_alias(r, w, false) || by_name(r, w))
		return;
	if (strncmp(w->name, symbol, strlen(symbol)) == 0 &&
	    by_index(r, w, MODDEP_SYMBOLS))
		return;
	if (by_command(r, w) || by_index(r, w, MODDEP_ALIAS) ||
	    by_index(r, w, MODDEP_BUILTIN_ALIAS) || by_builtin(r, w))
		return;
	if (!by_configured_alias(r, w, true))
		nobody_knows(r, w);
}

struct target *resolve(struct tree *t, const char *name, struct dead_end *why)
{
	struct resolver r = {.tree = t, .why = {.name = name, .way = ""}};
	struct way start = {.name = tree_strdup(t, name), .length = 1};

	r.end = &r.first;
	follow(&r, &start);
	*why = r.why;
	return r.first;
}
