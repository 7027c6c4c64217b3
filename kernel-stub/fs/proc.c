/* proc.c - /proc: registered files whose content a function writes, and a directory a
 * process
 *
 * The registered tree is names in memory whose files are opened by us: the text is made at
 * open and hangs on the file. A directory that was only made on the way to a file goes with
 * the last name in it. /proc/PID is made when it is looked up and forgotten after use.
 */
#include <linux/errno.h>
#include <linux/fs.h>
#include <linux/kernel.h>
#include <linux/module.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <asm/uaccess.h>
#include "drivers/tty.h"
#include "fs/namei.h"
#include "fs/proc.h"
#include "fs/ramfs.h"
#include "fs/super.h"
#include "kernel/contain.h"
#include "kernel/mmap.h"
#include "kernel/module.h"
#include "kernel/panic.h"
#include "kernel/registry.h"
#include "kernel/syscall.h"
#include "kernel/task.h"
#include "kernel/text.h"
#include "kernel/uts.h"

#define STORE_MAX 4096 /* bytes of one write */

struct entry {
	mode_t mode;
	int (*show)(struct text *);
	int (*store)(const char *);
	/* or, with `data`: */
	const struct proc_file_ops *ops;
	void *data;
	/* of a file below /proc/PID instead: */
	int (*show_task)(struct text *, struct task_struct *);
	int pid;
	/* of what is registered: */
	struct module *owner;  /* NULL: the kernel */
	struct dentry *dentry; /* NULL: it is not any more, or never was */
	struct list_head list; /* in `entries` */
};

/* What hangs on an open file; its module is in use. */
struct opened {
	struct text text;
	struct module *owner;
};

static LIST_HEAD(entries); /* the newest first */

/* --- files -------------------------------------------------------------------------- */

static int show_entry(const struct entry *e, struct text *t)
{
	struct task_struct *task;

	if (e->show_task) {
		task = find_task_by_pid(e->pid);
		return task ? e->show_task(t, task) : -ESRCH;
	}
	if (!e->dentry)
		return -ENOENT;
	if (e->ops)
		return e->ops->show ? e->ops->show(t, e->data) : 0;
	return e->show ? CALL_MODULE(e->owner, e->show(t)) : 0;
}

static void opened_free(struct opened *o)
{
	text_free(&o->text);
	__MOD_DEC_USE_COUNT(o->owner);
	kfree(o);
}

static int entry_open(struct inode *inode, struct file *file)
{
	const struct entry *e = inode->i_private;
	struct opened *o = kmalloc(sizeof(*o), GFP_KERNEL);
	int err = 0;

	if (!o)
		return -ENOMEM;
	memset(o, 0, sizeof(*o));
	if (!try_inc_mod_count(e->owner)) {
		kfree(o);
		return -ENOENT;
	}
	o->owner = e->owner;
	if (file->f_mode & FMODE_READ)
		err = show_entry(e, &o->text);
	if (!err)
		err = o->text.error;
	if (err)
		opened_free(o);
	else
		file->private_data = o;
	return err;
}

static int entry_release(struct inode *inode, struct file *file)
{
	opened_free(file->private_data);
	return 0;
}

static ssize_t entry_read(struct file *file, char *buf, size_t count, loff_t *pos)
{
	const struct text *t = &((struct opened *)file->private_data)->text;
	size_t n;

	if (*pos >= (loff_t)t->len)
		return 0;
	n = min(count, (size_t)(t->len - *pos));
	if (copy_to_user(buf, t->buf + *pos, n))
		return -EFAULT;
	*pos += n;
	return n;
}

/* One write(2) is one text. */
static ssize_t store_text(const struct entry *e, const char *buf, size_t count)
{
	char *line;
	int err = -EFAULT;

	if (count >= STORE_MAX)
		return -EINVAL;
	line = kmalloc(count + 1, GFP_KERNEL);
	if (!line)
		return -ENOMEM;
	if (!copy_from_user(line, buf, count)) {
		line[count] = '\0';
		if (count && line[count - 1] == '\n')
			line[count - 1] = '\0';
		err = CALL_MODULE(e->owner, e->store(line));
	}
	kfree(line);
	return err ? err : (ssize_t)count;
}

