/* tests/fuzz/fuzz_gateway.c - random module system calls, and damaged frames, at a kernel
 *
 *	fuzz_gateway CALLS [SEED]	the kernel is the one $KSTUB names; no module is loaded
 *
 * The kernel has to answer all of it, to unload every module in the end, and to have the
 * memory again that it had. Images hold real code, which only returns; their headers and
 * tables are damaged in every way that does not make the kernel run something else. Prints
 * how often each call succeeded; ends with status 1 where something is not as it should be.
 */
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>
#include "ksys.h"

#define BATCH	  60 /* calls a frame */
#define FEW	  6  /* calls of a frame that is damaged */
#define MODULES	  6
#define PATIENCE  60 /* seconds for an answer, or for memory to come back */
#define FRAME_MAX (64u << 10)

/* An image: the header, then at fixed offsets what it points to. */
#define IMAGE_SIZE    2048u
#define IMAGE_NAME    192u
#define IMAGE_SYMS    256u /* 16 */
#define IMAGE_DEPS    384u /* 8 */
#define IMAGE_TABLE   480u /* of exceptions, 4 */
#define IMAGE_CODE    512u /* not damaged */
#define IMAGE_INIT    512u
#define IMAGE_CLEANUP 528u
#define IMAGE_BUSY    544u
#define IMAGE_STRINGS 1024u

union image {
	struct tgt_module h;
	uint32_t word[IMAGE_SIZE / 4];
	unsigned char bytes[IMAGE_SIZE];
};

static struct module {
	const char *name;
	tgt_addr base; /* where it was last created */
} modules[MODULES] = {{"a", 0},	   {"b", 0}, {"c", 0}, {"d0", 0}, {"a-longer-name", 0},
		      {"x y/z", 0}};

static uint32_t state;
static unsigned long made[512], succeeded[512];
static union image images[BATCH]; /* of the frame under way */
static char buffers[BATCH][4096];
static size_t nimages;

static uint32_t rnd(void)
{
	state ^= state << 13; /* Marsaglia's xorshift32 */
	state ^= state >> 17;
	state ^= state << 5;
	return state;
}

static void __attribute__((noreturn, format(printf, 1, 2))) fail(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	fputs("fuzz_gateway: ", stdout);
	vprintf(fmt, ap);
	putchar('\n');
	va_end(ap);
	exit(1);
}

static struct module *any_module(void)
{
	return &modules[rnd() % MODULES];
}

/* --- images -------------------------------------------------------------------------- */

/* Numbers that matter for a module at `base`, or any. */
static uint32_t number(tgt_addr base)
{
	static const uint32_t edges[] = {0,	     1,		 4,	     59,
					 60,	     96,	 161,	     0x7fffffff,
					 0x80000000, 0xffffffff, 0xfffff000, 0xc0000000,
					 0xc0100000, 0xbfffffff, 0xffffffc4, 0x10000001};

	switch (rnd() % 6) {
	case 0:
		return base + rnd() % IMAGE_SIZE;
	case 1:
		return base + IMAGE_SIZE - rnd() % 16;
	case 2:
		return any_module()->base;
	case 3:
		return rnd() % 64;
	case 4:
		return edges[rnd() % (sizeof(edges) / sizeof(edges[0]))];
	}
	return rnd();
}

/* movl $value,%eax; ret */
static void put_function(union image *im, uint32_t off, uint32_t value)
{
	im->bytes[off] = 0xb8;
	memcpy(im->bytes + off + 1, &value, 4);
	im->bytes[off + 5] = 0xc3;
}

static void put_tables(union image *im, tgt_addr base)
{
	struct tgt_module_symbol sym = {.value = rnd(), .name = base + IMAGE_STRINGS};

	im->h.nsyms = rnd() % 4;
	im->h.syms = base + IMAGE_SYMS;
	strcpy((char *)im->bytes + IMAGE_STRINGS, "a_symbol");
	for (uint32_t i = 0; i < im->h.nsyms; i++)
		memcpy(im->bytes + IMAGE_SYMS + i * sizeof(sym), &sym, sizeof(sym));
	im->h.ndeps = rnd() % 3;
	im->h.deps = base + IMAGE_DEPS;
	for (uint32_t i = 0; i < im->h.ndeps; i++)
		im->word[IMAGE_DEPS / 4 + 3 * i] = any_module()->base;
}

