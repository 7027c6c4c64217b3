#!/usr/bin/env bats
# ksyms lists exported symbols

bats_require_minimum_version 1.5.0
load ../world
setup_file() { world_start; }
teardown_file() { world_stop; }
setup() {
	world_reset
	cd "$TESTMODULES" || return 1
}

@test "modules' symbols in columns, newest module first" {
	insmod -y ./base.o
	insmod -y ./mid.o
	run -0 ksyms
	[ "${lines[0]}" = "Address   Symbol                            Defined by" ]
	run -0 bash -c "ksyms -h | sed 's/^[0-9a-f]\{8\}//'"
	# within a module: as the compiler left them
	output=${lines[0]}$'\n'$(printf '%s\n' "${lines[@]:1}" | sort)
	prints "  mid_twice                         [mid]
  base_add                          [base]
  base_count                        [base]"
}

@test "-m adds each module's address and size in KiB" {
	insmod -y ./base.o
	addr=$(lsmod --json | jq '.[0].address')
	size=$(($(lsmod --json | jq '.[0].size + 1023') / 1024))
	run -0 ksyms -m
	[ "${lines[1]}" = "$(printf '%08x  %-32s  [base]' "$addr" "(${size}k)")" ]
	[ ${#lines[@]} -eq 4 ]
}

@test "-a adds the kernel's symbols: what /proc/ksyms says" {
	insmod -y ./base.o
	run -0 bash -c "ksyms -ah | sed 's/ *\$//; s/  */ /g' | sort"
	prints "$(kcall cat /proc/ksyms | tr '\t' ' ' | sort)"
	[[ $output == *" printk"* ]]
}

@test "--json" {
	insmod -y ./base.o
	run -0 jq -c '[.[] | [.name, .module]] | sort' <(ksyms --json)
	prints '[["base_add","base"],["base_count","base"]]'
	run -0 jq -c '.[] | select(.name == "printk").module' <(ksyms -a --json)
	prints null
}

@test "usage: -h is no header, -H is help" {
	run -0 ksyms -h
	prints ""
	run -0 ksyms -H
	[[ ${lines[0]} == "usage: ksyms "* ]]
	run -2 ksyms -Z
	run -2 ksyms extra
}
