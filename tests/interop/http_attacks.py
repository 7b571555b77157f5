#!/usr/bin/env python3
"""Connections that a server must survive; each check prints a line of TAP.

usage: http_attacks.py framing PORT POST-PATH FILE   requests whose end is in doubt; FILE: a good body
       http_attacks.py pipeline PORT PID PATH MB     one that sends requests and reads no answer
       http_attacks.py readers PORT PATH COUNT       COUNT that take nothing, and one that does
       http_attacks.py slow PORT PATH RATE           one that takes RATE bytes a second
       http_attacks.py handshakes PORT PID COUNT     TLS that is none, halved, cut off, COUNT that say nothing

Over TLS where CACERT names a file of authorities."""
import os
import re
import socket
import ssl
import sys
import time

CACERT = os.environ.get("CACERT")


def plain(port, receive=None):
    s = socket.socket()
    if receive:
        s.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive)
    s.connect(("127.0.0.1", port))
    return s


def connect(port, receive=None):
    s = plain(port, receive)
    return ssl.create_default_context(cafile=CACERT).wrap_socket(s, server_hostname="127.0.0.1") if CACERT else s


def told(good, what, got=""):
    print(("ok 1 - " if good else "not ok 1 - ") + what)
    if not good:
        print("# " + repr(got)[:300])


def exchange(port, data, wait=60, answers=0):
    """All that comes back until the server closes, or says nothing for so long; after so many answers, if
    they are given, for half a second: then it was to say no more. And whether it closed."""
    s = connect(port)
    got = b""
    try:
        s.sendall(data)
        s.settimeout(wait)
        while True:
            more = s.recv(65536)
            if not more:
                return got, True
            got += more
            if answers and got.count(b"HTTP/1.1 ") >= answers:
                s.settimeout(0.5)
    except socket.timeout:
        return got, False
    except (ConnectionError, ssl.SSLError):
        return got, True  # closed before all was sent, or with bytes that nobody read
    finally:
        s.close()


def framing(port, path, name):
    with open(name, "rb") as f:
        body = f.read()
    n = len(body)
    post = b"POST %s HTTP/1.1\r\nHost: x\r\nContent-Type: text/plain\r\n" % path.encode()
    chunked = post + b"Transfer-Encoding: chunked\r\n\r\n"
    smuggled = b"GET /smuggled HTTP/1.1\r\nHost: x\r\n\r\n"
    end = b"\r\n0\r\n\r\n"
    good = exchange(port, chunked + b"%X\r\n" % n + body + end, answers=1)[0]
    told(good.startswith((b"HTTP/1.1 200", b"HTTP/1.1 201")), "a body in one good chunk is taken", good)
    two = exchange(port, post + b"Content-Length: %d\r\n\r\n" % n + body + smuggled, answers=2)[0]
    told(two.count(b"HTTP/1.1 ") == 2, "two requests on end are two", two)
    cases = {
        "a chunk of 0x": chunked + b"0x%x\r\n" % n + body + end,
        "a blank before a chunk's size": chunked + b" %x\r\n" % n + body + end,
        "a blank behind it": chunked + b"%x \r\n" % n + body + end,
        "a sign before it": chunked + b"+%x\r\n" % n + body + end,
        "an extension": chunked + b"%x;a=b\r\n" % n + body + end,
        "a chunk's line that ends in LF": chunked + b"%x\n" % n + body + end,
        "trailers": chunked + b"%x\r\n" % n + body + b"\r\n0\r\nX: y\r\n\r\n",
        "a zero byte in a header": post + b"X: a\0b\r\nContent-Length: %d\r\n\r\n" % n + body,
        "a zero byte in a length": post + b"Content-Length: %d\x000\r\n\r\n" % n + body,
        "a zero byte in a header's name": post + b"Content-Length\0: 0\r\nContent-Length: %d\r\n\r\n" % n + body,
        "a folded header": post + b"X: a\r\n b\r\nContent-Length: %d\r\n\r\n" % n + body,
        "a folded length": post + b"Content-Length:\r\n %d\r\n\r\n" % n + body,
        "a blank before the colon": post + b"Content-Length : %d\r\n\r\n" % n + body,
        "one length twice": post + b"Content-Length: %d\r\n" % n * 2 + b"\r\n" + body,
        "two lengths": post + b"Content-Length: %d\r\nContent-Length: 0\r\n\r\n" % n + body,
        "two in one": post + b"Content-Length: %d, %d\r\n\r\n" % (n, n) + body,
        "a length with a sign": post + b"Content-Length: +%d\r\n\r\n" % n + body,
        "a length in hexadecimal": post + b"Content-Length: 0x%x\r\n\r\n" % n + body,
        "a length and chunks": post + b"Content-Length: %d\r\nTransfer-Encoding: chunked\r\n\r\n%x\r\n" % (n, n) + body + end,
        "chunks and a length": post + b"Transfer-Encoding: chunked\r\nContent-Length: %d\r\n\r\n%x\r\n" % (n, n) + body + end,
        "two encodings": post + b"Transfer-Encoding: gzip, chunked\r\n\r\n%x\r\n" % n + body + end,
        "an encoding twice": post + b"Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n%x\r\n" % n + body + end,
        "an encoding behind a tab": post + b"Transfer-Encoding:\x0bchunked\r\n\r\n%x\r\n" % n + body + end,
        "chunks in HTTP/1.0": chunked.replace(b"HTTP/1.1", b"HTTP/1.0") + b"%x\r\n" % n + body + end,
        "lines that end in LF": (post + b"Content-Length: %d\r\n\r\n" % n).replace(b"\r\n", b"\n") + body,
        "a CR in a header": post + b"X: a\rContent-Length: 0\r\nContent-Length: %d\r\n\r\n" % n + body,
        "HEAD with a body": b"HEAD / HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\n\r\nabc",
        "two hosts": post + b"Host: y\r\nContent-Length: %d\r\n\r\n" % n + body,
    }
    for what, data in cases.items():
        got, closed = exchange(port, data + smuggled)
        answers = re.findall(rb"HTTP/1\.[01] (\d\d\d) ", got)
        told(closed and answers in ([], [b"400"], [b"413"], [b"501"]), what + " is refused, and the connection closed", got)