/* Does the word hold the address of a function? What is there and is not refused is run. */
static bool is_function(uint32_t off)
{
	return off == offsetof(struct tgt_module, init) ||
	       off == offsetof(struct tgt_module, cleanup) ||
	       off == offsetof(struct tgt_module, can_unload);
}

static void damage_image(union image *im, tgt_addr base)
{
	uint32_t off, value;

	for (int n = rnd() % 4; n; n--) {
		off = rnd() % 2 ? rnd() % 40 * 4 : rnd() % IMAGE_CODE / 4 * 4;
		value = number(base);
		if (!is_function(off) || value - base >= IMAGE_SIZE)
			im->word[off / 4] = value;
	}
}

static union image *make_image(const struct module *m)
{
	union image *im = &images[nimages++];

	memset(im, 0, sizeof(*im));
	im->h.size_of_struct = TGT_MODULE_SIZE;
	im->h.name = m->base + IMAGE_NAME;
	im->h.size = IMAGE_SIZE;
	im->h.flags = rnd() % 4 ? 0 : TGT_MOD_AUTOCLEAN;
	im->h.init = rnd() % 8 ? m->base + IMAGE_INIT : 0;
	im->h.cleanup = rnd() % 8 ? m->base + IMAGE_CLEANUP : 0;
	im->h.can_unload = rnd() % 8 ? 0 : m->base + IMAGE_BUSY;
	im->h.ex_table_start = im->h.ex_table_end = m->base + IMAGE_TABLE;
	strcpy((char *)im->bytes + IMAGE_NAME, m->name);
	put_function(im, IMAGE_INIT, rnd() % 8 ? 0 : rnd());
	put_function(im, IMAGE_CLEANUP, rnd());
	put_function(im, IMAGE_BUSY, 0);
	put_tables(im, m->base);
	if (rnd() % 2)
		damage_image(im, m->base);
	return im;
}

/* --- calls --------------------------------------------------------------------------- */

static struct ksys_arg any_name(const struct module *m)
{
	static char endless[5000];

	switch (rnd() % 24) {
	case 0:
		return ksys_val(0xc0000000 + rnd() % (1 << 22));
	case 1:
		return ksys_str(NULL);
	case 2:
		return ksys_in(m->name, strlen(m->name)); /* not terminated */
	case 3:
		memset(endless, 'n', sizeof(endless));
		return ksys_in(endless, rnd() % sizeof(endless));
	}
	return ksys_str(m->name);
}

static struct ksys_arg any_buffer(size_t i)
{
	switch (rnd() % 16) {
	case 0:
		return ksys_val(0);
	case 1:
		return ksys_val(number(any_module()->base) | 0xc0000000);
	}
	return ksys_out(buffers[i], rnd() % 8 ? sizeof(buffers[i]) : rnd() % 64);
}

/* A call with nargs struct ksys_arg. */
static struct ksys_call call_of(uint32_t nr, uint32_t nargs, ...)
{
	struct ksys_call call = {.nr = nr, .nargs = nargs};
	va_list args;

	va_start(args, nargs);
	for (uint32_t i = 0; i < nargs; i++)
		call.arg[i] = va_arg(args, struct ksys_arg);
	va_end(args);
	return call;
}

static struct ksys_call query(size_t i, const struct module *m)
{
	static uint32_t ret[BATCH];
	struct ksys_arg buf = any_buffer(i);
	uint32_t size = rnd() % 8 ? buf.len : number(m->base);

	return call_of(KSYS_query_module, 5, any_name(m),
		       ksys_val(rnd() % 16 ? rnd() % 8 : rnd()), buf, ksys_val(size),
		       rnd() % 16 ? ksys_out(&ret[i], 4) : ksys_val(rnd() % 2));
}

