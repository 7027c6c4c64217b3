#!/usr/bin/env bats
# what insmod refuses, with which words and status, and that nothing is left behind

bats_require_minimum_version 1.5.0
load ../world
setup_file() { world_start; }
teardown_file() { world_stop; }
setup() {
	world_reset
	cd "$TESTMODULES" || return 1
}
teardown() {
	run -0 lsmod --json
	prints "[]"
}

@test "no module, unknown option: usage, status 2" {
	run -2 insmod
	prints "insmod: which module?
Try 'insmod --help'."
	run -2 insmod --frobnicate ./base.o
	[ "${lines[1]}" = "Try 'insmod --help'." ]
}

@test "-h and -V print on stdout, status 0" {
	run -0 --separate-stderr insmod -h
	[[ ${lines[0]} == "usage: insmod "* ]]
	[ -z "$stderr" ]
	run -0 --separate-stderr insmod -V
	[[ $output == "insmod (modstack) "* ]]
	[ -z "$stderr" ]
}

@test "a file that is not there, a directory, an empty file" {
	run -1 insmod ./nosuch.o
	prints "insmod: ./nosuch.o: No such file or directory"
	run -1 insmod "$BATS_TEST_TMPDIR/."
	prints "insmod: $BATS_TEST_TMPDIR/.: Is a directory"
	: >"$BATS_TEST_TMPDIR/empty.o"
	run -1 insmod "$BATS_TEST_TMPDIR/empty.o"
	prints "insmod: $BATS_TEST_TMPDIR/empty.o: empty file"
}

@test "a name that would not read back from /proc/modules" {
	local name
	for name in '' 'a b' a/b $'a\nb' "$(printf '%05000d' 0)"; do
		run -1 insmod -o "$name" ./base.o
		prints "insmod: ./base.o: a module's name is one word without / (-o gives another)"
	done
}

@test "something that is not ELF" {
	echo "not a module" >"$BATS_TEST_TMPDIR/text.o"
	run -1 insmod "$BATS_TEST_TMPDIR/text.o"
	[[ $output == "insmod: $BATS_TEST_TMPDIR/text.o: "*"not an ELF file"* ]]
}

@test "another machine, an executable" {
	echo 'int x;' | gcc -c -x c -o "$BATS_TEST_TMPDIR/host.o" -
	run -1 insmod "$BATS_TEST_TMPDIR/host.o"
	[[ $output == "insmod: $BATS_TEST_TMPDIR/host.o: "*"not for this architecture"* ]]
	ld -m elf_i386 -e 0 -o "$BATS_TEST_TMPDIR/exec.o" base.o
	run -1 insmod "$BATS_TEST_TMPDIR/exec.o"
	[[ $output == "insmod: $BATS_TEST_TMPDIR/exec.o: "*"not a relocatable object"* ]]
}

@test "an object cut anywhere" {
	size=$(stat -c %s base.o)
	for ((at = 1; at < size; at += size / 40)); do
		head -c $at base.o >"$BATS_TEST_TMPDIR/cut.o"
		run insmod -n "$BATS_TEST_TMPDIR/cut.o"
		[ "$status" -eq 1 ]
		[[ $output == "insmod: $BATS_TEST_TMPDIR/cut.o: "*"not an ELF file" ||
			$output == "insmod: $BATS_TEST_TMPDIR/cut.o: "*"not lie within"* ]]
	done
}

@test "damaged compressed objects" {
	gzip -c base.o | head -c 300 >"$BATS_TEST_TMPDIR/a.o.gz"
	xz -c base.o | head -c 300 >"$BATS_TEST_TMPDIR/b.o.xz"
	zstd -qc base.o | head -c 300 >"$BATS_TEST_TMPDIR/c.o.zst"
	for f in a.o.gz b.o.xz c.o.zst; do
		run -1 insmod "$BATS_TEST_TMPDIR/$f"
		prints "insmod: $BATS_TEST_TMPDIR/$f: the compressed contents are damaged"
	done
}

@test "every unresolved symbol is listed, one a line, with a hint where there is one" {
	run -1 insmod ./missing.o
	[ "$(grep 'unresolved symbol' <<<"$output" | sort)" = "insmod: ./missing.o: unresolved symbol nobody_has_that
insmod: ./missing.o: unresolved symbol nobody_has_this
insmod: ./missing.o: unresolved symbol prinkt" ]
	[ "${lines[3]}" = "insmod: ./missing.o: hint: there is no prinkt; kernel exports printk" ]
	[ ${#lines[@]} -eq 4 ]
	run -1 insmod -q ./missing.o
	prints ""
}

@test "an export for GPL-compatible modules only" {
	insmod ./gplbase.o
	run -1 insmod ./gplthief.o
	prints "insmod: ./gplthief.o: unresolved symbol gpl_only_value
insmod: ./gplthief.o: hint: gpl_only_value is exported (by gplbase) to GPL-compatible modules only"
	run -0 insmod ./gpluser.o
	rmmod gpluser gplbase
}

@test "init_module that fails or returns a positive value leaves nothing" {
	run -1 insmod ./refuse.o
	[ "${lines[0]}" = "insmod: ./refuse.o: init_module: No such device" ]
	run -1 insmod ./refuse.o result=5
	[ "${lines[0]}" = "insmod: ./refuse.o: init_module: Device or resource busy" ]
	run -0 insmod ./refuse.o result=0
	rmmod refuse
}

@test "a module made for another kernel version; -f loads it and taints" {
	run -1 insmod ./oldversion.o
	prints "insmod: ./oldversion.o: kernel-module version mismatch
	./oldversion.o was compiled for kernel version 2.4.20
	while this kernel is version 2.4.27-modstack."
	run -1 insmod -q ./oldversion.o
	prints ""
	run -0 insmod -f ./oldversion.o
	[ "${lines[0]}" = "insmod: ./oldversion.o: warning: kernel-module version mismatch" ]
	[ "$(kcall cat /proc/sys/kernel/tainted)" = 3 ]
	rmmod oldversion
}

@test "licences taint, after success only" {
	run -0 insmod ./proprietary.o
	prints "insmod: ./proprietary.o: warning: loading ./proprietary.o will taint the kernel: non-GPL license - Proprietary
insmod: ./proprietary.o: hint: insmod(8) tells what a tainted kernel is
Module proprietary loaded, with warnings"
	[ "$(kcall cat /proc/sys/kernel/tainted)" = 1 ]
	run -0 lsmod
	[ "${lines[0]}" = "Module                  Size  Used by    Tainted: P  " ]
	kcall write /proc/sys/kernel/tainted 0
	run -1 insmod ./proprietary.o # taken
	[ "$(kcall cat /proc/sys/kernel/tainted)" = 0 ]
	rmmod proprietary
}

@test "who is not root gets EPERM" {
	not_by_native_tool
	cp base.o "$KSTUB" # the tree may lie where nobody may look
	run_as_nobody "$(command -v insmod)" "$KSTUB/base.o"
	[ "$status" -eq 1 ]
	prints "insmod: $KSTUB/base.o: create_module: Operation not permitted"
}
