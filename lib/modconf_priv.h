/* lib/modconf_priv.h - shared by the modconf_*.c files and nobody else
 *
 * modconf.c          what was said: entries, lookups; which files are read
 * modconf_parse.c    one file: logical lines, conditionals, directives
 * modconf_words.c    text into words: quotes, expansion
 * modconf_defaults.c the built-in tables
 * modconf_print.c    back into text
 */
#ifndef MODCONF_PRIV_H
#define MODCONF_PRIV_H

#include "modconf.h"

#define MODCONF_BUCKETS 512

struct modconf_chunk;

struct modconf {
	struct modconf_options opt;
	struct modconf_entry *first[MODCONF_KINDS], *last[MODCONF_KINDS];
	struct modconf_entry *bucket[MODCONF_BUCKETS];
	struct modconf_chunk *memory;
	bool paths_set, keep_paths; /* a path= was seen; keep was, before it */
	bool has_default_aliases;
	bool modules_speak; /* reading modules.softdep */
	bool no_memory;
	int errors;
	int include_depth;
	bool too_deep; /* no file on the way to there is to blame */
};

/* Memory that lives as long as the configuration; NULL: none, remembered in no_memory. */
void *modconf_alloc(struct modconf *c, size_t size);
char *modconf_strndup(struct modconf *c, const char *s, size_t len);
char *modconf_strdup(struct modconf *c, const char *s);

/* Where a file's text comes from, for messages and rights. */
struct modconf_place {
	const char *file; /* lives as long as the configuration; NULL: built in */
	unsigned line;
	bool modprobe_d; /* the rules of modprobe.d hold */
	bool trusted;	 /* may run commands: its owner is root or the caller */
};

static inline bool modconf_is_quote(char c)
{
	return c == '"' || c == '\'' || c == '`';
}

/* A list of words that grows. The strings live as long as the configuration. */
struct modconf_words {
	const char **word;
	size_t n, cap;
};
void modconf_words_add(struct modconf *c, struct modconf_words *w, const char *word);

/* How modconf_add treats what was said before about the name. */
enum modconf_how { MODCONF_REPLACE, MODCONF_APPEND, MODCONF_FIRST };

struct modconf_entry *modconf_add(struct modconf *c, enum modconf_kind kind,
				  const char *name, const struct modconf_words *words,
				  enum modconf_how how, const struct modconf_place *at);
void modconf_drop_paths(struct modconf *c);

/* Report an error (in modprobe.d: a warning) at a place. */
void modconf_complain(struct modconf *c, const struct modconf_place *at, const char *fmt,
		      ...) __attribute__((format(printf, 3, 4)));

/* Append the words of `text`. Split outside of quotes; with `expand` also one level of quotes
 * removed and variables and commands expanded; with `glob` file name patterns too (one that
 * matches nothing stays). Returns false after an error, which has been reported. */
struct modconf_how_words {
	bool expand, glob;
};
bool modconf_split(struct modconf *c, const struct modconf_place *at, const char *text,
		   struct modconf_how_words how, struct modconf_words *out);

/* Read one file, and what it includes. `must` exist? Returns 0 or -errno of opening it. */
int modconf_parse_file(struct modconf *c, const char *path, bool modprobe_d, bool must);

/* Take the text of a file apart (as modconf_parse_file; for fuzzing). */
void modconf_parse_text(struct modconf *c, const struct modconf_place *at, char *text);

void modconf_add_defaults(struct modconf *c);
void modconf_add_default_aliases(struct modconf *c, const char *name); /* or NULL */
void modconf_add_default_paths(struct modconf *c);
void modconf_add_rest(struct modconf *c); /* paths unless some are set, the prune list */

extern const char
	*const modconf_files[]; /* settings that name generated files, NULL ends */

#endif
