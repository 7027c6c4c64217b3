/* kernel/module_host.c - what the module core asks of kernel-stub, and its system calls */
#include "kernel/module_host.h"

#include <asm/uaccess.h>
#include <linux/errno.h>
#include <linux/interrupt.h>
#include <linux/kernel.h>
#include <linux/sched.h>
#include <linux/slab.h>
#include <linux/timer.h>
#include "fs/proc.h"
#include "fs/super.h"
#include "kernel/binfmt.h"
#include "kernel/blkdev.h"
#include "kernel/chrdev.h"
#include "kernel/contain.h"
#include "kernel/dma.h"
#include "kernel/inter_module.h"
#include "kernel/module.h"
#include "kernel/module_port.h"
#include "kernel/text.h"
#include "kernel/resource.h"
#include "kernel/syscall.h"
#include "kernel/sysctl.h"
#include "mm/mm.h"
#include "net/dev.h"
#include "net/family.h"

extern const struct module_symbol __start___ksymtab[], __stop___ksymtab[];
extern const struct exception_table_entry __start___ex_table[], __stop___ex_table[];

/* --- rights, memory ------------------------------------------------------------------ */

bool port_privileged(void)
{
	return capable(CAP_SYS_MODULE);
}

unsigned long port_owner(void)
{
	return current->pid;
}

void *port_module_alloc(size_t size)
{
	return size <= MODULE_END - MODULE_START ? module_alloc(size) : NULL;
}

void port_module_free(void *image, size_t size)
{
	module_free(image);
}

_Static_assert(PORT_READ == PG_READ && PORT_WRITE == PG_WRITE && PORT_EXEC == PG_EXEC,
	       "rights of pages");

void port_module_protect(void *start, size_t size, unsigned rights)
{
	module_protect(start, size, rights);
}

/* Its presence tells loaders that pages of modules get rights. */
extern const unsigned module_rights;
const unsigned module_rights = 1;
EXPORT_SYMBOL(module_rights);

/* A table __kallsyms without symbols: the kernel's own names are kept elsewhere
 * (symname.c), but where there is one, loaders give each module the table of its names. */
static const tgt_ulong kallsyms[11]
	__attribute__((section("__kallsyms"), used)) = {sizeof(kallsyms),
							sizeof(kallsyms)};
extern const char __start___kallsyms[], __stop___kallsyms[];
EXPORT_SYMBOL(__start___kallsyms);
EXPORT_SYMBOL(__stop___kallsyms);

int port_copy_from(void *to, tgt_addr user, size_t n)
{
	return copy_from_user(to, (const void *)user, n) ? -EFAULT : 0;
}

int port_copy_to(tgt_addr user, const void *from, size_t n)
{
	return copy_to_user((void *)user, from, n) ? -EFAULT : 0;
}

long port_string_from(char *to, tgt_addr user, size_t max)
{
	return strncpy_from_user(to, (const char *)user, max);
}

/* --- calls into modules -------------------------------------------------------------- */

int port_call(struct module *m, int (*fn)(void), int *result)
{
	struct gate gate;
	int error = gate_open(&gate, m);

	if (!error && !(error = gate_save(&gate)))
		*result = fn();
	gate_close(&gate);
	return error;
}

struct module *port_calling(void)
{
	return contain_module();
}

/* --- what a module leaves behind ----------------------------------------------------- */

static unsigned long leaked;

static void free_leaked(void *object, size_t size, unsigned long caller)
{
	leaked += size;
	kfree(object);
}

/* Undo what it has registered and reserved; returns how much that was. */
static int withdraw(struct module *m, unsigned long start, unsigned long end)
{
	return driver_forget(chrdevs, m) + dma_forget(m) + driver_forget(blkdevs, m) +
	       super_forget(m) + resource_forget(m) + inter_module_forget(m) +
	       sock_forget(m) + sysctl_forget(m) + proc_forget(m) + binfmt_forget(m) +
	       dev_forget(m) + irq_free_range(start, end) + timer_free_range(start, end);
}

void port_withdraw(struct module *m)
{
	unsigned long start = (unsigned long)m;

	withdraw(m, start, start + mod_within(start)->area);
}

