/* exports.S - an object with its own __ksymtab, as EXPORT_SYMBOL of 2.4 makes it */
	.text
	.globl shown, hidden, init_module
init_module:
shown:	ret
hidden:	ret
	.section .kstrtab,"a"
name:	.asciz "shown"
	.section __ksymtab,"a"
	.long shown, name
