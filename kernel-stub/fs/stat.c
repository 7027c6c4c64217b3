/* stat.c - what a file is: the stat family in the layouts of Linux i386, and what may be
 * changed about it
 */
#include <linux/errno.h>
#include <linux/fs.h>
#include <linux/kernel.h>
#include <linux/sched.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <linux/time.h>
#include <asm/uaccess.h>
#include "arch/i386/paging.h"
#include "fs/file.h"
#include "fs/namei.h"
#include "kernel/contain.h"
#include "kernel/syscall.h"
#include "mm/mm.h"

struct stat_old { /* stat(106) */
	uint32_t dev, ino;
	uint16_t mode, nlink, uid, gid;
	uint32_t rdev, size, blksize, blocks;
	uint32_t atime, atime_ns, mtime, mtime_ns, ctime, ctime_ns;
	uint32_t pad[2];
};

struct stat64 {
	uint64_t dev;
	uint32_t pad0, ino32, mode, nlink, uid, gid;
	uint64_t rdev;
	uint32_t pad1;
	int64_t size;
	uint32_t blksize;
	uint64_t blocks;
	uint32_t atime, atime_ns, mtime, mtime_ns, ctime, ctime_ns;
	uint64_t ino;
} __attribute__((packed));

struct statx_time {
	int64_t sec;
	uint32_t nsec, pad;
};

struct statx {
	uint32_t mask, blksize;
	uint64_t attributes;
	uint32_t nlink, uid, gid;
	uint16_t mode, pad0;
	uint64_t ino, size, blocks, attributes_mask;
	struct statx_time atime, btime, ctime, mtime;
	uint32_t rdev_major, rdev_minor, dev_major, dev_minor;
	uint64_t pad1[14];
} __attribute__((packed));

_Static_assert(sizeof(struct stat_old) == 64, "stat");
_Static_assert(sizeof(struct stat64) == 96, "stat64");
_Static_assert(sizeof(struct statx) == 256, "statx");

#define STATX_BASIC 0x7ffu

/* Each mounted file system has a device number of its own, so that (dev, ino) is unique. */
static uint32_t dev_of(const struct inode *inode)
{
	return inode->i_sb ? inode->i_sb->s_dev : 0;
}

static uint64_t blocks_of(const struct inode *inode)
{
	return (inode->i_size + 511) / 512;
}

/* What the three layouts call by the same names. */
#define STAT_MEMBERS(i)                                                                  \
	.ino = (i)->i_ino, .mode = (i)->i_mode, .nlink = (i)->i_nlink,                   \
	.uid = (i)->i_uid, .gid = (i)->i_gid, .size = (i)->i_size, .blksize = PAGE_SIZE, \
	.blocks = blocks_of(i)

static long put_stat_old(const struct inode *i, void *user)
{
	struct stat_old s = {
		.dev = dev_of(i),
		.rdev = i->i_rdev,
		.atime = i->i_atime,
		.mtime = i->i_mtime,
		.ctime = i->i_ctime,
		STAT_MEMBERS(i),
	};

	return copy_to_user(user, &s, sizeof(s)) ? -EFAULT : 0;
}

static long put_stat64(const struct inode *i, void *user)
{
	struct stat64 s = {
		.dev = dev_of(i),
		.ino32 = i->i_ino,
		.rdev = i->i_rdev,
		.atime = i->i_atime,
		.mtime = i->i_mtime,
		.ctime = i->i_ctime,
		STAT_MEMBERS(i),
	};

	return copy_to_user(user, &s, sizeof(s)) ? -EFAULT : 0;
}

static long put_statx(const struct inode *i, void *user)
{
	struct statx s = {
		.mask = STATX_BASIC,
		.rdev_major = MAJOR(i->i_rdev),
		.rdev_minor = MINOR(i->i_rdev),
		.dev_major = MAJOR(dev_of(i)),
		.dev_minor = MINOR(dev_of(i)),
		.atime = {.sec = i->i_atime},
		.mtime = {.sec = i->i_mtime},
		.ctime = {.sec = i->i_ctime},
		STAT_MEMBERS(i),
	};

	return copy_to_user(user, &s, sizeof(s)) ? -EFAULT : 0;
}

typedef long (*put_fn)(const struct inode *, void *);

