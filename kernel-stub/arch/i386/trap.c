/* arch/i386/trap.c - exceptions: the table of vectors, and what each leads to
 *
 * An exception from ring 3 is the process's affair. One from ring 0 may be expected: the
 * fault table (__ex_table, of the kernel and of modules) names the instructions that may
 * fault and where to go on. Any other is a bug in ring 0 and ends in fault().
 */
#include "arch/i386/trap.h"
#include "arch/i386/tss.h"
#include "arch/i386/descr.h"
#include "arch/i386/paging.h"
#include "kernel/contain.h"
#include "kernel/module.h"
#include "kernel/panic.h"
#include <linux/errno.h>
#include <linux/interrupt.h>
#include <linux/kernel.h>
#include <linux/module.h>
#include <linux/string.h>

#define GATE_TASK      0x8500u /* present; DPL 0 */
#define GATE_INTERRUPT 0x8e00u /* DPL 0, interrupts off */
#define GATE_TRAP_USER 0xef00u /* DPL 3, interrupts as they were */
#define GATE_INT_USER  0xee00u /* DPL 3, interrupts off */

#define VECTORS	    129
#define VECTOR_SIZE 16

extern const char trap_vectors[], syscall_vector[], double_fault_entry[];
extern const struct exception_table_entry __start___ex_table[], __stop___ex_table[];

void trap_dispatch(struct pt_regs *regs, unsigned vector, unsigned long error);
void double_fault(void);

unsigned long nmi_count;
static uint64_t idt[VECTORS];
static char double_fault_stack[4096] __attribute__((aligned(16)));

static const char *const exception_name[32] = {
	"divide error",
	"debug",
	"non-maskable interrupt",
	"breakpoint",
	"overflow",
	"bounds",
	"invalid opcode",
	"floating point unit not available",
	"double fault",
	"coprocessor segment overrun",
	"invalid task state segment",
	"segment not present",
	"stack segment",
	"general protection fault",
	"page fault",
	"exception 15",
	"floating point error",
	"alignment check",
	"machine check",
	"SIMD error",
};

static void gate_set(unsigned vector, const char *entry, unsigned type)
{
	uint32_t to = (uint32_t)entry;

	idt[vector] = (uint64_t)((to & 0xffff0000) | type) << 32 | KERNEL_CS << 16 |
		      (to & 0xffff);
}

static void vector_set(unsigned vector, unsigned type)
{
	gate_set(vector, trap_vectors + vector * VECTOR_SIZE, type);
}

static void double_fault_gate(void)
{
	struct tss *t = &double_fault_tss;

	t->cr3 = cr3_get();
	t->eip = (uint32_t)double_fault_entry;
	t->esp = (uint32_t)(double_fault_stack + sizeof(double_fault_stack));
	t->eflags = 2;
	t->cs = KERNEL_CS;
	t->ss = t->ds = t->es = KERNEL_DS;
	idt[TRAP_DOUBLE_FAULT] = (uint64_t)GATE_TASK << 32 | DF_TSS_ENTRY * 8 << 16;
}

/* The final page tables must be in use: the double fault task keeps them. */
void trap_init(void)
{
	struct {
		uint16_t limit;
		uint32_t base;
	} __attribute__((packed)) where = {sizeof(idt) - 1, (uint32_t)idt};

	for (unsigned i = 0; i < TRAP_IRQ0 + NR_IRQS; i++)
		vector_set(i, GATE_INTERRUPT);
	vector_set(TRAP_BREAKPOINT, GATE_INT_USER);
	vector_set(TRAP_OVERFLOW, GATE_INT_USER);
	gate_set(TRAP_SYSCALL, syscall_vector, GATE_TRAP_USER);
	double_fault_gate();
	__asm__ __volatile__("lidt %0" : : "m"(where));
}

unsigned long extable_find(unsigned long eip)
{
	const struct exception_table_entry *e;

	for (e = __start___ex_table; e < __stop___ex_table; e++)
		if (e->insn == eip)
			return e->fixup;
	return mod_search_extable(eip);
}

