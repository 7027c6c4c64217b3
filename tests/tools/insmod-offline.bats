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
	prints "insmod: --base=0x123: not the address of a page
Try 'insmod --help'."
	run -2 insmod --base=0x10000000 ./base.o
	prints "insmod: --base is for -n and --symbols; a kernel chooses the address itself
Try 'insmod --help'."
}

@test "an output that cannot be written is an error" {
	: >"$BATS_TEST_TMPDIR/System.map"
	run -1 insmod --symbols="$BATS_TEST_TMPDIR/System.map" -O /dev/full ./base.o
	prints "insmod: ./base.o: /dev/full: No space left on device"
	[ "$WORLD" != native ] || return 0 # there /dev/full is the host's, not insmod's
	run -1 bash -c "insmod --symbols='$BATS_TEST_TMPDIR/System.map' -m ./base.o >/dev/full"
	prints "insmod: cannot write: No space left on device"
}

# names_object NAME... - an object whose .data is the addresses of these, in $PWD/names.o
names_object() {
	{
		printf '.section .modinfo; .asciz "license=GPL"\n.data\n'
		printf '.long %s\n' "$@"
	} | as --32 -o "$BATS_TEST_TMPDIR/names.o" -
}

# addresses MAP - what .data of the linked object holds
addresses() {
	local map at size
	map=$(insmod -f -q --symbols="$1" --json -O "$BATS_TEST_TMPDIR/image" \
		"$BATS_TEST_TMPDIR/names.o") || return
	read -r at size < <(jq -r '.base as $b | .sections[] | select(.name == ".data") | "\(.address - $b) \(.size)"' <<<"$map")
	od -A n -v -w4 -t x4 -j "$at" -N "$size" "$BATS_TEST_TMPDIR/image" | tr -d ' '
}

# a map of 5000 lines in which others of the same beginnings stand around the names
crowded_map() {
	awk 'BEGIN { for (i = 0; i < 4000; i++) printf "c%07x T %s_%d\n", i, i % 2 ? "drm_add" : "printk", i }'
	awk -v at=$((0xd0000000)) '{ printf "%08x T %s\n", at + NR, $0 }'
	awk 'BEGIN { for (i = 0; i < 1000; i++) printf "e%07x t %s\n", i, i % 2 ? "up" : "drm_add" }'
}

@test "names of every length and form are found in a map of many" {
	names=(a up kset down kfree printk memcpy_R drm_add drm_adds drm_add_edid_modes Upper
		_Rx __wake_up a_name_of_more_than_fifty_letters_to_see_that_it_is_compared)
	names_object "${names[@]}"
	printf '%s\n' "${names[@]}" | crowded_map >"$BATS_TEST_TMPDIR/System.map"
	diff <(addresses "$BATS_TEST_TMPDIR/System.map") <(seq 1 ${#names[@]} | xargs printf 'd%07x\n')
}

@test "versions and GPLONLY_ in a map of many" {
	names=(up kfree drm_add a_long_name_without_version)
	names_object "${names[@]}"
	{
		printf '%s_R1234abcd\n' "${names[@]}"
		echo Using_Versions
	} | crowded_map >"$BATS_TEST_TMPDIR/System.map"
	diff <(addresses "$BATS_TEST_TMPDIR/System.map") <(printf 'd%07x\n' 1 2 3 4)
	printf 'GPLONLY_%s\n' "${names[@]}" | crowded_map >"$BATS_TEST_TMPDIR/System.map"
	diff <(addresses "$BATS_TEST_TMPDIR/System.map") <(printf 'd%07x\n' 1 2 3 4)
}

@test "a map may be packed, and its last line end with the file" {
	names_object printk drm_add
	{
		printf '%s\n' printk | crowded_map
		printf 'f0000000 T drm_add'
	} >"$BATS_TEST_TMPDIR/System.map"
	cd "$BATS_TEST_TMPDIR" || return
	gzip -k System.map
	xz -k System.map
	zstd -q System.map
	for map in System.map System.map.gz System.map.xz System.map.zst; do
		diff <(addresses $map) <(printf '%s\n' d0000001 f0000000)
	done
	head -c 2000 System.map.xz >short.xz
	run -1 insmod --symbols=short.xz names.o
	prints "insmod: short.xz: the compressed contents are damaged"
}

@test "a map may come through a pipe" {
	not_by_native_tool
	names_object printk drm_add
	printf '%s\n' printk drm_add | crowded_map >"$BATS_TEST_TMPDIR/System.map"
	diff <(addresses <(cat "$BATS_TEST_TMPDIR/System.map")) <(printf 'd%07x\n' 1 2)
	run -1 insmod --symbols=/dev/null ./base.o
	prints "insmod: /dev/null: not a regular file"
}

@test "lines of a map that are no lines: long ones, zero bytes" {
	names_object up
	cd "$BATS_TEST_TMPDIR" || return
	{
		printf 'c0000000 T '
		head -c 200000 /dev/zero | tr '\0' x
		printf '\nd0000000 T up\n'
	} >System.map
	[ "$(addresses System.map)" = d0000000 ]
	printf 'c0100000 T printk\nc0000000 T up\0\n' >System.map
	run -1 insmod --symbols=System.map names.o
	prints "insmod: System.map:2: neither a line of System.map nor of /proc/ksyms"
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
