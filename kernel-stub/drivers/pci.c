/* drivers/pci.c - configuration space through ports 0xcf8 and 0xcfc */
#include "drivers/pci.h"

#include <asm/io.h>
#include <asm/system.h>

#define ADDRESS 0xcf8
#define VALUE	0xcfc
#define ENABLE	0x80000000u

#define HEADER_TYPE	     0x0c /* the register that holds it, in bits 16 to 23 */
#define HEADER_MULTIFUNCTION (0x80u << 16)

static uint32_t address(const struct pci_device *dev, unsigned reg)
{
	return ENABLE | dev->slot << 11 | dev->function << 8 | (reg & 0xfc);
}

/* The pair of ports is one resource: no interrupt handler may come in between. */
uint32_t pci_read(const struct pci_device *dev, unsigned reg)
{
	unsigned long flags = irq_save();
	uint32_t value;

	outl(address(dev, reg), ADDRESS);
	value = inl(VALUE);
	irq_restore(flags);
	return value;
}

void pci_write(const struct pci_device *dev, unsigned reg, uint32_t value)
{
	unsigned long flags = irq_save();

	outl(address(dev, reg), ADDRESS);
	outl(value, VALUE);
	irq_restore(flags);
}

/* Fill in the ids; false if nothing is there. */
static bool probe(struct pci_device *dev)
{
	uint32_t ids = pci_read(dev, 0);

	dev->vendor = ids & 0xffff;
	dev->device = ids >> 16;
	return dev->vendor != 0xffff;
}

static int functions(const struct pci_device *dev)
{
	return pci_read(dev, HEADER_TYPE) & HEADER_MULTIFUNCTION ? 8 : 1;
}

bool pci_find(uint16_t vendor, uint16_t device, int index, struct pci_device *dev)
{
	int n;

	for (int slot = 0; slot < 32; slot++) {
		*dev = (struct pci_device){.slot = slot};
		n = probe(dev) ? functions(dev) : 0;
		for (int function = 0; function < n; function++) {
			dev->function = function;
			if (probe(dev) && dev->vendor == vendor &&
			    dev->device == device && index-- == 0)
				return true;
		}
	}
	return false;
}

uint16_t pci_io_base(const struct pci_device *dev, int n)
{
	uint32_t bar = pci_read(dev, PCI_BAR(n));

	return bar & 1 ? bar & 0xfffc : 0;
}

int pci_irq(const struct pci_device *dev)
{
	int line = pci_read(dev, PCI_IRQ_LINE) & 0xff;

	return line < 16 ? line : -1;
}

void pci_enable(const struct pci_device *dev)
{
	uint32_t command = pci_read(dev, PCI_COMMAND) & 0xffff;

	pci_write(dev, PCI_COMMAND, command | PCI_COMMAND_IO | PCI_COMMAND_MASTER);
}
