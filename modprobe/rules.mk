# modprobe: load or remove modules with all they need. Linked statically, because most of the
# time of a lookup would be the dynamic linker's; sanitizers need it dynamic.
MODPROBE_SRC := modprobe/modprobe.c modprobe/tree.c modprobe/resolve.c modprobe/plan.c \
                modprobe/options.c modprobe/load.c modprobe/remove.c modprobe/show.c
$(eval $(call program,modprobe,$(MODPROBE_SRC),moddep lib ksys_remote libobj,\
	$(if $(SAN),,-static) $(LIB_LDLIBS) $(OBJ_LDLIBS)))
