#!/usr/bin/python3
"""Every kind of record, who may sign it and what its members are, once more: written from docs/FORMATS.md (sections 1, 5, 9, 17, 19)
alone, in another language, and held against the daemon and the client, case by case.

    vocabulary.py WORK URL ORIGIN RULESET CLIENT
        A log is served at URL; WORK holds its `policy` and its registrar's `registrar.key`; RULESET is the file of the built-in ruleset.
        Enrols a key for each role, puts blobs, appends one record of each kind to refer to; then gives every case of every kind, by
        every role, to the daemon (signed here, in batches) and to `CLIENT submit --check`. TAP, a line for each kind and role.

schema.py holds the same cases against the JSON Schemas.
"""
import base64
import copy
import json
import os
import subprocess
import sys
import time
import urllib.error
import urllib.request
import uuid

sys.dont_write_bytecode = True
from writer import Key, b64, leaf_hash, sha256, sign_note, when, write_file

# ---- section 5, written down again ------------------------------------------------------------------------------------------------
#
# "name type": `?` behind the name: may be absent, `&`: both or neither; `[]` behind the type: a list of it; `:` and what vocabulary a
# code is of, or what kind a ref points at.

COMMON = "id uuid; at time; under under"

OBJECTS = {
    "case": "scheme code:case_scheme; number text",
    "subject": "type code:subject_type; commit hash; sealed blob; to ref:enroll",
    "note": "commit hash; sealed blob; to ref:enroll",
    "purpose": "code code:purpose; note? note",
    "notify": "after time",
    "recipient": "country country; authority code",
    "checkpoint": "size integer; root hash",
    "predecessor": "origin name; vkey vkey; size count; root hash; proof? sig",
    "successor": "origin name; vkey vkey",
    "table": "entries count; rows integer; root hash",
    "named": "ref text; court? code; entry?& integer; hash?& hash",
    "window": "from time; until time",
    "ref": "entry integer; hash hash",
}

KINDS = {
    "genesis": ("", "at time; origin name; vkey vkey; registrars vkey[]; skew? skew; predecessor? predecessor"),
    "enroll": ("registrar", "vkey vkey; role role; authority code; level code:level; name text; function? code:function_or_sector;"
               "jurisdiction? text; from? time; until? time; proof? sig; display? text; designation? text; binding? hash"),
    "revoke": ("registrar", "vkey vkey; reason reason; since? time"),
    "ruleset": ("registrar", "name text; version text; from time; sha256 rulesetfile"),
    "warrant": ("judge", "ref text; matter code:matter; used_by code[]; case? case; categories code[]:category; subjects? subject[];"
                "holders? code[]; window window; data_window? window; document? hash"),
    "extension": ("judge", "warrant ref:warrant; until time"),
    "ratification": ("judge", "request ref:request; result result; categories? code[]:category"),
    "deferral": ("judge", "request ref:request; until time; reason code:deferral_reason"),
    "erasure": ("judge", "blob hash; order hash"),
    "anchor": ("judge oversight auditor", "checkpoint checkpoint; token? token; index? ref:index"),
    "request": ("requester", "authority code; function code:function; level code:level; holder code; source code:source;"
                "categories code[]:category; basis code:basis; warrant? named; ground? code:ground; case? case; purpose purpose;"
                "subjects? subject[]; persons integer; data_window? window; term? time; automated? bool; notify? notify"),
    "judicial_notice": ("requester", "request ref:request; fulfilled_at time; notified_at time"),
    "transfer": ("requester", "requests ref[]:request; recipient recipient; instrument? text"),
    "product": ("requester", "requests ref[]:request; class code:product_class; digest? hash"),
    "closing": ("requester", "warrant ref:warrant; executed window"),
    "destruction": ("requester holder", "requests? ref[]:request; blobs? hash[]; order? hash"),
    "notice": ("requester oversight", "request ref:request; delivered_at time; means code:means"),
    "correction": ("requester holder oversight", "about ref:any; cause code:cause; note? note"),
    "error_report": ("oversight", "about ref:any; cause code:cause; note? note"),
    "response": ("holder", "request? ref:request; holder code; outcome code:outcome; received_at time; answered_at? time;"
                 "records? integer; digest? hash"),
    # these three, and genesis, by the log's own key
    "index": ("", "version count; tables table[]"),
    "access": ("", "version count; interval window; count integer; root hash"),
    "freeze": ("", "successor? successor"),
}
MOST = {"tables": 32}                       # items of a list; of others 256

WORDS = {
    "role": ["registrar", "judge", "requester", "holder", "oversight", "auditor"],
    "reason": ["key_compromise", "left_office", "superseded", "other"],
    "result": ["total", "partial", "refused"],
}

ROLES = {  # whom the cases' signers act for: authority, level
    "registrar": ("mx.registro", "federal"), "judge": ("mx.juzgado", "federal"), "requester": ("mx.fgr", "federal"),
    "holder": ("mx.telco", "federal"), "oversight": ("mx.inai", "federal"), "auditor": ("mx.asf", "federal"),
}


