#!/usr/bin/env bats
# Modules loaded on demand: the kernel asks kerneld on the host, or a program in the guest

# shellcheck disable=SC2317 # until_true calls
bats_require_minimum_version 1.5.0
load ../world

RELEASE=2.4.27-modstack

setup_file() {
	world_start
	kcall mknod /tmp/dev 020600 $((240 << 8)) >/dev/null
	kcall mknod /tmp/nobody 020600 $((239 << 8)) >/dev/null
	kcall mknod /tmp/loop 020600 $((201 << 8)) >/dev/null
	kcall mkdir /sbin/none 0755 >/dev/null
}

teardown_file() { world_stop; }

setup() {
	cd "$BATS_TEST_TMPDIR" || return 1
	KERNELD=
	# what a load waits for, if the test wants it to wait
	mkfifo gate
	mkdir -p "root/lib/modules/$RELEASE/kernel"
	cp "$MODULES"/{chardev,initfail}.o "root/lib/modules/$RELEASE/kernel"
	conf </dev/null
	depmod -b root $RELEASE
}

teardown() {
	kill $KERNELD 2>/dev/null || true
	kerneld stop || true
	wait
	world_reset
	rm -rf "$BATS_TEST_TMPDIR/root"
}

conf() {
	{
		echo 'alias char-major-240 chardev'
		echo 'options chardev major=240'
		cat
	} >modules.conf
}

# serve [WORD...]: a kerneld for this kernel, its log in kerneld.log.
serve() {
	kerneld -f debug "$@" -- -d "$PWD/root" -C "$PWD/modules.conf" \
		>/dev/null 2>>kerneld.log 3>&- &
	KERNELD=$!
	until_true 10 serving
}

serving() { kerneld status 2>/dev/null | grep -q connected; }
said() { kstub dmesg | grep -q "$1"; }
waiting() { kcall cat /proc/modrequests; }
loaded() { lsmod | grep -q "^$1 "; }
gone() { ! loaded "$1"; }

# opens PATH...: in the background; what came of it goes to opened.
opens() {
	for _ in "$@"; do
		kcall open "$1" 0 >>opened 2>&1 3>&- &
		shift
	done
}

@test "an open of a device without driver loads the driver, and goes on" {
	serve
	run -0 kcall open /tmp/dev 0 , read %0 out:17 17
	prints "3
17
This is /dev/char"
	lsmod | grep -q '^chardev .* (autoclean)'
	grep -q '^kerneld: request [0-9]*: char-major-240$' kerneld.log
	# once it is there nobody is asked
	kcall open /tmp/dev 0
	[ "$(grep -c 'request.*char-major-240$' kerneld.log)" -eq 1 ]
}

@test "opens of the same device share one load, and nobody else waits" {
	conf <<<"pre-install chardev echo >>$PWD/loads; cat <$PWD/gate"
	serve
	opens /tmp/dev /tmp/dev /tmp/dev /tmp/dev
	four_wait() { [[ "$(waiting)" =~ ^[0-9]+\ char-major-240\ 4\ kerneld$ ]]; }
	until_true 10 four_wait
	[ ! -s opened ]
	# another request is served meanwhile
	run -1 kcall open /tmp/nobody 0
	prints "-1 ENODEV (No such device)"
	: >gate
	all_opened() { [ "$(grep -c '^3$' opened)" -eq 4 ]; }
	until_true 10 all_opened
	[ "$(wc -l <loads)" -eq 1 ]
	[ -z "$(waiting)" ]
}

@test "a load that fails: ENODEV for who asked, the reason in the log" {
	conf <<<"alias char-major-239 initfail"
	serve
	run -1 kcall open /tmp/nobody 0
	prints "-1 ENODEV (No such device)"
	grep -q '^kerneld: char-major-239: .*initfail.o: init_module: ' kerneld.log
	grep -q '^kerneld: char-major-239: modprobe failed (status 1)$' kerneld.log
	run ! loaded initfail
}

