# tests/lib: C tests of what the tools share
OBJECTS += $(call host-objects,tests/lib/lib-names.c)
$(O)/tests/lib-names: $(call host-objects,tests/lib/lib-names.c) $(O)/host/lib.a $(O)/host/libobj.a
	@mkdir -p $(@D)
	$(Q)$(CC) $(HOST_CFLAGS) -o $@ $^ $(LIB_LDLIBS)
$(O)/tests/lib-names: private what := LD
check-programs: $(O)/tests/lib-names
