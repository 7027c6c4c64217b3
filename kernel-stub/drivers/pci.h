/* drivers/pci.h - PCI functions of bus 0: find one, read and write its configuration
 *
 * The firmware has given out addresses and interrupt lines; we take them as they are.
 * Source: PCI Local Bus Specification 2.1, configuration mechanism #1.
 */
#ifndef DRIVERS_PCI_H
#define DRIVERS_PCI_H

#include <linux/types.h>

struct pci_device {
	uint8_t slot, function;
	uint16_t vendor, device;
};

#define PCI_COMMAND	   0x04
#define PCI_COMMAND_IO	   0x1
#define PCI_COMMAND_MEMORY 0x2
#define PCI_COMMAND_MASTER 0x4
#define PCI_BAR(n)	   (0x10 + 4 * (n))
#define PCI_IRQ_LINE	   0x3c

/* The index-th (from 0) function with these ids. False if there are not so many. */
bool pci_find(uint16_t vendor, uint16_t device, int index, struct pci_device *dev);

/* Configuration space; reg is rounded down to a multiple of four. */
uint32_t pci_read(const struct pci_device *dev, unsigned reg);
void pci_write(const struct pci_device *dev, unsigned reg, uint32_t value);

/* First I/O port of base address register n, 0 if it is not one of I/O ports. */
uint16_t pci_io_base(const struct pci_device *dev, int n);
/* Interrupt line, 0 to 15; negative if it has none. */
int pci_irq(const struct pci_device *dev);
/* Let it answer to its I/O ports and access memory. */
void pci_enable(const struct pci_device *dev);

#endif
