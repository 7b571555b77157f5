#!/usr/bin/python3
"""The JSON Schemas that `bitacora schema` prints against the program's own judgement of records: the cases of vocabulary.py, and
records that were changed at random, by a validator of another make (python3-jsonschema).

    schema.py CLIENT CHECK_RECORD RULESET [MUTATIONS [SEED]]

CHECK_RECORD is tests/tools/check_record. TAP.
"""
import base64
import copy
import datetime
import json
import random
import re
import subprocess
import sys
import warnings

warnings.simplefilter("ignore")
sys.dont_write_bytecode = True
from jsonschema import Draft202012Validator

import vocabulary
from vocabulary import FORBIDDEN, GOOD, HASH, KINDS, NEIGHBOURS, T0, WRONG, World, all_cases, dumps, read_codes, too_many_bytes

NUMBER = 0
FAILED = False


def tap(what, wrong):
    global NUMBER, FAILED
    NUMBER += 1
    FAILED = FAILED or bool(wrong)
    vocabulary.report(NUMBER, what, wrong)


def schema(client, *kind):
    return json.loads(subprocess.run([client, "schema", *kind], stdout=subprocess.PIPE, check=True).stdout)


def judge(check_record, records):
    """ok or the refusal, of (kind, record) pairs."""
    lines = b"".join(kind.encode() + b"\t" + dumps(record) + b"\n" for kind, record in records)
    out = subprocess.run([check_record], input=lines, stdout=subprocess.PIPE, check=True).stdout.decode().splitlines()
    assert len(out) == len(records)
    return out


def fill_in(record):
    """What vocabulary.py leaves to the signer."""
    marks = {"ID": "0198c0de-0000-7000-8000-000000000001", "AT": T0}
    out = dict(record)
    for name in ("id", "at"):
        if isinstance(out.get(name), str):
            out[name] = marks.get(out[name], out[name])
    if isinstance(out.get("under"), dict):
        out["under"] = {k: {"entry": 0, "hash": HASH}[k] if v == "UNDER" else v for k, v in out["under"].items()}
    return out


def strings(value):
    if isinstance(value, str):
        yield value
    elif isinstance(value, list):
        for v in value:
            yield from strings(v)
    elif isinstance(value, dict):
        for name, v in value.items():
            yield name
            yield from strings(v)


def shortened(value):
    """Every text that has too many bytes and not too many characters made short."""
    if isinstance(value, list):
        return [shortened(v) for v in value]
    if isinstance(value, dict):
        return {name: shortened(v) for name, v in value.items()}
    return "x" if too_many_bytes(value) else value


# ---- the documents -----------------------------------------------------------------------------------------------------------------

def patterns(value):
    if isinstance(value, list):
        for v in value:
            yield from patterns(v)
    elif isinstance(value, dict):
        for name, v in value.items():
            if name == "pattern" and isinstance(v, str):
                yield v
            else:
                yield from patterns(v)


def reached(document):
    """The names in $defs that a document refers to, directly or not."""
    found, rest = set(), [{k: v for k, v in document.items() if k != "$defs"}]
    while rest:
        for name in re.findall(r'"#/\$defs/([^"]*)"', json.dumps(rest.pop())):
            if name not in found:
                found.add(name)
                rest.append(document["$defs"][name])
    return found


def check_documents(whole, documents):
    wrong = []
    for name, document in [("all", whole)] + sorted(documents.items()):
        try:
            Draft202012Validator.check_schema(document)
        except Exception as e:                                   # pylint: disable=broad-except
            wrong.append("%s: %s" % (name, e))
    tap("%d schemas are of the 2020-12 metaschema" % (len(documents) + 1), wrong)
    wrong = []
    for kind, document in documents.items():
        own = {k: v for k, v in document.items() if k not in ("$schema", "$id", "$defs")}
        if own != whole["$defs"].get(kind):
            wrong.append("%s is another" % kind)
        if any(whole["$defs"].get(name) != d for name, d in document["$defs"].items()):
            wrong.append("%s has other $defs" % kind)
        if document["$id"] != "urn:bitacora:v1:" + kind or document["title"] != kind:
            wrong.append("%s is called %s, %s" % (kind, document["$id"], document["title"]))
    tap("each kind's stands in $defs of the whole", wrong)
    wrong = ["%s has %s" % (kind, sorted(set(d["$defs"]) ^ reached(d))) for kind, d in documents.items() if set(d["$defs"]) != reached(d)]
    tap("with what it refers to in $defs, and nothing else", wrong)
    wrong = []
    for kind, d in documents.items():
        for m in vocabulary.members_of(kind):
            text = d["properties"][m.name].get("description", "")
            if not text or ("(\u2192 %s)" % m.of in text) != (m.type == "ref" and m.of != "any") or "\u2192 -" in text:
                wrong.append("%s.%s: %s" % (kind, m.name, text))
    tap("and with what each member means", wrong)
    any_of = sorted(r["$ref"] for r in whole["anyOf"])
    tap("which takes any kind", [] if any_of == sorted("#/$defs/" + kind for kind in documents) else [str(any_of)])
    # What engines of regular expressions do not all have, or take for different things; a `$` only where `not` forbids newlines.
    bad = [p for p in patterns(whole) if re.search(r"\\[^.]|\(\?[^:]|\[\[|\\$", p) or ("$" in p and p[-1] != "$")]
    tap("patterns are what all engines understand", bad)