static long stat_path(int dfd, const char *user_path, int flags, void *user, put_fn put)
{
	int lookup = flags & AT_SYMLINK_NOFOLLOW ? 0 : LOOKUP_FOLLOW;
	struct dentry *dentry;
	char *path = NULL;
	long ret;

	ret = getname(user_path, &path);
	if (ret)
		return ret;
	if (flags & AT_EMPTY_PATH)
		lookup |= LOOKUP_EMPTY;
	ret = path_lookup(dfd, path, lookup, &dentry);
	kfree(path);
	if (ret)
		return ret;
	ret = put(dentry->d_inode, user);
	dput(dentry);
	return ret;
}

static long stat_fd(unsigned int fd, void *user, put_fn put)
{
	struct file *file = fget(fd);

	return file ? put(file->f_dentry->d_inode, user) : -EBADF;
}

long sys_stat(const char *path, void *user)
{
	return stat_path(AT_FDCWD, path, 0, user, put_stat_old);
}

long sys_lstat(const char *path, void *user)
{
	return stat_path(AT_FDCWD, path, AT_SYMLINK_NOFOLLOW, user, put_stat_old);
}

long sys_fstat(unsigned int fd, void *user)
{
	return stat_fd(fd, user, put_stat_old);
}

long sys_stat64(const char *path, void *user)
{
	return stat_path(AT_FDCWD, path, 0, user, put_stat64);
}

long sys_lstat64(const char *path, void *user)
{
	return stat_path(AT_FDCWD, path, AT_SYMLINK_NOFOLLOW, user, put_stat64);
}

long sys_fstat64(unsigned int fd, void *user)
{
	return stat_fd(fd, user, put_stat64);
}

long sys_fstatat64(int dfd, const char *path, void *user, int flags)
{
	return stat_path(dfd, path, flags, user, put_stat64);
}

long sys_statx(int dfd, const char *path, int flags, unsigned int mask, void *user)
{
	return stat_path(dfd, path, flags, user, put_statx);
}

/* --- access ------------------------------------------------------------------------- */

long sys_faccessat2(int dfd, const char *user, int mode, int flags)
{
	uid_t euid = current->euid;
	gid_t egid = current->egid;
	struct dentry *dentry;
	int err;

	if (mode & ~7)
		return -EINVAL;
	err = user_lookup(dfd, user, flags & AT_SYMLINK_NOFOLLOW ? 0 : LOOKUP_FOLLOW,
			  &dentry);
	if (err)
		return err;
	if (!(flags & AT_EACCESS)) { /* what the real user may */
		current->euid = current->uid;
		current->egid = current->gid;
	}
	err = permission(dentry->d_inode, mode);
	current->euid = euid;
	current->egid = egid;
	dput(dentry);
	return err;
}

long sys_faccessat(int dfd, const char *user, int mode)
{
	return sys_faccessat2(dfd, user, mode, 0);
}

long sys_access(const char *user, int mode)
{
	return sys_faccessat2(AT_FDCWD, user, mode, 0);
}

/* --- changes ------------------------------------------------------------------------ */

static bool is_read_only(const struct inode *inode)
{
	return inode->i_sb && (inode->i_sb->s_flags & MS_RDONLY);
}

static int chmod_inode(struct inode *inode, int mode)
{
	if (is_read_only(inode))
		return -EROFS;
	if (current->euid && current->euid != inode->i_uid)
		return -EPERM;
	inode->i_mode = (inode->i_mode & S_IFMT) | (mode & 07777);
	inode->i_ctime = CURRENT_TIME;
	return 0;
}

static int chown_inode(struct inode *inode, uid_t uid, gid_t gid)
{
	if (is_read_only(inode))
		return -EROFS;
	if (current->euid && (uid != (uid_t)-1 || current->euid != inode->i_uid ||
			      (gid != (gid_t)-1 && gid != current->egid)))
		return -EPERM;
	if (uid != (uid_t)-1)
		inode->i_uid = uid;
	if (gid != (gid_t)-1)
		inode->i_gid = gid;
	if (!S_ISDIR(inode->i_mode))
		inode->i_mode &= ~(S_ISUID | S_ISGID);
	inode->i_ctime = CURRENT_TIME;
	return 0;
}

long sys_fchmodat(int dfd, const char *user, int mode)
{
	struct dentry *dentry;
	int err = user_lookup(dfd, user, LOOKUP_FOLLOW, &dentry);

	if (err)
		return err;
	err = chmod_inode(dentry->d_inode, mode);
	dput(dentry);
	return err;
}

long sys_chmod(const char *user, int mode)
{
	return sys_fchmodat(AT_FDCWD, user, mode);
}

