/* crt0.S - where a guest program starts: int main(int argc, char **argv, char **envp) */
	.text
	.globl	_start
_start:
	xorl	%ebp, %ebp
	movl	(%esp), %eax		/* argc; argv follows, then envp */
	leal	4(%esp), %ecx
	leal	8(%esp,%eax,4), %edx
	andl	$-16, %esp
	subl	$4, %esp
	pushl	%edx
	pushl	%ecx
	pushl	%eax
	call	main
	movl	%eax, %ebx
	movl	$252, %eax		/* exit_group */
	int	$0x80

/* What a signal handler of a guest program returns to (rt_sigreturn). */
	.globl	sys_restorer
sys_restorer:
	movl	$173, %eax
	int	$0x80

	.section .note.GNU-stack, "", @progbits
