/* example-link.c - libobj in one page: link a module against a System.map
 *
 *	example-link MODULE SYSTEM.MAP ADDRESS IMAGE
 *
 * writes the image of MODULE as it would lie at ADDRESS (hex) to the file IMAGE.
 */
#include <errno.h>
#include <search.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "obj.h"

static char *read_file(const char *path, size_t *len)
{
	FILE *in = fopen(path, "rb");
	char *bytes = NULL;

	if (!in || fseek(in, 0, SEEK_END) || !(bytes = calloc(1, (*len = ftell(in)) + 1)))
		exit((perror(path), 1));
	rewind(in);
	if (fread(bytes, 1, *len, in) != *len)
		exit((perror(path), 1));
	fclose(in);
	return bytes;
}

/* "c0100000 T name" a line: names go into the process' hash table, with their line. */
static void index_map(char *map)
{
	char *name;

	hcreate(200000);
	for (char *line = strtok(map, "\n"); line; line = strtok(NULL, "\n"))
		if ((name = strrchr(line, ' ')))
			hsearch((ENTRY){name + 1, line}, ENTER);
}

static int import(struct obj_file *f)
{
	const struct obj_symbol *s;
	unsigned cursor = 0;
	int err = 0;
	ENTRY *e;

	while (err >= 0 && (s = obj_next_wanted(f, &cursor)))
		if ((e = hsearch((ENTRY){(char *)s->name, NULL}, FIND)))
			err = obj_add_symbol(f, s->name, strtoul(e->data, NULL, 16), 0);
	return err < 0 ? err : 0;
}

int main(int argc, char **argv)
{
	struct obj_file *f;
	struct obj_module module = {.no_export_all = false};
	enum obj_severity severity;
	const char *text;
	unsigned cursor = 0;
	size_t len;
	int err;

	if (argc != 5)
		return fprintf(stderr, "usage: %s MODULE SYSTEM.MAP ADDRESS IMAGE\n",
			       argv[0]),
		       2;
	index_map(read_file(argv[2], &len));
	const char *bytes = read_file(argv[1], &len);
	err = obj_load(&f, bytes, len);
	if (!err)
		err = import(f);
	if (!err)
		err = obj_resolve(f, "example");
	if (!err)
		err = obj_build_module(f, &module);
	if (!err)
		err = obj_layout(f);
	if (!err)
		err = obj_relocate(f, strtoul(argv[3], NULL, 16));
	while ((text = obj_diag(f, &cursor, &severity)))
		fprintf(stderr, "%s: %s\n", argv[1], text);
	if (err == -ENOMEM) /* the only one without a diagnostic */
		fprintf(stderr, "%s: %s\n", argv[1], strerror(-err));
	if (!err) {
		FILE *out = fopen(argv[4], "wb");

		err = !out || fwrite(obj_image(f, 0), obj_size(f), 1, out) != 1 ||
		      fclose(out);
	}
	obj_free(f);
	return err ? 1 : 0;
}
