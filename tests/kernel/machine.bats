#!/usr/bin/env bats
# The bottom of the kernel, by the image of machine_test.c: QEMU's exit status is the verdict.

setup_file() {
	cd "$BATS_TEST_DIRNAME/../.." || return 1
	IMAGE=${O:-build}/machine_test.elf
	[ -e "$IMAGE" ] || make -s "O=${O:-build}" "$IMAGE" 3>&-
	export IMAGE
	cd - >/dev/null || return 1
}

# machine CPU TEST: what it said without the boot messages in $output, and $status. (Not by
# `run`: it takes 127 for a command that was not found.)
machine() {
	status=0
	output=$(timeout -k 5 60 qemu-system-i386 -M pc -accel tcg -cpu "$1" -nodefaults \
		-display none -no-reboot -m 64 -device isa-debug-exit,iobase=0xf4,iosize=4 \
		-serial stdio -kernel "$IMAGE" -append "test=$2" </dev/null 3>&-) || status=$?
	output=$(tr -d '\r' <<<"$output" | sed '1,/^paging:/d')
	echo "$output"
}

passes() {
	machine pentium2,+nx "$1"
	[ "$status" -eq 33 ]
}

# oops TEST CPU: it ends in a panic; $output is the report without addresses and numbers that
# the compiler chooses.
oops() {
	machine "${2:-pentium2,+nx}" "$1"
	[ "$status" -eq 127 ]
	output=$(sed -n 's/^EIP: .*\] /EIP /p
		s/^  \[<[0-9a-f]*>\] /  /p
		/^Oops/p; /^Kernel panic/p; /^Call chain/p' <<<"$output" |
		sed 's/+0x[0-9a-f]*\/0x[0-9a-f]*$//')
	echo "$output"
}

# The report of one fault: WHAT, ERROR CODE, FUNCTION it happened in.
report() {
	cat <<END
Oops: $1, error $2
EIP $3
Call chain:
${4:-  run_test}
  kernel_main
  start
Kernel panic: $1
END
}

@test "kmalloc gives aligned memory nobody else has, and all of it comes back" {
	passes kmalloc
}

@test "kfree of what is not allocated is reported and changes nothing" {
	passes kfree-wrong
	[ "$(grep -c '^kfree: [0-9a-f]* is not allocated, from test_kfree_wrong+' <<<"$output")" -eq 6 ]
}

@test "what a function has allocated can be found by its address" {
	passes kmalloc-walk
}

@test "every page of RAM can be taken, and blocks join again" {
	passes pages
}

@test "module memory is zeroed, not soon reused, unmapped when freed, and has rights" {
	passes module-area
}

@test "device memory can be mapped" {
	passes device-memory
}

@test "a copy that meets the end of user memory says to the byte how far it came" {
	passes user-copy
	passes user-copy-tails
}

@test "strings from user memory end where they should" {
	passes user-strings
}

@test "a fork's pages are shared until one side writes" {
	passes cow
}

@test "kernel memory that is not mapped can be looked at without a fault" {
	passes peek
}

@test "timers fire in order" {
	passes timers
}

@test "the clock never goes back and agrees with the host's" {
	local host
	host=$(date +%s)
	passes clock
	[ $(($(sed -n 's/^clock: //p' <<<"$output") - host)) -le 60 ]
	[ $(($(sed -n 's/^clock: //p' <<<"$output") - host)) -ge 0 ]
}

@test "printf formats are those of C" {
	passes format
}

@test "the log keeps the last 16 KiB, with levels" {
	passes log
}

@test "ring 3 makes system calls and its registers survive them" {
	passes r3-calls
	[ "$output" = "ring 3: exit 3f 4" ]
}

@test "what ring 3 may not do is a trap of its own" {
	local test want
	while read -r test want; do
		passes "$test"
		[ "$output" = "ring 3: $want" ]
	done <<-END
		r3-privileged trap d 8048000
		r3-null page fault 0 4
		r3-kernel page fault c0100000 5
		r3-write-text page fault 8048000 7
		r3-divide trap 0 8048002
		r3-vector trap d 8048000
		r3-breakpoint trap 3 8048001
		r3-jump-stack page fault 9000000 15
		r3-bad-cs trap d 8048000
	END
}

@test "an invalid selector is null when ring 3 gets it back" {
	passes r3-bad-gs
	[ "$output" = "ring 3: exit 3f 4" ]
}

@test "faults in ring 0 are reported with the function and its callers, and stop the machine" {
	local test code what
	while read -r test code what; do
		oops "$test"
		diff <(report "$what" "$code" "fault_$test") <(echo "$output")
	done <<-END
		null 0002 page fault: null pointer
		text 0003 page fault: write to read-only memory
		rodata 0003 page fault: write to read-only memory
		user 0002 page fault: write to unmapped memory
		guard 0002 page fault: write to unmapped memory
		freed 0002 page fault: write to unmapped memory
		divide 0000 divide error
		opcode 0000 invalid opcode
		selector 1234 general protection fault
	END
}

@test "a jump to nowhere shows who jumped" {
	oops jump
	diff <(report "page fault: jump into unmapped memory" 0010 0xf1000000 \
		$'  fault_jump\n  run_test') <(echo "$output")
}

@test "data cannot be executed" {
	oops data
	[[ $output = "Oops: page fault: jump into memory that is not code, error 0011"* ]]
	[[ $output = *$'\n  fault_data\n  run_test\n'* ]]
}

@test "without NX in the CPU all else holds" {
	machine pentium2 data
	[ "$status" -eq 33 ]
	[ "$output" = "data was executed" ]
	oops text pentium2
	diff <(report "page fault: write to read-only memory" 0003 fault_text) <(echo "$output")
	machine pentium2 cow
	[ "$status" -eq 33 ]
}

@test "a stack that overflows is a report, not a reset" {
	oops stack
	[[ $output = "Oops: double fault: kernel stack overflow, error 0000"* ]]
	[[ $output = *$'\n  fault_stack\n  run_test\n  kernel_main\n  start\n'* ]]
}

@test "panic shows its message and who called it" {
	oops panic
	diff - <(echo "$output") <<-END
		Kernel panic: with 1 arguments
		Call chain:
		  fault_panic
		  run_test
		  kernel_main
		  start
	END
}

@test "oops-decode finds what kstub would boot, and says what it cannot read" {
	local top=$BATS_TEST_DIRNAME/../.. line='  [<c0100000>] sys_read+0x26/0x40'
	local decode=$top/scripts/oops-decode built
	built=$(cd "$top" && cd "${O:-build}" && pwd)
	[ -e "$built/kernel.elf" ] || make -s -C "$top" "O=$built" "$built/kernel.elf" 3>&-
	run env -u KSTUB_IMAGE "O=$built" "$decode" <<<"$line"
	[ "$status" -eq 0 ]
	[[ $output = "$line at "*"/kernel-stub/fs/read_write.c:"* ]]
	run env KSTUB_IMAGE=/nonexistent "$decode" <<<"$line"
	[ "$status" -eq 1 ]
	[ "$output" = "oops-decode: /nonexistent/kernel.elf: cannot be read; has it been built (make)?" ]
	run env "O=$built" "$decode" /nonexistent
	[ "$status" -eq 1 ]
	[ "$output" = "oops-decode: /nonexistent: cannot be read" ]
}
