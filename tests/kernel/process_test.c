/* process_test.c - the system calls of processes, tried from ring 3
 *
 * Prints a line a test, "ok NAME" or "not ok NAME: what". It is a static Linux i386 program
 * without C library, so Linux itself is the oracle: all tests but those about running out
 * of things (guest_only) also pass there, as root. process.bats runs both.
 */
#include "abi/gateway.h"
#include "user/sys.h"

#define CHECK(cond)                                                                      \
	do {                                                                             \
		if (!(cond)) {                                                           \
			failed = #cond;                                                  \
			return;                                                          \
		}                                                                        \
	} while (0)

#define PAGE 4096

static const char *failed;
static const char *self; /* this program's path */
static const char *const no_env[] = {NULL};

/* --- help --------------------------------------------------------------------------- */

static void say(const char *s)
{
	sys_write(1, s, strlen(s));
}

static long call1(long nr, long a)
{
	return syscall3(nr, a, 0, 0);
}

static long call2(long nr, long a, long b)
{
	return syscall3(nr, a, b, 0);
}

#define call3 syscall3
#define call4 syscall4

/* Run fn in a child; its wait status. fn's result is the exit status. */
static int in_child(int (*fn)(void))
{
	int status = -1;
	long pid = sys_fork();

	if (pid == 0)
		sys_exit(fn());
	if (sys_waitpid(pid, &status, 0) != pid)
		return -1;
	return status;
}

static int exit_with(int code)
{
	return code << 8;
}

static char *map(size_t len)
{
	long p = sys_mmap(NULL, len, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS,
			  -1, 0);

	return SYS_FAILED(p) ? NULL : (char *)p;
}

static long write_file(const char *path, const char *text, int mode)
{
	long fd = sys_open(path, O_WRONLY | O_CREAT | O_TRUNC, mode), n;

	if (fd < 0)
		return fd;
	n = sys_write(fd, text, strlen(text));
	sys_close(fd);
	return n;
}

static long read_file(const char *path, char *buf, size_t size)
{
	long fd = sys_open(path, O_RDONLY, 0), n;

	if (fd < 0)
		return fd;
	n = sys_read(fd, buf, size - 1);
	buf[n > 0 ? n : 0] = '\0';
	sys_close(fd);
	return n;
}

/* --- fork, wait, exec --------------------------------------------------------------- */

static volatile int shared_word;

static int write_word(void)
{
	int before = shared_word;

	shared_word = 99;
	return before;
}

static void test_fork_memory(void)
{
	char *p = map(3 * PAGE);
	int fds[2], status;
	char c = 0;
	long pid;

	shared_word = 7;
	CHECK(in_child(write_word) == exit_with(7));
	CHECK(shared_word == 7);
	/* the parent writes first, the child still sees the old value */
	p[PAGE] = 'a';
	CHECK(sys_pipe(fds) == 0);
	pid = sys_fork();
	if (pid == 0) {
		sys_read(fds[0], &c, 1);
		sys_exit(p[PAGE]);
	}
	p[PAGE] = 'b';
	sys_write(fds[1], "x", 1);
	CHECK(sys_waitpid(pid, &status, 0) == pid);
	CHECK(status == exit_with('a'));
	sys_close(fds[0]);
	sys_close(fds[1]);
	sys_munmap(p, 3 * PAGE);
}

static int exit_3(void)
{
	return 3;
}

static void wait_for_signal(void)
{
	for (;;)
		syscall3(NR_pause, 0, 0, 0);
}

static void test_wait(void)
{
	int status;
	long pid;

	CHECK(sys_waitpid(-1, &status, 0) == -ECHILD);
	CHECK(in_child(exit_3) == exit_with(3));
	pid = sys_fork();
	if (pid == 0)
		wait_for_signal();
	CHECK(sys_waitpid(pid, &status, WNOHANG) == 0);
	CHECK(sys_waitpid(pid + 1, &status, WNOHANG) == -ECHILD);
	CHECK(sys_waitpid(-1, &status, 0x40000) == -EINVAL);
	sys_kill(pid, SIGKILL);
	CHECK(sys_waitpid(-1, &status, 0) == pid);
	CHECK(status == SIGKILL);
	CHECK(sys_kill(pid, 0) == -ESRCH);
}

/* The child runs on the parent's stack, so it must not return: all in one statement. */
static void test_vfork(void)
{
	int status;
	long pid;

	shared_word = 1;
	__asm__ __volatile__("movl %[vfork], %%eax\n\t"
			     "int $0x80\n\t"
			     "testl %%eax, %%eax\n\t"
			     "jnz 1f\n\t"
			     "movl $5, %[word]\n\t"
			     "movl $9, %%ebx\n\t"
			     "movl %[exit], %%eax\n\t"
			     "int $0x80\n"
			     "1:"
			     : "=&a"(pid), [word] "+m"(shared_word)
			     : [vfork] "i"(NR_vfork), [exit] "i"(NR_exit)
			     : "ebx", "memory");
	CHECK(pid > 0);
	CHECK(shared_word == 5); /* it was our memory, and we waited */
	CHECK(sys_waitpid(pid, &status, 0) == pid);
	CHECK(status == exit_with(9));
}

static int exec_checkargs(void)
{
	const char *const argv[] = {"name", "check-args", "two words", "", NULL};
	const char *const envp[] = {"A=1", "B=", NULL};

	return sys_execve(self, argv, envp);
}

static int exec_script(void)
{
	const char *const argv[] = {"script", "x y", NULL};

	return -sys_execve("/tmp/pt-script", argv, no_env);
}

static void test_exec(void)
{
	char line[200];
	size_t n = 0;

	CHECK(in_child(exec_checkargs) == exit_with(42));
	for (const char *const *s =
		     (const char *const[]){"#! ", self, " check-script \n", NULL};
	     *s; s++) {
		memcpy(line + n, *s, strlen(*s));
		n += strlen(*s);
	}
	line[n] = '\0';
	CHECK(write_file("/tmp/pt-script", line, 0755) == (long)n);
	CHECK(in_child(exec_script) == exit_with(43));
	call1(NR_unlink, (long)"/tmp/pt-script");
}

static void test_exec_refusals(void)
{
	static char big[200000];
	const char *const argv[] = {big, NULL}, *const one[] = {"x", NULL};

	CHECK(write_file("/tmp/pt-x", "\177ELF and then nothing", 0755) > 0);
	CHECK(sys_execve("/tmp/pt-x", one, no_env) == -ENOEXEC);
	call2(NR_chmod, (long)"/tmp/pt-x", 0644);
	CHECK(sys_execve("/tmp/pt-x", one, no_env) == -EACCES);
	call1(NR_unlink, (long)"/tmp/pt-x");
	CHECK(sys_execve("/tmp/pt-x", one, no_env) == -ENOENT);
	CHECK(sys_execve("/tmp", one, no_env) == -EACCES);
	memset(big, 'x', sizeof(big) - 1);
	CHECK(sys_execve(self, argv, no_env) == -E2BIG);
	CHECK(sys_execve(self, (const char *const *)0xd0000000, no_env) == -EFAULT);
	CHECK(sys_execve((const char *)4, one, no_env) == -EFAULT);
}

static int exec_cloexec(void)
{
	const char *const argv[] = {"name", "check-fds", NULL};
	long a = sys_open(self, O_RDONLY, 0);
	long b = sys_open(self, O_RDONLY | O_CLOEXEC, 0);

	if (sys_dup2(a, 20) != 20 || sys_dup2(b, 21) != 21 ||
	    call3(NR_dup3, b, 22, O_CLOEXEC) != 22)
		return 1;
	return sys_execve(self, argv, no_env);
}

static void test_cloexec(void)
{
	CHECK(in_child(exec_cloexec) == exit_with(44));
}

static int two_generations(void)
{
	if (sys_fork() == 0) {
		sys_sleep_ms(20);
		sys_exit(0);
	}
	return 0;
}

static void test_orphans(void)
{
	CHECK(in_child(two_generations) == exit_with(0));
	CHECK(sys_waitpid(-1, NULL, WNOHANG) == -ECHILD); /* the orphan is not ours */
}

/* --- pipes and poll ----------------------------------------------------------------- */

