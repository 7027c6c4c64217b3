/* tests/sim/module-core.c - the module system calls, checked against the 2.4 rules: every
 * errno and its place in the order of checks, flags, counts, links, queries, the sweep, and
 * what no image may do to the kernel
 */
#include "image.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "../unit/tap.h"

#define RUNNING	     TGT_MOD_RUNNING
#define AUTOCLEAN    TGT_MOD_AUTOCLEAN
#define VISITED	     TGT_MOD_VISITED
#define USED_ONCE    TGT_MOD_USED_ONCE
#define INITIALIZING TGT_MOD_INITIALIZING

static struct sim_task *root, *other, *guest;

/* The last line of the log, without its level. */
static const char *last_log(void)
{
	static char text[4096];
	size_t n = sim_log_tail(text, sizeof(text) - 1);
	char *line;

	if (n && text[n - 1] == '\n')
		n--;
	text[n] = '\0';
	line = strrchr(text, '\n');
	line = line ? line + 1 : text;
	return line[0] == '<' ? line + 3 : line;
}

static struct tgt_module_info info(const char *name)
{
	struct tgt_module_info i = {0};
	uint32_t ret;

	query(name, TGT_QM_INFO, &i, sizeof(i), &ret);
	return i;
}

/* Names packed one behind the other, joined with blanks. */
static const char *names(const char *name, int which)
{
	static char text[4096];
	uint32_t n = 0;
	char *at = text;

	if (query(name, which, text, sizeof(text), &n) < 0)
		return "error";
	if (!n)
		return "";
	while (--n) {
		at += strlen(at);
		*at = ' ';
	}
	return text;
}

static struct tgt_module *live(const struct image *im)
{
	return (struct tgt_module *)(uintptr_t)im->base;
}

/* Use the module from outside: one open and close of something it owns. */
static void touch(const struct image *im)
{
	live(im)->flags |= VISITED | USED_ONCE;
}

static void is_clean(const char *what)
{
	static struct sim_counters first;
	static bool known;
	struct sim_counters now;

	sim_counters(&now);
	if (!known)
		first = now;
	known = true;
	if (!ok(!memcmp(&now, &first, sizeof(now)), "nothing is left of %s", what))
		printf("# %lu objects (%lu), %lu areas (%lu)\n", now.objects,
		       first.objects, now.areas, first.areas);
}

/* --- create --------------------------------------------------------------------------- */

static void test_create_names(void)
{
	static char page[4097];
	uintptr_t args[6] = {0, IMAGE_SIZE};

	memset(page, 'n', 4096);
	task = guest;
	is_number(create(NULL, 0), -EPERM, "create: not root, before all else");
	task = root;
	is_number(create(NULL, IMAGE_SIZE), -EFAULT, "create: no name");
	is_number(create("", IMAGE_SIZE), -EINVAL, "create: empty name");
	args[0] = (uintptr_t)page;
	sim_user_reset();
	sim_user_add(page, 10, false);
	is_number(sim_syscall(task, 127, args), -EFAULT, "create: name ends in a fault");
	is_number(create(page, 10000), -ENAMETOOLONG, "create: 4096 characters");
	page[4095] = '\0';
	is_number(create(page, 96 + 4095), -EINVAL, "create: 4095, size one short");
	ok(!TGT_IS_ERROR(create(page, 96 + 4096)), "create: 4095 characters");
	is_number(unload(page), 0, "delete: 4095 characters");
}

static void test_create(void)
{
	int32_t addr, next;
	const struct tgt_module *h;

	is_number(create("abc", 96 + 3), -EINVAL, "create: no room for header and name");
	addr = create("abc", 96 + 4);
	ok((uint32_t)addr >= 0xc0000000u && addr % 4096 == 0,
	   "create: a page above 3 GiB");
	h = (struct tgt_module *)addr;
	is_number(h->size_of_struct, 96, "create: header size");
	is_number(h->name, (uint32_t)addr + 96, "create: name behind the header");
	is_string((char *)(uintptr_t)h->name, "abc", "create: the name");
	is_number(h->size, 100, "create: size");
	is_number(h->flags + h->usecount + h->nsyms + h->ndeps, 0,
		  "create: the rest is 0");
	is_number(create("abc", 5), -EINVAL, "create: size is checked before the name");
	is_number(create("abc", 4096), -EEXIST, "create: exists");
	next = create("b", 4096);
	is_string(names(NULL, TGT_QM_MODULES), "b abc", "newest first");
	is_number(((struct tgt_module *)next)->next, (uint32_t)addr,
		  "next leads to the older one");
	is_string(proc("/proc/modules"),
		  "b                       4096 (uninitialized)\n"
		  "abc                      100 (uninitialized)\n",
		  "/proc/modules");
	is_number(info("abc").flags, 0, "flags of a new module");
	is_number(unload("b"), 0, "delete: not initialised");
	is_number(unload("abc"), 0, "delete: not initialised");
	is_clean("create");
}

static void test_create_memory(void)
{
	int32_t result;
	int n = 0;

	is_number(create("big", 0x7fffffff), -ENOMEM, "create: 2 GiB");
	is_number(create("big", 0xffffffff), -ENOMEM, "create: 4 GiB");
	do {
		sim_fail_alloc(n);
		result = create("m", 4096);
		sim_fail_alloc(-1);
	} while (result == -ENOMEM && ++n < 20);
	ok(n == 3 && !TGT_IS_ERROR(result), "create: ENOMEM at each of its allocations");
	unload("m");
	is_clean("failed allocations");
}

/* --- what init refuses ---------------------------------------------------------------- */

/* Only the first bytes of the image are there. */
static int32_t init_part(const struct image *im, size_t len)
{
	sim_user_reset();
	sim_user_add("m", 2, false);
	sim_user_add(im->bytes, len, false);
	return sim_syscall(task, 128,
			   (uintptr_t[6]){(uintptr_t) "m", (uintptr_t)im->bytes});
}

