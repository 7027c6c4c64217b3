#!/usr/bin/env bats
# Random module system calls and damaged frames: the short form of make fuzz-kernel

bats_require_minimum_version 1.5.0
load ../world

setup_file() { world_start; }
teardown_file() { world_stop; }

@test "thousands of random calls and damaged frames: the kernel lives, its memory is accounted for" {
	run -0 timeout 200 "$O/testbin/fuzz_gateway" 6000 $RANDOM
	[ "$(grep -c ' succeeded$' <<<"$output")" = 5 ]
	# all were made, and none only failed
	run ! grep -E ' +0 (made|succeeded)' <<<"$output"
	run -0 kstub status
}
