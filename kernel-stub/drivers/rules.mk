KERNEL_SRC += kernel-stub/drivers/pci.c kernel-stub/drivers/virtio_serial.c
KERNEL_SRC += kernel-stub/drivers/serial.c
KERNEL_SRC += kernel-stub/drivers/tty.c kernel-stub/drivers/pty.c kernel-stub/drivers/mem.c