static void test_init_names(void)
{
	struct image im;

	prepare(&im, "m");
	task = guest;
	is_number(init(NULL, NULL), -EPERM, "init: not root");
	task = root;
	is_number(init(NULL, &im), -EFAULT, "init: no name");
	is_number(init("", &im), -EINVAL, "init: empty name");
	is_number(init("none", NULL), -ENOENT, "init: no such module");
	is_number(init("m", NULL), -EFAULT, "init: no image");
	is_number(init_part(&im, 3), -EFAULT, "init: not even a size");
	is_number(init_part(&im, 95), -EFAULT, "init: a header that ends early");
	is_number(init_part(&im, 180), -EFAULT, "init: no name");
	is_number(init_part(&im, IMAGE_SIZE - 1), -EFAULT,
		  "init: an image that ends early");
	is_string((char *)(uintptr_t)live(&im)->name, "m", "the blank header is back");
	unload("m");
}

static void test_header_sizes(void)
{
	static const struct {
		uint32_t size;
		int want;
	} sizes[] = {{0, -EINVAL},    {59, -EINVAL},  {60, 0},	     {62, 0},
		     {72, 0},	      {76, 0},	      {84, 0},	     {92, 0},
		     {96, 0},	      {97, 0},	      {160, 0},	     {161, -EINVAL},
		     {4096, -EINVAL}, {~0u, -EINVAL}, {~3u, -EINVAL}};
	struct image im;

	for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
		prepare(&im, "m");
		im.h.size_of_struct = sizes[i].size;
		if (!ok(init("m", &im) == sizes[i].want, "header of %u bytes",
			sizes[i].size))
			printf("# %s\n", last_log());
		is_number(unload("m"), 0, "deleted");
	}
	/* Created smaller than the header that comes. */
	create("m", 100);
	image_make(&im, 0, "m");
	im.h.size_of_struct = 160;
	im.h.size = 100;
	is_number(init("m", &im), -EINVAL, "header larger than the module");
	unload("m");
	is_clean("header sizes");
}

/* Optional members are looked at only if the header has them. */
static void test_optional_members(void)
{
	struct image im;

	prepare(&im, "m");
	im.h.can_unload = 1;
	im.h.kernel_data = 1;
	im.h.size_of_struct = 68;
	is_number(init("m", &im), 0, "members beyond the header are ignored");
	is_number(info("m").usecount, 0, "also when it runs");
	unload("m");
	prepare(&im, "m");
	im.h.kernel_data = 1;
	im.h.size_of_struct = 92;
	is_number(init("m", &im), 0, "kernel_data beyond the header");
	unload("m");
	prepare(&im, "m");
	im.h.kernel_data = 1;
	is_number(init("m", &im), -EINVAL, "kernel_data in the header");
	unload("m");
}

#define AT(member) offsetof(struct tgt_module, member)

/* The complaints in the order of 2.4, and which member repairs each. */
static const struct {
	const char *text;
	size_t member[2];
} header_checks[] = {
	{"Size of initialized module exceeds size of created module.", {AT(size)}},
	{"mod->name out of bounds.", {AT(name)}},
	{"mod->syms out of bounds.", {AT(nsyms)}},
	{"mod->deps out of bounds.", {AT(ndeps)}},
	{"mod->init out of bounds.", {AT(init)}},
	{"mod->cleanup out of bounds.", {AT(cleanup)}},
	{"mod->ex_table_* invalid.", {AT(ex_table_start), AT(ex_table_end)}},
	{"mod->flags invalid.", {AT(flags)}},
	{"mod->can_unload out of bounds.", {AT(can_unload)}},
	{"mod->kallsyms out of bounds.", {AT(kallsyms_end)}},
	{"mod->kallsyms invalid.", {AT(kallsyms_start)}},
	{"mod->archdata out of bounds.", {AT(archdata_end)}},
	{"mod->archdata invalid.", {AT(archdata_start)}},
	{"mod->kernel_data must be zero.", {AT(kernel_data)}},
};

static void complains(const struct image *im, const char *want)
{
	char text[128];

	init("m", im);
	snprintf(text, sizeof(text), "init_module: %s", want);
	is_string(last_log(), text, want);
}

static void repair(struct image *im, const struct image *good, size_t member)
{
	memcpy(im->bytes + member, good->bytes + member, 4);
}

/* Everything in the header is wrong at once, and repaired one by one. */
static void test_header_checks(struct image *im, const struct image *good)
{
	memset(&im->h, 0xff, sizeof(im->h));
	im->h.size_of_struct = 0x7fffffff;
	im->h.ex_table_start = im->h.kallsyms_start = im->h.archdata_start = 4;
	im->h.ex_table_end = im->h.kallsyms_end = im->h.archdata_end = 1;
	init("m", im);
	is_string(last_log(), "A newer version of the module tools is likely needed.",
		  "header size comes first");
	repair(im, good, AT(size_of_struct));
	for (size_t i = 0; i < sizeof(header_checks) / sizeof(header_checks[0]); i++) {
		complains(im, header_checks[i].text);
		repair(im, good, header_checks[i].member[0]);
		repair(im, good, header_checks[i].member[1]);
	}
}

static void test_order_of_checks(void)
{
	struct image im, good;

	prepare(&good, "m");
	good.h.flags = AUTOCLEAN;
	im = good;
	im.bytes[IMAGE_NAME] = '\0';
	test_header_checks(&im, &good);
	complains(&im, "get_mod_name failure.");
	strcpy((char *)im.bytes + IMAGE_NAME, "x");
	complains(&im, "changed module name to `x' from `m'");
	strcpy((char *)im.bytes + IMAGE_NAME, "m");
	image_dep(&im, im.base);
	complains(&im, "self-referential dependency in mod->deps.");
	memset(im.bytes + IMAGE_DEPS, 1, 4);
	complains(&im, "found dependency that is (no longer?) a module.");
	im.h.ndeps = 0;
	is_number(init("m", &im), 0, "all repaired: it runs");
	is_number(unload("m"), 0, "deleted");
	is_clean("refused images");
}

/* One member of a valid image set to a value. */
static int with(void *member, struct image *im, uint32_t value)
{
	int result;

	memcpy(member, &value, sizeof(value));
	result = init("m", im);
	unload("m");
	prepare(im, "m");
	return result;
}