static ssize_t entry_write(struct file *file, const char *buf, size_t count, loff_t *pos)
{
	const struct entry *e = file->f_dentry->d_inode->i_private;

	if (e->dentry && e->ops && e->ops->write)
		return e->ops->write(file, buf, count, e->data);
	if (e->dentry && e->store)
		return store_text(e, buf, count);
	return -EIO;
}

static const struct file_operations entry_fops = {
	.llseek = generic_file_llseek,
	.read = entry_read,
	.write = entry_write,
	.open = entry_open,
	.release = entry_release,
};

static void entry_free(struct inode *inode)
{
	kfree(inode->i_private);
}

static int entry_truncate(struct inode *inode, loff_t size)
{
	return 0; /* a shell's > opens so; what is written counts */
}

static const struct inode_operations entry_iops = {
	.release = entry_free,
	.truncate = entry_truncate,
};

static int entry_make(struct super_block *sb, struct dentry *dentry,
		      const struct entry *e)
{
	struct inode *inode = inode_new(sb, e->mode);

	if (!inode)
		return -ENOMEM;
	inode->i_uid = inode->i_gid = 0;
	inode->i_private = kmalloc(sizeof(*e), GFP_KERNEL);
	if (!inode->i_private) {
		iput(inode);
		return -ENOMEM;
	}
	*(struct entry *)inode->i_private = *e;
	inode->i_op = &entry_iops;
	inode->i_fop = &entry_fops;
	d_instantiate(dentry, inode);
	return 0;
}

/* --- /proc/PID ---------------------------------------------------------------------- */

static char state_letter(const struct task_struct *task)
{
	switch (task->state) {
	case TASK_RUNNING:
		return 'R';
	case TASK_INTERRUPTIBLE:
		return 'S';
	case TASK_UNINTERRUPTIBLE:
		return 'D';
	case TASK_STOPPED:
		return 'T';
	}
	return 'Z';
}

static unsigned long memory_size(const struct task_struct *task)
{
	struct vm_area_struct *area;
	unsigned long size = 0;

	if (task->mm)
		list_for_each_entry (area, &task->mm->areas, list)
			size += area->end - area->start;
	return size;
}

/* Fields as in proc(5); what we do not keep is 0. */
static int show_stat(struct text *t, struct task_struct *task)
{
	text_printf(t, "%d (%s) %c %d %d %d %d -1 0 0 0 0 0 ", task->pid, task->comm,
		    state_letter(task), task->parent->pid, task->pgrp, task->session,
		    tty_of(task));
	return text_printf(
		t,
		"%lu %lu %lu %lu 20 0 1 0 %lu %lu 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 "
		"0 0 0 0 0\n",
		task->ticks_user, task->ticks_kernel, task->children_user,
		task->children_kernel, task->start_time, memory_size(task));
}

static int show_status(struct text *t, struct task_struct *task)
{
	text_printf(t, "Name:\t%s\nState:\t%c\nPid:\t%d\nPPid:\t%d\n", task->comm,
		    state_letter(task), task->pid, task->parent->pid);
	text_printf(t, "Uid:\t%u\t%u\t%u\t%u\nGid:\t%u\t%u\t%u\t%u\n", task->uid,
		    task->euid, task->suid, task->euid, task->gid, task->egid, task->sgid,
		    task->egid);
	return text_printf(t, "VmSize:\t%8lu kB\nSpared:\t%d\n", memory_size(task) / 1024,
			   task->spared);
}

static int show_pid_cmdline(struct text *t, struct task_struct *task)
{
	unsigned long at, end, pa;

	if (!task->mm)
		return 0;
	end = min(task->mm->arg_end, task->mm->arg_start + PAGE_SIZE);
	for (at = task->mm->arg_start; at < end; at = (at & PAGE_MASK) + PAGE_SIZE) {
		pa = aspace_lookup(task->mm->as, at & PAGE_MASK, NULL);
		if (!pa)
			break;
		text_add(t, (char *)__va(pa & PAGE_MASK) + (at & ~PAGE_MASK),
			 min(end, (at & PAGE_MASK) + PAGE_SIZE) - at);
	}
	return t->error;
}

