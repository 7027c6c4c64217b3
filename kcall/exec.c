/* kcall/exec.c - run a program in the kernel's world, connected to our standard input,
 * output and error, or to our terminal
 *
 * All goes through calls of the process that serves us (GW_SPAWN in abi/gateway.h). Each
 * round trip gives the program what we have read, waits a moment for what it writes, and
 * asks whether it has ended. Signals are passed on to it and its children. While it has a
 * terminal, ours is raw: keys are the other one's business.
 */
#include "kcall.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>
#include "msg.h"

#define PIECE	4096 * 16
#define TYPE_MS 10  /* how late it may see what somebody types */
#define WAIT_MS 100 /* how late it may see a signal, while we have nothing to give */

/* The calls of a round trip. */
enum { WRITE, POLL, READ_OUT, READ_ERR, WAIT, CALLS };

struct program {
	int32_t fds[3]; /* -1: closed */
	int32_t status; /* as waitpid(2) gives it */
	bool ended;	/* and has, but there may be more to read */
	int32_t pid;
	bool terminal;	    /* it has one */
	bool input_is_ours; /* our standard input has not ended */
	char in[PIECE];	    /* read and not yet written to the program */
	size_t in_len;
	bool in_line; /* what was read last has not ended its line */
};

static volatile sig_atomic_t caught, resized;

static void on_signal(int sig)
{
	if (sig == SIGWINCH)
		resized = true;
	else
		caught = sig;
}

static void catch_signals(void)
{
	static const int passed_on[] = {SIGHUP, SIGINT, SIGQUIT, SIGTERM, SIGWINCH};
	struct sigaction sa = {.sa_handler = on_signal};

	for (size_t i = 0; i < sizeof(passed_on) / sizeof(passed_on[0]); i++) {
		struct sigaction old;

		sigaction(passed_on[i], NULL, &old);
		if (old.sa_handler != SIG_IGN)
			sigaction(passed_on[i], &sa, NULL);
	}
}

static void send_signal(const struct program *p)
{
	int32_t to = p->terminal ? -p->pid : 0;
	struct ksys_call c = {KSYS_kill, 2, {ksys_val(to), ksys_val(caught)}, 0};

	caught = 0;
	ksys_run(&c, 1);
}

/* --- the terminal ------------------------------------------------------------------- */

#define END_OF_FILE 4	   /* ^D */
#define SET_SIZE    0x5414 /* ioctl TIOCSWINSZ of Linux i386 */

static struct termios saved;
static bool is_raw;

static void make_raw(void)
{
	struct termios t;

	if (tcgetattr(0, &saved) < 0)
		return;
	t = saved;
	cfmakeraw(&t);
	is_raw = tcsetattr(0, TCSADRAIN, &t) == 0;
}

static void restore(void)
{
	if (is_raw)
		tcsetattr(0, TCSADRAIN, &saved);
}

static struct winsize our_size(void)
{
	struct winsize w;

	if (ioctl(0, TIOCGWINSZ, &w) < 0 || !w.ws_row || !w.ws_col)
		w = (struct winsize){.ws_row = 24, .ws_col = 80};
	return w;
}

static void send_size(const struct program *p)
{
	struct winsize w = our_size();
	struct ksys_arg size = {.kind = GW_INOUT, .buf = &w, .len = sizeof(w)};
	struct ksys_call c = {
		KSYS_ioctl, 3, {ksys_val(p->fds[1]), ksys_val(SET_SIZE), size}, 0};

	resized = false;
	if (p->terminal)
		ksys_run(&c, 1);
}

/* --- input and output --------------------------------------------------------------- */

/* Ours has ended. A terminal has no end, only somebody who says so; twice if he is in the
 * middle of a line. */
static void end_input(struct program *p)
{
	p->input_is_ours = false;
	if (!p->terminal)
		return;
	p->in_len = p->in_line ? 2 : 1;
	memset(p->in, END_OF_FILE, p->in_len);
}

/* Our standard input, if it has something and the last of it is gone. */
static void read_input(struct program *p)
{
	struct pollfd ready = {.fd = 0, .events = POLLIN};
	ssize_t n;

	if (!p->input_is_ours || p->in_len || poll(&ready, 1, 0) <= 0)
		return;
	n = read(0, p->in, sizeof(p->in));
	if (n > 0) {
		p->in_len = n;
		p->in_line = p->in[n - 1] != '\n';
	} else if (n == 0 || errno != EINTR) {
		end_input(p);
	}
}

static void close_fd(int32_t *fd)
{
	if (*fd >= 0)
		ksys_file_close(*fd);
	*fd = -1;
}

/* Its input ends when ours has and everything is through, or when it does not want any. */
static void written(struct program *p, int32_t n)
{
	if (n > 0) {
		p->in_len -= n;
		memmove(p->in, p->in + n, p->in_len);
	} else if (n != -EAGAIN && p->in_len) {
		p->in_len = 0;
		p->input_is_ours = false;
	}
	if (!p->input_is_ours && !p->in_len)
		close_fd(&p->fds[0]);
}

