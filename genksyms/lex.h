/* genksyms/lex.h - C tokens of a preprocessed file
 *
 * Interface:
 *  - lex() turns a whole text into an array of tokens that ends with one LEX_END.
 *  - Comments and white space are gone; `# line "file"` markers only set the position.
 *  - Texts are interned: two tokens are spelled the same exactly if their text pointers
 * are equal. They live as long as the process.
 */
#ifndef LEX_H
#define LEX_H

#include <stddef.h>

enum lex_kind {
	LEX_END,
	LEX_NAME,  /* identifier that is no keyword */
	LEX_OTHER, /* number, string, character, operator */
	/* keywords by what the declaration parser does with them */
	LEX_STORAGE, /* extern, static, auto, register, inline */
	LEX_TYPEDEF,
	LEX_QUALIFIER, /* const, volatile */
	LEX_RESTRICT,
	LEX_TYPE, /* int, void, ... */
	LEX_STRUCT,
	LEX_UNION,
	LEX_ENUM,
	LEX_TYPEOF,
	LEX_ATTRIBUTE,
	LEX_ASM,
	LEX_EXTENSION,
	LEX_ASSERT, /* _Static_assert */
};

struct token {
	enum lex_kind kind;
	const char *text;
	const char *file;
	unsigned line;
};

/* The tokens of `text` (len bytes, any content), malloced. Returns NULL if out of memory.
 */
struct token *lex(const char *text, size_t len);

/* The one copy of a spelling; NULL if out of memory. */
const char *lex_intern(const char *s, size_t len);

#endif
