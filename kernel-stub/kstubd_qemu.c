/* kstubd_qemu.c - the QEMU process: its options, its life, and why it ended
 *
 * The console and the ports are socketpairs made before QEMU starts: no path, no race, end
 * of file when it dies. It is killed with us (PDEATHSIG). The accelerator is always named:
 * left to itself, QEMU may choose one that opens but cannot run this kernel.
 */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>
#include "kstubd.h"

/* What the guest writes to isa-debug-exit comes back as (value << 1) | 1. */
#define STATUS_POWER_OFF 33
#define STATUS_PANIC	 127

#define MAX_ARGS 64

static pid_t pid;

struct args {
	char *arg[MAX_ARGS];
	int n;
};

__attribute__((format(printf, 2, 3))) static void add(struct args *a, const char *fmt,
						      ...)
{
	va_list ap;

	va_start(ap, fmt);
	if (a->n == MAX_ARGS - 1 || vasprintf(&a->arg[a->n++], fmt, ap) < 0)
		abort();
	va_end(ap);
}

/* QEMU splits many arguments at commas (-initrd of a multiboot kernel, too); a doubled one
 * stands for itself. */
static void add_file(struct args *a, const char *before, const char *path)
{
	char *s = malloc(2 * strlen(path) + 1), *to = s;

	if (!s)
		abort();
	for (; *path; path++) {
		if (*path == ',')
			*to++ = ',';
		*to++ = *path;
	}
	*to = '\0';
	add(a, "%s%s", before, s);
	free(s);
}

/* The master of the second IDE channel. */
static void add_cdrom(struct args *a, const char *path)
{
	add(a, "-drive");
	add_file(a,
		 *path ? "if=none,id=cd,media=cdrom,readonly=on,format=raw,file="
		       : "if=none,id=cd,media=cdrom,readonly=on",
		 path);
	add(a, "-device");
	add(a, "ide-cd,bus=ide.1,unit=0,drive=cd");
}

static void add_port(struct args *a, const char *name, int nr, int fd)
{
	add(a, "-chardev");
	add(a, "socket,id=%s,fd=%d", name, fd);
	add(a, "-device");
	add(a, "virtserialport,chardev=%s,name=modstack.%s,nr=%d", name, name, nr);
}

static void build_args(struct args *a, const int fds[QEMU_FDS])
{
	static const char *const fixed[] = {
		"-M", "pc", "-cpu", "pentium2,+nx", "-nodefaults", "-no-user-config",
		"-display", "none", "-no-reboot", "-device",
		"isa-debug-exit,iobase=0xf4,iosize=4", "-chardev",
		"socket,id=gdb,path=gdb.sock,server=on,wait=off", "-gdb", "chardev:gdb",
		/* without ioeventfd=off an idle guest answers up to 4 ms late */
		"-device", "virtio-serial-pci,ioeventfd=off,max_ports=4"};

	add(a, "%s", options.qemu);
	for (size_t i = 0; i < sizeof(fixed) / sizeof(fixed[0]); i++)
		add(a, "%s", fixed[i]);
	/* MiB of translated code: each address at which a module has been keeps some, and the
	 * default, 1024, is never given back */
	add(a, "-accel");
	add(a, strcmp(options.accel, "tcg") ? "%s" : "%s,tb-size=64", options.accel);
	add(a, "-m");
	add(a, "%u", options.memory);
	add(a, "-kernel");
	add(a, "%s", options.kernel);
	add(a, "-initrd");
	add_file(a, "", options.initrd);
	if (options.cdrom)
		add_cdrom(a, options.cdrom);
	if (options.append) {
		add(a, "-append");
		add(a, "%s", options.append);
	}
	add(a, "-chardev");
	add(a, "socket,id=console,fd=%d", fds[QEMU_CONSOLE]);
	add(a, "-serial");
	add(a, "chardev:console");
	add_port(a, "gateway", 1, fds[QEMU_GATEWAY]);
	add_port(a, "kerneld", 2, fds[QEMU_KERNELD]);
	if (options.stopped)
		add(a, "-S");
}

/* In the child. QEMU's own messages go to qemu.log. */
static void exec_qemu(char **argv, const int fds[QEMU_FDS], pid_t parent)
{
	sigset_t none;
	int fd;

	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (getppid() != parent)
		_exit(1);
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
	fd = open("qemu.log", O_WRONLY | O_CREAT | O_TRUNC, 0600);
	if (fd < 0)
		_exit(1);
	dup2(fd, 1);
	dup2(fd, 2);
	for (int i = 0; i < QEMU_FDS; i++)
		fcntl(fds[i], F_SETFD, 0);
	execvp(argv[0], argv);
	dprintf(2, "%s: %s\n", argv[0], strerror(errno));
	_exit(1);
}

static int make_pairs(int ours[QEMU_FDS], int theirs[QEMU_FDS])
{
	int pair[2];

	for (int i = 0; i < QEMU_FDS; i++) {
		if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair) < 0)
			return -errno;
		ours[i] = pair[0];
		theirs[i] = pair[1];
		fcntl(ours[i], F_SETFL, O_NONBLOCK);
	}
	return 0;
}

int qemu_start(int fds[QEMU_FDS])
{
	struct args args = {0};
	int theirs[QEMU_FDS], err;
	pid_t parent = getpid();

	err = make_pairs(fds, theirs);
	if (err)
		return err;
	build_args(&args, theirs);
	pid = fork();
	if (pid == 0)
		exec_qemu(args.arg, theirs, parent);
	if (pid < 0) {
		pid = 0;
		err = -errno;
	}
	for (int i = 0; i < QEMU_FDS; i++)
		close(theirs[i]);
	for (int i = 0; i < args.n; i++)
		free(args.arg[i]);
	return err;
}

pid_t qemu_pid(void)
{
	return pid;
}

void qemu_kill(void)
{
	if (pid)
		kill(pid, SIGKILL);
}

void qemu_reap(void)
{
	int status;

	if (!pid || waitpid(pid, &status, WNOHANG) != pid)
		return;
	pid = 0;
	kernel_ended(status);
}

bool debugger_attached(void)
{
	int fd = open("gdb.lock", O_RDONLY | O_CLOEXEC);
	bool held = fd >= 0 && flock(fd, LOCK_EX | LOCK_NB) < 0;

	if (fd >= 0)
		close(fd);
	return held || options.stopped;
}

/* The last line QEMU said, into text. */
static void last_words(char *text, size_t size)
{
	char line[512];
	FILE *f = fopen("qemu.log", "re");

	snprintf(text, size, "it gave no reason");
	while (f && fgets(line, sizeof(line), f)) {
		line[strcspn(line, "\n")] = '\0';
		if (*line)
			snprintf(text, size, "%s", line);
	}
	if (f)
		fclose(f);
}

bool qemu_verdict(int status, char *text, size_t size)
{
	char words[512];

	if (WIFSIGNALED(status)) {
		snprintf(text, size, "QEMU was killed by signal %d", WTERMSIG(status));
		return false;
	}
	switch (WEXITSTATUS(status)) {
	case STATUS_POWER_OFF:
		snprintf(text, size, "powered off");
		return true;
	case STATUS_PANIC:
		snprintf(text, size, "the kernel panicked");
		return false;
	case 0:
		snprintf(text, size, "the processor was reset (triple fault)");
		return false;
	}
	last_words(words, sizeof(words));
	snprintf(text, size, "QEMU failed (status %d): %s", WEXITSTATUS(status), words);
	return false;
}
