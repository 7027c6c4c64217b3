/* lib/modconf_words.c - configuration text into words: quotes, variables, commands, patterns */
#include "modconf_priv.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <wordexp.h>

void modconf_words_add(struct modconf *c, struct modconf_words *w, const char *word)
{
	if (w->n == w->cap) {
		size_t cap = w->cap ? 2 * w->cap : 8;
		const char **more = modconf_alloc(c, cap * sizeof(*more));

		if (!more)
			return;
		if (w->n)
			memcpy(more, w->word, w->n * sizeof(*more));
		w->word = more;
		w->cap = cap;
	}
	if (word)
		w->word[w->n++] = word;
}

/* Past the character or the quoted stretch at p; *closed becomes false if a quote is open. */
static const char *past(const char *p, bool *closed)
{
	char quote = *p;

	if (*p == '\\' && p[1])
		return p + 2;
	if (!modconf_is_quote(quote))
		return p + 1;
	for (p++; *p && *p != quote; p++)
		if (*p == '\\' && quote != '\'' && p[1])
			p++;
	*closed = *closed && *p;
	return *p ? p + 1 : p;
}

static const char *word_end(const char *p, bool *closed)
{
	while (*p && !isspace((unsigned char)*p))
		p = past(p, closed);
	return p;
}

/* The word with one level of quotes removed, as a shell does it. */
static char *unquoted(struct modconf *c, const char *p, const char *end)
{
	char *word = modconf_alloc(c, end - p + 1), *to = word;
	char quote = 0;

	if (!word)
		return NULL;
	for (; p < end; p++) {
		bool escapable = !quote || (quote == '"' && strchr("\"\\$`", p[1]));

		if (quote ? *p == quote : *p == '"' || *p == '\'')
			quote = quote ? 0 : *p;
		else if (*p == '\\' && p + 1 < end && escapable)
			*to++ = *++p;
		else
			*to++ = *p;
	}
	*to = '\0';
	return word;
}

static void split_plain(struct modconf *c, const char *text, bool unquote,
			struct modconf_words *out, bool *closed)
{
	const char *p = text, *end;

	for (;; p = end) {
		while (isspace((unsigned char)*p))
			p++;
		if (!*p)
			return;
		end = word_end(p, closed);
		modconf_words_add(c, out,
				  unquote ? unquoted(c, p, end)
					  : modconf_strndup(c, p, end - p));
	}
}

/* The value of a command that is known without running it, or NULL: the target's release. */
static const char *built_in(const struct modconf *c, const char *command, char *buf,
			    size_t size)
{
	const char *release = c->opt.release ? c->opt.release : "";
	size_t len = strlen(release);

	command += strspn(command, " \t");
	if (strncmp(command, "uname -r", 8) == 0)
		return release;
	if (strncmp(command, "kernelversion", 13) != 0)
		return NULL;
	for (size_t i = 0, dots = 0; i < len; i++)
		if (release[i] == '.' && ++dots == 2)
			len = i;
	snprintf(buf, size, "%.*s", (int)len, release);
	return buf;
}

/* Length of the command substitution at p, "`...`" or "$(...)", or 0. */
static size_t substitution(const char *p)
{
	const char *start = p;
	bool closed = true;
	int depth = 0;

	if (*p == '`') {
		p = past(p, &closed);
		return closed ? p - start : 0;
	}
	if (p[0] != '$' || p[1] != '(')
		return 0;
	for (p++; *p; p = past(p, &closed)) {
		depth += (*p == '(') - (*p == ')');
		if (!depth)
			return p + 1 - start;
	}
	return 0;
}

/* Length of a parameter expansion "${...}", or 0. */
static size_t braces(const char *p)
{
	const char *close = p[0] == '$' && p[1] == '{' ? strchr(p, '}') : NULL;

	return close ? close + 1 - p : 0;
}

/* Is there a ${NAME?} or ${NAME:?} among the n bytes? To that wordexp would speak itself, and
 * glibc's (2.36) crashes if it has nothing to say. */
