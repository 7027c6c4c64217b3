/* tests/fuzz/fuzz_core.c - random sequences of module system calls on the core
 *
 * The input is a program: each call takes an operation and its arguments from the bytes.
 * Module code does not run (init returns what the input says). At the end everything is
 * deleted and not one byte may be left.
 */
#include "../sim/image.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const char *const names[] = {"a", "b", "c", "a-longer-name"};
#define NAMES 4

static const uint8_t *in;
static size_t left;
static uint32_t bases[NAMES];
static int init_returns;

static uint8_t byte(void)
{
	if (!left)
		return 0;
	left--;
	return *in++;
}

static uint32_t word(void)
{
	uint32_t v = byte();

	v |= byte() << 8;
	v |= byte() << 16;
	return v | (uint32_t)byte() << 24;
}

/* Numbers that matter for an area at `base`, or any. */
static uint32_t number(uint32_t base)
{
	uint8_t kind = byte();

	switch (kind % 6) {
	case 0:
		return base + kind;
	case 1:
		return base + IMAGE_SIZE - kind / 6;
	case 2:
		return base + (word() & (IMAGE_SIZE - 1));
	case 3:
		return bases[kind / 6 % NAMES];
	case 4:
		return kind;
	default:
		return word();
	}
}

static void do_create(int i)
{
	int32_t addr = create(names[i], byte() % 4 ? IMAGE_SIZE : number(100));

	if (!TGT_IS_ERROR(addr))
		bases[i] = addr;
}

static void do_init(int i)
{
	static struct image im;
	uint32_t value;

	image_make(&im, bases[i], names[i]);
	for (int n = byte() % 4; n; n--)
		image_symbol(&im, "symbol", word());
	for (int n = byte() % 3; n; n--)
		image_dep(&im, bases[byte() % NAMES]);
	im.h.flags = byte() & TGT_MOD_AUTOCLEAN;
	for (int n = byte() % 4; n; n--) {
		uint32_t off = byte() % 2 ? byte() % 40 * 4 : IMAGE_SYMS + byte() * 4;

		value = number(bases[i]);
		memcpy(im.bytes + off, &value, 4);
	}
	init_returns = byte() % 3 ? 0 : (int8_t)byte();
	init(names[i], &im);
}

static void do_query(int i)
{
	static char buf[4096];
	uint32_t ret;
	int which = byte() % 8;

	if (which > TGT_QM_INFO)
		which = which == 7 ? TGT_QM_LIST : TGT_QM_LOOKUP;
	query(byte() % 5 ? names[i] : NULL, which, buf, byte() * 16, &ret);
}

/* The module writes anything to its own header and tables. */
static void do_scribble(int i)
{
	uint32_t ret, value = word(), off = word() % (IMAGE_SIZE / 4) * 4;
	struct tgt_module_info info;

	if (query(names[i], TGT_QM_INFO, &info, sizeof(info), &ret) == 0 &&
	    info.size >= off + 4)
		memcpy((char *)(uintptr_t)info.addr + off, &value, 4);
}

static void step(void)
{
	int op = byte(), i = op / 8 % NAMES;
	char text[80];

	switch (op % 8) {
	case 0:
		do_create(i);
		break;
	case 1:
	case 2:
		do_init(i);
		break;
	case 3:
		unload(names[i]);
		break;
	case 4:
		unload(NULL);
		break;
	case 5:
		do_query(i);
		break;
	case 6:
		do_scribble(i);
		break;
	default:
		proc(op & 32 ? "/proc/modules" : "/proc/ksyms");
		sim_symname(bases[i] + byte(), text, sizeof(text));
	}
}

/* Not even a module that says it is busy stays. */
static void delete_all(void)
{
	struct tgt_module_info info;
	uint32_t ret;

	busy_result = init_returns = 0;
	for (int round = 0; round < NAMES; round++)
		for (int i = 0; i < NAMES; i++) {
			if (query(names[i], TGT_QM_INFO, &info, sizeof(info), &ret) < 0)
				continue;
			((struct tgt_module *)(uintptr_t)info.addr)->usecount = 0;
			unload(names[i]);
		}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct sim_counters before;
	struct sim_counters after;

	if (!task) {
		sim_quiet = true;
		sim_dry_run = &init_returns;
		sim_boot();
		task = sim_task_new(0, 0);
		proc("/proc/modules");
		sim_counters(&before);
	}
	in = data;
	left = size;
	memset(bases, 0, sizeof(bases));
	while (left)
		step();
	delete_all();
	sim_counters(&after);
	if (memcmp(&before, &after, sizeof(before)) != 0) {
		fprintf(stderr, "left: %lu objects, %lu areas\n",
			after.objects - before.objects, after.areas - before.areas);
		abort();
	}
	return 0;
}
