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
#include "snapshot.h"

static const char usage_text[] =
	"usage: rmmod [OPTION...] MODULE...\n"
	"\n"
	"  -a, --all      sweep: let the kernel unload idle autoclean modules\n"
	"  -r, --stacks   unload also what the modules depended on, if nobody else needs "
	"it\n"
	"  -s, --syslog   messages to syslog\n"
	"  -v, --verbose  say more\n"
	"  -V, --version  print the version\n"
	"  -h, --help     print this\n";

static const struct option long_options[] = {
	{"all", no_argument, NULL, 'a'},
	{"help", no_argument, NULL, 'h'},
	{"stacks", no_argument, NULL, 'r'},
	{"syslog", no_argument, NULL, 's'},
	{"verbose", no_argument, NULL, 'v'},
	{"version", no_argument, NULL, 'V'},
	{NULL, 0, NULL, 0},
};

struct command {
	bool all, stacks, syslog, verbose;
	char **names;
	size_t nnames;
};

enum { GO_ON = -1 }; /* otherwise an exit status */

static int parse(struct command *c, int argc, char **argv)
{
	int letter;

	while ((letter = getopt_long(argc, argv, "ahrsvV", long_options, NULL)) != -1) {
		switch (letter) {
		case 'a':
			c->all = true;
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
			fputs("try `rmmod --help'\n", stderr);
			return MSG_USAGE;
		}
	}
	c->names = argv + optind;
	c->nnames = argc - optind;
	if (c->all || c->nnames)
		return GO_ON;
	fputs("rmmod: which module? Try `rmmod --help'\n", stderr);
	return MSG_USAGE;
}

static void complain(const char *name, int err)
{
	if (err == -ENOENT)
		msg_error("module %s is not loaded", name);
	else
		msg_errno(err, "%s", name);
}

/* Delete modules in order, in one round trip; results are in the calls. */
static int delete_all(struct ksys_call *calls, const char **names, size_t n)
{
	int err;

	for (size_t i = 0; i < n; i++)
		calls[i] = (struct ksys_call){.nr = KSYS_delete_module,
					      .nargs = 1,
					      .arg = {ksys_str(names[i])}};
	err = ksys_run(calls, n);
	if (err)
		msg_error("%s", ksys_strerror(err));
	return err;
}

/* The kernel's spelling of a name it did not find: - and _ are equal to us, not to it. */
static int delete_by_other_spelling(const char *name)
{
	const struct ksyms_module *m;
	struct ksyms k;
	int err;

	if (!strpbrk(name, "-_"))
		return -ENOENT;
	err = ksyms_fetch(&k, 0);
	m = err ? NULL : ksyms_module(&k, name);
	if (!err)
		err = m ? ksys_delete_module(m->name) : -ENOENT;
	ksyms_free(&k);
	return err;
}

static void remove_named(const struct command *c)
{
	struct ksys_call *calls = calloc(c->nnames, sizeof(*calls));
	const char **names = (const char **)c->names;

	if (!calls) {
		msg_errno(-ENOMEM, "cannot start");
		return;
	}
	if (delete_all(calls, names, c->nnames) == 0) {
		for (size_t i = 0; i < c->nnames; i++) {
			int err = calls[i].result;

			if (err == -ENOENT)
				err = delete_by_other_spelling(names[i]);
			if (err)
				complain(names[i], err);
			else if (c->verbose)
				msg_info("%s unloaded", names[i]);
		}
	}
	free(calls);
}

/* --- stacks -------------------------------------------------------------------------- */

/* What is known about modules[i] of the snapshot. */
struct fate {
	bool named;
	bool planned; /* to be deleted */
	bool stays;   /* is in use, or could not be deleted */
};

struct stack {
	struct ksyms k;
	struct fate *fates;
	size_t *plan; /* indexes, in order */
	size_t nplan;
};

static bool needed_by_who_stays(const struct stack *s, size_t i,
				bool (*goes)(struct fate))
{
	const struct ksyms_module *m = &s->k.modules[i], *ref;

	for (size_t j = 0; j < m->nrefs; j++) {
		ref = ksyms_module(&s->k, m->refs[j]);
		if (!ref || !goes(s->fates[ref - s->k.modules]))
			return true;
	}
	return false;
}