class Member:
    def __init__(self, text):
        name, kind = text.split()
        self.name = name.rstrip("?&")
        self.optional, self.paired = "?" in name, "&" in name
        kind, _, self.of = kind.partition(":")
        self.array = kind.endswith("[]")
        self.type = kind[:-2] if self.array else kind

    def inner(self):
        """The members of one of it, if it is an object."""
        return members(OBJECTS[{"under": "ref"}.get(self.type, self.type)]) if self.is_object() else []

    def is_object(self):
        return self.type in OBJECTS or self.type == "under"


def members(text):
    return [Member(m) for m in text.split(";")]


def members_of(kind):
    return ([] if kind == "genesis" else members(COMMON)) + members(KINDS[kind][1])


def read_codes(path):
    """The codes of each vocabulary, section 19, and the aliases of each."""
    with open(path, encoding="utf-8") as f:
        file = json.load(f)
    codes = {name: list(codes) for name, codes in file["codes"].items()}
    codes["category"] = list(file["categories"])
    codes["function_or_sector"] = codes["function"] + codes["sector"]
    aliases = {v: [a for a, code in file["aliases"].items() if code in codes[v]] for v in codes}
    return codes, aliases


# ---- good and wrong values of each type --------------------------------------------------------------------------------------------

T0, T1 = "2026-01-01T00:00:00.000Z", "2026-06-30T12:30:59.999Z"
HASH = b64(bytes(range(32)))
JUNK = [None, 1, True, [], {}, ["x"], {"x": 1}, "", "null"]
FORBIDDEN = ["\u0000", "\u0009", "\u000a", "\u001f", "\u007f", "\u0085", "\u009f", "\u061c", "\u200e", "\u200f", "\u202a", "\u202e", "\u2066",
             "\u2069", "\ud800", "\udfff", "\ufdd0", "\ufdef", "\ufffe", "\uffff", "\U0001fffe", "\U0010ffff"]
NEIGHBOURS = [" ", "~", "\u00a0", "\u061b", "\u061d", "\u200d", "\u2010", "\u2029", "\u202f", "\u2065", "\u206a", "\ud7ff", "\ue000", "\ufdcf",
              "\ufdf0", "\ufffd", "\U00010000", "\U0001fffd", "\U0010fffd"]
UNSPELT = set("\u00a0\u200d\u2029\u202f\u2065\u206a\ud7ff\ue000\U0001fffd\U0010fffd")    # of these, what FORMATS 5.5 does not take

