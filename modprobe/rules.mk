# modprobe: load or remove modules with all they need. Most of the time of a lookup would be
# the dynamic linker's and the kernel's to map pieces of a file: linked statically, in one
# piece. Sanitizers need it dynamic.
comma := ,
MODPROBE_SRC := modprobe/modprobe.c modprobe/tree.c modprobe/resolve.c modprobe/plan.c \
                modprobe/options.c modprobe/load.c modprobe/remove.c modprobe/show.c
MODPROBE_STATIC := $(if $(SAN),,-static -Wl$(comma)-z$(comma)noseparate-code)
$(eval $(call program,modprobe,$(MODPROBE_SRC),moddep lib ksys_remote libobj,\
	$(MODPROBE_STATIC) $(LIB_LDLIBS) $(OBJ_LDLIBS)))

.PHONY: check-real-modprobe
check-real: check-real-modprobe
check-real-modprobe: $(O)/bin/modprobe
	@O=$(O) tests/real-modprobe
