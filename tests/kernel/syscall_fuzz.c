/* syscall_fuzz.c - random system calls with random arguments; the kernel has to survive
 *
 * Children make the calls, every other one as a user who is not root; the parent sees that
 * none lasts too long, and that in the end all memory is free again. Files are made on a
 * file system of their own (for root's children it is all there is). A call that returns is
 * reported to the parent, so those that end the caller are made but not counted. Kernel
 * command line: calls=N, seed=N. The parent's lines begin with "fuzz: ": for each round the seed
 * that shows it again, "lost N" if memory is missing; at the end how many calls were made,
 * which ones never succeeded, and "done".
 */
#include "user/sys.h"

#define PAGE	 4096
#define BATCH	 500 /* calls a child makes */
#define CHILDREN 100 /* a round has, then memory is compared */
#define LIMIT	 150 /* ms a child may take */
#define TOP_NR	 450

#define REPORT_FD 200	  /* above what the calls take for a descriptor */
#define SUCCEEDED 0x8000u /* in a report, beside the number of the call */

static uint32_t state;

static uint32_t rnd(void)
{
	state ^= state << 13; /* Marsaglia's xorshift32 */
	state ^= state >> 17;
	state ^= state << 5;
	return state;
}

static void say(const char *s)
{
	sys_write(1, s, strlen(s));
}

static void say_number(const char *before, uint32_t n, const char *after)
{
	char digits[12], *at = digits + sizeof(digits) - 1;

	*at = '\0';
	do
		*--at = '0' + n % 10;
	while (n /= 10);
	say(before);
	say(at);
	say(after);
}

/* "name=" in the kernel command line. */
static uint32_t option(const char *name, uint32_t otherwise)
{
	char line[512], *at;
	uint32_t n = 0;
	long fd = sys_open("/proc/cmdline", O_RDONLY, 0), len;

	if (fd < 0)
		return otherwise;
	len = sys_read(fd, line, sizeof(line) - 1);
	sys_close(fd);
	line[len > 0 ? len : 0] = '\0';
	at = strstr(line, name);
	if (!at)
		return otherwise;
	for (at += strlen(name); *at >= '0' && *at <= '9'; at++)
		n = n * 10 + (*at - '0');
	return n;
}

/* --- calls -------------------------------------------------------------------------- */

static char *buffer; /* two pages, unmapped memory behind them */

static const char *const paths[] = {
	"/",	 "/tmp/f",    "/tmp/d",	   "/tmp/d/../f", "/dev/null",
	"/proc", "/dev/zero", "..",	   "x",		  "f",
	"g",	 "d",	      "d/e",	   "d/../f",	  "/init",
	"l",	 "/f",	      "/tmp/link", "/dev/tty",	  "/proc/1/stat"};

static uint32_t argument(void)
{
	static const uint32_t edges[] = {0,	     1,		 0x7fffffff, 0x80000000,
					 0xffffffff, 0xfffff000, 0xbffff000, 0xbfffeffe,
					 0xc0000000, 0xc0100000, 0x08048000, 0xffffff9c,
					 0x1000,     4096,	 0xfffffffe};

	switch (rnd() % 8) {
	case 0:
		return edges[rnd() % (sizeof(edges) / sizeof(edges[0]))];
	case 1:
		return rnd();
	case 2:
	case 3:
		return rnd() % 16;
	case 4:
		return (uintptr_t)paths[rnd() % (sizeof(paths) / sizeof(paths[0]))];
	case 5:
		return (uintptr_t)buffer + 2 * PAGE - rnd() % 64;
	case 6:
		return (uintptr_t)buffer + rnd() % (2 * PAGE);
	}
	return 1u << rnd() % 32;
}

static const char *const letters[TOP_NR] = {
#define SYSCALL(number, name, remote, args) [number] = args,
#include "abi/syscalls.def"
#undef SYSCALL
};