void port_reclaim(struct module *m)
{
	unsigned long start = (unsigned long)m;
	unsigned long end = start + mod_within(start)->area;
	int n = withdraw(m, start, end);

	leaked = 0;
	kmalloc_walk(start, end, free_leaked);
	leaked += vm_free_callers(start, end);
	if (!n && !leaked)
		return;
	/* After a fault that is no news. */
	printk("%smodule %s left %d registrations and %lu bytes behind; taken back\n",
	       mod_within(start)->state & MOD_QUARANTINED ? KERN_DEBUG : KERN_WARNING,
	       mod_name(m), n, leaked);
}

__attribute__((noinline)) void port_event(void)
{
	barrier();
}

/* --- system calls -------------------------------------------------------------------- */

long sys_create_module(tgt_addr name, tgt_ulong size)
{
	return mod_create(name, size);
}

long sys_init_module(tgt_addr name, tgt_addr image)
{
	return mod_start(name, image);
}

long sys_delete_module(tgt_addr name)
{
	return mod_delete(name);
}

long sys_get_kernel_syms(tgt_addr table)
{
	return mod_kernel_syms(table);
}

long sys_query_module(tgt_addr name, tgt_long which, tgt_addr buf, tgt_ulong size,
		      tgt_addr ret)
{
	return mod_query(name, which, buf, size, ret);
}

/* --- boot ---------------------------------------------------------------------------- */

extern const char _text[], _etext[], _end[];

/* RAM above the first megabyte is no place for devices' memory. */
static void reserve_ram(void)
{
	static struct resource ram = {.name = "System RAM", .start = 0x100000},
			       code = {.name = "Kernel code"},
			       data = {.name = "Kernel data"};

	ram.end = max_page * PAGE_SIZE - 1;
	ram.flags = code.flags = data.flags = IORESOURCE_MEM | IORESOURCE_BUSY;
	code.start = __pa(_text);
	code.end = __pa(_etext) - 1;
	data.start = __pa(_etext);
	data.end = __pa(_end) - 1;
	request_resource(&iomem_resource, &ram);
	request_resource(&ram, &code);
	request_resource(&ram, &data);
}

void module_boot(void)
{
	mod_boot(__start___ksymtab, __stop___ksymtab - __start___ksymtab,
		 __start___ex_table, __stop___ex_table);
	resource_boot();
	reserve_ram();
}

/* --- /proc --------------------------------------------------------------------------- */

unsigned long tainted;

static int show_tainted(struct text *t)
{
	return text_printf(t, "%lu\n", tainted);
}

static int store_tainted(const char *text)
{
	char *end;
	unsigned long value = simple_strtoul(text, &end, 0);

	if (end == text || *end)
		return -EINVAL;
	tainted = value;
	return 0;
}

static int show_devices(struct text *t)
{
	text_printf(t, "Character devices:\n");
	driver_show(chrdevs, t);
	text_printf(t, "\nBlock devices:\n");
	return driver_show(blkdevs, t);
}

/* All of that, and whose it is. */
static int show_owners(struct text *t)
{
	static const struct {
		const char *title;
		int (*show)(struct text *t);
	} parts[] = {
		{"File systems", super_show_filesystems},
		{"Program formats", binfmt_show},
		{"Protocol families", sock_show_families},
		{"Interfaces", dev_show},
		{"Files", proc_show_owners},
		{"Names of inter_module_register", inter_module_show},
		{"I/O ports", resource_show_ioports},
		{"I/O memory", resource_show_iomem},
		{"Interrupts", irq_show},
		{"DMA channels", dma_show},
	};

	t->owners = true;
	show_devices(t);
	for (size_t i = 0; i < ARRAY_SIZE(parts); i++) {
		text_printf(t, "\n%s:\n", parts[i].title);
		parts[i].show(t);
	}
	return t->error;
}

void module_proc(void)
{
	proc_add_rw("sys/kernel/tainted", show_tainted, store_tainted);
	proc_add("modules", mod_show_modules);
	proc_add("ksyms", mod_show_ksyms);
	proc_add("modmem", mod_show_memory);
	proc_add("ioports", resource_show_ioports);
	proc_add("iomem", resource_show_iomem);
	proc_add("dma", dma_show);
	proc_add("devices", show_devices);
	proc_add("owners", show_owners);
	proc_add("binfmts", binfmt_show);
	proc_add("net/families", sock_show_families);
	proc_add("net/dev", dev_show);
}
