# depmod, and the indexes it writes as others read them (archive moddep).
$(eval $(call archive,moddep,lib/moddep.c lib/moddep_trie.c lib/modelf.c))
DEPMOD_SRC := depmod/depmod.c depmod/config.c depmod/places.c depmod/tree.c depmod/bucket.c depmod/names.c \
	depmod/text.c depmod/facts.c depmod/tables.c depmod/store.c depmod/crew.c depmod/scan.c depmod/kernel.c \
	depmod/deps.c depmod/trie.c depmod/indexes.c depmod/outdir.c depmod/cache.c
$(eval $(call program,depmod,$(DEPMOD_SRC),moddep lib,$(LIB_LDLIBS) -lpthread))

# Asks the reader what an index says; for tests.
$(O)/testbin/moddep: $(O)/host/tests/moddep.o $(O)/host/moddep.a $(O)/host/lib.a
	@mkdir -p $(@D)
	$(Q)$(CC) $(HOST_CFLAGS) $(LDFLAGS) -o $@ $^ $(UNPACK_LDLIBS)
$(O)/testbin/moddep: private what := LD
OBJECTS += $(O)/host/tests/moddep.o
check-programs: $(O)/testbin/moddep

.PHONY: check-real-depmod
check-real: check-real-depmod
check-real-depmod: $(O)/bin/depmod $(O)/testbin/moddep
	@scripts/fetch-real >/dev/null
	@O=$(O) tests/real-depmod

# Fuzz targets (tests/fuzz): a module's file, an index.
FUZZ_TARGETS += facts moddep
FUZZ_SOURCES_facts := depmod/facts.c depmod/tables.c depmod/text.c modinfo/info.c \
	modinfo/signature.c lib/modelf.c lib/readfile.c lib/unpack.c lib/modname.c lib/msg.c depmod/store.c \
	depmod/names.c depmod/tree.c depmod/config.c depmod/bucket.c lib/moddep.c lib/moddep_trie.c
FUZZ_LDLIBS_facts := $(UNPACK_LDLIBS)
FUZZ_SOURCES_moddep := lib/moddep.c lib/moddep_trie.c lib/modname.c lib/readfile.c \
	lib/unpack.c
FUZZ_LDLIBS_moddep := $(UNPACK_LDLIBS)
