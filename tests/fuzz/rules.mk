# Fuzz target of the module core, 32-bit like the simulator: $(O)/fuzz/fuzz_core with files or
# -n COUNT [SEED]; `make check` runs a few hundred inputs.
FUZZ_CORE := tests/fuzz/fuzz_core.c tests/fuzz/replay.c
$(call sim-objects,$(FUZZ_CORE)): private SIM_EXTRA = -Itests/sim
OBJECTS += $(call sim-objects,$(FUZZ_CORE))
$(eval $(call sim-program,fuzz/fuzz_core,$(FUZZ_CORE) tests/sim/image.c))
$(eval $(call sim-program,tests/fuzz-core,$(FUZZ_CORE) tests/sim/image.c))

FUZZ_TARGETS += frame
FUZZ_SOURCES_frame := kernel-stub/user/frame.c
