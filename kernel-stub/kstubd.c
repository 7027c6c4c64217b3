/* kstubd.c - the supervisor of one kernel-stub: owns QEMU, serves the tools
 *
 * Started by `kstub start`. It returns when the gateway in the guest answers, and leaves a
 * process behind that lives as long as the guest. All it has lies in the kernel's directory:
 *
 *	lock		held as long as the supervisor lives
 *	status		"key value" lines, see write_status(); stays when it has ended
 *	syscall.sock	frames of include/abi/gateway.h, while the gateway serves
 *	kerneld.sock	frames of include/abi/kerneld.h, likewise
 *	console.sock	the serial console; console.log has everything it said
 *	gdb.sock	QEMU's GDB server; a debugger holds gdb.lock
 *	qemu.log	QEMU's own messages
 *
 * The directory's mode 0700 is what keeps others away from the kernel.
 */
#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <poll.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/file.h>
#include <sys/signalfd.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>
#include "kstubd.h"
#include "msg.h"

#define STOP_MS	  3000 /* to power itself off */
#define LINGER_MS 3000 /* for tools to fetch their last answer */

struct options options = {.accel = "tcg",
			  .qemu = "qemu-system-i386",
			  .memory = 64,
			  .start_limit = 20,
			  .deadline = 10};

static const char *state = "starting";
static time_t started, ended;
static int64_t started_ms, ready_ms;
static bool clean;
static char why[600];	   /* it ended; set early if we know better than QEMU's status */
static int report_fd = -1; /* to the process that started us, until ready */
static struct watch signals = {.fd = -1};
static struct timer start_timer, stop_timer, linger_timer;

/* --- the status file --------------------------------------------------------------------- */

static void write_status(void)
{
	FILE *f = fopen("status.new", "we");

	if (!f)
		return;
	fprintf(f, "state %s\nsupervisor %d\nqemu %d\n", state, getpid(), qemu_pid());
	fprintf(f, "accel %s\nmemory %u\n", options.accel, options.memory);
	fprintf(f, "started %lld\nready_ms %lld\n", (long long)started,
		(long long)ready_ms);
	if (ended)
		fprintf(f, "ended %lld\nclean %s\nwhy %s\n", (long long)ended,
			clean ? "yes" : "no", why);
	if (fclose(f) == 0)
		rename("status.new", "status");
}

/* --- the kernel's life ------------------------------------------------------------------- */

/* Tell the process that started us how it went; "" is success. */
static void report(const char *text)
{
	if (report_fd < 0)
		return;
	/* if it did not wait, nothing is lost */
	dprintf(report_fd, "%s%c", text, '\0');
	close(report_fd);
	report_fd = -1;
}

void kernel_ready(void)
{
	int err;

	if (ready_ms)
		return;
	timer_clear(&start_timer);
	err = kerneld_listen(); /* first: it shall be there before the first tool */
	if (!err)
		err = link_listen();
	if (err) {
		kernel_failed("cannot make a socket: %s", strerror(-err));
		return;
	}
	ready_ms = now_ms() - started_ms;
	state = "running";
	write_status();
	report("");
}

void kernel_failed(const char *fmt, ...)
{
	va_list ap;

	if (!*why) {
		va_start(ap, fmt);
		vsnprintf(why, sizeof(why), fmt, ap);
		va_end(ap);
	}
	qemu_kill();
}

static void linger_over(struct timer *t)
{
	loop_end();
}

void kernel_ended(int status)
{
	static char text[sizeof(why) + 2048 + 64];
	char tail[2048];

	console_drain();
	link_drain();
	timer_clear(&start_timer);
	timer_clear(&stop_timer);
	if (!*why)
		clean = qemu_verdict(status, why, sizeof(why));
	ended = time(NULL);
	state = "ended";
	write_status();
	console_tail(tail, sizeof(tail));
	if (clean || !*tail)
		snprintf(text, sizeof(text), "%s", why);
	else
		snprintf(text, sizeof(text), "%s; the end of its console:\n%s", why,
			 tail);
	report(text);
	timer_set(&linger_timer, LINGER_MS, linger_over);
	link_fail(EPIPE, text);
}

static void start_too_slow(struct timer *t)
{
	kernel_failed("the kernel hangs (its gateway did not answer within %u s)",
		      options.start_limit);
}

static void stop_too_slow(struct timer *t)
{
	kernel_failed("killed, for it did not power itself off within %d s",
		      STOP_MS / 1000);
}