GOOD = {
    "code": ["A", "9", "a.b-c_d", "x" * 64],
    "text": ["x", "x" * 256, "\u00e9" * 128, "\U0001f512" * 64, "null", "a\\n \"b\""] + ["a%sb" % c for c in NEIGHBOURS],
    "time": ["2024-02-29T23:59:59.999Z", "2000-02-29T00:00:00.000Z", "0001-01-01T00:00:00.000Z", "0004-02-29T00:00:00.000Z",
             "9999-12-31T23:59:59.999Z", "1900-02-28T00:00:00.000Z", "2026-04-30T10:09:08.007Z"],
    "integer": [0, 1, 2 ** 53 - 1],
    "count": [1, 2 ** 53 - 1],
    "skew": [1, 86400],
    "bool": [True, False],
    "hash": [b64(bytes(32)), b64(b"\xff" * 32), b64(sha256(b"x"))],
    "sig": [b64(bytes(64)), b64(b"\xff" * 64)],
    "token": ["AA==", "AAA=", "AAAA", "AAAAAA==", "+/+/", "A" * 16384, "A" * 16380 + "AA=="],
    "name": ["a", "0", "a" * 128, "log.example/x_y-z"],
    "country": ["ZZ", "AA"],
}
WRONG = {
    "code": ["x" * 65, "a b", ".a", "-a", "_a", "a/b", "a:b", "\u00f1", "a\n", "\na", " a", "a\u0000"],
    "text": ["x" * 257, "\u00e9" * 128 + "x", "\U0001f512" * 64 + "x"] + ["a%sb" % c for c in FORBIDDEN] + ["x\n", "\u202e"],
    "time": ["2026-02-29T00:00:00.000Z", "1900-02-29T00:00:00.000Z", "2100-02-29T00:00:00.000Z", "2024-02-30T00:00:00.000Z",
             "2026-04-31T00:00:00.000Z", "2026-13-01T00:00:00.000Z", "2026-00-01T00:00:00.000Z", "2026-01-00T00:00:00.000Z",
             "2026-01-32T00:00:00.000Z", "0000-01-01T00:00:00.000Z", "0000-02-29T00:00:00.000Z", "2026-01-01T24:00:00.000Z",
             "2026-01-01T00:60:00.000Z", "2026-01-01T23:59:60.000Z", "2026-01-01T00:00:00Z", "2026-01-01T00:00:00.00Z",
             "2026-01-01T00:00:00.0000Z", "2026-01-01T00:00:00.000", "2026-01-01T00:00:00.000z", "2026-01-01t00:00:00.000Z",
             "2026-01-01 00:00:00.000Z", "2026-01-01T00:00:00,000Z", "2026-01-01T00:00:00.000+00:00", "2026-01-01T00:00:00.000Z\n",
             "2026-01-01T00:00:00.000Z ", " 2026-01-01T00:00:00.000Z", "+2026-01-01T00:00:00.000Z", "2026-1-1T00:00:00.000Z",
             "20260101T000000.000Z", "\uff12026-01-01T00:00:00.000Z", "2026-01-01T00:00:0\u0660.000Z"],
    "uuid": ["0198c0de-0000-7000-8000-00000000000", "0198c0de-0000-7000-8000-0000000000001", "0198C0DE-0000-7000-8000-000000000001",
             "0198c0de00007000800000000000000001", "{0198c0de-0000-7000-8000-000000000001}", "0198c0dg-0000-7000-8000-000000000001",
             "0198c0de-0000-7000-80000-00000000001", "0198c0de-0000-7000-8000-000000000001\n", "0198c0de-00007000-8000-0000-00000000001"],
    "integer": [-1, 1.5, "1", 2 ** 53, 2 ** 63, 2 ** 64, "0x1", [1]],
    "count": [0, -1, 1.5, "1", 2 ** 53],
    "skew": [0, 86401, "600", 1.5, -1],
    "bool": [0, "true", "false"],
    "hash": [b64(bytes(31)), b64(bytes(33)), b64(bytes(64)), "A" * 43, "A" * 44, "A" * 42 + "B=", "A" * 42 + "==", "A" * 43 + "= ", "A" * 43 + "=\n",
             "_" * 43 + "=", "A" * 40 + "\n" + "AAA=", "0" * 64, "\u00c1" + "A" * 42 + "=", "A" * 42 + "A\n"],
    "sig": [b64(bytes(63)), b64(bytes(65)), b64(bytes(32)), "A" * 88, "A" * 85 + "B==", "A" * 85 + "Q=", "A" * 86 + "==\n", "-" * 86 + "=="],
    "token": ["A", "AA", "AAA", "AA=", "A===", "====", "=AAA", "AB==", "AAB=", "AAAA=", "AA==AAAA", "AAAA\n", "AAA\n", "A-_A", "AA A", "AAAAA",
              "A" * 16388, "A" * 16385, "AAAA====", "\u00c1AAA"],
    "name": ["a" * 129, "A", "-a", ".a", "/a", "_a", "a+b", "a b", "a\n", "\u00e9", "aA"],
    "country": ["mx", "Mx", "M", "MEX", "M1", "MX\n", "\nM", "\u00d1A", " MX"],
}
GOOD["vkey"], WRONG["vkey"] = GOOD["text"], WRONG["text"]
for name in ("blob", "rulesetfile"):
    GOOD[name], WRONG[name] = [b64(sha256(b"nobody put this"))], WRONG["hash"]
WRONG["ref"] = WRONG["under"] = ["x", [0, HASH], {"entry": 0}, {"hash": HASH}]
for name, words in WORDS.items():
    GOOD[name] = words
    WRONG[name] = [words[0].upper(), words[0] + "\n", " " + words[0], "log", "none", words[0][:-1]]
FIRST = {"code": "mx.x", "text": "FED/1/2026", "time": T0, "integer": 1, "count": 1, "skew": 600, "bool": True, "hash": HASH, "sig": b64(bytes(64)),
         "token": b64(b"a token"), "name": "log.example/x", "country": "MX"}


def is_wrong(member, value):
    """Whether a value that is wrong for most types is wrong for this one."""
    if value == "null":
        return member.type not in ("text", "vkey", "code", "token", "name")
    if value is True:
        return member.type != "bool"
    return value != 1 or member.type not in ("integer", "count", "skew")


# ---- cases -------------------------------------------------------------------------------------------------------------------------

OK, FORM, ROLE, ENROLMENT, REFERENCE = "ok", "form", "role", "enrolment", "reference"
TEXT, BLOB, CODE, SKEW = "text", "blob", "code", "skew"
FILLED_IN = "missing, but for the client"


