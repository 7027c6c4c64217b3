/* namei.c - from path to dentry, and the system calls that change names */
#include <linux/errno.h>
#include <linux/fs.h>
#include <linux/kernel.h>
#include <linux/sched.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <linux/time.h>
#include <asm/uaccess.h>
#include "fs/file.h"
#include "fs/namei.h"
#include "kernel/contain.h"
#include "kernel/syscall.h"

#define LINKS_MAX 8 /* symbolic links on the way of one path */

int getname(const char *user, char **path)
{
	long len = strnlen_user(user, PATH_MAX);
	char *name;

	if (len == 0)
		return -EFAULT;
	if (len > PATH_MAX)
		return -ENAMETOOLONG;
	name = kmalloc(len, GFP_KERNEL);
	if (!name)
		return -ENOMEM;
	if (copy_from_user(name, user, len) || name[len - 1]) {
		kfree(name);
		return -EFAULT;
	}
	*path = name;
	return 0;
}

int permission(struct inode *inode, int mask)
{
	mode_t mode = inode->i_mode;

	if ((mask & MAY_WRITE) && inode->i_sb && (inode->i_sb->s_flags & MS_RDONLY) &&
	    !S_ISCHR(mode) && !S_ISFIFO(mode))
		return -EROFS;
	if ((mask & MAY_WRITE) && S_ISDIR(mode) && !inode->i_nlink)
		return -ENOENT; /* it was removed: nothing is made in it any more */
	if (current->euid == 0)
		return (mask & MAY_EXEC) && !S_ISDIR(mode) && !(mode & 0111) ? -EACCES
									     : 0;
	if (current->euid == inode->i_uid)
		mode >>= 6;
	else if (current->egid == inode->i_gid)
		mode >>= 3;
	return (mode & mask) == mask ? 0 : -EACCES;
}

/* --- walking ------------------------------------------------------------------------ */

struct walk {
	struct dentry *at; /* referenced */
	int links;	   /* followed so far */
	/* in a walk to a parent: the last component, inside the path given */
	const char *last;
	int last_len;
};

static void step_to(struct walk *w, struct dentry *dentry)
{
	dput(w->at);
	w->at = dentry;
}

/* From the root of a mounted file system to where it is mounted. */
static struct dentry *uncover(struct dentry *dentry)
{
	while (dentry != current->root && dentry == dentry->d_sb->s_root &&
	       dentry->d_sb->s_covered)
		dentry = dentry->d_sb->s_covered;
	return dentry;
}

static void step_up(struct walk *w)
{
	struct dentry *at = uncover(w->at);

	step_to(w, dget(at == current->root ? at : at->d_parent));
}

static DECLARE_WAIT_QUEUE_HEAD(lookup_wait);

/* The child of that name in memory, once it is known whether it exists; NULL: there is none,
 * or finding out has failed. */
static struct dentry *find_settled(struct dentry *dir, const char *name, int len)
{
	struct dentry *child = d_find(dir, name, len);

	if (child && child->d_in_lookup)
		wait_event(lookup_wait, !child->d_in_lookup);
	if (child && list_empty(&child->d_child)) {
		dput(child);
		return NULL;
	}
	return child;
}

/* Does the directory have the name? This may sleep, and others look for it meanwhile. */
static int ask_directory(struct inode *dir, struct dentry *child)
{
	int err;

	if (!dir->i_op->lookup)
		return 0;
	child->d_in_lookup = true;
	err = CALL_MODULE(inode_module(dir), dir->i_op->lookup(dir, child));
	child->d_in_lookup = false;
	if (err)
		d_drop(child);
	wake_up(&lookup_wait);
	return err;
}

/* The string itself, if it is one: to be called where a fault is the module's. */
static const char *readable(const char *s)
{
	return s && strnlen(s, PATH_MAX) < PATH_MAX ? s : NULL;
}

/* Target of a symbolic link, or NULL. */
static const char *link_target(struct inode *inode)
{
	return CALL_MODULE_OR(inode_module(inode), NULL,
			      readable(inode->i_op->readlink(inode)));
}

/* The child of that name; negative if there is none. Mount points are crossed. */
static int child_lookup(struct dentry *dir, const char *name, int len,
			struct dentry **out)
{
	struct dentry *child, *root;
	int err;

