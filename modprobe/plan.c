/* modprobe/plan.c - what must be loaded for a module, and in which order */
#include "plan.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "msg.h"

#define MAX_DEPTH 128

struct planner {
	struct plan *plan;
	struct tree *tree;
	int depth;
	int err;
};

/* Modules carry soft dependencies too; depmod collects them in a file of our language. */
static void read_softdeps(struct tree *t)
{
	if (t->softdeps_read)
		return;
	t->softdeps_read = true;
	obstack_printf(&t->mem, "%s/modules.softdep", t->dir);
	obstack_1grow(&t->mem, '\0');
	modconf_add_softdeps(t->conf, obstack_finish(&t->mem));
}

static bool blacklisted(const struct planner *p, const struct module *m)
{
	return modconf_find(p->tree->conf, MODCONF_BLACKLIST, m->name);
}

static void add(struct planner *p, const struct step *s);

/* Modules that go along with one: named, so aliases count. `said` says that they have to be
 * known; it is NULL for a soft dependency, which need not be installed. */
static void add_named(struct planner *p, const struct step *s, const char *name,
		      const struct modconf_entry *said)
{
	bool soft = !said;
	struct dead_end why;
	struct target *a = resolve(p->tree, name, &why);

	if (!a && !soft && !why.loop)
		msg_error("Can't locate module %s which is needed for %s (%s:%u)%s", name,
			  s->module->name, said->file, said->line, why.way);
	if (!a && !soft)
		p->err = -ENOENT;
	for (; a; a = a->next) {
		struct step next = {.module = a->module,
				    .names = a->names,
				    .nnames = a->nnames,
				    .needed_by = s->module->name};

		if (a->kind == TARGET_LIST)
			for (size_t i = 0; i < a->list->nwords; i++)
				add_named(p, s, a->list->words[i], NULL);
		else if (a->kind == TARGET_MODULE && !(soft && blacklisted(p, a->module)))
			add(p, &next);
	}
}

/* Classic lists of every name of the step, worked off from their end; soft dependencies of the
 * module itself, whatever alias led to it. */
static void add_lists(struct planner *p, const struct step *s, enum modconf_kind kind,
		      bool soft)
{
	for (size_t i = soft ? s->nnames - 1 : 0; i < s->nnames; i++) {
		const struct modconf_entry *e =
			modconf_find(p->tree->conf, kind, s->names[i]);

		for (size_t k = 0; e && k < e->nwords; k++)
			add_named(p, s, e->words[soft ? k : e->nwords - 1 - k],
				  soft ? NULL : e);
	}
}

static void append(struct planner *p, const struct step *s)
{
	struct plan *plan = p->plan;

	if (plan->n == plan->cap) {
		size_t cap = plan->cap ? 2 * plan->cap : 16;
		struct step *more = reallocarray(plan->steps, cap, sizeof(*more));

		if (!more) {
			p->err = -ENOMEM;
			return;
		}
		plan->steps = more;
		plan->cap = cap;
	}
	plan->steps[plan->n++] = *s;
}

/* A module among those that go along with it. */
static void place(struct planner *p, const struct step *s)
{
	add_lists(p, s, MODCONF_SOFTDEP_PRE, true);
	add_lists(p, s, MODCONF_BELOW, false);
	append(p, s);
	add_lists(p, s, MODCONF_ABOVE, false);
	add_lists(p, s, MODCONF_SOFTDEP_POST, true);
}

/* modules.dep names all dependencies, also those of dependencies, in order. One that is there
 * already, because something optional needs it too, is listed again as a required one. */
static void add(struct planner *p, const struct step *s)
{
	struct module *m = s->module;

	if (m->planned == p->plan->serial)
		return;
	m->planned = p->plan->serial;
	if (p->depth == MAX_DEPTH) {
		msg_error("Too deep recursion in module dependencies at %s", m->name);
		p->err = -ELOOP;
		return;
	}
	p->depth++;
	for (size_t i = 0; i < m->ndeps; i++) {
		struct step dep = {m->deps[i], &m->deps[i]->name, 1, s->required,
				   m->name};

		place(p, &dep);
	}
	place(p, s);
	p->depth--;
}

int plan_load(struct plan *p, struct tree *t, const struct target *target,
	      bool use_blacklist)
{
	static unsigned serial;
	struct planner planner = {.plan = p, .tree = t};
	struct step s = {target->module, target->names, target->nnames, true, NULL};

	*p = (struct plan){.serial = ++serial};
	read_softdeps(t);
	if ((target->by_alias || use_blacklist) && blacklisted(&planner, target->module))
		return 0;
	add(&planner, &s);
	if (planner.err == -ENOMEM)
		msg_errno(-ENOMEM, "%s", target->module->name);
	return planner.err;
}

int plan_remove(struct plan *p, struct tree *t, const struct target *target)
{
	struct target plain = *target;
	int err;

	plain.by_alias = false;
	err = plan_load(p, t, &plain, false);
	for (size_t i = 0; i < p->n / 2; i++) {
		struct step s = p->steps[i];

		p->steps[i] = p->steps[p->n - 1 - i];
		p->steps[p->n - 1 - i] = s;
	}
	return err;
}

void plan_free(struct plan *p)
{
	free(p->steps);
	*p = (struct plan){0};
}
