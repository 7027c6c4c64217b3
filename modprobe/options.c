/* modprobe/options.c - what a module is loaded with, and a step as text */
#include "modprobe.h"

#include <stdio.h>
#include <string.h>

#include "modname.h"

/* Put a word behind the others, or in the place of one for the same symbol. */
static void put(struct step_options *o, const char *word)
{
	size_t len = strcspn(word, "=");

	for (size_t i = 0; word[len] && i < o->n; i++)
		if (strncmp(o->params[i], word, len + 1) == 0) {
			o->params[i] = word;
			return;
		}
	o->params[o->n++] = word;
}

static void put_all(struct step_options *o, const char *const *words, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		if (strcmp(words[i], "-o") == 0 && i + 1 < n)
			o->name = words[++i];
		else
			put(o, words[i]);
	}
}

/* From the module's own options outwards to those of the name that was asked for, then the
 * command line: the later ones win. */
void options_merge(struct modprobe *m, const struct step *s, bool asked_for,
		   struct step_options *out)
{
	const struct modconf_entry *e;
	size_t most = m->nparams;

	*out = (struct step_options){.name = s->module->name};
	for (size_t i = 0; i < s->nnames; i++)
		if ((e = modconf_find(m->tree.conf, MODCONF_OPTIONS, s->names[i])))
			most += e->nwords;
	out->params = obstack_alloc(&m->tree.mem, most * sizeof(*out->params) + 1);
	for (size_t i = s->nnames; i-- > 0;) {
		e = modconf_find(m->tree.conf, MODCONF_OPTIONS, s->names[i]);
		if (!e)
			continue;
		out->keep |= e->keep;
		put_all(out, e->words, e->nwords);
	}
	if (asked_for)
		put_all(out, m->params, m->nparams);
}

const char *options_places(struct modprobe *m, const struct step *s)
{
	const char *before = "; options from ";

	for (size_t i = 0; i < s->nnames; i++) {
		const struct modconf_entry *e =
			modconf_find(m->tree.conf, MODCONF_OPTIONS, s->names[i]);

		if (!e)
			continue;
		obstack_printf(&m->tree.mem, "%s%s", before,
			       e->file ? e->file : "those built in");
		if (e->line)
			obstack_printf(&m->tree.mem, ":%u", e->line);
		before = ", ";
	}
	obstack_1grow(&m->tree.mem, '\0');
	return obstack_finish(&m->tree.mem);
}

/* A value with a blank is quoted, unless it brings its own quotes. */
static void grow_word(struct obstack *mem, const char *word)
{
	size_t name = strcspn(word, "=");
	bool quote = word[name] && strpbrk(word, " \t") && !strchr(word, '"');

	if (!quote) {
		obstack_grow(mem, word, strlen(word));
		return;
	}
	obstack_printf(mem, "%.*s=\"%s\"", (int)name, word, word + name + 1);
}

const char *options_text(struct modprobe *m, const struct step_options *o)
{
	struct obstack *mem = &m->tree.mem;

	for (size_t i = 0; i < o->n; i++) {
		if (i)
			obstack_1grow(mem, ' ');
		grow_word(mem, o->params[i]);
	}
	obstack_1grow(mem, '\0');
	return obstack_finish(mem);
}

const struct modconf_entry *options_command(struct modprobe *m, const struct step *s,
					    enum modconf_kind kind)
{
	bool replaces = kind == MODCONF_INSTALL || kind == MODCONF_REMOVE;
	const struct modconf_entry *e;

	if (replaces && m->ignore_commands && !s->needed_by)
		return NULL;
	for (size_t i = 0; i < s->nnames; i++)
		if ((e = modconf_find(m->tree.conf, kind, s->names[i])))
			return e;
	return NULL;
}

void options_print_step(struct modprobe *m, const struct step *s, bool asked_for)
{
	const struct modconf_entry *command = options_command(m, s, MODCONF_INSTALL);
	struct step_options o;
	const char *end;

	if (s->module->builtin) {
		printf("builtin %s\n", s->module->name);
		return;
	}
	options_merge(m, s, asked_for, &o);
	end = o.n && !(asked_for && m->nparams) ? " \n" : "\n"; /* as kmod does */
	if (command)
		printf("install %s %s%s", command->words[0], options_text(m, &o), end);
	else if (s->module->path)
		printf("insmod %s %s%s", s->module->path, options_text(m, &o), end);
}
