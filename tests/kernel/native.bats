#!/usr/bin/env bats
# The guest's own tools and programs, through kcall exec

# shellcheck disable=SC2016,SC2094 # $ is for the guest's shell; a file is read twice, not written
bats_require_minimum_version 1.5.0
load ../world

setup_file() {
	[ ! -e "$O/native.cpio" ] || world_start --native
}
teardown_file() { [ ! -d "${KSTUB:-}" ] || world_stop; }
setup() {
	[ -e "$O/native.cpio" ] || skip "no packages for i386 (make native)"
	cd "$BATS_TEST_TMPDIR" || return 1
}

# session COMMAND...: type what stands on the input at it.
session() { timeout 100 "$TOP/tests/kernel/console.py" "$@" 3>&-; }

@test "a program's input, output, error and status are connected" {
	run -3 --separate-stderr kcall exec sh -c 'read x; echo "got $x"; echo oops >&2; exit 3' <<<word
	prints "got word"
	[ "$stderr" = oops ]
	run -127 kcall exec nosuch
	prints "kcall: nosuch: No such file or directory"
	run -126 kcall exec /etc/passwd
	prints "kcall: /etc/passwd: Permission denied"
	run -139 kcall exec sh -c 'kill -SEGV $$'
}

@test "a guest of 32 MiB has room to unpack them" {
	mkdir -m 700 own
	one_more_kernel "$PWD/own" --native --memory 32
	KSTUB=$PWD/own run -0 kcall exec lsmod
	kstub stop --dir "$PWD/own"
}

@test "bytes of all kinds pass unchanged, both ways at once" {
	head -c 5000000 /dev/urandom >bytes
	kcall exec cat <bytes | cmp - bytes
	kcall exec md5sum <bytes >sum
	[ "$(cut -d' ' -f1 sum)" = "$(md5sum <bytes | cut -d' ' -f1)" ]
}

@test "at a terminal the program has one: line editing, ^C, ^Z, its size, its end" {
	session kcall exec sh -l <<'END' || status=$?
< # $
> tty; stty size\r
< /dev/pts/0\n24 80\n
> ehco\x7f\x7f\x7fcho a$((1+1))b\r
< \na2b\n
> sh -c 'echo g$((6+7)); exec sleep 1000'\r
< g13\n
> \x03
< # $
> echo s$?\r
< s130\n
> sh -c 'echo g$((7+8)) >&2; exec cat' | tr a-z A-Z; echo t$((1+1))\r
< g15\n
> word\r\x04
< WORD\nt2\n
> sh -c 'echo g$((6+7)); exec sleep 1000'\r
< g13\n
> \x1a
< Stopped
> bg; kill -9 %1; wait; exit 5\r
END
	[ "$status" -eq 5 ]
}

@test "the program's terminal has the size of ours, and hears when that changes" {
	session kcall exec sh -c 'trap "stty size; exit" WINCH; stty size; while :; do sleep 0.1; done' <<'END'
< 24 80\n
= 50 132
< 50 132\n
END
}

@test "a terminal if asked for, none if not wanted; the guest's own is as before" {
	run -0 kcall exec -t sh -c 'tty; test -t 0 && test -t 1 && test -t 2 && cat' <<<word
	prints $'/dev/pts/0\r\nword\r\nword\r'
	run -1 kcall exec tty
	prints "not a tty"
	run -2 kcall exec -t
	run -2 kcall exec -x ls
	session sh -c 'a=$(stty -g); kcall exec true; kcall exec false; [ "$a" = "$(stty -g)" ] && echo same' <<'END'
< same
END
}

