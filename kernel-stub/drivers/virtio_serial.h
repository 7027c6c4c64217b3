/* drivers/virtio_serial.h - byte streams to programs on the host: /dev/vport0pN */
#ifndef DRIVERS_VIRTIO_SERIAL_H
#define DRIVERS_VIRTIO_SERIAL_H

#include <linux/types.h>

/* Find the device and register a character device for each of its ports. Without the
 * device nothing happens. Boot only; after the 8259s, memory and chrdevs. */
void virtio_serial_init(void);

/* Port nr for the kernel itself instead of /dev/vport0pN: `receive` gets the bytes that come
 * in, from the interrupt handler. 0, -ENXIO (no such port), -EBUSY, -ENOMEM. */
int vport_attach(int nr, void (*receive)(const void *buf, size_t n));
/* Send all of it, from kernel memory; sleeps. 0, -ENXIO, -EPIPE, -ENOMEM, -ERESTARTSYS. */
int vport_send(int nr, const void *buf, size_t n);

#endif
