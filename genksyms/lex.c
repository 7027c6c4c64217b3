/* genksyms/lex.c - C tokens of a preprocessed file */
#include "lex.h"

#include <ctype.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

struct spelling {
	struct spelling *next;
	size_t len;
	char text[];
};

static struct spelling *spellings[4096];

const char *lex_intern(const char *s, size_t len)
{
	uint32_t h = 2166136261u;
	struct spelling *sp;

	for (size_t i = 0; i < len; i++)
		h = (h ^ (unsigned char)s[i]) * 16777619u;
	h %= sizeof(spellings) / sizeof(spellings[0]);
	for (sp = spellings[h]; sp; sp = sp->next)
		if (sp->len == len && memcmp(sp->text, s, len) == 0)
			return sp->text;
	sp = malloc(sizeof(*sp) + len + 1);
	if (!sp)
		return NULL;
	memcpy(sp->text, s, len);
	sp->text[len] = '\0';
	sp->len = len;
	sp->next = spellings[h];
	spellings[h] = sp;
	return sp->text;
}

static const struct {
	const char *text;
	enum lex_kind kind;
} keywords[] = {
	{"auto", LEX_STORAGE},
	{"extern", LEX_STORAGE},
	{"inline", LEX_STORAGE},
	{"register", LEX_STORAGE},
	{"static", LEX_STORAGE},
	{"typedef", LEX_TYPEDEF},
	{"const", LEX_QUALIFIER},
	{"volatile", LEX_QUALIFIER},
	{"restrict", LEX_RESTRICT},
	{"void", LEX_TYPE},
	{"char", LEX_TYPE},
	{"short", LEX_TYPE},
	{"int", LEX_TYPE},
	{"long", LEX_TYPE},
	{"float", LEX_TYPE},
	{"double", LEX_TYPE},
	{"signed", LEX_TYPE},
	{"unsigned", LEX_TYPE},
	{"_Bool", LEX_TYPE},
	{"struct", LEX_STRUCT},
	{"union", LEX_UNION},
	{"enum", LEX_ENUM},
	{"typeof", LEX_TYPEOF},
	{"__attribute", LEX_ATTRIBUTE},
	{"asm", LEX_ASM},
	{"__extension", LEX_EXTENSION},
	{"_Static_assert", LEX_ASSERT},
};

/* A keyword may be spelled __x and __x__ too; "attribute" and "extension" only so. */
static enum lex_kind name_kind(const char *s, size_t len)
{
	size_t bare = len;
	const char *b = s;

	if (len > 4 && memcmp(s, "__", 2) == 0) {
		b += 2;
		bare -= 2;
		if (memcmp(b + bare - 2, "__", 2) == 0)
			bare -= 2;
	}
	for (size_t i = 0; i < sizeof(keywords) / sizeof(keywords[0]); i++) {
		const char *k = keywords[i].text;

		if (strlen(k) == bare && memcmp(k, b, bare) == 0)
			return keywords[i].kind;
		if (b != s && memcmp(k, "__", 2) == 0 && strlen(k) == bare + 2 &&
		    memcmp(k + 2, b, bare) == 0)
			return keywords[i].kind;
	}
	return LEX_NAME;
}

/* What counts as one token inside brackets and attributes, and so is written without a
 * blank: the classic list, in which !=, ++ and <<= are missing. */
static const char *const operators[] = {
	"...", "->", "<<", ">>", "<=", ">=", "==", "&&", "||",
	"*=",  "/=", "%=", "+=", "-=", "&=", "^=", "|=", "~="};

static bool name_char(char c)
{
	return isalnum((unsigned char)c) || c == '_' || c == '$';
}

/* Length of a preprocessing number, so that 1e+5 and 0x1UL stay whole. */
static size_t number(const char *p, const char *end)
{
	const char *q = p;

	while (q < end && (name_char(*q) || *q == '.' ||
			   ((*q == '+' || *q == '-') && strchr("eEpP", q[-1]) &&
			    !(p[0] == '0' && (p[1] | 32) == 'x' && (q[-1] | 32) == 'e'))))
		q++;
	return q - p;
}

static size_t quoted(const char *p, const char *end)
{
	const char *q = p + 1;

	while (q < end && *q != *p && *q != '\n')
		q += *q == '\\' && q + 1 < end ? 2 : 1;
	return (q < end ? q + 1 : end) - p;
}

