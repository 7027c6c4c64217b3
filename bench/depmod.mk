# bench/depmod: how long depmod takes
OBJECTS += $(call host-objects,bench/inflate.c)
$(O)/bench/inflate: $(call host-objects,bench/inflate.c) $(O)/host/lib.a
	@mkdir -p $(@D)
	$(Q)$(CC) $(HOST_CFLAGS) -o $@ $^ $(LIB_LDLIBS) -lpthread
$(O)/bench/inflate: private what := LD

.PHONY: bench-depmod
bench: bench-depmod
bench-depmod: $(O)/bench/inflate $(O)/bench/spawn $(O)/bin/depmod
	@O=$(O) bench/depmod
