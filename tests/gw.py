"""gw.py - frames of include/abi/gateway.h for tests: a tool's end, written without our C"""
import os
import socket
import struct
import time

MAGIC = 0x3147534B
HELLO, BYE, CALLS, REPLY, ERROR, READY = 1, 2, 3, 4, 5, 6
VALUE, IN, OUT, INOUT, RESULT = 0, 1, 2, 3, 4


def pad(b):
    return b + bytes(-len(b) % 4)


def frame(kind, payload=b"", client=0, seq=1, magic=MAGIC, length=None):
    n = len(payload) if length is None else length
    return struct.pack("<5I", magic, kind, client, seq, n) + payload


def arg(a):
    """int: a number; bytes: in; ("out", n); ("inout", bytes); ("result", i)"""
    if isinstance(a, int):
        return struct.pack("<II", VALUE, a & 0xFFFFFFFF)
    if isinstance(a, bytes):
        return struct.pack("<II", IN, len(a)) + pad(a)
    what, v = a
    if what == "inout":
        return struct.pack("<II", INOUT, len(v)) + pad(v)
    return struct.pack("<II", {"out": OUT, "result": RESULT}[what], v)


def calls(*list_of_calls):
    """each call: (nr, arg...)"""
    p = struct.pack("<I", len(list_of_calls))
    for c in list_of_calls:
        p += struct.pack("<II", c[0], len(c) - 1) + b"".join(arg(a) for a in c[1:])
    return p


class Tool:
    """A connection; its methods wait at most `timeout` seconds."""

    def __init__(self, directory=None, timeout=90):
        self.s = socket.socket(socket.AF_UNIX)
        self.s.settimeout(timeout)
        self.s.connect((directory or os.environ["KSTUB"]) + "/syscall.sock")
        self.seq = 0

    def exactly(self, n):
        b = b""
        while len(b) < n:
            more = self.s.recv(n - len(b))
            if not more:
                raise EOFError("%d of %d bytes" % (len(b), n))
            b += more
        return b

    def answer(self):
        """(type, seq, payload)"""
        magic, kind, client, seq, n = struct.unpack("<5I", self.exactly(20))
        assert magic == MAGIC and client == 0, (hex(magic), client)
        return kind, seq, self.exactly(n)

    def send(self, *list_of_calls):
        self.seq += 1
        self.s.sendall(frame(CALLS, calls(*list_of_calls), seq=self.seq))

    def take(self, *list_of_calls):
        """The answer to send(): a list of (result, [out bytes...]), or raises Refused."""
        kind, seq, p = self.answer()
        assert seq == self.seq, (seq, self.seq)
        if kind == ERROR:
            raise Refused(struct.unpack("<I", p[:4])[0], p[4:].decode())
        assert kind == REPLY
        (n,), at, all_results = struct.unpack("<I", p[:4]), 4, []
        assert n == len(list_of_calls)
        for c in list_of_calls:
            result, outs, at = struct.unpack_from("<i", p, at)[0], [], at + 4
            for a in c[1:]:
                if isinstance(a, tuple) and a[0] in ("out", "inout"):
                    (n,) = struct.unpack_from("<I", p, at)
                    outs.append(p[at + 4 : at + 4 + n])
                    at += 4 + n + -n % 4
            all_results.append((result, outs))
        assert at == len(p)
        return all_results

    def run(self, *list_of_calls):
        self.send(*list_of_calls)
        return self.take(*list_of_calls)

    def close(self):
        self.s.close()


class Refused(Exception):
    def __init__(self, err, text):
        super().__init__(err, text)
        self.err, self.text = err, text


def memory(t):
    """/proc/meminfo; each page is in one of its lines, and of the sizes one is the sum"""
    _, (_, (text,)), _ = t.run(
        (5, b"/proc/meminfo\0", 0, 0),
        (3, ("result", 0), ("out", 4096), 4096),
        (6, ("result", 0)),
    )
    lines = [line.split() for line in text.decode().splitlines()]
    sizes = {name[:-1]: int(n) for name, n, *unit in lines if unit == ["kB"]}
    parts = sum(sizes.values()) - sizes["MemTotal"] - sizes["Reserved"]
    assert parts == sizes["MemTotal"], sizes
    return {name[:-1]: int(n) for name, n, *_ in lines}


# Whole pages that a process more or less touches, and those that hold its kernel objects.
TOUCHED = ("MemFree", "PageTables", "KernelStack", "Slab", "AnonPages")


def same_memory(a, b):
    """Is b what a was, but for a few pages that live processes have touched?"""
    return abs(a["MemFree"] - b["MemFree"]) < 256 and all(
        a[name] == b[name] for name in a if name not in TOUCHED
    )


def steady_memory(t):
    """memory() when five times it is the same: nobody comes or goes any more"""
    same, now = 0, None
    while same < 5:
        time.sleep(0.02)  # in which the gateway makes its spare process
        last, now = now, memory(t)
        same = same + 1 if now == last else 0
    return now


def wait_memory(t, before, seconds=30):
    """Wait until memory() is again what it was."""
    end = time.monotonic() + seconds
    while not same_memory(before, memory(t)):
        assert time.monotonic() < end, (before, memory(t))
        time.sleep(0.02)
