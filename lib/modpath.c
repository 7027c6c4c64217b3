/* lib/modpath.c - find a module's file by name along a search path */
#include "modpath.h"

#include <fts.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include "msg.h"

/* Is it a file we may load? */
static bool acceptable(const struct modpath *p, const char *file, const struct stat *st)
{
	if (!S_ISREG(st->st_mode) || !(st->st_mode & S_IRUSR))
		return false;
	if (!p->check_owner || st->st_uid == 0)
		return true;
	msg_warn("%s is not owned by root", file);
	return false;
}

static char *find_at(const struct modpath *p, const char *dir, const char *base)
{
	struct stat st;
	char *file;

	if (asprintf(&file, "%s/%s", dir, base) < 0)
		return NULL;
	if (stat(file, &st) == 0 && acceptable(p, file, &st))
		return file;
	free(file);
	return NULL;
}

static int by_name(const FTSENT **a, const FTSENT **b)
{
	return strcmp((*a)->fts_name, (*b)->fts_name);
}

static bool is_source_link(const FTSENT *e)
{
	return e->fts_level == 1 &&
	       (!strcmp(e->fts_name, "build") || !strcmp(e->fts_name, "source"));
}

static char *find_below(const struct modpath *p, const char *dir, const char *base)
{
	char *roots[] = {(char *)dir, NULL}, *found = NULL;
	FTS *walk = fts_open(roots, FTS_PHYSICAL | FTS_COMFOLLOW | FTS_NOCHDIR, by_name);
	FTSENT *e;

	while (walk && !found && (e = fts_read(walk))) {
		struct stat st;

		if (e->fts_info == FTS_D && is_source_link(e))
			fts_set(walk, e, FTS_SKIP);
		if (e->fts_info == FTS_D || e->fts_info == FTS_DP ||
		    strcmp(e->fts_name, base) != 0)
			continue;
		if (stat(e->fts_path, &st) == 0 && acceptable(p, e->fts_path, &st))
			found = strdup(e->fts_path);
	}
	if (walk)
		fts_close(walk);
	return found;
}

static char *find_file(const struct modpath *p, const char *base)
{
	char *found;

	for (unsigned i = 0; i < p->ndirs; i++) {
		found = find_at(p, p->dirs[i], base);
		if (!found)
			found = find_below(p, p->dirs[i], base);
		if (found)
			return found;
	}
	return NULL;
}

char *modpath_find(const struct modpath *p, const char *name)
{
	static const char *const suffixes[] = {"",	  ".o",	    ".o.gz",
					       ".ko",	  ".ko.gz", ".ko.xz",
					       ".ko.zst", ".o.xz",  ".o.zst"};
	char *base, *found = NULL;

	for (size_t i = 0; !found && i < sizeof(suffixes) / sizeof(suffixes[0]); i++) {
		if (asprintf(&base, "%s%s", name, suffixes[i]) < 0)
			return NULL;
		found = find_file(p, base);
		free(base);
	}
	return found;
}

static char **add_dir(char **dirs, unsigned *n, char *dir)
{
	char **more = reallocarray(dirs, *n + 2, sizeof(*dirs));

	if (!more || !dir) {
		free(dir);
		modpath_free(more ? more : dirs);
		return NULL;
	}
	more[(*n)++] = dir;
	more[*n] = NULL;
	return more;
}

char **modpath_default(const char *release, unsigned *n)
{
	const char *list = getenv("MODPATH");
	char **dirs = calloc(1, sizeof(*dirs)), *dir;

	*n = 0;
	while (dirs && list && *list) {
		size_t len = strcspn(list, ":");

		if (len > 0)
			dirs = add_dir(dirs, n, strndup(list, len));
		list += len + (list[len] == ':');
	}
	if (!dirs || *n > 0)
		return dirs;
	if (*release) {
		if (asprintf(&dir, "/lib/modules/%s", release) < 0)
			dir = NULL;
		dirs = add_dir(dirs, n, dir);
	}
	return dirs ? add_dir(dirs, n, strdup("/lib/modules")) : NULL;
}

void modpath_free(char **dirs)
{
	for (size_t i = 0; dirs && dirs[i]; i++)
		free(dirs[i]);
	free(dirs);
}
