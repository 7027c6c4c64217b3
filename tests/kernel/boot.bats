#!/usr/bin/env bats
# How a kernel comes up and goes down, seen from outside.

load ../world

teardown() {
	if [ -n "${KSTUB-}" ] && kstub status --dir "$KSTUB" >/dev/null 2>&1; then
		kstub stop --dir "$KSTUB" 3>&-
	fi
	rm -rf "${KSTUB-}"
}

# boot OPTION...: a kernel in a directory of its own; its words in $output.
boot() {
	KSTUB=$(mktemp -d "${TMPDIR:-/tmp}/kstub-test.XXXXXX")
	run kstub start --dir "$KSTUB" "$@" 3>&-
	echo "$output"
}

# The image alone under QEMU: what it said in $output, and $status. (Not by `run`: it takes
# 127 for a command that was not found.)
bare() {
	status=0
	output=$(timeout -k 5 60 qemu-system-i386 -M pc -accel tcg -nodefaults -display none \
		-no-reboot -m 64 -device isa-debug-exit,iobase=0xf4,iosize=4 -serial stdio \
		-kernel "$O/kernel.elf" "$@" </dev/null 3>&-) || status=$?
	output=$(tr -d '\r' <<<"$output")
	echo "$output"
}

@test "start tells how to find the kernel, stop ends it cleanly" {
	boot
	[ "$status" -eq 0 ]
	[ "${lines[1]}" = "export KSTUB=$KSTUB" ]
	kstub stop --dir "$KSTUB" 3>&-
	run kstub status --dir "$KSTUB"
	[ "$status" -eq 1 ]
	[[ $output = "not running: powered off, at "* ]]
}

@test "a panic during boot is reported with the end of the log" {
	boot --append panic=test
	[ "$status" -eq 1 ]
	[[ $output = *"the kernel panicked"* ]]
	[[ $output = *"Kernel panic: asked for on the command line"* ]]
	[[ $output =~ \]\ kernel_main\+0x[0-9a-f]+/0x[0-9a-f]+ ]]
	run kstub status --dir "$KSTUB"
	[ "$status" -eq 1 ]
	[[ $output = "not running: the kernel panicked"* ]]
}

@test "reserved memory is listed, and with free memory is all there is" {
	boot
	[ "$status" -eq 0 ]
	run kstub dmesg --dir "$KSTUB"
	# memory: 65016 KiB RAM, 64364 KiB free, 652 KiB reserved:
	#   00100000-00139fff kernel
	read -r total free reserved <<<"$(sed -n 's/^memory: \([0-9]*\) KiB RAM, \([0-9]*\) KiB free, \([0-9]*\) KiB reserved:$/\1 \2 \3/p' <<<"$output")"
	[ "$total" -gt 64000 ] && [ "$total" -le 65536 ]
	[ $((free + reserved)) -eq "$total" ]
	local sum=0 range
	# shellcheck disable=SC2013
	for range in $(sed -n '/^memory:/,/^paging/s/^  \([0-9a-f]*-[0-9a-f]*\) .*/\1/p' <<<"$output"); do
		sum=$((sum + (0x${range#*-} + 1 - 0x${range%-*}) / 1024))
	done
	[ "$sum" -eq "$reserved" ]
}

@test "little and much memory: 16 MiB suffice, of 1024 MiB it uses 768" {
	local size
	for size in 16:16384 1024:786432; do
		boot --memory "${size%:*}"
		[ "$status" -eq 0 ]
		run kstub dmesg --dir "$KSTUB"
		local kib
		kib=$(sed -n 's/^memory: \([0-9]*\) KiB RAM.*/\1/p' <<<"$output")
		[ "$kib" -le "${size#*:}" ]
		[ "$kib" -gt $((${size#*:} - 1024)) ]
		kstub stop --dir "$KSTUB" 3>&-
		rm -rf "$KSTUB"
	done
}

@test "loglevel keeps the console quiet, the log has everything" {
	boot --append loglevel=1
	[ "$status" -eq 0 ]
	[ ! -s "$KSTUB/console.log" ]
}

@test "without an initramfs the kernel says so and panics" {
	bare -cpu pentium2
	[ "$status" -eq 127 ]
	grep -q '^Kernel panic: no initramfs' <<<"$output"
}

@test "a CPU without PAE is told apart, not tripped over" {
	bare -cpu pentium
	[ "$status" -eq 127 ]
	[ "$output" = "kernel: this CPU has no physical address extension (pentium2 or later is needed)" ]
}
