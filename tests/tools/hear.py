#!/usr/bin/env python3
"""Stands in for systemd. hear.py SOCKET FILE writes each datagram of sd_notify(3) as a line of FILE, with
blanks in place of newlines, until it is ended. hear.py --pass ADDRESS:PORT COMMAND... listens there and
becomes COMMAND, which gets the socket as descriptor 3 (sd_listen_fds(3)). In place of the address, what
is no such socket: udp, closed, two."""
import os
import socket
import sys


def hear(path, out):
    s = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
    s.bind("\0" + path[1:] if path[0] == "@" else path)
    with open(out, "w", encoding="utf-8", buffering=1) as f:
        while True:
            f.write(s.recv(4096).decode().replace("\n", " ") + "\n")


def listening(where):
    host, port = where.rsplit(":", 1)
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    s = socket.socket(family, socket.SOCK_STREAM)
    s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    s.bind((host.strip("[]"), int(port)))
    s.listen(16)
    return s


def passed(where):
    if where == "udp":
        s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        s.bind(("127.0.0.1", 0))
        return [s]
    if where == "closed":
        return [socket.socket(socket.AF_INET, socket.SOCK_STREAM)]
    if where == "two":
        return [listening("127.0.0.1:0"), listening("127.0.0.1:0")]
    return [listening(where)]


def main():
    if sys.argv[1] != "--pass":
        return hear(sys.argv[1], sys.argv[2])
    sockets = passed(sys.argv[2])
    spare = [os.dup(s.fileno()) for s in sockets]  # else one may be in another's place
    spare = [os.dup2(fd, 20 + i) for i, fd in enumerate(spare)]
    for i, fd in enumerate(spare):
        os.dup2(fd, 3 + i, inheritable=True)
    for fd in spare:
        os.close(fd)
    os.environ["LISTEN_FDS"] = str(len(sockets))
    os.environ["LISTEN_PID"] = str(os.getpid())
    os.execvp(sys.argv[3], sys.argv[3:])


main()
