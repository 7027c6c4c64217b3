/* arch/i386/asm.h - instructions C has no word for */
#ifndef ARCH_ASM_H
#define ARCH_ASM_H

#include <asm/io.h>
#include <asm/system.h>

#define CR0_PE	0x00000001ul
#define CR0_MP	0x00000002ul
#define CR0_EM	0x00000004ul
#define CR0_TS	0x00000008ul
#define CR0_NE	0x00000020ul
#define CR0_WP	0x00010000ul
#define CR0_PG	0x80000000ul
#define CR4_PAE 0x20ul

#define MSR_EFER     0xC0000080u
#define MSR_EFER_NXE 0x800u

#define CR_ACCESS(n)                                                                     \
	static inline unsigned long cr##n##_get(void)                                    \
	{                                                                                \
		unsigned long value;                                                     \
		__asm__ __volatile__("movl %%cr" #n ", %0" : "=r"(value));               \
		return value;                                                            \
	}                                                                                \
	static inline void cr##n##_set(unsigned long value)                              \
	{                                                                                \
		__asm__ __volatile__("movl %0, %%cr" #n : : "r"(value) : "memory");      \
	}
CR_ACCESS(0)
CR_ACCESS(2)
CR_ACCESS(3)
CR_ACCESS(4)
#undef CR_ACCESS

static inline void page_invalidate(unsigned long va)
{
	__asm__ __volatile__("invlpg (%0)" : : "r"(va) : "memory");
}

static inline uint64_t msr_get(uint32_t msr)
{
	uint64_t value;

	__asm__ __volatile__("rdmsr" : "=A"(value) : "c"(msr));
	return value;
}

static inline void msr_set(uint32_t msr, uint64_t value)
{
	__asm__ __volatile__("wrmsr" : : "A"(value), "c"(msr));
}

static inline void cpuid(uint32_t leaf, uint32_t out[4])
{
	__asm__ __volatile__("cpuid"
			     : "=a"(out[0]), "=b"(out[1]), "=c"(out[2]), "=d"(out[3])
			     : "a"(leaf), "c"(0));
}

static inline uint64_t tsc_get(void)
{
	uint64_t value;

	__asm__ __volatile__("rdtsc" : "=A"(value));
	return value;
}

/* The floating point registers of a process, 108 bytes. Saving resets the unit. */
struct fpu_state {
	uint32_t word[27];
};

static inline void fpu_save(struct fpu_state *to)
{
	__asm__ __volatile__("fnsave %0" : "=m"(*to));
}

static inline void fpu_restore(const struct fpu_state *from)
{
	__asm__ __volatile__("frstor %0" : : "m"(*from));
}

static inline void fpu_reset(void)
{
	__asm__ __volatile__("fninit");
}

#endif
