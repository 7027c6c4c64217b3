/* kmod.c - request_module(): a process of the kernel's own execs modprobe
 *
 * Arguments and environment are those of Linux 2.4, by which modprobe knows that the kernel
 * called it.
 */
#include <linux/errno.h>
#include <linux/kernel.h>
#include <linux/kmod.h>
#include <linux/slab.h>
#include <linux/string.h>
#include "fs/file.h"
#include "fs/proc.h"
#include "kernel/syscall.h"
#include "kernel/task.h"
#include "kernel/text.h"

#define CONCURRENT_MAX 50 /* modprobe that asks for itself ends here */

static char modprobe_path[256] = "/sbin/modprobe";

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
}

static int run_modprobe(void *arg)
{
	static const char *const envp[] = {"HOME=/", "TERM=linux",
					   "PATH=/sbin:/usr/sbin:/bin:/usr/bin", NULL};
	char *name = arg;
	const char *const argv[] = {modprobe_path, "-s", "-k", "--", name, NULL};
	int err;

	become_clean();
	err = exec_kernel(modprobe_path, argv, envp);
	if (err)
		printk(KERN_ERR "kmod: failed to exec %s -s -k %s, errno = %d\n",
		       modprobe_path, name, -err);
	kfree(name);
	return err ? 255 : 0;
}

static int run_and_wait(const char *name)
{
	sigset_t blocked = current->blocked;
	char *copy = kmalloc(strlen(name) + 1, GFP_KERNEL);
	int pid;

	if (!copy)
		return -ENOMEM;
	strcpy(copy, name);
	pid = kernel_thread(run_modprobe, copy, 0);
	if (pid < 0) {
		printk(KERN_ERR "request_module[%s]: fork failed, errno %d\n", name,
		       -pid);
		kfree(copy);
		return pid;
	}
	current->blocked = ~(sigmask(SIGKILL) | sigmask(SIGSTOP));
	sys_waitpid(pid, NULL, 0);
	current->blocked = blocked;
	return 0;
}

int request_module(const char *fmt, ...)
{
	static int concurrent, told;
	char name[64];
	va_list ap;
	int ret;

	va_start(ap, fmt);
	ret = vsnprintf(name, sizeof(name), fmt, ap);
	va_end(ap);
	if (ret < 0 || ret >= (int)sizeof(name))
		return -EINVAL;

	if (!init_task || !current->root) {
		printk(KERN_ERR "request_module[%s]: Root fs not mounted\n", name);
		return -EPERM;
	}
	if (concurrent >= CONCURRENT_MAX) {
		if (told++ < 5)
			printk(KERN_ERR
			       "kmod: runaway modprobe loop assumed and stopped\n");
		return -ENOMEM;
	}
	concurrent++;
	ret = modprobe_path[0] ? run_and_wait(name) : 0;
	concurrent--;
	return ret;
}

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

void kmod_init(void)
{
	proc_add_rw("sys/kernel/modprobe", show_path, store_path);
}
