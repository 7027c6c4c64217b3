/* lib/moddep.c - the indexes depmod leaves in a module directory, as others read them
 *
 * Each index is a binary file mapped into memory or, where that is missing, a list made of
 * the text file.
 */
#include "moddep.h"

#include <errno.h>
#include <fcntl.h>
#include <fnmatch.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>
#include "moddep_trie.h"
#include "modname.h"
#include "readfile.h"

/* One key and value of a text file. */
struct line {
	const char *key;
	struct moddep_match match;
};

struct list {
	struct line *v;
	size_t n, room;
	bool classic;	      /* modules.dep of modutils: direct dependencies only */
	struct chunk *chunks; /* the strings */
};

struct index {
	enum { UNOPENED, TRIE, LIST, FAILED } state;
	int err;
	struct moddep_trie trie;
	struct list list;
};

struct moddep {
	char *dir;
	char *depfile; /* NULL: in dir */
	struct index index[MODDEP_NFILES];
	char why[MODDEP_KEY_MAX + 128];
};

struct chunk {
	struct chunk *next;
	char text[];
};

static const struct {
	const char *binary, *text;
	bool patterns;
} files[MODDEP_NFILES] = {
	[MODDEP_DEP] = {"modules.dep.bin", "modules.dep", false},
	[MODDEP_ALIAS] = {"modules.alias.bin", "modules.alias", true},
	[MODDEP_SYMBOLS] = {"modules.symbols.bin", "modules.symbols", false},
	[MODDEP_BUILTIN] = {"modules.builtin.bin", "modules.builtin", false},
	[MODDEP_BUILTIN_ALIAS] = {"modules.builtin.alias.bin", "modules.builtin.modinfo",
				  true},
};

/* --- names --- */

int moddep_modname(const char *path, char *name, size_t size)
{
	const char *slash = strrchr(path, '/');
	const char *base = slash ? slash + 1 : path;
	size_t len = strcspn(base, ".");

	if (len >= size)
		return -ENAMETOOLONG;
	for (size_t i = 0; i < len; i++)
		name[i] = base[i] == '-' ? '_' : base[i];
	name[len] = '\0';
	return len;
}

int moddep_normalize(const char *alias, char *out)
{
	bool bracket = false;
	size_t i;

	for (i = 0; alias[i]; i++) {
		if (i == MODDEP_KEY_MAX - 1)
			return -ENAMETOOLONG;
		if (bracket ? alias[i] == ']' : alias[i] == '[')
			bracket = !bracket;
		else if (!bracket && alias[i] == ']')
			return -EINVAL;
		out[i] = alias[i] == '-' && !bracket ? '_' : alias[i];
	}
	out[i] = '\0';
	return bracket ? -EINVAL : (int)i;
}

/* The key to look up: module names have no brackets to respect. */
static int normal_key(enum moddep_file file, const char *key, char *out)
{
	size_t i;

	if (files[file].patterns)
		return moddep_normalize(key, out);
	for (i = 0; key[i] && i < MODDEP_KEY_MAX - 1; i++)
		out[i] = key[i] == '-' ? '_' : key[i];
	out[i] = '\0';
	return key[i] ? -ENAMETOOLONG : (int)i;
}

/* --- text files --- */

/* Memory for a string of the list. */
static char *list_text(struct list *list, size_t size)
{
	struct chunk *chunk = malloc(sizeof(*chunk) + size);

	if (!chunk)
		return NULL;
	chunk->next = list->chunks;
	list->chunks = chunk;
	return chunk->text;
}

static int list_add(struct list *list, const char *key, const char *value)
{
	if (list->n == list->room) {
		size_t room = list->room * 2 + 64;
		struct line *v = realloc(list->v, room * sizeof(*v));

		if (!v)
			return -ENOMEM;
		list->v = v;
		list->room = room;
	}
	list->v[list->n] = (struct line){key, {value, list->n}};
	list->n++;
	return 0;
}

static void list_free(struct list *list)
{
	struct chunk *chunk;

	while ((chunk = list->chunks) != NULL) {
		list->chunks = chunk->next;
		free(chunk);
	}
	free(list->v);
}

static int list_add_module(struct list *list, const char *path, const char *value)
{
	char name[256], *key;
	int len = moddep_modname(path, name, sizeof(name));

	if (len < 0)
		return 0;
	key = list_text(list, len + 1);
	if (!key)
		return -ENOMEM;
	strcpy(key, name);
	return list_add(list, key, value);
}

