/* lib/ksys.c - the door: what is the same with every transport */
#include "ksys.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "ksys_trace.h"
#include "ksys_transport.h"

static const struct ksys_desc descs[] = {
#define R					 true
#define N					 false
#define SYSCALL(number, name, remote, arguments) {number, #name, remote, arguments},
#include "abi/syscalls.def"
#undef SYSCALL
#undef R
#undef N
};

static struct {
	bool is_open, trace;
	unsigned long round_trips;
	const volatile sig_atomic_t *interrupt;
	char why[4096]; /* may hold the end of a dead kernel's console */
} door;

const struct ksys_desc *ksys_desc(size_t i)
{
	return i < sizeof(descs) / sizeof(descs[0]) ? &descs[i] : NULL;
}

const struct ksys_desc *ksys_desc_by_nr(uint32_t nr)
{
	const struct ksys_desc *d;

	for (size_t i = 0; (d = ksys_desc(i)); i++)
		if (d->nr == nr)
			return d;
	return NULL;
}

const struct ksys_desc *ksys_desc_by_name(const char *name)
{
	const struct ksys_desc *d;

	for (size_t i = 0; (d = ksys_desc(i)); i++)
		if (!strcmp(d->name, name))
			return d;
	return NULL;
}

void ksys_set_why(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(door.why, sizeof(door.why), fmt, ap);
	va_end(ap);
}

const char *ksys_why(void)
{
	return door.why;
}

void ksys_interrupt_by(const volatile sig_atomic_t *flag)
{
	door.interrupt = flag;
}

bool ksys_interruptible(void)
{
	return door.interrupt != NULL;
}

bool ksys_interrupted(void)
{
	return door.interrupt && *door.interrupt;
}

bool ksys_is_down(int err)
{
	return err < 0 && !door.is_open;
}

const char *ksys_strerror(int err)
{
	return ksys_is_down(err) ? ksys_why() : strerror(-err);
}

/* Is `word` in the comma separated list of MODTOOLS_TRACE? */
static bool traced(const char *word)
{
	const char *list = getenv("MODTOOLS_TRACE");
	size_t len = strlen(word);

	while (list && *list) {
		size_t n = strcspn(list, ",");

		if (n == len && !memcmp(list, word, len))
			return true;
		list += n + (list[n] == ',');
	}
	return false;
}

int ksys_open(void)
{
	int err;

	if (door.is_open)
		return 0;
	err = transport_open();
	if (err)
		return err;
	door.is_open = true;
	door.trace = traced("ksys");
	return 0;
}

void ksys_close(void)
{
	if (door.is_open)
		transport_close();
	door.is_open = false;
}

unsigned long ksys_round_trips(void)
{
	return door.round_trips;
}

int ksys_run(struct ksys_call *calls, size_t n)
{
	int err;

	if (!door.is_open) {
		ksys_set_why("the connection to the kernel is not open");
		return -ENOTCONN;
	}
	if (n == 0)
		return 0;
	if (n > GW_MAX_CALLS)
		return -E2BIG;
	door.round_trips++;
	err = transport_run(calls, n);
	if (err == -EPIPE || err == -EINTR)
		ksys_close();
	if (door.trace && !err) {
		fprintf(stderr, "# round trip %lu: %zu call%s\n", door.round_trips, n,
			n == 1 ? "" : "s");
		for (size_t i = 0; i < n; i++)
			ksys_trace_call(stderr, &calls[i]);
	}
	return err;
}

struct ksys_arg ksys_val(uint32_t value)
{
	return (struct ksys_arg){.kind = GW_VALUE, .value = value};
}

struct ksys_arg ksys_str(const char *s)
{
	return s ? ksys_in(s, strlen(s) + 1) : ksys_val(0);
}

struct ksys_arg ksys_in(const void *buf, uint32_t len)
{
	return (struct ksys_arg){.kind = GW_IN, .buf = (void *)buf, .len = len};
}

struct ksys_arg ksys_out(void *buf, uint32_t len)
{
	return (struct ksys_arg){.kind = GW_OUT, .buf = buf, .len = len};
}

struct ksys_arg ksys_res(uint32_t call_index)
{
	return (struct ksys_arg){.kind = GW_RESULT, .value = call_index};
}

/* One call, one round trip: its result, or the transport's error. */
static int32_t run_one(struct ksys_call *c)
{
	int err = ksys_run(c, 1);

	return err ? err : c->result;
}

int ksys_create_module(const char *name, uint32_t size, tgt_addr *addr)
{
	struct ksys_call c = {KSYS_create_module, 2, {ksys_str(name), ksys_val(size)}, 0};
	int32_t result = run_one(&c);

	if (TGT_IS_ERROR(result))
		return result;
	*addr = (tgt_addr)result;
	return 0;
}

int ksys_init_module(const char *name, const void *image, uint32_t size)
{
	struct ksys_call c = {
		KSYS_init_module, 2, {ksys_str(name), ksys_in(image, size)}, 0};

	return run_one(&c);
}

int ksys_delete_module(const char *name)
{
	struct ksys_call c = {KSYS_delete_module, 1, {ksys_str(name)}, 0};

	return run_one(&c);
}

int ksys_file_open(const char *path, int flags)
{
	struct ksys_call c = {
		KSYS_open, 3, {ksys_str(path), ksys_val(flags), ksys_val(0)}, 0};

	return run_one(&c);
}

long ksys_file_read(int fd, void *buf, uint32_t len)
{
	struct ksys_call c = {
		KSYS_read, 3, {ksys_val(fd), ksys_out(buf, len), ksys_val(len)}, 0};

	return run_one(&c);
}

long ksys_file_write(int fd, const void *buf, uint32_t len)
{
	struct ksys_call c = {
		KSYS_write, 3, {ksys_val(fd), ksys_in(buf, len), ksys_val(len)}, 0};

	return run_one(&c);
}

int ksys_file_close(int fd)
{
	struct ksys_call c = {KSYS_close, 1, {ksys_val(fd)}, 0};

	return run_one(&c);
}

/* Read fd on to its end, in pieces that double; *len bytes are there. */
static long read_to_end(int fd, char **buf, size_t len, size_t room)
{
	char *more;
	long n;

	for (;;) {
		if (len == room) {
			room *= 2;
			more = room > GW_MAX_PAYLOAD ? NULL : realloc(*buf, room + 1);
			if (!more)
				return -EFBIG;
			*buf = more;
		}
		n = ksys_file_read(fd, *buf + len, room - len);
		if (n <= 0)
			return n < 0 ? n : (long)len;
		len += n;
	}
}

long ksys_read_file(const char *path, char **buf)
{
	size_t room = 64 * 1024;
	struct ksys_call c[] = {
		{KSYS_open, 3, {ksys_str(path), ksys_val(0), ksys_val(0)}, -EBADF},
		{KSYS_read, 3, {ksys_res(0), {0}, ksys_val(room)}, 0},
	};
	long n;

	*buf = malloc(room + 1);
	if (!*buf)
		return -ENOMEM;
	c[1].arg[1] = ksys_out(*buf, room);
	n = ksys_run(c, 2);
	if (!n)
		n = c[0].result < 0 ? c[0].result : c[1].result;
	if (n > 0) /* the end is only where a read finds nothing */
		n = read_to_end(c[0].result, buf, n, room);
	if (!ksys_is_down(n) && c[0].result >= 0)
		ksys_file_close(c[0].result);
	if (n < 0) {
		free(*buf);
		*buf = NULL;
		return n;
	}
	(*buf)[n] = '\0';
	return n;
}
