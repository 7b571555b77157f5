#!/usr/bin/python3
"""Logs that are dishonest in references, kinds and order, made by the second writer, and every reader of a log run over each of them.

    dishonest.py BIN WORKDIR [--seeds FIRST COUNT | --seconds N] [--keep]

BIN is the client, best one under ASan and UBSan; WORKDIR a folder for the logs. TAP on standard output; exit 1 if anything fails. A seed
gives the same log every time. --seconds begins with a seed of the clock and goes on that long; --keep leaves the logs there.

Of each log every reader must end by itself (no signal, no sanitizer, no time-out) with an exit code that it may have, and all must
agree: where `replay` proves it bad, nobody may say good or nothing, and where it is good, nobody bad. A log of every third seed is
honest, if odd: it must be good. Before them comes one in which each kind of entry that refers refers to each kind there is, by the
right hash and by a wrong one. The others lie in up to all of these ways: a reference to any entry, of the wrong kind, by a wrong hash,
to itself, to a later entry, to none, in a circle, the same twice in a list; an index that goes back, splits a table, or says other rows; no
genesis, two of them; keys enrolled twice, revoked, of nobody; ids used twice; records played in again; times that go back; entries that are
no entries; forms and versions that are none.
"""
import argparse
import collections
import concurrent.futures
import functools
import http.server
import json
import os
import random
import shutil
import subprocess
import sys
import threading
import time

sys.dont_write_bytecode = True
import base_logs
import crafted_signatures
import index_tables
import openings
from base_logs import KEYS, MAY_SIGN, SIGNER
from writer import Log, b64, policy_text, sha256, tree_root, when, write_file

DAY = 86_400_000
PEOPLE = [("curp", "GOMC850315HDFRRR07"), ("curp", "MARP800101MDFRTR03"), ("phone", "+525512345678")]
REFS = ["CJF-7/2026", "CJF-7/2026 ", "cjf-7/2026", "CJF\u20117/2026", "\u0421JF-7/2026", "Oficio 12/2026", "O", "<b>'\"&"]
COURTS = ["mx.pjf.juzgado-1", "mx.pjf.juzgado-2", "mx.nobody"]
CATEGORIES = ["subscriber", "traffic_retained", "geolocation_live", "comms_content_live", "comms_content_stored", "preservation",
              "identity_biometric", "device_content", "bank", "not_in_the_ruleset"]
CODES = {
    "matter": ["criminal", "national_security", "fiscal", "x"], "holder": ["mx.telco", "mx.banco", "mx.x"], "basis": ["CNPP-303", "CNPP-303-EXC", "LIC-142", "x"],
    "ground": ["kidnapping", "other", "x"], "outcome": ["full", "partial", "direct_access", "none_held", "pending", "rejected_form", "x"],
    "result": ["total", "partial", "refused"], "source": ["subscriber_db", "x"], "function": ["prosecution", "police", "search_commission", "x"],
    "reason": ["ongoing_investigation", "risk_to_witness", "x"], "means": ["post", "in_person"], "cause": ["clerical", "wrong_person"], "class": ["link_analysis"]}
ALLOWED_KIND = {"warrant": ["warrant"], "request": ["request"], "requests": ["request"], "to": ["enroll"], "about": None}


@functools.lru_cache(None)
def seal(person, salt):
    kind, value = PEOPLE[person]
    commit, _, _, _, _, blob, digest = openings.make(sha256(salt.encode()), kind.encode(), value.encode(), KEYS["o1"].public)
    return kind, b64(commit), b64(digest), digest.hex(), blob


MATRIX = -1                                                # the seed that is none


