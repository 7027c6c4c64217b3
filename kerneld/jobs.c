/* jobs.c - what kerneld has under way: modprobe for each request, and the sweep
 *
 * A name from the kernel is data: one argument behind "--", and checked before that. No
 * shell sees it. What modprobe says goes to our log, line by line.
 */
#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <syslog.h>
#include <time.h>
#include <unistd.h>
#include "kerneld.h"
#include "ksys.h"

#define MAX_ARGS 64

struct job {
	pid_t pid; /* 0: free */
	uint32_t id;
	char name[KD_NAME_MAX]; /* empty: the sweep */
	int output;		/* from it, -1: closed */
	char line[512];		/* of the output, not complete yet */
	size_t len;
	time_t since;
	bool dropped; /* nobody wants an answer */
};

static struct job jobs[JOBS_MAX];
const char *modprobe_program = "modprobe";
char **modprobe_options;

static struct job *find(pid_t pid)
{
	for (struct job *j = jobs; j < jobs + JOBS_MAX; j++)
		if (j->pid == pid)
			return j;
	return NULL;
}

bool jobs_loading(void)
{
	for (struct job *j = jobs; j < jobs + JOBS_MAX; j++)
		if (j->pid && *j->name)
			return true;
	return false;
}

/* --- children ---------------------------------------------------------------------------- */

static const char *variable(const char *name, const char *otherwise)
{
	const char *value = getenv(name);

	return value ? value : otherwise;
}

static const char *search_path(void)
{
	return variable("PATH", "/sbin:/usr/sbin:/bin:/usr/bin");
}

bool modprobe_is_there(void)
{
	const char *at = search_path(), *end;
	char file[4096];

	if (strchr(modprobe_program, '/'))
		return faccessat(start_directory, modprobe_program, X_OK, 0) == 0;
	for (;; at = end + 1) {
		end = strchrnul(at, ':');
		snprintf(file, sizeof(file), "%.*s/%s", (int)(end - at), at,
			 modprobe_program);
		if (faccessat(start_directory, file, X_OK, 0) == 0)
			return true;
		if (!*end)
			return false;
	}
}

/* Exactly what modprobe needs; nothing of ours gets in by chance. */
static void set_environment(uint32_t id)
{
	char path[4096], number[16];

	snprintf(path, sizeof(path), "%s", search_path());
	clearenv();
	snprintf(number, sizeof(number), "%u", id);
	setenv("HOME", "/", 1);
	setenv("TERM", "linux", 1);
	setenv("PATH", path, 1);
	setenv("KSTUB", directory, 1);
	setenv("KERNELD_REQUEST", number, 1);
}

/* In the child: like a program that was started alone. */
static void become_child(int output)
{
	struct sigaction by_default = {.sa_handler = SIG_DFL};
	int null = open("/dev/null", O_RDWR);
	sigset_t none;

	setpgid(0, 0);
	for (int sig = 1; sig < NSIG; sig++)
		sigaction(sig, &by_default, NULL);
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
	dup2(null, 0);
	dup2(output, 1);
	dup2(output, 2);
	if (fchdir(start_directory) < 0)
		_exit(127);
}

static void exec_modprobe(const struct job *j)
{
	const char *argv[MAX_ARGS] = {modprobe_program};
	size_t n = 1;

	for (char **o = modprobe_options; *o && n < MAX_ARGS - 4; o++)
		argv[n++] = *o;
	argv[n++] = "-k";
	argv[n++] = "--";
	argv[n++] = j->name;
	set_environment(j->id);
	execvp(argv[0], (char **)argv);
	dprintf(2, "%s: %s\n", argv[0], strerror(errno));
	_exit(127);
}

static void sweep(void)
{
	int err = ksys_open();

	if (!err)
		err = ksys_delete_module(NULL);
	if (err)
		dprintf(2, "%s\n", ksys_strerror(err));
	_exit(err ? 1 : 0);
}

