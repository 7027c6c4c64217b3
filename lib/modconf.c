/* lib/modconf.c - what the configuration says, and which files it is read from */
#include "modconf_priv.h"

#include <dirent.h>
#include <errno.h>
#include <fnmatch.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "modname.h"
#include "msg.h"

/* --- memory ------------------------------------------------------------------------------- */

struct modconf_chunk {
	struct modconf_chunk *next;
	size_t used, size;
	max_align_t bytes[];
};

void *modconf_alloc(struct modconf *c, size_t size)
{
	struct modconf_chunk *m = c->memory;
	void *p;

	size = (size + sizeof(void *) - 1) & ~(sizeof(void *) - 1);
	if (!m || m->size - m->used < size) {
		size_t room = size > 16000 ? size : 16000;

		m = malloc(sizeof(*m) + room);
		if (!m) {
			c->no_memory = true;
			return NULL;
		}
		*m = (struct modconf_chunk){c->memory, 0, room};
		c->memory = m;
	}
	p = (char *)m->bytes + m->used;
	m->used += size;
	return p;
}

char *modconf_strndup(struct modconf *c, const char *s, size_t len)
{
	char *copy = modconf_alloc(c, len + 1);

	if (copy) {
		memcpy(copy, s, len);
		copy[len] = '\0';
	}
	return copy;
}

char *modconf_strdup(struct modconf *c, const char *s)
{
	return modconf_strndup(c, s, strlen(s));
}

void modconf_free(struct modconf *c)
{
	struct modconf_chunk *next;

	if (!c)
		return;
	for (struct modconf_chunk *m = c->memory; m; m = next) {
		next = m->next;
		free(m);
	}
	free(c);
}

/* --- entries ------------------------------------------------------------------------------ */

static struct modconf_entry **bucket(const struct modconf *c, enum modconf_kind kind,
				     const char *name)
{
	size_t h = modname_hash(name) + kind * 97u;

	return (struct modconf_entry **)&c->bucket[h % MODCONF_BUCKETS];
}

static struct modconf_entry *find(const struct modconf *c, enum modconf_kind kind,
				  const char *name)
{
	struct modconf_entry *e = *bucket(c, kind, name);

	while (e && (e->kind != kind || !modname_equal(e->name, name)))
		e = e->same_hash;
	return e;
}

static struct modconf_entry *new_entry(struct modconf *c, enum modconf_kind kind,
				       const char *name)
{
	struct modconf_entry *e = modconf_alloc(c, sizeof(*e));
	struct modconf_entry **b = bucket(c, kind, name);

	if (!e)
		return NULL;
	*e = (struct modconf_entry){.kind = kind, .same_hash = *b};
	e->name = modconf_strdup(c, name);
	if (!e->name)
		return NULL;
	*b = e;
	if (c->last[kind])
		c->last[kind]->next = e;
	else
		c->first[kind] = e;
	c->last[kind] = e;
	return e;
}

/* Several paths share a tag, so a path is never found by its name. */
struct modconf_entry *modconf_add(struct modconf *c, enum modconf_kind kind,
				  const char *name, const struct modconf_words *words,
				  enum modconf_how how, const struct modconf_place *at)
{
	struct modconf_entry *e = kind == MODCONF_PATH ? NULL : find(c, kind, name);
	struct modconf_words all = {0};
	bool built_in =
		e && !e->file && at->modprobe_d; /* there, any line replaces those */

	if (e && how == MODCONF_FIRST && !built_in)
		return e;
	if (e && how == MODCONF_APPEND && !built_in)
		for (size_t i = 0; i < e->nwords; i++)
			modconf_words_add(c, &all, e->words[i]);
	for (size_t i = 0; words && i < words->n; i++)
		modconf_words_add(c, &all, words->word[i]);
	if (!e)
		e = new_entry(c, kind, name);
	if (!e)
		return NULL;
	e->words = all.word;
	e->nwords = all.n;
	e->file = at->file;
	e->line = at->line;
	return e;
}

void modconf_drop_paths(struct modconf *c)
{
	c->first[MODCONF_PATH] = c->last[MODCONF_PATH] = NULL;
}

const struct modconf_entry *modconf_find(const struct modconf *c, enum modconf_kind kind,
					 const char *name)
{
	return find(c, kind, name);
}

static bool matches(const char *pattern, const char *name)
{
	if (!strpbrk(pattern, "*?["))
		return modname_equal(pattern, name);
	return fnmatch(pattern, name, 0) == 0;
}

const struct modconf_entry *modconf_match(struct modconf *c, const char *name,
					  bool builtin,
					  const struct modconf_entry **cursor)
{
	const struct modconf_entry *e;

	if (builtin)
		modconf_add_default_aliases(c, name);
	e = *cursor ? (*cursor)->next : c->first[MODCONF_ALIAS];

	while (e && (!e->file != builtin || !matches(e->name, name)))
		e = e->next;
	if (e)
		*cursor = e;
	return e;
}

