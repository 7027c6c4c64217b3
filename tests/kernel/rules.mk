# machine_test: the bottom of the kernel with a test on top instead of the rest
MACHINE_SRC := $(filter kernel-stub/mm/% kernel-stub/lib/% kernel-stub/arch/i386/%,$(KERNEL_SRC)) \
	       $(patsubst %,kernel-stub/kernel/%.c,printk panic symname cmdline irq time text registry) \
	       kernel-stub/drivers/serial.c
MACHINE_SRC := $(filter-out %/switch.S,$(MACHINE_SRC)) tests/kernel/machine_test.c
MACHINE_OBJ := $(patsubst %.S,$(O)/kern/%.o,$(patsubst %.c,$(O)/kern/%.o,$(MACHINE_SRC)))
OBJECTS += $(O)/kern/tests/kernel/machine_test.o

$(O)/machine_test.elf: kernel-stub/arch/i386/kernel.ld scripts/kernel-names $(MACHINE_OBJ)
	$(call kernel-link,$(MACHINE_OBJ))
$(O)/machine_test.elf: private what := LD
check-programs: $(O)/machine_test.elf

# process_test: a guest program and an initramfs that holds it (process.bats)
$(eval $(call guest-program,process_test,tests/kernel/process_test.c))
$(O)/process_test.cpio: scripts/initramfs $(O)/guest/init $(O)/guest/process_test
	$(Q)scripts/initramfs $@ dir=dev dir=proc dir=tmp file=init=$(O)/guest/init \
		file=process_test=$(O)/guest/process_test
$(O)/process_test.cpio: private what := CPIO
check-programs: $(O)/process_test.cpio

$(eval $(call guest-program,syscall_fuzz,tests/kernel/syscall_fuzz.c))
$(O)/syscall_fuzz.cpio: scripts/initramfs $(O)/guest/init $(O)/guest/syscall_fuzz
	$(Q)scripts/initramfs $@ dir=dev dir=proc dir=tmp/d file=init=$(O)/guest/init \
		file=syscall_fuzz=$(O)/guest/syscall_fuzz link=tmp/link=/tmp/f
$(O)/syscall_fuzz.cpio: private what := CPIO
check-programs: $(O)/syscall_fuzz.cpio

$(eval $(call guest-program,terminal_test,tests/kernel/terminal_test.c))
$(O)/terminal_test.cpio: scripts/initramfs $(O)/guest/init $(O)/guest/terminal_test
	$(Q)scripts/initramfs $@ dir=dev dir=proc dir=tmp file=init=$(O)/guest/init \
		file=terminal_test=$(O)/guest/terminal_test
$(O)/terminal_test.cpio: private what := CPIO
check-programs: $(O)/terminal_test.cpio

# cycle: load, misbehave, unload, many times (contain.bats, soak)
OBJECTS += $(call host-objects,tests/kernel/cycle.c)
$(O)/testbin/cycle: $(call host-objects,tests/kernel/cycle.c) \
		    $(patsubst %,$(O)/host/%.a,lib ksys_remote lib libobj)
	@mkdir -p $(@D)
	$(Q)$(CC) $(HOST_CFLAGS) $(LDFLAGS) -o $@ $^ $(LIB_LDLIBS) $(OBJ_LDLIBS)
$(O)/testbin/cycle: private what := LD
check-programs: $(O)/testbin/cycle

# guestfs: files out of and into a running kernel (block.bats)
OBJECTS += $(call host-objects,tests/kernel/guestfs.c)
$(O)/testbin/guestfs: $(call host-objects,tests/kernel/guestfs.c) \
		      $(patsubst %,$(O)/host/%.a,lib ksys_remote lib)
	@mkdir -p $(@D)
	$(Q)$(CC) $(HOST_CFLAGS) $(LDFLAGS) -o $@ $^ $(LIB_LDLIBS)
$(O)/testbin/guestfs: private what := LD
check-programs: $(O)/testbin/guestfs

.PHONY: soak
soak: all check-programs
	@O=$(O) tests/soak $(FACTOR)

# socket_test: in an image of its own (netfmt.bats), under several names
$(eval $(call guest-program,socket_test,tests/kernel/socket_test.c))
$(O)/socket_test.cpio: scripts/initramfs $(O)/guest/init $(O)/guest/gatewayd \
		$(O)/guest/socket_test
	$(Q)scripts/initramfs $@ dir=dev dir=proc dir=tmp file=init=$(O)/guest/init \
		file=sbin/gatewayd=$(O)/guest/gatewayd file=bin/socket_test=$(O)/guest/socket_test \
		file=bin/interpreter=$(O)/guest/socket_test file=sbin/modprobe=$(O)/guest/socket_test
$(O)/socket_test.cpio: private what := CPIO
check-programs: $(O)/socket_test.cpio

# kmod_helper: put into the guest as /sbin/modprobe (kmod.bats)
$(eval $(call guest-program,kmod_helper,tests/kernel/kmod_helper.c))
check-programs: $(O)/guest/kmod_helper
