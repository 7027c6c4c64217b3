/* rmmod - take modules out of the kernel */
#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "ksyms.h"
#include "ksys.h"
#include "modname.h"
#include "msg.h"
#include "persist.h"
#include "snapshot.h"

static const char usage_text[] =
	"usage: rmmod [OPTION...] MODULE...\n"
	"\n"
	"  -a, --all      sweep: let the kernel unload idle autoclean modules\n"
	"  -e, --persist  only save persistent parameters, of all modules if none is "
	"named\n"
	"  -r, --stacks   unload also what the modules depended on, if nobody else needs "
	"it\n"
	"  -s, --syslog   messages to syslog\n"
	"  -v, --verbose  say more\n"
	"  -V, --version  print the version\n"
	"  -h, --help     print this\n";

static const struct option long_options[] = {
	{"all", no_argument, NULL, 'a'},     {"persist", no_argument, NULL, 'e'},
	{"help", no_argument, NULL, 'h'},    {"stacks", no_argument, NULL, 'r'},
	{"syslog", no_argument, NULL, 's'},  {"verbose", no_argument, NULL, 'v'},
	{"version", no_argument, NULL, 'V'}, {NULL, 0, NULL, 0},
};

struct command {
	bool all, persist, stacks, syslog, verbose;
	char **names;
	size_t nnames;
};

enum { GO_ON = -1 }; /* otherwise an exit status */

static int parse(struct command *c, int argc, char **argv)
{
	int letter;

	while ((letter = getopt_long(argc, argv, "aehrsvV", long_options, NULL)) != -1) {
		switch (letter) {
		case 'a':
			c->all = true;
			break;
		case 'e':
			c->persist = true;
			break;
		case 'r':
			c->stacks = true;
			break;
		case 's':
			c->syslog = true;
			break;
		case 'v':
			c->verbose = true;
			break;
		case 'V':
			printf("rmmod (modstack) %s\n", MODSTACK_VERSION);
			return MSG_OK;
		case 'h':
			fputs(usage_text, stdout);
			return MSG_OK;
		default:
			return msg_usage(NULL);
		}
	}
	c->names = argv + optind;
	c->nnames = argc - optind;
	if (c->all || c->persist || c->nnames)
		return GO_ON;
	return msg_usage("which module?");
}

/* The modules that need it, if it is they. */
static void tell_users(const char *name)
{
	struct ksyms k;
	const struct ksyms_module *m;
	char *list = NULL;
	size_t len;
	FILE *f;

	if (ksyms_fetch_named(&k, &name, 1, KSYMS_REFS) == 0 &&
	    (m = ksyms_module(&k, name)) && m->nrefs &&
	    (f = open_memstream(&list, &len))) {
		for (size_t i = 0; i < m->nrefs; i++)
			fprintf(f, " %s", m->refs[i]);
		if (fclose(f) == 0)
			msg_hint("%s is in use by:%s", name, list);
	}
	free(list);
	ksyms_free(&k);
}

static void tell_name(const char *path)
{
	char *name = modname_of_path(path);

	if (name && strcmp(name, path) != 0)
		msg_hint("the module of that file is called %s", name);
	free(name);
}

static void complain(const char *name, int err)
{
	if (err == -ENOENT) {
		msg_error("module %s is not loaded", name);
		tell_name(name);
		return;
	}
	msg_errno(err, "%s", name);
	if (err == -EBUSY)
		tell_users(name);
	if (err == -EFAULT || err == -ETIME)
		msg_hint("its cleanup function was stopped; it is gone all the same; "
			 "the kernel's log tells more");
}

/* The modules to go, in order. */
struct plan {
	const struct ksyms *k;
	const struct ksyms_module **modules;
	size_t n;
	struct ksys_call *calls; /* their deletion, with the results */
	bool verbose;
	unsigned deleted;
};

static int plan_start(struct plan *p, const struct ksyms *k, size_t room)
{
	p->k = k;
	p->modules = calloc(room + 1, sizeof(*p->modules));
	p->calls = calloc(room + 1, sizeof(*p->calls));
	return p->modules && p->calls ? 0 : -ENOMEM;
}

static void plan_free(struct plan *p)
{
	free(p->modules);
	free(p->calls);
}

/* Save what they want to be remembered, then delete them in one round trip. */
static int plan_run(struct plan *p)
{
	for (size_t i = 0; i < p->n; i++) {
		persist_save(p->k, p->modules[i]);
		p->calls[i] = (struct ksys_call){
			.nr = KSYS_delete_module,
			.nargs = 1,
			.arg = {ksys_str(p->modules[i]->name)},
		};
	}
	return ksys_run(p->calls, p->n);
}

static void tell_success(struct plan *p, size_t i)
{
	p->deleted++;
	if (p->verbose)
		msg_info("%s unloaded", p->modules[i]->name);
}

static const struct ksyms_module *find_loaded(const struct ksyms *k, const char *name)
{
	const struct ksyms_module *m = ksyms_module(k, name);

	if (!m)
		complain(name, -ENOENT);
	return m;
}

static int remove_named(struct plan *p, const struct command *c)
{
	int err = plan_start(p, p->k, c->nnames);

	for (size_t i = 0; !err && i < c->nnames; i++) {
		p->modules[p->n] = ksyms_module(p->k, c->names[i]);
		p->n += p->modules[p->n] != NULL;
	}
	if (!err)
		err = plan_run(p);
	for (size_t i = 0, planned = 0; !err && i < c->nnames; i++) {
		if (!find_loaded(p->k, c->names[i]))
			continue;
		if (p->calls[planned].result < 0)
			complain(c->names[i], p->calls[planned].result);
		else
			tell_success(p, planned);
		planned++;
	}
	return err;
}

