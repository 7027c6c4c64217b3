/* drivers/tty.h - terminals: the one on the serial line (/dev/console, /dev/ttyS0), those a
 * program plays (pty.c), and /dev/tty, the one a process has
 *
 * Line discipline as POSIX.1 chapter 11 has it: canonical and raw input, echo, signals from
 * the keyboard, job control. Structures and numbers are those of Linux i386.
 */
#ifndef DRIVERS_TTY_H
#define DRIVERS_TTY_H

#include <linux/fs.h>
#include <linux/wait.h>

struct task_struct;

#define TTY_INPUT 4096u /* characters of input; a power of two */

enum { NCCS = 19 };

struct termios {
	uint32_t c_iflag, c_oflag, c_cflag, c_lflag;
	uint8_t c_line, c_cc[NCCS];
};

struct winsize {
	uint16_t row, col, xpixel, ypixel;
};

struct tty {
	kdev_t device;
	/* Take what is written and echoed; all of it if room() was asked before. */
	void (*put)(struct tty *tty, const char *s, size_t n);
	/* Bytes that put() takes now; NULL: any number. */
	size_t (*room)(struct tty *tty);
	/* An open file of it is closed; NULL: nobody counts them. */
	void (*closed)(struct tty *tty);

	struct termios termios;
	struct winsize size;
	int pgrp, session;
	bool hung_up;
	wait_queue_head_t wait;	 /* who reads and writes */
	wait_queue_head_t other; /* pty.c: who plays the terminal */
	/* Input, numbered from the start, wraps: [head, ready) may be read, [ready, tail) is
	 * the line being edited. In raw mode ready == tail. */
	uint16_t buf[TTY_INPUT];
	unsigned int head, ready, tail;
	bool literal; /* ^V was typed */
};

/* For who makes a terminal: device, put and the rest above `termios` are set. */
void tty_setup(struct tty *tty);
/* A character was typed. */
void tty_receive(struct tty *tty, unsigned char byte);
/* Would the next one be lost, because nobody reads? */
bool tty_is_full(const struct tty *tty);
/* It is gone: its processes hear of it and lose it, its files are at their end. */
void tty_hangup(struct tty *tty);
int tty_ioctl(struct inode *inode, struct file *file, unsigned int cmd,
	      unsigned long arg);

/* pty.c: open the master side; the terminal of a number, for a file that is opened, or NULL
 * and why. */
int pty_open_master(struct file *file);
struct tty *pty_terminal(unsigned int number, int *err);

/* Device number of a process's terminal; 0: it has none. */
kdev_t tty_of(const struct task_struct *task);
/* A process ends: if it leads the session of the terminal, that is free again. */
void tty_session_gone(struct task_struct *leader);

void tty_init(void);

#endif