static struct ksys_call any_call(size_t i)
{
	const struct module *m = any_module();
	union image *im;
	uint32_t size;

	switch (rnd() % 16) {
	case 0 ... 2:
		return call_of(KSYS_create_module, 2, any_name(m),
			       ksys_val(rnd() % 8 ? IMAGE_SIZE : number(100)));
	case 3 ... 7:
		im = make_image(m);
		/* cut short behind the code: for what is missing the kernel takes what
		 * follows in the frame, and would run it */
		size = rnd() % 16 ? IMAGE_SIZE : IMAGE_STRINGS + rnd() % IMAGE_STRINGS;
		return call_of(KSYS_init_module, 2, any_name(m), ksys_in(im, size));
	case 8 ... 10:
		return call_of(KSYS_delete_module, 1, any_name(m));
	case 11:
		return call_of(KSYS_get_kernel_syms, 1,
			       rnd() % 2 ? ksys_val(0) : any_buffer(i));
	}
	return query(i, m);
}

static void count(const struct ksys_call *calls, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		made[calls[i].nr]++;
		succeeded[calls[i].nr] += !TGT_IS_ERROR(calls[i].result);
	}
}

static void run(struct ksys_call *calls, size_t n)
{
	int err = ksys_run(calls, n);

	if (err)
		fail("%s", ksys_strerror(err));
	count(calls, n);
}

/* Where the modules are, and those that are not there made. */
static void create_modules(void)
{
	struct ksys_call calls[2 * MODULES];
	struct tgt_module_info info[MODULES];
	static uint32_t ret;

	for (size_t i = 0; i < MODULES; i++) {
		struct ksys_arg name = ksys_str(modules[i].name);

		calls[2 * i] = call_of(KSYS_create_module, 2, name, ksys_val(IMAGE_SIZE));
		calls[2 * i + 1] =
			call_of(KSYS_query_module, 5, name, ksys_val(TGT_QM_INFO),
				ksys_out(&info[i], sizeof(info[i])),
				ksys_val(sizeof(info[i])), ksys_out(&ret, sizeof(ret)));
	}
	run(calls, 2 * MODULES);
	for (size_t i = 0; i < MODULES; i++)
		if (!calls[2 * i + 1].result)
			modules[i].base = info[i].addr;
}

static void random_frame(size_t n)
{
	static struct ksys_call calls[BATCH];

	nimages = 0;
	for (size_t i = 0; i < n; i++)
		calls[i] = any_call(i);
	run(calls, n);
}

/* --- damaged frames ------------------------------------------------------------------ */

static unsigned char frame[FRAME_MAX];
static size_t frame_len;

static void put(const void *bytes, size_t len)
{
	memcpy(frame + frame_len, bytes, len);
	memset(frame + frame_len + len, 0, -len & 3);
	frame_len += (len + 3) & ~3u;
}

static void put_call(const struct ksys_call *c)
{
	put(&(struct gw_call){c->nr, c->nargs}, sizeof(struct gw_call));
	for (uint32_t i = 0; i < c->nargs; i++) {
		const struct ksys_arg *a = &c->arg[i];
		uint32_t value = a->buf ? a->len : a->value;

		put(&(struct gw_arg){a->kind, value}, sizeof(struct gw_arg));
		if (a->kind == GW_IN || a->kind == GW_INOUT)
			put(a->buf, a->len);
	}
}

static uint32_t word_at(size_t at)
{
	uint32_t word = 0;

	if (at + 4 <= frame_len)
		memcpy(&word, frame + at, 4);
	return word;
}

/* Would this payload, at `at`, make no calls but those of modules, and none that runs what
 * damage has made of an image? What is not well formed makes none. */
static bool harmless(size_t at)
{
	uint32_t ncalls = word_at(at), nr, nargs;
	uint64_t pos = at + 4;

	for (uint32_t i = 0; i < ncalls && pos < frame_len; i++) {
		nr = word_at(pos);
		nargs = word_at(pos + 4);
		pos += 8;
		if (nr != KSYS_query_module && nr != KSYS_get_kernel_syms &&
		    nr != KSYS_create_module && nr != KSYS_delete_module)
			return false;
		for (uint32_t a = 0; a < nargs && pos < frame_len; a++, pos += 8)
			if (word_at(pos) == GW_IN || word_at(pos) == GW_INOUT)
				pos += ((uint64_t)word_at(pos + 4) + 3) & ~3ull;
	}
	return true;
}

