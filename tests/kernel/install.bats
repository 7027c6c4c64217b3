#!/usr/bin/env bats
# make install: what it installs works without the tree it was built in

bats_require_minimum_version 1.5.0
load ../world

setup_file() {
	export PREFIX=$BATS_FILE_TMPDIR/prefix KSTUB=$BATS_FILE_TMPDIR/kstub
	make -s -C "$TOP" O="$O" PREFIX="$PREFIX" install
	# not found by chance in the build tree
	cp -r "$PREFIX" "$BATS_FILE_TMPDIR/moved" && rm -rf "$PREFIX"
	PREFIX=$BATS_FILE_TMPDIR/moved PATH=$PREFIX/bin:/usr/bin:/bin
	unset O
}

teardown_file() {
	kstub stop --dir "$KSTUB" || true
}

@test "the installed kstub boots the installed kernel, its modules load by alias" {
	run -0 kstub start 3>&-
	run -0 modprobe -d "$PREFIX/lib/modstack/root" char-major-240
	[ "$(lsmod --json | jq -r '.[].name')" = chardev ]
	run -0 rmmod chardev
}

@test "each tool has its manual page and its completion" {
	for tool in "$PREFIX"/bin/*; do
		tool=${tool##*/}
		[ -s "$PREFIX/share/man/man8/$tool.8" ]
		[ "$tool" = kstub ] || [ -s "$PREFIX/share/bash-completion/completions/$tool" ]
	done
}
