/* modinfo/modinfo.c - show what modules say about themselves
 *
 * A module of Linux 2.4 (.o) is shown as modutils does, others as kmod does; -f, -F and --json
 * take either.
 */
#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/utsname.h>
#include <unistd.h>
#include "info.h"
#include "modconf.h"
#include "moddep.h"
#include "modname.h"
#include "modpath.h"
#include "msg.h"
#include "show.h"

struct options {
	const char *field, *format, *base, *version;
	bool json, names_only, as_is; /* -F: values without quotes, all of them */
	char end;
};

struct finder {
	const struct options *o;
	char *dir;
	struct moddep *moddep;
};

static void usage(void)
{
	fputs("usage: modinfo [-adlpn0m] [-F FIELD | -f FORMAT | --json] [-k VERSION] "
	      "[-b BASE]\n"
	      "               MODULE...\n"
	      "\n"
	      "  -a, --author            print only the author\n"
	      "  -d, --description       print only the description\n"
	      "  -l, --license           print only the licence\n"
	      "  -p, --parameters        print only the parameters\n"
	      "  -n, --filename          print only the file's name\n"
	      "  -F, --field=FIELD       print only the values of this key\n"
	      "  -f, --format=FORMAT     print as modutils does: %n %a %d %l %p %{KEY} "
	      "%%\n"
	      "      --json              print a JSON object a line\n"
	      "  -0, --null              NUL instead of newline\n"
	      "  -m, --modname           MODULE is a name, not a file or an alias\n"
	      "  -k, --set-version=VERSION   of the kernel, instead of the running one\n"
	      "  -b, --basedir=BASE      the modules are in BASE/lib/modules/VERSION\n"
	      "  -V, --version           print the version\n"
	      "  -h, --help              print this\n"
	      "\n"
	      "MODULE is a file, the name of an installed or builtin module, or an "
	      "alias.\n",
	      stdout);
}

static const struct option long_options[] = {
	{"author", no_argument, NULL, 'a'},
	{"description", no_argument, NULL, 'd'},
	{"license", no_argument, NULL, 'l'},
	{"parameters", no_argument, NULL, 'p'},
	{"filename", no_argument, NULL, 'n'},
	{"field", required_argument, NULL, 'F'},
	{"format", required_argument, NULL, 'f'},
	{"json", no_argument, NULL, 'j'},
	{"null", no_argument, NULL, '0'},
	{"modname", no_argument, NULL, 'm'},
	{"set-version", required_argument, NULL, 'k'},
	{"basedir", required_argument, NULL, 'b'},
	{"version", no_argument, NULL, 'V'},
	{"help", no_argument, NULL, 'h'},
	{NULL, 0, NULL, 0},
};

/* Options that ask for one field: the last one counts, also against -f. */
static const char *field_of(int letter)
{
	static const char *const fields[] = {"aauthor", "ddescription", "llicense",
					     "pparm", "nfilename"};

	for (size_t i = 0; i < sizeof(fields) / sizeof(fields[0]); i++)
		if (fields[i][0] == letter)
			return fields[i] + 1;
	return letter == 'F' ? optarg : NULL;
}

static bool take_option(struct options *o, int letter)
{
	const char *field = field_of(letter);

	if (field || letter == 'f') {
		o->field = field;
		o->as_is = letter == 'F' && strcmp(optarg, "parm") != 0;
		o->format = field ? NULL : optarg;
		return true;
	}
	if (letter == '0')
		o->end = '\0';
	else if (letter == 'j')
		o->json = true;
	else if (letter == 'm')
		o->names_only = true;
	else if (letter == 'k')
		o->version = optarg;
	else if (letter == 'b')
		o->base = optarg;
	else
		return false;
	return true;
}

/* Returns -1 to go on, else the exit status. */
static int parse(struct options *o, int argc, char **argv)
{
	static struct utsname uts;
	int letter;

	while ((letter = getopt_long(argc, argv, "adlpnF:f:0mk:b:Vh", long_options,
				     NULL)) != -1) {
		if (letter == 'h') {
			usage();
			return MSG_OK;
		}
		if (letter == 'V') {
			printf("modinfo (modstack) %s\n", MODSTACK_VERSION);
			return MSG_OK;
		}
		if (!take_option(o, letter))
			return msg_usage(NULL);
	}
	if (optind == argc)
		return msg_usage("which module?");
	if (o->format && show_format_check(o->format) < 0)
		return MSG_FAILED;
	if (!o->version && uname(&uts) == 0)
		o->version = uts.release;
	return -1;
}

/* -a and the like, of a module of 2.4: its value in quotes. */
static void show_classic(const struct info *info, const struct options *o)
{
	char format[160];

	if (o->field &&
	    snprintf(format, sizeof(format), "%%{%s}\n", o->field) < sizeof(format) &&
	    show_format_check(format) == 0)
		show_format(info, format);
	else if (!o->field)
		show_format(info, show_default_format);
}

