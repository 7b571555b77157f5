#!/usr/bin/env python3
"""Senders that mean harm, beyond those of http_attacks.py; each check prints a line of TAP.

usage: http_hostile.py paths PORT GOOD             odd targets, methods, versions; GOOD: a path that is there
       http_hostile.py refused PORT GOOD           what libevent refuses by itself, and how
       http_hostile.py bombs PORT PID GOOD LIMIT   heads and bodies without end
       http_hostile.py crowd PORT PID GOOD COUNT LIMIT KIND...
           COUNT connections that stay and are each of a KIND: silent, head, drip, body, deaf; `hold`: the
           server has to hold them all at once
       http_hostile.py pipes PORT PID GOOD COUNT LIMIT BIG
           COUNT connections that ask for BIG without end and read nothing

LIMIT: MiB that the server may have more at its highest than before. Over TLS where CACERT names a file of
authorities; then a KIND's connection says nothing at all, unless it is `shaken`."""
import os
import re
import resource
import select
import socket
import ssl
import sys
import time

CACERT = os.environ.get("CACERT")
context = ssl.create_default_context(cafile=CACERT) if CACERT else None


def told(good, what, got=""):
    print(("ok 1 - " if good else "not ok 1 - ") + what, flush=True)
    if not good:
        print("# " + repr(got)[:400], flush=True)


def connect(port, timeout=20, shake=True):
    s = socket.socket()
    s.settimeout(timeout)
    s.connect(("127.0.0.1", port))
    return context.wrap_socket(s, server_hostname="127.0.0.1") if context and shake else s


def status(data):
    return [int(n) for n in re.findall(rb"HTTP/1\.[01] (\d\d\d) ", data)]


def send(s, data, timeout):
    """Sends all; stops where the server has answered, or ended the connection."""
    view, either = memoryview(data), select.poll()
    either.register(s, select.POLLIN | select.POLLOUT)
    while len(view) > 0:
        ready = either.poll(timeout * 1000)
        if not ready or ready[0][1] & select.POLLIN:
            return
        view = view[s.send(view[:16384]):]


def exchange(port, data, timeout=20):
    """All that comes until the server closes the connection, or is silent for a while after an answer; and
    whether it answered, or closed it."""
    got, ended = b"", False
    try:
        s = connect(port, timeout)
        try:
            send(s, data, timeout)
        except (ConnectionError, ssl.SSLError):
            ended = True  # it was refused before all was sent
        while more := s.recv(65536):
            got += more
            s.settimeout(0.5)
        ended = True
    except (ConnectionError, ssl.SSLError):
        ended = True
    except socket.timeout:
        pass
    return got, ended or got != b""


def ask(port, data, timeout=20):
    return exchange(port, data, timeout)[0]


def honest(port, good, times=5):
    """Whether an honest client, on a new connection each time, is answered each time. As ours do, it tries again where it is turned
    away without an answer: among 10,000 others that may happen to anybody."""
    request = b"GET %s HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n" % good
    return all(any(status(ask(port, request, 120)) == [200] for _ in range(3)) for _ in range(times))


def memory(pid, field="VmHWM"):
    with open(f"/proc/{pid}/status", encoding="ascii") as f:
        return next(int(line.split()[1]) for line in f if line.startswith(field))


def reset_peak(pid):
    """Lets VmHWM begin anew. Returns what the process has now, in kB."""
    with open(f"/proc/{pid}/clear_refs", "w", encoding="ascii") as f:
        f.write("5")
    return memory(pid)


def settle(pid):
    """Until the process has done what there is to do: it takes no more of the processor."""
    def ticks():
        with open(f"/proc/{pid}/stat", encoding="ascii") as f:
            return [int(n) for n in f.read().rsplit(")", 1)[1].split()[11:13]]
    before, until = ticks(), time.time() + 120
    while time.time() < until:
        time.sleep(1)
        now = ticks()
        if sum(now) - sum(before) <= 5:  # it ticks ten times a second
            return
        before = now


# ---- what a request may look like ------------------------------------------------------------------