static int show_maps(struct text *t, struct task_struct *task)
{
	struct vm_area_struct *area;

	if (task->mm)
		list_for_each_entry (area, &task->mm->areas, list)
			text_printf(t, "%08lx-%08lx %c%c%cp %08lx 00:00 %lu\n",
				    area->start, area->end,
				    area->prot & PG_READ ? 'r' : '-',
				    area->prot & PG_WRITE ? 'w' : '-',
				    area->prot & PG_EXEC ? 'x' : '-',
				    area->pgoff << PAGE_SHIFT,
				    area->inode ? area->inode->i_ino : 0ul);
	return t->error;
}

static const struct {
	const char *name;
	int (*show)(struct text *, struct task_struct *);
} pid_files[] = {
	{"stat", show_stat},
	{"status", show_status},
	{"cmdline", show_pid_cmdline},
	{"maps", show_maps},
};

static int pid_of(struct inode *dir)
{
	return ((struct entry *)dir->i_private)->pid;
}

static int pid_dir_lookup(struct inode *dir, struct dentry *dentry)
{
	for (int i = 0; i < (int)ARRAY_SIZE(pid_files); i++) {
		struct entry e = {.mode = S_IFREG | 0444,
				  .show_task = pid_files[i].show,
				  .pid = pid_of(dir)};

		if (!strcmp(dentry->d_name, pid_files[i].name))
			return entry_make(dir->i_sb, dentry, &e);
	}
	return 0;
}

static int pid_dir_readdir(struct file *file, void *to, filldir_t fill)
{
	int n = ARRAY_SIZE(pid_files);
	const char *name;

	for (; file->f_pos < n + 2; file->f_pos++) {
		name = file->f_pos == 0	  ? "."
		       : file->f_pos == 1 ? ".."
					  : pid_files[file->f_pos - 2].name;
		if (fill(to, name, strlen(name), file->f_pos, 1,
			 file->f_pos < 2 ? DT_DIR : DT_REG))
			return 0;
	}
	return 0;
}

static const struct inode_operations pid_dir_iops = {
	.lookup = pid_dir_lookup,
	.release = entry_free,
};

static const struct file_operations pid_dir_fops = {
	.llseek = generic_file_llseek,
	.readdir = pid_dir_readdir,
};

static int pid_dir_make(struct super_block *sb, struct dentry *dentry,
			struct task_struct *task)
{
	struct entry e = {.mode = S_IFDIR | 0555, .pid = task->pid};
	int err = entry_make(sb, dentry, &e);

	if (err)
		return err;
	dentry->d_inode->i_uid = task->euid;
	dentry->d_inode->i_op = &pid_dir_iops;
	dentry->d_inode->i_fop = &pid_dir_fops;
	return 0;
}

/* --- the root ----------------------------------------------------------------------- */

static int root_lookup(struct inode *dir, struct dentry *dentry)
{
	struct task_struct *task;
	char *end;
	int pid;

	if (dentry->d_parent != dentry->d_sb->s_root)
		return 0;
	if (!strcmp(dentry->d_name, "self"))
		return pid_dir_make(dir->i_sb, dentry, current);
	pid = simple_strtoul(dentry->d_name, &end, 10);
	if (*end || !pid)
		return 0;
	task = find_task_by_pid(pid);
	return task ? pid_dir_make(dir->i_sb, dentry, task) : 0;
}

#define PIDS_AT 0x10000 /* positions from here on are PIDS_AT + pid */

static struct task_struct *next_task(int pid)
{
	struct task_struct *task, *best = NULL;

	for_each_task(task) if (task->pid >= pid && (!best || task->pid < best->pid))
		best = task;
	return best;
}

static int root_readdir(struct file *file, void *to, filldir_t fill)
{
	struct task_struct *task;
	loff_t before = file->f_pos;
	char name[12];
	int n;

	if (file->f_pos < PIDS_AT) {
		dcache_readdir(file, to, fill);
		if (file->f_pos != before)
			return 0;
		if (file->f_dentry != file->f_dentry->d_sb->s_root)
			return 0;
		file->f_pos = PIDS_AT;
	}
	while ((task = next_task(file->f_pos - PIDS_AT))) {
		n = sprintf(name, "%d", task->pid);
		if (fill(to, name, n, file->f_pos, 0x10000 + task->pid, DT_DIR))
			return 0;
		file->f_pos = PIDS_AT + task->pid + 1;
	}
	return 0;
}

