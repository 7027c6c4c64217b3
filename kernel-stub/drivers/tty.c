/* tty.c - line discipline and files of terminals, and the terminal on the serial line */
#include "drivers/tty.h"

#include <linux/errno.h>
#include <linux/fs.h>
#include <linux/ioport.h>
#include <linux/kernel.h>
#include <linux/sched.h>
#include <linux/string.h>
#include <linux/time.h>
#include <asm/system.h>
#include <asm/uaccess.h>
#include "drivers/serial.h"
#include "fs/devfs.h"
#include "kernel/task.h"

/* c_cc */
enum {
	VINTR,
	VQUIT,
	VERASE,
	VKILL,
	VEOF,
	VTIME,
	VMIN,
	VSWTC,
	VSTART,
	VSTOP,
	VSUSP,
	VEOL,
	VREPRINT,
	VDISCARD,
	VWERASE,
	VLNEXT,
	VEOL2
};

/* c_iflag */
#define ISTRIP 0000040u
#define INLCR  0000100u
#define IGNCR  0000200u
#define ICRNL  0000400u
/* c_oflag */
#define OPOST 0000001u
#define ONLCR 0000004u
#define OCRNL 0000010u
/* c_cflag */
#define B38400 0000017u
#define CS8    0000060u
#define CREAD  0000200u
/* c_lflag */
#define ISIG	0000001u
#define ICANON	0000002u
#define ECHO	0000010u
#define ECHOE	0000020u
#define ECHOK	0000040u
#define ECHONL	0000100u
#define NOFLSH	0000200u
#define TOSTOP	0000400u
#define ECHOCTL 0001000u
#define ECHOKE	0004000u
#define IEXTEN	0100000u

_Static_assert(sizeof(struct termios) == 36, "termios");

/* In the buffer, beside the character */
#define EOF_MARK 0x100 /* none: ^D was typed here */
#define LINE_END 0x200 /* this one ended a line */

static const struct termios sane = {
	.c_iflag = ICRNL,
	.c_oflag = OPOST | ONLCR,
	.c_cflag = B38400 | CS8 | CREAD,
	.c_lflag = ISIG | ICANON | ECHO | ECHOE | ECHOK | ECHOCTL | ECHOKE | IEXTEN,
	.c_cc = {[VINTR] = 3,
		 [VQUIT] = 28,
		 [VERASE] = 127,
		 [VKILL] = 21,
		 [VEOF] = 4,
		 [VMIN] = 1,
		 [VSTART] = 17,
		 [VSTOP] = 19,
		 [VSUSP] = 26,
		 [VREPRINT] = 18,
		 [VDISCARD] = 15,
		 [VWERASE] = 23,
		 [VLNEXT] = 22},
};

static struct tty console;

/* --- output ------------------------------------------------------------------------- */

#define PUT_MAX 2 /* bytes a character may become */

static void put_char(struct tty *tty, char c)
{
	uint32_t oflag = tty->termios.c_oflag;

	if ((oflag & OPOST) && c == '\n' && (oflag & ONLCR))
		tty->put(tty, "\r\n", 2);
	else if ((oflag & OPOST) && c == '\r' && (oflag & OCRNL))
		tty->put(tty, "\n", 1);
	else
		tty->put(tty, &c, 1);
}

static bool shown_as_two(const struct tty *tty, uint16_t c)
{
	return (tty->termios.c_lflag & ECHOCTL) && (c < 32 || c == 127) && c != '\t' &&
	       c != '\n';
}

static void echo(struct tty *tty, uint8_t c)
{
	uint32_t lflag = tty->termios.c_lflag;

	if (!(lflag & ECHO) && !(c == '\n' && (lflag & ECHONL) && (lflag & ICANON)))
		return;
	if (shown_as_two(tty, c)) {
		put_char(tty, '^');
		put_char(tty, c ^ 0x40);
		return;
	}
	put_char(tty, c);
}

static void wipe(struct tty *tty, uint16_t c)
{
	if (!(tty->termios.c_lflag & ECHO))
		return;
	if (shown_as_two(tty, c))
		tty->put(tty, "\b \b", 3);
	tty->put(tty, "\b \b", 3);
}

/* --- input, in the interrupt handler ------------------------------------------------ */

static void flush_input(struct tty *tty)
{
	unsigned long flags = irq_save();

	tty->head = tty->ready = tty->tail = 0;
	tty->literal = false;
	irq_restore(flags);
}

static bool append(struct tty *tty, uint16_t c)
{
	/* The last place is kept for what ends the line. */
	if (tty->tail - tty->head >= TTY_INPUT - !(c & (LINE_END | EOF_MARK)))
		return false;
	tty->buf[tty->tail++ % TTY_INPUT] = c;
	return true;
}

