/* genksyms/parse.c - file-scope declarations of a preprocessed C file
 *
 * A recursive descent over the declaration part of C's grammar. Every function that reads
 * a construct appends its words to a declaration and returns false at a syntax error,
 * leaving the position at the token that did not fit.
 */
#include "decl.h"
#include "parse.h"

#include <errno.h>
#include <string.h>

#define MAX_NESTING 200 /* of structures, parentheses and parameter lists */

struct parser {
	const struct token *t;
	const struct parse_events *events;
	int nesting;
	bool no_memory;
};

/* What becomes of the name in a declarator. */
enum name_rule { KEEP_NAME, DROP_NAME };

static bool is(const struct token *t, const char *text)
{
	return t->kind != LEX_END && strcmp(t->text, text) == 0;
}

/* Words that are the source's own, whatever they mean. */
static void add(struct decl *d, const char *text)
{
	decl_add(d, text, DECL_PLAIN);
}

static void take(struct parser *p, struct decl *d)
{
	add(d, p->t++->text);
}

static bool take_if(struct parser *p, struct decl *d, const char *text)
{
	if (!is(p->t, text))
		return false;
	take(p, d);
	return true;
}

static void define(struct parser *p, const char *name, enum decl_kind kind,
		   struct decl *d)
{
	int rc;

	if (p->events->defined && decl_ok(d))
		p->events->defined(decl_keyword(kind), name, d);
	rc = decl_define(name, kind, d);
	if (rc > 0)
		p->events->complain(p->t, "redefinition of", name);
	if (rc < 0)
		p->no_memory = true;
}

/* +1 for an opening bracket, -1 for a closing one. */
static int bracket(const struct token *t)
{
	if (t->kind != LEX_OTHER || t->text[0] == '\0' || t->text[1] != '\0')
		return 0;
	if (strchr("([{", t->text[0]))
		return 1;
	return strchr(")]}", t->text[0]) ? -1 : 0;
}

/* From an opening bracket through its partner, token by token; NULL keeps nothing. */
static bool balanced(struct parser *p, struct decl *d)
{
	int depth = 0;

	do {
		if (p->t->kind == LEX_END)
			return false;
		depth += bracket(p->t);
		if (d)
			add(d, p->t->text);
		p->t++;
	} while (depth > 0);
	return true;
}

/* `__attribute__ ((...))`, `asm ("...")`, `typeof (...)`; NULL keeps nothing. */
static bool phrase(struct parser *p, struct decl *d)
{
	if (d)
		add(d, p->t->text);
	while ((++p->t)->kind == LEX_QUALIFIER) /* asm volatile */
		if (d)
			add(d, p->t->text);
	return is(p->t, "(") && balanced(p, d);
}

static bool starts_specifier(const struct token *t)
{
	return (t->kind >= LEX_STORAGE && t->kind <= LEX_ATTRIBUTE) ||
	       t->kind == LEX_EXTENSION ||
	       (t->kind == LEX_NAME && decl_is_typedef(t->text));
}

/* A name nobody declared is still a type where a declarator must follow it, or where it
 * is all there is of a parameter. */
static bool looks_like_type(const struct token *t)
{
	return t->kind == LEX_NAME &&
	       (decl_is_typedef(t->text) || t[1].kind == LEX_NAME ||
		t[1].kind == LEX_QUALIFIER || t[1].kind == LEX_RESTRICT ||
		is(&t[1], "*") || is(&t[1], ",") || is(&t[1], ")"));
}

static bool specifiers(struct parser *p, struct decl *d, bool *is_typedef);
static bool declarator(struct parser *p, struct decl *d, enum name_rule rule,
		       const char **name);

static bool skip_assert(struct parser *p)
{
	p->t++;
	return is(p->t, "(") && balanced(p, NULL) && is(p->t, ";") && p->t++;
}

/* `int a, *b : 3;` inside a structure, kept as it is written. */
static bool member(struct parser *p, struct decl *d)
{
	const char *name = NULL;

	if (take_if(p, d, ";"))
		return true;
	if (p->t->kind == LEX_ASSERT)
		return skip_assert(p);
	if (!specifiers(p, d, NULL))
		return false;
	for (;;) {
		if (!declarator(p, d, KEEP_NAME, &name))
			return false;
		if (take_if(p, d, ":"))
			while (!is(p->t, ",") && !is(p->t, ";") &&
			       p->t->kind != LEX_END && p->t->kind != LEX_ATTRIBUTE) {
				if (bracket(p->t) < 0)
					return false;
				if (!bracket(p->t))
					take(p, d);
				else if (!balanced(p, d))
					return false;
			}
		while (p->t->kind == LEX_ATTRIBUTE)
			if (!phrase(p, d))
				return false;
		if (take_if(p, d, ";"))
			return true;
		if (!take_if(p, d, ","))
			return false;
	}
}

