#!/usr/bin/env bats
# make MODVERSIONS=1: a kernel and modules whose exported names carry checksums

bats_require_minimum_version 1.5.0
load world

setup_file() {
	VERSIONS=$O/versions
	make -s -C "$TOP" O="$VERSIONS" MODVERSIONS=1 "$VERSIONS/bin/kstub-sim" \
		"$VERSIONS"/testmodules/{verbase,veruser,verchanged,base}.o \
		"$VERSIONS"/modules/hello.o >"$BATS_FILE_TMPDIR/make.log" 2>&1 3>&- || {
		cat "$BATS_FILE_TMPDIR/make.log" >&2
		return 1
	}
	export VERSIONS PATH=$VERSIONS/bin:$PATH WORLD=sim
	world_start
}
teardown_file() { world_stop; }
setup() {
	world_reset
	cd "$VERSIONS/testmodules" || return 1
}

@test "the kernel's names carry versions, but for those the compiler uses" {
	run -0 ksyms -a
	grep -qE ' printk_R[0-9a-f]{8}( |$)' <<<"$output"
	grep -qE ' memcpy( |$)' <<<"$output"
	run -1 grep -E ' (printk|kmalloc)( |$)' <<<"$output"
}

@test "modules that were compiled against the same declarations are loaded" {
	run -0 insmod "$VERSIONS/modules/hello.o"
	run -0 insmod ./verbase.o
	run -0 insmod ./veruser.o
	[ "$(lsmod --json | jq -r '[.[].name] | join(" ")')" = "veruser verbase hello" ]
}

@test "one that was compiled against a changed structure is refused by name" {
	insmod ./verbase.o
	wanted=$(nm -u verchanged.o | sed -n 's/.* \(version_sum_R\)/\1/p')
	has=$(nm verbase.o | sed -n 's/.* T //p')
	[ -n "$wanted" ]
	[ "$wanted" != "$has" ]
	run -1 insmod ./verchanged.o
	[[ $output == *"unresolved symbol $wanted"* ]]
	[[ $output == *version* ]]
	run -0 lsmod
	[[ $output != *verchanged* ]]
}

@test "a module without versions is loaded, its kernel version being the same" {
	[ -e "$TESTMODULES/base.o" ] || skip "the modules without versions are not built"
	run -0 insmod "$TESTMODULES/base.o"
}

@test "all of it is built so, and the same is true of the kernel under QEMU" {
	make -s -C "$TOP" O="$VERSIONS" MODVERSIONS=1 all >"$BATS_TEST_TMPDIR/make.log" 2>&1 3>&- || {
		cat "$BATS_TEST_TMPDIR/make.log"
		return 1
	}
	export KSTUB=$BATS_TEST_TMPDIR/kernel
	O=$VERSIONS run -0 kstub start --deadline 60 3>&-
	run -0 insmod ./verbase.o
	run -0 insmod ./veruser.o
	run -1 insmod ./verchanged.o
	prints "insmod: ./verchanged.o: unresolved symbol $(nm -u verchanged.o | sed -n 's/.* \(version_sum_R\)/\1/p')
insmod: ./verchanged.o: hint: version_sum exists with another version: $(nm verbase.o | sed -n 's/.* T //p') (verbase)"
	run -0 kstub stop
}
