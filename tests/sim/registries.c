/* tests/sim/registries.c - I/O ports and memory, character devices, inter_module names
 *
 * Kernel code that tests kernel code; tap.c prints.
 */
#include "tap.h"
#include "sim.h"

#include <linux/errno.h>
#include <linux/fs.h>
#include <linux/ioport.h>
#include <linux/kernel.h>
#include <linux/module.h>
#include <linux/string.h>
#include "kernel/chrdev.h"
#include "kernel/dma.h"
#include "kernel/inter_module.h"
#include "kernel/module.h"
#include "kernel/resource.h"
#include "kernel/text.h"

static void is_text(int (*show)(struct text *), const char *want, const char *what)
{
	struct text t = {0};

	show(&t);
	text_add(&t, "", 1);
	tap_string(t.buf, want, what);
	text_free(&t);
}

#define PC_PORTS                                                                         \
	"0000-001f : dma1\n0020-003f : pic1\n0040-005f : timer\n0060-006f : keyboard\n"  \
	"0080-008f : dma page reg\n00a0-00bf : pic2\n00c0-00df : dma2\n00f0-00ff : "     \
	"fpu\n"
#define PCI_PORTS "0cf8-0cff : PCI conf1\n"

static void test_ports(void)
{
	is_text(resource_show_ioports, PC_PORTS PCI_PORTS, "a PC's own ports");
	tap_ok(request_region(0x1f0, 8, "ide0") != NULL, "free ports");
	tap_ok(!request_region(0x1f0, 8, "other"), "taken");
	tap_ok(!request_region(0x1f7, 1, "other"), "their last");
	tap_ok(!request_region(0x1e8, 9, "other"), "into their first");
	tap_ok(!request_region(0x1e0, 0x100, "other"), "around them");
	tap_ok(request_region(0x1e8, 8, "before") != NULL, "right before");
	tap_ok(request_region(0x1f8, 8, NULL) != NULL, "right behind, without a name");
	tap_ok(!request_region(0x5000, 0, "none"), "no ports");
	tap_ok(!request_region(0xfff8, 16, "beyond"), "beyond the last port");
	tap_ok(!request_region(8, 0xfffffffcul, "around"), "around the end of the world");
	tap_ok(request_region(0xfff8, 8, "last") != NULL, "the last");
	tap_ok(check_region(0x1f4, 1) == -EBUSY, "check: taken");
	tap_ok(check_region(0x200, 1) == 0, "check: free");
	tap_string(resource_holder(&ioport_resource, 0x1f4, 1)->name, "ide0", "by whom");
	is_text(resource_show_ioports,
		PC_PORTS
		"01e8-01ef : before\n01f0-01f7 : ide0\n01f8-01ff : <BAD>\n" PCI_PORTS
		"fff8-ffff : last\n",
		"/proc/ioports");
	release_region(0x1f0, 4);
	tap_ok(check_region(0x1f0, 4) == -EBUSY, "a part cannot be released");
	release_region(0x1f0, 8);
	tap_ok(check_region(0x1f0, 8) == 0, "the whole can");
	release_region(0x1f0, 8);
	release_region(0x1e8, 8);
	release_region(0x1f8, 8);
	release_region(0xfff8, 8);
	release_region(0, 0x20);
	is_text(resource_show_ioports, PC_PORTS PCI_PORTS, "as before");
}

#define PC_MEMORY                                                                        \
	"00000000-0009ffff : System RAM\n000a0000-000bffff : Video RAM area\n"           \
	"000f0000-000fffff : System ROM\n"

static void test_memory(void)
{
	static struct resource bus = {.name = "bus",
				      .start = 0xe0000000,
				      .end = 0xefffffff,
				      .flags = IORESOURCE_MEM};
	static struct resource bridge = {.name = "bridge",
					 .start = 0xe8000000,
					 .end = 0xe8ffffff,
					 .flags = IORESOURCE_MEM};
	static struct resource across = {.name = "across",
					 .start = 0xefff0000,
					 .end = 0xf000ffff,
					 .flags = IORESOURCE_MEM};

	tap_ok(request_resource(&iomem_resource, &bus) == 0, "a bus");
	tap_ok(request_resource(&iomem_resource, &across) == -EBUSY, "across its end");
	tap_ok(request_resource(&bus, &bridge) == 0, "a bridge on it");
	tap_ok(request_resource(&bridge, &across) == -EBUSY, "outside of its parent");
	tap_ok(request_mem_region(0xe8001000, 0x1000, "card") != NULL,
	       "a card behind it");
	tap_ok(!request_mem_region(0xe8001800, 0x10, "x"), "taken");
	tap_ok(!request_mem_region(0xe7ffff00, 0x200, "x"), "across the bridge's start");
	tap_ok(request_mem_region(0xe0000000, 0x10, "low") != NULL, "on the bus");
	is_text(resource_show_iomem,
		PC_MEMORY "e0000000-efffffff : bus\n  e0000000-e000000f : low\n"
			  "  e8000000-e8ffffff : bridge\n    e8001000-e8001fff : card\n",
		"/proc/iomem");
	release_mem_region(0xe8001000, 0x1000);
	release_mem_region(0xe0000000, 0x10);
	tap_ok(release_resource(&bridge) == 0, "release: bridge");
	tap_ok(release_resource(&bridge) == -EINVAL, "twice");
	tap_ok(release_resource(&bus) == 0, "release: bus");
	is_text(resource_show_iomem, PC_MEMORY, "as before");
}

