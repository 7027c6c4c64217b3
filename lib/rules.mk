# lib: what the tools share. A program that talks to a kernel links `lib` and one transport:
# `ksys_remote` (host) or `ksys_native` (guest).
LIB_SRC := lib/msg.c lib/jsonout.c lib/readfile.c lib/unpack.c lib/modname.c lib/ksys.c lib/ksys_trace.c \
           lib/ksyms.c lib/ksyms_index.c lib/ksyms_records.c lib/ksyms_file.c lib/modload.c lib/modversion.c \
           lib/modhint.c lib/modmap.c lib/modpath.c lib/persist.c lib/persist_save.c lib/snapshot.c \
           lib/modconf.c lib/modconf_parse.c lib/modconf_words.c lib/modconf_defaults.c \
           lib/modconf_print.c
# xz and zstd are built in if their libraries are there; make XZ= ZSTD= goes without.
hash := \#
has-header = $(shell echo '$(hash)include <$(1)>' | $(CC) -E -xc - >/dev/null 2>&1 && echo yes)
XZ := $(call has-header,lzma.h)
ZSTD := $(call has-header,zstd.h)
UNPACK_LDLIBS := -lz $(if $(XZ),-llzma) $(if $(ZSTD),-lzstd)
$(call host-objects,lib/unpack.c): private override CFLAGS += \
	$(if $(XZ),,-DWITHOUT_XZ) $(if $(ZSTD),,-DWITHOUT_ZSTD)

# The tools are linked statically: most of a short call's time would be the dynamic linker's.
# Sanitizers need them dynamic.
comma := ,
LIB_LDLIBS := $(if $(SAN),,-static -Wl$(comma)-z$(comma)noseparate-code) \
              $(UNPACK_LDLIBS) -ljson-c
$(eval $(call archive,lib,$(LIB_SRC)))
$(eval $(call archive,ksys_remote,lib/ksys_remote.c))

# The native transport is i386 code; compiled with every build so that it stays right.
$(O)/native/%.o: %.c
	@mkdir -p $(@D)
	$(Q)$(CC) $(HOST_CFLAGS) -m32 $(DEPGEN) -c $< -o $@
OBJECTS += $(O)/native/lib/ksys_native.o
EXTRA += $(O)/native/lib/ksys_native.o