long sys_fchmod(unsigned int fd, int mode)
{
	struct file *file = fget(fd);

	return file ? chmod_inode(file->f_dentry->d_inode, mode) : -EBADF;
}

long sys_fchownat(int dfd, const char *user, uid_t uid, gid_t gid, int flags)
{
	struct dentry *dentry;
	int lookup = (flags & AT_SYMLINK_NOFOLLOW ? 0 : LOOKUP_FOLLOW) |
		     (flags & AT_EMPTY_PATH ? LOOKUP_EMPTY : 0);
	int err = user_lookup(dfd, user, lookup, &dentry);

	if (err)
		return err;
	err = chown_inode(dentry->d_inode, uid, gid);
	dput(dentry);
	return err;
}

long sys_chown32(const char *user, uid_t uid, gid_t gid)
{
	return sys_fchownat(AT_FDCWD, user, uid, gid, 0);
}

long sys_lchown32(const char *user, uid_t uid, gid_t gid)
{
	return sys_fchownat(AT_FDCWD, user, uid, gid, AT_SYMLINK_NOFOLLOW);
}

long sys_fchown32(unsigned int fd, uid_t uid, gid_t gid)
{
	struct file *file = fget(fd);

	return file ? chown_inode(file->f_dentry->d_inode, uid, gid) : -EBADF;
}

long sys_chown(const char *user, uint32_t uid, uint32_t gid)
{
	return sys_chown32(user, id16(uid), id16(gid));
}

long sys_lchown(const char *user, uint32_t uid, uint32_t gid)
{
	return sys_lchown32(user, id16(uid), id16(gid));
}

long sys_fchown(unsigned int fd, uint32_t uid, uint32_t gid)
{
	return sys_fchown32(fd, id16(uid), id16(gid));
}

static int truncate_inode(struct inode *inode, loff_t size)
{
	if (size < 0)
		return -EINVAL;
	if (S_ISDIR(inode->i_mode))
		return -EISDIR;
	if (!S_ISREG(inode->i_mode))
		return -EINVAL;
	return INODE_OP(inode, -EINVAL, truncate, inode, size);
}

long sys_truncate64(const char *user, uint32_t low, uint32_t high)
{
	struct dentry *dentry;
	int err = user_lookup(AT_FDCWD, user, LOOKUP_FOLLOW, &dentry);

	if (err)
		return err;
	err = permission(dentry->d_inode, MAY_WRITE);
	if (!err)
		err = truncate_inode(dentry->d_inode,
				     (loff_t)((uint64_t)high << 32 | low));
	dput(dentry);
	return err;
}

long sys_truncate(const char *user, int32_t size)
{
	return sys_truncate64(user, size, size >> 31);
}

long sys_ftruncate64(unsigned int fd, uint32_t low, uint32_t high)
{
	struct file *file = fget(fd);

	if (!file)
		return -EBADF;
	if (!(file->f_mode & FMODE_WRITE))
		return -EINVAL;
	return truncate_inode(file->f_dentry->d_inode,
			      (loff_t)((uint64_t)high << 32 | low));
}

long sys_ftruncate(unsigned int fd, int32_t size)
{
	return sys_ftruncate64(fd, size, size >> 31);
}

/* --- times -------------------------------------------------------------------------- */

#define UTIME_NOW  0x3fffffff
#define UTIME_OMIT 0x3ffffffe

/* The time it is now may be set by who may write, any other by the owner. */
static int may_set_times(struct inode *inode, const int64_t ts[4])
{
	if (is_read_only(inode))
		return -EROFS;
	if (!current->euid || current->euid == inode->i_uid)
		return 0;
	if (ts[1] == UTIME_NOW && ts[3] == UTIME_NOW)
		return permission(inode, MAY_WRITE);
	return -EPERM;
}

static int set_times(int dfd, const char *user, const int64_t ts[4], int flags)
{
	struct dentry *dentry;
	struct inode *inode;
	int err;

	if (!user) { /* the file itself, as futimens() asks */
		struct file *file = fget(dfd);

		if (!file)
			return -EBADF;
		dentry = dget(file->f_dentry);
	} else {
		err = user_lookup(dfd, user,
				  flags & AT_SYMLINK_NOFOLLOW ? 0 : LOOKUP_FOLLOW,
				  &dentry);
		if (err)
			return err;
	}
	inode = dentry->d_inode;
	err = may_set_times(inode, ts);
	if (!err && ts[1] != UTIME_OMIT)
		inode->i_atime = ts[1] == UTIME_NOW ? CURRENT_TIME : ts[0];
	if (!err && ts[3] != UTIME_OMIT)
		inode->i_mtime = ts[3] == UTIME_NOW ? CURRENT_TIME : ts[2];
	if (!err)
		inode->i_ctime = CURRENT_TIME;
	dput(dentry);
	return err;
}

