#!/usr/bin/env bats
# modprobe without a kernel: which modules a name stands for, in which order they are loaded,
# with which options; usage and safe mode.

# shellcheck disable=SC2016,SC2001 # $ and ` for the configuration, not for this shell
bats_require_minimum_version 1.5.0
load world

# A tree of modules that are only names, in the classic and readable form of modules.dep.
setup() {
	cd "$BATS_TEST_TMPDIR" || return 1
	unset MODULECONFIG MODPATH DEPPATH MODPROBE_OPTIONS
	DIR=$PWD/root/lib/modules/2.4.27
	mkdir -p "$DIR/kernel/net" "$DIR/kernel/fs" root/etc/modprobe.d
	: >root/etc/modules.conf
	cat >"$DIR/modules.dep" <<END
$DIR/kernel/net/slhc.o:
$DIR/kernel/net/ppp_generic.o:	$DIR/kernel/net/slhc.o
$DIR/kernel/net/ppp-async.o:	$DIR/kernel/net/ppp_generic.o
$DIR/kernel/fs/fat.o:
$DIR/kernel/fs/vfat.o:	$DIR/kernel/fs/fat.o
$DIR/kernel/fs/msdos.o:	$DIR/kernel/fs/fat.o
END
	sed "s,$PWD/root,," -i "$DIR/modules.dep"
	cat >"$DIR/modules.alias" <<'END'
# Aliases extracted from modules themselves.
alias fs-vfat vfat
alias pci:v00008086d*sv* vfat
alias pci:v00008086d00001234sv* msdos
END
	cat >"$DIR/modules.symbols" <<'END'
alias symbol:slhc_init slhc
END
	printf 'kernel/fs/ext2.ko\n' >"$DIR/modules.builtin"
}

mp() {
	run --separate-stderr modprobe -d root -S 2.4.27 "$@"
}

# loads LINES: -D succeeded; paths are shown without the directory.
loads() {
	[ "$status" -eq 0 ]
	[ -z "$stderr" ]
	diff -u <(printf '%s\n' "$1") <(sed "s,[^ ]*/kernel/,,; s/ *$//" <<<"$output")
}

conf() { cat >root/etc/modules.conf; }

# --- order and names --------------------------------------------------------------------------

@test "dependencies come first, each once" {
	mp -D ppp-async
	loads "insmod net/slhc.o
insmod net/ppp_generic.o
insmod net/ppp-async.o"
	mp -D slhc # for whoever reads it elsewhere
	[ "$output" = "insmod $DIR/kernel/net/slhc.o " ]
	mp -l slhc
	[ "$output" = "$DIR/kernel/net/slhc.o" ]
}

@test "- and _ are equal" {
	mp -D ppp_async
	first=$output
	mp -D ppp-async
	[ "$first" = "$output" ]
	mp -R ppp-async
	prints "ppp_async"
}

@test "an alias of the tree, by pattern all that match" {
	mp -R fs-vfat
	prints "vfat"
	mp -R pci:v00008086d00001234sv00000000
	prints "vfat
msdos"
}

@test "symbol:NAME is who exports it, a built-in module is named as such" {
	mp -R symbol:slhc_init
	prints "slhc"
	mp -D ext2
	loads "builtin ext2"
}

@test "a configured alias goes before a module of that name; aliases are followed" {
	conf <<'END'
alias vfat msdos
alias eth0 net-a
alias net-a slhc
alias fat fat
END
	mp -R vfat
	prints "msdos"
	mp -R eth0
	prints "slhc"
	mp -R fat
	prints "fat"
}

@test "an alias may be a pattern; several providers are all shown, in order" {
	conf <<'END'
alias usb-* slhc
alias two vfat
add alias two msdos
END
	mp -R usb-anything
	prints "slhc"
	mp -R two
	prints "vfat
msdos"
}

@test "alias loops end, with the way they go" {
	conf <<'END'
alias a b
alias b c
alias c a
END
	mp -R a
	[ "$status" -eq 1 ]
	[ "$stderr" = "modprobe: alias loop detected on a: a (root/etc/modules.conf:1) -> b \
(root/etc/modules.conf:2) -> c (root/etc/modules.conf:3) -> a" ]
}

@test "off is success and nothing; a default alias is the last resort" {
	conf <<<'alias eth5 off'
	mp -D eth5
	loads ""
	mp -D eth0
	loads ""
	mp -R dos
	prints "msdos"
	conf <<<'alias eth0 slhc'
	mp -R eth0
	prints "slhc"
}

@test "an install command makes a name known" {
	conf <<<'install special /bin/special one'
	mp -D special
	loads "install /bin/special one"
}

