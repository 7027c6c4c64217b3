#!/usr/bin/env bats
# no kernel, a kernel that goes away, a tool that goes away

bats_require_minimum_version 1.5.0
load ../world
setup() {
	world_start
	cd "$TESTMODULES" || return 1
	mkfifo "$BATS_TEST_TMPDIR/fifo"
}
teardown() {
	[ ! -d "$KSTUB" ] || world_stop || true
}

# insmod that has created its module and waits, in writing the image, before init_module
insmod_stopped() {
	insmod -O "$BATS_TEST_TMPDIR/fifo" ./base.o 3>&- >"$BATS_TEST_TMPDIR/out" 2>&1 &
	pid=$!
	until_true 10 half_made
}

half_made() {
	[ "$(lsmod --json | jq -r '.[] | .name + " " + .state')" = "base uninitialized" ]
}

nothing_left() {
	[ "$(lsmod --json)" = "[]" ]
}

@test "no kernel: every tool says where it looked and how to start one" {
	[ "$WORLD" != native ] || skip "a tool in the guest always has a kernel"
	export KSTUB_OLD=$KSTUB
	for tool in "insmod ./base.o" "rmmod base" lsmod ksyms "kcall -- true" "kcall cat /proc/modules"; do
		# shellcheck disable=SC2086
		KSTUB=/nonexistent run $tool
		[ "$status" -ne 0 ]
	done
	KSTUB=/nonexistent run -1 insmod ./base.o
	prints "insmod: no kernel is running at /nonexistent (kstub start boots one)"
	KSTUB='' XDG_RUNTIME_DIR=$BATS_TEST_TMPDIR run -1 lsmod
	prints "lsmod: no kernel is running at $BATS_TEST_TMPDIR/kstub (kstub start boots one)"
}

@test "a directory with a very long name works" {
	deep=$BATS_TEST_TMPDIR/$(printf 'd%.0s' {1..200})
	ln -s "$KSTUB" "$deep"
	KSTUB=$deep run -0 lsmod --json
	prints "[]"
}

@test "insmod killed between create_module and init_module leaves nothing" {
	insmod_stopped
	kill -9 $pid
	wait $pid || true
	until_true 10 nothing_left
	insmod ./base.o
	rmmod base
}

@test "insmod interrupted between create_module and init_module deletes its module" {
	for signal in INT TERM HUP; do
		# a background process of a script ignores SIGINT; env gives it back
		env --default-signal=INT insmod -O "$BATS_TEST_TMPDIR/fifo" ./base.o 3>&- >"$BATS_TEST_TMPDIR/out" 2>&1 &
		pid=$!
		until_true 10 half_made
		kill -$signal $pid
		status=0
		wait $pid || status=$?
		[ $status -eq 1 ]
		nothing_left
		grep -q "^insmod: ./base.o: .*nterrupted" "$BATS_TEST_TMPDIR/out"
	done
}

@test "a kernel that dies between create_module and init_module is told in one sentence" {
	[ "$WORLD" != native ] || skip "a tool in the guest dies with its kernel"
	insmod_stopped
	world_kill
	until_true 10 bash -c '! lsmod 2>/dev/null'
	timeout 60 cat "$BATS_TEST_TMPDIR/fifo" >/dev/null
	status=0
	wait $pid || status=$?
	[ $status -eq 1 ]
	run cat "$BATS_TEST_TMPDIR/out"
	case $WORLD in
	sim) prints "insmod: ./base.o: the kernel went away in the middle of a call" ;;
	*) [[ ${lines[0]} == "insmod: ./base.o: QEMU was killed by signal 9"* ]] ;;
	esac
}

@test "tools at the same time do not disturb each other" {
	for i in {1..20}; do
		insmod -y -o "m$i" ./base.o 3>&- &
		pids+=($!)
	done
	for p in "${pids[@]}"; do
		wait "$p"
	done
	[ "$(lsmod --json | jq length)" -eq 20 ]
	world_reset
	nothing_left
}

initialising() {
	[ "$(lsmod --json | jq -r '.[] | .name + " " + .state')" = "sleepy initializing" ]
}

@test "insmod interrupted while init_module sleeps: the module goes, others load meanwhile" {
	[ "$WORLD" != sim ] || skip "nothing sleeps in the simulator"
	out=$BATS_FILE_TMPDIR/out # native-tool brings the test's own folder back as it was
	for signal in TERM KILL; do
		insmod ./sleepy.o 3>&- >"$out" 2>&1 &
		pid=$!
		until_true 10 initialising
		insmod ./base.o
		rmmod base
		kill -$signal $pid
		wait $pid || true
		until_true 10 nothing_left
		[ $signal = KILL ] || diff <(echo "insmod: ./sleepy.o: interrupted") "$out"
	done
}
