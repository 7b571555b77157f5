#!/usr/bin/python3
"""Each check of the verifier changed, one at a time: does a test see it?

    mutants.py [--sample] [FOLDER OR FILE…]

Makes mutants (transform.py) of the sources in TESTED, or of those that are named; builds programs that hold all of them
(build/mutants); notes which test would see a value changed by which mutant; and runs each mutant against these tests, the
quickest first, until one fails. What is known stays in build/mutants/results and is used while the source, and the test that
killed, are the same. FRESH=1 forgets it. MUTANTS_BUILD=mutants-2 has a second run beside the first one, in a folder of its own.
SUITES (suites.py) chooses kinds of tests, UNITS folders of the unit tests.

Mutants that nobody could tell from the program stand in tests/mutants/equivalent, each with the reason. One that is named there
and does not exist, or is killed, is an error. The others that no test kills are listed in build/mutants/left.

--sample: tests/mutants/sample names mutants and the test that kills each. Only these are made and run: the machinery works.

The last line: N mutants, N killed, N equivalent, N left, score P%
"""
import collections
import concurrent.futures
import glob
import json
import os
import re
import subprocess
import sys
import tempfile
import threading
import time

sys.dont_write_bytecode = True
HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(os.path.dirname(HERE))
os.chdir(ROOT)
sys.path.insert(0, HERE)
import suites  # noqa: E402
import transform  # noqa: E402
from named import named_in  # noqa: E402

OUT = "build/" + suites.VARIANT
SRC = os.path.join(OUT, "src")
JOBS = int(os.environ.get("JOBS", "2"))
SLOW = 2.0  # seconds: such a test runs only where hardly another one sees the mutant
MOST = int(os.environ.get("MOST", "50"))  # tests that one mutant meets beside those of its own file; 0: all that see it

# What decides whether something is good. Of the client what verifies; not what asks, prints or makes a page.
TESTED = ["proto/judge", "proto/verify", "proto/answer", "proto/recount", "proto/index", "proto/tlog", "proto/record", "proto/text", "proto/base", "proto/lib", "proto/gate",
          "client/verify/cmd_verify.c", "client/verify/cmd_verify_evidence.c", "client/verify/cmd_confront.c", "client/verify/verify_answer.c", "client/verify/verify_opening.c",
          "client/remote/prove.c", "client/remote/receipt_check.c", "client/remote/revoked.c", "client/remote/trust.c", "client/remote/state.c", "client/remote/findings.c",
          "client/remote/identity.c", "client/remote/logfiles.c",
          "client/replay/replaying", "client/replay/blobcheck.c", "client/replay/check_ahead.c", "client/replay/in_force.c", "client/replay/succession.c",
          "client/index", "client/answer/answer_check.c", "client/answer/answer_facts.c", "client/answer/answer_files.c", "client/answer/answer_get.c", "client/seal/unsealing.c", "client/warrant/case_conclusion.c"]
# A table that a program writes; the programs' HTTP, which an audit's files do not meet; names for new records.
NOT_TESTED = ["proto/text/unicode_table.c", "proto/base/http_body.c", "proto/base/http_framing.c", "proto/record/fresh_id.c"]


def sources():
    """All that may have mutants, in the order that gives them their numbers."""
    return [f for f in sorted(glob.glob("proto/*/*.c") + glob.glob("client/*/*.c")) if f.startswith(tuple(TESTED)) and f not in NOT_TESTED]


def write_if_changed(path, data):
    os.makedirs(os.path.dirname(path), exist_ok=True)
    if not os.path.exists(path) or suites.content(path) != data:
        with open(path, "wb") as f:
            f.write(data)


# ---- mutants, and programs that hold them ----------------------------------------------------------


class Mutant:
    def __init__(self, number, name, path):
        self.number, self.name, self.path = number, name, path
        self.function = name.split(" ")[1]


