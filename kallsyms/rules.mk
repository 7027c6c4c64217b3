# kallsyms: all symbols of a linked kernel, as data to link into it
$(eval $(call program,kallsyms,kallsyms/kallsyms.c,lib,-lelf))
