/* params.S - a variable of every kind of parameter, 2.4 and 2.6 declarations, good and bad */
	.section .modinfo,"a"
	.asciz "license=GPL"
	.asciz "kernel_version=2.4.27-modstack"
	.asciz "using_checksums=1"
	.asciz "parm_b=b"
	.asciz "parm_h=h"
	.asciz "parm_i=i"
	.asciz "parm_l=1-2l"
	.asciz "parm_pair=2i"
	.asciz "parm_s=s"
	.asciz "parm_ss=1-3s"
	.asciz "parm_c=c8"
	.asciz "parm_cc=1-2c4"
	.asciz "parm_stat=i"
	.asciz "parm_wide=1-8i"
	.asciz "parm_zero=i"
	.asciz "parm_gone=i"
	.asciz "parm_odd=q"
	.asciz "parm_desc_i=a number"
	.asciz "parmtype=new_int:int"
	.asciz "parmtype=new_uint:uint"
	.asciz "parmtype=new_bool:bool"
	.asciz "parmtype=new_not:invbool"
	.asciz "parmtype=new_charp:charp"
	.asciz "parmtype=new_text:string"
	.asciz "parmtype=new_array:array of short"
	.asciz "parmcount=new_array:&new_count"
	.asciz "parmtype=new_name:byte"
	.asciz "parmsym=new_name:new_variable"
	.asciz "parmtype=new_odd:complex"

#define VARIABLE(name, bytes) .globl name; .size name, bytes; .type name, @object; name: .skip bytes, 0xee
	.data
	VARIABLE(b, 1)
	.balign 4
	VARIABLE(h, 2)
	.balign 4
	VARIABLE(i, 4)
	VARIABLE(l, 8)
	VARIABLE(pair, 8)
	VARIABLE(ss, 12)
	VARIABLE(c, 8)
	VARIABLE(cc, 8)
	.size stat, 4
stat:	.skip 4, 0xee
	VARIABLE(wide, 8)
	.long 0x12345678
	VARIABLE(new_int, 4)
	VARIABLE(new_uint, 4)
	VARIABLE(new_bool, 1)
	VARIABLE(new_not, 1)
	.balign 4
	VARIABLE(new_charp, 4)
	VARIABLE(new_text, 6)
	.balign 4
	VARIABLE(new_array, 6)
	.balign 4
	VARIABLE(new_count, 4)
	VARIABLE(new_variable, 1)
	.balign 4
	.globl s
	.size s, 4
s:	.long def
	.bss
	.globl zero
	.size zero, 4
zero:	.skip 4
	.section .rodata,"a"
def:	.asciz "default"
