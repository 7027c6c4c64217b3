# tests: what the tests need to have built
-include tests/kernel/rules.mk tests/lib/rules.mk tests/sim/rules.mk tests/modules/rules.mk tests/unit/rules.mk tests/diff/rules.mk tests/fuzz/rules.mk tests/tools/rules.mk tests/fuzz/obj.mk tests/fuzz/conf.mk tests/fuzz/gateway.mk
