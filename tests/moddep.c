/* moddep.c - ask the reader of lib/moddep.h
 *
 *	moddep DIR walk INDEX          all keys and values: "KEY VALUE", in the index's order
 *	moddep DIR lookup INDEX KEY... the values of each key
 *	moddep DIR find NAME...        paths in the order of loading, a line each
 *	moddep DIR exporter SYMBOL...  the module that exports each
 * INDEX: dep alias symbols builtin builtin.alias. Exit status 1 if the reader reported an error.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "moddep.h"

static const char *const names[MODDEP_NFILES] = {"dep", "alias", "symbols", "builtin",
						 "builtin.alias"};

static enum moddep_file index_of(const char *name)
{
	for (int i = 0; i < MODDEP_NFILES; i++)
		if (strcmp(names[i], name) == 0)
			return i;
	exit(2);
}

static int print(void *arg, const char *key, const struct moddep_match *match)
{
	printf("%s %s\n", key, match->value);
	return 0;
}

static int lookup(struct moddep *m, const char *index, const char *key)
{
	struct moddep_match *matches;
	int n = moddep_lookup(m, index_of(index), key, &matches);

	for (int i = 0; i < n; i++)
		printf("%s\n", matches[i].value);
	free(matches);
	return n < 0 ? n : 0;
}

static int find(struct moddep *m, const char *name)
{
	struct moddep_entry entry;
	int rc = moddep_find(m, name, &entry);

	for (size_t i = 0; i < entry.ndeps; i++)
		printf("%s\n", entry.deps[i]);
	if (rc > 0)
		printf("%s\n", entry.path);
	moddep_entry_free(&entry);
	return rc < 0 ? rc : 0;
}

static int ask(struct moddep *m, int argc, char **argv)
{
	int err = 0;

	if (strcmp(argv[2], "walk") == 0)
		return moddep_walk(m, index_of(argv[3]), print, NULL);
	for (int i = 3; !err && i < argc; i++) {
		const char *exporter;

		if (strcmp(argv[2], "find") == 0) {
			err = find(m, argv[i]);
		} else if (strcmp(argv[2], "exporter") == 0) {
			exporter = moddep_exporter(m, argv[i]);
			printf("%s\n", exporter ? exporter : "-");
		} else if (i > 3) {
			err = lookup(m, argv[3], argv[i]);
		}
	}
	return err;
}

int main(int argc, char **argv)
{
	struct moddep *m;
	int err;

	if (argc < 4 || moddep_open(&m, argv[1]) < 0)
		return 2;
	err = ask(m, argc, argv);
	if (err)
		fprintf(stderr, "moddep: %s\n", moddep_why(m));
	moddep_close(m);
	return err != 0;
}
