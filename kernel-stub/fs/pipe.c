/* pipe.c - pipes, with and without a name
 *
 * A ring of bytes in pages that are taken when first needed. Writes of up to PIPE_BUF bytes
 * are not split.
 */
#include <linux/errno.h>
#include <linux/fs.h>
#include <linux/kernel.h>
#include <linux/sched.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <asm/uaccess.h>
#include "fs/file.h"
#include "fs/ramfs.h"
#include "kernel/syscall.h"
#include "mm/mm.h"

#define PIPE_PAGES 16
#define PIPE_SIZE  (PIPE_PAGES * PAGE_SIZE)
#define PIPE_BUF   4096

struct pipe {
	struct page *page[PIPE_PAGES];
	unsigned long head, tail; /* bytes read, written; they wrap */
	int readers, writers;
	bool had_reader, had_writer; /* a FIFO's openings wait for each other */
	wait_queue_head_t wait;
};

static struct pipe *pipe_new(void)
{
	struct pipe *p = kmalloc(sizeof(*p), GFP_KERNEL);

	if (!p)
		return NULL;
	memset(p, 0, sizeof(*p));
	init_waitqueue_head(&p->wait);
	return p;
}

static void pipe_free(struct pipe *p)
{
	for (int i = 0; p && i < PIPE_PAGES; i++)
		if (p->page[i])
			page_put(p->page[i]);
	kfree(p);
}

static struct pipe *pipe_of(const struct file *file)
{
	return file->f_dentry->d_inode->i_private;
}

static unsigned long used(const struct pipe *p)
{
	return p->tail - p->head;
}

/* Where in the ring byte number `at` lies, and how many follow it in its page. */
static char *ring_at(struct pipe *p, unsigned long at, size_t *n)
{
	struct page *page = p->page[at / PAGE_SIZE % PIPE_PAGES];

	*n = min(*n, (size_t)(PAGE_SIZE - at % PAGE_SIZE));
	return page ? (char *)page_address(page) + at % PAGE_SIZE : NULL;
}

static ssize_t take(struct pipe *p, char *buf, size_t count)
{
	size_t done = 0;

	while (done < count && used(p)) {
		size_t n = min(count - done, (size_t)used(p));
		char *from = ring_at(p, p->head, &n);

		if (copy_to_user(buf + done, from, n))
			return done ? (ssize_t)done : -EFAULT;
		p->head += n;
		done += n;
	}
	return done;
}

static ssize_t pipe_read(struct file *file, char *buf, size_t count, loff_t *pos)
{
	struct pipe *p = pipe_of(file);
	ssize_t n;
	int err;

	if (!count)
		return 0;
	while (!used(p)) {
		if (!p->writers)
			return 0;
		if (file->f_flags & O_NONBLOCK)
			return -EAGAIN;
		err = wait_event_interruptible(p->wait, used(p) || !p->writers);
		if (err)
			return err;
	}
	n = take(p, buf, count);
	wake_up(&p->wait);
	return n;
}

static ssize_t put(struct pipe *p, const char *buf, size_t count)
{
	size_t done = 0;

	while (done < count && used(p) < PIPE_SIZE) {
		struct page **page = &p->page[p->tail / PAGE_SIZE % PIPE_PAGES];
		size_t n = min(count - done, (size_t)(PIPE_SIZE - used(p)));
		char *to;

		if (!*page)
			*page = page_alloc(MM_PROCESS, 0);
		if (!*page)
			return done ? (ssize_t)done : -ENOMEM;
		to = ring_at(p, p->tail, &n);
		if (copy_from_user(to, buf + done, n))
			return done ? (ssize_t)done : -EFAULT;
		p->tail += n;
		done += n;
	}
	return done;
}

static bool room(const struct pipe *p, size_t count)
{
	return PIPE_SIZE - used(p) >= (count <= PIPE_BUF ? count : 1);
}

static ssize_t pipe_write(struct file *file, const char *buf, size_t count, loff_t *pos)
{
	struct pipe *p = pipe_of(file);
	ssize_t done = 0, n = 0;

	while (done < (ssize_t)count) {
		if (!p->readers) {
			send_sig(SIGPIPE, current);
			n = -EPIPE;
			break;
		}
		if (room(p, count - done)) {
			n = put(p, buf + done, count - done);
			wake_up(&p->wait);
			if (n < 0)
				break;
			done += n;
			continue;
		}
		n = file->f_flags & O_NONBLOCK
			    ? -EAGAIN
			    : wait_event_interruptible(p->wait, room(p, count - done) ||
									!p->readers);
		if (n)
			break;
	}
	return done ? done : n;
}

static unsigned int pipe_poll(struct file *file, poll_table *table)
{
	struct pipe *p = pipe_of(file);
	unsigned int mask = 0;

	poll_wait(file, &p->wait, table);
	if (file->f_mode & FMODE_READ) {
		if (used(p))
			mask |= POLLIN | POLLRDNORM;
		if (!p->writers && p->had_writer)
			mask |= POLLHUP;
	}
	if (file->f_mode & FMODE_WRITE) {
		if (room(p, PIPE_BUF))
			mask |= POLLOUT | POLLWRNORM;
		if (!p->readers)
			mask |= POLLERR;
	}
	return mask;
}