@test "without kerneld and without modprobe the open fails at once" {
	run -1 kcall open /tmp/dev 0
	prints "-1 ENODEV (No such device)"
}

@test "kerneld dies in the middle: who waits gets an error, the next one serves" {
	conf <<<"pre-install chardev cat <$PWD/gate"
	serve
	opens /tmp/dev
	one_waits() { [ "$(waiting | wc -l)" -eq 1 ]; }
	until_true 10 one_waits
	kill -9 $KERNELD
	until_true 10 test -s opened
	[ "$(cat opened)" = "-1 ENODEV (No such device)" ]
	[ -z "$(waiting)" ]
	: >gate # modprobe itself was not killed, and may end
	conf </dev/null
	serve
	kcall open /tmp/dev 0
}

@test "a requester that is killed waits no longer, the load goes on" {
	conf <<<"pre-install chardev cat <$PWD/gate"
	serve
	kcall open /tmp/dev 0 >opened 2>&1 3>&- &
	one_waits() { [[ "$(waiting)" =~ \ 1\ kerneld$ ]]; }
	none_waits() { [[ "$(waiting)" =~ \ 0\ kerneld$ ]]; }
	until_true 10 one_waits
	kill -9 $!
	until_true 10 none_waits
	: >gate
	until_true 10 loaded chardev
}

@test "a load that asks for itself is cut" {
	conf <<<"pre-install chardev kcall open /tmp/dev 0 >$PWD/inner; true"
	serve
	kcall open /tmp/dev 0
	[ "$(cat inner)" = "-1 ENODEV (No such device)" ]
	said 'kmod: char-major-240: its own load asks for it; refused'
}

@test "two loads that ask for each other are cut" {
	cp "$MODULES/chardev.o" "root/lib/modules/$RELEASE/kernel/other.o"
	conf <<END
alias char-major-239 other
options other major=239
pre-install chardev kcall open /tmp/nobody 0 >$PWD/one; true
pre-install other kcall open /tmp/dev 0 >$PWD/two; true
END
	depmod -b root $RELEASE
	serve
	opens /tmp/dev /tmp/nobody
	both() { [ "$(grep -c '^3$' opened)" -eq 2 ]; }
	until_true 20 both
	cat one two | grep -q ENODEV
}

@test "a storm of requests is stopped at 50, those under way go on" {
	cat >slow <<-END
		#!/bin/sh
		cat <$PWD/gate
		exit 1
	END
	chmod +x slow
	local i nodes=()
	for i in {140..194}; do
		kcall mknod "/tmp/storm$i" 020600 $((i << 8)) >/dev/null
		nodes+=("/tmp/storm$i")
	done
	serve --modprobe="$PWD/slow"
	opens "${nodes[@]}"
	stopped() { [ "$(grep -c ENODEV opened)" -eq 5 ]; }
	until_true 20 stopped
	[ "$(waiting | wc -l)" -eq 50 ]
	said 'kmod: .*: runaway modprobe loop assumed and stopped'
	: >gate
	ended() { [ "$(grep -c ENODEV opened)" -eq 55 ]; }
	until_true 20 ended
	[ -z "$(waiting)" ]
}

@test "names that are none reach nobody" {
	serve
	local name
	# shellcheck disable=SC2016 # as it is
	for name in -C ../x /bin/sh 'a b' 'a=b' '`id`' ''; do
		run -1 kcall mount none /sbin/none "$name" 0 NULL
		[[ "$output" = "-1 ENODEV"* ]] || [[ "$output" = "-1 EINVAL"* ]]
	done
	run -1 kcall mount none /sbin/none nosuchfs 0 NULL
	[ "$(grep 'request' kerneld.log | sed 's/.*: //')" = nosuchfs ]
}

@test "the sweep: used, then idle for a whole period, then gone" {
	serve keep
	kcall open /tmp/dev 0 , close %0
	kerneld flush
	swept() { kerneld status | grep -q "$1 sweeps" && kerneld status | grep -q 'no jobs'; }
	until_true 10 swept 1
	loaded chardev
	kerneld flush
	until_true 10 gone chardev
	# by the timer
	kcall open /tmp/dev 0 , close %0
	kerneld nokeep delay=1
	until_true 10 gone chardev
}

