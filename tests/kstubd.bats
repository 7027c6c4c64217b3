#!/usr/bin/env bats
# kstubd and kstub with tests/fake-guest in QEMU's place: whatever a guest or a tool does

bats_require_minimum_version 1.5.0
load world

setup() {
	KSTUB=$(mktemp -d "${TMPDIR:-/tmp}/kstubd-test.XXXXXX")
	KSTUB_IMAGE=$KSTUB/image
	KSTUB_QEMU=$TOP/tests/fake-guest
	export KSTUB KSTUB_IMAGE KSTUB_QEMU PYTHONPATH=$TOP/tests
	mkdir "$KSTUB_IMAGE"
	touch "$KSTUB_IMAGE"/{kernel.elf,initramfs.cpio}
}

teardown() {
	kstub status >/dev/null && kill -KILL "$(field supervisor)"
	rm -rf "$KSTUB"
}

field() { sed -n "s/^$1 //p" "$KSTUB/status"; }
said() { tr -d '\r' <"$KSTUB/console.log" | grep -qx "$1"; }
# Deadlines are those of a loaded machine, unless a test is about them.
serve() { kstub start --append serve --deadline 60 "$@" 3>&-; }

@test "start returns when calls can be made, stop powers off, status tells" {
	run -0 serve
	[[ ${lines[0]} =~ ^'# kernel ready after '[0-9]+\.[0-9][0-9]' s (tcg, 64 MiB)' ]]
	[ "${lines[1]}" = "export KSTUB=$KSTUB" ]
	run -0 kstub status
	[[ $output == "running since "* ]]
	run -0 kstub stop
	[ -z "$output" ]
	run -1 kstub status
	[[ $output == "not running: powered off, at "* ]]
	[ ! -e "$KSTUB/syscall.sock" ]
	run -1 kstub stop
	[[ $output == "kstub: not running: powered off"* ]]
}

@test "a kernel that was never started is told apart" {
	run -1 kstub status
	[ "$output" = "no kernel has been started at $KSTUB" ]
}

