/* arch/i386/boot.S - from the boot loader to kernel_main()
 *
 * Entered in protected mode without paging, at the physical address, %ebx the multiboot
 * information. Builds the provisional page directory, which shows the first GiB of memory
 * twice: where it is, and at PAGE_OFFSET. Until it is on, symbols are reached by PA().
 */
#define PA(symbol) (symbol - 0xC0000000)

#define MB_MAGIC 0x1BADB002
#define MB_FLAGS 3 /* modules on page boundaries, memory map wanted */
#define COM1	 0x3f8

	.section .multiboot, "ax"
	.long MB_MAGIC, MB_FLAGS, -(MB_MAGIC + MB_FLAGS)

	.text
	.globl start
start:
	cli
	cld
	cmpl $0x2BADB002, %eax
	movl $PA(not_multiboot), %esi
	jne .Lrefuse
	movl %ebx, %ebp

	/* PAE is bit 6 of cpuid(1).edx; a CPU without cpuid cannot toggle EFLAGS.ID. */
	movl $PA(boot_stack_top), %esp
	pushfl
	popl %eax
	movl %eax, %ecx
	xorl $0x200000, %eax
	pushl %eax
	popfl
	pushfl
	popl %eax
	xorl %ecx, %eax
	movl $PA(no_pae), %esi
	jz .Lrefuse
	movl $1, %eax
	cpuid
	testl $(1 << 6), %edx
	movl $PA(no_pae), %esi
	jz .Lrefuse

	/* 512 pages of 2 MiB: present, writable, large. */
	movl $PA(boot_directory), %edi
	movl $0x83, %eax
1:	movl %eax, (%edi)
	addl $8, %edi
	addl $0x200000, %eax
	cmpl $PA(boot_directory) + 4096, %edi
	jne 1b

	movl $PA(boot_top), %eax
	movl $PA(boot_directory) + 1, (%eax)
	movl $PA(boot_directory) + 1, 24(%eax)
	movl %eax, %cr3
	movl %cr4, %eax
	orl $0x20, %eax /* PAE */
	movl %eax, %cr4
	movl %cr0, %eax
	orl $0x80010000, %eax /* PG, WP */
	movl %eax, %cr0
	movl $.Lhigh, %eax
	jmp *%eax

.Lhigh:
	movl $boot_stack_top, %esp
	pushl $0
	popfl
	pushl %ebp
	xorl %ebp, %ebp /* end of every call chain */
	call kernel_main
	ud2

/* Say why at %esi on the serial port, and leave QEMU as a panic does. */
.Lrefuse:
	movw $COM1, %dx
1:	lodsb
	testb %al, %al
	jz 2f
	outb %al, %dx
	jmp 1b
2:	movl $0x3f, %eax
	movw $0xf4, %dx
	outl %eax, %dx
3:	hlt
	jmp 3b

	.section .rodata
not_multiboot:
	.asciz "kernel: not started by a multiboot loader\r\n"
no_pae:
	.ascii "kernel: this CPU has no physical address extension"
	.asciz " (pentium2 or later is needed)\r\n"

	.section .bss.page_aligned, "aw", @nobits
	.balign 4096
boot_directory:
	.skip 4096
	/* The stack of the boot code and later of the idle loop; the page below it is
	 * unmapped by the final tables. */
	.globl boot_stack_guard, boot_stack, boot_stack_top
boot_stack_guard:
	.skip 4096
boot_stack:
	.skip 8192
boot_stack_top:
	.balign 32
boot_top:
	.skip 32
