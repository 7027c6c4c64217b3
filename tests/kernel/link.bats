#!/usr/bin/env bats
# The link: tools, kstubd, virtio-serial, gatewayd, int $0x80 and back

bats_require_minimum_version 1.5.0
load ../world

setup_file() {
	export PYTHONPATH=$TOP/tests
	world_start
}

teardown_file() { world_stop; }

said() { kstub dmesg | grep -q "$1"; }

# A kernel of its own for a test that ends it.
own_kernel() {
	KSTUB=$BATS_TEST_TMPDIR/own
	export KSTUB
	kstub start --deadline 60 "$@" 3>&- >/dev/null
}

# Nor does it outlive a test that fails.
teardown() {
	[ ! -d "$BATS_TEST_TMPDIR/own" ] ||
		kstub stop --dir "$BATS_TEST_TMPDIR/own" >/dev/null 2>&1 || true
}

@test "a call is made as the client, by a process of its own" {
	python3 - <<'END'
import gw
a, b = gw.Tool(), gw.Tool()
(pid_a, _), (uid, _) = a.run((20,), (24,))
(pid_b, _), = b.run((20,))
assert uid == 0 and pid_a > 1 and pid_b > 1 and pid_a != pid_b, (uid, pid_a, pid_b)
END
}

@test "calls of a frame run in order, all of them, and may use earlier results" {
	python3 - <<'END'
import gw
t = gw.Tool()
name = b"/tmp/link-test\0"
r = t.run(
    (5, name, 0o102, 0o600),
    (4, ("result", 0), b"hello, world", 12),
    (99999,),
    (19, ("result", 0), 7, 0),
    (3, ("result", 0), ("out", 100), 100),
    (6, ("result", 0)),
    (10, name),
)
assert r[0][0] >= 0
assert [x[0] for x in r[1:]] == [12, -38, 7, 5, 0, 0], r
assert r[4][1] == [b"world"], r
END
}

@test "frames of any size up to the limit arrive whole, both ways" {
	python3 - <<'END'
import gw, random
t = gw.Tool()
rnd = random.Random(1)
name = b"/tmp/link-big\0"
for size in (1, 4095, 4096, 4097, 65535, 65536, 65537, 1000003, 5000000):
    data = rnd.randbytes(size)
    r = t.run(
        (5, name, 0o1102, 0o600),
        (4, ("result", 0), data, size),
        (19, ("result", 0), 0, 0),
        (3, ("result", 0), ("out", size), size),
        (6, ("result", 0)),
    )
    assert [x[0] for x in r[1:]] == [size, 0, size, 0], (size, [x[0] for x in r])
    assert r[3][1] == [data.rstrip(b"\0")], size
assert t.run((10, name)) == [(0, [])]
END
}

@test "more memory than the guest has is refused, and the guest lives" {
	python3 - <<'END'
import gw
t = gw.Tool()
for call in ((3, 0, ("out", 31 << 20), 31 << 20), (4, 99, bytes(31 << 20), 31 << 20)):
    try:
        t.run(call, call[:2] + (("out", 1 << 20), 5))
    except gw.Refused as r:
        assert r.err in (5, 12, 90), r
    t = gw.Tool()
assert t.run((24,)) == [(0, [])]
END
}

@test "wrong arguments are answered, each call by itself" {
	python3 - <<'END'
import gw
t = gw.Tool()
r = t.run(
    (99999,),                   # no such call
    (2,),                       # fork may not travel
    (20, 1),                    # too many arguments
    (4, 1),                     # too few
    (5, 0x08048000, 0, 0),      # a number for a pointer
    (5, 0xC0100000, 0, 0),      # the kernel's memory
    (5, b"/dev/null", 0, 0),    # a string without end
    (130, ("out", 10)),         # get_kernel_syms past its buffer
    (24,),
)
assert [x[0] for x in r] == [-38, -38, -22, -22, -14, -14, -14, -14, 0], [x[0] for x in r]
END
}

@test "the descriptors of the gateway are out of reach" {
	python3 - <<'END'
import gw
t = gw.Tool()
for fd in (250, 251):
    assert t.run((4, fd, b"garbage", 7), (6, fd), (41, fd)) == [(-9, [])] * 3
assert t.run((5, b"/dev/vport0p1\0", 2, 0))[0][0] == -16
for fd in range(250):
    t.run((6, fd))
assert gw.Tool().run((24,)) == [(0, [])]
assert t.run((24,)) == [(0, [])]
END
}

