#!/usr/bin/env bats
# insmod --symbols links without a kernel

bats_require_minimum_version 1.5.0
load ../world
setup_file() { [ "$WORLD" != native ] || world_start; } # the guest, not a kernel to ask
teardown_file() { [ "$WORLD" != native ] || world_stop; }
setup() {
	export KSTUB=$BATS_TEST_TMPDIR/no-kernel-here
	cd "$TESTMODULES" || return 1
}

@test "against a System.map: GNU ld gives the same bytes" {
	map=$BATS_TEST_TMPDIR/System.map
	printf '%s\n' 'c0100000 T base_add' 'c0100010 t hidden' '00000000 U nothing' >"$map"
	run -0 --separate-stderr insmod -y --symbols="$map" --base=0x10000000 -m -O "$BATS_TEST_TMPDIR/image" ./mid.o
	[ -z "$stderr" ]
	text=$(awk '$1 == ".text" { print $3 }' <<<"$output")
	size=$(awk '$1 == ".text" { print $2 }' <<<"$output")
	ld -m elf_i386 -e 0 --defsym base_add=0xc0100000 -Ttext "0x$text" -o "$BATS_TEST_TMPDIR/linked" mid.o
	objcopy -O binary -j .text "$BATS_TEST_TMPDIR/linked" "$BATS_TEST_TMPDIR/text"
	cmp "$BATS_TEST_TMPDIR/text" <(tail -c +$((16#$text - 0x10000000 + 1)) "$BATS_TEST_TMPDIR/image" | head -c $((16#$size)))
}

@test "against a copy of /proc/ksyms, with modules and their addresses" {
	printf '%s\n' $'c8800060 base_add\t[base]' $'c8800000 __insmod_base_O/x/base.o_M0_V132123\t[base]' 'c0100000 printk' >"$BATS_TEST_TMPDIR/ksyms"
	run -0 insmod --symbols="$BATS_TEST_TMPDIR/ksyms" --json -O "$BATS_TEST_TMPDIR/image" ./mid.o
	[ "$(jq -c .depends <<<"$output")" = '["base"]' ]
	# .kmodtab: dep is base's struct module, ref is our own
	at=$(($(jq '.sections[] | select(.name == ".kmodtab").address' <<<"$output") - 0x12340000))
	[ "$(od -A n -t x4 -j $at -N 12 "$BATS_TEST_TMPDIR/image")" = " c8800000 12340000 00000000" ]
}

@test "local symbols of a System.map are nobody else's" {
	echo 'c0100000 t base_add' >"$BATS_TEST_TMPDIR/System.map"
	run -1 insmod --symbols="$BATS_TEST_TMPDIR/System.map" ./mid.o
	prints "insmod: ./mid.o: unresolved symbol base_add"
}

@test "a bad line is named" {
	printf '%s\n' 'c0100000 T printk' 'this is not a symbol' >"$BATS_TEST_TMPDIR/System.map"
	run -1 insmod --symbols="$BATS_TEST_TMPDIR/System.map" ./base.o
	prints "insmod: $BATS_TEST_TMPDIR/System.map:2: neither a line of System.map nor of /proc/ksyms"
	run -2 insmod --base=0x123 ./base.o
	prints "insmod: --base=0x123: not the address of a page"
}

@test "an output that cannot be written is an error" {
	: >"$BATS_TEST_TMPDIR/System.map"
	run -1 insmod --symbols="$BATS_TEST_TMPDIR/System.map" -O /dev/full ./base.o
	prints "insmod: ./base.o: /dev/full: No space left on device"
	[ "$WORLD" != native ] || return 0 # there /dev/full is the host's, not insmod's
	run -1 bash -c "insmod --symbols='$BATS_TEST_TMPDIR/System.map' -m ./base.o >/dev/full"
	prints "insmod: cannot write: No space left on device"
}

# a kernel whose symbols carry checksums
versioned_map() {
	printf '%s\n' 'c0000001 A Using_Versions' "c0100000 T base_add_R$1" \
		"c0100100 T inter_module_get_R$2" >"$BATS_TEST_TMPDIR/System.map"
}

@test "an object without checksums ignores the kernel's" {
	versioned_map 1234abcd 00000000
	run -0 insmod --symbols="$BATS_TEST_TMPDIR/System.map" ./mid.o
	versioned_map smp_1234abcd smp_00000000
	run -0 insmod -v --symbols="$BATS_TEST_TMPDIR/System.map" ./mid.o
	[ "${lines[1]}" = "Symbol version prefix 'smp_'" ]
}

@test "a wrong prefix finds nothing, and the hint says that another version exists" {
	versioned_map 1234abcd 00000000
	run -1 insmod -P smp_ --symbols="$BATS_TEST_TMPDIR/System.map" ./mid.o
	prints "insmod: ./mid.o: unresolved symbol base_add
insmod: ./mid.o: hint: base_add exists with another version: base_add_R1234abcd (kernel)"
}
