#!/usr/bin/python3
"""The power goes while daemon, witness and client write: nothing that was acknowledged is lost.

A kill loses nothing that the kernel has, so it does not test what is synced and when. Here each program runs once with faults.so,
which writes down every change of the disk, every sync and every answer, in their order. Then, for points of that journal, the
folder is made again as the disk may hold it (journal.py): only what is certain, all, or anything between. On that folder the
program starts again, and all that must hold is asked: whatever was sent before that point counts as acknowledged.

usage: crash.py [--short N] [--seconds S] [--only TARGET] [--lanes N] [--random N] FOLDER
    --short N     N of all, chosen by a fixed seed
    --seconds S   stops then; the next run goes on
    --random N    so many folders between the extremes at each point (default 2)
    --forget RE   as if the program did not sync what has such a path: does anybody notice?
A folder that is tried is in memory where there is /dev/shm. Journals and what was tried stand in FOLDER, and count as long as
programs, library and scripts are the same. The last line has the figures; the exit status is 0 if nothing was lost and nothing
failed.
"""
import argparse
import base64
import concurrent.futures
import copy
import http.client
import json
import os
import pickle
import random
import re
import shutil
import subprocess
import sys
import tempfile
import threading
import time

from answered import answered
import journal
from people import ORIGIN
from programs import PATIENCE, PRELOAD, Lost, Process, Trouble, await_port, free_port, program, run
import rig
import rig_witness
from template import Template, copy_log
from tried import Tried
import writer


def journalled(argv, folder, root, **how):
    """Runs a program to its end, with a journal of what it does below root."""
    env = dict(os.environ, LD_PRELOAD=PRELOAD, JOURNAL=os.path.join(folder, "journal"), JOURNAL_ROOT=root,
               XDG_STATE_HOME=os.path.join(folder, "state"))
    return run(argv, env=env, cwd=folder, **how)


# ---- the daemon ------------------------------------------------------------------------------

class Daemon:
    """A data directory, under the load of the sweep."""
    name, signed, enrolled = "daemon", False, False

    def __init__(self, folder):
        self.folder = folder

    def record(self):
        template = Template(os.path.join(self.folder, "template"), self.signed)
        template.leave_litter()
        place = os.path.join(self.folder, "recorded")
        root = os.path.join(place, "root")
        os.makedirs(root)
        copy_log(template.folder, root)
        if self.signed:
            shutil.copytree(template.at("signer"), os.path.join(root, "signer"))
        before = journal.Disk(root)
        preload = {"JOURNAL": os.path.join(self.folder, "journal"), "JOURNAL_ROOT": root}
        with rig.Rig(template, place, data=os.path.join(root, "data"), enrolled=self.enrolled) as r:
            shutil.copytree(template.at("witness"), r.at("witness"))
            r.start_witness()
            if self.signed:
                r.start_signer(preload)
            r.start_daemon(preload)
            r.load()
            if self.enrolled:
                self.read_each(r)
            time.sleep(1.2)                                     # until it has tidied up once
            r.stop()
        receipts = {}
        for name in os.listdir(r.at("receipts")):
            with open(os.path.join(r.at("receipts"), name), "rb") as f:
                receipts[name] = f.read()
        kept = set(os.listdir(os.path.join(r.data, "blobs", "kept"))) - set(template.blobs)
        return before, root, {"of": template.known(), "erasure": r.erasure, "receipts": receipts, "put": kept}

    def check(self, folder, known, sent, ended):
        """The daemon, started again on what the disk holds."""
        told, sent = [token for before, _, token in known["answered"] if before < len(sent)], b"\0".join(sent)
        with rig.Rig(known["template"], folder, data=os.path.join(folder, "root", "data"), witnessed=False,
                     enrolled=self.enrolled) as r:
            r.shown = set(told)
            if self.signed and not r.start_signer():
                raise Trouble("the signer does not start: %s" % r.tail("signer.log"))
            if not r.start_daemon():
                raise Trouble("it does not start: %s" % r.tail("daemon.log"))
            promised = [(name, text) for name, text in known["receipts"].items() if text in sent]
            for name, text in promised:
                with open(r.at("receipts/" + name), "wb") as f:
                    f.write(text)
            self.all_there(r.entries(), [text for _, text in promised], sent)
            if re.search(rb"HTTP/1.1 201 [^\0]*?Content-Length: 0\r", sent) and not known["put"] <= r.blobs():
                raise Lost("a blob that was put is not there")
            if known["erasure"] in sent:
                r.nowhere(known["of"]["sealed"])
            r.conclude()
            r.post_some(1, time.monotonic() + PATIENCE)
            r.once_each()
            if r.daemon.end() != 0:
                raise Trouble("it does not end well: %s" % r.tail("daemon.log"))
            r.fsck()
            r.written_down()
            r.stop()

    @staticmethod
    def read_each(r):
        """Each entry, over more than one interval of rows: by connections of their own, and by one that stays."""
        c = http.client.HTTPConnection("127.0.0.1", r.port, timeout=PATIENCE)
        for index in range(r.template.entries):
            r.ask("GET", "/v1/receipts/%d" % index)
            for method, path, more in (("HEAD", "/v1/receipts/%d" % index, {}), ("GET", "/v1/receipts/99999", {}),
                                       ("GET", "/tile/entries/000.p/7", {"If-None-Match": "*", "Range": "bytes=0-9"})):
                c.request(method, path, headers={**r.shows(method, path), **more})
                c.getresponse().read()
            time.sleep(0.1)
        c.close()

    @staticmethod
    def all_there(entries, receipts, sent):
        """Nothing that was shown to anybody is gone, and no record is there twice."""
        shown = [int(n) for n in re.findall(ORIGIN.encode() + rb"\n(\d+)\n", sent)]
        if max(shown, default=0) > len(entries):
            raise Lost("a checkpoint of size %d was sent, and there are %d entries" % (max(shown), len(entries)))
        for text in receipts:
            index = int(text.split(b"index ", 1)[1].split(b"\n")[0])
            entry = base64.b64decode(text.split(b"extra ", 1)[1].split(b"\n")[0])
            if index >= len(entries) or entries[index] not in entry:
                raise Lost("entry %d is not what its receipt says" % index)
        ids = [json.loads(e.split(b"\n\n", 1)[1].split(b"\n")[1]).get("id") for e in entries]
        if len(set(ids)) != len(ids):
            raise Trouble("a record is there twice")


