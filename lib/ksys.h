/* lib/ksys.h - the door: system calls to a kernel-stub
 *
 * Every tool reaches a kernel through these functions and nothing else. Which transport
 * carries the calls is chosen when the program is linked: ksys_remote.c (through kstubd or
 * kstub-sim, the default) or ksys_native.c (int $0x80, for programs that run in the guest).
 *
 * Interface:
 *  - ksys_open() once; then any call; ksys_close() at the end.
 *  - A failure of the transport itself (no kernel running, kernel gone in the middle) is
 *    -ENOTCONN resp. -EPIPE from every function; ksys_why() has the sentence for the user.
 *  - All other errors are the kernel's own, negative.
 *  - ksys_run() takes many calls and costs one round trip.
 */
#ifndef KSYS_H
#define KSYS_H

#include <stdbool.h>
#include "abi/gateway.h"
#include "abi/module.h"

struct ksys_arg {
	enum gw_kind kind;
	uint32_t value;  /* GW_VALUE, GW_RESULT */
	void *buf;       /* GW_IN, GW_OUT, GW_INOUT: caller's */
	uint32_t len;    /* of buf */
};

struct ksys_call {
	uint32_t nr;
	uint32_t nargs;
	struct ksys_arg arg[GW_MAX_ARGS];
	int32_t result; /* set by ksys_run */
};

/* Connect. Returns 0, -ENOTCONN (nobody serves; see ksys_why), -ENOMEM. */
int ksys_open(void);
void ksys_close(void);

/* One line about the last transport failure, never NULL. */
const char *ksys_why(void);

/* Run n calls in order in one round trip, filling result and out buffers of each.
 * Returns 0 or a transport error; the calls' own errors are in their results. */
int ksys_run(struct ksys_call *calls, size_t n);

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

#endif