class Case:
    """A record's object and what comes of it. `what`: the daemon's answer to a signer whose role allows the kind; `schema`: whether
    a schema accepts the object; `client`: what --check says, where that is not the same (None: it is not asked). `early`: told before
    the role is looked at."""

    def __init__(self, kind, label, record, what, schema=None, client=..., early=False):
        self.kind, self.label, self.record, self.what, self.early = kind, label, record, what, early or what in (FORM, "too_large")
        self.schema = what not in (FORM, CODE) if schema is None else schema
        self.client = client if client is not ... else {BLOB: OK, SKEW: OK}.get(what, what)

    def expected(self, role):
        """(daemon, client) for a signer of that role."""
        daemon, client = self.what, self.client
        if not KINDS[self.kind][0]:                                  # nobody submits what is the log's
            daemon = daemon if daemon in (FORM, "too_large") else ROLE
            if self.kind == "genesis":
                return daemon, (client and FORM)
            return daemon, (client if client in (None, FORM, "too_large") or (self.early and client != OK) else ROLE)
        if role not in KINDS[self.kind][0].split():
            daemon = daemon if self.early else ROLE
            client = client if client in (None, FORM, "too_large") or (self.early and client != OK) else ROLE
        return daemon, client


# What the signer fills in. (A copy of the inner object is made before anything is put into it.)
SIGNERS = {"id": "ID", "at": "AT", "under": {"entry": "UNDER", "hash": "UNDER"}}


class World:
    """What the cases refer to. Made up here, and replaced by what is in a real log there."""

    def __init__(self, codes, aliases):
        self.codes, self.aliases = codes, aliases
        self.ref = {kind: {"entry": n, "hash": HASH} for n, kind in enumerate(KINDS)}
        self.under = {role: {"entry": 0, "hash": HASH} for role in ROLES}
        self.origin = "log.example/x"
        self.blob = HASH
        self.ruleset = {"name": "mx", "version": "1", "from": T0, "sha256": b64(bytes(32))}
        self.counter = 0

    def fresh(self):
        self.counter += 1
        return Key("nuevo.example/k%d" % self.counter)

    def has(self, member):
        """Whether a reference has anything to point at."""
        return member.type != "ref" or member.of == "any" or member.of in self.ref

    def good(self, member):
        """The usual value of a member."""
        if member.array:
            return [self.one(member)]
        return self.one(member)

    def one(self, member):
        t = member.type
        if t == "code" and member.of:
            return self.codes[member.of][0]
        if t in WORDS:
            return WORDS[t][0]
        if t == "ref":
            return dict(self.ref["request" if member.of == "any" else member.of])
        if t == "window":
            return {"from": T0, "until": T1}
        if t in ("blob", "rulesetfile"):
            return self.blob
        if t == "vkey":
            return "x"
        if t in OBJECTS:
            return {m.name: self.good(m) for m in members(OBJECTS[t]) if not m.optional}
        return FIRST[t]

    def record(self, kind, full):
        """A good record: the fewest members or all of them. id, at and under are filled in when it is signed."""
        record = {} if kind == "genesis" else dict(SIGNERS)
        for m in members(KINDS[kind][1]):
            if (full or not m.optional) and self.has(m):
                record[m.name] = self.good(m)
                if full and m.type in OBJECTS:
                    for one in record[m.name] if m.array else [record[m.name]]:
                        one.update({i.name: self.good(i) for i in m.inner() if i.optional})
        if kind == "genesis":
            record.update(at="AT", origin=self.origin, vkey=Key(self.origin).vkey, registrars=[self.fresh().vkey])
        elif kind == "enroll":
            key = self.fresh()
            record.update(vkey=key.vkey, name=key.name, **({"proof": key.possession(self.origin)} if full else {}))
        elif kind == "revoke":
            record.update(vkey="REVOKE")
        elif kind == "ruleset":
            record.update(self.ruleset)
        elif kind == "request":
            record.update(zip(("authority", "level"), ROLES["requester"]))
            if full:
                record["warrant"].update(self.ref["warrant"])
        elif kind == "response":
            record["holder"] = ROLES["holder"][0]
        return record


def put(record, path, value):
    """A copy with a value (...: nothing) at a path of names and numbers."""
    out = copy.deepcopy(record)
    at = out
    for step in path[:-1]:
        at = at[step]
    if value is ...:
        del at[path[-1]]
    else:
        at[path[-1]] = value
    return out


def get(record, path):
    for step in path:
        record = record[step]
    return record


def too_many_bytes(value):
    """Section 5.4: what a schema lets pass, as it counts characters."""
    return isinstance(value, str) and len(value) <= 256 < len(value.encode(errors="replace"))


def show(path, value=...):
    text = ".".join(str(step) for step in path)
    if value is ...:
        return text
    value = json.dumps(value)
    return "%s = %s" % (text, value if len(value) < 60 else value[:50] + "\u2026%d" % len(value))


