/* drivers/serial.h - COM1: the console, and the terminal on the same line
 *
 * Output is polled: under QEMU the UART takes a byte as fast as it is handed over. Input
 * comes by interrupt, and goes to whoever has set a receiver.
 */
#ifndef DRIVERS_SERIAL_H
#define DRIVERS_SERIAL_H

#include <linux/types.h>

#define SERIAL_PORT  0x3f8
#define SERIAL_PORTS 8

/* Before anything else at boot. */
void serial_early_init(void);
/* Bytes as they are; the caller turns \n into \r\n. */
void serial_write(const char *s, size_t n);
/* Wait until everything has left the UART. */
void serial_flush(void);

/* From now on call fn, from the interrupt handler, for each byte that comes in. 0 or what
 * request_irq says. */
int serial_receive(void (*fn)(unsigned char byte));

#endif
