#!/usr/bin/python3
"""A monitor over random logs that grow, and killed at each of its calls to the disk.

    followed.py BIN FAULT_SO WORKDIR [--seeds FIRST COUNT] [--kills SEED]

TAP on standard output. Of each seed (those of audit_random.py, of which every third is a bad log): at several sizes, what
`audit --follow` has told so far and not withdrawn is what `audit` finds in the whole log, entries and findings of integrity
included, and none of it was told twice. Of a log with an undecided entry what is proven without it is told. --kills: the log of that seed grows once; the monitor is killed before each write, sync,
rename and removal on its way, and started again: all of it is told, and posted, and nothing else."""
import argparse
import collections
import json
import os
import random
import shutil
import signal
import subprocess
import sys
import time

sys.dont_write_bytecode = True
import audit_random
from audit_random import WITNESS, RandomStory, Story, Tap, new_state
from writer import cosign_line

BY_DEADLINE = ("R03", "R04", "R09", "R17", "R18")
TOOLS = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "tools")
PATIENCE = 60


def until(condition, what):
    end = time.monotonic() + PATIENCE
    while not condition():
        if time.monotonic() > end:
            raise TimeoutError(what)
        time.sleep(0.01)


def lines_of(path):
    """Whole lines alone: one may be under way, or cut off by a kill."""
    with open(path, "rb") as f:
        return [json.loads(line) for line in f.read().split(b"\n")[:-1] if line.startswith(b"{") and line.endswith(b"}")]


class Monitor:
    def __init__(self, folder, state, *more, **environment):
        self.out, self.err = state + ".told", state + ".said"
        command = [BIN, "audit", "--follow", "--json", "--entries", "--keep-going", "--every", "1", "--lang", "en", "--policy", folder + "/policy",
                   "--dir", folder + "/mirror", "--state", state, *more]
        with open(self.out, "wb") as out, open(self.err, "wb") as err:
            self.process = subprocess.Popen(command, stdout=out, stderr=err, env={**os.environ, **environment})

    def lines(self):
        return lines_of(self.out)

    def is_at(self, size):
        with open(self.out, "rb") as f:
            return b'"size":%d,' % size in b"".join(line for line in f if b'"type":"audit"' in line)

    def says(self, words):
        with open(self.err, encoding="utf-8") as f:
            return words in f.read()

    def is_gone(self):
        return self.process.poll() is not None

    def end(self):
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(PATIENCE)


# ---------------------------------------------------------------------------------------------------------------------------
# What was told, against what an audit of the whole says

class Told:
    def __init__(self):
        self.entries, self.integrity, self.answers, self.deadlines, self.ids = [], [], [], {}, collections.Counter()
        self.withdrawn = self.changed = 0

    def take(self, line):
        kind = line["type"]
        if kind not in ("audit", "alarm"):
            self.ids[line["id"]] += 1
        line = {k: v for k, v in line.items() if k != "id"}
        if kind == "entry":
            self.entries.append(line["entry"])
        elif kind == "integrity":
            self.integrity.append(line)
        elif kind == "withdrawn":
            del self.deadlines[line["rule"], line["entry"]]
            self.withdrawn += 1
        elif kind == "answer" and line["rule"] in BY_DEADLINE:
            self.changed += (line["rule"], line["entry"]) in self.deadlines
            self.deadlines[line["rule"], line["entry"]] = line
        elif kind == "answer":
            self.answers.append(line)

    def now(self):
        return self.answers + list(self.deadlines.values())


def text(lines):
    """Without the law that is named: it is that of the ruleset in force when it was told."""
    named = lambda line: ("source", "text") if line.get("rule") == "R13" else ("source",)
    return sorted(json.dumps({k: v for k, v in line.items() if k not in named(line)}, sort_keys=True) for line in lines)


