/* drivers/serial.c - COM1, a 16550 (serial.h)
 *
 * Registers and bits: National Semiconductor PC16550D data sheet, section 8.
 */
#include "drivers/serial.h"
#include <asm/io.h>
#include <linux/interrupt.h>

#define COM1	 SERIAL_PORT
#define COM1_IRQ 4

#define DATA (COM1 + 0) /* divisor, low, while LCR_DLAB is set */
#define IER  (COM1 + 1) /* divisor, high */
#define FCR  (COM1 + 2)
#define LCR  (COM1 + 3)
#define MCR  (COM1 + 4)
#define LSR  (COM1 + 5)

#define IER_RECEIVED 0x01
#define FCR_ENABLE   0x07 /* and clear both; interrupt at the first byte */
#define LCR_8N1	     0x03
#define LCR_DLAB     0x80
#define MCR_READY    0x0b /* DTR, RTS, and OUT2 which lets the interrupt through */
#define LSR_RECEIVED 0x01
#define LSR_CAN_SEND 0x20
#define LSR_SENT     0x40 /* the shift register is empty, too */

#define DIVISOR 1 /* 115200 baud */

/* A UART that is stuck must not stop the kernel: it is waited for once. */
#define PATIENCE 1000000 /* a busy host takes its time */

static void (*receiver)(unsigned char byte);

void serial_early_init(void)
{
	outb(0, IER);
	outb(LCR_DLAB, LCR);
	outb(DIVISOR, DATA);
	outb(0, IER);
	outb(LCR_8N1, LCR);
	outb(FCR_ENABLE, FCR);
	outb(MCR_READY, MCR);
}

static void wait_for(unsigned char bit)
{
	static bool stuck;

	for (unsigned i = 0; i < (stuck ? 1 : PATIENCE); i++) {
		if (inb(LSR) & bit) {
			stuck = false;
			return;
		}
	}
	stuck = true;
}

void serial_write(const char *s, size_t n)
{
	while (n--) {
		wait_for(LSR_CAN_SEND);
		outb(*s++, DATA);
	}
}

void serial_flush(void)
{
	wait_for(LSR_SENT);
}

static void serial_interrupt(int irq, void *dev_id, struct pt_regs *regs)
{
	while (inb(LSR) & LSR_RECEIVED)
		receiver(inb(DATA));
}

int serial_receive(void (*fn)(unsigned char byte))
{
	bool first = !receiver;
	int err;

	receiver = fn;
	if (!first)
		return 0;
	err = request_irq(COM1_IRQ, serial_interrupt, 0, "serial", NULL);
	if (err)
		receiver = NULL;
	else
		outb(IER_RECEIVED, IER);
	return err;
}
