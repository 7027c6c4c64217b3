/* user/frame.h - take a GW_CALLS payload apart, and put a GW_REPLY payload together
 *
 * Pure functions over buffers, shared by gatewayd (ring 3, no C library) and kstub-sim;
 * the format is abi/gateway.h. A server does, for each frame:
 *
 *	n = frame_check(payload, len, &why);		negative: answer GW_ERROR
 *	put n as the reply's first word
 *	for (frame_first(&f, payload, len); frame_next(&f, &call);)
 *		have frame_scratch(&call) bytes of memory that end at `end`
 *		r = frame_bind(&call, results, end, args);
 *		result[i] = r ? r : the system call(call.nr, args);
 *		have frame_room(&call) bytes left in the reply
 *		reply += frame_answer(&call, result[i], end, reply);
 *
 * The buffers the kernel writes to lie in the scratch memory, right up to its end. A
 * server that puts an unmapped page there makes a call that writes past its buffer get
 * -EFAULT.
 */
#ifndef USER_FRAME_H
#define USER_FRAME_H

#include <stdbool.h>
#include "abi/gateway.h"

struct frame {
	const unsigned char *at;
	uint32_t left; /* calls */
};

struct frame_call {
	uint32_t nr, nargs;
	struct {
		uint32_t kind, value;
		const unsigned char *bytes; /* in the payload: GW_IN, GW_INOUT */
	} arg[GW_MAX_ARGS];
};

/* Is it the header of a frame? 0, -EPROTO (no magic: the stream is out of step, hang up)
 * or -EMSGSIZE (payload above GW_MAX_PAYLOAD). */
int frame_header(const struct gw_header *h);

/* Check a whole payload once; nothing below checks again. Returns the number of calls, or
 * -EINVAL or -E2BIG and a text in *why. */
int frame_check(const void *payload, uint32_t len, const char **why);

/* Walk a checked payload. */
void frame_first(struct frame *f, const void *payload);
bool frame_next(struct frame *f, struct frame_call *call);

/* What the arguments of system call `nr` are, one letter each (abi/syscalls.def), or NULL
 * if there is none that may travel. */
const char *frame_letters(uint32_t nr);

/* Bytes of scratch memory the call needs; bytes its answer takes at most. */
uint32_t frame_scratch(const struct frame_call *call);
uint32_t frame_room(const struct frame_call *call);

/* Make the arguments: numbers, results of earlier calls, pointers into the payload and
 * the scratch memory that ends at `end`, which is filled in. Returns 0, or the error to
 * answer without calling: -ENOSYS, -EINVAL (number of arguments, a buffer where a number
 * belongs) or -EFAULT (a number where a pointer belongs; a string that does not end). */
int frame_bind(const struct frame_call *call, const int32_t *results, unsigned char *end,
	       uintptr_t args[GW_MAX_ARGS]);

/* Write the answer to one call; returns its length in bytes, a multiple of four. */
uint32_t frame_answer(const struct frame_call *call, int32_t result,
		      const unsigned char *end, unsigned char *reply);

#endif
