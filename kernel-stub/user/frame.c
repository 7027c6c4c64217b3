/* user/frame.c - GW_CALLS payloads to arguments, results to GW_REPLY payloads */
#include "user/frame.h"

#include "abi/module.h"

enum {
#define E(number, name, text) name = number,
#include "abi/errno.def"
#undef E
};

static const struct {
	uint32_t nr;
	char remote;
	const char *letters;
} calls[] = {
#define N				   'N'
#define R				   'R'
#define SYSCALL(nr, name, remote, letters) {nr, remote, letters},
#include "abi/syscalls.def"
	SYSCALL(GW_SPAWN, spawn, R, "ivox")
#undef SYSCALL
#undef N
#undef R
};

static uint32_t get32(const unsigned char *p)
{
	return p[0] | p[1] << 8 | p[2] << 16 | (uint32_t)p[3] << 24;
}

static void put32(unsigned char *p, uint32_t v)
{
	for (int i = 0; i < 4; i++)
		p[i] = v >> 8 * i;
}

static uint32_t padded(uint32_t len)
{
	return (len + 3) & ~3u;
}

static bool carries_bytes(uint32_t kind)
{
	return kind == GW_IN || kind == GW_INOUT;
}

static bool comes_back(uint32_t kind)
{
	return kind == GW_OUT || kind == GW_INOUT;
}

int frame_header(const struct gw_header *h)
{
	if (h->magic != GW_MAGIC)
		return -EPROTO;
	return h->len > GW_MAX_PAYLOAD ? -EMSGSIZE : 0;
}

/* One argument at `at` with `left` bytes: its whole length, or 0 with *why set. */
static uint32_t check_arg(const unsigned char *at, uint32_t left, uint32_t call,
			  const char **why)
{
	uint32_t kind, value;

	*why = "frame ends within an argument";
	if (left < sizeof(struct gw_arg))
		return 0;
	kind = get32(at);
	value = get32(at + 4);
	left -= sizeof(struct gw_arg);
	if (carries_bytes(kind) && (value > GW_MAX_PAYLOAD || padded(value) > left))
		return 0;
	*why = "unknown kind of argument";
	if (kind > GW_RESULT)
		return 0;
	*why = "buffers too large";
	if (kind == GW_OUT && value > GW_MAX_PAYLOAD)
		return 0;
	*why = "result of a call that has not run";
	if (kind == GW_RESULT && value >= call)
		return 0;
	return sizeof(struct gw_arg) + (carries_bytes(kind) ? padded(value) : 0);
}

/* One call: its whole length, or 0 with *why set. */
static uint32_t check_call(const unsigned char *at, uint32_t left, uint32_t call,
			   const char **why)
{
	uint32_t nargs, n, out = 0, len = sizeof(struct gw_call);

	*why = "frame ends within a call";
	if (left < len)
		return 0;
	nargs = get32(at + 4);
	*why = "too many arguments";
	if (nargs > GW_MAX_ARGS)
		return 0;
	for (uint32_t i = 0; i < nargs; i++) {
		n = check_arg(at + len, left - len, call, why);
		if (!n)
			return 0;
		if (comes_back(get32(at + len)))
			out += get32(at + len + 4);
		*why = "buffers too large";
		if (out > GW_MAX_PAYLOAD)
			return 0;
		len += n;
	}
	return len;
}

int frame_check(const void *payload, uint32_t len, const char **why)
{
	const unsigned char *at = payload;
	uint32_t ncalls, n;

	*why = "frame without calls";
	if (len < 4)
		return -EINVAL;
	ncalls = get32(at);
	*why = "too many calls";
	if (ncalls > GW_MAX_CALLS)
		return -E2BIG;
	at += 4;
	len -= 4;
	for (uint32_t call = 0; call < ncalls; call++) {
		n = check_call(at, len, call, why);
		if (!n)
			return -EINVAL;
		at += n;
		len -= n;
	}
	*why = "bytes after the last call";
	return len ? -EINVAL : (int)ncalls;
}

void frame_first(struct frame *f, const void *payload)
{
	f->at = (const unsigned char *)payload + 4;
	f->left = get32(payload);
}

bool frame_next(struct frame *f, struct frame_call *call)
{
	if (!f->left)
		return false;
	f->left--;
	call->nr = get32(f->at);
	call->nargs = get32(f->at + 4);
	f->at += sizeof(struct gw_call);
	for (uint32_t i = 0; i < call->nargs; i++) {
		call->arg[i].kind = get32(f->at);
		call->arg[i].value = get32(f->at + 4);
		f->at += sizeof(struct gw_arg);
		call->arg[i].bytes = f->at;
		if (carries_bytes(call->arg[i].kind))
			f->at += padded(call->arg[i].value);
	}
	return true;
}

