/* modprobe/remove.c - modprobe -r: a module and what it alone needed
 *
 * Nothing that is in use is touched. A module with a can_unload function counts its own users
 * (its use count is -1), so the kernel is asked.
 */
#include "modprobe.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "ksys.h"
#include "modname.h"
#include "msg.h"

static int refresh(struct modprobe *m)
{
	int err;

	ksyms_free(&m->loaded);
	err = ksyms_fetch(&m->loaded, KSYMS_REFS);
	if (err)
		msg_errno(err, "cannot list the loaded modules");
	return err ? -1 : 0;
}

static bool in_use(const struct ksyms_module *k)
{
	return k->nrefs || k->info.usecount > 0;
}

/* Say by whom. */
static void complain(const struct ksyms_module *k)
{
	char users[512] = "";
	size_t n = 0;

	for (size_t i = 0; i < k->nrefs && n < sizeof(users); i++)
		n += snprintf(users + n, sizeof(users) - n, " %s", k->refs[i]);
	if (k->nrefs)
		msg_error("%s is in use by:%s", k->name, users);
	else
		msg_error("%s is in use", k->name);
}

/* Delete, for as long as -w says while it is busy. */
static int delete (struct modprobe *m, const char *name)
{
	struct timespec pause = {.tv_nsec = 2 * 1000 * 1000};
	unsigned long waited = 0;
	int err;

	while ((err = ksys_delete_module(name)) == -EBUSY && waited < m->wait) {
		nanosleep(&pause, NULL);
		waited += pause.tv_nsec / 1000000;
		if (pause.tv_nsec < 500 * 1000 * 1000)
			pause.tv_nsec *= 2;
	}
	return err;
}

static int remove_step(struct modprobe *m, const struct step *s, const char *name)
{
	const struct modconf_entry *command = options_command(m, s, MODCONF_REMOVE);
	int err = 0;

	if (load_hooks(m, s, MODCONF_PRE_REMOVE) != 0)
		return -1;
	if (m->verbose && command)
		printf("remove %s\n", command->words[0]);
	else if (m->verbose)
		printf("rmmod %s\n", name);
	if (m->show)
		return load_hooks(m, s, MODCONF_POST_REMOVE);
	if (command)
		return load_command(m, s, MODCONF_REMOVE, "");
	err = delete (m, name);
	if (err == -ENOENT) /* somebody else was faster */
		err = 0;
	if (err) {
		msg_errno(err, "%s", name);
		return -1;
	}
	return load_hooks(m, s, MODCONF_POST_REMOVE);
}

static int remove_holders(struct modprobe *m, const char *name, int depth)
{
	const struct ksyms_module *k;

	while ((k = ksyms_module(&m->loaded, name)) && k->nrefs) {
		char holder[256];
		struct dead_end why;
		struct target *t;

		snprintf(holder, sizeof(holder), "%s", k->refs[0]);
		if (depth > 100 || remove_holders(m, holder, depth + 1) != 0)
			return -1;
		t = resolve(&m->tree, holder, &why);
		if ((t && t->kind == TARGET_MODULE ? remove_target(m, t)
						   : remove_by_name(m, holder)) != 0 ||
		    refresh(m) != 0)
			return -1;
		k = ksyms_module(&m->loaded, holder);
		if (k) {
			complain(k);
			return -1;
		}
	}
	return 0;
}

/* One module of the plan. The one that was asked for must go; others go if nobody needs them. */
static int consider(struct modprobe *m, const struct step *s)
{
	const struct ksyms_module *k;
	struct step_options o;

	options_merge(m, s, false, &o);
	if (refresh(m) != 0)
		return -1;
	k = ksyms_module(&m->loaded, o.name);
	if (s->needed_by && (!k || in_use(k) || s->module->builtin))
		return 0;
	if (!s->needed_by && s->module->builtin) {
		msg_error("%s is built into the kernel", s->module->name);
		return -1;
	}
	if (!k && (s->module->path || s->module->null ||
		   !options_command(m, s, MODCONF_REMOVE))) {
		if (m->first_time)
			msg_error("%s is not loaded", o.name);
		return m->first_time ? -1 : 0;
	}
	if (k && in_use(k) && m->remove_holders && remove_holders(m, o.name, 0) != 0)
		return -1;
	k = ksyms_module(&m->loaded, o.name);
	if (k && in_use(k) && !m->wait && !options_command(m, s, MODCONF_REMOVE)) {
		complain(k);
		return -1;
	}
	return remove_step(m, s, o.name);
}

int remove_target(struct modprobe *m, const struct target *target)
{
	struct plan p;
	int rc = plan_remove(&p, &m->tree, target);
	bool asked_for_gone = true;

	if (!rc)
		rc = load_open_kernel(m);
	for (size_t i = 0; !rc && i < p.n; i++) {
		const struct step *s = &p.steps[i];

		int errors = msg_errors();

		if (s->needed_by && !asked_for_gone)
			continue;
		if (consider(m, s) == 0)
			continue;
		if (s->needed_by)
			msg_forgive(errors);
		else
			asked_for_gone = false;
	}
	plan_free(&p);
	return rc || !asked_for_gone ? -1 : 0;
}

int remove_by_name(struct modprobe *m, const char *name)
{
	struct module plain = {.name = name};
	struct step s = {
		.module = &plain, .names = &plain.name, .nnames = 1, .required = true};

	if (load_open_kernel(m) != 0)
		return -1;
	return consider(m, &s);
}

static bool idle(const struct ksyms_module *k)
{
	tgt_ulong f = k->info.flags;

	return (f & TGT_MOD_AUTOCLEAN) && (f & TGT_MOD_USED_ONCE) &&
	       !(f & TGT_MOD_VISITED) && !k->nrefs && k->info.usecount == 0;
}

/* Idle autoclean modules, with their commands; then let the kernel age the others. */
int remove_idle(struct modprobe *m)
{
	size_t n;
	int err, rc = 0;

	if (load_open_kernel(m) != 0 || refresh(m) != 0)
		return -1;
	n = m->loaded.nmodules;
	for (size_t i = 0; i < n; i++) {
		const struct ksyms_module *k = &m->loaded.modules[i];
		struct module plain = {.name = k->name};
		struct step s = {.module = &plain, .names = &plain.name, .nnames = 1};

		if (idle(k) && remove_step(m, &s, k->name) != 0)
			rc = -1;
	}
	err = m->show ? 0 : ksys_delete_module(NULL);
	if (err)
		msg_errno(err, "cannot age the autoclean modules");
	return err ? -1 : rc;
}
