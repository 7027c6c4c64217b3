/* modprobe/modprobe.c - load or remove modules with all they need, by name or alias */
#include "modprobe.h"

#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "ksys.h"
#include "modname.h"
#include "modpath.h"
#include "msg.h"

static const char usage_text[] =
	"usage: modprobe [OPTION...] NAME [SYMBOL=VALUE...]\n"
	"       modprobe -a [OPTION...] NAME...\n"
	"       modprobe -r [OPTION...] [NAME...]\n"
	"       modprobe -D | -R [OPTION...] NAME\n"
	"       modprobe -l [-t TYPE] [PATTERN...]\n"
	"       modprobe -c\n"
	"\n"
	"NAME is a module, an alias, or symbol:NAME for who exports a symbol.\n"
	"\n"
	"  -a, --all             load every NAME\n"
	"  -r, --remove          remove; without a NAME, the idle autoclean modules\n"
	"  -D, --show-depends    print what would be loaded, in order\n"
	"  -R, --resolve-alias   print the modules that NAME stands for\n"
	"  -l, --list            print the module files\n"
	"  -c, --showconfig      print the configuration\n"
	"  -n, --show            do nothing; with -v print what would be done\n"
	"  -t, --type=TYPE       only modules below a directory TYPE\n"
	"  -C, --config=FILE     read this configuration file or directory instead\n"
	"  -d, --dirname=ROOT    root directory of the module tree and the "
	"configuration\n"
	"  -S, --set-version=V   version of the module tree, instead of the kernel's\n"
	"  -k, --autoclean       the kernel asks: unload when idle, be quiet, trust no "
	"name\n"
	"  -b, --use-blacklist   the blacklist holds for modules named directly, too\n"
	"  -i, --ignore-install, --ignore-remove\n"
	"                        no install or remove command for NAME itself\n"
	"  -f, --force           load although made for another kernel version\n"
	"      --first-time      fail if there is nothing to do\n"
	"      --remove-holders  with -r: first remove who uses it\n"
	"  -w, --wait=MSEC       with -r: wait so long for a busy module\n"
	"  -q, --quiet           no message if NAME is unknown\n"
	"  -s, --syslog          messages to syslog\n"
	"  -v, --verbose         print what is done\n"
	"  -V, --version         print the version\n"
	"  -h, --help            print this\n";

enum { OPT_FIRST_TIME = 256, OPT_HOLDERS };

static const struct option long_options[] = {
	{"all", no_argument, NULL, 'a'},
	{"use-blacklist", no_argument, NULL, 'b'},
	{"showconfig", no_argument, NULL, 'c'},
	{"show-config", no_argument, NULL, 'c'},
	{"config", required_argument, NULL, 'C'},
	{"dirname", required_argument, NULL, 'd'},
	{"show-depends", no_argument, NULL, 'D'},
	{"force", no_argument, NULL, 'f'},
	{"force-vermagic", no_argument, NULL, 'f'},
	{"force-modversion", no_argument, NULL, 'f'},
	{"help", no_argument, NULL, 'h'},
	{"ignore-install", no_argument, NULL, 'i'},
	{"ignore-remove", no_argument, NULL, 'i'},
	{"autoclean", no_argument, NULL, 'k'},
	{"list", no_argument, NULL, 'l'},
	{"show", no_argument, NULL, 'n'},
	{"dry-run", no_argument, NULL, 'n'},
	{"quiet", no_argument, NULL, 'q'},
	{"remove", no_argument, NULL, 'r'},
	{"resolve-alias", no_argument, NULL, 'R'},
	{"show-alias", no_argument, NULL, 'R'},
	{"syslog", no_argument, NULL, 's'},
	{"set-version", required_argument, NULL, 'S'},
	{"type", required_argument, NULL, 't'},
	{"verbose", no_argument, NULL, 'v'},
	{"version", no_argument, NULL, 'V'},
	{"wait", required_argument, NULL, 'w'},
	{"first-time", no_argument, NULL, OPT_FIRST_TIME},
	{"remove-holders", no_argument, NULL, OPT_HOLDERS},
	{NULL, 0, NULL, 0},
};

/* The command line, once options are off it. */
struct command {
	struct modprobe m;
	const char *config, *root;
	char **names;
	int n;
	bool safe, help, version;
	bool in_environment; /* these are the options of $MODPROBE_OPTIONS */
	char *environment;   /* its words */
};

