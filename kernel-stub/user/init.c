/* user/init.c - process 1: keeps gatewayd running, gives a shell, buries orphans
 *
 * Kernel command line: `shell` starts /bin/sh on the console, again whenever it ends;
 * `shell=once` powers off then; `init=PROGRAM` runs that instead of everything, and powers
 * off when it ends;
 * `nogateway` leaves gatewayd out. SIGTERM powers off.
 */
#include "user/sys.h"

#define RESPAWN_MS 1000 /* a service that dies sooner is not started again at once */

static const char *const envp[] = {"HOME=/", "PATH=/sbin:/bin:/usr/sbin:/usr/bin",
				   "TERM=vt100", "USER=root", NULL};

struct service {
	const char *argv[4];
	bool wanted, terminal, last; /* last: when it ends, power off */
	int pid;
};

enum { GATEWAY, SHELL, ONLY, SERVICES };

static char only[128];
static struct service services[SERVICES] = {
	[GATEWAY] = {.argv = {"/sbin/gatewayd"}, .wanted = true},
	[SHELL] = {.argv = {"/bin/sh", "-l"}, .terminal = true},
	[ONLY] = {.argv = {only}, .terminal = true, .last = true},
};

static void say(const char *a, const char *b, const char *c)
{
	char line[200];
	size_t n = 0;

	for (const char *const *s = (const char *const[]){"init: ", a, b, c, "\n", NULL};
	     *s; s++) {
		size_t len = strlen(*s);

		if (len > sizeof(line) - n)
			len = sizeof(line) - n;
		memcpy(line + n, *s, len);
		n += len;
	}
	sys_write(2, line, n);
}

static void power_off(void)
{
	sys_reboot(REBOOT_POWER_OFF);
	say("cannot power off", "", "");
	for (;;)
		sys_sleep_ms(1000000);
}

static void on_sigterm(int sig)
{
	power_off();
}

/* The child's side: a session of its own; the shell's has the console as its terminal. */
static void run(const struct service *s)
{
	sys_setsid();
	if (s->terminal)
		sys_ioctl(0, TIOCSCTTY, 0);
	sys_execve(s->argv[0], s->argv, envp);
	say("cannot run ", s->argv[0], "");
	sys_exit(127);
}

static void start(struct service *s)
{
	long pid = sys_fork();

	if (pid == 0)
		run(s);
	s->pid = pid > 0 ? pid : 0;
	if (pid < 0)
		say("cannot fork for ", s->argv[0], "");
}

static bool exists(const char *path)
{
	return syscall3(NR_access, (long)path, 1, 0) == 0;
}

/* The value of a word of the kernel command line: NULL, "" or what follows the =. */
static const char *word(char *line, const char *name, char *value, size_t size)
{
	size_t len = strlen(name), n = 0;

	for (char *at = line; (at = strstr(at, name)); at += len) {
		if (at > line && at[-1] != ' ')
			continue;
		if (at[len] != '=' && at[len] != ' ' && at[len] != '\n' && at[len])
			continue;
		for (at += len + (at[len] == '='); *at && *at != ' ' && *at != '\n'; at++)
			if (n < size - 1)
				value[n++] = *at;
		value[n] = '\0';
		return value;
	}
	return NULL;
}

static void read_cmdline(void)
{
	char line[1024], value[128];
	long fd = sys_open("/proc/cmdline", O_RDONLY, 0), n = 0;

	if (fd >= 0) {
		n = sys_read(fd, line, sizeof(line) - 1);
		sys_close(fd);
	}
	line[n > 0 ? n : 0] = '\0';
	if (word(line, "init", only, sizeof(only))) {
		services[GATEWAY].wanted = false;
		services[ONLY].wanted = true;
		return;
	}
	if (word(line, "nogateway", value, sizeof(value)))
		services[GATEWAY].wanted = false;
	if (word(line, "shell", value, sizeof(value))) {
		services[SHELL].wanted = exists(services[SHELL].argv[0]);
		services[SHELL].last = !strcmp(value, "once");
	}
}

static void open_console(void)
{
	if (sys_open("/dev/console", O_RDWR | O_NOCTTY, 0) != 0)
		return;
	sys_dup2(0, 1);
	sys_dup2(0, 2);
}

static void ended(int pid)
{
	for (struct service *s = services; s < services + SERVICES; s++) {
		if (s->pid != pid)
			continue;
		s->pid = 0;
		sys_kill(-pid, SIGKILL); /* what it leaves behind may hold its device */
		if (s->last)
			power_off();
		say(s->argv[0], " has ended; starting it again", "");
		if (s == &services[GATEWAY])
			sys_sleep_ms(RESPAWN_MS);
	}
}

int main(int argc, char **argv)
{
	int status;
	long pid;

	open_console();
	sys_signal(SIGTERM, (uintptr_t)on_sigterm);
	read_cmdline();
	for (;;) {
		for (struct service *s = services; s < services + SERVICES; s++)
			if (s->wanted && !s->pid)
				start(s);
		pid = sys_waitpid(-1, &status, 0);
		if (pid > 0)
			ended(pid);
		else if (pid == -ECHILD)
			sys_sleep_ms(RESPAWN_MS);
	}
}
