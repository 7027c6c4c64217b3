/* pair-a.S - linked with pair-b by ld -r into one object: each has symbols of its own that are
 * called as a global of the other */
	.text
one:	ret				/* local here, global in pair-b */
	.globl	two
two:	call	one
	call	two
	call	outside			/* undefined here, local in pair-b */
	.data
	.long	one, two, outside