static void test_pipe(void)
{
	static char big[70000], back[70000];
	int fds[2];
	long pid, n, got = 0;

	for (size_t i = 0; i < sizeof(big); i++)
		big[i] = i * 7 + i / 251;
	CHECK(sys_pipe(fds) == 0);
	pid = sys_fork();
	if (pid == 0) {
		sys_close(fds[0]);
		sys_exit(sys_write(fds[1], big, sizeof(big)) != sizeof(big));
	}
	sys_close(fds[1]);
	while ((n = sys_read(fds[0], back + got, sizeof(back) - got)) > 0)
		got += n;
	CHECK(n == 0 && got == sizeof(big));
	CHECK(memcmp(big, back, sizeof(big)) == 0);
	CHECK(sys_waitpid(pid, NULL, 0) == pid);
	sys_close(fds[0]);
	CHECK(call2(NR_pipe2, (long)fds, O_NONBLOCK) == 0);
	CHECK(sys_read(fds[0], back, 1) == -EAGAIN);
	while ((n = sys_write(fds[1], big, 4096)) > 0)
		;
	CHECK(n == -EAGAIN);
	sys_close(fds[0]);
	sys_signal(SIGPIPE, SIG_IGN);
	CHECK(sys_write(fds[1], "x", 1) == -EPIPE);
	sys_signal(SIGPIPE, SIG_DFL);
	CHECK(call3(NR_lseek, fds[1], 0, 0) == -ESPIPE);
	sys_close(fds[1]);
}

static int write_broken(void)
{
	int fds[2];

	sys_pipe(fds);
	sys_close(fds[0]);
	sys_write(fds[1], "x", 1);
	return 0;
}

static void test_sigpipe(void)
{
	CHECK(in_child(write_broken) == SIGPIPE);
}

static void test_fifo(void)
{
	long both, reader, writer;
	char c;

	CHECK(call3(NR_mknod, (long)"/tmp/pt-fifo", 010600, 0) == 0);
	CHECK(sys_open("/tmp/pt-fifo", O_WRONLY | O_NONBLOCK, 0) == -ENXIO);
	/* 3 is an access to neither; the file ends before the pipe does */
	CHECK(sys_open("/tmp/pt-fifo", 3, 0) == -EINVAL);
	CHECK((both = sys_open("/tmp/pt-fifo", O_RDWR, 0)) >= 0);
	CHECK((writer = sys_open("/tmp/pt-fifo", O_WRONLY, 0)) >= 0);
	CHECK((reader = sys_open("/tmp/pt-fifo", O_RDONLY, 0)) >= 0);
	CHECK(sys_open("/tmp/pt-fifo", 3, 0) == -EINVAL);
	CHECK(sys_write(writer, "x", 1) == 1 && sys_read(reader, &c, 1) == 1 && c == 'x');
	sys_close(both);
	sys_close(writer);
	CHECK(sys_read(reader, &c, 1) == 0);
	sys_close(reader);
	CHECK(call1(NR_unlink, (long)"/tmp/pt-fifo") == 0);
}

static void test_poll(void)
{
	int fds[2];
	long pid;

	CHECK(sys_pipe(fds) == 0);
	struct pollfd p[2] = {{fds[0], POLLIN, 0}, {77, POLLIN, 0}};

	CHECK(sys_poll(p, 1, 0) == 0);
	CHECK(sys_poll(p, 1, 30) == 0);
	CHECK(sys_poll(p, 2, -1) == 1 && p[1].revents == POLLNVAL);
	pid = sys_fork();
	if (pid == 0) {
		sys_sleep_ms(20);
		sys_write(fds[1], "x", 1);
		sys_exit(0);
	}
	CHECK(sys_poll(p, 1, -1) == 1 && p[0].revents == POLLIN);
	CHECK(sys_waitpid(pid, NULL, 0) == pid);
	sys_close(fds[1]);
	CHECK(sys_poll(p, 1, -1) == 1 && p[0].revents == (POLLIN | POLLHUP));
	sys_close(fds[0]);
}

static void test_select(void)
{
	uint32_t in[1], tv[2] = {0, 10000};
	int fds[2];

	CHECK(sys_pipe(fds) == 0);
	in[0] = 1u << fds[0];
	CHECK(syscall6(NR__newselect, fds[0] + 1, (long)in, 0, 0, (long)tv, 0) == 0);
	CHECK(in[0] == 0);
	sys_write(fds[1], "x", 1);
	in[0] = 1u << fds[0];
	CHECK(syscall6(NR__newselect, fds[0] + 1, (long)in, 0, 0, 0, 0) == 1);
	CHECK(in[0] == 1u << fds[0]);
	in[0] = 1u << 30;
	CHECK(syscall6(NR__newselect, 31, (long)in, 0, 0, 0, 0) == -EBADF);
	sys_close(fds[0]);
	sys_close(fds[1]);
}

/* --- signals ------------------------------------------------------------------------ */

static volatile int caught, caught_info, depth, max_depth;

static void count(int sig, int *info)
{
	caught++;
	caught_info = info ? info[0] : 0;
}

static void on_signal(int sig, uint32_t flags)
{
	caught = 0;
	sys_sigaction(sig, (uintptr_t)count, flags);
}

static void test_handler(void)
{
	on_signal(SIGUSR1, 0);
	CHECK(sys_kill(sys_getpid(), SIGUSR1) == 0);
	CHECK(caught == 1 && caught_info == SIGUSR1);
	sys_signal(SIGUSR1, SIG_DFL);
	CHECK(sys_sigaction(SIGKILL, SIG_IGN, 0) == -EINVAL);
	CHECK(sys_kill(sys_getpid(), 65) == -EINVAL);
	on_signal(SIGUSR1, SA_RESETHAND);
	sys_kill(sys_getpid(), SIGUSR1);
	CHECK(caught == 1);
}

static void test_handler_plain(void)
{
	uint32_t sa[5] = {(uintptr_t)count, 0, 0, 0, 0};

	/* neither SA_SIGINFO nor a restorer: the frame returns by itself */
	caught = 0;
	CHECK(call4(NR_rt_sigaction, SIGUSR1, (long)sa, 0, 8) == 0);
	sys_kill(sys_getpid(), SIGUSR1);
	sys_kill(sys_getpid(), SIGUSR1);
	CHECK(caught == 2);
	sys_signal(SIGUSR1, SIG_DFL);
}

static void test_mask(void)
{
	uint32_t set[2] = {1u << (SIGUSR1 - 1), 0}, none[2] = {0, 0}, got[2];

	on_signal(SIGUSR1, 0);
	CHECK(call4(NR_rt_sigprocmask, 0, (long)set, 0, 8) == 0);
	sys_kill(sys_getpid(), SIGUSR1);
	CHECK(caught == 0);
	CHECK(call2(NR_rt_sigpending, (long)got, 8) == 0 && got[0] == set[0]);
	CHECK(call2(NR_rt_sigsuspend, (long)none, 8) == -EINTR);
	CHECK(caught == 1);
	sys_kill(sys_getpid(), SIGUSR1);
	CHECK(caught == 1); /* the mask is back */
	CHECK(call4(NR_rt_sigprocmask, 1, (long)set, (long)got, 8) == 0);
	CHECK(got[0] == set[0] && caught == 2);
	sys_signal(SIGUSR1, SIG_DFL);
}

static void nest(int sig)
{
	if (++depth > max_depth)
		max_depth = depth;
	if (depth < 5)
		sys_kill(sys_getpid(), sig);
	depth--;
}

static void test_nesting(void)
{
	max_depth = 0;
	sys_sigaction(SIGUSR1, (uintptr_t)nest, SA_NODEFER);
	sys_kill(sys_getpid(), SIGUSR1);
	CHECK(max_depth == 5);
	sys_signal(SIGUSR1, SIG_DFL);
}

/* A child that sends us SIGUSR1 and a byte, in this order. */
static long disturber(int fd)
{
	int parent = sys_getpid();
	long pid = sys_fork();

	if (pid == 0) {
		sys_sleep_ms(30);
		sys_kill(parent, SIGUSR1);
		sys_sleep_ms(30);
		sys_write(fd, "x", 1);
		sys_exit(0);
	}
	return pid;
}

static void test_restart(void)
{
	int fds[2];
	char c;

	CHECK(sys_pipe(fds) == 0);
	on_signal(SIGUSR1, 0);
	disturber(fds[1]);
	CHECK(sys_read(fds[0], &c, 1) == -EINTR && caught == 1);
	CHECK(sys_read(fds[0], &c, 1) == 1);
	CHECK(sys_waitpid(-1, NULL, 0) > 0);
	on_signal(SIGUSR1, SA_RESTART);
	disturber(fds[1]);
	CHECK(sys_read(fds[0], &c, 1) == 1 && caught == 1);
	CHECK(sys_waitpid(-1, NULL, 0) > 0);
	sys_signal(SIGUSR1, SIG_IGN);
	disturber(fds[1]);
	CHECK(sys_read(fds[0], &c, 1) == 1);
	CHECK(sys_waitpid(-1, NULL, 0) > 0);
	sys_signal(SIGUSR1, SIG_DFL);
	sys_close(fds[0]);
	sys_close(fds[1]);
}

