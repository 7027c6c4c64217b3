/* depmod/depmod.c - make modules.dep and the other indexes of a module directory
 *
 * The line: options, configuration, walk of the tree, facts of each module (from the cache or
 * its file), order, dependencies, indexes, cache.
 */
#include <errno.h>
#include <getopt.h>
#include <limits.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>
#include <time.h>
#include <unistd.h>
#include "cache.h"
#include "config.h"
#include "crew.h"
#include "deps.h"
#include "indexes.h"
#include "kernel.h"
#include "modname.h"
#include "msg.h"
#include "outdir.h"
#include "scan.h"
#include "store.h"
#include "tree.h"

struct options {
	const char *base, *outbase, *moddir, *config, *map, *symvers, *prefix, *version;
	bool quick, show, errsyms, quiet, unresolved_error, verbose, warn, classic;
	char **files;
	int nfiles;
};

struct run {
	struct options o;
	char *dir, *outdir,
		*prefix; /* BASE/lib/modules/VERSION, same of -o, without base */
	struct config config;
	struct kernel kernel;
	struct tree tree;
	struct store store;
	struct cache cache;
	struct cache_print print;
	struct deps deps;
	struct outdir out;
	int64_t start; /* ns: when the run began */
	bool cached;   /* there is a cache */
	bool current;  /* nothing to do */
};

static void usage(FILE *to)
{
	fputs("usage: depmod [-aAenqrsuvw] [-b BASE] [-o BASE] [-m DIR] [-C FILE] [-P "
	      "CHAR]\n"
	      "              [-F SYSTEM.MAP | -E MODULE.SYMVERS] [--classic] [VERSION]\n"
	      "       depmod [-enqsuvw] [-F SYSTEM.MAP | -E MODULE.SYMVERS] [VERSION] "
	      "MODULE...\n"
	      "\n"
	      "  -a, --all               all modules of the tree (the default)\n"
	      "  -A, --quick             only if something changed\n"
	      "  -b, --basedir=BASE      the tree is BASE/lib/modules/VERSION\n"
	      "  -o, --outdir=BASE       write to BASE/lib/modules/VERSION\n"
	      "  -m, --moduledir=DIR     instead of /lib/modules\n"
	      "  -C, --config=PATH       configuration file or directory\n"
	      "  -e, --errsyms           name unresolved symbols (with -F or -E)\n"
	      "  -F, --filesyms=FILE     System.map or copy of /proc/ksyms: the kernel's "
	      "symbols\n"
	      "  -E, --symvers=FILE      Module.symvers: the kernel's symbols, with "
	      "versions\n"
	      "  -P, --symbol-prefix=C   skip C at the front of symbol names\n"
	      "  -n, --show, --dry-run   print the text files, write none\n"
	      "  -u, --unresolved-error  unresolved symbols make depmod fail\n"
	      "  -q, --quiet             do not report unresolved symbols\n"
	      "  -v, --verbose           print which module needs which symbol of which\n"
	      "  -w, --warn              warn of duplicate aliases and symbols\n"
	      "  -r, --root              accepted: owners of files do not matter to "
	      "depmod\n"
	      "  -s, --syslog            messages go to syslog\n"
	      "      --classic           modules.dep in the shape of modutils 2.4\n"
	      "  -V, --version           print the version\n"
	      "  -h, --help              print this\n",
	      to);
}

static const struct option long_options[] = {
	{"all", no_argument, NULL, 'a'},
	{"quick", no_argument, NULL, 'A'},
	{"basedir", required_argument, NULL, 'b'},
	{"config", required_argument, NULL, 'C'},
	{"errsyms", no_argument, NULL, 'e'},
	{"symvers", required_argument, NULL, 'E'},
	{"filesyms", required_argument, NULL, 'F'},
	{"help", no_argument, NULL, 'h'},
	{"moduledir", required_argument, NULL, 'm'},
	{"show", no_argument, NULL, 'n'},
	{"dry-run", no_argument, NULL, 'n'},
	{"outdir", required_argument, NULL, 'o'},
	{"symbol-prefix", required_argument, NULL, 'P'},
	{"quiet", no_argument, NULL, 'q'},
	{"root", no_argument, NULL, 'r'},
	{"syslog", no_argument, NULL, 's'},
	{"unresolved-error", no_argument, NULL, 'u'},
	{"verbose", no_argument, NULL, 'v'},
	{"version", no_argument, NULL, 'V'},
	{"warn", no_argument, NULL, 'w'},
	{"classic", no_argument, NULL, 'c'},
	{NULL, 0, NULL, 0},
};