/* One record of modules.dep, continued lines joined already: "PATH: DEP DEP". */
static int take_dep(struct list *list, char *record)
{
	char *colon = strstr(record, ":\t");
	int err;

	if (colon)
		list->classic = true;
	else
		colon = strchr(record, ':');
	while (colon && colon[1] && colon[1] != ' ' && colon[1] != '\t')
		colon = strchr(colon + 1, ':');
	if (!colon)
		return record[0] ? -EBADMSG : 0;
	*colon = '\0'; /* for the module's name */
	err = list_add_module(list, record, record);
	*colon = ':';
	return err;
}

/* "alias PATTERN MODULE" or a comment. */
static int take_alias(struct list *list, char *line)
{
	char *pattern = line + strlen("alias "), *module = strrchr(line, ' '), *key;

	if (!line[0] || line[0] == '#')
		return 0;
	if (strncmp(line, "alias ", 6) != 0 || module < pattern)
		return -EBADMSG;
	*module++ = '\0';
	key = list_text(list, strlen(pattern) + 1);
	if (!key)
		return -ENOMEM;
	if (strlen(pattern) >= MODDEP_KEY_MAX || moddep_normalize(pattern, key) < 0)
		return 0;
	return list_add(list, key, module);
}

static int take_builtin(struct list *list, char *line)
{
	return line[0] ? list_add_module(list, line, "") : 0;
}

/* "MODULE.alias=PATTERN" and other keys. */
static int take_builtin_info(struct list *list, char *entry)
{
	char *dot = strchr(entry, '.'), *key;

	if (!entry[0] || (dot && strncmp(dot, ".alias=", 7) != 0))
		return 0;
	if (!dot)
		return -EBADMSG;
	*dot = '\0';
	dot += strlen(".alias=");
	key = list_text(list, strlen(dot) + 1);
	if (!key)
		return -ENOMEM;
	if (strlen(dot) >= MODDEP_KEY_MAX || moddep_normalize(dot, key) < 0)
		return 0;
	return list_add(list, key, entry);
}

/* Cut the next record off, which ends in `end`; a backslash before a newline joins lines.
 * Returns NULL after the last. */
static char *next_record(char **rest, const char *limit, char end)
{
	char *record = *rest, *p = record;

	if (p >= limit)
		return NULL;
	for (; p < limit && *p != end; p++)
		if (end == '\n' && p[0] == '\\' && p[1] == '\n') {
			p[0] = p[1] = ' ';
			p++;
		}
	*p = '\0';
	*rest = p + 1;
	return record;
}

static int parse_text(struct moddep *m, enum moddep_file file, char *text, size_t len)
{
	static int (*const take[MODDEP_NFILES])(struct list *, char *) = {
		[MODDEP_DEP] = take_dep,
		[MODDEP_ALIAS] = take_alias,
		[MODDEP_SYMBOLS] = take_alias,
		[MODDEP_BUILTIN] = take_builtin,
		[MODDEP_BUILTIN_ALIAS] = take_builtin_info,
	};
	struct list *list = &m->index[file].list;
	char *rest = text, *record;
	int err = 0;

	for (unsigned n = 1; !err; n++) {
		record = next_record(&rest, text + len,
				     file == MODDEP_BUILTIN_ALIAS ? '\0' : '\n');
		if (!record)
			break;
		err = take[file](list, record);
		if (err == -EBADMSG)
			snprintf(m->why, sizeof(m->why),
				 "%s/%s: record %u is damaged, run depmod", m->dir,
				 files[file].text, n);
	}
	return err;
}

static int read_text(struct moddep *m, enum moddep_file file, const char *path)
{
	struct readfile f;
	char *text;
	int err = readfile(&f, path, false);

	if (err == -ENOENT)
		return 0;
	if (err)
		return err;
	text = list_text(&m->index[file].list, f.len + 1);
	if (text) {
		if (f.len)
			memcpy(text, f.bytes, f.len);
		text[f.len] = '\0';
		err = parse_text(m, file, text, f.len);
	}
	readfile_free(&f);
	return text ? err : -ENOMEM;
}

/* --- opening --- */

static int map_binary(struct moddep_trie *t, const char *path)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC), err = 0;
	struct stat st;
	void *bytes;

	if (fd < 0)
		return -errno;
	if (fstat(fd, &st) < 0)
		err = -errno;
	else if (!S_ISREG(st.st_mode))
		err = -EBADMSG;
	else if (st.st_size == 0) /* depmod had nothing to make it of */
		err = -ENOENT;
	if (err) {
		close(fd);
		return err;
	}
	bytes = mmap(NULL, st.st_size, PROT_READ, MAP_PRIVATE, fd, 0);
	if (bytes == MAP_FAILED)
		err = -errno;
	close(fd);
	return err ? err : moddep_trie_init(t, bytes, st.st_size);
}