static void spoil(int sig)
{
	__asm__ __volatile__("fninit; fld1; movl $1, %%ecx; movl $2, %%edx; movl $3, "
			     "%%esi; movl $4, %%edi"
			     :
			     :
			     : "ecx", "edx", "esi", "edi");
}

static void test_registers(void)
{
	long eax = NR_kill, ebx = sys_getpid(), ecx = SIGUSR1, edx = 0x11, esi = 0x22,
	     edi = 0x33;
	double pi = 0;

	sys_sigaction(SIGUSR1, (uintptr_t)spoil, 0);
	__asm__ __volatile__("fldpi\n\tint $0x80\n\tfstpl %0"
			     : "=m"(pi), "+a"(eax), "+b"(ebx), "+c"(ecx), "+d"(edx),
			       "+S"(esi), "+D"(edi)
			     :
			     : "memory");
	CHECK(eax == 0 && ecx == SIGUSR1 && edx == 0x11 && esi == 0x22 && edi == 0x33);
	CHECK(pi > 3.14159265 && pi < 3.14159266);
	sys_signal(SIGUSR1, SIG_DFL);
}

static void skip_insn(int sig, int *info, uint32_t *uc)
{
	caught++;
	uc[5 + 14] += 2; /* uc_mcontext.eip: past the two bytes of movb (%ecx) */
}

static void test_siginfo_fault(void)
{
	sys_sigaction(SIGSEGV, (uintptr_t)skip_insn, 0);
	caught = 0;
	__asm__ __volatile__("movb %%al, (%%ecx)" : : "c"(8), "a"(0) : "memory");
	CHECK(caught == 1);
	sys_signal(SIGSEGV, SIG_DFL);
}

static volatile uintptr_t handler_sp;

static void note_sp(int sig)
{
	handler_sp = (uintptr_t)__builtin_frame_address(0);
}

static void test_altstack(void)
{
	static char stack[8192] __attribute__((aligned(16)));
	uint32_t ss[3] = {(uintptr_t)stack, 0, sizeof(stack)}, off[3] = {0, 2, 0}, old[3];

	CHECK(call2(NR_sigaltstack, (long)ss, 0) == 0);
	sys_sigaction(SIGUSR1, (uintptr_t)note_sp, 0x08000000u);
	sys_kill(sys_getpid(), SIGUSR1);
	CHECK(handler_sp - (uintptr_t)stack < sizeof(stack));
	CHECK(call2(NR_sigaltstack, (long)off, (long)old) == 0);
	CHECK(old[0] == ss[0] && old[1] == 0 && old[2] == ss[2]);
	sys_signal(SIGUSR1, SIG_DFL);
}

static void test_stop(void)
{
	int status;
	long pid;

	on_signal(SIGCHLD, SA_RESTART);
	pid = sys_fork();
	if (pid == 0)
		wait_for_signal();
	sys_kill(pid, SIGSTOP);
	CHECK(sys_waitpid(pid, &status, WUNTRACED) == pid);
	CHECK(status == (SIGSTOP << 8 | 0x7f));
	CHECK(sys_waitpid(pid, &status, WUNTRACED | WNOHANG) == 0);
	sys_kill(pid, SIGCONT);
	CHECK(sys_waitpid(pid, &status, 8 /* WCONTINUED */) == pid);
	CHECK(status == 0xffff);
	sys_kill(pid, SIGSTOP);
	sys_kill(pid, SIGKILL);
	CHECK(sys_waitpid(pid, &status, 0) == pid && status == SIGKILL);
	CHECK(caught >= 2); /* the continuation may go untold */
	sys_signal(SIGCHLD, SIG_DFL);
}

static void test_groups(void)
{
	int status, fds[2];
	long a;
	char c;

	CHECK(sys_pipe(fds) == 0);
	a = sys_fork();
	if (a == 0) {
		call2(NR_setpgid, 0, 0);
		sys_fork();
		sys_write(fds[1], "x", 1);
		wait_for_signal();
	}
	sys_read(fds[0], &c, 1);
	sys_read(fds[0], &c, 1);
	CHECK(call1(NR_getpgid, a) == a);
	CHECK(sys_kill(-a, SIGTERM) == 0);
	CHECK(sys_waitpid(a, &status, 0) == a && status == SIGTERM);
	sys_close(fds[1]);
	CHECK(sys_read(fds[0], &c, 1) == 0); /* both have let go of the pipe */
	CHECK(call2(NR_setpgid, 0, 0x7ffffff) < 0);
	sys_close(fds[0]);
}

static void test_sigchld_ignored(void)
{
	long pid;

	sys_signal(SIGCHLD, SIG_IGN);
	pid = sys_fork();
	if (pid == 0)
		sys_exit(0);
	CHECK(sys_waitpid(pid, NULL, 0) == -ECHILD); /* waits for its end, all the same */
	sys_signal(SIGCHLD, SIG_DFL);
}

static void test_alarm(void)
{
	uint32_t it[4] = {0, 0, 0, 20000};

	on_signal(SIGALRM, 0);
	CHECK(call3(NR_setitimer, 0, (long)it, 0) == 0);
	CHECK(syscall3(NR_pause, 0, 0, 0) == -EINTR);
	CHECK(caught == 1);
	CHECK(call1(NR_alarm, 100) == 0);
	CHECK(call1(NR_alarm, 0) == 100);
	sys_signal(SIGALRM, SIG_DFL);
}

static void test_sigtimedwait(void)
{
	uint32_t set[2] = {1u << (SIGUSR1 - 1), 0}, info[32];
	int32_t ts[2] = {0, 20000000};

	CHECK(call4(NR_rt_sigprocmask, 0, (long)set, 0, 8) == 0);
	CHECK(call4(NR_rt_sigtimedwait, (long)set, (long)info, (long)ts, 8) == -EAGAIN);
	sys_kill(sys_getpid(), SIGUSR1);
	CHECK(call4(NR_rt_sigtimedwait, (long)set, (long)info, (long)ts, 8) == SIGUSR1);
	CHECK(info[0] == SIGUSR1);
	CHECK(call4(NR_rt_sigprocmask, 1, (long)set, 0, 8) == 0);
}

/* --- faults ------------------------------------------------------------------------- */

/* A pointer the compiler does not see through. */
static volatile int *at(uintptr_t address)
{
	__asm__("" : "+r"(address));
	return (volatile int *)address;
}

static int null_write(void)
{
	*at(4) = 1;
	return 0;
}

static int kernel_read_(void)
{
	return *at(0xc0100000);
}

static int kernel_jump(void)
{
	((void (*)(void))at(0xc0100000))();
	return 0;
}

static int constant_write(void)
{
	*at((uintptr_t)no_env) = 0;
	return 0;
}

static int divide(void)
{
	__asm__ __volatile__("xorl %%ecx, %%ecx; divl %%ecx" : : "a"(1), "d"(0) : "ecx");
	return 0;
}

static int invalid(void)
{
	__asm__ __volatile__("ud2");
	return 0;
}

static int breakpoint(void)
{
	__asm__ __volatile__("int3");
	return 0;
}

static int privileged(void)
{
	__asm__ __volatile__("cli");
	return 0;
}

static int port_io(void)
{
	__asm__ __volatile__("outb %%al, $0xf4" : : "a"(0));
	return 0;
}

static int wrong_vector(void)
{
	__asm__ __volatile__("int $14");
	return 0;
}

static int wild_selector(void)
{
	__asm__ __volatile__("movl %0, %%gs" : : "r"(0x18));
	return 0;
}

static __attribute__((noinline)) int recurse(volatile char *p)
{
	volatile char frame[1024];

	frame[0] = p ? p[0] : 0;
	return depth < 0 ? 0 : recurse(frame) + frame[1];
}

static int overflow(void)
{
	return recurse(NULL);
}

static int stack_wild(void)
{
	__asm__ __volatile__("movl $0x1000, %esp; pushl $1");
	return 0;
}

static int single_step(void)
{
	__asm__ __volatile__("pushfl; orl $0x100, (%esp); popfl; nop");
	return 0;
}

