# kernel-stub: each folder lists its sources in KERNEL_SRC; the image is linked here.
KERNEL_SRC :=
-include $(patsubst %,kernel-stub/%/rules.mk,arch/i386 mm lib kernel fs net drivers init user modules)

KERNEL_OBJ := $(patsubst %.S,$(O)/kern/%.o,$(patsubst %.c,$(O)/kern/%.o,$(KERNEL_SRC)))
OBJECTS += $(KERNEL_OBJ)

# The multiboot header must lie in the first 8 KiB of the file: hence -n and the script.
# Linked twice: the table of function names is made from the first image, and lies behind
# everything else in the second, so that it moves nothing.
# $(call kernel-link,OBJECTS): the recipe of an image
kernel-ld = $(CC) -m32 -nostdlib -static -no-pie -Wl,-n -Wl,-z,noexecstack \
	-Wl,--build-id=none -Wl,-T,kernel-stub/arch/i386/kernel.ld
define kernel-link
	@mkdir -p $(@D)
	$(Q)$(kernel-ld) -o $@.unnamed $(1) -lgcc && scripts/kernel-names $@.unnamed >$@.names.s && \
		$(CC) -m32 -c $@.names.s -o $@.names.o && $(kernel-ld) -o $@ $(1) $@.names.o -lgcc
endef

$(O)/kernel.elf: kernel-stub/arch/i386/kernel.ld scripts/kernel-names $(KERNEL_OBJ)
	$(call kernel-link,$(KERNEL_OBJ))
$(O)/kernel.elf: private what := LD

# On the host: the supervisor and the console's terminal; `kstub` is a script.
$(eval $(call program,kstubd,kernel-stub/kstubd.c kernel-stub/kstubd_loop.c \
	kernel-stub/kstubd_qemu.c kernel-stub/kstubd_console.c kernel-stub/kstubd_link.c \
	kernel-stub/kstubd_kerneld.c,lib,))
$(eval $(call program,kstub-console,kernel-stub/kstub_console.c,lib,))
EXTRA += $(O)/kernel.elf $(O)/initramfs.cpio

include kernel-stub/user/initramfs.mk