/* A module's struct resource is not believed once it has been handed over, and a container
 * may go before what is in it. */
static void test_destroyed(void)
{
	char name[] = "window";
	struct resource window = {.name = name, .start = 0xe0000000, .end = 0xe00fffff},
			inner = {.name = "inner", .start = 0xe0000000, .end = 0xe0000fff},
			stray = {.name = "stray", .start = 0xe0000000, .end = 0xe0000000};

	tap_ok(request_resource(&iomem_resource, &window) == 0, "a window");
	tap_ok(request_resource(&iomem_resource, &window) == -EINVAL, "once only");
	tap_ok(request_resource(&window, &inner) == 0, "a resource in it");
	tap_ok(__request_region(&window, 0xe0010000, 1, "region") != NULL, "a region");
	tap_ok(request_resource(&stray, &stray) == -EINVAL, "no root");
	tap_ok(!__request_region(&stray, 0xe0000000, 1, "region"), "none either");
	memset(&window, 0xaa, sizeof(window));
	memset(name, 0xaa, sizeof(name));
	is_text(resource_show_iomem,
		PC_MEMORY "e0000000-e00fffff : window\n  e0000000-e0000fff : inner\n"
			  "  e0010000-e0010000 : region\n",
		"as they were made");
	tap_ok(release_resource(&window) == 0, "the window goes");
	is_text(resource_show_iomem,
		PC_MEMORY "e0000000-e0000fff : inner\ne0010000-e0010000 : region\n",
		"what was in it stays");
	tap_ok(release_resource(&inner) == 0, "until it is released");
	release_mem_region(0xe0010000, 1);
	sim_fail_alloc(0);
	tap_ok(request_resource(&iomem_resource, &stray) == -ENOMEM, "no memory");
	sim_fail_alloc(-1);
	is_text(resource_show_iomem, PC_MEMORY, "nothing is left");
}

static uint32_t seed = 1;

static uint32_t pick(uint32_t n)
{
	seed = seed * 1664525 + 1013904223;
	return (seed >> 8) % n;
}

/* Against a table that says of each port of a range who has it. */
static void test_random_ports(void)
{
	static uint8_t holder[256];
	static struct {
		unsigned start, n;
	} held[256];
	unsigned wrong = 0;

	for (int i = 0; i < 20000; i++) {
		unsigned start = pick(256), n = 1 + pick(20), id = 1 + pick(255);
		bool is_free = start + n <= 256;

		for (unsigned k = start; is_free && k < start + n; k++)
			is_free = !holder[k];
		if (held[id].n) {
			release_region(0x4000 + held[id].start, held[id].n);
			memset(holder + held[id].start, 0, held[id].n);
			held[id].n = 0;
			continue;
		}
		if (start + n > 256)
			continue;
		wrong += (check_region(0x4000 + start, n) == 0) != is_free;
		if (!request_region(0x4000 + start, n, "r"))
			continue;
		wrong += !is_free;
		memset(holder + start, id, n);
		held[id].start = start;
		held[id].n = n;
	}
	tap_ok(!wrong, "20000 random requests agree with a table of ports");
	for (int id = 1; id < 256; id++)
		if (held[id].n)
			release_region(0x4000 + held[id].start, held[id].n);
	is_text(resource_show_ioports, PC_PORTS PCI_PORTS, "all released");
}

static int show_chrdevs(struct text *t)
{
	return driver_show(chrdevs, t);
}

