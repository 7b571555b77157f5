#!/usr/bin/python3
"""Each system call of the daemon, of the signer, of the witness and of an operator's commands fails once, or is the last one before
the process is killed.

A position is who called whom down to the call (faults.h). A first pass records the positions of a fixed load, and how often
each is met. Then its first, middle and last call fails in each way that fits, and is the last before SIGKILL, one at a time:
each time a fresh copy of the log, the load, and all that must hold (targets.py, rig.py, rig_witness.py). What a process is to bear
without ending (EINTR, half of the bytes, a client that goes away) has several of its kind in one run; after one that ends
otherwise each has a run of its own.

usage: sweep.py [--short N] [--seconds S] [--only TARGET] [--call NAME] [--lanes N] FOLDER
    --short N     N of all, chosen by a fixed seed
    --seconds S   stops so long after the positions are known; the next run goes on
    --call NAME   only the first calls of that name, and only that they fail
A run's folder is in memory where there is /dev/shm: what is synced is counted all the same. What was tried stands in
FOLDER/tried.tsv, and counts as long as programs, library and rig are the same. The last line has the figures; the exit status is 0
if something was tried, and nothing failed.
"""
import argparse
import concurrent.futures
import errno
import os
import random
import shutil
import stat
import struct
import subprocess
import sys
import tempfile
import time

from programs import Lost, Trouble, program
from targets import Daemon, Guarded, Signed, Signer, Witness
from targets_once import Backup, Freeze, Init, Once, Restore, Rotate
from tried import Tried

SLOTS, MODULES, DEPTH = 8192, 64, 24
HEADER = struct.Struct("<4Q")
SLOT = struct.Struct("<QQ4I%dQ16s88s" % DEPTH)
RECORDINGS = 3
TOGETHER = 6                                                    # of those that a process bears, in one run
TARGETS = (Daemon, Guarded, Signed, Signer, Witness, Init, Backup, Restore, Rotate, Freeze)


# ---- positions -------------------------------------------------------------------------------