def high_water(pid):
    with open(f"/proc/{pid}/status", encoding="ascii") as f:
        return next(int(line.split()[1]) for line in f if line.startswith("VmRSS"))


def pipeline(port, pid, path, megabytes):
    request = b"GET %s HTTP/1.1\r\nHost: x\r\n\r\n" % path.encode()
    block = request * (1 + (1 << 20) // len(request))
    before = high_water(pid)
    s = connect(port, 4096)
    s.settimeout(2)
    sent = 0
    try:
        while sent < megabytes << 20:
            sent += s.send(block)
    except (socket.timeout, ConnectionError):
        pass
    grown = high_water(pid) - before
    told(grown < 64 * 1024, f"one connection that reads nothing makes it keep little ({grown} kB of {sent >> 10} sent)")
    s.close()


def readers(port, path, count):
    request = b"GET %s HTTP/1.1\r\nHost: x\r\n\r\n" % path.encode()
    idle = []
    for _ in range(count):
        s = connect(port, 4096)
        s.sendall(request)
        idle.append(s)
    deadline = time.time() + 60
    got = b""
    while time.time() < deadline:
        got = exchange(port, request.replace(b"\r\n\r\n", b"\r\nConnection: close\r\n\r\n"), 10)[0]
        if got.startswith(b"HTTP/1.1 200"):
            break
        time.sleep(0.5)
    told(got.startswith(b"HTTP/1.1 200"), f"{count} connections that take nothing do not keep others out", got[:200])
    for s in idle:
        s.close()


def slow(port, path, rate):
    s = connect(port, 16384)
    s.sendall(b"GET %s HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n" % path.encode())
    got, began, head = 0, time.time(), b""
    while True:
        try:
            more = s.recv(16384)
        except ConnectionError:
            break
        if not more:
            break
        if len(head) < 4096:
            head += more
        got += len(more)
        ahead = got / rate - (time.time() - began)
        if ahead > 0:
            time.sleep(ahead)
    start = head.index(b"\r\n\r\n") + 4
    length = int(next(l for l in head[:start].split(b"\r\n") if l.lower().startswith(b"content-length")).split(b":")[1])
    told(got - start == length, f"{rate} bytes a second are fast enough ({length} bytes in {time.time() - began:.0f} s)", got)


class Tap:
    """A client's TLS in memory, so that its bytes can be cut, delayed and spoiled."""

    def __init__(self, port):
        self.incoming, self.outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
        context = ssl.create_default_context(cafile=CACERT)
        self.tls = context.wrap_bio(self.incoming, self.outgoing, server_hostname="127.0.0.1")
        self.socket = plain(port)
        self.socket.settimeout(10)

    def step(self):
        """The client's next bytes of the handshake; None when it is done."""
        while True:
            try:
                self.tls.do_handshake()
                return self.outgoing.read() or None
            except ssl.SSLWantReadError:
                if self.outgoing.pending:
                    return self.outgoing.read()
                self.incoming.write(self.socket.recv(65536))

    def shake(self):
        while (data := self.step()) is not None:
            self.socket.sendall(data)

    def record(self, text):
        self.tls.write(text)
        return self.outgoing.read()


def ended(s, wait):
    """Whether the server ends it, whatever it says before, within so many seconds."""
    until = time.time() + wait
    try:
        while (left := until - time.time()) > 0:
            s.settimeout(left)
            if not s.recv(65536):
                return True
    except socket.timeout:
        return False
    except ConnectionError:
        return True
    return False


def honest(port):
    got = exchange(port, b"GET /checkpoint HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")[0]
    return got.startswith(b"HTTP/1.1 200")


def spoiled(port):
    """Connections whose bytes are wrong from some place on."""
    question = b"GET /checkpoint HTTP/1.1\r\nHost: x\r\n\r\n"
    hello = Tap(port).step()
    for what, data in {
        "no TLS at all": question,
        "noise": os.urandom(4096),
        "zeros": bytes(4096),
        "a record longer than any": b"\x16\x03\x01\xff\xff" + bytes(65535),
        "a greeting of 2^24 bytes": b"\x16\x03\x01\x40\x00\x01\xff\xff\xff" + bytes(16380) + bytes(65536),
        "a greeting with a byte flipped": hello[:45] + bytes([hello[45] ^ 0xff]) + hello[46:-1] + b"\xff",
        "data before the handshake": b"\x17\x03\x03\x00\x05hello",
    }.items():
        s = plain(port)
        try:
            s.sendall(data)
            s.shutdown(socket.SHUT_WR)
        except OSError:
            pass  # it was ended before all was sent
        told(ended(s, 10), what + ": the connection is ended")
    t = Tap(port)
    t.shake()
    record = t.record(question)
    t.socket.sendall(record[:-1] + bytes([record[-1] ^ 1]))
    told(ended(t.socket, 10), "a record that was altered: the connection is ended")
    t = Tap(port)
    t.shake()
    t.socket.sendall(question)
    told(ended(t.socket, 10), "plaintext behind the handshake: the connection is ended")
    t = Tap(port)
    t.shake()
    t.socket.sendall(t.record(question)[:-1])
    t.socket.shutdown(socket.SHUT_WR)
    told(ended(t.socket, 10), "a record cut off: the connection is ended")


def slow_records(port):
    """Byte by byte, and still right."""
    t = Tap(port)
    while (data := t.step()) is not None:
        for i in range(len(data)):
            t.socket.sendall(data[i:i + 1])
    for byte in t.record(b"GET /checkpoint HTTP/1.1\r\nHost: x\r\n\r\n"):
        t.socket.sendall(bytes([byte]))
    t.incoming.write(t.socket.recv(65536))
    told(t.tls.read(12) == b"HTTP/1.1 200", "whoever sends byte by byte is answered")


def handshakes(port, pid, count):
    before = high_water(pid)
    silent = [plain(port) for _ in range(count)]
    halves = []
    for _ in range(20):
        t = Tap(port)
        hello = t.step()
        t.socket.sendall(hello[:len(hello) // 2])
        halves.append(t.socket)
    dripping, began = plain(port), time.time()
    drops = iter(Tap(port).step())
    told(honest(port), f"{count} that say nothing and {len(halves)} halved handshakes keep nobody out")
    grown = high_water(pid) - before
    told(grown < 64 * 1024, f"they cost little ({grown} kB)")
    spoiled(port)
    slow_records(port)
    while time.time() - began < 12:
        try:
            dripping.sendall(bytes([next(drops)]))
        except ConnectionError:
            break
        time.sleep(0.2)
    told(ended(dripping, 20), "a handshake byte by byte is ended in time")
    told(all(ended(s, 20) for s in silent + halves), "and so are the others")
    told(honest(port), "the server goes on")


def main():
    what, port = sys.argv[1], int(sys.argv[2])
    rest = sys.argv[3:]
    if what == "framing":
        framing(port, rest[0], rest[1])
    elif what == "pipeline":
        pipeline(port, int(rest[0]), rest[1], int(rest[2]))
    elif what == "readers":
        readers(port, rest[0], int(rest[1]))
    elif what == "handshakes":
        handshakes(port, int(rest[0]), int(rest[1]))
    else:
        slow(port, rest[0], int(rest[1]))


main()