const struct modconf_entry *modconf_next(const struct modconf *c, enum modconf_kind kind,
					 const struct modconf_entry *previous)
{
	return previous ? previous->next : c->first[kind];
}

const char *modconf_setting(const struct modconf *c, const char *name)
{
	const struct modconf_entry *e = find(c, MODCONF_SETTING, name);

	return e && e->nwords ? e->words[0] : NULL;
}

void modconf_complain(struct modconf *c, const struct modconf_place *at, const char *fmt,
		      ...)
{
	va_list ap;
	char *text;

	va_start(ap, fmt);
	if (vasprintf(&text, fmt, ap) < 0)
		text = NULL;
	va_end(ap);
	if (at->modprobe_d)
		msg_warn("%s:%u: %s", at->file, at->line, text ? text : fmt);
	else
		msg_error("%s:%u: %s", at->file, at->line, text ? text : fmt);
	c->errors += !at->modprobe_d;
	free(text);
}

/* --- which files -------------------------------------------------------------------------- */

static char *below_root(struct modconf *c, const char *path)
{
	const char *root = c->opt.root ? c->opt.root : "";
	char *full = modconf_alloc(c, strlen(root) + strlen(path) + 1);

	if (full)
		strcat(strcpy(full, root), path);
	return full;
}

struct found {
	char *base, *path;
};

static int by_base(const void *a, const void *b)
{
	return strcmp(((const struct found *)a)->base, ((const struct found *)b)->base);
}

struct found_list {
	struct found *f;
	size_t n, cap;
};

static bool is_listed(const struct found_list *l, const char *base)
{
	for (size_t i = 0; i < l->n; i++)
		if (strcmp(l->f[i].base, base) == 0)
			return true;
	return false;
}

static void list(struct modconf *c, struct found_list *l, const char *dir,
		 const char *base)
{
	struct found f = {modconf_strdup(c, base), NULL};

	f.path = modconf_alloc(c, strlen(dir) + strlen(base) + 2);
	if (l->n == l->cap) {
		struct found *more = reallocarray(l->f, l->cap += 32, sizeof(*more));

		if (!more)
			c->no_memory = true;
		else
			l->f = more;
	}
	if (c->no_memory)
		return;
	sprintf(f.path, "%s/%s", dir, base);
	l->f[l->n++] = f;
}

/* A file in an earlier directory hides one of the same name in a later one. */
static int list_directory(struct modconf *c, struct found_list *l, const char *dir)
{
	DIR *d = opendir(dir);
	struct dirent *e;

	if (!d)
		return -errno;
	while ((e = readdir(d)) && !c->no_memory) {
		size_t len = strlen(e->d_name);

		if (e->d_name[0] != '.' && len > 5 &&
		    strcmp(e->d_name + len - 5, ".conf") == 0 && !is_listed(l, e->d_name))
			list(c, l, dir, e->d_name);
	}
	closedir(d);
	return 0;
}

static void read_listed(struct modconf *c, struct found_list *l)
{
	if (l->n)
		qsort(l->f, l->n, sizeof(*l->f), by_base);
	for (size_t i = 0; i < l->n; i++)
		modconf_parse_file(c, l->f[i].path, true, true);
	free(l->f);
}

static void read_modprobe_d(struct modconf *c)
{
	static const char *const dirs[] = {"/etc/modprobe.d", "/run/modprobe.d",
					   "/usr/local/lib/modprobe.d",
					   "/lib/modprobe.d"};
	struct found_list l = {0};

	for (size_t i = 0; i < sizeof(dirs) / sizeof(dirs[0]); i++) {
		const char *dir = below_root(c, dirs[i]);

		if (dir)
			list_directory(c, &l, dir);
	}
	read_listed(c, &l);
}

static void read_modules_conf(struct modconf *c)
{
	const char *now = below_root(c, "/etc/modules.conf");
	const char *old = below_root(c, "/etc/conf.modules");
	struct stat a, b;

	if (!now || !old)
		return;
	if (stat(now, &a) != 0) {
		if (modconf_parse_file(c, old, false, false) == 0)
			msg_warn("%s is deprecated, rename it to modules.conf", old);
		return;
	}
	if (stat(old, &b) == 0 && (a.st_dev != b.st_dev || a.st_ino != b.st_ino))
		msg_warn("%s is ignored, there is %s", old, now);
	modconf_parse_file(c, now, false, true);
}

/* A file in a directory called modprobe.d follows its rules, whoever names it. */
static bool in_modprobe_d(const char *path)
{
	const char *slash = strrchr(path, '/');
	size_t dirlen = slash ? slash - path : 0;
	static const char dir[] = "modprobe.d";

	return dirlen >= strlen(dir) &&
	       memcmp(slash - strlen(dir), dir, strlen(dir)) == 0 &&
	       (dirlen == strlen(dir) || slash[-1 - (int)strlen(dir)] == '/');
}

