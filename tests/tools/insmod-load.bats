#!/usr/bin/env bats
# insmod loads: steps, stacking, names, flags, what it leaves in the kernel

bats_require_minimum_version 1.5.0
load ../world
setup_file() { world_start; }
teardown_file() { world_stop; }
setup() {
	world_reset
	cd "$TESTMODULES" || return 1
}

@test "a loaded module is silent, listed, and gone after rmmod" {
	run -0 insmod ./base.o
	prints ""
	run -0 lsmod
	[[ ${lines[1]} =~ ^base\ {16}\ +[0-9]+\ \ \ 0\ \ \(unused\)$ ]]
	run -0 rmmod base
	run -0 lsmod --json
	prints "[]"
}

@test "the size in the kernel is the size of the image" {
	insmod -O "$BATS_TEST_TMPDIR/image" ./base.o
	run -0 lsmod --json
	[ "$(jq '.[0].size' <<<"$output")" -eq "$(stat -c %s "$BATS_TEST_TMPDIR/image")" ]
}

@test "a stack links against modules below it, newest provider first" {
	insmod ./base.o
	insmod ./mid.o
	insmod ./top.o
	insmod ./other.o
	run -0 jq -c '[.[] | [.name, .refs]]' <(lsmod --json)
	prints '[["other",[]],["top",[]],["mid",["top"]],["base",["other","mid"]]]'
}

@test "the same object under another name is another module" {
	insmod ./base.o
	insmod -o second ./base.o
	insmod ./mid.o
	# the newest of the two providers wins
	run -0 jq -c '[.[] | [.name, .refs]]' <(lsmod --json)
	prints '[["mid",[]],["second",["mid"]],["base",[]]]'
}

@test "a name that is taken is refused, with - and _ equal" {
	insmod -o a-b ./base.o
	run -1 insmod -o a_b ./base.o
	prints "insmod: a module named a_b already exists"
	run -0 jq -r '.[].name' <(lsmod --json)
	prints "a-b"
}

@test "-k marks the module autoclean" {
	insmod -k ./base.o
	run -0 lsmod
	[[ ${lines[1]} == *"  (autoclean) (unused)" ]]
}

@test "packed objects are told by their content, not by their name" {
	cp base.o "$BATS_TEST_TMPDIR/plain.o"
	gzip -c base.o >"$BATS_TEST_TMPDIR/gz.o"
	xz -c base.o >"$BATS_TEST_TMPDIR/xz.o.gz"
	zstd -qc base.o >"$BATS_TEST_TMPDIR/zst.ko.zst"
	cd "$BATS_TEST_TMPDIR"
	for f in plain.o gz.o xz.o.gz zst.ko.zst; do
		insmod -O "$f.image" -y -o same "./$f"
		rmmod same
	done
	# same bytes, but for the address the kernel gave
	run -0 lsmod --json
	prints "[]"
	[ "$(stat -c %s ./*.image | sort -u | wc -l)" -eq 1 ]
}

@test "a name without / and . is searched in the module path and announced" {
	mkdir -p "$BATS_TEST_TMPDIR/path/deep/er"
	cp base.o "$BATS_TEST_TMPDIR/path/deep/er/findme.o"
	export MODPATH=$BATS_TEST_TMPDIR/path
	run -0 insmod findme
	prints "Using $BATS_TEST_TMPDIR/path/deep/er/findme.o"
	run -1 insmod findmenot
	prints "insmod: findmenot: no module by that name found"
}

@test "a file in the module path that root does not own is skipped, with -r it is not" {
	[ "$(id -u)" -eq 0 ] || skip "only root can give files away"
	mkdir "$BATS_TEST_TMPDIR/path"
	cp base.o "$BATS_TEST_TMPDIR/path/owned.o"
	chown 65534 "$BATS_TEST_TMPDIR/path/owned.o"
	export MODPATH=$BATS_TEST_TMPDIR/path
	run -1 insmod owned
	prints "insmod: warning: $BATS_TEST_TMPDIR/path/owned.o is not owned by root
insmod: owned: no module by that name found"
	run -0 insmod -r owned
	[ "${lines[0]}" = "Using $BATS_TEST_TMPDIR/path/owned.o" ]
}