static void test_faults(void)
{
	CHECK(in_child(null_write) == SIGSEGV);
	CHECK(in_child(kernel_read_) == SIGSEGV);
	CHECK(in_child(kernel_jump) == SIGSEGV);
	CHECK(in_child(constant_write) == SIGSEGV);
	CHECK(in_child(divide) == SIGFPE);
	CHECK(in_child(invalid) == SIGILL);
	CHECK(in_child(breakpoint) == SIGTRAP);
	CHECK(in_child(privileged) == SIGSEGV);
	CHECK(in_child(port_io) == SIGSEGV);
	CHECK(in_child(wrong_vector) == SIGSEGV);
	CHECK(in_child(wild_selector) == SIGSEGV);
	CHECK(in_child(overflow) == SIGSEGV);
	CHECK(in_child(stack_wild) == SIGSEGV);
	CHECK(in_child(single_step) == SIGTRAP);
}

static int segv_ignored(void)
{
	sys_signal(SIGSEGV, SIG_IGN);
	return null_write();
}

static void no_return(int sig)
{
	*at(4) = 1;
}

static int segv_in_handler(void)
{
	sys_signal(SIGSEGV, (uintptr_t)no_return);
	return null_write();
}

/* A handler, but the stack it should run on is not there. */
static int no_room_for_frame(void)
{
	sys_signal(SIGSEGV, (uintptr_t)no_return);
	return stack_wild();
}

static int forged_frame(void)
{
	__asm__ __volatile__("movl $0x1000, %%esp; int $0x80" : : "a"(NR_rt_sigreturn));
	return 0;
}

static void test_fault_handling(void)
{
	CHECK(in_child(segv_ignored) == SIGSEGV);
	CHECK(in_child(segv_in_handler) == SIGSEGV);
	CHECK(in_child(no_room_for_frame) == SIGSEGV);
	CHECK(in_child(forged_frame) == SIGSEGV);
}

/* sigreturn with a context of our own: kernel selectors, IOPL 3. */
static int forged_context(void)
{
	static uint32_t frame[200];

	frame[1] = SIGUSR1;
	/* after pretcode, sig, pinfo, puc, siginfo: flags, link, stack, mcontext at word 41 */
	uint32_t *sc = frame + 4 + 32 + 5;

	sc[0] = sc[1] = 0x18; /* gs, fs: kernel data */
	sc[2] = sc[3] = 0x2b;
	sc[7] = (uint32_t)(frame + 180);
	sc[14] = (uint32_t)privileged; /* with IOPL 3 it would do no harm */
	sc[15] = 0x10;
	sc[16] = 0x3202;
	sc[18] = 0x18;
	__asm__ __volatile__("movl %1, %%esp; addl $4, %%esp; int $0x80"
			     :
			     : "a"(NR_rt_sigreturn), "c"(frame));
	return 0;
}

static void test_forged_context(void)
{
	CHECK(in_child(forged_context) == SIGSEGV);
}

/* --- memory ------------------------------------------------------------------------- */

static bool all_zero(const char *p, size_t n)
{
	while (n--)
		if (*p++)
			return false;
	return true;
}

static void test_brk(void)
{
	char *start = (char *)call1(NR_brk, 0);

	CHECK(call1(NR_brk, (long)start + 5 * PAGE) == (long)start + 5 * PAGE);
	CHECK(all_zero(start, 5 * PAGE));
	memset(start, 1, 5 * PAGE);
	CHECK(call1(NR_brk, (long)start) == (long)start);
	CHECK(call1(NR_brk, (long)start + 5 * PAGE) == (long)start + 5 * PAGE);
	CHECK(all_zero(start + PAGE, 4 * PAGE)); /* given back means gone */
	CHECK((char *)call1(NR_brk, 0xfff00000) == start + 5 * PAGE);
	CHECK(call1(NR_brk, (long)start) == (long)start);
}

static char *target;

static int write_target(void)
{
	*(volatile char *)target = 1;
	return 5;
}

static int read_target(void)
{
	return *(volatile char *)target;
}

static void test_mmap(void)
{
	char *p = map(8 * PAGE);

	CHECK(p && all_zero(p, 8 * PAGE));
	memset(p, 3, 8 * PAGE);
	CHECK(sys_munmap(p + 2 * PAGE, 2 * PAGE) == 0);
	target = p + PAGE;
	CHECK(in_child(read_target) == exit_with(3));
	target = p + 2 * PAGE;
	CHECK(in_child(read_target) == SIGSEGV);
	target = p + 4 * PAGE;
	CHECK(in_child(write_target) == exit_with(5));
	CHECK(call3(NR_mprotect, (long)target, PAGE, PROT_READ) == 0);
	CHECK(in_child(write_target) == SIGSEGV);
	CHECK(in_child(read_target) == exit_with(3));
	CHECK(call3(NR_mprotect, (long)target, PAGE, PROT_NONE) == 0);
	CHECK(in_child(read_target) == SIGSEGV);
	CHECK(call3(NR_mprotect, (long)target, PAGE, PROT_READ | PROT_WRITE) == 0);
	CHECK(in_child(write_target) == exit_with(5) && *target == 3);
	CHECK(call3(NR_mprotect, (long)p, 8 * PAGE, PROT_READ) == -ENOMEM); /* the hole */
	CHECK(call3(NR_mprotect, (long)p, 2 * PAGE, PROT_READ | PROT_WRITE) == 0);
	CHECK(sys_mmap(p, PAGE, PROT_READ | PROT_WRITE,
		       MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0) == (long)p);
	CHECK(all_zero(p, PAGE) && p[PAGE] == 3);
	CHECK(sys_munmap(p, 8 * PAGE) == 0);
	CHECK(sys_munmap(p + 1, PAGE) == -EINVAL);
	CHECK(sys_mmap(NULL, 0, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0) ==
	      -EINVAL);
	CHECK(sys_mmap(NULL, 0xf0000000, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0) ==
	      -ENOMEM);
	CHECK(sys_mmap(NULL, PAGE, PROT_READ, MAP_PRIVATE, 77, 0) == -EBADF);
}

static void test_mmap_file(void)
{
	static char text[PAGE + 100];
	char *p;
	long fd;

	memset(text, 'f', sizeof(text) - 1);
	CHECK(write_file("/tmp/pt-map", text, 0644) == (long)strlen(text));
	fd = sys_open("/tmp/pt-map", O_RDONLY, 0);
	p = (char *)sys_mmap(NULL, 2 * PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE, fd, 0);
	CHECK(!SYS_FAILED(p));
	CHECK(memcmp(p, text, strlen(text)) == 0);
	CHECK(all_zero(p + strlen(text), 2 * PAGE - strlen(text)));
	p[5] = 'x'; /* private: the file keeps its own */
	CHECK(read_file("/tmp/pt-map", text, sizeof(text)) > 0 && text[5] == 'f');
	sys_munmap(p, 2 * PAGE);
	p = (char *)sys_mmap(NULL, PAGE, PROT_READ, MAP_PRIVATE, fd, 1);
	CHECK(p[98] == 'f' && p[99] == 0);
	sys_munmap(p, PAGE);
	sys_close(fd);
	call1(NR_unlink, (long)"/tmp/pt-map");
}

static void test_tls(void)
{
	static uint32_t block[4] = {0x12345678};
	uint32_t desc[4] = {0xffffffff, (uintptr_t)block, 0xfffff, 0x51}, gs;

	CHECK(call1(NR_set_thread_area, (long)desc) == 0);
	gs = desc[0] * 8 + 3;
	__asm__ __volatile__("movl %0, %%gs; movl %%gs:0, %0" : "+r"(gs));
	CHECK(gs == 0x12345678);
	CHECK(in_child(exit_3) == exit_with(3)); /* other processes run in between */
	__asm__ __volatile__("movl %%gs:0, %0" : "=r"(gs));
	CHECK(gs == 0x12345678);
	/* taken away while %gs still holds it */
	desc[1] = desc[2] = 0;
	desc[3] = 0x28;
	CHECK(call1(NR_set_thread_area, (long)desc) == 0);
	CHECK(in_child(exit_3) == exit_with(3));
	__asm__ __volatile__("movl %0, %%gs" : : "r"(0));
}

static int compute(double start)
{
	double x = start;

	for (int i = 0; i < 300000; i++)
		x = x * 0.5 + start * 0.5;
	return x == start ? 0 : 1;
}

static void test_fpu(void)
{
	int status;
	bool right = true;

	for (int i = 0; i < 4; i++)
		if (sys_fork() == 0)
			sys_exit(compute(i + 1.25));
	right = compute(77.5) == 0;
	for (int i = 0; i < 4; i++) {
		CHECK(sys_waitpid(-1, &status, 0) > 0);
		right = right && status == 0;
	}
	CHECK(right);
}

/* --- wild pointers ------------------------------------------------------------------ */

