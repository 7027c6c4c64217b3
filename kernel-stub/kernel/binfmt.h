/* kernel/binfmt.h - the table of program formats, within the kernel */
#ifndef KERNEL_BINFMT_H
#define KERNEL_BINFMT_H

#include <linux/binfmts.h>

struct text;

/* Have some format load the program; -ENOEXEC if none can, even after a request for a
 * module. */
int search_binary_handler(struct linux_binprm *bprm, struct pt_regs *regs);

void exec_init(void); /* exec.c: the formats of the kernel itself */

/* The module leaves: forget its formats. Returns how many there were. */
int binfmt_forget(const struct module *owner);
int binfmt_show(
	struct text *t); /* /proc/binfmts: a line each, newest first: its module */

#endif
