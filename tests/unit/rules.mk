# tests/unit: C tests of libobj, $(O)/tests/obj-*, and the objects they link, $(O)/unit
UNIT_TESTS := obj-layout obj-reloc obj-symbol obj-param obj-kallsyms
UNIT_OBJECTS := worked exports noexports params
UNIT_OBJECT_FILES := $(UNIT_OBJECTS:%=$(O)/unit/%.o)
UNIT_SHARED := tests/unit/fixture.c tests/unit/make_elf.c

$(O)/unit/%.o: tests/unit/objects/%.S
	@mkdir -p $(@D)
	$(Q)$(CC) -m32 $(DEPGEN) -c $< -o $@
OBJECTS += $(UNIT_OBJECT_FILES)

# $(call unit-test,NAME)
define unit-test
OBJECTS += $(call host-objects,tests/unit/$(1).c)
$(O)/tests/$(1): $(call host-objects,tests/unit/$(1).c $(UNIT_SHARED)) $(O)/host/libobj.a
	@mkdir -p $$(@D)
	$$(Q)$$(CC) $$(HOST_CFLAGS) -o $$@ $$^ $(OBJ_LDLIBS)
$(O)/tests/$(1): private what := LD
check-programs: $(O)/tests/$(1)
endef
$(foreach t,$(UNIT_TESTS),$(eval $(call unit-test,$(t))))
OBJECTS += $(call host-objects,$(UNIT_SHARED))
check-programs: $(UNIT_OBJECT_FILES)