/* Mostly what the call expects there. */
static uint32_t fitting(uint32_t nr, uint32_t i)
{
	const char *expected = letters[nr];

	if (nr == NR_ioctl && i == 1 && rnd() % 4)
		return 0x5400 + rnd() % 0x40; /* of terminals, most */
	if (!expected || i >= strlen(expected) || rnd() % 4 == 0)
		return argument();
	switch (expected[i]) {
	case 's':
		return (uintptr_t)paths[rnd() % (sizeof(paths) / sizeof(paths[0]))];
	case 'f':
		return rnd() % 8;
	case 'v':
	case 'x':
		return rnd() % 8 ? rnd() % 64 : 1u << rnd() % 24;
	}
	return (uintptr_t)buffer + rnd() % (PAGE / 8) * 8;
}

/* Calls that end the machine or the test, or only wait. */
static bool left_out(uint32_t nr, bool root)
{
	switch (nr) {
	case NR_reboot:
	case NR_pause:
	case NR_sigsuspend:
	case NR_rt_sigsuspend:
	case NR_vfork: /* on our stack */
		return true;
	case NR_exit:
	case NR_exit_group:
	case NR_sigreturn:
	case NR_rt_sigreturn: /* not the end of every other child */
		return rnd() % 16;
	case NR_mount:
	case NR_kill:
	case NR_tkill:
	case NR_tgkill:
	case NR_syslog: /* the log is how we see */
	case NR_settimeofday:
		return root;
	}
	return false;
}

static void fill_buffer(void)
{
	for (uint32_t *at = (uint32_t *)buffer; at < (uint32_t *)(buffer + 2 * PAGE);
	     at++)
		*at = rnd() % 4 ? argument() : rnd();
}

/* Descriptors 0 to 7 are worth something, but none is the console: that is ours. */
static void open_files(void)
{
	char terminal[] = "/dev/pts/0";
	int pipe[2], number = 0;

	syscall3(NR_setsid, 0, 0, 0);
	sys_dup2(sys_open("/dev/zero", O_RDWR, 0), 0);
	sys_dup2(sys_open("/dev/ptmx", O_RDWR | O_NONBLOCK, 0), 1);
	sys_ioctl(1, TIOCGPTN, (long)&number);
	terminal[sizeof(terminal) - 2] += number;
	sys_dup2(sys_open(terminal, O_RDWR | O_NONBLOCK, 0), 2);
	sys_dup2(sys_open("/tmp/f", O_RDWR | O_CREAT, 0666), 3);
	sys_dup2(sys_open("/tmp", O_RDONLY | O_DIRECTORY, 0), 4);
	sys_pipe2(pipe, O_NONBLOCK);
	sys_dup2(pipe[0], 5);
	sys_dup2(pipe[1], 6);
	sys_dup2(sys_open("/proc/modules", O_RDONLY, 0), 7);
}

static void batch(bool root)
{
	uint16_t report;
	uint32_t nr;
	long result;

	open_files();
	if (root ? syscall3(NR_chroot, (long)"/tmp", 0, 0)
		 : sys_setgid(1000) || sys_setuid(1000))
		sys_exit(1);
	syscall3(NR_chdir, (long)(root ? "/" : "/tmp"), 0, 0);
	fill_buffer();
	for (int i = 0; i < BATCH; i++) {
		do
			nr = rnd() % TOP_NR;
		while ((!letters[nr] && rnd() % 8) || left_out(nr, root));
		result = syscall6(nr, fitting(nr, 0), fitting(nr, 1), fitting(nr, 2),
				  fitting(nr, 3), fitting(nr, 4), fitting(nr, 5));
		report = nr | (SYS_FAILED(result) ? 0 : SUCCEEDED);
		sys_write(REPORT_FD, &report, sizeof(report));
	}
	sys_exit(0);
}

/* --- the parent --------------------------------------------------------------------- */

static int reports;		 /* from the children; does not block */
static uint32_t made, succeeded; /* calls */
static bool worked[TOP_NR];	 /* succeeded once */

