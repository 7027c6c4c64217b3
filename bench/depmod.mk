# bench/inflate: what plain unpacking costs
OBJECTS += $(call host-objects,bench/inflate.c)
$(O)/bench/inflate: $(call host-objects,bench/inflate.c) $(O)/host/lib.a
	@mkdir -p $(@D)
	$(Q)$(CC) $(HOST_CFLAGS) -o $@ $^ $(LIB_LDLIBS) -lpthread
$(O)/bench/inflate: private what := LD
BENCH_PROGRAMS += $(O)/bench/inflate