/* Options that only set a member: where it is. */
static const struct {
	char letter;
	size_t member;
} flags[] =
	{
		{'e', offsetof(struct options, errsyms)},
		{'n', offsetof(struct options, show)},
		{'q', offsetof(struct options, quiet)},
		{'u', offsetof(struct options, unresolved_error)},
		{'v', offsetof(struct options, verbose)},
		{'w', offsetof(struct options, warn)},
		{'c', offsetof(struct options, classic)},
},
  strings[] = {
	  {'b', offsetof(struct options, base)},
	  {'C', offsetof(struct options, config)},
	  {'E', offsetof(struct options, symvers)},
	  {'F', offsetof(struct options, map)},
	  {'m', offsetof(struct options, moddir)},
	  {'o', offsetof(struct options, outbase)},
	  {'P', offsetof(struct options, prefix)},
};
#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

/* Returns false for a letter that is none of ours. */
static bool take_option(struct options *o, int letter)
{
	for (size_t i = 0; i < COUNT(flags); i++)
		if (flags[i].letter == letter)
			return (*(bool *)((char *)o + flags[i].member) = true);
	for (size_t i = 0; i < COUNT(strings); i++)
		if (strings[i].letter == letter)
			return (*(const char **)((char *)o + strings[i].member) = optarg);
	if (letter == 'a' || letter == 'A')
		o->quick = letter == 'A';
	else if (letter == 's')
		msg_to_syslog();
	else
		return letter == 'r';
	return true;
}

/* Does a non-option argument name a kernel version rather than a file? */
static bool is_version(const char *s)
{
	unsigned a, b;

	return !strchr(s, '/') && sscanf(s, "%u.%u", &a, &b) == 2;
}

/* Returns -1 to go on, else the exit status. */
static int parse(struct options *o, int argc, char **argv)
{
	static struct utsname uts;
	int letter;

	while ((letter = getopt_long(argc, argv, "aAb:C:eE:F:hm:no:P:qrsuvVw",
				     long_options, NULL)) != -1) {
		if (letter == 'h') {
			usage(stdout);
			return MSG_OK;
		}
		if (letter == 'V') {
			printf("depmod (modstack) %s\n", MODSTACK_VERSION);
			return MSG_OK;
		}
		if (!take_option(o, letter))
			return msg_usage(NULL);
	}
	if (o->prefix && (!o->prefix[0] || o->prefix[1]))
		return msg_usage("-P takes one character, not '%s'", o->prefix);
	if (o->map && o->symvers)
		return msg_usage("-E and -F exclude each other");
	if (optind < argc && is_version(argv[optind]))
		o->version = argv[optind++];
	o->files = argv + optind;
	o->nfiles = argc - optind;
	for (int i = 0; i < o->nfiles; i++)
		if (!strchr(o->files[i], '/'))
			return msg_usage("%s: arguments are one kernel version (N.N...), "
					 "and files with a / in their path",
					 o->files[i]);
	if (!o->version && uname(&uts) == 0)
		o->version = uts.release;
	return -1;
}

/* Join with single slashes: BASE may be NULL. */
static char *join(const char *base, const char *dir, const char *version)
{
	char *path;
	size_t len = base ? strlen(base) : 0;

	while (len && base[len - 1] == '/')
		len--;
	if (asprintf(&path, "%.*s%s%s/%s", (int)len, base ? base : "",
		     dir[0] == '/' ? "" : "/", dir, version) < 0)
		return NULL;
	return path;
}

