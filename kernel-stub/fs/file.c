/* file.c - open files and descriptors */
#include <linux/errno.h>
#include <linux/fs.h>
#include <linux/kernel.h>
#include <linux/kmod.h>
#include <linux/sched.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <asm/uaccess.h>
#include "fs/file.h"
#include "fs/namei.h"
#include "kernel/blkdev.h"
#include "kernel/chrdev.h"
#include "kernel/contain.h"
#include "kernel/syscall.h"

#define MISC_MAJOR 10 /* drivers with one minor each */

/* --- files -------------------------------------------------------------------------- */

static struct file *file_new(struct dentry *dentry, unsigned int flags)
{
	struct file *file = kmalloc(sizeof(*file), GFP_KERNEL);

	if (!file)
		return NULL;
	memset(file, 0, sizeof(*file));
	file->f_count = 1;
	file->f_dentry = dentry;
	file->f_flags = flags;
	file->f_mode = (flags + 1) & O_ACCMODE; /* O_RDONLY 0, O_WRONLY 1, O_RDWR 2 */
	if ((flags & O_ACCMODE) == O_ACCMODE)
		file->f_mode = 0;
	return file;
}

struct file *file_anonymous(struct inode *inode, const struct file_operations *fop,
			    unsigned int flags)
{
	struct dentry *dentry = d_alloc_root(NULL, inode);
	struct file *file;

	if (!dentry)
		return NULL;
	file = file_new(dentry, flags);
	if (file)
		file->f_op = fop;
	else {
		dentry->d_inode = NULL; /* stays the caller's */
		dput(dentry);
	}
	return file;
}

/* What a driver's function returns is ignored, as in 2.4; that it was cut short is not. */
static int release(struct file *file)
{
	struct inode *inode = file->f_dentry->d_inode;
	struct module *owner = file_module(file);

	if (!file->f_op || !file->f_op->release)
		return 0;
	return owner ? CALL_MODULE_LAST(owner, file->f_op->release(inode, file))
		     : file->f_op->release(inode, file);
}

int fput(struct file *file)
{
	int err;

	if (--file->f_count)
		return 0;
	err = release(file);
	chrdev_put(file->f_owner);
	dput(file->f_dentry);
	kfree(file);
	return err;
}

int filp_close(struct file *file)
{
	int flushed = 0, released;

	if (file->f_op && file->f_op->flush)
		flushed = CALL_MODULE(file_module(file), file->f_op->flush(file));
	released = fput(file);
	return flushed ? flushed : released;
}

/* The operations of a device come from its driver, whose module is in use from here on. */
static int device_open(struct file *file, struct inode *inode)
{
	unsigned int major = MAJOR(inode->i_rdev);

	if (inode->i_sb && (inode->i_sb->s_flags & MS_NODEV))
		return -EACCES;
	if (S_ISBLK(inode->i_mode)) {
		file->f_op = &blkdev_fops;
		return 0;
	}
	file->f_op = chrdev_get(major, &file->f_owner);
	if (!file->f_op && major) {
		if (major == MISC_MAJOR)
			request_module("char-major-%u-%u", major, MINOR(inode->i_rdev));
		else
			request_module("char-major-%u", major);
		file->f_op = chrdev_get(major, &file->f_owner);
	}
	return file->f_op ? 0 : -ENODEV;
}

static int dentry_open(struct dentry *dentry, int flags, struct file **out)
{
	struct inode *inode = dentry->d_inode;
	struct file *file = file_new(dget(dentry), flags);
	int err = 0;

	if (!file) {
		dput(dentry);
		return -ENOMEM;
	}
	file->f_op = inode->i_fop;
	if (S_ISCHR(inode->i_mode) || S_ISBLK(inode->i_mode))
		err = device_open(file, inode);
	if (!err && !file->f_op)
		err = -ENXIO;
	if (!err && file->f_op->open)
		err = CALL_MODULE(file_module(file), file->f_op->open(inode, file));
	if (err) {
		file->f_op = NULL; /* not open, so nothing to release */
		fput(file);
		return err;
	}
	file->f_flags &= ~(O_CREAT | O_EXCL | O_NOCTTY | O_TRUNC | O_CLOEXEC);
	*out = file;
	return 0;
}

/* --- from a path -------------------------------------------------------------------- */

