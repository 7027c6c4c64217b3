# user: programs of ring 3, without a C library, and the initramfs that holds them
#
# $(eval $(call guest-program,NAME,SOURCES)): $(O)/guest/NAME, static at 0x08048000.
# INITRAMFS_FILES += DEST=FILE: another file for the initramfs; its mode is that of FILE.
# INITRAMFS_DIRS += DIR, INITRAMFS_LINKS += DEST=TARGET.
INITRAMFS_FILES += init=$(O)/guest/init
INITRAMFS_DIRS  += bin dev etc lib lib/modules proc root sbin tmp usr usr/bin usr/sbin var var/log \
                   cdrom mnt

# not the versions of exported names (make MODVERSIONS=1)
GUEST_CFLAGS = $(filter-out -D__KERNEL__ -DMODVERSIONS -include %/modversions.h,$(KERN_CFLAGS))

$(O)/guest/%.o: %.c
	@mkdir -p $(@D)
	$(Q)$(CC) $(GUEST_CFLAGS) $(DEPGEN) -c $< -o $@
$(O)/guest/%.o: %.S
	@mkdir -p $(@D)
	$(Q)$(CC) $(GUEST_CFLAGS) -D__ASSEMBLY__ $(DEPGEN) -c $< -o $@

guest-objects = $(patsubst %.S,$(O)/guest/%.o,$(patsubst %.c,$(O)/guest/%.o,\
	kernel-stub/user/crt0.S $(1) kernel-stub/lib/string.c))

define guest-program
OBJECTS += $(call guest-objects,$(2))
$(O)/guest/$(1): $(call guest-objects,$(2))
	@mkdir -p $$(@D)
	$$(Q)$$(CC) -m32 -nostdlib -static -no-pie -Wl,-Ttext-segment=0x08048000 \
		-Wl,--build-id=none -Wl,-z,noexecstack -Wl,-z,max-page-size=4096 -o $$@ $$^ -lgcc
$(O)/guest/$(1): private what := GUEST
endef

$(eval $(call guest-program,init,kernel-stub/user/init.c))
$(eval $(call guest-program,gatewayd,kernel-stub/user/gatewayd.c kernel-stub/user/frame.c \
	kernel-stub/user/spawn.c))
INITRAMFS_FILES += sbin/gatewayd=$(O)/guest/gatewayd
