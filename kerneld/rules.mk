$(eval $(call program,kerneld,kerneld/kerneld.c kerneld/link.c kerneld/jobs.c kerneld/control.c,\
	lib ksys_remote,$(LIB_LDLIBS)))
