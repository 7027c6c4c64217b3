/* fixture.c - see fixture.h */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "fixture.h"

unsigned char *fixture_read(const char *name, size_t *len)
{
	const char *dir = getenv("O");
	unsigned char *bytes;
	char path[4096];
	FILE *in;

	snprintf(path, sizeof(path), "%s/unit/%s", dir ? dir : "build", name);
	in = fopen(path, "rb");
	if (!in) {
		perror(path);
		exit(2);
	}
	fseek(in, 0, SEEK_END);
	*len = ftell(in);
	rewind(in);
	bytes = malloc(*len);
	if (fread(bytes, 1, *len, in) != *len)
		exit(2);
	fclose(in);
	return bytes;
}

int fixture_resolve(struct obj_file **f, const void *bytes, size_t len,
		    const char *const *externals, const char *name)
{
	int err = obj_load(f, bytes, len);
	char symbol[64];

	for (; !err && externals && *externals; externals++) {
		size_t n = strcspn(*externals, "=");

		snprintf(symbol, sizeof(symbol), "%.*s", (int)n, *externals);
		obj_add_symbol(*f, symbol, strtoul(*externals + n + 1, NULL, 16), 0);
	}
	return err ? err : obj_resolve(*f, name);
}

int fixture_finish(struct obj_file *f, const struct obj_module *m, tgt_addr base)
{
	int err = m ? obj_build_module(f, m) : 0;

	if (!err)
		err = obj_layout(f);
	return err ? err : obj_relocate(f, base);
}

const char *fixture_diags(const struct obj_file *f)
{
	static char text[4096];
	enum obj_severity severity;
	unsigned cursor = 0;
	const char *line;

	text[0] = '\0';
	while ((line = obj_diag(f, &cursor, &severity))) {
		if (text[0])
			strncat(text, "\n", sizeof(text) - strlen(text) - 1);
		strncat(text, line, sizeof(text) - strlen(text) - 1);
	}
	return text;
}

tgt_ulong fixture_word(struct obj_file *f, tgt_addr base, tgt_addr at)
{
	const unsigned char *p = obj_image(f, 0);

	if (!p || at < base || at - base > obj_size(f) - 4)
		return 0xdeadbeef;
	p += at - base;
	return p[0] | p[1] << 8 | p[2] << 16 | (tgt_ulong)p[3] << 24;
}

tgt_addr fixture_address(struct obj_file *f, const char *name)
{
	struct obj_symbol *s = obj_find_symbol(f, name);

	return s ? s->value : 0;
}