static void test_bounds(void)
{
	struct image im;
	uint32_t base, end;

#define IS(member, value, want)                                                          \
	do {                                                                             \
		base = im.base;                                                          \
		end = base + IMAGE_SIZE;                                                 \
		is_number(with(&im.h.member, &im, value), want, #member " = " #value);   \
	} while (0)
	init_result = 0;
	prepare(&im, "m");
	sim_dry_run = &init_result; /* these point anywhere */
	IS(init, base + 95, -EINVAL);
	IS(init, base + 96, 0);
	IS(init, end - 1, 0);
	IS(init, end, -EINVAL);
	IS(init, 4, -EINVAL);
	IS(init, 0, 0);
	IS(cleanup, base, -EINVAL);
	IS(cleanup, end, -EINVAL);
	IS(cleanup, 0, 0);
	IS(name, end - 2, -EINVAL); /* another name, but no complaint about bounds */
	IS(name, end - 1, -EINVAL);
	IS(name, base + 95, -EINVAL);
	IS(size, IMAGE_SIZE + 1, -EINVAL);
	IS(size, 95, -EINVAL);
	IS(size, 0, -EINVAL);
	IS(nsyms, 1, -EINVAL); /* at address 0 */
	IS(nsyms, 0x20000000, -EINVAL);
	IS(ndeps, 1, -EINVAL);
	IS(ndeps, 0x15555556, -EINVAL);
	IS(flags, RUNNING, -EINVAL);
	IS(flags, AUTOCLEAN, 0);
	IS(can_unload, end, -EINVAL);
	IS(can_unload, end - 1, 0);
	IS(kallsyms_start, base + 96, -EINVAL);
	IS(kallsyms_end, end, -EINVAL);
	IS(archdata_end, 1, -EINVAL);
	IS(kernel_data, 1, -EINVAL);
	IS(usecount, 1000, 0); /* ignored */
	IS(refs, 4, 0);
	IS(next, 4, 0);
	sim_dry_run = NULL;
	unload("m");
	is_clean("bounds");
}

static int with_table(struct image *im, uint32_t start, uint32_t end)
{
	im->h.ex_table_start = start;
	return with(&im->h.ex_table_end, im, end);
}

static int with_syms(struct image *im, uint32_t at, uint32_t n)
{
	im->h.syms = at;
	return with(&im->h.nsyms, im, n);
}

static void test_tables(void)
{
	struct image im;

	prepare(&im, "m");
	is_number(with_table(&im, im.base + 1024, im.base + 1040), 0,
		  "table in the image");
	is_number(with_table(&im, im.base + 1024, im.base + 1039), -EINVAL, "odd length");
	is_number(with_table(&im, im.base + 88, im.base + 1024), -EINVAL,
		  "in the header");
	is_number(with_table(&im, im.base + IMAGE_SIZE - 8, im.base + IMAGE_SIZE),
		  -EINVAL, "ends with the image");
	is_number(with_table(&im, im.base + IMAGE_SIZE - 16, im.base + IMAGE_SIZE - 8), 0,
		  "ends before");
	is_number(with_table(&im, 0, im.base + 1024), -EINVAL, "starts at 0");
	is_number(with_table(&im, im.base + 1024, 0), -EINVAL, "ends at 0");
	is_number(with_syms(&im, im.base + 512, 1), -EINVAL, "a symbol without a name");
	memset(im.bytes + 512, 0xff, 8);
	is_number(with_syms(&im, im.base + 512, 1), -EINVAL, "a symbol's name anywhere");
	*(uint32_t *)(im.bytes + 516) = im.base + IMAGE_SIZE - 1;
	im.bytes[IMAGE_SIZE - 1] = 'x';
	is_number(with_syms(&im, im.base + 512, 1), -EINVAL,
		  "a symbol's name without end");
	memcpy(im.bytes + 517 + 4, &im.h.name, 4);
	is_number(with_syms(&im, im.base + 517, 1), 0, "a table at an odd address");
	is_number(with_syms(&im, im.base + IMAGE_SIZE - 7, 1), -EINVAL, "half a symbol");
	unload("m");
	is_clean("tables");
}

static struct image *changing;

static void grow_header(const void *p, size_t n)
{
	if (n == 4 && p == changing)
		changing->h.size_of_struct = 0xffffffff;
}

/* A loader whose other thread changes the image under way. */
static void test_changing_image(void)
{
	struct image im;

	prepare(&im, "m");
	changing = &im;
	sim_user_was_read = grow_header;
	is_number(init("m", &im), 0, "a header that changes after it was measured");
	sim_user_was_read = NULL;
	is_number(live(&im)->size_of_struct, 96, "counts as it was measured");
	unload("m");
	is_clean("a changing image");
}

/* --- init that runs ------------------------------------------------------------------- */

static void test_init_results(void)
{
	static const struct {
		int result, want;
	} cases[] = {{-ENODEV, -ENODEV},       {-1, -1},    {-4095, -4095},
		     {-4096, -EBUSY},	       {1, -EBUSY}, {1000, -EBUSY},
		     {(int)0x80000000, -EBUSY}};
	struct image im, dep;
	unsigned before;

	load(&dep, "dep");
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		prepare(&im, "m");
		image_dep(&im, dep.base);
		image_symbol(&im, "sym", 1);
		init_result = cases[i].result;
		if (!ok(init("m", &im) == cases[i].want, "init returned %d",
			cases[i].result))
			printf("# want %d\n", cases[i].want);
		init_result = 0;
		is_number(live(&dep)->refs, 0, "no link is left");
		is_string(names("m", TGT_QM_SYMBOLS), "", "no symbol is shown");
		is_number(info("m").flags & ~USED_ONCE, 0, "flags are 0");
		is_number(info("m").usecount, 0, "use count is 0");
		before = cleanups;
		is_number(unload("m"), 0, "and it can be deleted");
		is_number(cleanups, before, "without cleanup");
	}
	is_number(unload("dep"), 0, "delete: dep");
	is_clean("failed inits");
}

static void test_contained(void)
{
	static const struct {
		const char *what;
		unsigned char code[12];
		int want;
	} cases[] = {
		{"init: invalid instruction", {0x0f, 0x0b}, -EFAULT},
		{"init: write to NULL", {0xc7, 0x05, 0, 0, 0, 0, 1, 0, 0, 0}, -EFAULT},
		{"init: division by zero",
		 {0x31, 0xc9, 0x89, 0xc8, 0x99, 0xf7, 0xf9},
		 -EFAULT},
		{"init: endless loop", {0xeb, 0xfe}, -ETIME},
	};
	struct image im;

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		prepare(&im, "m");
		image_code(&im, IMAGE_INIT, cases[i].code, sizeof(cases[i].code));
		is_number(init("m", &im), cases[i].want, cases[i].what);
		is_number(unload("m"), 0, "deleted");
	}
	is_clean("faults");
}

