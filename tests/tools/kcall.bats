#!/usr/bin/env bats
# kcall makes single system calls

bats_require_minimum_version 1.5.0
load ../world
setup_file() { world_start; }
teardown_file() { world_stop; }
setup() { world_reset; }

@test "a result, an error by name" {
	run -0 kcall create_module foo 4096
	[[ $output =~ ^0x[c-f][0-9a-f]{7}$ ]]
	run -1 kcall delete_module nosuch
	prints "-1 ENOENT (No such file or directory)"
	run -1 kcall create_module "" 4096
	prints "-1 EINVAL (Invalid argument)"
	run -1 kcall create_module ptr:0x10 4096
	prints "-1 EFAULT (Bad address)"
	run -1 kcall create_module NULL 4096
	prints "-1 EFAULT (Bad address)"
}

@test "several calls travel together; a result is an argument of a later call" {
	run -0 kcall open /proc/sys/kernel/osrelease 0 , read %0 out:100 100 , close %0
	[ "${lines[1]}" = 16 ]
	[ "${lines[2]}" = 2.4.27-modstack ]
	[ "${lines[3]}" = 0 ]
}

@test "out buffers that are no text are dumped" {
	run -0 kcall create_module foo 4096 , query_module foo 5 out:16 16 out:4
	[ "${lines[1]}" = 0 ]
	[[ ${lines[2]} =~ ^00000000\ \ 00\ .0\ [0-9a-f]{2}\ [c-f][0-9a-f]\ 00\ 10\ 00\ 00\  ]]
	[ "${lines[3]:0:22}" = "00000000  10 00 00 00 " ]
}

@test "what a call made lives as long as the command after --" {
	run -0 kcall create_module foo 4096 -- lsmod --json
	[ "$(jq -r '.[0].name' <<<"${lines[1]}")" = foo ]
	run -0 lsmod --json
	prints "[]"
	run -7 kcall create_module foo 4096 -- sh -c 'exit 7'
}

@test "cat and write" {
	run -0 kcall cat /proc/sys/kernel/osrelease
	prints "2.4.27-modstack"
	kcall write /proc/sys/kernel/tainted 2
	run -0 kcall cat /proc/sys/kernel/tainted
	prints 2
	run -1 kcall cat /proc/nosuch
	prints "kcall: /proc/nosuch: No such file or directory"
}

@test "-l lists the calls that travel" {
	run -0 kcall -l
	[[ $output == *"127 create_module(string, number)"* ]]
	[[ $output == *"167 query_module(string, number, out:N, number, out:N)"* ]]
	[[ $output != *" fork("* ]]
}

@test "usage" {
	run -2 kcall
	run -2 kcall nosuchcall
	prints "kcall: nosuchcall: no such call (kcall -l lists them)
Try 'kcall --help'."
	run -2 kcall create_module a 1 2
	prints "kcall: create_module takes 2 arguments
Try 'kcall --help'."
	run -2 kcall create_module a xyz
	prints "kcall: xyz: not a number
Try 'kcall --help'."
	run -2 kcall init_module a xyz
	prints "kcall: xyz: not @FILE or =TEXT
Try 'kcall --help'."
	run -2 kcall create_module a 1 ,
	prints "kcall: a call is missing after the comma
Try 'kcall --help'."
}

@test "the trace prints calls as strace does" {
	export MODTOOLS_TRACE=ksys
	run -1 --separate-stderr kcall delete_module nosuch
	[ "${stderr_lines[1]}" = 'delete_module("nosuch") = -1 ENOENT (No such file or directory)' ]
	run -0 --separate-stderr kcall create_module foo 4096
	[ "${stderr_lines[1]}" = "create_module(\"foo\", 4096) = $output" ]
}
