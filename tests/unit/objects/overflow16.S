/* overflow16.S - an address that 16 bits do not hold */
	.data
	.word	outside
