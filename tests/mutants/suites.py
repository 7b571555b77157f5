"""The tests that mutants meet, each by itself: a name, what it depends on, and a way to run it.

A test passes with the programs as they are, and a mutant is killed by the first one that does not.
"""
import atexit
import glob
import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import threading

sys.dont_write_bytecode = True
HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(os.path.dirname(HERE))
sys.path.insert(0, os.path.join(ROOT, "tests", "corpus"))
import judge as corpus_judge  # noqa: E402

VARIANT = "mutants-sample" if "--sample" in sys.argv else os.environ.get("MUTANTS_BUILD", "mutants")
BUILT = os.path.join(ROOT, "build", VARIANT)
BIN = os.path.join(BUILT, "bin")
CLIENT = os.path.join(BIN, "bitacora")
VECTORS = os.path.join(ROOT, "tests", "vectors")
INTEROP = os.path.join(ROOT, "tests", "interop")
PYTHON = "/usr/bin/python3"  # Debian's own, which has python3-cryptography
CHOSEN = os.environ.get("SUITES", "units vectors corpus cases served lies random_logs scenarios").split()
EVERY = os.environ.get("EVERY", "7")  # bits, bytes and sizes, where a unit test tries all

# Whole scenarios, for what only a client does that talks to a log, or that keeps a state.
SCENARIOS = ["04-rewritten-history", "08-incremental", "13-nothing-in-silence", "25-lies-about-keys", "28-receipt-show", "40-buried", "40-keys", "40-logs-own-kinds",
             "41-online", "41-vectors", "42-crafted-states", "43-away", "44-mirror", "45-unproven-claims", "48-said", "52-index-replay", "55-answer", "56-quick"]


def digest(*parts):
    h = hashlib.sha256()
    for part in parts:
        h.update(part if isinstance(part, bytes) else part.encode())
        h.update(b"\0")
    return h.hexdigest()[:16]


def content(path):
    with open(path, "rb") as f:
        return f.read()


class TimedOut(Exception):
    pass


def run(argv, env, cwd=None, seconds=120):
    """(exit status, standard output); who takes too long is ended, with what it started."""
    process = subprocess.Popen(argv, env={**os.environ, **env}, cwd=cwd, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, start_new_session=True)
    try:
        out, _ = process.communicate(timeout=seconds)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, 15)
        try:
            process.communicate(timeout=5)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, 9)
            process.communicate()
        raise TimedOut from None
    return process.returncode, out


def said_json(out):
    try:
        return json.loads(out or b"{}")
    except ValueError:
        return {}


def findings_in(said):
    """Every finding, wherever the JSON of a command has them."""
    if isinstance(said, dict):
        for name, v in said.items():
            if name == "findings" and isinstance(v, list):
                yield from v
            else:
                yield from findings_in(v)
    elif isinstance(said, list):
        for v in said:
            yield from findings_in(v)


class Test:
    """passes(env, seconds): whether it passes with that environment. Raises TimedOut."""
    client = True  # it runs the client: it may reach mutants of client/

    def __init__(self, name, version):
        self.name, self.version = name, version
        self.mark = digest(name, version)[:8]


class Servers(threading.local):
    """Of each thread: programs of unit tests that wait for what to run (mutant.c)."""

    def __init__(self):
        self.running = {}

    def ask(self, program, env, line):
        """The wait status of a copy of the program."""
        key = (program, *sorted(env.items()))
        if key not in self.running:
            if len(self.running) > 40:
                self.close()
            self.running[key] = subprocess.Popen([program], env={**os.environ, **env, "MUTANT_SERVER": "1", "EVERY": EVERY}, stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                                                 stderr=subprocess.DEVNULL)
        server = self.running[key]
        server.stdin.write(line.encode())
        server.stdin.flush()
        return int(server.stdout.readline())

    def close(self):
        for server in self.running.values():
            server.stdin.close()
            server.wait()
            server.stdout.close()
        self.running.clear()


SERVERS = Servers()


