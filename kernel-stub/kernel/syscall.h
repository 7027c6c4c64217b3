/* kernel/syscall.h - the functions behind the numbers of abi/syscalls.def, by file
 *
 * Pointers are addresses in ring 3, to be used with copy_from_user and its like only. A
 * function returns the result or -errno; what each does is Linux's manual, section 2.
 */
#ifndef KERNEL_SYSCALL_H
#define KERNEL_SYSCALL_H

#include <linux/signal.h>
#include <linux/types.h>
#include "abi/types.h"

struct iovec;
struct msghdr;
struct pollfd;

/* Boot: read what to trace. */
void syscall_init(void);

/* kernel/clock.c: ticks in a time span, rounded up; -EINVAL if it is none. */
long ticks_of(int64_t sec, int64_t nsec);
/* The same as a time to wait: one more, because the current tick is partly over. */
long timeout_of(int64_t sec, int64_t nsec);
/* kernel/sys.c: an id of the old 16-bit calls, where 0xffff means -1. */
uint32_t id16(uint32_t id);

/* kernel/sched.c */
long sys_sched_yield(void);

/* kernel/fork.c */
long sys_fork(void);
long sys_vfork(void);
long sys_clone(unsigned long flags, unsigned long stack, uint32_t parent_tid,
	       uint32_t tls, uint32_t child_tid);

/* kernel/exec.c */
long sys_execve(const char *user_path, const uint32_t *argv, const uint32_t *envp);

/* kernel/exit.c */
long sys_exit(int status);
long sys_exit_group(int status);
long sys_wait4(int pid, int *user_status, int options, void *user_rusage);
long sys_waitpid(int pid, int *status, int options);

/* kernel/signal.c */
long sys_sigreturn(void);
long sys_rt_sigreturn(void);
long sys_kill(int pid, int sig);
long sys_tkill(int pid, int sig);
long sys_tgkill(int group, int pid, int sig);
long sys_rt_sigaction(int sig, const struct sigaction *act, struct sigaction *old,
		      size_t size);
long sys_sigaction(int sig, const uint32_t *act, uint32_t *old);
long sys_signal(int sig, uint32_t handler);
long sys_rt_sigprocmask(int how, const sigset_t *set, sigset_t *old, size_t size);
long sys_sigprocmask(int how, const uint32_t *set, uint32_t *old);
long sys_rt_sigpending(sigset_t *set, size_t size);
long sys_sigpending(uint32_t *set);
long sys_rt_sigsuspend(const sigset_t *set, size_t size);
long sys_sigsuspend(int unused1, int unused2, uint32_t mask);
long sys_pause(void);
long sys_rt_sigtimedwait(const sigset_t *user_set, uint32_t *info,
			 const int32_t *user_time, size_t size);
long sys_sigaltstack(const uint32_t *new, uint32_t *old);

/* kernel/tls.c */
long sys_set_thread_area(uint32_t user);
long sys_get_thread_area(uint32_t user);

/* kernel/mmap.c */
unsigned long sys_brk(unsigned long brk);
long sys_mmap2(unsigned long addr, unsigned long len, unsigned long prot,
	       unsigned long flags, unsigned int fd, unsigned long pgoff);
long sys_mmap(const uint32_t *user);
long sys_munmap(unsigned long addr, unsigned long len);
long sys_mprotect(unsigned long start, unsigned long len, unsigned long prot);
long sys_madvise(unsigned long start, unsigned long len, int advice);
long sys_mremap(unsigned long addr, unsigned long old, unsigned long new,
		unsigned long flags, unsigned long to);

/* kernel/sys.c */
long sys_uname(char *user);
long sys_getpid(void);
long sys_gettid(void);
long sys_getppid(void);
long sys_setresuid32(uid_t ruid, uid_t euid, uid_t suid);
long sys_setresgid32(gid_t rgid, gid_t egid, gid_t sgid);
long sys_setuid32(uid_t uid);
long sys_setgid32(gid_t gid);
long sys_setreuid32(uid_t ruid, uid_t euid);
long sys_setregid32(gid_t rgid, gid_t egid);
long sys_getuid32(void);
long sys_geteuid32(void);
long sys_getgid32(void);
long sys_getegid32(void);
long sys_getresuid32(uint32_t *r, uint32_t *e, uint32_t *s);
long sys_getresgid32(uint32_t *r, uint32_t *e, uint32_t *s);
long sys_setgroups32(int n, const uint32_t *groups);
long sys_getgroups32(int n, uint32_t *groups);
long sys_setuid(uint32_t uid);
long sys_setgid(uint32_t gid);
long sys_setreuid(uint32_t r, uint32_t e);
long sys_setregid(uint32_t r, uint32_t e);
long sys_setresuid(uint32_t r, uint32_t e, uint32_t s);
long sys_setresgid(uint32_t r, uint32_t e, uint32_t s);
long sys_getuid(void);
long sys_geteuid(void);
long sys_getgid(void);
long sys_getegid(void);
long sys_getresuid(uint16_t *r, uint16_t *e, uint16_t *s);
long sys_getresgid(uint16_t *r, uint16_t *e, uint16_t *s);
long sys_setgroups(int n, const uint16_t *groups);
long sys_getgroups(int n, uint16_t *groups);
long sys_setpgid(int pid, int pgrp);
long sys_getpgid(int pid);
long sys_getpgrp(void);
long sys_getsid(int pid);
long sys_setsid(void);
long sys_ugetrlimit(unsigned int which, uint32_t *user);
long sys_getrlimit(unsigned int which, uint32_t *user);
long sys_setrlimit(unsigned int which, const uint32_t *user);
long sys_prlimit64(int pid, unsigned int which, const uint64_t *new, uint64_t *old);
long sys_getrusage(int who, void *user);
long sys_times(uint32_t *user);
long sys_sysinfo(void *user);
long sys_nice(int increment);
long sys_getpriority(int which, int who);
long sys_setpriority(int which, int who, int value);
long sys_personality(uint32_t which);
long sys_set_robust_list(void *head, size_t len);
long sys_set_tid_address(uint32_t addr);
long sys_prctl(int option, unsigned long arg);
long sys_umask(unsigned int mask);
long sys_syslog(int action, char *user, int count);
long sys_reboot(uint32_t magic1, uint32_t magic2, uint32_t command, void *arg);