	if (len > NAME_MAX)
		return -ENAMETOOLONG;
	child = find_settled(dir, name, len);
	if (!child) {
		child = d_alloc(dir, name, len);
		if (!child)
			return -ENOMEM;
		err = ask_directory(dir->d_inode, child);
		if (err) {
			dput(child);
			return err;
		}
	}
	while ((root = child->d_mounted)) {
		dget(root);
		dput(child);
		child = root;
	}
	*out = child;
	return 0;
}

static int walk(struct walk *w, const char *path, bool follow_last, bool parent);

static int follow(struct walk *w, struct dentry *link)
{
	const char *target;
	int err;

	if (++w->links > LINKS_MAX)
		return -ELOOP;
	target = link_target(link->d_inode);
	if (!target)
		return -EIO;
	err = walk(w, target, true, false);
	return err;
}

/* One component; `more` follow it. */
static int step(struct walk *w, const char *name, int len, bool follow_link)
{
	struct dentry *child;
	int err;

	if (len == 1 && name[0] == '.')
		return 0;
	if (len == 2 && name[0] == '.' && name[1] == '.') {
		step_up(w);
		return 0;
	}
	err = child_lookup(w->at, name, len, &child);
	if (err)
		return err;
	if (!child->d_inode) {
		dput(child);
		return -ENOENT;
	}
	if (!S_ISLNK(child->d_inode->i_mode) || !follow_link) {
		step_to(w, child);
		return 0;
	}
	err = follow(w, child);
	dput(child);
	return err;
}

static int walk(struct walk *w, const char *path, bool follow_last, bool parent)
{
	const char *end;
	int err;

	if (*path == '/')
		step_to(w, dget(current->root));
	for (;; path = end) {
		path += strspn(path, "/");
		if (!*path)
			return 0;
		if (!S_ISDIR(w->at->d_inode->i_mode))
			return -ENOTDIR;
		err = permission(w->at->d_inode, MAY_EXEC);
		if (err)
			return err;
		for (end = path; *end && *end != '/';)
			end++;
		if (parent && !end[strspn(end, "/")]) {
			w->last = path;
			w->last_len = end - path;
			return 0;
		}
		err = step(w, path, end - path, *end == '/' || follow_last);
		if (err)
			return err;
		if (*end == '/' && !S_ISDIR(w->at->d_inode->i_mode))
			return -ENOTDIR;
	}
}

/* Where a relative path starts. */
static int walk_start(struct walk *w, int dfd, const char *path)
{
	struct file *file;

	memset(w, 0, sizeof(*w));
	if (dfd == AT_FDCWD || *path == '/') {
		w->at = dget(current->pwd);
		return 0;
	}
	file = fget(dfd);
	if (!file)
		return -EBADF;
	if (!file->f_dentry)
		return -ENOTDIR;
	w->at = dget(file->f_dentry);
	return 0;
}

int path_lookup(int dfd, const char *path, int flags, struct dentry **out)
{
	struct walk w;
	int err;

	if (!*path && !(flags & LOOKUP_EMPTY))
		return -ENOENT;
	err = walk_start(&w, dfd, path);
	if (err)
		return err;
	err = walk(&w, path, flags & LOOKUP_FOLLOW, false);
	if (!err && (flags & LOOKUP_DIRECTORY) && !S_ISDIR(w.at->d_inode->i_mode))
		err = -ENOTDIR;
	if (err)
		dput(w.at);
	else
		*out = w.at;
	return err;
}

int user_lookup(int dfd, const char *user, int flags, struct dentry **out)
{
	char *path;
	int err = getname(user, &path);

	if (err)
		return err;
	err = path_lookup(dfd, path, flags, out);
	kfree(path);
	return err;
}

static bool is_dots(const char *name, int len)
{
	return len <= 2 && name[0] == '.' && name[len - 1] == '.';
}

/* From where w->at is; the walk is over after it. */
static int find_place(struct walk *w, const char *path, struct place *place)
{
	int err = walk(w, path, true, true);

	memset(place, 0, sizeof(*place));
	if (!err && (!w->last || is_dots(w->last, w->last_len)))
		err = -EEXIST;
	if (!err)
		err = child_lookup(w->at, w->last, w->last_len, &place->dentry);
	if (err) {
		dput(w->at);
		return err;
	}
	place->dir = w->at;
	place->slash = w->last[w->last_len] == '/';
	return 0;
}

int path_place(int dfd, const char *path, struct place *place)
{
	struct walk w;
	int err = *path ? walk_start(&w, dfd, path) : -ENOENT;

	return err ? err : find_place(&w, path, place);
}