class Maker:
    """All cases of a kind, about its full record."""

    def __init__(self, world, kind):
        self.world, self.kind, self.cases = world, kind, []
        self.top = members_of(kind)

    def base(self):
        return self.world.record(self.kind, True)

    def add(self, label, record, what, **more):
        self.cases.append(Case(self.kind, label, record, what, **more))

    def set(self, path, value, what, **more):
        self.add(show(path, value), put(self.base(), path, value), what, **more)

    def make(self):
        self.add("the fewest members", self.world.record(self.kind, False), OK)
        self.add("all members", self.base(), OK)
        self.object((), self.top)
        self.own()
        return self.cases

    def object(self, path, list_of_members):
        """What goes wrong in an object at a path, and in its members."""
        for name in ("colour", "Id", "from ", "\u00e1", "kind_"):
            self.set(path + (name,), "red", FORM)
        for m in list_of_members:
            here = path + (m.name,)
            if not self.world.has(m):
                self.dangling(here)
                continue
            if m.paired:
                self.add("without both", put(put(self.base(), path + ("entry",), ...), path + ("hash",), ...), OK)
                self.add(show(here) + " without the other", put(self.base(), here, ...), FORM)
            elif m.optional:
                self.add("without " + show(here), put(self.base(), here, ...), OK)
            else:
                more = {"client": OK} if path == () and m.name in ("id", "at", "under") and self.kind != "genesis" else {}
                self.add("without " + show(here), put(self.base(), here, ...), FORM, **more)
            if m.array:
                self.array(here, m)
            self.value(here + ((0,) if m.array else ()), m)

    def dangling(self, path):
        """A reference to a kind of which the log has no entry."""
        for value in WRONG["ref"] + [v for v in JUNK if v != []]:
            self.set(path, value, FORM)
        for other in self.world.ref.values():
            self.set(path, dict(other), REFERENCE)

    def array(self, path, m):
        one = self.world.one(m)
        self.set(path, [], FORM)
        for value in (None, 1, "x", {}, one, [None], [one, None], [one, []], [[one]]):
            self.set(path, value, FORM)
        if m.type == "subject":                # the record's text would be over its cap
            self.set(path, [one] * 60, OK)
            self.set(path, [one] * 256, "too_large", schema=True)
            self.set(path, [one] * 257, "too_large", schema=False)
        else:
            self.set(path, [one] * MOST.get(m.name, 256), OK)
            self.set(path, [one] * (MOST.get(m.name, 256) + 1), FORM)

    def value(self, path, m):
        values = WRONG.get(m.type, []) + [v for v in JUNK if is_wrong(m, v)]
        if m.type == "note":                   # the client takes a text, and seals it
            values = [v for v in values if not isinstance(v, str)]
            for text in ("", "x"):
                self.set(path, text, FORM, client=None)
        for value in values:
            self.set(path, value, FORM, schema=too_many_bytes(value))
        if m.type == "window":
            self.window(path)
        elif m.type == "ref":
            self.reference(path, m.of)
        elif m.of:
            self.codes(path, m.of)
        elif path not in (("id",), ("at",)):
            for value in GOOD.get(m.type, []):
                self.good(path, m, value)
        if m.type == "blob":
            self.set(path, self.world.ruleset["sha256"], BLOB)
        if m.is_object():
            self.object(path, m.inner())

    def good(self, path, m, value):
        """A value that has the form of its type; some say more than their form."""
        what, more = OK, {}
        where = show(path)
        if self.kind == "enroll" and where in ("vkey", "name", "proof") or self.kind == "revoke" and where == "vkey" or \
                self.kind == "request" and where == "authority" or self.kind == "response" and where == "holder":
            what = ENROLMENT
        elif m.type == "text" and UNSPELT & set(value):
            what = TEXT                                   # the log has the form; nobody signs or takes it any more
        elif self.kind == "ruleset" and where in ("name", "version", "sha256") or m.type == "blob":
            what, more = BLOB, {"client": BLOB if self.kind == "ruleset" else OK}      # whose file the client fetches
        elif where in ("warrant.entry", "warrant.hash") or (len(path) > 1 and path[-1] in ("entry", "hash") and path[-2] != "under"):
            what = REFERENCE
        elif len(path) > 1 and path[-2] == "under":
            what, more = ENROLMENT, {"early": True}
            value = value + 10 ** 6 if value in (0, 1) else value      # not what it is
        elif len(path) > 1 and path[-1] in ("from", "until"):
            return                                        # windows have cases of their own
        self.set(path, value, what, **more)

    def codes(self, path, vocabulary):
        known = self.world.codes[vocabulary] + self.world.aliases[vocabulary]
        level = self.kind == "request" and show(path) == "level"       # its signer's, before it is a code
        for code in known:
            self.set(path, code, ENROLMENT if level and code != ROLES["requester"][1] else OK)
        other = [c for v in self.world.codes for c in self.world.codes[v][:1] if c not in known]
        for code in ["no-such-code", known[0].upper(), known[0] + ".", "null", "x" * 64] + other:
            if code not in known:
                self.set(path, code, ENROLMENT if level else CODE, schema=False)
        if isinstance(path[-1], int):
            self.add("%s and an unknown one" % show(path), put(self.base(), path[:-1], [known[0], "no-such-code"]), CODE)
            self.add("%s and another" % show(path), put(self.base(), path[:-1], [known[0], known[-1]]), OK)

    def window(self, path):
        for a, b in [(T0, T0), (T1, T0), ("9999-12-31T23:59:59.999Z", "0001-01-01T00:00:00.000Z")] + \
                [(digit(n, "5"), digit(n, "4")) for n in DIGITS] + [(digit(n, "4", "9"), digit(n, "3")) for n in DIGITS]:
            if is_time(a) and is_time(b):
                self.set(path, {"from": a, "until": b}, FORM)
        for a, b in [("0001-01-01T00:00:00.000Z", "9999-12-31T23:59:59.999Z"), ("2026-02-28T23:59:59.999Z", "2026-03-01T00:00:00.000Z")] + \
                [(digit(n, "4"), digit(n, "5")) for n in DIGITS] + [(digit(n, "0", "9"), digit(n, "1", "0")) for n in DIGITS]:
            if is_time(a) and is_time(b):
                self.set(path, {"from": a, "until": b}, OK)

    def every_digit(self, path):
        """Each pair of neighbours as the first digits to differ, each digit among those before: once for all windows."""
        for n in DIGITS:
            for d in range(10):
                same, last = digit(n, str(d)), digit(n, str(d))[:22] + "2Z"
                pairs = [(digit(n, str(d)), digit(n, str(d + 1)))] if d < 9 else [(digit(n, "0"), digit(n, "9"))]
                for a, b in pairs + ([(same, last)] if n != DIGITS[-1] else []):
                    if is_time(a) and is_time(b):
                        self.set(path, {"from": a, "until": b}, OK)
                        self.set(path, {"from": b, "until": a}, FORM)

    def reference(self, path, target):
        ref = get(self.base(), path)
        for value in ({"entry": 10 ** 9, "hash": ref["hash"]}, {"entry": 2 ** 53 - 1, "hash": HASH}, dict(ref, hash=b64(bytes(32)))):
            self.set(path, value, REFERENCE)
        for kind, other in sorted(self.world.ref.items()):
            right = target in (kind, "any")
            self.add("%s is a %s" % (show(path), kind), put(self.base(), path, dict(other)), OK if right else REFERENCE)
        if isinstance(path[-1], int):
            self.add("%s and one that dangles" % show(path), put(self.base(), path[:-1], [ref, dict(ref, entry=10 ** 9)]), REFERENCE)

    def own(self):
        """What one kind has to itself."""
        if self.kind != "genesis":
            self.set(("at",), "2020-01-01T00:00:00.000Z", SKEW)
            self.set(("at",), "2099-01-01T00:00:00.000Z", SKEW)
            self.set(("under",), dict(self.world.ref["warrant"]), ENROLMENT, early=True)
            for ident in ("00000000-0000-1000-8000-%012x", "ffffffff-ffff-ffff-ffff-%012x"):
                self.world.counter += 1
                self.set(("id",), ident % self.world.counter, OK)
        if self.kind == "enroll":
            key, base = self.world.fresh(), self.base()
            for label, edit in (("of another name", dict(vkey=key.vkey)), ("name and key differ", dict(name=key.name)),
                                ("another's proof", dict(proof=key.possession(self.world.origin))),
                                ("a proof for another log", dict(proof=self.world.fresh().possession("log.example/other")))):
                self.add(label, dict(base, **edit), ENROLMENT)
            for vkey in (key.vkey[:-1], key.vkey.replace("+", "-"), key.vkey + "=", Key("UPPER.example").vkey, Key(key.name, kind=4).vkey):
                self.add("vkey " + vkey[:60], dict({k: v for k, v in base.items() if k != "proof"}, vkey=vkey, name=vkey.split("+")[0]),
                         ENROLMENT)
            self.add("a key twice", dict(self.world.record("enroll", False), vkey="AUDITOR", name="AUDITOR"), ENROLMENT)
        if self.kind == "revoke":
            self.set(("vkey",), Key("nadie.example").vkey, ENROLMENT)
            self.set(("vkey",), "SELF", ENROLMENT)
            self.set(("vkey",), "REVOKED", ENROLMENT)
        if self.kind == "ruleset":
            self.set(("sha256",), self.world.blob, BLOB, client=BLOB)
        if self.kind == "closing":
            self.every_digit(("executed",))
        if self.kind == "request":
            self.set(("warrant",), {"ref": "nobody knows"}, OK)
            for kind, other in sorted(self.world.ref.items()):
                self.set(("warrant",), dict(other, ref="x"), OK if kind == "warrant" else REFERENCE)