@test "malformed payloads are refused with a reason" {
	python3 - <<'END'
import gw, struct
t = gw.Tool()
u = lambda *n: struct.pack("<%dI" % len(n), *n)
bad = [
    b"", b"\1\0", u(1), u(1, 20), u(1, 20, 7), u(1, 20, 1), u(1, 20, 1, 9, 0),
    u(1, 3, 1, 1, 100) + b"abcd", u(1, 20, 1, 2, 0xFFFFFFFF), u(1, 20, 1, 1, 0xFFFFFFFD),
    u(1, 20, 1, 4, 0), u(0, 0), u(9000), u(1, 20, 0) + b"x", u(1, 20, 0, 0),
]
for seq, payload in enumerate(bad, 1):
    t.s.sendall(gw.frame(gw.CALLS, payload, seq=seq))
    kind, got, p = t.answer()
    assert kind == gw.ERROR and got == seq and len(p) > 4, (payload, kind, got, p)
t.seq = 100
assert t.run((24,)) == [(0, [])]
END
}

@test "random frames harm nobody" {
	python3 - <<'END'
import gw, random
rnd = random.Random(2)
t, other = gw.Tool(), gw.Tool()
for seq in range(1, 300):
    p = bytearray(gw.calls((5, b"/dev/null\0", 0, 0), (3, ("result", 0), ("out", 64), 64)))
    for _ in range(rnd.randrange(1, 6)):
        p[rnd.randrange(len(p))] = rnd.choice((0, 1, 3, 4, 0x7F, 0x80, 0xFF, rnd.randrange(256)))
    p = p[: rnd.randrange(len(p) + 1)] if rnd.random() < 0.2 else p
    t.s.sendall(gw.frame(gw.CALLS, bytes(p), seq=seq))
    kind, got, _ = t.answer()
    assert got == seq and kind in (gw.REPLY, gw.ERROR)
    if seq % 50 == 0:
        t = gw.Tool()
        assert other.run((24,)) == [(0, [])]
END
}

@test "64 clients at once, each gets its own answers" {
	python3 - <<'END'
import gw, threading
wrong = []
def client(n):
    t = gw.Tool()
    name = b"/tmp/link-%d\0" % n
    for i in range(20):
        data = b"%d-%d " % (n, i) * 200
        r = t.run((5, name, 0o1102, 0o600), (4, ("result", 0), data, len(data)),
                  (19, ("result", 0), 0, 0), (3, ("result", 0), ("out", 9000), 9000),
                  (6, ("result", 0)))
        if r[3] != (len(data), [data]):
            wrong.append((n, i, r))
    t.run((10, name))
threads = [threading.Thread(target=client, args=(n,)) for n in range(64)]
for t in threads:
    t.start()
for t in threads:
    t.join()
assert not wrong, wrong[0]
END
}

@test "a call that waits holds up nobody; its client killed, its process goes" {
	python3 - <<'END'
import gw, os, signal, struct, time
waits, other = gw.Tool(), gw.Tool()
(pid, _), = waits.run((20,))
sleep = (162, struct.pack("<II", 1000, 0), 0)
child = os.fork()
if child == 0:
    waits.run(sleep)
    os._exit(0)
waits.close()
for _ in range(50):
    assert other.run((24,)) == [(0, [])]
assert other.run((37, pid, 0)) == [(0, [])]
os.kill(child, signal.SIGKILL)
os.waitpid(child, 0)
end = time.monotonic() + 10
while other.run((37, pid, 0)) != [(-3, [])]:
    assert time.monotonic() < end
END
}

@test "a worker that dies is told to its client alone" {
	python3 - <<'END'
import gw
t, other = gw.Tool(), gw.Tool()
(pid, _), = t.run((20,))
try:
    t.run((37, pid, 9))
    assert False
except gw.Refused as r:
    assert (r.err, r.text) == (5, "the process that made the calls was killed"), r
try:
    t.run((24,))
    assert False
except gw.Refused as r:
    assert r.err == 11, r
assert other.run((24,)) == [(0, [])]
assert gw.Tool().run((24,)) == [(0, [])]
END
}

@test "the gateway killed is told to all, and there is another" {
	python3 - <<'END'
import gw, time
t, idle = gw.Tool(), gw.Tool()
assert idle.run((24,)) == [(0, [])]
(gateway, _), = t.run((64,))
try:
    t.run((37, gateway, 9), (162, b"\xe8\3\0\0\0\0\0\0", 0))
    assert False
except gw.Refused as r:
    assert (r.err, r.text) == (5, "the gateway died; it has been started again"), r
try:
    idle.run((24,))
    assert False
except (EOFError, BrokenPipeError, ConnectionResetError):
    pass
assert gw.Tool().run((24,)) == [(0, [])]
END
}

