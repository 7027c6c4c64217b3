# tests/modules: modules made for tests, one behaviour each, in $(O)/testmodules
TESTMODULES := base mid top other refuse missing proprietary unlicensed gplbase gpluser volume expectant \
               globals params persistent sleepy verbase veruser oncrash \
               registrant asker hog
TESTMODULE_OBJ := $(TESTMODULES:%=$(O)/testmodules/%.o)

$(O)/testmodules/%.o: tests/modules/%.c
	@mkdir -p $(@D)
	$(Q)$(CC) $(KERN_CFLAGS) -DMODULE $(DEPGEN) -c $< -o $@

# The same source for another kernel, and under another licence.
$(O)/testmodules/oldversion.o: tests/modules/unlicensed.c
	@mkdir -p $(@D)
	$(Q)$(CC) $(KERN_CFLAGS) -DMODULE -DUTS_RELEASE='"2.4.20"' $(DEPGEN) -c $< -o $@
$(O)/testmodules/gplthief.o: tests/modules/gpluser.c
	@mkdir -p $(@D)
	$(Q)$(CC) $(KERN_CFLAGS) -DMODULE -DLICENCE='"Proprietary"' $(DEPGEN) -c $< -o $@
TESTMODULE_OBJ += $(O)/testmodules/oldversion.o $(O)/testmodules/gplthief.o

OBJECTS += $(TESTMODULE_OBJ)
check-programs: $(TESTMODULE_OBJ)