class Signed(Daemon):
    """The same, where a process of its own has the log's key: both write to one disk."""
    name, signed = "signed", True


class Enrolled(Daemon):
    """The same, where enrolled keys alone read: whoever was answered stands in a row."""
    name, enrolled = "enrolled", True


# ---- the witness -----------------------------------------------------------------------------

class Witness:
    name = "witness"

    def __init__(self, folder):
        self.folder = folder

    def record(self):
        template = rig_witness.WitnessTemplate(os.path.join(self.folder, "template"))
        place = os.path.join(self.folder, "recorded")
        root = os.path.join(place, "root")
        os.makedirs(root)
        shutil.copytree(template.at("witness"), os.path.join(root, "witness"))
        before = journal.Disk(root)
        with rig_witness.WitnessRig(template, place, state=os.path.join(root, "witness")) as r:
            r.start({"JOURNAL": os.path.join(self.folder, "journal"), "JOURNAL_ROOT": root})
            r.load()
            r.witness.end()
            return before, root, {"of": {}, "given": r.given}

    def check(self, folder, known, sent, ended):
        sent = b"\0".join(sent)
        with rig_witness.WitnessRig(known["template"], folder, state=os.path.join(folder, "root", "witness")) as r:
            for (number, history, size), lines in known["given"].items():
                if lines in sent:
                    r.cosigned[number, history] = max(size, r.cosigned.get((number, history), 0))
            if not r.start():
                raise Trouble("it does not start: %s" % r.tail())
            r.conclude()
            r.load()
            r.conclude()
            if r.witness.end() != 0:
                raise Trouble("it does not end well: %s" % r.tail())


# ---- programs that run once ------------------------------------------------------------------