/* kernel/clock.c */
long sys_clock_gettime(int clock, int32_t *user);
long sys_clock_gettime64(int clock, int64_t *user);
long sys_clock_getres(int clock, int32_t *user);
long sys_clock_getres_time64(int clock, int64_t *user);
long sys_time(int32_t *user);
long sys_gettimeofday(int32_t *user, int32_t *zone);
long sys_settimeofday(const int32_t *user, const int32_t *zone);
long sys_clock_nanosleep(int clock, int flags, const int32_t *user, int32_t *rem);
long sys_clock_nanosleep_time64(int clock, int flags, const int64_t *user, int64_t *rem);
long sys_nanosleep(const int32_t *user, int32_t *rem);
long sys_alarm(unsigned int seconds);
long sys_getitimer(int which, int32_t *user);
long sys_setitimer(int which, const int32_t *new, int32_t *old);

/* kernel/random.c */
long sys_getrandom(char *buf, size_t count, unsigned int flags);

/* kernel/module_host.c */
long sys_create_module(tgt_addr name, tgt_ulong size);
long sys_init_module(tgt_addr name, tgt_addr image);
long sys_delete_module(tgt_addr name);
long sys_get_kernel_syms(tgt_addr table);
long sys_query_module(tgt_addr name, tgt_long which, tgt_addr buf, tgt_ulong size,
		      tgt_addr ret);

/* fs/file.c */
long sys_openat(int dfd, const char *user, int flags, int mode);
long sys_open(const char *user, int flags, int mode);
long sys_creat(const char *user, int mode);
long sys_close(unsigned int fd);
long sys_dup(unsigned int fd);
long sys_dup3(unsigned int fd, unsigned int to, int flags);
long sys_dup2(unsigned int fd, unsigned int to);
long sys_fcntl64(unsigned int fd, unsigned int cmd, unsigned long arg);
long sys_fcntl(unsigned int fd, unsigned int cmd, unsigned long arg);

/* fs/read_write.c */
long sys_read(unsigned int fd, char *buf, size_t count);
long sys_write(unsigned int fd, const char *buf, size_t count);
long sys_pread64(unsigned int fd, char *buf, size_t count, uint32_t low, uint32_t high);
long sys_pwrite64(unsigned int fd, const char *buf, size_t count, uint32_t low,
		  uint32_t high);
long sys_readv(unsigned int fd, const struct iovec *iov, unsigned long n);
long sys_writev(unsigned int fd, const struct iovec *iov, unsigned long n);
long sys_lseek(unsigned int fd, long offset, int whence);
long sys__llseek(unsigned int fd, uint32_t high, uint32_t low, loff_t *result,
		 int whence);
long sys_ioctl(unsigned int fd, unsigned int cmd, unsigned long arg);
long sys_fsync(unsigned int fd);
long sys_fdatasync(unsigned int fd);
long sys_flock(unsigned int fd, unsigned int operation);
long sys_sync(void);
long sys_getdents64(unsigned int fd, char *buf, size_t count);
long sys_getdents(unsigned int fd, char *buf, size_t count);
long sys_sendfile(int out, int in, void *offset, size_t count);
long sys_sendfile64(int out, int in, void *offset, size_t count);

/* fs/namei.c */
long sys_mkdirat(int dfd, const char *user, int mode);
long sys_mknodat(int dfd, const char *user, int mode, unsigned int rdev);
long sys_symlinkat(const char *user_target, int dfd, const char *user);
long sys_linkat(int old_dfd, const char *old_user, int dfd, const char *user, int flags);
long sys_unlinkat(int dfd, const char *user, int flags);
long sys_renameat2(int old_dfd, const char *old_user, int dfd, const char *user,
		   unsigned int flags);