/* movl $1,(to); xorl %eax,%eax; ret */
static void put_write(struct image *im, uint32_t off, uint32_t to)
{
	unsigned char code[13] = {0xc7, 0x05, 0, 0, 0, 0, 1, 0, 0, 0, 0x31, 0xc0, 0xc3};

	memcpy(code + 2, &to, sizeof(to));
	image_code(im, off, code, sizeof(code));
}

/* Page 0 is written, page 1 is code, there are no constants. */
static void prepare_separate(struct image *im)
{
	struct tgt_module_rights rights;

	prepare(im, "m");
	im->h.size_of_struct = TGT_MODULE_RIGHTS_SIZE;
	rights.text_start = im->base + TGT_PAGE_SIZE;
	rights.rodata_start = im->base + IMAGE_SIZE;
	memcpy(im->bytes + TGT_MODULE_SIZE, &rights, sizeof(rights));
	im->h.init = im->base + TGT_PAGE_SIZE;
}

static void test_rights(void)
{
	static const unsigned char ret[] = {0x31, 0xc0, 0xc3};
	struct image im;

	prepare_separate(&im);
	put_write(&im, TGT_PAGE_SIZE, im.base + IMAGE_STRINGS);
	is_number(init("m", &im), 0, "rights: code runs, data may be written");
	unload("m");

	prepare_separate(&im);
	put_write(&im, TGT_PAGE_SIZE, im.base + TGT_PAGE_SIZE + 512);
	is_number(init("m", &im), -EFAULT, "rights: code may not be written");
	image_code(&im, TGT_PAGE_SIZE, ret, sizeof(ret));
	is_number(init("m", &im), 0, "and again by the loader");
	unload("m");

	prepare_separate(&im);
	im.h.init = im.base + IMAGE_INIT;
	image_code(&im, IMAGE_INIT, ret, sizeof(ret));
	is_number(init("m", &im), -EFAULT, "rights: data do not run");
	unload("m");
	is_clean("rights");
}

static void test_quarantine(void)
{
	struct image a, b, c;

	prepare(&a, "a");
	image_symbol(&a, "of_a", 1);
	init("a", &a);
	prepare(&b, "b");
	image_dep(&b, a.base);
	is_number(init("b", &b), 0, "quarantine: b stands on a");
	ok(sim_hold(a.base), "and the kernel uses a");
	live(&a)->usecount = 77;
	inits = cleanups = 0;
	sim_fault(a.base);
	is_number(info("a").flags & TGT_MOD_QUARANTINED, TGT_MOD_QUARANTINED, "its flag");
	is_number(info("a").usecount, 1, "only what the kernel counted is believed");
	is_string(names("a", TGT_QM_REFS), "b", "who stands on it is shown");
	is_string(proc("/proc/modules"),
		  "b                       8192   0 (unused)\n"
		  "a                       8192   1 (quarantined) [b]\n",
		  "/proc/modules");
	ok(!strstr(proc("/proc/ksyms"), "of_a"), "its symbols are not offered");
	ok(!sim_hold(a.base), "no new use is taken");
	prepare(&c, "c");
	image_dep(&c, a.base);
	is_number(init("c", &c), -EINVAL, "nobody links against it");
	unload("c");
	is_number(init("a", &a), -EBUSY, "it is not initialised again");
	is_number(unload("a"), -EBUSY, "nor deleted while in use");
	unload(NULL);
	sim_release(a.base);
	is_number(unload("a"), -EBUSY, "nor while b stands on it");
	is_number(unload("b"), 0, "b goes");
	is_number(unload("a"), -ENOENT, "and a with it");
	is_number(cleanups, 1, "of the two only b has cleaned up");
	is_clean("quarantine");
}

static void test_running(void)
{
	struct image im;

	prepare(&im, "m");
	im.h.flags = AUTOCLEAN;
	inits = cleanups = 0;
	is_number(init("m", &im), 0, "init");
	is_number(inits, 1, "ran once");
	is_number(info("m").flags, RUNNING | AUTOCLEAN, "flags");
	is_number(info("m").usecount, 0, "use count");
	is_number(info("m").addr, im.base, "address");
	is_number(info("m").size, IMAGE_SIZE, "size");
	is_string(proc("/proc/modules"),
		  "m                       8192   0 (autoclean) (unused)\n",
		  "/proc/modules");
	is_number(init("m", &im), -EBUSY, "init again: refused");
	is_number(inits, 1, "and not run");
	live(&im)->usecount = 3;
	is_number(unload("m"), -EBUSY, "delete: in use");
	is_string(proc("/proc/modules"),
		  "m                       8192   3 (autoclean) (unused)\n", "its count");
	live(&im)->usecount = 0;
	task = guest;
	is_number(unload("m"), -EPERM, "delete: not root");
	is_number(unload(NULL), -EPERM, "sweep: not root");
	task = root;
	is_number(unload(""), -EINVAL, "delete: empty name");
	is_number(unload("none"), -ENOENT, "delete: no such module");
	is_number(unload("m"), 0, "delete");
	is_number(cleanups, 1, "cleanup ran");
	is_number(unload("m"), -ENOENT, "gone");
	is_clean("a module");
}

static void test_no_functions(void)
{
	struct image im;

	prepare(&im, "m");
	im.h.init = im.h.cleanup = 0;
	is_number(init("m", &im), 0, "neither init");
	is_number(unload("m"), 0, "nor cleanup");
	is_clean("a module without functions");
}

static void test_ksyms(void)
{
	const char *text, *kernel;
	struct image im;

	prepare(&im, "m");
	image_symbol(&im, "one", 0x11);
	image_symbol(&im, "two", 0xc0ffee00);
	is_string(strstr(proc("/proc/ksyms"), "[m]"), NULL, "/proc/ksyms before init");
	init("m", &im);
	text = proc("/proc/ksyms");
	is_number(strncmp(text, "00000011 one\t[m]\nc0ffee00 two\t[m]\n", 34), 0,
		  "/proc/ksyms: a module's symbols");
	kernel = strchr(strchr(text, '\n') + 1, '\n') + 1;
	ok(strstr(kernel, " printk\n") && !strchr(kernel, '\t'),
	   "the kernel's come last, without brackets");
	unload("m");
	is_clean("ksyms");
}