class Init:
    """A new log: once `init` has ended well it is there, and before it is refused or whole."""
    name = "init"

    def __init__(self, folder):
        self.folder = folder

    def record(self):
        root = os.path.join(self.folder, "recorded", "root")
        os.makedirs(root)
        before = journal.Disk(root)
        key = writer.Key("registrar.example.mx")
        journalled([program("bitacorad"), "init", "--dir", os.path.join(root, "data"), "--origin", ORIGIN, "--registrar",
                    key.vkey], self.folder, root)
        return before, root, {"of": {}}

    def check(self, folder, known, sent, ended):
        data, port = os.path.join(folder, "root", "data"), free_port()
        process = Process([program("bitacorad"), "run", "--dir", data, "--listen", "127.0.0.1:%d" % port],
                              os.path.join(folder, "daemon.log"))
        whole = await_port(port, process)
        status = process.end()
        if not whole and (ended or status not in (1, 2)):
            raise (Lost if ended else Trouble)("a new log does not start: exit %d" % status)
        if whole:
            run([program("bitacorad"), "fsck", "--dir", data])


class Once:
    """A command of an operator on a log. What it has said is done stays; what it leaves before that the same command mends."""
    arguments = []

    def __init__(self, folder):
        self.folder = folder

    def command(self, root, template):
        put = {"ROOT": root, "TEMPLATE": template}
        return [program("bitacorad")] + [re.sub("ROOT|TEMPLATE", lambda m: put[m.group()], a) for a in self.arguments]

    def prepare(self, template, root):
        """What is there before."""

    def record(self):
        template = Template(os.path.join(self.folder, "template"))
        root = os.path.join(self.folder, "recorded", "root")
        os.makedirs(root)
        self.prepare(template, root)
        before = journal.Disk(root)
        _, out, _ = journalled(self.command(root, template.folder), self.folder, root)
        return before, root, {"of": template.known(), "said": out.decode().strip()}


class Rotate(Once):
    """Another key: one that signed is never lost."""
    name = "rotate"
    arguments = ["rotate", "--dir", "ROOT/data"]

    def prepare(self, template, root):
        copy_log(template.folder, root)

    def check(self, folder, known, sent, ended):
        with rig.Rig(known["template"], folder, data=os.path.join(folder, "root", "data"), witnessed=False) as r:
            keys = r.keys_of_log()
            if ended and keys[-1] != known["said"]:
                raise Lost("the new key is not in log.keys")
            r.again()
            r.post_some(1, time.monotonic() + PATIENCE)
            r.once_each()
            r.conclude()
            if r.daemon.end() != 0:
                raise Trouble("it does not end well: %s" % r.tail("daemon.log"))
            r.fsck()


class Backup(Once):
    """A backup: one that has its name is whole."""
    name = "backup"
    arguments = ["backup", "--dir", "TEMPLATE/data", "--to", "ROOT/copy"]

    def check(self, folder, known, sent, ended):
        template, root = known["template"], os.path.join(folder, "root")
        if not os.path.exists(os.path.join(root, "copy")):
            if ended:
                raise Lost("there is no backup")
            run(self.command(root, template.folder))
        restored = os.path.join(folder, "restored")
        run([program("bitacorad"), "restore", "--from", os.path.join(root, "copy"), "--dir", restored])
        expect_entries(restored, template.entries)


class Restore(Once):
    """A log out of a backup."""
    name = "restore"
    arguments = ["restore", "--from", "TEMPLATE/copy", "--dir", "ROOT/restored"]

    def prepare(self, template, root):
        run([program("bitacorad"), "backup", "--dir", template.at("data"), "--to", template.at("copy")])

    def check(self, folder, known, sent, ended):
        template, root = known["template"], os.path.join(folder, "root")
        if not ended:
            run(self.command(root, template.folder), good=(0, 2))       # 2: it was whole, and is a log
        expect_entries(os.path.join(root, "restored"), template.entries)


def expect_entries(folder, least):
    """A sound log, of at least so many entries."""
    _, out, _ = run([program("bitacorad"), "fsck", "--dir", folder, "--json"])
    if json.loads(out)["size"] < least:
        raise Lost("%s has %d entries of %d" % (folder, json.loads(out)["size"], least))


