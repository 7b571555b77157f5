#!/usr/bin/python3
"""Random, nasty logs made by the second writer; what `bitacora audit` answers about them is held against rules.py.

    audit_random.py BIN WORKDIR [--seeds FIRST COUNT] [--random]

BIN is the client, WORKDIR a folder for logs and states. TAP on standard output; exit 1 if anything differs. A seed gives the same log
every time: `--seeds 17 1 --random` makes that of seed 17 alone and leaves it in WORKDIR/17. --random leaves out the logs that
are made by hand.

Of each seed: at two or three sizes and at the end, an audit from the state that the one before left says the same bytes as
one of the whole log; what both say is what rules.py says, not by its passes; and at the end, with --all, answer by answer.
A log of every third seed is bad: entries that do not count (signature, role, enrolment), of which rules.py is not told, and entries
that do count all the same (references, times that go back, clocks, ids used twice). Rules read codes by rulesets that come and go.
"""
import argparse
import collections
import glob
import hashlib
import json
import os
import random
import shutil
import subprocess
import sys

sys.dont_write_bytecode = True
import rules
import rules_log
from index_tables import index_of
from writer import COSIGNATURE, Key, Log, b64, cosign_line, millis, policy_text, sha256, when, write_file

HOUR, DAY = 3_600_000, 86_400_000
START = millis("2026-03-02T09:00:00.000Z")
STEPS = [0, 0, 1, 1500, HOUR, 6 * HOUR, 23 * HOUR, 24 * HOUR, 48 * HOUR, DAY, 90 * DAY]
WITNESS = Key("w", kind=COSIGNATURE)
PASS, FINDING, NOT_EVALUABLE = rules.PASS, rules.FINDING, rules.NOT_EVALUABLE
NEVER_NOT_EVALUABLE = ("R01", "R02", "R06", "R09", "R10", "R12", "R13", "R19", "R20", "R22", "CODE")
with open(rules_log.BUILT_IN, "rb") as built_in:
    LAW = built_in.read()


def h(label):
    return b64(sha256(label.encode()))


def span(start, length):
    return {"from": when(start), "until": when(start + length)}


# ---------------------------------------------------------------------------------------------------------------------------
# A log under construction

