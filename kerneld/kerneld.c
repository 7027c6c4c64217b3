/* kerneld.c - loads modules when the kernel asks for them, and unloads them when they idle
 *
 * `kerneld [keep] [delay=N] [debug]` starts the daemon of the kernel at $KSTUB. If that has
 * one already, the words go to it instead.
 */
#include "kerneld.h"

#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/inotify.h>
#include <sys/signalfd.h>
#include <sys/stat.h>
#include <syslog.h>
#include <time.h>
#include <unistd.h>
#include "ksys.h"
#include "msg.h"

#define RETRY_MS  1000 /* between looks for a kernel that is not there, at most */
#define ENDING_MS 1000 /* until one that was killed is gone */
#define DELAY_MAX 86400

struct settings settings = {.delay = 60};
struct statistics statistics;
char directory[4096];
int start_directory = -1;

static bool foreground;
static int signal_fd = -1;
static int report_fd = -1; /* to whoever started us, until we serve */
static int64_t next_sweep; /* now_ms() clock */
static int watch_fd = -1;  /* inotify of our directory */
static int retry_ms = RETRY_MS;
static bool ended;
static int exit_status;

/* --- the log ----------------------------------------------------------------------------- */

static void vlog(int priority, const char *fmt, va_list ap)
{
	char line[1024];

	vsnprintf(line, sizeof(line), fmt, ap);
	if (foreground)
		fprintf(stderr, "kerneld: %s\n", line);
	else
		syslog(priority, "%s", line);
}

void log_line(int priority, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	vlog(priority, fmt, ap);
	va_end(ap);
}

void log_debug(const char *fmt, ...)
{
	va_list ap;

	if (!settings.debug)
		return;
	va_start(ap, fmt);
	vlog(LOG_DEBUG, fmt, ap);
	va_end(ap);
}

/* --- settings ---------------------------------------------------------------------------- */

static bool take_delay(const char *s)
{
	char *end;
	unsigned long n = strtoul(s, &end, 10);

	if (*s < '0' || *s > '9' || *end || n < 1 || n > DELAY_MAX)
		return false;
	settings.delay = n;
	sweep_later();
	return true;
}

bool take_setting(const char *word)
{
	if (!strcmp(word, "keep") || !strcmp(word, "nokeep"))
		settings.keep = *word == 'k';
	else if (!strcmp(word, "debug") || !strcmp(word, "nodebug"))
		settings.debug = *word == 'd';
	else
		return !strncmp(word, "delay=", 6) && take_delay(word + 6);
	return true;
}

/* --- the loop ---------------------------------------------------------------------------- */

static int64_t now_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

void sweep_later(void)
{
	next_sweep = now_ms() + settings.delay * 1000ll;
}

void finish(void)
{
	ended = true;
}

/* A load in progress may be about to use what the sweep would take. */
static void sweep_if_due(void)
{
	if (!link_is_up() || now_ms() < next_sweep)
		return;
	sweep_later();
	if (!settings.keep && !jobs_loading())
		job_sweep();
}

/* Our directory has been removed, and with it what we are for. */
static bool directory_gone(void)
{
	struct stat st;

	return stat(".", &st) < 0 || st.st_nlink == 0;
}

/* If its socket is there already, but not yet listening, we are back soon. */
static void look_for_kernel(void)
{
	if (link_is_up())
		return;
	if (directory_gone())
		finish();
	else if (link_fd() < 0 && !link_connect())
		retry_ms = retry_ms < RETRY_MS / 2 ? 2 * retry_ms : RETRY_MS;
}

/* Something in our directory is new. */
static void directory_event(void)
{
	char events[4096];

	while (read(watch_fd, events, sizeof(events)) > 0)
		;
	retry_ms = 1;
}

static void signal_event(void)
{
	struct signalfd_siginfo info;

	while (read(signal_fd, &info, sizeof(info)) == sizeof(info)) {
		if (info.ssi_signo == SIGCHLD)
			jobs_reap();
		else if (info.ssi_signo != SIGHUP)
			finish();
	}
}

static int timeout_ms(void)
{
	int64_t ms = next_sweep - now_ms();

	if (!link_is_up())
		return retry_ms;
	return ms < 0 ? 0 : ms > 1000000 ? 1000000 : (int)ms;
}

