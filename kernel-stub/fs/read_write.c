/* read_write.c - moving bytes and the position in an open file */
#include <linux/errno.h>
#include <linux/fs.h>
#include <linux/kernel.h>
#include <linux/sched.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <linux/uio.h>
#include <asm/uaccess.h>
#include "fs/file.h"
#include "kernel/contain.h"
#include "kernel/mmap.h"
#include "kernel/syscall.h"
#include "mm/mm.h"

#define COUNT_MAX 0x7ffff000u

/* --- regular files ------------------------------------------------------------------ */

/* Hand the bytes [pos, pos + count) to `move`, page by page. Bytes done, or -errno. */
static ssize_t for_pages(struct inode *inode, loff_t pos, size_t count,
			 int (*move)(void *to, const void *from, size_t n), char *to)
{
	size_t done = 0;
	int err = 0;

	if (pos < 0 || pos >= inode->i_size)
		return 0;
	if (count > inode->i_size - pos)
		count = inode->i_size - pos;
	while (done < count && !err) {
		size_t off = pos & ~PAGE_MASK,
		       n = min(count - done, (size_t)PAGE_SIZE - off);
		struct page *page = inode_page(inode, pos >> PAGE_SHIFT, &err);
		const char *from = page ? page_address(page) : zero_page;

		if (!err)
			err = move(to + done, from + off, n);
		if (page)
			page_put(page);
		if (err)
			break;
		done += n;
		pos += n;
	}
	return done || !err ? (ssize_t)done : err;
}

static int move_to_user(void *to, const void *from, size_t n)
{
	return copy_to_user(to, from, n) ? -EFAULT : 0;
}

static int move_in_kernel(void *to, const void *from, size_t n)
{
	memcpy(to, from, n);
	return 0;
}

ssize_t generic_file_read(struct file *file, char *buf, size_t count, loff_t *pos)
{
	ssize_t n = for_pages(file->f_dentry->d_inode, *pos, count, move_to_user, buf);

	if (n > 0)
		*pos += n;
	return n;
}

int kernel_read(struct inode *inode, loff_t pos, void *buf, size_t count)
{
	return for_pages(inode, pos, count, move_in_kernel, buf);
}

loff_t generic_file_llseek(struct file *file, loff_t offset, int whence)
{
	if (whence == 1)
		offset += file->f_pos;
	else if (whence == 2)
		offset += file->f_dentry->d_inode->i_size;
	else if (whence != 0)
		return -EINVAL;
	if (offset < 0)
		return -EINVAL;
	file->f_pos = offset;
	return offset;
}

loff_t no_llseek(struct file *file, loff_t offset, int whence)
{
	return -ESPIPE;
}

const struct file_operations generic_ro_fops = {
	.llseek = generic_file_llseek,
	.read = generic_file_read,
};

/* --- one buffer --------------------------------------------------------------------- */

static ssize_t do_read(struct file *file, char *buf, size_t count, loff_t *pos)
{
	if (!(file->f_mode & FMODE_READ))
		return -EBADF;
	if (S_ISDIR(file->f_dentry->d_inode->i_mode))
		return -EISDIR;
	if (!file->f_op->read)
		return -EINVAL;
	if (!access_ok(VERIFY_WRITE, buf, count))
		return -EFAULT;
	count = min(count, (size_t)COUNT_MAX);
	return CALL_MODULE(file_module(file), file->f_op->read(file, buf, count, pos));
}

static ssize_t do_write(struct file *file, const char *buf, size_t count, loff_t *pos)
{
	if (!(file->f_mode & FMODE_WRITE))
		return -EBADF;
	if (!file->f_op->write)
		return -EINVAL;
	if (!access_ok(VERIFY_READ, buf, count))
		return -EFAULT;
	count = min(count, (size_t)COUNT_MAX);
	return CALL_MODULE(file_module(file), file->f_op->write(file, buf, count, pos));
}

long sys_read(unsigned int fd, char *buf, size_t count)
{
	struct file *file = fget(fd);

	return file ? do_read(file, buf, count, &file->f_pos) : -EBADF;
}

long sys_write(unsigned int fd, const char *buf, size_t count)
{
	struct file *file = fget(fd);

	return file ? do_write(file, buf, count, &file->f_pos) : -EBADF;
}

/* Those with a position leave the file's own alone; pipes and terminals have none. */
static bool seekable(struct file *file)
{
	mode_t mode = file->f_dentry->d_inode->i_mode;

	return !S_ISFIFO(mode) && file->f_op->llseek != no_llseek;
}

long sys_pread64(unsigned int fd, char *buf, size_t count, uint32_t low, uint32_t high)
{
	struct file *file = fget(fd);
	loff_t pos = (uint64_t)high << 32 | low;

	if (!file)
		return -EBADF;
	if (pos < 0)
		return -EINVAL;
	return seekable(file) ? do_read(file, buf, count, &pos) : -ESPIPE;
}

long sys_pwrite64(unsigned int fd, const char *buf, size_t count, uint32_t low,
		  uint32_t high)
{
	struct file *file = fget(fd);
	loff_t pos = (uint64_t)high << 32 | low;

	if (!file)
		return -EBADF;
	if (pos < 0)
		return -EINVAL;
	return seekable(file) ? do_write(file, buf, count, &pos) : -ESPIPE;
}

/* --- several buffers ---------------------------------------------------------------- */

