/* gate.S - the state of the processor at a gate (kernel/contain.h), and back to it
 *
 * Offsets are those of struct gate; contain.c asserts them.
 */
#include "arch/i386/gate.h"

	.text

/* long gate_save(struct gate *) */
	.globl	gate_save
gate_save:
	movl	4(%esp), %eax
	movl	%ebx, GATE_REGS + 0(%eax)
	movl	%esi, GATE_REGS + 4(%eax)
	movl	%edi, GATE_REGS + 8(%eax)
	movl	%ebp, GATE_REGS + 12(%eax)
	leal	4(%esp), %edx
	movl	%edx, GATE_REGS + 16(%eax)
	movl	(%esp), %edx
	movl	%edx, GATE_REGS + 20(%eax)
	pushfl
	popl	GATE_REGS + 24(%eax)
	xorl	%eax, %eax
	ret

/* A trap returns to here, interrupts off, in order to be at `gate_resuming`; on whatever
 * stack, which is not touched. The result of gate_save is now the error. */
	.globl	gate_resume
gate_resume:
	movl	gate_resuming, %edx
	movl	GATE_REGS + 0(%edx), %ebx
	movl	GATE_REGS + 4(%edx), %esi
	movl	GATE_REGS + 8(%edx), %edi
	movl	GATE_REGS + 12(%edx), %ebp
	movl	GATE_REGS + 16(%edx), %esp
	movl	GATE_ERROR(%edx), %eax
	pushl	GATE_REGS + 20(%edx)
	pushl	GATE_REGS + 24(%edx)
	popfl
	ret

/* Where a function of the kernel returns to in place of a module whose time is up: a trap,
 * so that it is reported like one. */
	.globl	gate_expired
gate_expired:
	ud2

	.section .note.GNU-stack, "", @progbits