static int fail(struct moddep *m, struct index *x, const char *path, int err)
{
	if (err != -EBADMSG || !m->why[0])
		snprintf(m->why, sizeof(m->why), "%s: %s", path,
			 err == -EBADMSG ? "damaged, run depmod" : strerror(-err));
	x->state = FAILED;
	x->err = err;
	return err;
}

static int open_depfile(struct moddep *m, struct index *x)
{
	int err = access(m->depfile, R_OK) < 0 ? -errno : 0;

	if (!err)
		err = read_text(m, MODDEP_DEP, m->depfile);
	if (err)
		return fail(m, x, m->depfile, err);
	x->state = LIST;
	return 0;
}

static int open_index(struct moddep *m, enum moddep_file file)
{
	struct index *x = &m->index[file];
	char path[4096];
	int err;

	if (x->state == FAILED)
		return x->err;
	if (x->state != UNOPENED)
		return 0;
	m->why[0] = '\0';
	if (file == MODDEP_DEP && m->depfile)
		return open_depfile(m, x);
	if (snprintf(path, sizeof(path), "%s/%s", m->dir, files[file].binary) >=
	    sizeof(path))
		return fail(m, x, m->dir, -ENAMETOOLONG);
	err = map_binary(&x->trie, path);
	if (!err) {
		x->state = TRIE;
		return 0;
	}
	if (err != -ENOENT && err != -ENOTDIR)
		return fail(m, x, path, err);
	snprintf(path, sizeof(path), "%s/%s", m->dir, files[file].text);
	err = read_text(m, file, path);
	if (err && err != -ENOTDIR)
		return fail(m, x, path, err);
	x->state = LIST;
	return 0;
}

int moddep_open(struct moddep **out, const char *dir)
{
	struct moddep *m = calloc(1, sizeof(*m));

	*out = m;
	if (!m)
		return -ENOMEM;
	m->dir = strdup(dir);
	if (m->dir)
		return 0;
	free(m);
	*out = NULL;
	return -ENOMEM;
}

bool moddep_is_there(const char *dir, enum moddep_file file)
{
	const char *names[] = {files[file].binary, files[file].text};
	char path[4096];

	for (int i = 0; i < 2; i++)
		if (snprintf(path, sizeof(path), "%s/%s", dir, names[i]) < sizeof(path) &&
		    access(path, F_OK) == 0)
			return true;
	return false;
}

int moddep_set_depfile(struct moddep *m, const char *path)
{
	free(m->depfile);
	m->depfile = strdup(path);
	return m->depfile ? 0 : -ENOMEM;
}

void moddep_close(struct moddep *m)
{
	if (!m)
		return;
	for (int i = 0; i < MODDEP_NFILES; i++) {
		if (m->index[i].trie.bytes)
			munmap((void *)m->index[i].trie.bytes, m->index[i].trie.size);
		list_free(&m->index[i].list);
	}
	free(m->depfile);
	free(m->dir);
	free(m);
}

const char *moddep_why(const struct moddep *m)
{
	return m->why;
}

/* --- questions --- */

struct found {
	struct moddep_match *v;
	size_t n;
};

static int collect(void *arg, const char *key, const struct moddep_match *match)
{
	struct found *f = arg;
	struct moddep_match *v = f->v;

	if ((f->n & (f->n - 1)) == 0) /* room is the next power of two */
		v = realloc(v, (f->n ? f->n * 2 : 1) * sizeof(*v));
	if (!v)
		return -ENOMEM;
	f->v = v;
	v[f->n++] = *match;
	return 0;
}

static int visit_list(const struct index *x, enum moddep_file file, const char *key,
		      moddep_visit *fn, void *arg)
{
	int rc = 0;

	for (size_t i = 0; !rc && i < x->list.n; i++) {
		const struct line *line = &x->list.v[i];

		if (key && strcmp(line->key, key) != 0 &&
		    (!files[file].patterns || fnmatch(line->key, key, 0) != 0))
			continue;
		rc = fn(arg, line->key, &line->match);
	}
	return rc;
}

