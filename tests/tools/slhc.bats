#!/usr/bin/env bats
# slhc and slhcdev: packets go through the compressor and come back the same; the sizes and
# change masks are those RFC 1144 gives

bats_require_minimum_version 1.5.0
load ../world
setup_file() { world_start; }
teardown_file() { world_stop; }
setup() {
	world_reset
	insmod "$MODULES/slhc.o"
	insmod "$MODULES/slhcdev.o"
}

@test "TCP streams come back as they were; headers take what RFC 1144 says" {
	run -0 "$O/testbin/vjstream"
	# 40 bytes uncompressed, then mask and checksum: 3.3.3, special case *SA: 0x0f
	[ "${lines[0]}" = "bulk packets 101, headers 4040 340 bytes, the last starts with 8f" ]
	# echoed typing, special case SA: 0x0b, with the push bit 0x10
	[ "${lines[1]}" = "telnet packets 101, headers 4040 340 bytes, the last starts with 9b" ]
	# an acknowledgement of 1024 more takes three bytes
	[ "${lines[2]}" = "acks packets 101, headers 4040 640 bytes, the last starts with 84" ]
	[[ ${lines[3]} == "mixed packets 2000, "* ]]
	[[ ${lines[5]} == "loss dropped 1, then headers 4" ]]
}

@test "what no compressor sent is dropped" {
	run -0 "$O/testbin/vjstream" garbage
	[ "$output" = "garbage done" ]
	run -0 "$O/testbin/vjstream"
}

@test "the stack: slhc is needed, then not" {
	run lsmod
	[[ $output == *"slhc "*"[slhcdev]"* ]]
	run -1 rmmod slhc
	rmmod slhcdev
	rmmod slhc
	run lsmod
	[ "${#lines[@]}" = 1 ]
}

@test "slots out of range: no device, no module" {
	rmmod slhcdev
	run -1 insmod "$MODULES/slhcdev.o" slots=0
	[[ $output == *"init_module: Invalid argument"* ]]
	run -1 kcall open /dev/slhc 2
}
