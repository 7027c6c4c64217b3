/* lib/modconf_parse.c - one configuration file: logical lines, conditionals, directives */
#include "modconf_priv.h"

#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "msg.h"

#define MAX_NESTING 20 /* of if, and of include */
#define MAX_FILE    (16u << 20)

const char *const modconf_files[] = {
	"generic_stringfile", "pcimapfile",	"isapnpmapfile",
	"usbmapfile",	      "parportmapfile", "ieee1394mapfile",
	"pnpbiosmapfile",     "depfile",	NULL};

/* A level of if: what its present branch is. */
enum branch { BRANCH_ACTIVE, BRANCH_NOT_YET, BRANCH_DONE };

struct parser {
	struct modconf *c;
	struct modconf_place at;
	struct {
		enum branch branch;
		bool was_else;
		unsigned line;
	} level[MAX_NESTING];
	int depth;
	bool stop; /* the structure of the file is lost */
};

/* --- logical lines ------------------------------------------------------------------------ */

/* End of the line's content: before a comment (a word that begins with # outside of quotes)
 * and trailing white space. *quote carries an open quote from one physical line to the next. */
static char *content_end(char *p, char *eol, char *quote)
{
	char *start = p;

	for (; p < eol; p++) {
		if (!*quote && *p == '#' && (p == start || isspace((unsigned char)p[-1])))
			break;
		if (*p == '\\' && p + 1 < eol && *quote != '\'')
			p++;
		else if (*quote ? *p == *quote : modconf_is_quote(*p))
			*quote = *quote ? 0 : *p;
	}
	if (p > eol)
		p = eol;
	while (p > start && isspace((unsigned char)p[-1]))
		p--;
	return p;
}

/* Take the next logical line off *text, in place. NULL at the end. *lines is how many lines
 * of the file it took. */
static char *next_line(char **text, unsigned *lines)
{
	char *from = *text, *line = from, *to = from;
	char quote = 0;
	bool more = *from;

	*lines = 0;
	if (!*from)
		return NULL;
	while (more && *from) {
		char *eol = from + strcspn(from, "\n");
		char *next = *eol ? eol + 1 : eol;
		char *end = content_end(from, eol, &quote);
		size_t slashes = 0;

		++*lines;
		while (end - slashes > from && end[-1 - (ptrdiff_t)slashes] == '\\')
			slashes++;
		more = slashes % 2;
		end -= slashes > 0;
		if (*lines > 1 && from < end && isspace((unsigned char)*from)) {
			while (from < end && isspace((unsigned char)*from))
				from++;
			*to++ = ' ';
		}
		memmove(to, from, end - from);
		to += end - from;
		from = next;
	}
	*text = from;
	while (to > line && isspace((unsigned char)to[-1])) /* continued by nothing */
		to--;
	*to = '\0'; /* never past what was read: each line gave up its newline */
	return line;
}

/* --- conditionals ------------------------------------------------------------------------- */

/* The first word that a piece of text expands to, "" if none; NULL after an error. */
static const char *first_word(struct parser *p, const char *text, bool glob)
{
	struct modconf_words w = {0};

	if (!modconf_split(p->c, &p->at, text, (struct modconf_how_words){true, glob},
			   &w))
		return NULL;
	return w.n ? w.word[0] : "";
}

static bool compare(struct parser *p, const char *op, long order)
{
	if (strcmp(op, "==") == 0 || strcmp(op, "=") == 0)
		return order == 0;
	if (strcmp(op, "!=") == 0)
		return order != 0;
	if (strcmp(op, "<") == 0)
		return order < 0;
	if (strcmp(op, "<=") == 0)
		return order <= 0;
	if (strcmp(op, ">") == 0)
		return order > 0;
	if (strcmp(op, ">=") == 0)
		return order >= 0;
	modconf_complain(p->c, &p->at, "unknown operator %s in a condition", op);
	return false;
}

/* A condition that is none does not hold, whatever it would be turned round. */
static bool no_condition(struct parser *p, const char *why)
{
	modconf_complain(p->c, &p->at, "%s", why);
	return false;
}