def refused(port, good):
    """INTERFACES.md, 13: libevent 2.1 answers these itself, and lets nobody write the page."""
    host = b" HTTP/1.1\r\nHost: x\r\n"
    cases = {
        "what is no request": (400, b"nonsense\r\n\r\n"),
        "a method that HTTP does not have": (501, b"BREW " + good + host + b"\r\n"),
        "an Expect that it does not know": (417, b"POST " + good + host + b"Expect: tea\r\nContent-Length: 1\r\n\r\n"),
        "a head over its cap": (400, b"GET " + good + host + b"X: " + b"x" * (1 << 17) + b"\r\n\r\n"),
        "a body over its cap": (413, b"POST " + good + host + b"Content-Length: 1000000000\r\n\r\n"),
    }
    for what, (want, data) in cases.items():
        got = ask(port, data)
        head, _, page = got.partition(b"\r\n\r\n")
        told(status(got) == [want] and b"\r\nContent-Type: text/html" in head and b"\r\nConnection: close" in head
             and page.startswith(b"<HTML>") and len(page) < 512, f"{what}: {want}, in HTML, and no more is answered", got)


def paths(port, good):
    h = b" HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"
    name = good[1:]
    none = {  # nothing is there, whatever it may be read as
        "two slashes": b"GET /" + good + h,
        "a dot": b"GET /." + good + h,
        "two dots": b"GET /tile/.." + good + h,
        "encoded dots": b"GET /tile/%2e%2e" + good + h,
        "encoded twice": b"GET /tile/%252e%252e" + good + h,
        "an encoded slash": b"GET /tile%2f..%2f" + name + h,
        "an encoded letter": b"GET /%%%02x" % name[0] + name[1:] + h,
        "a slash behind": b"GET " + good + b"/" + h,
        "an encoded zero byte": b"GET " + good + b"%00" + h,
        "a zero byte and more": b"GET " + good + b"%00.html" + h,
        "a semicolon": b"GET " + good + b";x" + h,
        "other letters": b"GET " + good.upper() + h,
        "an overlong dot": b"GET /tile/%c0%ae%c0%ae" + good + h,
        "a file": b"GET /tile/../../../../../../etc/passwd" + h,
        "a file of the log": b"GET /log.key" + h,
        "8,000 slashes": b"GET " + b"/" * 8000 + h,
        "8,000 dots": b"GET /" + b"../" * 2666 + h,
    }
    for what, data in none.items():
        got = ask(port, data)
        told(status(got) in ([404], [400]) and b"root:" not in got, what + ": nothing is there", got)
    wrong = {  # no request at all
        "a target without a slash": b"GET " + name + h,
        "a raw zero byte": b"GET " + good + b"\0" + h,
        "a blank in the target": b"GET " + good + b" x" + h,
        "a tab": b"GET\t" + good + h,
        "no target": b"GET  HTTP/1.1\r\nHost: x\r\n\r\n",
        "HTTP/0.9": b"GET " + good + b"\r\n\r\n",
        "HTTP/1.9": b"GET " + good + b" HTTP/1.9\r\nHost: x\r\n\r\n",
        "HTTP/2's preface": b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
        "HTTP/9999999999.1": b"GET " + good + b" HTTP/9999999999.1\r\nHost: x\r\n\r\n",
        "a method of another case": b"get " + good + h,
        "a method that nobody knows": b"BREW " + good + h,
        "a method of 10,000 letters": b"G" * 10000 + b" " + good + h,
        "CONNECT": b"CONNECT example.com:443 HTTP/1.1\r\nHost: x\r\n\r\n",
        "TRACE": b"TRACE " + good + h,
        "OPTIONS of all": b"OPTIONS * HTTP/1.1\r\nHost: x\r\n\r\n",
        "noise": os.urandom(3000),
        "a greeting of TLS": b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + bytes(500),
    }
    for what, data in wrong.items():
        got = ask(port, data)
        told(all(400 <= n < 600 and n not in (500, 502, 503) for n in status(got)) and len(status(got)) <= 1,
             what + ": refused", got)
    # A whole address names the same thing (RFC 9112, 3.2.2); its host is not asked.
    got = ask(port, b"GET http://example.com" + good + h)
    told(status(got) in ([200], [404], [400]), "a whole address: the same, or nothing", got)
    got = ask(port, b"HEAD " + good + h)
    head, _, body = got.partition(b"\r\n\r\n")
    told(status(got) == [200] and body == b"" and b"ontent-" in head, "HEAD has no body", got)
    got = ask(port, b"GET " + good + b" HTTP/1.0\r\n\r\n")
    told(status(got) == [200], "HTTP/1.0 is answered", got)
    told(honest(port, good), "honest clients are served")


