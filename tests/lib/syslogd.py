#!/usr/bin/env python3
"""syslogd.py N - serve /dev/log and print the first N messages, without their time stamps."""
import os
import re
import socket
import sys

server = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
server.bind("/dev/log")
open("/dev/ready", "w").close()
for _ in range(int(sys.argv[1])):
    text = server.recv(65536).decode().rstrip("\0\n")
    print(re.sub(r">\w{3} [ \d]\d [\d:]{8} ", ">", text), flush=True)
