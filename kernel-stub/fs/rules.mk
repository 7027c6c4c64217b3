KERNEL_SRC += kernel-stub/fs/vfs.c kernel-stub/fs/dcache.c kernel-stub/fs/super.c \
	      kernel-stub/fs/namei.c kernel-stub/fs/file.c kernel-stub/fs/read_write.c \
	      kernel-stub/fs/stat.c kernel-stub/fs/select.c kernel-stub/fs/pipe.c \
	      kernel-stub/fs/ramfs.c kernel-stub/fs/initramfs.c kernel-stub/fs/devfs.c \
	      kernel-stub/fs/proc.c
