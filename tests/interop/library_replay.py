#!/usr/bin/python3
"""The library's replay, held against that of the program over logs that are bad in every way we know.

    library_replay.py TOOL BITACORA CORPUS WORK [--seeds FIRST COUNT] [--every N]

TOOL is tests/tools/library_replay, CORPUS a folder with the archives of tests/corpus unpacked, WORK
an empty folder. TAP on standard output; exit 1 if anything differs. Compared are the exit code, the
verdict, size and root, from, signatures, and every finding in its order: code, reason, verdict,
entry, related. Each log of the corpus that is replayed there is replayed whole; those with a state
from that state; and those of the dishonest writer (dishonest.py) whole, and from a state of their
first part that the other of the two programs has made. --every takes each Nth log of the corpus.
"""
import argparse
import base64
import concurrent.futures
import glob
import json
import os
import shutil
import subprocess
import sys

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import dishonest

FINDING = ("code", "reason", "verdict", "entry", "related")
EXPECT = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "corpus", "expect")


def run(argv, folder):
    done = subprocess.run(argv, cwd=folder, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                          stderr=subprocess.PIPE, timeout=300, check=False)
    try:
        said = json.loads(done.stdout)
    except ValueError:
        return done.returncode, None
    return done.returncode, said


def comparable(code, said):
    """What both of them say; of a usage error the exit code alone."""
    if code == 2 or said is None:
        return code, None
    root = said["root"] if said["size"] > 0 else ""
    if len(root) == 64:
        root = base64.b64encode(bytes.fromhex(root)).decode()
    return code, {"verdict": said["verdict"].replace("proven", "good"), "size": said["size"], "root": root, "from": said["from"],
                  "signatures": said["signatures"], "total": said["findings_total"],
                  "findings": [{k: f[k] for k in FINDING} for f in said["findings"]]}


def differ(ours, theirs):
    if ours == theirs:
        return None
    if ours[0] != theirs[0]:
        return "exit %s, and that of bitacora is %s" % (ours[0], theirs[0])
    if ours[1] is None or theirs[1] is None:
        return "only one of them says anything"
    for k, v in theirs[1].items():
        if ours[1][k] != v:
            return "%s: %s, not %s" % (k, json.dumps(ours[1][k])[:400], json.dumps(v)[:400])
    return "?"


class Pair:
    """Both programs, over one folder."""

    def __init__(self, tool, program):
        self.tool, self.program = tool, program

    def hold(self, folder, policy, mirror, structure=False, state=None, more=()):
        """Where the two differ, or None. A state is copied for each."""
        ours = [self.tool, *more, *(["--structure"] if structure else [])]
        theirs = [self.program, "replay", "--policy", policy, "--dir", mirror, "--json",
                  *(["--structure"] if structure else [])]
        if state is not None:
            for name in ("ours", "theirs"):
                shutil.copy(state, os.path.join(folder, name))
            ours += ["--state", "ours"]
            theirs += ["--state", "theirs"]
        return differ(comparable(*run([*ours, policy, mirror], folder)),
                      comparable(*run(theirs, folder)))


def corpus_items():
    for name in sorted(glob.glob(os.path.join(EXPECT, "*.jsonl"))):
        with open(name, encoding="utf-8") as f:
            for line in f:
                item = json.loads(line)
                argv = item["argv"]
                if argv[0] == "replay":
                    yield item["name"], argv


def option(argv, name):
    return argv[argv.index(name) + 1] if name in argv else None


def try_item(pair, corpus, work, number, name, argv):
    folder = os.path.join(work, "item-%d" % number)
    os.makedirs(folder)
    at = lambda o: option(argv, o) and os.path.join(corpus, option(argv, o))
    # Every third with so little memory that nearly all references are read again.
    more = ["--memory", "660"] if number % 3 == 0 and "undecided" not in name else []
    wrong = pair.hold(folder, at("--policy"), at("--dir"), "--structure" in argv, at("--state"),
                      more if honest_files(pair, at("--policy"), at("--dir"), folder) else [])
    shutil.rmtree(folder)
    return "corpus: " + name, wrong


def honest_files(pair, policy, mirror, folder):
    """Whether the files are those of the tree: what is read again is there to be read."""
    return run([pair.tool, "--structure", policy, mirror], folder)[0] == 0


def try_seed(pair, work, seed):
    folder = os.path.join(work, "seed-%d" % seed)
    dishonest.Liar(seed).write(folder)
    wrong = pair.hold(folder, "policy", "mirror") or pair.hold(folder, "policy", "mirror", True)
    states = []
    if wrong is None:
        run([pair.tool, "--keep", "by-library", "policy", "short"], folder)
        run([pair.program, "replay", "--policy", "policy", "--dir", "short", "--state",
             "by-program", "--json"], folder)
        states = [s for s in ("by-library", "by-program") if os.path.exists(os.path.join(folder, s))]
        if len(states) == 1:
            wrong = "only %s was written" % states[0]
    for state in states:
        wrong = wrong or pair.hold(folder, "policy", "mirror", False, os.path.join(folder, state))
    shutil.rmtree(folder)
    return "dishonest log %d, %s" % (seed, "resumed twice" if states else "whole"), wrong


def main():
    p = argparse.ArgumentParser()
    p.add_argument("tool")
    p.add_argument("program")
    p.add_argument("corpus")
    p.add_argument("work")
    p.add_argument("--seeds", nargs=2, type=int, default=[0, 6])
    p.add_argument("--every", type=int, default=1)
    a = p.parse_args()
    a.tool, a.program, a.corpus, a.work = map(os.path.abspath, (a.tool, a.program, a.corpus, a.work))
    pair, tested, failed = Pair(a.tool, a.program), 0, 0
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count() or 2) as pool:
        jobs = [pool.submit(try_item, pair, a.corpus, a.work, n, *item)
                for n, item in enumerate(corpus_items()) if n % a.every == 0]
        jobs += [pool.submit(try_seed, pair, a.work, seed)
                 for seed in [dishonest.MATRIX, *range(a.seeds[0], sum(a.seeds))]]
        for job in jobs:
            name, wrong = job.result()
            tested, failed = tested + 1, failed + (wrong is not None)
            print("%sok %d - %s%s" % ("not " if wrong else "", tested, name,
                                      ": " + wrong if wrong else ""), flush=True)
    print("1..%d" % tested)
    return 1 if failed or not tested else 0


sys.exit(main())
