#!/usr/bin/env bats
# persistent parameters: insmod -e reads them, rmmod writes them

bats_require_minimum_version 1.5.0
load ../world
setup_file() { world_start; }
teardown_file() { world_stop; }
setup() {
	world_reset
	cd "$TESTMODULES" || return 1
	file=$BATS_TEST_TMPDIR/new/dir/persistent
}

saved() {
	grep -v '^#% \(Kernel\|Data\)' "$file"
}

@test "rmmod saves what the module made of its parameters, insmod sets them again" {
	insmod -e "$file" ./persistent.o
	rmmod persistent
	run -0 saved
	[ "$(sort <<<"$output")" = 'counter=2
label="first"
later=-5
pair=2,3' ]
	[[ $(head -1 "$file") == "#% Kernel 2.4.27-modstack "* ]]
	[[ $(sed -n 2p "$file") == "#% Data saved "*" GMT" ]]
	insmod -e "$file" ./persistent.o counter=100
	rmmod persistent
	# the file wins over the command line
	grep -qx counter=3 "$file"
	grep -qx later=-10 "$file"
}

@test "comments, order and foreign parameters stay" {
	mkdir -p "${file%/*}"
	cat >"$file" <<-'END'
		# mine
		pair=-7,8
		gone=1

		label="a \"b\" \\ c"
	END
	insmod -e "$file" ./persistent.o
	rmmod persistent
	run -0 bash -c "grep -v '^#% [KD]' '$file' | head -6"
	prints '# mine
pair=-7,8
#% Warning: parameter gone is not supported in this kernel
gone=1

label="a \"b\" \\ c"'
}

@test "rmmod -e saves and leaves the module" {
	insmod -e "$file" ./persistent.o
	run -0 rmmod -e
	prints ""
	grep -qx counter=2 "$file"
	[ "$(lsmod --json | jq -r '.[].name')" = persistent ]
}

@test "the default file lies below persistdir" {
	cat >"$BATS_TEST_TMPDIR/conf" <<-END
		persistdir=$BATS_TEST_TMPDIR/persist
	END
	MODULECONFIG=$BATS_TEST_TMPDIR/conf insmod -e "" "$(realpath persistent.o)"
	rmmod persistent
	[ -n "$(find "$BATS_TEST_TMPDIR/persist" -type f -name persistent)" ]
}

@test "an object that has changed is refused, the module goes" {
	cp persistent.o "$BATS_TEST_TMPDIR/p.o"
	insmod -e "$file" "$BATS_TEST_TMPDIR/p.o"
	touch -d 2001-01-01 "$BATS_TEST_TMPDIR/p.o"
	run -1 rmmod p
	prints "rmmod: Object for module p has changed since load"
	[ ! -e "$file" ]
	run -0 lsmod --json
	prints "[]"
}

@test "a file with a bad line, a path that is not absolute, no ksymoops symbols" {
	mkdir -p "${file%/*}"
	echo "counter" >"$file"
	run -1 insmod -e "$file" ./persistent.o
	prints "insmod: ./persistent.o: $file:1: bad persistent data"
	run -1 insmod -e relative ./persistent.o
	prints "insmod: ./persistent.o: relative: the name of a persistent file must be absolute"
	run -1 insmod -y -e "$file" ./persistent.o
	prints "insmod: ./persistent.o: has persistent data but ksymoops symbols are not available"
}