static void test_chrdevs(void)
{
	static struct file_operations a, b;
	struct module *owner;

	tap_ok(register_chrdev(0, "first", &a) == 254, "the highest major");
	tap_ok(register_chrdev(0, "second", &b) == 253, "the next");
	tap_ok(register_chrdev(4, "four", &a) == 0, "a given one");
	tap_ok(register_chrdev(4, "other", &b) == -EBUSY, "taken");
	tap_ok(register_chrdev(4, "renamed", &a) == 0, "the same again renames");
	tap_ok(register_chrdev(255, "high", &a) == -EINVAL, "255");
	tap_ok(register_chrdev(1000, "high", &a) == -EINVAL, "1000");
	is_text(show_chrdevs, "  4 renamed\n253 second\n254 first\n", "/proc/devices");
	tap_ok(driver_named(chrdevs, "second")->major == 253, "found by name");
	tap_ok(!driver_named(chrdevs, "secon"), "the whole name");
	tap_ok(chrdev_get(253, &owner) == &b && !owner, "found by major");
	tap_ok(!chrdev_get(5, &owner) && !chrdev_get(255, &owner), "not found");
	tap_ok(unregister_chrdev(4, "four") == -EINVAL, "another name");
	tap_ok(unregister_chrdev(5, "five") == -EINVAL, "nothing there");
	tap_ok(unregister_chrdev(300, "x") == -EINVAL, "no such major");
	for (int i = 252; i > 0; i--)
		if (i != 4 && register_chrdev(0, "many", &a) != i)
			tap_ok(false, "dynamic majors count down");
	tap_ok(register_chrdev(0, "many", &a) == -EBUSY, "none is free");
	for (int i = 252; i > 0; i--)
		unregister_chrdev(i, i == 4 ? "renamed" : "many");
	tap_ok(unregister_chrdev(254, "first") == 0, "unregister");
	tap_ok(unregister_chrdev(253, "second") == 0, "unregister");
	is_text(show_chrdevs, "", "nothing is left");
}

static void test_inter_module(void)
{
	static int data;

	tap_ok(!inter_module_get("name"), "nobody has published it");
	inter_module_register("name", NULL, &data);
	inter_module_register("name", NULL, NULL);
	tap_ok(inter_module_get("name") == &data, "the first one counts");
	inter_module_put("name");
	inter_module_put("none");
	inter_module_unregister("name");
	inter_module_unregister("name");
	tap_ok(!inter_module_get("name"), "gone");
	inter_module_register("name", (struct module *)&data, &data);
	tap_ok(!inter_module_get("name"), "its owner is no module any more");
	tap_ok(inter_module_forget((struct module *)&data) == 1,
	       "forgotten with its owner");
}

static void test_dma(void)
{
	is_text(dma_show, " 4: cascade\n", "/proc/dma at boot");
	tap_ok(request_dma(1, "sound") == 0, "a channel");
	tap_ok(request_dma(1, "other") == -EBUSY, "taken");
	tap_string(dma_holder(1), "sound", "by whom");
	tap_ok(request_dma(4, "other") == -EBUSY, "the cascade is not to be had");
	tap_ok(request_dma(8, "other") == -EINVAL, "no such channel");
	tap_ok(!dma_holder(7) && !dma_holder(8), "free, or none");
	is_text(dma_show, " 1: sound\n 4: cascade\n", "/proc/dma");
	free_dma(1);
	free_dma(1);
	free_dma(8);
	tap_ok(!dma_holder(1), "free again");
	tap_ok(request_dma(3, "mine") == 0 && dma_forget(NULL) == 2, "those of an owner");
	tap_ok(request_dma(4, "cascade") == 0, "as at boot");
	is_text(dma_show, " 4: cascade\n", "and nothing is left");
}

/* Text of any length, and what happens without memory. */
static void test_text(void)
{
	struct text t = {0};

	for (int i = 0; i < 10000; i++)
		text_printf(&t, "%d,", i);
	tap_ok(t.len == 48890 && memcmp(t.buf + t.len - 5, "9999,", 5) == 0,
	       "a long text");
	text_free(&t);
	text_printf(&t, "first");
	sim_fail_alloc(0);
	tap_ok(text_printf(&t, "%1000s", "x") == -ENOMEM, "no memory");
	sim_fail_alloc(-1);
	tap_ok(text_printf(&t, "more") == -ENOMEM && t.len == 5, "is remembered");
	text_free(&t);
	tap_ok(!t.error && !t.buf, "until it is freed");
}

int main(void)
{
	struct sim_counters before, after;

	sim_quiet = true;
	sim_boot();
	sim_counters(&before);
	test_ports();
	test_memory();
	test_destroyed();
	test_random_ports();
	test_chrdevs();
	test_inter_module();
	test_dma();
	test_text();
	sim_counters(&after);
	tap_ok(memcmp(&before, &after, sizeof(before)) == 0, "no memory is left");
	return tap_done();
}
