/* linux/binfmts.h - formats of programs: who can execute a file, in the shape of 2.4
 *
 * execve asks each format, the newest first, to load the program; -ENOEXEC passes it on to
 * the next. A format that has an interpreter for the file puts its arguments before the
 * others and calls exec_interpreter().
 */
#ifndef _LINUX_BINFMTS_H
#define _LINUX_BINFMTS_H

#include <linux/types.h>

struct inode;
struct module;
struct pt_regs;

#define BINPRM_BUF_SIZE 256

struct linux_binprm {
	char buf[BINPRM_BUF_SIZE]; /* first bytes of the file, then zeros, at least one */
	struct inode *inode;
	int argc, envc;
	char *filename; /* as it was asked for */
};

struct linux_binfmt {
	struct linux_binfmt *next; /* not used */
	struct module *module;
	int (*load_binary)(struct linux_binprm *bprm, struct pt_regs *regs);
};

/* 0, -EBUSY: it is registered already, -ENOMEM, -EINVAL. */
int register_binfmt(struct linux_binfmt *fmt);
int unregister_binfmt(struct linux_binfmt *fmt); /* 0, -EINVAL */

/* Take argv[0] away. */
void remove_arg_zero(struct linux_binprm *bprm);
/* Put n strings of kernel memory before all arguments: argv[n - 1] first, then the one before
 * it. 0, -E2BIG, -ENOMEM. */
int copy_strings_kernel(int n, const char *const argv[], struct linux_binprm *bprm);
/* Execute `path` (which may lie in bprm) instead of the file. 0 and the process is that
 * program now, or -errno; -ELOOP after too many interpreters' interpreters. */
int exec_interpreter(struct linux_binprm *bprm, const char *path, struct pt_regs *regs);

#endif
