/* kmod.c - request_module(): ask kerneld or run modprobe, and wait
 *
 * A request lives from the first process that asks for a name until the load has ended and
 * the last waiter has looked at it; who asks for the same name meanwhile joins. Its id is
 * inherited by whatever the load starts (task->request; by way of the host, too), so "who
 * waits for what" is a graph: a request that would wait for itself is refused. Answers come
 * from interrupt handlers: the list is read and changed with interrupts off.
 *
 * Arguments and environment of modprobe are those of Linux 2.4, by which it knows that the
 * kernel called it.
 */
#include <linux/ctype.h>
#include <linux/errno.h>
#include <linux/kernel.h>
#include <linux/kmod.h>
#include <linux/list.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <asm/system.h>
#include "abi/kerneld.h"
#include "fs/file.h"
#include "fs/namei.h"
#include "fs/proc.h"
#include "kernel/kmod.h"
#include "kernel/syscall.h"
#include "kernel/task.h"
#include "kernel/text.h"

#define DEPTH_MAX 8 /* a load that asks for a module, whose load asks for one, ... */
#define TOLD_MAX  5 /* lines in the log about what was stopped */

struct module_request {
	struct list_head list; /* of those not answered yet */
	unsigned int id;
	unsigned int depth; /* loads above it that wait for it */
	unsigned int users; /* waiters, and whoever is at work */
	bool by_kerneld, started, done, marked;
	int value; /* of abi/kerneld.h's KD_ANSWER */
	wait_queue_head_t queue;
	char name[KD_NAME_MAX];
};

static LIST_HEAD(requests);
static unsigned int nr_requests;
static char modprobe_path[256] = "/sbin/modprobe";

/* --- the requests under way --------------------------------------------------------------- */

static struct module_request *find_id(unsigned int id)
{
	struct module_request *r;

	list_for_each_entry (r, &requests, list)
		if (r->id == id)
			return r;
	return NULL;
}

static struct module_request *find_name(const char *name)
{
	struct module_request *r;

	list_for_each_entry (r, &requests, list)
		if (!strcmp(r->name, name))
			return r;
	return NULL;
}

static struct module_request *request_new(const char *name, bool by_kerneld)
{
	static unsigned int last;
	struct module_request *r = kmalloc(sizeof(*r), GFP_KERNEL);
	struct module_request *above = find_id(current->request);

	if (!r)
		return NULL;
	do
		last++;
	while (!last || find_id(last));
	*r = (struct module_request){
		.id = last,
		.depth = above ? above->depth + 1 : 0,
		.users = 2,
		.by_kerneld = by_kerneld,
	};
	strcpy(r->name, name);
	init_waitqueue_head(&r->queue);
	list_add_tail(&r->list, &requests);
	nr_requests++;
	return r;
}

static void request_put(struct module_request *r)
{
	unsigned long flags = irq_save();
	bool last = --r->users == 0;

	irq_restore(flags);
	if (last)
		kfree(r);
}

/* The load has ended. From interrupt handlers, too. */
static void request_end(struct module_request *r, int value)
{
	unsigned long flags = irq_save();
	bool first = !r->done;

	if (first) {
		list_del(&r->list);
		nr_requests--;
		r->value = value;
		r->done = true;
		wake_up(&r->queue);
	}
	irq_restore(flags);
	if (first)
		request_put(r);
}

void kmod_answer(unsigned int id, int value)
{
	struct module_request *r = find_id(id);

	if (r && r->by_kerneld)
		request_end(r, value);
}

void kmod_kerneld_gone(void)
{
	struct list_head *at, *next;
	struct module_request *r;

	for (at = requests.next; at != &requests; at = next) {
		next = at->next;
		r = list_entry(at, struct module_request, list);
		if (r->by_kerneld)
			request_end(r, -EIO);
	}
}

/* --- loops and storms ---------------------------------------------------------------------- */

/* A line in the log, as long as it has not become a flood. */
static void tell(const char *name, const char *what)
{
	static int told;

	if (told++ < TOLD_MAX)
		printk(KERN_ERR "kmod: %s: %s\n", name, what);
}

void kmod_work_for(unsigned int id)
{
	current->request = id;
}

/* Mark what marked requests wait for. Returns whether there was anything new. */
static bool spread_marks(void)
{
	struct module_request *from;
	struct task_struct *task;
	bool changed = false;

	for_each_task(task)
	{
		if (!task->waits_for || task->waits_for->marked)
			continue;
		from = find_id(task->request);
		if (from && from->marked)
			task->waits_for->marked = changed = true;
	}
	return changed;
}

/* Would the load the current process works for wait for itself, if it waited for r? */
static bool is_loop(struct module_request *r)
{
	struct module_request *own = find_id(current->request), *other;

	if (!own)
		return false;
	list_for_each_entry (other, &requests, list)
		other->marked = other == r;
	while (spread_marks())
		;
	return own->marked;
}

static int may_join(struct module_request *r)
{
	if (!is_loop(r))
		return 0;
	tell(r->name, "its own load asks for it; refused");
	return -ELOOP;
}

static int may_start(const char *name)
{
	struct module_request *above = find_id(current->request);

	if (nr_requests >= KD_REQUESTS) {
		tell(name, "runaway modprobe loop assumed and stopped");
		return -EBUSY;
	}
	if (above && above->depth + 1 >= DEPTH_MAX) {
		tell(name, "too long a chain of loads that ask for modules; stopped");
		return -ELOOP;
	}
	return 0;
}

/* --- modprobe in the guest ----------------------------------------------------------------- */