static void line_done(struct tty *tty)
{
	tty->ready = tty->tail;
	wake_up(&tty->wait);
}

static bool is_cc(const struct tty *tty, int which, uint8_t c)
{
	return c && c == tty->termios.c_cc[which];
}

static bool keyboard_signal(struct tty *tty, uint8_t c)
{
	int sig = is_cc(tty, VINTR, c)	 ? SIGINT
		  : is_cc(tty, VQUIT, c) ? SIGQUIT
		  : is_cc(tty, VSUSP, c) ? SIGTSTP
					 : 0;

	if (!sig || !(tty->termios.c_lflag & ISIG))
		return false;
	if (!(tty->termios.c_lflag & NOFLSH))
		flush_input(tty);
	echo(tty, c);
	if (tty->pgrp)
		kill_pg(tty->pgrp, sig);
	return true;
}

static void erase_one(struct tty *tty)
{
	if (tty->tail == tty->ready)
		return;
	tty->tail--;
	if (tty->termios.c_lflag & ECHOE)
		wipe(tty, tty->buf[tty->tail % TTY_INPUT]);
	else
		echo(tty, tty->termios.c_cc[VERASE]);
}

static bool last_is_blank(const struct tty *tty)
{
	uint16_t c = tty->buf[(tty->tail - 1) % TTY_INPUT];

	return c == ' ' || c == '\t';
}

static void erase_word(struct tty *tty)
{
	while (tty->tail != tty->ready && last_is_blank(tty))
		erase_one(tty);
	while (tty->tail != tty->ready && !last_is_blank(tty))
		erase_one(tty);
}

static void reprint(struct tty *tty)
{
	echo(tty, tty->termios.c_cc[VREPRINT]);
	put_char(tty, '\n');
	for (unsigned int i = tty->ready; i != tty->tail; i++)
		echo(tty, tty->buf[i % TTY_INPUT]);
}

/* A character that edits the line; false if it is an ordinary one. */
static bool edit(struct tty *tty, uint8_t c)
{
	bool extended = tty->termios.c_lflag & IEXTEN;

	if (is_cc(tty, VERASE, c) || (c == '\b' && extended)) {
		erase_one(tty);
	} else if (is_cc(tty, VKILL, c)) {
		while (tty->tail != tty->ready)
			erase_one(tty);
	} else if (extended && is_cc(tty, VWERASE, c)) {
		erase_word(tty);
	} else if (extended && is_cc(tty, VREPRINT, c)) {
		reprint(tty);
	} else if (extended && is_cc(tty, VLNEXT, c)) {
		tty->literal = true;
		if ((tty->termios.c_lflag & (ECHO | ECHOCTL)) == (ECHO | ECHOCTL))
			tty->put(tty, "^\b", 2);
	} else if (is_cc(tty, VEOF, c)) {
		append(tty, EOF_MARK);
		line_done(tty);
	} else {
		return false;
	}
	return true;
}

static bool ends_line(const struct tty *tty, uint8_t c)
{
	return c == '\n' || is_cc(tty, VEOL, c) || is_cc(tty, VEOL2, c);
}

static int map_input(const struct tty *tty, uint8_t c)
{
	uint32_t iflag = tty->termios.c_iflag;

	if (iflag & ISTRIP)
		c &= 0x7f;
	if (c == '\r')
		return iflag & IGNCR ? -1 : iflag & ICRNL ? '\n' : c;
	return c == '\n' && (iflag & INLCR) ? '\r' : c;
}

void tty_receive(struct tty *tty, unsigned char byte)
{
	bool literal = tty->literal, end;
	int c = literal ? byte : map_input(tty, byte);

	if (c < 0)
		return;
	tty->literal = false;
	if (!literal && keyboard_signal(tty, c))
		return;
	if (!(tty->termios.c_lflag & ICANON)) {
		if (append(tty, c))
			echo(tty, c);
		line_done(tty);
		return;
	}
	if (!literal && edit(tty, c))
		return;
	end = !literal && ends_line(tty, c);
	if (!append(tty, c | (end ? LINE_END : 0))) {
		tty->put(tty, "\a", 1);
		return;
	}
	echo(tty, c);
	if (end)
		line_done(tty);
}

/* A line too long is refused with a bell; that it is full holds nobody up. */
bool tty_is_full(const struct tty *tty)
{
	return tty->tail - tty->head >= TTY_INPUT - 1 &&
	       (!(tty->termios.c_lflag & ICANON) || tty->head != tty->ready);
}