class Client:
    """Files of a client: a mirror that grows, states, a key, receipts."""
    name = "client"

    def __init__(self, folder):
        self.folder = folder

    COMMANDS = {"mirror": ["mirror", "--policy", "POLICY", "ROOT/mirror"],
                "state": ["replay", "--policy", "POLICY", "--state", "ROOT/state"],
                "audit": ["audit", "--policy", "POLICY", "--state", "ROOT/audit"]}

    def command(self, name, folder, root):
        put = {"POLICY": os.path.join(folder, "policy"), "ROOT": root}
        argv = [program("bitacora")] + self.COMMANDS[name]
        return [re.sub("POLICY|ROOT", lambda m: put[m.group()], a) for a in argv]

    def record(self):
        """One journal of each command over the grown log, after a first one over the log as it was."""
        template = Template(os.path.join(self.folder, "template"))
        place = os.path.join(self.folder, "recorded")
        root = os.path.join(place, "root")
        os.makedirs(root)
        copy_log(template.folder, place)
        with rig.Rig(template, place, witnessed=False) as r:
            r.start_daemon()
            for name in self.COMMANDS:
                run(self.command(name, place, root), env=r.env, good=(0, 1, 3))
            r.load()
            before = journal.Disk(root)
            for name in self.COMMANDS:
                journalled(self.command(name, place, root), self.folder, root, good=(0, 1, 3))
            r.stop()
        return before, root, {"of": template.known(), "log": r.data}

    def check(self, folder, known, sent, ended):
        root = os.path.join(folder, "root")
        lane = os.path.join(os.path.dirname(folder), "%s.log" % threading.get_ident())
        log = os.path.join(lane, "data")
        if not os.path.exists(lane):
            os.makedirs(lane)
            copy_log(os.path.dirname(known["log"]), lane)
        with rig.Rig(known["template"], folder, data=log, witnessed=False) as r:
            r.start_daemon()
            for name in self.COMMANDS:
                status, out, err = run(self.command(name, folder, root), env=r.env, good=None)
                if status not in ((0, 1) if name == "audit" else (0,)):
                    raise Trouble("%s: exit %d\n%s" % (name, status, (out + err)[-1000:].decode()))
            run([program("bitacora"), "replay", "--policy", r.at("policy"), "--dir", os.path.join(root, "mirror")], env=r.env)
            r.daemon.end()


# ---- all points ------------------------------------------------------------------------------

