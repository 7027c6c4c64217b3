# The initramfs; after every folder has said what belongs into it.
$(O)/initramfs.cpio: scripts/initramfs kernel-stub/user/rules.mk \
		$(foreach f,$(INITRAMFS_FILES),$(lastword $(subst =, ,$(f))))
	@mkdir -p $(@D)
	$(Q)scripts/initramfs $@ $(foreach d,$(INITRAMFS_DIRS),dir=$(d)) \
		$(foreach f,$(INITRAMFS_FILES),file=$(f)) $(foreach l,$(INITRAMFS_LINKS),link=$(l))
$(O)/initramfs.cpio: private what := CPIO