/* --- job control -------------------------------------------------------------------- */

static bool in_background(const struct tty *tty)
{
	return current->tty == tty && tty->pgrp && current->pgrp != tty->pgrp;
}

static bool ignores(int sig)
{
	return (current->blocked & sigmask(sig)) ||
	       current->action[sig - 1].sa_handler == SIG_IGN;
}

/* A process of the background touches the terminal: stop its group. 0: go ahead. */
static int check_change(const struct tty *tty)
{
	if (!in_background(tty) || ignores(SIGTTOU))
		return 0;
	kill_pg(current->pgrp, SIGTTOU);
	return -ERESTARTSYS;
}

static int check_read(const struct tty *tty)
{
	if (!in_background(tty))
		return 0;
	if (ignores(SIGTTIN))
		return -EIO;
	kill_pg(current->pgrp, SIGTTIN);
	return -ERESTARTSYS;
}

static void lose_terminal(struct tty *tty, int session)
{
	struct task_struct *task;

	if (tty->pgrp) {
		kill_pg(tty->pgrp, SIGHUP);
		kill_pg(tty->pgrp, SIGCONT);
	}
	tty->session = tty->pgrp = 0;
	for_each_task(task) if (task->tty == tty && task->session == session) task->tty =
		NULL;
}

void tty_session_gone(struct task_struct *leader)
{
	struct tty *tty = leader->tty;

	if (!tty || leader->pid != leader->session || tty->session != leader->session)
		return;
	lose_terminal(tty, leader->session);
	tty->termios = sane;
	flush_input(tty);
}

void tty_hangup(struct tty *tty)
{
	struct task_struct *leader = find_task_by_pid(tty->session);

	tty->hung_up = true;
	if (leader) {
		send_sig(SIGHUP, leader);
		send_sig(SIGCONT, leader);
	}
	if (tty->session)
		lose_terminal(tty, tty->session);
	wake_up(&tty->wait);
}

static void take_control(struct tty *tty)
{
	current->tty = tty;
	tty->session = current->session;
	tty->pgrp = current->pgrp;
}

kdev_t tty_of(const struct task_struct *task)
{
	return task->tty ? task->tty->device : 0;
}

/* --- reading and writing ------------------------------------------------------------ */

/* Take characters up to the end of a line or n; a mark for ^D ends it too and is dropped.
 * *more: another line may follow, or the rest of this one. */
static size_t take(struct tty *tty, char *to, size_t n, bool *more)
{
	bool canonical = tty->termios.c_lflag & ICANON;
	unsigned long flags = irq_save();
	size_t done = 0;
	uint16_t c = 0;

	while (done < n && tty->head != tty->ready) {
		c = tty->buf[tty->head++ % TTY_INPUT];
		if (canonical && (c & EOF_MARK))
			break;
		to[done++] = c;
		if (canonical && (c & LINE_END))
			break;
	}
	*more = done == n && !(canonical && (c & LINE_END));
	irq_restore(flags);
	return done;
}

static unsigned int available(const struct tty *tty)
{
	return tty->ready - tty->head;
}

/* Is there something for a reader, if only the end? */
static bool readable(const struct tty *tty)
{
	return available(tty) || tty->hung_up;
}

static bool writable(struct tty *tty)
{
	return tty->hung_up || !tty->room || tty->room(tty) >= PUT_MAX;
}

/* Wait for `wanted` characters, at most `ticks` after the last one came. */
static int wait_raw(struct tty *tty, unsigned int wanted, long ticks)
{
	unsigned int before;
	wait_queue_t wait;
	int err = 0;

	init_waitqueue_entry(&wait, NULL);
	wait_prepare(&tty->wait, &wait, TASK_INTERRUPTIBLE);
	while ((before = available(tty)) < wanted && ticks && !tty->hung_up) {
		if (signal_pending(current)) {
			err = -ERESTARTSYS;
			break;
		}
		if (!schedule_timeout(ticks) && available(tty) == before)
			break; /* nothing came in time */
		current->state = TASK_INTERRUPTIBLE;
	}
	wait_finish(&tty->wait, &wait);
	return err;
}

static int wait_input(struct tty *tty, struct file *file, size_t count)
{
	unsigned int min = tty->termios.c_cc[VMIN];
	long time = tty->termios.c_cc[VTIME] * (HZ / 10);

	if (file->f_flags & O_NONBLOCK)
		return readable(tty) ? 0 : -EAGAIN;
	if (tty->termios.c_lflag & ICANON)
		return wait_event_interruptible(tty->wait, readable(tty));
	if (!min)
		return wait_raw(tty, 1, time);
	if (!time)
		return wait_raw(tty, min(min, (unsigned int)count), MAX_SCHEDULE_TIMEOUT);
	/* The clock between characters starts with the first. */
	if (wait_raw(tty, 1, MAX_SCHEDULE_TIMEOUT))
		return -ERESTARTSYS;
	return wait_raw(tty, min(min, (unsigned int)count), time);
}