static void test_can_unload(void)
{
	struct image im;

	prepare(&im, "m");
	im.h.can_unload = im.base + IMAGE_BUSY;
	busy_result = 7;
	is_number(init("m", &im), 0, "init with can_unload");
	is_number(info("m").usecount, -1, "shown as -1");
	is_string(proc("/proc/modules"), "m                       8192  -1 (unused)\n",
		  "/proc/modules, too");
	is_number(unload("m"), -EBUSY, "not zero is busy");
	busy_result = 0;
	live(&im)->usecount = 5;
	is_number(unload("m"), 0, "zero may go, whatever the count");
	is_clean("can_unload");
}

/* A module cannot change the kernel's mind through its header. */
static void test_scribbled_header(void)
{
	struct image im, dep;

	load(&dep, "dep");
	prepare(&im, "m");
	image_dep(&im, dep.base);
	image_symbol(&im, "sym", 1);
	init("m", &im);
	memset(live(&im), 0xff, IMAGE_NAME);
	live(&im)->usecount = 0;
	memset((char *)(uintptr_t)im.base + IMAGE_SYMS, 0xff, 1024);
	is_string(names(NULL, TGT_QM_MODULES), "m dep", "the list is as it was");
	is_string(names("m", TGT_QM_DEPS), "dep", "dependencies, too");
	is_number(info("m").flags & RUNNING, RUNNING, "it runs");
	is_number(strlen(proc("/proc/ksyms")) > 0, 1, "symbols can be read");
	is_number(unload("m"), -EFAULT, "deleted, its destroyed cleanup stopped");
	is_number(unload("dep"), 0, "and what it needed");
	is_clean("a scribbled header");
}

/* --- links and queries ---------------------------------------------------------------- */

static void test_links(void)
{
	struct image a, b, c;
	struct tgt_module_ref *refs;

	load(&a, "a");
	prepare(&b, "b");
	image_dep(&b, a.base);
	is_number(init("b", &b), 0, "b needs a");
	prepare(&c, "c");
	image_dep(&c, a.base);
	image_dep(&c, b.base);
	is_number(init("c", &c), 0, "c needs a and b");
	is_string(names("c", TGT_QM_DEPS), "a b", "deps in the order given");
	is_string(names("a", TGT_QM_REFS), "c b", "refs newest first");
	is_string(names("b", TGT_QM_REFS), "c", "refs of b");
	is_string(names("a", TGT_QM_DEPS), "", "deps of a");
	refs = (void *)(uintptr_t)live(&a)->refs;
	ok(refs && refs->ref == c.base && refs->dep == a.base, "the header leads to c");
	ok((uintptr_t)refs->next_ref == b.base + IMAGE_DEPS, "and c's record to b's");
	is_number(info("a").flags, RUNNING | USED_ONCE, "a has been used");
	is_string(proc("/proc/modules"),
		  "c                       8192   0 (unused)\n"
		  "b                       8192   0 [c]\n"
		  "a                       8192   0 [c b]\n",
		  "/proc/modules");
	is_number(unload("a"), -EBUSY, "a is needed");
	is_number(unload("b"), -EBUSY, "b is needed");
	is_number(unload("c"), 0, "c is not");
	is_string(names("a", TGT_QM_REFS), "b", "refs of a without c");
	ok(live(&a)->refs == b.base + IMAGE_DEPS, "in the header as well");
	is_number(unload("b"), 0, "now b");
	is_number(unload("a"), 0, "now a");
	is_clean("a stack");
}

/* Two that need each other could never be deleted. */
static void test_no_cycle(void)
{
	struct image a, b;

	prepare(&a, "a");
	prepare(&b, "b");
	image_dep(&b, a.base);
	is_number(init("b", &b), -EINVAL, "a module that does not run cannot be needed");
	is_number(init("a", &a), 0, "it runs");
	is_number(init("b", &b), 0, "now it can");
	is_number(init("a", &a), -EBUSY, "and keeps its code");
	is_number(unload("b"), 0, "delete: b");
	is_number(unload("a"), 0, "delete: a");
	is_clean("two modules");
}

static void test_query_protocol(void)
{
	struct tgt_module_symbol *sym;
	struct image im;
	char buf[64];
	uint32_t ret = 7;

	prepare(&im, "m");
	image_symbol(&im, "one", 0x11);
	image_symbol(&im, "three", 0x33);
	init("m", &im);
	is_number(query(NULL, 0, NULL, 0, NULL), 0, "query 0: these calls exist");
	is_number(query("none", 0, NULL, 0, NULL), -ENOENT, "query: no such module");
	is_number(query("", 0, NULL, 0, NULL), -EINVAL, "query: empty name");
	is_number(query("m", 6, buf, 64, &ret), -EINVAL, "query: no such question");
	is_number(query("m", -1, buf, 64, &ret), -EINVAL, "query: negative");
	is_number(query(NULL, TGT_QM_DEPS, buf, 64, &ret), -EINVAL, "deps of the kernel");
	is_number(query(NULL, TGT_QM_REFS, buf, 64, &ret), -EINVAL, "refs of the kernel");
	is_number(query(NULL, TGT_QM_INFO, buf, 64, &ret), -EINVAL, "info of the kernel");
	is_number(ret, 7, "nothing was written");
	for (uint32_t size = 0; size < 26; size++) {
		memset(buf, 'z', sizeof(buf));
		if (query("m", TGT_QM_SYMBOLS, buf, size, &ret) != -ENOSPC || ret != 26 ||
		    buf[size] != 'z')
			ok(false, "symbols into %u bytes", size);
	}
	is_number(query("m", TGT_QM_SYMBOLS, buf, 26, &ret), 0, "symbols into 26 bytes");
	is_number(ret, 2, "are two");
	sym = (void *)buf;
	is_number(sym[0].value, 0x11, "value");
	is_number(sym[0].name, 16, "the first name right behind the table");
	is_string(buf + sym[1].name, "three", "name");
	is_number(query("m", TGT_QM_SYMBOLS, buf, 26, NULL), -EFAULT, "no place for ret");
	is_number(query("m", TGT_QM_SYMBOLS, NULL, 26, &ret), -EFAULT, "no buffer");
	is_number(query("m", TGT_QM_INFO, buf, 15, &ret), -ENOSPC, "info into 15 bytes");
	is_number(ret, 16, "takes 16");
	is_number(query(NULL, TGT_QM_MODULES, buf, 1, &ret), -ENOSPC,
		  "names into 1 byte");
	is_number(ret, 2, "take 2");
	is_number(query("m", TGT_QM_DEPS, NULL, 0, &ret), 0, "no deps need no room");
	task = guest;
	is_number(query(NULL, TGT_QM_MODULES, buf, 64, &ret), 0, "anybody may ask");
	task = root;
	unload("m");
	is_clean("queries");
}

