/* damage.S - a little of everything, to be damaged */
	.section .modinfo,"a"
	.asciz "parm_i=1-4i"
	.asciz "parm_s=s"
	.section .text.inline,"axG",@progbits,inline,comdat
	.weak inline
inline:	ret
	.text
	.globl init_module
init_module:
	movl i, %eax
	call printk
	call inline
	.weak maybe
	movl maybe, %eax
	ret
	.data
i:	.long 1
	.size i, 4
s:	.long name
	.size s, 4
	.section .rodata.str1.1,"aMS",@progbits,1
name:	.asciz "name"
	.section __ex_table,"a"
	.long init_module, init_module
	.section .note.x,"a",@note
	.long 4, 0, 1, 0x41414141
	.comm shared, 8, 8
