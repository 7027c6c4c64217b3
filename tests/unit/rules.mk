# tests/unit: C tests of libobj, $(O)/tests/obj-*, and the objects they link, $(O)/unit
UNIT_TESTS := obj-layout obj-reloc obj-symbol obj-param obj-kallsyms obj-load obj-got obj-damage
UNIT_OBJECTS := worked exports noexports params damage got got-plain relocs narrow sections \
                overflow16 overflow8 overflowpc8 overflowpc16 pair
UNIT_OBJECT_FILES := $(UNIT_OBJECTS:%=$(O)/unit/%.o)
OBJECTS += $(O)/unit/pair-a.o $(O)/unit/pair-b.o
UNIT_SHARED := tests/unit/fixture.c tests/unit/make_elf.c
UNIT_CFLAGS := -m32 -O1 -fno-stack-protector -fcf-protection=none \
               -fno-asynchronous-unwind-tables -Wall -Werror

$(O)/unit/%.o: tests/unit/objects/%.S
	@mkdir -p $(@D)
	$(Q)$(CC) -m32 $(DEPGEN) -c $< -o $@
$(O)/unit/got.o: tests/unit/objects/got.c
	@mkdir -p $(@D)
	$(Q)$(CC) $(UNIT_CFLAGS) -fPIC $(DEPGEN) -c $< -o $@
$(O)/unit/got-plain.o: tests/unit/objects/got.c
	@mkdir -p $(@D)
	$(Q)$(CC) $(UNIT_CFLAGS) -fno-pic -fcommon $(DEPGEN) -c $< -o $@
$(O)/unit/pair.o: $(O)/unit/pair-a.o $(O)/unit/pair-b.o
	$(Q)ld -m elf_i386 -r -o $@ $^
$(O)/unit/run32: tests/unit/run32.c $(O)/unit/got-plain.o
	$(Q)$(CC) -std=gnu11 $(WARN) -D_GNU_SOURCE -m32 -no-pie -Wl,-z,noexecstack -o $@ $^
OBJECTS += $(UNIT_OBJECT_FILES)

# $(call unit-test,NAME)
define unit-test
OBJECTS += $(call host-objects,tests/unit/$(1).c)
$(O)/tests/$(1): $(call host-objects,tests/unit/$(1).c $(UNIT_SHARED)) $(O)/host/libobj.a
	@mkdir -p $$(@D)
	$$(Q)$$(CC) $$(HOST_CFLAGS) $$(UNIT_LDFLAGS) -o $$@ $$^ $(OBJ_LDLIBS)
$(O)/tests/$(1): private what := LD
check-programs: $(O)/tests/$(1)
endef
$(foreach t,$(UNIT_TESTS),$(eval $(call unit-test,$(t))))
$(O)/tests/obj-damage: private UNIT_LDFLAGS := \
	$(foreach s,malloc calloc realloc free elf_memory elf_end,-Wl,--wrap=$(s))
OBJECTS += $(call host-objects,$(UNIT_SHARED))
check-programs: $(UNIT_OBJECT_FILES) $(O)/unit/run32