/* A thread inherits from whoever asked; modprobe is to be nobody's but init's. */
static void become_clean(void)
{
	for (int fd = 0; fd < NR_OPEN; fd++)
		sys_close(fd);
	files_chdir_like(init_task);
	current->pgrp = current->session = init_task->pid;
	current->tty = NULL;
	current->uid = current->euid = current->suid = 0;
	current->gid = current->egid = current->sgid = 0;
	current->pending = current->blocked = 0;
	current->umask = 022;
	signals_default(current);
	strcpy(current->comm, "kmod");
}

static int exec_modprobe(void *arg)
{
	static const char *const envp[] = {"HOME=/", "TERM=linux",
					   "PATH=/sbin:/usr/sbin:/bin:/usr/bin", NULL};
	struct module_request *r = arg;
	const char *const argv[] = {modprobe_path, "-s", "-k", "--", r->name, NULL};
	int err;

	become_clean();
	err = exec_kernel(modprobe_path, argv, envp);
	if (err)
		printk(KERN_ERR "kmod: failed to exec %s -s -k %s, errno = %d\n",
		       modprobe_path, r->name, -err);
	request_put(r);
	return err ? 255 : 0;
}

/* Waits for modprobe in place of those who asked, any of whom may be killed. */
static int nurse_modprobe(void *arg)
{
	struct module_request *r = arg;
	int pid;

	become_clean();
	current->request = r->id;
	r->users++;
	pid = kernel_thread(exec_modprobe, r, 0);
	if (pid < 0)
		request_put(r);
	current->blocked = ~(sigset_t)0;
	if (pid > 0)
		sys_waitpid(pid, NULL, 0);
	request_end(r, pid < 0 ? pid : 0);
	return 0;
}

static void give_to_init(struct task_struct *child)
{
	list_del(&child->sibling);
	list_add_tail(&child->sibling, &init_task->children);
	child->parent = init_task;
	child->exit_signal = SIGCHLD;
}

static int start_modprobe(struct module_request *r)
{
	int pid = kernel_thread(nurse_modprobe, r, 0);

	if (pid < 0) {
		printk(KERN_ERR "request_module[%s]: fork failed, errno %d\n", r->name,
		       -pid);
		return pid;
	}
	give_to_init(find_task_by_pid(pid)); /* or else the caller could wait4() for it */
	return 0;
}

/* An empty path says that nothing is to be run. */
static bool modprobe_exists(void)
{
	struct dentry *dentry;

	if (!*modprobe_path ||
	    path_lookup(AT_FDCWD, modprobe_path, LOOKUP_FOLLOW, &dentry))
		return false;
	dput(dentry);
	return true;
}

/* --- asking -------------------------------------------------------------------------------- */

/* Letters, digits and what names of modules, devices and file systems have besides; neither
 * an option, nor an assignment, nor a path. */
static bool is_safe_name(const char *name)
{
	if (!isalnum(*name))
		return false;
	while (isalnum(*name) || (*name && strchr("_-+.,:@", *name)))
		name++;
	return !*name;
}

/* The request for this name: one that is under way, or a new one, yet to be started. */
static int enter(const char *name, bool by_kerneld, struct module_request **out)
{
	struct module_request *r = find_name(name);
	int err = r ? may_join(r) : may_start(name);

	if (err)
		return err;
	if (r)
		r->users++;
	else
		r = request_new(name, by_kerneld);
	*out = r;
	return r ? 0 : -ENOMEM;
}

/* Sleep until the load has ended, or SIGKILL. */
static int wait_for(struct module_request *r)
{
	int err;

	current->waits_for = r;
	err = wait_event_interruptible(r->queue, r->done);
	current->waits_for = NULL;
	if (err)
		return -EINTR;
	return r->value < 0 ? r->value : 0;
}

static int ask(const char *name)
{
	bool by_kerneld = kerneld_connected();
	struct module_request *r;
	unsigned long flags;
	int err;

	if (!by_kerneld && !modprobe_exists())
		return -ENOENT;
	flags = irq_save();
	err = enter(name, by_kerneld, &r);
	irq_restore(flags);
	if (err)
		return err;
	if (!r->started) {
		r->started = true;
		err = by_kerneld ? kerneld_ask(r->id, name) : start_modprobe(r);
		if (err)
			request_end(r, err);
	}
	err = wait_for(r);
	request_put(r);
	return err;
}

int request_module(const char *fmt, ...)
{
	sigset_t blocked = current->blocked;
	char name[KD_NAME_MAX];
	va_list ap;
	int err;

	va_start(ap, fmt);
	err = vsnprintf(name, sizeof(name), fmt, ap);
	va_end(ap);
	if (err >= (int)sizeof(name) || !is_safe_name(name))
		return -EINVAL;
	if (!init_task || !current->root) {
		printk(KERN_ERR "request_module[%s]: Root fs not mounted\n", name);
		return -EPERM;
	}
	current->blocked = ~sigmask(SIGKILL);
	err = ask(name);
	current->blocked = blocked;
	return err;
}

/* --- /proc --------------------------------------------------------------------------------- */

static int show_path(struct text *t)
{
	return text_printf(t, "%s\n", modprobe_path);
}

static int store_path(const char *text)
{
	if (strlen(text) >= sizeof(modprobe_path))
		return -EINVAL;
	strcpy(modprobe_path, text);
	return 0;
}

/* A line a request: id, name, how many wait, who loads. */
static int show_requests(struct text *t)
{
	unsigned long flags = irq_save();
	struct module_request *r;

	list_for_each_entry (r, &requests, list)
		text_printf(t, "%u %s %u %s\n", r->id, r->name, r->users - 1,
			    r->by_kerneld ? "kerneld" : "modprobe");
	irq_restore(flags);
	return t->error;
}

void kmod_init(void)
{
	proc_add("modrequests", show_requests);
	proc_add_rw("sys/kernel/modprobe", show_path, store_path);
}
