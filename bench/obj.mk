# bench/obj-link, bench/spawn
OBJECTS += $(call host-objects,bench/obj-link.c)
$(O)/bench/obj-link: $(call host-objects,bench/obj-link.c) $(O)/host/libobj.a
	@mkdir -p $(@D)
	$(Q)$(CC) $(HOST_CFLAGS) -o $@ $^ $(OBJ_LDLIBS)
$(O)/bench/obj-link: private what := LD

OBJECTS += $(call host-objects,bench/spawn.c)
$(O)/bench/spawn: $(call host-objects,bench/spawn.c)
	@mkdir -p $(@D)
	$(Q)$(CC) $(HOST_CFLAGS) -o $@ $^
$(O)/bench/spawn: private what := LD
BENCH_PROGRAMS += $(O)/bench/obj-link $(O)/bench/spawn
