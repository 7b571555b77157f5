#!/usr/bin/python3
"""A daemon and its witness at full load for a long time: memory, descriptors and threads stay what they are.

Rounds of load, with clients that append, read, mirror, verify, hang and go away, and a witness that is killed and comes back. After
each round everybody is quiet, and daemon and witness are measured: memory that they allocated, descriptors, threads. The first
half of the rounds warms up. Then the line through what was measured must not rise, beyond what one round differs from another.

usage: soak.py [--seconds S] [--round S] FOLDER      default: SOAK_MINUTES (30) minutes, rounds of 4 seconds of load
The last line has the figures.
"""
import argparse
import concurrent.futures
import os
import random
import shutil
import signal
import socket
import sys
import time

from people import REQUEST
from programs import PATIENCE, Trouble, ask, program, run
import rig
from template import Template, copy_log

SLACK = {"kB": 4096, "descriptors": 2, "threads": 0}
SETTINGS = """index_every = 256
index_keep = 1
sweep = 1
deadline = 10
timeout = 2
tiles = 128
max_connections = 200
"""


class Soak:
    def __init__(self, folder, seconds, length):
        self.seconds, self.length = seconds, length
        self.template = Template(os.path.join(folder, "template"))
        self.rig = rig.Rig(self.template, os.path.join(folder, "soak"))
        copy_log(self.template.folder, self.rig.folder)
        shutil.copytree(self.template.at("witness"), self.rig.at("witness"))
        with open(self.rig.at("config"), "w") as f:
            f.write(SETTINGS)
        self.measured = {}                                      # (program, what) -> numbers
        self.done = {"appended": 0, "read": 0, "mirrored": 0, "replayed": 0, "hung": 0, "witness killed": 0}
        self.wrong = []

    # -- clients of one round, until `end`

    def append(self, end):
        key = self.template.people.official
        while time.monotonic() < end:
            notes = [self.template.note("request", key, REQUEST)[1] for _ in range(100)]
            body = b"".join(len(n).to_bytes(2, "big") + n for n in notes)
            status, answer = ask(self.rig.port, "POST", "/v1/records", body, {"Content-Type": "application/octet-stream"}, 30)
            if status == 200:
                self.done["appended"] += answer.count(b'"index"')
            elif status not in (0, 429, 503, 504):
                self.wrong.append("append: %d" % status)

    def append_singly(self, end):
        while time.monotonic() < end:
            _, note = self.template.note("request", self.template.people.official, REQUEST)
            status, _ = ask(self.rig.port, "POST", "/v1/records", note, {"Content-Type": "text/plain"}, 30)
            self.done["appended"] += status == 201

    def read(self, end):
        while time.monotonic() < end:
            path = random.choice(rig.PATHS) % {"n": self.template.entries}
            status, _ = ask(self.rig.port, "GET", path, seconds=30)
            if status not in rig.FINE:
                self.wrong.append("GET %s: %d" % (path, status))
            self.done["read"] += status == 200

    def mirror(self, end):
        """Each other time a new one, of the whole log."""
        while time.monotonic() < end:
            shutil.rmtree(self.rig.at("mirror"), ignore_errors=True)
            for _ in range(2):
                self.client("mirrored", "mirror", "--policy", self.rig.at("policy"), self.rig.at("mirror"))

    def replay(self, end):
        while time.monotonic() < end:
            self.client("replayed", "replay", "--policy", self.rig.at("policy"), "--state", self.rig.at("replayed"))

    def client(self, what, *argv):
        status, out, err = run([program("bitacora"), *argv], env=self.rig.env, cwd=self.rig.folder, good=None)
        if status not in (0, 3):                                # 3: the witness is away
            self.wrong.append("%s: exit %d: %s" % (argv[0], status, (out + err)[-500:].decode(errors="replace")))
        self.done[what] += status == 0

    def hang(self, end):
        """Connections that send half a request, or nothing, and go away some time."""
        held = []
        while time.monotonic() < end:
            try:
                s = socket.create_connection(("127.0.0.1", self.rig.port), 5)
                s.sendall(random.choice([b"", b"GET /chec", b"POST /v1/records HTTP/1.1\r\nHost: x\r\nContent-Length: 999\r\n\r\nabc"]))
                held.append(s)
                self.done["hung"] += 1
            except OSError:
                pass
            if len(held) > 20:
                held.pop(random.randrange(len(held))).close()
            time.sleep(0.02)
        for s in held:
            s.close()

    def disturb(self, end):
        """The witness is killed in the middle, and comes back."""
        time.sleep(self.length / 2)
        self.rig.witness.end(signal.SIGKILL)
        self.done["witness killed"] += 1
        if not self.rig.start_witness():
            raise Trouble("the witness does not come back: %s" % self.rig.tail("witness.log"))

    # -- rounds

    def round(self, disturbed):
        end = time.monotonic() + self.length
        work = [self.append, self.append_singly, self.read, self.read, self.mirror, self.replay, self.hang]
        with concurrent.futures.ThreadPoolExecutor(len(work) + 1) as pool:
            for f in [pool.submit(w, end) for w in work + ([self.disturb] if disturbed else [])]:
                f.result()

    def quiet(self):
        """Until nobody is served any more, and no connection is closed any more."""
        limit, before = time.monotonic() + PATIENCE, -1
        while time.monotonic() < limit:
            _, text = ask(self.rig.port, "GET", "/metrics")
            now = dict(line.split(" ")[:2] for line in text.decode().splitlines() if line and line[0] != "#" and "{" not in line)
            held = [now[n] for n in ("bitacora_queue_notes", "bitacora_reads", "bitacora_answers", "bitacora_waits")]
            open_now = len(os.listdir("/proc/%d/fd" % self.rig.daemon.popen.pid))
            if held == ["0"] * 4 and open_now == before:
                return
            before = open_now
            time.sleep(0.5)
        raise Trouble("it does not become quiet")

    def measure(self):
        for name, process in (("daemon", self.rig.daemon), ("witness", self.rig.witness)):
            pid = process.popen.pid
            with open("/proc/%d/status" % pid) as f:
                status = dict(line.split(":\t", 1) for line in f if ":\t" in line)
            for what, n in (("kB", int(status["RssAnon"].split()[0])), ("descriptors", len(os.listdir("/proc/%d/fd" % pid))),
                            ("threads", int(status["Threads"]))):
                self.measured.setdefault((name, what), []).append(n)

    def go(self):
        with self.rig as r:
            r.start_witness()
            if not r.start_daemon():
                raise Trouble("it does not start: %s" % r.tail("daemon.log"))
            limit, rounds = time.monotonic() + self.seconds, 0
            while time.monotonic() < limit or rounds < 4:
                self.round(disturbed=rounds % 3 == 1)
                self.quiet()
                self.measure()
                rounds += 1
                if rounds % 20 == 0:
                    print("# %d rounds, appended %d, daemon kB %d" % (rounds, self.done["appended"], self.measured["daemon", "kB"][-1]),
                          flush=True)
            for p in (r.daemon, r.witness):
                if p.end() != 0:
                    self.wrong.append("it does not end well: %s" % r.tail("daemon.log"))
            try:
                r.fsck(seconds=3600)                            # of all that half an hour appended
            except Trouble as e:
                self.wrong.append(str(e))
            return self.figures(rounds)

    def figures(self, rounds):
        told = []
        for (name, what), numbers in self.measured.items():
            if name == "witness" and what == "kB":
                numbers = numbers[-1:]                          # it begins anew each time that it is killed
            rise = rise_of(numbers[len(numbers) // 2:])
            told.append("%s %s %d (%+.0f)" % (name, what, numbers[-1], rise))
            if rise > SLACK[what]:
                self.wrong.append("%s of the %s rise by %.0f: %s" % (what, name, rise, numbers))
        for w in self.wrong[:20]:
            print("# " + w)
        print("soak: %d s, %d rounds; %s; %s; %d failed" % (
            self.seconds, rounds, ", ".join("%s %d" % (k, n) for k, n in self.done.items()), ", ".join(told), len(self.wrong)))
        return 1 if self.wrong else 0


def rise_of(numbers):
    """How much the straight line through the numbers rises, from the first to the last (least squares)."""
    n = len(numbers)
    if n < 2:
        return 0.0
    mean, middle = sum(numbers) / n, (n - 1) / 2
    slope = sum((i - middle) * (y - mean) for i, y in enumerate(numbers)) / sum((i - middle) ** 2 for i in range(n))
    return slope * (n - 1)


def main():
    a = argparse.ArgumentParser()
    a.add_argument("--seconds", type=float, default=60 * float(os.environ.get("SOAK_MINUTES", "30")))
    a.add_argument("--round", type=float, default=4.0)
    a.add_argument("folder")
    args = a.parse_args()
    folder = os.path.abspath(args.folder)
    shutil.rmtree(folder, ignore_errors=True)
    os.makedirs(folder)
    return Soak(folder, args.seconds, args.round).go()


if __name__ == "__main__":
    sys.exit(main())
