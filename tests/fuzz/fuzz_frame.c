/* tests/fuzz/fuzz_frame.c - any bytes as a GW_CALLS payload
 *
 * Runs the steps of a server (user/frame.h) with buffers of exactly the promised size. What
 * was accepted must come out as a well-formed reply.
 */
#include <stdlib.h>
#include <string.h>

#include "user/frame.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void demand(bool good)
{
	if (!good)
		abort();
}

static uint32_t get32(const unsigned char *p)
{
	uint32_t v;

	memcpy(&v, p, 4);
	return v;
}

/* The kernel's part: fill what may be written, read what may be read. */
static int32_t play_kernel(const struct frame_call *call, const uintptr_t *args)
{
	uint32_t sum = 0;

	for (uint32_t i = 0; i < call->nargs; i++) {
		unsigned char *p = (unsigned char *)args[i];
		uint32_t kind = call->arg[i].kind;

		if (kind == GW_VALUE || kind == GW_RESULT)
			continue;
		for (uint32_t k = 0; k < call->arg[i].value; k++) {
			sum += p[k];
			if (kind != GW_IN && k % 3 == 0)
				p[k] = k;
		}
	}
	return sum;
}

/* One answer: result, then each buffer with its length and padding of zeros. */
static void check_answer(const struct frame_call *call, const unsigned char *at,
			 uint32_t len)
{
	uint32_t off = 4, n;

	for (uint32_t i = 0; i < call->nargs; i++) {
		if (call->arg[i].kind != GW_OUT && call->arg[i].kind != GW_INOUT)
			continue;
		demand(off + 4 <= len);
		n = get32(at + off);
		demand(n <= call->arg[i].value && off + 4 + n <= len);
		demand(!n || at[off + 4 + n - 1]);
		for (off += 4 + n; off % 4; off++)
			demand(off < len && !at[off]);
	}
	demand(off == len && len <= frame_room(call));
}

static int32_t serve(const struct frame_call *call, const int32_t *results)
{
	uint32_t need = frame_scratch(call), len;
	unsigned char *scratch = malloc(need ? need : 1);
	unsigned char *reply = malloc(frame_room(call));
	uintptr_t args[GW_MAX_ARGS];
	int32_t result;

	demand(scratch && reply);
	result = frame_bind(call, results, scratch + need, args);
	if (!result)
		result = play_kernel(call, args);
	len = frame_answer(call, result, scratch + need, reply);
	demand((int32_t)get32(reply) == result);
	check_answer(call, reply, len);
	free(scratch);
	free(reply);
	return result;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	unsigned char *payload = malloc(size ? size : 1);
	const char *why = NULL;
	struct frame_call call;
	struct frame frame;
	int32_t *results;
	int n, done = 0;

	demand(payload);
	memcpy(payload, data, size);
	n = frame_check(payload, size, &why);
	demand(n >= 0 || (why && *why));
	if (n >= 0) {
		results = calloc(n + 1, sizeof(*results));
		demand(results);
		for (frame_first(&frame, payload); frame_next(&frame, &call); done++)
			results[done] = serve(&call, results);
		demand(done == n);
		free(results);
	}
	free(payload);
	return 0;
}