DIGITS = [0, 1, 2, 3, 5, 6, 8, 9, 11, 12, 14, 15, 17, 18, 20, 21, 22]


def digit(n, value, behind=None):
    """A time with a digit at a place and, if asked for, others behind it."""
    text = list("1111-11-11T11:11:11.111Z")
    text[n] = value
    for i in DIGITS:
        if behind is not None and i > n:
            text[i] = behind
    return "".join(text)


def is_time(text):
    import datetime
    try:
        datetime.datetime.strptime(text, "%Y-%m-%dT%H:%M:%S.%fZ")
        return not text.startswith("0000") and text[17:19] != "60" and text[17:19] != "61"
    except ValueError:
        return False


def all_cases(world):
    return {kind: Maker(world, kind).make() for kind in KINDS}


# ---- a real log --------------------------------------------------------------------------------------------------------------------

def read_key(path):
    with open(path, encoding="ascii") as f:
        name, _, private = f.read().strip()[len("PRIVATE+KEY+"):].split("+", 2)
    return Key(name, base64.b64decode(private)[1:])


class Service:
    def __init__(self, url, origin):
        self.url, self.origin = url, origin

    def http(self, method, path, body=None, headers={}):
        request = urllib.request.Request(self.url + path, data=body, method=method, headers=headers)
        try:
            with urllib.request.urlopen(request, timeout=60) as answer:
                return answer.status, answer.read()
        except urllib.error.HTTPError as e:
            return e.code, e.read()

    def size(self):
        return json.loads(self.http("GET", "/healthz")[1])["size"]

    def entry(self, index):
        """{entry, hash} of an entry, from its receipt."""
        status, receipt = self.http("GET", "/v1/receipts/%d" % index)
        assert status == 200, (status, receipt)
        extra = base64.b64decode(receipt.split(b"\n")[1][len("extra "):])
        return {"entry": index, "hash": b64(leaf_hash(extra[2:2 + int.from_bytes(extra[:2], "big")]))}

    def batch(self, notes):
        """The answers, each an index or the code of a refusal, to any number of notes."""
        out, at = [], 0
        while at < len(notes):
            body, n = b"", 0
            while at + n < len(notes) and n < 1000 and len(body) + 2 + len(notes[at + n]) <= 4 * 1024 * 1024:
                body += len(notes[at + n]).to_bytes(2, "big") + notes[at + n]
                n += 1
            status, answer = self.http("POST", "/v1/records", body, {"Content-Type": "application/octet-stream"})
            if status == 503:                     # more than its queue holds
                time.sleep(0.5)
                continue
            assert status == 200, (status, answer[:300])
            lines = [json.loads(line) for line in answer.splitlines()]
            assert len(lines) == n
            out += [line.get("index", line.get("error")) for line in lines]
            at += n
        return out

    def append(self, note):
        (index,) = self.batch([note])
        assert isinstance(index, int), (index, note)
        return self.entry(index)

    def put(self, blob, key, under):
        now, path = int(time.time() * 1000), "/v1/blobs/" + sha256(blob).hex()
        text = {"origin": self.origin, "under": under, "from": when(now - 60_000), "until": when(now + 180_000), "method": "PUT", "path": path}
        token = sign_note(("bitacora/v1 token\n%s\n" % json.dumps(text)).encode(), key)
        status, answer = self.http("PUT", path, blob, {"Authorization": "Bearer " + b64(token)})
        assert status in (200, 201), (status, answer)
        return b64(sha256(blob))


