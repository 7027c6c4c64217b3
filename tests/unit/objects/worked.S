/* worked.S - the layout example of the 2.4 loader's description: sizes and alignments of
 * every kind of section */
	.section .modinfo,"a"
	.asciz "parm_a=i"
	.asciz "parm_s=1-2s"
	.asciz "parm_c=c8"
	.asciz "parm_v=1-4i"

	.text
	.globl init_module, cleanup_module, helper
init_module:
	movl a, %eax			/* 5 bytes, R_386_32 */
	call printk			/* 5 bytes, R_386_PC32 */
	ret
	.org 13
cleanup_module:
	ret
helper:
	ret
	.org 16

	.data
	.globl a
	.size a, 4
a:	.long 1
	.size s, 8
s:	.long def, def
	.size c, 8
c:	.ascii "default\0"
	.size v, 16
v:	.long 0, 0, 0, 0
	.long bigc, smallc
	.org 48

	.section .rodata,"a"
def:	.asciz "12345"

	.section __ex_table,"a"
	.long init_module, helper

	.bss
	.skip 4
	.comm bigc, 100, 32
	.comm smallc, 2, 2
	.weak wundef

	.section .text.init,"ax"
	ret
	.section .data.init,"aw"
	.long wundef
