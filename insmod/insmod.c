/* insmod - load one module into the kernel */
#include <getopt.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "ksys.h"
#include "modconf.h"
#include "modload.h"
#include "modpath.h"
#include "msg.h"
#include "snapshot.h"

static const char usage_text[] =
	"usage: insmod [OPTION...] MODULE [SYMBOL=VALUE...]\n"
	"\n"
	"MODULE is a file, or a name without / and . that is searched in the module "
	"path.\n"
	"\n"
	"  -f, --force         load although it was made for another kernel version\n"
	"  -k, --autoclean     let the kernel unload it when it has been idle\n"
	"  -n, --noload        do everything except load it\n"
	"  -p, --probe         only say whether it would link\n"
	"  -o, --name=NAME     its name, instead of the file's\n"
	"  -m, --map           print the load map\n"
	"      --json          print the load map as data\n"
	"  -O, --blob=FILE     save the final image\n"
	"      --symbols=FILE  link against a System.map or a copy of /proc/ksyms, no "
	"kernel\n"
	"      --base=ADDRESS  where to pretend it is loaded, with -n or --symbols\n"
	"  -x, --noexport      do not export all globals of an object without __ksymtab\n"
	"  -X, --export        do (the default)\n"
	"  -y, --noksymoops    do not add __insmod_ symbols for ksymoops\n"
	"  -Y, --ksymoops      do (the default)\n"
	"  -S, --kallsyms      add a table of all its symbols for debuggers\n"
	"  -e, --persist=FILE  read persistent parameters from FILE (\"\": the default "
	"file)\n"
	"  -P, --prefix=P      prefix of the symbols' versions\n"
	"  -N                  compare only the numbers of kernel versions\n"
	"  -L, --lock          lock the file while it is loaded (the default)\n"
	"  -r, --root          accept files in the module path that root does not own\n"
	"  -q, --quiet         no unresolved symbols, no hints\n"
	"  -s, --syslog        messages to syslog\n"
	"  -v, --verbose       say more\n"
	"  -V, --version       print the version\n"
	"  -h, --help          print this\n";

enum { OPT_SYMBOLS = 256, OPT_BASE, OPT_JSON };

static const struct option long_options[] = {
	{"force", no_argument, NULL, 'f'},
	{"help", no_argument, NULL, 'h'},
	{"autoclean", no_argument, NULL, 'k'},
	{"lock", no_argument, NULL, 'L'},
	{"map", no_argument, NULL, 'm'},
	{"noload", no_argument, NULL, 'n'},
	{"probe", no_argument, NULL, 'p'},
	{"poll", no_argument, NULL, 'p'},
	{"quiet", no_argument, NULL, 'q'},
	{"root", no_argument, NULL, 'r'},
	{"syslog", no_argument, NULL, 's'},
	{"kallsyms", no_argument, NULL, 'S'},
	{"verbose", no_argument, NULL, 'v'},
	{"version", no_argument, NULL, 'V'},
	{"noexport", no_argument, NULL, 'x'},
	{"export", no_argument, NULL, 'X'},
	{"noksymoops", no_argument, NULL, 'y'},
	{"ksymoops", no_argument, NULL, 'Y'},
	{"persist", required_argument, NULL, 'e'},
	{"name", required_argument, NULL, 'o'},
	{"blob", required_argument, NULL, 'O'},
	{"prefix", required_argument, NULL, 'P'},
	{"symbols", required_argument, NULL, OPT_SYMBOLS},
	{"base", required_argument, NULL, OPT_BASE},
	{"json", no_argument, NULL, OPT_JSON},
	{NULL, 0, NULL, 0},
};

struct command {
	struct modload_options load;
	const char *module;
	bool any_owner;
	bool syslog;
};

enum { GO_ON = -1 }; /* otherwise an exit status */

static int parse_base(struct command *c, const char *text)
{
	char *end;
	unsigned long base = strtoul(text, &end, 0);

	if (!base || *end || base > UINT32_MAX || base % TGT_PAGE_SIZE) {
		return msg_usage("--base=%s: not the address of a page", text);
	}
	c->load.base = base;
	return GO_ON;
}

/* Options that only set or clear a flag. */
static const struct flag {
	int letter;
	size_t at; /* of a bool in struct command */
	bool value;
} flags[] = {
#define FLAG(letter, member, value)                                                      \
	{                                                                                \
		letter, offsetof(struct command, member), value                          \
	}
	FLAG('f', load.force, true),
	FLAG('k', load.autoclean, true),
	FLAG('m', load.map, true),
	FLAG('n', load.noload, true),
	FLAG('N', load.numeric_version, true),
	FLAG('p', load.probe, true),
	FLAG('q', load.quiet, true),
	FLAG('s', syslog, true),
	FLAG('S', load.kallsyms, true),
	FLAG('v', load.verbose, true),
	FLAG('x', load.no_export, true),
	FLAG('X', load.no_export, false),
	FLAG('y', load.no_ksymoops, true),
	FLAG('Y', load.no_ksymoops, false),
	FLAG(OPT_JSON, load.json, true),
#undef FLAG
};