static ssize_t tty_read(struct file *file, char *buf, size_t count, loff_t *pos)
{
	struct tty *tty = file->private_data;
	char chunk[256];
	size_t n, done = 0;
	bool more = true;
	int err = check_read(tty);

	if (!err && count)
		err = wait_input(tty, file, count);
	if (err)
		return err;
	while (more && done < count) {
		n = take(tty, chunk, min(sizeof(chunk), count - done), &more);
		if (copy_to_user(buf + done, chunk, n))
			return done ? (ssize_t)done : -EFAULT;
		done += n;
	}
	wake_up(&tty->other);
	return done;
}

/* Write some of it: what there is room for, without waiting. */
static size_t put_some(struct tty *tty, const char *s, size_t n)
{
	size_t done = 0;

	while (done < n && writable(tty))
		put_char(tty, s[done++]);
	return done;
}

static ssize_t tty_write(struct file *file, const char *buf, size_t count, loff_t *pos)
{
	struct tty *tty = file->private_data;
	char chunk[256];
	size_t n, done;
	int err = tty->termios.c_lflag & TOSTOP ? check_change(tty) : 0;

	for (done = 0; done < count && !err; done += n) {
		n = min(sizeof(chunk), count - done);
		if (copy_from_user(chunk, buf + done, n))
			err = -EFAULT;
		else if (tty->hung_up)
			err = -EIO;
		else if (!writable(tty) && (file->f_flags & O_NONBLOCK))
			err = -EAGAIN;
		else
			err = wait_event_interruptible(tty->wait, writable(tty));
		n = err ? 0 : put_some(tty, chunk, n);
		if (need_resched)
			schedule();
		if (!err && signal_pending(current))
			err = -ERESTARTSYS;
	}
	return done ? (ssize_t)done : err;
}

static unsigned int tty_poll(struct file *file, poll_table *table)
{
	struct tty *tty = file->private_data;

	poll_wait(file, &tty->wait, table);
	return (writable(tty) ? POLLOUT | POLLWRNORM : 0) |
	       (readable(tty) ? POLLIN | POLLRDNORM : 0) | (tty->hung_up ? POLLHUP : 0);
}

/* --- ioctl -------------------------------------------------------------------------- */

#define TCGETS	   0x5401
#define TCSETS	   0x5402
#define TCSETSW	   0x5403
#define TCSETSF	   0x5404
#define TCSBRK	   0x5409
#define TCXONC	   0x540a
#define TCFLSH	   0x540b
#define TIOCSCTTY  0x540e
#define TIOCGPGRP  0x540f
#define TIOCSPGRP  0x5410
#define TIOCGWINSZ 0x5413
#define TIOCSWINSZ 0x5414
#define FIONREAD   0x541b
#define TIOCNOTTY  0x5422
#define TIOCGSID   0x5429

/* The mode changes: what was typed so far can be read, as one line. Interrupts are off. */
static void pass_on(struct tty *tty)
{
	tty->ready = tty->tail;
	if (tty->tail != tty->head)
		tty->buf[(tty->tail - 1) % TTY_INPUT] |= LINE_END;
}

static int set_termios(struct tty *tty, void *user, bool flush)
{
	struct termios new;
	unsigned long flags;
	int err = check_change(tty);

	if (err)
		return err;
	if (copy_from_user(&new, user, sizeof(new)))
		return -EFAULT;
	flags = irq_save();
	if ((new.c_lflag ^ tty->termios.c_lflag) & ICANON)
		pass_on(tty);
	tty->termios = new;
	irq_restore(flags);
	if (flush)
		flush_input(tty);
	wake_up(&tty->wait);
	return 0;
}

static int set_pgrp(struct tty *tty, int *user)
{
	struct task_struct *task;
	int pgrp, err;

	if (current->tty != tty || tty->session != current->session)
		return -ENOTTY;
	err = check_change(tty);
	if (err)
		return err;
	if (get_user(pgrp, user))
		return -EFAULT;
	for_each_task(task) if (task->pgrp == pgrp && task->session == current->session)
	{
		tty->pgrp = pgrp;
		return 0;
	}
	return -EPERM;
}

