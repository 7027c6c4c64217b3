/* narrow.S - 8 and 16 bit relocations that fit when the image lies in low memory */
	.section .text16,"ax"
	.code16
start:
	movw	$end, %ax		/* R_386_16 */
	movw	end-4, %bx
	jmp	other			/* R_386_PC16 */
	.byte	small			/* R_386_8 */
	.byte	small-5
	.byte	other - .		/* R_386_PC8 */
	.byte	other+1 - .
	.word	other - .		/* R_386_PC16 */
end:	.word	end+0x1000
	.section .text16b,"ax"
other:	ret
	.globl	small
	.set	small, 0x7f
