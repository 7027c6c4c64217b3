#!/usr/bin/env bats
# depmod: the oracle is kmod's depmod; where kmod is wrong or has no such thing, the reference
# for the classic tools.

load world

KMOD=/sbin/depmod
V=1.2.3

setup() {
	T=$BATS_TEST_TMPDIR/t OUT=$BATS_TEST_TMPDIR/out
	D=$T/lib/modules/$V
	mkdir -p "$D"
	PATH=$TOP/tests:$PATH
	[ "$(command -v depmod)" = "$O/bin/depmod" ]
}

TEXTS="modules.dep modules.alias modules.softdep modules.symbols modules.devname"
BINARIES="modules.dep.bin modules.alias.bin modules.symbols.bin modules.builtin.bin
	modules.builtin.alias.bin"

# Ours and kmod's from the same tree must be the same files. Arguments go to both.
same_as_kmod() {
	local f
	"$KMOD" "$@" -b "$T" $V || return 1
	depmod "$@" -b "$T" -o "$OUT" $V || return 1
	for f in $TEXTS; do cmp "$D/$f" "$OUT/lib/modules/$V/$f" || return 1; done
	case $("$KMOD" --version) in
	"kmod version 30"*)
		for f in $BINARIES; do cmp "$D/$f" "$OUT/lib/modules/$V/$f" || return 1; done
		;;
	esac
}

# A small tree with something of everything.
make_tree() {
	local m
	for m in zz aa mm bb kk; do
		mkmod "$D/kernel/x/$m.ko" license=GPL "alias=al:$m-x" "+exp_$m"
	done
	for m in n1 a-2 z3; do
		mkmod "$D/updates/$m.ko" alias=char-major-10-5 "alias=devname:dev$m" \
			"softdep=pre: zz post: kk" -exp_zz -exp_mm -of_the_kernel "+x_${m/-/_}=0x1234"
	done
	mkmod "$D/kernel/dup.ko" alias=first
	mkmod "$D/updates/dup.ko" alias=second
	mkmod "$D/kernel/top.ko" -x_n1 -x_a_2 '~exp_kk' '~not_there' 'softdep=pre: aa' \
		'softdep=pre: bb' 'alias=odd[ab-c]-x*' alias=dup alias=dup 'description=none' depends=
	printf 'kernel/b/zz-top.ko\nkernel/a/inside.ko\n' >"$D/modules.builtin"
	printf '%s\0' zz_top.license=GPL 'zz_top.alias=foo-bar*' inside.alias=same \
		zz_top.alias=same zz_top.file=kernel/b/zz-top >"$D/modules.builtin.modinfo"
}

listing() { # everything about the files of a directory that a rewrite would change
	(cd "$1" && stat -c '%n %i %s %y' modules.* | sort)
}

# --- the files ---

@test "all files are kmod's, byte for byte, without a modules.order" {
	make_tree
	same_as_kmod
}

@test "all files are kmod's with modules.order, which may be incomplete and name a module twice" {
	make_tree
	printf 'kernel/%s.ko\n' x/bb top x/aa gone x/bb >"$D/modules.order"
	same_as_kmod
	[ "$(head -n 1 "$OUT/lib/modules/$V/modules.dep" | cut -d: -f1)" = updates/n1.ko ] ||
		grep -q kernel/top.ko "$OUT/lib/modules/$V/modules.dep"
}

@test "all files are kmod's for a tree of 64-bit modules and for an empty one" {
	same_as_kmod
	mkmod -b 64 "$D/a.ko" +fa alias=x
	mkmod -b 64 "$D/b.ko" -fa +fb=0x99
	mkmod -b 64 "$D/c.ko" -fb -fa
	same_as_kmod
	grep -qx 'c.ko: b.ko a.ko' "$OUT/lib/modules/$V/modules.dep"
}

@test "modules of the other byte order are read" {
	command -v clang >/dev/null || skip "no clang to make them with"
	local s=$BATS_TEST_TMPDIR/s.s
	printf '.section .modinfo,"a"\n.asciz "alias=one"\n.section __ksymtab_strings,"a"\n.asciz "f"\n' >"$s"
	for t in mips mips64 powerpc powerpc64; do
		clang --target=$t-linux-gnu -c "$s" -o "$D/m_$t.ko" || skip "clang has no target $t"
	done
	same_as_kmod
	[ "$(grep -c 'alias one' "$OUT/lib/modules/$V/modules.alias")" = 4 ]
}

@test "compressed modules give the same facts as plain ones" {
	make_tree
	depmod -b "$T" -n $V | sed 's/\.ko/.ko.S/g' >"$BATS_TEST_TMPDIR/plain"
	for s in gz xz zst; do
		rm -rf "$OUT"
		find "$D" -name '*.ko' -printf '%P\n' | while read -r m; do
			mkdir -p "$OUT/lib/modules/$V/$(dirname "$m")"
			case $s in
			gz) gzip -c "$D/$m" ;;
			xz) xz --check=crc32 -c "$D/$m" ;;
			zst) zstd -qc "$D/$m" ;;
			esac >"$OUT/lib/modules/$V/$m.$s"
		done
		depmod -b "$OUT" -n $V | sed "s/\.ko\.$s/.ko.S/g" | diff "$BATS_TEST_TMPDIR/plain" -
		[ $s = gz ] || diff <("$KMOD" -n -b "$OUT" $V) <(depmod -n -b "$OUT" $V)
	done
}

