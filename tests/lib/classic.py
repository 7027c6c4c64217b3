#!/usr/bin/env python3
"""classic.py DIR KSTUB - serve DIR/syscall.sock, passing all on to the kernel at KSTUB, as if that
one had only the classic questions of query_module: what is beyond becomes 6, which none knows."""
import os
import socket
import struct
import sys
import threading

QUERY_MODULE, CLASSIC, UNKNOWN = 167, 5, 6
VALUE, IN, INOUT = 0, 1, 3


def receive(end, n):
    data = b""
    while len(data) < n:
        more = end.recv(n - len(data))
        if not more:
            return None
        data += more
    return data


def frame(end):
    header = receive(end, 20)
    payload = receive(end, struct.unpack("<5I", header)[4]) if header else None
    return None if payload is None else (header, bytearray(payload))


def restrict(payload):
    """Change the question of each query_module."""
    ncalls, = struct.unpack_from("<I", payload)
    at = 4
    for _ in range(ncalls):
        nr, nargs = struct.unpack_from("<II", payload, at)
        at += 8
        for i in range(nargs):
            kind, value = struct.unpack_from("<II", payload, at)
            if nr == QUERY_MODULE and i == 1 and kind == VALUE and value > CLASSIC:
                struct.pack_into("<I", payload, at + 4, UNKNOWN)
            at += 8 + ((value + 3) & ~3 if kind in (IN, INOUT) else 0)


def serve(tool, kernel_path):
    kernel = socket.socket(socket.AF_UNIX)
    kernel.connect(kernel_path)
    while (request := frame(tool)) is not None:
        restrict(request[1])
        kernel.sendall(request[0] + request[1])
        answer = frame(kernel)
        if answer is None:
            break
        tool.sendall(answer[0] + answer[1])
    kernel.close()
    tool.close()


server = socket.socket(socket.AF_UNIX)
path = os.path.join(sys.argv[1], "syscall.sock")
server.bind(path + ".new")
server.listen()
os.rename(path + ".new", path)  # who sees it can connect
while True:
    threading.Thread(target=serve, args=(server.accept()[0], os.path.join(sys.argv[2], "syscall.sock")),
                     daemon=True).start()
