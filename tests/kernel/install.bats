#!/usr/bin/env bats
# make install: what it installs works without the tree it was built in

bats_require_minimum_version 1.5.0
load ../world

setup_file() {
	export PREFIX=$BATS_FILE_TMPDIR/prefix KSTUB=$BATS_FILE_TMPDIR/kstub
	NATIVE=$([ ! -e "$O/native.cpio" ] || echo yes)
	export NATIVE
	make -s -C "$TOP" O="$O" PREFIX="$PREFIX" install
	# not found by chance in the build tree
	cp -r "$PREFIX" "$BATS_FILE_TMPDIR/moved" && rm -rf "$PREFIX"
	PREFIX=$BATS_FILE_TMPDIR/moved
}

# again what world.bash, which is loaded for each test, has put in front
setup() {
	PATH=$PREFIX/bin:/usr/bin:/bin
	unset O
}

teardown_file() {
	"$PREFIX/bin/kstub" stop --dir "$KSTUB" || true
}

@test "the installed kstub boots the installed kernel, its modules load by alias" {
	[ "$(command -v kstub modprobe)" = "$PREFIX/bin/kstub
$PREFIX/bin/modprobe" ]
	run -0 kstub start 3>&-
	run -0 modprobe -d "$PREFIX/lib/modstack/root" char-major-240
	[ "$(lsmod --json | jq -r '.[].name')" = chardev ]
	run -0 rmmod chardev
}

@test "the installed image has a shell and the tools" {
	[ "$NATIVE" = yes ] || skip "no packages for i386 (make native)"
	KSTUB=$BATS_TEST_TMPDIR/kstub
	run -0 kstub start --native 3>&-
	run -0 kcall exec sh -c 'modprobe slhcdev && lsmod | wc -l'
	prints 3
	run -0 kstub stop
}

# The .pc file names the prefix, and what was installed has moved.
libobj_flags() {
	PKG_CONFIG_PATH=$PREFIX/lib/pkgconfig pkg-config \
		--define-variable=prefix="$PREFIX" --cflags --libs libobj
}

@test "a module is built with the installed headers, and loads" {
	cp "$TOP/kernel-stub/modules/param.c" "$BATS_TEST_TMPDIR"
	cd "$BATS_TEST_TMPDIR"
	gcc -m32 -O2 -ffreestanding -nostdinc -isystem "$(gcc -print-file-name=include)" -fno-pic \
		-fno-stack-protector -fno-optimize-sibling-calls -D__KERNEL__ -DMODULE \
		-I"$PREFIX/lib/modstack/include" -c param.c
	kstub status >/dev/null || run -0 kstub start 3>&-
	run -0 insmod ./param.o count=7
	[[ $(kstub dmesg) == *count=7* ]]
	run -0 rmmod param
}

@test "a program is built with the installed libobj" {
	read -ra flags < <(libobj_flags)
	cp "$TOP/libobj/example-link.c" "$BATS_TEST_TMPDIR"
	cd "$BATS_TEST_TMPDIR"
	gcc -std=gnu11 -D_GNU_SOURCE -Wall -Werror -o example example-link.c "${flags[@]}"
	echo 'c0100000 T printk' >System.map
	run -0 ./example "$PREFIX"/lib/modstack/root/lib/modules/*/kernel/hello.o System.map \
		d0000000 image
	[ -s image ]
}

@test "libobj takes no names but its own" {
	run -0 nm -g --defined-only "$PREFIX/lib/libobj.a"
	[[ $output == *obj_load* ]]
	[ -z "$(awk 'NF == 3 && $3 !~ /^obj_/' <<<"$output")" ]
}

@test "obj.h is for C++, too" {
	[ "$(type -P g++)" ] || skip "no C++ compiler"
	read -ra flags < <(libobj_flags)
	cat >"$BATS_TEST_TMPDIR/main.cc" <<-'END'
		#include <obj.h>
		int main()
		{
			obj_file *f;
			int err = obj_load(&f, "", 0);
			obj_free(f);
			return err == 0;
		}
	END
	g++ -Wall -Wextra -Wpedantic -Werror -o "$BATS_TEST_TMPDIR/main" \
		"$BATS_TEST_TMPDIR/main.cc" "${flags[@]}"
	"$BATS_TEST_TMPDIR/main"
}

@test "each tool has its manual page and its completion" {
	for tool in "$PREFIX"/bin/*; do
		tool=${tool##*/}
		[ -s "$PREFIX/share/man/man8/$tool.8" ]
		[ -s "$PREFIX/share/bash-completion/completions/$tool" ]
	done
}