/* 0, or -errno: nothing was started. */
static int start(uint32_t id, const char *name)
{
	struct job *j = find(0);
	int fds[2];

	if (!j)
		return -EAGAIN;
	if (pipe2(fds, O_CLOEXEC) < 0)
		return -errno;
	*j = (struct job){.id = id, .output = fds[0], .since = time(NULL)};
	snprintf(j->name, sizeof(j->name), "%s", name);
	j->pid = fork();
	if (j->pid == 0) {
		become_child(fds[1]);
		if (*name)
			exec_modprobe(j);
		sweep();
	}
	close(fds[1]);
	if (j->pid > 0) {
		fcntl(fds[0], F_SETFL, O_NONBLOCK);
		return 0;
	}
	j->pid = 0;
	close(fds[0]);
	return -EAGAIN;
}

static bool is_safe_name(const char *name)
{
	if (!isalnum((unsigned char)*name))
		return false;
	while (isalnum((unsigned char)*name) || (*name && strchr("_-+.,:@", *name)))
		name++;
	return !*name;
}

void job_load(uint32_t id, const char *name)
{
	int err = is_safe_name(name) ? start(id, name) : -EINVAL;

	sweep_later();
	log_debug("request %u: %s", id, name);
	if (!err)
		return;
	log_line(LOG_ERR, "cannot load %s: %s", name, strerror(-err));
	link_answer(id, err);
}

void job_sweep(void)
{
	statistics.sweeps++;
	log_debug("sweep");
	start(0, "");
}

/* --- what they say ----------------------------------------------------------------------- */

static void say_line(struct job *j)
{
	j->line[j->len] = '\0';
	if (j->len)
		log_line(LOG_WARNING, "%s: %s", *j->name ? j->name : "sweep", j->line);
	j->len = 0;
}

static void take_output(struct job *j, const char *buf, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (buf[i] == '\n' || j->len == sizeof(j->line) - 1)
			say_line(j);
		else
			j->line[j->len++] = isprint((unsigned char)buf[i]) ? buf[i] : '?';
}

static void read_output(struct job *j)
{
	char buf[4096];
	ssize_t n;

	while (j->output >= 0 && (n = read(j->output, buf, sizeof(buf))) != 0) {
		if (n < 0)
			return;
		take_output(j, buf, n);
	}
	if (j->output >= 0)
		close(j->output);
	j->output = -1;
}

size_t jobs_poll(struct pollfd *p, size_t max)
{
	size_t n = 0;

	for (struct job *j = jobs; j < jobs + JOBS_MAX && n < max; j++)
		if (j->pid && j->output >= 0)
			p[n++] = (struct pollfd){.fd = j->output, .events = POLLIN};
	return n;
}

void jobs_read(const struct pollfd *p, size_t n)
{
	for (size_t i = 0; i < n; i++)
		for (struct job *j = jobs; p[i].revents && j < jobs + JOBS_MAX; j++)
			if (j->pid && j->output == p[i].fd)
				read_output(j);
}

/* --- their end --------------------------------------------------------------------------- */

static void end(struct job *j, int status)
{
	int value = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);

	read_output(j);
	say_line(j);
	if (j->output >= 0)
		close(j->output); /* something it left behind may still hold it */
	if (*j->name && !j->dropped) {
		statistics.loaded += value == 0;
		statistics.failed += value != 0;
		if (value)
			log_line(LOG_WARNING, "%s: modprobe failed (status %d)", j->name,
				 value);
		else
			log_debug("request %u: %s done", j->id, j->name);
		link_answer(j->id, value);
	}
	j->pid = 0;
}

void jobs_reap(void)
{
	struct job *j;
	int status;
	pid_t pid;

	while ((pid = waitpid(-1, &status, WNOHANG)) > 0)
		if ((j = find(pid)))
			end(j, status);
}

void jobs_drop(void)
{
	for (struct job *j = jobs; j < jobs + JOBS_MAX; j++)
		if (j->pid) {
			j->dropped = true;
			kill(-j->pid, SIGTERM);
		}
}

void jobs_describe(char *text, size_t size)
{
	size_t n = 0;

	*text = '\0';
	for (struct job *j = jobs; j < jobs + JOBS_MAX && n < size; j++)
		if (j->pid)
			n += snprintf(text + n, size - n, "pid %d: %s, for %lld s\n",
				      j->pid, *j->name ? j->name : "sweep",
				      (long long)(time(NULL) - j->since));
	if (!n)
		snprintf(text, size, "no jobs waiting\n");
}
