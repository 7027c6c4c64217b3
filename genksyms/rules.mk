# genksyms: checksums of exported symbols' declarations
$(eval $(call program,genksyms,genksyms/genksyms.c genksyms/parse.c genksyms/decl.c genksyms/lex.c,lib,-lz))

# What is compiled for the kernel under MODVERSIONS=1; the rules are in modversions.mk.
ifdef MODVERSIONS
GENKSYMS_CFLAGS := $(KERN_CFLAGS)
KERN_CFLAGS += -DMODVERSIONS -include $(O)/include/linux/modversions.h
endif
