#!/usr/bin/env bats
# the bundled modules hello, param, chardev, initfail, initpositive

bats_require_minimum_version 1.5.0
load ../world
setup_file() { world_start; }
teardown_file() { world_stop; }
setup() {
	world_reset
	cd "$MODULES" || return 1
}

# The last lines of the kernel's log that begin with NAME:, without their level.
log_of() { # NAME LINES
	kcall syslog 3 out:16000 16000 | sed -n "s/^<[0-7]>\($1: .*\)/\1/p" | tail -n "$2"
}

registered() {
	kcall cat /proc/ioports
	kcall cat /proc/devices
}

@test "hello says so" {
	insmod ./hello.o
	[ "$(log_of hello 1)" = "hello: loaded" ]
	rmmod hello
	[ "$(log_of hello 1)" = "hello: unloaded" ]
}

@test "param: every kind of parameter arrives" {
	insmod ./param.o byte=-3 half=0x7fff count=-70000 size=0200 name=eth0 tag=abcdefg \
		'labels="a b",c' ports=0x300,1 levels=5,6 users=x,yy mac=1,2,3,4,5,255
	[ "$(log_of param 4)" = "param: byte=-3 half=32767 count=-70000 size=128
param: name=eth0 tag=abcdefg labels=a b,c
param: ports=0x300,0x1 levels=5,6,0,0
param: users=x,yy,c mac=01:02:03:04:05:ff" ]
}

@test "param: the defaults are those of the source" {
	insmod ./param.o
	[ "$(log_of param 4)" = "param: byte=1 half=2 count=3 size=4
param: name=none tag=tag labels=left,right
param: ports=0x300,0x310 levels=0,0,0,0
param: users=a,b,c mac=00:00:00:00:00:00" ]
}

@test "chardev: an open file keeps the module busy, closing lets it go" {
	insmod ./chardev.o
	run -1 kcall open /dev/chardev 2 , delete_module chardev , write %0 =hello 5 , close %0
	[ "${lines[1]}" = "-1 EBUSY (Device or resource busy)" ]
	run -0 kcall open /dev/chardev 0 , read %0 out:100 100
	[[ $output == *hello* ]]
	run -0 lsmod
	[[ $output == *"chardev"*"   0 "* ]]
	rmmod chardev
	run -1 kcall open /dev/chardev 0
}

@test "chardev: a major that is taken is refused, the first stays" {
	insmod ./chardev.o major=42
	run -1 insmod -o second ./chardev.o major=42
	[[ $output == *"init_module: Device or resource busy"* ]]
	run -0 lsmod
	[[ $output == *chardev* && $output != *second* ]]
}

@test "initfail: its error arrives, and nothing of it stays" {
	before=$(registered)
	run -1 insmod ./initfail.o
	[[ $output == *"init_module: No such device"* ]]
	run -1 insmod ./initfail.o result=-5
	[[ $output == *"init_module: Input/output error"* ]]
	[ "$before" = "$(registered)" ]
	run -0 lsmod
	[ "${#lines[@]}" = 1 ]
}

@test "initpositive: a positive result is EBUSY" {
	run -1 insmod ./initpositive.o
	[[ $output == *"init_module: Device or resource busy"* ]]
	run -1 insmod ./initfail.o result=7
	[[ $output == *"init_module: Device or resource busy"* ]]
}
