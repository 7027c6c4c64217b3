#!/usr/bin/env python3
"""liar.py DIR LIE - serve DIR/syscall.sock like kstubd, but answer one client wrongly."""
import os
import socket
import struct
import sys

MAGIC, REPLY, ERROR = 0x3147534B, 4, 5


def receive(client, n):
    data = b""
    while len(data) < n:
        more = client.recv(n - len(data))
        if not more:
            sys.exit(0)
        data += more
    return data


def frame(payload, seq, magic=MAGIC, kind=REPLY, length=None):
    length = len(payload) if length is None else length
    return struct.pack("<5I", magic, kind, 0, seq, length) + payload


# kcall query_module NULL 1 out:8 8 out:4: one call, two buffers
right = struct.pack("<Ii", 1, 0) + struct.pack("<I", 2) + b"hi\0\0" + struct.pack("<II", 1, 1)


def lies(seq):
    return {
        "none": frame(right, seq),
        "magic": frame(right, seq, magic=0x12345678),
        "seq": frame(right, seq + 1),
        "type": frame(right, seq, kind=3),
        "count": frame(struct.pack("<I", 2) + right[4:], seq),
        "truncated": frame(right[:-4], seq),
        "more": frame(right + b"\0\0\0\0", seq),
        "overflow": frame(right[:8] + struct.pack("<I", 9) + b"123456789\0\0\0" + right[16:], seq),
        "huge": frame(right[:8] + struct.pack("<I", 0xFFFFFFFF) + right[12:], seq),
        "long": frame(b"", seq, length=0xFFFFFFF0),
        "error": frame(struct.pack("<I", 5) + b"the guest is on fire", seq, kind=ERROR),
        "noerror": frame(b"", seq, kind=ERROR),
        "half": frame(right, seq)[:30],
        "nothing": b"",
    }


server = socket.socket(socket.AF_UNIX)
path = os.path.join(sys.argv[1], "syscall.sock")
server.bind(path + ".new")
server.listen()
os.rename(path + ".new", path)  # who sees it can connect
client = server.accept()[0]
magic, kind, who, seq, length = struct.unpack("<5I", receive(client, 20))
receive(client, length)
client.sendall(lies(seq)[sys.argv[2]])