static void loop(void)
{
	struct pollfd p[4 + JOBS_MAX];
	size_t n;

	while (!ended) {
		p[0] = (struct pollfd){.fd = signal_fd, .events = POLLIN};
		p[1] = (struct pollfd){.fd = control_fd(), .events = POLLIN};
		p[2] = (struct pollfd){.fd = link_fd(), .events = POLLIN};
		p[3] = (struct pollfd){.fd = watch_fd, .events = POLLIN};
		n = jobs_poll(p + 4, JOBS_MAX);
		if (poll(p, 4 + n, timeout_ms()) > 0) {
			jobs_read(p + 4, n);
			if (p[3].revents)
				directory_event();
			if (p[2].revents)
				link_receive();
			if (p[1].revents)
				control_serve();
			if (p[0].revents)
				signal_event();
		}
		look_for_kernel();
		sweep_if_due();
	}
	jobs_drop();
}

/* --- start ------------------------------------------------------------------------------- */

static int watch_signals(void)
{
	static const int signals[] = {SIGCHLD, SIGTERM, SIGINT, SIGHUP};
	sigset_t set;

	sigemptyset(&set);
	for (size_t i = 0; i < sizeof(signals) / sizeof(signals[0]); i++)
		sigaddset(&set, signals[i]);
	sigprocmask(SIG_BLOCK, &set, NULL);
	signal(SIGPIPE, SIG_IGN);
	signal_fd = signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
	return signal_fd < 0 ? -errno : 0;
}

/* The kernel's directory may be made by whoever comes first; it is closed to others. */
static bool enter_directory(void)
{
	int len = ksys_dir(directory, sizeof(directory));

	if (len < 0 || len >= (int)sizeof(directory)) {
		msg_error("the directory of the kernel belongs to somebody else");
		return false;
	}
	start_directory = open(".", O_PATH | O_DIRECTORY | O_CLOEXEC);
	if ((mkdir(directory, 0700) == 0 || errno == EEXIST) && chdir(directory) == 0) {
		/* children get it by environment, wherever they are */
		if (*directory != '/' && !getcwd(directory, sizeof(directory)))
			return false;
		setenv("KSTUB", directory, 1);
		return true;
	}
	msg_errno(-errno, "%s", directory);
	return false;
}

static void report(const char *text)
{
	if (report_fd >= 0)
		dprintf(report_fd, "%s%c", text, '\0');
	close(report_fd);
	report_fd = -1;
}

static int run(void)
{
	int err = watch_signals();

	if (!err)
		err = control_listen();
	if (err) {
		log_line(LOG_ERR, "cannot start: %s", strerror(-err));
		report(strerror(-err));
		return MSG_FAILED;
	}
	/* without it kernels are found later */
	watch_fd = inotify_init1(IN_NONBLOCK | IN_CLOEXEC);
	inotify_add_watch(watch_fd, ".", IN_CREATE | IN_DELETE_SELF);
	if (!link_connect() && !ended)
		log_line(LOG_NOTICE, "no kernel runs at %s yet", directory);
	report(ended ? "another kerneld serves this kernel, or it is not yours" : "");
	exit_status = ended ? MSG_FAILED : MSG_OK;
	sweep_later();
	loop();
	control_close();
	return exit_status;
}

static int await_report(int fd, pid_t pid)
{
	char text[1024];
	ssize_t n = read(fd, text, sizeof(text));

	if (n <= 0)
		msg_error("it died");
	else if (*text)
		msg_error("%.*s", (int)n, text);
	else
		printf("Starting kerneld, version %s (pid %d)\n", MODSTACK_VERSION, pid);
	return msg_status();
}

static void detach(void)
{
	int null = open("/dev/null", O_RDWR);

	setsid();
	for (int fd = 0; fd < 3; fd++)
		dup2(null, fd);
	close(null);
	openlog("kerneld", LOG_PID, LOG_DAEMON);
}

static int start(void)
{
	int fds[2];
	pid_t pid;

	if (!modprobe_is_there()) {
		msg_error("%s: there is no such program to load modules with",
			  modprobe_program);
		return MSG_FAILED;
	}
	if (foreground)
		return run();
	if (pipe2(fds, O_CLOEXEC) < 0 || (pid = fork()) < 0) {
		msg_errno(-errno, "cannot start");
		return MSG_FAILED;
	}
	if (pid == 0) {
		report_fd = fds[1];
		detach();
		_exit(run());
	}
	close(fds[1]);
	return await_report(fds[0], pid);
}

/* --- arguments --------------------------------------------------------------------------- */

