# programs that bats files run: $(O)/testbin
TESTBIN_OBJECTS := $(call host-objects,tests/tools/vjstream.c)
OBJECTS += $(TESTBIN_OBJECTS)
$(O)/testbin/vjstream: $(TESTBIN_OBJECTS) $(patsubst %,$(O)/host/%.a,lib ksys_remote libobj)
	@mkdir -p $(@D)
	$(Q)$(CC) $(HOST_CFLAGS) -o $@ $^
$(O)/testbin/vjstream: private what := LD
check-programs: $(O)/testbin/vjstream
