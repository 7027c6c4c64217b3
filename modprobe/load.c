/* modprobe/load.c - run a plan, all of it or nothing
 *
 * A module that is there already is fine. One that somebody else is loading at this moment is
 * waited for. When a module that is needed fails, what this plan has loaded is removed again,
 * newest first; SIGINT, SIGTERM and SIGHUP count as such a failure.
 */
#include "modprobe.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "ksys.h"
#include "modload.h"
#include "modname.h"
#include "msg.h"

#define INIT_SECONDS 60 /* how long another one's module may take to start */
#define ATTEMPTS     3

static volatile sig_atomic_t interrupted;

int load_open_kernel(struct modprobe *m)
{
	char *cmdline;
	int err;

	if (m->kernel_is_open)
		return 0;
	err = ksys_open();
	if (err) {
		msg_error("%s", ksys_why());
		return -1;
	}
	err = ksyms_fetch(&m->loaded, 0);
	if (err) {
		msg_errno(err, "cannot list the loaded modules");
		return -1;
	}
	m->kernel_is_open = true;
	if (ksys_read_file("/proc/cmdline", &cmdline) > 0) {
		modconf_add_cmdline(m->tree.conf, cmdline);
		free(cmdline);
	}
	return 0;
}

/* --- commands ---------------------------------------------------------------------------- */

#define RUNNING "MODPROBE_RUNNING" /* lines: process, kind and name of a command */

/* Is one of the modprobes that this one was called by busy with the same command? One that has
 * ended left its line to a daemon. */
static bool leads_to_itself(const char *running, const char *what)
{
	size_t len = strlen(what);
	char *end;

	for (const char *line = running; line; line = strchr(line, '\n')) {
		long pid = strtol(line, &end, 10);

		line = end + strspn(end, " ");
		if (pid > 0 && !strncmp(line, what, len) && line[len] == '\n' &&
		    (kill(pid, 0) == 0 || errno == EPERM))
			return true;
	}
	return false;
}

/* Run it with its line added to those there are. Returns its status, -errno, or -ELOOP. */
static int run_command(const char *command, const char *what)
{
	char *outer = getenv(RUNNING), *inner;
	int status;

	if (leads_to_itself(outer, what))
		return -ELOOP;
	outer = strdup(outer ? outer : "");
	if (!outer || asprintf(&inner, "%s%ld %s\n", outer, (long)getpid(), what) < 0) {
		free(outer);
		return -ENOMEM;
	}
	setenv(RUNNING, inner, 1);
	fflush(stdout);
	status = system(command);
	if (status < 0)
		status = -errno;
	setenv(RUNNING, outer, 1);
	free(inner);
	free(outer);
	return status;
}

static void report_command(const char *what, const struct modconf_entry *e, int status)
{
	const char *file = e->file ? e->file : "built in";

	if (status == -ELOOP)
		msg_error("%s leads to itself%s", what,
			  e->kind == MODCONF_INSTALL
				  ? ": its command wants modprobe --ignore-install"
			  : e->kind == MODCONF_REMOVE
				  ? ": its command wants modprobe --ignore-remove"
				  : "");
	else if (status < 0)
		msg_errno(status, "%s", what);
	else if (WIFSIGNALED(status))
		msg_error("%s failed: %s (%s:%u)", what, strsignal(WTERMSIG(status)),
			  file, e->line);
	else
		msg_error("%s failed: exit status %d (%s:%u)", what, WEXITSTATUS(status),
			  file, e->line);
}

int load_command(struct modprobe *m, const struct step *s, enum modconf_kind kind,
		 const char *parameters)
{
	const struct modconf_entry *e = options_command(m, s, kind);
	char *what;
	int status;

	if (!e)
		return 0;
	if (asprintf(&what, "%s %s", modconf_kind_name(kind), s->names[0]) < 0) {
		msg_errno(-ENOMEM, "%s", s->names[0]);
		return -1;
	}
	setenv("MODPROBE_MODULE", s->module->name, 1);
	setenv("CMDLINE_OPTS", parameters, 1);
	status = run_command(e->words[0], what);
	if (status)
		report_command(what, e, status);
	free(what);
	return status ? -1 : 0;
}

