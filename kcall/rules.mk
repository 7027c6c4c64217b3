$(eval $(call program,kcall,kcall/kcall.c kcall/parse.c,lib ksys_remote,$(LIB_LDLIBS)))
