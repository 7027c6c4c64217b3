/* asm/system.h - the interrupt flag, in the words of 2.4 and in ours
 *
 * One CPU and a kernel that is not preempted: code that must not be interrupted is
 *	unsigned long flags = irq_save(); ... irq_restore(flags);
 */
#ifndef _ASM_SYSTEM_H
#define _ASM_SYSTEM_H

#define EFLAGS_IF 0x200ul

static inline unsigned long eflags_get(void)
{
	unsigned long flags;

	__asm__ __volatile__("pushfl; popl %0" : "=r"(flags) : : "memory");
	return flags;
}

static inline void cli(void)
{
	__asm__ __volatile__("cli" : : : "memory");
}

static inline void sti(void)
{
	__asm__ __volatile__("sti" : : : "memory");
}

static inline unsigned long irq_save(void)
{
	unsigned long flags = eflags_get();

	cli();
	return flags;
}

static inline void irq_restore(unsigned long flags)
{
	__asm__ __volatile__("pushl %0; popfl" : : "r"(flags) : "memory", "cc");
}

/* Wait for an interrupt with interrupts on; sti takes effect after the hlt, so a wake-up
 * between a test made with interrupts off and this cannot be lost. */
static inline void sti_hlt(void)
{
	__asm__ __volatile__("sti; hlt" : : : "memory");
}

#define save_flags(x)	     ((x) = eflags_get())
#define restore_flags(x)     irq_restore(x)
#define save_and_cli(x)	     ((x) = irq_save())
#define local_irq_save(x)    ((x) = irq_save())
#define local_irq_restore(x) irq_restore(x)
#define local_irq_disable()  cli()
#define local_irq_enable()   sti()

#define mb()  __asm__ __volatile__("lock; addl $0, 0(%%esp)" : : : "memory")
#define rmb() mb()
#define wmb() __asm__ __volatile__("" : : : "memory")

#endif