int load_hooks(struct modprobe *m, const struct step *s, enum modconf_kind kind)
{
	for (size_t i = 0; i < s->nnames; i++) {
		const struct modconf_entry *e;
		struct step one = *s;

		one.names = &s->names[i];
		one.nnames = 1;
		e = options_command(m, &one, kind);
		if (m->verbose && e)
			printf("# %s %s:\n%s\n", modconf_kind_name(kind), s->names[i],
			       e->words[0]);
		if (!m->show && load_command(m, &one, kind, "") != 0)
			return -1;
	}
	return 0;
}

static bool starting(const struct ksyms_module *k)
{
	return !(k->info.flags & TGT_MOD_RUNNING) ||
	       (k->info.flags & TGT_MOD_INITIALIZING);
}

static double now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec + t.tv_nsec / 1e9;
}

/* Until the module runs: 1; it is not there (any more): 0; -errno. */
static int wait_until_started(struct modprobe *m, const char *name)
{
	const struct timespec pause = {.tv_nsec = 5 * 1000 * 1000};
	double deadline = now() + INIT_SECONDS;

	for (bool told = !m->verbose;; told = true) {
		const struct ksyms_module *k = ksyms_module(&m->loaded, name);
		int err;

		if (!k || k->gone)
			return 0;
		if (!starting(k))
			return 1;
		if (interrupted)
			return -EINTR;
		if (now() > deadline)
			return -ETIMEDOUT;
		if (!told)
			msg_info("%s is being loaded by another process", name);
		fflush(stdout);
		nanosleep(&pause, NULL); /* the kernel has no call to wait for this */
		ksyms_free(&m->loaded);
		err = ksyms_fetch(&m->loaded, 0);
		if (err)
			return err;
	}
}

/* insmod_opt=: more options for the loader, as insmod writes them. */
static void add_insmod_options(struct modprobe *m, struct modload_options *o)
{
	const char *words = modconf_setting(m->tree.conf, "insmod_opt");

	for (const char *p = words ? words : ""; *p; p++) {
		o->force |= *p == 'f';
		o->no_export = *p == 'x' || (o->no_export && *p != 'X');
		o->no_ksymoops = *p == 'y' || (o->no_ksymoops && *p != 'Y');
		o->kallsyms |= *p == 'S';
		o->numeric_version |= *p == 'N';
		o->quiet |= *p == 'q';
		if (!strchr("-fxXyYSNqksLv \t", *p))
			msg_warn("insmod_opt=%s: -%c has no meaning here", words, *p);
	}
}

static void report_failure(struct modprobe *m, const struct step *s)
{
	const char *path = s->module->path, *places = options_places(m, s);

	if (!s->needed_by)
		msg_error("insmod %s failed%s", path, places);
	else if (s->required)
		msg_error("insmod %s failed, which %s needs%s", path, s->needed_by,
			  places);
	else
		msg_error("insmod %s failed, which only goes along with %s%s", path,
			  s->needed_by, places);
	if (access(path, F_OK) != 0 && errno == ENOENT)
		msg_hint("the indexes in %s are older than its modules, run depmod",
			 m->tree.dir);
}

/* Load the step's file. 1 if this call did it, 0 if it was there, -1 at a failure. */
static int load_file(struct modprobe *m, const struct step *s,
		     const struct step_options *o)
{
	struct modload_options load = {
		.path = s->module->path,
		.name = o->name,
		.params = o->params,
		.nparams = o->n,
		.persist_dir = modconf_setting(m->tree.conf, "persistdir"),
		.module_dir = m->tree.dir,
		.force = m->force,
		.autoclean = m->autoclean && !o->keep,
		.quiet = m->quiet,
		.exist_ok = true,
	};
	int err = -EEXIST;

	add_insmod_options(m, &load);
	for (int i = 0; i < ATTEMPTS && err == -EEXIST; i++) {
		err = modload(&load);
		if (err != -EEXIST)
			break;
		ksyms_free(&m->loaded);
		err = ksyms_fetch(&m->loaded, 0);
		if (!err)
			err = wait_until_started(m, o->name);
		if (err == 1)
			return 0;
		if (err < 0)
			msg_errno(err, "waiting for %s, which another process loads",
				  o->name);
		else
			err = -EEXIST; /* it failed there: our turn */
	}
	if (!err)
		return 1;
	if (!m->quiet)
		report_failure(m, s);
	return -1;
}