static int damaged(struct moddep *m, enum moddep_file file, int rc)
{
	char path[4096];

	if (rc != -EBADMSG)
		return rc;
	snprintf(path, sizeof(path), "%s/%s", m->dir, files[file].binary);
	m->why[0] = '\0';
	return fail(m, &m->index[file], path, rc);
}

/* Stable, and mostly sorted already. */
static void sort(struct found *f)
{
	for (size_t i = 1; i < f->n; i++) {
		struct moddep_match match = f->v[i];
		size_t k = i;

		for (; k > 0 && f->v[k - 1].priority > match.priority; k--)
			f->v[k] = f->v[k - 1];
		f->v[k] = match;
	}
}

int moddep_lookup(struct moddep *m, enum moddep_file file, const char *key,
		  struct moddep_match **matches)
{
	struct index *x = &m->index[file];
	struct found found = {0};
	char normal[MODDEP_KEY_MAX];
	int rc = open_index(m, file);

	*matches = NULL;
	if (rc)
		return rc;
	if (normal_key(file, key, normal) < 0)
		return 0; /* no index has such a key */
	if (x->state == LIST)
		rc = visit_list(x, file, normal, collect, &found);
	else if (files[file].patterns)
		rc = moddep_trie_match(&x->trie, normal, collect, &found);
	else
		rc = moddep_trie_find(&x->trie, normal, collect, &found);
	if (rc) {
		free(found.v);
		return damaged(m, file, rc);
	}
	sort(&found);
	*matches = found.v;
	return found.n;
}

int moddep_walk(struct moddep *m, enum moddep_file file, moddep_visit *fn, void *arg)
{
	struct index *x = &m->index[file];
	int rc = open_index(m, file);

	if (rc)
		return rc;
	if (x->state == LIST)
		return visit_list(x, file, NULL, fn, arg);
	return damaged(m, file, moddep_trie_walk(&x->trie, fn, arg));
}

int moddep_walk_prefix(struct moddep *m, enum moddep_file file, const char *prefix,
		       moddep_visit *fn, void *arg)
{
	struct index *x = &m->index[file];
	int rc = open_index(m, file);

	if (rc)
		return rc;
	if (x->state != LIST)
		return damaged(m, file,
			       moddep_trie_walk_prefix(&x->trie, prefix, fn, arg));
	for (size_t i = 0; !rc && i < x->list.n; i++)
		if (strncmp(x->list.v[i].key, prefix, strlen(prefix)) == 0)
			rc = fn(arg, x->list.v[i].key, &x->list.v[i].match);
	return rc;
}

const char *moddep_exporter(struct moddep *m, const char *symbol)
{
	struct moddep_match *matches;
	const char *name = NULL;
	char *key;

	if (asprintf(&key, "symbol:%s", symbol) < 0)
		return NULL;
	if (moddep_lookup(m, MODDEP_SYMBOLS, key, &matches) > 0)
		name = matches[0].value;
	free(matches);
	free(key);
	return name;
}

/* --- modules.dep --- */

/* Paths in the order of loading, pointing into the index. */
struct span {
	const char *s;
	size_t len;
};

struct stack {
	struct span *v;
	size_t n;
};

static int stack_add(struct stack *stack, struct span span)
{
	struct span *v = realloc(stack->v, (stack->n + 1) * sizeof(*v));

	if (!v)
		return -ENOMEM;
	stack->v = v;
	v[stack->n++] = span;
	return 0;
}

/* Does a path end here? Only where what came before is named like a module: paths may have
 * blanks in them. */
static bool is_module(const char *s, size_t len)
{
	char base[256];
	const char *slash = memrchr(s, '/', len);
	size_t skip = slash ? slash + 1 - s : 0;

	if (len - skip >= sizeof(base))
		return false;
	memcpy(base, s + skip, len - skip);
	base[len - skip] = '\0';
	return modname_is_file(base);
}

/* Cut the next path off a record; it ends before one of `ends` or at the end. */
static bool next_path(const char **rest, const char *ends, struct span *path)
{
	const char *s = *rest + strspn(*rest, " \t"), *end;

	if (!*s)
		return false;
	for (end = s + 1;; end++) {
		end += strcspn(end, ends);
		if (!*end || is_module(s, end - s))
			break;
	}
	*path = (struct span){s, end - s};
	*rest = end + (*end == ':');
	return true;
}

/* One value stored for a module in modules.dep, or NULL. */
static int find_record(struct moddep *m, const char *name, const char **record)
{
	struct moddep_match *matches;
	int n = moddep_lookup(m, MODDEP_DEP, name, &matches);

	if (n > 0)
		*record = matches[0].value;
	free(matches);
	return n;
}

