/* arch/i386/tss.h - the task state segment as the CPU lays it out */
#ifndef ARCH_TSS_H
#define ARCH_TSS_H

#include <linux/types.h>

struct tss {
	uint32_t link;
	uint32_t esp0, ss0, esp1, ss1, esp2, ss2;
	uint32_t cr3, eip, eflags;
	uint32_t eax, ecx, edx, ebx, esp, ebp, esi, edi;
	uint32_t es, cs, ss, ds, fs, gs, ldt;
	uint16_t trace, io_map;
};
_Static_assert(sizeof(struct tss) == 104, "struct tss");

extern struct tss main_tss;	    /* of everything but a double fault */
extern struct tss double_fault_tss; /* its link names the task that was interrupted */

#endif