/* What came from the program goes out; false if nobody takes it. */
static bool copy(struct program *p, int i, const char *bytes, int32_t n, bool *more)
{
	if (p->fds[i] < 0 || n == -EAGAIN)
		return true;
	if (n <= 0) {
		close_fd(&p->fds[i]);
		return true;
	}
	*more = true;
	for (ssize_t w; n > 0; bytes += w, n -= w) {
		w = write(i, bytes, n);
		if (w < 0 && errno == EINTR)
			w = 0;
		else if (w < 0)
			return false;
	}
	return true;
}

/* One round trip. Sets *more if there may be more to read at once. False: msg has told. */
static bool exchange(struct program *p, bool *more)
{
	static char out[PIECE], err[PIECE];
	struct pollfd want[3] = {{p->in_len ? p->fds[0] : -1, POLLOUT, 0},
				 {p->fds[1], POLLIN, 0},
				 {p->fds[2], POLLIN, 0}};
	int32_t status = 0;
	uint32_t ms = p->ended ? 0 : p->input_is_ours && !p->in_len ? TYPE_MS : WAIT_MS;
	struct ksys_arg poll_set = {.kind = GW_INOUT, .buf = want, .len = sizeof(want)};
	struct ksys_call c[CALLS] = {
		[WRITE] = {KSYS_write,
			   3,
			   {ksys_val(p->fds[0]), ksys_in(p->in, p->in_len),
			    ksys_val(p->in_len)},
			   0},
		[POLL] = {KSYS_poll, 3, {poll_set, ksys_val(3), ksys_val(ms)}, 0},
		[READ_OUT] = {KSYS_read,
			      3,
			      {ksys_val(p->fds[1]), ksys_out(out, PIECE),
			       ksys_val(PIECE)},
			      0},
		[READ_ERR] = {KSYS_read,
			      3,
			      {ksys_val(p->fds[2]), ksys_out(err, PIECE),
			       ksys_val(PIECE)},
			      0},
		[WAIT] = {KSYS_waitpid,
			  3,
			  {ksys_val(-1), ksys_out(&status, sizeof(status)),
			   ksys_val(WNOHANG)},
			  0},
	};
	int failed = ksys_run(c, CALLS);

	if (failed) {
		msg_error("%s", ksys_strerror(failed));
		return false;
	}
	if (c[WAIT].result > 0) {
		p->ended = true;
		p->status = status;
		*more = true;
	}
	if (p->fds[0] >= 0)
		written(p, c[WRITE].result);
	if (!copy(p, 1, out, c[READ_OUT].result, more) ||
	    !copy(p, 2, err, c[READ_ERR].result, more)) {
		msg_errno(-errno, "cannot write what the program prints");
		return false;
	}
	return true;
}

/* Start argv with the environment a login there has, and our TERM. */
static int start(struct program *p, char **argv)
{
	const char *term = getenv("TERM");
	char strings[65536];
	size_t len = 0;
	uint32_t argc = 0;
	struct winsize w = our_size();
	struct ksys_call c = {GW_SPAWN, 4, {{0}}, 0};
	int err;

	for (; argv[argc]; argc++) {
		size_t n = strlen(argv[argc]) + 1;

		if (n > sizeof(strings) - len)
			return -E2BIG;
		memcpy(strings + len, argv[argc], n);
		len += n;
	}
	err = snprintf(strings + len, sizeof(strings) - len,
		       "HOME=/%cPATH=/sbin:/bin:/usr/sbin:/usr/bin%cTERM=%s", 0, 0,
		       term ? term : "dumb");
	if (err >= sizeof(strings) - len)
		return -E2BIG;
	len += err + 1;
	c.arg[0] = ksys_in(strings, len);
	c.arg[1] = ksys_val(argc);
	c.arg[2] = ksys_out(p->fds, sizeof(p->fds));
	c.arg[3] = ksys_val(p->terminal ? (uint32_t)w.ws_row << 16 | w.ws_col : 0);
	err = ksys_run(&c, 1);
	p->pid = c.result;
	return err ? err : c.result;
}

/* Until it has ended and all it wrote is out. False: msg has told. */
static bool accompany(struct program *p)
{
	bool more = true;

	while (!p->ended || more) {
		more = false;
		if (caught)
			send_signal(p);
		if (resized)
			send_size(p);
		read_input(p);
		if (!exchange(p, &more))
			return false;
	}
	return true;
}

int kcall_exec(char **argv, enum kcall_terminal terminal)
{
	static struct program p = {.input_is_ours = true};
	bool ours = isatty(0) && isatty(1), done;
	int err;

	p.terminal = terminal == KCALL_TERMINAL || (terminal == KCALL_AS_OURS && ours);
	err = start(&p, argv);
	if (err < 0) {
		msg_error("%s: %s", argv[0], ksys_strerror(err));
		return ksys_is_down(err) ? MSG_FAILED : err == -ENOENT ? 127 : 126;
	}
	catch_signals();
	if (p.terminal)
		make_raw();
	done = accompany(&p);
	restore();
	if (!done)
		return MSG_FAILED;
	return WIFEXITED(p.status) ? WEXITSTATUS(p.status) : 128 + WTERMSIG(p.status);
}
