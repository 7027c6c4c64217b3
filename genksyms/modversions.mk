# make MODVERSIONS=1: exported names carry the checksum of their declaration, so that a module
# which was compiled against another one cannot be loaded. Included last: it needs the lists of
# all sources. Use an O of its own; the two kinds of object do not mix.
#
#	$(O)/include/linux/modules/FILE.ver   checksums of what FILE.c exports
#	$(O)/include/linux/modversions.h      all of them, included first in kernel and modules
ifdef MODVERSIONS
VERSIONED_EXPORT := '^EXPORT_SYMBOL(_GPL)?[^_A-Z]'
MODVERSIONS_SRC := $(shell grep -lE $(VERSIONED_EXPORT) \
	$(filter %.c,$(KERNEL_SRC)) $(MODULES:%=kernel-stub/modules/%.c) \
	$(TESTMODULES:%=tests/modules/%.c))
VER_FILES := $(MODVERSIONS_SRC:%.c=$(O)/include/linux/modules/%.ver)
MODVERSIONS_H := $(O)/include/linux/modversions.h

$(O)/include/linux/modules/%.ver: %.c $(O)/bin/genksyms
	@mkdir -p $(@D)
	$(Q)set -o pipefail; $(CC) -E -D__GENKSYMS__ $(if $(findstring modules/,$<),-DMODULE) \
		$(GENKSYMS_CFLAGS) $(DEPGEN) -MF $(@:.ver=.d) $< | \
		$(O)/bin/genksyms -k 2.4.27 >$@ && \
		[ $$(grep -c __ver_ $@) -eq $$(grep -cE $(VERSIONED_EXPORT) $<) ] || \
		{ echo "genksyms did not understand every export of $<" >&2; false; }
$(O)/include/linux/modules/%.ver: private what := VER

# The kernel needs the checksums only, where it writes its table.
$(MODVERSIONS_H): $(VER_FILES) genksyms/modversions.mk
	$(Q){ echo '/* generated: versions of all exported symbols */'; \
	grep -h '__ver_' $(VER_FILES); \
	echo '#ifdef MODULE'; \
	echo '#define _set_ver(sym)         _set_ver_2(sym, __ver_##sym)'; \
	echo '#define _set_ver_2(sym, vers) _set_ver_3(sym, vers)'; \
	echo '#define _set_ver_3(sym, vers) sym##_R##vers'; \
	grep -hv '__ver_' $(VER_FILES); \
	echo '#endif'; } >$@
$(MODVERSIONS_H): private what := VER

$(KERNEL_OBJ) $(MODULE_OBJ) $(TESTMODULE_OBJ) $(call sim-objects,$(SIM_CORE)): $(MODVERSIONS_H)
$(call sim-objects,$(SIM_CORE)): private SIM_EXTRA += -DMODVERSIONS -include $(MODVERSIONS_H)
-include $(VER_FILES:.ver=.d)

# For tests: veruser as it is compiled against another definition of a structure.
CHANGED_H := $(O)/include/linux/changed.h
$(CHANGED_H): tests/modules/verbase.c tests/modules/version.h $(MODVERSIONS_H)
	$(Q){ echo '#include "$(abspath $(MODVERSIONS_H))"'; echo '#undef __ver_version_sum'; \
	$(CC) -E -D__GENKSYMS__ -DMODULE -DCHANGED $(GENKSYMS_CFLAGS) $< | \
		$(O)/bin/genksyms -k 2.4.27 | grep __ver_; } >$@
$(O)/testmodules/verchanged.o: tests/modules/veruser.c tests/modules/version.h $(CHANGED_H)
	@mkdir -p $(@D)
	$(Q)$(CC) $(GENKSYMS_CFLAGS) -DMODVERSIONS -DMODULE -DCHANGED -include $(CHANGED_H) -c $< -o $@
endif
