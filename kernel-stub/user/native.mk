# native: the tools built for the guest itself, and an initramfs with them, a shell and the
# usual commands
#
# What is not ours comes from Debian's packages for i386, fetched once into $(I386); `all`
# does without it. The shell is mksh, because BusyBox's, as Debian builds it, prefers BusyBox's
# own insmod and relatives to whatever PATH says.
I386 ?= $(O)/i386
I386_PACKAGES := libelf-dev zlib1g-dev liblzma-dev libzstd-dev libjson-c-dev busybox-static \
                 mksh
TARGET_TOOLS := insmod rmmod lsmod modprobe depmod modinfo ksyms kcall
TARGET_BIN := $(TARGET_TOOLS:%=$(O)/target/bin/%)
KERNEL_RELEASE := $(shell sed -n 's/^\#define UTS_RELEASE "\(.*\)"/\1/p' kernel-stub/include/linux/module.h)

#: make target     the tools for the guest: static i386 programs in build/target/bin
#: make native     the initramfs with a shell and the tools, for kstub start --native
.PHONY: target native fetch-i386
target: $(TARGET_BIN)
native: $(O)/native.cpio

fetch-i386 $(I386)/complete: scripts/fetch-i386 kernel-stub/user/native.mk
	@scripts/fetch-i386 $(I386) $(I386_PACKAGES)
	@touch $(I386)/complete

# --- the tools: the same sources, another transport ---------------------------------------
TARGET_CFLAGS := $(filter-out $(SAN),$(HOST_CFLAGS)) -m32 -march=i686 \
                 -D_FILE_OFFSET_BITS=64 -I$(I386)/root/usr/include
SRC_ksys_native.a := lib/ksys_native.c
target-objects = $(patsubst %.c,$(O)/target/%.o,$(1))
target-archives = $(patsubst %,$(O)/target/%.a,$(subst ksys_remote,ksys_native,$(LIB_$(1))))

$(O)/target/%.o: %.c | $(I386)/complete
	@mkdir -p $(@D)
	$(Q)$(CC) $(TARGET_CFLAGS) $(DEPGEN) -c $< -o $@

define target-archive
OBJECTS += $(call target-objects,$(SRC_$(1).a))
$(O)/target/$(1).a: $(call target-objects,$(SRC_$(1).a))
	$$(Q)rm -f $$@ && $$(AR) rcs $$@ $$^
$(O)/target/$(1).a: private what := AR
endef
define target-program
OBJECTS += $(call target-objects,$(SRC_$(1)))
$(O)/target/bin/$(1): $(call target-objects,$(SRC_$(1))) $(call target-archives,$(1))
	@mkdir -p $$(@D)
	$$(Q)$$(CC) -m32 -static -s -o $$@ $$^ -L$(I386)/root/usr/lib/i386-linux-gnu $(LDLIBS_$(1)) -lz
$(O)/target/bin/$(1): private what := LD
endef
$(foreach a,lib moddep libobj ksys_native,$(eval $(call target-archive,$(a))))
$(foreach t,$(TARGET_TOOLS),$(eval $(call target-program,$(t))))

# --- the image ----------------------------------------------------------------------------
NATIVE_ETC := passwd group profile ashrc fstab modules.conf
$(O)/native.cpio: scripts/initramfs kernel-stub/user/rules.mk scripts/native-root \
		$(I386)/complete $(TARGET_BIN) \
		$(MODULE_OBJ) $(O)/bin/depmod $(O)/guest/init $(O)/guest/gatewayd \
		$(NATIVE_ETC:%=kernel-stub/user/etc/%)
	$(Q)scripts/native-root $(O)/native $(KERNEL_RELEASE) $(I386)/root/bin/busybox \
		$(O)/bin/depmod $(MODULE_OBJ) && \
		scripts/initramfs $@ tree=$(O)/native $(foreach d,$(INITRAMFS_DIRS),dir=$(d)) \
		$(foreach f,$(INITRAMFS_FILES),file=$(f)) $(foreach l,$(INITRAMFS_LINKS),link=$(l)) \
		$(foreach t,$(TARGET_TOOLS),file=sbin/$(t)=$(O)/target/bin/$(t)) \
		$(foreach f,$(NATIVE_ETC),file=etc/$(f)=kernel-stub/user/etc/$(f)) \
		file=bin/mksh=$(I386)/root/usr/lib/i386-linux-musl/bin/mksh link=bin/sh=mksh
$(O)/native.cpio: private what := CPIO
