# The simulator: the portable kernel files and kernel.c see the kernel's headers, the rest
# sees libc. Both are 32-bit, under ASan and UBSan.
SIM_CORE := kernel-stub/kernel/module.c kernel-stub/kernel/module_check.c \
            kernel-stub/kernel/module_query.c kernel-stub/kernel/module_export.c \
            kernel-stub/kernel/module_names.c kernel-stub/kernel/text.c \
            kernel-stub/kernel/resource.c kernel-stub/kernel/chrdev.c kernel-stub/kernel/majors.c \
            kernel-stub/kernel/inter_module.c kernel-stub/kernel/dma.c kernel-stub/kernel/ksymtab.c \
            kernel-stub/kernel/modrequest.c kernel-stub/kernel/registry.c \
            tests/sim/kernel.c
SIM_HOST := tests/sim/memory.c tests/sim/guard.c
SIM_MAIN := tests/sim/kstub-sim.c kernel-stub/user/frame.c
SIM_TEST := tests/sim/image.c tests/sim/module-core.c
SIM_REGISTRIES := tests/sim/registries.c tests/sim/modrequest.c
sim-objects = $(patsubst %.c,$(O)/sim/%.o,$(1))

$(call sim-objects,$(SIM_CORE) $(SIM_REGISTRIES)): private SIM_EXTRA = -nostdinc \
	-isystem $(GCC_INCLUDE) -ffreestanding -fno-strict-aliasing -fno-delete-null-pointer-checks -D__KERNEL__ \
	-Ikernel-stub/include -Ikernel-stub -Itests/sim
$(call sim-objects,$(SIM_HOST) $(SIM_MAIN) $(SIM_TEST) tests/sim/tap.c): private SIM_EXTRA = \
	-Ikernel-stub -Itests/sim -Itests
OBJECTS += $(call sim-objects,$(SIM_CORE) $(SIM_HOST) $(SIM_MAIN) $(SIM_TEST) \
                              $(SIM_REGISTRIES) tests/sim/tap.c)

# $(call sim-program,PATH,SOURCES)
define sim-program
$(O)/$(1): $(call sim-objects,$(SIM_CORE) $(SIM_HOST) $(2))
	@mkdir -p $$(@D)
	$$(Q)$$(CC) $$(SIM_CFLAGS) -no-pie -o $$@ $$^
$(O)/$(1): private what := LD
check-programs: $(O)/$(1)
endef
$(eval $(call sim-program,bin/kstub-sim,$(SIM_MAIN)))
$(eval $(call sim-program,tests/module-core,$(SIM_TEST)))
$(eval $(call sim-program,tests/registries,tests/sim/registries.c tests/sim/tap.c))
$(eval $(call sim-program,tests/modrequest,tests/sim/modrequest.c tests/sim/tap.c))

# fsdamage: a file system module alone, on damaged images (block.bats)
# $(call fsdamage,NAME,READ_SUPER,PUT_SUPER)
define fsdamage
$(O)/testbin/fsdamage-$(1): tests/sim/fsdamage.c kernel-stub/modules/$(1).c
	@mkdir -p $$(@D)
	$$(Q)$$(CC) $$(SIM_CFLAGS) -Wno-unused-function -Wno-missing-prototypes -nostdinc \
		-isystem $$(GCC_INCLUDE) -ffreestanding -D__KERNEL__ -DMODULE \
		-Ikernel-stub/include -Ikernel-stub -DFS_SOURCE='"modules/$(1).c"' -DFS_READ_SUPER='$(2)' \
		-DFS_PUT_SUPER=$(3) -o $$@ $$<
$(O)/testbin/fsdamage-$(1): private what := LD
check-programs: $(O)/testbin/fsdamage-$(1)
endef
$(eval $(call fsdamage,isofs,isofs_read_super(&sb$$(comma) ""$$(comma) ""),isofs_put_super))
$(eval $(call fsdamage,fat,fat_read_super(&sb$$(comma) ""$$(comma) true),fat_put_super))