@test "above and below, the last listed first; softdep in their order" {
	conf <<'END'
below ppp_generic fat
above ppp_generic vfat msdos
softdep slhc pre: ext2 post: nosuch
END
	mp -D ppp_generic
	loads "builtin ext2
insmod net/slhc.o
insmod fs/fat.o
insmod net/ppp_generic.o
insmod fs/fat.o
insmod fs/msdos.o
insmod fs/fat.o
insmod fs/vfat.o"
}

@test "a softdep is that of a module, above and below are also those of an alias" {
	conf <<'END'
alias vfat slhc
alias msdos slhc
softdep vfat pre: fat
below msdos fat
END
	mp -D vfat
	loads "insmod net/slhc.o"
	mp -D msdos
	loads "insmod fs/fat.o
insmod net/slhc.o"
}

@test "a below module that is not there is an error that says for whom" {
	conf <<<'below vfat nosuch'
	mp -D vfat
	[ "$status" -eq 1 ]
	[ "$stderr" = "modprobe: Can't locate module nosuch which is needed for vfat (root/etc/modules.conf:1)" ]
}

@test "probe takes its list's first that works, probeall all" {
	conf <<'END'
probe one nosuch slhc fat
probeall all slhc fat
probeall loop loop
END
	mp -q -n -v one
	loads "insmod net/slhc.o"
	mp -n -v all
	loads "insmod net/slhc.o
insmod fs/fat.o"
	mp -n loop
	[ "$status" -eq 1 ]
	[ "$stderr" = "modprobe: loop: probe lists go in circles (root/etc/modules.conf:3)" ]
}

@test "the blacklist holds for aliases, with -b for all" {
	conf <<<'blacklist vfat'
	mp -D fs-vfat
	loads ""
	mp -D vfat
	loads "insmod fs/fat.o
insmod fs/vfat.o"
	mp -b -D vfat
	loads ""
}

# --- options ----------------------------------------------------------------------------------

@test "options: the module's, then the alias's, then the command line's; later ones win" {
	conf <<'END'
alias link ppp_generic
options ppp_generic a=1 b=1 c=1
options link b=2 c=2
END
	mp -D link c=3 d=3
	[ "${lines[1]##*.o }" = "a=1 b=2 c=3 d=3" ]
	[[ ${lines[0]} == *"slhc.o " ]]
}

@test "a value with a blank is shown in quotes" {
	conf <<<"options slhc s='a b'"
	mp -n -v slhc
	[[ $output == *'slhc.o s="a b"'* ]]
}

@test "hooks and commands are shown by -n -v and not run; -n alone shows nothing" {
	conf <<'END'
pre-install fat touch ran
install fat touch ran2
post-install vfat touch ran3
END
	mp -n -v vfat
	loads "# pre-install fat:
touch ran
install touch ran2
insmod fs/vfat.o
# post-install vfat:
touch ran3"
	[ ! -e ran ]
	mp -n vfat
	loads ""
	mp -i -n -v fat
	loads "# pre-install fat:
touch ran
insmod fs/fat.o"
}

# --- unknown names and damage -----------------------------------------------------------------

@test "an unknown name: where it was looked for, and what is near" {
	mp vfta
	[ "$status" -eq 1 ]
	[ "$stderr" = "modprobe: Can't locate module vfta in $PWD/root/lib/modules/2.4.27; did you mean \
vfat?" ]
	mp completely-different
	[ "$stderr" = "modprobe: Can't locate module completely-different in \
$PWD/root/lib/modules/2.4.27" ]
	mp vfat.ko
	[ "$stderr" = "modprobe: Can't locate module vfat.ko in $PWD/root/lib/modules/2.4.27; did you mean \
vfat?" ]
	mp ./vfat.ko
	[ "$status" -eq 1 ]
	[ "$stderr" = "modprobe: Can't locate module ./vfat.ko: it is neither an alias nor a file" ]
	mp -q vfta
	[ "$status" -eq 1 ]
	[ -z "$stderr" ]
}

@test "an alias that ends nowhere: where it was said, and what is near its end" {
	conf <<<'alias eth0 net-driver
alias net-driver ppp-asinc
below vfat eth0'
	mp block-major-2
	[ "$status" -eq 1 ]
	[ "$stderr" = "modprobe: Can't locate module block-major-2 in $PWD/root/lib/modules/2.4.27: \
block-major-2 (built in) -> floppy" ]
	local way='eth0 (root/etc/modules.conf:1) -> net-driver (root/etc/modules.conf:2) -> ppp-asinc'
	mp eth0
	[ "$status" -eq 1 ]
	[ "$stderr" = "modprobe: Can't locate module eth0 in $PWD/root/lib/modules/2.4.27: $way; did you \
mean ppp_async?" ]
	mp -D vfat
	[ "$status" -eq 1 ]
	[ "$stderr" = "modprobe: Can't locate module eth0 which is needed for vfat (root/etc/modules.conf:3): $way" ]
}

