# libobj: the linker, as a library; nothing here knows the rest of the project
OBJ_SOURCES := libobj/obj_file.c libobj/obj_load.c libobj/obj_section.c libobj/obj_symbol.c \
               libobj/obj_modinfo.c libobj/obj_param.c libobj/obj_module.c \
               libobj/obj_kallsyms.c libobj/obj_layout.c libobj/obj_reloc.c \
               libobj/arch/i386.c
$(eval $(call archive,libobj,$(OBJ_SOURCES)))
# What a program that uses libobj links besides it.
OBJ_LDLIBS := -lelf

$(eval $(call program,example-link,libobj/example-link.c,libobj,$(OBJ_LDLIBS)))
