# Fuzz targets, $(O)/fuzz/fuzz_*: run with files, or with -n COUNT [SEED] (replay.c).
FUZZ_CORE := tests/fuzz/fuzz_core.c tests/fuzz/replay.c
$(call sim-objects,$(FUZZ_CORE)): private SIM_EXTRA = -Itests/sim
OBJECTS += $(call sim-objects,$(FUZZ_CORE))
$(eval $(call sim-program,fuzz/fuzz_core,$(FUZZ_CORE) tests/sim/image.c))
