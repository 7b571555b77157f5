"""Starting programs, asking them, and what counts as wrong: for all of tests/faults."""
import collections
import hashlib
import http.client
import os
import random
import signal
import socket
import subprocess
import sys
import time

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(os.path.dirname(HERE))
sys.path.insert(0, os.path.join(ROOT, "tests", "interop"))

BIN = os.environ.get("BIN", os.path.join(ROOT, "build", "bin"))
PRELOAD = os.path.join(ROOT, "build", "release", "tools", "faults.so")
PATIENCE = 120        # seconds after which something hangs: far beyond anything that is slow


class Trouble(Exception):
    """What must not happen."""


class Lost(Trouble):
    """Of that, the worst: what was acknowledged is not there."""


def program(name):
    return os.path.join(BIN, name)


held = collections.deque(maxlen=300)


def free_port():
    """A port that nobody is given by chance: below those that the kernel hands out, and those of
    free_ports in tests/lib.sh. It stays bound here, without listening: so no other lane is given it
    while the program that has it is killed and started again."""
    while True:
        s = socket.socket()
        try:
            s.bind(("127.0.0.1", random.randrange(10000, 15000)))
        except OSError:
            s.close()
            continue
        s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)  # so do our programs, which may bind it beside this one
        held.append(s)
        return s.getsockname()[1]


def run(argv, env=None, cwd=None, good=(0,), stdin=b"", preload=None, seconds=PATIENCE):
    """Runs a program to its end. Returns (exit status, standard output, standard error)."""
    if preload:
        env = dict(env or os.environ, LD_PRELOAD=PRELOAD, **preload)
    p = subprocess.run(argv, input=stdin, capture_output=True, env=env, cwd=cwd, timeout=seconds)
    if good is not None and p.returncode not in good:
        raise Trouble("exit %d of %s\n%s\n%s" % (p.returncode, " ".join(argv), p.stdout[-1500:].decode(errors="replace"),
                                               p.stderr[-1500:].decode(errors="replace")))
    return p.returncode, p.stdout, p.stderr


class Process:
    """A program that listens."""

    def __init__(self, argv, out, env=None, preload=None):
        environment = dict(os.environ, **(env or {}))
        if preload:
            environment["LD_PRELOAD"] = PRELOAD
            environment.update(preload)
        self.out = open(out, "ab")
        self.popen = subprocess.Popen(argv, stdin=subprocess.DEVNULL, stdout=self.out, stderr=self.out, env=environment)

    def ended(self):
        return self.popen.poll() is not None

    def end(self, number=signal.SIGTERM):
        if not self.ended():
            self.popen.send_signal(number)
        try:
            return self.popen.wait(PATIENCE)
        except subprocess.TimeoutExpired:
            self.popen.kill()
            self.popen.wait()
            raise Trouble("does not end") from None
        finally:
            self.out.close()


def answers(port):
    try:
        with socket.create_connection(("127.0.0.1", port), 2):
            return True
    except OSError:
        return False


def await_port(port, process):
    """Waits until somebody listens, or the process has ended. Returns whether somebody listens."""
    limit = time.monotonic() + PATIENCE
    while time.monotonic() < limit:
        if answers(port):
            return True
        if process.ended():
            return False
        time.sleep(0.01)
    raise Trouble("it neither listens nor ends")


def ask(port, method, path, body=None, headers=None, seconds=8, tls=None):
    """One request on a connection of its own, over TLS with a context. Returns (status, body), status 0 if there was no whole
    answer."""
    if tls:
        c = http.client.HTTPSConnection("127.0.0.1", port, timeout=seconds, context=tls)
    else:
        c = http.client.HTTPConnection("127.0.0.1", port, timeout=seconds)
    try:
        c.request(method, path, body, headers or {})
        r = c.getresponse()
        data = r.read()
        return r.status, data
    except (OSError, http.client.HTTPException):
        return 0, b""
    finally:
        c.close()


def hash_of_file(path):
    with open(path, "rb") as f:
        return hashlib.sha256(f.read()).hexdigest()
