/* lib/modconf_print.c - the configuration as a modules.conf that reads back as the same */
#include "modconf_priv.h"

#include <ctype.h>
#include <string.h>

#define SPECIAL "\"'\\`$#" /* what the reader would take for something else */
#define GLOB	"*?[~"	   /* and where words are names of files */

/* Quote a word with special characters in it. Never an empty pair of quotes beside other
 * text, which wordexp(3) takes for a word of its own. */
static void print_quoted(const char *word, const char *special, FILE *to)
{
	bool plain = *word, open = false;

	for (const char *p = word; *p; p++)
		plain = plain && !isspace((unsigned char)*p) && !strchr(special, *p);
	if (plain) {
		fputs(word, to);
		return;
	}
	for (const char *p = word; *p; p++) {
		if (open != (*p != '\'')) {
			putc('\'', to);
			open = !open;
		}
		fputs(*p == '\'' ? "\\'" : (char[]){*p, '\0'}, to);
	}
	if (open || !*word)
		fputs(*word ? "'" : "''", to);
}

static void print_word(const char *word, FILE *to)
{
	print_quoted(word, SPECIAL, to);
}

/* Text up to the end of the line. One more backslash makes the last one literal; if there is
 * an even number of them it continues the line instead, with an empty one. */
static void print_rest(const char *text, FILE *to)
{
	size_t len = strlen(text), slashes = 0;

	while (slashes < len && text[len - 1 - slashes] == '\\')
		slashes++;
	fprintf(to, "%s%s", text, !slashes ? "" : slashes % 2 ? "\\" : "\\\n");
}

static void print_words(const struct modconf_entry *e, FILE *to)
{
	for (size_t i = 0; i < e->nwords; i++) {
		putc(' ', to);
		print_word(e->words[i], to);
	}
}

static void print_name(const char *directive, const struct modconf_entry *e, FILE *to)
{
	fprintf(to, "%s %s", directive, e->keep ? "-k " : "");
	print_word(e->name, to);
}

/* One alias line takes one target, so further providers are added. */
static void print_alias(const struct modconf_entry *e, FILE *to)
{
	for (size_t i = 0; i < e->nwords; i++) {
		print_name(i ? "add alias" : "alias", e, to);
		putc(' ', to);
		print_word(e->words[i], to);
		putc('\n', to);
	}
}

static void print_entry(const struct modconf *c, const struct modconf_entry *e, FILE *to)
{
	const char *directive = modconf_kind_name(e->kind);
	const char *root = c->opt.root ? c->opt.root : "";

	if (!e->file && !(e->kind == MODCONF_PATH && c->paths_set))
		fputs("#built in: ", to); /* as it will be for whoever reads this */
	switch (e->kind) {
	case MODCONF_ALIAS:
		print_alias(e, to);
		return;
	case MODCONF_PATH:
		fprintf(to, "path[%s]=", e->name);
		print_quoted(e->words[0] + strlen(root), SPECIAL GLOB, to);
		break;
	case MODCONF_SETTING:
		fprintf(to, "%s=", e->name);
		if (strcmp(e->name, "insmod_opt") == 0)
			print_rest(e->words[0], to);
		else
			print_word(e->words[0], to);
		break;
	case MODCONF_PRE_INSTALL ... MODCONF_POST_REMOVE:
		fprintf(to, "%s %s ", directive, e->name);
		print_rest(e->words[0], to);
		break;
	case MODCONF_SOFTDEP_PRE:
	case MODCONF_SOFTDEP_POST:
		print_name(directive, e, to);
		fputs(e->kind == MODCONF_SOFTDEP_PRE ? " pre:" : " post:", to);
		print_words(e, to);
		break;
	default:
		print_name(directive, e, to);
		print_words(e, to);
	}
	putc('\n', to);
}

void modconf_print(struct modconf *c, FILE *to)
{
	static const struct {
		enum modconf_kind from, through;
		const char *title;
	} sections[] = {
		{MODCONF_PATH, MODCONF_PATH, "Paths"},
		{MODCONF_PRUNE, MODCONF_PRUNE, "Prune"},
		{MODCONF_ABOVE, MODCONF_ABOVE, "Above"},
		{MODCONF_BELOW, MODCONF_BELOW, "Below"},
		{MODCONF_ALIAS, MODCONF_ALIAS, "Aliases"},
		{MODCONF_OPTIONS, MODCONF_OPTIONS, "Options"},
		{MODCONF_PROBE, MODCONF_PROBE, "Probes"},
		{MODCONF_PROBEALL, MODCONF_PROBEALL, "Probeall"},
		{MODCONF_SOFTDEP_PRE, MODCONF_SOFTDEP_POST, "Soft dependencies"},
		{MODCONF_WEAKDEP, MODCONF_WEAKDEP, "Weak dependencies"},
		{MODCONF_BLACKLIST, MODCONF_BLACKLIST, "Blacklist"},
		{MODCONF_PRE_INSTALL, MODCONF_POST_REMOVE, "Commands"},
		{MODCONF_SETTING, MODCONF_SETTING,
		 "Miscellaneous file and directory names"},
	};
	modconf_add_default_aliases(c, NULL);
	modconf_add_rest(c);
	if (c->paths_set && !c->first[MODCONF_PATH])
		fputs("# Paths\npath=\n", to);
	for (size_t i = 0; i < sizeof(sections) / sizeof(sections[0]); i++) {
		bool title = false;

		for (int k = sections[i].from; k <= (int)sections[i].through; k++)
			for (const struct modconf_entry *e = c->first[k]; e;
			     e = e->next) {
				if (!title)
					fprintf(to, "# %s\n", sections[i].title);
				title = true;
				print_entry(c, e, to);
			}
	}
}
