/* arch/i386/usercopy.S - the two loops that touch memory which may not be there
 *
 * unsigned long user_move(void *to, const void *from, unsigned long n)
 * unsigned long user_zero(void *to, unsigned long n)
 * Both return how many bytes at the end were not done. A fault in the loop over words
 * goes on with bytes, so that the count is exact.
 */
	.macro FIXUP insn, to
	.pushsection __ex_table, "a"
	.long \insn, \to
	.popsection
	.endm

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
	movl %ecx, %edx
	andl $3, %edx
	shrl $2, %ecx
1:	rep movsl
	movl %edx, %ecx
2:	rep movsb
3:	movl %ecx, %eax
	popl %edi
	popl %esi
	popl %ebp
	ret
4:	leal (%edx, %ecx, 4), %ecx
	jmp 2b
	FIXUP 1b, 4b
	FIXUP 2b, 3b
	.size user_move, . - user_move

	.globl user_zero
	.type user_zero, @function
user_zero:
	pushl %ebp
	movl %esp, %ebp
	pushl %edi
	movl 8(%ebp), %edi
	movl 12(%ebp), %ecx
	movl %ecx, %edx
	andl $3, %edx
	shrl $2, %ecx
	xorl %eax, %eax
1:	rep stosl
	movl %edx, %ecx
2:	rep stosb
3:	movl %ecx, %eax
	popl %edi
	popl %ebp
	ret
4:	leal (%edx, %ecx, 4), %ecx
	jmp 2b
	FIXUP 1b, 4b
	FIXUP 2b, 3b
	.size user_zero, . - user_zero
