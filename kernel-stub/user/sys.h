/* user/sys.h - system calls and constants for guest programs, which have no C library
 *
 * Every call returns its result or -errno. Programs start at main (crt0.S); memcpy and its
 * like come from the kernel's lib/string.c, linked in.
 */
#ifndef USER_SYS_H
#define USER_SYS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "abi/types.h"

enum {
#define E(number, name, text) name = number,
#include "abi/errno.def"
#undef E
};

enum {
#define SYSCALL(number, name, remote, args) NR_##name = number,
#include "abi/syscalls.def"
#undef SYSCALL
};

#define SYS_FAILED(r) TGT_IS_ERROR(r)

/* --- numbers of Linux i386 ---------------------------------------------------------- */

#define O_RDONLY    0
#define O_WRONLY    01
#define O_RDWR	    02
#define O_CREAT	    0100
#define O_EXCL	    0200
#define O_NOCTTY    0400
#define O_TRUNC	    01000
#define O_APPEND    02000
#define O_NONBLOCK  04000
#define O_DIRECTORY 0200000
#define O_CLOEXEC   02000000

#define F_SETFD	   2
#define F_SETFL	   4
#define FD_CLOEXEC 1

#define PROT_NONE     0
#define PROT_READ     1
#define PROT_WRITE    2
#define PROT_EXEC     4
#define MAP_PRIVATE   0x02
#define MAP_FIXED     0x10
#define MAP_ANONYMOUS 0x20

#define SIGHUP	1
#define SIGINT	2
#define SIGQUIT 3
#define SIGILL	4
#define SIGTRAP 5
#define SIGFPE	8
#define SIGKILL 9
#define SIGUSR1 10
#define SIGSEGV 11
#define SIGPIPE 13
#define SIGALRM 14
#define SIGTERM 15
#define SIGCHLD 17
#define SIGCONT 18
#define SIGSTOP 19

#define SIG_DFL 0u
#define SIG_IGN 1u

#define SA_SIGINFO   0x00000004u
#define SA_RESTORER  0x04000000u
#define SA_RESTART   0x10000000u
#define SA_NODEFER   0x40000000u
#define SA_RESETHAND 0x80000000u

#define WNOHANG	  1
#define WUNTRACED 2

#define POLLIN	 0x0001
#define POLLOUT	 0x0004
#define POLLERR	 0x0008
#define POLLHUP	 0x0010
#define POLLNVAL 0x0020

struct pollfd {
	int fd;
	short events, revents;
};

#define TIOCSCTTY  0x540e
#define TIOCSWINSZ 0x5414
#define TIOCGPTN   0x80045430

#define REBOOT_MAGIC1	 0xfee1deadu
#define REBOOT_MAGIC2	 672274793u
#define REBOOT_POWER_OFF 0x4321fedcu

/* --- the gate ----------------------------------------------------------------------- */

static inline long syscall6(long nr, long a, long b, long c, long d, long e, long f)
{
	const long words[] = {a, f}, *ebx = words;
	long ret;

	/* The compiler may use %ebp as frame pointer, so it is borrowed behind its back. */
	__asm__ __volatile__("pushl %%ebp\n\t"
			     "movl 4(%%ebx), %%ebp\n\t"
			     "movl (%%ebx), %%ebx\n\t"
			     "int $0x80\n\t"
			     "popl %%ebp"
			     : "=a"(ret), "+b"(ebx)
			     : "0"(nr), "c"(b), "d"(c), "S"(d), "D"(e)
			     : "memory");
	return ret;
}

static inline long syscall3(long nr, long a, long b, long c)
{
	long ret;

	__asm__ __volatile__("int $0x80"
			     : "=a"(ret)
			     : "0"(nr), "b"(a), "c"(b), "d"(c)
			     : "memory");
	return ret;
}

static inline long syscall4(long nr, long a, long b, long c, long d)
{
	long ret;

	__asm__ __volatile__("int $0x80"
			     : "=a"(ret)
			     : "0"(nr), "b"(a), "c"(b), "d"(c), "S"(d)
			     : "memory");
	return ret;
}

/* --- the calls ---------------------------------------------------------------------- */

static inline void __attribute__((noreturn)) sys_exit(int status)
{
	for (;;)
		syscall3(NR_exit_group, status, 0, 0);
}