/* W1 op W2, of text or of numbers, or W alone; `n` words. */
static bool holds(struct parser *p, const char *const *word, size_t n, bool numeric,
		  bool negate)
{
	const char *left = first_word(p, word[0], false);
	const char *right = n > 2 ? first_word(p, word[2], false) : "";
	long order;

	if (!left || !right)
		return false;
	if (n == 1)
		return (*left && strcmp(left, "0") && strcmp(left, "false")) != negate;
	order = strcmp(left, right);
	if (numeric)
		order = (strtol(left, NULL, 0) > strtol(right, NULL, 0)) -
			(strtol(left, NULL, 0) < strtol(right, NULL, 0));
	return compare(p, word[1], order) != negate;
}

/* What is behind the first `most` of n words is not heeded. */
static void tell_rest(struct parser *p, const char *const *word, size_t n, size_t most)
{
	if (n > most)
		msg_warn("%s:%u: behind the condition, without a meaning: %s", p->at.file,
			 p->at.line, word[most]);
}

static bool file_holds(struct parser *p, const char *word, bool negate)
{
	const char *file = first_word(p, word, true);

	return file && (*file && access(file, R_OK) == 0) != negate;
}

/* EXPR: W | W1 op W2 | -n W1 op W2 | -f FILE | -k | ! EXPR, the words in w. */
static bool condition(struct parser *p, const struct modconf_words *w)
{
	const char *const *word = w->word;
	size_t n = w->n;
	bool negate = false, numeric;

	for (; n && strcmp(*word, "!") == 0; word++, n--)
		negate = !negate;
	if (!n)
		return no_condition(p, "a condition is missing");
	if (strcmp(*word, "-k") == 0) {
		tell_rest(p, word, n, 1);
		return p->c->opt.autoclean != negate;
	}
	if (strcmp(*word, "-f") == 0) {
		tell_rest(p, word, n, 2);
		return n < 2 ? no_condition(p, "a file is missing after -f")
			     : file_holds(p, word[1], negate);
	}
	numeric = strcmp(*word, "-n") == 0;
	word += numeric;
	n -= numeric;
	tell_rest(p, word, n, 3);
	if (n == 2)
		return no_condition(p, "a word is missing after the operator");
	if (numeric && n < 3)
		return no_condition(p, "-n compares two numbers");
	return holds(p, word, n, numeric, negate);
}

static bool evaluate(struct parser *p, const char *text)
{
	struct modconf_words w = {0};

	modconf_split(p->c, &p->at, text, (struct modconf_how_words){false, false}, &w);
	return condition(p, &w);
}

static bool active(const struct parser *p)
{
	return !p->depth || p->level[p->depth - 1].branch == BRANCH_ACTIVE;
}

static void lost(struct parser *p, const char *why)
{
	modconf_complain(p->c, &p->at, "%s", why);
	p->stop = true;
}

/* An if in a region that is not read counts for its endif and is never true. */
static void begin_if(struct parser *p, const char *text)
{
	enum branch b = BRANCH_DONE;

	if (p->depth == MAX_NESTING) {
		lost(p, "Too many nested if's");
		return;
	}
	if (active(p))
		b = evaluate(p, text) ? BRANCH_ACTIVE : BRANCH_NOT_YET;
	p->level[p->depth].branch = b;
	p->level[p->depth].was_else = false;
	p->level[p->depth++].line = p->at.line;
}

/* elseif EXPR, or else (text is NULL). */
static void next_branch(struct parser *p, const char *text)
{
	int i = p->depth - 1;
	bool is_else = !text;

	if (i < 0) {
		lost(p, is_else ? "else without if" : "elseif without if");
		return;
	}
	if (p->level[i].was_else) {
		lost(p, is_else ? "second else" : "elseif after else");
		return;
	}
	p->level[i].was_else = is_else;
	if (p->level[i].branch == BRANCH_ACTIVE)
		p->level[i].branch = BRANCH_DONE;
	else if (p->level[i].branch == BRANCH_NOT_YET && (is_else || evaluate(p, text)))
		p->level[i].branch = BRANCH_ACTIVE;
}

/* Returns true if the directive was a conditional. */
static bool conditional(struct parser *p, const char *directive, const char *rest)
{
	if (strcmp(directive, "if") == 0) {
		begin_if(p, rest);
	} else if (strcmp(directive, "elseif") == 0) {
		next_branch(p, rest);
	} else if (strcmp(directive, "else") == 0) {
		next_branch(p, NULL);
	} else if (strcmp(directive, "endif") == 0) {
		if (p->depth)
			p->depth--;
		else
			lost(p, "unmatched endif");
	} else {
		return false;
	}
	return true;
}