static bool has(const struct stack *stack, const struct span *path)
{
	for (size_t i = 0; i < stack->n; i++)
		if (stack->v[i].len == path->len &&
		    memcmp(stack->v[i].s, path->s, path->len) == 0)
			return true;
	return false;
}

#define DEPTH_MAX 256

/* modutils lists direct dependencies: put those of a record on the stack, theirs first. */
static int add_classic(struct moddep *m, struct stack *stack, const char *record,
		       unsigned depth)
{
	const char *rest = record;
	struct span path;
	int err = 0;

	if (depth > DEPTH_MAX)
		return -ELOOP;
	next_path(&rest, ":", &path);
	while (!err && next_path(&rest, " \t", &path)) {
		char name[256], *copy = strndup(path.s, path.len);
		const char *below = NULL;

		if (!copy)
			return -ENOMEM;
		if (!has(stack, &path) && moddep_modname(copy, name, sizeof(name)) >= 0)
			err = find_record(m, name, &below);
		free(copy);
		if (err >= 0)
			err = below ? add_classic(m, stack, below, depth + 1) : 0;
		if (!err && !has(stack, &path))
			err = stack_add(stack, path);
	}
	return err;
}

/* kmod lists all dependencies, the one to load first last. */
static int add_all(struct stack *stack, const char *rest)
{
	struct span path;
	int err = 0;

	while (!err && next_path(&rest, " \t", &path))
		err = stack_add(stack, path);
	for (size_t i = 0, k = stack->n; !err && i + 1 < k; i++) {
		path = stack->v[i];
		stack->v[i] = stack->v[--k];
		stack->v[k] = path;
	}
	return err;
}

/* How much of the module directory goes in front of a path: all of it before a relative
 * path; before /lib/modules/VERSION/... what comes before that in the directory's name. */
static size_t prefix_len(const struct moddep *m, const struct span *path)
{
	const char *version = strrchr(m->dir, '/');
	const char *s = m->dir;

	if (path->s[0] != '/')
		return strlen(m->dir) + 1;
	for (; version && (s = strchr(s, '/')) != NULL && s <= version; s++) {
		size_t len = strlen(s);

		if (len < path->len && memcmp(s, path->s, len) == 0 &&
		    path->s[len] == '/')
			return s - m->dir;
	}
	return 0;
}

static char *put_path(const struct moddep *m, char *to, const struct span *path)
{
	size_t len = prefix_len(m, path), dir = strlen(m->dir);

	memcpy(to, m->dir, len > dir ? dir : len);
	if (len > dir)
		to[dir] = '/';
	memcpy(to + len, path->s, path->len);
	to[len + path->len] = '\0';
	return to + len + path->len + 1;
}

/* Turn paths (the last is the module's) into an entry. */
static int make_entry(const struct moddep *m, const struct stack *stack,
		      struct moddep_entry *entry)
{
	size_t size = stack->n * sizeof(char *);
	const char **deps;
	char *to;

	for (size_t i = 0; i < stack->n; i++)
		size += prefix_len(m, &stack->v[i]) + stack->v[i].len + 1;
	deps = malloc(size);
	if (!deps)
		return -ENOMEM;
	to = (char *)(deps + stack->n);
	for (size_t i = 0; i < stack->n; i++) {
		deps[i] = to;
		to = put_path(m, to, &stack->v[i]);
	}
	*entry = (struct moddep_entry){deps[stack->n - 1], deps, stack->n - 1};
	return 1;
}

int moddep_find(struct moddep *m, const char *name, struct moddep_entry *entry)
{
	struct stack stack = {0};
	const char *record = NULL, *rest;
	struct span self;
	int rc = find_record(m, name, &record);

	*entry = (struct moddep_entry){0};
	if (rc <= 0)
		return rc;
	rest = record;
	if (!next_path(&rest, ":", &self) || rest[-1] != ':')
		return damaged(m, MODDEP_DEP, -EBADMSG);
	rc = m->index[MODDEP_DEP].list.classic ? add_classic(m, &stack, record, 0)
					       : add_all(&stack, rest);
	if (!rc)
		rc = stack_add(&stack, self);
	if (!rc)
		rc = make_entry(m, &stack, entry);
	free(stack.v);
	return rc;
}

void moddep_entry_free(struct moddep_entry *entry)
{
	free(entry->deps);
	*entry = (struct moddep_entry){0};
}