static bool is_planned(struct fate f)
{
	return f.planned;
}

static bool went(struct fate f)
{
	return f.planned && !f.stays;
}

/* From the newest to the oldest: whoever needs a module has been decided about before it. */
static void make_plan(struct stack *s)
{
	for (size_t i = 0; i < s->k.nmodules; i++) {
		const struct ksyms_module *m = &s->k.modules[i];
		struct fate *f = &s->fates[i];

		if (!f->named && m->nrefs == 0)
			continue;
		if (!needed_by_who_stays(s, i, is_planned)) {
			f->planned = true;
			s->plan[s->nplan++] = i;
		} else if (f->named) {
			msg_error("%s is in use", m->name);
		}
	}
}

static void mark_named(struct stack *s, const struct command *c)
{
	for (size_t i = 0; i < c->nnames; i++) {
		struct ksyms_module *m = ksyms_module(&s->k, c->names[i]);

		if (m)
			s->fates[m - s->k.modules].named = true;
		else
			msg_error("module %s is not loaded", c->names[i]);
	}
}

/* Only the first failure of a stack is news: what lies below it is needed, of course. */
static void report_plan(struct stack *s, const struct ksys_call *calls, bool verbose)
{
	for (size_t i = 0; i < s->nplan; i++) {
		size_t at = s->plan[i];
		const char *name = s->k.modules[at].name;
		struct fate *f = &s->fates[at];

		f->stays = calls[i].result < 0;
		if (!f->stays) {
			if (verbose)
				msg_info("%s unloaded", name);
		} else if (!needed_by_who_stays(s, at, went)) {
			complain(name, calls[i].result);
		} else if (f->named) {
			msg_error("%s is in use", name);
		}
	}
}

static int run_plan(struct stack *s, bool verbose)
{
	struct ksys_call *calls = calloc(s->nplan, sizeof(*calls));
	const char **names = calloc(s->nplan, sizeof(*names));
	int err = calls && names ? 0 : -ENOMEM;

	for (size_t i = 0; !err && i < s->nplan; i++)
		names[i] = s->k.modules[s->plan[i]].name;
	if (!err && delete_all(calls, names, s->nplan) == 0)
		report_plan(s, calls, verbose);
	free(calls);
	free(names);
	return err;
}

static void remove_stacks(const struct command *c)
{
	struct stack s = {0};
	int err = ksyms_fetch(&s.k, KSYMS_REFS);

	if (err) {
		msg_error("%s", ksys_strerror(err));
		goto out;
	}
	s.fates = calloc(s.k.nmodules + 1, sizeof(*s.fates));
	s.plan = calloc(s.k.nmodules + 1, sizeof(*s.plan));
	if (!s.fates || !s.plan) {
		msg_errno(-ENOMEM, "cannot start");
		goto out;
	}
	mark_named(&s, c);
	make_plan(&s);
	if (s.nplan > 0 && run_plan(&s, c->verbose) < 0)
		msg_errno(-ENOMEM, "cannot start");
out:
	free(s.fates);
	free(s.plan);
	ksyms_free(&s.k);
}

static void sweep(void)
{
	int err = ksys_delete_module(NULL);

	if (err)
		msg_error("%s", ksys_strerror(err));
}

int main(int argc, char **argv)
{
	struct command c = {0};
	int status;

	msg_init("rmmod");
	status = parse(&c, argc, argv);
	if (status != GO_ON) {
		int spoken = msg_status();

		return status > spoken ? status : spoken;
	}
	if (c.syslog)
		msg_to_syslog();
	if (ksys_open() < 0) {
		msg_error("%s", ksys_why());
		return msg_status();
	}
	if (c.all)
		sweep();
	else if (c.stacks)
		remove_stacks(&c);
	else
		remove_named(&c);
	if (ksys_open() == 0)
		snapshot_save();
	ksys_close();
	return msg_status();
}
