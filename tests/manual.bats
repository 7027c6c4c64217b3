#!/usr/bin/env bats
# The manual says what there is

load world

calls() { sed -n 's/^SYSCALL([0-9]*, \([a-z0-9_]*\),.*/\1/p' include/abi/syscalls.def; }
named() { sed -n '/syscalls.def; a test/,/^\.Ed/s/^\([a-z0-9_]*\)[,.]$/\1/p' man/kernel-stub.7; }

@test "kernel-stub(7) names no system call that is not there, and forgets none of modules" {
	cd "$BATS_TEST_DIRNAME/.." || return 1
	[ "$(named | wc -l)" -gt 100 ]
	[ -z "$(comm -13 <(calls | sort) <(named | sort))" ]
	[ "$(named | grep -c module)" -eq "$(calls | grep -c module)" ]
}

@test "kernel-stub(7) names the modules that come with it, and no others" {
	cd "$BATS_TEST_DIRNAME/.." || return 1
	diff <(basename -s .c kernel-stub/modules/*.c | sort) \
		<(sed -n '/^These come/,/^\.El/s/^\.It Pa //p' man/kernel-stub.7 | tr -s ' ,' '\n' |
			sort)
}

@test "every option that a tool's --help names is in its manual page" {
	cd "$TOP" || return 1
	for tool in insmod rmmod lsmod modprobe depmod modinfo ksyms kallsyms genksyms kerneld kcall; do
		options=$("$tool" --help | grep -E '^ +-' | sed 's/   .*//' |
			grep -oE -- '(^| )--?[a-zA-Z][a-z-]*' | tr -d ' ' | sort -u)
		[ -n "$options" ]
		for option in $options; do
			grep -qE -- "^\.(It )?Fl (.* , )?${option#-}( |\$)" "man/$tool.8" || {
				echo "man/$tool.8: $option"
				return 1
			}
		done
	done
}