static struct dentry *proc_root;
static struct file_operations dir_fops;

/* No process makes or removes names here. */
static const struct inode_operations dir_iops = {
	.lookup = root_lookup,
	.release = entry_free,
};

static int proc_read_super(struct super_block *sb, const char *device,
			   const char *options)
{
	/* There is one tree; a second mount shows it where the first is. */
	if (proc_root)
		return -EBUSY;
	dir_fops = ramfs_dir_fops;
	dir_fops.readdir = root_readdir;
	return ramfs_root(sb, &dir_iops, &dir_fops);
}

struct file_system_type proc_type = {
	.name = "proc",
	.read_super = proc_read_super,
};

/* --- the registered tree -------------------------------------------------------------- */

/* A directory, with an entry (NULL: it is only on the way to something). */
static int dir_make(struct dentry *dentry, const struct entry *e)
{
	struct inode *inode;
	int err;

	if (e) {
		err = entry_make(dentry->d_sb, dentry, e);
		if (err)
			return err;
		inode = dentry->d_inode;
	} else {
		inode = inode_new(dentry->d_sb, S_IFDIR | 0555);
		if (!inode)
			return -ENOMEM;
		inode->i_uid = inode->i_gid = 0;
		d_instantiate(dentry, inode);
	}
	inode->i_op = &dir_iops;
	inode->i_fop = &dir_fops;
	inode->i_nlink = 2;
	return 0;
}

/* The child of that name, made as a directory or (with e) as that if it is missing. */
static int child(struct dentry *dir, const char *name, int len, const struct entry *e,
		 struct dentry **out)
{
	struct entry *made;
	int err;

	*out = d_find(dir, name, len);
	if (*out && (*out)->d_inode)
		return e ? -EEXIST : 0;
	if (!*out)
		*out = d_alloc(dir, name, len);
	if (!*out)
		return -ENOMEM;
	if (!e || S_ISDIR(e->mode))
		err = dir_make(*out, e);
	else
		err = entry_make(dir->d_sb, *out, e);
	if (err)
		return err;
	dget(*out); /* stays in memory */
	made = (*out)->d_inode->i_private;
	if (made) {
		made->dentry = *out;
		list_add(&made->list, &entries);
	}
	return 0;
}

static bool has_names(const struct dentry *dir)
{
	const struct dentry *at;

	list_for_each_entry (at, &dir->d_subdirs, d_child)
		if (at->d_inode)
			return true;
	return false;
}

/* Take a name out, and the directories that were on the way to it only. */
static void take_out(struct dentry *at)
{
	struct entry *e = at->d_inode->i_private;
	struct dentry *parent;

	if (e) {
		list_del(&e->list);
		e->dentry = NULL;
		if (e->ops && e->ops->gone)
			e->ops->gone(e->data);
	}
	dget(at);
	do {
		parent = dget(at->d_parent);
		d_drop(at);
		dput(at); /* what kept it in memory */
		dput(at);
		at = parent;
	} while (at != proc_root && !at->d_inode->i_private && !has_names(at));
	dput(at);
}

static int add(const char *path, const struct entry *e)
{
	struct dentry *dir = dget(proc_root), *next;
	const char *end;
	int err = 0;

	for (;; path = end + 1) {
		end = strchr(path, '/');
		err = child(dir, path, end ? end - path : (int)strlen(path),
			    end ? NULL : e, &next);
		dput(dir);
		dir = next;
		if (err || !end)
			break;
	}
	dput(dir);
	return err;
}

int proc_add(const char *path, int (*show)(struct text *))
{
	return proc_add_rw(path, show, NULL);
}

int proc_add_rw(const char *path, int (*show)(struct text *), int (*store)(const char *))
{
	unsigned long code = show ? (unsigned long)show : (unsigned long)store;

	return add(path, &(struct entry){.mode = S_IFREG | (store ? 0644 : 0444),
					 .show = show,
					 .store = store,
					 .owner = mod_at(code)});
}