/* --- questions that Linux did not know ------------------------------------------------ */

/* QM_LOOKUP of names, blanks between them: "symbol=value@module ..." in order. */
static const char *found(const char *wanted)
{
	static char text[8192], buf[8192];
	char list[512] = "";
	uintptr_t args[6] = {(uintptr_t)list, TGT_QM_LOOKUP, (uintptr_t)buf, sizeof(buf)};
	uint32_t n = 0;
	char *at = buf, *out = text;
	int32_t error;

	strcpy(list, wanted);
	for (char *p = list; (p = strchr(p, ' '));)
		*p++ = '\0';
	args[4] = (uintptr_t)&n;
	sim_user_reset();
	sim_user_add(list, strlen(wanted) + 2, false);
	sim_user_add(buf, sizeof(buf), true);
	sim_user_add(&n, sizeof(n), true);
	error = sim_syscall(task, 167, args);
	text[0] = '\0';
	if (error)
		sprintf(text, "%d", error);
	for (; n && !error; n--) {
		struct tgt_found f;
		const char *name = at + sizeof(f);

		memcpy(&f, at, sizeof(f));
		out += sprintf(out, "%s%s=%x@%s", out == text ? "" : " ", name, f.value,
			       name + strlen(name) + 1);
		at += f.size;
	}
	return text;
}

static void test_lookup(void)
{
	struct image a, b, c;
	static char many[2 * TGT_LOOKUP_MAX + 3];
	uintptr_t args[6] = {(uintptr_t)many, TGT_QM_LOOKUP};
	uint32_t n = 7;

	is_string(found("nowhere"), "", "lookup: a name that nobody has");
	prepare(&a, "a");
	prepare(&b, "b");
	image_symbol(&a, "one", 0xa1);
	image_symbol(&a, "two_Rsmp_12345678", 0xa2);
	image_symbol(&a, "one", 0xa3);
	image_symbol(&b, "GPLONLY_one", 0xb1);
	image_symbol(&b, "two", 0xb2);
	is_number(init("b", &b), 0, "the newer one is there first");
	is_string(found("one"), "GPLONLY_one=b1@b", "lookup: GPLONLY_ is not counted");
	is_number(init("a", &a), 0, "the older one");
	is_string(found("one"), "GPLONLY_one=b1@b one=a1@a one=a3@a",
		  "lookup: newer modules first, then in their own order");
	is_string(found("two_R87654321 on"), "two=b2@b two_Rsmp_12345678=a2@a",
		  "lookup: whatever the version; no parts of names");
	is_string(found("two one"),
		  "two=b2@b two_Rsmp_12345678=a2@a GPLONLY_one=b1@b one=a1@a one=a3@a",
		  "lookup: several names, each with its own");
	ok(!strncmp(found("printk"), "printk=", 7) &&
		   strchr(found("printk"), '@')[1] == 0,
	   "lookup: of the kernel");
	prepare(&c, "c");
	image_symbol(&c, "one", 0xc1);
	init_result = -1;
	is_number(init("c", &c), -1, "init fails");
	init_result = 0;
	is_string(found("one"), "GPLONLY_one=b1@b one=a1@a one=a3@a",
		  "lookup: not what has failed");
	is_number(unload("c") + unload("b"), 0, "delete: c and b");
	is_string(found("one two"), "one=a1@a one=a3@a two_Rsmp_12345678=a2@a",
		  "lookup: not what is gone");
	memset(many, 'x', sizeof(many));
	for (size_t i = 1; i < sizeof(many); i += 2)
		many[i] = '\0';
	many[sizeof(many) - 1] = '\0';
	args[4] = (uintptr_t)&n;
	sim_user_reset();
	sim_user_add(many, sizeof(many), false);
	sim_user_add(&n, sizeof(n), true);
	is_number(sim_syscall(task, 167, args), -E2BIG, "lookup: too many names");
	many[sizeof(many) - 3] = '\0';
	is_number(sim_syscall(task, 167, args), 0, "lookup: just so many");
	is_number(n, 0, "none of them is known");
	memset(many, 'x', sizeof(many));
	is_number(sim_syscall(task, 167, args), -ENAMETOOLONG, "lookup: a long name");
	sim_user_reset();
	sim_user_add(many, 100, false);
	is_number(sim_syscall(task, 167, args), -EFAULT,
		  "lookup: a name ends in a fault");
	is_number(query(NULL, TGT_QM_LOOKUP, many, 1, &n), -EINVAL, "lookup: no names");
	is_number(unload("a"), 0, "delete: a");
	is_clean("lookups");
}

static void test_lookup_memory(void)
{
	struct image im;
	uint32_t odd = 0, n;
	char buf[64];
	int error;

	for (long i = 0; i < 40; i++) {
		prepare(&im, "m");
		image_symbol(&im, "one", 1);
		sim_fail_alloc(i);
		error = init("m", &im);
		odd += error != 0 && error != -ENOMEM;
		if (error == 0)
			error = query("one", TGT_QM_LOOKUP, buf, 0, &n);
		sim_fail_alloc(-1);
		unload("m");
	}
	is_number(odd, 0, "init without memory: that is what it says");
	is_clean("failures for want of memory");
}

static void test_list(void)
{
	struct tgt_listed listed;
	struct image a, b;
	char buf[256];
	uint32_t n = 0;

	is_number(query(NULL, TGT_QM_LIST, NULL, 0, &n), 0, "list: nothing");
	is_number(n, 0, "is no record");
	load(&a, "a");
	prepare(&b, "bb");
	image_dep(&b, a.base);
	init("bb", &b);
	is_number(query(NULL, TGT_QM_LIST, buf, 59, &n), -ENOSPC, "list: 59 bytes");
	is_number(n, 60, "are not the 60 it takes");
	is_number(query(NULL, TGT_QM_LIST, buf, 60, &n), 0, "list");
	is_number(n, 2, "two modules");
	memcpy(&listed, buf, sizeof(listed));
	is_string(buf + sizeof(listed), "bb", "the newest first");
	is_number(listed.size, 28, "name and padding counted");
	is_number(listed.nrefs, 0, "nobody needs it");
	is_number(listed.info.addr, b.base, "its address");
	memcpy(&listed, buf + 28, sizeof(listed));
	is_string(buf + 28 + sizeof(listed), "a", "the older one");
	is_string(buf + 28 + sizeof(listed) + 2, "bb", "who needs it");
	is_number(listed.nrefs, 1, "one");
	is_number(listed.info.flags, info("a").flags, "flags as by QM_INFO");
	is_number(query("a", TGT_QM_LIST, buf, 60, &n), -EINVAL, "list of a module");
	is_number(unload("bb") + unload("a"), 0, "delete: both");
	is_clean("lists");
}

