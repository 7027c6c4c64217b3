#!/usr/bin/env python3
"""console.py COMMAND... - type at a program on a terminal, as a person would

Standard input is the script: `> TEXT` types TEXT, `< REGEX` waits for output that matches,
behind what was matched before; carriage returns are left out. TEXT and REGEX have Python's
escapes. `= ROWS COLUMNS` gives the terminal another size than its 24 80.
Exit status: that of the program; 1, and the whole session printed, if something does not come.
"""
import fcntl
import os
import pty
import re
import select
import struct
import sys
import termios
import time

PATIENCE = 30


def resize(fd, size):
    fcntl.ioctl(fd, termios.TIOCSWINSZ, struct.pack("4H", *map(int, size.split()), 0, 0))


def main():
    pid, fd = pty.fork()
    if pid == 0:
        resize(0, b"24 80")
        os.execvp(sys.argv[1], sys.argv[1:])
    shown, at = b"", 0

    def more(seconds):
        nonlocal shown
        if not select.select([fd], [], [], seconds)[0]:
            return True
        try:
            piece = os.read(fd, 65536)
        except OSError:
            piece = b""
        shown += piece.replace(b"\r", b"")
        return bool(piece)

    for line in sys.stdin.buffer:
        what, text = line[:2], line[2:].rstrip(b"\n")
        if what == b"> ":
            os.write(fd, text.decode("unicode_escape").encode("latin-1"))
        elif what == b"= ":
            resize(fd, text)
        elif what == b"< ":
            end = time.monotonic() + PATIENCE
            while not (found := re.compile(text).search(shown, at)):
                if time.monotonic() > end or not more(0.2):
                    sys.stdout.buffer.write(shown)
                    print(f"\n{sys.argv[0]}: {text} did not come")
                    return 1
            at = found.end()
    while more(PATIENCE):
        pass
    return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])


sys.exit(main())