/* --- directives --------------------------------------------------------------------------- */

struct line {
	const char *directive;
	const char *whole; /* for messages */
	const char *tag;   /* path[tag], NULL if there is none */
	const char *rest;
	bool adding, assign;
};

struct directive {
	const char *name;
	enum modconf_kind kind;
	/* Returns why the line makes no sense, or NULL. */
	const char *(*read)(struct parser *p, const struct directive *d,
			    const struct line *l);
	bool assign;	 /* it is written NAME=... */
	bool paths_only; /* insmod and depmod want it too */
};

static bool split(struct parser *p, const char *text, struct modconf_words *w)
{
	struct modconf_how_words how = {!p->at.modprobe_d, false};

	return modconf_split(p->c, &p->at, text, how, w);
}

/* The directive's subject, which leaves w: its first word. */
static const char *subject(struct modconf_words *w)
{
	const char *name = w->n ? w->word[0] : NULL;

	if (name) {
		w->word++;
		w->n--;
	}
	return name;
}

/* NAME WORDS...: alias, above, below, probe, probeall, weakdep, blacklist */
static const char *read_list(struct parser *p, const struct directive *d,
			     const struct line *l)
{
	struct modconf_words w = {0};
	bool appends = l->adding || p->at.modprobe_d;
	const char *name;

	if (!split(p, l->rest, &w))
		return NULL; /* said already */
	name = subject(&w);
	if (!name)
		return "a name is missing";
	if (!w.n && d->kind != MODCONF_BLACKLIST)
		return d->kind == MODCONF_ALIAS ? "what it stands for is missing"
						: "modules are missing";
	if (d->kind == MODCONF_ALIAS || d->kind == MODCONF_BLACKLIST)
		w.n = d->kind == MODCONF_ALIAS; /* more words mean nothing */
	modconf_add(p->c, d->kind, name, &w, appends ? MODCONF_APPEND : MODCONF_REPLACE,
		    &p->at);
	return NULL;
}

static const char *read_options(struct parser *p, const struct directive *d,
				const struct line *l)
{
	bool appends = l->adding || p->at.modprobe_d, keep = false;
	struct modconf_words w = {0};
	struct modconf_entry *e;
	const char *name;

	if (!split(p, l->rest, &w))
		return NULL;
	name = subject(&w);
	if (name && strcmp(name, "-k") == 0) {
		keep = true;
		name = subject(&w);
	}
	if (!name)
		return "a module is missing";
	if (w.n && strcmp(w.word[w.n - 1], "-o") == 0)
		return "a name is missing after -o";
	e = modconf_add(p->c, d->kind, name, &w,
			appends ? MODCONF_APPEND : MODCONF_REPLACE, &p->at);
	if (e)
		e->keep = keep || (appends && e->keep);
	return NULL;
}

static const char *read_command(struct parser *p, const struct directive *d,
				const struct line *l)
{
	size_t len = strcspn(l->rest, " \t");
	const char *command = l->rest + len + strspn(l->rest + len, " \t");
	const char *name = modconf_strndup(p->c, l->rest, len);
	struct modconf_words w = {0};

	if (!*command)
		return len ? "the command is missing" : "a module is missing";
	modconf_words_add(p->c, &w, modconf_strdup(p->c, command));
	if (name)
		modconf_add(p->c, d->kind, name, &w, MODCONF_FIRST, &p->at);
	return NULL;
}

/* softdep NAME pre: A B post: C; words of several lines add up. Modules carry lines without
 * pre: and post:, whose words nobody heeds. */
static const char *read_softdep(struct parser *p, const struct directive *d,
				const struct line *l)
{
	struct modconf_words w = {0}, half[2] = {{0}, {0}};
	const char *name;
	int which = -1;

	if (!split(p, l->rest, &w))
		return NULL;
	name = subject(&w);
	for (size_t i = 0; i < w.n; i++) {
		if (strcmp(w.word[i], "pre:") == 0)
			which = 0;
		else if (strcmp(w.word[i], "post:") == 0)
			which = 1;
		else if (which >= 0)
			modconf_words_add(p->c, &half[which], w.word[i]);
	}
	if (!name)
		return "a module is missing";
	if (!half[0].n && !half[1].n && !p->at.modprobe_d)
		return "pre: or post: with modules is missing";
	if (p->c->modules_speak && (modconf_find(p->c, MODCONF_SOFTDEP_PRE, name) ||
				    modconf_find(p->c, MODCONF_SOFTDEP_POST, name)))
		return NULL;
	for (which = 0; which < 2; which++)
		if (half[which].n || p->c->modules_speak)
			modconf_add(p->c, MODCONF_SOFTDEP_PRE + which, name, &half[which],
				    MODCONF_APPEND, &p->at);
	return NULL;
}

