/* ksyms - list the symbols that the kernel and its modules export */
#include <getopt.h>
#include <stdio.h>
#include "jsonout.h"
#include "ksyms.h"
#include "ksys.h"
#include "msg.h"

static const char usage_text[] = "usage: ksyms [OPTION...]\n"
				 "\n"
				 "  -a, --all       also the kernel's own symbols\n"
				 "  -m, --info      also each module's address and size\n"
				 "  -h, --noheader  without the header\n"
				 "      --json      print an array of objects\n"
				 "  -V, --version   print the version\n"
				 "  -H, --help      print this\n";

enum { OPT_JSON = 256 };

static const struct option long_options[] = {
	{"all", no_argument, NULL, 'a'},
	{"info", no_argument, NULL, 'm'},
	{"noheader", no_argument, NULL, 'h'},
	{"json", no_argument, NULL, OPT_JSON},
	{"version", no_argument, NULL, 'V'},
	{"help", no_argument, NULL, 'H'},
	{NULL, 0, NULL, 0},
};

struct command {
	bool all, info, noheader, json;
};

enum { GO_ON = -1 }; /* otherwise an exit status */

static int parse(struct command *c, int argc, char **argv)
{
	int letter;

	while ((letter = getopt_long(argc, argv, "amhVH", long_options, NULL)) != -1) {
		switch (letter) {
		case 'a':
			c->all = true;
			break;
		case 'm':
			c->info = true;
			break;
		case 'h':
			c->noheader = true;
			break;
		case OPT_JSON:
			c->json = true;
			break;
		case 'V':
			printf("ksyms (modstack) %s\n", MODSTACK_VERSION);
			return MSG_OK;
		case 'H':
			fputs(usage_text, stdout);
			return MSG_OK;
		default:
			return msg_usage(NULL);
		}
	}
	if (optind == argc)
		return GO_ON;
	return msg_usage("takes no arguments");
}

static void print_symbols(const struct ksyms_module *m)
{
	for (size_t i = 0; i < m->nsymbols; i++) {
		printf("%08x  %-32s", m->symbols[i].value, m->symbols[i].name);
		if (*m->name)
			printf("  [%s]", m->name);
		putchar('\n');
	}
}

/* "(12k)" stands where a symbol's name would. */
static void print_module(const struct ksyms_module *m)
{
	char size[16];

	snprintf(size, sizeof(size), "(%uk)", (m->info.size + 1023) / 1024);
	printf("%08x  %-32s  [%s]\n", m->info.addr, size, m->name);
}

static void print_columns(const struct ksyms *k, const struct command *c)
{
	if (!c->noheader)
		printf("%-8s  %-32s  Defined by\n", "Address", "Symbol");
	for (size_t i = 0; i < k->nmodules; i++) {
		if (c->info && !k->modules[i].gone)
			print_module(&k->modules[i]);
		print_symbols(&k->modules[i]);
	}
	if (c->all)
		print_symbols(&k->kernel);
}

static void add_symbols(struct json_object *all, const struct ksyms_module *m)
{
	for (size_t i = 0; i < m->nsymbols; i++) {
		struct json_object *o = json_object_new_object();

		jsonout_add_text(o, "name", m->symbols[i].name);
		jsonout_add_number(o, "address", m->symbols[i].value);
		json_object_object_add(o, "module",
				       *m->name ? json_object_new_string(m->name) : NULL);
		json_object_array_add(all, o);
	}
}

static void print_json(const struct ksyms *k, const struct command *c)
{
	struct json_object *all = json_object_new_array();

	for (size_t i = 0; i < k->nmodules; i++)
		add_symbols(all, &k->modules[i]);
	if (c->all)
		add_symbols(all, &k->kernel);
	jsonout_print(all);
}

static void list(const struct command *c)
{
	struct ksyms k;
	int err = ksys_open();

	if (!err) {
		err = ksyms_fetch(&k, KSYMS_SYMBOLS);
		if (!err)
			(c->json ? print_json : print_columns)(&k, c);
		ksyms_free(&k);
	}
	if (err)
		msg_error("%s", ksys_strerror(err));
	ksys_close();
}

int main(int argc, char **argv)
{
	struct command c = {0};
	int status;

	msg_init("ksyms");
	status = parse(&c, argc, argv);
	if (status == GO_ON)
		list(&c);
	return msg_finish(status);
}
