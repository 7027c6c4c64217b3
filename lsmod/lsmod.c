/* lsmod - list the modules in the kernel */
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "jsonout.h"
#include "ksyms.h"
#include "ksys.h"
#include "msg.h"

static const char usage_text[] =
	"usage: lsmod [OPTION]\n"
	"\n"
	"      --json     print an array of objects\n"
	"      --dot      print who needs whom as a graph for dot(1)\n"
	"  -V, --version  print the version\n"
	"  -h, --help     print this\n";

enum { OPT_JSON = 256, OPT_DOT };

static const struct option long_options[] = {
	{"json", no_argument, NULL, OPT_JSON},
	{"dot", no_argument, NULL, OPT_DOT},
	{"version", no_argument, NULL, 'V'},
	{"help", no_argument, NULL, 'h'},
	{NULL, 0, NULL, 0},
};

static const char *state(const struct ksyms_module *m)
{
	unsigned flags = m->info.flags;

	if (flags & TGT_MOD_DELETED)
		return "deleted";
	if (flags & TGT_MOD_QUARANTINED)
		return "quarantined";
	if (flags & TGT_MOD_INITIALIZING)
		return "initializing";
	return flags & TGT_MOD_RUNNING ? "running" : "uninitialized";
}

static bool is_running(const struct ksyms_module *m)
{
	return !strcmp(state(m), "running");
}

static bool is_unused(const struct ksyms_module *m)
{
	return is_running(m) && !(m->info.flags & TGT_MOD_USED_ONCE);
}

static bool is_autoclean(const struct ksyms_module *m)
{
	return m->info.flags & TGT_MOD_AUTOCLEAN;
}

/* --- columns ------------------------------------------------------------------------ */

static void print_header(int tainted)
{
	printf("Module                  Size  Used by    ");
	if (tainted > 0)
		printf("Tainted: %c%c%c", tainted & 1 ? 'P' : 'G',
		       tainted & 2 ? 'F' : ' ', tainted & 4 ? 'S' : ' ');
	else if (tainted == 0)
		printf("Not tainted");
	putchar('\n');
}

/* Of a running module, what stands behind the use count. */
static const char *note(const struct ksyms_module *m)
{
	if (is_unused(m))
		return is_autoclean(m) ? " (autoclean) (unused)" : " (unused)";
	return is_autoclean(m) ? " (autoclean)" : "";
}

/* Write a number that ends before `at`, with blanks up to its width; returns where it begins. */
static char *put_number(char *at, long value, int width)
{
	const char *start = at - width;
	unsigned long left = labs(value);

	do
		*--at = '0' + left % 10;
	while (left /= 10);
	if (value < 0)
		*--at = '-';
	while (at > start)
		*--at = ' ';
	return at;
}

/* As "%-20s%8u%4d ", but there may be a thousand rows, and printf takes longer for them than
 * everything else here. */
static void print_head(const struct ksyms_module *m)
{
	char text[64], *end = text + sizeof(text), *at = end;

	*--at = ' ';
	at = put_number(at, m->info.usecount, 4);
	at = put_number(at, m->info.size, 8);
	for (size_t len = strlen(m->name); len < 20; len++)
		*--at = ' ';
	fputs_unlocked(m->name, stdout);
	fwrite_unlocked(at, 1, end - at, stdout);
}

static void print_row(const struct ksyms_module *m)
{
	print_head(m);
	if (is_running(m))
		fputs_unlocked(note(m), stdout);
	else
		printf(" (%s)", state(m));
	for (size_t i = 0; i < m->nrefs; i++) {
		fputs_unlocked(i ? " " : " [", stdout);
		fputs_unlocked(m->refs[i], stdout);
	}
	fputs_unlocked(m->nrefs ? "]\n" : "\n", stdout);
}

static void print_columns(const struct ksyms *k)
{
	print_header(k->tainted);
	for (size_t i = 0; i < k->nmodules; i++)
		if (!k->modules[i].gone)
			print_row(&k->modules[i]);
}

/* --- data --------------------------------------------------------------------------- */

static struct json_object *json_module(const struct ksyms_module *m)
{
	struct json_object *o = json_object_new_object();
	struct json_object *refs = json_object_new_array();

	jsonout_add_text(o, "name", m->name);
	jsonout_add_number(o, "size", m->info.size);
	jsonout_add_number(o, "usecount", m->info.usecount);
	jsonout_add_number(o, "address", m->info.addr);
	jsonout_add_text(o, "state", state(m));
	json_object_object_add(o, "autoclean", json_object_new_boolean(is_autoclean(m)));
	json_object_object_add(o, "unused", json_object_new_boolean(is_unused(m)));
	for (size_t i = 0; i < m->nrefs; i++)
		json_object_array_add(refs, json_object_new_string(m->refs[i]));
	json_object_object_add(o, "refs", refs);
	return o;
}

static void print_json(const struct ksyms *k)
{
	struct json_object *all = json_object_new_array();

	for (size_t i = 0; i < k->nmodules; i++)
		if (!k->modules[i].gone)
			json_object_array_add(all, json_module(&k->modules[i]));
	jsonout_print(all);
}

static void print_quoted(const char *name)
{
	putchar('"');
	for (; *name; name++) {
		if (*name == '"' || *name == '\\')
			putchar('\\');
		putchar(*name);
	}
	putchar('"');
}

static void print_dot(const struct ksyms *k)
{
	puts("digraph modules {");
	for (size_t i = 0; i < k->nmodules; i++) {
		const struct ksyms_module *m = &k->modules[i];

		if (m->gone)
			continue;
		putchar('\t');
		print_quoted(m->name);
		puts(";");
		for (size_t j = 0; j < m->nrefs; j++) {
			putchar('\t');
			print_quoted(m->refs[j]);
			printf(" -> ");
			print_quoted(m->name);
			puts(";");
		}
	}
	puts("}");
}

static int list(void (*print)(const struct ksyms *))
{
	static char buffer[1 << 16]; /* for a thousand rows at once */
	struct ksyms k;
	int err = ksys_open();

	setvbuf(stdout, buffer, _IOFBF, sizeof(buffer));
	if (!err) {
		err = ksyms_fetch(&k, KSYMS_REFS | KSYMS_VERSION);
		if (!err)
			print(&k);
		ksyms_free(&k);
	}
	if (err)
		msg_error("%s", ksys_strerror(err));
	ksys_close();
	return msg_status();
}

int main(int argc, char **argv)
{
	void (*print)(const struct ksyms *) = print_columns;
	int letter;

	msg_init("lsmod");
	while ((letter = getopt_long(argc, argv, "Vh", long_options, NULL)) != -1) {
		switch (letter) {
		case OPT_JSON:
			print = print_json;
			break;
		case OPT_DOT:
			print = print_dot;
			break;
		case 'V':
			printf("lsmod (modstack) %s\n", MODSTACK_VERSION);
			return msg_status();
		case 'h':
			fputs(usage_text, stdout);
			return msg_status();
		default:
			fputs("Try 'lsmod --help'.\n", stderr);
			return MSG_USAGE;
		}
	}
	if (optind < argc) {
		fputs("lsmod: takes no arguments. Try 'lsmod --help'.\n", stderr);
		return MSG_USAGE;
	}
	return list(print);
}