def wrong(told, whole, size):
    """What differs."""
    why, findings = [], [a for a in whole.of("answer") if a["result"] == "finding"]
    if text(told.now()) != text(findings):
        only = set(text(told.now())) ^ set(text(findings))
        why.append("at %d other answers, such as %s" % (size, sorted(only)[:2]))
    if text(told.integrity) != text(whole.of("integrity")):
        why.append("at %d other findings of integrity: %d and %d" % (size, len(told.integrity), len(whole.of("integrity"))))
    if told.entries != list(range(size)):
        why.append("at %d these entries were told: %s" % (size, told.entries))
    return why


def grow(tap, seed):
    story, folder, state, told = RandomStory(seed), os.path.join(WORK, str(seed)), new_state("followed"), Told()
    cuts = sorted(random.Random(seed).sample(range(9, len(story.log)), 3)) + [len(story.log)]
    why = []
    for size in cuts:
        story.write(folder, size)
        monitor = Monitor(folder, state)
        until(lambda: monitor.is_at(size) or monitor.is_gone(), "size %d" % size)
        if monitor.end() != story.exit_at(size):
            why.append("at %d exit %d, and not %d" % (size, monitor.process.returncode, story.exit_at(size)))
        for line in monitor.lines():
            told.take(line)
        why += wrong(told, audit_random.audit(folder), size)
    why += ["told twice: %s" % i for i, n in told.ids.items() if n > 1]
    tap.ok(not why, "seed %d: at %s entries what was told is what is found" % (seed, ", ".join(map(str, cuts))), *why[:6])
    return bool(told.withdrawn), bool(told.changed)


# ---------------------------------------------------------------------------------------------------------------------------
# Undecided

def show(story, folder, size):
    """In one step: the monitor that runs meanwhile sees this size or the last one."""
    story.write(os.path.join(folder, str(size)), size)
    for name in ("mirror", "policy"):
        link = os.path.join(folder, name)
        os.symlink(os.path.join(str(size), name), link + ".new")
        os.rename(link + ".new", link)


def undecided(tap):
    """An entry of a later version: what is proven without it is told once, and what rests on it is not."""
    story, folder, state, told = Story(), os.path.join(WORK, "undecided"), new_state("undecided"), Told()
    story.officials()
    before = story.request(categories=["device_content"]).index
    story.add("warrant", "j", {"ref": "C-1"}, version="bitacora/v2")
    unknown = len(story.log) - 1
    story.request(categories=["device_content"], warrant={"ref": "C-1"})
    first = len(story.log)
    os.makedirs(folder)
    show(story, folder, first)
    monitor = Monitor(folder, state)
    until(lambda: monitor.is_at(first) or monitor.is_gone(), "size %d" % first)
    story.request(categories=["device_content"])
    show(story, folder, len(story.log))
    until(lambda: monitor.is_at(len(story.log)) or monitor.is_gone(), "the next size")
    code = monitor.end()
    lines = monitor.lines()
    for line in lines:
        told.take(line)
    ends = [(line["verdict"], line["complete"], line["findings_total"]) for line in lines if line["type"] == "audit"]
    tap.ok(code == 3 and ends == [("undecided", False, 1)] * 2, "a log with an undecided entry: exit 3, and how it stands is told at each size", code, ends)
    tap.ok(told.entries == list(range(len(story.log))), "all entries are told", told.entries)
    named = [(line["verdict"], line["code"], line["entry"]) for line in told.integrity]
    tap.ok(named == [("undecided", "version", unknown)], "the undecided one as such", named)
    answers = {line["entry"] for line in told.now()}
    tap.ok(answers == {before}, "what the rules find before it, and nothing of what comes behind it", answers)
    tap.ok(not [i for i, n in told.ids.items() if n > 1], "nothing twice", told.ids)
    monitor = Monitor(folder, state)
    until(lambda: monitor.is_at(len(story.log)) or monitor.is_gone(), "the same size")
    monitor.end()
    tap.ok(ids_of(monitor.lines()) == set(told.ids), "the next one tells the same, as the state stayed where it was")
    with open(os.path.join(folder, "mirror", "checkpoint"), "wb") as f:
        f.write(story.log.checkpoint())
    monitor = Monitor(folder, new_state("alone"))
    until(lambda: monitor.says("[quorum]") or monitor.is_gone(), "no quorum")
    monitor.end()
    lines = [line for line in monitor.lines() if "type" in line]
    tap.ok(not lines, "what has not its quorum is not told", lines[:1])


