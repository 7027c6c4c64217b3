/* noexports.S - EXPORT_NO_SYMBOLS: a __ksymtab that is not loaded */
	.text
	.globl visible
visible:
	ret
	.section __ksymtab,""
	.section .modinfo,""
	.asciz "license=GPL"