def expectations(port, post, body):
    head = b"POST %s HTTP/1.1\r\nHost: x\r\nContent-Type: text/plain\r\nContent-Length: %d\r\n" % (post, len(body))
    s = connect(port)
    s.sendall(head + b"Expect: 100-continue\r\n\r\n")
    got = s.recv(65536)
    told(status(got) == [100], "Expect: the body is asked for", got)
    s.sendall(body)
    got = s.recv(65536)
    told(status(got) in ([200], [201]), "and taken", got)
    s.close()
    got = ask(port, head.replace(b"Length: ", b"Length: 9") + b"Expect: 100-continue\r\n\r\n")
    told(100 not in status(got)[:1] or status(got)[:1] == [100], "a body that is too large is not", got)
    got = ask(port, head + b"Expect: the unexpected\r\n\r\n" + body)
    told(status(got) in ([417], [200], [201], [400]), "another expectation is refused, or none", got)


# ---- heads and bodies without end ------------------------------------------------------------------

def bombs(port, pid, good, limit):
    before = reset_peak(pid)
    line = b"GET %s HTTP/1.1\r\nHost: x\r\n" % good
    post = b"POST %s HTTP/1.1\r\nHost: x\r\n" % good
    served = []
    cases = {
        "10,000 headers": line + b"".join(b"X-%d: y\r\n" % i for i in range(10000)) + b"\r\n",
        "100,000 times the same header": line + b"A:\r\n" * 100000 + b"\r\n",
        "a header of 8 MiB": line + b"X: " + b"y" * (8 << 20) + b"\r\n\r\n",
        "a header's name of 8 MiB": line + b"X" * (8 << 20) + b": y\r\n\r\n",
        "a first line of 8 MiB": b"GET /" + b"x" * (8 << 20) + b" HTTP/1.1\r\nHost: x\r\n\r\n",
        "empty lines without end": b"\r\n" * (4 << 20),
        "zeros without end": bytes(8 << 20),
        "a query of 1 MiB": b"GET %s?%s HTTP/1.1\r\nHost: x\r\n\r\n" % (good, b"a=b&" * (1 << 18)),
        "10,000 cookies": line + b"Cookie: " + b"a=b; " * 10000 + b"\r\n\r\n",
        "100 ranges": line + b"Range: bytes=" + b"0-," * 100 + b"0-\r\n\r\n",
        "a length of 10^15": post + b"Content-Length: 1000000000000000\r\n\r\n",
        "a length of 10^30": post + b"Content-Length: 1" + b"0" * 30 + b"\r\n\r\n",
        "a length below zero": post + b"Content-Length: -1\r\n\r\n",
        "8 MiB of body": post + b"Content-Length: 8388608\r\n\r\n" + bytes(8 << 20),
        "a chunk of 2^60": post + b"Transfer-Encoding: chunked\r\n\r\n1000000000000000\r\n" + bytes(1 << 20),
        "a chunk of FFFFFFFF": post + b"Transfer-Encoding: chunked\r\n\r\nFFFFFFFF\r\n" + bytes(8 << 20),
        "300,000 chunks": post + b"Transfer-Encoding: chunked\r\n\r\n" + b"1\r\na\r\n" * 300000 + b"0\r\n\r\n",
        "an extension of 8 MiB": post + b"Transfer-Encoding: chunked\r\n\r\n1;" + b"x" * (8 << 20) + b"\r\na\r\n0\r\n\r\n",
        "a trailer of 8 MiB": post + b"Transfer-Encoding: chunked\r\n\r\n1\r\na\r\n0\r\nX: " + b"y" * (8 << 20) + b"\r\n\r\n",
    }
    for what, data in cases.items():
        got, ended = exchange(port, data)
        may = [200, 400, 403, 404, 405, 413, 414, 415, 431, 501]
        told(all(n in may for n in status(got)) and len(status(got)) <= 1 and ended, what + ": refused, or of no effect", got)
        served.append(honest(port, good, 1))
    told(all(served), "honest clients were served in between", served)
    grown = memory(pid) - before
    told(grown < limit << 10, f"all of it took {grown >> 10} MiB at most", f"more than {limit} MiB")


# ---- very many -------------------------------------------------------------------------------------

def raise_limit(count):
    """Descriptors for so many connections. It is said if the machine does not allow them: never fewer in silence."""
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = count + 64
    if hard != resource.RLIM_INFINITY and hard < wanted:
        print(f"# the machine allows {hard} descriptors: {hard - 64} connections instead of {count}")
        count, wanted = hard - 64, hard
    resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))
    return count


KINDS = {
    "silent": lambda good: b"",
    "shaken": lambda good: b"",
    "head": lambda good: b"GET %s HTTP/1.1\r\nHost: x\r\nX: " % good,
    "drip": lambda good: b"G",
    "body": lambda good: b"POST %s HTTP/1.1\r\nHost: x\r\nContent-Length: 4000000\r\n\r\nabc" % good,
    "deaf": lambda good: b"GET %s HTTP/1.1\r\nHost: x\r\n\r\n" % good * 20,
}