static const char usage_text[] =
	"usage: kerneld [-f] [--modprobe=PROGRAM] [keep] [delay=N] [debug]\n"
	"               [-- MODPROBE-OPTION...]\n"
	"       kerneld status | stop | flush | [no]keep | [no]debug | delay=N\n"
	"Load modules when the kernel at $KSTUB asks for them, and sweep out idle ones.\n"
	"If it has a kerneld already, the words go to that one.\n"
	"\n"
	"  keep                never sweep\n"
	"  delay=N             seconds between sweeps (60)\n"
	"  debug               log every step\n"
	"  status, stop        of the one that runs; flush: sweep now\n"
	"  -f, --foreground    stay, and log on stderr instead of syslog\n"
	"  --modprobe=PROGRAM  what loads (modprobe)\n"
	"  -V, -h              print the version, print this\n";

static const struct option long_options[] = {
	{"foreground", no_argument, NULL, 'f'},
	{"modprobe", required_argument, NULL, 'm'},
	{"help", no_argument, NULL, 'h'},
	{"version", no_argument, NULL, 'V'},
	{NULL, 0, NULL, 0},
};

/* Returns -1 to go on, else the exit status. */
static int take_options(int argc, char **argv)
{
	int c;

	while ((c = getopt_long(argc, argv, "fhV", long_options, NULL)) != -1) {
		switch (c) {
		case 'f':
			foreground = true;
			break;
		case 'm':
			modprobe_program = optarg;
			break;
		case 'h':
			fputs(usage_text, stdout);
			return msg_status();
		case 'V':
			puts("kerneld (modstack) " MODSTACK_VERSION);
			return msg_status();
		default:
			return msg_usage(NULL);
		}
	}
	return -1;
}

/* Cut the command line at "--"; what is behind it, modprobe's options, is returned. */
static char **cut(int *argc, char **argv)
{
	for (int i = 1; i < *argc; i++)
		if (!strcmp(argv[i], "--")) {
			*argc = i;
			argv[i] = NULL;
			return argv + i + 1;
		}
	return argv + *argc;
}

static int take_words(char **words)
{
	for (; *words; words++)
		if (!take_setting(*words))
			return msg_usage("what is '%s'?", *words);
	return MSG_OK;
}

static bool says(char **words, const char *word)
{
	while (*words && strcmp(*words, word) != 0)
		words++;
	return *words;
}

/* The daemon holds the lock as long as it lives; children do not inherit it. One that was
 * killed may need a moment to be gone. */
static bool take_lock(int lock, int patience_ms)
{
	while (flock(lock, LOCK_EX | LOCK_NB) < 0) {
		if (patience_ms <= 0)
			return false;
		poll(NULL, 0, 10);
		patience_ms -= 10;
	}
	return true;
}

static int no_answer(int err)
{
	if (err == -EPIPE)
		msg_error("the running kerneld does not answer");
	else
		msg_error("no kerneld serves the kernel at %s", directory);
	return MSG_FAILED;
}

/* For a daemon only; who asks does not touch the lock, which may be about to be taken. */
static int ask_running(char **words)
{
	int status = control_ask(words);
	int lock = open("kerneld.lock", O_RDWR | O_CLOEXEC);

	if (status == MSG_OK && says(words, "stop"))
		flock(lock, LOCK_EX); /* until it has ended */
	return status >= 0 ? status : no_answer(status);
}

static int start_or_tell(char **words)
{
	int lock = open("kerneld.lock", O_RDWR | O_CREAT | O_CLOEXEC, 0600), status;

	if (lock < 0) {
		msg_errno(-errno, "%s/kerneld.lock", directory);
		return MSG_FAILED;
	}
	if (!take_lock(lock, 0)) {
		status = *words ? control_ask(words) : -EEXIST;
		if (status >= 0)
			return status;
		if (!take_lock(lock, ENDING_MS)) {
			msg_error("a kerneld runs at %s already%s", directory,
				  *words ? ", but does not answer" : "");
			return MSG_FAILED;
		}
	}
	status = take_words(words);
	return status ? status : start();
}

int main(int argc, char **argv)
{
	char **words;
	int status;

	msg_init("kerneld");
	modprobe_options = cut(&argc, argv);
	status = take_options(argc, argv);
	if (status >= 0)
		return status;
	words = argv + optind;
	if (!enter_directory())
		return MSG_FAILED;
	if (says(words, "status") || says(words, "stop") || says(words, "flush"))
		return ask_running(words);
	return start_or_tell(words);
}