#define FIONREAD 0x541b

static int pipe_ioctl(struct inode *inode, struct file *file, unsigned int cmd,
		      unsigned long arg)
{
	if (cmd != FIONREAD)
		return -ENOTTY;
	return put_user((int)used(pipe_of(file)), (int *)arg);
}

static void join(struct pipe *p, unsigned int mode)
{
	if (mode & FMODE_READ) {
		p->readers++;
		p->had_reader = true;
	}
	if (mode & FMODE_WRITE) {
		p->writers++;
		p->had_writer = true;
	}
	wake_up(&p->wait);
}

static int pipe_release(struct inode *inode, struct file *file)
{
	struct pipe *p = inode->i_private;

	if (file->f_mode & FMODE_READ)
		p->readers--;
	if (file->f_mode & FMODE_WRITE)
		p->writers--;
	wake_up(&p->wait);
	if (p->readers || p->writers)
		return 0;
	pipe_free(p);
	inode->i_private = NULL;
	return 0;
}

static const struct file_operations pipe_fops = {
	.llseek = no_llseek,
	.read = pipe_read,
	.write = pipe_write,
	.poll = pipe_poll,
	.ioctl = pipe_ioctl,
	.release = pipe_release,
};

unsigned long pipe_pages(const struct file *file)
{
	unsigned long n = 0;

	if (file->f_op != &pipe_fops && file->f_op != &fifo_fops)
		return 0;
	for (int i = 0; i < PIPE_PAGES; i++)
		n += pipe_of(file)->page[i] != NULL;
	return n;
}

/* --- named -------------------------------------------------------------------------- */

/* Opening one end waits for the other. */
static int fifo_open(struct inode *inode, struct file *file)
{
	struct pipe *p = inode->i_private;
	int err = 0;

	if (!(file->f_mode & (FMODE_READ | FMODE_WRITE)))
		return -EINVAL;
	if (!p)
		p = inode->i_private = pipe_new();
	if (!p)
		return -ENOMEM;
	if (!p->readers)
		p->had_reader = false;
	if (!p->writers)
		p->had_writer = false;
	if ((file->f_flags & O_NONBLOCK) && file->f_mode == FMODE_WRITE && !p->readers)
		err = -ENXIO;
	join(p, file->f_mode);
	if (!err && !(file->f_flags & O_NONBLOCK))
		err = wait_event_interruptible(p->wait, p->had_reader && p->had_writer);
	if (err)
		pipe_release(inode, file);
	return err;
}

const struct file_operations fifo_fops = {
	.llseek = no_llseek,
	.read = pipe_read,
	.write = pipe_write,
	.poll = pipe_poll,
	.ioctl = pipe_ioctl,
	.open = fifo_open,
	.release = pipe_release,
};

/* --- without a name ----------------------------------------------------------------- */

static const struct inode_operations pipe_iops = {.release = NULL};

/* Both ends; 0 or -ENOMEM. */
static int pipe_files(struct file *end[2], int flags)
{
	struct inode *inode = inode_new(NULL, S_IFIFO | 0600);
	struct pipe *p = pipe_new();

	end[0] = end[1] = NULL;
	if (inode && p) {
		inode->i_op = &pipe_iops;
		inode->i_private = p;
		end[0] = file_anonymous(inode, &pipe_fops, O_RDONLY | flags);
		if (end[0])
			end[1] = file_anonymous(igrab(inode), &pipe_fops,
						O_WRONLY | flags);
		if (end[0] && !end[1])
			iput(inode);
	}
	if (end[1]) {
		join(p, FMODE_READ | FMODE_WRITE);
		return 0;
	}
	pipe_free(p);
	if (end[0]) {
		end[0]->f_op = NULL;
		fput(end[0]);
	} else if (inode) {
		iput(inode);
	}
	return -ENOMEM;
}

long sys_pipe2(int *user, int flags)
{
	struct file *end[2];
	int fd[2] = {-1, -1}, err;

	if (flags & ~(O_CLOEXEC | O_NONBLOCK))
		return -EINVAL;
	err = pipe_files(end, flags & O_NONBLOCK);
	if (err)
		return err;
	fd[0] = fd_install(end[0], 0, flags & O_CLOEXEC);
	if (fd[0] >= 0)
		fd[1] = fd_install(end[1], 0, flags & O_CLOEXEC);
	if (fd[1] < 0)
		err = -EMFILE;
	else if (copy_to_user(user, fd, sizeof(fd)))
		err = -EFAULT;
	for (int i = 0; err && i < 2; i++) {
		if (fd[i] >= 0)
			sys_close(fd[i]);
		else
			fput(end[i]);
	}
	return err;
}

long sys_pipe(int *user)
{
	return sys_pipe2(user, 0);
}