static bool members(struct parser *p, struct decl *d)
{
	take(p, d); /* { */
	while (!is(p->t, "}"))
		if (p->t->kind == LEX_END || !member(p, d))
			return false;
	take(p, d);
	return true;
}

/* struct, union, enum: a reference, or a definition that is recorded under its tag. */
static bool tagged(struct parser *p, struct decl *d)
{
	enum decl_kind kind = p->t->kind == LEX_STRUCT	? DECL_STRUCT
			      : p->t->kind == LEX_UNION ? DECL_UNION
							: DECL_ENUM;
	struct decl body = {0};
	const char *tag = NULL;
	bool ok = true;

	take(p, &body);
	while (ok && p->t->kind == LEX_ATTRIBUTE)
		ok = phrase(p, &body);
	if (ok && p->t->kind == LEX_NAME) {
		tag = p->t->text;
		take(p, &body);
	}
	if (ok && is(p->t, "{")) {
		ok = kind == DECL_ENUM ? balanced(p, &body) : members(p, &body);
		if (ok && tag)
			define(p, tag, kind, &body);
	} else if (!tag) {
		ok = false;
	}
	if (ok && tag)
		decl_add(d, tag, kind);
	else if (ok)
		decl_append(d, &body);
	decl_free(&body);
	return ok;
}

/* One specifier. *have_type: a type was named, so a further name is the declarator's.
 * Returns 1, 0 if the token is no specifier, -1 at an error. */
static int specifier(struct parser *p, struct decl *d, bool *is_typedef, bool *have_type)
{
	switch (p->t->kind) {
	case LEX_STORAGE:
	case LEX_RESTRICT:
		p->t++;
		return 1;
	case LEX_TYPEDEF:
		if (!is_typedef)
			return -1;
		*is_typedef = true;
		take(p, d);
		return 1;
	case LEX_QUALIFIER:
	case LEX_EXTENSION:
		take(p, d);
		return 1;
	case LEX_ATTRIBUTE:
		return phrase(p, d) ? 1 : -1;
	case LEX_TYPE:
		*have_type = true;
		take(p, d);
		return 1;
	case LEX_TYPEOF:
		*have_type = true;
		return phrase(p, d) ? 1 : -1;
	case LEX_STRUCT:
	case LEX_UNION:
	case LEX_ENUM:
		*have_type = true;
		return tagged(p, d) ? 1 : -1;
	case LEX_NAME:
		if (*have_type || !looks_like_type(p->t))
			return 0;
		*have_type = true;
		decl_add(d, p->t->text,
			 decl_is_typedef(p->t->text) ? DECL_TYPEDEF : DECL_PLAIN);
		p->t++;
		return 1;
	default:
		return 0;
	}
}

/* is_typedef is NULL where `typedef` is not allowed. */
static bool specifiers(struct parser *p, struct decl *d, bool *is_typedef)
{
	bool have_type = false;
	int rc;

	if (++p->nesting > MAX_NESTING)
		return false;
	while ((rc = specifier(p, d, is_typedef, &have_type)) > 0)
		;
	p->nesting--;
	return rc == 0;
}

static bool parameters(struct parser *p, struct decl *d)
{
	const char *name = NULL;

	take(p, d); /* ( */
	if (take_if(p, d, ")"))
		return true;
	do {
		if (take_if(p, d, "..."))
			continue;
		if (!specifiers(p, d, NULL) || !declarator(p, d, DROP_NAME, &name))
			return false;
		while (p->t->kind == LEX_ATTRIBUTE)
			if (!phrase(p, d))
				return false;
	} while (take_if(p, d, ","));
	return take_if(p, d, ")");
}

/* A parenthesis after a parameter's type opens a parameter list if a type or nothing
 * follows it; else it groups. */
static bool groups(const struct parser *p, enum name_rule rule)
{
	if (!is(p->t, "("))
		return false;
	return rule == KEEP_NAME ||
	       (!is(&p->t[1], ")") &&
		(p->t[1].kind == LEX_ATTRIBUTE || !starts_specifier(&p->t[1])));
}

static bool declarator_core(struct parser *p, struct decl *d, enum name_rule rule,
			    const char **name)
{
	if (p->t->kind == LEX_NAME) {
		*name = p->t->text;
		if (rule == KEEP_NAME || decl_is_typedef(p->t->text))
			add(d, p->t->text); /* the classic kept a parameter called as a
					       type */
		p->t++;
		return true;
	}
	if (!groups(p, rule))
		return true; /* an abstract declarator, an unnamed bit-field */
	take(p, d);
	return declarator(p, d, rule, name) && take_if(p, d, ")");
}

