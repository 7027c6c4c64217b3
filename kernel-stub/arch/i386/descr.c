/* arch/i386/descr.c - the segments: flat, one set for each ring, and two task states
 *
 * The first task state only tells the CPU the stack of ring 0. The second is entered by
 * the double fault gate (trap.c).
 */
#include "arch/i386/descr.h"
#include "arch/i386/tss.h"
#include "arch/i386/asm.h"
#include <linux/kernel.h>

#define SEG_PRESENT  0x80
#define SEG_USER     0x60
#define SEG_CODE     0x1a /* readable */
#define SEG_DATA     0x12 /* writable */
#define SEG_TSS_FREE 0x09

static uint64_t gdt[GDT_ENTRIES] __attribute__((aligned(8)));
struct tss main_tss = {.ss0 = KERNEL_DS, .io_map = sizeof(struct tss)};
struct tss double_fault_tss = {.io_map = sizeof(struct tss)};

uint64_t segment(uint32_t base, uint32_t limit, unsigned access_flags)
{
	uint32_t low = (limit & 0xffff) | base << 16;
	uint32_t high = (base >> 16 & 0xff) | (access_flags & 0xff) << 8 |
			(limit & 0xf0000) | (access_flags & 0xf00) << 12 |
			(base & 0xff000000);

	return (uint64_t)high << 32 | low;
}

static uint64_t flat(unsigned access)
{
	return segment(0, 0xfffff, SEG_PRESENT | access | SEG_PAGES | SEG_32BIT);
}

static uint64_t tss_segment(const struct tss *tss)
{
	return segment((uint32_t)tss, sizeof(*tss) - 1, SEG_PRESENT | SEG_TSS_FREE);
}

void descr_init(void)
{
	struct {
		uint16_t limit;
		uint32_t base;
	} __attribute__((packed)) where = {sizeof(gdt) - 1, (uint32_t)gdt};

	gdt[KERNEL_CS / 8] = flat(SEG_CODE);
	gdt[KERNEL_DS / 8] = flat(SEG_DATA);
	gdt[USER_CS / 8] = flat(SEG_CODE | SEG_USER);
	gdt[USER_DS / 8] = flat(SEG_DATA | SEG_USER);
	gdt[TSS_ENTRY] = tss_segment(&main_tss);
	gdt[DF_TSS_ENTRY] = tss_segment(&double_fault_tss);

	__asm__ __volatile__("lgdt %0\n\t"
			     "ljmp %1, $1f\n"
			     "1:\tmovl %2, %%ds\n\t"
			     "movl %2, %%es\n\t"
			     "movl %2, %%ss\n\t"
			     "movl %3, %%fs\n\t"
			     "movl %3, %%gs\n\t"
			     "lldt %w3\n\t"
			     "ltr %w4"
			     :
			     : "m"(where), "i"(KERNEL_CS), "r"(KERNEL_DS), "r"(0),
			       "r"(TSS_ENTRY * 8)
			     : "memory");
}

void tss_set_esp0(unsigned long sp)
{
	main_tss.esp0 = sp;
}

void tls_set(int slot, uint64_t descriptor)
{
	gdt[TLS_ENTRY_MIN + slot] = descriptor;
}