static bool demands(const char *p, size_t n)
{
	static const char name[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
				   "0123456789_";

	for (size_t i = 0; i + 2 < n; i++) {
		const char *end = p + i + 2;

		if (p[i] != '$' || p[i + 1] != '{')
			continue;
		end += *end == '#';
		end += strchr("?*@#$!-", *end) ? 1 : strspn(end, name);
		if (*end == '?' || (*end == ':' && end[1] == '?'))
			return true;
	}
	return false;
}

/* Rewrite text for wordexp(3): commands we know replaced by their output, and whatever wordexp
 * would refuse or take for a pattern quoted. malloced. *demanding: it must not get the text. */
static char *prepare(const struct modconf *c, const char *text, bool glob,
		     bool *demanding)
{
	size_t len;
	char *out = NULL, buf[128], quote = 0;
	FILE *f = open_memstream(&out, &len);

	if (!f)
		return NULL;
	for (const char *p = text; *p;) {
		size_t n = quote == '\'' ? 0 : substitution(p);
		const char *known = NULL;

		if (n)
			known = built_in(c, p + (*p == '`' ? 1 : 2), buf, sizeof(buf));
		else if (quote != '\'')
			n = braces(p);
		*demanding |= n && !known && demands(p, n);
		if (!n && !quote &&
		    (strchr("|&;<>(){}", *p) || (!glob && strchr("*?[~", *p))))
			putc('\\', f);
		if (!n && quote != '\'' && *p == '$' && strchr("({", p[1]) && p[1])
			n = 2; /* never closed: for wordexp to refuse */
		if (!n && *p == '\\' && quote != '\'' && p[1])
			n = 2;
		else if (!n && quote ? *p == quote : *p == '"' || *p == '\'')
			quote = quote ? 0 : *p;
		if (known)
			fputs(known, f);
		else
			fwrite(p, 1, n ? n : 1, f);
		p += n ? n : 1;
	}
	if (fclose(f) != 0) {
		free(out);
		return NULL;
	}
	return out;
}

static const char *why_not(int err)
{
	switch (err) {
	case WRDE_BADCHAR:
		return "a character that must be quoted";
	case WRDE_CMDSUB:
		return "a command, but the file belongs neither to root nor to you, or "
		       "others "
		       "may write it";
	case WRDE_BADVAL:
		return "a variable that has to be set";
	case WRDE_SYNTAX:
		return "unbalanced quotes or parentheses";
	default:
		return "out of memory";
	}
}

static bool split_expanding(struct modconf *c, const struct modconf_place *at,
			    const char *text, bool glob, struct modconf_words *out)
{
	bool demanding = false;
	char *prepared = prepare(c, text, glob, &demanding);
	wordexp_t exp = {0};
	int err = demanding ? WRDE_BADVAL : WRDE_NOSPACE;

	if (prepared && !demanding)
		err = wordexp(prepared, &exp, at->trusted ? 0 : WRDE_NOCMD);
	free(prepared);
	if (err)
		modconf_complain(c, at, "cannot expand: %s: %s", why_not(err), text);
	for (size_t i = 0; !err && i < exp.we_wordc; i++)
		modconf_words_add(c, out, modconf_strdup(c, exp.we_wordv[i]));
	if (!err || err == WRDE_NOSPACE)
		wordfree(&exp);
	return !err;
}

bool modconf_split(struct modconf *c, const struct modconf_place *at, const char *text,
		   struct modconf_how_words how, struct modconf_words *out)
{
	bool closed = true;

	if (how.expand && (strpbrk(text, "$`") || (how.glob && strpbrk(text, "*?[~"))))
		return split_expanding(c, at, text, how.glob, out);
	split_plain(c, text, how.expand, out, &closed);
	if (!closed && how.expand)
		modconf_complain(c, at, "cannot expand: %s: %s", why_not(WRDE_SYNTAX),
				 text);
	return closed || !how.expand;
}