/* Bytes, words, the end. */
static void damage_frame(size_t from)
{
	uint32_t value;

	for (int n = 1 + rnd() % 4; n; n--) {
		size_t at = from + rnd() % (frame_len - from);

		value = number(0);
		if (rnd() % 2)
			frame[at] ^= 1 << rnd() % 8;
		else if ((at & ~3u) + 4 <= frame_len)
			memcpy(frame + (at & ~3u), &value, 4);
	}
	if (rnd() % 4 == 0 && frame_len > from + 4)
		frame_len -= rnd() % (frame_len - from);
}

static int connect_raw(void)
{
	struct sockaddr_un to = {.sun_family = AF_UNIX};
	struct timeval patience = {.tv_sec = PATIENCE};
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

	snprintf(to.sun_path, sizeof(to.sun_path), "%s/syscall.sock", getenv("KSTUB"));
	if (fd < 0 || connect(fd, (struct sockaddr *)&to, sizeof(to)))
		fail("%s: %s", to.sun_path, strerror(errno));
	setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience));
	return fd;
}

/* What the kernel did not answer. */
static void __attribute__((noreturn)) no_answer(void)
{
	for (size_t i = 0; i < frame_len; i += 4)
		printf("%08x%c", word_at(i), i % 32 == 28 ? '\n' : ' ');
	fail("no answer to this damaged frame");
}

/* Receive len bytes; false at the end of file. */
static bool receive(int fd, void *to, size_t len)
{
	ssize_t n = recv(fd, to, len, MSG_WAITALL);

	if (n < 0 && (errno == EAGAIN || errno == EWOULDBLOCK))
		no_answer();
	return n == (ssize_t)len;
}

/* One answer; false if the connection is closed. */
static bool take_answer(int fd)
{
	static unsigned char answer[1 << 20];
	struct gw_header h;

	if (!receive(fd, &h, sizeof(h)))
		return false;
	if (h.magic != GW_MAGIC || (h.type != GW_REPLY && h.type != GW_ERROR))
		fail("a frame of type %u as an answer", h.type);
	if (h.len > sizeof(answer))
		fail("an answer of %u bytes", h.len);
	return receive(fd, answer, h.len);
}

/* Send what is left of a frame after damage. A damaged header may promise more than comes:
 * then nothing else is sent. */
static void damaged_frame(int *fd)
{
	struct gw_header h = {.magic = GW_MAGIC, .type = GW_CALLS, .seq = 1};
	bool in_header = rnd() % 8 == 0;
	uint32_t ncalls = 1 + rnd() % FEW;

	frame_len = 0;
	put(&h, sizeof(h));
	put(&ncalls, sizeof(ncalls));
	for (uint32_t i = 0; i < ncalls; i++) {
		struct ksys_call call;

		do {
			nimages = 0;
			call = any_call(i);
		} while (call.nr == KSYS_init_module);
		put_call(&call);
	}
	damage_frame(sizeof(h));
	if (!harmless(sizeof(h)))
		return;
	h.len = frame_len - sizeof(h);
	memcpy(frame, &h, sizeof(h));
	if (in_header)
		frame[rnd() % sizeof(h)] ^= 1 << rnd() % 8;
	if (send(*fd, frame, frame_len, MSG_NOSIGNAL) != (ssize_t)frame_len)
		fail("send: %s", strerror(errno));
	if (in_header)
		shutdown(*fd, SHUT_WR);
	if (!take_answer(*fd) || in_header) {
		close(*fd);
		*fd = connect_raw();
	}
}

/* --- before and after ---------------------------------------------------------------- */

static char *read_file(const char *path)
{
	char *text;
	long n = ksys_read_file(path, &text);

	if (n < 0)
		fail("%s: %s", path, ksys_strerror(n));
	return text;
}