def is_date(year, month, day):
    try:
        return bool(datetime.date(year, month, day))
    except ValueError:
        return False


def is_canonical(text, size):
    try:
        raw = base64.b64decode(text, validate=True)
        return base64.b64encode(raw).decode() == text and size in (None, len(raw))
    except ValueError:
        return False


def check_patterns(defs):
    """Where there are few enough strings, all of them."""
    takes = {name: Draft202012Validator(defs[name]).is_valid for name in ("hash", "sig", "token")}
    time = re.compile(defs["time"]["pattern"])
    dates = [(y, m, d) for y in (0, 1, 4, 100, 400, 1900, 2000, 2023, 2024, 9999) for m in range(100) for d in range(100)] + \
        [(y, 2, d) for y in range(10000) for d in (28, 29, 30)]
    tap("%d dates" % len(dates), ["%04d-%02d-%02d" % d for d in dates if bool(time.search("%04d-%02d-%02dT00:00:00.000Z" % d)) != is_date(*d)])
    clocks = ["%02d:%02d:00" % (a, b) for a in range(100) for b in range(100)] + ["00:00:%02d" % s for s in range(100)]
    tap("%d times of day" % len(clocks), [c for c in clocks if bool(time.search("2026-01-01T%s.000Z" % c)) != (
        c[:2] < "24" and c[3:5] < "60" and c[6:] < "60")])
    digits = [chr(c) for c in range(0x20, 0x7F)]
    tails = {"hash": ["A" * 42 + c + "=" for c in digits], "sig": ["A" * 85 + c + "==" for c in digits],
             "token": [pre + c + post for pre in ("", "A", "AA", "AAA", "AAAA", "AAAAA", "AAAAAA") for c in digits for post in ("", "=", "==", "===")]}
    size = {"hash": 32, "sig": 64, "token": None}
    tap("ends of base64", [t for name, texts in tails.items() for t in texts if takes[name](t) != is_canonical(t, size[name])])


# ---- mutations ---------------------------------------------------------------------------------------------------------------------

