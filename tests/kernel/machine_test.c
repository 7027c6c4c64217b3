/* machine_test.c - the bottom of kernel-stub, tested from inside: memory, page tables,
 * user copy, traps, time, log
 *
 * A kernel of its own: arch, mm, lib and the few files of kernel/ they need, with the
 * rest of the kernel played by this file. `test=NAME` on the command line chooses what
 * to do; a check that fails panics, which ends QEMU with 127; all well is a clean
 * power-off, 33.
 */
#include <asm/uaccess.h>
#include <linux/delay.h>
#include <linux/errno.h>
#include <linux/interrupt.h>
#include <linux/kernel.h>
#include <linux/sched.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <linux/time.h>
#include <linux/timer.h>
#include "arch/i386/descr.h"
#include "arch/i386/paging.h"
#include "arch/i386/trap.h"
#include "drivers/serial.h"
#include "kernel/contain.h"
#include "kernel/module.h"
#include "kernel/module_host.h"
#include "kernel/panic.h"
#include "kernel/printk.h"
#include "kernel/text.h"
#include "mm/mm.h"

#define CHECK(condition)                                                                 \
	do {                                                                             \
		if (!(condition))                                                        \
			panic("line %d: %s", __LINE__, #condition);                      \
	} while (0)

void kernel_main(unsigned long multiboot) __attribute__((noreturn));

/* --- what stands in for the rest of the kernel -------------------------------- */

static struct task_struct idle = {.comm = "idle"};
struct task_struct *current = &idle;
struct list_head mod_list = LIST_HEAD_INIT(mod_list);
struct mod mod_kernel;
unsigned long tainted;

static void fire(unsigned long data);
static bool fire_is_modules;

struct module *mod_at(unsigned long addr)
{
	return fire_is_modules && addr == (unsigned long)fire ? (struct module *)addr
							      : NULL;
}

unsigned long mod_search_extable(unsigned long eip)
{
	return 0;
}

bool mod_symname(unsigned long addr, char *buf, size_t size)
{
	return false;
}

struct module *mod_caller(const void *return_address)
{
	return NULL;
}

const char *mod_name(const struct module *m)
{
	return "";
}

/* No modules, so no gates. */
extern struct gate *gate_resuming;
struct gate *gate_resuming;

long gate_open(struct gate *gate, struct module *owner)
{
	return 0;
}

void gate_close(struct gate *gate)
{
}

void gate_bar(struct gate *gate)
{
}

void gate_unbar(struct gate *gate)
{
}

struct module *contain_module(void)
{
	return NULL;
}

unsigned long contain_fault(struct pt_regs *regs, unsigned long esp, int error)
{
	return esp;
}

bool contain_expired(struct pt_regs *regs)
{
	return false;
}

void contain_tick(struct pt_regs *regs)
{
}

void contain_nmi(struct pt_regs *regs)
{
}

void sched_tick(struct pt_regs *regs)
{
}

void process_return(struct pt_regs *regs)
{
}

/* One process: pages appear on demand in [LOW, HIGH), and are copied on write. */
#define LOW  0x10000ul
#define HIGH 0x20000ul

static struct aspace *space;

bool process_demand(unsigned long addr, unsigned long error)
{
	struct page *page;

	addr &= PAGE_MASK;
	if (error & PF_PRESENT)
		return error & PF_WRITE && !aspace_unshare(space, addr);
	if (addr < LOW || addr >= HIGH)
		return false;
	page = page_alloc(MM_PROCESS, PAGE_ZERO);
	return page && !aspace_map(space, addr, page_pa(page), PG_READ | PG_WRITE);
}

/* What ring 3 did, for the bats file to compare; then the machine stops. */
static void __attribute__((noreturn))
report(const char *what, unsigned long a, unsigned long b)
{
	printk("ring 3: %s %lx %lx\n", what, a, b);
	poweroff(POWEROFF_CLEAN);
}

static unsigned long system_calls;

void do_syscall(struct pt_regs *regs)
{
	system_calls++;
	if (regs->orig_eax == 1)
		report("exit", regs->ebx, system_calls);
	regs->eax = regs->orig_eax + 1;
}

void process_fault(struct pt_regs *regs, unsigned long addr, unsigned long error)
{
	report("page fault", addr, error);
}

void process_trap(struct pt_regs *regs, int vector)
{
	report("trap", vector, regs->eip);
}

/* --- memory ------------------------------------------------------------------- */

static struct mm_counters before;

static void account_start(void)
{
	mm_counters(&before);
}

static void account_same(int line)
{
	struct mm_counters now;

	mm_counters(&now);
	for (unsigned k = 0; k < MM_KINDS; k++)
		if (now.pages[k] != before.pages[k])
			panic("line %d: %lu pages of kind %u, %lu before", line,
			      now.pages[k], k, before.pages[k]);
	if (memcmp(&now, &before, sizeof(now)))
		panic("line %d: the account of kmalloc has changed", line);
}
#define ACCOUNT_SAME() account_same(__LINE__)

static unsigned random(unsigned below)
{
	static unsigned state = 12345;

	state = state * 1664525 + 1013904223;
	return (state >> 8) % below;
}

#define OBJECTS 3000

static void object_toggle(unsigned char **object, unsigned *size, unsigned mark)
{
	if (*object) {
		for (unsigned i = 0; i < *size; i++)
			CHECK((*object)[i] == (unsigned char)mark);
		kfree(*object);
		*object = NULL;
		return;
	}
	*size = random(random(10) ? 3000 : 20000);
	*object = kmalloc(*size, GFP_KERNEL);
	CHECK(*object && (unsigned long)*object % 16 == 0);
	memset(*object, mark, *size);
}

static void test_kmalloc(void)
{
	static unsigned char *object[OBJECTS];
	static unsigned size[OBJECTS];

	account_start();
	for (unsigned n = 0; n < 60000; n++) {
		unsigned i = random(OBJECTS);

		object_toggle(&object[i], &size[i], i);
	}
	for (unsigned i = 0; i < OBJECTS; i++)
		if (object[i])
			object_toggle(&object[i], &size[i], i);
	ACCOUNT_SAME();

	for (unsigned i = 32; i <= 512; i *= 2) {
		void *p = kmalloc(i, GFP_KERNEL);

		CHECK((unsigned long)p % i == 0);
		kfree(p);
	}
	CHECK(!kmalloc(0xffffffff, GFP_KERNEL));
	CHECK(!kmalloc((PAGE_SIZE << PAGE_MAX_ORDER) + 1, GFP_KERNEL));
	kfree(NULL);
	ACCOUNT_SAME();
}

/* Each is reported and changes nothing. */
static void test_kfree_wrong(void)
{
	char *p = kmalloc(100, GFP_KERNEL), *large = kmalloc(9000, GFP_KERNEL);

	account_start();
	kfree((void *)0x1234);
	kfree(&before);
	kfree(p + 4);
	kfree(large + PAGE_SIZE);
	ACCOUNT_SAME();
	kfree(p);
	kfree(large);
	account_start();
	kfree(p);
	kfree(large);
	ACCOUNT_SAME();
}

static unsigned walked;

static void walk_free(void *object, size_t size, unsigned long caller)
{
	CHECK(size >= 100);
	kfree(object);
	walked++;
}

static __attribute__((noinline)) void leak(void)
{
	for (unsigned i = 0; i < 50; i++)
		CHECK(kmalloc(i % 10 ? 100 + i : 9000, GFP_KERNEL));
}

static void test_kmalloc_walk(void)
{
	account_start();
	leak();
	kmalloc_walk((unsigned long)leak, (unsigned long)leak + 128, walk_free);
	CHECK(walked == 50);
	ACCOUNT_SAME();
}

static void test_pages(void)
{
	static struct page *block[500];
	struct page *taken = NULL, *page;
	unsigned long n = 0;

	account_start();
	for (unsigned i = 0; i < 40000; i++) {
		struct page **at = &block[random(500)];

		if (*at)
			page_put(*at);
		*at = *at ? NULL : pages_alloc(MM_BUFFER, random(4), 0);
	}
	for (unsigned i = 0; i < 500; i++)
		if (block[i])
			page_put(block[i]);
	ACCOUNT_SAME();

	while ((page = page_alloc(MM_BUFFER, 0))) {
		page->private = (unsigned long)taken;
		taken = page;
		n++;
	}
	CHECK(n == before.pages[MM_FREE]);
	CHECK(!module_alloc(1) && !kmalloc(5000, GFP_KERNEL) && !kstack_alloc());
	while ((page = taken)) {
		taken = (struct page *)page->private;
		page_put(page);
	}
	ACCOUNT_SAME();
	page = pages_alloc(MM_BUFFER, PAGE_MAX_ORDER, 0); /* joined again */
	CHECK(page);
	page_put(page);
}

static void test_module_area(void)
{
	static char *module[50];
	unsigned long freed = 0;
	unsigned prot;

	account_start();
	for (unsigned n = 0; n < 20000; n++) {
		unsigned i = random(50), size = random(100000) + 1;

		if (module[i]) {
			freed = (unsigned long)module[i];
			module_free(module[i]);
			module[i] = NULL;
			CHECK(!kernel_lookup(freed, NULL));
			continue;
		}
		module[i] = module_alloc(size);
		CHECK(module[i] && (unsigned long)module[i] != freed);
		CHECK(!module[i][0] && !module[i][size - 1]);
		module[i][0] = module[i][size - 1] = 1;
	}
	for (unsigned i = 0; i < 50; i++)
		module_free(module[i]);
	ACCOUNT_SAME();

	module[0] = module_alloc(2 * PAGE_SIZE);
	CHECK(!module_protect(module[0], 1, PG_READ | PG_EXEC));
	CHECK(kernel_lookup((unsigned long)module[0], &prot));
	CHECK(prot == (PG_READ | PG_EXEC));
	CHECK(kernel_lookup((unsigned long)module[0] + PAGE_SIZE, &prot));
	CHECK(prot & PG_WRITE);
	CHECK(module_protect(module[0], 2 * PAGE_SIZE + 1, PG_READ) == -EINVAL);
	CHECK(module_protect(module[0] - 1, 1, PG_READ) == -EINVAL);
	CHECK(module_protect(&before, 1, PG_READ) == -EINVAL);
	module_free(module[0]);
	CHECK(!module_alloc(0) && !module_alloc(200u << 20) && !module_alloc(0xffffffff));
	ACCOUNT_SAME();
}

static void test_device_memory(void)
{
	volatile unsigned char *rom;

	account_start();
	rom = ioremap(0xffff0, 16); /* the processor's first instruction: jmp far */
	CHECK(rom && rom[0] == 0xea);
	iounmap((void *)rom);
	CHECK(!ioremap(0xfffff000, 0x2000));
	ACCOUNT_SAME();
}

/* --- user memory -------------------------------------------------------------- */

static void space_open(void)
{
	account_start();
	space = aspace_new();
	CHECK(space);
	aspace_switch(space);
}

static void space_close(void)
{
	aspace_switch(NULL);
	aspace_free(space);
	ACCOUNT_SAME();
}

#define USER(address) ((void *)(address))

static void test_user_copy(void)
{
	static char buf[300];

	space_open();
	memset(buf, 'x', sizeof(buf));
	CHECK(copy_to_user(USER(LOW + 0xff0), buf, 300) == 0);
	CHECK(copy_to_user(USER(HIGH - 16), buf, 300) == 300 - 16);
	CHECK(copy_to_user(USER(HIGH - 15), buf, 300) == 300 - 15);
	CHECK(copy_from_user(buf, USER(HIGH - 4), 8) == 4);
	CHECK(!memcmp(buf, "xxxx\0\0\0\0x", 9));
	CHECK(copy_to_user(USER(TASK_SIZE - 4), buf, 8) == 8);
	CHECK(copy_to_user(USER(PAGE_OFFSET + 0x100000), buf, 1) == 1);
	CHECK(copy_to_user(USER(0), buf, 1) == 1);
	CHECK(copy_to_user(USER(LOW), buf, 0xffffffff) == 0xffffffff);
	CHECK(clear_user(USER(HIGH - 7), 9) == 2);
	CHECK(copy_from_user(buf, USER(HIGH - 8), 8) == 0);
	CHECK(!memcmp(buf, "x\0\0\0\0\0\0\0", 8));
	space_close();
}

/* Whatever part of a block is there: all of it is moved, and no more. */
static void test_user_copy_tails(void)
{
	static char buf[101], back[101];

	space_open();
	for (unsigned long n = 0; n < sizeof(buf); n++) {
		memset(buf, 'a' + n % 26, sizeof(buf));
		CHECK(copy_to_user(USER(HIGH - n), buf, sizeof(buf)) == sizeof(buf) - n);
		CHECK(copy_from_user(back, USER(HIGH - n), sizeof(back)) ==
		      sizeof(back) - n);
		memset(buf + n, 0, sizeof(buf) - n);
		CHECK(!memcmp(back, buf, sizeof(buf)));
		CHECK(clear_user(USER(HIGH - n), sizeof(buf)) == sizeof(buf) - n);
		CHECK(copy_from_user(back, USER(HIGH - n), n) == 0);
		memset(buf, 0, n);
		CHECK(!memcmp(back, buf, n));
	}
	space_close();
}

static void test_user_strings(void)
{
	char buf[300];
	long value = 1;

	space_open();
	CHECK(copy_to_user(USER(LOW + 1), "hello", 6) == 0);
	CHECK(strncpy_from_user(buf, USER(LOW + 1), 300) == 5 && !strcmp(buf, "hello"));
	CHECK(strncpy_from_user(buf, USER(LOW + 1), 6) == 5);
	CHECK(strncpy_from_user(buf, USER(LOW + 1), 5) == 5);
	CHECK(strnlen_user(USER(LOW + 1), 6) == 6);
	CHECK(strnlen_user(USER(LOW + 1), 5) > 5);
	CHECK(copy_to_user(USER(HIGH - 4), "abc", 4) == 0);
	CHECK(strncpy_from_user(buf, USER(HIGH - 4), 300) == 3);
	CHECK(copy_to_user(USER(HIGH - 4), "abcd", 4) == 0);
	CHECK(strncpy_from_user(buf, USER(HIGH - 4), 300) == -EFAULT);
	CHECK(strncpy_from_user(buf, USER(HIGH - 4), 4) == 4);
	CHECK(strnlen_user(USER(HIGH - 4), 300) == 0);
	CHECK(strncpy_from_user(buf, USER(TASK_SIZE), 300) == -EFAULT);
	CHECK(put_user(77l, (long *)LOW) == 0);
	CHECK(get_user(value, (long *)LOW) == 0 && value == 77);
	CHECK(get_user(value, (long *)HIGH) == -EFAULT && value == 0);
	space_close();
}

static void test_copy_on_write(void)
{
	struct aspace *parent, *child;
	unsigned prot;
	int value;

	space_open();
	parent = space;
	CHECK(put_user(1, (int *)LOW) == 0);
	child = aspace_clone(parent);
	CHECK(aspace_lookup(parent, LOW, &prot) == aspace_lookup(child, LOW, NULL));
	CHECK(prot & PG_COW);
	CHECK(put_user(2, (int *)LOW) == 0);
	CHECK(aspace_lookup(parent, LOW, &prot) != aspace_lookup(child, LOW, NULL));
	CHECK(prot & PG_WRITE && !(prot & PG_COW));
	aspace_switch(child);
	space = child;
	CHECK(get_user(value, (int *)LOW) == 0 && value == 1);
	aspace_protect(child, LOW, HIGH, PG_READ);
	CHECK(put_user(3, (int *)LOW) == -EFAULT);
	aspace_protect(child, LOW, HIGH, PG_READ | PG_WRITE);
	CHECK(put_user(3, (int *)LOW) == 0);
	aspace_switch(parent);
	space = parent;
	CHECK(get_user(value, (int *)LOW) == 0 && value == 2);
	aspace_free(child);
	aspace_unmap_range(parent, 0, TASK_SIZE);
	CHECK(!aspace_lookup(parent, LOW, NULL));
	space_close();
}

static void test_kernel_peek(void)
{
	char buf[8];

	CHECK(kernel_peek(buf, (void *)kernel_main, 8) && !memcmp(buf, kernel_main, 8));
	CHECK(!kernel_peek(buf, (void *)MODULE_START, 1));
	CHECK(!kernel_peek(buf, USER(LOW), 1));
}

/* --- time, text, log ---------------------------------------------------------- */

static volatile unsigned long fired;

static void fire(unsigned long data)
{
	fired = fired * 10 + data;
}

static void some_timers(struct timer_list t[3])
{
	unsigned long start = jiffies;

	fired = 0;
	for (unsigned i = 0; i < 3; i++) {
		init_timer(&t[i]);
		t[i].function = fire;
		t[i].data = i + 1;
		t[i].expires = start + 6 - i * 2;
		add_timer(&t[i]);
	}
	CHECK(timer_pending(&t[1]) && del_timer(&t[1]) == 1 && del_timer(&t[1]) == 0);
	while (fired < 31)
		sti_hlt();
	CHECK(fired == 31 && time_after_eq(jiffies, start + 6));
}

/* The kernel's, and a module's. */
static void test_timers(void)
{
	struct timer_list t[3];

	some_timers(t);
	fire_is_modules = true;
	some_timers(t);
	add_timer(&t[1]);
	CHECK(timer_free_range((unsigned long)fire, (unsigned long)fire + 1) == 1);
	CHECK(!timer_pending(&t[1]));
}

static void test_clock(void)
{
	unsigned long until = jiffies + 10;
	uint64_t start = time_uptime_us(), last = start, now;

	while (time_before(jiffies, until)) {
		now = time_uptime_us();
		CHECK(now >= last);
		last = now;
	}
	CHECK(last - start >= 80000);
	start = time_uptime_us();
	udelay(3000);
	CHECK(time_uptime_us() - start >= 3000);
	printk("clock: %ld\n", time_seconds());
}

static void test_format(void)
{
	const char *volatile odd = "%s|%-k";
	char s[80];

	CHECK(snprintf(s, 80, "%5d|%-5d|%05d|%+d|% d|%.3d", -42, 42, -42, 1, 2, 7) == 27);
	CHECK(!strcmp(s, "  -42|42   |-0042|+1| 2|007"));
	snprintf(s, 80, "%x|%#X|%#x|%o|%#o|%8.4x|%p", 255, 255, 0, 8, 8, 0xab,
		 (void *)0xc0);
	CHECK(!strcmp(s, "ff|0XFF|0|10|010|    00ab|000000c0"));
	snprintf(s, 80, "%c|%.2s|%5s|%-5s|%*d|%%", 'q', "abc", "r", "l", 4, 5);
	CHECK(!strcmp(s, "q|ab|    r|l    |   5|%"));
	snprintf(s, 80, odd, NULL);
	CHECK(!strcmp(s, "(null)|%-k"));
	snprintf(s, 80, "%lld|%llu|%llx|%hhd|%hu|%zu", -9000000000ll, ~0ull,
		 0x123456789abcdefull, 300, 65537, sizeof(s));
	CHECK(!strcmp(s, "-9000000000|18446744073709551615|123456789abcdef|44|1|80"));
	CHECK(snprintf(s, 4, "%d", 123456) == 6 && !strcmp(s, "123"));
	CHECK(snprintf(NULL, 0, "abc") == 3);
	CHECK(simple_strtoul("0x1fg", NULL, 0) == 0x1f &&
	      simple_strtoul("017", NULL, 0) == 15);
	CHECK(simple_strtol("-12", NULL, 10) == -12);
}

static void test_log(void)
{
	unsigned long pos = 0, end;
	char buf[64];

	CHECK(log_read(buf, 3, &pos) == 3 && pos == 3 && !memcmp(buf, "<5>", 3));
	for (unsigned i = 0; i < 2000; i++)
		printk(KERN_DEBUG "line %u\n", i);
	CHECK(log_end() - log_start() == LOG_SIZE);
	pos = 0;
	CHECK(log_read(buf, 1, &pos) == 1 && pos == log_start() + 1);
	pos = end = log_end();
	printk("no level, ");
	printk("one line\n");
	CHECK(log_read(buf, sizeof(buf), &pos) == 22 && pos == end + 22);
	CHECK(!memcmp(buf, "<4>no level, one line\n", 22));
	log_clear();
	CHECK(log_read(buf, sizeof(buf), &pos) == 0);
}

/* --- faults in ring 0 --------------------------------------------------------- */

static int recurse(volatile int depth)
{
	volatile char room[200];

	room[0] = depth;
	return depth < 0 ? 0 : recurse(depth + 1) + room[0];
}

static void fault_null(void)
{
	volatile unsigned long null = 16;

	*(int *)null = 1;
}

static void fault_text(void)
{
	*(volatile char *)(unsigned long)kernel_main = 1;
}

static void fault_rodata(void)
{
	*(volatile char *)(unsigned long)"constant" = 1;
}

static void fault_jump(void)
{
	((void (*)(void))0xf1000000)();
}

static void fault_data(void)
{
	static unsigned char ret = 0xc3;

	((void (*)(void))(unsigned long)&ret)();
	printk("data was executed\n");
}

static void fault_divide(void)
{
	__asm__ __volatile__("divl %0" : : "r"(0), "a"(1), "d"(0));
}

static void fault_opcode(void)
{
	__asm__ __volatile__("ud2");
}

static void fault_stack(void)
{
	recurse(0);
}

static void fault_user(void)
{
	*(volatile int *)LOW = 1;
}

static void fault_guard(void)
{
	char *m = module_alloc(PAGE_SIZE);

	m[PAGE_SIZE] = 1;
}

static void fault_freed(void)
{
	char *m = module_alloc(PAGE_SIZE);

	module_free(m);
	m[0] = 1;
}

static void fault_selector(void)
{
	__asm__ __volatile__("movl %0, %%fs" : : "r"(0x1234));
}

static void fault_panic(void)
{
	panic("with %d arguments", 1);
}

/* --- ring 3 ------------------------------------------------------------------- */

#define USER_TEXT  0x08048000ul
#define USER_STACK 0x09000000ul

/* Three system calls and an exit whose status says that the registers came through. */
__asm__(".section .rodata\n"
	"ring3_calls:\n"
	"	movl $3, %esi\n"
	"1:	movl $20, %eax\n"
	"	int $0x80\n"
	"	addl %eax, %edi\n"
	"	decl %esi\n"
	"	jnz 1b\n"
	"	movl %edi, %ebx\n"
	"	movl $1, %eax\n"
	"	int $0x80\n"
	".previous\n");
extern const char ring3_calls[];

struct ring3 {
	const char *name;
	const char *code;
	unsigned len;
	unsigned long eip, cs, gs; /* 0: the usual */
};

static const struct ring3 ring3[] = {
	{"r3-calls", ring3_calls, 64, 0, 0, 0},
	{"r3-privileged", "\xf4", 1, 0, 0, 0},
	{"r3-null", "\xa1\0\0\0\0", 5, 0, 0, 0},
	{"r3-kernel", "\xa1\0\0\x10\xc0", 5, 0, 0, 0},
	{"r3-write-text", "\xc6\x05\0\x80\x04\x08\x01", 7, 0, 0, 0},
	{"r3-divide", "\x31\xc0\xf7\xf0", 4, 0, 0, 0},
	{"r3-vector", "\xcd\x0e", 2, 0, 0, 0},
	{"r3-breakpoint", "\xcc", 1, 0, 0, 0},
	{"r3-jump-stack", "", 0, USER_STACK, 0, 0},
	{"r3-bad-gs", ring3_calls, 64, 0, 0, 0x33},
	{"r3-bad-cs", ring3_calls, 64, 0, 0x33, 0},
};

static void map_page(unsigned long va, unsigned prot, const char *content, unsigned len)
{
	struct page *page = page_alloc(MM_PROCESS, PAGE_ZERO);

	memcpy(page_address(page), content, len);
	CHECK(!aspace_map(space, va, page_pa(page), prot));
}

static void __attribute__((noreturn)) run_ring3(const struct ring3 *r)
{
	char *stack = kstack_alloc();
	struct pt_regs *regs = (struct pt_regs *)(stack + KSTACK_SIZE) - 1;

	space = aspace_new();
	map_page(USER_TEXT, PG_READ | PG_EXEC, r->code, r->len);
	map_page(USER_STACK, PG_READ | PG_WRITE, "", 0);
	aspace_switch(space);
	*regs = (struct pt_regs){
		.ds = USER_DS,
		.es = USER_DS,
		.gs = r->gs,
		.eip = r->eip ? r->eip : USER_TEXT,
		.cs = r->cs ? r->cs : USER_CS,
		.eflags = EFLAGS_IF,
		.esp = USER_STACK + PAGE_SIZE,
		.ss = USER_DS,
	};
	tss_set_esp0((unsigned long)(regs + 1));
	__asm__ __volatile__("movl %0, %%esp; jmp trap_return" : : "r"(regs));
	__builtin_unreachable();
}

/* --- choice ------------------------------------------------------------------- */

static const struct {
	const char *name;
	void (*fn)(void);
} tests[] = {
	{"kmalloc", test_kmalloc},
	{"kfree-wrong", test_kfree_wrong},
	{"kmalloc-walk", test_kmalloc_walk},
	{"pages", test_pages},
	{"module-area", test_module_area},
	{"device-memory", test_device_memory},
	{"user-copy", test_user_copy},
	{"user-copy-tails", test_user_copy_tails},
	{"user-strings", test_user_strings},
	{"cow", test_copy_on_write},
	{"peek", test_kernel_peek},
	{"timers", test_timers},
	{"clock", test_clock},
	{"format", test_format},
	{"log", test_log},
	{"null", fault_null},
	{"text", fault_text},
	{"rodata", fault_rodata},
	{"jump", fault_jump},
	{"data", fault_data},
	{"divide", fault_divide},
	{"opcode", fault_opcode},
	{"stack", fault_stack},
	{"user", fault_user},
	{"guard", fault_guard},
	{"freed", fault_freed},
	{"selector", fault_selector},
	{"panic", fault_panic},
};

static __attribute__((noinline)) void run_test(const char *name)
{
	for (unsigned i = 0; i < ARRAY_SIZE(ring3); i++)
		if (!strcmp(ring3[i].name, name))
			run_ring3(&ring3[i]);
	for (unsigned i = 0; i < ARRAY_SIZE(tests); i++) {
		if (!strcmp(tests[i].name, name)) {
			tests[i].fn();
			return;
		}
	}
	panic("there is no test %s", name);
}

void kernel_main(unsigned long multiboot)
{
	serial_early_init();
	cmdline_init(mm_boot_cmdline(multiboot));
	printk(KERN_NOTICE "machine test\n");
	descr_init();
	mm_init(multiboot);
	paging_init();
	trap_init();
	irq_init();
	time_init();
	sti();
	run_test(cmdline_get("test"));
	poweroff(POWEROFF_CLEAN);
}
