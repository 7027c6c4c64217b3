/* obj-damage.c - objects that are cut off, changed, or linked without memory
 *
 * Every object is put in front of a page without access, so that a read behind its end is
 * fatal. All that is asked: an error has a reason, and nothing is lost.
 * Linked with --wrap for the allocator, so that any one allocation can be made to fail.
 */
#include <errno.h>
#include <stdint.h>
#include <stdlib.h>
#include <libelf.h>
#include <sys/mman.h>
#include "fixture.h"
#include "tap.h"

#define BASE 0xc8800000u

/* --- the allocator ---------------------------------------------------------------------- */

static long live;	    /* allocations not freed */
static long countdown = -1; /* 0: the next one fails */

void *__real_malloc(size_t size);
void *__real_calloc(size_t n, size_t size);
void *__real_realloc(void *p, size_t size);
void __real_free(void *p);
Elf *__real_elf_memory(char *image, size_t size);
int __real_elf_end(Elf *elf);
void *__wrap_malloc(size_t size);
void *__wrap_calloc(size_t n, size_t size);
void *__wrap_realloc(void *p, size_t size);
void __wrap_free(void *p);
Elf *__wrap_elf_memory(char *image, size_t size);
int __wrap_elf_end(Elf *elf);

static bool fails(void)
{
	return countdown >= 0 && countdown-- == 0;
}

void *__wrap_malloc(size_t size)
{
	void *p = fails() ? NULL : __real_malloc(size);

	live += p != NULL;
	return p;
}

void *__wrap_calloc(size_t n, size_t size)
{
	void *p = fails() ? NULL : __real_calloc(n, size);

	live += p != NULL;
	return p;
}

void *__wrap_realloc(void *old, size_t size)
{
	void *p = fails() ? NULL : __real_realloc(old, size);

	live += p && !old;
	return p;
}

void __wrap_free(void *p)
{
	live -= p != NULL;
	__real_free(p);
}

Elf *__wrap_elf_memory(char *image, size_t size)
{
	Elf *elf = fails() ? NULL : __real_elf_memory(image, size);

	live += elf != NULL;
	return elf;
}

int __wrap_elf_end(Elf *elf)
{
	live -= elf != NULL;
	return __real_elf_end(elf);
}

/* --- the whole line --------------------------------------------------------------------- */

static const tgt_addr providers[] = {0xd0000000};

static int link_all(struct obj_file **f, const void *bytes, size_t len)
{
	struct obj_module m = {.kallsyms = true, .providers = providers, .nproviders = 1};
	const struct obj_symbol *s;
	unsigned cursor = 0;
	int err = obj_load(f, bytes, len);

	while (!err && (s = obj_next_wanted(*f, &cursor)))
		if (obj_add_symbol(*f, s->name, 0xd0000100, 1) < 0)
			err = -ENOMEM;
	if (!err)
		err = obj_resolve(*f, "module");
	if (!err)
		err = obj_set_param(*f, "i=5");
	if (!err)
		err = obj_set_param(*f, "s=text");
	if (!err)
		err = obj_add_export(*f, "__insmod_module", SHN_ABS, 5);
	if (!err)
		err = fixture_finish(*f, &m, BASE);
	if (!err && !obj_image(*f, 0))
		err = -EINVAL;
	return err;
}

static bool has_error(const struct obj_file *f)
{
	enum obj_severity severity;
	unsigned cursor = 0;

	while (obj_diag(f, &cursor, &severity))
		if (severity == OBJ_ERROR)
			return true;
	return false;
}

/* Room for `len` bytes that end at a page without access. */
static unsigned char *guarded(size_t len)
{
	size_t room = (len + 4095) & ~(size_t)4095;
	unsigned char *p = mmap(NULL, room + 4096, PROT_READ | PROT_WRITE,
				MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	if (p == MAP_FAILED || mprotect(p + room, 4096, PROT_NONE))
		exit(2);
	return p + room - len;
}

static void unguard(unsigned char *p, size_t len)
{
	size_t room = (len + 4095) & ~(size_t)4095;

	munmap(p + len - room, room + 4096);
}

static void truncated(const char *name)
{
	size_t len, refused = 0, silent = 0;
	unsigned char *bytes = fixture_read(name, &len), *copy;
	struct obj_file *f;

	for (size_t n = 0; n < len; n++) {
		copy = guarded(n ? n : 1);
		memcpy(copy, bytes, n);
		if (link_all(&f, copy, n)) {
			refused++;
			silent += !has_error(f);
		}
		obj_free(f);
		unguard(copy, n ? n : 1);
	}
	is_number(refused, len, "an object cut off anywhere is refused");
	is_number(silent, 0, "never without a reason");
	free(bytes);
}

static void mutated(const char *name)
{
	static const unsigned char values[] = {0x00, 0x01, 0x7f, 0x80, 0xff};
	size_t len, silent = 0, runs = 0;
	unsigned char *bytes = fixture_read(name, &len), *copy = guarded(len);
	struct obj_file *f;

	for (size_t i = 0; i < len; i++)
		for (size_t v = 0; v < sizeof(values); v++, runs++) {
			memcpy(copy, bytes, len);
			copy[i] = values[v];
			if (link_all(&f, copy, len) && !has_error(f))
				silent++;
			obj_free(f);
		}
	is_number(silent, 0,
		  "no byte of an object can be changed so that it fails without a "
		  "reason");
	printf("# %zu objects made from %s\n", runs, name);
	unguard(copy, len);
	free(bytes);
}

static void without_memory(const char *name)
{
	size_t len;
	unsigned char *bytes = fixture_read(name, &len);
	long before = live, lost = 0, wrong = 0, n;
	struct obj_file *f;
	int err = -ENOMEM;

	for (n = 0; err && n < 1000; n++) {
		countdown = n;
		err = link_all(&f, bytes, len);
		wrong += err && err != -ENOMEM;
		obj_free(f);
		lost += live != before;
	}
	countdown = -1;
	ok(n > 5 && !err, "%ld allocations were made to fail, one at a time", n - 1);
	is_number(wrong, 0, "each is reported as -ENOMEM");
	is_number(lost, 0, "and nothing is lost");
	free(bytes);
}

int main(void)
{
	static const char *const names[] = {"damage.o", "got.o"};

	for (int i = 0; i < 2; i++) {
		truncated(names[i]);
		mutated(names[i]);
		without_memory(names[i]);
	}
	return done();
}