static inline long sys_fork(void)
{
	return syscall3(NR_fork, 0, 0, 0);
}

static inline long sys_read(int fd, void *buf, size_t n)
{
	return syscall3(NR_read, fd, (long)buf, n);
}

static inline long sys_write(int fd, const void *buf, size_t n)
{
	return syscall3(NR_write, fd, (long)buf, n);
}

static inline long sys_open(const char *path, int flags, int mode)
{
	return syscall3(NR_open, (long)path, flags, mode);
}

static inline long sys_close(int fd)
{
	return syscall3(NR_close, fd, 0, 0);
}

static inline long sys_dup2(int fd, int to)
{
	return syscall3(NR_dup2, fd, to, 0);
}

static inline long sys_pipe(int fds[2])
{
	return syscall3(NR_pipe, (long)fds, 0, 0);
}

static inline long sys_pipe2(int fds[2], int flags)
{
	return syscall3(NR_pipe2, (long)fds, flags, 0);
}

static inline long sys_setpgid(int pid, int pgrp)
{
	return syscall3(NR_setpgid, pid, pgrp, 0);
}

static inline long sys_poll(struct pollfd *fds, unsigned n, int ms)
{
	return syscall3(NR_poll, (long)fds, n, ms);
}

static inline long sys_execve(const char *path, const char *const argv[],
			      const char *const envp[])
{
	return syscall3(NR_execve, (long)path, (long)argv, (long)envp);
}

static inline long sys_waitpid(int pid, int *status, int options)
{
	return syscall4(NR_wait4, pid, (long)status, options, 0);
}

static inline long sys_kill(int pid, int sig)
{
	return syscall3(NR_kill, pid, sig, 0);
}

static inline long sys_getpid(void)
{
	return syscall3(NR_getpid, 0, 0, 0);
}

static inline long sys_setuid(unsigned uid)
{
	return syscall3(NR_setuid32, uid, 0, 0);
}

static inline long sys_setgid(unsigned gid)
{
	return syscall3(NR_setgid32, gid, 0, 0);
}

static inline long sys_setsid(void)
{
	return syscall3(NR_setsid, 0, 0, 0);
}

static inline long sys_ioctl(int fd, unsigned long cmd, long arg)
{
	return syscall3(NR_ioctl, fd, cmd, arg);
}

/* offset: in pages */
static inline long sys_mmap(void *addr, size_t len, int prot, int flags, int fd,
			    long offset)
{
	return syscall6(NR_mmap2, (long)addr, len, prot, flags, fd, offset);
}

static inline long sys_munmap(void *addr, size_t len)
{
	return syscall3(NR_munmap, (long)addr, len, 0);
}

/* ms: at least */
static inline long sys_sleep_ms(unsigned ms)
{
	long ts[2] = {ms / 1000, ms % 1000 * 1000000};

	return syscall3(NR_nanosleep, (long)ts, 0, 0);
}

static inline long sys_reboot(unsigned command)
{
	return syscall4(NR_reboot, REBOOT_MAGIC1, REBOOT_MAGIC2, command, 0);
}

struct sigaction {
	uint32_t handler, flags, restorer;
	uint32_t mask[2];
};

void sys_restorer(void); /* crt0.S */

/* Set what happens on a signal: SIG_DFL, SIG_IGN or the address of a handler; SA_RESTART is
 * up to the caller. */
static inline long sys_sigaction(int sig, uintptr_t handler, uint32_t flags)
{
	struct sigaction sa = {
		handler, flags | SA_RESTORER, (uintptr_t)sys_restorer, {0}};

	/* The restorer makes the call for frames with siginfo. */
	sa.flags |= SA_SIGINFO;
	return syscall4(NR_rt_sigaction, sig, (long)&sa, 0, 8);
}

static inline long sys_signal(int sig, uintptr_t handler)
{
	return sys_sigaction(sig, handler, SA_RESTART);
}

/* --- strings: lib/string.c ---------------------------------------------------------- */

void *memset(void *to, int c, size_t n);
void *memcpy(void *to, const void *from, size_t n);
void *memmove(void *to, const void *from, size_t n);
int memcmp(const void *a, const void *b, size_t n);
size_t strlen(const char *s);
int strcmp(const char *a, const char *b);
int strncmp(const char *a, const char *b, size_t n);
char *strstr(const char *s, const char *find);

#endif
