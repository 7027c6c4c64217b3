# The bundled modules as an installed tree with its indexes, for modprobe -d $(O)/root
MODULE_TREE := $(O)/root/lib/modules/$(KERNEL_RELEASE)
EXTRA += $(MODULE_TREE)/modules.dep

$(MODULE_TREE)/modules.dep: $(MODULE_OBJ) $(O)/bin/depmod kernel-stub/user/etc/modules.conf
	$(Q)rm -rf $(O)/root && mkdir -p $(O)/root/etc $(@D)/kernel && \
		cp $(MODULE_OBJ) $(@D)/kernel && \
		cp kernel-stub/user/etc/modules.conf $(O)/root/etc && \
		$(O)/bin/depmod -b $(O)/root $(KERNEL_RELEASE)
$(MODULE_TREE)/modules.dep: private what := DEPMOD