/* SIGTERM: power off in good order; the second one: at once. */
static void stop(void)
{
	if (!ready_ms || timer_is_set(&stop_timer)) {
		kernel_failed("killed on request");
		return;
	}
	timer_set(&stop_timer, STOP_MS, stop_too_slow);
	link_power_off();
}

static void signal_event(struct watch *w, uint32_t events)
{
	struct signalfd_siginfo info;

	if (read(w->fd, &info, sizeof(info)) != sizeof(info))
		return;
	if (info.ssi_signo == SIGCHLD)
		qemu_reap();
	else if (!ended)
		stop();
}

/* --- start ------------------------------------------------------------------------------- */

static int watch_signals(void)
{
	sigset_t set;
	int fd;

	sigemptyset(&set);
	sigaddset(&set, SIGCHLD);
	sigaddset(&set, SIGTERM);
	sigaddset(&set, SIGINT);
	sigprocmask(SIG_BLOCK, &set, NULL);
	fd = signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
	return fd < 0 ? -errno : watch_open(&signals, fd, EPOLLIN, signal_event);
}

static int start(void)
{
	int fds[QEMU_FDS], err;

	started = time(NULL);
	started_ms = now_ms();
	err = loop_init();
	if (!err)
		err = watch_signals();
	if (!err)
		err = qemu_start(fds);
	if (!err)
		err = console_init(fds[QEMU_CONSOLE]);
	if (!err)
		err = link_init(fds[QEMU_GATEWAY]);
	if (!err)
		err = kerneld_init(fds[QEMU_KERNELD]);
	return err;
}

static int supervise(void)
{
	int err = start();
	char text[200];

	if (err) {
		snprintf(text, sizeof(text), "cannot start: %s", strerror(-err));
		report(text);
		return MSG_FAILED;
	}
	write_status();
	if (options.stopped)
		report("");
	else if (options.start_limit)
		timer_set(&start_timer, options.start_limit * 1000ll, start_too_slow);
	loop_run();
	console_close();
	kerneld_close();
	link_close();
	unlink("gdb.sock");
	return MSG_OK;
}

/* `kstub status` tries the lock, too, and holds it for a moment. */
static bool take_lock(int lock)
{
	for (int i = 0; i < 20; i++) {
		if (flock(lock, LOCK_EX | LOCK_NB) == 0)
			return true;
		poll(NULL, 0, 10);
	}
	return false;
}

/* The directory: ours alone, and made if it is not there. The lock tells whether a
 * supervisor lives in it. Returns the lock's descriptor or -1. */
