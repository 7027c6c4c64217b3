/* arch/i386/entry.S - into the kernel and out of it
 *
 * Each vector leaves an error code in the slot of orig_eax and its number in the slot of
 * gs; trap_common builds the struct pt_regs around them. The stack at trap_return is a
 * struct pt_regs and nothing else.
 */
#include "arch/i386/descr.h"
#include "arch/i386/trap.h"

/* Offsets in struct pt_regs. */
#define REGS_DS	      28
#define REGS_FS	      36
#define REGS_GS	      40
#define REGS_ORIG_EAX 44
#define REGS_EIP      48
#define REGS_CS	      52
#define REGS_EFLAGS   56
#define REGS_SS	      64

	.macro FIXUP insn, to
	.pushsection __ex_table, "a"
	.long \insn, \to
	.popsection
	.endm

	.macro PUSH_GENERAL
	pushl %eax
	pushl %ebp
	pushl %edi
	pushl %esi
	pushl %edx
	pushl %ecx
	pushl %ebx
	.endm

	.macro KERNEL_SEGMENTS
	movl $KERNEL_DS, %ecx
	movl %ecx, %ds
	movl %ecx, %es
	cld
	.endm

	.text
	.macro VECTOR number, error=0
	.balign 16
	.ifeq \error
	pushl $0
	.endif
	pushl $\number
	jmp trap_common
	.endm

	/* trap_init() counts on 16 bytes a vector. */
	.balign 16
	.globl trap_vectors
trap_vectors:
	.set n, 0
	.rept 48
	.if n == 8 || (n >= 10 && n <= 14) || n == 17
	VECTOR n, 1
	.else
	VECTOR n
	.endif
	.set n, n + 1
	.endr

	.balign 16
trap_common:
	pushl %fs
	pushl %es
	pushl %ds
	PUSH_GENERAL
	KERNEL_SEGMENTS
	movl %esp, %eax
	movl REGS_GS(%esp), %edx
	movl REGS_ORIG_EAX(%esp), %ebx
	movl %gs, %ecx
	movl %ecx, REGS_GS(%esp)
	movl $-1, REGS_ORIG_EAX(%esp)
	/* A frame, so that a call chain leads through here to what was interrupted. */
	pushl REGS_EIP(%eax)
	pushl %ebp
	movl %esp, %ebp
	pushl %ebx
	pushl %edx
	pushl %eax
	call trap_dispatch
	addl $20, %esp
	jmp trap_return

	.balign 16
	.globl syscall_vector
syscall_vector:
	pushl %eax
	pushl %gs
	pushl %fs
	pushl %es
	pushl %ds
	PUSH_GENERAL
	KERNEL_SEGMENTS
	pushl %esp
	call do_syscall
	addl $4, %esp

	.globl trap_return
trap_return:
	cli
	testb $3, REGS_CS(%esp)
	jz .Lrestore
	pushl %esp
	call process_return
	addl $4, %esp
.Lrestore:
	popl %ebx
	popl %ecx
	popl %edx
	popl %esi
	popl %edi
	popl %ebp
	popl %eax
	/* A selector may have become invalid: a signal handler edited it, a TLS entry is
	 * gone. Then the null selector, which is always loadable. */
1:	popl %ds
2:	popl %es
3:	popl %fs
4:	popl %gs
	addl $4, %esp
5:	iret
	FIXUP 1b, .Lnull_ds
	FIXUP 2b, .Lnull_es
	FIXUP 3b, .Lnull_fs
	FIXUP 4b, .Lnull_gs
	FIXUP 5b, .Lbad_iret
.Lnull_ds:
	movl $0, %ss:(%esp)
	jmp 1b
.Lnull_es:
	movl $0, %ss:(%esp)
	jmp 2b
.Lnull_fs:
	movl $0, %ss:(%esp)
	jmp 3b
.Lnull_gs:
	movl $0, %ss:(%esp)
	jmp 4b

/* The frame iret was to load is no ring 3 frame: the process gets the fault. */
.Lbad_iret:
	pushl $-1
	pushl %gs
	pushl %fs
	pushl %es
	pushl %ds
	PUSH_GENERAL
	KERNEL_SEGMENTS
	movl $0x202, REGS_EFLAGS(%esp)
	movl $USER_CS, REGS_CS(%esp)
	movl $USER_DS, REGS_SS(%esp)
	movl %esp, %eax
	pushl $TRAP_GENERAL
	pushl %eax
	sti
	call process_trap
	addl $8, %esp
	jmp trap_return

/* The task of the double fault gate: a stack of its own, so that it works when the stack
 * was the trouble. Its iret resumes the interrupted task, as double_fault() left it. */
	.globl double_fault_entry
double_fault_entry:
	cld
	call double_fault
	addl $4, %esp /* the error code, always 0 */
	iret
	jmp double_fault_entry
