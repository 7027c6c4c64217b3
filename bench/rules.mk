# bench: what is measured, and what with. `make bench` runs all, one after the other; one that
# lacks something (a peer, the real module tree) says so and the next has its turn.
BENCHES := bench/load bench/native bench/scale bench/link bench/modprobe bench/depmod
-include bench/obj.mk bench/depmod.mk

# The tools are measured as users have them, installed: of a file as the linker writes it, in
# pieces, the kernel maps smaller pieces.
BENCH_ROOT := $(abspath $(O))/bench/installed
.PHONY: bench
bench: all check-programs $(BENCH_PROGRAMS)
	@$(MAKE) -s install-tools DESTDIR=$(BENCH_ROOT) PREFIX=
	@for b in $(BENCHES); do \
		echo "=== $$b ==="; O=$(O) BIN=$(BENCH_ROOT)/bin $$b || \
			echo "$$b: not measured"; echo; \
	done