static int read_named(struct modconf *c, const char *path)
{
	struct found_list l = {0};
	struct stat st;
	int err;

	if (stat(path, &st) != 0 || !S_ISDIR(st.st_mode))
		return modconf_parse_file(c, path, in_modprobe_d(path), true);
	err = list_directory(c, &l, path);
	if (err)
		msg_errno(err, "Can't open %s", path);
	read_listed(c, &l);
	return err;
}

static const char *environment(const struct modconf *c, const char *name)
{
	const char *value = c->opt.safe ? NULL : secure_getenv(name);

	return value && *value ? value : NULL;
}

/* An element of $MODPATH: `%s` stands for the release, `%%` for `%`. */
static char *path_element(struct modconf *c, const char *text, size_t len)
{
	const char *release = c->opt.release ? c->opt.release : "";
	char *path = modconf_alloc(c, len * (strlen(release) + 1) + 1), *to = path;

	for (size_t i = 0; path && i < len; i++) {
		char next = i + 1 < len ? text[i + 1] : '\0';

		if (text[i] == '%' && next == 's')
			to = stpcpy(to, release);
		else
			*to++ = text[i];
		i += text[i] == '%' && (next == 's' || next == '%');
	}
	if (path)
		*to = '\0';
	return path;
}

/* $MODPATH and the like, which win over what the files say. */
static void read_environment(struct modconf *c)
{
	struct modconf_place at = {.file = "environment"};
	const char *modpath = environment(c, "MODPATH");

	for (size_t i = 0; modconf_files[i]; i++) {
		struct modconf_words w = {0};
		char variable[32];
		const char *value;
		size_t n = 0;

		for (const char *p = modconf_files[i]; strcmp(p, "file") != 0; p++)
			variable[n++] = *p >= 'a' && *p <= 'z' ? *p - 32 : *p;
		strcpy(variable + n, "PATH");
		value = environment(c, variable);
		if (!value)
			continue;
		modconf_words_add(c, &w, modconf_strdup(c, value));
		modconf_add(c, MODCONF_SETTING, modconf_files[i], &w, MODCONF_FIRST, &at);
	}
	if (!modpath)
		return;
	modconf_drop_paths(c);
	for (const char *p = modpath; *p;) {
		size_t len = strcspn(p, ":");
		struct modconf_words w = {0};
		char *dir = path_element(c, p, len);
		const char *base = dir ? strrchr(dir, '/') : NULL;

		modconf_words_add(c, &w, dir);
		if (dir && len)
			modconf_add(c, MODCONF_PATH, base && base[1] ? base + 1 : "misc",
				    &w, MODCONF_APPEND, &at);
		p += len + (p[len] == ':');
	}
}

int modconf_read(struct modconf **out, const struct modconf_options *opt)
{
	struct modconf *c = calloc(1, sizeof(*c));
	const char *named;
	int err = 0;

	*out = c;
	if (!c)
		return -ENOMEM;
	c->opt = *opt;
	modconf_add_defaults(c);
	read_environment(c);
	named = opt->file ? opt->file : environment(c, "MODULECONFIG");
	if (named) {
		err = read_named(c, named);
	} else {
		read_modules_conf(c);
		read_modprobe_d(c);
	}
	if (c->no_memory) {
		modconf_free(c);
		*out = NULL;
		msg_errno(-ENOMEM, "configuration");
		return -ENOMEM;
	}
	return err ? err : c->errors ? -EINVAL : 0;
}

void modconf_add_softdeps(struct modconf *c, const char *path)
{
	c->modules_speak = true;
	modconf_parse_file(c, path, true, false);
	c->modules_speak = false;
}

/* --- the kernel's command line ------------------------------------------------------------ */

static void add_parameter(struct modconf *c, char *item)
{
	static const struct modconf_place at = {.file = "kernel command line"};
	char *dot = strchr(item, '.');
	size_t name_len = strcspn(item, "=");
	struct modconf_words w = {0};

	if (!dot || dot == item || dot > item + name_len)
		return;
	*dot++ = '\0';
	if (strcmp(item, "modprobe") == 0 && strncmp(dot, "blacklist=", 10) == 0) {
		for (char *m = strtok(dot + 10, ","); m; m = strtok(NULL, ","))
			modconf_add(c, MODCONF_BLACKLIST, m, NULL, MODCONF_FIRST, &at);
		return;
	}
	modconf_words_add(c, &w, modconf_strdup(c, dot));
	modconf_add(c, MODCONF_OPTIONS, item, &w, MODCONF_APPEND, &at);
}

int modconf_add_cmdline(struct modconf *c, const char *cmdline)
{
	const char *p = cmdline;

	while (*p && !c->no_memory) {
		bool quoted = false;
		const char *start;
		char *item;

		p += strspn(p, " \t\n");
		for (start = p; *p && (quoted || !strchr(" \t\n", *p)); p++)
			quoted ^= *p == '"';
		item = modconf_strndup(c, start, p - start);
		if (item)
			add_parameter(c, item);
	}
	return c->no_memory ? -ENOMEM : 0;
}
