# Fuzz target of the configuration: make fuzz T=conf
FUZZ_SOURCES_conf := lib/modconf.c lib/modconf_parse.c lib/modconf_words.c \
                     lib/modconf_defaults.c lib/modconf_print.c lib/modname.c lib/msg.c
$(eval $(call fuzz-target,conf))