int place_follow(struct place *place)
{
	struct place link;
	const char *target;
	int err = 0;

	for (int n = 0; !err; n++) {
		if (!place->dentry->d_inode || !S_ISLNK(place->dentry->d_inode->i_mode))
			return 0;
		link = *place;
		target = link_target(link.dentry->d_inode);
		if (n == LINKS_MAX || !target)
			err = target ? -ELOOP : -EIO;
		else
			err = find_place(&(struct walk){.at = dget(link.dir)}, target,
					 place);
		place_put(&link);
	}
	return err;
}

void place_put(struct place *place)
{
	dput(place->dentry);
	dput(place->dir);
}

char *d_path(struct dentry *dentry, char *buf, size_t size)
{
	char *at = buf + size - 1;
	size_t len;

	*at = '\0';
	for (;; dentry = dentry->d_parent) {
		dentry = uncover(dentry);
		if (dentry == current->root || dentry == dentry->d_parent)
			break;
		len = strlen(dentry->d_name);
		if (len + 2 > (size_t)(at - buf))
			return ERR_PTR(-ENAMETOOLONG);
		at -= len;
		memcpy(at, dentry->d_name, len);
		*--at = '/';
	}
	if (!*at)
		*--at = '/';
	return at;
}

/* --- system calls that make names --------------------------------------------------- */

static int may_change(struct inode *dir)
{
	return permission(dir, MAY_WRITE | MAY_EXEC);
}

static void dir_changed(struct inode *dir)
{
	dir->i_mtime = dir->i_ctime = CURRENT_TIME;
}

/* The place for a new name, from a path in ring 3; the directory may be written. */
static int place_for_new(int dfd, const char *user, struct place *place, bool dir_wanted)
{
	char *path;
	int err = getname(user, &path);

	if (err)
		return err;
	err = path_place(dfd, path, place);
	kfree(path);
	if (err)
		return err;
	if (place->dentry->d_inode)
		err = -EEXIST;
	else if (place->slash && !dir_wanted)
		err = -ENOENT;
	else
		err = may_change(place->dir->d_inode);
	if (err)
		place_put(place);
	return err;
}

static long place_done(struct place *place, int err)
{
	if (!err)
		dir_changed(place->dir->d_inode);
	place_put(place);
	return err;
}

long sys_mkdirat(int dfd, const char *user, int mode)
{
	struct place at;
	struct inode *dir;
	int err = place_for_new(dfd, user, &at, true);

	if (err)
		return err;
	dir = at.dir->d_inode;
	err = INODE_OP(dir, -EPERM, mkdir, dir, at.dentry,
		       (mode & 01777 & ~current->umask));
	return place_done(&at, err);
}

long sys_mknodat(int dfd, const char *user, int mode, unsigned int rdev)
{
	struct place at;
	struct inode *dir;
	int err;

	if ((mode & S_IFMT) == 0)
		mode |= S_IFREG;
	if (S_ISDIR(mode) || S_ISLNK(mode))
		return S_ISDIR(mode) ? -EPERM : -EINVAL;
	if ((S_ISCHR(mode) || S_ISBLK(mode)) && !capable(CAP_SYS_ADMIN))
		return -EPERM;
	err = place_for_new(dfd, user, &at, false);
	if (err)
		return err;
	dir = at.dir->d_inode;
	mode &= ~current->umask;
	if (S_ISREG(mode))
		err = INODE_OP(dir, -EPERM, create, dir, at.dentry, mode);
	else
		err = INODE_OP(dir, -EPERM, mknod, dir, at.dentry, mode, rdev);
	return place_done(&at, err);
}

long sys_symlinkat(const char *user_target, int dfd, const char *user)
{
	struct place at;
	struct inode *dir;
	char *target;
	int err = getname(user_target, &target);

	if (err)
		return err;
	err = *target ? place_for_new(dfd, user, &at, false) : -ENOENT;
	if (!err) {
		dir = at.dir->d_inode;
		err = INODE_OP(dir, -EPERM, symlink, dir, at.dentry, target);
		err = place_done(&at, err);
	}
	kfree(target);
	return err;
}

