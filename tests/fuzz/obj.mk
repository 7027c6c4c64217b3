# Fuzz targets of libobj: fuzz_NAME.c, its corpus in corpus/NAME
#: make fuzz T=obj SECS=60   fuzz one target (obj, objparam, ...) with libFuzzer, ASan and UBSan
#
# A target says what it links:
#	FUZZ_SOURCES_NAME   sources, built again with the sanitizers
#	FUZZ_LDLIBS_NAME
#	FUZZ_SEEDS_NAME     further inputs to start from, built files
# and is put on FUZZ_TARGETS. `make check` replays each corpus, under the sanitizers too.
FUZZ_TARGETS += obj objparam
FUZZ_SOURCES_obj := $(OBJ_SOURCES)
FUZZ_LDLIBS_obj := $(OBJ_LDLIBS)
FUZZ_SEEDS_obj = $(UNIT_OBJECT_FILES)
FUZZ_SOURCES_objparam := $(OBJ_SOURCES)
FUZZ_LDLIBS_objparam := $(OBJ_LDLIBS)

SECS ?= 60
FUZZ_CFLAGS := -std=gnu11 -g -O1 -D_GNU_SOURCE -Iinclude -Ilib -Ilibobj -Ikernel-stub \
               -fno-omit-frame-pointer -fno-sanitize-recover=undefined

# $(call fuzz-target,NAME)
define fuzz-target
$(O)/fuzz/$(1): tests/fuzz/fuzz_$(1).c $(FUZZ_SOURCES_$(1)) $(wildcard libobj/*.h)
	@mkdir -p $$(@D)
	$$(Q)clang $(FUZZ_CFLAGS) -fsanitize=fuzzer,address,undefined -o $$@ \
		$$(filter %.c,$$^) $(FUZZ_LDLIBS_$(1))
$(O)/tests/fuzz-$(1): tests/fuzz/fuzz_$(1).c tests/fuzz/replay_files.c \
		$(FUZZ_SOURCES_$(1)) $(wildcard libobj/*.h)
	@mkdir -p $$(@D)
	$$(Q)$(CC) $(FUZZ_CFLAGS) -fsanitize=address,undefined -o $$@ \
		-DREPLAY_DIRECTORY='"tests/fuzz/corpus/$(1)"' $$(filter %.c,$$^) \
		$(FUZZ_LDLIBS_$(1))
$(O)/tests/fuzz-$(1): private what := LD
check-programs: $(O)/tests/fuzz-$(1)
.PHONY: fuzz-$(1)
fuzz-$(1): $(O)/fuzz/$(1) $$(FUZZ_SEEDS_$(1))
	@mkdir -p $(O)/fuzz/$(1).corpus $(O)/fuzz/$(1).seeds
	@$$(if $$(FUZZ_SEEDS_$(1)),cp $$(FUZZ_SEEDS_$(1)) $(O)/fuzz/$(1).seeds)
	$(O)/fuzz/$(1) -max_total_time=$(SECS) -timeout=10 -max_len=16384 -print_final_stats=1 \
		-artifact_prefix=$(O)/fuzz/$(1)- $(O)/fuzz/$(1).corpus \
		$(O)/fuzz/$(1).seeds tests/fuzz/corpus/$(1)
endef
$(foreach t,$(FUZZ_TARGETS),$(eval $(call fuzz-target,$(t))))

fuzz:
	@scripts/deps build fuzz
	@$(MAKE) --no-print-directory fuzz-$(or $(T),obj)