static void test_efault(void)
{
	static const uintptr_t wild[] = {0,	     0x10,	 0xbffffff0,
					 0xc0000000, 0xc0100000, 0xfffffffc};
	int fds[2];
	char c = 0;

	CHECK(sys_pipe(fds) == 0);
	for (size_t i = 1; i < sizeof(wild) / sizeof(wild[0]); i++) {
		long p = wild[i];

		sys_write(fds[1], "xxxxxxxx", 8);
		CHECK(sys_read(fds[0], (void *)p, 8) == -EFAULT);
		CHECK(sys_read(fds[0], &c, 1) == 1 && c == 'x'); /* nothing is lost */
		CHECK(sys_write(fds[1], (void *)p, 64) == -EFAULT);
		CHECK(sys_open((char *)p, O_RDONLY, 0) == -EFAULT);
		CHECK(call2(NR_stat64, (long)"/", p) == -EFAULT);
		CHECK(call2(NR_stat64, p, (long)&c) == -EFAULT);
		CHECK(call1(NR_uname, p) == -EFAULT);
		CHECK(call1(NR_pipe, p) == -EFAULT);
		CHECK(call2(NR_nanosleep, p, 0) == -EFAULT);
		CHECK(call2(NR_gettimeofday, p, 0) == -EFAULT);
		CHECK(call4(NR_rt_sigaction, SIGUSR1, p, 0, 8) == -EFAULT);
		CHECK(call4(NR_rt_sigprocmask, 0, p, 0, 8) == -EFAULT);
		CHECK(call2(NR_getcwd, p, 100) == -EFAULT);
		CHECK(call3(NR_poll, p, 1, 0) == -EFAULT);
		CHECK(call3(NR_writev, fds[1], p, 1) == -EFAULT);
		CHECK(call2(NR_clock_gettime, 0, p) == -EFAULT);
		CHECK(call1(NR_set_thread_area, p) == -EFAULT);
	}
	sys_close(fds[0]);
	sys_close(fds[1]);
}

/* --- files -------------------------------------------------------------------------- */

struct stat64 {
	uint64_t dev;
	uint32_t pad0, ino32, mode, nlink, uid, gid;
	uint64_t rdev;
	uint32_t pad1;
	int64_t size;
	uint32_t blksize;
	uint64_t blocks;
	uint32_t times[6];
	uint64_t ino;
} __attribute__((packed));

static void test_files(void)
{
	char buf[100];
	long fd;

	CHECK(call2(NR_mkdir, (long)"/tmp/pt", 0755) == 0);
	CHECK(call1(NR_chdir, (long)"/tmp/pt") == 0);
	CHECK(call2(NR_getcwd, (long)buf, sizeof(buf)) == 8 && !strcmp(buf, "/tmp/pt"));
	CHECK(sys_open("a", O_RDONLY, 0) == -ENOENT);
	CHECK(write_file("a", "hello", 0644) == 5);
	CHECK(sys_open("a", O_RDWR | O_CREAT | O_EXCL, 0644) == -EEXIST);
	CHECK(sys_open("a/b", O_RDONLY, 0) == -ENOTDIR);
	CHECK(sys_open("a", O_RDONLY | O_DIRECTORY, 0) == -ENOTDIR);
	CHECK(sys_open(".", O_WRONLY, 0) == -EISDIR);
	fd = sys_open("a", O_RDWR | O_APPEND, 0);
	CHECK(sys_write(fd, " you", 4) == 4);
	CHECK(call3(NR_lseek, fd, 1, 0) == 1 && sys_read(fd, buf, 3) == 3 &&
	      !strncmp(buf, "ell", 3));
	CHECK(call3(NR_lseek, fd, 0, 1) == 4 && call3(NR_lseek, fd, 0, 2) == 9);
	CHECK(call3(NR_lseek, fd, -10, 2) == -EINVAL &&
	      call3(NR_lseek, fd, 0, 9) == -EINVAL);
	CHECK(sys_read(fd, buf, 3) == 0);
	CHECK(syscall6(NR_pread64, fd, (long)buf, 4, 5, 0, 0) == 4 &&
	      !strncmp(buf, " you", 4));
	sys_close(fd);
	CHECK(sys_read(fd, buf, 1) == -EBADF && sys_close(fd) == -EBADF);
	fd = sys_open("a", O_RDONLY, 0);
	CHECK(sys_write(fd, "x", 1) == -EBADF);
	sys_close(fd);
	CHECK(call1(NR_rmdir, (long)"/tmp/pt") == -ENOTEMPTY);
	CHECK(call1(NR_unlink, (long)"a") == 0 && call1(NR_unlink, (long)"a") == -ENOENT);
	CHECK(call1(NR_chdir, (long)"/") == 0);
	CHECK(call1(NR_rmdir, (long)"/tmp/pt") == 0);
}

static void test_holes(void)
{
	static char buf[3 * PAGE];
	struct stat64 st;
	long fd = sys_open("/tmp/pt-hole", O_RDWR | O_CREAT, 0644);

	CHECK(call3(NR_lseek, fd, 2 * PAGE + 10, 0) == 2 * PAGE + 10);
	CHECK(sys_write(fd, "end", 3) == 3);
	CHECK(call2(NR_fstat64, fd, (long)&st) == 0 && st.size == 2 * PAGE + 13);
	call3(NR_lseek, fd, 0, 0);
	CHECK(sys_read(fd, buf, sizeof(buf)) == 2 * PAGE + 13);
	CHECK(all_zero(buf, 2 * PAGE + 10) && !strncmp(buf + 2 * PAGE + 10, "end", 3));
	CHECK(call2(NR_ftruncate, fd, 2 * PAGE + 11) == 0);
	CHECK(call2(NR_ftruncate, fd, 3 * PAGE) == 0);
	CHECK(syscall6(NR_pread64, fd, (long)buf, 100, 2 * PAGE + 10, 0, 0) == 100);
	CHECK(buf[0] == 'e' &&
	      all_zero(buf + 1, 99)); /* what was cut off does not come back */
	sys_close(fd);
	call1(NR_unlink, (long)"/tmp/pt-hole");
}

static void test_names(void)
{
	struct stat64 st;
	char buf[100];
	long fd;

	call2(NR_mkdir, (long)"/tmp/pt", 0755);
	call1(NR_chdir, (long)"/tmp/pt");
	CHECK(write_file("a", "A", 0644) == 1 && write_file("b", "B", 0644) == 1);
	CHECK(call2(NR_link, (long)"a", (long)"a2") == 0);
	CHECK(call2(NR_stat64, (long)"a", (long)&st) == 0 && st.nlink == 2);
	fd = sys_open("b", O_RDONLY, 0);
	CHECK(call2(NR_rename, (long)"a", (long)"b") == 0);
	CHECK(sys_read(fd, buf, 10) == 1 &&
	      buf[0] == 'B'); /* it lives while it is open */
	sys_close(fd);
	CHECK(read_file("b", buf, sizeof(buf)) == 1 && buf[0] == 'A');
	CHECK(sys_open("a", O_RDONLY, 0) == -ENOENT);
	CHECK(call2(NR_mkdir, (long)"d", 0700) == 0 &&
	      call2(NR_mkdir, (long)"d", 0700) == -EEXIST);
	CHECK(call2(NR_rename, (long)"d", (long)"d/e") == -EINVAL);
	CHECK(call2(NR_rename, (long)"d", (long)"b") == -ENOTDIR);
	CHECK(call2(NR_rename, (long)"b", (long)"d") == -EISDIR);
	CHECK(call2(NR_rename, (long)"b", (long)"d/b") == 0);
	CHECK(call2(NR_rename, (long)"d", (long)"e") == 0);
	CHECK(read_file("e/../e/./b", buf, sizeof(buf)) == 1);
	CHECK(call2(NR_symlink, (long)"e/b", (long)"s") == 0 &&
	      read_file("s", buf, sizeof(buf)) == 1);
	CHECK(call3(NR_readlink, (long)"s", (long)buf, 100) == 3 &&
	      !strncmp(buf, "e/b", 3));
	CHECK(call2(NR_lstat64, (long)"s", (long)&st) == 0 &&
	      (st.mode & 0170000) == 0120000);
	CHECK(call2(NR_symlink, (long)"loop", (long)"loop") == 0);
	CHECK(sys_open("loop", O_RDONLY, 0) == -ELOOP);
	CHECK(sys_open("s", O_RDONLY | 0400000, 0) == -ELOOP); /* O_NOFOLLOW */
	CHECK(call1(NR_unlink, (long)"e") == -EISDIR &&
	      call1(NR_rmdir, (long)"s") == -ENOTDIR);
	for (const char *const *n = (const char *const[]){"s", "loop", "a2", "e/b", NULL};
	     *n; n++)
		CHECK(call1(NR_unlink, (long)*n) == 0);
	CHECK(call1(NR_rmdir, (long)"e") == 0);
	call1(NR_chdir, (long)"/");
	CHECK(call1(NR_rmdir, (long)"/tmp/pt") == 0);
}

