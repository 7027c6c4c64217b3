/* depmod/places.c - what modules.conf says to depmod: path, prune, names of files
 *
 * Which family a file named by -C is of is told by its lines: those of depmod.d begin with words
 * that modules.conf does not know.
 */
#include "config.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include "modconf.h"

bool config_is_modules_conf(const char *path)
{
	static const char *const words[] = {"search", "override", "external", "exclude",
					    "make_map_files"};
	char *line = NULL;
	size_t room = 0;
	bool depmod_d = false;
	struct stat st;
	FILE *f = stat(path, &st) == 0 && S_ISREG(st.st_mode) ? fopen(path, "re") : NULL;

	if (!f)
		return false;
	while (!depmod_d && getline(&line, &room, f) >= 0) {
		const char *word = line + strspn(line, " \t");
		size_t len = strcspn(word, " \t\r\n");

		for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
			depmod_d |=
				strlen(words[i]) == len && !memcmp(words[i], word, len);
	}
	free(line);
	fclose(f);
	return !depmod_d;
}

/* How to get from one directory to another, both absolute without links. */
static char *way(const char *from, const char *to)
{
	size_t same = 0, i;
	char *path, *end;

	for (i = 0; from[i] && from[i] == to[i]; i++)
		if (from[i] == '/')
			same = i;
	if (!from[i] && (!to[i] || to[i] == '/'))
		return strdup(to + i + (to[i] == '/'));
	if (!to[i] && from[i] == '/')
		same = i;
	path = end = malloc(3 * strlen(from) + strlen(to) + 1);
	for (const char *p = from + same; path && p; p = strchr(p + 1, '/'))
		end = stpcpy(end, "../");
	if (path)
		strcpy(end, to + same + (to[same] == '/'));
	if (path && end > path && !*end)
		end[-1] = '\0';
	return path;
}

/* As in modules.dep: relative to the module directory if it lies below it, or below another
 * root, else absolute. One that does not exist has no modules. */
static int add_path(struct config *c, const char *path, const char *dir, const char *base)
{
	char from[PATH_MAX], to[PATH_MAX], *relative;

	if (!realpath(path, to) || !realpath(dir, from))
		return 0;
	relative = way(from, to);
	if (relative && !base && relative[0] == '.') {
		free(relative);
		relative = strdup(to);
	}
	return config_add(&c->paths, relative);
}

static int add_paths(struct config *c, const struct modconf *conf, const char *dir,
		     const char *base)
{
	const struct modconf_entry *e = NULL;
	bool own = false, standard = false;
	int err = 0;

	while ((e = modconf_next(conf, MODCONF_PATH, e)) != NULL)
		own |= e->file != NULL;
	/* Of the built-in ones the module directory is what there is today. */
	while (own && !err && (e = modconf_next(conf, MODCONF_PATH, e)) != NULL) {
		if (e->file)
			err = add_path(c, e->words[0], dir, base);
		else if (!standard)
			err = config_add(&c->paths, strdup(""));
		standard |= !e->file;
	}
	c->has_paths = own;
	return err;
}

static int add_files(struct config *c, const struct modconf *conf, const char *base)
{
	const struct modconf_entry *e = NULL;
	int err = 0;

	while (!err && (e = modconf_next(conf, MODCONF_SETTING, e)) != NULL) {
		size_t len = strlen(e->name);
		bool own = e->file && strcmp(e->file, "environment") != 0;
		char *name = NULL, *path = NULL;

		if (len < 4 || strcmp(e->name + len - 4, "file") != 0 || !e->nwords)
			continue;
		if (asprintf(&name, "modules.%.*s", (int)len - 4, e->name) < 0 ||
		    asprintf(&path, "%s%s", own && base ? base : "", e->words[0]) < 0)
			return -ENOMEM;
		err = config_add(&c->files, name);
		if (!err)
			err = config_add(&c->files, path);
	}
	return err;
}

int config_read_places(struct config *c, const struct config_where *where)
{
	struct modconf_options how = {.file = where->modules_conf,
				      .root = where->base,
				      .release = where->version,
				      .paths_only = true};
	const struct modconf_entry *e = NULL;
	struct modconf *conf;
	int err = modconf_read(&conf, &how); /* reported, and counted as an error */

	if (err == -EINVAL)
		err = 0;
	if (!err)
		err = add_paths(c, conf, where->dir, where->base);
	if (!err)
		err = add_files(c, conf, where->outbase);
	while (!err && (e = modconf_next(conf, MODCONF_PRUNE, e)) != NULL)
		if (e->file)
			err = config_add(&c->prune, strdup(e->name));
	modconf_free(conf);
	return err;
}