class Unit(Test):
    def __init__(self, program, case, version):
        super().__init__("%s %s" % (program, case), version)
        self.program, self.case = program, case

    def passes(self, env, seconds):
        program = os.path.join(BUILT, "unit", self.program)
        line = "%s %s %s %d\n" % (env.get("MUTANT", "0"), self.case, env.get("MUTANT_CPU", "3600"), seconds)
        reached = {k: v for k, v in env.items() if k == "MUTANT_REACHED"}
        status = SERVERS.ask(program, reached, line)
        if reached:
            SERVERS.close()  # the file is another one for each test
        return status == 0


class Command(Test):
    """The client, in a folder of its own, where the names in `folder` lead to the files there. check(exit, output): whether that is right.
    evidence: what evidence_in() says of that folder afterwards; None: nobody asks."""

    def __init__(self, name, version, argv, folder, check, evidence=None):
        super().__init__(name, version)
        self.argv, self.folder, self.check, self.evidence = argv, folder, check, evidence

    def passes(self, env, seconds):
        with tempfile.TemporaryDirectory(dir=os.path.join(BUILT, "work")) as own:
            written = [self.argv[i + 1] for i, a in enumerate(self.argv) if a == "--out"] + list(self.evidence or [])
            asked = None if not self.folder.startswith(VECTORS) else {a for a in self.argv if "/" not in a}  # of hundreds there these are meant
            for name in os.listdir(self.folder) if asked is None else asked:
                if name not in written and os.path.exists(os.path.join(self.folder, name)):
                    os.symlink(os.path.join(self.folder, name), os.path.join(own, name))
            argv = corpus_judge.private_state(self.folder, self.argv, own)
            good = self.check(*run([CLIENT] + argv, {**env, "XDG_STATE_HOME": own, "HOME": own}, own, seconds))
            return good and (self.evidence is None or {k: v for k, v in evidence_in(own).items() if not os.path.islink(os.path.join(own, k))} == self.evidence)


class Script(Test):
    """A program that exits with 0 if all is well. It runs in a folder of its own, which is OWN in its arguments."""

    def __init__(self, name, version, argv, env=None):
        super().__init__(name, version)
        self.argv, self.env = argv, env or {}

    def passes(self, env, seconds):
        with tempfile.TemporaryDirectory(dir=os.path.join(BUILT, "work")) as own:
            argv = [os.path.join(ROOT, a) if "/" in a and os.path.exists(a) else a.replace("OWN", own) for a in self.argv]
            return run(argv, {**env, **self.env, "TMPDIR": own, "BIN": BIN}, own, seconds)[0] == 0


# ---- unit tests ----------------------------------------------------------------------------------


def unit_programs():
    """The sources of the unit tests of proto and of the client, or of those folders of tests/unit that UNITS names; none, if SUITES leaves
    them out."""
    if "units" not in CHOSEN:
        return []
    chosen = tuple("tests/unit/" + f for f in os.environ.get("UNITS", "proto/ client/").split())
    return [f for f in sorted(glob.glob("tests/unit/proto/*/test_*.c") + glob.glob("tests/unit/client/*/test_*.c")) if f.startswith(chosen)]


def units():
    for source in unit_programs():
        program = source[len("tests/unit/"):-2]
        version = digest(content(source))
        for case in unit_cases(program, version):
            yield Unit(program, case, version)


def unit_cases(program, version):
    """Their names, as the program says them; it is asked again when its source has changed."""
    path = os.path.join(BUILT, "unit", program)
    known = path + ".cases"
    names = content(known).decode().split() if os.path.exists(known) else [None]
    if names[0] != version:
        _, out = run([path], {"CMOCKA_MESSAGE_OUTPUT": "TAP", "EVERY": "101"})
        names = [version] + re.findall(r"^ok \d+ - (\w+)$", out.decode(), re.M)
        with open(known, "w") as f:
            f.write(" ".join(names))
    return names[1:]


# ---- vectors, corpus, the second writer's logs ------------------------------------------------------


def rows(folder):
    for line in content(os.path.join(VECTORS, folder, "bad", "expect.tsv")).decode().splitlines():
        if not line.startswith("#"):
            yield line.split("\t")


def judged(want, code):
    """As scenario 41 judges."""
    def check(status, out):
        said = said_json(out)
        codes = {f.get("code") for f in findings_in(said)} | {said.get("code")}
        return status == want and (code == "-" or code in codes)
    return check


