/* kcall/exec.c - run a program in the kernel's world, connected to our standard input,
 * output and error
 *
 * All goes through calls of the process that serves us (GW_SPAWN in abi/gateway.h). Each
 * round trip gives the program what we have read, waits a moment for what it writes, and
 * asks whether it has ended. Signals are passed on to it and its children.
 */
#include "kcall.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>
#include "msg.h"

#define PIECE	4096 * 16
#define TYPE_MS 10  /* how late it may see what somebody types */
#define WAIT_MS 100 /* how late it may see a signal, while we have nothing to give */

/* The calls of a round trip. */
enum { WRITE, POLL, READ_OUT, READ_ERR, WAIT, CALLS };

struct program {
	int32_t fds[3];	    /* -1: closed */
	int32_t status;	    /* as waitpid(2) gives it */
	bool ended;	    /* and has, but there may be more to read */
	bool input_is_ours; /* our standard input has not ended */
	char in[PIECE];	    /* read and not yet written to the program */
	size_t in_len;
};

static volatile sig_atomic_t caught;

static void on_signal(int sig)
{
	caught = sig;
}

static void catch_signals(void)
{
	static const int passed_on[] = {SIGHUP, SIGINT, SIGQUIT, SIGTERM};
	struct sigaction sa = {.sa_handler = on_signal};

	for (size_t i = 0; i < sizeof(passed_on) / sizeof(passed_on[0]); i++) {
		struct sigaction old;

		sigaction(passed_on[i], NULL, &old);
		if (old.sa_handler != SIG_IGN)
			sigaction(passed_on[i], &sa, NULL);
	}
}

static void send_signal(void)
{
	struct ksys_call c = {KSYS_kill, 2, {ksys_val(0), ksys_val(caught)}, 0};

	caught = 0;
	ksys_run(&c, 1);
}

/* Our standard input, if it has something and the last of it is gone. */
static void read_input(struct program *p)
{
	struct pollfd ready = {.fd = 0, .events = POLLIN};
	ssize_t n;

	if (!p->input_is_ours || p->in_len || poll(&ready, 1, 0) <= 0)
		return;
	n = read(0, p->in, sizeof(p->in));
	if (n > 0)
		p->in_len = n;
	else if (n == 0 || errno != EINTR)
		p->input_is_ours = false;
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
	struct ksys_call c = {GW_SPAWN, 3, {{0}}, 0};
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
	err = ksys_run(&c, 1);
	return err ? err : c.result;
}

int kcall_exec(char **argv)
{
	static struct program p = {.input_is_ours = true};
	bool more = true;
	int err = start(&p, argv);

	if (err < 0) {
		msg_error("%s: %s", argv[0], ksys_strerror(err));
		return ksys_is_down(err) ? MSG_FAILED : err == -ENOENT ? 127 : 126;
	}
	catch_signals();
	while (!p.ended || more) {
		more = false;
		if (caught)
			send_signal();
		read_input(&p);
		if (!exchange(&p, &more))
			return MSG_FAILED;
	}
	return WIFEXITED(p.status) ? WEXITSTATUS(p.status) : 128 + WTERMSIG(p.status);
}
