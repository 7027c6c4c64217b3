# libobj: the linker, as a library; nothing here knows the rest of the project
OBJ_SOURCES := libobj/obj_file.c libobj/obj_load.c libobj/obj_section.c libobj/obj_symbol.c \
               libobj/obj_modinfo.c libobj/obj_param.c libobj/obj_module.c \
               libobj/obj_kallsyms.c libobj/obj_layout.c libobj/obj_reloc.c \
               libobj/arch/i386.c
$(eval $(call archive,libobj,$(OBJ_SOURCES)))
# What a program that uses libobj links besides it.
OBJ_LDLIBS := -lelf

$(eval $(call program,example-link,libobj/example-link.c,libobj,$(OBJ_LDLIBS)))

# For other projects: header, archive, pkg-config file. obj.h includes abi/module.h.
.PHONY: install-libobj
install: install-libobj
install-libobj: $(O)/host/libobj.a
	install -D -m 644 $(O)/host/libobj.a $(DESTDIR)$(PREFIX)/lib/libobj.a
	install -D -m 644 libobj/obj.h $(DESTDIR)$(PREFIX)/include/libobj/obj.h
	install -D -m 644 include/abi/module.h $(DESTDIR)$(PREFIX)/include/libobj/abi/module.h
	install -D -m 644 include/abi/types.h $(DESTDIR)$(PREFIX)/include/libobj/abi/types.h
	@mkdir -p $(DESTDIR)$(PREFIX)/lib/pkgconfig
	sed 's|@PREFIX@|$(PREFIX)|; s|@VERSION@|$(VERSION)|' libobj/libobj.pc.in \
		>$(DESTDIR)$(PREFIX)/lib/pkgconfig/libobj.pc
