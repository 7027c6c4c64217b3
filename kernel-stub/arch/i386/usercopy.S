/* arch/i386/usercopy.S - the two loops that touch memory which may not be there
 *
 * unsigned long user_move(void *to, const void *from, unsigned long n)
 * unsigned long user_zero(void *to, unsigned long n)
 * Both return how many bytes at the end were not done. A fault in the loop over blocks begins
 * that block again byte by byte, so that the count is exact. Words are not moved by string
 * instructions: see lib/string.c.
 */
	.macro FIXUP insn, to
	.pushsection __ex_table, "a"
	.long \insn, \to
	.popsection
	.endm

	/* What may fault within the loop over blocks. */
	.macro TRY insn:vararg
.Ltry\@:
	\insn
	FIXUP .Ltry\@, 2f
	.endm

#define BLOCK 32

	.text
	.globl user_move
	.type user_move, @function
user_move:
	pushl %ebp
	movl %esp, %ebp
	pushl %esi
	pushl %edi
	movl 8(%ebp), %edi
	movl 12(%ebp), %esi
	movl 16(%ebp), %ecx
	subl $BLOCK, %ecx
	jb 2f
1:
	.irp at, 0, 8, 16, 24
	TRY movl \at(%esi), %eax
	TRY movl \at+4(%esi), %edx
	TRY movl %eax, \at(%edi)
	TRY movl %edx, \at+4(%edi)
	.endr
	addl $BLOCK, %esi
	addl $BLOCK, %edi
	subl $BLOCK, %ecx
	jae 1b
2:	addl $BLOCK, %ecx
3:	rep movsb
4:	movl %ecx, %eax
	popl %edi
	popl %esi
	popl %ebp
	ret
	FIXUP 3b, 4b
	.size user_move, . - user_move

	.globl user_zero
	.type user_zero, @function
user_zero:
	pushl %ebp
	movl %esp, %ebp
	pushl %edi
	movl 8(%ebp), %edi
	movl 12(%ebp), %ecx
	xorl %eax, %eax
	subl $BLOCK, %ecx
	jb 2f
1:
	.irp at, 0, 4, 8, 12, 16, 20, 24, 28
	TRY movl %eax, \at(%edi)
	.endr
	addl $BLOCK, %edi
	subl $BLOCK, %ecx
	jae 1b
2:	addl $BLOCK, %ecx
3:	rep stosb
4:	movl %ecx, %eax
	popl %edi
	popl %ebp
	ret
	FIXUP 3b, 4b
	.size user_zero, . - user_zero