class Log(World):
    def __init__(self, work, url, origin, ruleset):
        super().__init__(*read_codes(ruleset))
        self.revocable, self.revoked = [], None
        self.work, self.service, self.origin = work, Service(url, origin), origin
        registrar = read_key(os.path.join(work, "registrar.key"))
        self.under["registrar"] = self.service.entry(0)
        self.keys = {role: Key("%s.example/uno" % role) for role in ROLES}
        self.keys["registrar"] = registrar
        for role in ROLES:
            if role != "registrar":
                self.under[role] = self.enrol(self.keys[role], role)
        for role, key in self.keys.items():
            write_file(os.path.join(work, role + ".key"), key.private_text().encode())
            os.chmod(os.path.join(work, role + ".key"), 0o600)
        with open(ruleset, "rb") as f:
            file = f.read()
        self.blob = self.service.put(b"\x01" * 560, self.keys["judge"], self.under["judge"])
        named = json.loads(file)
        self.ruleset = {"name": named["name"], "version": named["version"], "from": T0,
                        "sha256": self.service.put(file, registrar, self.under["registrar"])}
        self.revoked = self.make_revocable(1)[0]
        self.populate()

    def enrol(self, key, role):
        authority, level = ROLES[role]
        return self.service.append(self.sign("registrar", "enroll", {
            **SIGNERS, "vkey": key.vkey, "role": role, "authority": authority, "level": level,
            "name": key.name, "proof": key.possession(self.origin)}))

    def make_revocable(self, n):
        keys = [self.fresh() for _ in range(n)]
        answers = self.service.batch([self.sign("registrar", "enroll", dict(
            self.record("enroll", False), vkey=k.vkey, name=k.name)) for k in keys])
        assert all(isinstance(a, int) for a in answers), answers
        return [k.vkey for k in keys]

    def populate(self):
        """One entry of each kind, in an order in which each finds what it refers to."""
        for kind in [k for k in KINDS if k != "genesis" and not KINDS[k][0]]:
            del self.ref[kind]                                     # the daemon writes none of them
        self.ref["genesis"], self.ref["enroll"] = self.under["registrar"], self.under["oversight"]
        first = ["warrant", "request"]
        for kind in first + [k for k in KINDS if KINDS[k][0] and k not in first + ["enroll"]]:
            record = self.record(kind, False)
            if kind == "revoke":
                record["vkey"] = self.revoked
            self.ref[kind] = self.service.append(self.sign(KINDS[kind][0].split()[0], kind, record))

    def complete(self, role, record):
        """Fills in what is the signer's."""
        out = dict(record)
        key = self.keys[role]
        marks = {"ID": str(uuid.uuid4()), "AT": when(int(time.time() * 1000)), "SELF": key.vkey, "REVOKED": self.revoked,
                 "AUDITOR": self.keys["auditor"].vkey}
        for name in ("id", "at", "vkey"):
            if isinstance(out.get(name), str):
                out[name] = marks.get(out[name], out[name])
        if out.get("name") == "AUDITOR":
            out["name"] = self.keys["auditor"].name
        if isinstance(out.get("under"), dict):
            out["under"] = {k: self.under[role][k] if v == "UNDER" else v for k, v in out["under"].items()}
        if out.get("vkey") == "REVOKE":
            out["vkey"] = self.revocable[-1]
        return out

    def sign(self, role, kind, record):
        text = dumps(self.complete(role, record))
        if role == "registrar" and record.get("vkey") == "REVOKE":      # each key is revoked once only
            self.revocable.pop()
        return sign_note(b"bitacora/v1 %s\n%s\n" % (kind.encode(), text), self.keys[role])

    def check(self, client, role, lines):
        """What `submit --check` says of each line: "ok" or the code."""
        path = os.path.join(self.work, "lines-%s.jsonl" % role)
        write_file(path, b"".join(line + b"\n" for line in lines))
        run = subprocess.run([client, "submit", "--policy", os.path.join(self.work, "policy"), "--key", os.path.join(self.work, role + ".key"),
                              "--check", "--json", path], stdout=subprocess.PIPE, stderr=subprocess.PIPE, check=False)
        out = [None] * len(lines)
        for line in run.stdout.splitlines():
            said = json.loads(line)
            out[said["line"] - 1] = said.get("error", "ok" if said.get("ok") is True else None)
        return run.returncode, out