@test "start tells why the guest ended before it served, with the end of its console" {
	run -1 kstub start --append panic
	[ "$output" = "kstub: the kernel panicked; the end of its console:
Kernel panic: no root" ]
	run -1 kstub status
	[[ $output == "not running: the kernel panicked, at "* ]]
}

@test "start gives up on a guest that does not answer" {
	run -1 kstubd --dir "$KSTUB" --kernel "$KSTUB_IMAGE/kernel.elf" --initrd \
		"$KSTUB_IMAGE/initramfs.cpio" --qemu "$KSTUB_QEMU" --append mute --start-limit 1
	[ "$output" = "kstub: the kernel hangs (its gateway did not answer within 1 s); the end of its console:
not a word" ]
}

@test "start tells what QEMU said when it does not start" {
	KSTUB_QEMU=$KSTUB/none run -1 kstub start
	[[ $output == "kstub: QEMU failed (status 1): $KSTUB/none: No such file or directory"* ]]
}

@test "one kernel a directory; a directory open to others, or a link to one, is refused" {
	serve
	run -1 kstub start
	[ "$output" = "kstub: a kernel is running at $KSTUB already" ]
	mkdir -m 755 "$KSTUB/open"
	run -1 kstub start --dir "$KSTUB/open"
	[[ $output == *"must be yours and closed to others"* ]]
	mkdir -m 700 "$KSTUB/closed"
	ln -s closed "$KSTUB/link"
	run -1 kstub start --dir "$KSTUB/link"
	[[ $output == "kstub: $KSTUB/link: "* ]]
}

@test "wrong usage is status 2, help is status 0" {
	for words in "" "frobnicate" "start --accel" "start --accel xen" "start --memory 1" \
		"stop now" "dmesg -x" "start --deadline 1x"; do
		# shellcheck disable=SC2086
		run -2 kstub $words
	done
	run -0 kstub --help
	[[ $output == usage:* ]]
}

@test "QEMU dies with its supervisor, and the directory can be used again" {
	serve
	kill -KILL "$(field supervisor)"
	until_true 5 bash -c "! kill -0 $(field qemu) 2>/dev/null"
	run -1 kstub status
	[ "$output" = "not running: its supervisor was killed" ]
	serve
	kstub stop
}

@test "the guest learns each client's uid; whoever started the kernel is its root" {
	serve
	python3 -c 'import gw; assert gw.Tool().run((24,)) == [(0, [])]'
	[ "$(id -u)" -eq 0 ] || skip "only root can be somebody else"
	chmod 711 "$KSTUB"
	chmod 777 "$KSTUB/syscall.sock"
	run -0 python3 -c 'import gw, os
os.setgroups([])
os.setgid(65534)
os.setuid(65534)
print(gw.Tool().run((24,))[0][0])'
	[ "$output" = 65534 ]
}

@test "frames that are none are refused, each in its way, and harm nobody" {
	serve
	python3 - <<'END'
import gw
other = gw.Tool()
t = gw.Tool()
t.s.sendall(gw.frame(gw.HELLO, b"x" * 12, seq=7))
kind, seq, p = t.answer()
assert (kind, seq, p[:4]) == (gw.ERROR, 7, b"\x47\0\0\0"), (kind, seq, p)
t.s.sendall(gw.frame(gw.CALLS, bytes((32 << 20) + 4), seq=8))
kind, seq, p = t.answer()
assert (kind, seq, p[:4]) == (gw.ERROR, 8, b"\x5a\0\0\0"), (kind, seq, p)
assert t.run((24,)) == [(0, [])]  # in step all the same
t.s.sendall(gw.frame(gw.CALLS, b"abcd", magic=0x12345678))
kind, seq, p = t.answer()
assert (kind, p[:4]) == (gw.ERROR, b"\x47\0\0\0")
try:
    assert t.s.recv(1) == b""  # hung up
except ConnectionResetError:
    pass
assert other.run((24,)) == [(0, [])]
END
}

@test "a client killed in the middle of a frame or of a call is taken leave of" {
	serve
	python3 - <<'END'
import gw
half, waits = gw.Tool(), gw.Tool()
half.s.sendall(gw.frame(gw.CALLS, b"abcd", length=1000))
waits.send((1000,))
assert gw.Tool().run((24,)) == [(0, [])]
END
	until_true 5 said "bye 1"
	until_true 5 said "bye 2"
	until_true 5 said "bye 3"
}

@test "a slow sender and a slow reader hold up nobody and lose nothing" {
	serve
	python3 - <<'END'
import gw
sends, reads, other = gw.Tool(), gw.Tool(), gw.Tool()
big = (1005, bytes(10 << 20), ("out", 20 << 20))
frame = gw.frame(gw.CALLS, gw.calls(big), seq=1)
sends.s.sendall(frame[: 5 << 20])
reads.send((1005, ("out", 30 << 20)))
for _ in range(100):
    assert other.run((24,)) == [(0, [])]
assert reads.take((1005, ("out", 30 << 20))) == [(0, [b"x" * (30 << 20)])]
sends.s.sendall(frame[5 << 20 :])
sends.seq = 1
assert sends.take(big) == [(0, [b"x" * (20 << 20)])]
END
}

@test "more frames than there is memory for are carried one after the other" {
	serve
	python3 - <<'END'
import gw
tools = [gw.Tool() for _ in range(12)]
call = (1005, ("out", 30 << 20))
for t in tools:
    t.send(call)
for t in tools:
    assert t.take(call)[0] == (0, [b"x" * (30 << 20)])
END
	[ "$(awk '/VmHWM/ { print $2 }' "/proc/$(field supervisor)/status")" -lt 200000 ]
}

@test "clients beyond the limit wait for their turn" {
	serve
	python3 - <<'END'
import gw
tools = [gw.Tool() for _ in range(200)]
for t in tools[:128]:
    assert t.run((24,)) == [(0, [])]
for t in tools:
    t.send((24,)) if t.seq == 0 else None
for t in tools[:128]:
    t.close()
for t in tools[128:]:
    assert t.take((24,)) == [(0, [])]
END
}

@test "everybody who waits is told of a panic, with the end of the console" {
	serve
	python3 - <<'END'
import gw
waits, idle, dies = gw.Tool(), gw.Tool(), gw.Tool()
waits.send((1000,))
dies.send((1002,))
for t in (dies, waits):
    try:
        t.take((1002,))
        assert False
    except gw.Refused as r:
        first, *rest = r.text.splitlines()
        assert first == "the kernel panicked; the end of its console:", first
        assert "Kernel panic: as asked" in rest, rest
        assert r.err == 32
try:
    idle.run((24,))
    assert False
except (gw.Refused, BrokenPipeError, EOFError):
    pass
END
	run -1 kstub status
	[[ $output == "not running: the kernel panicked, at "* ]]
}

@test "a reset and an answer that makes no sense end the kernel, and are told" {
	serve
	refused() { python3 -c '
import gw, sys
try:
	gw.Tool().run((int(sys.argv[1]),))
except gw.Refused as r:
	print(r.text)' "$1"; }
	run -0 refused 1003
	[[ $output == "the processor was reset (triple fault); the end of its console:"* ]]
	until_true 5 bash -c '! kstub status'
	serve
	run -0 refused 1001
	[[ $output == "the gateway's answers make no sense; the end of its console:"* ]]
}

@test "a guest that hangs is found out, one call that waits is no hang" {
	serve --deadline 1
	python3 - <<'END'
import gw, time
waits, hangs = gw.Tool(), gw.Tool()
waits.send((1000,))
end = time.monotonic() + 3.5
while time.monotonic() < end:
    assert hangs.run((24,)) == [(0, [])]
try:
    hangs.run((1004,))
    assert False
except gw.Refused as r:
    assert r.text.startswith("the kernel hangs (no answer for 1 s); "), r.text
END
	run -1 kstub status
	[[ $output == "not running: the kernel hangs (no answer for 1 s), at "* ]]
}

@test "a debugger's silence is no hang" {
	serve --deadline 1
	flock -s "$KSTUB/gdb.lock" python3 - <<'END'
import gw, socket
t = gw.Tool(timeout=4)
try:
    t.run((1004,))
    assert False
except socket.timeout:
    pass
END
	run -0 kstub status
}

@test "the console's users see what is said from then on, and type into it" {
	serve
	python3 - <<'END'
import gw, os, socket
users = [socket.socket(socket.AF_UNIX) for _ in range(2)]
for u in users:
    u.settimeout(5)
    u.connect(os.environ["KSTUB"] + "/console.sock")
gw.Tool()
for u in users:
    assert u.recv(100).startswith(b"hello 1\r\n")
END
}
