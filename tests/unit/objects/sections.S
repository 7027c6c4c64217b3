/* sections.S - several sections of one name, groups, strings that ld would merge, notes */
	.section .data.x,"aw",@progbits,unique,1
	.long	first
first:	.long	1
	.section .data.x,"aw",@progbits,unique,2
	.long	second, first
second:	.long	2
	.section .data.x,"aw",@progbits,unique,3
	.balign	64
third:	.long	third, second, first
	.section .text.a,"axG",@progbits,a,comdat
	.weak	a
a:	call	b
	ret
	.section .data.a,"awG",@progbits,a,comdat
	.long	a, text1
	.section .text.b,"axG",@progbits,b,comdat
	.weak	b
b:	call	a
	ret
	.section .rodata.str1.1,"aMS",@progbits,1
text1:	.asciz	"same"
text2:	.asciz	"same"
text3:	.asciz	"me"
	.section .rodata.cst4,"aM",@progbits,4
	.long	7, 7, 7
	.section .note.test,"a",@note
	.long	4, 4, 1
	.ascii	"abc\0"
	.long	text1
	.section .init.text,"ax"
	call	a
	.section .text.init,"ax"
	movl	$text2, %eax
	.section .data.init,"aw"
	.long	text3, third
	.section .empty,"a"
empty:	.text
	.long	empty
	.bss
	.globl	zeros
	.balign	16
	.skip	5
zeros:	.skip	100
	.section .bss.more,"aw",@nobits
	.skip	3
	.data
	.long	zeros
