/* tests/sim/image.c - images of modules made by hand, and system calls on them */
#include "image.h"

#include <string.h>

int init_result, busy_result;
unsigned inits, cleanups;
struct sim_task *task;

/* incl (counter); movl (result),%eax; ret */
static void put_function(struct image *im, uint32_t off, const void *counter,
			 const void *result)
{
	unsigned char code[12] = {0xff, 0x05, 0, 0, 0, 0, 0xa1, 0, 0, 0, 0, 0xc3};
	uint32_t addr = (uintptr_t)counter;

	memcpy(code + 2, &addr, 4);
	addr = (uintptr_t)result;
	memcpy(code + 7, &addr, 4);
	image_code(im, off, code, sizeof(code));
}

void image_code(struct image *im, uint32_t off, const void *code, size_t len)
{
	memcpy(im->bytes + off, code, len);
}

void image_make(struct image *im, uint32_t base, const char *name)
{
	static unsigned asked;

	memset(im, 0, sizeof(*im));
	im->base = base;
	im->strings = IMAGE_STRINGS;
	im->h.size_of_struct = TGT_MODULE_SIZE;
	im->h.name = base + IMAGE_NAME;
	im->h.size = IMAGE_SIZE;
	im->h.init = base + IMAGE_INIT;
	im->h.cleanup = base + IMAGE_CLEANUP;
	strncpy((char *)im->bytes + IMAGE_NAME, name, IMAGE_SYMS - IMAGE_NAME - 1);
	put_function(im, IMAGE_INIT, &inits, &init_result);
	put_function(im, IMAGE_CLEANUP, &cleanups, &init_result);
	put_function(im, IMAGE_BUSY, &asked, &busy_result);
}

void image_symbol(struct image *im, const char *name, uint32_t value)
{
	struct tgt_module_symbol sym = {value, im->base + im->strings};

	im->h.syms = im->base + IMAGE_SYMS;
	memcpy(im->bytes + IMAGE_SYMS + im->h.nsyms++ * sizeof(sym), &sym, sizeof(sym));
	strcpy((char *)im->bytes + im->strings, name);
	im->strings += strlen(name) + 1;
}

void image_dep(struct image *im, uint32_t dep)
{
	struct tgt_module_ref ref = {.dep = dep};

	im->h.deps = im->base + IMAGE_DEPS;
	memcpy(im->bytes + IMAGE_DEPS + im->h.ndeps++ * sizeof(ref), &ref, sizeof(ref));
}

static void expose_name(const char *name)
{
	sim_user_reset();
	if (name)
		sim_user_add(name, strlen(name) + 1, false);
}

int32_t create(const char *name, uint32_t size)
{
	uintptr_t args[6] = {(uintptr_t)name, size};

	expose_name(name);
	return sim_syscall(task, 127, args);
}

int32_t init(const char *name, const struct image *im)
{
	uintptr_t args[6] = {(uintptr_t)name, (uintptr_t)im};

	expose_name(name);
	if (im)
		sim_user_add(im->bytes, IMAGE_SIZE, false);
	return sim_syscall(task, 128, args);
}

int32_t unload(const char *name)
{
	uintptr_t args[6] = {(uintptr_t)name};

	expose_name(name);
	return sim_syscall(task, 129, args);
}

int32_t query(const char *name, int which, void *buf, uint32_t size, uint32_t *ret)
{
	uintptr_t args[6] = {(uintptr_t)name, which, (uintptr_t)buf, size,
			     (uintptr_t)ret};

	expose_name(name);
	if (buf)
		sim_user_add(buf, size, true);
	if (ret)
		sim_user_add(ret, sizeof(*ret), true);
	return sim_syscall(task, 167, args);
}

int32_t prepare(struct image *im, const char *name)
{
	int32_t addr = create(name, IMAGE_SIZE);

	image_make(im, addr, name);
	return addr;
}

int32_t load(struct image *im, const char *name)
{
	int32_t addr = prepare(im, name);

	return TGT_IS_ERROR(addr) ? addr : init(name, im);
}

const char *proc(const char *path)
{
	static char text[1 << 16];
	uintptr_t args[6] = {(uintptr_t)path};
	int32_t fd, n;

	expose_name(path);
	fd = sim_syscall(task, 5, args);
	sim_user_add(text, sizeof(text), true);
	n = sim_syscall(task, 3, (uintptr_t[6]){fd, (uintptr_t)text, sizeof(text) - 1});
	text[n > 0 ? n : 0] = '\0';
	sim_syscall(task, 6, (uintptr_t[6]){fd});
	return text;
}