def decided(tap):
    """Cosignatures that are too old, and then younger ones: what was told before is not told again when the state moves."""
    story, folder, state = Story(), os.path.join(WORK, "decided"), new_state("decided")
    story.officials()
    story.request(categories=["device_content"])
    size = len(story.log)
    os.makedirs(folder)
    show(story, folder, size)
    monitor = Monitor(folder, state, "--max-age", "3600")
    until(lambda: monitor.is_at(size) or monitor.is_gone(), "size %d" % size)
    before = ids_of(monitor.lines())
    checkpoint, place = story.log.checkpoint(size), os.path.join(folder, "mirror", "checkpoint")
    with open(place + ".new", "wb") as f:
        f.write(checkpoint + cosign_line(story.log.checkpoint_text(size), WITNESS, int(time.time())))
    os.rename(place + ".new", place)
    verdicts = lambda: [line["verdict"] for line in monitor.lines() if line["type"] == "audit"]
    until(lambda: "good" in verdicts() or monitor.is_gone(), "the younger one")
    code = monitor.end()
    told = [line["id"] for line in monitor.lines() if line["type"] not in ("audit", "alarm")]
    tap.ok(code == 0 and verdicts() == ["undecided", "good"], "what was too old is decided later: exit 0", code, verdicts())
    tap.ok(len(before) > size and len(set(told)) == len(told), "nothing of what was told before is told twice", len(before), told)
    monitor = Monitor(folder, state)
    until(lambda: monitor.is_at(size) or monitor.is_gone(), "the same size")
    monitor.end()
    tap.ok(not ids_of(monitor.lines()), "and the next one has nothing to tell", monitor.lines())


# ---------------------------------------------------------------------------------------------------------------------------
# Killed

CALLS = [("write", ".state"), ("fsync", ".state"), ("fdatasync", ".state"), ("ftruncate", ".state"), ("rename", ".state"), ("unlinkat", ".state"), ("fsync", "/work$")]


class Receiver:
    def __init__(self, folder):
        self.taken, mode = os.path.join(folder, "taken"), os.path.join(folder, "mode")
        with open(mode, "w", encoding="utf-8") as f:
            f.write("ok\n")
        self.process = subprocess.Popen([sys.executable, os.path.join(TOOLS, "receiver.py"), mode, self.taken], stdout=subprocess.PIPE, text=True)
        self.url = "http://127.0.0.1:%s/" % self.process.stdout.readline().strip()

    def begin(self):
        with open(self.taken, "wb"):
            pass

    def ids(self):
        return {line["body"]["id"] for line in lines_of(self.taken)}


def ids_of(lines):
    return {line["id"] for line in lines if line["type"] not in ("audit", "alarm")}


def run_to(folder, state, receiver, size, wanted, **environment):
    """Until it has told and posted all, or was killed. Returns (whether it was killed, ids that it told)."""
    monitor = Monitor(folder, state, "--post", receiver.url, **environment)
    empty = lambda: os.path.getsize(state + ".outbox") < 100
    until(lambda: monitor.is_gone() or (monitor.is_at(size) and (empty() if wanted is None else wanted <= receiver.ids())), "kill")
    killed = monitor.is_gone()
    if not killed:
        monitor.end()
        killed = monitor.process.returncode == -signal.SIGKILL
    return killed, ids_of(monitor.lines())