@test "2000 clients come and go, and the kernel's memory is what it was" {
	python3 - <<'END'
import gw, re, time
def used():
    t = gw.Tool()
    (fd, _), = t.run((5, b"/proc/meminfo\0", 0, 0))
    text = t.run((3, fd, ("out", 4000), 4000))[0][1][0].decode()
    t.close()
    return int(re.search(r"MemFree:\s+(\d+)", text).group(1))
for _ in range(20):
    gw.Tool().run((24,))
before = used()
for i in range(2000):
    t = gw.Tool()
    t.run((24,))
    t.close()
end = time.monotonic() + 10
while used() != before:
    assert time.monotonic() < end, (before, used())
END
}

@test "somebody else's calls are made with that somebody's ids" {
	[ "$(id -u)" -eq 0 ] || skip "only root can be somebody else"
	chmod 711 "$KSTUB"
	chmod 777 "$KSTUB/syscall.sock"
	run -0 python3 -c 'import gw, os
os.setgroups([])
os.setgid(65533)
os.setuid(65534)
t = gw.Tool()
print([r for r, _ in t.run((24,), (49,), (47,), (127, b"x\0", 4096), (129, b"x\0"), (213, 0))])'
	chmod 700 "$KSTUB"
	[ "$output" = "[65534, 65534, 65533, -1, -1, -1]" ] ||
		[ "$output" = "[65534, 65534, 65533, -1, -1, -38]" ]
}

@test "several kernels run side by side" {
	first=$KSTUB
	own_kernel
	kcall mkdir /tmp/only-here 0700
	run -1 env KSTUB="$first" kcall rmdir /tmp/only-here
	kcall rmdir /tmp/only-here
	kstub stop
	KSTUB=$first kstub status
}

@test "a panic at boot is told by start, with the end of the console" {
	run -1 own_kernel --append panic=test
	[[ ${lines[0]} == "kstub: the kernel panicked; the end of its console:" ]]
	[[ $output == *"Kernel panic: asked for on the command line"* ]]
}

@test "stop powers off, and status tells" {
	own_kernel
	kstub stop
	run -1 kstub status
	[[ $output == "not running: powered off, at "* ]]
	run -1 kcall getpid
	[[ $output == *"no kernel is running at $KSTUB"* ]]
}

@test "power-off from within is no failure" {
	own_kernel
	run -1 kcall reboot 0xfee1dead 0x28121969 0x4321fedc 0
	until_true 5 bash -c '! kstub status'
	[ "$(sed -n 's/^why //p' "$KSTUB/status")" = "powered off" ]
}

@test "a guest that stops is found out, told to whoever waits" {
	own_kernel --deadline 1
	kill -STOP "$(sed -n 's/^qemu //p' "$KSTUB/status")"
	run -1 kcall getpid
	[[ $output == *"the kernel hangs (no answer for 1 s)"* ]]
	run -1 kstub status
	[[ $output == "not running: the kernel hangs"* ]]
}

@test "start is done within a second" {
	own_kernel
	[ "$(sed -n 's/^ready_ms //p' "$KSTUB/status")" -lt 1000 ]
	kstub stop
}

@test "without memory for a process clients are told; the gateway rests, says so, and recovers" {
	own_kernel
	python3 - <<'END'
import gw, struct

def ticks(t, pid):
    "Processor time a process has had."
    _, (n, data), _ = t.run((5, b"/proc/%d/stat\0" % pid, 0, 0),
                            (3, ("result", 0), ("out", 512), 512), (6, ("result", 0)))
    words = data[0].split(b") ")[1].split()
    return int(words[11]) + int(words[12])

hog = gw.Tool()
(gateway, _), = hog.run((64,))
n, size = 0, 1 << 25
while size >= 4096:             # all that modules get
    (r, _), = hog.run((127, b"hog%d\0" % n, size))
    assert r == -12 or r < -4095, r
    if r == -12:
        size //= 2
    n += 1
taken = []
try:
    while len(taken) < 100:
        taken.append(gw.Tool())
        taken[-1].run((20,))
    raise AssertionError("a hundred processes without memory")
except gw.Refused as e:
    assert "there is no process to make the calls" in str(e), e
    taken.pop().close()
assert len(taken) > 5, len(taken)
before = ticks(hog, gateway)
hog.run((162, struct.pack("<II", 1, 0), 0))     # a second of the guest
assert ticks(hog, gateway) - before < 10, ticks(hog, gateway) - before
for t in taken:
    assert t.run((24,)) == [(0, [])]
hog.s.close()
END
	until_true 20 lsmod
	[ "$(lsmod --json)" = "[]" ]
	run grep -a '^gatewayd: ' "$KSTUB/console.log"
	[ "${lines[0]%$'\r'}" = "gatewayd: no process for the next client; trying on" ]
	[ "${lines[1]%$'\r'}" = "gatewayd: there are processes for clients again" ]
	run ! grep -a '^Out of memory' "$KSTUB/console.log"
	kstub stop
}