static const char *read_prune(struct parser *p, const struct directive *d,
			      const struct line *l)
{
	struct modconf_words w = {0};

	if (!split(p, l->rest, &w))
		return NULL;
	for (size_t i = 0; i < w.n; i++)
		modconf_add(p->c, MODCONF_PRUNE, w.word[i], NULL, MODCONF_FIRST, &p->at);
	return w.n ? NULL : "a name is missing";
}

/* path[TAG]=DIR...: the first one drops the built-in paths unless `keep` came before. */
static const char *read_path(struct parser *p, const struct directive *d,
			     const struct line *l)
{
	struct modconf *c = p->c;
	const char *root = c->opt.root ? c->opt.root : "";
	struct modconf_words w = {0};

	if (!modconf_split(c, &p->at, l->rest, (struct modconf_how_words){true, true},
			   &w))
		return NULL;
	if (!c->paths_set && !c->keep_paths)
		modconf_drop_paths(c);
	c->paths_set = true;
	for (size_t i = 0; i < w.n; i++) {
		struct modconf_words one = {0};
		char *full = modconf_alloc(c, strlen(root) + strlen(w.word[i]) + 1);

		if (!full)
			break;
		modconf_words_add(c, &one, strcat(strcpy(full, root), w.word[i]));
		modconf_add(c, MODCONF_PATH, l->tag ? l->tag : "misc", &one,
			    MODCONF_APPEND, &p->at);
	}
	return NULL;
}

static const char *read_keep(struct parser *p, const struct directive *d,
			     const struct line *l)
{
	if (*l->rest)
		return "keep stands alone";
	if (!p->c->paths_set && !p->c->keep_paths) {
		p->c->keep_paths = true;
		if (!p->c->first[MODCONF_PATH])
			modconf_add_default_paths(p->c);
	}
	return NULL;
}

static bool is_generated_file(const char *name)
{
	for (size_t i = 0; modconf_files[i]; i++)
		if (strcmp(modconf_files[i], name) == 0)
			return true;
	return false;
}

/* persistdir=, insmod_opt=: the last one counts. Names of generated files: the first. */
static const char *read_setting(struct parser *p, const struct directive *d,
				const struct line *l)
{
	const struct modconf_entry *e = modconf_find(p->c, MODCONF_SETTING, d->name);
	struct modconf_words w = {0};
	const char *value = l->rest;

	if (e && is_generated_file(d->name)) {
		if (e->line) /* not from the environment */
			modconf_complain(p->c, &p->at, "%s is set already, in %s:%u: %s",
					 d->name, e->file, e->line, l->whole);
		return NULL;
	}
	if (!*value && is_generated_file(d->name))
		return "a file is missing";
	if (strcmp(d->name, "insmod_opt") == 0)
		value = modconf_strdup(p->c, value);
	else
		value = first_word(p, value, true);
	if (!value)
		return NULL;
	modconf_words_add(p->c, &w, value);
	modconf_add(p->c, MODCONF_SETTING, d->name, &w, MODCONF_REPLACE, &p->at);
	return NULL;
}

static const char *read_define(struct parser *p, const struct directive *d,
			       const struct line *l)
{
	size_t len = strcspn(l->rest, " \t");
	char *name = modconf_strndup(p->c, l->rest, len);
	const char *value;

	if (!len)
		return "a variable is missing";
	if (memchr(l->rest, '=', len))
		return "a blank comes before the value, and no =";
	if (!l->rest[len])
		msg_warn("%s:%u: a value is missing, the variable is empty: %s",
			 p->at.file, p->at.line, l->whole);
	value = first_word(p, l->rest + len, false);
	if (name && value && setenv(name, value, 1) != 0)
		p->c->no_memory = true;
	return NULL;
}