int proc_add_file(const char *path, int mode, const struct proc_file_ops *ops, void *data,
		  struct module *owner)
{
	return add(path, &(struct entry){.mode = mode & S_IFMT ? mode : S_IFREG | mode,
					 .ops = ops,
					 .data = data,
					 .owner = owner});
}

/* The registered name, referenced, or NULL. */
static struct dentry *find(const char *path)
{
	struct dentry *at = dget(proc_root), *next;
	const char *end;

	for (; at && path; path = end ? end + 1 : NULL) {
		end = strchr(path, '/');
		next = d_find(at, path, end ? end - path : (int)strlen(path));
		dput(at);
		at = next;
	}
	return at;
}

static struct entry *entry_of(const struct dentry *at)
{
	struct entry *e = at && at->d_inode ? at->d_inode->i_private : NULL;

	return e && e->dentry ? e : NULL;
}

void *proc_data(const char *path)
{
	struct dentry *at = find(path);
	struct entry *e = entry_of(at);

	dput(at);
	return e ? e->data : NULL;
}

int proc_remove(const char *path)
{
	struct dentry *at = find(path);
	int err = 0;

	if (!entry_of(at))
		err = -ENOENT;
	else if (has_names(at))
		err = -ENOTEMPTY;
	else
		take_out(at);
	dput(at);
	return err;
}

static struct entry *newest_of(const struct module *owner)
{
	struct entry *e;

	list_for_each_entry (e, &entries, list)
		if (e->owner == owner)
			return e;
	return NULL;
}

int proc_forget(const struct module *owner)
{
	struct entry *e;
	int n = 0;

	while ((e = newest_of(owner))) {
		n++;
		if (has_names(e->dentry))
			e->owner = NULL; /* others have names in this directory */
		else
			take_out(e->dentry);
	}
	return n;
}

int proc_show_owners(struct text *t)
{
	struct entry *e;
	char buf[256], *path;

	list_for_each_entry (e, &entries, list) {
		if (!e->owner)
			continue;
		path = d_path(e->dentry, buf, sizeof(buf));
		text_printf(t, "%s", IS_ERR(path) ? "?" : path);
		show_owner(t, e->owner);
		text_printf(t, "\n");
	}
	return t->error;
}

/* --- files of ours ------------------------------------------------------------------ */

static int show_version(struct text *t)
{
	return text_printf(t, "%s version %s (%s) %s\n", UTS_SYSNAME, UTS_RELEASE,
			   "gcc " __VERSION__, UTS_VERSION);
}

static int show_uptime(struct text *t)
{
	unsigned long now = jiffies;

	return text_printf(t, "%lu.%02lu 0.00\n", now / HZ, now % HZ * 100 / HZ);
}

static int show_osrelease(struct text *t)
{
	return text_printf(t, "%s\n", UTS_RELEASE);
}

static int show_osversion(struct text *t)
{
	return text_printf(t, "%s\n", UTS_VERSION);
}

static int show_loadavg(struct text *t)
{
	struct task_struct *task;
	int total = 0, running = 0, last = 0;

	for_each_task(task)
	{
		total++;
		running += task->state == TASK_RUNNING;
		last = max(last, task->pid);
	}
	return text_printf(t, "0.00 0.00 0.00 %d/%d %d\n", running, total, last);
}

void proc_init(void)
{
	struct super_block *sb;
	struct dentry *on;

	if (path_lookup(AT_FDCWD, "/proc", 0, &on) ||
	    super_mount("proc", "proc", on, 0, "", &sb))
		panic("no /proc");
	dput(on);
	proc_root = sb->s_root;
	proc_add("version", show_version);
	proc_add("uptime", show_uptime);
	proc_add("cmdline", cmdline_show);
	proc_add("loadavg", show_loadavg);
	proc_add("filesystems", super_show_filesystems);
	proc_add("mounts", super_show_mounts);
	proc_add("sys/kernel/osrelease", show_osrelease);
	proc_add("sys/kernel/version", show_osversion);
}
