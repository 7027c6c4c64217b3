$(eval $(call program,kcall,kcall/kcall.c kcall/parse.c kcall/exec.c,lib ksys_remote,$(LIB_LDLIBS)))
