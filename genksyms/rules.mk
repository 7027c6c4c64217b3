# genksyms: checksums of exported symbols' declarations
$(eval $(call program,genksyms,genksyms/genksyms.c genksyms/parse.c genksyms/decl.c genksyms/lex.c,lib,-lz))
