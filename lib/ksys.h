/* lib/ksys.h - the door: system calls to a kernel-stub
 *
 * Every tool reaches a kernel through these functions and nothing else. Which transport
 * carries the calls is chosen when the program is linked: ksys_remote.c (through kstubd
 * or kstub-sim, the default) or ksys_native.c (int $0x80, for programs that run in the
 * guest).
 *
 * Interface:
 *  - ksys_open() once; then any call; ksys_close() at the end.
 *  - A failure of the transport itself (no kernel running, kernel gone in the middle) is
 *    -ENOTCONN resp. -EPIPE from every function; ksys_why() has the sentence for the
 *    user.
 *  - All other errors are the kernel's own, negative.
 *  - ksys_run() takes many calls and costs one round trip.
 */
#ifndef KSYS_H
#define KSYS_H

#include <signal.h>
#include <stdbool.h>
#include "abi/gateway.h"
#include "abi/module.h"

struct ksys_arg {
	enum gw_kind kind;
	uint32_t value; /* GW_VALUE, GW_RESULT */
	void *buf;	/* GW_IN, GW_OUT, GW_INOUT: caller's */
	uint32_t len;	/* of buf */
};

struct ksys_call {
	uint32_t nr;
	uint32_t nargs;
	struct ksys_arg arg[GW_MAX_ARGS];
	int32_t result; /* set by ksys_run */
};

/* Connect. Returns 0, -ENOTCONN (nobody serves; see ksys_why), -ENOMEM.
 * MODTOOLS_TRACE=ksys in the environment prints every call on stderr. */
int ksys_open(void);
void ksys_close(void);

/* Remote only: the directory of the kernel ksys_open() goes to ($KSTUB and its defaults), as
 * snprintf() puts it into dir[room]; or -EPERM: it belongs to somebody else. */
int ksys_dir(char *dir, size_t room);

/* A sentence about the last transport failure, never NULL. If the kernel died, lines with
 * the end of its console follow. */
const char *ksys_why(void);

/* Run n calls in order in one round trip, filling result and out buffers of each.
 * Returns 0 or a transport error; the calls' own errors are in their results. */
int ksys_run(struct ksys_call *calls, size_t n);

/* While *flag is not 0 (a signal handler set it) a wait for an answer ends with -EINTR.
 * The answer is lost and the door closed; what the calls did is unknown. NULL: never. */
void ksys_interrupt_by(const volatile sig_atomic_t *flag);

/* Did `err` come from the transport (the door is closed now), not from the kernel? */
bool ksys_is_down(int err);

/* What to tell the user about an error of these functions: ksys_why() or strerror. */
const char *ksys_strerror(int err);

/* Round trips since ksys_open(). */
unsigned long ksys_round_trips(void);

/* Shorthand for building calls. Strings are sent with their NUL. */
struct ksys_arg ksys_val(uint32_t value);
struct ksys_arg ksys_str(const char *s); /* NULL is a null pointer */
struct ksys_arg ksys_in(const void *buf, uint32_t len);
struct ksys_arg ksys_out(void *buf, uint32_t len);
struct ksys_arg ksys_res(uint32_t call_index);

/* The module calls, each one round trip. Return 0 or -errno. */
int ksys_create_module(const char *name, uint32_t size, tgt_addr *addr);
int ksys_init_module(const char *name, const void *image, uint32_t size);
int ksys_delete_module(const char *name); /* NULL: sweep the idle autoclean modules */

/* Files in the kernel's world (a /proc file, a device). Return the fd, byte count or
 * 0, else -errno. ksys_read_file: whole file, NUL added after it, *buf malloced. */
int ksys_file_open(const char *path, int flags);
long ksys_file_read(int fd, void *buf, uint32_t len);
long ksys_file_write(int fd, const void *buf, uint32_t len);
int ksys_file_close(int fd);
long ksys_read_file(const char *path, char **buf);

/* One line of abi/syscalls.def. */
struct ksys_desc {
	uint32_t nr;
	const char *name;
	bool remote;	  /* may travel through the gateway */
	const char *args; /* a letter each, see abi/syscalls.def */
};

/* The calls, sorted by number: the i-th, or NULL after the last. */
const struct ksys_desc *ksys_desc(size_t i);
const struct ksys_desc *ksys_desc_by_nr(uint32_t nr);
const struct ksys_desc *ksys_desc_by_name(const char *name);

/* The numbers of the calls: KSYS_create_module and so on. */
enum ksys_nr {
#define SYSCALL(number, name, remote, arguments) KSYS_##name = number,
#include "abi/syscalls.def"
#undef SYSCALL
};

#endif
