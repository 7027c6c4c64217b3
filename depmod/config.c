/* depmod/config.c - depmod.d: which directories count, which of two modules of one name */
#include "config.h"

#include <dirent.h>
#include <errno.h>
#include <regex.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include "msg.h"

static const char *const directories[] = {"/etc/depmod.d", "/run/depmod.d",
					  "/usr/local/lib/depmod.d", "/lib/depmod.d"};
#define NDIRECTORIES (sizeof(directories) / sizeof(directories[0]))
#define BLANKS	     " \t\r\n"

int config_add(struct config_list *list, char *s)
{
	char **v = s ? realloc(list->v, (list->n + 1) * sizeof(*v)) : NULL;

	if (!v) {
		free(s);
		return -ENOMEM;
	}
	list->v = v;
	v[list->n++] = s;
	return 0;
}

static void list_free(struct config_list *list)
{
	while (list->n)
		free(list->v[--list->n]);
	free(list->v);
}

/* Where we are, for messages, and what the directives are for. */
struct reading {
	struct config *config;
	const char *file, *version;
	unsigned line;
};

/* 1 if the pattern (`*`, or a regular expression) matches the kernel version. */
static int version_matches(const struct reading *r, const char *pattern)
{
	regex_t re;
	int rc;

	if (strcmp(pattern, "*") == 0)
		return 1;
	if (regcomp(&re, pattern, REG_EXTENDED | REG_NOSUB) != 0) {
		msg_error("%s:%u: bad pattern for a kernel version: %s", r->file, r->line,
			  pattern);
		return 0;
	}
	rc = regexec(&re, r->version, 0, NULL, 0);
	regfree(&re);
	return rc == 0;
}

static int missing(const struct reading *r, const char *directive, const char *what)
{
	msg_error("%s:%u: %s: %s is missing", r->file, r->line, directive, what);
	return 0;
}

/* All further words go to `list`; there has to be one. */
static int take_words(const struct reading *r, const char *directive,
		      struct config_list *list, char **rest)
{
	char *word;
	size_t n = list->n;
	int err = 0;

	while (!err && (word = strtok_r(NULL, BLANKS, rest)) != NULL)
		err = config_add(list, strdup(word));
	return err || list->n > n ? err : missing(r, directive, "directory");
}

static int take_override(const struct reading *r, char **rest)
{
	char *module = strtok_r(NULL, BLANKS, rest);
	char *version = strtok_r(NULL, BLANKS, rest);
	char *subdir = strtok_r(NULL, BLANKS, rest);
	char *path;

	if (!subdir)
		return missing(r, "override", "module, kernel version or directory");
	if (!version_matches(r, version))
		return 0;
	if (asprintf(&path, "%s/%s", subdir, module) < 0)
		return -ENOMEM;
	return config_add(&r->config->override, path);
}

static int take_external(const struct reading *r, char **rest)
{
	char *version = strtok_r(NULL, BLANKS, rest);

	if (!version)
		return missing(r, "external", "kernel version");
	if (!version_matches(r, version))
		return 0;
	return take_words(r, "external", &r->config->external, rest);
}

/* A word that begins with # begins a comment. */
static void cut_comment(char *line)
{
	for (char *p = line; (p = strchr(p, '#')) != NULL; p++)
		if (p == line || strchr(BLANKS, p[-1])) {
			*p = '\0';
			return;
		}
}

static int take_line(const struct reading *r, char *line)
{
	char *whole = strdup(line), *rest = NULL, *word;
	int err = 0;

	if (!whole)
		return -ENOMEM;
	cut_comment(line);
	word = strtok_r(line, BLANKS, &rest);
	if (!word)
		err = 0;
	else if (strcmp(word, "search") == 0)
		err = take_words(r, word, &r->config->search, &rest);
	else if (strcmp(word, "exclude") == 0)
		err = take_words(r, word, &r->config->exclude, &rest);
	else if (strcmp(word, "override") == 0)
		err = take_override(r, &rest);
	else if (strcmp(word, "external") == 0)
		err = take_external(r, &rest);
	else if (strcmp(word, "include") == 0 || strcmp(word, "make_map_files") == 0)
		msg_warn("%s:%u: %s is not supported, ignored", r->file, r->line, word);
	else
		msg_error("%s:%u: unknown directive: %s", r->file, r->line, whole);
	free(whole);
	return err;
}

/* Read one line of any length, a backslash at its end joining the next. Returns it without
 * the newline, or NULL at the end. *taken counts the lines of the file that went in. */
static char *next_line(FILE *f, char **buf, size_t *room, unsigned *taken)
{
	char *part = NULL;
	size_t part_room = 0, len = 0;
	ssize_t n;

	*taken = 0;
	while ((n = getline(&part, &part_room, f)) >= 0) {
		char *more = len + n + 1 > *room ? realloc(*buf, len + n + 1) : *buf;

		if (!more)
			break;
		*room = len + n + 1 > *room ? len + n + 1 : *room;
		*buf = more;
		memcpy(*buf + len, part, n + 1);
		len += n;
		++*taken;
		if (len && (*buf)[len - 1] == '\n')
			(*buf)[--len] = '\0';
		if (!len || (*buf)[len - 1] != '\\')
			break;
		(*buf)[--len] = '\0';
	}
	free(part);
	return *taken ? *buf : NULL;
}

static int read_file(struct config *c, const char *path, const char *version)
{
	struct reading r = {.config = c, .file = path, .version = version, .line = 1};
	FILE *f = fopen(path, "re");
	char *line, *buf = NULL;
	size_t room = 0;
	unsigned taken;
	int err = 0;

	if (!f)
		return -errno;
	for (; !err && (line = next_line(f, &buf, &room, &taken)) != NULL;
	     r.line += taken)
		err = take_line(&r, line);
	if (!err && ferror(f))
		err = -EIO;
	free(buf);
	fclose(f);
	return err;
}

