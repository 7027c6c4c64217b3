/* lib/modpath.c - where modules are: the module directory, a file along the configured path */
#include "modpath.h"

#include <fts.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include "msg.h"

/* Is it a file we may load? */
static bool acceptable(bool check_owner, const char *file, const struct stat *st)
{
	if (!S_ISREG(st->st_mode) || !(st->st_mode & S_IRUSR))
		return false;
	if (!check_owner || st->st_uid == 0)
		return true;
	msg_warn("%s is not owned by root", file);
	return false;
}

static char *find_at(bool check_owner, const char *dir, const char *base)
{
	struct stat st;
	char *file;

	if (asprintf(&file, "%s/%s", dir, base) < 0)
		return NULL;
	if (stat(file, &st) == 0 && acceptable(check_owner, file, &st))
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

static char *find_below(bool check_owner, const char *dir, const char *base)
{
	char *roots[] = {(char *)dir, NULL}, *found = NULL;
	FTS *walk = fts_open(roots, FTS_PHYSICAL | FTS_COMFOLLOW | FTS_NOCHDIR, by_name);
	FTSENT *e;

	while (walk && !found && (e = fts_read(walk))) {
		struct stat st;

		if (e->fts_info == FTS_D && is_source_link(e))
			fts_set(walk, e, FTS_SKIP);
		/* level 1 is find_at's */
		if (e->fts_info == FTS_D || e->fts_info == FTS_DP || e->fts_level < 2 ||
		    strcmp(e->fts_name, base) != 0)
			continue;
		if (stat(e->fts_path, &st) == 0 &&
		    acceptable(check_owner, e->fts_path, &st))
			found = strdup(e->fts_path);
	}
	if (walk)
		fts_close(walk);
	return found;
}

/* One file name in one directory, the layout with a directory a kind first. */
static char *find_in(bool check_owner, const struct modconf_entry *path, const char *base)
{
	char *tagged, *found;

	if (asprintf(&tagged, "%s/%s", path->words[0], path->name) < 0)
		return NULL;
	found = find_at(check_owner, tagged, base);
	free(tagged);
	if (!found)
		found = find_at(check_owner, path->words[0], base);
	return found ? found : find_below(check_owner, path->words[0], base);
}

static char *find_file(const struct modconf *conf, const char *base, bool check_owner)
{
	const struct modconf_entry *path = NULL;
	char *found = NULL;

	while (!found && (path = modconf_next(conf, MODCONF_PATH, path)))
		found = find_in(check_owner, path, base);
	return found;
}

char *modpath_find(const struct modconf *conf, const char *name, bool check_owner)
{
	static const char *const suffixes[] = {"",	  ".o",	    ".o.gz",
					       ".ko",	  ".ko.gz", ".ko.xz",
					       ".ko.zst", ".o.xz",  ".o.zst"};
	char *base, *found = NULL;

	for (size_t i = 0; !found && i < sizeof(suffixes) / sizeof(suffixes[0]); i++) {
		if (asprintf(&base, "%s%s", name, suffixes[i]) < 0)
			return NULL;
		found = find_file(conf, base, check_owner);
		free(base);
	}
	return found;
}

char *modpath_tree(const char *root, const char *release)
{
	bool relative = root && *root && *root != '/';
	char *here = relative ? get_current_dir_name() : NULL, *path;

	if ((relative && !here) ||
	    asprintf(&path, "%s%s%s/lib/modules/%s", relative ? here : "",
		     relative ? "/" : "", root ? root : "", release) < 0)
		path = NULL;
	free(here);
	return path;
}