static void show(const struct info *info, const struct options *o)
{
	if (o->json)
		show_json(info);
	else if (o->format)
		show_format(info, o->format);
	else if (info->classic && o->end == '\n' && !o->as_is)
		show_classic(info, o);
	else
		show_text(info, o->field, o->end);
}

static int show_file(const struct finder *f, const char *path)
{
	/* Most fields need no look at the signature. */
	bool signature =
		!f->o->format && (!f->o->field || strncmp(f->o->field, "sig", 3) == 0);
	struct info info;
	int err = info_read(&info, path, signature);

	if (!err)
		show(&info, f->o);
	info_free(&info);
	return err;
}

/* An installed module by its name: 1 if there is one. */
static int show_installed(const struct finder *f, const char *name)
{
	struct moddep_entry entry;
	int rc = moddep_find(f->moddep, name, &entry);

	if (rc < 0)
		msg_error("%s", moddep_why(f->moddep));
	if (rc > 0 && show_file(f, entry.path) < 0)
		rc = -EIO;
	moddep_entry_free(&entry);
	return rc;
}

static int show_builtin(const struct finder *f, const char *name)
{
	struct moddep_match *matches;
	struct info info;
	int rc = moddep_lookup(f->moddep, MODDEP_BUILTIN, name, &matches);

	free(matches);
	if (rc < 0)
		msg_error("%s", moddep_why(f->moddep));
	if (rc <= 0)
		return rc;
	rc = info_read_builtin(&info, f->dir, name);

	if (rc > 0)
		show(&info, f->o);
	info_free(&info);
	return rc;
}

/* Every module that an alias in one of the indexes leads to, each once. */
static int show_aliased(const struct finder *f, enum moddep_file index, const char *alias,
			int (*show_one)(const struct finder *f, const char *name))
{
	struct moddep_match *matches;
	int n = moddep_lookup(f->moddep, index, alias, &matches), rc = n < 0 ? n : n > 0;

	if (n < 0)
		msg_error("%s", moddep_why(f->moddep));
	for (int i = 0; rc >= 0 && i < n; i++) {
		int k = 0;

		while (k < i && strcmp(matches[k].value, matches[i].value) != 0)
			k++;
		if (k == i && show_one(f, matches[i].value) < 0)
			rc = -EIO;
	}
	free(matches);
	return rc;
}

/* As insmod finds it: along the path of the configuration. */
static int show_on_path(const struct finder *f, const char *name)
{
	struct modconf_options how = {.release = f->o->version, .paths_only = true};
	struct modconf *conf = NULL;
	char *path = NULL;
	int rc = 0;

	if (f->o->base)
		return 0;
	if (modconf_read(&conf, &how) == 0)
		path = modpath_find(conf, name, false);
	if (path)
		rc = show_file(f, path) < 0 ? -EIO : 1;
	free(path);
	modconf_free(conf);
	return rc;
}

static bool is_file(const char *name)
{
	struct stat st;

	return stat(name, &st) == 0 && S_ISREG(st.st_mode);
}

static void unknown(const struct finder *f, const char *name)
{
	bool there = access(f->dir, F_OK) == 0;

	msg_error("%s: no module by that name found%s%s", name,
		  there ? "" : ", there is no ", there ? "" : f->dir);
}

static void show_module(const struct finder *f, const char *name)
{
	const char *slash = strrchr(name, '/');
	int rc = 0;

	if (!f->o->names_only && (slash || (is_file(name) && modname_is_file(name)))) {
		show_file(f, name);
		return;
	}
	rc = show_installed(f, name);
	if (!rc && !f->o->names_only)
		rc = show_aliased(f, MODDEP_SYMBOLS, name, show_installed);
	if (!rc && !f->o->names_only)
		rc = show_aliased(f, MODDEP_ALIAS, name, show_installed);
	if (!rc && !f->o->names_only)
		rc = show_aliased(f, MODDEP_BUILTIN_ALIAS, name, show_builtin);
	if (!rc)
		rc = show_builtin(f, name);
	if (!rc)
		rc = show_on_path(f, name);
	if (!rc && modname_is_file(name))
		show_file(f, name); /* which says why not */
	else if (!rc)
		unknown(f, name);
}

int main(int argc, char **argv)
{
	struct options o = {.end = '\n'};
	struct finder f = {.o = &o};
	int status;

	msg_init("modinfo");
	status = parse(&o, argc, argv);
	if (status >= 0)
		return msg_status() == MSG_FAILED && status == MSG_OK ? MSG_FAILED
								      : status;
	f.dir = modpath_tree(o.base, o.version);
	if (!f.dir || moddep_open(&f.moddep, f.dir) < 0)
		msg_errno(-errno, "module directory");
	for (int i = optind; f.moddep && i < argc; i++)
		show_module(&f, argv[i]);
	moddep_close(f.moddep);
	free(f.dir);
	return msg_status();
}