/* --- safe mode ---------------------------------------------------------------------------- */

/* The kernel starts modprobe with these and nothing else; a set-id caller is as foreign. */
static bool called_by_kernel(void)
{
	static const char *const known[] = {"HOME=/", "TERM=linux",
					    "PATH=/sbin:/usr/sbin:/bin:/usr/bin"};

	if (getuid() != geteuid())
		return true;
	for (char **e = environ; *e; e++) {
		bool is_known = false;

		for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++)
			is_known |= strcmp(*e, known[i]) == 0;
		if (!is_known)
			return false;
	}
	return true;
}

/* One string of an unknown's choice, which is a name and nothing more. */
static bool name_is_data(const char *name)
{
	const char *why = NULL;

	if (*name == '-')
		why = "starts with '-'";
	else if (strchr(name, '='))
		why = "contains '='";
	else if (strchr(name, '/'))
		why = "contains '/'";
	if (why)
		msg_error("Safe mode parameter %s: %s", why, name);
	return !why;
}

/* --- command line ------------------------------------------------------------------------- */

static int parse_wait(const char *text, unsigned long *out)
{
	char *end;

	errno = 0;
	*out = strtoul(text, &end, 0);
	if (!errno && end != text && !*end && *text != '-')
		return 0;
	msg_error("-w wants milliseconds, not %s", text);
	return -1;
}

/* Options that are a word to remember, and no more. */
static bool parse_flag(struct command *c, int opt)
{
	struct modprobe *m = &c->m;
	const struct {
		int opt;
		bool *flag;
	} flags[] = {
		{'a', &m->all},
		{'b', &m->use_blacklist},
		{'c', &m->show_config},
		{'D', &m->show_depends},
		{'f', &m->force},
		{'h', &c->help},
		{'i', &m->ignore_commands},
		{'l', &m->list},
		{'n', &m->show},
		{'q', &m->quiet},
		{'r', &m->remove},
		{'R', &m->resolve},
		{'v', &m->verbose},
		{'V', &c->version},
		{OPT_FIRST_TIME, &m->first_time},
		{OPT_HOLDERS, &m->remove_holders},
	};

	for (size_t i = 0; i < sizeof(flags) / sizeof(flags[0]); i++)
		if (flags[i].opt == opt) {
			*flags[i].flag = true;
			return true;
		}
	return false;
}

static int parse_option(struct command *c, int opt)
{
	struct modprobe *m = &c->m;

	if (parse_flag(c, opt))
		return 0;
	switch (opt) {
	case 'C':
		c->config = optarg;
		return 0;
	case 'd':
		c->root = optarg;
		return 0;
	case 'k':
		m->autoclean = m->quiet = m->name_only = true;
		return 0;
	case 's':
		msg_to_syslog();
		return 0;
	case 'S':
		m->release = optarg;
		return 0;
	case 't':
		m->type = optarg;
		return 0;
	case 'w':
		return parse_wait(optarg, &m->wait);
	default:
		return -1;
	}
}

/* For a modprobe among the commands of the configuration: it should see what we see. */
static void pass_on(int opt)
{
	static const char with_argument[] = "CdS", plain[] = "qsv";
	const char *before = getenv("MODPROBE_OPTIONS");
	const char *quote = optarg && strchr(optarg, '\'') ? "\"" : "'";
	char *text;
	int n = -1;

	if (opt > 0 && opt < 128 && strchr(plain, opt))
		n = asprintf(&text, "%s -%c", before ? before : "", opt);
	else if (opt > 0 && opt < 128 && strchr(with_argument, opt))
		n = asprintf(&text, "%s -%c %s%s%s", before ? before : "", opt, quote,
			     optarg, quote);
	if (n < 0)
		return;
	setenv("MODPROBE_OPTIONS", text + (*text == ' '), 1);
	free(text);
}

static int parse_options(struct command *c, int argc, char **argv)
{
	int opt;

	optind = 0; /* start anew: this runs for $MODPROBE_OPTIONS, too */
	while ((opt = getopt_long(argc, argv, "abcC:d:DfhiklnqrRsS:t:vVw:", long_options,
				  NULL)) != -1) {
		if (parse_option(c, opt) != 0)
			return -1;
		if (!c->in_environment)
			pass_on(opt);
	}
	return 0;
}