static void test_removed_dir(void)
{
	char buf[100];

	CHECK(call2(NR_mkdir, (long)"/tmp/pt", 0755) == 0);
	CHECK(call1(NR_chdir, (long)"/tmp/pt") == 0);
	CHECK(call1(NR_rmdir, (long)"/tmp/pt") == 0);
	CHECK(write_file("x", "x", 0644) == -ENOENT);
	CHECK(call2(NR_mkdir, (long)"d", 0755) == -ENOENT);
	CHECK(call2(NR_symlink, (long)"a", (long)"b") == -ENOENT);
	CHECK(sys_open("x", O_RDONLY, 0) == -ENOENT);
	CHECK(call2(NR_getcwd, (long)buf, sizeof(buf)) == -ENOENT);
	CHECK(call1(NR_chdir, (long)"..") == 0);
	CHECK(call1(NR_chdir, (long)"/") == 0);
}

static void test_create_through_link(void)
{
	char buf[10];

	CHECK(call2(NR_symlink, (long)"pt-target", (long)"/tmp/pt-link") == 0);
	CHECK(write_file("/tmp/pt-link", "via", 0644) == 3);
	CHECK(read_file("/tmp/pt-target", buf, sizeof(buf)) == 3);
	CHECK(call1(NR_unlink, (long)"/tmp/pt-link") == 0);
	CHECK(call1(NR_unlink, (long)"/tmp/pt-target") == 0);
}

static void test_long_names(void)
{
	static char name[5000];

	memset(name, 'n', 255);
	memcpy(name, "/tmp/", 5);
	name[5 + 255] = '\0';
	memset(name + 5, 'n', 255);
	CHECK(write_file(name, "x", 0644) == 1);
	CHECK(call1(NR_unlink, (long)name) == 0);
	name[5 + 255] = 'n';
	name[5 + 256] = '\0';
	CHECK(sys_open(name, O_RDONLY, 0) == -ENAMETOOLONG);
	memset(name, '/', sizeof(name) - 1);
	CHECK(sys_open(name, O_RDONLY, 0) == -ENAMETOOLONG);
	CHECK(sys_open("", O_RDONLY, 0) == -ENOENT);
}

static void test_getdents(void)
{
	char name[] = "/tmp/pt/00", buf[64];
	int seen[40] = {0}, total = 0;
	long fd, n;

	CHECK(call2(NR_mkdir, (long)"/tmp/pt", 0755) == 0);
	for (int i = 0; i < 40; i++) {
		name[8] = '0' + i / 10;
		name[9] = '0' + i % 10;
		CHECK(write_file(name, "", 0644) == 0);
	}
	fd = sys_open("/tmp/pt", O_RDONLY | O_DIRECTORY, 0);
	while ((n = call3(NR_getdents64, fd, (long)buf, sizeof(buf))) > 0)
		for (char *d = buf; d < buf + n; d += *(uint16_t *)(d + 16)) {
			total++;
			if (d[19] != '.')
				seen[(d[19] - '0') * 10 + d[20] - '0']++;
		}
	CHECK(n == 0 && total == 42);
	CHECK(call3(NR_lseek, fd, 0, 0) == 0 &&
	      call3(NR_getdents64, fd, (long)buf, 4) == -EINVAL);
	sys_close(fd);
	for (int i = 0; i < 40; i++) {
		CHECK(seen[i] == 1);
		name[8] = '0' + i / 10;
		name[9] = '0' + i % 10;
		CHECK(call1(NR_unlink, (long)name) == 0);
	}
	CHECK(call1(NR_rmdir, (long)"/tmp/pt") == 0);
}

static void test_dup(void)
{
	long fd = sys_open(self, O_RDONLY, 0), d;
	char c = 1;

	d = call3(NR_fcntl64, fd, 0, 100); /* F_DUPFD */
	CHECK(d == 100 && sys_read(d, &c, 1) == 1 && c == '\177');
	CHECK(call3(NR_fcntl64, d, 1, 0) == 0 && call3(NR_fcntl64, d, 2, 1) == 0 &&
	      call3(NR_fcntl64, d, 1, 0) == 1);
	CHECK((call3(NR_fcntl64, d, 3, 0) & 3) == O_RDONLY);
	CHECK(sys_dup2(fd, fd) == fd && sys_dup2(77, 78) == -EBADF);
	CHECK(call3(NR_dup3, fd, fd, 0) == -EINVAL);
	sys_close(fd);
	CHECK(sys_read(d, &c, 1) == 1);
	sys_close(d);
}

/* --- users -------------------------------------------------------------------------- */

static long set_times(const char *name, const int ts[4])
{
	return call4(NR_utimensat, 0, (long)name, (long)ts, 0);
}

static int as_user(void)
{
	static const int past[4] = {1000, 0, 2000, 0};
	char c;

	if (call1(NR_setgid32, 100) || call1(NR_setuid32, 1000))
		return 1;
	if (call1(NR_getuid32, 0) != 1000 || call1(NR_setuid32, 0) != -EPERM)
		return 2;
	if (sys_kill(1, SIGTERM) != -EPERM)
		return 3;
	if (sys_open("/tmp/pt-secret", O_RDONLY, 0) != -EACCES)
		return 4;
	if (sys_open("/pt-new", O_WRONLY | O_CREAT, 0644) != -EACCES)
		return 5;
	if (call2(NR_chown32, (long)"/tmp/pt-secret", 1000) != -EPERM)
		return 6;
	if (call3(NR_mknod, (long)"/tmp/pt-dev", 020666, 0x103) != -EPERM)
		return 7;
	if (call1(NR_unlink, (long)"/tmp/pt-secret") != -EPERM) /* /tmp is sticky */
		return 8;
	if (sys_read(sys_open("/tmp/pt-public", O_RDONLY, 0), &c, 1) != 1)
		return 9;
	if (call1(NR_chroot, (long)"/tmp") != -EPERM ||
	    call1(NR_access, (long)"/tmp/pt-secret") ||
	    call2(NR_access, (long)"/tmp/pt-secret", 4) != -EACCES)
		return 10;
	/* the time it is now may be set by who may write, any other by the owner */
	if (set_times("/tmp/pt-shared", NULL) ||
	    set_times("/tmp/pt-shared", past) != -EPERM)
		return 11;
	if (set_times("/tmp/pt-secret", NULL) != -EACCES)
		return 12;
	return 0;
}

static void test_users(void)
{
	CHECK(write_file("/tmp/pt-secret", "s", 0600) == 1);
	CHECK(write_file("/tmp/pt-public", "p", 0644) == 1);
	CHECK(write_file("/tmp/pt-shared", "w", 0666) == 1);
	call2(NR_chmod, (long)"/tmp/pt-public", 0644);
	call2(NR_chmod, (long)"/tmp/pt-shared", 0666);
	CHECK(in_child(as_user) == exit_with(0));
	call1(NR_unlink, (long)"/tmp/pt-secret");
	call1(NR_unlink, (long)"/tmp/pt-public");
	call1(NR_unlink, (long)"/tmp/pt-shared");
}

/* --- time --------------------------------------------------------------------------- */

static int64_t now_ms(void)
{
	int64_t ts[2];

	call2(NR_clock_gettime64, 1, (long)ts);
	return ts[0] * 1000 + (int32_t)ts[1] / 1000000;
}

static void test_time(void)
{
	int32_t tv[2], ts[2] = {0, 1000000000}, old[2], now = call1(NR_time, 0);
	int64_t start = now_ms();

	CHECK(sys_sleep_ms(50) == 0);
	CHECK(now_ms() - start >= 50 && now_ms() - start < 2000);
	CHECK(call2(NR_nanosleep, (long)ts, 0) == -EINVAL);
	CHECK(call2(NR_gettimeofday, (long)tv, 0) == 0);
	CHECK(tv[0] >= now && tv[0] <= now + 2 && tv[1] >= 0 && tv[1] < 1000000);
	CHECK(call2(NR_clock_gettime, 0, (long)old) == 0 && old[0] >= now);
	CHECK(call2(NR_clock_gettime, 99, (long)old) == -EINVAL);
	start = now_ms();
	tv[0] = (int32_t)((uint32_t)start / 1000);
	tv[1] = (uint32_t)start % 1000 * 1000000 + 40000000;
	if (tv[1] >= 1000000000) {
		tv[0]++;
		tv[1] -= 1000000000;
	}
	CHECK(call4(NR_clock_nanosleep, 1, 1, (long)tv, 0) == 0); /* until then */
	CHECK(now_ms() - start >= 40);
}