@test "a signal reaches the program, its answer comes back" {
	kcall exec sh -c 'trap "echo caught; exit 5" TERM; echo ready; while :; do sleep 1; done' \
		3>&- >out &
	pid=$!
	until_true 20 grep -q ready out
	kill -TERM $pid
	status=0
	wait $pid || status=$?
	[ "$status" -eq 5 ]
	[ "$(cat out)" = "ready
caught" ]
}

sleepers() { [ "$(kcall exec ps | grep -cE ' root +sleep 987$')" -eq "$1" ]; }

@test "what it started ends with a kcall that is killed" {
	kcall exec sh -c 'sleep 987 & sleep 987' 3>&- &
	pid=$!
	until_true 20 sleepers 2
	kill -KILL $pid
	wait $pid || true
	until_true 20 sleepers 0
}

@test "the simulator has no programs" {
	KSTUB=$BATS_TEST_TMPDIR/sim
	mkdir "$KSTUB"
	kstub-sim --dir "$KSTUB" 3>&- >log 2>&1 &
	until_true 20 test -S "$KSTUB/syscall.sock"
	run -126 kcall exec ls
	kill %1
	prints "kcall: ls: Function not implemented"
}

@test "insmod -n -O writes the same bytes here, there and on the simulator" {
	kcall cat /proc/ksyms >ksyms
	mkdir sim
	kstub-sim --dir "$PWD/sim" 3>&- >log 2>&1 &
	kcall exec sh -c 'cat >/tmp/ksyms' <ksyms
	for m in hello param slhc chardev; do
		insmod -n --symbols=ksyms --base=0xd0000000 -O "$m.remote" "$MODULES/$m.o"
		KSTUB=$PWD/sim insmod -n --symbols=ksyms --base=0xd0000000 -O "$m.sim" "$MODULES/$m.o"
		kcall exec sh -c "cd /tmp && mkdir -p ${MODULES@Q} && cat >${MODULES@Q}/$m.o" <"$MODULES/$m.o"
		kcall exec touch -d "@$(stat -c %Y "$MODULES/$m.o")" "$MODULES/$m.o"
		kcall exec insmod -n --symbols=/tmp/ksyms --base=0xd0000000 -O /tmp/image "$MODULES/$m.o"
		kcall exec cat /tmp/image >"$m.native"
		cmp "$m.remote" "$m.native"
		cmp "$m.remote" "$m.sim"
	done
	kill %1
}

@test "the guest's depmod writes the files that ours wrote" {
	release=$(kcall cat /proc/sys/kernel/osrelease)
	kcall exec depmod -a
	for f in modules.dep modules.dep.bin modules.symbols modules.symbols.bin modules.alias; do
		kcall exec cat "/lib/modules/$release/$f" | cmp - "$O/native/lib/modules/$release/$f"
	done
}

@test "/dev names each device once, /dev/pts terminals; kernel-stub(7) has all files there are" {
	run -0 kcall exec ls /dev
	[ -z "$(uniq -d <<<"$output")" ]
	for name in $output; do
		case $name in
		pts | vport0p[12]) ;;
		*) grep -q "/dev/$name\>" "$TOP/man/kernel-stub.7" || { echo "/dev/$name"; false; } ;;
		esac
	done
	run -0 kcall exec ls /dev/pts
	prints "$(seq 0 7)"
	for path in $(kcall exec find /proc -type f | grep -v '^/proc/[0-9]'); do
		grep -q "$path\>" "$TOP/man/kernel-stub.7" || { echo "$path"; false; }
	done
	for module in "$MODULES"/*.o; do
		module=${module##*/}
		sed -n '/^\.It Pa [a-z]/p' "$TOP/man/kernel-stub.7" | grep -qw -- "${module%.o}" ||
			{ echo "$module"; false; }
	done
}

@test "a call the kernel does not have is named once, one that everybody tries is not" {
	named() { kstub dmesg | sed -n 's/.*no system call \([0-9]*\)$/\1/p'; }
	kcall exec date
	[ "$(named | grep -c '^386$')" -eq 0 ]
	# BusyBox's asks for finit_module first
	for _ in 1 2; do
		kcall exec sh -c 'busybox insmod /lib/modules/*/hello.o' || true
	done
	[ "$(named | grep -c '^350$')" -eq 1 ]
}

@test "programs that go wild leave the kernel up, and all its memory comes back" {
	# kB of processes, bytes and objects of the kernel; the least of some looks, for those who
	# served the last one may still be there
	used() {
		for _ in 1 2 3 4 5 6; do
			kcall cat /proc/meminfo | awk '
				/^(AnonPages|KernelStack|PageTables):/ { n += $2 }
				/^Kmalloc(Bytes|Objects):/ { kernel = kernel " " $2 }
				END { print n kernel }'
		done | sort -n -k1 -k2 | head -1
	}
	wild() { kcall exec su user -c "$1" || true; }
	all_of_them() {
		wild 'f() { f | f & }; f; sleep 1; kill -9 -1'
		wild 'f() { f; }; f'
		wild 'while :; do x=$x$x$x.........................; done'
		wild 'find / -type c -exec dd if={} bs=1 count=1 \; >/dev/null 2>&1 </dev/null & sleep 2; kill -9 -1'
	}
	# twice: the first time the gateway touches pages of its own for good
	all_of_them
	before=$(used)
	all_of_them
	back() { [ "$(used)" = "$before" ]; }
	until_true 30 back || { echo "$before before, $(used) after"; false; }
	insmod "$MODULES/hello.o"
	rmmod hello
}