def vectors():
    commands = {"receipt": ["verify"], "evidence": ["verify-evidence"], "answer": ["verify"], "disclosure": ["verify", "--opening"]}
    for folder, command in commands.items():
        place = os.path.join(VECTORS, folder, "bad")
        for file, want, code, policy, _ in rows(folder):
            yield Command("vector %s/%s" % (folder, file), digest(content(os.path.join(place, file)), want, code), [*command, file, "--policy", policy, "--json"], place,
                          judged(int(want), code))
        for path in sorted(glob.glob(os.path.join(VECTORS, folder, "good", "*"))) if folder in ("answer",) else []:
            yield Command("vector %s/good/%s" % (folder, os.path.basename(path)), digest(content(path)), [*command, path, "--policy", "policy", "--json"], place, judged(0, "-"))
    for a, b, want, code, _, policy, _ in rows("contradiction"):
        place = os.path.join(VECTORS, "contradiction", "bad")
        yield Command("vector contradiction/%s" % a, digest(content(os.path.join(place, a)), content(os.path.join(place, b)), want, code),
                      ["verify", a, b, "--policy", policy, "--json"], place, judged(int(want), code))


def made(name, inputs, make, how=""):
    """A folder that make(folder) fills; made again when an input, or how it is made, has changed."""
    folder = os.path.join(BUILT, "made", name)
    version = digest(how, *[content(i) for i in inputs])
    stamp = folder + ".made"
    if not os.path.exists(stamp) or content(stamp).decode() != version:
        shutil.rmtree(folder, ignore_errors=True)
        os.makedirs(folder)
        make(folder)
        with open(stamp, "w") as f:
            f.write(version)
    return folder, version


def writers():
    """What the second writer's logs are made by."""
    return [f for f in sorted(glob.glob("tests/interop/*.py")) if "vectors" not in f]


def unpack(folder):
    for archive in ("story", "fork", "year", "cases"):
        subprocess.run([PYTHON, "-m", "tarfile", "-e", "tests/corpus/%s.tar.xz" % archive, folder], check=True, stdout=subprocess.DEVNULL)
    for key in glob.glob(os.path.join(folder, "story", "keys", "*.key")):
        os.chmod(key, 0o600)


def corpus():
    folder, version = made("corpus", sorted(glob.glob("tests/corpus/*.tar.xz")), unpack)
    for expect in sorted(glob.glob("tests/corpus/expect/*.jsonl")):
        for line in content(expect).decode().splitlines():
            item = json.loads(line)

            def check(status, out, item=item):
                return corpus_judge.verdict(item, {"exit": status, "says": corpus_judge.values_of(out.decode("utf-8", "replace"))}) is None
            yield Command("corpus " + item["name"], digest(version, line), item["argv"], folder, check)


UNDECIDED = {"version", "basis", "stale", "quorum", "clock", "missing", "unreadable", "busy"}


def replayed(expect):
    """As tests/interop/run_cases.py judges."""
    def check(status, out):
        said = said_json(out)
        got = sorted(([f["code"], f["entry"]] for f in said.get("findings", [])), key=lambda p: (p[0], p[1] is not None, p[1]))
        bad = [f["entry"] for f in said.get("findings", []) if f["code"] not in UNDECIDED]
        e, code, entry = expect, expect["code"], expect["entry"]
        return (status == e["exit"] and said.get("ok") == (e["exit"] == 0)
                and (code is None or [code, entry] in got or entry is None and code in [g[0] for g in got])
                and (e["exit"] != 1 or entry is None or bad[:1] == [entry])
                and ("findings" not in e or sorted(map(tuple, e["findings"]), key=str) == sorted(map(tuple, got), key=str))
                and all(e[k] == said.get(k) for k in ("size", "root", "signatures") if e.get(k) is not None))
    return check


def cases():
    folder, version = made("cases", writers(), lambda f: subprocess.run([PYTHON, "tests/interop/cases.py", f], check=True, stdout=subprocess.DEVNULL))
    for path in sorted(glob.glob(os.path.join(folder, "*", "expect.json"))):
        place = os.path.dirname(path)
        yield Command("case " + os.path.basename(place), digest(version), ["replay", "--policy", "policy", "--dir", "mirror", "--json"], place, replayed(json.loads(content(path))))


