/* genksyms/parse.h - file-scope declarations of a preprocessed C file
 *
 * Reads declarations into decl.h's tables, skips function bodies and initialisers, and
 * reports each EXPORT_SYMBOL(name) and EXPORT_SYMBOL_GPL(name) in source order. After a
 * syntax error it goes on behind the next `;` or `}`.
 */
#ifndef PARSE_H
#define PARSE_H

#include "decl.h"
#include "lex.h"

struct parse_events {
	/* The symbol `name` (interned) is exported here; what was declared so far counts.
	 */
	void (*export)(const struct token *at, const char *name);
	/* Something is wrong at this token. */
	void (*complain)(const struct token *at, const char *what, const char *name);
	/* A name got a declaration (for debugging). */
	void (*defined)(const char *keyword, const char *name, const struct decl *d);
};

/* Parse all tokens up to LEX_END. Returns 0 or -ENOMEM. */
int parse(const struct token *tokens, const struct parse_events *events);

#endif
