$(eval $(call program,rmmod,rmmod/rmmod.c,lib ksys_remote,$(LIB_LDLIBS)))