class Position:
    def __init__(self, fields, modules):
        self.ident, self.count, self.mode, self.flags, depth = fields[:5]
        self.frames = [(modules[f >> 48], f & (1 << 48) - 1) for f in fields[6:6 + depth]]
        self.call, self.path = (x.split(b"\0")[0].decode(errors="replace") for x in fields[-2:])

    def numbers(self):
        return sorted({1, (self.count + 1) // 2, self.count})

    def actions(self):
        return actions_of(self.call, self.mode, self.flags)

    def where(self):
        """Who called whom, with names where the program has them."""
        own = [hex(offset - 1) for module, offset in self.frames if module == "program"]
        path = program(self.program)
        names = subprocess.run(["addr2line", "-fse", path, *own], capture_output=True, text=True).stdout.split("\n")
        functions = [names[2 * i] + " " + names[2 * i + 1] for i in range(len(own))]
        return "%s %s\n%s" % (self.call, self.path, "\n".join(
            "    " + (functions.pop(0) if module == "program" else "%s+%x" % (module, offset)) for module, offset in self.frames))


WRITES = {"write", "pwrite", "writev", "pwritev", "send"}
READS = {"read", "pread", "readv", "recv"}
FAILURES = {
    "open": "EMFILE EIO", "openat": "EMFILE EIO", "mkostemp": "EMFILE ENOSPC", "fopen": "EMFILE", "opendir": "EMFILE EIO",
    "fdopendir": "ENOMEM", "readdir": "EIO", "read": "EIO", "pread": "EIO", "write": "EIO ENOSPC", "pwrite": "EIO ENOSPC",
    "writev": "EIO ENOSPC", "pwritev": "EIO ENOSPC", "fsync": "EIO ENOSPC", "fdatasync": "EIO ENOSPC", "msync": "EIO",
    "ftruncate": "EIO ENOSPC", "fallocate": "EIO ENOSPC", "posix_fallocate": "ENOSPC", "rename": "EIO ENOSPC",
    "renameat": "EIO ENOSPC", "unlink": "EIO", "unlinkat": "EIO", "rmdir": "EIO", "remove": "EIO", "mkdir": "EIO ENOSPC",
    "mmap": "ENOMEM", "close": "EIO", "stat": "EIO", "lstat": "EIO", "fstat": "EIO", "fstatat": "EIO", "access": "EIO",
    "faccessat": "EIO", "statvfs": "EIO", "fchmod": "EIO", "link": "EIO ENOSPC", "fchown": "EPERM", "fork": "EAGAIN",
    "utimensat": "EIO", "flock": "EINTR", "fcntl": "ENOLCK",
    "socket": "EMFILE", "socketpair": "EMFILE", "pipe2": "EMFILE", "eventfd": "EMFILE", "timerfd_create": "EMFILE",
    "epoll_create1": "EMFILE", "epoll_ctl": "ENOMEM", "epoll_wait": "EINTR", "poll": "EINTR", "ppoll": "EINTR", "bind": "EADDRINUSE",
    "listen": "EADDRINUSE", "connect": "ECONNREFUSED EINTR", "accept": "EMFILE", "accept4": "EMFILE ECONNABORTED EINTR",
    "pthread_create": "EAGAIN", "nanosleep": "EINTR", "sendfile": "ECONNRESET", "sendmsg": "ECONNRESET",
    "recvmsg": "ECONNRESET",
}


def actions_of(call, mode, flags):
    """In which ways a call is made to fail, and how the process is killed after it."""
    names = FAILURES.get(call, "EIO").split()
    if call in READS | WRITES and stat.S_ISSOCK(mode):
        names = ["ECONNRESET", "EINTR"]
    elif call in READS | WRITES and not stat.S_ISREG(mode):
        names = ["EINTR"] if call in READS else []              # eventfd, pipe: one that has room is not interrupted
    elif call in READS | WRITES:
        names.append("EINTR")
    if call in ("open", "openat") and flags & os.O_CREAT:
        names.append("ENOSPC")
    out = [str(getattr(errno, n)) for n in names] + ["kill"]
    if call in READS | WRITES and (stat.S_ISREG(mode) or stat.S_ISSOCK(mode)):
        out.append("short")
    if call in WRITES and stat.S_ISREG(mode):
        out.append("half")
    return out


BORNE = {str(errno.EINTR), str(errno.ECONNRESET), str(errno.ECONNABORTED), "short"}


def said_of(action):
    return errno.errorcode[int(action)] if action.isdigit() else action


def read_positions(path):
    """(bits of the faults of SWEEP_AT that were reached, positions by their number)."""
    with open(path, "rb") as f:
        data = f.read()
    reached = HEADER.unpack_from(data)[2]
    at = HEADER.size
    modules = [data[at + 128 * i:at + 128 * i + 128].split(b"\0")[0].decode() for i in range(MODULES)]
    at += 128 * MODULES
    found = {}
    for i in range(SLOTS):
        fields = SLOT.unpack_from(data, at + i * SLOT.size)
        if fields[0]:
            found[fields[0]] = Position(fields, modules)
    return reached, found


# ---- the sweep -------------------------------------------------------------------------------

class Sweep:
    def __init__(self, folder, place, args):
        self.folder, self.place = folder, place
        self.short, self.lanes, self.call = args.short, args.lanes, args.call
        self.tried = Tried(folder, ["sweep.py", "targets.py", "targets_once.py"])
        self.all = 0

    def record(self, target):
        """The positions of the load, with the least number of calls that each had; and those that only tidying up meets."""
        found, quick = {}, set()
        recordings = 1 if isinstance(target, Once) else 2 if self.short else RECORDINGS
        for i in range(recordings):
            folder = os.path.join(self.place, "%s.record" % target.name)
            shutil.rmtree(folder, ignore_errors=True)
            os.makedirs(folder)
            file = os.path.join(folder, "sweep")
            slow = i == recordings - 1 and i > 0
            target.run(folder, {"SWEEP": file}, slow)
            for ident, p in read_positions(file)[1].items():
                p.program = target.program
                p.count = min(p.count, found[ident].count) if ident in found else p.count
                found[ident] = p
                if not slow:
                    quick.add(ident)
            shutil.rmtree(folder)
        for ident, p in found.items():
            p.slow = ident not in quick
        return found

    def attempt(self, target, items):
        """One run with these faults. Returns (what came of it, the words of what must not be, bits of the faults that were met)."""
        name = "%s.%016x.%d.%s" % (target.name, items[0][0].ident, items[0][1], items[0][2])
        folder = os.path.join(self.place, name)
        shutil.rmtree(folder, ignore_errors=True)
        os.makedirs(folder)
        file = os.path.join(folder, "sweep")
        at = ",".join("%016x:%d:%s" % (p.ident, n, action) for p, n, action in items)
        try:
            result, words = target.run(folder, {"SWEEP": file, "SWEEP_AT": at}, items[0][0].slow), ""
        except (Trouble, subprocess.TimeoutExpired) as e:
            result, words = "LOST" if isinstance(e, Lost) else "FAILED", str(e)
        reached = read_positions(file)[0] if os.path.exists(file) else 0
        if words and self.place != self.folder:
            shutil.rmtree(os.path.join(self.folder, name), ignore_errors=True)
            shutil.move(folder, self.folder)
        shutil.rmtree(folder, ignore_errors=True)
        return result, words, reached

    def one(self, target, p, n, action):
        """Returns whether all was well."""
        result, words, reached = self.attempt(target, [(p, n, action)])
        if not words and reached == 0:
            result = "not reached"
        if result == "stuck":
            words = "some clients were not served until it was started again"
        if words:
            self.tell(p, n, action, words)
        self.tried.add((target.name, "%016x" % p.ident, n, action), result)
        return not words

    def together(self, target, items):
        """Several in one run. Where it ends otherwise, or one is not met, each alone."""
        result, words, reached = self.attempt(target, items)
        if result == "exit 0":
            for i, (p, n, action) in enumerate(items):
                if reached >> i & 1:
                    self.tried.add((target.name, "%016x" % p.ident, n, action), result)
        left = [item for i, item in enumerate(items) if result != "exit 0" or not reached >> i & 1]
        alone = [self.one(target, *item) for item in left]
        if words and all(alone):
            self.tell(*items[0], "%s: only together with %s" % (words, ["%s %d" % (p.call, n) for p, n, _ in items[1:]]))
            self.tried.add((target.name, "%016x" % items[0][0].ident, *items[0][1:]), result)

    def tell(self, p, n, action, what):
        self.tried.say("# %s at call %d of\n%s\n%s" % (said_of(action), n, p.where(), what))

    def positions(self, targets):
        """All that can be tried: (target, position, number of the call, action), shuffled the same way each time."""
        work, known = [], {}
        for make in targets:
            target = make(self.folder)
            found = {ident: p for ident, p in self.record(target).items() if ident not in known}
            known.update(found)
            self.tried.say("# %s: %d positions, %d calls" % (target.name, len(found), sum(p.count for p in found.values())))
            work += [(target, p, n, a) for p in found.values() for n in p.numbers() for a in p.actions()]
        if self.call:
            work = [(t, p, n, a) for t, p, n, a in work if p.call == self.call and n == 1 and a.isdigit()]
        random.Random(20261130).shuffle(work)
        return work

    def groups(self, work):
        """[(target, [(position, number, action), ...])]: what is tried in one run."""
        groups, open_ones = [], {}
        for target, *item in work:
            group = open_ones.get((target.name, item[0].slow)) if item[2] in BORNE else None
            if group is None or len(group) == TOGETHER or any(item[0] is p and item[1] == n for p, n, _ in group):
                group = []
                groups.append((target, group))
                if item[2] in BORNE:
                    open_ones[target.name, item[0].slow] = group
            group.append(tuple(item))
        return groups

    def go(self, targets, seconds):
        work = self.positions(targets)
        until = time.monotonic() + seconds
        self.all = len(work)
        if self.short:
            work = work[:self.short]
        work = [w for w in work if (w[0].name, "%016x" % w[1].ident, w[2], w[3]) not in self.tried]
        with concurrent.futures.ThreadPoolExecutor(self.lanes) as pool:
            def step(w):
                target, items = w
                if time.monotonic() < until:
                    self.one(target, *items[0]) if len(items) == 1 else self.together(target, items)
            list(pool.map(step, self.groups(work)))

    def figures(self):
        results, count = list(self.tried.results.values()), self.tried.count
        failed = count("FAILED") + count("LOST") + count("stuck")
        self.tried.say("# ended by a failure, or killed, and started again: %d; clients waited until it was started again: %d" % (
            sum(r.startswith("exit") and r != "exit 0" for r in results), count("stuck")))
        self.tried.figures("faults: %d of %d tried at %d positions, %d not reached, records lost in %d, %d failed" % (
            len(results), self.all, len({key.rsplit("\t", 2)[0] for key in self.tried.results}), count("not reached"),
            count("LOST"), failed))
        return 1 if failed or not results else 0


def main():
    a = argparse.ArgumentParser()
    a.add_argument("--short", type=int, default=0)
    a.add_argument("--seconds", type=float, default=1e9)
    a.add_argument("--only", choices=[t.name for t in TARGETS])
    a.add_argument("--call")
    a.add_argument("--lanes", type=int, default=4)  # most of the time they wait
    a.add_argument("folder")
    args = a.parse_args()
    with tempfile.TemporaryDirectory(prefix="bitacora-sweep.", dir="/dev/shm" if os.access("/dev/shm", os.W_OK) else None) as place:
        sweep = Sweep(os.path.abspath(args.folder), place, args)
        sweep.go([t for t in TARGETS if args.only in (None, t.name)], args.seconds)
        return sweep.figures()


sys.exit(main())
