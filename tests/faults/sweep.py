#!/usr/bin/python3
"""Each system call of the daemon, of the signer and of the witness fails once, or is the last one before the process is killed.

A position is who called whom down to the call (faults.h). A first pass records the positions of a fixed load, and how often
each is met. Then its first, middle and last call fail in each way that fits, and are the last before SIGKILL, one at a time:
each time a fresh copy of the log, the load, and all that must hold (rig.py, rig_witness.py).

usage: sweep.py [--short N] [--seconds S] [--only TARGET] [--lanes N] FOLDER
    --short N     N of all, chosen by a fixed seed
    --seconds S   stops then; the next run goes on
What was tried stands in FOLDER/tried.tsv, and counts as long as programs, library and rig are the same. The last line has the
figures; the exit status is 0 if nothing failed.
"""
import argparse
import concurrent.futures
import errno
import os
import random
import shutil
import signal
import stat
import struct
import subprocess
import sys
import time

from programs import Lost, Trouble, program
import rig
import rig_witness
from tried import Tried

SLOTS, MODULES, DEPTH = 8192, 64, 24
HEADER = struct.Struct("<4Q")
SLOT = struct.Struct("<QQ4I%dQ16s88s" % DEPTH)
RECORDINGS = 3


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
    "faccessat": "EIO", "statvfs": "EIO", "fchmod": "EIO", "utimensat": "EIO", "flock": "EINTR", "fcntl": "ENOLCK",
    "socket": "EMFILE", "socketpair": "EMFILE", "pipe2": "EMFILE", "eventfd": "EMFILE", "timerfd_create": "EMFILE",
    "epoll_create1": "EMFILE", "epoll_ctl": "ENOMEM", "epoll_wait": "EINTR", "poll": "EINTR", "bind": "EADDRINUSE",
    "listen": "EADDRINUSE", "connect": "ECONNREFUSED EINTR", "accept": "EMFILE", "accept4": "EMFILE ECONNABORTED EINTR",
    "pthread_create": "EAGAIN", "nanosleep": "EINTR", "sendfile": "ECONNRESET", "sendmsg": "ECONNRESET",
    "recvmsg": "ECONNRESET",
}


def actions_of(call, mode, flags):
    """In which ways a call is made to fail, and how the process is killed after it."""
    names = FAILURES.get(call, "EIO").split()
    if call == "epoll_ctl" and not stat.S_ISSOCK(mode):
        names = []                                              # libevent logs it and goes on without: SIGTERM may not be seen
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


def said_of(action):
    return errno.errorcode[int(action)] if action.isdigit() else action


def read_positions(path):
    """(how often SWEEP_AT was reached, positions by their number)."""
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


# ---- targets ---------------------------------------------------------------------------------

class Daemon:
    name, signed, program = "daemon", False, "bitacorad"

    def __init__(self, folder):
        self.template = rig.Template(os.path.join(folder, self.name + ".template"), self.signed)
        self.template.leave_litter()

    def fresh(self, folder):
        rig.copy_log(self.template.folder, folder)
        shutil.copytree(self.template.at("witness"), os.path.join(folder, "witness"))
        if self.signed:
            shutil.copytree(self.template.at("signer"), os.path.join(folder, "signer"))
        return rig.Rig(self.template, folder)

    def start(self, r, preload):
        if self.signed:
            r.start_signer()
        r.start_daemon(preload)

    def process(self, r):
        """The one that has the fault."""
        return r.daemon

    def run(self, folder, preload, slow):
        """One run. Returns what is worth telling; Trouble is what must not be. slow: until it has tidied up once."""
        with self.fresh(folder) as r:
            begun = time.monotonic()
            r.start_witness()
            self.start(r, preload)
            r.load()
            if slow and not r.deaths:
                time.sleep(max(0.0, begun + 1.3 - time.monotonic()))
            told = finish(r, self.process(r))
            if self.signed and r.signer.ended() and not r.start_signer():
                raise Trouble("the signer does not start afterwards: %s" % r.tail("signer.log"))
            if not r.daemon.ended():
                r.daemon.end()
            r.fsck()
            if not r.start_daemon():
                raise Trouble("it does not start afterwards: %s" % r.tail("daemon.log"))
            r.conclude()
            if r.daemon.end() != 0:
                raise Trouble("it does not end well afterwards")
            r.fsck()
            r.stop()
            return told


class Signed(Daemon):
    """The daemon of a log whose key another process has. What it does as the other one does was tried there."""
    name, signed = "signed", True


class Signer(Signed):
    """That process."""
    name = "signer"

    def start(self, r, preload):
        if not r.start_signer(preload):
            r.deaths.append(r.signer.popen.returncode)
            if not r.start_signer():
                raise Trouble("the signer does not start again: %s" % r.tail("signer.log"))
        r.start_daemon()

    def process(self, r):
        return r.signer


