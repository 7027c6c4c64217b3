/* drivers/virtio_serial.h - byte streams to programs on the host: /dev/vport0pN */
#ifndef DRIVERS_VIRTIO_SERIAL_H
#define DRIVERS_VIRTIO_SERIAL_H

/* Find the device and register a character device for each of its ports. Without the
 * device nothing happens. Boot only; after the 8259s, memory and chrdevs. */
void virtio_serial_init(void);

#endif