static void test_kernel_syms(void)
{
	static struct tgt_kernel_sym table[512];
	char long_name[80], cut[60];
	struct image im, raw;
	int bound, n;

	memset(long_name, 'l', 79);
	long_name[79] = '\0';
	memcpy(cut, long_name, 59);
	cut[59] = '\0';
	prepare(&raw, "raw");
	prepare(&im, "m");
	image_symbol(&im, "one", 0x11);
	image_symbol(&im, long_name, 0x22);
	init("m", &im);
	sim_user_reset();
	bound = sim_syscall(task, 130, (uintptr_t[6]){0});
	sim_user_add(table, sizeof(table), true);
	n = sim_syscall(task, 130, (uintptr_t[6]){(uintptr_t)table});
	is_number(n, bound - 1, "all but the module that is not initialised");
	is_string(table[0].name, "#m", "the module");
	is_number(table[0].value, im.base, "its address");
	is_string(table[1].name, "one", "its symbols");
	is_number(table[1].value, 0x11, "value");
	is_string(table[2].name, cut, "cut to 59 characters");
	is_string(table[3].name, "#", "the kernel comes last");
	sim_user_reset();
	sim_user_add(table, 100, true);
	n = sim_syscall(task, 130, (uintptr_t[6]){(uintptr_t)table});
	is_number(n, -EFAULT, "a table too short is a fault");
	unload("m");
	unload("raw");
	is_clean("get_kernel_syms");
}

/* A header of negative size asks for a piece of the module's memory. */
static void test_read_back(void)
{
	static const struct {
		int from, to, want;
		const char *what;
	} cases[] = {
		{IMAGE_NAME, IMAGE_NAME + 4, 0, "read back: a piece"},
		{0, IMAGE_SIZE - 100, 0, "read back: nearly all"},
		{IMAGE_SIZE, IMAGE_SIZE, 0, "read back: nothing, at the end"},
		{10, 9, -EINVAL, "read back: end before start"},
		{-1, 10, -EINVAL, "read back: before the module"},
		{0, IMAGE_SIZE + 1, -EINVAL, "read back: behind the module"},
		{0, IMAGE_SIZE, -EFAULT, "read back: more than the buffer has"},
	};
	uintptr_t args[6] = {(uintptr_t) "m"};
	struct image im, buf;

	load(&im, "m");
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		memset(&buf, 0, sizeof(buf));
		buf.h.size_of_struct = -TGT_MODULE_SIZE;
		buf.h.persist_start = im.base + cases[i].from;
		buf.h.persist_end = im.base + cases[i].to;
		args[1] = (uintptr_t)&buf;
		sim_user_reset();
		sim_user_add("m", 2, false);
		sim_user_add(buf.bytes, IMAGE_SIZE, true);
		is_number(sim_syscall(task, 128, args), cases[i].want, cases[i].what);
		if (i == 0)
			is_string((char *)buf.bytes + TGT_MODULE_SIZE, "m",
				  "its content");
	}
	unload("m");
	prepare(&im, "m");
	im.h.size_of_struct = -TGT_MODULE_SIZE;
	is_number(init("m", &im), -EINVAL, "read back: not running");
	im.h.size_of_struct = -64;
	is_number(init("m", &im), -EINVAL, "read back: a header without the range");
	unload("m");
	is_clean("reading back");
}

static void test_addresses(void)
{
	struct tgt_exception_entry entry[3];
	struct image im;
	char text[80];

	prepare(&im, "m");
	image_symbol(&im, "__insmod_m_Ofile", im.base + IMAGE_INIT + 4);
	image_symbol(&im, "start", im.base + IMAGE_INIT);
	image_symbol(&im, "far", im.base + IMAGE_BUSY);
	image_symbol(&im, "stop", im.base + IMAGE_CLEANUP);
	image_symbol(&im, "further", im.base + IMAGE_BUSY + 1);
	image_symbol(&im, "before", im.base + IMAGE_TABLE);
	image_symbol(&im, "elsewhere", 0xc0100000);
	entry[0] = (struct tgt_exception_entry){im.base + 1301, im.base + 1300};
	entry[1] = (struct tgt_exception_entry){im.base + 1290, 0xc0100000};
	entry[2] = (struct tgt_exception_entry){im.base + 1291, im.base + IMAGE_SIZE};
	memcpy(im.bytes + IMAGE_TABLE, entry, sizeof(entry));
	im.h.ex_table_start = im.base + IMAGE_TABLE;
	im.h.ex_table_end = im.base + IMAGE_TABLE + sizeof(entry);
	is_number(sim_search_extable(im.base + 1301), 0, "no table before init");
	is_number(init("m", &im), 0, "init");
	ok(sim_symname(im.base + IMAGE_INIT + 5, text, sizeof(text)), "an address in it");
	is_string(text, "start+0x5/0x20 [m]", "by the symbol before it");
	ok(!sim_symname(im.base + IMAGE_SIZE, text, sizeof(text)), "not in it");
	is_number(sim_search_extable(im.base + 1301), im.base + 1300,
		  "a fixup, unsorted");
	is_number(sim_search_extable(im.base + 1290), 0, "not one outside of the module");
	is_number(sim_search_extable(im.base + 1291), 0, "nor at its end");
	is_number(sim_search_extable(im.base + 1302), 0, "nothing");
	unload("m");
	is_number(sim_search_extable(im.base + 1301), 0, "gone with the module");
	is_clean("addresses");
}

/* --- sweep, owners -------------------------------------------------------------------- */

static void autoclean(struct image *im, const char *name, const struct image *dep)
{
	prepare(im, name);
	im->h.flags = AUTOCLEAN;
	if (dep)
		image_dep(im, dep->base);
	init(name, im);
}