def evidence_in(folder):
    """{name: SHA-256} of the evidence that a command left there."""
    return {f: digest(content(os.path.join(folder, f))) for f in sorted(os.listdir(folder)) if ".evidence-" in f}


RECORDER = """#!%s
# The client, and what it was asked, said and wrote: a line each in the file that SAID names.
import json, os, subprocess, sys
sys.path.insert(0, os.environ["MUTANTS"])
from suites import evidence_in
before = evidence_in(".")
done = subprocess.run([os.environ["CLIENT"]] + sys.argv[1:], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
with open(os.environ["SAID"], "a") as f:
    f.write(json.dumps({"cwd": os.getcwd(), "argv": sys.argv[1:], "exit": done.returncode, "said": done.stdout.decode(),
                        "evidence": {k: v for k, v in evidence_in(".").items() if k not in before}}) + "\\n")
sys.stdout.buffer.write(done.stdout)
sys.exit(done.returncode)
"""


def record_lies(folder):
    """Scenario 57 once, by the programs as they are: it holds each against the second implementation."""
    recorder = os.path.join(folder, "bitacora")
    with open(recorder, "w") as f:
        f.write(RECORDER % PYTHON)
    os.chmod(recorder, 0o755)
    env = {**os.environ, "CLIENT": os.path.join(ROOT, "build", "bin", "bitacora"), "SAID": os.path.join(folder, "said"), "MUTANTS": HERE}
    subprocess.run([PYTHON, os.path.join(INTEROP, "index_lies.py"), recorder, os.path.join(folder, "logs")], env=env, check=True, stdout=subprocess.DEVNULL)


def compared_as_57(command, said):
    """What scenario 57 compares: of a replay exit, codes and entries, of an answer's verdict exit and codes, of others the exit. What
    evidence came of it is compared besides."""
    def seen(status, value):
        found = [(f.get("code"), f.get("entry")) for f in findings_in(value)]
        return (status, sorted(found, key=str) if command == "replay" else sorted({c for c, _ in found}) if command == "verify" else None)
    want = seen(said["exit"], said_json(said["said"]))
    return lambda status, out: seen(status, said_json(out)) == want


def lies():
    folder, version = made("lies", writers(), record_lies, RECORDER)
    for n, line in enumerate(content(os.path.join(folder, "said")).decode().splitlines()):
        said = json.loads(line)
        argv = [a for a in said["argv"]]
        yield Command("lie %d %s %s" % (n, argv[0], os.path.relpath(said["cwd"], os.path.join(folder, "logs"))), digest(version), argv, said["cwd"], compared_as_57(argv[0], said),
                      said["evidence"])


# ---- receipts and answers against a log that is served -------------------------------------------------

# As scenarios 41, 48 and 52 ask it: the second writer that makes the logs; the log that is served, or - for none; the policy; the
# command, and files.
SERVED = """
served old policy verify held.tlog-proof
served new policy verify held.tlog-proof
served new policy verify fine.tlog-proof
served late policy verify fine.tlog-proof
served rotated policy.rotated verify fine.tlog-proof
served short policy verify beyond.tlog-proof
served revoked policy verify after.tlog-proof
served revoked policy verify by-another.tlog-proof
served two-faced policy verify by-another.tlog-proof
said late policy verify early.tlog-proof
said late policy replay
said by-new policy.new-type verify early.tlog-proof
said by-new policy.new-type replay
said ended-31 policy.ended verify ended.tlog-proof
said ended-35 policy.ended verify ended.tlog-proof
said - policy.ended verify behind.tlog-proof ended.tlog-proof
said - policy.revoked verify signed.tlog-proof revokes.tlog-proof
said revoked policy.revoked verify revokes.tlog-proof
said - policy.opening verify altered.tlog-proof forked.tlog-proof
said - policy.role verify honest.tlog-proof role.tlog-proof
said honest-30 policy.role verify role.tlog-proof
said honest-40 policy.role verify role.tlog-proof
said two policy.two verify two.tlog-proof
indexed lying policy verify listed.tlog-proof
indexed lying policy verify left-out.tlog-proof
"""


