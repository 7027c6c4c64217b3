KERNEL_SRC += kernel-stub/lib/string.c kernel-stub/lib/vsnprintf.c kernel-stub/lib/strtoul.c