static bool take_flag(struct command *c, int letter)
{
	for (size_t i = 0; i < sizeof(flags) / sizeof(flags[0]); i++) {
		if (flags[i].letter != letter)
			continue;
		*(bool *)((char *)c + flags[i].at) = flags[i].value;
		return true;
	}
	return false;
}

static int take_option(struct command *c, int letter)
{
	struct modload_options *o = &c->load;

	switch (letter) {
	case 'r':
		c->any_owner = !c->any_owner;
		return GO_ON;
	case 'L': /* always */
		return GO_ON;
	case 'e':
		o->persist = optarg;
		return GO_ON;
	case 'o':
		o->name = optarg;
		return GO_ON;
	case 'O':
		o->blob = optarg;
		return GO_ON;
	case 'P':
		o->prefix = optarg;
		return GO_ON;
	case OPT_SYMBOLS:
		o->symbols = optarg;
		return GO_ON;
	case OPT_BASE:
		return parse_base(c, optarg);
	case 'V':
		printf("insmod (modstack) %s\n", MODSTACK_VERSION);
		return MSG_OK;
	case 'h':
		fputs(usage_text, stdout);
		return MSG_OK;
	}
	if (take_flag(c, letter))
		return GO_ON;
	return msg_usage(NULL);
}

static int parse(struct command *c, int argc, char **argv)
{
	int letter, status;

	while ((letter = getopt_long(argc, argv, "fhkLmnNpqrsSvVxXyYe:o:O:P:",
				     long_options, NULL)) != -1) {
		status = take_option(c, letter);
		if (status != GO_ON)
			return status;
	}
	if (c->load.base && !c->load.noload && !c->load.symbols) {
		return msg_usage("--base is for -n and --symbols; a kernel chooses the "
				 "address itself");
	}
	if (optind == argc) {
		return msg_usage("which module?");
	}
	c->module = argv[optind++];
	c->load.params = (const char *const *)argv + optind;
	c->load.nparams = argc - optind;
	return GO_ON;
}

/* The configuration for the kernel that runs; NULL after a message. */
static struct modconf *read_configuration(const struct command *c)
{
	struct modconf_options opt = {.paths_only = true};
	struct modconf *conf = NULL;
	char *release = NULL;

	if (!c->load.symbols &&
	    ksys_read_file("/proc/sys/kernel/osrelease", &release) > 0)
		release[strcspn(release, "\n")] = '\0';
	opt.release = release;
	if (modconf_read(&conf, &opt) < 0) {
		modconf_free(conf);
		conf = NULL;
	}
	free(release);
	return conf;
}

/* The file of a module given by name; malloced, or NULL after a message. */
static char *find_module(const struct command *c, const struct modconf *conf)
{
	char *found = modpath_find(conf, c->module, !c->any_owner);

	if (found)
		msg_info("Using %s", found);
	else
		msg_error("%s: no module by that name found", c->module);
	return found;
}

/* Load, once the file is known. */
static int load(struct command *c, const char *path)
{
	const struct modload_options *o = &c->load;
	int err;

	c->load.path = path;
	err = modload(o);
	if (!o->noload && !o->probe && !o->symbols && ksys_open() == 0)
		snapshot_save();
	if (o->verbose && !o->symbols)
		msg_info("%lu round trips to the kernel", ksys_round_trips());
	return err ? MSG_FAILED : MSG_OK;
}

static int run(struct command *c)
{
	bool by_name = !strpbrk(c->module, "/.");
	struct modconf *conf = NULL;
	char *found = NULL;
	int status = MSG_FAILED;

	if (!c->load.symbols && ksys_open() < 0) {
		msg_error("%s", ksys_why());
		return MSG_FAILED;
	}
	if (by_name || c->load.persist) {
		conf = read_configuration(c);
		if (!conf)
			goto out;
		c->load.persist_dir = modconf_setting(conf, "persistdir");
	}
	if (by_name) {
		found = find_module(c, conf);
		if (!found)
			goto out;
	} else if (c->load.verbose) {
		msg_info("Using %s", c->module);
	}
	status = load(c, found ? found : c->module);
out:
	free(found);
	modconf_free(conf);
	ksys_close();
	return status;
}

int main(int argc, char **argv)
{
	struct command c = {0};
	int status;

	msg_init("insmod");
	status = parse(&c, argc, argv);
	if (status == GO_ON) {
		if (c.syslog)
			msg_to_syslog();
		status = run(&c);
	}
	return msg_finish(status);
}
