# modstack: one make, one dependency graph. `make help` lists what you can ask for.
#
# Everything built goes below $(O). Each folder has one rules.mk that adds to the lists
# and calls the functions defined here; source lists are written out.

override O := $(or $(strip $(O)),build)# an empty one would be /
SAN     ?=
WERROR  ?= -Werror
PREFIX  ?= /usr/local
DESTDIR ?=
MAKEFLAGS += --no-builtin-rules $(if $(filter 0,$(MAKELEVEL)),-j$(shell nproc))
.SUFFIXES:
.DELETE_ON_ERROR:
.SECONDARY:
SHELL := /bin/bash

CC      ?= gcc
ifeq ($(origin CC),default)
CC      := gcc
endif
WARN    := -Wall -Wextra -Wmissing-prototypes -Wstrict-prototypes -Wwrite-strings -Wvla \
           -Wno-unused-parameter -Wno-sign-compare $(WERROR)
# The target's name begins with $(O) as make reads it: O may be spelt in several ways.
DEPGEN   = -MMD -MP -MT '$$(O)$(@:$(O)%=%)'
VERSION := 0.1

# --- the three kinds of object file ------------------------------------------------------
# host: tools on the workstation.   kern: kernel-stub, freestanding i386.
# sim:  portable kernel code as a 32-bit Linux process under ASan and UBSan.
HOST_CFLAGS := -std=gnu11 -O2 -g $(WARN) $(SAN) -D_GNU_SOURCE -DMODSTACK_VERSION='"$(VERSION)"' \
               -Iinclude -Ilib -Ilibobj
GCC_INCLUDE := $(shell $(CC) -print-file-name=include 2>/dev/null)
# No sibling calls: a call chain shows every caller, and a return address which module it
# is in.
# -Wno-clobbered: a gate (kernel/contain.h) restores the registers as they were when the call
# began, and during it the caller changes nothing.
KERN_CFLAGS := -std=gnu11 -O2 -g $(WARN) -m32 -march=i686 -mno-mmx -mno-sse -ffreestanding \
               -nostdinc -isystem $(GCC_INCLUDE) -fno-pic -fno-pie -fno-stack-protector \
               -fno-omit-frame-pointer -fno-optimize-sibling-calls -fno-strict-aliasing \
               -fno-asynchronous-unwind-tables \
               -fcf-protection=none -mpreferred-stack-boundary=2 -fno-delete-null-pointer-checks \
               -Wno-clobbered \
               -D__KERNEL__ -Iinclude -Ikernel-stub/include -Ikernel-stub
SIM_CFLAGS  := -std=gnu11 -O1 -g $(WARN) -Wno-clobbered -m32 -fsanitize=address,undefined \
               -fno-sanitize-recover=undefined -fno-omit-frame-pointer -D_GNU_SOURCE -Iinclude

$(O)/host/%.o: %.c
	@mkdir -p $(@D)
	$(Q)$(CC) $(HOST_CFLAGS) $(CFLAGS) $(DEPGEN) -c $< -o $@
$(O)/kern/%.o: %.c
	@mkdir -p $(@D)
	$(Q)$(CC) $(KERN_CFLAGS) $(DEPGEN) -c $< -o $@
$(O)/kern/%.o: %.S
	@mkdir -p $(@D)
	$(Q)$(CC) $(KERN_CFLAGS) -D__ASSEMBLY__ $(DEPGEN) -c $< -o $@
$(O)/sim/%.o: %.c
	@mkdir -p $(@D)
	$(Q)$(CC) $(SIM_CFLAGS) $(SIM_EXTRA) $(DEPGEN) -c $< -o $@

ifneq ($(V),)
Q :=
else
Q = @printf '  %-7s %s\n' $(or $(what),CC) $(patsubst $(O)/%,%,$@);
endif

# $(call host-objects,SOURCES)
host-objects = $(patsubst %.c,$(O)/host/%.o,$(1))

# $(eval $(call program,NAME,SOURCES,LIBRARIES,LDLIBS)): $(O)/bin/NAME; libraries are names
# of archives declared with `archive`, users before providers.
define program
PROGRAMS += $(O)/bin/$(1)
SRC_$(1) := $(2)
LIB_$(1) := $(3)
LDLIBS_$(1) := $(4)
OBJECTS += $(call host-objects,$(2))
$(O)/bin/$(1): $(call host-objects,$(2)) $(patsubst %,$(O)/host/%.a,$(3))
	@mkdir -p $$(@D)
	$$(Q)$$(CC) $$(HOST_CFLAGS) $$(LDFLAGS) -o $$@ $$^ $(4)
$(O)/bin/$(1): private what := LD
endef

# $(eval $(call archive,NAME,SOURCES)): $(O)/host/NAME.a
define archive
SRC_$(1).a := $(2)
OBJECTS += $(call host-objects,$(2))
$(O)/host/$(1).a: $(call host-objects,$(2))
	@mkdir -p $$(@D)
	$$(Q)rm -f $$@ && $$(AR) rcs $$@ $$^
$(O)/host/$(1).a: private what := AR
endef