/* The memory of modules and of kmalloc. */
static void memory(char *to, size_t size)
{
	char *text = read_file("/proc/meminfo"), *save, *line;

	*to = '\0';
	for (line = strtok_r(text, "\n", &save); line; line = strtok_r(NULL, "\n", &save))
		if (!strncmp(line, "Modules:", 8) || !strncmp(line, "Kmalloc", 7))
			snprintf(to + strlen(to), size - strlen(to), "%s\n", line);
	free(text);
}

/* Names of modules, each with its NUL; damaged frames have made some of their own. */
static size_t list_modules(char *to, size_t size, uint32_t *n)
{
	struct ksys_call call = call_of(KSYS_query_module, 5, ksys_val(0),
					ksys_val(TGT_QM_MODULES), ksys_out(to, size - 1),
					ksys_val(size - 1), ksys_out(n, sizeof(*n)));
	int err = ksys_run(&call, 1);

	if (err || call.result)
		fail("QM_MODULES: %s", ksys_strerror(err ? err : call.result));
	return *n;
}

/* Those that nobody has initialised go with the clients that made them. */
static void delete_modules(void)
{
	time_t end = time(NULL) + PATIENCE;
	static char names[1 << 16];
	uint32_t n;

	while (list_modules(names, sizeof(names), &n) > 0) {
		const char *name = names;

		if (time(NULL) >= end)
			fail("%u modules are left, of them %s", n, names);
		for (; n > 0; n--, name += strlen(name) + 1)
			ksys_delete_module(name);
	}
}

static void open_door(void)
{
	if (ksys_open())
		fail("%s", ksys_why());
}

/* A door opened anew: what a client left uninitialised goes with it. */
static void reopen(void)
{
	ksys_close();
	open_door();
}

static void fuzz(unsigned long calls)
{
	int fd = connect_raw();

	for (unsigned long done = 0; done < calls; done += BATCH) {
		create_modules();
		random_frame(BATCH);
		damaged_frame(&fd);
		if (rnd() % 256 == 0)
			reopen();
		if (rnd() % 16 == 0)
			delete_modules();
	}
	close(fd);
	reopen();
	delete_modules();
}

/* Processes of clients that have gone may be on their way out, and one is made for the next
 * client when none has called for a while: the memory when it no longer changes. */
static void settled_memory(char *to, size_t size)
{
	time_t end = time(NULL) + PATIENCE;
	char now[512];

	memory(to, size);
	for (int same = 0; same < 10; same++) {
		usleep(20000);
		memory(now, sizeof(now));
		if (strcmp(now, to) != 0)
			same = 0;
		if (time(NULL) >= end)
			fail("memory keeps changing");
		snprintf(to, size, "%s", now);
	}
}

static void compare(const char *before)
{
	char after[512];

	settled_memory(after, sizeof(after));
	if (strcmp(before, after))
		fail("memory before:\n%safter:\n%s", before, after);
}

int main(int argc, char **argv)
{
	static const uint32_t reported[] = {KSYS_create_module, KSYS_init_module,
					    KSYS_delete_module, KSYS_query_module,
					    KSYS_get_kernel_syms};
	char before[512];

	if (argc < 2 || !getenv("KSTUB")) {
		fputs("usage: KSTUB=DIR fuzz_gateway CALLS [SEED]\n", stderr);
		return 2;
	}
	state = argc > 2 ? strtoul(argv[2], NULL, 0) : 1;
	setvbuf(stdout, NULL, _IOLBF, 0);
	printf("seed %u\n", state);
	open_door();
	fuzz(BATCH); /* what is there once is there before we count */
	reopen();
	settled_memory(before, sizeof(before));
	fuzz(strtoul(argv[1], NULL, 0));
	compare(before);
	for (size_t i = 0; i < sizeof(reported) / sizeof(reported[0]); i++)
		printf("%-16s %8lu made, %8lu succeeded\n",
		       ksys_desc_by_nr(reported[i])->name, made[reported[i]],
		       succeeded[reported[i]]);
	ksys_close();
	return 0;
}
