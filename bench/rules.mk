-include bench/obj.mk bench/depmod.mk

.PHONY: bench-modprobe
bench: bench-modprobe
bench-modprobe: $(O)/bench/spawn $(O)/bin/modprobe
	@O=$(O) bench/modprobe