@test "no module directory is said as that" {
	run modprobe -d root -S 9.9 vfat
	[ "$status" -eq 1 ]
	prints "modprobe: Can't locate module vfat: there is no $PWD/root/lib/modules/9.9"
	run modprobe -d root -S 9.9 -l
	[ "$status" -eq 1 ]
	prints "modprobe: there is no $PWD/root/lib/modules/9.9"
}

@test "a damaged index is an error, never an unknown module" {
	head -c 100 /dev/zero >"$DIR/modules.dep.bin"
	mp -D vfat
	[ "$status" -eq 1 ]
	[ "$stderr" = "modprobe: $PWD/root/lib/modules/2.4.27/modules.dep.bin: damaged, run depmod" ]
	rm "$DIR/modules.dep.bin"
	echo nonsense >>"$DIR/modules.dep"
	mp -D vfat
	[ "$status" -eq 1 ]
	[ "$stderr" = "modprobe: $PWD/root/lib/modules/2.4.27/modules.dep: record 7 is damaged, \
run depmod" ]
}

@test "no index at all is said as that" {
	rm "$DIR/modules.dep"
	mp -D vfat
	[ "$status" -eq 1 ]
	[ "$stderr" = "modprobe: Can't locate module vfat: there is no \
$PWD/root/lib/modules/2.4.27/modules.dep, run depmod" ]
	mp -l
	[ "$status" -eq 1 ]
	[ "$stderr" = "modprobe: there is no $PWD/root/lib/modules/2.4.27/modules.dep, run depmod" ]
	: >"$DIR/modules.dep"
	mp -l
	[ "$status" -eq 0 ]
	[ -z "$output$stderr" ]
}

@test "a bad configuration stops everything" {
	conf <<<'nonsense'
	mp -D vfat
	[ "$status" -eq 1 ]
	[ -z "$output" ]
	[ "$stderr" = "modprobe: root/etc/modules.conf:1: Invalid line, unknown directive: nonsense" ]
}

# --- lists ------------------------------------------------------------------------------------

@test "-l lists files, of a type, by pattern or name" {
	mp -l
	[ "${#lines[@]}" -eq 6 ]
	mp -l -t fs
	loads "fs/fat.o
fs/vfat.o
fs/msdos.o"
	mp -l 'ppp*'
	[ "${#lines[@]}" -eq 2 ]
	mp -l fat.o
	[[ $output == */kernel/fs/fat.o ]]
	mp -l nosuch
	[ "$status" -eq 0 ]
	[ -z "$output" ]
}

@test "wildcards and -t load the first file that works, with -a all" {
	mp -n -v -t fs '*fat'
	loads "insmod fs/fat.o"
	mp -a -n -v -t fs 'v*'
	loads "insmod fs/fat.o
insmod fs/vfat.o"
	mp -n -v 'z*'
	[ "$status" -eq 1 ]
	[ "$stderr" = "modprobe: Can't locate module file z* in $PWD/root/lib/modules/2.4.27" ]
}

@test "-t: a name is that of a file below a directory TYPE, and nothing else" {
	conf <<<'alias msdos off'
	mp -t fs -D msdos
	loads "insmod fs/fat.o
insmod fs/msdos.o"
	mp -t net -D ppp-async
	loads "insmod net/slhc.o
insmod net/ppp_generic.o
insmod net/ppp-async.o"
	for name in vfat fs-vfat; do
		mp -t net -D $name
		[ "$status" -eq 1 ]
		[ "$stderr" = "modprobe: Can't locate module file $name in $PWD/root/lib/modules/2.4.27 below net" ]
	done
	mp -q -t net vfat
	[ "$status" -eq 1 ]
	[ -z "$stderr" ]
}

# --- command line -----------------------------------------------------------------------------

