KERNEL_SRC += kernel-stub/arch/i386/boot.S kernel-stub/arch/i386/entry.S \
	      kernel-stub/arch/i386/usercopy.S kernel-stub/arch/i386/descr.c \
	      kernel-stub/arch/i386/trap.c kernel-stub/arch/i386/paging.c \
	      kernel-stub/arch/i386/uaccess.c kernel-stub/arch/i386/switch.S kernel-stub/arch/i386/gate.S \
	      kernel-stub/arch/i386/nmi.c
