KERNEL_SRC += kernel-stub/mm/init.c kernel-stub/mm/page.c kernel-stub/mm/account.c \
	      kernel-stub/mm/kmalloc.c kernel-stub/mm/vm.c
