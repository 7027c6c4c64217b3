$(eval $(call program,rmmod,rmmod/rmmod.c,lib ksys_remote libobj,$(LIB_LDLIBS) $(OBJ_LDLIBS)))
