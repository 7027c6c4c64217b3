/* arch/i386/nmi.c - a tick that cannot be turned off, for the watchdog
 *
 * The timer's line is wired to pin 2 of the I/O APIC as well as to the 8259; there it is
 * delivered as a non-maskable interrupt. The 8259 remains the source of all others. Registers:
 * Intel 82093AA data sheet.
 */
#include "arch/i386/trap.h"
#include <asm/io.h>
#include <linux/kernel.h>

#define IOAPIC	    0xfec00000ul
#define SELECT	    0x00
#define WINDOW	    0x10
#define VERSION	    1
#define REDIRECT(n) (0x10 + 2 * (n)) /* low word; the next is the destination */
#define TIMER_PIN   2
#define DELIVER_NMI 0x400u /* edge, unmasked, to a physical destination */

static volatile uint32_t *ioapic;

static uint32_t ioapic_get(unsigned reg)
{
	ioapic[SELECT / 4] = reg;
	return ioapic[WINDOW / 4];
}

static void ioapic_set(unsigned reg, uint32_t value)
{
	ioapic[SELECT / 4] = reg;
	ioapic[WINDOW / 4] = value;
}

/* Without an I/O APIC there is no such tick: a module that loops with interrupts off then
 * stops the machine. */
void nmi_init(void)
{
	uint32_t version;

	ioapic = ioremap(IOAPIC, 32);
	if (!ioapic)
		return;
	version = ioapic_get(VERSION);
	if ((version & 0xff) < 0x10 || (version & 0xff) > 0x2f) {
		iounmap((void *)ioapic);
		return;
	}
	ioapic_set(REDIRECT(TIMER_PIN) + 1, 0);
	ioapic_set(REDIRECT(TIMER_PIN), DELIVER_NMI);
}