class Liar:
    """One log under construction."""

    def __init__(self, seed):
        self.seed, self.rng = seed, random.Random(seed)
        self.honest = seed % 3 == 0 and seed != MATRIX
        self.rate = 0 if self.honest else self.rng.choice([0.05, 0.3, 1, 1])
        self.log = Log("bitacora.example/interop", start="2026-01-05T09:00:00.000Z")
        self.kinds = []                                    # of each entry, as far as it has one
        self.ids, self.blobs, self.refs = [], {}, {}       # refs: of warrants, by entry
        self.lies = collections.Counter()
        self.target = None                                 # what every reference is to be
        self.bounds = []                                   # of the newest index
        if seed == MATRIX:
            self.build_matrix()
        else:
            self.build()

    # Chances

    def lie(self, name, chance):
        if self.rng.random() >= chance * self.rate:
            return False
        self.lies[name] += 1
        return True

    def perhaps(self, chance=0.5):
        return self.rng.random() < chance

    def one(self, items):
        return self.rng.choice(items)

    def time(self):
        return when(self.log.clock + self.one([-400 * DAY, -30 * DAY, -DAY, -1, 0, DAY, 8 * DAY, 200 * DAY, 9000 * DAY]))

    def window(self):
        start = self.log.clock + self.one([-300 * DAY, -DAY, 0, DAY])
        return {"from": when(start), "until": when(start + self.one([1, DAY, 40 * DAY, 200 * DAY, 700 * DAY]))}

    # References

    def entry_of(self, kinds):
        known = [i for i, k in enumerate(self.kinds) if kinds is None or k in kinds]
        return self.one(known) if known else None

    def reference(self, member):
        log, n = self.log, len(self.log)
        if self.target:
            return self.target
        if self.lie("reference", 0.25):
            lie = self.one(["kind", "kind", "kind", "hash", "self", "later", "beyond", "genesis"])
            self.lies[lie] += 1
            if lie == "kind" and n:
                return log.entries[self.rng.randrange(n)].ref
            if lie == "hash" and n:
                return {"entry": self.rng.randrange(n), "hash": base_logs.h("no")}
            if lie == "genesis" and n:
                return log.entries[0].ref
            where = {"self": n, "later": n + self.rng.randrange(1, 6), "beyond": self.one([10**6, 2**31, 2**32 - 1, 2**32, 2**53 - 1])}.get(lie, n)
            return {"entry": where, "hash": base_logs.h("later")}
        entry = self.entry_of(ALLOWED_KIND[member])
        return None if entry is None else log.entries[entry].ref

    def list_of(self, member):
        refs = [self.reference(member) for _ in range(self.one([1, 1, 2, 3, 8]))]
        refs = [r for r in refs if r]
        if refs and self.perhaps(0.2):
            refs += [refs[0]] * self.one([1, 40])
        return refs

    def sealed(self, **more):
        person = self.rng.randrange(len(PEOPLE))
        kind, commit, digest, name, blob = seal(person, self.one(["a", "b"]))
        if self.perhaps(0.8):
            self.blobs[name] = blob if self.perhaps(0.9) else blob[:-1] + b"x"
        to = self.reference("to") if not self.honest and self.perhaps(0.3) else self.log.label.get("o1") and self.log.label["o1"].ref
        return {**more, "commit": commit if self.perhaps(0.8) else base_logs.h("x"), "sealed": digest, "to": to}, kind

    def subjects(self):
        out = []
        for _ in range(self.one([1, 1, 2, 5])):
            s, kind = self.sealed()
            out.append({"type": kind if self.perhaps(0.9) else "x", **s})
        return out

    # Members of each kind: None where what they need is not there

    def members(self, kind, signer):
        authority, level = base_logs.FUNCTIONS_OF.get(signer, ("mx.fgr", "federal"))
        code = lambda name: self.one(CODES[name])
        if kind == "warrant":
            out = {"ref": self.one(REFS), "matter": code("matter"), "used_by": self.some(["mx.fgr", "mx.fgj", "x"]),
                   "categories": self.some(CATEGORIES), "window": self.window()}
            return self.with_some(out, subjects=self.subjects, holders=lambda: self.some(CODES["holder"]), data_window=self.window,
                                  document=lambda: base_logs.h("d"), case=lambda: {"scheme": "nuc", "number": "1"})
        if kind == "extension":
            return {"warrant": self.reference("warrant"), "until": self.time()}
        if kind == "ratification":
            return self.with_some({"request": self.reference("request"), "result": code("result")}, categories=lambda: self.some(CATEGORIES))
        if kind == "deferral":
            return {"request": self.reference("request"), "until": self.time(), "reason": code("reason")}
        if kind == "erasure":
            return {"blob": self.blob(), "order": base_logs.h("order")}
        if kind == "anchor":
            index = self.entry_of(["index"])
            return {"checkpoint": {"size": self.one([0, 1, 2**53 - 1]), "root": base_logs.h("root")},
                    **({} if index is None or self.perhaps() else {"index": self.log.entries[index].ref})}
        if kind == "index":
            return self.index()
        if kind == "request":
            out = {"authority": authority, "function": code("function"), "level": level, "holder": code("holder"), "source": code("source"),
                   "categories": self.some(CATEGORIES), "basis": code("basis"), "purpose": {"code": self.one(["criminal_investigation", "other"])},
                   "persons": self.one([0, 1, 1, 7, 2**53 - 1] if not self.honest else [0, 1, 7])}
            if self.perhaps(0.15):
                out["purpose"]["note"] = self.sealed()[0]
            return self.with_some(out, warrant=self.cited, ground=lambda: code("ground"), subjects=self.subjects, data_window=self.window, term=self.time,
                                  automated=self.perhaps, notify=lambda: {"after": self.time()}, case=lambda: {"scheme": "nuc", "number": "1"})
        if kind == "judicial_notice":
            return {"request": self.reference("request"), "fulfilled_at": self.time(), "notified_at": self.time()}
        if kind == "transfer":
            return self.with_some({"requests": self.list_of("requests"), "recipient": {"country": self.one(["US", "MX"]), "authority": "us.doj"}}, instrument=lambda: "MLAT")
        if kind == "product":
            return {"requests": self.list_of("requests"), "class": code("class")}
        if kind == "closing":
            return {"warrant": self.reference("warrant"), "executed": self.window()}
        if kind == "destruction":
            return self.with_some({}, requests=lambda: self.list_of("requests") or ..., blobs=lambda: [self.blob() for _ in range(self.one([1, 3]))])
        if kind == "notice":
            return {"request": self.reference("request"), "delivered_at": self.time(), "means": code("means")}
        if kind in ("correction", "error_report"):
            return self.with_some({"about": self.reference("about"), "cause": code("cause")}, note=lambda: self.sealed()[0])
        if kind == "response":
            holder = {"h1": "mx.telco", "h2": "mx.banco"}.get(signer, "mx.telco")
            return self.with_some({"holder": holder, "outcome": code("outcome"), "received_at": self.time()}, request=lambda: self.reference("request") or ...,
                                  answered_at=self.time, records=lambda: self.one([0, 2**53 - 1]))
        return base_logs.minimal(self.log, kind, len(self.log), signer)

    def index(self):
        """A cover of what there is, or of less; earlier tables are merged as it comes."""
        ix = index_tables.index_of(self.log)
        last = self.bounds[-1] if self.bounds else 0
        end = self.one([len(self.log), self.rng.randrange(last + 1, len(self.log) + 1)])
        bounds = index_tables.merged(self.rng, self.bounds, end, self.one([3, 32]))
        if self.perhaps(0.1):                              # one that nobody knows
            return {"version": 2, "tables": [base_logs.table(1, 7)] * self.one([1, 9])}
        out = ix.members(bounds)
        if self.lie("index", 0.4):
            table = self.one(out["tables"])
            edit = self.one([{"rows": table["rows"] + 1}, {"rows": max(0, table["rows"] - 1)}, {"root": base_logs.h("no")}, {"unkeyed": table.get("unkeyed", 0) + 1},
                             {"rows": 2**53 - 1}, {"entries": table["entries"] + 1}, {"entries": max(1, table["entries"] - 1)}, None, None])
            if edit:
                table.update(edit)
            else:
                cuts = sorted(self.rng.sample(range(1, len(self.log) + 1), min(len(self.log), self.one([1, 2, 5]))))     # earlier bounds are not kept
                out = ix.members(cuts)
        else:
            self.bounds = bounds
        return out

    def with_some(self, out, **optional):
        for name, make in optional.items():
            if self.perhaps(0.6):
                out[name] = make()
        return out

    def some(self, items):
        return [self.one(items) for _ in range(self.one([1, 1, 2, 4]))]

    def blob(self):
        return seal(self.rng.randrange(len(PEOPLE)), self.one(["a", "b"]))[2] if self.perhaps(0.8) else base_logs.h("unknown blob")

    def cited(self):
        """`warrant` of a request, which need not be there."""
        out = {"ref": self.one(REFS)}
        if self.perhaps(0.3):
            out["court"] = self.one(COURTS)
        if self.perhaps(0.4):
            ref = self.reference("warrant")
            if ref:
                out.update(ref)
                if ref["entry"] in self.refs and self.perhaps(0.7):
                    out["ref"] = self.refs[ref["entry"]]
        return out

    # Entries

    def put(self, kind, make):
        n = len(self.log)
        make()
        self.kinds += [kind] * (len(self.log) - n)

    def overrides(self):
        """How an entry that could be good is spoilt."""
        out, log = {}, self.log
        if self.lie("times go back", 0.03):
            out["accept"] = log.clock - self.one([1, DAY, 100 * DAY])
        elif self.perhaps(0.15):
            out["accept"] = log.clock + self.one([0, DAY, 3 * DAY, 60 * DAY])
        if self.lie("skew", 0.03):
            out["at"] = self.one(["0001-01-01T00:00:00.000Z", "9999-12-31T23:59:59.999Z", log.clock - DAY])
        if self.ids and self.lie("an id twice", 0.04):
            out["ident"] = self.one(self.ids)
        if self.lie("under", 0.03) and len(log):
            out["under"] = self.one([log.entries[self.rng.randrange(len(log))].ref, {"entry": 2**53 - 1, "hash": base_logs.h("x")}, {"entry": len(log), "hash": base_logs.h("x")}])
        if self.lie("link or index", 0.02):
            out.update(self.one([{"link": sha256(b"no")}, {"index": 0}, {"index": 2**63 - 1}]))
        if self.lie("signature", 0.03):
            out["sign"] = crafted_signatures.flipped(self.one(list(KEYS.values())))
        if self.lie("form", 0.02):
            out["json_edit"] = self.one([lambda s: s[:-1] + ',"extra":1}', lambda s: s[:-1], lambda s: "[" + s + "]"])
        if self.lie("version", 0.01):
            out["version"] = "bitacora/v2"
        return out

    def record(self):
        log = self.log
        kind = self.one([k for k in base_logs.KINDS if k not in ("enroll", "revoke", "ruleset", "freeze")] + ["index"] * 2 + ["request"] * 8 + ["warrant"] * 3 + ["response"] * 4 + ["extension", "erasure"])
        signers = [s for s, kinds in MAY_SIGN.items() if kind in kinds.split() and s in self.signers]
        signer = self.one(sorted(self.signers)) if self.lie("role", 0.04) or not signers else self.one(signers)
        if self.honest and signer not in signers:
            return
        members = self.members(kind, signer)
        if any(v is None or v == [] for v in members.values()) or None in [s.get("to") for s in members.get("subjects", [])]:
            return
        entry = log.add(kind, KEYS[signer], {k: v for k, v in members.items() if v is not ...}, **self.overrides())
        if kind == "warrant":
            self.refs[entry.index] = members["ref"]
        self.ids.append("0198c0de-0000-7000-8000-%012x" % log.count)
        if self.lie("played in again", 0.02):
            self.kinds.append(kind)
            log.append_note(entry.note)
        self.kinds += [kind] * (len(log) - len(self.kinds))

    def registry(self):
        log, short = self.log, self.one(["q1", "h1", "j1", "o1", "q2", "j2", "a1"])
        what = self.rng.choice([0, 1, 2, 3, 3, 4] if len(log) > 15 else [0, 1, 2, 3])
        self.lies["registry"] += 1
        if what == 0:
            self.put("enroll", lambda: self.enrol(short))
        elif what == 1:
            self.put("revoke", lambda: log.add("revoke", KEYS[self.one(["r1", "r2", "q1"])], {"vkey": KEYS[short].vkey, "reason": self.one(["other", "key_compromise"]),
                                                                                              "since": self.time()}))
        elif what == 2:
            self.put("ruleset", lambda: log.add("ruleset", KEYS["r1"], {"name": "r", "version": "1", "from": self.time(), "sha256": base_logs.h("r")}))
        elif what == 4:
            self.put("freeze", lambda: log.add("freeze", KEYS[self.one(["log", "r1"])], {}))
        else:
            self.put("genesis", lambda: log.genesis([KEYS["r1"]], signer=self.one([None, KEYS["r1"]])))

    def raw(self):
        last = self.log.entries[-1].raw if self.log.entries else b"x"
        data = self.one([b"", b"x", bytes(400), last, last[:-1], last.replace(b"v1 entry", b"v1 entrada", 1)])
        self.lies["no entry"] += 1
        self.put(None, lambda: self.log.append_note(b"", raw=data))

    ROLES = {"o1": ("oversight", "mx.inai"), "q1": ("requester", "mx.fgr"), "h1": ("holder", "mx.telco"), "j1": ("judge", "mx.pjf.juzgado-1"), "q2": ("requester", "mx.fgr"),
             "j2": ("judge", "mx.pjf.juzgado-2"), "h2": ("holder", "mx.banco"), "a1": ("auditor", "mx.asf"), "q3": ("requester", "mx.fgj")}

    def enrol(self, short):
        role, authority = self.ROLES[short]
        more = {"function": self.one(["fiscal", "telecom", "x"])} if self.perhaps(0.3) else {}
        return base_logs.enrol(self.log, short, role, authority, level="local" if short == "q3" else "federal", members=more)

    def build(self):
        log, self.signers = self.log, {"r1"}
        if self.lie("no genesis", 0.03):
            self.put("enroll", lambda: log.enroll(KEYS["r1"], KEYS["x1"], "judge", "mx.x"))
        else:
            self.put("genesis", lambda: log.genesis([KEYS["r1"], KEYS["r2"]], 86_400))
            self.signers.add("log")
        log.label["o1"] = log.label["warrant"] = log.entries[0]                # none yet
        for short in ("o1", "q1", "h1", "j1", "j2", "h2", "q3", "a1"):
            if short == "o1" or not self.lie("somebody is not enrolled", 0.05):
                self.put("enroll", lambda: self.enrol(short))
                self.signers.add(short)
        if "o1" not in log.label:
            log.label["o1"] = log.entries[0]
        size = self.one([20, 40, 60, 60, 80, 270])
        while len(log) < size:
            chance = self.rng.random()
            if chance < 0.02 * self.rate:
                self.raw()
            elif chance < 0.06 * self.rate:
                self.registry()
            else:
                self.record()

    def build_matrix(self):
        log, self.rate, first = self.log, 0, {}
        log.genesis([KEYS["r1"], KEYS["r2"]], 86_400)
        for short in ("o1", "q1", "h1", "j1", "a1"):
            self.enrol(short)
        log.label["warrant"] = log.entries[0]              # none yet
        warrant = log.add("warrant", KEYS["j1"], {**base_logs.minimal(log, "warrant"), "ref": REFS[0]})
        request = log.add("request", KEYS["q1"], {**base_logs.minimal(log, "request"), "warrant": {"ref": REFS[0]}})
        log.label.update(warrant=warrant, request=request)
        kinds = [k for k in base_logs.KINDS if k not in ("index", "freeze")]       # a table covers what is there; a freeze ends all
        for kind in kinds:
            never = {"from": "9999-12-31T23:59:59.999Z"} if kind == "ruleset" else {}      # in force: its file is nowhere
            first[kind] = {"warrant": warrant, "request": request}.get(kind) or log.add(kind, KEYS[SIGNER[kind]], {**base_logs.full(log, kind, 1), **never})
        for kind in kinds:
            for about in kinds:
                for ref in (first[about].ref, {**first[about].ref, "hash": base_logs.h("no")}):
                    self.refer(kind, ref)

    def refer(self, kind, ref):
        """An entry of that kind, all of whose references are that one."""
        def to(value):
            if isinstance(value, dict):
                return {**ref, **({"ref": value["ref"]} if "ref" in value else {})} if "entry" in value else {k: to(v) for k, v in value.items()}
            return [to(v) for v in value] if isinstance(value, list) else value
        members = base_logs.full(self.log, kind, len(self.log))
        if to(members) != members:
            self.log.add(kind, KEYS[SIGNER[kind]], to(members))

    # Files

    def write(self, folder):
        log, n = self.log, len(self.log)
        self.short = self.rng.randrange(1, n)
        policy = policy_text(log.key)
        write_file(os.path.join(folder, "policy"), policy.encode())
        log.write(os.path.join(folder, "short"), size=self.short)
        files = log.files()
        for i in range(n):
            files["v1/receipts/%d" % i] = self.receipt(i)
        for name, data in self.blobs.items():
            files["v1/blobs/" + name] = data
        log.write(os.path.join(folder, "mirror"), files=files)
        write_file(os.path.join(folder, "o1.key"), KEYS["o1"].private_text().encode())
        os.chmod(os.path.join(folder, "o1.key"), 0o600)

    def path_to(self, index):
        leaves, out, low = self.log.leaves(), [], 0
        while len(leaves) > 1:
            k = 1 << (len(leaves) - 1).bit_length() - 1
            if index - low < k:
                out.append(tree_root(leaves[k:]))
                leaves = leaves[:k]
            else:
                out.append(tree_root(leaves[:k]))
                low, leaves = low + k, leaves[k:]
        return out[::-1]

    def receipt(self, index):
        extra, at, first = b"", index, True
        while True:
            raw = self.log.entries[at].raw
            extra += len(raw).to_bytes(2, "big") + raw
            if not first:
                path = self.path_to(at)
                extra += bytes([len(path)]) + b"".join(path)
            first = False
            try:
                under = json.loads(raw.split(b"\n\n", 1)[1].split(b"\n")[1])["under"]["entry"]
            except (ValueError, KeyError, IndexError, TypeError):
                break
            if not 0 <= under < at or under >= len(self.log):
                break
            at = under
        return ("c2sp.org/tlog-proof@v1\nextra %s\nindex %d\n" % (b64(extra), index)).encode() + b"".join(
            b64(h).encode() + b"\n" for h in self.path_to(index)) + b"\n" + self.log.checkpoint()