const char *frame_letters(uint32_t nr)
{
	for (size_t i = 0; i < sizeof(calls) / sizeof(calls[0]); i++)
		if (calls[i].nr == nr)
			return calls[i].remote == 'R' ? calls[i].letters : NULL;
	return NULL;
}

uint32_t frame_scratch(const struct frame_call *call)
{
	uint32_t n = 0;

	for (uint32_t i = 0; i < call->nargs; i++)
		if (comes_back(call->arg[i].kind))
			n += call->arg[i].value;
	return n;
}

uint32_t frame_room(const struct frame_call *call)
{
	uint32_t n = 4;

	for (uint32_t i = 0; i < call->nargs; i++)
		if (comes_back(call->arg[i].kind))
			n += 4 + padded(call->arg[i].value);
	return n;
}

/* A string has its NUL, or is as long as any the kernel reads. */
static bool string_ends(const unsigned char *s, uint32_t len)
{
	if (len >= TGT_MODULE_NAME_MAX)
		return true;
	while (len && s[len - 1])
		len--;
	return len > 0;
}

/* NULL, or an address the kernel refuses by itself; never one in the server's own memory.
 */
static int check_pointer(uint32_t value)
{
	return value == 0 || value >= 0xc0000000u ? 0 : -EFAULT;
}

/* The argument as a pointer to `len` bytes of ours; those of the kernel start at
 * *scratch. */
static uintptr_t bind_buffer(uint32_t kind, const unsigned char *bytes, uint32_t len,
			     unsigned char **scratch)
{
	unsigned char *p = *scratch;

	if (kind == GW_IN)
		return (uintptr_t)bytes;
	if (kind == GW_INOUT)
		__builtin_memcpy(p, bytes, len);
	*scratch += len;
	return (uintptr_t)p;
}

int frame_bind(const struct frame_call *call, const int32_t *results, unsigned char *end,
	       uintptr_t args[GW_MAX_ARGS])
{
	const char *letters = frame_letters(call->nr);
	unsigned char *scratch = end - frame_scratch(call);
	int error = 0;

	__builtin_memset(scratch, 0, end - scratch);
	if (!letters)
		return -ENOSYS;
	for (uint32_t i = 0; i < GW_MAX_ARGS; i++)
		args[i] = 0;
	for (uint32_t i = 0; i < call->nargs; i++) {
		uint32_t kind = call->arg[i].kind, value = call->arg[i].value;
		bool number = letters[i] == 'v' || letters[i] == 'x' || letters[i] == 'f';

		if (!letters[i])
			return -EINVAL;
		if (kind == GW_VALUE || kind == GW_RESULT) {
			args[i] = kind == GW_VALUE ? value : (uint32_t)results[value];
			if (!number && !error)
				error = check_pointer(args[i]);
			continue;
		}
		if (number)
			return -EINVAL;
		args[i] = bind_buffer(kind, call->arg[i].bytes, value, &scratch);
		if (letters[i] == 's' && !error &&
		    !string_ends((const unsigned char *)args[i], value))
			error = -EFAULT;
	}
	return letters[call->nargs] ? -EINVAL : error;
}

/* Length without the zeros at the end; most of a large buffer is often zeros. */
static uint32_t trimmed(const unsigned char *p, uint32_t len)
{
	uint64_t word;

	for (; len && (uintptr_t)(p + len) % sizeof(word); len--)
		if (p[len - 1])
			return len;
	for (; len >= sizeof(word); len -= sizeof(word)) {
		__builtin_memcpy(&word, p + len - sizeof(word), sizeof(word));
		if (word)
			break;
	}
	while (len && !p[len - 1])
		len--;
	return len;
}

uint32_t frame_answer(const struct frame_call *call, int32_t result,
		      const unsigned char *end, unsigned char *reply)
{
	const unsigned char *scratch = end - frame_scratch(call);
	unsigned char *at = reply;
	uint32_t len;

	put32(at, result);
	at += 4;
	for (uint32_t i = 0; i < call->nargs; i++) {
		if (!comes_back(call->arg[i].kind))
			continue;
		len = trimmed(scratch, call->arg[i].value);
		put32(at, len);
		if (len & 3)
			put32(at + 4 + (len & ~3u), 0); /* the padding */
		__builtin_memcpy(at + 4, scratch, len);
		at += 4 + padded(len);
		scratch += call->arg[i].value;
	}
	return at - reply;
}
