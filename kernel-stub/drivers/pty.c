/* pty.c - terminals that a program plays: it opens /dev/ptmx, others /dev/pts/NUMBER
 *
 * What is written to the master is typed at the terminal, what is written to the terminal is
 * read from the master. The terminal is hung up when the master is closed; a read of the
 * master is EIO once everybody has closed the terminal, until it is opened again. Only who
 * opened the master, and root, may open the terminal.
 */
#include <linux/errno.h>
#include <linux/kernel.h>
#include <linux/sched.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <asm/uaccess.h>
#include "drivers/tty.h"
#include "fs/devfs.h"

#define OUTPUT 4096u /* bytes of output not yet read; a power of two */

#define FIONREAD   0x541b
#define TIOCGPTN   0x80045430 /* which number is it? */
#define TIOCSPTLCK 0x40045431 /* lock the terminal; ours is not lockable */

struct pty {
	struct tty tty; /* first */
	unsigned int uid;
	unsigned int files; /* open: the master, and the terminal's */
	bool was_open;	    /* the terminal */
	char out[OUTPUT];   /* [head, tail), numbered from the start, wraps */
	unsigned int head, tail;
};

static struct pty *ptys[PTS_COUNT];

static struct pty *pty_of(struct tty *tty)
{
	return (struct pty *)tty;
}

/* --- the terminal's side ------------------------------------------------------------ */

static size_t pty_room(struct tty *tty)
{
	return OUTPUT - (pty_of(tty)->tail - pty_of(tty)->head);
}

/* Echo nobody reads is lost, as on Linux. */
static void pty_put(struct tty *tty, const char *s, size_t n)
{
	struct pty *pty = pty_of(tty);

	for (size_t i = 0; i < n && pty_room(tty); i++)
		pty->out[pty->tail++ % OUTPUT] = s[i];
	wake_up(&tty->other);
}

static void pty_closed(struct tty *tty)
{
	struct pty *pty = pty_of(tty);

	wake_up(&tty->other);
	if (--pty->files)
		return;
	ptys[MINOR(tty->device)] = NULL;
	kfree(pty);
}

struct tty *pty_terminal(unsigned int number, int *err)
{
	struct pty *pty = number < PTS_COUNT ? ptys[number] : NULL;

	*err = -EIO;
	if (!pty || pty->tty.hung_up)
		return NULL;
	*err = -EACCES;
	if (!suser() && current->euid != pty->uid)
		return NULL;
	pty->files++;
	pty->was_open = true;
	return &pty->tty;
}

/* --- the master's ------------------------------------------------------------------- */

/* Was the terminal open, and is not any more? */
static bool deserted(const struct pty *pty)
{
	return pty->was_open && pty->files == 1;
}

static ssize_t master_read(struct file *file, char *buf, size_t count, loff_t *pos)
{
	struct pty *pty = file->private_data;
	size_t done, n;
	int err = 0;

	if (!(file->f_flags & O_NONBLOCK))
		err = wait_event_interruptible(pty->tty.other,
					       pty->tail != pty->head || deserted(pty));
	if (err)
		return err;
	if (pty->tail == pty->head)
		return deserted(pty) ? -EIO : -EAGAIN;
	for (done = 0; done < count && pty->tail != pty->head; done += n) {
		unsigned int at = pty->head % OUTPUT;

		n = min(min(count - done, (size_t)(pty->tail - pty->head)),
			(size_t)(OUTPUT - at));
		if (copy_to_user(buf + done, pty->out + at, n))
			return done ? (ssize_t)done : -EFAULT;
		pty->head += n;
	}
	wake_up(&pty->tty.wait);
	return done;
}

static ssize_t master_write(struct file *file, const char *buf, size_t count, loff_t *pos)
{
	struct tty *tty = file->private_data;
	size_t done;
	char c;
	int err = 0;

	for (done = 0; done < count; done++) {
		if (!(file->f_flags & O_NONBLOCK))
			err = wait_event_interruptible(tty->other, !tty_is_full(tty));
		else if (tty_is_full(tty))
			err = -EAGAIN;
		if (!err && get_user(c, buf + done))
			err = -EFAULT;
		if (err)
			return done ? (ssize_t)done : err;
		tty_receive(tty, c);
	}
	return done;
}

static unsigned int master_poll(struct file *file, poll_table *table)
{
	struct pty *pty = file->private_data;

	poll_wait(file, &pty->tty.other, table);
	return (tty_is_full(&pty->tty) ? 0 : POLLOUT | POLLWRNORM) |
	       (pty->tail != pty->head ? POLLIN | POLLRDNORM : 0) |
	       (deserted(pty) ? POLLHUP : 0);
}

static int master_ioctl(struct inode *inode, struct file *file, unsigned int cmd,
			unsigned long arg)
{
	struct pty *pty = file->private_data;
	int n;

	switch (cmd) {
	case TIOCGPTN:
		n = MINOR(pty->tty.device);
		break;
	case FIONREAD:
		n = pty->tail - pty->head;
		break;
	case TIOCSPTLCK:
		return 0;
	default:
		return tty_ioctl(inode, file, cmd, arg);
	}
	return copy_to_user((void *)arg, &n, sizeof(n)) ? -EFAULT : 0;
}

static int master_release(struct inode *inode, struct file *file)
{
	struct tty *tty = file->private_data;

	tty_hangup(tty);
	pty_closed(tty);
	return 0;
}

static const struct file_operations master_fops = {
	.llseek = no_llseek,
	.read = master_read,
	.write = master_write,
	.poll = master_poll,
	.ioctl = master_ioctl,
	.release = master_release,
};

int pty_open_master(struct file *file)
{
	unsigned int number = 0;
	struct pty *pty;

	while (number < PTS_COUNT && ptys[number])
		number++;
	if (number == PTS_COUNT)
		return -EIO;
	pty = kmalloc(sizeof(*pty), GFP_KERNEL);
	if (!pty)
		return -ENOMEM;
	memset(pty, 0, sizeof(*pty));
	pty->tty.device = MKDEV(PTS_MAJOR, number);
	pty->tty.put = pty_put;
	pty->tty.room = pty_room;
	pty->tty.closed = pty_closed;
	pty->uid = current->euid;
	pty->files = 1;
	tty_setup(&pty->tty);
	ptys[number] = pty;
	file->private_data = pty;
	file->f_op = &master_fops;
	return 0;
}
