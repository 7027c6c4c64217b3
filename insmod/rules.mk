$(eval $(call program,insmod,insmod/insmod.c,lib ksys_remote libobj,$(LIB_LDLIBS) $(OBJ_LDLIBS)))