/* --- stacks ------------------------------------------------------------------------- */

/* What is known about modules[i] of the snapshot. */
struct fate {
	bool named;
	bool planned; /* to be deleted */
	bool stays;   /* could not be deleted */
};

static bool is_planned(struct fate f)
{
	return f.planned;
}

static bool is_gone(struct fate f)
{
	return f.planned && !f.stays;
}

/* Does a module that does not satisfy `goes` need m? */
static bool is_needed(const struct ksyms *k, const struct ksyms_module *m,
		      const struct fate *fates, bool (*goes)(struct fate))
{
	for (size_t i = 0; i < m->nrefs; i++) {
		const struct ksyms_module *ref = ksyms_module(k, m->refs[i]);

		if (!ref || !goes(fates[ref - k->modules]))
			return true;
	}
	return false;
}

static void mark_named(const struct ksyms *k, struct fate *fates, const struct command *c)
{
	for (size_t i = 0; i < c->nnames; i++) {
		const struct ksyms_module *m = find_loaded(k, c->names[i]);

		if (m)
			fates[m - k->modules].named = true;
	}
}

/* From the newest to the oldest: whoever needs a module has been decided about before
 * it. */
static void plan_stacks(struct plan *p, struct fate *fates)
{
	for (size_t i = 0; i < p->k->nmodules; i++) {
		const struct ksyms_module *m = &p->k->modules[i];

		if (!fates[i].named && m->nrefs == 0)
			continue;
		if (!is_needed(p->k, m, fates, is_planned)) {
			fates[i].planned = true;
			p->modules[p->n++] = m;
		} else if (fates[i].named) {
			msg_error("%s is in use", m->name);
		}
	}
}

/* Only the first failure of a stack is news: what lies below it is needed, of course. */
static void report_stacks(struct plan *p, struct fate *fates)
{
	for (size_t i = 0; i < p->n; i++) {
		const struct ksyms_module *m = p->modules[i];
		struct fate *f = &fates[m - p->k->modules];

		f->stays = p->calls[i].result < 0;
		if (!f->stays)
			tell_success(p, i);
		else if (!is_needed(p->k, m, fates, is_gone))
			complain(m->name, p->calls[i].result);
		else if (f->named)
			msg_error("%s is in use", m->name);
	}
}

static int remove_stacks(struct plan *p, const struct command *c)
{
	struct fate *fates = calloc(p->k->nmodules + 1, sizeof(*fates));
	int err = fates ? plan_start(p, p->k, p->k->nmodules) : -ENOMEM;

	if (!err) {
		mark_named(p->k, fates, c);
		plan_stacks(p, fates);
		err = plan_run(p);
	}
	if (!err)
		report_stacks(p, fates);
	free(fates);
	return err;
}

/* --- the rest ----------------------------------------------------------------------- */

static void save_all(const struct ksyms *k)
{
	for (size_t i = 0; i < k->nmodules; i++)
		persist_save(k, &k->modules[i]);
}

static void save_named(const struct ksyms *k, const struct command *c)
{
	for (size_t i = 0; i < c->nnames; i++) {
		const struct ksyms_module *m = find_loaded(k, c->names[i]);

		if (m)
			persist_save(k, m);
	}
	if (!c->nnames)
		save_all(k);
}

/* Is it not there, unless under a name with dashes and underscores mixed otherwise? */
static bool may_be_mixed(const struct ksyms *k, const char *name)
{
	const char *first = strpbrk(name, "-_");

	return first && strpbrk(first + 1, "-_") && !ksyms_module(k, name);
}

/* What matters of the kernel: of modules that are named no others, and its version only if
 * it goes into a file of persistent data. */
static int fetch(struct ksyms *k, const struct command *c)
{
	const char *const *names = (const char *const *)c->names;
	bool saves = false, all = c->all || c->stacks || !c->nnames;
	int err;

	if (all)
		return ksyms_fetch(k, KSYMS_SYMBOLS | KSYMS_VERSION |
					      (c->stacks ? KSYMS_REFS : 0));
	err = ksyms_fetch_named(k, names, c->nnames, KSYMS_SYMBOLS);
	for (size_t i = 0; i < k->nmodules && !err; i++)
		saves |= persist_is_saved(&k->modules[i]);
	for (size_t i = 0; i < c->nnames && !err; i++)
		all |= may_be_mixed(k, names[i]);
	if (err || (!saves && !all))
		return err;
	ksyms_free(k);
	if (all)
		return ksyms_fetch(k, KSYMS_SYMBOLS | KSYMS_VERSION);
	return ksyms_fetch_named(k, names, c->nnames, KSYMS_SYMBOLS | KSYMS_VERSION);
}

static int run(const struct command *c)
{
	struct ksyms k;
	struct plan plan = {.k = &k, .verbose = c->verbose};
	int err = ksys_open();

	if (err)
		return err;
	err = fetch(&k, c);
	if (err)
		goto out;
	if (c->all) {
		save_all(&k);
		err = ksys_delete_module(NULL);
	} else if (c->persist) {
		save_named(&k, c);
	} else if (c->stacks) {
		err = remove_stacks(&plan, c);
	} else {
		err = remove_named(&plan, c);
	}
	if (!err && (plan.deleted || c->all))
		snapshot_save();
out:
	plan_free(&plan);
	ksyms_free(&k);
	return err;
}

int main(int argc, char **argv)
{
	struct command c = {0};
	int status, err;

	msg_init("rmmod");
	status = parse(&c, argc, argv);
	if (status == GO_ON) {
		if (c.syslog)
			msg_to_syslog();
		err = run(&c);
		if (err)
			msg_error("%s", ksys_strerror(err));
		ksys_close();
	}
	return msg_finish(status);
}