static void test_sweep(void)
{
	struct image a, b, c, keep;

	load(&keep, "keep");
	touch(&keep);
	autoclean(&a, "a", NULL);
	unload(NULL);
	unload(NULL);
	is_string(names(NULL, TGT_QM_MODULES), "a keep", "never used: stays");
	touch(&a);
	autoclean(&b, "b", NULL);
	touch(&b);
	live(&b)->flags &= ~VISITED; /* idle since the sweep before */
	is_number(unload(NULL), 0, "sweep");
	is_string(names(NULL, TGT_QM_MODULES), "a keep",
		  "used since the last sweep: spared, also when another goes");
	live(&a)->usecount = 1;
	unload(NULL);
	is_string(names(NULL, TGT_QM_MODULES), "a keep", "in use: stays");
	live(&a)->usecount = 0;
	unload(NULL);
	is_string(names(NULL, TGT_QM_MODULES), "keep", "idle for a whole interval: goes");

	autoclean(&a, "a", NULL);
	autoclean(&b, "b", &a);
	autoclean(&c, "c", &b);
	touch(&a);
	touch(&b);
	touch(&c);
	unload(NULL);
	is_string(names(NULL, TGT_QM_MODULES), "c b a keep", "a stack, first sweep");
	unload(NULL);
	is_string(names(NULL, TGT_QM_MODULES), "keep", "second sweep: top to bottom");
	unload("keep");
	is_clean("sweeps");
}

static void test_owner(void)
{
	struct image im;

	other = sim_task_new(0, 0);
	task = other;
	load(&im, "done");
	create("half", IMAGE_SIZE);
	prepare(&im, "failed");
	init_result = -EIO;
	init("failed", &im);
	init_result = 0;
	task = root;
	create("mine", IMAGE_SIZE);
	sim_task_exit(other);
	is_string(names(NULL, TGT_QM_MODULES), "mine done",
		  "what a process left uninitialised goes with it");
	unload("mine");
	unload("done");
	is_clean("a process");
}

static void test_many(void)
{
	static struct image im;
	char name[16];
	int good = 0;

	for (int i = 0; i < 1000; i++) {
		snprintf(name, sizeof(name), "m%d", i);
		good += load(&im, name) == 0;
	}
	is_number(good, 1000, "a thousand modules");
	is_number(strlen(proc("/proc/modules")), 42 * 1000, "/proc/modules has them all");
	for (int i = 0; i < 1000; i++) {
		snprintf(name, sizeof(name), "m%d", i * 7 % 1000);
		good -= unload(name) == 0;
	}
	is_number(good, 0, "deleted in another order");
	is_clean("a thousand modules");
}

/* --- mutations ------------------------------------------------------------------------ */

static uint32_t seed = 1;

static uint32_t pick(uint32_t n)
{
	seed = seed * 1664525 + 1013904223;
	return (seed >> 8) % n;
}

static uint32_t evil(const struct image *im)
{
	const uint32_t values[] = {0,
				   1,
				   4,
				   0xffffffff,
				   0x7fffffff,
				   0x80000000,
				   im->base,
				   im->base + 60,
				   im->base + 96,
				   im->base + IMAGE_SIZE,
				   im->base + IMAGE_SIZE - 1,
				   im->base + IMAGE_SIZE - 8,
				   im->base - 1,
				   im->base + pick(IMAGE_SIZE),
				   pick(200),
				   seed};

	return values[pick(sizeof(values) / sizeof(values[0]))];
}

static void mutate(struct image *im)
{
	uint32_t value, off;

	for (int n = 1 + pick(4); n; n--) {
		off = pick(3) ? pick(40) * 4 : IMAGE_SYMS + pick(512);
		value = evil(im);
		memcpy(im->bytes + off, &value, 4);
	}
}

/* Ask everything there is to ask. */
static void ask(const char *name, const struct image *im)
{
	static char buf[1 << 16];
	char text[80];
	uint32_t ret;

	for (int which = 0; which <= 5; which++)
		query(name, which, buf, sizeof(buf), &ret);
	query(name, TGT_QM_SYMBOLS, buf, 16, &ret);
	proc("/proc/modules");
	proc("/proc/ksyms");
	sim_symname(im->base + pick(IMAGE_SIZE), text, sizeof(text));
	sim_search_extable(im->base + pick(IMAGE_SIZE));
}

static void test_mutations(void)
{
	struct image im, dep;
	int result, accepted = 0, odd = 0;

	load(&dep, "dep");
	for (int i = 0; i < 20000; i++) {
		prepare(&im, "m");
		image_dep(&im, dep.base);
		image_symbol(&im, "one", 1);
		image_symbol(&im, "two", 2);
		im.h.ex_table_start = im.base + IMAGE_TABLE;
		im.h.ex_table_end = im.base + IMAGE_TABLE + 16;
		mutate(&im);
		sim_dry_run = &init_result;
		result = init("m", &im);
		accepted += result == 0;
		odd += result != 0 && result != -EINVAL && result != -EFAULT &&
		       result != -ENAMETOOLONG;
		ask("m", &im);
		busy_result = 0;
		odd += unload("m") != 0;
		sim_dry_run = NULL;
	}
	is_number(odd, 0, "20000 mutated images: an errno of the list, and deleted");
	ok(accepted > 100 && accepted < 19000, "some are valid (%d)", accepted);
	is_number(live(&dep)->refs, 0, "no link is left");
	is_number(unload("dep"), 0, "delete: dep");
	is_clean("mutated images");
}

int main(void)
{
	sim_quiet = true;
	sim_boot();
	root = sim_task_new(0, 0);
	guest = sim_task_new(1000, 1000);
	task = root;
	is_clean("nothing");
	test_create_names();
	test_create();
	test_create_memory();
	test_init_names();
	test_header_sizes();
	test_optional_members();
	test_order_of_checks();
	test_bounds();
	test_tables();
	test_changing_image();
	test_init_results();
	test_contained();
	test_rights();
	test_quarantine();
	test_running();
	test_no_functions();
	test_ksyms();
	test_can_unload();
	test_scribbled_header();
	test_links();
	test_no_cycle();
	test_query_protocol();
	test_lookup();
	test_lookup_memory();
	test_list();
	test_kernel_syms();
	test_read_back();
	test_addresses();
	test_sweep();
	test_owner();
	test_many();
	test_mutations();
	return done();
}
