# bench: what is measured, and what with. `make bench` runs all, one after the other; one that
# lacks something (a peer, the real module tree) says so and the next has its turn.
BENCHES := bench/load bench/native bench/scale bench/link bench/modprobe bench/depmod
-include bench/obj.mk bench/depmod.mk

.PHONY: bench
bench: all check-programs $(BENCH_PROGRAMS)
	@for b in $(BENCHES); do \
		echo "=== $$b ==="; O=$(O) $$b || echo "$$b: not measured"; echo; \
	done