PROGRAMS :=
OBJECTS  :=
EXTRA    :=# further targets of `all`

.PHONY: all
all:

FOLDERS := libobj lib insmod rmmod lsmod modprobe depmod modinfo ksyms kallsyms genksyms \
           kerneld kcall kernel-stub tests bench man
-include $(patsubst %,%/rules.mk,$(FOLDERS))
include genksyms/modversions.mk

include kernel-stub/user/native.mk
include kernel-stub/modules/tree.mk

all: $(PROGRAMS) $(EXTRA)

# --- what people ask for -----------------------------------------------------------------
.PHONY: help deps run check check-real bench asan debug lint tags list install clean fuzz
help:
	@sed -n 's/^#: //p' $(MAKEFILE_LIST)
#: make            build the tools, the kernel and the modules
#: make run        boot the kernel and get a shell with the tools (a guided tour if no terminal)
#: make run NATIVE=1   the shell, the tools and the usual commands run in the guest
#: make check      build and run every test; last line: N passed, N failed, N skipped
#: make debug      boot stopped under gdb, symbols of loaded modules appear by themselves
#: make MODVERSIONS=1 O=build/versions   exported names carry checksums of their declarations
#: make asan       the tools under ASan and UBSan, in build/asan
#: make soak       ten thousand loads, and a thousand of each misbehaviour, on one boot
#: make lint       clang-format, shellcheck, mandoc, headers compile alone
#: make bench      measure against kmod, BusyBox and GNU ld; prints tables
#: make list       assembler listings of the kernel and the modules
#: make tags       tags and cscope.out
#: make install    tools, kernel, modules, manual: PREFIX=/usr/local DESTDIR=
#:                 and, after make native, that image for kstub start --native
deps:
	@scripts/deps build
run:
	@scripts/deps build qemu
	@$(MAKE) --no-print-directory all
	@[ -z "$(NATIVE)" ] || $(MAKE) --no-print-directory native
	@O=$(O) NATIVE=$(NATIVE) scripts/run
check:
	@scripts/deps build qemu test
	@$(MAKE) --no-print-directory all check-programs
	@if $(MAKE) --no-print-directory fetch-i386; then $(MAKE) --no-print-directory native; \
	else echo "no packages for i386: nothing is tested inside the guest" >&2; fi
	@O=$(O) tests/run $(T)
debug:
	@scripts/deps build qemu gdb
	@$(MAKE) --no-print-directory all
	@O=$(O) scripts/debug
asan:
	@$(MAKE) --no-print-directory all O=build/asan SAN='-fsanitize=address,undefined -fno-omit-frame-pointer'
lint:
	@scripts/deps build lint
	@O=$(O) scripts/lint
tags:
	@scripts/deps tags
	@git ls-files '*.[chS]' >cscope.files
	@ctags -L cscope.files
	@cscope -bq
clean:
	rm -rf $(O)
# What was compiled with -g shows its source between the instructions.
list: $(O)/kernel.elf $(MODULE_OBJ)
	@for f in $^; do objdump -dlrSz --no-show-raw-insn $$f >$${f%.*}.lst && echo $${f%.*}.lst; done
.PHONY: check-programs
check-programs:

# --- installation ------------------------------------------------------------------------
# The tools and kstub into bin; what only kstub uses, the kernel, its modules' tree and what
# a module's source includes into lib/modstack, where kstub looks for them.
INSTALLED := $(addprefix $(O)/bin/,insmod rmmod lsmod modprobe depmod modinfo ksyms kallsyms \
             genksyms kcall kerneld)
.PHONY: install-tools install-kernel
install: install-tools install-kernel
install-tools: all
	install -d $(DESTDIR)$(PREFIX)/bin
	install $(filter $(INSTALLED),$(PROGRAMS)) kernel-stub/kstub $(DESTDIR)$(PREFIX)/bin
	install -D -m 644 scripts/bash-completion \
		$(DESTDIR)$(PREFIX)/share/bash-completion/completions/modstack
	for t in $(notdir $(filter $(INSTALLED),$(PROGRAMS))) kstub; do \
		ln -sf modstack $(DESTDIR)$(PREFIX)/share/bash-completion/completions/$$t; done
install-kernel: all
	install -d $(DESTDIR)$(PREFIX)/lib/modstack
	install $(O)/bin/kstubd $(O)/bin/kstub-console $(DESTDIR)$(PREFIX)/lib/modstack
	install -m 644 $(O)/kernel.elf $(O)/initramfs.cpio $(wildcard $(O)/native.cpio) \
		$(DESTDIR)$(PREFIX)/lib/modstack
	rm -rf $(DESTDIR)$(PREFIX)/lib/modstack/{root,include}
	cp -r $(O)/root kernel-stub/include $(DESTDIR)$(PREFIX)/lib/modstack
	install -d $(DESTDIR)$(PREFIX)/lib/modstack/include/abi
	install -m 644 include/abi/{module.h,types.h,errno.def} \
		$(DESTDIR)$(PREFIX)/lib/modstack/include/abi

-include $(patsubst %.o,%.d,$(sort $(OBJECTS)))
