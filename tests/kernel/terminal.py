#!/usr/bin/env python3
"""terminal.py [PROGRAM ARG...] - type at terminal_test, print all that comes back

Without a program it runs terminal_test below a Linux terminal given by $TERMINAL_TEST; else
the program is a QEMU whose standard input and output are the serial line.
"""
import os
import pty
import select
import subprocess
import sys
import time

# What to wait for, what to type then.
SCRIPT = [
    (b"<canonical>", b"hello\r"),
    (b"[68656c6c6f0a]\r\n", b"ab\x7fc\r"),
    (b"[61630a]\r\n", b"one two  \x17three\r"),
    (b"0a]\r\n", b"gone\x15kept\r"),
    (b"[6b6570740a]\r\n", b"\x01\x1b\x7f\x7f\x7fx\r"),
    (b"[780a]\r\n", b"\x16\x03\x16\x7f.\r"),
    (b"[037f2e0a]\r\n", b"no newline\x04"),
    (b"[6e6f206e65776c696e65]\r\n", b"\x04"),
    (b"[]\r\n", b"typ\x12ed\r"),
    (b"[74797065640a]\r\n", b"q\r"),
    (b"<two lines>", b"two\rlines\r"),
    (b"[6c696e65730a]\r\n", b"q\r"),
    (b"<silent>", b"ab\x7fc\x04q\r"),
    (b"<no icrnl>", b"a\rb\n"),
    (b"[610d620a]\r\n", b"q\n"),
    (b"<signals>", b"lost"),
    (b"lost", b"\x03"),
    (b"INT", b"lost"),
    (b"lost", b"\x1c"),
    (b"QUIT", b"\x1a"),
    (b"TSTP", b"q\r"),
    (b"<no isig>", b"\x03\x1c\x1a\r"),
    (b"[031c1a0a]\r\n", b"q\r"),
    (b"<foreground>", b"\x03"),
    (b"<raw>", b"a"),
    (b"[61]\r\n", b"\x03"),
    (b"[03]\r\n", b"\r"),
    (b"[0d]\r\n", b"\x7f"),
    (b"[7f]\r\n", b"q"),
    (b"<three at a time>", b"1"),
    (b"", b"2"),
    (b"", b"3"),
    (b"[313233]\r\n", b"qqq"),
    (b"<part of a line>", b"ab\x7fcd"),
    (b"<switched>", b""),
    (b"]\r\n", b"q"),
    (b"<two lines and a part>", b"ab\rcd\ref"),
    (b"<switched>", b""),
    (b"]\r\n", b"q"),
    (b"<end of file>", b"xy\x04z"),
    (b"<switched>", b""),
    (b"]\r\n", b"q"),
    (b"<keys>", b"ab\x7f\rcd"),
    (b"<switched>", b""),
    (b"]\r\n", b"q\r"),
    (b"<keys with newline>", b"ab\ncd"),
    (b"<switched>", b""),
    (b"]\r\n", b"ef\r"),
    (b"0a]\r\n", b"q\r"),
    (b"<nothing>", b""),
    (b"<switched>", b"gh\r"),
    (b"]\r\n", b"q\r"),
    (b"<thrown away>", b"abc"),
    (b"<flushed>", b"q"),
    (b"<back and forth>", b"".join(bytes([c]) for c in b"abcdefghijklmnoprstuvwxyz" * 8)),
    (b"z", b""), (b"z", b""), (b"z", b""), (b"z", b""),
    (b"z", b""), (b"z", b""), (b"z", b""), (b"z", b"q"),
    (b"<end>", b""),
]


def start():
    """The process, the descriptors to read from and to write to."""
    if len(sys.argv) > 1:
        p = subprocess.Popen(sys.argv[1:], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        return p.pid, p.stdout.fileno(), p.stdin.fileno()
    pid, fd = pty.fork()
    if pid == 0:
        os.execv(os.environ["TERMINAL_TEST"], ["terminal_test"])
    return pid, fd, fd


def main():
    pid, out, to = start()
    seen, at, end = b"", 0, time.monotonic() + 30
    for expect, keys in SCRIPT:
        while (found := seen.find(expect, at)) < 0:
            if not select.select([out], [], [], max(0, end - time.monotonic()))[0]:
                sys.stdout.write(repr(seen) + f"\nwaited in vain for {expect!r}\n")
                os.kill(pid, 9)
                sys.exit(1)
            try:
                seen += os.read(out, 4096)
            except OSError:  # the Linux terminal's other end is closed
                break
        at = found + len(expect)
        os.write(to, keys)
    # A line of the transcript a line of output, so that a difference shows where it is.
    for line in seen[seen.find(b"<canonical>") : at].split(b"\n"):
        print(repr(line))
    os.kill(pid, 9)


main()