/* Take the next word off *text, without its quotes, in place. NULL at the end. */
static char *next_word(char **text)
{
	char *from = *text + strspn(*text, " \t\n"), *word = from, *to = from, quote = 0;

	if (!*from)
		return NULL;
	for (; *from && (quote || !strchr(" \t\n", *from)); from++) {
		if (quote ? *from == quote : *from == '"' || *from == '\'')
			quote = quote ? 0 : *from;
		else
			*to++ = *from;
	}
	*text = from + (*from != '\0');
	*to = '\0';
	return word;
}

static int parse_environment(struct command *c, char *tool)
{
	const char *value = getenv("MODPROBE_OPTIONS");
	char *at, *word, **argv;
	int argc = 0, rc = -1;

	if (!value)
		return 0;
	at = c->environment = strdup(value);
	argv = calloc(strlen(value) / 2 + 3, sizeof(*argv));
	if (!at || !argv) {
		msg_errno(-ENOMEM, "$MODPROBE_OPTIONS");
		goto out;
	}
	argv[argc++] = tool;
	while ((word = next_word(&at)))
		argv[argc++] = word;
	c->in_environment = true;
	rc = parse_options(c, argc, argv);
	c->in_environment = false;
	if (rc != 0 || optind < argc) {
		msg_error("$MODPROBE_OPTIONS is wrong: %s", value);
		rc = -1;
	}
out:
	free(argv);
	return rc;
}

/* In safe mode the last argument is no option, whatever it looks like. */
static int parse_arguments(struct command *c, int argc, char **argv)
{
	char *last = NULL;

	c->safe = called_by_kernel();
	if (!c->safe && parse_environment(c, argv[0]) != 0)
		return -1;
	if (c->safe && argc > 1) {
		last = argv[--argc];
		argv[argc] = NULL;
		c->m.name_only = true;
	}
	if (parse_options(c, argc, argv) != 0)
		return -1;
	if (last) {
		argv[argc++] = last;
		if (optind < argc - 1 && strcmp(argv[optind], "--") == 0)
			optind++;
	}
	c->names = argv + optind;
	c->n = argc - optind;
	return 0;
}

/* --- one name ----------------------------------------------------------------------------- */

static int do_name(struct modprobe *m, const char *name, int depth);

/* probe: until one is done; probeall: every one. One success is success. */
static int do_list(struct modprobe *m, const struct target *t, int depth)
{
	size_t nparams = m->nparams;
	int errors = msg_errors();
	bool every = t->list->kind == MODCONF_PROBEALL || m->remove || m->show_depends ||
		     m->resolve;
	int rc = -1;

	if (depth > 20) {
		msg_error("%s%s: probe lists go in circles (%s:%u)", t->via,
			  t->list->name, t->list->file, t->list->line);
		return -1;
	}
	m->nparams = 0; /* they were meant for the name itself */
	for (size_t i = 0; i < t->list->nwords; i++) {
		if (do_name(m, t->list->words[i], depth + 1) == 0)
			rc = 0;
		if (rc == 0 && !every)
			break;
	}
	m->nparams = nparams;
	if (!rc)
		msg_forgive(errors);
	return rc;
}

static int do_target(struct modprobe *m, const struct target *t, int depth)
{
	int rc;

	if (t->kind == TARGET_OFF)
		return 0;
	if (t->kind == TARGET_LIST)
		return do_list(m, t, depth);
	if (m->resolve || m->show_depends)
		return show_target(m, t);
	if (m->remove)
		return remove_target(m, t);
	rc = load_target(m, t);
	if (rc && rc != -EEXIST && !m->quiet)
		msg_error("insmod %s failed%s%s%s", t->names[0], *t->via ? ": " : "",
			  t->via, *t->via ? t->module->name : "");
	return rc;
}

