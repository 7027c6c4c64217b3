/* switch.S - from one kernel stack to another, and where a new one begins
 *
 * What switch_stack leaves on a stack, lowest first: edi, esi, ebx, ebp, return address.
 * kernel/fork.c builds the same for a new task.
 */
	.text

/* void switch_stack(unsigned long *save_sp, unsigned long sp); interrupts are off */
	.globl	switch_stack
switch_stack:
	movl	4(%esp), %eax
	movl	8(%esp), %edx
	pushl	%ebp
	pushl	%ebx
	pushl	%esi
	pushl	%edi
	movl	%esp, (%eax)
	movl	%edx, %esp
	popl	%edi
	popl	%esi
	popl	%ebx
	popl	%ebp
	ret

/* A forked process: above us lies its struct pt_regs. */
	.globl	fork_start
fork_start:
	call	switch_finish
	jmp	trap_return

/* A kernel thread, int (*%edi)(void *) and its argument %esi. It comes back here if it
 * has become a process of ring 3 by exec_kernel(). */
	.globl	thread_start
thread_start:
	call	switch_finish
	sti
	pushl	%esi
	pushl	%edi
	call	thread_run
	addl	$8, %esp
	jmp	trap_return

	.section .note.GNU-stack, "", @progbits