static int set_paths(struct run *r)
{
	const char *moddir = r->o.moddir ? r->o.moddir : "/lib/modules";

	r->dir = join(r->o.base, moddir, r->o.version);
	r->outdir = join(r->o.outbase ? r->o.outbase : r->o.base, moddir, r->o.version);
	r->prefix = join(NULL, moddir, r->o.version);
	return r->dir && r->outdir && r->prefix ? 0 : -ENOMEM;
}

static int read_kernel(struct run *r)
{
	char prefix = r->o.prefix ? r->o.prefix[0] : '\0';

	if (r->o.map)
		return kernel_read_map(&r->kernel, r->o.map, prefix);
	if (r->o.symvers)
		return kernel_read_symvers(&r->kernel, r->o.symvers, prefix);
	if (r->o.errsyms || r->o.unresolved_error)
		msg_warn("-e and -u find nothing without -F or -E");
	return 0;
}

/* A file named on the command line: as in modules.dep if it lies in the tree, else absolute. */
static int add_file(struct run *r, const char *file)
{
	char *path = realpath(file, NULL), *dir = realpath(r->dir, NULL);
	size_t len = dir ? strlen(dir) : 0;
	int err = path ? 0 : -errno;

	if (path && dir && strncmp(path, dir, len) == 0 && path[len] == '/')
		err = tree_add(&r->tree, path + len + 1, NULL);
	else if (path)
		err = tree_add(&r->tree, path, NULL);
	free(path);
	free(dir);
	if (err == -EINVAL)
		msg_error("%s: not the name of a module", file);
	else if (err)
		msg_errno(err, "%s", file);
	return err;
}

static int find_modules(struct run *r)
{
	if (!r->o.nfiles)
		return r->cached && cache_walk(&r->cache, &r->print, &r->tree)
			       ? 0
			       : tree_walk(&r->tree);
	for (int i = 0; i < r->o.nfiles; i++) {
		int err = add_file(r, r->o.files[i]);

		if (err)
			return err;
	}
	return 0;
}

/* All that decides what is written, besides the modules and what -E compares. */
static int make_print(struct run *r)
{
	static const char *const inputs[] = {"modules.order", "modules.builtin",
					     "modules.builtin.modinfo"};
	const struct config *c = &r->config;
	const struct config_list *lists[] = {&c->search,  &c->override, &c->external,
					     &c->exclude, &c->paths,	&c->prune,
					     &c->files};
	const char *texts[] = {MODSTACK_VERSION, r->dir, r->prefix,
			       r->o.classic ? "classic" : ""};

	for (size_t i = 0; i < COUNT(texts); i++)
		cache_print_add(&r->print, texts[i], strlen(texts[i]) + 1);
	for (size_t i = 0; i < COUNT(lists); i++) {
		cache_print_add(&r->print, &lists[i]->n, sizeof(lists[i]->n));
		for (size_t k = 0; k < lists[i]->n; k++)
			cache_print_add(&r->print, lists[i]->v[k],
					strlen(lists[i]->v[k]) + 1);
	}
	for (size_t i = 0; i < COUNT(inputs); i++) {
		struct text text = {0};
		int err = tree_read(&r->tree, inputs[i], &text);

		if (!err)
			cache_print_add(&r->print, text.bytes, text.len);
		text_free(&text);
		if (err == -ENOMEM)
			return err;
	}
	return 0;
}

static bool copies_are_there(const struct run *r)
{
	const struct config_list *files = &r->config.files;

	for (size_t i = 1; i < files->n; i += 2)
		if (access(files->v[i], F_OK) < 0)
			return false;
	return true;
}

/* Facts come from the cache where they can. */
static int read_modules(struct run *r)
{
	struct facts_wanted how = {.prefix = r->o.prefix ? r->o.prefix[0] : '\0',
				   .crcs = r->o.symvers != NULL};
	bool *wanted = malloc(r->tree.names.n + 1);
	int err = 0;

	if (!wanted)
		return -ENOMEM;
	if (cache_apply(&r->cache, &r->tree, wanted) == 0 && r->o.quick && !r->o.show &&
	    copies_are_there(r))
		r->current = cache_is_current(&r->cache, &r->tree, r->outdir, &r->print);
	if (!r->current && cache_load(&r->cache, &r->store) < 0)
		memset(wanted, true, r->tree.names.n);
	r->store.crcs = how.crcs;
	if (!r->current)
		err = scan_modules(&r->tree, &r->store, wanted, &how);
	free(wanted);
	return err;
}

