# the module core, portable (also in the simulator), and its host
KERNEL_SRC += kernel-stub/kernel/module.c kernel-stub/kernel/module_check.c \
	      kernel-stub/kernel/module_query.c kernel-stub/kernel/text.c \
	      kernel-stub/kernel/resource.c kernel-stub/kernel/chrdev.c \
	      kernel-stub/kernel/ksymtab.c kernel-stub/kernel/ksymtab_hw.c \
	      kernel-stub/kernel/module_host.c
# the machine: log, panic, interrupts, time
KERNEL_SRC += kernel-stub/kernel/printk.c kernel-stub/kernel/panic.c \
	      kernel-stub/kernel/symname.c kernel-stub/kernel/cmdline.c \
	      kernel-stub/kernel/irq.c kernel-stub/kernel/time.c
