#!/usr/bin/env bats
# Processes: process_test.c as the first program of a booted kernel, and under Linux itself.

setup_file() {
	cd "$BATS_TEST_DIRNAME/../.." || return 1
	O=${O:-build}
	case $O in /*) ;; *) O=$PWD/$O ;; esac
	export O LOG=$BATS_FILE_TMPDIR/log
	make -s "O=$O" "$O/process_test.cpio" "$O/kernel.elf" 3>&- || return 1
	local status=0
	timeout -k 5 100 qemu-system-i386 -M pc -accel tcg -cpu pentium2,+nx -nodefaults \
		-display none -no-reboot -m 64 -device isa-debug-exit,iobase=0xf4,iosize=4 \
		-serial stdio -kernel "$O/kernel.elf" -initrd "$O/process_test.cpio" \
		-append init=/process_test </dev/null 3>&- >"$LOG.raw" ||
		status=$?
	echo "$status" >"$LOG.status"
	tr -d '\r' <"$LOG.raw" >"$LOG"
}

# group NAME: every test of the group was run and passed in the guest.
group() {
	grep -a "^not ok $1: " "$LOG" && return 1
	grep -a "^ok $1: " "$LOG"
	[ "$(grep -ac "^ok $1: " "$LOG")" -eq \
		"$(grep -c "^[[:space:]]*{\"$1: " "$BATS_TEST_DIRNAME/process_test.c")" ]
}

@test "the kernel lives to the end of the tests and powers off" {
	tail -n 20 "$LOG"
	[ "$(cat "$LOG.status")" -eq 33 ]
	grep -qx "done" "$LOG"
}

@test "fork copies memory when it is written" { group fork; }
@test "wait4 reports every way to end" { group wait4; }
@test "vfork lends memory and waits" { group vfork; }
@test "execve starts programs and scripts, and refuses the rest" { group execve; }
@test "orphans go to init" { group exit; }
@test "pipes carry bytes in order, and end" { group pipe; }
@test "poll and select wait for descriptors" { group poll && group select; }
@test "signals are delivered, blocked, restarted, and handlers return" { group signals; }
@test "a fault kills the process with the right signal and nothing else" { group faults; }
@test "memory is mapped, protected, given back; threads' and FPU state is each one's own" {
	group memory
}
@test "a wild pointer gets EFAULT from every call" { group pointers; }
@test "files, names, links, directories" { group files; }
@test "users other than root are held off" { group users; }
@test "clocks run and sleepers wake in time" { group time; }
@test "whoever takes all of something is stopped, and all of it comes back" { group limits; }
@test "a module that was not initialised goes with the process that made it" { group modules; }

@test "Linux agrees with every answer the tests expect" {
	[ "$(id -u)" -eq 0 ] || skip "needs root for a root directory of its own"
	root=$BATS_TEST_TMPDIR/root
	mkdir -p "$root/tmp"
	chmod 1777 "$root/tmp"
	cp "$O/guest/process_test" "$root/"
	chroot "$root" /process_test >"$BATS_TEST_TMPDIR/linux" || [ $? -ne 126 ] ||
		skip "this Linux runs no i386 programs"
	grep -v '^ok' "$BATS_TEST_TMPDIR/linux"
	[ "$(grep -v '^ok' "$BATS_TEST_TMPDIR/linux")" = "done" ]
}

@test "random system calls leave the kernel up and all its memory free" {
	make -s "O=$O" "$O/syscall_fuzz.cpio" 3>&-
	seed=${SEED:-$RANDOM}
	run timeout -k 5 150 scripts/fuzz-syscalls 30000 "$seed" 3>&-
	echo "$output"
	[ "$status" -eq 0 ]
	[ "${lines[-1]}" = "fuzz: done" ]
	[[ $output =~ fuzz:\ ([0-9]+)\ calls\ made,\ ([0-9]+)\ succeeded ]]
	[ "${BASH_REMATCH[1]}" -ge 30000 ]
	[ "${BASH_REMATCH[2]}" -ge 5000 ]
}
