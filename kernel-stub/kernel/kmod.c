/* kmod.c - request_module(): ask kerneld or run modprobe, and wait
 *
 * The id of a request (modrequest.h) is inherited by whatever its load starts, as
 * task->request; by way of the host, too.
 *
 * Arguments and environment of modprobe are those of Linux 2.4, by which it knows that the
 * kernel called it.
 */
#include <linux/errno.h>
#include <linux/kernel.h>
#include <linux/kmod.h>
#include <linux/list.h>
#include <linux/string.h>
#include <asm/system.h>
#include "fs/file.h"
#include "fs/namei.h"
#include "fs/proc.h"
#include "kernel/kmod.h"
#include "kernel/modrequest.h"
#include "kernel/syscall.h"
#include "kernel/task.h"
#include "kernel/text.h"

static char modprobe_path[256] = "/sbin/modprobe";

void kmod_work_for(unsigned int id)
{
	current->request = id;
}

/* --- the end of a load ---------------------------------------------------------------------- */

static void load_ended(struct module_request *r, int value)
{
	unsigned long flags = irq_save();

	modrequest_end(r, value);
	irq_restore(flags);
}

void kmod_answer(unsigned int id, int value)
{
	struct module_request *r = modrequest_find(id);

	if (r && r->by_kerneld)
		modrequest_end(r, value);
}

void kmod_kerneld_gone(void)
{
	modrequest_end_kerneld(-EIO);
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
	return err ? 255 : 0;
}

/* Waits for modprobe in place of those who asked, any of whom may be killed. */
static int nurse_modprobe(void *arg)
{
	struct module_request *r = arg;
	int pid;

	become_clean();
	current->request = r->id;
	pid = kernel_thread(exec_modprobe, r, 0);
	current->blocked = ~(sigset_t)0;
	if (pid > 0)
		sys_waitpid(pid, NULL, 0);
	load_ended(r, pid < 0 ? pid : 0);
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

static int start(struct module_request *r)
{
	r->started = true;
	return r->by_kerneld ? kerneld_ask(r->id, r->name) : start_modprobe(r);
}

/* Sleep until the load has ended, or SIGKILL. */
static int wait_for(struct module_request *r)
{
	if (wait_event_interruptible(r->queue, r->done))
		return -EINTR;
	return min(r->value, 0);
}

static int ask(const char *name)
{
	bool by_kerneld = kerneld_connected();
	struct request_waiter waiter;
	unsigned long flags;
	int err;

	if (!by_kerneld && !modprobe_exists())
		return -ENOENT;
	flags = irq_save();
	err = modrequest_wait(&waiter, name, current->request, by_kerneld);
	irq_restore(flags);
	if (err)
		return err;
	if (!waiter.request->started && (err = start(waiter.request)))
		load_ended(waiter.request, err);
	err = wait_for(waiter.request);
	flags = irq_save();
	modrequest_leave(&waiter);
	irq_restore(flags);
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
	if (err >= (int)sizeof(name) || !modrequest_is_name(name))
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

static int show_requests(struct text *t)
{
	unsigned long flags = irq_save();

	modrequest_show(t);
	irq_restore(flags);
	return t->error;
}

void kmod_init(void)
{
	proc_add("modrequests", show_requests);
	proc_add_rw("sys/kernel/modprobe", show_path, store_path);
}