static size_t operator(const char *p, const char *end)
{
	for (size_t i = 0; i < sizeof(operators) / sizeof(operators[0]); i++) {
		size_t n = strlen(operators[i]);

		if ((size_t)(end - p) >= n && memcmp(p, operators[i], n) == 0)
			return n;
	}
	return 1;
}

/* Length of the token at p, which is not white space. */
static size_t span(const char *p, const char *end, enum lex_kind *kind)
{
	const char *q = p;

	*kind = LEX_OTHER;
	if (*p == '"' || *p == '\'')
		return quoted(p, end);
	if (*p == 'L' && p + 1 < end && (p[1] == '"' || p[1] == '\''))
		return 1 + quoted(p + 1, end);
	if (isdigit((unsigned char)*p) ||
	    (*p == '.' && p + 1 < end && isdigit((unsigned char)p[1])))
		return number(p, end);
	if (!name_char(*p))
		return operator(p, end);
	while (q < end && name_char(*q))
		q++;
	*kind = name_kind(p, q - p);
	return q - p;
}

struct lexer {
	const char *p, *end;
	struct token *tok;
	size_t n, cap;
	const char *file;
	unsigned line;
};

/* `# 12 "file" flags`, `#line 12 "file"`, or a directive to ignore. */
static bool line_marker(struct lexer *l)
{
	const char *p = l->p + 1;
	const char *eol = memchr(l->p, '\n', l->end - l->p);
	unsigned line = 0;

	if (!eol)
		eol = l->end;
	while (p < eol && !isdigit((unsigned char)*p))
		p++;
	while (p < eol && isdigit((unsigned char)*p))
		line = line * 10 + (*p++ - '0');
	while (p < eol && (*p == ' ' || *p == '\t'))
		p++;
	l->p = eol;
	if (p == eol || *p != '"' || quoted(p, eol) < 2)
		return true;
	l->line = line - 1; /* the newline that ends the marker counts */
	l->file = lex_intern(p + 1, quoted(p, eol) - 2);
	return l->file;
}

static void skip_comment(struct lexer *l)
{
	const char *close;

	if (l->p[1] == '/') {
		close = memchr(l->p, '\n', l->end - l->p);
		l->p = close ? close : l->end;
		return;
	}
	close = memmem(l->p + 2, l->end - l->p - 2, "*/", 2);
	close = close ? close + 2 : l->end;
	for (; l->p < close; l->p++)
		l->line += *l->p == '\n';
}

/* Go to the next token. False: out of memory. */
static bool skip_blanks(struct lexer *l, bool *bol)
{
	while (l->p < l->end) {
		if (*l->p == '\n') {
			l->line++;
			*bol = true;
			l->p++;
		} else if (isspace((unsigned char)*l->p) || !*l->p) {
			l->p++;
		} else if (*l->p == '#' && *bol) {
			if (!line_marker(l))
				return false;
		} else if (*l->p == '/' && l->p + 1 < l->end &&
			   (l->p[1] == '*' || l->p[1] == '/')) {
			skip_comment(l);
		} else {
			break;
		}
	}
	return true;
}

static struct token *new_token(struct lexer *l)
{
	if (l->n == l->cap) {
		size_t cap = l->cap ? 2 * l->cap : 4096;
		struct token *t = reallocarray(l->tok, cap, sizeof(*t));

		if (!t)
			return NULL;
		l->tok = t;
		l->cap = cap;
	}
	l->tok[l->n] =
		(struct token){.text = "end of file", .file = l->file, .line = l->line};
	return &l->tok[l->n++];
}

struct token *lex(const char *text, size_t len)
{
	struct lexer l = {.p = text, .end = text + len, .file = "<stdin>", .line = 1};
	bool bol = true;

	for (;;) {
		struct token *t;
		size_t n;

		if (!skip_blanks(&l, &bol))
			break;
		t = new_token(&l);
		if (!t)
			break;
		if (l.p == l.end)
			return l.tok;
		n = span(l.p, l.end, &t->kind);
		t->text = lex_intern(l.p, n);
		if (!t->text)
			break;
		l.p += n;
		bol = false;
	}
	free(l.tok);
	return NULL;
}
