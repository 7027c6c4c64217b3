/* kernel/panic.h - when the kernel cannot go on: say all that is known, leave QEMU
 *
 * panic() itself is in linux/kernel.h.
 */
#ifndef KERNEL_PANIC_H
#define KERNEL_PANIC_H

#include <linux/types.h>

struct module;
struct pt_regs;
struct text;

/* Values written to isa-debug-exit; QEMU's exit status is 2 * value + 1. */
#define POWEROFF_CLEAN 0x10 /* 33 */
#define POWEROFF_PANIC 0x3f /* 127 */
void poweroff(int status) __attribute__((noreturn));

/* Report an exception in ring 0: registers, stack, call chain, code, modules. esp: where
 * its stack was. m: the module whose end it is, NULL if it is the kernel's. Of those that
 * only end a module the console shows a few at a time; the log has them all. */
void oops(const char *what, const struct pt_regs *regs, unsigned long esp,
	  unsigned long error, const struct module *m);
extern bool oops_reported; /* one is being reported, or was the kernel's last */

/* Registers, code bytes and call chain in the log. */
void show_regs(const struct pt_regs *regs);
/* The call chain that starts with frame pointer ebp, each as `function+0x1c/0x40
 * [module]`. */
void show_chain(unsigned long ebp);

/* A value of the kernel command line: of `name=value` the value, of a bare `name` "",
 * else NULL. */
const char *cmdline_get(const char *name);
void cmdline_init(const char *text);
int cmdline_show(struct text *t); /* /proc/cmdline */

/* `name+0xoff/0xsize` of a function of the kernel or a module, `0x...` if it is neither;
 * returns buf. */
char *symname(char *buf, size_t size, unsigned long addr);
#define SYMNAME_MAX 128
/* The same for a return address: the function that made the call, even if the call was
 * the last thing in it. */
char *symname_call(char *buf, size_t size, unsigned long return_address);
/* Does addr lie in code of the kernel or of a module? */
bool is_code(unsigned long addr);

#endif