static int unknown(struct modprobe *m, const char *name, const struct dead_end *why)
{
	const char *lacks;
	char *nearest;

	if (m->remove && load_open_kernel(m) == 0 && ksyms_module(&m->loaded, name))
		return remove_by_name(m, name);
	if (m->quiet || m->tree.damaged)
		return -1;
	nearest = show_nearest(m, why->name);
	if (strchr(name, '/') && !m->name_only)
		msg_error("Can't locate module %s: it is neither an alias nor a file",
			  name);
	else if ((lacks = tree_lacks(&m->tree)) != NULL)
		msg_error("Can't locate module %s: there is no %s", name, lacks);
	else
		msg_error("Can't locate module %s in %s%s%s", name, m->tree.dir, why->way,
			  nearest ? nearest : "");
	free(nearest);
	return -1;
}

/* A file by its path: with the dependencies that modules.dep knows for its name. */
static struct target *path_target(struct modprobe *m, const char *path)
{
	struct target *t = obstack_alloc(&m->tree.mem, sizeof(*t));
	char *name = modname_of_path(path), *full = realpath(path, NULL);
	struct module *known = name ? tree_module(&m->tree, name) : NULL;

	if (!name || !full) {
		msg_errno(-errno, "%s", path);
		t = NULL;
	} else {
		struct module *own = obstack_alloc(&m->tree.mem, sizeof(*own));

		*own = (struct module){.name = tree_strdup(&m->tree, name),
				       .path = tree_strdup(&m->tree, full)};
		if (known) {
			own->deps = known->deps;
			own->ndeps = known->ndeps;
		}
		*t = (struct target){.kind = TARGET_MODULE,
				     .module = own,
				     .names = &own->name,
				     .nnames = 1,
				     .via = ""};
	}
	free(name);
	free(full);
	return t;
}

struct match {
	struct modprobe *m;
	const char *pattern;
	bool any;
	int rc;
};

/* -t TYPE, or a name with wildcards: module files of modules.dep, the first that works. */
static int do_match(void *arg, const char *key, const struct moddep_match *value)
{
	struct match *x = arg;
	struct modprobe *m = x->m;
	struct module *found;
	struct target t;

	if (!show_wanted(m, value->value, x->pattern))
		return 0;
	found = tree_module(&m->tree, key);
	if (!found)
		return 0;
	x->any = true;
	t = (struct target){.kind = TARGET_MODULE,
			    .module = found,
			    .names = &found->name,
			    .nnames = 1,
			    .via = ""};
	if (do_target(m, &t, 0) != 0)
		return 0;
	x->rc = 0;
	return !m->all;
}

static int do_pattern(struct modprobe *m, const char *pattern)
{
	struct match x = {m, pattern, false, -1};
	int rc = moddep_walk(m->tree.index, MODDEP_DEP, do_match, &x);

	if (rc < 0)
		tree_complain(&m->tree, rc);
	else if (!x.any && !m->quiet)
		msg_error("Can't locate module file %s in %s%s%s", pattern, m->tree.dir,
			  m->type ? " below " : "", m->type ? m->type : "");
	return x.rc;
}

static int do_name(struct modprobe *m, const char *name, int depth)
{
	struct target *t;
	struct dead_end why;
	int rc = -1, errors = msg_errors();

	if (m->type && !m->remove && !m->name_only && !strchr(name, '/'))
		return do_pattern(m, name);
	t = resolve(&m->tree, name, &why);
	if (!t && !why.loop && !m->name_only && strchr(name, '/') &&
	    access(name, F_OK) == 0)
		t = path_target(m, name);
	else if (!t && !why.loop && !m->name_only && strpbrk(name, "*?["))
		return do_pattern(m, name);
	if (!t)
		return why.loop ? -1 : unknown(m, name, &why);
	for (; t; t = t->next) /* several providers: one that works is enough */
		if (do_target(m, t, depth) == 0)
			rc = 0;
	if (!rc)
		msg_forgive(errors);
	return rc;
}

/* --- modes -------------------------------------------------------------------------------- */

/* A name and its parameters, or with -a and -r any number of names. */
static int do_names(struct command *c)
{
	struct modprobe *m = &c->m;
	bool many = m->all || m->remove;
	int rc = 0;

	for (int i = 0; i < c->n;) {
		int first = i + 1;

		for (i = first; i < c->n && (!many || strchr(c->names[i], '=')); i++)
			;
		m->params = (const char *const *)c->names + first;
		m->nparams = i - first;
		if (do_name(m, c->names[first - 1], 0) != 0)
			rc = -1;
	}
	return rc;
}

