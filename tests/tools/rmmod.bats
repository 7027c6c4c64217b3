#!/usr/bin/env bats
# rmmod: names, stacks, sweeps

bats_require_minimum_version 1.5.0
load ../world
setup_file() { world_start; }
teardown_file() { world_stop; }
setup() {
	world_reset
	cd "$TESTMODULES" || return 1
}

stack() {
	for m in base mid top other; do
		insmod -y ./$m.o
	done
}

loaded() {
	lsmod --json | jq -r '[.[].name] | join(" ")'
}

@test "several names, in the given order" {
	stack
	run -0 rmmod top mid other base
	prints ""
	[ -z "$(loaded)" ]
}

@test "all names are tried, each failure is told, status 1" {
	stack
	run -1 rmmod base nosuch top mid
	prints "rmmod: base: Device or resource busy
rmmod: hint: base is in use by: other
rmmod: module nosuch is not loaded"
	[ "$(loaded)" = "other base" ]
}

@test "the name of a file is not that of its module, which is told" {
	run -1 rmmod ./base.o
	prints "rmmod: module ./base.o is not loaded
rmmod: hint: the module of that file is called base"
}

@test "- and _ are equal" {
	insmod -o one-two_three ./base.o
	run -0 rmmod one_two-three
	prints ""
	[ -z "$(loaded)" ]
}

@test "-r takes what the module stood on, if nobody else does" {
	stack
	run -0 rmmod -r top
	[ "$(loaded)" = "other base" ]
	insmod -y ./mid.o
	insmod -y ./top.o
	rmmod other
	run -0 rmmod -r top
	[ -z "$(loaded)" ]
	stack
	run -0 rmmod -r top other
	[ -z "$(loaded)" ]
}

@test "-r refuses what others need" {
	stack
	run -1 rmmod -r mid
	prints "rmmod: mid is in use"
	run -1 rmmod -r base
	prints "rmmod: base is in use"
	[ "$(loaded)" = "other top mid base" ]
}

@test "-r complains about unknown names and does the rest" {
	stack
	run -1 rmmod -r top nosuch
	prints "rmmod: module nosuch is not loaded"
	[ "$(loaded)" = "other base" ]
}

@test "-v tells what went" {
	stack
	run -0 rmmod -rv top other
	prints "other unloaded
top unloaded
mid unloaded
base unloaded"
}

@test "-a sweeps: an idle autoclean module goes on the second pass, others stay" {
	insmod ./base.o
	insmod -k ./mid.o
	insmod -k ./top.o
	rmmod top # mid has been used now
	run -0 rmmod -a
	run -0 rmmod -a
	[ "$(loaded)" = "base" ]
}

@test "usage" {
	run -2 rmmod
	prints "rmmod: which module?
Try 'rmmod --help'."
	run -2 rmmod -Z x
	run -0 --separate-stderr rmmod -h
	[[ ${lines[0]} == "usage: rmmod "* ]]
	run -0 --separate-stderr rmmod -V
	[[ $output == "rmmod (modstack) "* ]]
}

@test "who is not root gets EPERM" {
	insmod ./base.o
	run_as_nobody "$(command -v rmmod)" base
	[ "$status" -eq 1 ]
	prints "rmmod: base: Operation not permitted"
	[ "$(loaded)" = base ]
}
