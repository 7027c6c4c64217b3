/* arch/i386/descr.h - segment selectors, the task state segment, thread local storage */
#ifndef ARCH_DESCR_H
#define ARCH_DESCR_H

#define KERNEL_CS 0x10
#define KERNEL_DS 0x18
#define USER_CS	  0x23
#define USER_DS	  0x2b

/* The three entries set_thread_area(2) hands out: selectors 0x33, 0x3b, 0x43. */
#define TLS_ENTRY_MIN 6
#define TLS_ENTRIES   3
#define TSS_ENTRY     9
#define DF_TSS_ENTRY  10
#define GDT_ENTRIES   11

#ifndef __ASSEMBLY__
#include <linux/types.h>

/* Build a descriptor. limit: bytes - 1, or pages - 1 with SEG_PAGES. access: the byte
 * with present, DPL and type; SEG_* flags in bits 8-11. */
#define SEG_PAGES 0x800
#define SEG_32BIT 0x400
#define SEG_AVL	  0x100
uint64_t segment(uint32_t base, uint32_t limit, unsigned access_flags);

void descr_init(void);

/* Where ring 0 starts its stack when it is entered from ring 3: of the current process.
 */
void tss_set_esp0(unsigned long sp);

/* Set entry TLS_ENTRY_MIN + slot (0-2); takes effect when %gs or %fs is loaded next. */
void tls_set(int slot, uint64_t descriptor);
#endif

#endif
