/* relocs.S - every 32-bit relocation that ld resolves without a GOT, each with an addend */
	.text
	.globl start
start:
	movl	$outside, %eax		/* R_386_32 */
	movl	outside+0x1234, %eax
	movl	outside-8, %eax
	call	outside			/* R_386_PC32 */
	call	elsewhere@PLT		/* R_386_PLT32 */
	jmp	back
	jne	forward
	call	weak_undefined
	movl	$weak_undefined, %eax
	.reloc	., R_386_NONE, outside
	ret
back:	ret
	.section .text.more,"ax"
forward:
	call	start+5
	ret
	.data
	.long	outside, absolute, absolute-1, start, back, forward, .data, data+4
	.long	outside - .
	.long	.text.more - .
data:	.long	-1, outside+0x80000000
	.byte	1
	.long	outside			/* at an odd address */
	.weak	weak_undefined, weak_defined
weak_defined:
	.long	weak_defined
	.globl	absolute
	.set	absolute, 0x12345678
	.section .rodata,"a"
	.long	common, common+4, other
	.comm	common, 40, 32
	.comm	other, 3, 1
