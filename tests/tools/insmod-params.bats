#!/usr/bin/env bats
# insmod sets parameters; the module's own init checks the values it got

bats_require_minimum_version 1.5.0
load ../world
setup_file() { world_start; }
teardown_file() { world_stop; }
setup() {
	world_reset
	cd "$TESTMODULES" || return 1
}

# letters TEXT: the sum of its characters, as params.c adds them up
letters() {
	local sum=0 i c
	for ((i = 0; i < ${#1}; i++)); do
		printf -v c %d "'${1:i:1}"
		sum=$((sum + c))
	done
	echo $sum
}

@test "a wrong sum is refused: the module does look at its parameters" {
	run -1 insmod ./params.o sum=1
	[ "${lines[0]}" = "insmod: ./params.o: init_module: Numerical argument out of domain" ]
}

@test "defaults stay without parameters" {
	sum=$((1 + 2 + 3 + 1 + 2 + 3 + 4 + $(letters default) + $(letters abc)))
	run -0 insmod ./params.o sum=$sum
	prints ""
}

@test "every type takes its value: decimal, octal, hexadecimal, negative, strings, arrays" {
	sum=$((-5 + 0x123 + 010 + 7 + 8 + 9 + 4 + $(letters hi) + $(letters sixsix7)))
	run -0 insmod ./params.o byte=-5 word=0x123 number=010 several=7,8,9 text=hi fixed=sixsix7 sum=$sum
	prints ""
}

@test "a quoted string holds commas and escapes" {
	sum=$((1 + 2 + 3 + 10 + $(letters 'a,b"c') + $(letters abc) + 10))
	run -0 insmod ./params.o 'text="a,b\"c\n"' sum=$sum
	prints ""
}

@test "an unknown parameter is ignored with a warning" {
	run -0 insmod ./params.o nosuch=1
	prints "insmod: ./params.o: warning: ignoring nosuch=1, no such parameter in this module
Module params loaded, with warnings"
}

@test "bad values are refused before the kernel is asked" {
	while IFS='|' read -r assignment text; do
		run -1 insmod ./params.o "$assignment"
		prints "insmod: ./params.o: $text"
	done <<-'END'
		number=abc|invalid argument syntax for number: 'a'
		number=1,2|too many values for number (max 1)
		several=1|too few values for several (min 2)
		several=1,2,3,4,5|too many values for several (max 4)
		fixed=eightlong|string too long for fixed (max 7)
		text="open|improperly terminated string argument for text
	END
	run -0 lsmod --json
	prints "[]"
}

@test "values out of the element's range and empty elements are errors" {
	for assignment in byte=256 byte=-129 word=65536 number=4294967296 several=1,,3 number=; do
		run -1 insmod ./params.o "$assignment"
		[[ $output == "insmod: ./params.o: "*"${assignment%%=*}"* ]]
	done
}

@test "an argument that is no assignment is refused" {
	run -1 insmod ./params.o number
	prints "insmod: ./params.o: number: a parameter is symbol=value"
	run -1 insmod ./params.o =1
	prints "insmod: ./params.o: =1: a parameter is symbol=value"
}
