/* lsmod - list the modules in the kernel */
#include <errno.h>
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

/* Rows are put together in memory: there may be a thousand, and stdio's own work for each of
 * their pieces is more than everything else here. */
static char *put_text(char *at, const char *text)
{
	size_t len = strlen(text);

	return (char *)memcpy(at, text, len) + len;
}

#define NUMBER_ROOM 24 /* of any number, and more than any width */

static char *put_number(char *at, long value, int width)
{
	char text[NUMBER_ROOM], *end = text + sizeof(text), *start = end;
	unsigned long left = labs(value);

	do
		*--start = '0' + left % 10;
	while (left /= 10);
	if (value < 0)
		*--start = '-';
	while (end - start < width)
		*--start = ' ';
	memcpy(at, start, end - start);
	return at + (end - start);
}

/* "%-20s%8u%4d ", and what else is to say. */
static char *put_row(char *at, const struct ksyms_module *m)
{
	char *start = at;

	at = put_text(at, m->name);
	while (at - start < 20)
		*at++ = ' ';
	at = put_number(at, m->info.size, 8);
	at = put_number(at, m->info.usecount, 4);
	*at++ = ' ';
	if (is_running(m)) {
		at = put_text(at, note(m));
	} else {
		at = put_text(at, " (");
		at = put_text(at, state(m));
		*at++ = ')';
	}
	for (size_t i = 0; i < m->nrefs; i++) {
		at = put_text(at, i ? " " : " [");
		at = put_text(at, m->refs[i]);
	}
	return put_text(at, m->nrefs ? "]\n" : "\n");
}

/* The most that the row of a module takes. */
static size_t row_room(const struct ksyms_module *m)
{
	size_t room = strlen(m->name) + 20 + 2 * NUMBER_ROOM +
		      strlen("  (autoclean) (unused) []\n");

	for (size_t i = 0; i < m->nrefs; i++)
		room += strlen(m->refs[i]) + 1;
	return room;
}

#define PIECE 16384 /* to be printed at once, and the row that goes beyond it */

static void print_columns(const struct ksyms *k)
{
	size_t largest = 0, room;
	char *text, *at;

	for (size_t i = 0; i < k->nmodules; i++)
		if ((room = row_room(&k->modules[i])) > largest)
			largest = room;
	text = at = malloc(PIECE + largest);
	if (!text) {
		msg_errno(-ENOMEM, "cannot list the modules");
		return;
	}
	print_header(k->tainted);
	for (size_t i = 0; i < k->nmodules; i++) {
		if (!k->modules[i].gone)
			at = put_row(at, &k->modules[i]);
		if (at - text >= PIECE || i == k->nmodules - 1) {
			fwrite(text, 1, at - text, stdout);
			at = text;
		}
	}
	free(text);
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
	struct ksyms k;
	int err = ksys_open();

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
			return msg_usage(NULL);
		}
	}
	if (optind < argc) {
		return msg_usage("takes no arguments");
	}
	return list(print);
}