/* One buffer after the other, until one comes up short. */
static long for_iov(unsigned int fd, const struct iovec *user, unsigned long n,
		    bool write)
{
	struct file *file = fget(fd);
	struct iovec v;
	ssize_t ret = 0;
	long done = 0;

	if (!file)
		return -EBADF;
	if (n > UIO_MAXIOV)
		return -EINVAL;
	for (unsigned long i = 0; i < n; i++) {
		if (copy_from_user(&v, user + i, sizeof(v)))
			return done ? done : -EFAULT;
		if (v.iov_len > COUNT_MAX - done)
			return done ? done : -EINVAL;
		if (!v.iov_len)
			continue;
		ret = write ? do_write(file, v.iov_base, v.iov_len, &file->f_pos)
			    : do_read(file, v.iov_base, v.iov_len, &file->f_pos);
		if (ret < 0)
			return done ? done : ret;
		done += ret;
		if ((size_t)ret != v.iov_len)
			break;
	}
	return done;
}

long sys_readv(unsigned int fd, const struct iovec *iov, unsigned long n)
{
	return for_iov(fd, iov, n, false);
}

long sys_writev(unsigned int fd, const struct iovec *iov, unsigned long n)
{
	return for_iov(fd, iov, n, true);
}

/* --- position ----------------------------------------------------------------------- */

static loff_t seek(unsigned int fd, loff_t offset, int whence)
{
	struct file *file = fget(fd);

	if (!file)
		return -EBADF;
	if (S_ISFIFO(file->f_dentry->d_inode->i_mode))
		return -ESPIPE;
	if (file->f_op->llseek)
		return CALL_MODULE(file_module(file),
				   file->f_op->llseek(file, offset, whence));
	return generic_file_llseek(file, offset, whence);
}

long sys_lseek(unsigned int fd, long offset, int whence)
{
	loff_t pos = seek(fd, offset, whence);

	return pos > 0x7fffffff ? -EOVERFLOW : (long)pos;
}

long sys__llseek(unsigned int fd, uint32_t high, uint32_t low, loff_t *result, int whence)
{
	loff_t pos = seek(fd, (loff_t)((uint64_t)high << 32 | low), whence);

	if (pos < 0)
		return pos;
	return put_user(pos, result);
}

/* --- the rest of what one does with a descriptor ------------------------------------ */

#define FIONBIO 0x5421

long sys_ioctl(unsigned int fd, unsigned int cmd, unsigned long arg)
{
	struct file *file = fget(fd);
	int on;

	if (!file)
		return -EBADF;
	if (cmd == FIONBIO) {
		if (get_user(on, (int *)arg))
			return -EFAULT;
		file->f_flags = (file->f_flags & ~O_NONBLOCK) | (on ? O_NONBLOCK : 0);
		return 0;
	}
	if (!file->f_op->ioctl)
		return -ENOTTY;
	return CALL_MODULE(file_module(file),
			   file->f_op->ioctl(file->f_dentry->d_inode, file, cmd, arg));
}

long sys_fsync(unsigned int fd)
{
	struct file *file = fget(fd);

	if (!file)
		return -EBADF;
	if (!file->f_op->fsync)
		return 0;
	return CALL_MODULE(file_module(file), file->f_op->fsync(file, file->f_dentry, 0));
}

long sys_fdatasync(unsigned int fd)
{
	return sys_fsync(fd);
}

/* Locks are between processes that open the same file; nobody here asks for more than
 * that the call works. */
long sys_flock(unsigned int fd, unsigned int operation)
{
	return fget(fd) ? 0 : -EBADF;
}

long sys_sync(void)
{
	return 0;
}

/* --- directories -------------------------------------------------------------------- */

struct dirent_buf {
	char *to;
	size_t left;
	bool wide; /* struct linux_dirent64 */
	int error;
};

/* Layouts: 64: ino 8, next 8, reclen 2, type 1, name. Old: ino 4, next 4, reclen 2, name,
 * type in the last byte. */
static int dirent_add(void *buf, const char *name, int len, loff_t off, ino_t ino,
		      unsigned int type)
{
	struct dirent_buf *d = buf;
	size_t head = d->wide ? 19 : 10, size;
	char record[ALIGN(19 + NAME_MAX + 2, 8)];
	uint64_t ino64 = ino, next = off + 1;

	size = d->wide ? ALIGN(head + len + 1, 8) : ALIGN(head + len + 2, 4);
	if (size > d->left) {
		if (!d->error)
			d->error = -EINVAL; /* not even one fits, unless one did */
		return 1;
	}
	memset(record, 0, size);
	memcpy(record, &ino64, d->wide ? 8 : 4);
	memcpy(record + (d->wide ? 8 : 4), &next, d->wide ? 8 : 4);
	memcpy(record + (d->wide ? 16 : 8), &(uint16_t){size}, 2);
	memcpy(record + head, name, len);
	record[d->wide ? 18 : size - 1] = type;
	if (copy_to_user(d->to, record, size)) {
		d->error = -EFAULT;
		return 1;
	}
	d->to += size;
	d->left -= size;
	return 0;
}

static long getdents(unsigned int fd, char *user, size_t count, bool wide)
{
	struct dirent_buf d = {.to = user, .left = count, .wide = wide};
	struct file *file = fget(fd);
	int err;

	if (!file)
		return -EBADF;
	if (!file->f_op->readdir)
		return -ENOTDIR;
	err = CALL_MODULE(file_module(file), file->f_op->readdir(file, &d, dirent_add));
	if (err)
		return err;
	return d.to > user ? d.to - user : d.error;
}

long sys_getdents64(unsigned int fd, char *buf, size_t count)
{
	return getdents(fd, buf, count, true);
}

long sys_getdents(unsigned int fd, char *buf, size_t count)
{
	return getdents(fd, buf, count, false);
}

/* --- file to file ------------------------------------------------------------------- */

/* Only tells that there is none: callers fall back to read and write. */
long sys_sendfile(int out, int in, void *offset, size_t count)
{
	return -EINVAL;
}

long sys_sendfile64(int out, int in, void *offset, size_t count)
{
	return -EINVAL;
}