class Story:
    """A log, the files that its rulesets pin, who is enrolled, and which of its entries do not count."""

    def __init__(self, unruly=False):
        self.unruly = unruly                               # entries may be bad
        self.log = Log("log.example/random")
        self.keys, self.enrolled, self.files = {}, {}, {}  # keys and members by short name; files by SHA-256 in hex
        self.not_counting, self.first_bad = set(), None
        self.log.genesis([self.key("r"), self.key("r2")], 86_400, accept=START, at=START)
        self.reader = self.log.entries[0]                  # to whom things are sealed

    def key(self, name):
        if name not in self.keys:
            self.keys[name] = Key(name)
        return self.keys[name]

    def add(self, kind, signer, members, t=None, **overrides):
        t = self.log.clock + 1500 if t is None else t
        return self.log.add(kind, self.key(signer), members, **{"accept": t, "at": t, **overrides})

    def enroll(self, name, role, authority, level="federal", t=None, **more):
        own = {"vkey": self.key(name).vkey, "role": role, "authority": authority, "level": level, "name": name, **more}
        self.enrolled[name] = own
        return self.add("enroll", "r", own, t)

    def officials(self):
        self.reader = self.enroll("o", "oversight", "mx.watch")
        for name, role, authority in (("j", "judge", "mx.c1"), ("q", "requester", "mx.fgr"), ("h", "holder", "mx.telco")):
            self.enroll(name, role, authority)

    def pin(self, edit=None, name="mx", since="2000-01-01T00:00:00.000Z", t=None, **overrides):
        """Pins the built-in ruleset under a name, as `edit` changes it."""
        law = json.loads(LAW)
        law["name"] = name
        if edit:
            edit(law)
        data = json.dumps(law).encode()
        self.files[hashlib.sha256(data).hexdigest()] = data
        return self.add("ruleset", "r", {"name": name, "version": law["version"], "from": since, "sha256": b64(sha256(data))}, t, **overrides)

    def sealed(self, who, **more):
        return {**more, "commit": h("commit " + who), "sealed": h("sealed " + who), "to": self.reader.ref}

    def request(self, signer="q", t=None, **more):
        return self.add("request", signer, self.asking(signer, **more), t)

    def asking(self, signer, **more):
        own = self.enrolled[signer]
        return {"authority": own["authority"], "function": "prosecution", "level": own["level"], "holder": "mx.telco", "source": "call_records",
                "categories": ["vehicle"], "basis": "CNPP-303", "purpose": {"code": "prosecution"}, "persons": 1, **more}

    def warrant(self, signer="j", **more):
        return self.add("warrant", signer, {"ref": "C-1", "matter": "criminal", "used_by": ["mx.fgr"], "categories": ["device_content"],
                                            "window": span(START, DAY), **more})

    def response(self, request, outcome="full", t=None):
        return self.add("response", "h", {"holder": "mx.telco", "request": request.ref, "outcome": outcome, "received_at": when(START)}, t)

    def bad(self, index, counts):
        if self.first_bad is None:
            self.first_bad = index
        if not counts:
            self.not_counting.add(index)

    def exit_at(self, size):
        return 0 if self.first_bad is None or self.first_bad >= size else 1

    def write(self, folder, size=None):
        """folder/policy and folder/mirror with the blobs; cosigned, unless times go back: a witness of an earlier size would say so."""
        size = len(self.log) if size is None else size
        shutil.rmtree(os.path.join(folder, "mirror"), ignore_errors=True)
        checkpoint, witness = self.log.checkpoint(size), None if self.unruly else WITNESS
        if witness:
            checkpoint += cosign_line(self.log.checkpoint_text(size), witness, self.log.entries[size - 1].accept // 1000 + 1)
        self.log.write(os.path.join(folder, "mirror"), files=self.log.files(size, checkpoint))
        for name, data in self.files.items():
            write_file(os.path.join(folder, "mirror", "v1", "blobs", name), data)
        write_file(os.path.join(folder, "policy"), policy_text(self.log.key, witness).encode())

    def answers(self, size=None):
        """What rules.py answers."""
        parsed = [rules_log.parse_entry(e.index, e.raw) for e in self.log.entries[:size]]
        counting = [e for e in parsed if e.index not in self.not_counting]
        return comparable(rules.answers_of(rules_log.Log(counting, parsed[-1].accepted, self.files.get)))


# ---------------------------------------------------------------------------------------------------------------------------
# Random ones

CATEGORIES = ["vehicle", "subscriber", "traffic_retained", "geolocation_live", "comms_content_stored", "preservation", "identity_biometric", "bank",
              "lago", "viv", "zzz"]
FUNCTIONS = ["fisc", "prosecution", "police", "search_commission"]
KINDS = ["warrant", "request", "request", "request", "response", "response", "judicial_notice", "ratification", "deferral", "notice", "transfer",
         "product", "closing", "extension", "erasure", "ruleset", "revoke", "enroll", "correction"]


class RandomStory(Story):
    """What stands in a log is drawn; `marks` are the times at which a deadline or a window ends, and entries crowd around them."""

    def __init__(self, seed):
        super().__init__(seed % 3 == 2)
        self.rnd = random.Random(seed)
        self.warrants, self.requests, self.marks, self.revoked = [], [], [], set()
        self.pin_any()
        if self.chance(.5):
            self.pin_any()
        self.enroll_all()
        for n in range(self.rnd.randrange(15, 60)):
            kind = self.pick(KINDS)
            getattr(self, "a_" + kind)(self.next_time())
            if n % 8 == 7:
                self.of_the_log(n // 8 % 2)

    def chance(self, p):
        return self.rnd.random() < p

    def pick(self, items):
        return self.rnd.choice(items)

    def some(self, items, most):
        """One to `most` of them; the same one may come twice."""
        return [self.pick(items) for _ in range(self.rnd.randrange(1, most + 1))]

    def maybe(self, members, p, name, value):
        """Sets a member, sometimes; `value` is called only then."""
        if self.chance(p):
            members[name] = value()

    def alive(self, *names):
        """One whose key is not revoked, or None."""
        left = [name for name in names if name not in self.revoked]
        return self.pick(left) if left else None

    def next_time(self):
        if self.unruly and self.chance(.05):
            return self.log.clock - self.pick([1, HOUR, 3 * DAY])
        t = self.pick(self.marks) + self.pick([-1, 0, 1]) if self.marks and self.chance(.3) else 0
        return t if t >= self.log.clock else self.log.clock + self.pick(STEPS)

    # What is wrong with an entry, and with a reference

    def put(self, kind, signer, members, t):
        """Adds an entry, which in an unruly log may be bad. Returns it if it counts, else None."""
        sin = self.pick(["signature", "role", "under", "skew", "id"]) if self.unruly and self.chance(.12) else None
        index, overrides = len(self.log), {}
        if sin == "signature":
            overrides["sign"] = lambda text: bytes(64)
        elif sin == "under":
            overrides["under"] = {"entry": 0, "hash": h("no entry")}
        elif sin == "skew":
            overrides["at"] = t - DAY - 1
        elif sin == "id":                                  # by this key, if it has signed one; then within twice the skew of it
            earlier = [e for e in self.log.entries if ("%s %s " % (chr(0x2014), signer)).encode() in e.raw and e.index not in self.not_counting
                       and abs(t - e.accept) <= DAY]
            sin = sin if earlier else None
            if earlier:
                overrides["ident"] = json.loads(self.pick(earlier).raw.split(b"\n")[6])["id"]
        elif sin == "role":
            signer = "h" if kind not in ("response", "correction") else "j1"
        if sin or t < self.log.clock:
            self.bad(index, sin not in ("signature", "role", "under"))
        entry = self.add(kind, signer, members, t, **overrides)
        return None if index in self.not_counting else entry

    def ref(self, entry):
        """A reference to an entry, which in an unruly log may be to another, to a later one, or by another hash."""
        if not self.unruly or self.chance(.9):
            return entry.ref
        self.bad(len(self.log), True)
        return {"entry": self.pick([entry.index, self.rnd.randrange(len(self.log)), len(self.log) + self.rnd.randrange(3)]), "hash": h("another")}

    # Members

    def subjects(self):
        return [self.sealed(self.pick("abc"), type=self.pick(["curp", "rfc"])) for _ in range(self.pick([1, 2]))]

    def window(self, t):
        start = t + self.pick([-DAY, -HOUR, 0, 1, HOUR])
        return span(start, self.pick([1, HOUR, DAY, 30 * DAY, 180 * DAY, 180 * DAY + 1, 184 * DAY, 360 * DAY]))

    def a_year_ago(self, t):
        return span(self.pick([t, rules_log.months_after(t, -12), rules_log.months_after(t, -12) - 1]), self.pick([1, HOUR, DAY]))

    def cited(self):
        cited = {"ref": self.pick(["C-1", "C-2", "C-3"])}
        if self.chance(.2):
            cited["ref"] = self.pick([" C-1", "c\u20112", "\u0421-3", "C-3\u200b", "C 1"])
        self.maybe(cited, .4, "court", lambda: self.pick(["mx.c1", "mx.c2", "mx.s1"]))
        if self.warrants and self.chance(.5):
            cited.update(self.ref(self.pick(self.warrants)))
        return cited

    def obey(self, warrant, members):
        """Asks for what a warrant allows."""
        allowed = json.loads(warrant.raw.split(b"\n")[6])
        members.update({"warrant": {"ref": allowed["ref"], **warrant.ref}, "categories": allowed["categories"][:2]})
        members["holder"] = allowed.get("holders", ["mx.telco"])[0]
        if "subjects" in allowed and self.chance(.7):
            members["subjects"] = allowed["subjects"][:1]

    def recent(self, last):
        return self.ref(self.pick(self.requests[-last:]))

    # Kinds, each at t; one that cannot be now (nobody to sign, nothing to refer to) is left out

    def edit_ruleset(self, law):
        law["version"] = str(self.rnd.random())
        for p, aliases in ((.5, {"fisc": "prosecution"}), (.5, {"fed": "federal"}), (.3, {"raro2": "extortion"}),
                           (.4, {"lago": "subscriber", "viv": "geolocation_live", "todo": "full"})):
            if self.chance(p):
                law["aliases"].update(aliases)
        if self.chance(.3):
            law["codes"]["ground"].append("raro")
        if self.chance(.3):
            law["basis"]["CNPP-303"] = {"functions": self.pick([[], ["prosecution"], ["police"]]), "levels": self.pick([[], ["federal"], ["state"]])}
        if self.chance(.3):
            law["categories"]["vehicle"] = {"judge": self.pick(["before", "contested", "before_or_emergency"]), "level": "federal", "basis": []}
        self.maybe(law, .3, "hours", lambda: self.pick([1, 24, 1_000_000]))
        self.maybe(law, .3, "notify_days", lambda: self.pick([1, 3, 1_000_000]))

    def pin_any(self, t=None):
        since = START + self.pick([-DAY, 0, DAY, 2 * DAY, self.rnd.randrange(3 * DAY)])
        name, spoilt = self.pick(["mx", "mx-x", "mxé", "mx2", "world", "us a"]), {}
        if t is not None and t < self.log.clock:
            self.bad(len(self.log), True)
        if self.unruly and self.chance(.15):
            spoilt = {"sign": lambda text: bytes(64)}
            self.bad(len(self.log), False)
        self.pin(self.edit_ruleset, name, when(since), t, **spoilt)

    def enroll_all(self):
        self.reader = self.enroll("o", "oversight", "mx.watch")
        for name, role, authority, levels in (
                ("j1", "judge", "mx.c1", ["federal"]), ("j1b", "judge", "mx.c1", ["state", "fed", "federal"]), ("j2", "judge", "mx.c2", ["federal"]),
                ("js", "judge", "mx.s1", ["state"]), ("q", "requester", "mx.fgr", ["federal", "fed"]), ("qs", "requester", "mx.fgj", ["state"]),
                ("h", "holder", "mx.telco", ["federal"]), ("h2", "holder", "mx.bank", ["federal"])):
            more = {}
            self.maybe(more, .4, "function", lambda: self.pick(FUNCTIONS + ["public", "telecom", "bank", "xxx"]))
            self.enroll(name, role, authority, self.pick(levels), **more)
            if self.chance(.1):
                self.pin_any()

    def a_ruleset(self, t):
        self.pin_any(t)

    def a_enroll(self, t):
        more = {}
        self.maybe(more, .8, "function", lambda: self.pick(["public", "bank", "telecom", "police"]))
        if t < self.log.clock:
            self.bad(len(self.log), True)
        self.enroll("n%d" % len(self.log), self.pick(["holder", "holder", "requester"]), self.pick(["mx.telco", "mx.bank"]), t=t, **more)

    def a_revoke(self, t):
        name = self.alive("j1b", "qs", "h2", "q", "r2")
        if not name or self.chance(.7):
            return
        members = {"vkey": self.key(name).vkey, "reason": "other"}
        self.maybe(members, .8, "since", lambda: when(self.pick([START, t, t - HOUR, t - DAY, self.pick(self.log.entries).accept])))
        signer = "r" if name == "r2" else self.alive("r", "r2")
        if self.put("revoke", signer, members, t):
            self.revoked.add(name)

    def a_warrant(self, t):
        signer, window = self.alive("j1", "j1b", "j2", "js"), self.window(t)
        members = {"ref": self.pick(["C-1", "C-2", "C-3", "C-3", "c-2", "C-1\u00a0"]), "matter": self.pick(["criminal", "national_security", "labour", "zz"]),
                   "used_by": self.some(["mx.fgr", "mx.fgj"], 2), "categories": self.some(CATEGORIES, 3), "window": window}
        self.maybe(members, .4, "subjects", self.subjects)
        self.maybe(members, .4, "holders", lambda: [self.pick(["mx.telco", "mx.bank"])])
        self.maybe(members, .4, "data_window", lambda: self.window(t))
        self.marks += [millis(window["from"]), millis(window["until"])]
        entry = self.put("warrant", signer, members, t)
        self.warrants += [entry] if entry else self.log.entries[-1:] if self.chance(.3) else []

    def a_request(self, t):
        signer = self.alive("q", "qs")
        if not signer:
            return
        members = self.asking(signer, function=self.pick(FUNCTIONS), holder=self.pick(["mx.telco", "mx.bank"]), categories=self.some(CATEGORIES, 3),
                              basis=self.pick(["CNPP-303", "CNPP-303-EXC", "LFTR-190", "ZZ", "CFF-69", "LSN-34"]),
                              purpose={"code": self.pick(["prosecution", "other"])})
        self.maybe(members, .5, "warrant", self.cited)
        self.maybe(members, .3, "ground", lambda: self.pick(["extortion", "other", "raro", "raro2", "kidnapping"]))
        self.maybe(members, .3, "case", lambda: {"scheme": self.pick(["FUB", "zz"]), "number": "1"})
        self.maybe(members, .4, "subjects", self.subjects)
        self.maybe(members["purpose"], .2, "note", lambda: self.sealed(self.pick("abcn")))
        self.maybe(members, .4, "data_window", lambda: self.a_year_ago(t))
        self.maybe(members, .4, "term", lambda: when(t + self.pick([0, DAY, 90 * DAY, 90 * DAY + 1])))
        self.maybe(members, .3, "notify", lambda: {"after": when(t + self.pick([-DAY, DAY, 10 * DAY]))})
        if self.warrants and self.chance(.2):
            self.obey(self.pick(self.warrants), members)
        self.marks += [t + 24 * HOUR, t + 48 * HOUR, t + 30 * DAY, t + 33 * DAY]
        entry = self.put("request", signer, members, t)
        self.requests += [entry] if entry else self.log.entries[-1:] if self.chance(.3) else []

    def a_response(self, t):
        signer = self.alive("h", "h2")
        members = {"holder": self.enrolled[signer]["authority"], "received_at": when(t),
                   "outcome": self.pick(["full", "partial", "direct_access", "none_held", "rejected_form", "pending", "todo", "error"])}
        if self.requests:
            self.maybe(members, .9, "request", lambda: self.recent(5))
        self.maybe(members, .5, "answered_at", lambda: when(t + self.pick([-2 * DAY, -1, 0, 1, DAY])))
        self.marks += [t + 48 * HOUR, t + DAY, t + 3 * DAY, t + 30 * DAY]
        if "answered_at" in members:
            self.marks.append(millis(members["answered_at"]) + 48 * HOUR)
        self.put("response", signer, members, t)

    def a_judicial_notice(self, t):
        signer, fulfilled = self.alive("q", "qs"), t + self.pick([-60 * HOUR, -48 * HOUR, 0, HOUR])
        if signer and self.requests:
            self.put("judicial_notice", signer, {"request": self.recent(5), "fulfilled_at": when(fulfilled), "notified_at": when(t)}, t)
            self.marks += [t + HOUR, t + 24 * HOUR, t + 96 * HOUR, fulfilled + 48 * HOUR]

    def a_ratification(self, t):
        if self.requests:
            members = {"request": self.recent(5), "result": self.pick(["total", "partial", "refused"])}
            self.maybe(members, .5, "categories", lambda: self.some(CATEGORIES, 6))
            self.put("ratification", self.alive("j1", "j1b", "j2"), members, t)

    def a_deferral(self, t):
        until = t + self.pick([-DAY, 0, DAY, 5 * DAY])
        if self.requests:
            self.put("deferral", self.alive("j1", "j2"), {"request": self.recent(5), "until": when(until), "reason": "other"}, t)
            self.marks += [until + DAY, until + 30 * DAY]

    def a_notice(self, t):
        if self.requests:
            self.put("notice", self.alive("q", "qs", "o"), {"request": self.recent(5), "delivered_at": when(t), "means": "post"}, t)

    def a_transfer(self, t):
        signer = self.alive("q", "qs")
        if signer and self.requests:
            members = {"requests": [self.recent(6) for _ in range(self.pick([1, 2, 3]))],
                       "recipient": {"country": self.pick(["MX", "US", "DE"]), "authority": "x"}}
            self.maybe(members, .5, "instrument", lambda: "x")
            self.put("transfer", signer, members, t)

    def a_product(self, t):
        signer = self.alive("q", "qs")
        if signer and self.requests:
            self.put("product", signer, {"requests": [self.recent(6) for _ in range(self.pick([1, 2, 3]))], "class": self.pick(["alert", "zz"])}, t)

    def a_closing(self, t):
        signer = self.alive("q", "qs")
        if signer and self.warrants:
            self.put("closing", signer, {"warrant": self.ref(self.pick(self.warrants)), "executed": self.window(t)}, t)

    def a_extension(self, t):
        until = t + self.pick([HOUR, DAY, 180 * DAY, -DAY])
        if self.warrants:
            self.put("extension", self.alive("j1", "j1b", "j2"), {"warrant": self.ref(self.pick(self.warrants[-4:])), "until": when(until)}, t)
            self.marks.append(until)

    def a_erasure(self, t):
        self.put("erasure", self.alive("j1", "j1b", "j2", "js"), {"blob": h("sealed " + self.pick("abcn")), "order": h("order")}, t)

    def of_the_log(self, access):
        """What the log signs itself: no rule asks of it."""
        t = self.log.clock
        if access:
            self.add("access", self.log.origin, {"version": 1, "interval": span(t - DAY, DAY), "count": 3, "root": h("rows")}, t)
        else:
            self.add("index", self.log.origin, index_of(self.log).members([len(self.log)]), t)

    def a_correction(self, t):
        self.put("correction", "h", {"about": self.ref(self.pick(self.log.entries)), "cause": self.pick(["clerical", "zz"])}, t)


# ---------------------------------------------------------------------------------------------------------------------------
# Asking the client, and comparing

class Tap:
    def __init__(self):
        self.count = self.failed = 0

    def ok(self, good, what, *why):
        self.count += 1
        self.failed += not good
        print("%s %d - %s" % ("ok" if good else "not ok", self.count, what))
        for line in [] if good else why:
            print("#   %s" % (line,))
        sys.stdout.flush()
        return good


class Said:
    """What an audit printed and how it ended."""

    def __init__(self, ran):
        self.exit, self.bytes, self.errors = ran.returncode, ran.stdout, ran.stderr.decode(errors="replace")
        self.lines = [json.loads(line) for line in ran.stdout.splitlines()]
        self.end = self.lines[-1] if self.lines else {}

    def of(self, kind):
        return [line for line in self.lines if line["type"] == kind]


def audit(folder, *more, before=()):
    """Audits folder/mirror; `before` is a program to run it by."""
    command = [*before, BIN, "audit", "--policy", folder + "/policy", "--dir", folder + "/mirror", "--json", "--not-evaluable", "--lang", "en", *more]
    return Said(subprocess.run(command, capture_output=True, timeout=120))


def comparable(answers):
    """(entry, rule, result, of R16 the transfer, where there is no warrant the one that it looks like) of each, sorted."""
    def named(a):
        hinted = a["rule"] in ("R01", "R02", "R19") and a["result"] == FINDING
        return a["related"][0] if (hinted or a["rule"] == "R16") and a["related"] else -1
    return sorted((a["entry"], a["rule"], a["result"], named(a)) for a in answers)


def differences(client, second):
    only = collections.Counter(client), collections.Counter(second)
    return ["only the client: %s %s %s %s" % a for a in list(only[0] - only[1])[:6]] + ["only rules.py: %s %s %s %s" % a for a in list(only[1] - only[0])[:6]]


def counts(answers):
    counted = {name: collections.Counter() for name, _ in rules.RULES}
    for _, rule, result, _ in answers:
        counted[rule][result] += 1
    return [(name, *(counted[name][result] for result in (PASS, FINDING, NOT_EVALUABLE))) for name, _ in rules.RULES]


def disagreement(said, second):
    """Where an audit without --all and rules.py differ: findings, what is not evaluable, and the counts of all rules."""
    why = differences(comparable(said.of("answer")), [a for a in second if a[2] != PASS])
    if [(r["rule"], r[PASS], r[FINDING], r[NOT_EVALUABLE]) for r in said.of("rule")] != counts(second):
        why.append("the counts differ")
    return why


def new_state(name):
    """A path in WORKDIR that nothing stands at."""
    state = os.path.join(WORK, name + ".state")
    for old in glob.glob(state + "*"):
        os.unlink(old)
    return state


def from_states(story, folder, sizes):
    """The audits at these sizes from a state, and of the whole: what is wrong with them."""
    state, why = new_state(os.path.basename(folder)), []
    for size in sizes:
        story.write(folder, size)
        whole, onwards = audit(folder), audit(folder, "--state", state)
        if whole.bytes != onwards.bytes or whole.exit != onwards.exit:
            why.append("at %d from a state something else is said: exit %d and %d %s" % (size, onwards.exit, whole.exit, onwards.errors))
        if whole.exit != story.exit_at(size) or not whole.end.get("complete"):
            why.append("at %d exit %d, expected %d: %s %s" % (size, whole.exit, story.exit_at(size), whole.errors, whole.of("integrity")[:2]))
        why += ["at %d %s" % (size, x) for x in disagreement(whole, story.answers(size))]
        if len(glob.glob(state + ".audit-*")) > 2:         # this one's, and the one that it went on from
            why.append("at %d there are, of the state, %s" % (size, glob.glob(state + "*")))
    return why


def try_seed(tap, seed, seen):
    """`seen` gathers what rules answered, as (rule, result)."""
    story, folder = RandomStory(seed), os.path.join(WORK, str(seed))
    second, size = story.answers(), len(story.log)
    cuts = sorted(random.Random(-seed).sample(range(9, size), 2 + seed % 2)) + [size]
    why = from_states(story, folder, cuts)
    good = tap.ok(not why, "seed %d: from a state at %s entries the same as of the whole" % (seed, ", ".join(map(str, cuts))), *why[:8])
    said = audit(folder, "--all")
    why = differences(comparable(said.of("answer")), second)
    good &= tap.ok(not why and bool(second), "seed %d: rules.py agrees about %d answers" % (seed, len(second)), *why)
    seen.update((rule, result) for _, rule, result, _ in second)
    if good and not KEEP:
        shutil.rmtree(folder)
        new_state(str(seed))


def all_seen(tap, seen):
    """The logs are worth something only if they bring every rule to everything that it can answer."""
    lacking = [(rule, result) for rule, _ in rules.RULES for result in (PASS, FINDING, NOT_EVALUABLE)
               if (rule, result) not in seen and not (result == NOT_EVALUABLE and rule in NEVER_NOT_EVALUABLE)]
    tap.ok(not lacking, "in these logs each rule gives every result that it has", lacking)


# ---------------------------------------------------------------------------------------------------------------------------
# Made by hand

def holds(tap, what, story, exit, *wanted):
    """The client ends so and says what rules.py says; among it each (entry, rule, result) wanted. Returns what it said."""
    folder = os.path.join(WORK, "by-hand")
    story.write(folder)
    said, second = audit(folder, "--all"), story.answers()
    why = differences(comparable(said.of("answer")), second)
    why += ["%s of entry %d is not %s" % (rule, e.index, result) for e, rule, result in wanted
            if [a[2] for a in second if a[:2] == (e.index, rule)] != [result]]
    if said.exit != exit:
        why.append("exit %d, expected %d: %s" % (said.exit, exit, said.errors))
    tap.ok(not why, what, *why)
    return said


def aliases_of_enrolments(tap):
    """A code of an enrolment is read by the ruleset of the enrolment, whatever became of it before the request."""
    def knowing(law):
        law["aliases"].update({"fisc": "prosecution", "fed": "federal", "estado": "public"})

    def one(known_then, function, level, sector):
        s = Story()
        s.pin(knowing if known_then else None)
        s.enroll("j", "judge", "mx.c1", level)
        s.enroll("q", "requester", "mx.fgr", function=function)
        s.enroll("h", "holder", "mx.telco", function=sector)
        s.pin(None if known_then else knowing, name="mx-b")
        s.warrant()
        return s, s.request(categories=["device_content"], warrant={"ref": "C-1"})
    for what, known_then, result in (("an alias that a later ruleset drops stands for its code", True, PASS),
                                     ("an alias that only a later ruleset has does not", False, FINDING)):
        s, q = one(known_then, "fisc", "federal", "telecom")
        holds(tap, what + ": function of an enrolment", s, 0, (q, "R11", result))
        s, q = one(known_then, "prosecution", "fed", "telecom")
        holds(tap, what + ": level of a judge", s, 0, (q, "R10", result))
        s, q = one(known_then, "prosecution", "federal", "estado")
        holds(tap, what + ": sector of a holder", s, 0, (q, "R15", result))


def unknown_versions(tap):
    """What cannot be decided may be the warrant: nothing is answered."""
    for what, version in (("record", {"version": "bitacora/v2"}), ("entry", {"entry_version": "bitacora/v2 entry"})):
        s, folder = Story(), os.path.join(WORK, "by-hand")
        s.officials()
        members = {"ref": "C-1", "matter": "criminal", "used_by": ["mx.fgr"], "categories": ["device_content"], "window": span(START, DAY)}
        s.add("warrant", "j", members, **version)
        s.request(categories=["device_content"], warrant={"ref": "C-1"})
        s.write(folder)
        for how in (), ("--all",), ("--state", new_state("v2")):
            said = audit(folder, *how)
            got = said.exit, said.end.get("complete"), said.end.get("verdict"), len(said.of("answer")), len(said.of("rule"))
            tap.ok(got == (3, False, "undecided", 0, 0), "under a warrant whose %s is of an unknown version nothing is answered %s" % (what, " ".join(how[:1])),
                   got, said.errors)


def many_findings(tap):
    """More than are listed: how many there are is known from a state, too."""
    s, folder, state = Story(), os.path.join(WORK, "many"), new_state("many")
    s.officials()

    def misdeeds(n):
        for _ in range(n):
            s.add("anchor", "q", {"checkpoint": {"size": 0, "root": h("root")}})
    misdeeds(12_000)
    s.write(folder)
    said = audit(folder, "--state", state)
    got = said.exit, said.end["findings_total"], len(said.of("integrity")), said.end["complete"]
    tap.ok(got == (1, 12_000, 10_000, True), "of 12,000 bad entries 10,000 are listed, and all counted", got, said.errors)
    misdeeds(5)
    s.write(folder)
    onwards, whole = audit(folder, "--state", state), audit(folder)
    got = whole.exit, whole.end["findings_total"]
    tap.ok(got == (1, 12_005), "with five more of the whole log", got, whole.errors)
    got = onwards.exit, onwards.end["findings_total"], onwards.bytes == whole.bytes
    tap.ok(got == (1, 12_005, True), "and the same from the state", got, onwards.errors)
    shutil.rmtree(folder)


def times_that_go_back(tap):
    s = Story(unruly=True)
    s.officials()
    q = s.request(t=START + HOUR)
    s.add("anchor", "o", {"checkpoint": {"size": 0, "root": h("root")}}, START + 60_000)
    early = s.request(t=START + 120_000)
    s.add("revoke", "r", {"vkey": s.key("q").vkey, "reason": "other", "since": when(START + HOUR // 2)}, START + 2 * HOUR)
    said = holds(tap, "accepted times that go back: R22 by the time of each", s, 1, (q, "R22", FINDING), (early, "R22", PASS))
    tap.ok([f["code"] for f in said.of("integrity")] == ["time"], "and integrity says that they do", said.of("integrity"))


def deadlines_kept_by_later_entries(tap):
    """What was accepted in time keeps a deadline, also where something late stands before it."""
    s = Story(unruly=True)
    s.officials()
    q = s.request(ground="kidnapping", categories=["subscriber"], t=START + HOUR)
    for t in (START + 50 * HOUR, START + 2 * HOUR):
        s.response(q, t=t)
    for days in (90, 1):
        t = START + days * DAY
        s.add("judicial_notice", "q", {"request": q.ref, "fulfilled_at": when(START), "notified_at": when(START)}, t)
        s.add("ratification", "j", {"request": q.ref, "result": "total"}, t + 100 * DAY if days == 90 else t)
        s.add("notice", "o", {"request": q.ref, "delivered_at": when(START), "means": "post"}, t)
    s.add("anchor", "o", {"checkpoint": {"size": 0, "root": h("root")}}, START + 300 * DAY)
    holds(tap, "a deadline is kept by what was accepted in time, wherever it stands", s, 1, *[(q, rule, PASS) for rule in ("R03", "R04", "R17", "R18")])


def references_by_another_hash(tap):
    s = Story()
    s.officials()
    q = s.request(ground="kidnapping", categories=["subscriber"])
    s.response(q)
    other = {"request": {"entry": q.index, "hash": h("another")}}
    s.add("judicial_notice", "q", {**other, "fulfilled_at": when(START), "notified_at": when(START)})
    s.add("notice", "o", {**other, "delivered_at": when(START), "means": "post"})
    s.add("anchor", "o", {"checkpoint": {"size": 0, "root": h("root")}}, START + 60 * DAY)
    holds(tap, "references are followed by index, whatever hash stands there", s, 1, (q, "R03", PASS), (q, "R04", FINDING), (q, "R18", PASS))


def home_countries(tap):
    for name, result in (("mx", FINDING), ("MX", FINDING), ("mx 2026", FINDING), ("mxé", FINDING), ("mx２", FINDING), ("mxa", NOT_EVALUABLE),
                         ("mx2", NOT_EVALUABLE), ("m", NOT_EVALUABLE), ("ñx", NOT_EVALUABLE), ("mé", NOT_EVALUABLE)):
        s = Story()
        s.officials()
        s.pin(name=name)
        q = s.request()
        s.add("transfer", "q", {"requests": [q.ref, q.ref], "recipient": {"country": "US", "authority": "x"}})
        holds(tap, "home country of a ruleset called %s" % name, s, 0, (q, "R16", result))


def how_it_is_run(tap):
    """What has to do with the program's surroundings."""
    s, folder, other = Story(), os.path.join(WORK, "by-hand"), os.path.join(WORK, "other.json")
    s.officials()
    s.request()
    s.write(folder)
    write_file(other, LAW.replace(b'"mx"', b'"zz"', 1))
    plain, said = audit(folder), audit(folder, "--ruleset", other)
    tap.ok(said.exit == 0 and said.bytes == plain.bytes and "other.json was not used" in said.errors and "not used" not in plain.errors,
           "a --ruleset that was not used is said", said.exit, said.errors)
    for how in (), ("--all",), ("--state", new_state("closed")):
        said = audit(folder, *how, before=("sh", "-c", 'exec "$@" >&-', "sh"))
        tap.ok(said.exit == 3 and not said.bytes, "nowhere to print to: exit 3 %s" % " ".join(how[:1]), said.exit, said.errors)


def main():
    global BIN, WORK, KEEP
    parser = argparse.ArgumentParser()
    parser.add_argument("bin")
    parser.add_argument("workdir")
    parser.add_argument("--seeds", nargs=2, type=int, default=(0, 60), metavar=("FIRST", "COUNT"))
    parser.add_argument("--random", action="store_true", help="not the logs that are made by hand")
    a = parser.parse_args()
    BIN, WORK, KEEP = a.bin, a.workdir, a.seeds[1] == 1
    os.makedirs(WORK, exist_ok=True)
    tap, seen = Tap(), set()
    for seed in range(a.seeds[0], sum(a.seeds)):
        try_seed(tap, seed, seen)
    if a.seeds[1] >= 60:
        all_seen(tap, seen)
    for special in () if a.random else (aliases_of_enrolments, unknown_versions, many_findings, times_that_go_back,
                                        deadlines_kept_by_later_entries, references_by_another_hash, home_countries, how_it_is_run):
        special(tap)
    print("1..%d" % tap.count)
    return 1 if tap.failed else 0


if __name__ == "__main__":
    sys.exit(main())
