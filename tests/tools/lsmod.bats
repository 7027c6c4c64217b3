#!/usr/bin/env bats
# lsmod: the classic columns, data, a graph

bats_require_minimum_version 1.5.0
load ../world
setup_file() { world_start; }
teardown_file() { world_stop; }
setup() {
	world_reset
	cd "$TESTMODULES" || return 1
}

# row NAME SIZE COUNT REST: as 2.4's lsmod prints it
row() {
	printf '%-20s%8d%4d %s\n' "$1" "$2" "$3" "$4"
}

size_of() {
	lsmod --json | jq ".[] | select(.name == \"$1\").size"
}

@test "an empty kernel: only the header, with the taint" {
	run -0 lsmod
	prints "Module                  Size  Used by    Not tainted"
	kcall write /proc/sys/kernel/tainted 3
	run -0 lsmod
	prints "Module                  Size  Used by    Tainted: PF "
	kcall write /proc/sys/kernel/tainted 6
	run -0 lsmod
	prints "Module                  Size  Used by    Tainted: GFS"
}

@test "columns: name, size, use count, state, who needs it, newest first" {
	insmod ./base.o
	insmod ./mid.o
	insmod ./other.o
	insmod -k -o a_name_of_more_than_20_letters ./top.o
	run -0 lsmod
	prints "Module                  Size  Used by    Not tainted
$(row a_name_of_more_than_20_letters "$(size_of a_name_of_more_than_20_letters)" 0 ' (autoclean) (unused)')
$(row other "$(size_of other)" 0 ' (unused)')
$(row mid "$(size_of mid)" 0 ' [a_name_of_more_than_20_letters]')
$(row base "$(size_of base)" 0 ' [other mid]')"
}

@test "a module that is created and not initialised is shown so" {
	run -0 kcall create_module half 4096 -- lsmod
	[ "${lines[-1]}" = "$(row half 4096 0 ' (uninitialized)')" ]
}

@test "the kernel's own list has the same facts" {
	insmod ./base.o
	insmod ./mid.o
	insmod -k ./top.o
	# /proc/modules has one blank less before the state, and none at the end
	run -0 bash -c "lsmod | sed '1d; s/  \([([]\)/ \1/; s/ \$//'"
	prints "$(kcall cat /proc/modules)"
}

@test "--json" {
	insmod ./base.o
	insmod -k ./mid.o
	run -0 jq -c '.[] | [.name, .usecount, .state, .autoclean, .unused, .refs]' <(lsmod --json)
	prints '["mid",0,"running",true,true,[]]
["base",0,"running",false,false,["mid"]]'
	run -0 jq -e 'all(.[]; .address >= 3221225472 and .size > 96)' <(lsmod --json)
}

@test "--dot draws who needs whom" {
	insmod ./base.o
	insmod ./mid.o
	insmod ./other.o
	run -0 lsmod --dot
	prints 'digraph modules {
	"other";
	"mid";
	"base";
	"other" -> "base";
	"mid" -> "base";
}'
}

@test "round trips are the same with 1 and with 100 modules" {
	not_by_native_tool
	trips() { MODTOOLS_TRACE=ksys lsmod 2>&1 | grep -c '^# round trip'; }
	insmod ./base.o
	one=$(trips)
	for i in {1..99}; do
		insmod -o "m$i" ./base.o
	done
	[ "$(lsmod --json | jq length)" -eq 100 ]
	[ "$(trips)" -eq "$one" ]
	[ "$one" -eq 1 ]
}

@test "listing needs no privilege" {
	insmod ./base.o
	run_as_nobody "$(command -v lsmod)"
	[ "$status" -eq 0 ]
	[[ ${lines[1]} == "base "* ]]
}

@test "usage" {
	run -2 lsmod extra
	prints "lsmod: takes no arguments
Try 'lsmod --help'."
	run -2 lsmod -Z
	run -0 --separate-stderr lsmod -h
	[[ ${lines[0]} == "usage: lsmod "* ]]
	run -0 --separate-stderr lsmod -V
	[[ $output == "lsmod (modstack) "* ]]
}