static int resolve(struct run *r)
{
	struct deps_options how = {
		.verbose = r->o.verbose && !r->o.show,
		.kernel = r->o.map || r->o.symvers ? &r->kernel : NULL,
		.unresolved = r->o.errsyms && !r->o.quiet,
		.crcs = r->o.symvers != NULL,
	};
	int err = deps_compute(&r->deps, &r->tree, &r->store, &how);

	if (!err && r->deps.unresolved && !r->o.quiet && how.kernel)
		msg_warn("%u unresolved symbol%s%s", r->deps.unresolved,
			 r->deps.unresolved == 1 ? "" : "s",
			 r->o.errsyms ? "" : " (-e names them)");
	return err;
}

/* Only modules of 2.4 have device tables, and only its tools read map files. */
static bool has_classic(const struct tree *t)
{
	for (uint32_t i = 0; i < t->norder; i++)
		if (modname_is_classic(tree_base(tree_path(t, t->order[i]))))
			return true;
	return false;
}

/* Writing a file: what was said over it, and how it ended. */
struct job {
	struct msg_kept said;
	int err;
};

/* What there is to write, by several threads: the facts for the cache, and the indexes from the
 * last to the first; the first ones take least time. */
struct writing {
	struct indexes *indexes;
	struct cache_image image;
	struct run *run;
	struct job *jobs;
};

static int write_one(void *arg, unsigned i)
{
	struct writing *w = arg;
	struct run *r = w->run;
	struct job *job = &w->jobs[i];

	msg_keep(&job->said);
	if (i)
		job->err = indexes_put(w->indexes, w->indexes->n - i, &r->out);
	else if (!r->o.prefix)
		job->err = cache_prepare(&w->image, &r->tree, &r->store);
	msg_keep(NULL);
	return job->err;
}

/* Up to the first job that failed: those before it have all been done. */
static int write_each(struct writing *w)
{
	unsigned n = 1 + w->indexes->n;
	int err = 0;

	w->jobs = calloc(n, sizeof(*w->jobs));
	if (!w->jobs)
		return -ENOMEM;
	crew_run(n, write_one, w);
	for (unsigned i = 0; i < n; i++) {
		msg_release(&w->jobs[i].said, !err);
		err = err ? err : w->jobs[i].err;
	}
	free(w->jobs);
	return err;
}

/* A file that modules.conf gives another place: there it is for the tools of modutils. */
static int write_copy(const struct indexes *x, const char *name, const char *path)
{
	struct outdir out = {.fd = -1};
	struct text text = {0};
	const char *base = tree_base(path);
	char *dir = base == path ? strdup(".") : strndup(path, base - path);
	int err = dir ? outdir_open(&out, dir, false) : -ENOMEM;

	free(dir);
	if (!err)
		err = indexes_copy(x, name, &text);
	if (!err)
		err = outdir_put(&out, 0, base, text.bytes, text.len);
	if (!err)
		err = outdir_touch(&out);
	if (!err)
		err = outdir_commit(&out);
	outdir_close(&out);
	text_free(&text);
	return err;
}

/* Does the path name this file of the set? */
static bool is_of_set(const struct run *r, const char *name, const char *path)
{
	char set[PATH_MAX], *copy = realpath(path, NULL);
	bool same = copy && realpath(r->outdir, set) && !strcmp(tree_base(copy), name) &&
		    strlen(set) == tree_base(copy) - 1 - copy &&
		    !memcmp(set, copy, strlen(set));

	free(copy);
	return same;
}

static int write_copies(const struct run *r, const struct indexes *x)
{
	const struct config_list *files = &r->config.files;
	int err = 0;

	for (size_t i = 0; !err && i + 1 < files->n; i += 2)
		if (!is_of_set(r, files->v[i], files->v[i + 1]))
			err = write_copy(x, files->v[i], files->v[i + 1]);
	return err;
}

