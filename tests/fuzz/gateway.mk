# fuzz_gateway: random module calls and damaged frames at a kernel under QEMU
#: make fuzz-kernel CALLS=1000000 SEED=1   module system calls at random, at a kernel of its own
#: make fuzz-syscalls CALLS=1000000 SEED=1   all system calls at random, by programs in ring 3
CALLS ?= 1000000
SEED  ?= 1
OBJECTS += $(call host-objects,tests/fuzz/fuzz_gateway.c)
$(O)/testbin/fuzz_gateway: $(call host-objects,tests/fuzz/fuzz_gateway.c) \
			   $(patsubst %,$(O)/host/%.a,lib ksys_remote lib)
	@mkdir -p $(@D)
	$(Q)$(CC) $(HOST_CFLAGS) $(LDFLAGS) -o $@ $^ $(LIB_LDLIBS)
$(O)/testbin/fuzz_gateway: private what := LD
check-programs: $(O)/testbin/fuzz_gateway

.PHONY: fuzz-kernel
fuzz-kernel:
	@scripts/deps build qemu
	@$(MAKE) --no-print-directory all $(O)/testbin/fuzz_gateway
	@O=$(O) scripts/fuzz-kernel $(CALLS) $(SEED)

.PHONY: fuzz-syscalls
fuzz-syscalls:
	@scripts/deps build qemu
	@$(MAKE) --no-print-directory $(O)/kernel.elf $(O)/syscall_fuzz.cpio
	@O=$(O) scripts/fuzz-syscalls $(CALLS) $(SEED)
