/* overflowpc8.S - a jump that 8 bits do not reach */
	.text
	.byte	0xeb
	.byte	far - .
	.section .text.far,"ax"
	.skip	200
	.globl	far
far:	ret
