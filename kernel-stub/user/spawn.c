/* user/spawn.c - start a program with pipes around it, or at a terminal */
#include "user/spawn.h"

#include "user/sys.h"

#define STRINGS_MAX 1024
#define PATH_LENGTH 256

enum { IN, OUT, ERR, FAILURE, PIPES }; /* FAILURE: execve's, closed by its success */

static const int signals[] = {SIGHUP, SIGINT, SIGQUIT, SIGTERM, SIGPIPE};

/* Pointers to the strings, and NULL behind argc of them and behind all. 0 or -errno. */
static int split(const char *strings, uint32_t len, uint32_t argc,
		 const char *pointers[STRINGS_MAX + 2])
{
	uint32_t n = 0;

	if (!len || strings[len - 1] || !argc)
		return -EINVAL;
	for (uint32_t at = 0; at < len; at += strlen(strings + at) + 1) {
		if (n >= STRINGS_MAX)
			return -E2BIG;
		pointers[n + (n >= argc)] = strings + at;
		n++;
	}
	if (n < argc)
		return -EINVAL;
	pointers[argc] = NULL;
	pointers[n + 1] = NULL;
	return 0;
}

/* Returns only if it fails, with -errno. */
static long run(const char *const *argv, const char *const *envp)
{
	static const char *const folders[] = {"/sbin/", "/bin/", "/usr/sbin/",
					      "/usr/bin/"};
	char path[PATH_LENGTH];
	size_t len = strlen(argv[0]);
	long err = -ENOENT;

	if (strstr(argv[0], "/"))
		return sys_execve(argv[0], argv, envp);
	if (!len || len > sizeof(path) - sizeof("/usr/sbin/"))
		return len ? -ENAMETOOLONG : -ENOENT;
	for (int i = 0; i < 4 && err == -ENOENT; i++) {
		memcpy(path, folders[i], strlen(folders[i]));
		memcpy(path + strlen(folders[i]), argv[0], len + 1);
		err = sys_execve(path, argv, envp);
	}
	return err;
}

/* The terminal behind a master becomes ours, and our input, output and error. 0 or -errno. */
static long take_terminal(int master)
{
	char path[] = "/dev/pts/0";
	int number;
	long fd = sys_ioctl(master, TIOCGPTN, (long)&number);

	if (fd < 0)
		return fd;
	path[sizeof(path) - 2] += number;
	sys_setsid();
	fd = sys_open(path, O_RDWR, 0);
	if (fd < 0)
		return fd;
	for (int i = 0; i < 3; i++)
		sys_dup2(fd, i);
	if (fd > 2)
		sys_close(fd);
	return 0;
}

static void __attribute__((noreturn))
child(int master, int pipes[PIPES][2], const char *const *argv, const char *const *envp)
{
	int32_t err = 0;

	for (size_t i = 0; i < sizeof(signals) / sizeof(signals[0]); i++)
		sys_signal(signals[i], SIG_DFL);
	if (master >= 0) {
		err = take_terminal(master);
	} else {
		sys_dup2(pipes[IN][0], 0);
		sys_dup2(pipes[OUT][1], 1);
		sys_dup2(pipes[ERR][1], 2);
	}
	if (!err)
		err = run(argv, envp);
	sys_write(pipes[FAILURE][1], &err, sizeof(err));
	sys_exit(127);
}

static void close_all(int pipes[PIPES][2])
{
	for (int i = 0; i < PIPES; i++)
		for (int j = 0; j < 2; j++)
			if (pipes[i][j] >= 0)
				sys_close(pipes[i][j]);
}

/* Take our end of a pipe. */
static int32_t keep(int *end)
{
	int fd = *end;

	*end = -1;
	syscall3(NR_fcntl, fd, F_SETFL, O_NONBLOCK);
	return fd;
}

/* Did the program start? 0 or -errno. */
static int32_t outcome(int pipes[PIPES][2])
{
	int32_t err = 0;
	long n;

	sys_close(pipes[FAILURE][1]);
	pipes[FAILURE][1] = -1;
	do
		n = sys_read(pipes[FAILURE][0], &err, sizeof(err));
	while (n == -EINTR);
	return err;
}

/* A terminal of rows << 16 | columns: its master, or -errno. */
static long terminal_open(uint32_t size)
{
	uint16_t window[4] = {size >> 16, size};
	long fd = sys_open("/dev/ptmx", O_RDWR | O_NOCTTY | O_NONBLOCK | O_CLOEXEC, 0);

	if (fd >= 0)
		sys_ioctl(fd, TIOCSWINSZ, (long)window);
	return fd;
}

/* What lies between us and the program. 0 or -errno. */
static long connect(uint32_t size, int *master, int pipes[PIPES][2])
{
	long err = sys_pipe2(pipes[FAILURE], O_CLOEXEC);

	if (!err && size) {
		*master = terminal_open(size);
		return *master < 0 ? *master : 0;
	}
	for (int i = IN; i < FAILURE && !err; i++)
		err = sys_pipe2(pipes[i], O_CLOEXEC);
	return err;
}

long spawn(const char *strings, uint32_t len, uint32_t argc, int32_t fds[3],
	   uint32_t size)
{
	static const char *pointers[STRINGS_MAX + 2];
	int pipes[PIPES][2], master = -1, status;
	long pid = split(strings, len, argc, pointers), err;

	memset(pipes, 0xff, sizeof(pipes));
	if (!pid)
		pid = connect(size, &master, pipes);
	if (!pid) {
		pid = sys_fork();
		if (pid == 0)
			child(master, pipes, pointers, pointers + argc + 1);
	}
	if (pid > 0 && (err = outcome(pipes))) {
		sys_waitpid(pid, &status, 0);
		pid = err;
	}
	if (pid > 0 && master >= 0) {
		fds[IN] = master;
		fds[OUT] = syscall3(NR_dup, master, 0, 0);
		fds[ERR] = -1;
	} else if (pid > 0) {
		fds[IN] = keep(&pipes[IN][1]);
		fds[OUT] = keep(&pipes[OUT][0]);
		fds[ERR] = keep(&pipes[ERR][0]);
	} else if (master >= 0) {
		sys_close(master);
	}
	close_all(pipes);
	return pid;
}
