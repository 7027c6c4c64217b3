/* genksyms/genksyms.c - checksums of exported symbols' declarations
 *
 * Reads preprocessed C on stdin and writes, for each EXPORT_SYMBOL in source order, the
 * two lines of a .ver file that give the symbol its versioned name. A diagnostic is
 * shown, and fails the run, only with -w: kernel sources are full of things genksyms need
 * not know.
 */
#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "decl.h"
#include "lex.h"
#include "msg.h"
#include "parse.h"

static const char usage[] =
	"usage: genksyms [-dDqwhV] [-k VERSION] [-p PREFIX] < preprocessed.c > "
	"file.ver\n\n"
	"  -k, --kernel=V.P.S   kernel the versions are for (2.1.18 or later; default "
	"2.4.0)\n"
	"  -p, --prefix=TEXT    put TEXT before each checksum, such as smp_\n"
	"  -w, --warnings       show what was not understood, and fail if there is any\n"
	"  -q, --quiet          do not (the default)\n"
	"  -D, --dump           show the expanded declarations on stderr\n"
	"  -d, --debug          show each declaration as it is recorded\n"
	"  -h, --help           this text\n"
	"  -V, --version        the version\n";

static const char *prefix = "";
static int warnings, dump, debug;

static void complain(const struct token *at, const char *what, const char *name)
{
	char place[512];

	if (!warnings)
		return;
	snprintf(place, sizeof(place), "%s:%u", at->file, at->line);
	msg_object(place);
	msg_error("%s %s", what, name);
}

static const struct token *export_at;

static void unknown_tag(const char *keyword, const char *tag)
{
	char name[512];

	snprintf(name, sizeof(name), "%s%s", keyword, tag);
	complain(export_at, "expand undefined", name);
}

static void export_symbol(const struct token *at, const char *name)
{
	uint32_t crc;
	int err;

	export_at = at;
	err = decl_checksum(name, &crc, NULL, unknown_tag);
	if (err == -ENOENT) {
		complain(at, "export undefined symbol", name);
		return;
	}
	if (err) {
		complain(at, "declaration nested too deep:", name);
		return;
	}
	if (dump) {
		fprintf(stderr, "Export %s == <", name);
		decl_checksum(name, &crc, stderr, NULL);
		fputs(">\n", stderr);
	}
	printf("#define __ver_%s\t%s%08x\n#define %s\t_set_ver(%s)\n", name, prefix, crc,
	       name, name);
}

static void show_definition(const char *keyword, const char *name, const struct decl *d)
{
	fprintf(stderr, "Defn for %s%s == <", keyword, name);
	decl_print(d, stderr);
	fputs(">\n", stderr);
}

static int read_all(FILE *in, char **text, size_t *len)
{
	size_t cap = 0;

	*text = NULL;
	*len = 0;
	while (!feof(in)) {
		if (*len == cap) {
			char *more = realloc(*text, cap = cap ? 2 * cap : 1 << 16);

			if (!more)
				return -ENOMEM;
			*text = more;
		}
		*len += fread(*text + *len, 1, cap - *len, in);
		if (ferror(in))
			return -errno;
	}
	return 0;
}

/* Version-1 files belong to kernels before 2.1.18 and have another format. */
static int check_kernel(const char *version)
{
	unsigned v, p, s;
	char extra;

	if (sscanf(version, "%u.%u.%u%c", &v, &p, &s, &extra) < 3)
		return msg_usage("unrecognised kernel version : %s", version);
	if (v < 2 || (v == 2 && (p < 1 || (p == 1 && s < 18))))
		return msg_usage("kernel %s is before 2.1.18, whose format is not "
				 "written",
				 version);
	return MSG_OK;
}

static int options(int argc, char **argv)
{
	static const struct option longs[] = {
		{"debug", no_argument, NULL, 'd'},
		{"dump", no_argument, NULL, 'D'},
		{"warnings", no_argument, NULL, 'w'},
		{"quiet", no_argument, NULL, 'q'},
		{"kernel", required_argument, NULL, 'k'},
		{"prefix", required_argument, NULL, 'p'},
		{"help", no_argument, NULL, 'h'},
		{"version", no_argument, NULL, 'V'},
		{0},
	};
	int c;

	while ((c = getopt_long(argc, argv, "dDwqk:p:hV", longs, NULL)) != -1) {
		switch (c) {
		case 'd':
			debug++;
			break;
		case 'D':
			dump = 1;
			break;
		case 'w':
			warnings = 1;
			break;
		case 'q':
			warnings = 0;
			break;
		case 'k':
			if (check_kernel(optarg))
				return MSG_USAGE;
			break;
		case 'p':
			prefix = optarg;
			break;
		case 'h':
			fputs(usage, stdout);
			exit(msg_status());
		case 'V':
			puts("genksyms (modstack) " MODSTACK_VERSION);
			exit(msg_status());
		default:
			return msg_usage(NULL);
		}
	}
	if (optind == argc)
		return MSG_OK;
	return msg_usage("reads standard input, takes no arguments");
}

int main(int argc, char **argv)
{
	struct parse_events events = {.export = export_symbol, .complain = complain};
	struct token *tokens = NULL;
	char *text = NULL;
	size_t len;
	int err;

	msg_init("genksyms");
	if (options(argc, argv))
		return MSG_USAGE;
	if (debug)
		events.defined = show_definition;
	err = read_all(stdin, &text, &len);
	if (!err) {
		tokens = lex(text, len);
		err = tokens ? parse(tokens, &events) : -ENOMEM;
	}
	if (err)
		msg_errno(err, "standard input");
	free(tokens);
	free(text);
	return msg_status();
}
