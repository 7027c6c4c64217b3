/* kernel/panic.c - what the kernel says before it stops
 *
 * Nothing here allocates, sleeps or follows a pointer without kernel_peek(): the kernel
 * may be broken in any way. A fault on the way ends the machine at once.
 */
#include "kernel/panic.h"
#include "kernel/module.h"
#include "kernel/module_host.h"
#include "kernel/printk.h"
#include "drivers/serial.h"
#include "arch/i386/trap.h"
#include "arch/i386/paging.h"
#include <linux/kernel.h>
#include <linux/sched.h>
#include <linux/string.h>

#define CHAIN_MAX    32
#define CODE_BEFORE  20
#define CODE_AFTER   24
#define STACK_WORDS  24
#define OOPS_BURST   3
#define LINE_WIDTH   79
#define LEVEL_LEN    3 /* of KERN_EMERG, which printk counts */
#define DEBUG_EXIT   0xf4
#define ACPI_CONTROL 0x604 /* PM1a of the PIIX4 as SeaBIOS places it */
#define ACPI_S5	     0x2000

bool oops_reported; /* the state is in the log already */

void poweroff(int status)
{
	cli();
	serial_flush();
	outl(status, DEBUG_EXIT);
	/* No exit device: off all the same, but let a panic be read. */
	if (status == POWEROFF_CLEAN)
		outw(ACPI_S5, ACPI_CONTROL);
	for (;;)
		__asm__ __volatile__("hlt");
}

static void show_code(unsigned long eip)
{
	unsigned char byte;

	printk(KERN_EMERG "Code:");
	for (unsigned long at = eip - CODE_BEFORE; at < eip + CODE_AFTER; at++) {
		if (!kernel_peek(&byte, (void *)at, 1))
			printk(" ??");
		else
			printk(at == eip ? " <%02x>" : " %02x", byte);
	}
	printk("\n");
}

static void show_stack(unsigned long esp)
{
	unsigned long word;

	printk(KERN_EMERG "Stack:");
	for (unsigned i = 0; i < STACK_WORDS; i++) {
		if (!kernel_peek(&word, (void *)(esp + i * 4), sizeof(word)))
			break;
		printk("%s%08lx", i && i % 8 == 0 ? "\n" KERN_EMERG "       " : " ",
		       word);
	}
	printk("\n");
}

static void show_call(unsigned long eip)
{
	char name[SYMNAME_MAX];

	printk(KERN_EMERG "  [<%08lx>] %s\n", eip, symname_call(name, sizeof(name), eip));
}

/* Does a call instruction end there? call rel32 is e8 and 5 bytes long; an indirect
 * call is ff and 2 to 7 bytes. */
static bool is_return_address(unsigned long addr)
{
	unsigned char c[8];

	if (!is_code(addr) || !kernel_peek(c, (void *)(addr - 8), 8))
		return false;
	return c[8 - 5] == 0xe8 || c[8 - 2] == 0xff || c[8 - 3] == 0xff ||
	       c[8 - 4] == 0xff || c[8 - 6] == 0xff || c[8 - 7] == 0xff;
}

/* A function that makes no frame, or has not made it yet, has its return address on top
 * of the stack; the frames begin with its caller's. */
static void show_top(unsigned long esp)
{
	unsigned long caller;

	if (kernel_peek(&caller, (void *)esp, sizeof(caller)) &&
	    is_return_address(caller))
		show_call(caller);
}

void show_chain(unsigned long ebp)
{
	struct {
		unsigned long ebp, eip;
	} frame;

	for (unsigned i = 0; i < CHAIN_MAX; i++) {
		if (!kernel_peek(&frame, (void *)ebp, sizeof(frame)) ||
		    frame.eip < PAGE_OFFSET)
			return;
		show_call(frame.eip);
		if (frame.ebp <= ebp)
			return;
		ebp = frame.ebp;
	}
}

static void show_modules(void)
{
	unsigned column = printk(KERN_EMERG "Modules:") - LEVEL_LEN, len;
	struct mod *mod;

	if (mod_list.next == &mod_kernel.list)
		printk(" none");
	list_for_each_entry (mod, &mod_list, list) {
		if (mod == &mod_kernel)
			continue;
		len = strlen(mod->name) + strlen(" [01234567]");
		if (column + len > LINE_WIDTH)
			column = printk("\n" KERN_EMERG "        ") - 1 - LEVEL_LEN;
		column += printk(" %s [%p]", mod->name, (void *)mod->header);
	}
	printk("\n");
}

/* As lsmod shows it. */
static void show_taint(void)
{
	if (tainted)
		printk("Tainted: %c%c%s\n", tainted & 1 ? 'P' : 'G',
		       tainted & 2 ? 'F' : ' ', tainted & 4 ? "S" : "");
	else
		printk("Not tainted\n");
}

/* esp: where the interrupted stack was. */
static void show_state(const struct pt_regs *regs, unsigned long esp)
{
	char name[SYMNAME_MAX];

	printk(KERN_EMERG "EIP:    %04lx:[<%08lx>] %s\n", regs->cs & 0xffff, regs->eip,
	       symname(name, sizeof(name), regs->eip));
	printk(KERN_EMERG "EFLAGS: %08lx\n", regs->eflags);
	printk(KERN_EMERG "eax: %08lx   ebx: %08lx   ecx: %08lx   edx: %08lx\n",
	       regs->eax, regs->ebx, regs->ecx, regs->edx);
	printk(KERN_EMERG "esi: %08lx   edi: %08lx   ebp: %08lx   esp: %08lx\n",
	       regs->esi, regs->edi, regs->ebp, esp);
	printk(KERN_EMERG "ds: %04lx   es: %04lx   cr2: %08lx   cr3: %08lx\n",
	       regs->ds & 0xffff, regs->es & 0xffff, cr2_get(), cr3_get());
	if (user_mode(regs))
		return;
	show_stack(esp);
	printk(KERN_EMERG "Call chain:\n");
	show_top(esp);
	show_chain(regs->ebp);
	show_code(regs->eip);
}

void show_regs(const struct pt_regs *regs)
{
	show_state(regs, regs_esp(regs));
}

/* A place on the console is free every second, up to OOPS_BURST of them. */
static bool console_has_room(void)
{
	static unsigned long used, since;
	unsigned long passed = (jiffies - since) / HZ;

	used -= min(used, passed);
	since += passed * HZ;
	return used < OOPS_BURST && ++used;
}

void oops(const char *what, const struct pt_regs *regs, unsigned long esp,
	  unsigned long error, const struct module *m)
{
	int loglevel = console_loglevel;

	if (oops_reported)
		panic("%s, while reporting another fault", what);
	oops_reported = true;
	if (m && !console_has_room())
		console_loglevel = 0;
	printk(KERN_EMERG "Oops: %s, error %04lx\n", what, error);
	if (m)
		printk(KERN_EMERG "In a call into module %s, which ends here\n",
		       mod_name(m));
	printk(KERN_EMERG "Process: %s (%d)   ", current->comm, current->pid);
	show_taint();
	show_state(regs, esp);
	show_modules();
	console_loglevel = loglevel;
	oops_reported = !m;
}

void panic(const char *fmt, ...)
{
	char text[256];
	va_list ap;

	cli();
	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	printk(KERN_EMERG "Kernel panic: %s\n", text);
	if (!oops_reported) {
		oops_reported = true;
		printk(KERN_EMERG "Call chain:\n");
		show_chain((unsigned long)__builtin_frame_address(0));
		show_modules();
	}
	poweroff(POWEROFF_PANIC);
}