static void test_sleep_interrupted(void)
{
	int32_t ts[2] = {100, 0}, rem[2] = {0, 0};
	uint32_t it[4] = {0, 0, 0, 20000};

	on_signal(SIGALRM, SA_RESTART);
	CHECK(call3(NR_setitimer, 0, (long)it, 0) == 0);
	CHECK(call2(NR_nanosleep, (long)ts, (long)rem) == -EINTR);
	CHECK(caught == 1 && rem[0] == 99);
	sys_signal(SIGALRM, SIG_DFL);
}

/* --- running out of things: not for the machine one works on ------------------------ */

static uint32_t free_memory(void)
{
	uint32_t info[16];

	call1(NR_sysinfo, (long)info);
	return info[5];
}

static int fork_storm(void)
{
	int made = 0;
	long pid;

	while ((pid = sys_fork()) > 0)
		made++;
	if (pid == 0)
		wait_for_signal();
	for (int i = 1; i < 400; i++)
		if (i != sys_getpid() && i > 2)
			sys_kill(i, SIGKILL);
	while (sys_waitpid(-1, NULL, 0) > 0)
		;
	return (pid == -EAGAIN || pid == -ENOMEM) && made > 100 ? 0 : 1;
}

static void test_fork_storm(void)
{
	uint32_t before = free_memory();

	CHECK(in_child(fork_storm) == exit_with(0));
	CHECK(free_memory() == before);
}

static void touch(char *p, size_t len)
{
	for (size_t i = 0; i < len; i += PAGE)
		p[i] = 1;
}

static int hog(void)
{
	for (;;) {
		char *p = map(1 << 20);

		if (!p)
			return 1;
		touch(p, 1 << 20);
	}
}

static void test_hog(void)
{
	uint32_t before = free_memory();

	CHECK(in_child(hog) == SIGKILL);
	CHECK(free_memory() == before);
}

/* A child that takes something and keeps it: its pid once it has, -1 if it could not. */
static long keeper(bool (*take)(size_t), size_t n)
{
	int fds[2];
	long pid;
	char c = 0;

	/* what goes through the pipe now makes sure that it can later */
	if (sys_pipe(fds) || sys_write(fds[1], &c, 1) != 1 ||
	    sys_read(fds[0], &c, 1) != 1)
		return -1;
	pid = sys_fork();
	if (pid == 0) {
		if (!take(n))
			sys_exit(1);
		sys_write(fds[1], &c, 1);
		wait_for_signal();
	}
	sys_close(fds[1]);
	if (pid > 0 && sys_read(fds[0], &c, 1) != 1) {
		sys_waitpid(pid, NULL, 0);
		pid = -1;
	}
	sys_close(fds[0]);
	return pid;
}

/* All there is, up to n bytes: the kernel stops where there is no more. */
static bool take_all(size_t n)
{
	char *p = map(n);

	return p && call3(NR_getrandom, (long)p, n, 0) > 0;
}

static void test_silent_hog(void)
{
	char *p = map(64 * PAGE);
	long other = keeper(take_all, 256u << 20);
	int status;

	touch(p, 64 * PAGE);
	CHECK(sys_waitpid(other, &status, 0) == other && status == SIGKILL);
	sys_munmap(p, 64 * PAGE);
}

static bool alive(long pid)
{
	return pid > 0 && sys_waitpid(pid, NULL, WNOHANG) == 0;
}

static void end(long pid)
{
	if (pid <= 0)
		return;
	sys_kill(pid, SIGKILL);
	sys_waitpid(pid, NULL, 0);
}

static bool take_memory(size_t n)
{
	char *p = map(n);

	if (p)
		touch(p, n);
	return p != NULL;
}

static void test_who_asks(void)
{
	uint32_t before = free_memory();
	long other = keeper(take_memory, before / 100 * 55);

	CHECK(in_child(hog) == SIGKILL && alive(other));
	end(other);
	CHECK(free_memory() == before);
}

static bool take_memory_spared(size_t n)
{
	return call2(NR_prctl, GW_PR_SPARE, 1) == 0 && take_memory(n);
}

static int spare_as_user(void)
{
	call1(NR_setuid32, 1000);
	return call2(NR_prctl, GW_PR_SPARE, 1) != -EPERM;
}

static void test_spared(void)
{
	uint32_t before = free_memory();
	long other = keeper(take_memory_spared, before / 4 * 3);

	CHECK(in_child(hog) == SIGKILL && alive(other));
	end(other);
	CHECK(in_child(spare_as_user) == exit_with(0));
	CHECK(free_memory() == before);
}

/* Fill that many pipes, or as many as there is memory for. */
static bool take_pipes(size_t n)
{
	static char block[PAGE];
	int fds[2];

	while (n-- && sys_pipe2(fds, O_NONBLOCK) == 0)
		while (sys_write(fds[1], block, sizeof(block)) == sizeof(block))
			;
	return true;
}

/* Open a file of /proc whose text takes a page until it fails: with what, and how much
 * memory is free then. */
static long open_texts(uint32_t *left)
{
	long fd, last = -1;

	while ((fd = sys_open("/proc/ksyms", O_RDONLY, 0)) >= 0)
		last = fd;
	*left = free_memory();
	for (; last > 2; last--)
		sys_close(last);
	return fd;
}

static int count_alive(const long *pids, int n)
{
	int alive_ones = 0;

	for (int i = 0; i < n; i++)
		alive_ones += alive(pids[i]);
	return alive_ones;
}

/* Pipes take all that processes get. Of the rest kernel objects get a part, and who is spared
 * gets his pages without anybody's end; others get theirs by the end of one with pipes. */
static void test_last_pages(void)
{
	uint32_t before = free_memory(), left;
	char *p = map(256 * PAGE);
	long other = keeper(take_memory, 1024 * PAGE), hogs[20];
	int n = 0;

	while (n < 20 && free_memory() > 520 * PAGE)
		hogs[n++] = keeper(take_pipes, 120);
	CHECK(n > 2 && n < 20 && free_memory() <= 260 * PAGE);
	CHECK(open_texts(&left) == -ENOMEM && left >= 128 * PAGE && left < 140 * PAGE);
	left = free_memory();
	CHECK(call2(NR_prctl, GW_PR_SPARE, 1) == 0);
	touch(p, 32 * PAGE);
	CHECK(call2(NR_prctl, GW_PR_SPARE, 0) == 0);
	CHECK(free_memory() <= left - 32 * PAGE && count_alive(hogs, n) == n);
	touch(p, 256 * PAGE);
	CHECK(alive(other) && count_alive(hogs, n) == n - 1);
	end(other);
	for (int i = 0; i < n; i++)
		end(hogs[i]);
	sys_munmap(p, 256 * PAGE);
	CHECK(free_memory() == before);
}

static int take_a_mib(void)
{
	return !take_memory(1 << 20);
}

static void test_full_disk(void)
{
	static char block[65536];
	uint32_t before;
	long fd, n;

	memset(block, 'x', sizeof(block)); /* its pages are there before we count */
	before = free_memory();
	fd = sys_open("/tmp/pt-full", O_WRONLY | O_CREAT, 0644);

	while ((n = sys_write(fd, block, sizeof(block))) > 0)
		;
	CHECK(n == -ENOSPC);
	sys_close(fd);
	CHECK(call2(NR_link, (long)"/tmp/pt-full", (long)"/tmp/pt-more") == -ENOSPC);
	CHECK(call2(NR_mkdir, (long)"/tmp/pt-more", 0755) == -ENOSPC);
	CHECK(in_child(take_a_mib) == exit_with(0));
	CHECK(call1(NR_unlink, (long)"/tmp/pt-full") == 0);
	CHECK(free_memory() == before);
}

static const char *hole_name(int i)
{
	static char name[] = "/tmp/pt-hole-00";

	name[13] = '0' + i / 10;
	name[14] = '0' + i % 10;
	return name;
}

