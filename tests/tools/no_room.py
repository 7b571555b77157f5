#!/usr/bin/python3
"""A command that is run once for each place where it allocates memory, which fails there (no_room.so), in TAP:

    no_room.py NO_ROOM.so DESCRIPTION [OPTION...] -- COMMAND...

    --most N --seed S   at most N runs, chosen by S; by default all: alone, and with all that follow
    --log URL           the log that the command appends to: whatever comes to stand there is compared
    --made PATH         what the command writes, a file or folder: removed before each run, and compared
    --before SCRIPT     run before each, by sh
    --alike             ids, times, keys and hashes may differ between two runs
    --but MEMBER        so may this member of the JSON that is printed, a text

Where the command says that it could not decide (3), or that its policy or ruleset is not usable (2), nothing more is asked, but that
it says why. Everywhere else exit code, output and files are those of a run with memory. What stands in the log afterwards is always
one of the records of such a run: nothing is signed of which a part was lost. In a COMMAND, @FILE is replaced by what FILE holds.
"""
import argparse
import base64
import os
import random
import re
import shutil
import subprocess
import sys
import tempfile
import urllib.request

ALIKE = ((rb"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", b"<id>"),
         (rb"\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(\.\d+)?Z?", b"<time>"),
         (rb"([A-Za-z0-9+/]{27,}=*\s*)+", b"<bytes>"),
         (rb"\d+", b"<number>"))
HASH = re.compile(rb"[A-Za-z0-9+/]{43}=")
RECORD = re.compile(rb"bitacora/v1 [a-z-]+\n\{.*?\}\n", re.S)


def alike(text):
    for pattern, word in ALIKE:
        text = re.sub(pattern, word, text)
    return text


class Command:
    def __init__(self, options):
        self.o = options

    def seen(self, text):
        return alike(text) if self.o.alike else text

    def printed(self, text):
        for member in self.o.but:
            text = re.sub(rb'("%s":)"[^"]*"' % re.escape(member.encode()), rb"\1<text>", text)
        return self.seen(text)

    def paths(self):
        for made in self.o.made:
            if os.path.isdir(made):
                for folder, _, names in os.walk(made):
                    yield from (os.path.join(folder, name) for name in names)
            elif os.path.exists(made):
                yield made

    def files(self):
        found = []
        for path in self.paths():
            with open(path, "rb") as f:
                lines = f.read().split(b"\n")
            # A proof is as long as the log is large.
            found.append((self.seen(path.encode()),
                          self.seen(b"\n".join(line for line in lines if not self.o.alike or not HASH.fullmatch(line)))))
        return sorted(found)

    def ask(self, path):
        with urllib.request.urlopen(self.o.log + path, timeout=60) as answer:
            return answer.read()

    def size(self):
        return int(self.ask("/checkpoint").split(b"\n")[1]) if self.o.log else 0

    def record(self, index):
        extra = re.search(rb"^extra (.*)$", self.ask("/v1/receipts/%d" % index), re.M).group(1)
        return alike(RECORD.search(base64.b64decode(extra)).group(0))

    def run(self, **environment):
        for made in self.o.made:
            if os.path.isdir(made):
                shutil.rmtree(made)
            elif os.path.exists(made):
                os.unlink(made)
        if self.o.before:
            subprocess.run(["sh", "-c", self.o.before], check=True, capture_output=True)
        command = [open(word[1:]).read().strip() if word.startswith("@") else word for word in self.o.command]
        before = self.size()
        done = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, timeout=300,
                              env={**os.environ, **environment})
        said = bool(done.stdout or done.stderr)
        return done.returncode, self.printed(done.stdout), self.files(), [self.record(i) for i in range(before, self.size())], said


def failures(command, options):
    """Numbers of the allocations that are the first from where they are made, each alone and with all that follow."""
    with tempfile.NamedTemporaryFile() as firsts:
        command.run(LD_PRELOAD=options.preload, FIRSTS=firsts.name)
        numbers = [int(line) for line in firsts.read().split()]
    chosen = [(number, on) for on in ("FAIL_ALONE", "FAIL_ON") for number in sorted(numbers)]
    if options.most and options.most < len(chosen):
        chosen = random.Random(options.seed).sample(chosen, options.most)
    return chosen


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("preload")
    parser.add_argument("description")
    parser.add_argument("--most", type=int)
    parser.add_argument("--seed", default="1")
    parser.add_argument("--log")
    parser.add_argument("--made", action="append", default=[])
    parser.add_argument("--before")
    parser.add_argument("--alike", action="store_true")
    parser.add_argument("--but", action="append", default=[])
    at = sys.argv.index("--")
    options = parser.parse_args(sys.argv[1:at])
    options.command = sys.argv[at + 1:]
    command = Command(options)
    whole = command.run()
    undecided, wrong = 0, []
    for number, on in failures(command, options):
        run = command.run(LD_PRELOAD=options.preload, FAIL_AT=str(number), **{on: "1"})
        refused = run[0] in (2, 3) and run[0] != whole[0] and run[4]
        undecided += refused
        faults = [name for name, one, other in zip(("exit code", "output", "files", "records"), run, whole) if one != other]
        if refused:
            faults = ["record"] if any(record not in whole[3] for record in run[3]) else []
        if faults:
            wrong.append("%s=1 FAIL_AT=%d: exit %d; differs: %s" % (on, number, run[0], ", ".join(faults)))
    good = whole[0] in (0, 1) and undecided > 0 and not wrong
    print("%sok 1 - %s: undecided, or as with room" % ("" if good else "not ", options.description))
    for line in wrong:
        print("#", line)
    print("# with room exit %d; undecided %d times" % (whole[0], undecided))


main()