static int write_files(struct run *r, struct indexes *x)
{
	struct writing w = {.indexes = x, .run = r};
	int err = outdir_open(&r->out, r->outdir, r->o.outbase != NULL);

	if (!err)
		err = write_each(&w);
	if (!err)
		err = outdir_touch(&r->out);
	if (!err && !r->o.prefix)
		err = cache_put(&w.image, &r->tree, &r->out, x->n, &r->print, r->start);
	text_free(&w.image.bytes);
	if (!err)
		err = outdir_commit(&r->out);
	outdir_close(&r->out); /* and its lock: copies may lie there, too */
	return err ? err : write_copies(r, x);
}

static int write_all(struct run *r)
{
	struct indexes x = {
		.tree = &r->tree,
		.store = &r->store,
		.deps = &r->deps,
		.prefix = r->prefix,
		.classic = r->o.classic,
		.tables = has_classic(&r->tree),
		.warn_duplicates = r->o.warn,
	};
	int err;

	/* Old files are better than empty ones. */
	if (!r->tree.norder && r->tree.names.n) {
		msg_error("%s: no module could be read, nothing written", r->dir);
		return -ENOEXEC;
	}
	indexes_report(&x);
	err = indexes_prepare(&x);
	if (!err)
		err = r->o.show || r->o.nfiles ? indexes_print(&x, r->o.show)
					       : write_files(r, &x);
	indexes_free(&x);
	return err;
}

/* -C names a file of one family, and then the other says nothing. */
static int read_config(struct run *r)
{
	bool modules_conf = r->o.config && config_is_modules_conf(r->o.config);
	struct config_where where = {
		.modules_conf = modules_conf ? r->o.config : NULL,
		.base = r->o.base,
		.outbase = r->o.outbase ? r->o.outbase : r->o.base,
		.version = r->o.version,
		.dir = r->dir,
	};
	int err = modules_conf ? config_defaults(&r->config)
			       : config_read(&r->config, r->o.config, r->o.version);

	if (!err && (modules_conf || !r->o.config))
		err = config_read_places(&r->config, &where);
	return err;
}

/* Errors that have not been reported where they happened. */
static int run(struct run *r)
{
	int err = set_paths(r);

	if (!err)
		err = read_config(r);
	if (err) {
		msg_errno(err, "%s", r->o.config ? r->o.config : "configuration");
		return err;
	}
	err = tree_open(&r->tree, r->dir, &r->config);
	if (err && !r->o.nfiles) { /* files may lie anywhere */
		msg_errno(err, "%s", r->dir);
		return err;
	}
	err = read_kernel(r);
	if (!err)
		err = make_print(r);
	/* In the cache are names as they are, and no versions. */
	if (!err && !r->o.nfiles && !r->o.symvers && !r->o.prefix)
		r->cached = cache_open(&r->cache, r->outdir) == 0;
	r->tree.want_stat = r->cached;
	if (!err)
		err = find_modules(r);
	if (!err)
		err = read_modules(r);
	if (err || r->current)
		return err;
	err = tree_order(&r->tree);
	if (!err)
		err = resolve(r);
	return err ? err : write_all(r);
}

int main(int argc, char **argv)
{
	struct run r = {.tree.fd = -1, .out.fd = -1, .cache.fd = -1};
	struct timespec now;
	int status, err;

	msg_init("depmod");
	clock_gettime(CLOCK_REALTIME, &now);
	r.start = now.tv_sec * 1000000000ll + now.tv_nsec;
	status = parse(&r.o, argc, argv);
	if (status >= 0)
		return msg_status() == MSG_OK ? status
		       : status == MSG_OK     ? MSG_FAILED
					      : status;
	err = run(&r);
	if (err == -ENOMEM)
		msg_errno(err, "depmod");
	if (r.o.unresolved_error && r.deps.unresolved)
		err = -ENOENT;
	outdir_close(&r.out);
	deps_free(&r.deps);
	kernel_free(&r.kernel);
	store_free(&r.store);
	cache_close(&r.cache);
	tree_free(&r.tree);
	config_free(&r.config);
	free(r.dir);
	free(r.outdir);
	free(r.prefix);
	status = msg_status();
	return err ? MSG_FAILED : status;
}
