#!/usr/bin/env bats
# Protocol families, network interfaces, program formats, sysctl and /proc of modules

bats_require_minimum_version 1.5.0
load ../world

# An image with socket_test, which also stands in for modprobe.
setup_file() {
	make -s -C "$TOP" "O=$O" "$O/kernel.elf" "$O/socket_test.cpio" 3>&-
	local image=$BATS_FILE_TMPDIR/image
	mkdir "$image"
	ln -s "$O/bin" "$O/kernel.elf" "$image"
	ln -s "$O/socket_test.cpio" "$image/initramfs.cpio"
	O=$image world_start
}

teardown_file() {
	world_stop
}

setup() {
	world_reset
}

# load_modules NAME...: in this order
load_modules() {
	for m; do insmod "$MODULES/$m.o" || return 1; done
}

# in_use MODULE COUNT
in_use() { [ "$(lsmod --json | jq ".[] | select(.name == \"$1\").usecount")" = "$2" ]; }

# put PATH TEXT [MODE]: a file in the guest; TEXT as of printf %b
put() {
	printf %b "$2" >"$BATS_TEST_TMPDIR/text"
	kcall open "$1" 01101 "${3:-0644}" , write %0 "@$BATS_TEST_TMPDIR/text" \
		"$(stat -c %s "$BATS_TEST_TMPDIR/text")" >/dev/null
}

# prints_file FILE LINE...: it holds exactly these
prints_file() { diff -u <(printf '%s\n' "${@:2}") "$1"; }

# asked: what modprobe was asked for since the last time
asked() {
	kcall cat /tmp/asked 2>/dev/null || true
	kcall unlink /tmp/asked >/dev/null 2>&1 || true
}

@test "a family is known while its module is there, and a socket keeps it" {
	run -1 kcall socket 1 1 0
	[[ $output == *"Address family not supported"* ]]
	load_modules unix
	kcall cat /proc/net/families >"$BATS_TEST_TMPDIR/families"
	prints_file "$BATS_TEST_TMPDIR/families" '  1 unix'
	run -1 kcall socket 1 1 0 , socket 1 2 0 -- rmmod unix
	[[ $output == *busy* ]]
	in_use unix 0
	rmmod unix
	run -1 kcall socket 1 1 0
}

@test "sockets and interfaces do what they should; what goes through PPP is compressed" {
	load_modules unix dummy af_packet slhc ppp_generic
	kcall exec /bin/socket_test >"$BATS_TEST_TMPDIR/said"
	cat "$BATS_TEST_TMPDIR/said"
	[ "$(tail -n 1 "$BATS_TEST_TMPDIR/said")" = "done" ]
	run -1 grep '^not ok' "$BATS_TEST_TMPDIR/said"
	[ "$(grep -c '^ok' "$BATS_TEST_TMPDIR/said")" -eq \
		"$(grep -c '{"[a-z]*: .*", test_' "$TOP/tests/kernel/socket_test.c")" ]
	# packets: three that dummy0 took; one plain, one uncompressed and twenty compressed
	awk '$1 ~ /:$/ { print $1, $3, $4, $8, $11, $17 }' "$BATS_TEST_TMPDIR/said" \
		>"$BATS_TEST_TMPDIR/dev"
	prints_file "$BATS_TEST_TMPDIR/dev" 'dummy0: 0 0 0 3 0' 'ppp0: 0 0 0 22 20' \
		'ppp1: 22 1 20 0 0'
	in_use unix 0 && in_use ppp_generic 0 && in_use dummy 0
	rmmod ppp_generic slhc af_packet dummy unix
}

@test "Linux agrees with every answer the tests of AF_UNIX expect" {
	[ "$(id -u)" -eq 0 ] || skip "needs root for a root directory of its own"
	"$O/guest/socket_test" interpreter x >/dev/null 2>&1 || [ $? -ne 126 ] ||
		skip "this Linux runs no i386 programs"
	mkdir -p "$BATS_TEST_TMPDIR/root/tmp"
	cp "$O/guest/socket_test" "$BATS_TEST_TMPDIR/root/"
	chroot "$BATS_TEST_TMPDIR/root" /socket_test >"$BATS_TEST_TMPDIR/linux"
	[ "$(grep -v '^ok' "$BATS_TEST_TMPDIR/linux")" = "done" ]
}

@test "the classic names are asked for" {
	asked
	run -1 kcall socket 31 1 0
	[ "$(asked)" = net-pf-31 ]
	load_modules unix
	run -1 kcall exec /bin/socket_test up eth7
	[ "$(asked)" = eth7 ]
	put /tmp/strange '\177ABC\001rest' 0755
	run kcall exec /tmp/strange
	[ "$status" -ne 0 ]
	[ "$(asked)" = binfmt-4342 ]
	# a text is nobody's format, and not worth a question
	put /tmp/text 'echo hello\n' 0755
	run kcall exec /tmp/text
	[ "$status" -ne 0 ]
	[ "$(asked)" = "" ]
	rmmod unix
}

@test "an interface that is up keeps its module" {
	load_modules unix dummy
	kcall exec /bin/socket_test up dummy0
	in_use dummy 1
	run -1 rmmod dummy
	kcall exec /bin/socket_test down dummy0
	in_use dummy 0
	rmmod dummy unix
	run kcall cat /proc/net/dev
	[ "${#lines[@]}" -eq 2 ]
}

@test "/dev/ppp open keeps ppp_generic, and that slhc" {
	load_modules slhc ppp_generic
	run -1 kcall open /dev/ppp 2 0 -- rmmod ppp_generic
	[[ $output == *busy* ]]
	run -1 rmmod slhc
	rmmod ppp_generic slhc
}

@test "binfmt_misc runs files by an interpreter, by magic and by extension" {
	misc=/proc/sys/fs/binfmt_misc
	load_modules binfmt_misc
	put /tmp/strange '\177ABC\001rest' 0755
	put /tmp/tune.abc 'anything' 0755
	run kcall exec /tmp/strange
	[ "$status" -ne 0 ] && [ "$status" -ne 7 ]
	kcall write $misc/register ':strange:M::\x7fAxC:\xff\xff\x00\xff:/bin/interpreter:'
	kcall write $misc/register ':tune:E::abc::/bin/interpreter:'
	run -7 kcall exec /tmp/strange one 'two three'
	prints $'/bin/interpreter\n/tmp/strange\none\ntwo three'
	run -7 kcall exec /tmp/tune.abc
	prints $'/bin/interpreter\n/tmp/tune.abc'
	run kcall cat $misc/strange
	prints $'enabled\ninterpreter /bin/interpreter\noffset 0\nmagic 7f417843\nmask ffff00ff'
	kcall write $misc/strange 0
	run kcall exec /tmp/strange
	[ "$status" -ne 7 ]
	run -7 kcall exec /tmp/tune.abc
	kcall write $misc/tune -1
	run -1 kcall cat $misc/tune
	run kcall cat /proc/binfmts
	prints $'binfmt_misc\nkernel\nkernel'
	rmmod binfmt_misc
	run -1 kcall cat $misc/status
	run kcall exec /tmp/strange
	[ "$status" -ne 7 ]
}

@test "binfmt_misc refuses what is not a registration" {
	register=/proc/sys/fs/binfmt_misc/register
	load_modules binfmt_misc
	for line in '' ':' ':n:M' ':n:X::m::/i:' ':n:M::::/i:' ':n:M::m:xx:/i:' ':n:M:255:mm::/i:' \
		':n:M:-1:m::/i:' ':n:M::\xg0::/i:' ':n:M::\x4::/i:' ':n:E::::/i:' ':n:E::a/b::/i:' \
		':n:M::m::i:' '::M::m::/i:' ':a/b:M::m::/i:' ':status:M::m::/i:' ':..:M::m::/i:' \
		':n:M::m::/i:tail'; do
		run -1 kcall write $register "$line"
	done
	run -1 kcall write $register "$(printf ':n:M::m::/%02000d:' 0)"
	kcall write $register ':n:M::m::/i:'
	run -1 kcall write $register ':n:M::m::/i:'
	[[ $output == *exists* ]]
	run -1 kcall open $register 1 0 , write %0 ptr:0xc0100000 10
	run -1 kcall write /proc/sys/fs/binfmt_misc/n 2
	rmmod binfmt_misc
}

@test "an interpreter of its own kind does not run for ever" {
	load_modules binfmt_misc
	put /tmp/self.me 'x' 0755
	kcall write /proc/sys/fs/binfmt_misc/register ':me:E::me::/tmp/self.me:'
	run kcall exec /tmp/self.me
	[[ $output == *"symbolic links"* ]]
	rmmod binfmt_misc
}

@test "sysctl variables of a module are read, written, checked, and go with it" {
	dir=/proc/sys/dev/example
	load_modules sysctl_example
	[ "$(kcall cat $dir/limits)" = $'10\t90' ]
	kcall write $dir/limits '20 80'
	kcall write $dir/name 'a name that is too long'
	[ "$(kcall cat $dir/name)" = 'a name that is ' ]
	for wrong in '20 101' '-1 5' '1 2 3' 'x' '' '1,2'; do
		run -1 kcall write $dir/limits "$wrong"
	done
	[ "$(kcall cat $dir/limits)" = $'20\t80' ]
	kcall write $dir/limits 30
	[ "$(kcall cat /proc/sysctl_example)" = 'a name that is : 30 to 80, read 1 times' ]
	run -1 kcall write $dir/opened 5
	[ "$(kcall cat $dir/opened)" = 1 ]
	run -1 kcall open /proc/sysctl_example 0 0 -- rmmod sysctl_example
	[[ $output == *busy* ]]
	run -1 kcall write $dir/limits ptr:0xc0100000
	rmmod sysctl_example
	run -1 kcall cat /proc/sysctl_example
	run -1 kcall open /proc/sys/dev 0200000 0
	[[ $output == *"No such file"* ]]
}

# The kernel's memory. The worker of the call before may not be gone yet: the least of some
# looks.
kept() {
	for _ in {1..15}; do
		kcall cat /proc/meminfo | grep -E '^(Kmalloc(Bytes|Objects)|Modules)' |
			sort | paste -sd' '
	done | sort -n -k 2 | head -n 1
}

lsmod_lacks() { ! lsmod | grep -q "^$1 "; }

# Nothing of the module registrant is there.
withdrawn() {
	for f in net/families net/dev binfmts; do
		text=$(kcall cat /proc/$f) && [[ $text != *reg* ]] || return 1
	done
	run -1 kcall cat /proc/registrant
	run -1 kcall cat /proc/sys/dev/registrant
}

# What is called by a system call of ours, and faults, for each function of the module.
provoke() {
	case $1 in
	create) kcall socket 40 1 0 ;;
	send) kcall socket 40 1 0 , sendto %0 =text 4 0 NULL 0 ;;
	up) kcall exec /bin/socket_test up reg0 ;;
	load) kcall exec /tmp/registrant ;;
	read) kcall cat /proc/registrant ;;
	sysctl) kcall cat /proc/sys/dev/registrant ;;
	stats | numbers) kcall cat /proc/net/dev && false ;;
	esac
}

