"""A log as rules.py reads it from a mirror folder: times, rulesets, entries, and what is looked up in them."""
import base64
import bisect
import hashlib
import json
import os
import sys

from skeleton import skeleton

HERE = os.path.dirname(os.path.abspath(__file__))
BUILT_IN = os.path.join(HERE, "..", "..", "proto", "rulesets", "mx.json")
NEWEST = os.path.join(HERE, "..", "..", "proto", "rulesets", "mx-2026-12.json")
HOUR, DAY = 3_600_000, 86_400_000                          # milliseconds
PASS, FINDING, NOT_EVALUABLE = "pass", "finding", "not_evaluable"


class CannotRead(Exception):
    """Something that an answer rests on is not to be had."""


# Time: whole milliseconds since 1970 (FORMATS 1)

def days_of(year, month, day):
    """Days since 1970-01-01 of a date, proleptic Gregorian, any year."""
    year -= month <= 2
    era, of_era = divmod(year, 400)
    of_year = (153 * ((month + 9) % 12) + 2) // 5 + day - 1
    return era * 146097 + of_era * 365 + of_era // 4 - of_era // 100 + of_year - 719468


def date_of(days):
    era, of_era = divmod(days + 719468, 146097)
    year = (of_era - of_era // 1460 + of_era // 36524 - of_era // 146096) // 365
    of_year = of_era - (365 * year + year // 4 - year // 100)
    month = (5 * of_year + 2) // 153
    day = of_year - (153 * month + 2) // 5 + 1
    month = month + 3 if month < 10 else month - 9
    return year + 400 * era + (month <= 2), month, day


def days_in(year, month):
    if month == 2:
        return 29 if year % 4 == 0 and (year % 100 != 0 or year % 400 == 0) else 28
    return 30 if month in (4, 6, 9, 11) else 31


def millis(text):
    if len(text) != 24 or text[4] + text[7] + text[10] + text[13] + text[16] + text[19] + text[23] != "--T::.Z":
        raise ValueError("not a time: " + text)
    numbers = [text[a:b] for a, b in ((0, 4), (5, 7), (8, 10), (11, 13), (14, 16), (17, 19), (20, 23))]
    if not all(n.isascii() and n.isdigit() for n in numbers):
        raise ValueError("not a time: " + text)
    year, month, day, h, m, s, ms = map(int, numbers)
    if not (year and 1 <= month <= 12 and 1 <= day <= days_in(year, month) and h < 24 and m < 60 and s < 60):
        raise ValueError("not a time: " + text)
    return days_of(year, month, day) * DAY + ((h * 60 + m) * 60 + s) * 1000 + ms


def when(ms):
    days, ms = divmod(ms, DAY)
    return "%04d-%02d-%02dT%02d:%02d:%02d.%03dZ" % (*date_of(days), ms // HOUR, ms // 60_000 % 60, ms // 1000 % 60, ms % 1000)


def months_after(ms, months):
    """Calendar months; a day that the month lacks becomes its last."""
    days, rest = divmod(ms, DAY)
    year, month, day = date_of(days)
    more, month = divmod(month - 1 + months, 12)
    year, month = year + more, month + 1
    return days_of(year, month, min(day, days_in(year, month))) * DAY + rest


class Window:
    """From inclusive, until exclusive."""

    def __init__(self, start, end):
        self.start, self.end = start, end

    @classmethod
    def of(cls, member):
        return cls(millis(member["from"]), millis(member["until"])) if member else None

    def has(self, t):
        return self.start <= t < self.end

    def contains(self, other):
        return self.start <= other.start and other.end <= self.end


# Rulesets (FORMATS 19) and the codes of each kind (FORMATS 5.3)

class Ruleset:
    def __init__(self, data):
        text = json.loads(data)
        self.name, self.hours, self.notify_days = text["name"], text["hours"], text["notify_days"]
        self.categories, self.basis, self.aliases = text["categories"], text["basis"], text["aliases"]
        self.codes = {vocabulary: frozenset(codes) for vocabulary, codes in text["codes"].items()}
        self.codes["category"] = frozenset(self.categories)
        self.codes["function_or_sector"] = self.codes["function"] | self.codes["sector"]

    def read(self, vocabulary, code):
        """The code that this one stands for there; an unknown one stands for itself."""
        listed = self.codes[vocabulary]
        if code not in listed and self.aliases.get(code) in listed:
            return self.aliases[code]
        return code

    def knows(self, vocabulary, code):
        return self.read(vocabulary, code) in self.codes[vocabulary]

    def judge(self, category):
        return self.categories.get(category, {}).get("judge")

    def home(self):
        """The country that its name begins with, or None."""
        two, next_one = self.name[:2], self.name[2:3]
        if len(two) == 2 and two.isascii() and two.isalpha() and not (next_one.isascii() and next_one.isalnum()):
            return two.upper()
        return None


CASE = [("case.scheme", "case_scheme")]
SUBJECTS = [("subjects.type", "subject_type")]
CODES_OF = {                                               # members by their path; what holds an array is gone through
    "enroll": [("level", "level"), ("function", "function_or_sector")],
    "warrant": [("matter", "matter"), ("categories", "category")] + CASE + SUBJECTS,
    "ratification": [("categories", "category")],
    "deferral": [("reason", "deferral_reason")],
    "request": [("function", "function"), ("level", "level"), ("source", "source"), ("categories", "category"),
                ("basis", "basis"), ("ground", "ground"), ("purpose.code", "purpose")] + CASE + SUBJECTS,
    "product": [("class", "product_class")],
    "notice": [("means", "means")],
    "correction": [("cause", "cause")],
    "response": [("outcome", "outcome")],
    "error_report": [("cause", "cause")],
}


def values(member, path):
    """All that stands under a path such as `subjects.type`."""
    for step in path:
        if isinstance(member, list):
            member = [item.get(step) for item in member]
        else:
            member = member.get(step)
        if member is None:
            return []
    return member if isinstance(member, list) else [member]


# The log

class Entry:
    def __init__(self, index, accepted, hash_, kind, members, signer=None):
        self.index, self.accepted, self.hash, self.kind, self.m = index, accepted, hash_, kind, members
        self.signer = signer                               # name and key id on the signature line
        self.enrolment = None                              # the entry that `under` names; of genesis none
        self.pinned = None                                 # the ruleset entry in force; None: the built-in one
        self.warrant = None                                # of a request: the warrant that it resolves to
        self.lookalike = None                              # of a request that resolves to none: one that it may have meant
        self.named = []                                    # requests or warrants that it is about, each once
        self.naming = {}                                   # kind -> later entries that are about this request or warrant

    def named_by(self, kind):
        return self.naming.get(kind, [])

    # What an enrolment says, of the entries under it. Genesis's registrars have none of these.
    def signers(self, member):
        return self.enrolment.m.get(member) if self.enrolment and self.enrolment.kind == "enroll" else None


class Log:
    """Entries in order, and what they have to do with each other. `blob` gives the bytes of a SHA-256, or None."""

    def __init__(self, entries, now, blob=lambda digest: None):
        entries = [e for e in entries if e.kind not in ("index", "access", "freeze")]        # the log's own: no rule asks of them
        self.entries, self.now, self.blob = entries, now, blob
        self.by_index, self.by_kind, self.rulesets = {}, {}, {}
        self.warrants_by = {}                              # (ref,) and (ref, court) -> warrants up to here
        self.looks = {}                                    # skeleton -> the first warrant of each reference that has it
        self.holders = {}                                  # authority -> enrolments with a function, role holder
        self.blobs = {}                                    # digest -> requests and warrants that name it
        self.revocations = {}                              # vkey -> its revoke entry
        pins = []                                          # (from, index) of ruleset entries, sorted
        for e in entries:
            at = bisect.bisect_right(pins, (e.accepted, float("inf")))
            e.pinned = self.by_index[pins[at - 1][1]] if at else None
            self.take(e)
            if e.kind == "ruleset":
                bisect.insort(pins, (millis(e.m["from"]), e.index))

    def of(self, kind):
        return self.by_kind.get(kind, [])

    def target(self, ref, kind):
        """The earlier entry of that kind that a reference names by its index, or None (called while only earlier ones are known)."""
        e = self.by_index.get(ref["entry"]) if ref else None
        return e if e and e.kind == kind else None

    def find_named(self, e, kind, refs):
        found = {t.index: t for t in (self.target(ref, kind) for ref in refs) if t}
        e.named = list(found.values())
        for t in e.named:
            t.naming.setdefault(e.kind, []).append(e)

    def take(self, e):
        e.named, e.naming = [], {}
        if e.kind != "genesis":
            e.enrolment = self.target(e.m["under"], "enroll" if e.m["under"]["entry"] else "genesis")
        self.by_kind.setdefault(e.kind, []).append(e)
        if e.kind in ("response", "judicial_notice", "ratification", "deferral", "notice"):
            self.find_named(e, "request", [e.m.get("request")])
        elif e.kind in ("transfer", "product"):
            self.find_named(e, "request", e.m["requests"])
        elif e.kind in ("extension", "closing"):
            self.find_named(e, "warrant", [e.m["warrant"]])
        elif e.kind == "request":
            e.warrant = self.resolve(e)
            e.lookalike = self.looking_like(e)
            note = e.m["purpose"].get("note")
            self.names_blobs(e, e.m.get("subjects", []) + ([note] if note else []))
        elif e.kind == "warrant":
            if (e.m["ref"],) not in self.warrants_by:
                self.looks.setdefault(skeleton(e.m["ref"]), []).append(e)
            for key in ((e.m["ref"],), (e.m["ref"], self.court(e))):
                self.warrants_by.setdefault(key, []).append(e)
            self.names_blobs(e, e.m.get("subjects", []))
        elif e.kind == "enroll" and e.m["role"] == "holder" and "function" in e.m:
            self.holders.setdefault(e.m["authority"], []).append(e)
        elif e.kind == "revoke":
            self.revocations.setdefault(e.m["vkey"], e)
        self.by_index[e.index] = e                         # last: nothing names itself

    def names_blobs(self, e, sealed_things):
        for digest in {thing["sealed"] for thing in sealed_things}:
            self.blobs.setdefault(digest, []).append(e)

    def candidates(self, request):
        """The warrants before a request that its `warrant` fits (called while only these are known)."""
        asked = request.m.get("warrant")
        if asked is None:
            return []
        key = (asked["ref"], asked["court"]) if "court" in asked else (asked["ref"],)
        if "entry" in asked:
            w = self.by_index.get(asked["entry"])
            fits = w and w.kind == "warrant" and key == (w.m["ref"], self.court(w))[:len(key)]
            return [w] if fits else []
        return self.warrants_by.get(key, [])

    def resolve(self, request):
        found = self.candidates(request)
        return found[0] if len(found) == 1 else None

    def looking_like(self, request):
        """Of the references of earlier warrants that look like the one asked for and are others the one that came last: its
        first warrant; only where none fits."""
        if "warrant" not in request.m or self.candidates(request):
            return None
        ref = request.m["warrant"]["ref"]
        return next((w for w in reversed(self.looks.get(skeleton(ref), [])) if w.m["ref"] != ref), None)

    # Rulesets

    def ruleset(self, e):
        """The one in force at the acceptance of an entry, among earlier entries."""
        key = e.pinned.m["sha256"] if e.pinned else None
        if key not in self.rulesets:
            self.rulesets[key] = self.load(e.pinned)
        return self.rulesets[key]

    def load(self, pinned):
        if pinned is None:
            with open(BUILT_IN, "rb") as f:
                return Ruleset(f.read())
        data = self.blob(base64.b64decode(pinned.m["sha256"]).hex())
        try:
            return Ruleset(data)
        except (TypeError, ValueError, KeyError, AttributeError):
            raise CannotRead("the ruleset that entry %d pins" % pinned.index)

    def read(self, e, vocabulary, code):
        """A code of an entry as the code that it stands for, in the ruleset of that entry."""
        return None if code is None else self.ruleset(e).read(vocabulary, code)

    # Words of RULES 1

    def categories(self, e):
        """Codes, in their order; None where there is no such member."""
        codes = e.m.get("categories")
        return None if codes is None else [self.read(e, "category", code) for code in codes]

    def judges(self, e):
        """(category, judge) of each category."""
        return [(c, self.ruleset(e).judge(c)) for c in self.categories(e)]

    def basis(self, request):
        return self.read(request, "basis", request.m["basis"])

    def ground(self, request):
        return self.read(request, "ground", request.m.get("ground"))

    def emergency(self, request):
        return "ground" in request.m or self.basis(request) == "CNPP-303-EXC"

    def emergencies(self):
        return [q for q in self.of("request") if self.emergency(q)]

    def court(self, e):
        """Of a warrant, extension or erasure: the authority that its signer is enrolled for."""
        return e.signers("authority")

    def warrants_level(self, warrant):
        return self.read(warrant.enrolment, "level", warrant.signers("level")) if warrant.enrolment else None

    def extensions(self, warrant, before=float("inf")):
        return [x for x in warrant.named_by("extension") if x.index < before and self.court(x) == self.court(warrant)]

    def window(self, warrant, before=float("inf")):
        """As extended before that entry."""
        own = Window.of(warrant.m["window"])
        return Window(own.start, max([own.end] + [millis(x.m["until"]) for x in self.extensions(warrant, before)]))

    def function(self, request):
        enrolled = request.signers("function")
        if enrolled is not None:
            return self.read(request.enrolment, "function_or_sector", enrolled)
        return self.read(request, "function", request.m["function"])

    def sector(self, request):
        """(the holder's sector, the enrolment that says so); (None, None) where none does."""
        known = [e for e in self.holders.get(request.m["holder"], []) if e.index < request.index]
        if not known:
            return None, None
        return self.read(known[-1], "function_or_sector", known[-1].m["function"]), known[-1]

    def outcome(self, response):
        return self.read(response, "outcome", response.m["outcome"])

    def delivering(self, request):
        return [r for r in request.named_by("response") if self.outcome(r) in ("full", "partial", "direct_access")]

    def answering(self, request):
        return [r for r in request.named_by("response") if self.outcome(r) != "pending"]

    def fulfilled(self, request):
        """(F, the entry that says so); (None, None) where it is unknown."""
        for first in self.delivering(request)[:1]:
            answered = first.m.get("answered_at")
            return min([first.accepted] + ([millis(answered)] if answered else [])), first
        for first in request.named_by("judicial_notice")[:1]:
            return millis(first.m["fulfilled_at"]), first
        return None, None

    def deadline(self, t, candidates):
        """What became of a deadline at t, and the first that kept it: (result, [entry])."""
        for e in candidates:
            if e.accepted <= t:
                return PASS, [e]
        return (FINDING if self.now > t else NOT_EVALUABLE), []


RETAINED = ("traffic_retained", "location_retained", "subscriber")


def live(category):
    return category.endswith("_live")


# Mirror folders (FORMATS 4, 6, 7)

def tile_number(n):
    groups = ["%03d" % (n % 1000)]
    while n >= 1000:
        n //= 1000
        groups.insert(0, "x%03d" % (n % 1000))
    return "/".join(groups)


def bundles(folder, size):
    """The entries' bytes, in order."""
    for n in range((size + 255) // 256):
        width = min(256, size - 256 * n)
        name = tile_number(n) + ("" if width == 256 else ".p/%d" % width)
        with open(os.path.join(folder, "tile", "entries", name), "rb") as f:
            data = f.read()
        at = 0
        for _ in range(width):
            length = int.from_bytes(data[at:at + 2], "big")
            raw = data[at + 2:at + 2 + length]
            if len(raw) != length or at + 2 > len(data):
                raise CannotRead("bundle " + name)
            yield raw
            at += 2 + length
        if at != len(data):
            raise CannotRead("bundle " + name)


def parse_entry(index, raw):
    """An Entry; ValueError, KeyError or the like where it has not its form (not all of the form is judged)."""
    version, number, accepted, _, empty, text, members, gap, signature, end = raw.decode().split("\n")
    if (version, number, empty, gap, end) != ("bitacora/v1 entry", str(index), "", "", "") or not text.startswith("bitacora/v1 "):
        raise ValueError("not an entry")
    dash, name, signed = signature.split(" ")
    signer = name, base64.b64decode(signed, validate=True)[:4].hex()
    digest = base64.b64encode(hashlib.sha256(b"\x00" + raw).digest()).decode()
    return Entry(index, millis(accepted), digest, text[len("bitacora/v1 "):], json.loads(members), signer)


def read_mirror(folder):
    """(Log, size)."""
    with open(os.path.join(folder, "checkpoint"), "rb") as f:
        size = int(f.read().split(b"\n")[1])
    entries, now = [], None
    for index, raw in enumerate(bundles(folder, size)):
        try:
            entries.append(parse_entry(index, raw))
            now = entries[-1].accepted
        except (ValueError, KeyError, TypeError) as why:
            sys.stderr.write("rules.py: no rule sees entry %d: %s\n" % (index, why))
    if not entries:
        raise CannotRead("any entry")

    def blob(digest):
        try:
            with open(os.path.join(folder, "v1", "blobs", digest), "rb") as f:
                data = f.read()
            return data if hashlib.sha256(data).hexdigest() == digest else None
        except OSError:
            return None
    return Log(entries, now, blob), size
