/* lib/persist.c - persistent parameters: values that outlive their module in a file */
#include "persist.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "modname.h"

char *persist_path(const char *dir, const char *object)
{
	const char *slash = strrchr(object, '/');
	const char *base = slash ? slash + 1 : object;
	char *path;

	if (asprintf(&path, "%s%s%.*s", dir, *object == '/' ? "" : "/",
		     (int)(base - object + modname_stem(base)), object) < 0)
		return NULL;
	return path;
}

static bool is_persistent(struct obj_file *f, const char *assignment, size_t len)
{
	const char *name;
	size_t cursor = 0;

	while ((name = obj_next_persistent(f, &cursor)))
		if (strlen(name) == len && !memcmp(name, assignment, len))
			return true;
	return false;
}

static int apply_line(struct obj_file *f, char *line)
{
	size_t len = strcspn(line, "=");

	if (!*line || *line == '#')
		return 0;
	if (!line[len])
		return -EINVAL;
	return is_persistent(f, line, len) ? obj_set_param(f, line) : 0;
}

int persist_apply(struct obj_file *f, const char *path, unsigned *line)
{
	FILE *in = fopen(path, "re");
	char *text = NULL;
	size_t room = 0;
	int err = 0;

	*line = 0;
	if (!in)
		return errno == ENOENT ? 0 : -errno;
	while (!err && getline(&text, &room, in) > 0) {
		text[strcspn(text, "\n")] = '\0';
		++*line;
		err = apply_line(f, text);
	}
	if (!err && ferror(in))
		err = -EIO;
	free(text);
	fclose(in);
	return err;
}