def make_mutants(paths, every):
    """Writes a copy of each of the paths, and returns the mutants of all. Their numbers do not depend on which paths these are."""
    constants = transform.constants_in(suites.content(p).decode() for p in every)
    maker = suites.digest(json.dumps(constants, sort_keys=True), suites.content(os.path.join(HERE, "transform.py")), suites.content(os.path.join(HERE, "mutant.h")))
    out = []
    os.makedirs(os.path.join(OUT, "work"), exist_ok=True)
    for number, path in enumerate(every):
        version, known = suites.digest(maker, str(number), suites.content(path)), os.path.join(SRC, path + ".json")
        kept = json.loads(suites.content(known)) if os.path.exists(known) else {}
        if kept.get("version") != version:
            text, mutants = transform.transform(path, number, constants)
            if path in paths:
                write_if_changed(os.path.join(SRC, path), text)
            kept = {"version": version, "mutants": mutants}
            write_if_changed(known, json.dumps(kept).encode())
        out += [Mutant(n, name, path) for n, name in kept["mutants"]]
    for stale in glob.glob(SRC + "/*/*/*.c"):
        if stale[len(SRC) + 1:] not in paths:
            for name in (stale, stale + ".json", os.path.join(OUT, stale[len(SRC) + 1:-2] + ".o")):
                if os.path.lexists(name):
                    os.remove(name)
    return out


def make(*targets):
    done = subprocess.run(["make", "--no-print-directory", "-j%d" % JOBS, *targets], check=False)
    if done.returncode:
        sys.exit("make failed")


def build(programs, *others):
    """programs: of the unit tests, below OUT/unit; others, below OUT."""
    objects = ["build/release/tests/unit/%s.o" % p for p in programs]
    fixtures = ["build/release/%s.o" % f[:-2] for f in glob.glob("tests/unit/*.c") + glob.glob("tests/unit/*/*/*.c") + glob.glob("tests/unit/*/*.c") if "/test_" not in f and programs]
    make("objects", *objects, *fixtures)
    make("VARIANT=" + suites.VARIANT, *[os.path.join(OUT, o) for o in others], *[os.path.join(OUT, "unit", p) for p in programs])


# ---- which test sees what ----------------------------------------------------------------------------


