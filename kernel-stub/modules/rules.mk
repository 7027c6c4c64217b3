# Bundled modules: NAME.c becomes $(O)/modules/NAME.o, ready for insmod. In sources of the
# time a literal is a plain char pointer.
MODULE_CFLAGS := $(KERN_CFLAGS) -DMODULE -Wno-write-strings -Wno-missing-prototypes \
                 -Wno-missing-field-initializers
MODULES := hello param slhc slhcdev chardev initfail initpositive crash
MODULES += ramdisk isofs cdrom ide-cd fat msdos vfat
MODULES += unix binfmt_misc sysctl_example dummy af_packet ppp_generic
MODULES += porta portb autoprobe
MODULE_OBJ := $(patsubst %,$(O)/modules/%.o,$(MODULES))
EXTRA += $(MODULE_OBJ)
OBJECTS += $(MODULE_OBJ)

$(O)/modules/%.o: kernel-stub/modules/%.c
	@mkdir -p $(@D)
	$(Q)$(CC) $(MODULE_CFLAGS) $(DEPGEN) -c $< -o $@
$(O)/modules/%.o: private what := MODULE