@test "with keep no timer sweeps" {
	serve keep delay=1
	kcall open /tmp/dev 0 , close %0
	sleep 3.2 # in which three sweeps would be due
	kerneld status | grep -q ' 0 sweeps'
	loaded chardev
	kerneld nokeep
	until_true 10 gone chardev
}

@test "what one module wants of another is looked up when that has been loaded" {
	cp "$MODULES/crash.o" "root/lib/modules/$RELEASE/kernel"
	depmod -b root $RELEASE
	conf <<<'options crash where=never'
	serve
	insmod "$TESTMODULES/asker.o"
	lsmod | grep -qE '^crash +[0-9]+ +1  \(autoclean\)$'
	run -1 rmmod crash
	rmmod asker
	lsmod | grep -qE '^crash +[0-9]+ +0  \(autoclean\)$'
	# it is there: nobody is asked
	insmod "$TESTMODULES/asker.o"
	[ "$(grep -c 'request.*: crash$' kerneld.log)" -eq 1 ]
	rmmod asker
	rmmod crash
	# a module that has not what is wanted, and none at all
	run -1 insmod "$TESTMODULES/asker.o" name=other module=chardev
	[[ $output = *"No such device"* ]]
	loaded chardev
	run -1 insmod "$TESTMODULES/asker.o" name=other module=nobody
	[[ $output = *"No such device"* ]]
	[ "$(grep 'request' kerneld.log | sed 's/.*: //' | tail -n 1)" = nobody ]
}

@test "a module in use, or not loaded by the kernel, stays" {
	serve keep
	insmod "$MODULES/chardev.o" major=240
	kcall open /tmp/dev 0 , close %0
	for n in 1 2 3; do
		kerneld flush
		swept() { kerneld status | grep -q "$n sweeps" && kerneld status | grep -q 'no jobs'; }
		until_true 10 swept
	done
	loaded chardev
	rmmod chardev
	kcall open /tmp/dev 0 -- cat gate 3>&- &
	until_true 10 loaded chardev
	for n in 4 5 6; do
		kerneld flush
		until_true 10 swept
	done
	loaded chardev
	: >gate
}

@test "kerneld outlives the kernel and serves the next one" {
	serve
	kcall open /tmp/dev 0
	kstub stop --dir "$KSTUB" 3>&-
	down() { kerneld status | grep -q 'not running'; }
	until_true 10 down
	kstub start --dir "$KSTUB" 3>&- >/dev/null
	until_true 10 serving
	kcall mknod /tmp/dev 020600 $((240 << 8))
	kcall mknod /tmp/nobody 020600 $((239 << 8)) >/dev/null
	kcall mknod /tmp/loop 020600 $((201 << 8)) >/dev/null
	kcall open /tmp/dev 0
	kill -0 $KERNELD
}

@test "a kernel that comes is served at once" {
	mkdir -m 700 later
	KSTUB=$PWD/later kerneld -f 2>/dev/null 3>&- &
	KERNELD=$!
	until_true 10 test -S later/kerneld.ctl
	python3 - <<-'END'
		import os, socket
		for n in range(3):
		    s = socket.socket(socket.AF_UNIX)
		    s.bind("later/kerneld.sock")
		    s.listen()
		    s.settimeout(0.5)
		    s.accept()
		    s.close()
		    os.unlink("later/kerneld.sock")
	END
}

