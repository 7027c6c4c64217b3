/* init/main.c - the kernel from its first C function to its first process: a table of
 * contents */
#include "arch/i386/descr.h"
#include "arch/i386/paging.h"
#include "arch/i386/trap.h"
#include "drivers/serial.h"
#include "drivers/tty.h"
#include "drivers/virtio_serial.h"
#include "fs/proc.h"
#include "kernel/binfmt.h"
#include "kernel/contain.h"
#include "kernel/kmod.h"
#include "kernel/module_host.h"
#include "kernel/panic.h"
#include "kernel/printk.h"
#include "kernel/syscall.h"
#include "mm/mm.h"
#include <linux/fs.h>
#include <linux/interrupt.h>
#include <linux/kernel.h>
#include <linux/kmod.h>
#include <linux/module.h>
#include <linux/sched.h>
#include <linux/string.h>
#include <linux/time.h>

void kernel_main(unsigned long multiboot) __attribute__((noreturn));

static void unpack_initramfs(void)
{
	size_t len = (const char *)initrd_end - (const char *)initrd_start;
	int err;

	if (!initrd_start)
		panic("no initramfs: pass one with -initrd");
	err = initramfs_unpack(initrd_start, len);
	if (err)
		panic("initramfs: error %d", -err);
	initrd_free();
}

/* Levels below 1 would hide even a panic. */
static void set_loglevel(void)
{
	const char *level = cmdline_get("loglevel");

	if (level)
		console_loglevel = max(simple_strtol(level, NULL, 0), 1l);
}

static void test_panic(void)
{
	const char *what = cmdline_get("panic");

	if (what && !strcmp(what, "test"))
		panic("asked for on the command line");
}

void kernel_main(unsigned long multiboot)
{
	serial_early_init();
	cmdline_init(mm_boot_cmdline(multiboot));
	set_loglevel();
	printk(KERN_NOTICE "kernel-stub " UTS_RELEASE "\n");
	descr_init();
	mm_init(multiboot);
	paging_init();
	trap_init();
	irq_init();
	sched_init();
	syscall_init();
	time_init();
	module_boot();
	contain_init();
	nmi_init();
	vfs_init();
	proc_init();
	module_proc();
	kmod_init();
	exec_init();
	contain_proc();
	proc_add("meminfo", mm_show_meminfo);
	proc_add("interrupts", irq_show);
	tty_init();
	virtio_serial_init();
	kerneld_init();
	unpack_initramfs();
	sti();
	test_panic();
	sched_start_init();
	sched_idle();
}