long sys_linkat(int old_dfd, const char *old_user, int dfd, const char *user, int flags)
{
	struct dentry *old;
	struct inode *dir;
	struct place at;
	int err = user_lookup(old_dfd, old_user,
			      flags & AT_SYMLINK_FOLLOW ? LOOKUP_FOLLOW : 0, &old);

	if (err)
		return err;
	err = S_ISDIR(old->d_inode->i_mode) ? -EPERM
					    : place_for_new(dfd, user, &at, false);
	if (!err) {
		dir = at.dir->d_inode;
		if (dir->i_sb != old->d_inode->i_sb)
			err = -EXDEV;
		else
			err = INODE_OP(dir, -EPERM, link, dir, at.dentry, old->d_inode);
		err = place_done(&at, err);
	}
	dput(old);
	return err;
}

/* --- and those that take them away -------------------------------------------------- */

/* A name may go if its directory may be written, and is not sticky or is ours. */
static int may_remove(struct place *at)
{
	struct inode *dir = at->dir->d_inode;
	int err = may_change(dir);

	if (err)
		return err;
	if (!at->dentry->d_inode)
		return -ENOENT;
	if ((dir->i_mode & S_ISVTX) && current->euid && current->euid != dir->i_uid &&
	    current->euid != at->dentry->d_inode->i_uid)
		return -EPERM;
	if (at->dentry == at->dentry->d_sb->s_root)
		return -EBUSY;
	return 0;
}

static int remove(struct place *at, bool dir_wanted)
{
	struct inode *dir = at->dir->d_inode, *inode = at->dentry->d_inode;

	if (!dir_wanted) {
		if (S_ISDIR(inode->i_mode))
			return -EISDIR;
		return INODE_OP(dir, -EPERM, unlink, dir, at->dentry);
	}
	if (!S_ISDIR(inode->i_mode))
		return -ENOTDIR;
	if (at->dentry == current->root)
		return -EBUSY;
	return INODE_OP(dir, -EPERM, rmdir, dir, at->dentry);
}

long sys_unlinkat(int dfd, const char *user, int flags)
{
	struct place at;
	char *path;
	int err;

	if (flags & ~AT_REMOVEDIR)
		return -EINVAL;
	err = getname(user, &path);
	if (err)
		return err;
	err = path_place(dfd, path, &at);
	kfree(path);
	if (err)
		return err == -EEXIST ? flags ? -EINVAL : -EISDIR : err;
	err = may_remove(&at);
	if (!err && at.slash && !S_ISDIR(at.dentry->d_inode->i_mode))
		err = -ENOTDIR;
	if (!err)
		err = remove(&at, flags & AT_REMOVEDIR);
	return place_done(&at, err);
}

static bool is_below(struct dentry *dentry, struct dentry *above)
{
	for (;; dentry = dentry->d_parent) {
		if (dentry == above)
			return true;
		if (dentry == dentry->d_parent)
			return false;
	}
}

static int rename(struct place *from, struct place *to, unsigned int flags)
{
	struct inode *old = from->dentry->d_inode, *new;
	int err = may_remove(from);

	if (!err)
		err = may_change(to->dir->d_inode);
	if (err)
		return err;
	new = to->dentry->d_inode;
	if (from->dir->d_sb != to->dir->d_sb)
		return -EXDEV;
	if (!from->dir->d_inode->i_op->rename)
		return -EPERM;
	if (is_below(to->dir, from->dentry))
		return -EINVAL;
	if ((from->slash || to->slash) && !S_ISDIR(old->i_mode))
		return -ENOTDIR;
	if (new == old)
		return 0;
	if (new && (flags & 1)) /* RENAME_NOREPLACE */
		return -EEXIST;
	if (new &&S_ISDIR(old->i_mode) && !S_ISDIR(new->i_mode))
		return -ENOTDIR;
	if (new && (err = may_remove(to)))
		return err;
	if (new && (err = remove(to, S_ISDIR(old->i_mode))))
		return err;
	return INODE_OP(from->dir->d_inode, -EPERM, rename, from->dentry, to->dentry);
}

/* The name at `to` was removed: look again, there is a negative dentry now. */
static int rename_paths(int old_dfd, const char *old_path, int dfd, const char *path,
			unsigned int flags)
{
	struct place from, to;
	int err = path_place(old_dfd, old_path, &from);

	if (err)
		return err == -EEXIST ? -EBUSY : err;
	err = path_place(dfd, path, &to);
	if (err) {
		place_put(&from);
		return err == -EEXIST ? -EBUSY : err;
	}
	err = rename(&from, &to, flags);
	if (!err) {
		dir_changed(from.dir->d_inode);
		dir_changed(to.dir->d_inode);
	}
	place_put(&from);
	place_put(&to);
	return err;
}