@test "a module that gives nothing back: the kernel takes it" {
	insmod "$TESTMODULES/registrant.o"
	[ "$(kcall cat /proc/sys/dev/registrant)" = 7 ]
	[ "$(kcall cat /proc/registrant)" = read ]
	kcall socket 40 1 0 , sendto %0 =text 4 0 NULL 0
	rmmod registrant
	withdrawn
}

@test "a fault in any function that the kernel calls ends the module, not the kernel" {
	load_modules unix
	put /tmp/registrant '\0177Rest' 0755
	kept >"$BATS_TEST_TMPDIR/before"
	for place in create send up load read sysctl stats numbers; do
		insmod "$TESTMODULES/registrant.o" "fault=$place"
		run provoke $place
		[ "$status" -ne 0 ]
		until_true 5 lsmod_lacks registrant
		withdrawn
	done
	kept >"$BATS_TEST_TMPDIR/after"
	diff -u "$BATS_TEST_TMPDIR/before" "$BATS_TEST_TMPDIR/after"
	rmmod unix
}

@test "loading, using and unloading all of it leaves no memory behind" {
	cycle() {
		load_modules unix dummy af_packet slhc ppp_generic binfmt_misc sysctl_example
		kcall exec /bin/socket_test >/dev/null
		kcall write /proc/sys/fs/binfmt_misc/register ':k:M::kk::/i:'
		kcall cat /proc/sysctl_example >/dev/null
		rmmod sysctl_example binfmt_misc ppp_generic slhc af_packet dummy unix
	}
	cycle
	kept >"$BATS_TEST_TMPDIR/before"
	for _ in {1..5}; do cycle; done
	kept >"$BATS_TEST_TMPDIR/after"
	diff -u "$BATS_TEST_TMPDIR/before" "$BATS_TEST_TMPDIR/after"
}

@test "BusyBox's logger and syslogd find each other; the module comes by itself" {
	[ -e "$O/native.cpio" ] || skip "no packages for i386 (make native)"
	KSTUB=$BATS_TEST_TMPDIR/native
	one_more_kernel "$KSTUB" --native
	run kcall exec logger nobody listens # it does not care
	run -0 lsmod
	[[ $output == *"unix "*"(autoclean)"* ]]
	kcall exec sh -c 'syslogd -O /tmp/messages; while [ ! -S /dev/log ]; do :; done
		logger -t netfmt "hello there"; until grep -q hello /tmp/messages; do :; done'
	run -0 kcall cat /tmp/messages
	[[ $output == *"user.notice netfmt: hello there" ]]
	run -1 rmmod unix
	kcall exec sh -c 'killall syslogd; while [ -e /dev/log ] && pidof syslogd; do :; done'
	rmmod unix
	kstub stop --dir "$KSTUB" 3>&-
}
