/* terminal_test.c - says what a terminal hands to its reader, mode by mode
 *
 * terminal.py types at it, once on kernel-stub's serial console and once on a Linux
 * terminal, and compares everything that comes back, echo included. Each stage begins with
 * "<NAME>" and ends when a line or key that starts with q was read.
 */
#include "user/sys.h"

#define TCGETS	0x5401
#define TCSETS	0x5402
#define TCSETSF 0x5404
#define TCFLSH	0x540b

#define ICRNL  0000400u
#define ISIG   0000001u
#define ICANON 0000002u
#define ECHO   0000010u
#define VTIME  5
#define VMIN   6

struct termios {
	uint32_t iflag, oflag, cflag, lflag;
	uint8_t line, cc[19];
};

static void say(const char *s)
{
	sys_write(1, s, strlen(s));
}

static void say_bytes(const char *s, long n)
{
	char hex[3];

	say("[");
	for (long i = 0; i < n; i++) {
		hex[0] = "0123456789abcdef"[s[i] >> 4 & 15];
		hex[1] = "0123456789abcdef"[s[i] & 15];
		hex[2] = '\0';
		say(hex);
	}
	say("]\n");
}

static struct termios initial(void)
{
	struct termios t = {
		.iflag = ICRNL,
		.oflag = 05,
		.cflag = 0277,
		.lflag = 0105073,
		.cc = {3, 28, 127, 21, 4, 0, 1, 0, 17, 19, 26, 0, 18, 15, 23, 22, 0},
	};

	return t;
}

static void set(const struct termios *t)
{
	sys_ioctl(0, TCSETSF, (long)t);
}

/* Read and show until q. */
static void stage(const char *name)
{
	char buf[300];
	long n;

	say(name);
	do {
		n = sys_read(0, buf, sizeof(buf));
		if (n < 0)
			say(n == -EINTR	   ? "EINTR\n"
			    : n == -EAGAIN ? "EAGAIN\n"
					   : "error\n");
		else
			say_bytes(buf, n);
	} while (n <= 0 || buf[0] != 'q');
}

static void on_signal(int sig)
{
	say(sig == SIGINT ? "INT" : sig == 3 ? "QUIT" : "TSTP");
}

static void canonical(void)
{
	struct termios t = initial();

	set(&t);
	stage("<canonical>");
	say("<two lines>");
	sys_sleep_ms(300); /* both are there before the first is read */
	stage("<go>");
	t.lflag &= ~ECHO;
	set(&t);
	stage("<silent>");
	t = initial();
	t.iflag = 0;
	set(&t);
	stage("<no icrnl>");
}

static void signals(void)
{
	struct termios t = initial();

	sys_sigaction(SIGINT, (uintptr_t)on_signal, SA_RESTART);
	sys_sigaction(3, (uintptr_t)on_signal, SA_RESTART);
	sys_sigaction(20, (uintptr_t)on_signal, SA_RESTART);
	set(&t);
	stage("<signals>");
	t.lflag &= ~ISIG;
	set(&t);
	stage("<no isig>");
}

static void raw(void)
{
	struct termios t = initial();

	t.lflag &= ~(ICANON | ECHO | ISIG);
	t.iflag = 0;
	set(&t);
	stage("<raw>");
	t.cc[VMIN] = 3;
	set(&t);
	stage("<three at a time>");
	t.cc[VMIN] = 0;
	t.cc[VTIME] = 1;
	set(&t);
	say("<nothing in time>");
	char c;
	say_bytes(&c, sys_read(0, &c, 1));
	t.oflag = 0;
	set(&t);
	say("<plain output>a\nb\n");
}

/* Typed in one mode, read in the other. */
static void typed_ahead(const char *name, const struct termios *then,
			const struct termios *now)
{
	set(then);
	say(name);
	sys_sleep_ms(300);
	sys_ioctl(0, TCSETS, (long)now);
	stage("<switched>");
}

static void switches(void)
{
	struct termios cooked = initial(), raw = initial();

	raw.lflag &= ~(ICANON | ECHO | ISIG);
	raw.iflag = 0;
	typed_ahead("<part of a line>", &cooked, &raw);
	typed_ahead("<two lines and a part>", &cooked, &raw);
	typed_ahead("<end of file>", &cooked, &raw);
	typed_ahead("<keys>", &raw, &cooked);
	typed_ahead("<keys with newline>", &raw, &cooked);
	typed_ahead("<nothing>", &raw, &cooked);
	set(&raw);
	say("<thrown away>");
	sys_sleep_ms(300);
	sys_ioctl(0, TCFLSH, 0);
	stage("<flushed>");
	/* back and forth while keys come, each read at once */
	cooked.lflag &= ~ECHO;
	say("<back and forth>");
	for (char c = 0; c != 'q';) {
		sys_ioctl(0, TCSETS, (long)&cooked);
		sys_ioctl(0, TCSETS, (long)&raw);
		if (sys_read(0, &c, 1) == 1)
			sys_write(1, &c, 1);
	}
	say("\n");
}

/* A child in the background may not read, and only writes if it is let. */
static void background(void)
{
	struct termios t = initial();
	int status;
	long pid;

	sys_signal(SIGINT, SIG_DFL);
	sys_signal(20, SIG_DFL);
	set(&t);
	say("<background>");
	pid = sys_fork();
	if (pid == 0) {
		char c;

		syscall3(NR_setpgid, 0, 0, 0);
		sys_exit(sys_read(0, &c, 1) == 1 ? 7 : 8);
	}
	syscall3(NR_setpgid, pid, pid, 0);
	sys_waitpid(pid, &status, WUNTRACED);
	say(status == (21 << 8 | 0x7f) ? "stopped by SIGTTIN\n" : "not stopped\n");
	int pgrp = pid;
	sys_ioctl(0, 0x5410, (long)&pgrp); /* TIOCSPGRP: it comes to the fore */
	sys_kill(-pid, SIGCONT);
	say("<foreground>");
	sys_waitpid(pid, &status, 0);
	say(status == 2 ? "killed by SIGINT\n" : "something else\n");
	sys_signal(22, SIG_IGN); /* SIGTTOU */
	pgrp = sys_getpid();
	sys_ioctl(0, 0x5410, (long)&pgrp);
}

int main(int argc, char **argv)
{
	struct termios before;

	if (argc > 1) /* does this machine start us at all? */
		return 0;
	sys_ioctl(0, TCGETS, (long)&before);
	canonical();
	signals();
	background();
	raw();
	switches();
	set(&before);
	say("<end>\n");
	return 0;
}
