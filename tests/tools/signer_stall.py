#!/usr/bin/python3
"""Somebody who wants the log's signer to wait: for him, and so for nobody else.

usage: signer_stall.py SOCKET PID CASE

Each CASE ends with status 0 if the signer whose process is PID answers another connection afterwards,
or has ended, if it was told to.

With `passed`, `oob`, `nested`, `behind`, `unread`, `stranger` and `ending` it passes a TCP connection
that lingers for a day, as its other end takes nothing, by a Unix socket (SCM_RIGHTS): whoever closes
it last waits for that. With `ending` the signer is told to end then; with `busy`, too, and always has
requests waiting.
"""
import array
import os
import select
import signal
import socket
import struct
import sys

DAY = 86400
STATUS = b"bitacora/v1 signer status\n"
FRAME = struct.pack(">I", len(STATUS)) + STATUS


def lingering():
    """A connection that is full, and its other end, which must live on."""
    listening = socket.socket()
    listening.bind(("127.0.0.1", 0))
    listening.listen(1)
    near = socket.create_connection(listening.getsockname())
    far, _ = listening.accept()
    near.setblocking(False)
    try:
        while True:
            near.send(bytes(65536))
    except BlockingIOError:
        pass
    near.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, DAY))
    return near, far


def send_with(s, data, *passed, flags=0):
    fds = array.array("i", [one.fileno() for one in passed])
    s.sendmsg([data], [(socket.SOL_SOCKET, socket.SCM_RIGHTS, fds)], flags)


def connect(path):
    s = socket.socket(socket.AF_UNIX)
    s.settimeout(60)
    s.connect(path)
    return s


def answers(path):
    """Whether somebody else is answered; or turned away, at once."""
    with connect(path) as s:
        try:
            s.sendall(FRAME)
            s.recv(65536)
        except socket.timeout:
            return False
        except (BrokenPipeError, ConnectionResetError):
            pass
        return True


def ends(pid, begin):
    watch = os.pidfd_open(pid)
    begin()
    return select.select([watch], [], [], 60)[0] != []


def pass_descriptors(path, pid, case):
    near, far = lingering()
    os.kill(pid, signal.SIGSTOP)  # so that it closes them last, and not this process
    s = connect(path)
    if case in ("behind", "oob"):  # what comes first is read
        s.sendall(FRAME)
    if case == "nested":  # in a socket that is passed itself
        a, b = socket.socketpair()
        send_with(a, b"x", near)
        send_with(s, FRAME, b)
        a.close()
        b.close()
    else:
        send_with(s, FRAME[:1], near, flags=socket.MSG_OOB if case == "oob" else 0)
    if case == "oob":  # what is taken next takes that with it
        s.sendall(FRAME)
    near.close()
    if case == "unread":  # it hangs up before it is heard
        s.close()
    if case == "ending":
        os.kill(pid, signal.SIGTERM)
        good = ends(pid, lambda: os.kill(pid, signal.SIGCONT))
        far.close()
        return good
    os.kill(pid, signal.SIGCONT)
    good = answers(path)
    s.close()
    good = answers(path) and good
    far.close()
    return good


def keep_asking(path, full):
    """Asks for what costs less to send than to refuse, reads each answer, and says when no more fits."""
    members = b",".join(b'"%d":[[]]' % i for i in range(4000))
    text = b"bitacora/v1 signer record\nbitacora/v1 access\n{" + members + b"}\n"
    requests = memoryview((struct.pack(">I", len(text)) + text) * 4)
    s = connect(path)
    s.setblocking(False)
    at = 0
    while True:
        readable, writable, _ = select.select([s], [s], [], 0)
        if readable and not s.recv(65536):
            return
        if writable:
            at = (at + s.send(requests[at:])) % len(requests)
        else:
            try:
                os.write(full, b"x")
            except BlockingIOError:
                pass
            select.select([s], [s], [])


def busy(path, pid):
    """Three that always have a request there."""
    askers = []
    for _ in range(3):
        read, write = os.pipe()
        os.set_blocking(write, False)
        asker = os.fork()
        if asker == 0:
            try:
                keep_asking(path, write)
            except OSError:
                pass
            os._exit(0)
        os.close(write)
        os.read(read, 1)
        askers.append((asker, read))
    gone = ends(pid, lambda: os.kill(pid, signal.SIGTERM))
    for asker, _ in askers:
        os.kill(asker, signal.SIGKILL)
        os.waitpid(asker, 0)
    return gone


def main():
    path, pid, case = sys.argv[1], int(sys.argv[2]), sys.argv[3]
    good = busy(path, pid) if case == "busy" else pass_descriptors(path, pid, case)
    sys.exit(not good)


main()