static int may_open(struct inode *inode, int flags)
{
	static const int mask[] = {MAY_READ, MAY_WRITE, MAY_READ | MAY_WRITE, MAY_READ};
	int err;

	if (S_ISLNK(inode->i_mode))
		return -ELOOP;
	if (S_ISDIR(inode->i_mode) && ((flags & O_ACCMODE) || (flags & O_CREAT)))
		return -EISDIR;
	if ((flags & O_DIRECTORY) && !S_ISDIR(inode->i_mode))
		return -ENOTDIR;
	err = permission(inode, mask[flags & O_ACCMODE]);
	if (!err && (flags & O_TRUNC))
		err = permission(inode, MAY_WRITE);
	return err;
}

static int truncate_if_asked(struct inode *inode, int flags)
{
	if (!(flags & O_TRUNC) || !S_ISREG(inode->i_mode))
		return 0;
	return INODE_OP(inode, -EPERM, truncate, inode, 0);
}

/* The dentry to open at a place, made if it does not exist. */
static int create_at(struct place *at, int flags, int mode)
{
	struct inode *dir = at->dir->d_inode;
	int err;

	if (at->dentry->d_inode)
		return flags & O_EXCL ? -EEXIST : 0;
	if (at->slash)
		return -EISDIR;
	err = permission(dir, MAY_WRITE | MAY_EXEC);
	if (err)
		return err;
	return INODE_OP(dir, -EACCES, create, dir, at->dentry,
			S_IFREG | (mode & 07777 & ~current->umask));
}

/* Find or create; *created tells which. */
static int lookup_create(int dfd, const char *path, int flags, int mode,
			 struct dentry **out, bool *created)
{
	struct place at;
	int err;

	/* Something is there, or a link leads to something: as without O_CREAT. */
	if (!(flags & O_EXCL)) {
		err = path_lookup(dfd, path, flags & O_NOFOLLOW ? 0 : LOOKUP_FOLLOW, out);
		if (err != -ENOENT)
			return err;
	}
	err = path_place(dfd, path, &at);
	if (!err && !(flags & (O_EXCL | O_NOFOLLOW)))
		err = place_follow(&at);
	if (err)
		return err == -EEXIST && !(flags & O_EXCL) ? -EISDIR : err;
	*created = !at.dentry->d_inode;
	err = create_at(&at, flags, mode);
	if (!err)
		*out = dget(at.dentry);
	place_put(&at);
	return err;
}

struct file *file_open(int dfd, const char *path, int flags, int mode)
{
	struct dentry *dentry;
	struct file *file;
	bool created = false;
	int err;

	if (flags & O_CREAT)
		err = lookup_create(dfd, path, flags, mode, &dentry, &created);
	else
		err = path_lookup(dfd, path, flags & O_NOFOLLOW ? 0 : LOOKUP_FOLLOW,
				  &dentry);
	if (err)
		return ERR_PTR(err);
	if (!created) /* what it will let others do does not bind its creator */
		err = may_open(dentry->d_inode, flags);
	if (!err)
		err = truncate_if_asked(dentry->d_inode, flags);
	if (!err)
		err = dentry_open(dentry, flags, &file);
	dput(dentry);
	return err ? ERR_PTR(err) : file;
}

struct file *filp_open(const char *path, int flags, int mode)
{
	return file_open(AT_FDCWD, path, flags, mode);
}

/* --- descriptors -------------------------------------------------------------------- */

static void set_cloexec(unsigned int fd, bool on)
{
	uint8_t bit = 1 << fd % 8;

	if (on)
		current->close_on_exec[fd / 8] |= bit;
	else
		current->close_on_exec[fd / 8] &= ~bit;
}

static bool get_cloexec(const struct task_struct *task, unsigned int fd)
{
	return task->close_on_exec[fd / 8] & 1 << fd % 8;
}

struct file *fget(unsigned int fd)
{
	return fd < NR_OPEN ? current->fd[fd] : NULL;
}

int fd_install(struct file *file, unsigned int from, bool cloexec)
{
	for (unsigned int fd = from; fd < NR_OPEN; fd++) {
		if (current->fd[fd])
			continue;
		current->fd[fd] = file;
		set_cloexec(fd, cloexec);
		return fd;
	}
	return -EMFILE;
}

int files_copy(struct task_struct *task)
{
	task->fd = kmalloc(NR_OPEN * sizeof(*task->fd), GFP_KERNEL);
	if (!task->fd)
		return -ENOMEM;
	memset(task->fd, 0, NR_OPEN * sizeof(*task->fd));
	for (int fd = 0; current->fd && fd < NR_OPEN; fd++) {
		task->fd[fd] = current->fd[fd];
		if (task->fd[fd])
			get_file(task->fd[fd]);
	}
	task->root = current->root ? dget(current->root) : NULL;
	task->pwd = current->pwd ? dget(current->pwd) : NULL;
	return 0;
}