static int enter_directory(void)
{
	struct stat st;
	int fd, lock;

	if (mkdir(options.dir, 0700) < 0 && errno != EEXIST) {
		msg_errno(-errno, "cannot make %s", options.dir);
		return -1;
	}
	fd = open(options.dir, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (fd < 0 || fstat(fd, &st) < 0 || fchdir(fd) < 0) {
		msg_errno(-errno, "%s", options.dir);
		return -1;
	}
	close(fd);
	if (st.st_uid != geteuid() || (st.st_mode & 077)) {
		msg_error("%s must be yours and closed to others (mode 0700)",
			  options.dir);
		return -1;
	}
	lock = open("lock", O_RDWR | O_CREAT | O_CLOEXEC, 0600);
	if (lock < 0)
		msg_errno(-errno, "%s/lock", options.dir);
	else if (take_lock(lock))
		return lock;
	else
		msg_error("a kernel is running at %s already", options.dir);
	return -1;
}

/* In the daemon: nothing of the caller's stays open but the lock and the report. */
static void detach(int lock)
{
	int null = open("/dev/null", O_RDWR);

	setsid();
	umask(077);
	signal(SIGPIPE, SIG_IGN);
	for (int fd = 0; fd < 3; fd++)
		dup2(null, fd);
	/* by way of high numbers: the low ones may be each other's */
	lock = fcntl(lock, F_DUPFD, 10);
	report_fd = fcntl(report_fd, F_DUPFD, 10);
	dup3(lock, 3, O_CLOEXEC);
	dup3(report_fd, 4, O_CLOEXEC);
	close_range(5, ~0u, 0);
	report_fd = 4;
}

/* Wait for the daemon's report: its text ends with a NUL, an early death does not. */
static int await_report(int fd)
{
	char text[4096];
	size_t n = 0;
	ssize_t r;

	while (n < sizeof(text) && (r = read(fd, text + n, sizeof(text) - n)) > 0)
		n += r;
	if (!n || text[n - 1])
		msg_error("the supervisor died");
	else if (*text)
		msg_error("%s", text);
	return msg_status();
}

static int start_daemon(void)
{
	int pipe_fd[2], lock = enter_directory();
	pid_t pid;

	if (lock < 0)
		return MSG_FAILED;
	if (pipe2(pipe_fd, O_CLOEXEC) < 0 || (pid = fork()) < 0) {
		msg_errno(-errno, "cannot start");
		return MSG_FAILED;
	}
	if (pid == 0) {
		report_fd = pipe_fd[1];
		detach(lock);
		_exit(supervise());
	}
	close(pipe_fd[1]);
	return await_report(pipe_fd[0]);
}

static void usage(FILE *f)
{
	fputs("usage: kstubd --dir DIR --kernel FILE --initrd FILE [--accel tcg|kvm]\n"
	      "\t[--memory MIB] [--append TEXT] [--cdrom FILE] [--start-limit SECONDS]\n"
	      "\t[--deadline SECONDS] [--qemu PROGRAM] [--stopped]\n"
	      "The supervisor of a kernel; `kstub start` starts it.\n",
	      f);
}

static const struct option long_options[] = {
	{"dir", 1, NULL, 'd'},	    {"kernel", 1, NULL, 'k'},
	{"initrd", 1, NULL, 'i'},   {"accel", 1, NULL, 'a'},
	{"memory", 1, NULL, 'm'},   {"append", 1, NULL, 'p'},
	{"cdrom", 1, NULL, 'c'},    {"start-limit", 1, NULL, 'l'},
	{"deadline", 1, NULL, 't'}, {"qemu", 1, NULL, 'q'},
	{"stopped", 0, NULL, 's'},  {"help", 0, NULL, 'h'},
	{"version", 0, NULL, 'V'},  {NULL, 0, NULL, 0}};

/* A whole number from min to max, or false with a message. */
static bool number(const char *option, const char *s, unsigned min, unsigned max,
		   unsigned *n)
{
	char *end;
	unsigned long v;

	errno = 0;
	v = strtoul(s, &end, 10);
	if (*s >= '0' && *s <= '9' && !*end && !errno && v >= min && v <= max) {
		*n = v;
		return true;
	}
	msg_error("--%s takes a number from %u to %u, not '%s'", option, min, max, s);
	return false;
}

/* Files are named before we change the directory. */
static bool file_name(const char *s, const char **name)
{
	*name = realpath(s, NULL);
	if (!*name)
		msg_errno(-errno, "%s", s);
	return *name;
}

/* Returns -1 to go on, else the exit status. */
static int take_option(int c)
{
	switch (c) {
	case 'd':
		options.dir = optarg;
		return -1;
	case 'k':
		return file_name(optarg, &options.kernel) ? -1 : MSG_FAILED;
	case 'i':
		return file_name(optarg, &options.initrd) ? -1 : MSG_FAILED;
	case 'a':
		options.accel = optarg;
		return -1;
	case 'm':
		return number("memory", optarg, 16, 2047, &options.memory) ? -1
									   : MSG_USAGE;
	case 'p':
		options.append = optarg;
		return -1;
	case 'c':
		options.cdrom = "";
		return !*optarg || file_name(optarg, &options.cdrom) ? -1 : MSG_FAILED;
	case 'l':
		return number("start-limit", optarg, 0, 86400, &options.start_limit)
			       ? -1
			       : MSG_USAGE;
	case 't':
		return number("deadline", optarg, 0, 86400, &options.deadline)
			       ? -1
			       : MSG_USAGE;
	case 'q':
		options.qemu = optarg;
		return -1;
	case 's':
		options.stopped = true;
		return -1;
	case 'h':
		usage(stdout);
		return MSG_OK;
	case 'V':
		puts("kstubd (modstack) " MODSTACK_VERSION);
		return MSG_OK;
	}
	return MSG_USAGE;
}

int main(int argc, char **argv)
{
	int c, status;

	msg_init("kstub");
	while ((c = getopt_long(argc, argv, "hV", long_options, NULL)) != -1) {
		status = take_option(c);
		if (status >= 0)
			return status;
	}
	if (!options.dir || !options.kernel || !options.initrd || optind < argc) {
		usage(stderr);
		return MSG_USAGE;
	}
	return start_daemon();
}
