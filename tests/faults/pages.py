#!/usr/bin/python3
"""Pages of the store are damaged: no wrong answer, a clear error, and fsck says what is wrong.

A log is stopped, and each class of page of LMDB (meta, branch, leaf, overflow, free) has some of its pages damaged in a copy, one at
a time: a bit is flipped, the second half is zeros, all of it is zeros, or it holds another page. LMDB has no checksums, so anything
may come of it. What must hold: where fsck says that the store is sound, it serves exactly the log that it was; where it does not,
it says so with exit 1 and a finding, and a daemon that is started all the same serves nothing that a verifier believes and that is
not the log.

usage: pages.py [--each N] [--seed S] FOLDER     N pages of each class and damage (default 3)
The last line has the figures.
"""
import argparse
import collections
import json
import os
import random
import shutil
import struct
import subprocess
import sys
import time

from programs import PATIENCE, Trouble, ask, program, run
import rig
from template import Template, copy_log
import writer

PAGE = 4096
CLASSES = {1: "branch", 2: "leaf", 4: "overflow", 8: "meta", 0x22: "leaf2"}


def pages_of(data):
    """(class, number) of each page. What no tree reaches any more is "free" or an old copy: it counts by its own flags."""
    out, n = [], 0
    while n < len(data) // PAGE:
        number, _, flags, count = struct.unpack_from("<QHHI", data, n * PAGE)
        kind = CLASSES.get(flags & 0x2f, "unused")
        if kind == "overflow" and number == n:
            out += [(kind, n + i) for i in range(count)]
            n += count
            continue
        out.append((kind, n))
        n += 1
    return out


def flip(page, rng):
    at = rng.randrange(PAGE * 8)
    page[at // 8] ^= 1 << at % 8


def flip_head(page, rng):
    at = rng.randrange(16 * 8)
    page[at // 8] ^= 1 << at % 8


def tear(page, rng):
    page[PAGE // 2:] = bytes(PAGE // 2)


def clear(page, rng):
    page[:] = bytes(PAGE)


class Pages:
    def __init__(self, folder, each, seed):
        self.folder, self.each, self.rng = folder, each, random.Random(seed)
        self.told = collections.Counter()
        self.failed = 0
        self.template = Template(os.path.join(folder, "template"))
        whole = os.path.join(folder, "whole")
        os.makedirs(whole)
        copy_log(self.template.folder, whole)
        with rig.Rig(self.template, whole, witnessed=False) as r:
            with open(r.at("config"), "w") as f:
                f.write("index_every = 64\nindex_keep = 0\n")
            r.start_daemon()
            for _ in range(6):
                r.post_batch(self.template.people.official, 100, time.monotonic() + PATIENCE)
            r.post_some(3, time.monotonic() + PATIENCE)
            self.entries = r.entries()
            r.client("mirror", r.at("mirror"))
            self.files = [os.path.relpath(os.path.join(d, f), r.at("mirror")) for d, _, names in os.walk(r.at("mirror")) for f in names]
            r.stop()
        self.whole = whole
        with open(os.path.join(whole, "data/store/data.mdb"), "rb") as f:
            self.data = f.read()

    def swap(self, page, rng):
        n = rng.randrange(len(self.data) // PAGE)
        page[:] = self.data[n * PAGE:n * PAGE + PAGE]

    def go(self):
        by_class = collections.defaultdict(list)
        for kind, n in pages_of(self.data):
            by_class[kind].append(n)
        for kind, numbers in sorted(by_class.items()):
            for damage in (flip, flip_head, tear, clear, self.swap):
                for n in self.rng.sample(numbers, min(self.each, len(numbers))):
                    self.one(kind, n, damage)

    def one(self, kind, n, damage):
        folder = os.path.join(self.folder, "damaged")
        shutil.rmtree(folder, ignore_errors=True)
        os.makedirs(folder)
        copy_log(self.whole, folder)
        page = bytearray(self.data[n * PAGE:n * PAGE + PAGE])
        damage(page, self.rng)
        if page == self.data[n * PAGE:n * PAGE + PAGE]:
            return
        with open(os.path.join(folder, "data/store/data.mdb"), "r+b") as f:
            f.seek(n * PAGE)
            f.write(page)
        what = "%s page %d, %s" % (kind, n, damage.__name__)
        try:
            sound = self.fsck(folder)
            served = self.serve(folder)
            if sound and served != "all":
                raise Trouble("fsck calls it sound, and it serves: %s" % served)
            self.told[kind, "sound" if sound else "damaged", served] += 1
        except (Trouble, subprocess.TimeoutExpired) as e:
            self.failed += 1
            print("# %s: %s" % (what, e), flush=True)
            os.rename(folder, os.path.join(self.folder, what.replace(" ", "-").replace(",", "")))

    def fsck(self, folder):
        """Whether it is sound. A finding says what is wrong."""
        status, out, err = run([program("bitacorad"), "fsck", "--dir", os.path.join(folder, "data"), "--json"], good=None)
        if status == 0:
            return True
        if status != 1 or not json.loads(out)["findings"]:
            raise Trouble("fsck: exit %d, %s %s" % (status, out[-500:], err[-500:]))
        return False

    def serve(self, folder):
        """What a daemon makes of it, as a verifier sees it: "all", "nothing" (it does not start), "some", "crash"."""
        with rig.Rig(self.template, folder, witnessed=False) as r:
            if not r.start_daemon():
                status = r.daemon.end()
                if status == 0:
                    raise Trouble("it ends well, and serves nothing")
                return "nothing" if status > 0 else "crash"
            for path in self.files:
                status, body = ask(r.port, "GET", "/" + path)
                if status == 200:
                    writer.write_file(r.at("served/" + path), body)
            os.makedirs(r.at("served"), exist_ok=True)
            status, out, _ = run([program("bitacora"), "replay", "--policy", r.at("policy"), "--json", "--dir", r.at("served")],
                                 env=r.env, good=None)
            said = json.loads(out) if out else {}
            died = r.daemon.ended()
            if not died:
                r.daemon.end()
            if status == 0 and said["size"] < len(self.entries):
                raise Trouble("a shorter log is believed: %s" % out[-300:])
            if status == 1:
                raise Trouble("its operator is convicted: %s" % out[-600:])
            return "all" if status == 0 else "crash" if died and r.daemon.popen.returncode < 0 else "some"

    def figures(self):
        for key, n in sorted(self.told.items()):
            print("# %s: fsck says %s, served: %s: %d" % (*key, n))
        print("pages: %d damages of %d pages, %d failed" % (sum(self.told.values()) + self.failed, len(self.data) // PAGE, self.failed))
        return 1 if self.failed else 0


def main():
    a = argparse.ArgumentParser()
    a.add_argument("--each", type=int, default=3)
    a.add_argument("--seed", type=int, default=20261130)
    a.add_argument("folder")
    args = a.parse_args()
    folder = os.path.abspath(args.folder)
    shutil.rmtree(folder, ignore_errors=True)
    os.makedirs(folder)
    p = Pages(folder, args.each, args.seed)
    p.go()
    return p.figures()


if __name__ == "__main__":
    sys.exit(main())
