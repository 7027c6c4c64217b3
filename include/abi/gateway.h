/* abi/gateway.h - frames that carry system calls from a tool to the kernel
 *
 * The same frame travels on both legs: tool <-> kstubd (or kstub-sim) on a unix stream
 * socket, and kstubd <-> gatewayd on a virtio-serial port. All numbers are 32-bit little
 * endian. A stream is a sequence of frames: struct gw_header, then `len` bytes.
 *
 * A tool sends GW_CALLS and gets one GW_REPLY or GW_ERROR with the same seq; it has at most
 * one frame under way. kstubd fills in `client` (a tool sends 0) and brackets the frames of
 * each client with GW_HELLO and GW_BYE; a tool never sees those.
 *
 * GW_CALLS payload: u32 ncalls, then each call:
 *	struct gw_call, then nargs times struct gw_arg, each followed by its data (GW_IN,
 *	GW_INOUT: `value` bytes, padded with zeros to a multiple of four).
 * The calls run in order, all of them, whatever the results.
 *
 * One number is the gateway's own, not the kernel's: GW_SPAWN (strings, argc, fds, size)
 * starts a program for the client. `strings` (GW_IN) are argc arguments, then the
 * environment, each with its NUL; argv[0] without '/' is looked for in the usual folders.
 * `fds` (GW_OUT, 12 bytes) gets three descriptors of the client's process, which do not
 * block: what is written to the first is the program's standard input, the others are its
 * output and error. If `size` is not 0 the program gets a terminal of rows << 16 | columns
 * instead, which ends with the client: the first two descriptors are its master, the third is
 * -1. The result is the number of the process; it is a child for waitpid(2), and kill(0, ...)
 * reaches it and its children unless it has a terminal. All of them end with the client. A
 * server without programs answers -ENOSYS.
 *
 * GW_REPLY payload: u32 ncalls, then each call: s32 result (-errno or the value), then for
 *	every GW_OUT and GW_INOUT argument in order: u32 len, len bytes, padding to four.
 *	Buffers are zero-filled before the call and sent without their trailing zero bytes;
 *	the receiver clears what was not sent.
 */
#ifndef ABI_GATEWAY_H
#define ABI_GATEWAY_H

#include "abi/types.h"

#define GW_MAGIC 0x3147534bu /* "KSG1" */

/* Limits a receiver enforces; beyond them the frame is answered with GW_ERROR. */
#define GW_MAX_PAYLOAD (32u << 20)
#define GW_MAX_CALLS   8192u
#define GW_MAX_ARGS    6u
/* Clients at a time; kstubd lets others wait for their turn. */
#define GW_MAX_CLIENTS 128u

/* The number of GW_SPAWN, above all system calls. */
#define GW_SPAWN 0x10000u

/* An option of prctl(2), for the superuser: if arg2 is not 0, want of memory ends the caller
 * only when there is nobody else it could end. Its children begin without. */
#define GW_PR_SPARE 0x52505347

struct gw_header {
	uint32_t magic;
	uint32_t type; /* enum gw_type */
	uint32_t client;
	uint32_t seq; /* chosen by the sender of the request, returned in the answer */
	uint32_t len; /* of the payload, bytes */
};

enum gw_type {
	GW_HELLO = 1, /* kstubd -> guest: a client came; payload struct gw_hello */
	GW_BYE = 2,   /* kstubd -> guest: it went away; no payload, no answer */
	GW_CALLS = 3, /* run these calls */
	GW_REPLY = 4, /* their results */
	GW_ERROR = 5, /* it was not run; payload: u32 errno, then text, not terminated */
	GW_READY = 6, /* guest -> kstubd, once: gatewayd serves */
};

struct gw_hello {
	uint32_t uid, gid, pid; /* SO_PEERCRED of the tool on the host */
	uint32_t request; /* of kerneld, for which it works; 0: for none (kerneld.h) */
};

struct gw_call {
	uint32_t nr; /* Linux i386 system call number */
	uint32_t nargs;
};

struct gw_arg {
	uint32_t kind; /* enum gw_kind */
	uint32_t value;
};

enum gw_kind {
	/* the number `value`; for a pointer argument only 0 (NULL) or a kernel address, which
	 * the kernel refuses; others are answered -EFAULT */
	GW_VALUE = 0,
	GW_IN = 1,     /* pointer to `value` bytes that follow */
	GW_OUT = 2,    /* pointer to `value` zeroed bytes, sent back */
	GW_INOUT = 3,  /* pointer to `value` bytes that follow, sent back */
	GW_RESULT = 4, /* the result of call number `value` (0 based) of this frame */
};

_Static_assert(sizeof(struct gw_header) == 20, "gw_header");

#endif
