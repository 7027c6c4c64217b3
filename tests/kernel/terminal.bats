#!/usr/bin/env bats
# The terminal on the serial line behaves as Linux's does, keystroke by keystroke.

@test "line editing, echo, signals, raw modes and job control give what Linux gives" {
	cd "$BATS_TEST_DIRNAME/../.." || return 1
	O=${O:-build}
	make -s "O=$O" "$O/terminal_test.cpio" "$O/kernel.elf" 3>&-
	"$O/guest/terminal_test" exists || skip "this Linux runs no i386 programs"
	TERMINAL_TEST=$O/guest/terminal_test timeout -k 5 60 tests/kernel/terminal.py \
		>"$BATS_TEST_TMPDIR/linux" 3>&-
	grep -q "end>" "$BATS_TEST_TMPDIR/linux"
	timeout -k 5 60 tests/kernel/terminal.py timeout -k 5 50 qemu-system-i386 -M pc \
		-accel tcg -cpu pentium2,+nx -nodefaults -display none -no-reboot -m 64 \
		-device isa-debug-exit,iobase=0xf4,iosize=4 -serial stdio \
		-kernel "$O/kernel.elf" -initrd "$O/terminal_test.cpio" \
		-append init=/terminal_test >"$BATS_TEST_TMPDIR/guest" 3>&-
	diff "$BATS_TEST_TMPDIR/linux" "$BATS_TEST_TMPDIR/guest"
}