@test "a file system that is full leaves memory to clients" {
	own_kernel
	python3 - <<'END'
import gw
t = gw.Tool()
block = b"x" * (1 << 20)
for again in False, True:       # what is there once is there after the first time
    (fd, _), = t.run((5, b"/tmp/full\0", 0o1102, 0o600))
    while t.run((4, fd, block, len(block)))[0][0] == len(block):
        pass
    assert t.run((4, fd, block, 4096)) == [(-28, [])]
    for _ in range(10):
        client = gw.Tool()
        assert client.run((24,)) == [(0, [])]
        client.close()
    assert t.run((6, fd), (10, b"/tmp/full\0")) == [(0, []), (0, [])]
    if again:
        gw.wait_memory(t, before)
    before = gw.steady_memory(t)
END
	run ! grep -a '^Out of memory' "$KSTUB/console.log"
	kstub stop
}

@test "want of memory ends the process that asks or has most, no other; all its memory comes back" {
	own_kernel
	python3 - <<'END'
import gw, struct, time

def take(mib):
    "A client that fills so much, and then sleeps."
    t, n = gw.Tool(), mib << 20
    calls = ((5, b"/dev/zero\0", 0, 0), (3, ("result", 0), ("out", n), n),
             (162, struct.pack("<II", 1000, 0), 0))
    t.send(*calls)
    return t, calls

def wait_for(mib):
    while gw.memory(idle)["AnonPages"] < mib << 10:
        assert time.monotonic() < end

def loses(t, calls):
    try:
        t.take(*calls)
        assert False
    except gw.Refused as e:
        assert (e.err, e.text) == (5, "the process that made the calls was killed"), e

end = time.monotonic() + 60
idle, small = gw.Tool(), gw.Tool()
assert idle.run((24,)) == small.run((24,)) == [(0, [])]
before = gw.steady_memory(idle)
first = take(31)
wait_for(31)
loses(*take(31))                # there is not so much, and nobody has twice as much
rest = gw.memory(idle)["MemFree"] // 1024 - 2
second = take(rest)
wait_for(31 + rest)
n = 4 << 20                     # nor this, but others have more
assert small.run((5, b"/dev/zero\0", 0, 0), (3, ("result", 0), ("out", n), n),
                 (6, ("result", 0)))[1][0] == n
loses(*first)
second[0].close()
gw.wait_memory(idle, before)
assert idle.run((24,)) == small.run((24,)) == [(0, [])]
END
	[ "$(grep -ac '^Out of memory: killed process [0-9]* (gatewayd)' "$KSTUB/console.log")" = 2 ]
	run ! grep -a '^init: ' "$KSTUB/console.log"
	kstub stop
}

@test "many who want more than there is, of every kind: the gateway outlasts them" {
	own_kernel
	python3 - <<'END'
import gw, random, struct, threading
told, wrong = set(), []

def calls(r, n):
    size = r.randrange(1 << 24)
    wait = (162, struct.pack("<II", 0, r.randrange(500) * 10**6), 0)
    return r.choice((
        ((5, b"/dev/zero\0", 0, 0), (3, ("result", 0), ("out", size), size), wait,
         (6, ("result", 0))),
        ((5, b"/tmp/%d\0" % n, 0o1102, 0o600), (4, ("result", 0), bytes(size), size), wait,
         (6, ("result", 0)), (10, b"/tmp/%d\0" % n)),
        ((127, b"m%d\0" % n, 4096 + size), wait, (129, b"m%d\0" % n)),
    ))

def client(n):
    r = random.Random(n)
    for _ in range(10):
        t = gw.Tool()
        try:
            t.run(*calls(r, n))
        except gw.Refused as e:
            told.add(e.text)
        except Exception as e:
            wrong.append(repr(e))
        t.close()

first = gw.Tool()
(gateway, _), = first.run((64,))
before = gw.steady_memory(first)
threads = [threading.Thread(target=client, args=(n,)) for n in range(24)]
for t in threads:
    t.start()
for t in threads:
    t.join()
assert not wrong, wrong
assert "the process that made the calls was killed" in told, told
assert first.run((64,)) == [(gateway, [])]
for n in range(24):             # of those who were killed
    first.run((10, b"/tmp/%d\0" % n))
gw.wait_memory(first, before)
END
	kstub stop
}

spared() { kcall cat "/proc/$1/status" | sed -n 's/^Spared:\t//p'; }

@test "want of memory spares init and the gateway, not its workers" {
	[ "$(spared 1)" = 1 ]
	[ "$(spared "$(kcall getppid)")" = 1 ]
	[ "$(spared self)" = 0 ]
}