static int set_size(struct tty *tty, void *user)
{
	struct winsize new;

	if (copy_from_user(&new, user, sizeof(new)))
		return -EFAULT;
	if (memcmp(&new, &tty->size, sizeof(new)) && tty->pgrp)
		kill_pg(tty->pgrp, SIGWINCH);
	tty->size = new;
	return 0;
}

static int set_controlling(struct tty *tty)
{
	if (current->tty == tty)
		return 0;
	if (tty->hung_up)
		return -EIO;
	if (current->pid != current->session || tty->session)
		return -EPERM;
	take_control(tty);
	return 0;
}

static int give_up_control(struct tty *tty)
{
	if (current->tty != tty)
		return -ENOTTY;
	if (current->pid == current->session)
		lose_terminal(tty, current->session);
	current->tty = NULL;
	return 0;
}

static int copy_out(void *user, const void *from, size_t n)
{
	return copy_to_user(user, from, n) ? -EFAULT : 0;
}

int tty_ioctl(struct inode *inode, struct file *file, unsigned int cmd, unsigned long arg)
{
	struct tty *tty = file->private_data;
	void *user = (void *)arg;
	int n;

	switch (cmd) {
	case TCGETS:
		return copy_out(user, &tty->termios, sizeof(tty->termios));
	case TCSETS:
	case TCSETSW:
	case TCSETSF:
		return set_termios(tty, user, cmd == TCSETSF);
	case TCSBRK:
	case TCXONC:
		return 0;
	case TCFLSH:
		if (arg != 1) /* not only output */
			flush_input(tty);
		return 0;
	case TIOCSCTTY:
		return set_controlling(tty);
	case TIOCNOTTY:
		return give_up_control(tty);
	case TIOCGPGRP:
		return current->tty == tty ? copy_out(user, &tty->pgrp, 4) : -ENOTTY;
	case TIOCSPGRP:
		return set_pgrp(tty, user);
	case TIOCGSID:
		return current->tty == tty ? copy_out(user, &tty->session, 4) : -ENOTTY;
	case TIOCGWINSZ:
		return copy_out(user, &tty->size, sizeof(tty->size));
	case TIOCSWINSZ:
		return set_size(tty, user);
	case FIONREAD:
		n = available(tty);
		return copy_out(user, &n, sizeof(n));
	}
	return -ENOTTY;
}

/* The terminal behind a device number, or NULL and why. */
static struct tty *terminal(kdev_t device, int *err)
{
	*err = -ENXIO;
	if (MAJOR(device) == PTS_MAJOR)
		return pty_terminal(MINOR(device), err);
	if (device == MKDEV(TTY_MAJOR, TTY_CONSOLE) ||
	    device == MKDEV(TTY_MAJOR, TTY_SERIAL))
		return &console;
	return NULL;
}

static int tty_open(struct inode *inode, struct file *file)
{
	kdev_t device = inode->i_rdev;
	struct tty *tty;
	int err;

	if (device == MKDEV(TTY_MAJOR, TTY_MASTER))
		return pty_open_master(file);
	if (device == MKDEV(TTY_MAJOR, TTY_CONTROLLING))
		device = tty_of(current);
	tty = terminal(device, &err);
	if (!tty)
		return err;
	file->private_data = tty;
	if (!(file->f_flags & O_NOCTTY) && !current->tty &&
	    current->pid == current->session && !tty->session && !tty->hung_up)
		take_control(tty);
	return 0;
}

static int tty_release(struct inode *inode, struct file *file)
{
	struct tty *tty = file->private_data;

	if (tty->closed)
		tty->closed(tty);
	return 0;
}

static struct file_operations tty_fops = {
	.llseek = no_llseek,
	.read = tty_read,
	.write = tty_write,
	.poll = tty_poll,
	.ioctl = tty_ioctl,
	.open = tty_open,
	.release = tty_release,
};

void tty_setup(struct tty *tty)
{
	tty->termios = sane;
	init_waitqueue_head(&tty->wait);
	init_waitqueue_head(&tty->other);
}

static void console_put(struct tty *tty, const char *s, size_t n)
{
	serial_write(s, n);
}

static void console_receive(unsigned char byte)
{
	tty_receive(&console, byte);
}

void tty_init(void)
{
	console.device = MKDEV(TTY_MAJOR, TTY_CONSOLE);
	console.put = console_put;
	console.size = (struct winsize){.row = 24, .col = 80};
	tty_setup(&console);
	if (register_chrdev(TTY_MAJOR, "tty", &tty_fops) ||
	    register_chrdev(PTS_MAJOR, "pts", &tty_fops) ||
	    serial_receive(console_receive))
		panic("no console");
	request_region(SERIAL_PORT, SERIAL_PORTS, "serial");
}
