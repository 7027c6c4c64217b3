# the module core and the registries, portable (also in the simulator), and their host
KERNEL_SRC += kernel-stub/kernel/module.c kernel-stub/kernel/module_check.c \
	      kernel-stub/kernel/module_query.c kernel-stub/kernel/module_export.c \
	      kernel-stub/kernel/module_names.c kernel-stub/kernel/text.c \
	      kernel-stub/kernel/resource.c kernel-stub/kernel/chrdev.c kernel-stub/kernel/majors.c \
	      kernel-stub/kernel/inter_module.c kernel-stub/kernel/dma.c kernel-stub/kernel/registry.c \
	      kernel-stub/kernel/modrequest.c \
	      kernel-stub/kernel/ksymtab.c kernel-stub/kernel/ksymtab_hw.c \
	      kernel-stub/kernel/module_host.c kernel-stub/kernel/contain.c
# the machine: log, panic, interrupts, time
KERNEL_SRC += kernel-stub/kernel/printk.c kernel-stub/kernel/panic.c \
	      kernel-stub/kernel/symname.c kernel-stub/kernel/cmdline.c \
	      kernel-stub/kernel/irq.c kernel-stub/kernel/time.c
# processes
KERNEL_SRC += kernel-stub/kernel/sched.c kernel-stub/kernel/wait.c kernel-stub/kernel/fork.c \
	      kernel-stub/kernel/exec.c kernel-stub/kernel/exit.c kernel-stub/kernel/signal.c \
	      kernel-stub/kernel/mmap.c kernel-stub/kernel/fpu.c kernel-stub/kernel/tls.c \
	      kernel-stub/kernel/syscall.c kernel-stub/kernel/sys.c kernel-stub/kernel/clock.c \
	      kernel-stub/kernel/random.c kernel-stub/kernel/kmod.c kernel-stub/kernel/kerneld.c \
	      kernel-stub/kernel/ksymtab_fs.c kernel-stub/kernel/blkdev.c
# what modules register besides devices and file systems
KERNEL_SRC += kernel-stub/kernel/sysctl.c kernel-stub/kernel/binfmt.c kernel-stub/fs/proc_entry.c
