/* genksyms/decl.h - what was declared, and the checksum of a symbol's expanded
 * declaration
 *
 * A declaration is a list of words: the source's tokens without storage class, parameter
 * names and initialiser. Words that stand for a typedef, structure, union or enumeration
 * say so, and are replaced by that one's own declaration when a symbol is expanded: the
 * first time within a symbol by the whole of it, later by the name alone.
 *
 * The checksum is the CRC-32 of zlib over all words, each followed by a blank.
 */
#ifndef DECL_H
#define DECL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

/* Symbols and typedefs share a name space, structures and unions another; enumerations
 * have their own. */
enum decl_kind { DECL_PLAIN, DECL_TYPEDEF, DECL_STRUCT, DECL_UNION, DECL_ENUM };

struct word {
	const char *text; /* interned; of a tag without its keyword */
	enum decl_kind kind;
};

struct decl {
	struct word *words;
	size_t n, cap;
};

/* Out of memory is remembered in the declaration: decl_ok() is false then. */
void decl_add(struct decl *d, const char *text, enum decl_kind kind);
void decl_append(struct decl *d, const struct decl *other);
bool decl_ok(const struct decl *d);
void decl_free(struct decl *d);
void decl_print(const struct decl *d, FILE *to);

/* Make `d` the declaration of `name` (interned) and take its words. If the name has one
 * already, that one stays. Returns 0; 1 if they differ; -ENOMEM. */
int decl_define(const char *name, enum decl_kind kind, struct decl *d);

bool decl_is_typedef(const char *name);

/* Checksum of the symbol `name`. `dump` (or NULL) gets the expanded text, `unknown` (or
 * NULL) is called with each tag that has no definition. -ENOENT: never declared; -ELOOP:
 * nested too deep. */
int decl_checksum(const char *name, uint32_t *crc, FILE *dump,
		  void (*unknown)(const char *keyword, const char *tag));

const char *decl_keyword(enum decl_kind kind); /* "struct ", "" ... */

#endif