static int run(struct command *c)
{
	struct modprobe *m = &c->m;

	if (m->show_config) {
		show_config(m);
		return 0;
	}
	if (m->remove && !c->n)
		return remove_idle(m);
	if (m->list)
		return show_list(m, c->names, c->n);
	return do_names(c);
}

/* Wrong usage, found before anything is read. */
static bool usage_is_wrong(const struct command *c)
{
	const struct modprobe *m = &c->m;

	if (!c->n && !m->remove && !m->list && !m->show_config) {
		msg_usage("which module?");
		return true;
	}
	if (m->list || m->show_config || !c->n)
		return false;
	if (!m->all && !m->remove)
		for (int i = 1; i < c->n; i++)
			if (!strchr(c->names[i], '=')) {
				msg_usage("%s is no SYMBOL=VALUE; use -a to load several "
					  "modules",
					  c->names[i]);
				return true;
			}
	return false;
}

static int check_names(const struct command *c)
{
	if (c->safe && c->n > 1) {
		msg_error("Safe mode has more than one parameter");
		return -1;
	}
	for (int i = 0; c->m.name_only && i < c->n; i++)
		if ((c->safe || i == 0 || c->m.all) && !name_is_data(c->names[i]))
			return -1;
	return 0;
}

static bool only_looks(const struct modprobe *m)
{
	return m->show || m->show_depends || m->show_config || m->resolve || m->list;
}

/* -S, else the kernel's; this machine's if there is none and none is needed. malloced. */
static char *find_release(const struct modprobe *m)
{
	struct utsname u;
	char *text = NULL;

	if (m->release)
		return strdup(m->release);
	if (ksys_open() == 0 && ksys_read_file("/proc/sys/kernel/osrelease", &text) > 0) {
		text[strcspn(text, "\n")] = '\0';
		return text;
	}
	free(text);
	if (only_looks(m) && uname(&u) == 0)
		return strdup(u.release);
	msg_error("%s", ksys_why());
	return NULL;
}

/* depfile= is below the root, $DEPPATH is not. */
static int use_depfile(struct command *c, struct modconf *conf)
{
	const struct modconf_entry *e = modconf_find(conf, MODCONF_SETTING, "depfile");
	const char *root = c->root && e && strcmp(e->file, "environment") ? c->root : "";
	char *path;
	int err;

	if (!e || !e->nwords)
		return 0;
	if (asprintf(&path, "%s%s", root, e->words[0]) < 0)
		return -ENOMEM;
	err = moddep_set_depfile(c->m.tree.index, path);
	free(path);
	return err;
}

static int open_tree(struct command *c, const char *release)
{
	struct modconf_options opt = {.file = c->config,
				      .root = c->root,
				      .release = release,
				      .safe = c->safe,
				      .autoclean = c->m.autoclean};
	struct modconf *conf;
	char *dir;
	int err = modconf_read(&conf, &opt);

	if (err) {
		modconf_free(conf);
		return -1;
	}
	dir = modpath_tree(c->root, release);
	if (!dir) {
		msg_errno(-errno, "module directory");
		modconf_free(conf);
		return -1;
	}
	err = tree_open(&c->m.tree, dir, conf);
	free(dir);
	if (!err)
		err = use_depfile(c, conf);
	if (err)
		msg_errno(err, "%s", c->m.tree.dir);
	return err ? -1 : 0;
}

int main(int argc, char **argv)
{
	static struct command c;
	char *release;

	msg_init(argv[0]);
	if (parse_arguments(&c, argc, argv) != 0)
		return msg_usage(NULL);
	if (c.help || c.version) {
		fputs(c.help ? usage_text : "modprobe (modstack) " MODSTACK_VERSION "\n",
		      stdout);
		return msg_status();
	}
	if (check_names(&c) != 0)
		return MSG_FAILED;
	if (usage_is_wrong(&c))
		return MSG_USAGE;
	release = find_release(&c.m);
	if (!release || open_tree(&c, release) != 0)
		return MSG_FAILED;
	if (run(&c) != 0 || c.m.tree.damaged) {
		msg_status();
		return MSG_FAILED;
	}
	ksyms_free(&c.m.loaded);
	ksys_close();
	tree_close(&c.m.tree);
	free(c.environment);
	free(release);
	return msg_status();
}