/* A relative name is looked for beside the including file. */
static char *beside(struct parser *p, const char *name)
{
	const char *slash = strrchr(p->at.file, '/');
	size_t dir = *name != '/' && slash ? slash + 1 - p->at.file : 0;
	char *path = modconf_alloc(p->c, dir + strlen(name) + 1);

	if (path) {
		memcpy(path, p->at.file, dir);
		strcpy(path + dir, name);
	}
	return path;
}

static const char *read_include(struct parser *p, const struct directive *d,
				const struct line *l)
{
	struct modconf *c = p->c;
	struct modconf_words w = {0};

	if (!*l->rest)
		return "a file is missing";
	if (c->include_depth == MAX_NESTING) {
		modconf_complain(c, &p->at, "includes nest deeper than %d", MAX_NESTING);
		c->too_deep = true;
		return NULL;
	}
	if (!modconf_split(c, &p->at, l->rest, (struct modconf_how_words){true, true},
			   &w))
		return NULL;
	for (size_t i = 0; i < w.n; i++) {
		const char *path = beside(p, w.word[i]);
		int errors = c->errors, err;

		if (!path)
			break;
		c->include_depth++;
		err = modconf_parse_file(c, path, p->at.modprobe_d, false);
		c->include_depth--;
		if (err)
			modconf_complain(c, &p->at, "include %s failed: %s", path,
					 strerror(-err));
		else if (c->errors > errors && !c->too_deep)
			modconf_complain(c, &p->at, "include %s failed", path);
	}
	return NULL;
}

static const struct directive directives[] = {
	{"alias", MODCONF_ALIAS, read_list, false, false},
	{"options", MODCONF_OPTIONS, read_options, false, false},
	{"above", MODCONF_ABOVE, read_list, false, false},
	{"below", MODCONF_BELOW, read_list, false, false},
	{"probe", MODCONF_PROBE, read_list, false, false},
	{"probeall", MODCONF_PROBEALL, read_list, false, false},
	{"softdep", MODCONF_SOFTDEP_PRE, read_softdep, false, false},
	{"weakdep", MODCONF_WEAKDEP, read_list, false, false},
	{"blacklist", MODCONF_BLACKLIST, read_list, false, false},
	{"pre-install", MODCONF_PRE_INSTALL, read_command, false, false},
	{"install", MODCONF_INSTALL, read_command, false, false},
	{"post-install", MODCONF_POST_INSTALL, read_command, false, false},
	{"pre-remove", MODCONF_PRE_REMOVE, read_command, false, false},
	{"remove", MODCONF_REMOVE, read_command, false, false},
	{"post-remove", MODCONF_POST_REMOVE, read_command, false, false},
	{"prune", MODCONF_PRUNE, read_prune, false, true},
	{"path", MODCONF_PATH, read_path, true, true},
	{"keep", MODCONF_PATH, read_keep, false, true},
	{"persistdir", MODCONF_SETTING, read_setting, true, true},
	{"insmod_opt", MODCONF_SETTING, read_setting, true, true},
	{"generic_stringfile", MODCONF_SETTING, read_setting, true, true},
	{"pcimapfile", MODCONF_SETTING, read_setting, true, true},
	{"isapnpmapfile", MODCONF_SETTING, read_setting, true, true},
	{"usbmapfile", MODCONF_SETTING, read_setting, true, true},
	{"parportmapfile", MODCONF_SETTING, read_setting, true, true},
	{"ieee1394mapfile", MODCONF_SETTING, read_setting, true, true},
	{"pnpbiosmapfile", MODCONF_SETTING, read_setting, true, true},
	{"depfile", MODCONF_SETTING, read_setting, true, true},
	{"define", MODCONF_KINDS, read_define, false, true},
	{"include", MODCONF_KINDS, read_include, false, true},
};
#define NDIRECTIVES (sizeof(directives) / sizeof(directives[0]))

const char *modconf_kind_name(enum modconf_kind kind)
{
	if (kind == MODCONF_SOFTDEP_POST)
		return "softdep";
	for (size_t i = 0; i < NDIRECTIVES; i++)
		if (directives[i].kind == kind)
			return directives[i].name;
	return "";
}

static const struct directive *find_directive(const char *name)
{
	for (size_t i = 0; i < NDIRECTIVES; i++)
		if (strcmp(directives[i].name, name) == 0)
			return &directives[i];
	return NULL;
}