class Crowd:
    """Connections that are opened without waiting for the server; those that it ends come again."""

    def __init__(self, port, good, kinds):
        self.port, self.good, self.kinds, self.open, self.made = port, good, kinds, [], 0

    def one(self):
        kind = self.kinds[self.made % len(self.kinds)]
        self.made += 1
        s = socket.socket()
        if kind == "deaf":
            s.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        s.setblocking(False)
        s.connect_ex(("127.0.0.1", self.port))
        return [s, kind, False]

    def grow(self, count):
        while len(self.open) < count:
            self.open.append(self.one())

    def turn(self):
        """Those that are there say what their kind says; those that drip, a byte more."""
        for i, (s, kind, said) in enumerate(self.open):
            data = KINDS[kind](self.good) if not said else b"x" if kind == "drip" else b""
            if context and kind != "shaken":
                data = b"" if said else b"\x16"  # a handshake that does not go on
            if not data:
                continue
            try:
                s.send(data)
                self.open[i][2] = True
            except BlockingIOError:
                pass  # it is not connected yet, or takes no more
            except OSError:
                s.close()
                self.open[i] = self.one()

    def connected(self):
        n = 0
        for s, _, _ in self.open:
            try:
                s.getpeername()
                n += 1
            except OSError:
                pass
        return n

    def close(self):
        for s, _, _ in self.open:
            s.close()


def crowd(port, pid, good, count, limit, kinds):
    count, hold = raise_limit(count), "hold" in kinds
    kinds = [k for k in kinds if k != "hold"]
    before = reset_peak(pid)
    c = Crowd(port, good, kinds)
    for n in range(0, count, 500):
        c.grow(min(n + 500, count))
        c.turn()
    served = []
    for _ in range(6):
        c.turn()
        served.append(honest(port, good, 3))
    told(all(served), f"{count} connections ({', '.join(kinds)}) keep nobody out", served)
    there, had = c.connected(), len(os.listdir(f"/proc/{pid}/fd"))
    # How many wait in the kernel beside those that a server holds is the kernel's affair.
    print(f"# the kernel has {there} of them, the server {had} at once")
    if hold:  # but for those that it has just ended, and that are on their way again
        until = time.time() + 30
        while had < count * 9 // 10 and time.time() < until:
            c.turn()
            had = max(had, len(os.listdir(f"/proc/{pid}/fd")))
        told(had >= count * 9 // 10, "it holds them all", had)
    grown = memory(pid) - before
    told(grown < limit << 10, f"they took {grown >> 10} MiB at most", f"more than {limit} MiB")
    c.close()
    told(honest(port, good), "and once they are gone all goes on")


def pipes(port, pid, good, count, limit, big):
    before = reset_peak(pid)
    request = b"GET %s HTTP/1.1\r\nHost: x\r\n\r\n" % big
    block = request * (1 + (1 << 18) // len(request))
    connections, sent = [], 0
    for _ in range(count):
        s = connect(port)
        if not context:
            s.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        s.setblocking(False)
        connections.append(s)
    until = time.time() + 60
    live, quiet = list(connections), 0
    while live and quiet < 20 and time.time() < until:
        progress = 0
        for s in list(live):
            try:
                progress += s.send(block)
            except (BlockingIOError, ssl.SSLWantWriteError):
                pass
            except OSError:
                live.remove(s)
        sent += progress
        quiet = 0 if progress else quiet + 1
        if not progress:
            time.sleep(0.05)
    settle(pid)
    told(honest(port, good), f"{count} that read nothing ({sent >> 20} MiB of requests sent) keep nobody out")
    grown = memory(pid) - before
    told(grown < limit << 10, f"they took {grown >> 10} MiB at most", f"more than {limit} MiB")
    for s in connections:
        s.close()


def main():
    what, port = sys.argv[1], int(sys.argv[2])
    rest = sys.argv[3:]
    if what == "paths":
        paths(port, rest[0].encode())
    elif what == "refused":
        refused(port, rest[0].encode())
    elif what == "expect":
        with open(rest[1], "rb") as f:
            expectations(port, rest[0].encode(), f.read())
    elif what == "bombs":
        bombs(port, int(rest[0]), rest[1].encode(), int(rest[2]))
    elif what == "crowd":
        crowd(port, int(rest[0]), rest[1].encode(), int(rest[2]), int(rest[3]), rest[4:])
    else:
        pipes(port, int(rest[0]), rest[1].encode(), int(rest[2]), int(rest[3]), rest[4].encode())


main()
