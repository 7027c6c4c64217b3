/* arch/i386/gate.h - labels and offsets of gate.S, for kernel/contain.c */
#ifndef ARCH_GATE_H
#define ARCH_GATE_H

#define GATE_REGS  8 /* ebx esi edi ebp esp eip eflags */
#define GATE_EBP   3
#define GATE_ESP   4
#define GATE_ERROR 36

#ifndef __ASSEMBLY__
extern const char gate_resume[], gate_expired[];
#endif

#endif