long sys_renameat2(int old_dfd, const char *old_user, int dfd, const char *user,
		   unsigned int flags)
{
	char *old_path, *path;
	int err;

	if (flags & ~1u)
		return -EINVAL;
	err = getname(old_user, &old_path);
	if (err)
		return err;
	err = getname(user, &path);
	if (!err) {
		err = rename_paths(old_dfd, old_path, dfd, path, flags);
		kfree(path);
	}
	kfree(old_path);
	return err;
}

long sys_renameat(int old_dfd, const char *old_user, int dfd, const char *user)
{
	return sys_renameat2(old_dfd, old_user, dfd, user, 0);
}

long sys_mkdir(const char *user, int mode)
{
	return sys_mkdirat(AT_FDCWD, user, mode);
}

long sys_mknod(const char *user, int mode, unsigned int rdev)
{
	return sys_mknodat(AT_FDCWD, user, mode, rdev);
}

long sys_symlink(const char *target, const char *user)
{
	return sys_symlinkat(target, AT_FDCWD, user);
}

long sys_link(const char *old_user, const char *user)
{
	return sys_linkat(AT_FDCWD, old_user, AT_FDCWD, user, 0);
}

long sys_unlink(const char *user)
{
	return sys_unlinkat(AT_FDCWD, user, 0);
}

long sys_rmdir(const char *user)
{
	return sys_unlinkat(AT_FDCWD, user, AT_REMOVEDIR);
}

long sys_rename(const char *old_user, const char *user)
{
	return sys_renameat2(AT_FDCWD, old_user, AT_FDCWD, user, 0);
}

/* --- where a process is ------------------------------------------------------------- */

static long set_dir(struct dentry **where, int dfd, const char *user)
{
	struct dentry *dir;
	int err = user_lookup(dfd, user, LOOKUP_FOLLOW | LOOKUP_DIRECTORY, &dir);

	if (!err)
		err = permission(dir->d_inode, MAY_EXEC);
	else
		return err;
	if (err) {
		dput(dir);
		return err;
	}
	dput(*where);
	*where = dir;
	return 0;
}

long sys_chdir(const char *user)
{
	return set_dir(&current->pwd, AT_FDCWD, user);
}

long sys_chroot(const char *user)
{
	if (!capable(CAP_SYS_ADMIN))
		return -EPERM;
	return set_dir(&current->root, AT_FDCWD, user);
}

long sys_fchdir(unsigned int fd)
{
	struct file *file = fget(fd);

	if (!file)
		return -EBADF;
	if (!S_ISDIR(file->f_dentry->d_inode->i_mode))
		return -ENOTDIR;
	dput(current->pwd);
	current->pwd = dget(file->f_dentry);
	return 0;
}

long sys_getcwd(char *buf, size_t size)
{
	char *page, *path;
	long ret;

	if (!current->pwd->d_inode->i_nlink)
		return -ENOENT;
	page = kmalloc(PATH_MAX, GFP_KERNEL);
	if (!page)
		return -ENOMEM;
	path = d_path(current->pwd, page, PATH_MAX);
	if (IS_ERR(path)) {
		ret = PTR_ERR(path);
	} else {
		ret = page + PATH_MAX - path;
		if (ret > (long)size)
			ret = -ERANGE;
		else if (copy_to_user(buf, path, ret))
			ret = -EFAULT;
	}
	kfree(page);
	return ret;
}

long sys_readlinkat(int dfd, const char *user, char *buf, int size)
{
	struct dentry *dentry;
	const char *target;
	long ret;
	int err;

	if (size <= 0)
		return -EINVAL;
	err = user_lookup(dfd, user, LOOKUP_EMPTY, &dentry);
	if (err)
		return err;
	ret = -EINVAL;
	if (S_ISLNK(dentry->d_inode->i_mode)) {
		target = link_target(dentry->d_inode);
		ret = target ? min((long)strlen(target), (long)size) : -EIO;
		if (ret > 0 && copy_to_user(buf, target, ret))
			ret = -EFAULT;
	}
	dput(dentry);
	return ret;
}

long sys_readlink(const char *user, char *buf, int size)
{
	return sys_readlinkat(AT_FDCWD, user, buf, size);
}
