# The bytes that libobj makes against those of GNU ld (tests/diff/obj-diff)
#
# shellcheck disable=SC2046 # unit prints a list

load world

unit() { # names of objects made by tests/unit
	for name; do
		echo "$O/unit/$name.o"
	done
}

same_at() { # BASE OBJECT...: no difference, and not refused
	local base=$1
	shift
	run "$O/diff/obj-diff" -b "$base" "$@"
	echo "$output"
	[ "$status" -eq 0 ]
	[[ "$output" == *"$# objects, 0 of them refused by both"* ]]
}

refused() { # OBJECT...: all of them, by both
	run "$O/diff/obj-diff" -v "$@"
	echo "$output"
	[ "$status" -eq 0 ]
	[[ "$output" == *"$# objects, $# of them refused by both"* ]]
	[[ "$output" == *"libobj: Relocation overflow of type"* ]]
}

@test "32-bit relocations, addends, commons and weak symbols are as ld's" {
	same_at c8801000 $(unit relocs worked damage params got-plain)
}

@test "the same at other addresses" {
	for base in 1000 7ffff000 fff00000; do
		same_at $base $(unit relocs worked sections pair)
	done
}

@test "16-bit and 8-bit relocations that fit are as ld's" {
	same_at 400 $(unit narrow)
}

@test "fields that overflow are refused as ld refuses them" {
	refused $(unit overflow16 overflow8 overflowpc8 overflowpc16)
}

@test "sections of one name, groups, mergeable strings and notes are as ld's" {
	same_at c8801000 $(unit sections exports noexports)
}

@test "a local and a global symbol of one name are kept apart as ld keeps them" {
	same_at c8801000 $(unit pair)
}

@test "the bundled modules and the ones made for tests are as ld's" {
	same_at d0840000 "$MODULES"/*.o "$TESTMODULES"/*.o
}

@test "example-link links a module against a System.map" {
	local dir=$BATS_TEST_TMPDIR
	printf 'c0100000 T printk\nc0100010 T printk_too\n' >"$dir/System.map"
	run example-link "$O/unit/worked.o" "$dir/System.map" c8800000 "$dir/image"
	echo "$output"
	[ "$status" -eq 0 ]
	[ -z "$output" ]
	# call printk: at +0x65, from there to 0xc0100000
	run od -An -tx4 -j 0x66 -N 4 "$dir/image"
	[ "$output" = " $(printf %08x $(((0xc0100000 - 0xc880006a) & 0xffffffff)))" ]
	run example-link "$O/unit/worked.o" /dev/null c8800000 "$dir/image"
	[ "$status" -eq 1 ]
	[ "$output" = "$O/unit/worked.o: unresolved symbol printk" ]
}