class Served(Command):
    """One such line. It is right where it says what the programs as they are said, which the scenarios judge."""

    def passes(self, env, seconds):
        writer, log, policy, command, *files = self.argv
        place = os.path.join(self.folder, writer)
        with tempfile.TemporaryDirectory(dir=os.path.join(BUILT, "work")) as own:
            return self.check(*ask_served(CLIENT, place, log, policy, command, files, env, own, seconds), len(evidence_in(own)))


def ask_served(client, place, log, policy, command, files, env, own, seconds):
    at = ["--log", "%s/%s/%s" % (url_of(os.path.dirname(place)), os.path.basename(place), log)] if log != "-" else []
    argv = [client, command, "--policy", os.path.join(place, policy), "--json", *at, *[os.path.join(place, f) for f in files]]
    return run(argv, {**env, "XDG_STATE_HOME": own, "HOME": own}, own, seconds)


URLS = {}  # of folders that are served


def url_of(folder):
    with URLS_LOCK:
        if folder not in URLS:
            server = subprocess.Popen([PYTHON, "-u", "-m", "http.server", "0", "--bind", "127.0.0.1", "--directory", folder], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
            atexit.register(server.kill)
            URLS[folder] = "http://127.0.0.1:%s" % re.search(rb" port (\d+) ", server.stdout.readline()).group(1).decode()
        return URLS[folder]


URLS_LOCK = threading.Lock()


def seen_served(status, out, evidence):
    """What the scenarios look at."""
    said = said_json(out)
    receipts = [[r.get(k) for k in ("verdict", "index", "quorum", "renewed", "revocations", "indexed")] for r in said.get("receipts", [])]
    return [status, evidence, said.get("verdict"), receipts, [[f.get(k) for k in ("code", "verdict", "entry", "related")] for f in findings_in(said)]]


def record_served(folder):
    said = []
    for writer in ("served", "said", "indexed"):
        subprocess.run([PYTHON, os.path.join(INTEROP, writer + ".py"), os.path.join(folder, writer)], check=True, stdout=subprocess.DEVNULL)
    for line in SERVED.split("\n")[1:-1]:
        writer, log, policy, command, *files = line.split()
        with tempfile.TemporaryDirectory() as own:
            done = ask_served(os.path.join(ROOT, "build", "bin", "bitacora"), os.path.join(folder, writer), log, policy, command, files, {}, own, 120)
            said.append(json.dumps([line, seen_served(*done, len(evidence_in(own)))]))
    with open(os.path.join(folder, "said.jsonl"), "w") as f:
        f.write("\n".join(said))


def served():
    folder, version = made("served", writers(), record_served, SERVED)
    for text in content(os.path.join(folder, "said.jsonl")).decode().splitlines():
        line, want = json.loads(text)

        def check(status, out, evidence, want=want):
            return json.loads(json.dumps(seen_served(status, out, evidence))) == want
        yield Served("served " + line, digest(version, json.dumps(want)), line.split(), folder, check)


# ---- programs that compare with a second implementation, and scenarios -------------------------------


def random_logs():
    version = digest(*[content(f) for f in writers()])
    for seed in range(6):
        yield Script("dishonest %d" % seed, version, [PYTHON, "tests/interop/dishonest.py", BIN, "OWN/logs", "--seeds", str(seed), "1"])
    tool = os.path.join(BUILT, "tools", "check_answer")
    for first in range(0, 12, 3):  # three: each must come out good, bad and undecided
        yield Script("answers %d" % first, version, [PYTHON, "tests/interop/answers_second.py", CLIENT, tool, "OWN/answers", "--seeds", str(first), "3", "--each", "8"])


def scenarios():
    for name in SCENARIOS:
        path = "tests/scenarios/%s.sh" % name
        yield Script("scenario " + name, digest(content(path), content("tests/lib.sh")), [path], {"EVERY": "101"})


def everything():
    """All of them, or those of the kinds in SUITES."""
    for suite in (units, vectors, corpus, cases, served, lies, random_logs, scenarios):
        if suite.__name__ in CHOSEN:
            yield from suite()


def named(names):
    """{name: test} of unit tests and vectors."""
    programs = {n.split(" ")[0] for n in names}
    tests = [Unit(*n.split(" "), "") for n in names if n.startswith("proto/")]
    tests += [t for t in vectors() if t.name in names] if "vector" in programs else []
    return {t.name: t for t in tests}