# ---- running ----------------------------------------------------------------------------------------------------------------

class Quiet(http.server.SimpleHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *args):
        pass

    def do_GET(self):
        self.path = self.path.split("?")[0]
        super().do_GET()


def serve(folder):
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(Quiet, directory=folder))
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return "http://127.0.0.1:%d" % server.server_address[1]


def plan(folder, liar, url):
    """Commands, and how their exit code goes with that of `replay`: see judged()."""
    rng, size = liar.rng, len(liar.log)
    dirs, online = ["--policy", "policy", "--dir", "mirror"], ["--policy", "policy", "--log", url]
    short = ["--policy", "policy", "--dir", "short"]
    language = ["--lang", rng.choice(["en", "es"])]
    receipt = lambda: "mirror/v1/receipts/%d" % rng.randrange(size)
    forms = [[], ["--json"], ["--html"]]
    yield ["replay", *dirs, "--json"], "replay"
    yield ["replay", *short, "--state", "state", "--evidence", "evidence.short"], "any"
    yield ["replay", *dirs, "--state", "state", "--evidence", "evidence"], "same"
    if os.path.exists(os.path.join(folder, "evidence")):
        yield ["verify-evidence", "--policy", "policy", "evidence"], "proven"
    yield ["audit", *dirs, "--json", "--all"], "like"
    yield ["audit", *dirs, *rng.choice([["--sarif"], ["--lang", "es"], ["--fail-on", "low"]])], "like"
    yield ["audit", *short, "--state", "audit"], "any"
    yield ["audit", *dirs, "--state", "audit", "--json"], "like"
    for form in forms:
        yield ["warrant", "check", rng.choice(REFS) if liar.seed != MATRIX else REFS[0], *dirs, *form, *language], "like"
    yield ["warrant", "check", rng.choice(REFS), *dirs, *rng.choice(forms), "--court", rng.choice(COURTS)], "like"
    for n, key in enumerate((["--warrant", rng.choice(REFS)], ["--holder", rng.choice(CODES["holder"])], ["--vkey", KEYS[rng.choice(["q1", "j1", "x1"])].vkey])):
        yield ["answer", *dirs, *key, "--out", "answer.%d" % n, *rng.choice([[], ["--tail"], ["--json"]])], "answer"
        if os.path.exists(os.path.join(folder, "answer.%d" % n)):
            yield ["verify", "--policy", "policy", "answer.%d" % n], "as before"
    yield ["warrant", "check", rng.choice(REFS), "--quick", *dirs, *language], "answer"
    for form in ["--html", "--csv", "--json"]:
        yield ["report", *dirs, "--from", "2026-01", "--to", "2027-06", form, "--by", rng.choice(["authority", "holder", "category", "basis", "state"]), "--out", "report" + form], "like"
        yield ["report", *dirs, "--check", "report" + form], "like"
    yield ["signers", *dirs, *rng.choice([["--json"], []])], "same"
    yield ["signers", *dirs, "--at", str(rng.choice([0, 1, size // 2, size, 2**53]))], "any"
    yield ["receipt", "show", "--policy", "policy", *rng.choice(forms), *language, receipt(), receipt(), receipt()], "any"
    yield ["verify", "--policy", "policy", "--json", receipt(), receipt()], "any"
    yield ["verify", *online, receipt()], "any"
    yield ["open", *online, "--key", "o1.key", receipt(), receipt()], "any"
    yield ["replay", *dirs, "--structure"], "structure"
    yield ["mirror", *online, "copy"], "as structure"
    for act in (["due", "--json"], ["due", "--out", "letters"], ["find", "--type", "curp", "--value", PEOPLE[0][1]]):
        yield ["notify", *act, *online, "--key", "o1.key"], "notify"


def judged(relation, code, replay, structure, before):
    """Whether an exit code goes with that of replay, of replay --structure, or of the command before."""
    if relation == "replay":
        return code in (0, 1, 3)
    if relation == "same":
        return code == replay
    if relation == "like":                                    # 3 also where a ruleset is lacking; 4 by --fail-on; 2: no report to check
        return code == replay or code == 2 or (replay == 0 and code in (3, 4))
    if relation == "notify":                                  # it also looks at what is newer, by receipts that may be bad
        return code in (0, 1, 2, 3) and (code != 0 or replay == 0)
    if relation == "answer":                                 # of few entries only; 3: there is no index, or an entry that it shows is not decided
        return code in (0, 1, 3) and (replay != 0 or code != 1)
    if relation == "as before":
        return code == before
    if relation == "structure":                              # it judges less
        return code == replay or code == 0
    if relation == "as structure":                           # a table of an index that is a lie is not copied, but told of
        return code == structure or code == replay == 1
    if relation == "proven":
        return code == 0
    return code in (0, 1, 2, 3)


def run(binary, folder, argv):
    env = {**os.environ, "ASAN_OPTIONS": "detect_leaks=1:exitcode=99:abort_on_error=0", "UBSAN_OPTIONS": "print_stacktrace=1:exitcode=99", "HOME": folder,
           "XDG_STATE_HOME": folder}
    try:
        done = subprocess.run([binary, *argv], cwd=folder, env=env, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, timeout=120, check=False)
    except subprocess.TimeoutExpired:
        return "time-out", ""
    return done.returncode, done.stderr.decode("utf-8", "replace")


def try_seed(binary, work, base, seed, keep):
    """Returns how many commands were run, and what went wrong."""
    folder = os.path.join(work, str(seed))
    shutil.rmtree(folder, ignore_errors=True)
    liar = Liar(seed)
    liar.write(folder)
    wrong, replay, structure, before, n = [], None, None, None, 0
    for argv, relation in plan(folder, liar, "%s/%d/mirror" % (base, seed)):
        code, err = run(binary, folder, argv)
        n += 1
        if relation == "replay":
            replay = code
            if liar.honest and code != 0:
                wrong.append("an honest log: exit %s" % code)
        structure = code if relation == "structure" else structure
        if not judged(relation, code, replay, structure, before):
            wrong.append("exit %s (replay: %s) of: %s\n%s" % (code, replay, " ".join(map(repr, argv)), err[-3000:]))
        before = code
    if not wrong and not keep:
        shutil.rmtree(folder)
    return n, wrong, liar, replay


def main():
    p = argparse.ArgumentParser()
    p.add_argument("binary")
    p.add_argument("work")
    p.add_argument("--seeds", nargs=2, type=int, default=[0, 30])
    p.add_argument("--seconds", type=int)
    p.add_argument("--keep", action="store_true")
    a = p.parse_args()
    os.makedirs(a.work, exist_ok=True)
    work, binary = os.path.abspath(a.work), os.path.abspath(os.path.join(a.binary, "bitacora") if os.path.isdir(a.binary) else a.binary)
    base, first = serve(work), a.seeds[0] if a.seconds is None else int(time.time()) * 1000
    end = None if a.seconds is None else time.time() + a.seconds
    numbers = [MATRIX, *range(first, first + a.seeds[1])] if end is None else iter(lambda n=iter(range(first, first + 10**9)): next(n) if time.time() < end else None, None)
    tested, failed, commands_run, lies, codes = 0, 0, 0, collections.Counter(), collections.Counter()
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count() or 2) as pool:
        for seed, (n, wrong, liar, replay) in in_order(pool, lambda s: try_seed(binary, work, base, s, a.keep), numbers):
            tested, commands_run = tested + 1, commands_run + n
            lies += liar.lies
            codes[replay] += 1
            failed += bool(wrong)
            print("%sok %d - log %d%s" % ("not " if wrong else "", tested, seed, "" if not wrong else ": " + wrong[0].replace("\n", "\n# ")), flush=True)
    print("# %d commands; exits of replay: %s; lies: %s" % (commands_run, dict(codes), dict(lies)))
    print("1..%d" % tested)
    return 1 if failed or not tested else 0


def in_order(pool, work, numbers):
    """As map(), but a few ahead only: there may be no end of them."""
    waiting = collections.deque()
    for s in numbers:
        waiting.append((s, pool.submit(work, s)))
        if len(waiting) > 4:
            s, f = waiting.popleft()
            yield s, f.result()
    for s, f in waiting:
        yield s, f.result()


if __name__ == "__main__":
    sys.exit(main())