static bool is_conf(const char *name)
{
	size_t len = strlen(name);

	return name[0] != '.' && len > 5 && strcmp(name + len - 5, ".conf") == 0;
}

static const char *base(const char *path)
{
	return strrchr(path, '/') + 1;
}

/* Add the .conf files of a directory whose names are not there yet. */
static int list_directory(struct config_list *files, const char *dir)
{
	DIR *d = opendir(dir);
	struct dirent *e;
	int err = 0;

	if (!d)
		return -errno;
	while (!err && (e = readdir(d)) != NULL) {
		char *path;
		size_t i = 0;

		while (i < files->n && strcmp(base(files->v[i]), e->d_name) != 0)
			i++;
		if (!is_conf(e->d_name) || i < files->n)
			continue;
		err = asprintf(&path, "%s/%s", dir, e->d_name) < 0
			      ? -ENOMEM
			      : config_add(files, path);
	}
	closedir(d);
	return err;
}

static int by_name(const void *a, const void *b)
{
	return strcmp(base(*(char *const *)a), base(*(char *const *)b));
}

static int list_files(struct config_list *files, const char *path)
{
	struct stat st;
	int err = 0;

	if (path && stat(path, &st) < 0)
		return -errno;
	if (path && !S_ISDIR(st.st_mode)) { /* base() wants a slash */
		char *file;

		if (asprintf(&file, "%s%s", strchr(path, '/') ? "" : "./", path) < 0)
			return -ENOMEM;
		return config_add(files, file);
	}
	if (path)
		err = list_directory(files, path);
	for (size_t i = 0; !path && !err && i < NDIRECTORIES; i++) {
		err = list_directory(files, directories[i]);
		if (err == -ENOENT)
			err = 0;
	}
	if (files->n)
		qsort(files->v, files->n, sizeof(*files->v), by_name);
	return err;
}

int config_defaults(struct config *c)
{
	int err = config_add(&c->search, strdup("updates"));

	return err ? err : config_add(&c->search, strdup("built-in"));
}

int config_read(struct config *c, const char *path, const char *version)
{
	struct config_list files = {0};
	int err;

	*c = (struct config){0};
	err = list_files(&files, path);
	for (size_t i = 0; !err && i < files.n; i++) {
		err = read_file(c, files.v[i], version);
		if (err && err != -ENOMEM) {
			msg_errno(err, "%s", files.v[i]);
			err = 0;
		}
	}
	list_free(&files);
	if (!err && !c->search.n)
		err = config_defaults(c);
	return err;
}

void config_free(struct config *c)
{
	list_free(&c->search);
	list_free(&c->override);
	list_free(&c->external);
	list_free(&c->exclude);
	list_free(&c->paths);
	list_free(&c->prune);
	list_free(&c->files);
	*c = (struct config){0};
}

static bool has(const struct config_list *list, const char *s)
{
	for (size_t i = 0; i < list->n; i++)
		if (strcmp(list->v[i], s) == 0)
			return true;
	return false;
}

bool config_excludes(const struct config *c, const char *dirname)
{
	return has(&c->exclude, dirname);
}

bool config_prunes(const struct config *c, const char *name)
{
	return has(&c->prune, name);
}

static bool below(const char *path, const char *dir)
{
	size_t len = strlen(dir);

	while (len > 1 && dir[len - 1] == '/')
		len--;
	return strncmp(path, dir, len) == 0 && path[len] == '/';
}

/* Among the paths of modules.conf the first that has the module. */
static size_t path_rank(const struct config *c, const char *path)
{
	size_t i = 0;

	while (i < c->paths.n && !below(path, c->paths.v[i]) &&
	       (c->paths.v[i][0] || path[0] == '/'))
		i++;
	return i;
}

/* Rank of a path, 0 is best: the first entry of `search` it lies below, else that of
 * built-in. An external directory counts after all that is listed if `external` is not. */
static size_t rank(const struct config *c, const char *path)
{
	size_t rank = 0, builtin = SIZE_MAX;

	if (c->has_paths)
		return path_rank(c, path);
	for (size_t i = 0; i < c->search.n; i++) {
		const char *s = c->search.v[i];

		if (strcmp(s, "external") == 0) {
			for (size_t k = 0; k < c->external.n; k++, rank++)
				if (below(path, c->external.v[k]))
					return rank;
		} else if (strcmp(s, "built-in") == 0) {
			builtin = builtin == SIZE_MAX ? rank : builtin;
			rank++;
		} else if (below(path, s)) {
			return rank;
		} else {
			rank++;
		}
	}
	return builtin;
}

static bool overrides(const char *override, const char *path)
{
	const char *slash = strrchr(path, '/');
	size_t len =
		slash ? slash + 1 - path + strcspn(slash + 1, ".") : strcspn(path, ".");

	return strlen(override) == len && memcmp(override, path, len) == 0;
}

bool config_prefers(const struct config *c, const char *path, const char *old)
{
	size_t new_rank, old_rank;

	for (size_t i = 0; i < c->override.n; i++) {
		if (overrides(c->override.v[i], old))
			return false;
		if (overrides(c->override.v[i], path))
			return true;
	}
	new_rank = rank(c, path);
	old_rank = rank(c, old);
	if (new_rank != old_rank)
		return new_rank < old_rank;
	/* Nothing decides: not the order of directory entries either. */
	return strcmp(path, old) < 0;
}