long sys_renameat(int old_dfd, const char *old_user, int dfd, const char *user);
long sys_mkdir(const char *user, int mode);
long sys_mknod(const char *user, int mode, unsigned int rdev);
long sys_symlink(const char *target, const char *user);
long sys_link(const char *old_user, const char *user);
long sys_unlink(const char *user);
long sys_rmdir(const char *user);
long sys_rename(const char *old_user, const char *user);
long sys_chdir(const char *user);
long sys_chroot(const char *user);
long sys_fchdir(unsigned int fd);
long sys_getcwd(char *buf, size_t size);
long sys_readlinkat(int dfd, const char *user, char *buf, int size);
long sys_readlink(const char *user, char *buf, int size);

/* fs/stat.c */
long sys_stat(const char *path, void *user);
long sys_lstat(const char *path, void *user);
long sys_fstat(unsigned int fd, void *user);
long sys_stat64(const char *path, void *user);
long sys_lstat64(const char *path, void *user);
long sys_fstat64(unsigned int fd, void *user);
long sys_fstatat64(int dfd, const char *path, void *user, int flags);
long sys_statx(int dfd, const char *path, int flags, unsigned int mask, void *user);
long sys_faccessat2(int dfd, const char *user, int mode, int flags);
long sys_faccessat(int dfd, const char *user, int mode);
long sys_access(const char *user, int mode);
long sys_fchmodat(int dfd, const char *user, int mode);
long sys_chmod(const char *user, int mode);
long sys_fchmod(unsigned int fd, int mode);
long sys_fchownat(int dfd, const char *user, uid_t uid, gid_t gid, int flags);
long sys_chown32(const char *user, uid_t uid, gid_t gid);
long sys_lchown32(const char *user, uid_t uid, gid_t gid);
long sys_fchown32(unsigned int fd, uid_t uid, gid_t gid);
long sys_chown(const char *user, uint32_t uid, uint32_t gid);
long sys_lchown(const char *user, uint32_t uid, uint32_t gid);
long sys_fchown(unsigned int fd, uint32_t uid, uint32_t gid);
long sys_truncate64(const char *user, uint32_t low, uint32_t high);
long sys_truncate(const char *user, int32_t size);
long sys_ftruncate64(unsigned int fd, uint32_t low, uint32_t high);
long sys_ftruncate(unsigned int fd, int32_t size);
long sys_utimensat_time64(int dfd, const char *user, const int64_t *user_ts, int flags);
long sys_utimensat(int dfd, const char *user, const int32_t *user_ts, int flags);
long sys_utime(const char *user, const int32_t *user_times);
long sys_statfs(const char *user, void *buf);
long sys_statfs64(const char *user, size_t size, void *buf);
long sys_fstatfs(unsigned int fd, void *buf);
long sys_fstatfs64(unsigned int fd, size_t size, void *buf);

/* fs/select.c */
long sys_poll(struct pollfd *user, unsigned int nfds, int ms);
long sys__newselect(int nfds, void *in, void *out, void *except, int32_t *user_tv);
long sys_ppoll(struct pollfd *user, unsigned int nfds, const void *time,
	       const sigset_t *mask, size_t size);
long sys_ppoll_time64(struct pollfd *user, unsigned int nfds, const void *time,
		      const sigset_t *mask, size_t size);
long sys_pselect6(int nfds, void *in, void *out, void *except, const void *time,
		  const uint32_t *mask);
long sys_pselect6_time64(int nfds, void *in, void *out, void *except, const void *time,
			 const uint32_t *mask);

/* fs/pipe.c */
long sys_pipe2(int *user, int flags);
long sys_pipe(int *user);

/* fs/super.c */
long sys_mount(const char *user_device, const char *user_dir, const char *user_type,
	       unsigned long flags, const char *user_options);
long sys_umount2(const char *user, int flags);
long sys_umount(const char *user);

/* net/socket.c */
long sys_socketcall(unsigned call, const long *user);
long sys_socket(int family, int type, int protocol);
long sys_socketpair(int family, int type, int protocol, int *user);
long sys_bind(int fd, const void *user, int len);
long sys_connect(int fd, const void *user, int len);
long sys_listen(int fd, int backlog);
long sys_accept4(int fd, void *user, int *user_len, int flags);
long sys_getsockopt(int fd, int level, int name, void *user, int *user_len);
long sys_setsockopt(int fd, int level, int name, const void *user, int len);
long sys_getsockname(int fd, void *user, int *user_len);
long sys_getpeername(int fd, void *user, int *user_len);
long sys_sendto(int fd, const void *buf, size_t len, unsigned flags, const void *addr,
		int addr_len);
long sys_sendmsg(int fd, const struct msghdr *user, unsigned flags);
long sys_recvfrom(int fd, void *buf, size_t len, unsigned flags, void *addr,
		  int *addr_len);
long sys_recvmsg(int fd, struct msghdr *user, unsigned flags);
long sys_shutdown(int fd, int how);

#endif
