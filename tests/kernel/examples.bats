#!/usr/bin/env bats
# The examples of the manual pages: each command prints what the page says. Numbers may differ.

bats_require_minimum_version 1.5.0
load ../world

setup() {
	export KSTUB=$BATS_TEST_TMPDIR/kstub
	mkdir "$BATS_TEST_TMPDIR/build"
	cp "$MODULES"/*.o "$BATS_TEST_TMPDIR"
	ln -s "$O/root" "$BATS_TEST_TMPDIR/build/root"
	cd "$BATS_TEST_TMPDIR" || return 1
	kstub start 3>&- >start.log
}

teardown() {
	kerneld stop 2>/dev/null || true
	kstub stop || true
}

# What differs from one run to the next.
normal() {
	sed -E 's/0x[0-9a-f]+/X/g; s/\b[0-9a-f]{8}\b/X/g; s/[0-9]+/N/g; s/ +/ /g; s/directory .*//'
}

# The displays of the section, as they are read.
examples() { # PAGE
	sed -n '/^\.Sh EXAMPLES/,/^\.Sh [^E]/p' "$TOP/man/$1" |
		sed -n '/^\.Bd/,/^\.Ed/{/^\.[BE]d/!p}' | sed 's/^\\&//'
}

# Run the lines after "$ " and print them with what they print.
replay() {
	local line
	while IFS= read -r line <&4; do
		[[ $line == '$ '* ]] || continue
		echo "$line"
		[[ $line == *'kstub start'* ]] || eval "${line#'$ '}" 2>&1 3>&- 4<&- || true
	done 4<<<"$1"
}

same() { # PAGE
	local text
	text=$(examples "$1")
	[ "$(grep -c '^\$ ' <<<"$text")" -ge 2 ]
	diff -u <(normal <<<"$text") <(replay "$text" | normal)
}

@test "insmod(8)" { same insmod.8; }
@test "lsmod(8)" { same lsmod.8; }
@test "rmmod(8)" { same rmmod.8; }
@test "ksyms(8)" { same ksyms.8; }
@test "kcall(8)" { same kcall.8; }
@test "kerneld(8)" { same kerneld.8; }
@test "kstub(8)" { same kstub.8; }
