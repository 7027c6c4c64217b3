#!/usr/bin/env bats
# bash completion: what is offered for the word under the cursor

# shellcheck disable=SC2317 # functions that stand in for tools
bats_require_minimum_version 1.5.0
load world

setup() {
	cd "$BATS_TEST_TMPDIR" || return 1
	DIR=root/lib/modules/2.4.27
	mkdir -p $DIR/kernel files/sub
	cat >$DIR/modules.dep <<'END'
/lib/modules/2.4.27/kernel/snd-pcm.o:
/lib/modules/2.4.27/kernel/snd-seq.ko.gz:
/lib/modules/2.4.27/kernel/vfat.o:
END
	touch files/one.o files/two.ko.xz files/three.c
	source "$TOP/scripts/bash-completion"
}

# offers EXPECTED WORD...: completing the last word offers exactly these.
offers() {
	local expected=$1
	shift
	COMP_WORDS=("$@")
	COMP_CWORD=$(($# - 1))
	_modstack "$1"
	diff -u <(echo "$expected") <(printf '%s\n' "${COMPREPLY[@]}" | sort | xargs)
}

@test "modprobe: names of modules, - and _ being equal" {
	offers "snd-pcm snd-seq vfat" modprobe -d root -S 2.4.27 ""
	offers "snd-pcm snd-seq" modprobe -d root -S 2.4.27 snd_
	offers "vfat" modprobe -a -d root -S 2.4.27 snd-pcm v
}

@test "rmmod and modprobe -r: what is loaded" {
	lsmod() { printf 'Module Size Used by\nppp_async 1 0\nslhc 1 1\n'; }
	offers "ppp_async slhc" rmmod ""
	offers "ppp_async" rmmod slhc ppp-
	offers "slhc" modprobe -r s
	offers "slhc" modprobe --remove s
}

@test "parameters after a module's name" {
	modinfo() { [ "$1" = -p ] && printf 'parm:        io int\nparm:        irq int, description "x"\n'; }
	offers "io= irq=" modprobe -d root -S 2.4.27 vfat ""
	offers "irq=" insmod ./files/one.o ir
	modinfo() { printf 'io:the port (int)\nirq:x (int)\n'; }
	offers "io= irq=" insmod ./files/one.o io=1 i
}

@test "insmod: files of modules and directories" {
	offers "files/one.o files/sub files/two.ko.xz" insmod files/
}

@test "options are those of the tool's help" {
	offers "--remove --remove-holders" modprobe --remove
	offers "--warnings" genksyms --w
	[ "${#COMPREPLY[@]}" -eq 1 ]
}

@test "the arguments of options are not taken for modules" {
	offers "root" modprobe -d roo
	offers "root" modprobe --dirname = roo
	offers "files root" modprobe --dirname =
	offers "2.4.27" modprobe -d root -S 2
	offers "" modprobe -w 2
	COMPREPLY=(x)
	offers "snd-pcm snd-seq vfat" modprobe -C /dev/null -d root -S 2.4.27 ""
	offers "snd-pcm snd-seq vfat" modprobe -nC/dev/null -droot -S2.4.27 ""
	offers "snd-pcm snd-seq vfat" modprobe --config = /dev/null --dirname = root -qS 2.4.27 ""
	offers "" modprobe -d root -S 2.4.27 vfat io = ""x
	offers "" modprobe -d root -S 2.4.27 vfat io =
}

@test "modinfo looks below -b, for -k; depmod and kcall know what they take" {
	offers "2.4.27" modinfo -b root -k ""
	offers "snd-pcm snd-seq" modinfo -b root -k 2.4.27 s
	offers "license" modinfo --field = li
	offers "2.4.27" depmod -b root ""
	offers "./files" depmod ./f
	offers "files/three.c" depmod -F files/th
	offers "create_module" kcall create
	offers "status stop" kerneld st
}