def kill_at(folder, work, receiver, size, wanted, fault):
    """Returns (whether there was such a call, what is wrong)."""
    shutil.rmtree(work)
    shutil.copytree(work + ".before", work)
    receiver.begin()
    state, faults = os.path.join(work, "a.state"), os.path.join(WORK, "faults")
    with open(faults, "w", encoding="utf-8") as f:
        f.write(fault + "\n")
    killed, told = run_to(folder, state, receiver, size, wanted, LD_PRELOAD=FAULT, FAULTS=faults, ASAN_OPTIONS="verify_asan_link_order=0")
    if killed:
        again, more = run_to(folder, state, receiver, size, wanted)
        told |= more
        if again:
            return True, ["%s: the next one died, too" % fault]
    why = []
    if told != wanted:
        why.append("%s: %d lines were told, not %d" % (fault, len(told), len(wanted)))
    if receiver.ids() != wanted:
        why.append("%s: %d lines were posted, not %d" % (fault, len(receiver.ids()), len(wanted)))
    return killed, why


def kill_while_it_posts(folder, work, receiver, size, wanted, n):
    """Once n lines were taken."""
    shutil.rmtree(work)
    shutil.copytree(work + ".before", work)
    receiver.begin()
    state = os.path.join(work, "a.state")
    monitor = Monitor(folder, state, "--post", receiver.url)
    until(lambda: len(receiver.ids()) >= n, "%d lines" % n)
    monitor.process.kill()
    monitor.process.wait()
    told = ids_of(monitor.lines()) | run_to(folder, state, receiver, size, wanted)[1]
    return [] if told == wanted == receiver.ids() else ["after %d lines: %d told, %d posted" % (n, len(told), len(receiver.ids()))]


def kill(tap, seed):
    story, folder, work = RandomStory(seed), os.path.join(WORK, "grown"), os.path.join(WORK, "work")
    receiver, size = Receiver(WORK), len(story.log)
    try:
        os.makedirs(work)
        state = os.path.join(work, "a.state")
        receiver.begin()
        story.write(folder, size // 2)
        run_to(folder, state, receiver, size // 2, None)
        shutil.copytree(work, work + ".before")
        story.write(folder)
        receiver.begin()
        _, wanted = run_to(folder, state, receiver, size, None)
        tried, why = 0, []
        for call, what in CALLS:
            for skip in range(200):
                there, bad = kill_at(folder, work, receiver, size, wanted, "%s %s -9 %d" % (call, what, skip))
                why += bad
                if not there:
                    break
                tried += 1
        tap.ok(not why, "killed at each of %d calls, all %d lines are told and posted" % (tried, len(wanted)), *why[:6])
        tap.ok(tried >= 14 and len(wanted) > 20, "which is all of them", tried, len(wanted))
        why = [w for n in (1, len(wanted) // 2, len(wanted) - 1) for w in kill_while_it_posts(folder, work, receiver, size, wanted, n)]
        tap.ok(not why, "killed while it posts, the next one posts the rest", *why)
    finally:
        receiver.process.kill()
        receiver.process.wait()


def main():
    global BIN, FAULT, WORK
    parser = argparse.ArgumentParser()
    parser.add_argument("bin")
    parser.add_argument("fault")
    parser.add_argument("workdir")
    parser.add_argument("--seeds", nargs=2, type=int, default=(22, 4), metavar=("FIRST", "COUNT"))
    parser.add_argument("--kills", type=int, default=1)
    a = parser.parse_args()
    BIN, FAULT, WORK = a.bin, a.fault, a.workdir
    audit_random.BIN, audit_random.WORK = BIN, WORK
    os.makedirs(WORK, exist_ok=True)
    tap = Tap()
    brought = [grow(tap, seed) for seed in range(a.seeds[0], sum(a.seeds))]
    for i, what in enumerate(("are withdrawn", "change")):
        tap.ok(any(b[i] for b in brought), "there are findings that %s" % what, *brought)
    undecided(tap)
    decided(tap)
    kill(tap, a.kills)
    print("1..%d" % tap.count)
    return 1 if tap.failed else 0


if __name__ == "__main__":
    sys.exit(main())
