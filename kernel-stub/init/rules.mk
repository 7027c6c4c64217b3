KERNEL_SRC += kernel-stub/init/main.c
