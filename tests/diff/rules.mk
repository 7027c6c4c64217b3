# tests/diff: our output against somebody else's program
OBJECTS += $(call host-objects,tests/diff/obj-diff.c)
$(O)/diff/obj-diff: $(call host-objects,tests/diff/obj-diff.c) $(O)/host/libobj.a
	@mkdir -p $(@D)
	$(Q)$(CC) $(HOST_CFLAGS) -o $@ $^ $(OBJ_LDLIBS)
$(O)/diff/obj-diff: private what := LD
check-programs: $(O)/diff/obj-diff

#: make check-real the tests that need a real module tree (fetches it once)
.PHONY: check-real-obj
check-real: check-real-obj
check-real-obj: $(O)/diff/obj-diff
	@find "$$(scripts/fetch-real)" -name '*.ko' | $(O)/diff/obj-diff -j $$(nproc)
