$(eval $(call program,lsmod,lsmod/lsmod.c,lib ksys_remote,$(LIB_LDLIBS)))
