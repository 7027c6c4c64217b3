# modinfo: what modules say about themselves.
MODINFO_SRC := modinfo/modinfo.c modinfo/info.c modinfo/signature.c modinfo/show.c modinfo/classic.c
$(eval $(call program,modinfo,$(MODINFO_SRC),moddep lib,$(LIB_LDLIBS)))

.PHONY: check-real-modinfo
check-real: check-real-modinfo
check-real-modinfo: $(O)/bin/modinfo
	@scripts/fetch-real >/dev/null
	@O=$(O) tests/real-modinfo