class Reach:
    """For each test: which numbers it reaches, and how long it takes. Kept while the test, and the sources where it reaches
    something, are the same."""

    def __init__(self, every):
        self.size, self.file = (len(every) + 1) * transform.PER_FILE, os.path.join(OUT, "reach.json")
        self.all = suites.digest(suites.content(os.path.join(HERE, "transform.py")), *every)
        self.versions = [suites.digest(suites.content(p)) for p in every]
        self.kept = json.loads(suites.content(self.file)) if os.path.exists(self.file) and not os.environ.get("FRESH") else {}

    def version(self, test, reached):
        return suites.digest(self.all, test.version, *[self.versions[n] for n in sorted({r // transform.PER_FILE for r in reached})])

    def of(self, test):
        kept = self.kept.get(test.name)
        if kept is None or not kept["good"] or kept["version"] != self.version(test, kept["reached"]):
            kept = self.kept[test.name] = self.ask(test)
        return kept

    def ask(self, test):
        with tempfile.NamedTemporaryFile(dir=os.path.join(OUT, "work")) as f:
            f.truncate(self.size)
            begin = time.monotonic()
            try:
                good = test.passes({"MUTANT_REACHED": os.path.abspath(f.name)}, 600)
            except suites.TimedOut:
                good = False
            seconds = time.monotonic() - begin
            reached = [m.start() for m in re.finditer(b"\1", f.read())]
        return {"good": good, "seconds": round(seconds, 4), "reached": reached, "version": self.version(test, reached)}

    def save(self):
        write_if_changed(self.file, json.dumps(self.kept).encode())


def reach_of_all(tests, every):
    """{test: reach}. Ends the program if a test fails where nothing is changed."""
    reach = Reach(every)
    with concurrent.futures.ThreadPoolExecutor(JOBS) as pool:
        out = dict(zip(tests, pool.map(reach.of, tests)))
    reach.save()
    bad = [t.name for t, r in out.items() if not r["good"]]
    if bad:
        sys.exit("does not pass without a mutant: " + "; ".join(bad))
    return out


# ---- killing -----------------------------------------------------------------------------------------


class Results:
    """A journal: a line for each mutant that was tried. The last one of a name counts."""

    def __init__(self):
        self.file, self.lock, self.known = os.path.join(OUT, "results"), threading.Lock(), {}
        if os.environ.get("FRESH") and os.path.exists(self.file):
            os.remove(self.file)
        if os.path.exists(self.file):
            for line in suites.content(self.file).decode().splitlines():
                try:
                    r = json.loads(line)
                    self.known[r["name"]] = r
                except ValueError:
                    continue  # it was ended while it wrote
        self.out = open(self.file, "a", encoding="utf-8")

    def put(self, name, **what):
        with self.lock:
            self.known[name] = {"name": name, **what}
            self.out.write(json.dumps(self.known[name], ensure_ascii=False) + "\n")
            self.out.flush()


# Of these tests stand in a file of another name, too (docs/TESTING.md, "Unit tests").
ELSEWHERE = {**{"proto/judge/%s.c" % f: " ".join("proto/judge/test_judge" + t for t in ("", "_genesis", "_own_kinds", "_enrolments", "_references", "_known"))
                for f in ("judge", "integrity")},
             "proto/record/kind_table.c": "proto/record/test_kind",
             "proto/index/index_find.c": "proto/index/test_index_table", "proto/text/spelling.c": "proto/record/test_clear_text",
             **{"proto/recount/%s.c" % f: "proto/recount/test_recount" for f in ("known_keys", "recount_entries", "recount_tables")},
             "proto/lib/lib_policy.c": "proto/lib/test_lib_checkpoint", "proto/lib/lib_entry.c": "proto/lib/test_lib_fetch", "proto/lib/lib_index_answer.c": "proto/lib/test_lib_answer",
             "client/replay/replaying_carried.c": "client/replay/test_replaying", "client/replay/replaying_conclude.c": "client/replay/test_replaying client/replay/test_replaying_index",
             "client/replay/replaying.c": "client/replay/test_replaying_index",
             "client/verify/cmd_verify.c": "client/verify/test_cmd_verify_log",
             "proto/answer/answer_gather.c": "proto/answer/test_answer_make", "proto/answer/answer_rows.c": "proto/answer/test_answer_limits",
             "proto/answer/answer.c": "proto/answer/test_answer_judge", "proto/answer/answer_make.c": "proto/answer/test_answer_limits", "proto/answer/answer_inner.c": "proto/answer/test_answer_judge",
             "proto/verify/receipt.c": "proto/verify/test_receipt_altered", "proto/record/record.c": "proto/record/test_record_ahead",
             "proto/verify/replay.c": " ".join("proto/verify/test_replay" + t for t in ("_files", "_ahead", "_parts")),
             **{"proto/answer/answer_%s.c" % f: " ".join("proto/answer/test_answer" + t for t in ("", "_form", "_rows", "_lies")) for f in ("evidence", "file", "parse", "question", "tables", "write")}}


def is_own(mutant, test):
    """Whether it is a unit test of the mutant's file."""
    own = os.path.join(os.path.dirname(mutant.path), "test_" + os.path.basename(mutant.path)[:-2])
    return isinstance(test, suites.Unit) and test.program in [own, *ELSEWHERE.get(mutant.path, "").split()]


class Hunt:
    def __init__(self, tests, mutants):
        self.function_of = {m.number: (m.path, m.function) for m in mutants}
        self.tests = tests  # {test: reach}
        self.by_number = collections.defaultdict(list)
        seen = set()
        for test, r in sorted(tests.items(), key=lambda t: t[1]["seconds"]):
            if isinstance(test, suites.Command):
                what = suites.digest(test.name.split(" ")[0], *map(str, r["reached"]))
                if what in seen:
                    continue  # another of its kind sees just the same
                seen.add(what)
            for number in r["reached"]:
                self.by_number[number].append(test)
        self.rarity = {}  # (function, test): how many tests see what the fewest see of all that this one sees there
        for test, r in tests.items():
            for number in r["reached"]:
                key = self.function_of.get(number), test
                self.rarity[key] = min(self.rarity.get(key, len(tests)), len(self.by_number[number]))
        self.versions = {p: suites.digest(suites.content(p)) for p in sources()}
        self.marks = {t.name: t.mark for t in tests}
        self.whole = not os.environ.get("SUITES") and not os.environ.get("UNITS")  # else a test that killed may be left out this time
        self.results = Results()
        self.last = {}  # function: the test that killed last there
        self.sound = {}  # tests that killed: whether they pass without a mutant by these programs, too

    def seen_by(self, mutant):
        """The tests that would see it: first those of its own file; then those that see something of its function that few others see, as
        they are about it."""
        function = (mutant.path, mutant.function)
        return sorted(self.by_number.get(mutant.number, []), key=lambda t: (not is_own(mutant, t), self.rarity[function, t], self.tests[t]["seconds"]))

    def chosen(self, mutant, met):
        """Those of them that it is to meet and has not met yet."""
        tests = self.seen_by(mutant)
        quick = [t for t in tests if self.tests[t]["seconds"] < SLOW]
        # What only a client does that talks to a log is seen by whole scenarios alone.
        slow = [t for t in tests if self.tests[t]["seconds"] >= SLOW]
        own_slow = [t for t in slow if is_own(mutant, t)]
        slow = own_slow + [t for t in slow if t not in own_slow][:3 if len(quick) < 5 or mutant.path.startswith("client/") else 0]
        own = [t for t in quick if is_own(mutant, t)]
        quick = quick[len(own):]
        if MOST and len(quick) > MOST:
            rest = quick[MOST // 2:]
            quick = quick[:MOST // 2] + rest[::len(rest) // (MOST // 2) + 1]  # of all kinds some
        quick = own + quick
        return [t for t in quick + slow if t.mark not in met]

    def known(self, mutant):
        """What is known of a mutant, if its source is the same: killed by a test that is the same, or met these tests."""
        r = self.results.known.get(mutant.name)
        if r is None or r["source"] != self.versions[mutant.path] or r["killed"] and self.marks.get(r["by"], "" if self.whole else r["mark"]) != r["mark"]:
            return {"killed": False, "met": []}
        return r

    def kills(self, mutant, test):
        if not self.fails(mutant, test):
            return False
        if test not in self.sound:
            self.sound[test] = test.passes({}, 600)
            if not self.sound[test]:
                print("does not pass without a mutant: %s" % test.name, flush=True)
        return self.sound[test]

    def fails(self, mutant, test):
        seconds = self.tests[test]["seconds"]
        cpu = max(2, int(10 * seconds) + 1)
        try:
            return not test.passes({"MUTANT": str(mutant.number), "MUTANT_CPU": str(cpu)}, 30 + 20 * seconds)
        except suites.TimedOut:
            return True  # far above what it takes without the mutant

    def hunt(self, mutant):
        known = self.known(mutant)
        if known["killed"]:
            return
        met, source = set(known["met"]), self.versions[mutant.path]
        tests = self.chosen(mutant, met)
        first = self.last.get((mutant.path, mutant.function))
        for test in ([first] if first in tests else []) + [t for t in tests if t is not first]:
            if self.kills(mutant, test):
                self.last[mutant.path, mutant.function] = test
                self.results.put(mutant.name, killed=True, by=test.name, mark=test.mark, source=source)
                return
        self.results.put(mutant.name, killed=False, met=sorted(met | {t.mark for t in tests}), source=source)

    def hunt_all(self, mutants):
        done, begin = 0, time.monotonic()
        with concurrent.futures.ThreadPoolExecutor(JOBS) as pool:
            for _ in pool.map(self.hunt, mutants):
                done += 1
                if done % 250 == 0:
                    print("# %d of %d, %.0f s" % (done, len(mutants), time.monotonic() - begin), flush=True)


# ---- what is said ---------------------------------------------------------------------------------------


def report(mutants, results, named):
    """Prints what is left and what is wrong about the named ones; the last line has the figures. Returns the exit status."""
    by_name = {m.name for m in mutants}
    killed = {m.name for m in mutants if results[m.name]["killed"]}
    paths = {m.path for m in mutants}
    gone = [n for n in named if n.split(" ")[0] in paths and n not in by_name]
    seen = [n for n in named if n in killed and not named[n].startswith("By chance")]  # what lies behind an array may be anything
    left = [m for m in mutants if m.name not in killed and m.name not in named]
    with open(os.path.join(OUT, "left"), "w", encoding="utf-8") as f:
        f.writelines("%s\t%d tests\n" % (m.name, len(results[m.name]["met"])) for m in left)
    for m in left[:20]:
        print("left: %s (%d tests)" % (m.name, len(results[m.name]["met"])))
    if len(left) > 20:
        print("left: … all in %s/left" % OUT)
    for n in gone:
        print("tests/mutants/equivalent: there is no such mutant: %s" % n)
    for n in seen:
        print("tests/mutants/equivalent: killed by %s: %s" % (results[n]["by"], n))
    equivalent = len([n for n in named if n in by_name and n not in killed])
    folders = collections.Counter(os.path.dirname(m.path) for m in mutants)
    lost = collections.Counter(os.path.dirname(m.path) for m in left)
    of_killed = collections.Counter(os.path.dirname(m.path) for m in mutants if m.name in killed)
    unreached = collections.Counter(os.path.dirname(m.path) for m in left if not results[m.name]["met"])
    for folder, n in sorted(folders.items()):
        print("# %s: %d mutants, %d killed, %d equivalent, %d left, %d of them where no test comes" %
              (folder, n, of_killed[folder], n - of_killed[folder] - lost[folder], lost[folder], unreached[folder]))
    score = 100 * len(killed) / max(1, len(mutants) - equivalent)
    print("%d mutants, %d killed, %d equivalent, %d left, score %.1f%%" % (len(mutants), len(killed), equivalent, len(left), int(score * 10) / 10))
    return 1 if left or gone or seen else 0


def sample():
    """The mutants of tests/mutants/sample, each against the one test that is named there."""
    every = sources()
    chosen = named_in(os.path.join(HERE, "sample"))
    paths = {name.split(" ")[0] for name in chosen}
    mutants = {m.name: m for m in make_mutants(paths, every)}
    wrong = ["there is no such mutant: %s" % n for n in [*chosen, *named_in(os.path.join(HERE, "equivalent"))] if n not in mutants]
    build(sorted({t.split(" ")[0] for t in chosen.values() if t.startswith("proto/")}), "bin/bitacora")
    tests = suites.named(set(chosen.values()))
    wrong += ["does not pass without a mutant: %s" % t for t in tests if not tests[t].passes({}, 60)]

    def killed(name):
        try:
            return not tests[chosen[name]].passes({"MUTANT": str(mutants[name].number), "MUTANT_CPU": "10"}, 60)
        except suites.TimedOut:
            return False

    with concurrent.futures.ThreadPoolExecutor(JOBS) as pool:
        known = [n for n in chosen if n in mutants]
        wrong += ["left by %s: %s" % (chosen[n], n) for n, k in zip(known, pool.map(killed, known)) if not k]
    for line in wrong:
        print("not ok - " + line)
    for name in chosen:
        if not any(line.endswith(name) for line in wrong):
            print("ok - killed: " + name)
    return 1 if wrong else 0


def main():
    os.nice(int(os.environ.get("NICE", "10")))
    if "--sample" in sys.argv:
        return sample()
    every = sources()
    only = [a for a in sys.argv[1:] if not a.startswith("-")]
    named = named_in(os.path.join(HERE, "equivalent"))
    unknown = [n for n in named if n.split(" ")[0] not in every]
    if unknown:
        sys.exit("tests/mutants/equivalent: no source that has mutants: %s" % unknown[0])
    mutants = make_mutants(every, every)
    make("all", "tools")
    build([s[len("tests/unit/"):-2] for s in suites.unit_programs()], "bin/bitacora", "tools/check_answer")
    daemon = os.path.join(OUT, "bin", "bitacorad")
    if not os.path.lexists(daemon):
        os.symlink("../../bin/bitacorad", daemon)  # the log that is verified is an honest one's
    tests = list(suites.everything())
    print("# %d tests" % len(tests), flush=True)
    if not tests:
        sys.exit("no tests: SUITES and UNITS choose none")
    hunt = Hunt(reach_of_all(tests, every), mutants)
    chosen = [m for o in only for m in mutants if m.path.startswith(o)] if only else mutants
    hunt.hunt_all(chosen)
    return report(chosen, hunt.results.known, named)


if __name__ == "__main__":
    sys.exit(main())