static const char *read_line(struct parser *p, const struct line *l)
{
	const struct directive *d = find_directive(l->directive);
	bool paths_only = p->c->opt.paths_only;

	if (paths_only && (!d || !d->paths_only))
		return NULL; /* modprobe complains, which understands all of it */
	if (!d || (l->tag && d->read != read_path))
		return "unknown directive";
	if (d->assign != l->assign)
		return l->assign ? "there is no = in it" : "= is missing";
	return d->read(p, d, l);
}

/* --- lines and files ---------------------------------------------------------------------- */

/* Split `[add ]DIRECTIVE[[TAG]][=]REST`; the line is cut up in place. */
static void dissect(char *line, struct line *l)
{
	size_t len;
	char *tag;

	if (strncmp(line, "add", 3) ==
	    0) { /* no directive begins so; "addoptions" is fine */
		l->adding = true;
		line += 3 + strspn(line + 3, " \t");
	}
	len = strcspn(line, " \t=");
	l->directive = line;
	l->assign = line[len] == '=';
	l->rest = line + len;
	if (line[len]) {
		line[len] = '\0';
		l->rest++;
		l->rest += strspn(l->rest, " \t");
	}
	tag = strchr(line, '[');
	if (tag && len && line[len - 1] == ']') {
		*tag = '\0';
		line[len - 1] = '\0';
		l->tag = tag + 1;
	}
}

static void parse_line(struct parser *p, char *line)
{
	struct line l = {0};
	const char *why;

	line += strspn(line, " \t\r\f\v");
	if (!*line)
		return;
	l.whole = modconf_strdup(p->c, line);
	dissect(line, &l);
	if (conditional(p, l.directive, l.rest) || !active(p) || !l.whole)
		return;
	why = read_line(p, &l);
	if (why)
		modconf_complain(p->c, &p->at, "Invalid line, %s: %s", why, l.whole);
}

void modconf_parse_text(struct modconf *c, const struct modconf_place *at, char *text)
{
	struct parser p = {.c = c, .at = *at};
	unsigned next = 1, lines;
	char *line;

	while (!p.stop && !c->no_memory && (line = next_line(&text, &lines))) {
		p.at.line = next;
		next += lines;
		parse_line(&p, line);
	}
	if (p.stop || !p.depth)
		return;
	p.at.line = p.level[p.depth - 1].line;
	modconf_complain(c, &p.at, "missing endif");
}

/* The whole file, NUL-terminated, malloced. A pipe has no size, it is read to its end. */
static int read_text(int fd, const struct stat *st, char **text)
{
	bool sized = S_ISREG(st->st_mode);
	size_t len = 0, size = sized ? st->st_size : 0;
	ssize_t n = 1;

	if (size > MAX_FILE)
		return -EFBIG;
	*text = malloc(size + 1);
	if (!sized)
		fcntl(fd, F_SETFL, 0); /* wait for it */
	while (*text && n > 0 && (len < size || !sized)) {
		char *more = len < size ? *text : realloc(*text, (size += 4096) + 1);

		if (!more)
			return -ENOMEM;
		*text = more;
		n = read(fd, *text + len, size - len);
		if (n > 0)
			len += n;
		if (len > MAX_FILE)
			return -EFBIG;
	}
	if (!*text)
		return -ENOMEM;
	(*text)[len] = '\0';
	for (char *nul = *text; (nul = memchr(nul, '\0', *text + len - nul));)
		*nul = ' ';
	return n < 0 ? -errno : 0;
}

int modconf_parse_file(struct modconf *c, const char *path, bool modprobe_d, bool must)
{
	struct modconf_place at = {modconf_strdup(c, path), 0, modprobe_d, false};
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	char *text = NULL;
	struct stat st;
	int err = fd < 0 ? -errno : 0;

	if (!err && fstat(fd, &st) != 0)
		err = -errno;
	if (!err && S_ISDIR(st.st_mode))
		err = -EISDIR;
	if (!err)
		err = read_text(fd, &st, &text);
	if (!err && at.file) {
		at.trusted = (st.st_uid == 0 || st.st_uid == geteuid()) &&
			     !(st.st_mode & (S_IWGRP | S_IWOTH));
		modconf_parse_text(c, &at, text);
	}
	if (err && must) {
		msg_errno(err, "Can't open %s", path);
		c->errors++;
	}
	if (fd >= 0)
		close(fd);
	free(text);
	return err;
}
