/* arch/i386/trap.h - what the kernel is entered with, and whom the entry code calls
 *
 * Every entry builds a struct pt_regs on the kernel stack. From ring 0 the CPU pushes
 * neither ss nor esp: &regs->esp is then the interrupted stack itself (regs_esp()).
 */
#ifndef ARCH_TRAP_H
#define ARCH_TRAP_H

#define TRAP_DIVIDE	  0
#define TRAP_DEBUG	  1
#define TRAP_NMI	  2
#define TRAP_BREAKPOINT	  3
#define TRAP_OVERFLOW	  4
#define TRAP_INVALID_OP	  6
#define TRAP_NO_FPU	  7
#define TRAP_DOUBLE_FAULT 8
#define TRAP_GENERAL	  13
#define TRAP_PAGE_FAULT	  14
#define TRAP_FPU	  16
#define TRAP_IRQ0	  32
#define TRAP_SYSCALL	  128

/* Error code of a page fault. */
#define PF_PRESENT 1 /* a protection was violated; else nothing is mapped */
#define PF_WRITE   2
#define PF_USER	   4
#define PF_FETCH   16

#ifndef __ASSEMBLY__
#include <linux/types.h>
#include "arch/i386/asm.h"

struct pt_regs {
	unsigned long ebx, ecx, edx, esi, edi, ebp, eax;
	unsigned long ds, es, fs, gs;
	unsigned long orig_eax; /* system call number, else -1 */
	unsigned long eip, cs, eflags;
	unsigned long esp, ss; /* only when entered from ring 3 */
};

static inline bool user_mode(const struct pt_regs *regs)
{
	return (regs->cs & 3) == 3;
}

static inline unsigned long regs_esp(const struct pt_regs *regs)
{
	return user_mode(regs) ? regs->esp : (unsigned long)&regs->esp;
}

void trap_init(void);
/* Start the non-maskable tick, which goes to contain_nmi(); memory must work. */
void nmi_init(void);
extern unsigned long nmi_count;

/* Assembler label: leave the kernel with the struct pt_regs %esp points to. A new process
 * starts here, on its own stack. */
void trap_return(void);

/* Fixup address for a fault at eip in the kernel's fault table, or 0. */
unsigned long extable_find(unsigned long eip);

/* Copy n bytes of kernel memory that may not be mapped; false on a fault. */
bool kernel_peek(void *to, const void *from, size_t n);

/* --- what processes provide --------------------------------------------------- */

/* int $0x80, interrupts on. Number in orig_eax, the result goes to regs->eax. */
void do_syscall(struct pt_regs *regs);

/* Page fault from ring 3, interrupts on if they were: make the page or send SIGSEGV. */
void process_fault(struct pt_regs *regs, unsigned long addr, unsigned long error);

/* The copy routines met a page fault on an address below PAGE_OFFSET: make the page of
 * the current process. False: there is none to make, the copy ends short. */
bool process_demand(unsigned long addr, unsigned long error);

/* Any other exception from ring 3 (TRAP_*). */
void process_trap(struct pt_regs *regs, int vector);

/* Last thing before any return to ring 3: signals, rescheduling. Entered with interrupts
 * off and left so, having looked again after having turned them on. */
void process_return(struct pt_regs *regs);
#endif

#endif