static int load_step(struct modprobe *m, const struct step *s,
		     const struct step_options *o)
{
	const char *parameters = options_text(m, o);
	bool commanded = options_command(m, s, MODCONF_INSTALL);
	int rc = 0;

	if (load_hooks(m, s, MODCONF_PRE_INSTALL) != 0 || interrupted)
		return -1;
	if (m->verbose)
		options_print_step(m, s, !s->needed_by);
	if (m->show)
		return load_hooks(m, s, MODCONF_POST_INSTALL);
	if (commanded)
		rc = load_command(m, s, MODCONF_INSTALL, parameters);
	else if (s->module->path)
		rc = load_file(m, s, o);
	if (rc < 0 || load_hooks(m, s, MODCONF_POST_INSTALL) == 0)
		return rc;
	if (rc > 0)
		ksys_delete_module(o->name);
	return -1;
}

/* 1: it is there and runs, 0: it is not, -1: it does not come to run. */
static int is_loaded(struct modprobe *m, const char *name)
{
	int rc = wait_until_started(m, name);

	if (rc < 0)
		msg_errno(rc, "waiting for %s", name);
	return rc < 0 ? -1 : rc;
}

static void undo(const struct plan *p, const char **names)
{
	for (size_t i = p->n; i-- > 0;)
		if (names[i]) {
			ksys_delete_module(names[i]);
			p->steps[i].module->present = false;
		}
}

static void on_signal(int signal)
{
	interrupted = signal;
}

static const int signals[] = {SIGINT, SIGTERM, SIGHUP};

static void hold_signals(struct sigaction *old)
{
	const struct sigaction hold = {.sa_handler = on_signal};

	for (size_t i = 0; i < 3; i++) {
		sigaction(signals[i], NULL, &old[i]);
		if (old[i].sa_handler != SIG_IGN)
			sigaction(signals[i], &hold, NULL);
	}
}

static int run(struct modprobe *m, const struct plan *p, const char **done)
{
	for (size_t i = 0; i < p->n && !interrupted; i++) {
		const struct step *s = &p->steps[i];
		struct step_options o;
		int errors = msg_errors(), rc = 0;

		if (s->module->builtin || s->module->present)
			continue;
		options_merge(m, s, !s->needed_by, &o);
		if (!m->show)
			rc = is_loaded(m, o.name);
		if (rc > 0 && m->first_time && !s->needed_by) {
			msg_error("module %s is already loaded", o.name);
			return -EEXIST;
		}
		if (rc == 0) {
			rc = load_step(m, s, &o);
			if (rc > 0)
				done[i] = o.name;
		}
		if (rc < 0 && s->required)
			return -1;
		if (rc < 0)
			msg_forgive(errors);
		s->module->present = rc >= 0;
	}
	return interrupted ? -1 : 0;
}

int load_target(struct modprobe *m, const struct target *target)
{
	struct sigaction old[3];
	struct plan p;
	const char **done;
	int rc = plan_load(&p, &m->tree, target, m->use_blacklist);

	if (!rc && !p.n && m->verbose)
		msg_info("%s%s is blacklisted", target->via, target->module->name);
	if (!rc && !m->show)
		rc = load_open_kernel(m);
	if (!rc) {
		done = obstack_alloc(&m->tree.mem, p.n * sizeof(*done) + 1);
		memset(done, 0, p.n * sizeof(*done));
		hold_signals(old);
		rc = run(m, &p, done);
		if (rc)
			undo(&p, done);
		for (size_t i = 0; i < 3; i++)
			sigaction(signals[i], &old[i], NULL);
		if (interrupted)
			msg_error("interrupted, nothing stays loaded");
	}
	plan_free(&p);
	return rc == -EEXIST ? rc : rc ? -1 : 0;
}
