/* overflow8.S - a value that 8 bits do not hold */
	.data
	.byte	value
	.globl	value
	.set	value, 256