@test "two names need -a; with it each may have parameters, and one that fails fails all" {
	mp slhc fat
	[ "$status" -eq 2 ]
	[ "$stderr" = "modprobe: fat is no SYMBOL=VALUE; use -a to load several modules
Try 'modprobe --help'." ]
	mp -a -n -v slhc x=1 fat y=2
	[[ ${lines[0]} == *"slhc.o x=1" ]]
	[[ ${lines[1]} == *"fat.o y=2" ]]
	mp -a -D slhc nosuch fat
	[ "$status" -eq 1 ]
	[ "${#lines[@]}" -eq 2 ]
}

@test "wrong usage is 2; help and version are on stdout and 0" {
	run --separate-stderr modprobe
	[ "$status" -eq 2 ]
	[ -z "$output" ]
	[ "$stderr" = "modprobe: which module?
Try 'modprobe --help'." ]
	run --separate-stderr modprobe --nonsense
	[ "$status" -eq 2 ]
	[ "$stderr" = "modprobe: unrecognized option '--nonsense'
Try 'modprobe --help'." ]
	run --separate-stderr modprobe --help
	[ "$status" -eq 0 ]
	[[ $output == "usage: modprobe"* ]]
	run --separate-stderr modprobe -V
	[ "$status" -eq 0 ]
	[[ $output == "modprobe (modstack) "* ]]
	mp --quiet nosuch
	[ "$status" -eq 1 ]
}

@test "\$MODPROBE_OPTIONS goes before the command line" {
	MODPROBE_OPTIONS="-d root -S 2.4.27" run modprobe -R fs-vfat
	prints "vfat"
	mkdir "a b"
	echo 'alias x fat' >"a b/x.conf"
	MODPROBE_OPTIONS="-d root  -C 'a b' -S \"2.4.27\"" run modprobe -R x
	prints "fat"
	MODPROBE_OPTIONS="-q nosuch" run modprobe -R fs-vfat
	[ "$status" -eq 2 ]
	prints "modprobe: \$MODPROBE_OPTIONS is wrong: -q nosuch
Try 'modprobe --help'."
}

# --- safe mode --------------------------------------------------------------------------------

@test "called by the kernel: the last argument is a name, whatever it looks like" {
	tool=$(command -v modprobe)
	kernel() { run env -i HOME=/ TERM=linux "$tool" -d root -S 2.4.27 "$@"; }
	kernel -R fs-vfat
	prints "vfat"
	kernel -q -R -- -C/etc/passwd
	[ "$status" -eq 1 ]
	prints "modprobe: Safe mode parameter starts with '-': -C/etc/passwd"
	kernel -R 'a=b'
	prints "modprobe: Safe mode parameter contains '=': a=b"
	kernel -R ../../etc/passwd
	prints "modprobe: Safe mode parameter contains '/': ../../etc/passwd"
	kernel -R vfat fat
	prints "modprobe: Safe mode has more than one parameter"
	[ "$status" -eq 1 ]
}

@test "called by the kernel: no expansion, no wildcard, no environment" {
	tool=$(command -v modprobe)
	touch 'v*'
	run env -i HOME=/ "$tool" -d root -S 2.4.27 -R 'v*'
	[ "$status" -eq 1 ]
	run env -i HOME=/ "$tool" -d root -S 2.4.27 -R '`touch pwned`'
	[ "$status" -eq 1 ]
	[ ! -e pwned ]
}

@test "-k makes a name data in any environment" {
	mp -k -n /etc/passwd
	[ "$status" -eq 1 ]
	[ "$stderr" = "modprobe: Safe mode parameter contains '/': /etc/passwd" ]
	mp -k -n nosuch
	[ "$status" -eq 1 ]
	[ -z "$stderr" ]
}

@test "depfile= names the modules.dep to read, below the root; \$DEPPATH names any" {
	mkdir root/var
	printf '/lib/modules/2.4.27/kernel/vfat.ko:\n' >root/var/dep
	conf <<<'depfile=/var/dep'
	mp -D vfat
	loads "insmod vfat.ko"
	printf '/lib/modules/2.4.27/kernel/fat.ko:\n' >dep
	DEPPATH=$PWD/dep mp -D vfat
	[ "$status" -eq 1 ]
	rm root/var/dep
	mp -D vfat
	[ "$status" -eq 1 ]
	[[ $stderr == "modprobe: root/var/dep: No such file or directory"* ]]
}

@test "bundled modules are found by what they do, without a configuration" {
	: >none
	found() { # NAME MODULE
		run modprobe -C "$PWD/none" -d "$O/root" -S "$(ls "$O/root/lib/modules")" -R "$1"
		[ "$1: $status $output" = "$1: 0 $2" ]
	}
	found iso9660 isofs
	found block-major-1 ramdisk
	found block-major-22 ide_cd
	found char-major-108 ppp_generic
	found net-pf-1 unix
	found net-pf-17 af_packet
	found dummy0 dummy
	found vfat vfat
	found pci:v00008086d00007010sv00001AF4sd00001100bc01sc01i80 ide_cd
	run modprobe -C none -d "$O/root" -S "$(ls "$O/root/lib/modules")" -n -v iso9660
	[[ $output == *kernel/isofs.o* ]]
}