class Mutator:
    def __init__(self, seed, good):
        self.random = random.Random(seed)
        self.good = good                                         # (kind, record) pairs
        self.names = sorted({name for _, r in good for name in self.all_names(r)}) + ["colour", "", "Id", "\u00e1"]
        self.values = [v for _, r in good for v in self.all_values(r)]
        self.odd = [v for vs in list(GOOD.values()) + list(WRONG.values()) for v in vs] + vocabulary.JUNK + \
            [-1, 0, 2, 1.5, -0.5, 2 ** 53 - 1, 2 ** 53, 10 ** 18, False, [[]], {"from": T0, "until": T0}]

    def all_names(self, value):
        if isinstance(value, dict):
            for name, v in value.items():
                yield name
                yield from self.all_names(v)
        elif isinstance(value, list):
            for v in value:
                yield from self.all_names(v)

    def all_values(self, value):
        yield value
        for v in value.values() if isinstance(value, dict) else value if isinstance(value, list) else []:
            yield from self.all_values(v)

    def places(self, value):
        """(container, key) of everything in it."""
        for key in list(value) if isinstance(value, dict) else range(len(value)) if isinstance(value, list) else []:
            yield value, key
            yield from self.places(value[key])

    def character(self):
        r = self.random
        return r.choice([chr(r.randrange(0x20, 0x7F)), r.choice("0123456789"), r.choice(NEIGHBOURS), r.choice(FORBIDDEN[1:]), "\n", "=",
                         chr(r.randrange(0xA0, 0x2000)), chr(r.randrange(0x10000, 0x30000))])

    def text(self, s):
        r, n = self.random, len(s)
        i = r.randrange(n + 1)
        how = r.randrange(6)
        if how == 0:
            return s[:i] + self.character() + s[i:]
        if how == 1:
            return s[:i] + s[i + 1:]
        if how == 2:
            return s[:i] + self.character() + s[i + 1:]
        if how == 3:
            return s[:i] + r.choice("0123456789") + s[i + 1:]
        if how == 4:                                              # about as long as texts may be
            return ((s or "x") + r.choice(["", "\u00e9", "\U0001f512"])) * 300 if r.randrange(4) == 0 else \
                (((s or "x") + r.choice(["", "\u00e9", "\U0001f512"])) * 300)[:r.randrange(60, 260)]
        return s + r.choice(["\n", " ", "=", s])

    def change(self, record):
        r = self.random
        places = list(self.places(record))
        at, key = r.choice(places) if places else (record, "x")
        how = r.randrange(9)
        if how == 0 and key in at if isinstance(at, dict) else how == 0:
            del at[key]
        elif how == 1:
            target = r.choice([record] + [a[k] for a, k in places if isinstance(a[k], dict)])
            target[r.choice(self.names)] = copy.deepcopy(r.choice(self.values))
        elif how == 2:
            at[key] = copy.deepcopy(r.choice(self.values))
        elif how == 3:
            at[key] = copy.deepcopy(r.choice(self.odd))
        elif how == 4:
            other, name = r.choice(places)
            at[key], other[name] = copy.deepcopy(other[name]), copy.deepcopy(at[key])
        elif how == 5 and isinstance(at[key], list):
            at[key] = at[key] * r.choice([0, 2, 3, 256, 257])
        elif how == 6:
            at[key] = r.choice([[at[key]], {"from": at[key]}, {key if isinstance(key, str) else "x": at[key]}])
        else:
            texts = [(a, k) for a, k in places if isinstance(a[k], str)]
            numbers = [(a, k) for a, k in places if isinstance(a[k], int) and not isinstance(a[k], bool)]
            if numbers and r.randrange(8) == 0:
                at, key = r.choice(numbers)
                at[key] = r.choice([at[key] + 1, at[key] - 1, -at[key], at[key] * 2 ** 52, at[key] + 2 ** 53])
            elif texts:
                at, key = r.choice(texts)
                at[key] = self.text(at[key])

    def make(self):
        kind, record = self.random.choice(self.good)
        record = copy.deepcopy(record)
        for _ in range(self.random.choice([1, 1, 1, 2, 3])):
            self.change(record)
        if self.random.randrange(50) == 0:
            kind = self.random.choice(list(KINDS))
        return kind, record


# ---- all of it ---------------------------------------------------------------------------------------------------------------------

def main():
    client, check_record, ruleset = sys.argv[1:4]
    count, seed = int(sys.argv[4]) if len(sys.argv) > 4 else 10000, sys.argv[5] if len(sys.argv) > 5 else "bitacora"
    whole = schema(client)
    documents = {kind: schema(client, kind) for kind in KINDS}
    check_documents(whole, documents)
    check_patterns(whole["$defs"])
    validators = {kind: Draft202012Validator(d) for kind, d in documents.items()}
    cases = all_cases(World(*read_codes(ruleset)))
    good, more = [], 0
    for kind in KINDS:
        records = [fill_in(c.record) for c in cases[kind]]
        said = judge(check_record, [(kind, r) for r in records])
        wrong = []
        for c, record, answer in zip(cases[kind], records, said):
            accepted = validators[kind].is_valid(record)
            program = "form" if any(map(too_many_bytes, strings(record))) else None
            more += program is not None
            program = program or ("ok" if c.schema else "code" if c.what == "code" else "form")
            if accepted != c.schema or answer.split("\t")[0] != program and not (program == "form" and answer.startswith("code")):
                wrong.append("%s: the schema says %s instead of %s, the program %s" % (c.label, accepted, c.schema, answer))
        good += [(kind, r) for r, a in zip(records, said) if a == "ok"]
        tap("%s: %d cases" % (kind, len(records)), wrong)
    tap("%d texts of more than 256 bytes that a schema lets pass" % more, [] if more >= 2 * 11 else ["too few"])
    small = [(k, r) for k, r in good if len(dumps(r)) < 6000]
    mutator = Mutator(seed, small)
    mutants = [mutator.make() for _ in range(count)]
    said = judge(check_record, mutants)
    wrong, accepted, excused = [], 0, []
    for (kind, record), answer in zip(mutants, said):
        verdict = validators[kind].is_valid(record)
        accepted += verdict
        if verdict != (answer == "ok"):
            (excused if verdict and shortened(record) != record else wrong).append((kind, record, answer))
    again = judge(check_record, [(kind, shortened(record)) for kind, record, _ in excused])
    wrong += [e for e, a in zip(excused, again) if a != "ok"]
    tap("%d records changed at random (%s): %d accepted, %d but for their bytes" % (count, seed, accepted, len(excused)),
        ["%s %s: %s" % (kind, dumps(record).decode()[:600], answer) for kind, record, answer in wrong])
    sys.exit(1 if FAILED else 0)


if __name__ == "__main__":
    main()