@test "ksymoops symbols tell file, time, version and sections; -y leaves them out" {
	insmod ./base.o
	mtime=$(printf '%08X' "$(stat -c %Y base.o)")
	run -0 jq -r '.[].name | select(startswith("__insmod_"))' <(ksyms --json)
	[ "${lines[0]}" = "__insmod_base_O$(realpath base.o)_M${mtime}_V132123" ]
	for s in .text .bss; do
		size=$((16#$(readelf -SW base.o | sed -n "s/^ *\[ *[0-9]*\] $s  *[A-Z]* *[0-9a-f]* [0-9a-f]* \([0-9a-f]*\).*/\1/p")))
		[[ $output == *"__insmod_base_S${s}_L$size"* ]]
	done
	rmmod base
	insmod -y ./base.o
	run -0 jq -r '.[].name' <(ksyms --json)
	[ "$(sort <<<"$output")" = "base_add
base_count" ]
}

@test "an object without __ksymtab exports its globals, with -x nothing" {
	insmod -y ./globals.o
	run -0 jq -r '.[].name' <(ksyms --json)
	[ "$(sort <<<"$output")" = "globals_function
globals_number" ]
	rmmod globals
	insmod -y -x ./globals.o
	run -0 ksyms --json
	prints "[]"
}

# struct module is the classic one, but for a kernel that gives pages rights.
header_size() { if [ "$WORLD" = sim ]; then echo 96; else echo 104; fi; }

@test "the load map has the classic shape and true addresses" {
	run -0 insmod -m ./base.o
	[ "${lines[0]}" = "Sections:       Size      Address   Align" ]
	addr=$(lsmod --json | jq '.[0].address')
	[ "${lines[1]}" = "$(printf '.this           %08x  %08x  2**2' "$(header_size)" "$addr")" ]
	# symbols come sorted by address
	sed '1,/^Symbols:/d' <<<"$output" >"$BATS_TEST_TMPDIR/symbols"
	[ "$(wc -l <"$BATS_TEST_TMPDIR/symbols")" -ge 4 ]
	LC_ALL=C sort -c -s -k1,1 "$BATS_TEST_TMPDIR/symbols"
	base_add=$(ksyms --json | jq '.[] | select(.name == "base_add").address')
	grep -qx "$(printf '%08x T base_add' "$base_add")" "$BATS_TEST_TMPDIR/symbols"
}

@test "--json is the map as data" {
	insmod ./base.o
	run -0 insmod --json ./mid.o
	[ "$(jq -c '[.name, .depends]' <<<"$output")" = '["mid",["base"]]' ]
	[ "$(jq .base <<<"$output")" = "$(lsmod --json | jq '.[0].address')" ]
	[ "$(jq .size <<<"$output")" = "$(lsmod --json | jq '.[0].size')" ]
	[ "$(jq -r '.symbols[] | select(.name == "mid_twice").type' <<<"$output")" = T ]
	[ "$(jq -r '.sections[0] | [.name, .size, .align, .flags] | @csv' <<<"$output")" = "\".this\",$(header_size),4,\"WA\"" ]
}

@test "-n does all but load" {
	run -0 insmod -n -m ./base.o
	[ "${lines[1]}" = "$(printf '.this           %08x  12340000  2**2' "$(header_size)")" ]
	run -0 lsmod --json
	prints "[]"
}

@test "-p tells whether it would link" {
	run -1 insmod -p ./mid.o
	[ "${lines[0]}" = "insmod: ./mid.o: unresolved symbol base_add" ]
	insmod ./base.o
	run -0 insmod -p ./mid.o
	prints ""
	run -0 jq -r '.[].name' <(lsmod --json)
	prints "base"
}

@test "-s sends messages to syslog instead, and changes no decision" {
	not_by_native_tool
	run -1 insmod -s ./missing.o
	prints ""
	run -0 insmod -s ./base.o
	prints ""
	unshare -m true 2>/dev/null || skip "needs a mount namespace of its own"
	# a /dev of our own: priority 27 is daemon.err, 30 daemon.info
	# shellcheck disable=SC2016
	run -0 unshare -m bash -c '
		mount -t tmpfs tmpfs /dev
		timeout 20 "$TOP/tests/lib/syslogd.py" 2 <<<"" 3>&- &
		until [ -e /dev/ready ]; do sleep 0.01; done
		insmod -s -v ./base.o
		wait'
	prints "<30>insmod: Using ./base.o
<27>insmod: a module named base already exists"
}

@test "-v says what is done; round trips do not depend on the number of modules" {
	insmod ./gplbase.o
	run -0 insmod -v ./base.o
	[ "${lines[0]}" = "Using ./base.o" ]
	few=${lines[-1]}
	[[ $few == *"round trips to the kernel" ]]
	for i in {1..198}; do
		insmod -y -o "m$i" ./gplbase.o
	done
	[ "$(lsmod --json | jq length)" -eq 200 ]
	run -0 insmod -v ./other.o
		[ "${lines[-1]}" = "$few" ]
}

@test "where snapshots are wanted, insmod and rmmod save what /proc says" {
	not_by_native_tool
	export KSYMOOPS_SNAPSHOTS=$BATS_TEST_TMPDIR/snapshots
	insmod ./base.o # the directory is the switch
	[ ! -e "$KSYMOOPS_SNAPSHOTS" ]
	mkdir "$KSYMOOPS_SNAPSHOTS"
	insmod ./mid.o
	cd "$KSYMOOPS_SNAPSHOTS"
	files=(*)
	[ ${#files[@]} -eq 2 ]
	[[ ${files[0]} =~ ^[0-9]{14}\.ksyms$ ]]
	[[ ${files[1]} =~ ^[0-9]{14}\.modules$ ]]
	diff "${files[0]}" <(kcall cat /proc/ksyms)
	diff "${files[1]}" <(kcall cat /proc/modules)
	rm -- *
	run -1 rmmod nosuch # nothing went
	rmdir "$KSYMOOPS_SNAPSHOTS"
	mkdir "$KSYMOOPS_SNAPSHOTS"
	rmmod mid
	run -0 find "$KSYMOOPS_SNAPSHOTS" -type f
	[ ${#lines[@]} -eq 2 ]
}

@test "-S adds a table of all symbols" {
	run -0 insmod -n -S -m ./base.o
	[[ $output == *$'\n__kallsyms '* ]]
	run -0 insmod -n -m ./base.o
	if [ "$WORLD" = sim ]; then
		[[ $output != *__kallsyms* ]]
	else # a kernel that asks for it gets it unasked
		[[ $output == *$'\n__kallsyms '* ]]
	fi
}
