#!/usr/bin/env bats
# A kernel that has only the classic questions of query_module: the tools fetch everything, and
# come to the same results as with a kernel that looks names up for them.

bats_require_minimum_version 1.5.0
load ../world

setup_file() {
	world_start
	CLASSIC=$(mktemp -d "${TMPDIR:-/tmp}/kstub-classic.XXXXXX")
	export CLASSIC
	"$TOP/tests/lib/classic.py" "$CLASSIC" "$KSTUB" 3>&- &
	echo $! >"$CLASSIC/pid"
	until_true 10 test -S "$CLASSIC/syscall.sock"
}

teardown_file() {
	kill "$(cat "$CLASSIC/pid")"
	rm -rf "$CLASSIC"
	world_stop
}

setup() {
	world_reset
	cd "$TESTMODULES" || return 1
}

classic() { KSTUB=$CLASSIC "$@"; }

# same COMMAND...: prints the same and ends alike on both; never mind the status.
same() {
	local here there
	here=$("$@" 2>&1; echo "status $?")
	there=$(classic "$@" 2>&1; echo "status $?")
	diff -u --label classic --label "looked up" <(echo "$there") <(echo "$here")
}

@test "the classic kernel does not know the new questions" {
	run -1 classic kcall query_module NULL 65 out:4096 4096 out:4
	[[ $output == *"Invalid argument"* ]]
	run -0 kcall query_module NULL 65 out:4096 4096 out:4
}

@test "lsmod shows the same" {
	insmod ./base.o
	insmod ./mid.o
	insmod -k ./other.o
	same lsmod
	same lsmod --json
	same lsmod --dot
}

@test "insmod links the same: providers, their order, what is missing" {
	same insmod -n -m ./mid.o
	insmod ./base.o
	insmod -o second ./base.o
	insmod ./other.o
	insmod ./mid.o
	for object in base mid top other gplbase gpluser gplthief globals params verbase \
		veruser missing; do
		same insmod -n --json "./$object.o"
	done
	insmod ./gplbase.o
	insmod ./verbase.o
	same insmod -n --json ./gpluser.o
	same insmod -n --json ./gplthief.o
	same insmod -n --json ./veruser.o
}

@test "the newest provider wins" {
	insmod -o first ./base.o
	insmod -o second ./base.o
	[ "$(insmod -n --json ./mid.o | jq -c .depends)" = '["second"]' ]
	[ "$(classic insmod -n --json ./mid.o | jq -c .depends)" = '["second"]' ]
	rmmod second
	[ "$(insmod -n --json ./mid.o | jq -c .depends)" = '["first"]' ]
}

@test "loading and unloading works on both" {
	classic insmod ./base.o
	run -1 classic insmod ./base.o
	[[ $output == *"a module named base already exists" ]]
	same insmod ./base.o
	classic insmod ./mid.o
	[ "$(lsmod --json | jq -c '.[1].refs')" = '["mid"]' ]
	classic rmmod mid base
	run -0 lsmod --json
	prints "[]"
}
