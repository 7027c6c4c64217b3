$(eval $(call program,insmod,insmod/insmod.c,lib moddep ksys_remote libobj,$(LIB_LDLIBS) $(OBJ_LDLIBS)))
