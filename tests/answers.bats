#!/usr/bin/env bats
# what the tools make of a kernel that answers nonsense

bats_require_minimum_version 1.5.0
load world

@test "an answer that makes no sense is an error, said in one sentence" {
	while IFS='|' read -r lie text; do
		KSTUB=$BATS_TEST_TMPDIR/$lie
		mkdir "$KSTUB"
		export KSTUB
		"$TOP/tests/lib/liar.py" "$KSTUB" "$lie" 3>&- &
		until_true 10 test -S "$KSTUB/syscall.sock"
		run -1 kcall query_module NULL 1 out:8 8 out:4
		prints "kcall: $text"
		wait
	done <<-'END'
		magic|the kernel's answer makes no sense: no frame
		seq|the kernel's answer makes no sense: the answer to something else
		type|the kernel's answer makes no sense: not a reply
		count|the kernel's answer makes no sense: another number of calls
		truncated|the kernel's answer makes no sense: truncated
		more|the kernel's answer makes no sense: bytes left over
		overflow|the kernel's answer makes no sense: more data than asked for
		huge|the kernel's answer makes no sense: truncated
		long|the kernel's answer makes no sense: too long
		error|the guest is on fire
		noerror|the kernel went away in the middle of a call
		half|the kernel went away in the middle of a call
		nothing|the kernel went away in the middle of a call
	END
}

@test "a right answer is taken, what was not sent is zero" {
	export KSTUB=$BATS_TEST_TMPDIR
	"$TOP/tests/lib/liar.py" "$KSTUB" none 3>&- &
	until_true 10 test -S "$KSTUB/syscall.sock"
	run -0 kcall query_module NULL 1 out:8 8 out:4
	[ "${lines[0]}" = 0 ]
	[ "${lines[1]}" = hi ]
	[[ ${lines[2]} == "00000000  01 00 00 00 "* ]]
}