@test "the frames, spoken by hand; nonsense ends the connection and every wait" {
	python3 - <<'END'
import os, socket, struct, subprocess
def connect():
    s = socket.socket(socket.AF_UNIX)
    s.settimeout(20)
    s.connect(os.environ["KSTUB"] + "/kerneld.sock")
    return s
def frame(kind, number=0, value=0, magic=0x3144534B):
    return struct.pack("<3Ii48s", magic, kind, number, value, b"")
def take(s):
    b = b""
    while len(b) < 64:
        more = s.recv(64 - len(b))
        if not more:
            return None
        b += more
    return struct.unpack("<3Ii48s", b)
def opens(path):
    return subprocess.Popen(["kcall", "open", path, "0"], stdout=subprocess.PIPE)
def answer(p):
    return p.communicate(timeout=20)[0]
COME, GONE, REQUEST, ANSWER, REFUSED = 1, 2, 3, 4, 5

s = connect()
assert take(s)[1] == COME
second = connect()
magic, kind, number, value, name = take(second)
assert (kind, value) == (REFUSED, os.getpid())
assert take(second) is None
p = opens("/tmp/dev")
magic, kind, number, value, name = take(s)
assert (magic, kind, value) == (0x3144534B, REQUEST, 0) and number
assert name == b"char-major-240".ljust(48, b"\0")
s.sendall(frame(ANSWER, number + 1))       # nobody asked for that
q = opens("/tmp/nobody")
other = take(s)
assert other[2] != number and other[4].startswith(b"char-major-239\0")
for byte in frame(ANSWER, other[2], 1):    # in any order, in pieces
    s.sendall(bytes([byte]))
assert answer(q) == b"-1 ENODEV (No such device)\n"
assert p.poll() is None
s.sendall(frame(ANSWER, number, -2) * 2)   # twice
assert answer(p) == b"-1 ENODEV (No such device)\n"
for nonsense in frame(ANSWER, magic=7), frame(REQUEST), frame(COME), frame(99):
    p = opens("/tmp/dev")
    assert take(s)[1] == REQUEST
    s.sendall(nonsense)
    assert take(s) is None
    assert answer(p) == b"-1 ENODEV (No such device)\n"
    s = connect()
    assert take(s)[1] == COME
END
	[ -z "$(waiting)" ]
}

@test "one kerneld a kernel; words go to the one there is" {
	serve delay=7
	run -0 kerneld status
	[[ "${lines[0]}" = "kerneld 0.1, pid $KERNELD, delay=7, nokeep, debug" ]]
	[ "${lines[1]}" = "kernel at $KSTUB: connected" ]
	run -1 kerneld
	[ "$output" = "kerneld: a kerneld runs at $KSTUB already" ]
	run -0 kerneld keep nodebug delay=9
	[ -z "$output" ]
	run -0 kerneld status
	[[ "${lines[0]}" = "kerneld 0.1, pid $KERNELD, delay=9, keep, nodebug" ]]
	run -1 kerneld delay=x
	[ "$output" = "kerneld: what is 'delay=x'?" ]
	kerneld stop
	run -1 kerneld status
	[ "$output" = "kerneld: no kerneld serves the kernel at $KSTUB" ]
	run -2 kerneld nonsense
}

@test "without the program that loads it does not start" {
	run -1 kerneld --modprobe=nonexistent
	[ "$output" = "kerneld: nonexistent: there is no such program to load modules with" ]
	run -1 kerneld -f --modprobe=./nonexistent
	[ "$output" = "kerneld: ./nonexistent: there is no such program to load modules with" ]
	run -1 kerneld status
	# a relative name counts from here
	printf '#!/bin/sh\n' >loader
	chmod +x loader
	run -0 kerneld --modprobe=./loader 3>&-
	kerneld stop
}

@test "without -f it goes to the background and says so" {
	run -0 kerneld delay=60 -- -d "$PWD/root" -C "$PWD/modules.conf" 3>&-
	[[ "$output" =~ ^Starting\ kerneld,\ version\ 0.1\ \(pid\ [0-9]+\)$ ]]
	kcall open /tmp/dev 0
	kerneld stop
}

