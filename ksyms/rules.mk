$(eval $(call program,ksyms,ksyms/ksyms.c,lib ksys_remote libobj,$(LIB_LDLIBS) $(OBJ_LDLIBS)))