/* Files, made before, with a byte at their end: what each takes is the table of its pages. */
static void test_holes_everywhere(void)
{
	uint32_t before = free_memory();
	int files = 90, done = 0;
	long fd;

	for (int i = 0; i < files; i++)
		CHECK(sys_close(sys_open(hole_name(i), O_WRONLY | O_CREAT, 0644)) == 0);
	for (int i = 0; i < files; i++) {
		fd = sys_open(hole_name(i), O_WRONLY, 0);
		if (call3(NR_lseek, fd, (1 << 30) - 1, 0) > 0)
			done += sys_write(fd, "x", 1) == 1;
		sys_close(fd);
	}
	CHECK(done > 10 && done < files);
	CHECK(in_child(take_a_mib) == exit_with(0));
	for (int i = 0; i < files; i++)
		CHECK(call1(NR_unlink, (long)hole_name(i)) == 0);
	CHECK(free_memory() == before);
}

static void test_descriptors(void)
{
	uint32_t before = free_memory();
	long fd;
	int n = 0;

	while ((fd = sys_open("/dev/null", O_RDONLY, 0)) >= 0)
		n++;
	CHECK(fd == -EMFILE && n == 256 - 3);
	while (n--)
		CHECK(sys_close(n + 3) == 0);
	CHECK(free_memory() == before);
}

static void test_deep_tree(void)
{
	uint32_t before = free_memory();

	CHECK(syscall6(NR_mount, (long)"none", (long)"/tmp", (long)"ramfs", 0, 0, 0) ==
	      0);
	call1(NR_chdir, (long)"/tmp");
	for (int i = 0; i < 20000; i++)
		CHECK(call2(NR_mkdir, (long)"d", 0755) == 0 &&
		      call1(NR_chdir, (long)"d") == 0);
	CHECK(call1(NR_umount, (long)"/tmp") == -EBUSY);
	call1(NR_chdir, (long)"/");
	CHECK(call1(NR_umount, (long)"/tmp") == 0);
	CHECK(free_memory() == before);
}

static int map_all(void)
{
	int n = 0;

	/* every other page, so that nothing can be joined */
	for (char *p = (char *)0x50000000; n < 100000; p += 2 * PAGE, n++)
		if (SYS_FAILED(sys_mmap(p, PAGE, PROT_READ,
					MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0)))
			return n > 500 ? 0 : 1;
	return 2;
}

static void test_areas(void)
{
	uint32_t before = free_memory();

	CHECK(in_child(map_all) == exit_with(0));
	CHECK(free_memory() == before);
}

static int module_calls(void)
{
	call1(NR_setuid32, 1000);
	return call2(NR_create_module, (long)"x", 4096) == -EPERM &&
			       call1(NR_delete_module, (long)"x") == -EPERM
		       ? 0
		       : 1;
}

static int create_and_die(void)
{
	return TGT_IS_ERROR(call2(NR_create_module, (long)"pt-left", 4096)) && 1;
}

static void test_modules(void)
{
	uint32_t before = free_memory();

	CHECK(in_child(module_calls) == exit_with(0));
	CHECK(in_child(create_and_die) == exit_with(0));
	CHECK(call1(NR_delete_module, (long)"pt-left") ==
	      -ENOENT); /* gone with its creator */
	CHECK(free_memory() == before);
}

static void test_shared_text(void)
{
	uint32_t before = free_memory();

	/* 20 children at once take stacks and tables, not copies of the program */
	for (int i = 0; i < 20; i++)
		if (sys_fork() == 0)
			wait_for_signal();
	CHECK(before - free_memory() < 20 * 80 * 1024);
	sys_kill(-1, SIGKILL);
	while (sys_waitpid(-1, NULL, 0) > 0)
		;
	CHECK(free_memory() == before);
}

/* --- all of them -------------------------------------------------------------------- */

static const struct test {
	const char *name;
	void (*run)(void);
} tests[] =
	{
		{"fork: memory is copied when it is written", test_fork_memory},
		{"wait4: statuses, WNOHANG, ECHILD", test_wait},
		{"vfork: the parent waits and shares its memory", test_vfork},
		{"execve: arguments, environment, scripts", test_exec},
		{"execve: what cannot be run is refused", test_exec_refusals},
		{"execve: close-on-exec", test_cloexec},
		{"exit: orphans go to init", test_orphans},
		{"pipe: bytes arrive in order, ends are noticed", test_pipe},
		{"pipe: SIGPIPE", test_sigpipe},
		{"pipe: one with a name", test_fifo},
		{"poll: readiness, time, hang-up", test_poll},
		{"select: readiness, time, bad descriptor", test_select},
		{"signals: a handler runs and returns", test_handler},
		{"signals: a handler without restorer", test_handler_plain},
		{"signals: mask, pending, sigsuspend", test_mask},
		{"signals: handlers nest", test_nesting},
		{"signals: EINTR, SA_RESTART, ignored", test_restart},
		{"signals: registers and FPU survive a handler", test_registers},
		{"signals: a handler repairs a fault", test_siginfo_fault},
		{"signals: alternate stack", test_altstack},
		{"signals: stop, continue, kill", test_stop},
		{"signals: process groups", test_groups},
		{"signals: ignored SIGCHLD leaves no zombies", test_sigchld_ignored},
		{"signals: alarm and interval timer", test_alarm},
		{"signals: sigtimedwait", test_sigtimedwait},
		{"faults: each kills with its signal", test_faults},
		{"faults: no way around them", test_fault_handling},
		{"faults: a forged context gives no privilege", test_forged_context},
		{"memory: brk", test_brk},
		{"memory: mmap, munmap, mprotect", test_mmap},
		{"memory: private file mappings", test_mmap_file},
		{"memory: thread area", test_tls},
		{"memory: each process has its own FPU", test_fpu},
		{"pointers: wild ones get EFAULT", test_efault},
		{"files: open, read, write, seek", test_files},
		{"files: holes and truncation", test_holes},
		{"files: link, rename, symlink, unlink", test_names},
		{"files: a removed directory stays empty", test_removed_dir},
		{"files: created through a symbolic link", test_create_through_link},
		{"files: long names", test_long_names},
		{"files: getdents lists each name once", test_getdents},
		{"files: dup and fcntl", test_dup},
		{"users: permissions", test_users},
		{"time: clocks and sleeping", test_time},
		{"time: an interrupted sleep tells what is left", test_sleep_interrupted},
},
  guest_tests[] = {
	  {"limits: a fork storm ends", test_fork_storm},
	  {"limits: a memory hog is killed", test_hog},
	  {"limits: not who asks is killed, but who has most", test_silent_hog},
	  {"limits: who asks is killed if nobody has twice as much", test_who_asks},
	  {"limits: who is spared is not killed", test_spared},
	  {"limits: the last pages, and what pipes hold counts", test_last_pages},
	  {"limits: a full disk", test_full_disk},
	  {"limits: a disk full of holes", test_holes_everywhere},
	  {"limits: descriptors", test_descriptors},
	  {"limits: a tree deeper than any stack", test_deep_tree},
	  {"limits: memory areas", test_areas},
	  {"limits: processes share what they do not write", test_shared_text},
	  {"modules: privilege, and what a dead process leaves", test_modules},
};

/* What the program does when a test has started it anew. */
static int checked(int argc, char **argv, char **envp)
{
	if (!strcmp(argv[1], "check-args"))
		return argc == 4 && !strcmp(argv[0], "name") &&
				       !strcmp(argv[2], "two words") && !argv[3][0] &&
				       !argv[4] && !strcmp(envp[0], "A=1") &&
				       !strcmp(envp[1], "B=") && !envp[2]
			       ? 42
			       : 1;
	if (!strcmp(argv[1], "check-script"))
		return argc == 4 && !strcmp(argv[0], self) &&
				       !strcmp(argv[2], "/tmp/pt-script") &&
				       !strcmp(argv[3], "x y")
			       ? 43
			       : 1;
	if (!strcmp(argv[1], "check-fds"))
		return call3(NR_fcntl64, 20, 1, 0) == 0 &&
				       call3(NR_fcntl64, 21, 1, 0) == 0 &&
				       call3(NR_fcntl64, 22, 1, 0) == -EBADF
			       ? 44
			       : 1;
	return 2;
}

static void run(const struct test *t, size_t n)
{
	for (; n--; t++) {
		failed = NULL;
		t->run();
		say(failed ? "not ok " : "ok ");
		say(t->name);
		say(failed ? ": " : "");
		say(failed ? failed : "");
		say("\n");
	}
}

int main(int argc, char **argv, char **envp)
{
	char names[6][65];

	self = argv[0];
	if (argc > 1 && !strncmp(argv[1], "check-", 6)) {
		self = "/process_test";
		return checked(argc, argv, envp);
	}
	run(tests, sizeof(tests) / sizeof(tests[0]));
	call1(NR_uname, (long)names);
	if (strstr(names[2], "modstack"))
		run(guest_tests, sizeof(guest_tests) / sizeof(guest_tests[0]));
	say("done\n");
	return 0;
}