@test "a depmod built without xz and zstd names such modules and fails; the others are done" {
	mkmod "$D/a.ko" alias=a
	mkmod "$D/b.ko" alias=b
	mkmod "$D/c.ko" alias=c
	mkmod "$D/d.ko" alias=d
	xz --check=crc32 "$D/a.ko"
	zstd -q --rm "$D/b.ko"
	gzip "$D/c.ko"
	cc -std=gnu11 -D_GNU_SOURCE -DWITHOUT_XZ -DWITHOUT_ZSTD -I"$TOP/lib" -I"$TOP/include" -c \
		-o "$T/unpack.o" "$TOP/lib/unpack.c"
	cc -o "$T/depmod" "$O"/host/depmod/*.o "$T/unpack.o" "$O"/host/{moddep,lib}.a -lz \
		-ljson-c -lpthread
	run "$T/depmod" -b "$T" $V
	[ "$status" = 1 ]
	why="compressed with xz or zstd, whose library this was built without"
	diff <(sort <<<"$output") - <<END
depmod: $D/a.ko.xz: $why
depmod: $D/b.ko.zst: $why
END
	[ "$(sort "$D/modules.dep")" = "c.ko.gz:
d.ko:" ]
	depmod -b "$T" $V
	[ "$(wc -l <"$D/modules.dep")" = 4 ]
	rm "$D"/[cd].ko* "$D/modules.depcache"
	run "$T/depmod" -b "$T" $V
	[ "$status" = 1 ]
	[ "${lines[2]}" = "depmod: $D: no module could be read, nothing written" ]
	[ "$(wc -l <"$D/modules.dep")" = 4 ]
}

@test "the last module that exports a symbol is its owner" {
	for m in a b c; do mkmod "$D/$m.ko" +same; done
	mkmod "$D/user.ko" -same
	printf '%s.ko\n' a b c user >"$D/modules.order"
	same_as_kmod
	grep -qx 'user.ko: c.ko' "$OUT/lib/modules/$V/modules.dep"
}

@test "a device name needs numbers" {
	mkmod "$D/a.ko" alias=devname:x
	mkmod "$D/b.ko" alias=block-major-3-4 alias=devname:y alias=char-major-1-1
	run depmod -b "$T" $V
	[ "$status" = 0 ]
	[[ $output == *"a has a device name (x) but no numbers"* ]]
	same_as_kmod
}

@test "modules.weakdep lists weak dependencies" {
	mkmod "$D/a.ko" 'weakdep=b c' weakdep=d
	depmod -b "$T" $V
	diff "$D/modules.weakdep" - <<-EOT
		# Weak dependencies extracted from modules themselves.
		weakdep a b c
		weakdep a d
	EOT
}

@test "-n prints what kmod prints, and writes nothing" {
	make_tree
	before=$(find "$T" | sort)
	diff <("$KMOD" -n -b "$T" $V 2>/dev/null) <(depmod -n -b "$T" $V)
	[ "$before" = "$(find "$T" | sort)" ]
}

@test "a damaged bracket keeps an alias out of the index only" {
	mkmod "$D/a.ko" 'alias=br]x' 'alias=open[x' alias=fine
	run depmod -b "$T" $V
	[ "$status" = 0 ]
	[[ $output == *"unmatched bracket in alias br]x"* ]]
	same_as_kmod
}

# --- which modules ---

@test "depmod.d decides like kmod's: search, override, external, exclude, continued lines" {
	local c=$BATS_TEST_TMPDIR/c ext=$BATS_TEST_TMPDIR/ext
	mkdir -p "$c"
	for m in a b c d; do
		mkmod "$D/kernel/$m.ko" "alias=kernel-$m"
		mkmod "$D/k2/sub/$m.ko" "alias=k2-$m"
	done
	mkmod "$D/updates/c.ko" alias=updates-c
	mkmod "$D/k3/b.ko" alias=k3-b
	mkmod "$D/left-out/deep/e.ko" alias=e
	mkmod "$D/k3/left-out/f.ko" alias=f
	mkmod "$ext/in/g.ko" alias=g
	mkmod "$ext/d.ko" alias=ext-d
	cat >"$c/b.conf" <<-EOT
		# order of directories
		search external k2/sub \\
			built-in
		external 9.* /nowhere
		external 1\\.[0-9] $ext /nowhere/else
		override b * k3
		override a 7 k3
		exclude left-out
	EOT
	same_as_kmod -C "$c"
	cp "$c/b.conf" "$c/one"
	echo 'override a 1.2 kernel' >>"$c/one"
	same_as_kmod -C "$c/one"
	printf 'search updates k2\n' >"$c/b.conf"
	printf 'search built-in\n' >"$c/c.conf"
	same_as_kmod -C "$c"
	printf '%s/in/g.ko\nkernel/a.ko\n' "$ext" >"$D/modules.order"
	same_as_kmod -C "$c/one"
}

@test "a bad line of the configuration is named with file and line, and makes depmod fail" {
	local c=$BATS_TEST_TMPDIR/c
	mkmod "$D/a.ko"
	printf 'search a \\\n b\n\nfoo bar\noverride x\n' >"$c"
	run depmod -C "$c" -b "$T" $V
	[ "$status" = 1 ]
	[[ ${lines[0]} == "depmod: $c:4: unknown directive: foo bar" ]]
	[[ ${lines[1]} == "depmod: $c:5: override: module, kernel version or directory is missing" ]]
	[ -e "$D/modules.dep" ]
	printf 'search\nexternal\nexternal *\nexclude # x\n' >"$c"
	run depmod -C "$c" -b "$T" $V
	[ "$status" = 1 ]
	[ "$output" = "depmod: $c:1: search: directory is missing
depmod: $c:2: external: kernel version is missing
depmod: $c:3: external: directory is missing
depmod: $c:4: exclude: directory is missing" ]
	run depmod -C "$c.none" -b "$T" $V
	[ "$status" = 1 ]
	[[ $output == *"$c.none: No such file"* ]]
}

@test "of two modules of one name with equal rank the first path is taken, whatever the directory says" {
	for d in k9 k1 k5; do mkmod "$D/$d/dup.ko" "alias=$d"; done
	depmod -b "$T" $V
	[ "$(cat "$D/modules.dep")" = k1/dup.ko: ]
}

# A tree of the classic layout, and modules elsewhere.
classic_tree() {
	mkmod "$D/kernel/a.o" +sym_a
	mkmod "$D/misc/b.o" +sym_b
	mkmod "$D/misc/build/x.o"
	mkmod "$T/opt/mods/deep/c.o" -sym_b +sym_c
	mkmod "$T/opt/mods/skip.o"
	mkmod "$T/opt/mods/deep/skip.o"
	mkdir -p "$T/etc" "$T/var"
	cat >"$T/classic.conf" <<'END'
path[x]=/opt/mods
path=/lib/modules/`uname -r`/misc /nowhere
prune skip.o
depfile=/var/dep
pcimapfile=/var/pcimap
END
}

@test "-C with a modules.conf: path=, prune and names of files count" {
	classic_tree
	depmod -b "$T" -C "$T/classic.conf" $V
	[ "$(sort "$D/modules.dep")" = "../../../opt/mods/deep/c.o: misc/b.o
../../../opt/mods/deep/skip.o:
misc/b.o:" ]
	[ "$(tr -s '\n' <"$T/var/dep" | sort)" = \
		"/lib/modules/$V/../../../opt/mods/deep/c.o:	/lib/modules/$V/misc/b.o
/lib/modules/$V/../../../opt/mods/deep/skip.o:
/lib/modules/$V/misc/b.o:" ]
	cmp "$T/var/pcimap" "$D/modules.pcimap"
	: >"$T/none"
	[[ $(modprobe -C "$T/none" -d "$T" -S $V -D c) == *misc/b.o*opt/mods/deep/c.o* ]]
	rm "$T/var/dep"
	depmod -A -b "$T" -C "$T/classic.conf" $V
	[ -s "$T/var/dep" ]
}

@test "the modules.conf below -b counts as well; keep and -C with depmod.d keep the tree" {
	classic_tree
	cp "$T/classic.conf" "$T/etc/modules.conf"
	depmod -b "$T" $V
	[[ $(cat "$D/modules.dep") != *kernel/a.o* ]]
	{ echo keep && cat "$T/classic.conf"; } >"$T/etc/modules.conf"
	depmod -b "$T" $V
	[[ $(cat "$D/modules.dep") == *opt/mods* ]]
	grep -qx 'kernel/a.o:' "$D/modules.dep"
	echo 'search updates' >"$T/depmod.conf"
	depmod -b "$T" -C "$T/depmod.conf" $V
	[ "$(sort "$D/modules.dep")" = "kernel/a.o:
misc/b.o:" ]
}

@test "of two modules of one name the first path= has it; without -b other paths are absolute" {
	mkmod "$T/one/m.ko" alias=one
	mkmod "$T/two/m.ko" alias=two
	mkmod "$D/kernel/other.ko"
	for order in 'one two' 'two one'; do
		printf "path=$T/%s\n" "${order% *}" "${order#* }" >"$T/conf"
		depmod -m "$T/lib/modules" -C "$T/conf" $V
		[ "$(cat "$D/modules.dep")" = "$T/${order%% *}/m.ko:" ]
		grep -qx "alias ${order%% *} m" "$D/modules.alias"
	done
	echo "depfile=$D/modules.dep" >"$T/conf"
	depmod -m "$T/lib/modules" -C "$T/conf" $V
	[ "$(cat "$D/modules.dep")" = kernel/other.ko: ]
	echo "depfile=$T/none/dep" >"$T/conf"
	run depmod -m "$T/lib/modules" -C "$T/conf" $V
	[ "$status" = 1 ]
	[ "$output" = "depmod: $T/none/: No such file or directory" ]
}

@test "build and source are not entered, links to directories are, loops end" {
	mkmod "$D/kernel/a.ko" alias=a
	mkmod "$D/build/b.ko" alias=b
	mkmod "$D/kernel/source/c.ko" alias=c
	mkmod "$BATS_TEST_TMPDIR/far/d.ko" alias=d
	ln -s "$BATS_TEST_TMPDIR/far" "$D/linked"
	same_as_kmod
	grep -qx 'linked/d.ko:' "$OUT/lib/modules/$V/modules.dep"
	ln -s .. "$D/kernel/up"
	ln -s ../kernel "$D/kernel/self"
	ln -s "$D" "$BATS_TEST_TMPDIR/far/back"
	timeout 10 depmod -b "$T" -o "$OUT" $V
	[ "$(sort "$OUT/lib/modules/$V/modules.dep")" = "$(printf 'kernel/a.ko:\nlinked/d.ko:')" ]
}

@test "paths with blanks work, from depmod to the reader" {
	mkmod "$D/a dir/my mod.ko" +f
	mkmod "$D/a dir/b.ko" -f +g
	mkmod "$D/c.ko" -g
	depmod -b "$T" $V
	run "$O/testbin/moddep" "$D" find c
	[ "$output" = "$(printf '%s\n' "$D/a dir/my mod.ko" "$D/a dir/b.ko" "$D/c.ko")" ]
	rm "$D"/*.bin
	run "$O/testbin/moddep" "$D" find c
	[ "$output" = "$(printf '%s\n' "$D/a dir/my mod.ko" "$D/a dir/b.ko" "$D/c.ko")" ]
}

@test "names of files may be anything; those beyond ASCII are not in the binary index" {
	local name long
	printf -v long 'x%.0s' {1..200}
	for name in -dash co:lon .hidden 'bl ank' a.b "$long" ünï; do
		mkmod "$D/k/m.ko" +f "alias=$name"
		mv "$D/k/m.ko" "$D/k/$name.ko"
	done
	cp "$D/k/a.b.ko" "$D/k/.ko"
	run depmod -b "$T" $V
	[ "$status" = 0 ]
	[ "$output" = "depmod: warning: k/ünï.ko: name has characters beyond ASCII, not in the index
depmod: warning: ünï: alias has characters beyond ASCII, not in the index: ünï" ]
	grep -q '^k/ünï.ko:$' "$D/modules.dep"
	for name in -dash co:lon .hidden 'bl ank' "$long"; do
		[ "$(modprobe -d "$T" -S $V -D -- "$name")" = "insmod $D/k/$name.ko " ]
	done
	run modprobe -d "$T" -S $V -D ünï
	[ "$status" = 1 ]
}

@test "-m, -o and -b choose the directories" {
	mkdir -p "$T/usr/mods/$V"
	mkmod "$T/usr/mods/$V/a.ko"
	depmod -b "$T" -m usr/mods $V
	[ "$(cat "$T/usr/mods/$V/modules.dep")" = a.ko: ]
	depmod -b "$T" -m /usr/mods -o "$OUT/deep/er" $V
	[ "$(cat "$OUT/deep/er/usr/mods/$V/modules.dep")" = a.ko: ]
}

@test "named files: their dependencies are printed, nothing is written" {
	make_tree
	before=$(find "$T" | sort)
	run depmod -b "$T" $V "$D/kernel/x/zz.ko" "$D/updates/n1.ko"
	[ "$status" = 0 ]
	[ "$(sort <<<"$output")" = "$(printf 'kernel/x/zz.ko:\nupdates/n1.ko: kernel/x/zz.ko')" ]
	cd "$D/kernel"
	run depmod ./x/zz.ko ../updates/n1.ko
	[ "$(sort <<<"$output")" = "$(printf '%s/kernel/x/zz.ko:\n%s/updates/n1.ko: %s/kernel/x/zz.ko' "$D" "$D" "$D" | sort)" ]
	diff <("$KMOD" -n -b "$T" $V "$D/kernel/top.ko" "$D/updates/n1.ko" 2>/dev/null) \
		<(depmod -n -b "$T" $V "$D/kernel/top.ko" "$D/updates/n1.ko")
	[ "$before" = "$(find "$T" | sort)" ]
}

# --- symbols ---

@test "-e with a System.map groups unresolved symbols by module; only -u makes them an error" {
	make_tree
	printf 'c0100000 T local_name\nc0100000 r __ksymtab_other\n' >"$T/map"
	run depmod -n -e -F "$T/map" -b "$T" $V
	[ "$status" = 0 ]
	[ "$(grep -c 'Unresolved symbols in ' <<<"$output")" = 3 ]
	[[ $output == *"*** Unresolved symbols in $D/updates/n1.ko"$'\n'"depmod: warning: "$'\t'of_the_kernel* ]]
	[[ $output == *"3 unresolved symbols"* ]]
	# the same ones as kmod's
	"$KMOD" -n -e -F "$T/map" -b "$T" $V 2>&1 >/dev/null | grep -c 'needs unknown symbol' | grep -qx 3
	run depmod -n -e -u -F "$T/map" -b "$T" $V
	[ "$status" = 1 ]
	run depmod -u -q -F "$T/map" -b "$T" $V
	[ "$status" = 1 ]
	[ -z "$output" ]
	[ -e "$D/modules.dep" ]
	echo 'c0 r __ksymtab_of_the_kernel' >>"$T/map"
	run depmod -u -e -F "$T/map" -b "$T" $V
	[ "$status" = 0 ]
	[ -z "$output" ]
}

@test "-F takes a copy of /proc/ksyms, without the symbols of modules, and maps of 2.4" {
	mkmod "$D/a.ko" -one -two -three
	printf 'c0100000 one\nc0100004 GPLONLY_two\nc8000000 three\t[other]\n' >"$T/ksyms"
	run depmod -n -e -F "$T/ksyms" -b "$T" $V
	[[ $output == *three* && $output != *$'\t'one* && $output != *$'\t'two* ]]
	printf 'c0 ? __kstrtab_one\nc1 r __kstrtab_GPLONLY_two\nc2 T three\n' >"$T/map"
	run depmod -n -e -F "$T/map" -b "$T" $V
	[[ $output == *three* && $output != *$'\t'one* && $output != *$'\t'two* ]]
	printf 'c0 T one\nc1 D two\nc2 t three\n' >"$T/map"
	run depmod -n -e -F "$T/map" -b "$T" $V
	[[ $output == *three* && $output != *$'\t'one* && $output != *$'\t'two* ]]
}

@test "a file of symbols that is none is named with its line and makes depmod fail" {
	mkmod "$D/a.ko"
	printf 'c0 T one\nnonsense\n' >"$T/map"
	run depmod -F "$T/map" -b "$T" $V
	[ "$status" = 1 ]
	[[ $output == *"$T/map:2: invalid line"* ]]
	[ ! -e "$D/modules.dep" ]
	run depmod -F "$T/none" -b "$T" $V
	[ "$status" = 1 ]
	[[ $output == *"$T/none: No such file"* ]]
	run depmod -F "$T" -b "$T" $V
	[ "$status" = 1 ]
	[ "$output" = "depmod: $T: Is a directory" ]
	for text in '' '         U one\n' 'c0 t __x\nc1 t one\n' 'c8 three [other]\n'; do
		# shellcheck disable=SC2059
		printf "$text" >"$T/map"
		run depmod -F "$T/map" -b "$T" $V
		[ "$status" = 1 ]
		[ "$output" = "depmod: $T/map: no exported symbols in it" ]
	done
}

@test "-F of a kernel without versions: references with versions take the plain names" {
	mkmod "$D/a.ko" -one_R12345678 -two_Rsmp_0123abcd -two_smp_R0123abcd -three_R1234567 -four_R00000000 +five
	mkmod "$D/b.ko" -five_R12345678 -_R12345678
	printf '         U five\nc0 T one\nc1 T two\nc2 T three\n' >"$T/map"
	run depmod -n -e -F "$T/map" -b "$T" $V
	[ "$status" = 0 ]
	[ "$(grep -v '^#' <<<"$output" | grep -v ^alias)" = "depmod: warning: *** Unresolved symbols in $D/b.ko
depmod: warning: 	_R12345678
depmod: warning: *** Unresolved symbols in $D/a.ko
depmod: warning: 	two_smp_R0123abcd
depmod: warning: 	three_R1234567
depmod: warning: 	four_R00000000
depmod: warning: 4 unresolved symbols
b.ko: a.ko
a.ko:" ]
}

@test "-E compares versions, of the kernel's symbols and of modules'" {
	mkmod "$D/a.ko" +fa=0x11111111 -kern=0x22222222
	mkmod "$D/b.ko" -fa=0x11111111 -kern=0x22222223
	mkmod "$D/c.ko" -fa=0x11111112 -nobody=1
	printf '0x22222222\tkern\tvmlinux\tEXPORT_SYMBOL\t\n' >"$T/symvers"
	run depmod -e -u -E "$T/symvers" -b "$T" $V
	[ "$status" = 1 ]
	[[ $output == *"kern (needs version 22222223, there is 22222222)"* ]]
	[[ $output == *"fa (needs version 11111112, there is 11111111)"* ]]
	[[ $output == *$'\t'nobody* ]]
	[[ $output == *"3 unresolved symbols"* ]]
	theirs=$("$KMOD" -n -e -E "$T/symvers" -b "$T" $V 2>&1 >/dev/null)
	[ "$(grep -cE 'disagrees about version of symbol (kern|fa)$' <<<"$theirs")" = 2 ]
}

@test "-P skips a character at the front of symbol names" {
	mkmod "$D/a.ko" +_fa
	mkmod "$D/b.ko" -_fa
	same_as_kmod -P _
	grep -qx 'alias symbol:fa a' "$OUT/lib/modules/$V/modules.symbols"
}

@test "-v says who needs which symbol of whom, as kmod does" {
	make_tree
	diff <("$KMOD" -v -b "$T" $V 2>/dev/null | sort) <(depmod -v -b "$T" $V | sort)
}

@test "-w warns of duplicates" {
	mkmod "$D/a.ko" alias=same
	mkmod "$D/b.ko" alias=same
	run depmod -w -b "$T" $V
	[ "$status" = 0 ]
	[[ $output == *"duplicate alias same: a, b"* || $output == *"duplicate alias same: b, a"* ]]
}

@test "messages come in one order, whoever writes which file" {
	local i
	for i in 1 2 3 4 5 6 7 8; do
		mkmod "$D/m$i.ko" "alias=odd[$i" "devname=x" "alias=devname:dev$i"
	done
	: >"$D/modules.order"
	printf 'not a module\n' >"$D/modules.builtin"
	printf 'no-name\0' >"$D/modules.builtin.modinfo"
	for ((i = 0; i < 20; i++)); do
		rm -f "$D/modules.depcache"
		run depmod -b "$T" $V
		[ "$status" = 1 ]
		[ "${#lines[@]}" = 18 ]
		echo "$output" >>"$BATS_TEST_TMPDIR/$(md5sum <<<"$output" | cut -c1-8)"
	done
	[ "$(find "$BATS_TEST_TMPDIR" -maxdepth 1 -type f | wc -l)" = 1 ]
}

@test "one file after the other cannot be written: one message, always the same" {
	local i
	make_tree
	mkdir -p "$OUT/lib/modules/$V"
	for ((i = 0; i < 20; i++)); do
		run bash -c 'ulimit -f 0; trap "" XFSZ; exec depmod -b "$1" -o "$2" "$3"' \
			- "$T" "$OUT" $V
		[ "$status" = 1 ]
		[ "$output" = "depmod: $OUT/lib/modules/$V/modules.dep.bin: File too large" ]
	done
}

@test "a cycle is an error that shows the way round; the old files stay" {
	mkmod "$D/a.ko" +fa
	depmod -b "$T" $V
	before=$(listing "$D")
	mkmod "$D/a.ko" +fa -fb
	mkmod "$D/b.ko" +fb -fc
	mkmod "$D/c.ko" +fc -fa
	mkmod "$D/user.ko" -fa
	run depmod -b "$T" $V
	[ "$status" = 1 ]
	[[ $output == *"Cycle detected: "?" -> "?" -> "?" -> "?* ]]
	[[ $output == *"3 modules in dependency cycles"* ]]
	[ "$before" = "$(listing "$D")" ]
}

@test "a module that refers to its own export does not need itself" {
	mkmod "$D/a.ko" +f
	mkmod "$D/b.ko" '+own=0x1' -f
	depmod -b "$T" $V
	[ "$(sort "$D/modules.dep")" = "$(printf 'a.ko:\nb.ko: a.ko')" ]
}

# --- bad input ---

@test "unreadable modules are named, left out, and make depmod fail; the others are done" {
	make_tree
	head -c 200 "$D/kernel/top.ko" >"$D/kernel/short.ko"
	: >"$D/kernel/empty.ko"
	echo text >"$D/kernel/text.ko"
	printf '\037\213garbage' >"$D/kernel/packed.ko.gz"
	ln -s nowhere "$D/kernel/dangling.ko"
	ln -s nowhere "$D/kernel/nothing"
	printf '\x7fELF\x01\x01\x01' | dd of="$D/kernel/header.ko" conv=notrunc status=none
	run depmod -b "$T" $V
	[ "$status" = 1 ]
	for m in short empty text packed dangling header; do
		[[ $output == *"$D/kernel/$m.ko"* ]]
		[[ $(cat "$D"/modules.dep) != *"$m.ko"* ]]
	done
	[[ $output != *nothing* ]]
	[[ $output == *"empty.ko: empty file"* ]]
	[[ $output == *"text.ko: not an ELF file"* ]]
	grep -q '^kernel/top.ko: ' "$D/modules.dep"
}

@test "every cut of a module's file is refused or read, never a crash" {
	mkmod "$D/a.ko" alias=x +fa=1 -fb softdep=y
	size=$(stat -c %s "$D/a.ko")
	cp "$D/a.ko" "$T/whole"
	for ((n = 0; n < size; n += 37)); do
		head -c $n "$T/whole" >"$D/a.ko"
		run depmod -n -b "$T" $V
		[ "$status" = 1 ]
		[[ $output == *"$D/a.ko: "* ]]
	done
}

@test "no output directory, no module directory, no version: an error" {
	run depmod -b "$T" 9.9.9
	[ "$status" = 1 ]
	[[ $output == "depmod: $T/lib/modules/9.9.9: No such file or directory" ]]
	mkmod "$D/a.ko"
	: >"$OUT"
	run depmod -b "$T" -o "$OUT" $V
	[ "$status" = 1 ]
	[[ $output == *"$OUT"*": Not a directory"* ]]
}

@test "a file that cannot be written fails the run and leaves all old files" {
	make_tree
	depmod -b "$T" $V
	before=$(listing "$D")
	mkmod "$D/kernel/new.ko" alias=new +new
	(
		trap '' XFSZ
		ulimit -f 0
		run depmod -b "$T" $V
		[ "$status" = 1 ]
		[[ $output == *"$D/modules."*": File too large"* ]]
	)
	[ "$before" = "$(listing "$D")" ]
	[ -z "$(find "$D" -name '.modules*')" ]
	depmod -b "$T" $V
	grep -q new.ko "$D/modules.dep"
}

@test "what a killed run left behind is cleaned up" {
	mkmod "$D/a.ko"
	echo old >"$D/.modules.dep.new"
	depmod -b "$T" $V
	[ ! -e "$D/.modules.dep.new" ]
	[ "$(cat "$D/modules.dep")" = a.ko: ]
}

@test "damaged lists of builtin modules are named" {
	mkmod "$D/a.ko"
	printf 'kernel/x.ko\nwhat is this\n' >"$D/modules.builtin"
	printf 'nodot=1\0' >"$D/modules.builtin.modinfo"
	run depmod -b "$T" $V
	[ "$status" = 1 ]
	[[ $output == *"modules.builtin:2: not a module: what is this"* ]]
	[[ $output == *"modules.builtin.modinfo: no module name: nodot=1"* ]]
	[ "$("$O/testbin/moddep" "$D" walk builtin)" = 'x ' ]
}

# --- again, after a change ---

# Age the tree: what changed a moment ago is read again, to be safe.
age() { find "$D" -name '*.ko' -exec touch -d '1 hour ago' {} +; }

# A run that uses the cache must leave what a run without one leaves.
same_as_full() {
	rm -rf "$OUT"
	depmod "$@" -b "$T" $V
	depmod "$@" -b "$T" -o "$OUT" $V
	for f in $TEXTS $BINARIES modules.weakdep; do
		cmp "$D/$f" "$OUT/lib/modules/$V/$f" || return 1
	done
}

contents() { (cd "$D" && for f in $TEXTS $BINARIES; do cat "$f"; done | md5sum); }
settled() { # a run of depmod -A that changes nothing: all times are known to be old
	local before
	depmod -A -b "$T" $V
	before=$(listing "$D")
	depmod -A -b "$T" $V
	[ "$before" = "$(listing "$D")" ]
}
reads_nothing() { depmod -b "$T" $V && [ "$(reads depmod -b "$T" $V)" = 0 ]; }
reads() { # modules that a command opened
	strace -f -e trace=openat "$@" 2>&1 | grep -c '\.ko".* = [0-9]'
}

@test "after any change the result is that of a full run" {
	make_tree
	same_as_full
	mkmod "$D/kernel/x/zz.ko" alias=changed +other
	same_as_full
	mkmod "$D/kernel/new.ko" -other +exp_zz
	same_as_full
	rm "$D/kernel/x/mm.ko"
	same_as_full
	mv "$D/kernel/x/kk.ko" "$D/kernel/kk.ko"
	same_as_full
	printf 'kernel/kk.ko\nkernel/new.ko\n' >"$D/modules.order"
	same_as_full
	printf 'search kernel\n' >"$T/conf"
	same_as_full -C "$T/conf"
	rm "$D/updates/dup.ko"
	same_as_full
	same_as_full -P e
}

@test "only changed modules are read again" {
	command -v strace >/dev/null || skip "no strace"
	make_tree
	age
	until_true 5 reads_nothing
	mkmod "$D/kernel/top.ko" alias=new
	[ "$(reads depmod -b "$T" $V)" = 1 ]
	grep -qx 'alias new top' "$D/modules.alias"
	rm "$D/modules.depcache"
	[ "$(reads depmod -b "$T" $V)" = 10 ]
}

@test "-A does nothing if nothing changed, and all if anything did" {
	make_tree
	age
	printf 'kernel/top.ko\n' >"$D/modules.order"
	until_true 5 settled
	same=$(listing "$D")
	changed() {
		depmod -A "$@" -b "$T" $V
		[ "$same" != "$(listing "$D")" ] || return 1
		until_true 5 settled
		same=$(listing "$D")
	}
	mkmod "$D/kernel/x/zz.ko" alias=other
	changed
	grep -qx 'alias other zz' "$D/modules.alias"
	rm "$D/kernel/x/aa.ko"
	changed
	[[ $(cat "$D/modules.dep") != *aa.ko* ]]
	mkmod "$D/kernel/more.ko"
	changed
	printf 'kernel/more.ko\n' >"$D/modules.order"
	changed
	[ "$(head -n 1 "$D/modules.dep")" = kernel/more.ko: ]
	rm "$D/modules.alias"
	changed
	echo garbage >"$D/modules.dep"
	changed
	[ "$(head -n 1 "$D/modules.dep")" = kernel/more.ko: ]
	printf 'nowhere.ko\n' >"$D/modules.builtin"
	changed
	printf 'search kernel\n' >"$T/conf"
	changed -C "$T/conf"
}

# How many directories a run lists; the module directory itself is always one.
lists() { strace -f -e trace=getdents64 depmod -A -b "$T" $V 2>&1 | grep -c 'getdents64.* = [1-9]'; }
lists_only_the_top() { depmod -b "$T" $V && [ "$(lists)" = 1 ]; }
settled_as_full() { # after a change: the same as a full run, and known again without a walk
	same_as_full || return 1
	until_true 5 lists_only_the_top
}

@test "only directories that changed are listed again, whatever changed in them" {
	command -v strace >/dev/null || skip "no strace"
	for m in a/one a/two b/c/three b/d/four top; do mkmod "$D/$m.ko" "alias=of:$m"; done
	mkdir "$T/elsewhere" "$D/empty"
	mkmod "$T/elsewhere/five.ko" alias=of:five
	ln -s ../../../elsewhere "$D/linked"
	ln -s ../../../../six.ko "$D/b/six.ko"
	mkmod "$T/six.ko" alias=of:six
	settled_as_full
	mkmod "$D/a/new.ko" alias=new
	[ "$(lists)" = 2 ]
	settled_as_full
	rm "$D/b/c/three.ko"
	[ "$(lists)" = 2 ]
	settled_as_full
	mv "$D/b/d" "$D/b/dd"
	settled_as_full
	rm -r "$D/b/dd"
	settled_as_full
	mkdir -p "$D/empty/x/y"
	mkmod "$D/empty/x/y/deep.ko" alias=deep
	[ "$(lists)" = 4 ]
	settled_as_full
	mkmod "$D/empty/x/y/deep.ko" alias=deeper
	settled_as_full
	grep -qx 'alias deeper deep' "$D/modules.alias"
	mkmod "$T/elsewhere/seven.ko" alias=of:seven
	settled_as_full
	grep -q of:seven "$D/modules.alias"
	mkmod "$T/six.ko" alias=of:another
	settled_as_full
	mkmod "$D/second.ko" alias=second
	settled_as_full
	mv "$D/a" "$T/moved"
	settled_as_full
	ln -s ../../../moved "$D/a"
	settled_as_full
	grep -qx 'a/new.ko:' "$D/modules.dep"
}

@test "what one directory does not tell is found by a walk: names twice, links to nowhere" {
	mkmod "$D/a/one.ko" alias=first
	mkmod "$D/b/one.ko" alias=second
	ln -s ../../../../later "$D/b/link"
	until_true 5 settled
	grep -q 'alias first' "$D/modules.alias"
	rm "$D/a/one.ko"
	same_as_full
	grep -q 'alias second' "$D/modules.alias"
	until_true 5 settled
	mkmod "$T/later/two.ko" alias=later
	same_as_full
	grep -q 'alias later' "$D/modules.alias"
	until_true 5 settled
	ln -s ../../../../gone.ko "$D/b/gone.ko"
	for _ in 1 2 3; do
		run depmod -b "$T" $V
		[ "$status" = 1 ]
		[[ $output == *"b/gone.ko: No such file"* ]]
	done
	mkmod "$T/gone.ko" alias=here
	same_as_full
	grep -q 'alias here gone' "$D/modules.alias"
}

@test "a damaged cache is no cache" {
	make_tree
	depmod -b "$T" $V
	cp "$D/modules.depcache" "$T/good"
	size=$(stat -c %s "$T/good")
	want=$(contents)
	for ((n = 0; n < size; n += size / 23)); do
		head -c $n "$T/good" >"$D/modules.depcache"
		depmod -b "$T" $V
		[ "$want" = "$(contents)" ]
		cp "$T/good" "$D/modules.depcache"
		printf '\377' | dd of="$D/modules.depcache" bs=1 seek=$n conv=notrunc status=none
		depmod -b "$T" $V
		[ "$want" = "$(contents)" ]
	done
}

@test "files whose contents do not change keep their inode and get a new time" {
	make_tree
	depmod -b "$T" $V
	inode=$(stat -c %i "$D/modules.symbols")
	touch -d '1 day ago' "$D/modules.symbols"
	depmod -b "$T" $V
	[ "$inode" = "$(stat -c %i "$D/modules.symbols")" ]
	[ "$(stat -c %Y "$D/modules.symbols")" -gt $(($(date +%s) - 3600)) ]
}

@test "two runs at once wait for each other" {
	make_tree
	for _ in 1 2 3 4 5 6; do
		rm -f "$D/modules.depcache"
		depmod -b "$T" $V 3>&- &
		depmod -b "$T" $V
		wait $!
	done
	[ -z "$(find "$D" -name '.modules*')" ]
	same_as_kmod
}

# --- modules of Linux 2.4 ---

@test "exports of 2.4 objects: __ksymtab, else all globals, never weak or undefined ones" {
	mkmod "$D/a.o" ^fa %hidden kernel_version=2.4.27
	mkmod "$D/b.o" -fa %fb '~weak' kernel_version=2.4.27
	mkmod "$D/c.o" -fb -hidden '~weak'
	mkmod "$D/d.o.gz" %weak -fa
	run depmod -n -b "$T" $V
	[ "$(grep -E '^[a-d]\.o' <<<"$output" | sort)" = "$(printf '%s\n' a.o: 'b.o: a.o' 'c.o: b.o a.o' 'd.o.gz: a.o')" ]
	[ "$(grep -c symbol:hidden <<<"$output")" = 0 ]
}

@test "--classic writes modules.dep in the shape of modutils, and the reader reads it" {
	mkmod "$D/a.o" %fa
	mkmod "$D/b.o" -fa %fb
	mkmod "$D/c.o" -fb -fa %fc
	mkmod "$D/kernel/d.o" -fc -fb
	printf '%s.o\n' a b c kernel/d >"$D/modules.order"
	depmod --classic -b "$T" $V
	p=/lib/modules/$V
	printf 'P/a.o:\n\nP/b.o:\tP/a.o\n\nP/c.o:\tP/b.o \\\n\tP/a.o\n\nP/kernel/d.o:\tP/c.o \\\n\tP/b.o\n\n' |
		sed "s|P/|$p/|g" | diff - "$D/modules.dep"
	[ "$("$O/testbin/moddep" "$D" find d)" = "$(printf "$D/%s.o\n" a b c kernel/d)" ]
	rm "$D/modules.dep.bin"
	[ "$("$O/testbin/moddep" "$D" find d)" = "$(printf "$D/%s.o\n" a b c kernel/d)" ]
}

@test "device tables become the map files of modutils" {
	gcc -m32 -fno-pic -O2 -c -o "$D/t.o" "$TOP/tests/tables.c"
	depmod -b "$T" $V
	diff "$D/modules.pcimap" - <<-EOT
		# pci module         vendor     device     subvendor  subdevice  class      class_mask driver_data
		t                    0x00008086 0x0000100e 0xffffffff 0xffffffff 0x00000000 0x00000000 0x00000005
		t                    0x000010ec 0x00008139 0x00000001 0x00000002 0x00020000 0x00ffff00 0x00000000
	EOT
	diff "$D/modules.isapnpmap" - <<-EOT
		# isapnp module      cardvendor carddevice driver_data vendor     function   ...
		t                    0x1111     0x2222     0x00000009  0x3333     0x4444
		t                    0x1234     0x5678     0x00000007  0x0001     0x0002     0x0003     0x0004    
	EOT
	diff "$D/modules.usbmap" - <<-EOT
		# usb module         match_flags idVendor idProduct bcdDevice_lo bcdDevice_hi bDeviceClass bDeviceSubClass bDeviceProtocol bInterfaceClass bInterfaceSubClass bInterfaceProtocol driver_info
		t                    0x0003      0x046d   0xc001    0x0100       0x9999       0x00         0x00            0x00            0x00            0x00               0x00               0x00000000
		t                    0x0070      0x0000   0x0000    0x0000       0x0000       0x00         0x00            0x00            0x08            0x06               0x50               0x00000000
	EOT
	diff "$D/modules.parportmap" - <<-EOT
		# module             pattern
		t                    MFG:foo;*
		t                    bar
	EOT
	diff "$D/modules.ieee1394map" - <<-EOT
		# ieee1394 module    match_flags vendor_id model_id specifier_id version
		t                    0x0000000c  0x0000a0  0x00012d 0x00609e     0x010483
	EOT
	diff "$D/modules.pnpbiosmap" - <<-EOT
		# module             id
		t                    PNP0501
		t                    EIGHTCHR
	EOT
	diff "$D/modules.generic_string" - <<-EOT
		# module             id=string
		t                    one
		t                    two
	EOT
}

@test "a device table of unknown size or version is reported and left out" {
	gcc -m32 -fno-pic -DSIZE=24 -c -o "$D/a.o" "$TOP/tests/tables.c"
	gcc -m32 -fno-pic -DVERSION=2 -c -o "$D/b.o" "$TOP/tests/tables.c"
	run depmod -b "$T" $V
	[ "$status" = 0 ]
	[[ $output == *"a.o: unexpected value (24) of __module_pci_device_size"* ]]
	[[ $output == *"b.o: unknown version (2) of the pci_device table"* ]]
	[ "$(wc -l <"$D/modules.pcimap")" = 1 ]
	[ "$(wc -l <"$D/modules.usbmap")" = 5 ]
	depmod -b "$T" $V 2>&1 | grep -q 'a.o: unexpected value' # from the cache, too
}

# --- the command line ---

@test "-h and -V print on stdout and succeed; wrong usage is status 2" {
	run bash -c 'depmod -h 2>/dev/null'
	[ "$status" = 0 ]
	[[ $output == usage:*--basedir* ]]
	run bash -c 'depmod --version 2>/dev/null'
	[ "$status" = 0 ]
	[[ $output == depmod* ]]
	for bad in -x --nonsense -b -P -Pab '-Ea -Fb' nonsense; do
		# shellcheck disable=SC2086 # words
		run depmod $bad
		[ "$status" = 2 ]
		[ "${#lines[@]}" = 2 ]
		[[ ${lines[0]} == "depmod: "* ]]
		[ "${lines[1]}" = "Try 'depmod --help'." ]
	done
	run depmod 2.4.27 2.4.28
	[ "${lines[0]}" = "depmod: 2.4.28: arguments are one kernel version (N.N...), and files with a / in their path" ]
}
