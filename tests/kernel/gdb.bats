#!/usr/bin/env bats
# make debug: gdb from the first instruction on, and the symbols of modules

bats_require_minimum_version 1.5.0
load ../world

setup() {
	command -v gdb >/dev/null || skip "gdb is not installed"
	said=$BATS_TEST_TMPDIR/gdb
}

# Run scripts/debug with gdb's commands from stdin, in the background; $KSTUB becomes its
# kernel. It ends when that kernel ends.
debug() {
	cat >"$BATS_TEST_TMPDIR/commands"
	timeout 120 "$TOP/scripts/debug" -batch -x "$BATS_TEST_TMPDIR/commands" \
		3>&- </dev/null >"$said" 2>&1 &
	until_true 60 grep -q 'export KSTUB=' "$said"
	KSTUB=$(sed -n 's/.*export KSTUB=//p' "$said")
	export KSTUB
	until_true 60 kcall getpid >/dev/null 2>&1
}

@test "it boots under gdb; a module's symbols come and go with it, a breakpoint in it has file and line" {
	line=$(grep -n '^static ssize_t chardev_read' "$TOP/kernel-stub/modules/chardev.c")
	debug <<-'END'
		set breakpoint pending on
		break chardev_read
		commands 2
		  silent
		  backtrace 1
		  print text
		  continue
		end
		continue
		continue
	END
	run -0 insmod "$MODULES/slhc.o"
	run -0 insmod "$MODULES/chardev.o"
	run -0 kcall cat /dev/chardev
	prints "This is /dev/chardev. Write something else here."
	run -0 rmmod chardev
	run -0 insmod "$MODULES/chardev.o"
	run -0 kcall cat /dev/chardev
	kstub stop
	wait || true
	cat "$said"
	grep -q 'Breakpoint 1, kernel_main (.*kernel-stub/init/main.c:' "$said"
	[ "$(grep -cxF "[chardev: symbols from $MODULES/chardev.o]" "$said")" = 2 ]
	[ "$(grep -cxF "[slhc: symbols from $MODULES/slhc.o]" "$said")" = 1 ]
	# each reads to the end: two calls
	stops=$(grep -E '^#0 .*chardev_read \(.*, count=[0-9]+, .*\) at .*modules/chardev.c:[0-9]+$' "$said")
	[ "$(wc -l <<<"$stops")" = 4 ]
	while read -r at; do
		[ "$at" -ge "${line%%:*}" ] && [ "$at" -le $((${line%%:*} + 3)) ]
	done < <(grep -oE '[0-9]+$' <<<"$stops")
	grep -qF 'This is /dev/chardev. Write' "$said"
	run ! grep 'Traceback\|rror: ' "$said"
}