/* Continue at the fixup of the faulting instruction, if it has one. */
static bool fix_up(struct pt_regs *regs)
{
	unsigned long to = extable_find(regs->eip);

	if (to)
		regs->eip = to;
	return to != 0;
}

/* A bug in ring 0. In a call into a module, that call is over: regs now lead out of it, and
 * the stack to use is returned. Else everything is. */
static unsigned long fault(const char *what, struct pt_regs *regs, unsigned long esp,
			   unsigned long error)
{
	struct module *m = contain_module();

	cli();
	oops(what, regs, esp, error, m);
	if (!m)
		panic("%s", what);
	return contain_fault(regs, esp, -EFAULT);
}

static const char *page_fault_name(unsigned long eip, unsigned long addr,
				   unsigned long error)
{
	if (error & PF_FETCH && error & PF_PRESENT)
		return "page fault: jump into memory that is not code";
	if (addr == eip)
		return "page fault: jump into unmapped memory";
	if (error & PF_PRESENT)
		return "page fault: write to read-only memory";
	if (addr < PAGE_SIZE)
		return "page fault: null pointer";
	return error & PF_WRITE ? "page fault: write to unmapped memory"
				: "page fault: read of unmapped memory";
}

static void page_fault(struct pt_regs *regs, unsigned long addr, unsigned long error)
{
	if (user_mode(regs)) {
		process_fault(regs, addr, error);
		return;
	}
	/* Only code that is ready for a fault may touch user memory. */
	if (addr < PAGE_OFFSET && extable_find(regs->eip) && process_demand(addr, error))
		return;
	if (!fix_up(regs))
		fault(page_fault_name(regs->eip, addr, error), regs, regs_esp(regs),
		      error);
}

void trap_dispatch(struct pt_regs *regs, unsigned vector, unsigned long error)
{
	unsigned long addr = 0;

	if (vector >= TRAP_IRQ0) {
		irq_dispatch(vector - TRAP_IRQ0, regs);
		return;
	}
	if (vector == TRAP_NMI) {
		nmi_count++;
		contain_nmi(regs);
		return;
	}
	if (vector == TRAP_PAGE_FAULT)
		addr = cr2_get();
	if (regs->eflags & EFLAGS_IF)
		sti();
	if (vector == TRAP_PAGE_FAULT)
		page_fault(regs, addr, error);
	else if (user_mode(regs))
		process_trap(regs, vector);
	else if (!contain_expired(regs) && !fix_up(regs))
		fault(exception_name[vector], regs, regs_esp(regs), error);
}

/* What the CPU saved on switching to the double fault task, as if a trap had saved it. */
static void regs_from_tss(struct pt_regs *regs, const struct tss *t)
{
	*regs = (struct pt_regs){
		.ebx = t->ebx,
		.ecx = t->ecx,
		.edx = t->edx,
		.esi = t->esi,
		.edi = t->edi,
		.ebp = t->ebp,
		.eax = t->eax,
		.ds = t->ds,
		.es = t->es,
		.fs = t->fs,
		.gs = t->gs,
		.orig_eax = -1,
		.eip = t->eip,
		.cs = t->cs,
		.eflags = t->eflags,
		.esp = t->esp,
		.ss = t->ss,
	};
}

/* Let the interrupted task go on with regs. The CPU has not saved its address space. */
static void regs_to_tss(const struct pt_regs *regs, struct tss *t)
{
	t->cr3 = aspace_top();
	t->eip = regs->eip;
	t->cs = regs->cs;
	t->ds = t->es = t->ss = KERNEL_DS;
	t->esp = regs->esp;
	t->eflags = regs->eflags;
}

void double_fault(void)
{
	struct pt_regs regs;
	unsigned long word;

	regs_from_tss(&regs, &main_tss);
	regs.esp = fault(kernel_peek(&word, (void *)(regs.esp - 4), 4)
				 ? "double fault"
				 : "double fault: kernel stack overflow",
			 &regs, regs.esp, 0);
	regs_to_tss(&regs, &main_tss);
}