static const int64_t times_now[4] = {0, UTIME_NOW, 0, UTIME_NOW};

long sys_utimensat_time64(int dfd, const char *user, const int64_t *user_ts, int flags)
{
	int64_t ts[4];

	if (!user_ts)
		return set_times(dfd, user, times_now, flags);
	if (copy_from_user(ts, user_ts, sizeof(ts)))
		return -EFAULT;
	return set_times(dfd, user, ts, flags);
}

long sys_utimensat(int dfd, const char *user, const int32_t *user_ts, int flags)
{
	int32_t ts[4];

	if (!user_ts)
		return set_times(dfd, user, times_now, flags);
	if (copy_from_user(ts, user_ts, sizeof(ts)))
		return -EFAULT;
	return set_times(dfd, user, (int64_t[]){ts[0], ts[1], ts[2], ts[3]}, flags);
}

long sys_utime(const char *user, const int32_t *user_times)
{
	int32_t t[2];

	if (!user_times)
		return set_times(AT_FDCWD, user, times_now, 0);
	if (copy_from_user(t, user_times, sizeof(t)))
		return -EFAULT;
	return set_times(AT_FDCWD, user, (int64_t[]){t[0], 0, t[1], 0}, 0);
}

/* --- statfs ------------------------------------------------------------------------- */

#define RAMFS_MAGIC 0x858458f6u

/* What is in memory has the memory's figures. */
static int memory_statfs(struct kstatfs *st)
{
	struct mm_counters c;

	mm_counters(&c);
	*st = (struct kstatfs){.f_type = RAMFS_MAGIC,
			       .f_bsize = PAGE_SIZE,
			       .f_blocks = c.total,
			       .f_bfree = c.pages[MM_FREE]};
	return 0;
}

static int inode_statfs(const struct inode *inode, struct kstatfs *st)
{
	struct super_block *sb = inode->i_sb;

	memset(st, 0, sizeof(*st));
	if (!sb || !sb->s_type->statfs)
		return memory_statfs(st);
	return CALL_MODULE(sb->s_owner, sb->s_type->statfs(sb, st));
}

/* Both layouts: type, bsize, blocks, bfree, bavail, files, ffree (64-bit counts in the
 * wide one), fsid, namelen, frsize, flags, spare. */
static long put_statfs(const struct inode *inode, void *user, size_t size, bool wide)
{
	uint32_t w[21] = {0};
	struct kstatfs st;
	int err;

	if (wide && size != 84)
		return -EINVAL;
	err = inode_statfs(inode, &st);
	if (err)
		return err;
	w[0] = st.f_type;
	w[1] = w[wide ? 15 : 10] = st.f_bsize;
	w[2] = st.f_blocks;
	w[wide ? 4 : 3] = w[wide ? 6 : 4] = st.f_bfree;
	w[wide ? 14 : 9] = NAME_MAX;
	return copy_to_user(user, w, wide ? 84 : 64) ? -EFAULT : 0;
}

static long statfs_path(const char *user, void *buf, size_t size, bool wide)
{
	struct dentry *dentry;
	int err = user_lookup(AT_FDCWD, user, LOOKUP_FOLLOW, &dentry);

	if (err)
		return err;
	err = put_statfs(dentry->d_inode, buf, size, wide);
	dput(dentry);
	return err;
}

static long statfs_file(unsigned int fd, void *buf, size_t size, bool wide)
{
	struct file *file = fget(fd);

	return file ? put_statfs(file->f_dentry->d_inode, buf, size, wide) : -EBADF;
}

long sys_statfs(const char *user, void *buf)
{
	return statfs_path(user, buf, 64, false);
}

long sys_statfs64(const char *user, size_t size, void *buf)
{
	return statfs_path(user, buf, size, true);
}

long sys_fstatfs(unsigned int fd, void *buf)
{
	return statfs_file(fd, buf, 64, false);
}

long sys_fstatfs64(unsigned int fd, size_t size, void *buf)
{
	return statfs_file(fd, buf, size, true);
}