class Witness:
    name, program = "witness", "bitacora"

    def __init__(self, folder):
        self.template = rig_witness.WitnessTemplate(os.path.join(folder, "witness.template"))

    def run(self, folder, preload, slow):
        shutil.copytree(self.template.at("witness"), os.path.join(folder, "witness"))
        with rig_witness.WitnessRig(self.template, folder) as r:
            r.start(preload)
            r.load()
            told = finish(r, r.witness)
            if not r.start():
                raise Trouble("it does not start afterwards: %s" % r.tail())
            r.conclude()
            if r.witness.end() != 0:
                raise Trouble("it does not end well afterwards")
            return told


def finish(r, process):
    """Ends the process that had the fault, if it is still there. A crash is trouble, whatever failed."""
    status = process.end()
    r.deaths.append(status)
    for d in r.deaths:
        if d < 0 and d != -signal.SIGKILL:
            raise Trouble("it ended by signal %d" % -d)
    return "stuck" if r.stuck else "exit %d" % r.deaths[0]


# ---- the sweep -------------------------------------------------------------------------------

class Sweep:
    def __init__(self, folder, short, lanes):
        self.folder, self.short, self.lanes = folder, short, lanes
        self.tried = Tried(folder, ["sweep.py"])
        self.all = 0

    def record(self, target):
        """The positions of the load, with the least number of calls that each had; and those that only tidying up meets."""
        found, quick = {}, set()
        recordings = 2 if self.short else RECORDINGS
        for i in range(recordings):
            folder = os.path.join(self.folder, "%s.record" % target.name)
            shutil.rmtree(folder, ignore_errors=True)
            os.makedirs(folder)
            file = os.path.join(folder, "sweep")
            slow = i == recordings - 1
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

    def one(self, target, p, n, action):
        key = (target.name, "%016x" % p.ident, n, action)
        folder = os.path.join(self.folder, "%s.%s.%d.%s" % key)
        shutil.rmtree(folder, ignore_errors=True)
        os.makedirs(folder)
        file = os.path.join(folder, "sweep")
        try:
            result = target.run(folder, {"SWEEP": file, "SWEEP_AT": "%016x:%d:%s" % (p.ident, n, action)}, p.slow)
            if read_positions(file)[0] == 0:
                result = "not reached"
        except (Trouble, subprocess.TimeoutExpired) as e:
            result = "LOST" if isinstance(e, Lost) else "FAILED"
            self.tell(p, n, action, str(e))
        if result == "stuck":
            self.tell(p, n, action, "some clients were not served until it was started again")
        if result not in ("FAILED", "LOST"):
            shutil.rmtree(folder)
        self.tried.add(key, result)

    def tell(self, p, n, action, what):
        self.tried.say("# %s at call %d of\n%s\n%s" % (said_of(action), n, p.where(), what))

    def go(self, targets, until):
        work, known = [], {}
        for make in targets:
            target = make(self.folder)
            found = self.record(target)
            if target.name == "signed":
                found = {ident: p for ident, p in found.items() if ident not in known}
            known.update(found)
            self.tried.say("# %s: %d positions, %d calls" % (target.name, len(found), sum(p.count for p in found.values())))
            work += [(target, p, n, a) for p in found.values() for n in p.numbers() for a in p.actions()]
        random.Random(20261130).shuffle(work)
        self.all = len(work)
        if self.short:
            work = work[:self.short]
        work = [w for w in work if (w[0].name, "%016x" % w[1].ident, w[2], w[3]) not in self.tried]
        with concurrent.futures.ThreadPoolExecutor(self.lanes) as pool:
            def step(w):
                if time.monotonic() < until:
                    self.one(*w)
            list(pool.map(step, work))

    def figures(self):
        results, count = list(self.tried.results.values()), self.tried.count
        failed = count("FAILED") + count("LOST") + count("stuck")
        self.tried.say("# ended by a failure, or killed, and started again: %d; clients waited until it was started again: %d" % (
            sum(r.startswith("exit") and r != "exit 0" for r in results), count("stuck")))
        self.tried.figures("faults: %d of %d tried at %d positions, %d not reached, records lost in %d, %d failed" % (
            len(results), self.all, len({key.rsplit("\t", 2)[0] for key in self.tried.results}), count("not reached"),
            count("LOST"), failed))
        return 1 if failed else 0


def main():
    a = argparse.ArgumentParser()
    a.add_argument("--short", type=int, default=0)
    a.add_argument("--seconds", type=float, default=1e9)
    a.add_argument("--only", choices=["daemon", "signed", "signer", "witness"])
    a.add_argument("--lanes", type=int, default=2)
    a.add_argument("folder")
    args = a.parse_args()
    sweep = Sweep(os.path.abspath(args.folder), args.short, args.lanes)
    sweep.go([t for t in (Daemon, Signed, Signer, Witness) if args.only in (None, t.name)], time.monotonic() + args.seconds)
    return sweep.figures()


sys.exit(main())
