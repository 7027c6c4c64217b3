/* genksyms/decl.c - what was declared, and the checksum of a symbol's expanded
 * declaration */
#include "decl.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

#define MAX_DEPTH 10000 /* of types within types */

struct entry {
	struct entry *next;
	const char *name; /* interned, so compared by address */
	enum decl_kind kind;
	unsigned expanded; /* number of the export that expanded it last */
	bool unknown;	   /* a tag that was used and not defined yet */
	struct decl decl;
};

static struct entry *entries[8192];

const char *decl_keyword(enum decl_kind kind)
{
	static const char *const words[] = {"", "", "struct ", "union ", "enum "};

	return words[kind];
}

void decl_add(struct decl *d, const char *text, enum decl_kind kind)
{
	if (!decl_ok(d))
		return;
	if (d->n == d->cap) {
		size_t cap = d->cap ? 2 * d->cap : 16;
		struct word *w = reallocarray(d->words, cap, sizeof(*w));

		if (!w) {
			decl_free(d);
			d->cap = 1; /* with no words: not ok */
			return;
		}
		d->words = w;
		d->cap = cap;
	}
	d->words[d->n++] = (struct word){text, kind};
}

void decl_append(struct decl *d, const struct decl *other)
{
	for (size_t i = 0; i < other->n; i++)
		decl_add(d, other->words[i].text, other->words[i].kind);
}

bool decl_ok(const struct decl *d)
{
	return d->words || !d->cap;
}

void decl_free(struct decl *d)
{
	free(d->words);
	*d = (struct decl){0};
}

void decl_print(const struct decl *d, FILE *to)
{
	for (size_t i = 0; i < d->n; i++)
		fprintf(to, "%s%s ", decl_keyword(d->words[i].kind), d->words[i].text);
}

static int name_space(enum decl_kind kind)
{
	static const int spaces[] = {0, 0, 1, 1, 2};

	return spaces[kind];
}

static struct entry **slot(const char *name, enum decl_kind kind)
{
	size_t h = ((uintptr_t)name >> 4) * 31 + name_space(kind);
	struct entry **e = &entries[h % (sizeof(entries) / sizeof(entries[0]))];

	while (*e && ((*e)->name != name || name_space((*e)->kind) != name_space(kind)))
		e = &(*e)->next;
	return e;
}

static bool equal(const struct decl *a, const struct decl *b)
{
	if (a->n != b->n)
		return false;
	for (size_t i = 0; i < a->n; i++)
		if (a->words[i].text != b->words[i].text ||
		    a->words[i].kind != b->words[i].kind)
			return false;
	return true;
}

int decl_define(const char *name, enum decl_kind kind, struct decl *d)
{
	struct entry **at = slot(name, kind), *e = *at;

	if (!decl_ok(d))
		return -ENOMEM;
	if (e && !e->unknown)
		return e->kind != kind || !equal(&e->decl, d);
	if (!e) {
		e = calloc(1, sizeof(*e));
		if (!e)
			return -ENOMEM;
		*at = e;
	}
	decl_free(&e->decl);
	*e = (struct entry){.next = e->next, .name = name, .kind = kind, .decl = *d};
	*d = (struct decl){0};
	return 0;
}

bool decl_is_typedef(const char *name)
{
	const struct entry *e = *slot(name, DECL_TYPEDEF);

	return e && e->kind == DECL_TYPEDEF;
}

struct expansion {
	unsigned serial;
	uLong crc;
	FILE *dump;
	void (*unknown)(const char *keyword, const char *tag);
};

static void emit(struct expansion *x, const char *keyword, const char *text)
{
	x->crc = crc32(x->crc, (const Bytef *)keyword, strlen(keyword));
	x->crc = crc32(x->crc, (const Bytef *)text, strlen(text));
	x->crc = crc32(x->crc, (const Bytef *)" ", 1);
	if (x->dump)
		fprintf(x->dump, "%s%s ", keyword, text);
}

/* What a word stands for, NULL if only for itself. A tag without definition gets one. */
static struct entry *meaning(const struct word *w)
{
	struct decl d = {0};
	struct entry *e;

	if (w->kind == DECL_PLAIN)
		return NULL;
	e = *slot(w->text, w->kind);
	if (e && e->kind == w->kind)
		return e;
	decl_add(&d, w->text, w->kind);
	decl_add(&d, "{ UNKNOWN }", DECL_PLAIN);
	if (decl_define(w->text, w->kind, &d) < 0)
		return NULL;
	e = *slot(w->text, w->kind);
	e->unknown = true;
	return e;
}

static int expand(struct expansion *x, const struct decl *d, int depth)
{
	int err = depth > MAX_DEPTH ? -ELOOP : 0;

	for (size_t i = 0; i < d->n && !err; i++) {
		const struct word *w = &d->words[i];
		struct entry *e = meaning(w);

		if (!e || e->expanded == x->serial) {
			emit(x, decl_keyword(w->kind), w->text);
			continue;
		}
		e->expanded = x->serial;
		if (e->unknown && x->unknown)
			x->unknown(decl_keyword(w->kind), w->text);
		err = expand(x, &e->decl, depth + 1);
	}
	return err;
}

int decl_checksum(const char *name, uint32_t *crc, FILE *dump,
		  void (*unknown)(const char *keyword, const char *tag))
{
	static unsigned serial;
	struct entry *e = *slot(name, DECL_PLAIN);
	struct expansion x = {++serial, crc32(0, NULL, 0), dump, unknown};
	int err;

	if (!e || e->kind != DECL_PLAIN)
		return -ENOENT;
	e->expanded = serial;
	err = expand(&x, &e->decl, 0);
	*crc = x.crc;
	return err;
}