static void count_calls(void)
{
	static uint16_t report[2048];
	long n;

	while ((n = sys_read(reports, report, sizeof(report))) > 0) {
		made += n / sizeof(*report);
		for (long i = 0; i < n / (long)sizeof(*report); i++) {
			if (!(report[i] & SUCCEEDED))
				continue;
			succeeded++;
			worked[report[i] % SUCCEEDED % TOP_NR] = true;
		}
	}
}

static bool reports_open(void)
{
	int fds[2];

	if (sys_pipe2(fds, O_NONBLOCK) || sys_dup2(fds[1], REPORT_FD) < 0)
		return false;
	sys_close(fds[1]);
	reports = sys_dup2(fds[0], REPORT_FD + 1);
	sys_close(fds[0]);
	return true;
}

static void say_calls(void)
{
	static const char *const names[TOP_NR] = {
#define SYSCALL(number, name, remote, args) [number] = #name,
#include "abi/syscalls.def"
#undef SYSCALL
	};

	say_number("\nfuzz: ", made, " calls made, ");
	say_number("", succeeded, " succeeded\nfuzz: never:");
	for (int i = 0; i < TOP_NR; i++) {
		if (names[i] && !worked[i]) {
			say(" ");
			say(names[i]);
		}
	}
	say("\n");
}

static void reap(void)
{
	while (sys_waitpid(-1, NULL, WNOHANG) > 0)
		;
}

static void run_child(bool root)
{
	uint32_t seed = rnd();
	long pid = sys_fork();

	if (pid == 0) {
		/* far from where the next child starts */
		state = (seed ^ seed >> 16) * 0x7feb352du | 1;
		batch(root);
	}
	for (int ms = 0; ms < LIMIT; ms += 10) {
		count_calls();
		if (sys_waitpid(pid, NULL, WNOHANG) == pid)
			return;
		sys_sleep_ms(1);
	}
	sys_kill(pid, SIGKILL);
	sys_waitpid(pid, NULL, 0);
}

/* What children of the children have left: everybody but init and us. */
static void kill_others(void)
{
	sys_kill(-1, SIGKILL);
	sys_sleep_ms(100);
	reap();
}

static uint32_t free_memory(void)
{
	uint32_t info[16];

	syscall3(NR_sysinfo, (long)info, 0, 0);
	return info[5];
}

static bool files_mount(void)
{
	return syscall6(NR_mount, (long)"none", (long)"/tmp", (long)"ramfs", 0, 0, 0) ==
		       0 &&
	       syscall3(NR_chmod, (long)"/tmp", 01777, 0) == 0;
}

static void say_file(const char *path)
{
	char text[1024];
	long fd = sys_open(path, O_RDONLY, 0), n = sys_read(fd, text, sizeof(text));

	sys_write(1, text, n);
	sys_close(fd);
}

/* Some children; free memory when they are gone. */
static uint32_t round(int children)
{
	if (!files_mount() || !reports_open()) {
		say("fuzz: cannot begin\n");
		sys_exit(1);
	}
	for (int i = 0; i < children; i++)
		run_child(i % 2);
	kill_others();
	count_calls();
	sys_close(REPORT_FD);
	sys_close(reports);
	if (syscall3(NR_umount, (long)"/tmp", 0, 0))
		say("fuzz: file system in use\n");
	return free_memory();
}

int main(int argc, char **argv)
{
	uint32_t calls = option("calls=", 100000), before, now, seed;

	state = option("seed=", 1);
	buffer = (char *)sys_mmap(NULL, 3 * PAGE, PROT_READ | PROT_WRITE,
				  MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	sys_munmap(buffer + 2 * PAGE, PAGE);
	say_file("/proc/meminfo");
	round(2); /* what is there once is there now */
	say_file("/proc/meminfo");
	before = free_memory();
	while (made < calls) {
		seed = state;
		now = round(CHILDREN);
		say_number("fuzz: seed ", seed, ", ");
		say_number("", made, " calls so far\n");
		if (now != before) {
			say_number("fuzz: lost ", before - now, "\n");
			say_file("/proc/meminfo");
		}
		before = now;
	}
	say_calls();
	say("fuzz: done\n");
	return 0;
}
