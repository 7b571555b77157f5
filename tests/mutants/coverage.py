#!/usr/bin/python3
"""Branches of proto/judge and proto/verify that no test takes.

    coverage.py

Builds the unit tests of proto and the client with these folders counted by gcov (build/cov); runs the unit tests, the commands of
scenario 57 (lies in indexes) and scenario 52 (indexes and states); and looks at each branch that gcc made: each side of each
condition, each case of a switch. One that is never taken must stand in tests/mutants/untaken with the reason,
and what stands there must exist and not be taken. A branch is named so, without line numbers:

    FILE FUNCTION: TEXT (N of M) [#N]

TEXT is its line of the source, N of M the branch of that line in gcov's order, #N counts lines of the same text in a function.

The last line: N branches, N taken, N named, N not taken
"""
import collections
import concurrent.futures
import glob
import json
import os
import shutil
import subprocess
import sys

sys.dont_write_bytecode = True
HERE = os.path.dirname(os.path.abspath(__file__))
os.chdir(os.path.dirname(os.path.dirname(HERE)))
sys.path.insert(0, HERE)
import suites  # noqa: E402
from named import named_in  # noqa: E402

FOLDERS = ["proto/judge", "proto/verify"]
OUT = "build/cov"
JOBS = int(os.environ.get("JOBS", "2"))
EVERY = "7"  # bits, bytes and sizes, where a unit test tries all


def programs():
    return [OUT + "/unit/" + f[len("tests/unit/"):-2] for f in sorted(glob.glob("tests/unit/proto/*/test_*.c"))]


def run(program):
    return program, subprocess.run([program], env={**os.environ, "EVERY": EVERY}, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=False).returncode


def commands():
    """Tests that run the client, with that of build/cov."""
    suites.BIN, suites.CLIENT = os.path.abspath(OUT + "/bin"), os.path.abspath(OUT + "/bin/bitacora")
    os.makedirs(os.path.join(suites.BUILT, "work"), exist_ok=True)
    shutil.copy("build/bin/bitacorad", OUT + "/bin/bitacorad")
    return [*suites.lies(), *[t for t in suites.scenarios() if t.name == "scenario 52-index-replay"]]


def count():
    """Builds, and runs all tests."""
    objects = ["build/release/tests/unit/%s.o" % f[len("tests/unit/"):-2] for f in glob.glob("tests/unit/proto/*/*.c")]
    if subprocess.run(["make", "--no-print-directory", "-j%d" % JOBS, "all", "tools", "objects", "build/release/tests/unit/fixture.o", *objects], check=False).returncode \
            or subprocess.run(["make", "--no-print-directory", "-j%d" % JOBS, "VARIANT=cov", OUT + "/bin/bitacora", *programs()], check=False).returncode:
        sys.exit("make failed")
    for old in glob.glob(OUT + "/proto/*/*.gcda"):
        os.remove(old)
    with concurrent.futures.ThreadPoolExecutor(JOBS) as pool:
        failed = [p for p, status in pool.map(run, programs()) if status]
        tests = commands()
        failed += [t.name for t, good in zip(tests, pool.map(lambda t: t.passes({}, 600), tests)) if not good]
    if failed:
        sys.exit("fails: %s" % failed[0])


def branches_of(source):
    """(name, taken) of each branch of a source."""
    with open(source, encoding="utf-8") as f:
        text = f.read().splitlines()
    done = subprocess.run(["gcov", "--json-format", "--branch-probabilities", "--stdout", "--object-directory", os.path.dirname(os.path.join(OUT, source)), source],
                          stdout=subprocess.PIPE, check=True)
    again = collections.Counter()
    for file in json.loads(done.stdout)["files"]:
        if file["file"] != source:
            continue
        for line in file["lines"]:
            if not line["branches"]:
                continue
            name = "%s %s: %s" % (source, line.get("function_name", ""), " ".join(text[line["line_number"] - 1].split()))
            again[name] += 1
            for n, branch in enumerate(line["branches"], 1):
                nth = " #%d" % again[name] if again[name] > 1 else ""
                yield "%s (%d of %d)%s" % (name, n, len(line["branches"]), nth), branch["count"] > 0


def main():
    count()
    taken = {}
    for folder in FOLDERS:
        for source in sorted(glob.glob(folder + "/*.c")):
            taken.update(branches_of(source))
    named = named_in(os.path.join(HERE, "untaken"))
    wrong = 0
    for name, is_taken in taken.items():
        if not is_taken and name not in named:
            print("not taken: %s" % name)
    for name in named:
        if name not in taken or taken[name]:
            wrong += 1
            print("tests/mutants/untaken: %s: %s" % ("is taken" if name in taken else "there is no such branch", name))
    left = len([n for n, t in taken.items() if not t and n not in named])
    n_named = len([n for n, t in taken.items() if not t and n in named])
    print("%d branches, %d taken, %d named, %d not taken" % (len(taken), sum(taken.values()), n_named, left))
    return 1 if left or wrong else 0


if __name__ == "__main__":
    sys.exit(main())