static bool declarator_nested(struct parser *p, struct decl *d, enum name_rule rule,
			      const char **name)
{
	for (;;) {
		if (p->t->kind == LEX_ATTRIBUTE) {
			if (!phrase(p, d))
				return false;
		} else if (p->t->kind == LEX_RESTRICT) {
			p->t++;
		} else if (p->t->kind == LEX_QUALIFIER || is(p->t, "*")) {
			take(p, d);
		} else {
			break;
		}
	}
	if (!declarator_core(p, d, rule, name))
		return false;
	for (;;) {
		if (is(p->t, "[")) {
			if (!balanced(p, d))
				return false;
		} else if (is(p->t, "(")) {
			if (!parameters(p, d))
				return false;
		} else {
			return true;
		}
	}
}

static bool declarator(struct parser *p, struct decl *d, enum name_rule rule,
		       const char **name)
{
	bool ok;

	if (++p->nesting > MAX_NESTING)
		return false;
	ok = declarator_nested(p, d, rule, name);
	p->nesting--;
	return ok;
}

/* `= ...` up to the comma or semicolon that ends it. */
static bool skip_initialiser(struct parser *p)
{
	while (!is(p->t, ",") && !is(p->t, ";")) {
		if (p->t->kind == LEX_END || bracket(p->t) < 0)
			return false;
		if (bracket(p->t) > 0 ? !balanced(p, NULL) : !p->t++)
			return false;
	}
	return true;
}

/* The body, and before it the parameter declarations of an old-style function. */
static bool skip_function(struct parser *p)
{
	while (!is(p->t, "{")) {
		if (p->t->kind == LEX_END || bracket(p->t) < 0)
			return false;
		p->t++;
	}
	return balanced(p, NULL);
}

/* One name of a declaration. *end: it was a function definition, nothing can follow. */
static bool declare(struct parser *p, const struct decl *spec, bool is_typedef, bool *end)
{
	struct decl d = {0};
	const char *name = NULL;
	bool ok;

	decl_append(&d, spec);
	ok = declarator(p, &d, KEEP_NAME, &name) && name;
	while (ok && p->t->kind == LEX_ASM)
		ok = phrase(p, &d);
	while (ok &&
	       p->t->kind == LEX_ATTRIBUTE) /* what follows the name was never counted */
		ok = phrase(p, NULL);
	if (ok)
		define(p, name, is_typedef ? DECL_TYPEDEF : DECL_PLAIN, &d);
	if (ok && is(p->t, "="))
		ok = skip_initialiser(p);
	decl_free(&d);
	*end = ok && (is(p->t, "{") || starts_specifier(p->t));
	return *end ? skip_function(p) : ok;
}

static bool declaration(struct parser *p)
{
	struct decl spec = {0};
	bool is_typedef = false, end = false;
	bool ok = specifiers(p, &spec, &is_typedef);

	while (ok && !end && !is(p->t, ";")) {
		ok = declare(p, &spec, is_typedef, &end);
		if (ok && !end && !is(p->t, ";")) {
			ok = is(p->t, ",");
			p->t += ok;
		}
	}
	if (ok && !end)
		p->t++;
	decl_free(&spec);
	return ok;
}

/* EXPORT_SYMBOL(name); Others of the kind, such as module_init(f), are no declaration. */
static bool macro_call(struct parser *p)
{
	const struct token *t = p->t;
	const struct token *name = t[1].kind == LEX_END ? t : &t[2];

	if (t->kind != LEX_NAME || decl_is_typedef(t->text) || !is(&t[1], "("))
		return false;
	if ((is(t, "EXPORT_SYMBOL") || is(t, "EXPORT_SYMBOL_GPL")) &&
	    name->kind == LEX_NAME && is(&name[1], ")") && is(&name[2], ";")) {
		p->events->export(t, name->text);
		p->t = &name[3];
		return true;
	}
	p->t++;
	if (balanced(p, NULL) && is(p->t, ";")) {
		p->t++;
		return true;
	}
	p->t = t;
	return false;
}

static bool file_scope_item(struct parser *p)
{
	p->nesting = 0;
	if (is(p->t, ";")) {
		p->t++;
		return true;
	}
	if (p->t->kind == LEX_ASSERT)
		return skip_assert(p);
	if (p->t->kind == LEX_ASM)
		return phrase(p, NULL) && is(p->t, ";") && p->t++;
	return macro_call(p) || declaration(p);
}

static void resume(struct parser *p)
{
	p->events->complain(p->t, "syntax error at", p->t->text);
	while (p->t->kind != LEX_END && !is(p->t, ";") && !is(p->t, "}"))
		p->t++;
	if (p->t->kind != LEX_END)
		p->t++;
}

int parse(const struct token *tokens, const struct parse_events *events)
{
	struct parser p = {.t = tokens, .events = events};

	while (p.t->kind != LEX_END && !p.no_memory)
		if (!file_scope_item(&p))
			resume(&p);
	return p.no_memory ? -ENOMEM : 0;
}