static void fd_close(struct task_struct *task, int fd)
{
	struct file *file = task->fd[fd];

	task->fd[fd] = NULL;
	filp_close(file);
}

void files_drop(struct task_struct *task)
{
	for (int fd = 0; task->fd && fd < NR_OPEN; fd++)
		if (task->fd[fd])
			fd_close(task, fd);
	kfree(task->fd);
	task->fd = NULL;
	dput(task->root);
	dput(task->pwd);
	task->root = task->pwd = NULL;
}

void files_chdir_like(struct task_struct *task)
{
	struct dentry *root = dget(task->root), *pwd = dget(task->pwd);

	dput(current->root);
	dput(current->pwd);
	current->root = root;
	current->pwd = pwd;
}

void files_exec(struct task_struct *task)
{
	for (int fd = 0; fd < NR_OPEN; fd++)
		if (task->fd[fd] && get_cloexec(task, fd))
			fd_close(task, fd);
}

/* --- system calls ------------------------------------------------------------------- */

long sys_openat(int dfd, const char *user, int flags, int mode)
{
	struct file *file;
	char *path;
	int ret = getname(user, &path);

	if (ret)
		return ret;
	file = file_open(dfd, path, flags, mode);
	kfree(path);
	if (IS_ERR(file))
		return PTR_ERR(file);
	ret = fd_install(file, 0, flags & O_CLOEXEC);
	if (ret < 0)
		filp_close(file);
	return ret;
}

long sys_open(const char *user, int flags, int mode)
{
	return sys_openat(AT_FDCWD, user, flags, mode);
}

long sys_creat(const char *user, int mode)
{
	return sys_openat(AT_FDCWD, user, O_CREAT | O_WRONLY | O_TRUNC, mode);
}

long sys_close(unsigned int fd)
{
	struct file *file = fget(fd);

	if (!file)
		return -EBADF;
	current->fd[fd] = NULL;
	return filp_close(file);
}

static long dup_from(unsigned int fd, unsigned int from, bool cloexec)
{
	struct file *file = fget(fd);
	int ret;

	if (!file)
		return -EBADF;
	ret = fd_install(file, from, cloexec);
	if (ret >= 0)
		get_file(file);
	return ret;
}

long sys_dup(unsigned int fd)
{
	return dup_from(fd, 0, false);
}

long sys_dup3(unsigned int fd, unsigned int to, int flags)
{
	struct file *file = fget(fd), *old;

	if ((flags & ~O_CLOEXEC) || fd == to)
		return -EINVAL;
	if (!file || to >= NR_OPEN)
		return -EBADF;
	old = current->fd[to];
	get_file(file);
	current->fd[to] = file;
	set_cloexec(to, flags & O_CLOEXEC);
	if (old)
		filp_close(old);
	return to;
}

long sys_dup2(unsigned int fd, unsigned int to)
{
	if (fd == to)
		return fget(fd) ? (long)fd : -EBADF;
	return sys_dup3(fd, to, 0);
}

#define F_DUPFD		0
#define F_GETFD		1
#define F_SETFD		2
#define F_GETFL		3
#define F_SETFL		4
#define F_DUPFD_CLOEXEC 1030
#define FD_CLOEXEC	1
#define SETFL_MASK	(O_APPEND | O_NONBLOCK)

long sys_fcntl64(unsigned int fd, unsigned int cmd, unsigned long arg)
{
	struct file *file = fget(fd);

	if (!file)
		return -EBADF;
	switch (cmd) {
	case F_DUPFD:
	case F_DUPFD_CLOEXEC:
		return arg < NR_OPEN ? dup_from(fd, arg, cmd == F_DUPFD_CLOEXEC)
				     : -EINVAL;
	case F_GETFD:
		return get_cloexec(current, fd) ? FD_CLOEXEC : 0;
	case F_SETFD:
		set_cloexec(fd, arg & FD_CLOEXEC);
		return 0;
	case F_GETFL:
		return file->f_flags;
	case F_SETFL:
		file->f_flags = (file->f_flags & ~SETFL_MASK) | (arg & SETFL_MASK);
		return 0;
	}
	return -EINVAL;
}

long sys_fcntl(unsigned int fd, unsigned int cmd, unsigned long arg)
{
	return sys_fcntl64(fd, cmd, arg);
}
