/* tests/sim/memory.c - the simulator's memory: kmalloc, module areas, "user" memory, log */
#include "sim.h"

#include <malloc.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#define PAGE	   4096u
#define AREA_START 0xc8800000u
#define AREA_PAGES (256u << 20 >> 12)
#define USER_MAX   16
#define LOG_SIZE   16384

void *kmalloc(size_t size, int flags);
void kfree(const void *p);

static struct sim_counters in_use;

/* --- kmalloc -------------------------------------------------------------------------- */

/* Who allocated what, beside the objects, so that ASan sees the objects as they are. */
struct object {
	struct object *next;
	void *p;
	uintptr_t caller;
};

static struct object *objects[1024];
static long fail_at = -1; /* the n-th allocation from now fails; negative: none */

void sim_fail_alloc(long n)
{
	fail_at = n;
}

static bool fails(void)
{
	return fail_at >= 0 && fail_at-- == 0;
}

static struct object **bucket(const void *p)
{
	return &objects[(uintptr_t)p / 16 % 1024];
}

void *kmalloc(size_t size, int flags)
{
	void *p = fails() || size > 4u << 20 ? NULL : malloc(size);
	struct object *o = p ? malloc(sizeof(*o)) : NULL;

	if (!o)
		return NULL;
	*o = (struct object){*bucket(p), p, (uintptr_t)__builtin_return_address(0)};
	*bucket(p) = o;
	in_use.objects++;
	in_use.bytes += malloc_usable_size(p);
	return p;
}

void kfree(const void *p)
{
	struct object **at = bucket(p), *o;

	if (!p)
		return;
	while (*at && (*at)->p != p)
		at = &(*at)->next;
	o = *at;
	if (!o)
		abort(); /* not from kmalloc, or freed before */
	*at = o->next;
	free(o);
	in_use.objects--;
	in_use.bytes -= malloc_usable_size((void *)p);
	free((void *)p);
}

unsigned sim_free_of(uintptr_t start, uintptr_t end)
{
	unsigned n = 0;

	for (unsigned i = 0; i < 1024; i++)
		for (struct object *o = objects[i], *next; o; o = next) {
			next = o->next;
			if (o->caller >= start && o->caller < end) {
				kfree(o->p);
				n++;
			}
		}
	return n;
}

/* --- module areas --------------------------------------------------------------------- */

static unsigned char *area_base;
static uint8_t area_used[AREA_PAGES]; /* page by page; a guard page behind each area */
static unsigned area_next;	      /* go on here: addresses are not reused soon */

static void area_map(void)
{
	area_base =
		mmap((void *)AREA_START, AREA_PAGES * PAGE, PROT_NONE,
		     MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE | MAP_FIXED_NOREPLACE,
		     -1, 0);
	if (area_base != MAP_FAILED)
		return;
	perror("kstub-sim: no room for modules above 0xc0000000");
	exit(1);
}

/* First page of `need` free ones in [from, to), or to. */
static unsigned area_find(unsigned need, unsigned from, unsigned to)
{
	unsigned run = 0;

	for (unsigned i = from; i < to; i++) {
		run = area_used[i] ? 0 : run + 1;
		if (run == need)
			return i + 1 - need;
	}
	return to;
}

void *sim_area_alloc(size_t size)
{
	unsigned pages = size / PAGE + (size % PAGE != 0), at;
	unsigned char *p;

	if (!area_base)
		area_map();
	if (fails() || pages >= AREA_PAGES)
		return NULL;
	at = area_find(pages + 1, area_next, AREA_PAGES);
	if (at == AREA_PAGES)
		at = area_find(pages + 1, 0, AREA_PAGES);
	if (at == AREA_PAGES)
		return NULL;
	p = area_base + at * PAGE;
	if (mmap(p, pages * PAGE, PROT_READ | PROT_WRITE | PROT_EXEC,
		 MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0) == MAP_FAILED)
		return NULL;
	memset(area_used + at, 1, pages + 1);
	area_next = at + pages + 1;
	in_use.areas++;
	in_use.area_bytes += pages * PAGE;
	return p;
}

void sim_area_protect(void *start, size_t size, unsigned rights)
{
	/* the bits are those of mprotect */
	if (mprotect(start, (size + PAGE - 1) / PAGE * PAGE, rights))
		abort();
}

void sim_area_free(void *area, size_t size)
{
	unsigned pages = size / PAGE + (size % PAGE != 0);
	unsigned at = ((unsigned char *)area - area_base) / PAGE;

	mmap(area, pages * PAGE, PROT_NONE,
	     MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE | MAP_FIXED, -1, 0);
	memset(area_used + at, 0, pages + 1);
	in_use.areas--;
	in_use.area_bytes -= pages * PAGE;
}

void sim_counters(struct sim_counters *out)
{
	*out = in_use;
}

/* --- user memory ---------------------------------------------------------------------- */

static struct {
	uintptr_t start;
	size_t len;
	bool writable;
} user[USER_MAX];
static unsigned nuser;
void (*sim_user_was_read)(const void *p, size_t n);

void sim_user_reset(void)
{
	nuser = 0;
}

void sim_user_add(const void *start, size_t len, bool writable)
{
	if (nuser == USER_MAX)
		abort();
	user[nuser].start = (uintptr_t)start;
	user[nuser].len = len;
	user[nuser++].writable = writable;
}

size_t sim_user_span(const void *p, size_t n, bool write)
{
	uintptr_t at = (uintptr_t)p;

	for (unsigned i = 0; i < nuser; i++) {
		size_t off = at - user[i].start;

		if (off < user[i].len && (user[i].writable || !write))
			return n < user[i].len - off ? n : user[i].len - off;
	}
	return 0;
}

/* --- log ------------------------------------------------------------------------------ */

static char ring[LOG_SIZE];
static size_t logged; /* bytes ever */
bool sim_quiet;

void sim_log(const char *text, size_t len)
{
	if (!sim_quiet)
		fwrite(text, 1, len, stderr);
	for (size_t i = 0; i < len; i++)
		ring[logged++ % LOG_SIZE] = text[i];
}

size_t sim_log_tail(char *buf, size_t size)
{
	size_t n = logged < LOG_SIZE ? logged : LOG_SIZE;

	if (n > size)
		n = size;
	for (size_t i = 0; i < n; i++)
		buf[i] = ring[(logged - n + i) % LOG_SIZE];
	return n;
}