class Crashes:
    def __init__(self, folder, place, args):
        self.folder, self.place, self.args = folder, place, args
        self.tried = Tried(folder, ["journal.py", "crash.py"])
        self.all, self.events = 0, 0

    def forgotten(self, e):
        return self.args.forget and e.what in (journal.SYNC_END, journal.SYNCED) and re.search(self.args.forget, e.path)

    def recorded(self, target):
        """(events, the disk before them, what is known of the run)."""
        kept = os.path.join(target.folder, "known")
        if not os.path.exists(kept):
            shutil.rmtree(target.folder, ignore_errors=True)
            os.makedirs(target.folder)
            before, root, known = target.record()
            self.compare(target, copy.deepcopy(before), root)
            with open(kept, "wb") as f:
                pickle.dump((before, known), f)
        with open(kept, "rb") as f:
            before, known = pickle.load(f)
        known["template"] = self.template_of(target, known)
        return journal.read(os.path.join(target.folder, "journal")), before, known

    @staticmethod
    def template_of(target, known):
        t = object.__new__(rig_witness.WitnessTemplate if target.name == "witness" else Template)
        t.again(os.path.join(target.folder, "template"), known["of"])
        return t

    def compare(self, target, disk, root):
        """The journal knows all that happened: else it could prove nothing."""
        for e in journal.read(os.path.join(target.folder, "journal")):
            disk.apply(e)
        made = os.path.join(target.folder, "made")
        disk.write(made, "most")
        found = journal.differences(made, root, disk.unseen)
        shutil.rmtree(made)
        if found or disk.unseen - {"lock.mdb"}:
            raise SystemExit("the journal of %s is not complete: %s %s" % (target.name, found, disk.unseen))

    def points(self, target, events):
        """Before and after whatever makes something certain, tells somebody, or changes a name."""
        telling = {journal.SYNC_END, journal.SYNCED, journal.SEND, journal.RENAME, journal.UNLINK, journal.CREATE, journal.LINK}
        numbers = {0, len(events)}
        for e in events:
            if e.what in telling:
                numbers |= {e.number - 1, e.number}
        hows = ["least"] + ["random-%d" % i for i in range(self.args.random)]
        return [(n, how) for n in sorted(numbers) for how in hows] + [(len(events), "most")]

    def one(self, target, number, how, disk, known, last):
        key = (target.name, number, how)
        name = "%s.%d.%s" % key
        folder = os.path.join(self.place, name)
        os.makedirs(folder)
        seed = random.Random("%s %d %s" % key) if how.startswith("random") else how
        disk.write(os.path.join(folder, "root"), seed)
        result = "good"
        try:
            target.check(folder, known, [data for _, data in disk.sent], number == last)
        except (Trouble, subprocess.TimeoutExpired) as e:
            result = "LOST" if isinstance(e, Lost) else "FAILED"
            self.tried.say("# %s, after event %d of %d, %s: %s" % (target.name, number, last, how, e))
        if result != "good":
            shutil.rmtree(os.path.join(self.folder, name), ignore_errors=True)
            shutil.copytree(folder, os.path.join(self.folder, name), ignore=shutil.ignore_patterns("sock"))
        shutil.rmtree(folder)
        self.tried.add(key, result)

    def go(self, targets, until):
        for make in targets:
            target = make(os.path.join(self.folder, make.name))
            events, disk, known = self.recorded(target)
            self.events += len(events)
            enrolled = getattr(target, "enrolled", False)       # else nobody has a row
            known["answered"] = answered(events) if enrolled else []
            if enrolled and not known["answered"]:
                raise SystemExit("the journal does not tell who was answered")
            points = self.points(target, events)
            self.all += len(points)
            if self.args.short:
                points = random.Random(20261130).sample(points, min(len(points), max(1, self.args.short * make.weight // 10)))
            points = sorted(p for p in points if (target.name, *p) not in self.tried)
            self.tried.say("# %s: %d events, %d points to try" % (target.name, len(events), len(points)))
            self.walk(target, events, disk, known, points, until)

    def walk(self, target, events, disk, known, points, until):
        """The disk moves on from event to event; at each point lanes try what it may hold."""
        with concurrent.futures.ThreadPoolExecutor(self.args.lanes) as pool:
            done, futures = 0, []
            for number, how in points:
                while done < number:
                    if not self.forgotten(events[done]):
                        disk.apply(events[done])
                    done += 1
                if time.monotonic() > until:
                    break
                if len([f for f in futures if not f.done()]) >= self.args.lanes:
                    concurrent.futures.wait(futures, return_when=concurrent.futures.FIRST_COMPLETED)
                futures = [f for f in futures if not f.done() or f.result()]
                futures.append(pool.submit(self.one, target, number, how, copy.deepcopy(disk), known, len(events)))
            for f in futures:
                f.result()

    def figures(self):
        lost, failed = self.tried.count("LOST"), self.tried.count("FAILED")
        self.tried.figures("crashes: %d of %d tried (%d events in the journals), records lost in %d, %d failed" % (
            len(self.tried.results), self.all, self.events, lost, failed))
        return 1 if lost + failed else 0


TARGETS = (Daemon, Signed, Enrolled, Witness, Init, Rotate, Backup, Restore, Client)
# Tenths of a sample; 0: only where all are tried.
Once.weight = 0
Enrolled.weight, Daemon.weight, Signed.weight, Witness.weight, Init.weight, Client.weight = 2, 4, 2, 2, 1, 1


def main():
    a = argparse.ArgumentParser()
    a.add_argument("--short", type=int, default=0)
    a.add_argument("--seconds", type=float, default=1e9)
    a.add_argument("--only", choices=[t.name for t in TARGETS])
    a.add_argument("--lanes", type=int, default=4)  # most of the time they wait
    a.add_argument("--forget")
    a.add_argument("--random", type=int, default=2)
    a.add_argument("folder")
    args = a.parse_args()
    with tempfile.TemporaryDirectory(prefix="bitacora-crash.", dir="/dev/shm" if os.access("/dev/shm", os.W_OK) else None) as place:
        crashes = Crashes(os.path.abspath(args.folder), place, args)
        chosen = [t for t in TARGETS if args.only == t.name or (args.only is None and (t.weight or not args.short))]
        crashes.go(chosen, time.monotonic() + args.seconds)
        return crashes.figures()


if __name__ == "__main__":
    sys.exit(main())
