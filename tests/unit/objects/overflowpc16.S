/* overflowpc16.S - a jump that 16 bits do not reach */
	.text
	.word	outside - .
