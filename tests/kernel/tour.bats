#!/usr/bin/env bats
# make run without a terminal: the guided tour

bats_require_minimum_version 1.5.0
load ../world

@test "the tour works, shows its commands and ends its kernel" {
	run -0 --separate-stderr timeout 60 "$TOP/scripts/run" </dev/null 3>&-
	[ "${lines[-1]}" = "All of it worked." ]
	grep -qxF '$ insmod slhcdev.o' <<<"$output"
	grep -qF 'rmmod: slhc: Device or resource busy' <<<"$output"
	dir=$(sed -n '1s/.* in //p' <<<"$output")
	[ -n "$dir" ]
	[ ! -e "$dir" ]
}

@test "the tour fails when something does not work" {
	mkdir "$BATS_TEST_TMPDIR/o"
	cp -r "$O/bin" "$O/modules" "$O/root" "$O/kernel.elf" "$O/initramfs.cpio" "$BATS_TEST_TMPDIR/o"
	cp "$O/modules/hello.o" "$BATS_TEST_TMPDIR/o/modules/initfail.o"
	O=$BATS_TEST_TMPDIR/o run -1 timeout 60 "$TOP/scripts/run" </dev/null 3>&-
	[ "${lines[-1]}" = "make run: insmod initfail.o should have been refused" ]
}
