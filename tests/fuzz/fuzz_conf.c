/* fuzz_conf.c - any bytes as a configuration file, by both sets of rules
 *
 * Commands are never run: the text counts as untrusted. Whatever was understood is printed and
 * read back, and must print the same again.
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "modconf_priv.h"
#include "msg.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len);

static struct modconf *parse(const char *bytes, size_t len, bool modprobe_d)
{
	const struct modconf_place at = {"fuzz", 0, modprobe_d, false};
	const struct modconf_options opt = {.release = "2.4.27", .safe = true};
	struct modconf *c = calloc(1, sizeof(*c));
	char *text = malloc(len + 1);

	if (!c || !text)
		abort();
	memcpy(text, bytes, len);
	text[len] = '\0';
	for (char *nul; (nul = memchr(text, '\0', len));)
		*nul = ' ';
	c->opt = opt;
	c->include_depth = 20; /* which reads no file */
	modconf_add_defaults(c);
	modconf_parse_text(c, &at, text);
	free(text);
	return c;
}

static char *print(struct modconf *c, size_t *len)
{
	char *text = NULL;
	FILE *f = open_memstream(&text, len);

	if (!f)
		abort();
	modconf_print(c, f);
	fclose(f);
	return text;
}

static void look_up(struct modconf *c)
{
	const struct modconf_entry *cursor = NULL, *e;

	while ((e = modconf_match(c, "eth0", false, &cursor)))
		if (!e->name)
			abort();
	for (int k = 0; k < MODCONF_KINDS; k++)
		for (e = modconf_next(c, k, NULL); e; e = modconf_next(c, k, e))
			if (k != MODCONF_PATH && modconf_find(c, k, e->name) != e)
				abort();
	modconf_add_cmdline(c, "a.b=c modprobe.blacklist=x,y quiet z.w=\"1 2\"");
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
	struct modconf *c, *again;
	char *first, *second;
	size_t flen, slen;

	unsetenv("A");
	c = parse((const char *)bytes, len, len && bytes[0] & 1);
	first = print(c, &flen);
	again = parse(first, flen, false);
	second = print(again, &slen);
	if (!c->errors && !again->errors &&
	    (flen != slen || memcmp(first, second, flen) != 0)) {
		fprintf(stderr, "first:\n%s\nsecond:\n%s\n", first, second);
		abort();
	}
	look_up(c);
	free(first);
	free(second);
	modconf_free(c);
	modconf_free(again);
	return 0;
}