def dumps(record):
    text = json.dumps(record, ensure_ascii=False, separators=(",", ":"))
    try:
        return text.encode()
    except UnicodeEncodeError:                    # half a surrogate pair: escaped
        return json.dumps(record, separators=(",", ":")).encode()


def compare(label, wanted, got):
    return ["%s: %s instead of %s" % (l, g, w) for l, w, g in zip(label, wanted, got) if w is not None and w != g]


def report(number, what, wrong):
    print("%sok %d - %s" % ("not " if wrong else "", number, what))
    for line in wrong[:6]:
        print("# " + line)
    sys.stdout.flush()


def main():
    work, url, origin, ruleset, client = sys.argv[1:]
    log = Log(work, url, origin, ruleset)
    number, failed = 0, False
    cases = all_cases(log)
    log.revocable = log.make_revocable(len(cases["revoke"]) + 1)
    for role in ROLES:
        lines = []
        for kind in KINDS:
            for c in cases[kind]:
                lines.append(dumps(dict(log.complete(role, c.record), kind=kind)))
        before, accepted = log.service.size(), 0
        status, said = log.check(client, role, lines)
        unsent = log.service.size() == before
        at = 0
        for kind in KINDS:
            mine, heard = cases[kind], said[at:at + len(cases[kind])]
            at += len(mine)
            daemon = [a if isinstance(a, str) else OK for a in log.service.batch([log.sign(role, kind, c.record) for c in mine])]
            accepted += daemon.count(OK)
            expected = [c.expected(role) for c in mine]
            labels = [c.label for c in mine]
            wrong = ["daemon: " + w for w in compare(labels, [e[0] for e in expected], daemon)] + \
                    ["client: " + w for w in compare(labels, [e[1] for e in expected], heard)]
            wrong = wrong[:3] + [w for w in wrong[3:] if w.startswith("client")][:3]
            number += 1
            failed = failed or bool(wrong)
            report(number, "%s by %s: %d cases" % (kind, role, len(mine)), wrong)
        grown = log.service.size() - before
        for what, good in (("--check by %s exits 3" % role, status == 3), ("and sends nothing", unsent),
                           ("%d entries by %s, no more" % (accepted, role), grown == accepted)):
            number += 1
            failed = failed or not good
            report(number, what, [] if good else ["exit %d, %d new entries" % (status, grown)])
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()
