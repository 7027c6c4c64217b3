# sockets and network interfaces
KERNEL_SRC += kernel-stub/net/family.c kernel-stub/net/dev.c kernel-stub/net/socket.c kernel-stub/net/iovec.c \
	      kernel-stub/net/ksymtab.c