@test "without kerneld the kernel runs modprobe in the guest, exactly as Linux 2.4" {
	local size
	size=$(stat -c %s "$O/guest/kmod_helper")
	kcall open /sbin/modprobe 0101 0755 , write %0 "@$O/guest/kmod_helper" "$size" , close %0
	run -1 kcall open /tmp/dev 0
	prints "-1 ENODEV (No such device)"
	run -0 kcall cat /tmp/helper
	prints "/sbin/modprobe
-s
-k
--
char-major-240
HOME=/
TERM=linux
PATH=/sbin:/usr/sbin:/bin:/usr/bin"
	# one that asks for itself
	kcall unlink /tmp/helper
	run -1 kcall open /tmp/loop 0
	[ "$(kcall cat /tmp/helper | tail -1)" = refused ]
	# a path that leads nowhere is no helper
	kcall unlink /tmp/helper
	kcall write /proc/sys/kernel/modprobe /sbin/nothing
	run -1 kcall open /tmp/dev 0
	run -1 kcall cat /tmp/helper
	kcall write /proc/sys/kernel/modprobe /sbin/modprobe
	# kerneld comes first
	serve
	kcall open /tmp/dev 0
	run -1 kcall cat /tmp/helper
	kcall unlink /sbin/modprobe
}

@test "mount of a CD with nothing loaded: file system, drive and what they stand on; then all go" {
	command -v genisoimage >/dev/null || skip "genisoimage is not installed"
	local KSTUB=$BATS_TEST_TMPDIR/cd/kernel # exported, as the one it hides
	mkdir -p cd source/folder
	echo "a file" >source/file
	head -c 300000 /dev/urandom >source/folder/large
	genisoimage -quiet -R -o cd/image source
	cp "$MODULES"/{isofs,ide-cd,cdrom}.o "root/lib/modules/$RELEASE/kernel"
	depmod -b root $RELEASE
	conf <<-END
		alias iso9660 isofs
		alias block-major-22 ide-cd
	END
	one_more_kernel "$KSTUB" --cdrom cd/image
	serve keep
	kcall mount /dev/hdc /cdrom iso9660 1 NULL
	lsmod | grep -q '^isofs .* 1  (autoclean)'
	[ "$(kcall cat /cdrom/file)" = "a file" ]
	kcall cat /cdrom/folder/large | cmp - source/folder/large
	kcall umount /cdrom
	kerneld flush
	empty() { [ "$(lsmod | wc -l)" -eq 1 ]; }
	swept() { kerneld status | grep -q "1 sweeps" && kerneld status | grep -q 'no jobs'; }
	until_true 10 swept
	run ! empty
	kerneld flush
	until_true 10 empty
	kerneld stop
	kstub stop --dir "$KSTUB" 3>&-
}

@test "the same in the guest alone: mount there, its own modprobe, rmmod -a" {
	[ -e "$O/native.cpio" ] || skip "no packages for i386 (make native)"
	command -v genisoimage >/dev/null || skip "genisoimage is not installed"
	local KSTUB=$BATS_TEST_TMPDIR/cd/kernel rows
	mkdir -p cd source
	head -c 100000 /dev/urandom >source/file
	genisoimage -quiet -R -o cd/image source
	one_more_kernel "$KSTUB" --native --cdrom cd/image
	kcall exec sh -c 'mount -t iso9660 /dev/hdc /cdrom && cat /cdrom/file' | cmp - source/file
	rows=$(kcall exec lsmod | sed 1d | sed 's/ \+/ /g; s/ [0-9]* / /' | sort)
	prints_rows() { diff -u - <(echo "$rows"); }
	prints_rows <<-END
		cdrom 0 (autoclean) [ide_cd]
		ide_cd 1 (autoclean)
		isofs 1 (autoclean)
	END
	kcall exec umount /cdrom
	kcall exec rmmod -a
	[ "$(kcall exec lsmod | wc -l)" -eq 4 ]
	kcall exec rmmod -a
	[ "$(kcall exec lsmod | wc -l)" -eq 1 ]
	kcall exec mount /cdrom # as /etc/fstab says
	kcall exec cmp /cdrom/file /cdrom/file
	kcall exec umount /cdrom
	kstub stop --dir "$KSTUB" 3>&-
}
