/* pair-b.S - see pair-a.S */
	.text
	nop
	.globl	one
one:	call	two			/* local here */
	ret
two:	call	one
	call	outside
	.data
	.long	one, two, outside
outside:
	.long	0
