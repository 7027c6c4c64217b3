/* asm/io.h - I/O ports, and device memory mapped into the kernel
 *
 * Argument order is Linux's: value first, then the port.
 */
#ifndef _ASM_IO_H
#define _ASM_IO_H

#include <linux/types.h>

#define IO_ACCESS(suffix, type, reg)                                                     \
	static inline type in##suffix(unsigned short port)                               \
	{                                                                                \
		type value;                                                              \
		__asm__ __volatile__("in" #suffix " %w1, %" reg "0"                      \
				     : "=a"(value)                                       \
				     : "Nd"(port));                                      \
		return value;                                                            \
	}                                                                                \
	static inline void out##suffix(type value, unsigned short port)                  \
	{                                                                                \
		__asm__ __volatile__("out" #suffix " %" reg "0, %w1"                     \
				     :                                                   \
				     : "a"(value), "Nd"(port));                          \
	}                                                                                \
	static inline void ins##suffix(unsigned short port, void *to, unsigned long n)   \
	{                                                                                \
		__asm__ __volatile__("cld; rep ins" #suffix                              \
				     : "+D"(to), "+c"(n)                                 \
				     : "d"(port)                                         \
				     : "memory");                                        \
	}                                                                                \
	static inline void outs##suffix(unsigned short port, const void *from,           \
					unsigned long n)                                 \
	{                                                                                \
		__asm__ __volatile__("cld; rep outs" #suffix                             \
				     : "+S"(from), "+c"(n)                               \
				     : "d"(port)                                         \
				     : "memory");                                        \
	}

IO_ACCESS(b, unsigned char, "b")
IO_ACCESS(w, unsigned short, "w")
IO_ACCESS(l, unsigned int, "")
#undef IO_ACCESS

/* The write to port 0x80 that gives an old ISA device its microsecond. */
static inline void io_delay(void)
{
	outb(0, 0x80);
}
#define inb_p(port)                                                                      \
	({                                                                               \
		unsigned char v_ = inb(port);                                            \
		io_delay();                                                              \
		v_;                                                                      \
	})
#define outb_p(value, port)                                                              \
	({                                                                               \
		outb(value, port);                                                       \
		io_delay();                                                              \
	})

/* Map `size` bytes of device memory at physical address `pa`, uncached; NULL when there
 * is no room. iounmap takes the pointer that ioremap returned. */
void *ioremap(unsigned long pa, unsigned long size);
void iounmap(void *address);

#define readb(a)     (*(volatile unsigned char *)(a))
#define readw(a)     (*(volatile unsigned short *)(a))
#define readl(a)     (*(volatile unsigned int *)(a))
#define writeb(v, a) (*(volatile unsigned char *)(a) = (v))
#define writew(v, a) (*(volatile unsigned short *)(a) = (v))
#define writel(v, a) (*(volatile unsigned int *)(a) = (v))

#define virt_to_phys(p) ((unsigned long)(p)-0xC0000000ul)
#define phys_to_virt(a) ((void *)((unsigned long)(a) + 0xC0000000ul))
#define virt_to_bus	virt_to_phys
#define bus_to_virt	phys_to_virt

#endif
