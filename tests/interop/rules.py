#!/usr/bin/python3
"""The audit's rules once more, from docs/RULES.md and docs/FORMATS.md alone. Only the standard library.

    rules.py MIRROR [--all]     the answers of every rule about the log in a mirror folder (FORMATS 7)
    rules.py selftest           facts about each rule, in TAP

MIRROR/v1/blobs/⟨SHA-256 in hex⟩ are the files of pinned rulesets. Printed, a JSON object a line: every finding and not_evaluable
(with --all every pass, too) in the order of entry, rule, first related entry; then the counts of each rule; then now and size.

Nothing is verified here: every entry of the log is taken to count (RULES 1). No signature, role or clock is looked at, and no tree.
Enrolments, and with them authorities, levels and functions of signers, are found by `under`, the key of one of genesis's registrars
by the name and id on the signature line. A reference to no earlier entry of its kind is taken as absent; the hash in it is not looked at.
What has not the form of an entry is named on standard error, and no rule sees it. Exit: 0, 2 usage, 3 something could not be read.
"""
import base64
import bisect
import gc
import hashlib
import json
import os
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, HERE)
from skeleton import skeleton
BUILT_IN = os.path.join(HERE, "..", "..", "proto", "rulesets", "mx.json")
NEWEST = os.path.join(HERE, "..", "..", "proto", "rulesets", "mx-2026-12.json")
HOUR, DAY = 3_600_000, 86_400_000                          # milliseconds
PASS, FINDING, NOT_EVALUABLE = "pass", "finding", "not_evaluable"


class CannotRead(Exception):
    """Something that an answer rests on is not to be had."""


# ---------------------------------------------------------------------------------------------------------------------------
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


# ---------------------------------------------------------------------------------------------------------------------------
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


# ---------------------------------------------------------------------------------------------------------------------------
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


def result_of(finding, not_evaluable=False):
    return FINDING if finding else NOT_EVALUABLE if not_evaluable else PASS


# ---------------------------------------------------------------------------------------------------------------------------
# RULES 2: each yields (entry, result, related entries)

def r01(log):
    for q in log.of("request"):
        if any(judge == "before" for _, judge in log.judges(q)):
            yield q, result_of(q.warrant is None), [q.warrant, q.lookalike]


def r02(log):
    for q in log.of("request"):
        if any(judge == "before_or_emergency" or (c in RETAINED and judge == "contested") for c, judge in log.judges(q)):
            result = result_of(q.warrant is None and not log.emergency(q))
            yield q, result, [q.warrant, q.lookalike if result == FINDING else None]


def r03(log):
    for q in log.emergencies():
        f, said_by = log.fulfilled(q)
        if f is None:
            yield q, NOT_EVALUABLE, []
        else:
            result, kept_by = log.deadline(f + 48 * HOUR, q.named_by("judicial_notice"))
            yield q, result, [said_by] + (kept_by or q.named_by("judicial_notice")[:1])


def r04(log):
    for q in log.of("request"):
        for first in q.named_by("judicial_notice")[:1]:
            ratifications = q.named_by("ratification")
            result, kept_by = log.deadline(first.accepted + log.ruleset(first).hours * HOUR, ratifications)
            yield q, result, [first] + (kept_by or ratifications[:1])


NOTHING_HANDED_OVER = ("none_held", "cancelled", "error", "pending")


def r05_one(log, e, request):
    """(result, related) of one request that a response, transfer or product names."""
    before = [r for r in request.named_by("ratification") if r.index < e.index]
    if not before:
        return PASS, [request]
    last = before[-1]
    related = [request, last]
    outcome = log.outcome(e) if e.kind == "response" else None
    if outcome in NOTHING_HANDED_OVER or (outcome or "").startswith("rejected_"):
        return PASS, related
    if last.m["result"] == "refused":
        return FINDING, related
    if last.m["result"] == "partial":
        ratified = log.categories(last)
        if ratified is None:
            return (PASS if outcome == "partial" else NOT_EVALUABLE), related
        if any(c not in ratified for c in log.categories(request)):
            if e.kind != "response":
                return NOT_EVALUABLE, related
            if outcome != "partial":
                return FINDING, related
    return PASS, related


def r05(log):
    for kind in ("response", "transfer", "product"):
        for e in log.of(kind):
            answers = [r05_one(log, e, request) for request in e.named]
            if not answers and kind != "response":         # asked of each of them: no ratification of what it names
                answers = [(PASS, [])]
            for worst in (FINDING, NOT_EVALUABLE, PASS):
                rests_on = [related for result, related in answers if result == worst]
                if rests_on:
                    yield e, worst, sum(rests_on, [])
                    break


def r06(log):
    for q in log.emergencies():
        yield q, result_of(log.ground(q) in (None, "other")), []


def r07(log):
    for q in log.of("request"):
        if q.warrant:
            yield q, r07_request(log, q), [q.warrant] + log.extensions(q.warrant, q.index)
    for closing in log.of("closing"):
        for warrant in closing.named:
            within = log.window(warrant, closing.index).contains(Window.of(closing.m["executed"]))
            yield closing, result_of(not within), [warrant] + log.extensions(warrant, closing.index)


def r07_request(log, q):
    window = log.window(q.warrant, q.index)
    data, warrants_data = Window.of(q.m.get("data_window")), Window.of(q.warrant.m.get("data_window"))
    if not window.has(q.accepted):
        return FINDING
    if warrants_data:
        return result_of(data and not warrants_data.contains(data), data is None)
    if data and any(live(c) for c in log.categories(q)):
        return result_of(not window.contains(data))
    return PASS


def r08(log):
    for q in log.of("request"):
        w = q.warrant
        if not w:
            continue
        finding = q.m["authority"] not in w.m["used_by"]
        finding |= not set(log.categories(q)) <= set(log.categories(w))
        finding |= "holders" in w.m and q.m["holder"] not in w.m["holders"]
        unknown = False
        if "subjects" in w.m:
            may = {(log.read(w, "subject_type", s["type"]), s["commit"]) for s in w.m["subjects"]}
            finding |= any((log.read(q, "subject_type", s["type"]), s["commit"]) not in may for s in q.m.get("subjects", []))
            unknown = "subjects" not in q.m
        yield q, result_of(finding, unknown), [w]


def r09(log):
    for w in log.of("warrant"):
        if not any(live(c) for c in log.categories(w)):
            continue
        own, whole, extensions = Window.of(w.m["window"]), log.window(w), log.extensions(w)
        if log.read(w, "matter", w.m["matter"]) == "national_security":
            finding = own.end > own.start + 180 * DAY or len(extensions) > 1 or whole.end > own.start + 360 * DAY
        else:
            finding = whole.end > months_after(own.start, 6)
        yield w, result_of(finding), extensions


def r10(log):
    for q in log.of("request"):
        levels = [log.ruleset(q).categories.get(c, {}).get("level") for c in log.categories(q)]
        levels = [level for level in levels if level is not None]
        if q.warrant and levels:
            yield q, result_of(any(level != log.warrants_level(q.warrant) for level in levels)), [q.warrant]


def r11(log):
    for q in log.of("request"):
        listed = log.ruleset(q).basis.get(log.basis(q), {})
        functions, levels = listed.get("functions", []), listed.get("levels", [])
        wrong = (functions and log.function(q) not in functions) or (levels and log.read(q, "level", q.m["level"]) not in levels)
        yield q, result_of(wrong, not functions or not levels), []


def r12(log):
    for w in log.of("warrant"):
        if any(c.startswith("comms_content_") for c in log.categories(w)):
            matter = log.read(w, "matter", w.m["matter"])
            yield w, result_of(matter in ("electoral", "fiscal", "mercantile", "civil", "labour", "administrative")), []


def r13(log):
    for q in log.of("request"):
        if "identity_biometric" in log.categories(q):
            yield q, result_of("case" not in q.m or log.function(q) not in ("prosecution", "search_commission")), []


def r14(log):
    for q in log.of("request"):
        if "preservation" in log.categories(q):
            term = q.m.get("term")
            yield q, result_of(term and millis(term) > q.accepted + 90 * DAY, term is None), []


def r15(log):
    for q in log.of("request"):
        lacking = "term" not in q.m or log.read(q, "purpose", q.m["purpose"]["code"]) == "other"
        sector, said_by = log.sector(q)
        yield q, result_of(lacking and sector not in (None, "public"), lacking and sector is None), [said_by]


def r16(log):
    for transfer in log.of("transfer"):
        home = log.ruleset(transfer).home()
        if transfer.m["recipient"]["country"] != home:
            result = NOT_EVALUABLE if home is None else result_of("instrument" not in transfer.m)
            for q in transfer.named:
                yield q, result, [transfer]


def r17(log):
    for q in log.of("request"):
        if any(c in RETAINED for c in log.categories(q)):
            data = Window.of(q.m.get("data_window"))
            recent = data and data.start >= months_after(q.accepted, -12)
            answers = log.answering(q)
            result, kept_by = log.deadline(q.accepted + (24 if recent else 48) * HOUR, answers)
            yield q, result, kept_by or answers[:1]


def r18(log):
    for q in log.of("request"):
        for first in log.delivering(q)[:1]:
            latest = [first.accepted]
            if "notify" in q.m:
                latest.append(millis(q.m["notify"]["after"]))
            last_deferral = q.named_by("deferral")[-1:]
            latest += [millis(d.m["until"]) for d in last_deferral]
            notices = q.named_by("notice")
            result, kept_by = log.deadline(max(latest) + log.ruleset(first).notify_days * DAY, notices)
            yield q, result, [first] + last_deferral + (kept_by or notices[:1])


def r19(log):
    for q in log.of("request"):
        if "warrant" in q.m:
            yield q, result_of(q.warrant is None), [q.warrant, q.lookalike]


def r20(log):
    for r in log.of("response"):
        yield r, result_of(not r.named or r.named[0].m["holder"] != r.m["holder"]), r.named


def r21(log):
    for erasure in log.of("erasure"):
        naming = [e for e in log.blobs.get(erasure.m["blob"], []) if e.index < erasure.index]
        finding, unknown, related = False, not naming, []
        for e in naming:
            warrant = e if e.kind == "warrant" else e.warrant
            related += [e, warrant]
            if warrant is None:
                unknown = True
            elif log.court(warrant) != log.court(erasure):
                finding = True
            if e.kind == "request":
                handed_over = [r for r in log.delivering(e) if r.index < erasure.index][:1]
                told = [n for n in e.named_by("notice") if n.index < erasure.index][:1]
                related += handed_over + told
                if handed_over and not told:
                    finding = True
        yield erasure, result_of(finding, unknown), related


def r22(log):
    for e in log.entries:
        if e.kind != "genesis":
            revocation = log.revocations.get(vkey_of_signer(e))
            bad = (revocation and "since" in revocation.m and e.accepted >= millis(revocation.m["since"])
                   and e.index < revocation.index)
            yield e, result_of(bad), [revocation]


def vkey_of_signer(e):
    if e.enrolment is None or e.enrolment.kind == "enroll":
        return e.enrolment and e.enrolment.m["vkey"]
    for vkey in e.enrolment.m["registrars"]:
        name, key_id, _ = vkey.split("+", 2)
        if (name, key_id) == e.signer:
            return vkey
    return None


def code(log):
    for e in log.entries:
        found = [(vocabulary, c) for path, vocabulary in CODES_OF.get(e.kind, ()) for c in values(e.m, path.split("."))]
        yield e, result_of(any(not log.ruleset(e).knows(vocabulary, c) for vocabulary, c in found)), []


RULES = [("R01", r01), ("R02", r02), ("R03", r03), ("R04", r04), ("R05", r05), ("R06", r06), ("R07", r07), ("R08", r08),
         ("R09", r09), ("R10", r10), ("R11", r11), ("R12", r12), ("R13", r13), ("R14", r14), ("R15", r15), ("R16", r16),
         ("R17", r17), ("R18", r18), ("R19", r19), ("R20", r20), ("R21", r21), ("R22", r22), ("CODE", code)]


def answers_of(log):
    """{rule, result, entry, related} of every answer; in the order of entry, then rule, then first related entry."""
    order, answers = {name: n for n, (name, _) in enumerate(RULES)}, []
    for name, rule in RULES:
        for e, result, related in rule(log):
            answers.append({"rule": name, "result": result, "entry": e.index,
                            "related": sorted({r.index for r in related if r is not None and r is not e})})
    return sorted(answers, key=lambda a: (a["entry"], order[a["rule"]], a["related"][:1]))


# ---------------------------------------------------------------------------------------------------------------------------
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


def line(value):
    print(json.dumps(value, ensure_ascii=False, separators=(",", ":")))


def audit(folder, everything):
    gc.disable()                                           # nothing here is garbage before the end
    log, size = read_mirror(folder)
    counts = {name: {PASS: 0, FINDING: 0, NOT_EVALUABLE: 0} for name, _ in RULES}
    for answer in answers_of(log):
        counts[answer["rule"]][answer["result"]] += 1
        if everything or answer["result"] != PASS:
            line(answer)
    for name, _ in RULES:
        line({"rule": name, **counts[name]})
    line({"now": when(log.now), "entries": size})


# ---------------------------------------------------------------------------------------------------------------------------
# Facts about each rule

START = millis("2026-03-02T09:00:00.000Z")
MINUTE = 60_000


class Tiny:
    """A small log in memory: the same officials in each; each entry a minute after the one before unless `t` says otherwise."""

    def __init__(self, now=None, first_ruleset=None):
        self.entries, self.under, self.files, self.clock = [], {}, {}, START
        self.r = self.add("genesis", None, registrars=["r+00000001+AA", "r2+00000002+AA"])
        if first_ruleset:
            self.pin(first_ruleset)
        for name, role, authority, level in (
                ("j1", "judge", "mx.court1", "federal"), ("j1b", "judge", "mx.court1", "federal"), ("j2", "judge", "mx.court2", "federal"),
                ("js", "judge", "mx.state1", "state"), ("q", "requester", "mx.fgr", "federal"), ("qs", "requester", "mx.fgj", "state"),
                ("h", "holder", "mx.telco", "federal"), ("h2", "holder", "mx.bank", "federal"), ("o", "oversight", "mx.watch", "federal")):
            self.enroll(name, role, authority, level)

    def add(self, kind, signer, t=None, **m):
        self.clock = self.clock + MINUTE if t is None else t
        index = len(self.entries)
        if kind != "genesis":
            m["under"] = self.ref(self.under.get(signer, self.entries[0]))
        key = ("r", "00000001") if signer == "r" else ("r2", "00000002") if signer == "r2" else None
        e = Entry(index, self.clock, "hash %d" % index, kind, m, key)
        self.entries.append(e)
        return e

    @staticmethod
    def ref(e):
        return {"entry": e.index, "hash": e.hash}

    def enroll(self, name, role, authority, level="federal", **more):
        self.under[name] = self.add("enroll", "r", vkey=name + "+0+0", role=role, authority=authority, level=level, name=name, **more)
        return self.under[name]

    def pin(self, changes, since="2000-01-01T00:00:00.000Z", t=None, path=BUILT_IN):
        """Pins the built-in ruleset, or another, with changes: vocabulary.code -> anything, by member paths."""
        with open(path, "rb") as f:
            law = json.load(f)
        for path, value in changes.items():
            *way, last = path.split("/")
            at = law
            for step in way:
                at = at[step]
            at[last] = value
        data = json.dumps(law).encode()
        digest = hashlib.sha256(data)
        self.files[digest.hexdigest()] = data
        return self.add("ruleset", "r", t, name=law["name"], version="1", sha256=base64.b64encode(digest.digest()).decode(), **{"from": since})

    def warrant(self, signer="j1", t=None, ref="C-1", **more):
        m = {"ref": ref, "matter": "criminal", "used_by": ["mx.fgr"], "categories": ["traffic_retained", "geolocation_live"],
             "window": span(0, 30 * DAY), **more}
        return self.add("warrant", signer, t, **m)

    def request(self, t=None, signer="q", **more):
        enrolled = self.under[signer].m
        m = {"authority": enrolled["authority"], "level": enrolled["level"], "function": "prosecution", "holder": "mx.telco",
             "source": "call_records", "categories": ["vehicle"], "basis": "CNPP-303", "purpose": {"code": "prosecution"}, "persons": 1, **more}
        return self.add("request", signer, t, **m)

    def about(self, kind, signer, request, t=None, **more):
        return self.add(kind, signer, t, request=self.ref(request), **more)

    def response(self, request, outcome="full", t=None, signer="h", **more):
        holder = self.under[signer].m["authority"]
        return self.about("response", signer, request, t, holder=holder, outcome=outcome, received_at=when(START), **more)

    def judicial_notice(self, request, t=None, fulfilled=0):
        return self.about("judicial_notice", "q", request, t, fulfilled_at=when(START + fulfilled), notified_at=when(START))

    def ratification(self, request, result="total", t=None, **more):
        return self.about("ratification", "j1", request, t, result=result, **more)

    def notice(self, request, t=None):
        return self.about("notice", "q", request, t, delivered_at=when(START), means="post")

    def extension(self, warrant, until, signer="j1", t=None):
        return self.add("extension", signer, t, warrant=self.ref(warrant), until=when(START + until))

    def transfer(self, *requests, country="US", **more):
        return self.add("transfer", "q", requests=[self.ref(r) for r in requests], recipient={"country": country, "authority": "x"}, **more)

    def now(self, t):
        self.add("anchor", "o", t, checkpoint={"size": 1, "root": "x"})

    def log(self):
        return Log(self.entries, self.clock, lambda digest: self.files.get(digest))


def span(start, end):
    return {"from": when(START + start), "until": when(START + end)}


def person(name, kind="curp"):
    return {"type": kind, "commit": "commit " + name, "sealed": "sealed " + name, "to": {"entry": 1, "hash": "x"}}


class Tap:
    def __init__(self):
        self.count = self.bad = 0

    def same(self, what, got, want):
        self.count += 1
        if got != want:
            self.bad += 1
            print("# got %r, want %r" % (got, want))
        print("%s %d - %s" % ("ok" if got == want else "not ok", self.count, what))

    def says(self, what, tiny, rule, entry, want, *related):
        """What the rule answers about the entry: one result, several, or None for nothing. `related` must be among its related."""
        answers = [a for a in answers_of(tiny.log()) if a["rule"] == rule and a["entry"] == entry.index]
        want = [] if want is None else want if isinstance(want, list) else [want]
        self.same("%s: %s" % (rule, what), [a["result"] for a in answers], want)
        missing = [e.index for e in related if not any(e.index in a["related"] for a in answers)]
        if related:
            self.same("%s: %s: related" % (rule, what), missing, [])


def facts_time(tap):
    for text in ("0001-01-01T00:00:00.000Z", "1970-01-01T00:00:00.000Z", "2000-02-29T23:59:59.999Z", "9999-12-31T12:34:56.789Z"):
        tap.same("time " + text, when(millis(text)), text)
    tap.same("2026-11-21T16:00:01Z in seconds", millis("2026-11-21T16:00:01.000Z"), 1795276801000)
    for text, months, want in (("2026-08-31", 6, "2027-02-28"), ("2027-08-31", 6, "2028-02-29"), ("2024-02-29", -12, "2023-02-28"),
                               ("2026-01-15", -12, "2025-01-15"), ("2025-12-31", 6, "2026-06-30"), ("2026-03-31", -1, "2026-02-28")):
        tap.same("%s and %d months" % (text, months), when(months_after(millis(text + "T01:02:03.004Z"), months)), want + "T01:02:03.004Z")
    for name, want in (("mx", "MX"), ("mx-test", "MX"), ("mexico", None), ("m", None), ("mx2", None), ("MX 2", "MX"), ("1x", None)):
        tap.same("home of " + name, Ruleset(json.dumps({"name": name, "hours": 1, "notify_days": 1, "categories": {}, "basis": {},
                                                        "aliases": {}, "codes": {"function": [], "sector": []}})).home(), want)


def facts_r01_r02(tap):
    t = Tiny()
    w = t.warrant()
    content = ["vehicle", "comms_content_stored"]
    bare = t.request(categories=content, warrant={"ref": "C-2"}, ground="kidnapping")
    good = t.request(categories=content, warrant={"ref": "C-1"})
    tap.says("an emergency is no excuse", t, "R01", bare, FINDING)
    tap.says("a warrant", t, "R01", good, PASS, w)
    tap.says("nothing that asks for one", t, "R01", t.request(), None)
    tap.says("another judge", t, "R02", bare, None)
    for what, more, want in (("bare", {}, FINDING), ("ground", {"ground": "other"}, PASS), ("basis", {"basis": "CNPP-303-EXC"}, PASS),
                             ("warrant", {"warrant": {"ref": "C-1"}}, PASS)):
        for category in ("traffic_retained", "subscriber", "geolocation_live"):
            tap.says(category + ", " + what, t, "R02", t.request(categories=["vehicle", category], **more), want)
    tap.says("contested, not retained", t, "R02", t.request(categories=["bank"]), None)


def facts_r03_r04(tap):
    for late in (0, 1):
        t = Tiny()
        q = t.request(ground="kidnapping")
        a = t.response(q, "direct_access", t=START + DAY)
        n = t.judicial_notice(q, t=START + 3 * DAY + late)
        tap.says("notice %d ms late" % late, t, "R03", q, FINDING if late else PASS, a, n)
        t = Tiny()
        q = t.request(ground="kidnapping")
        t.response(q, t=START + DAY, answered_at=when(START + 5 * HOUR))
        t.now(START + 53 * HOUR + late)
        tap.says("none, answered before it was accepted, now %d ms past" % late, t, "R03", q, FINDING if late else NOT_EVALUABLE)
        t = Tiny()
        q = t.request(basis="CNPP-303-EXC")
        n = t.judicial_notice(q, t=START + 50 * HOUR, fulfilled=2 * HOUR - late)
        tap.says("F from the notice, %d ms late" % late, t, "R03", q, FINDING if late else PASS, n)
        for before in (False, True):
            t = Tiny()
            q = t.request()
            r0 = t.ratification(q) if before else None
            n = t.judicial_notice(q, t=START + HOUR)
            t.judicial_notice(q)
            r = t.ratification(q, "refused", t=START + 97 * HOUR + late)
            want = FINDING if late and not before else PASS
            tap.says("ratified %d ms late, before %s" % (late, before), t, "R04", q, want, n, r0 or r)
        t = Tiny()
        q = t.request()
        t.pin({"hours": 1}, t=START + HOUR)
        n = t.judicial_notice(q, t=START + 2 * HOUR)
        t.now(START + 3 * HOUR + late)
        tap.says("hours of a pinned ruleset, now %d ms past" % late, t, "R04", q, FINDING if late else NOT_EVALUABLE, n)
    t = Tiny()
    q = t.request(ground="kidnapping")
    t.judicial_notice(q, t=START + 50 * HOUR, fulfilled=HOUR)
    t.judicial_notice(q, fulfilled=20 * HOUR)
    tap.says("F from the first notice", t, "R03", q, FINDING)
    t.response(q, t=START + 60 * HOUR, answered_at=when(START + 30 * HOUR))
    t.response(q, answered_at=when(START))
    tap.says("F from the first response", t, "R03", q, PASS)
    t = Tiny()
    q, calm = t.request(ground="other"), t.request()
    t.response(q, "none_held")
    t.now(START + 400 * DAY)
    tap.says("nothing fulfilled", t, "R03", q, NOT_EVALUABLE)
    tap.says("no emergency", t, "R03", calm, None)
    tap.says("no notice", t, "R04", q, None)
    tap.says("ground other", t, "R06", q, FINDING)
    tap.says("basis alone", t, "R06", t.request(basis="CNPP-303-EXC"), FINDING)
    tap.says("a ground", t, "R06", t.request(ground="extortion"), PASS)
    tap.says("no emergency", t, "R06", calm, None)


def facts_r05(tap):
    two = ["vehicle", "property"]
    for result, listed, outcome, want in (
            (None, None, "full", PASS), ("total", None, "full", PASS), ("refused", None, "full", FINDING),
            ("refused", None, "partial", FINDING), ("refused", None, "none_held", PASS), ("refused", None, "rejected_form", PASS),
            ("refused", None, "pending", PASS), ("partial", ["vehicle"], "full", FINDING), ("partial", ["vehicle"], "direct_access", FINDING),
            ("partial", ["vehicle"], "partial", PASS), ("partial", two, "full", PASS), ("partial", None, "full", NOT_EVALUABLE),
            ("total", ["vehicle"], "full", PASS)):
        t = Tiny()
        q = t.request(categories=two)
        r = [t.ratification(q, result, **({"categories": listed} if listed else {}))] if result else []
        tap.says("%s %s, %s" % (result, listed, outcome), t, "R05", t.response(q, outcome), want, q, *r)
    t = Tiny()
    q, other = t.request(categories=two), t.request()
    tap.says("before it was refused", t, "R05", t.transfer(other), PASS)
    t.ratification(other, "refused")
    t.ratification(q, "refused")
    last = t.ratification(q, "partial", categories=["property"])
    tap.says("the last one counts", t, "R05", t.response(q, "partial"), PASS, last)
    tap.says("transfer, partial", t, "R05", t.transfer(q), NOT_EVALUABLE, last)
    product = t.add("product", "q", requests=[t.ref(q), t.ref(other)], **{"class": "alert"})
    tap.says("product of a refused and a partial one", t, "R05", product, FINDING, other)
    t.ratification(q, "partial", categories=two)
    tap.says("transfer, partial but all", t, "R05", t.transfer(q), PASS)
    tap.says("response without a request", t, "R05", t.add("response", "h", holder="mx.telco", outcome="full", received_at=when(START)), None)


def facts_r07(tap):
    under = {"warrant": {"ref": "C-1"}}
    for what, at, want in (("at from", HOUR, PASS), ("1 ms before", HOUR - 1, FINDING), ("last ms", DAY - 1, PASS), ("at until", DAY, FINDING)):
        t = Tiny()
        w = t.warrant(window=span(HOUR, DAY))
        tap.says(what, t, "R07", t.request(START + at, **under), want, w)
    for what, signer, order, want in (("own court", "j1", 0, PASS), ("a colleague", "j1b", 0, PASS), ("another court", "j2", 0, FINDING),
                                      ("after the request", "j1", 1, FINDING)):
        t = Tiny()
        w = t.warrant(window=span(0, DAY))
        q = t.request(START + 2 * DAY, **under) if order else None
        t.extension(w, 3 * DAY, signer)
        t.extension(w, 2 * HOUR)
        q = q or t.request(START + 2 * DAY, **under)
        tap.says("extended by " + what, t, "R07", q, want)
    for what, own, asked, categories, want in (
            ("within", span(-DAY, 0), span(-DAY, 0), "vehicle", PASS), ("not within", span(-DAY, 0), span(-DAY - 1, 0), "vehicle", FINDING),
            ("beyond", span(-DAY, 0), span(-DAY, 1), "vehicle", FINDING), ("none asked", span(-DAY, 0), None, "vehicle", NOT_EVALUABLE),
            ("live", None, span(0, 30 * DAY), "geolocation_live", PASS), ("live, beyond", None, span(0, 30 * DAY + 1), "geolocation_live", FINDING),
            ("live, among others", None, span(0, 40 * DAY), "vehicle geolocation_live", FINDING), ("not live", None, span(0, 40 * DAY), "vehicle", PASS), ("live, none at all", None, None, "geolocation_live", PASS)):
        t = Tiny()
        w = t.warrant(**({"data_window": own} if own else {}))
        q = t.request(categories=categories.split(), **under, **({"data_window": asked} if asked else {}))
        tap.says("data " + what, t, "R07", q, want, w)
    t = Tiny()
    w = t.warrant(window=span(0, DAY))
    q = t.request(START + 2 * DAY, warrant={"ref": "C-1"})
    early = t.add("closing", "q", warrant=t.ref(w), executed=span(0, DAY + 1))
    t.extension(w, 2 * DAY)
    tap.says("closing beyond", t, "R07", early, FINDING, w)
    tap.says("closing after an extension", t, "R07", t.add("closing", "q", warrant=t.ref(w), executed=span(0, 2 * DAY)), PASS, w)
    tap.says("no warrant", t, "R07", t.request(), None)


def facts_r08_r10(tap):
    base = {"categories": ["vehicle", "fiscal"], "used_by": ["mx.fgr"]}
    for what, own, asked, want in (
            ("good", {}, {}, PASS), ("all of it", {}, {"categories": ["fiscal", "vehicle"]}, PASS), ("authority", {"used_by": ["mx.sat"]}, {}, FINDING), ("category", {}, {"categories": ["vehicle", "bank"]}, FINDING),
            ("holder", {"holders": ["mx.bank"]}, {}, FINDING), ("one of the holders", {"holders": ["mx.bank", "mx.telco"]}, {}, PASS),
            ("subject", {"subjects": [person("a"), person("b")]}, {"subjects": [person("b")]}, PASS),
            ("another subject", {"subjects": [person("a")]}, {"subjects": [person("a"), person("b")]}, FINDING),
            ("another type", {"subjects": [person("a")]}, {"subjects": [person("a", "rfc")]}, FINDING),
            ("no subjects", {"subjects": [person("a")]}, {}, NOT_EVALUABLE),
            ("no subjects, and a category", {"subjects": [person("a")]}, {"categories": ["bank"]}, FINDING),
            ("subjects that the warrant leaves open", {}, {"subjects": [person("a")]}, PASS)):
        t = Tiny()
        w = t.warrant(**{**base, **own})
        tap.says(what, t, "R08", t.request(warrant={"ref": "C-1"}, **asked), want, w)
    six = millis("2026-09-02T09:00:00.000Z") - START
    for what, matter, until, extensions, want in (
            ("six months", "criminal", six, [], PASS), ("1 ms more", "criminal", six + 1, [], FINDING),
            ("extended to six months", "criminal", DAY, [six], PASS), ("extended 1 ms beyond", "criminal", DAY, [six + 1], FINDING),
            ("180 days", "national_security", 180 * DAY, [], PASS), ("1 ms more than 180 days", "national_security", 180 * DAY + 1, [], FINDING),
            ("extended to 360", "national_security", 180 * DAY, [360 * DAY], PASS), ("and 1 ms", "national_security", DAY, [360 * DAY + 1], FINDING),
            ("two extensions", "national_security", DAY, [2 * DAY, 3 * DAY], FINDING)):
        t = Tiny()
        w = t.warrant(matter=matter, window=span(0, until))
        t.extension(w, 3000 * DAY, "j2")
        tap.says(what, t, "R09", w, want, *[t.extension(w, x) for x in extensions])
    tap.says("nothing live", t, "R09", t.warrant(categories=["vehicle"]), None)
    t = Tiny()
    t.warrant("js", ref="S-1")
    t.warrant("j1")
    content = ["vehicle", "device_content"]
    tap.says("a state judge", t, "R10", t.request(categories=content, warrant={"ref": "S-1"}), FINDING)
    t.pin({"categories/vehicle": {"judge": "none_stated", "level": "state", "basis": []}})
    tap.says("two levels", t, "R10", t.request(categories=content, warrant={"ref": "C-1"}), FINDING)
    t.pin({})
    tap.says("a federal judge", t, "R10", t.request(categories=content, warrant={"ref": "C-1"}), PASS)
    tap.says("no level asked for", t, "R10", t.request(warrant={"ref": "S-1"}), None)
    tap.says("no warrant", t, "R10", t.request(categories=content), None)


def facts_newest(tap):
    """What the newest ruleset that comes with the software says otherwise: docs/RULES.md."""
    t = Tiny()
    t.enroll("gn", "requester", "mx.gn", function="police")
    t.enroll("cni", "requester", "mx.cni", function="intelligence")
    tap.says("LGN 90, before", t, "R11", t.request(signer="gn", basis="LGN-90"), FINDING)
    tap.says("LGN 90, the prosecution, before", t, "R11", t.request(basis="LGN-90"), PASS)
    tap.says("LSNIIMSP 24, before", t, "R11", t.request(signer="cni", basis="LSNIIMSP-24"), NOT_EVALUABLE)
    tap.says("not a code yet", t, "CODE", t.request(basis="LSNIIMSP-44"), FINDING)
    t.pin({}, path=NEWEST)
    for what, signer, basis, want in (
            ("LGN 90", "gn", "LGN-90", PASS), ("LGN 90, the prosecution", "q", "LGN-90", FINDING), ("LGN 9-XXVI", "gn", "LGN-9-XXVI", PASS),
            ("LSNIIMSP 24", "cni", "LSNIIMSP-24", PASS), ("LSNIIMSP 24, the police", "gn", "LSNIIMSP-24", FINDING),
            ("LSNIIMSP 28", "cni", "LSNIIMSP-28", PASS), ("LSNIIMSP 30", "cni", "LSNIIMSP-30", PASS), ("LSNIIMSP 47", "cni", "LSNIIMSP-47", PASS),
            ("LSNIIMSP 44", "gn", "LSNIIMSP-44", PASS), ("LSNIIMSP 12", "cni", "LSNIIMSP-12", NOT_EVALUABLE), ("LIC 142", "q", "LIC-142", NOT_EVALUABLE)):
        q = t.request(signer=signer, basis=basis)
        tap.says(what, t, "R11", q, want)
        tap.says(what, t, "CODE", q, PASS)
    for code in ("LSNIIMSP-25", "LSNIIMSP-27", "LSNIIMSP-31", "LGEXT-25"):
        tap.says(code, t, "CODE", t.request(basis=code), PASS)
    tap.says("LGN 9-XXVI needs a judge", t, "R02", t.request(signer="gn", basis="LGN-9-XXVI", categories=["geolocation_live"]), FINDING)


def facts_r11_r16(tap):
    t = Tiny(first_ruleset={"basis/LSN-34": {"functions": [], "levels": ["federal"]}})
    t.enroll("cop", "requester", "mx.gn", function="police")
    for what, more, want in (
            ("good", {}, PASS), ("function", {"function": "police"}, FINDING), ("level", {"basis": "LFCDO-16", "signer": "qs"}, FINDING),
            ("no list", {"basis": "CFF-69"}, NOT_EVALUABLE), ("unknown basis", {"basis": "XX"}, NOT_EVALUABLE),
            ("the enrolment's function", {"signer": "cop"}, FINDING), ("an alias", {"signer": "cop", "basis": "LFTR-189"}, PASS),
            ("empty list", {"basis": "LSN-34"}, NOT_EVALUABLE), ("empty list, wrong level", {"basis": "LSN-34", "signer": "qs"}, FINDING)):
        tap.says(what, t, "R11", t.request(**more), want)
    for matter, want in (("criminal", PASS), ("labour", FINDING), ("other", PASS), ("fiscal", FINDING)):
        tap.says(matter, t, "R12", t.warrant(categories=["vehicle", "comms_content_stored"], matter=matter), want)
    tap.says("no content", t, "R12", t.warrant(matter="labour", categories=["device_content"]), None)
    bio, case = ["identity_biometric"], {"scheme": "FUB", "number": "1"}
    for what, more, want in (("good", {"case": case}, PASS), ("no case", {}, FINDING), ("search", {"case": case, "function": "search_commission"}, PASS),
                             ("function", {"case": case, "function": "fiscal_financial"}, FINDING), ("enrolled", {"case": case, "signer": "cop"}, FINDING)):
        tap.says(what, t, "R13", t.request(categories=bio, **more), want)
    tap.says("another category", t, "R13", t.request(), None)
    for what, term, want in (("90 days", 90 * DAY, PASS), ("1 ms more", 90 * DAY + 1, FINDING), ("none", None, NOT_EVALUABLE)):
        more = {} if term is None else {"term": when(t.clock + MINUTE + term)}
        tap.says(what, t, "R14", t.request(categories=["preservation"], **more), want)
    tap.says("another category", t, "R14", t.request(term=when(START + 999 * DAY)), None)

    term, other = {"term": when(START)}, {"purpose": {"code": "other"}}
    for what, sector, role, more, want in (
            ("no term", "telecom", "holder", {}, FINDING), ("purpose other", "bank", "holder", {**term, **other}, FINDING), ("good", "bank", "holder", term, PASS),
            ("public", "public", "holder", other, PASS), ("not known", None, "holder", {}, NOT_EVALUABLE), ("not known, good", None, "holder", term, PASS),
            ("not a holder", "bank", "requester", {}, NOT_EVALUABLE)):
        t = Tiny()
        if sector:
            t.enroll("w", role, "mx.telco", function="public" if want == FINDING else "commerce")
            t.enroll("x", role, "mx.telco", function=sector)
        t.enroll("y", "holder", "mx.telco")
        q = t.request(**more)
        t.enroll("z", "holder", "mx.telco", function="public" if want == FINDING else "bank")
        tap.says(what, t, "R15", q, want)
    for name, country, more, want in (("mx", "US", {}, FINDING), ("mx", "US", {"instrument": "x"}, PASS), ("mx", "MX", {}, None), ("MX-2", "MX", {}, None),
                                      ("world", "US", {}, NOT_EVALUABLE), ("us federal", "US", {}, None), ("us federal", "MX", {}, FINDING)):
        t = Tiny(first_ruleset={"name": name})
        q = t.request()
        x = t.transfer(q, q, country=country, **more)
        tap.says("%s to %s %s" % (name, country, more), t, "R16", q, want, *([x] if want else []))
    t = Tiny()
    q, q2 = t.request(), t.request()
    xs = [t.transfer(q, q2), t.transfer(q, q2, instrument="x")]
    tap.says("two transfers", t, "R16", q, [FINDING, PASS], *xs)
    tap.says("two requests", t, "R16", q2, [FINDING, PASS], *xs)


def facts_r17_r18(tap):
    year = millis("2025-03-02T09:00:00.000Z") - START
    for what, data, hours in (("recent", year + HOUR, 24), ("1 ms older", year + HOUR - 1, 48), ("without data_window", None, 48)):
        for late in (0, 1):
            t = Tiny()
            q = t.request(START + HOUR, categories=["vehicle", "subscriber"], **({} if data is None else {"data_window": span(data, DAY)}))
            t.response(q, "pending")
            a = t.response(q, "none_held", t=START + HOUR + hours * HOUR + late, answered_at=when(START))
            tap.says("%s, %d ms late" % (what, late), t, "R17", q, FINDING if late else PASS, a)
        t.entries.pop()
        t.clock -= 1
        t.now(t.clock)
        tap.says(what + ", not past", t, "R17", q, NOT_EVALUABLE)
    tap.says("not retained", t, "R17", t.request(categories=["geolocation_live"]), None)
    ask, days = {"notify": {"after": when(START + 10 * DAY)}}, 30 * DAY
    for what, more, deferred, base in (("answer", {}, [], HOUR), ("notify.after", ask, [], 10 * DAY), ("deferral", ask, [20 * DAY], 20 * DAY),
                                       ("the last deferral", ask, [90 * DAY, 20 * DAY], 20 * DAY), ("answer after them", {}, [0], HOUR)):
        for late in (0, 1):
            t = Tiny()
            q = t.request(**more)
            t.response(q, "none_held", t=START)
            a = t.response(q, "partial", t=START + HOUR)
            t.response(q, "full", t=START + 2 * HOUR)
            ds = [t.about("deferral", "j1", q, until=when(START + d), reason="other") for d in deferred]
            n = t.notice(q, t=START + base + days + late)
            tap.says("%s, %d ms late" % (what, late), t, "R18", q, FINDING if late else PASS, a, n, *ds[-1:])
            t.entries.pop()
            t.now(START + base + days + late)
            tap.says("%s, no notice, now %d ms past" % (what, late), t, "R18", q, FINDING if late else NOT_EVALUABLE, a)
    t.about("deferral", "j1", q, until=when(START + 900 * DAY), reason="other")
    tap.says("a deferral after it was overdue", t, "R18", q, NOT_EVALUABLE)
    tap.says("nothing delivered", t, "R18", t.request(), None)


def facts_r19_r20(tap):
    t = Tiny()
    early = t.request(warrant={"ref": "C-1"})
    a, b, c = t.warrant(), t.warrant("j2", ref="C-2"), t.warrant(ref="C-2")
    twice = t.warrant(ref="C-3"), t.warrant(ref="C-3")
    for what, asked, want in (
            ("one", {"ref": "C-1"}, a), ("none", {"ref": "C-9"}, None), ("of two courts", {"ref": "C-2"}, None), ("by court", {"ref": "C-2", "court": "mx.court2"}, b),
            ("the other court", {"ref": "C-2", "court": "mx.court1"}, c), ("a wrong court", {"ref": "C-1", "court": "mx.court2"}, None),
            ("by entry", {"ref": "C-3", **t.ref(twice[1])}, twice[1]), ("twice at one court", {"ref": "C-3", "court": "mx.court1"}, None),
            ("entry and another ref", {"ref": "C-1", **t.ref(b)}, None), ("entry and another court", {"ref": "C-2", "court": "mx.court1", **t.ref(b)}, None)):
        tap.says(what, t, "R19", t.request(warrant=asked), PASS if want else FINDING, *([want] if want else []))
    tap.says("a later warrant", t, "R19", early, FINDING)
    q = t.request()
    tap.says("none named", t, "R19", q, None)
    tap.says("own", t, "R20", t.response(q), PASS, q)
    tap.says("another's", t, "R20", t.response(q, signer="h2"), FINDING, q)
    tap.says("no request", t, "R20", t.add("response", "h", holder="mx.telco", outcome="full", received_at=when(START)), FINDING)


def facts_r21(tap):
    def erase(t, signer="j1", who="a"):
        return t.add("erasure", signer, blob="sealed " + who, order="x")
    a = {"subjects": [person("a")]}
    under = {**a, "warrant": {"ref": "C-1"}}
    t = Tiny()
    tap.says("named later", t, "R21", erase(t), NOT_EVALUABLE)
    w = t.warrant(**a)
    tap.says("the warrant's court", t, "R21", erase(t), PASS, w)
    tap.says("another court", t, "R21", erase(t, "j2"), FINDING, w)
    q = t.request(**under)
    tap.says("not answered", t, "R21", erase(t), PASS, w, q)
    r = t.response(q)
    tap.says("answered, not told", t, "R21", erase(t), FINDING, w, q, r)
    n = t.notice(q)
    tap.says("told", t, "R21", erase(t), PASS, w, q, r, n)
    q2 = t.request(**a)
    tap.says("one without a warrant", t, "R21", erase(t), NOT_EVALUABLE, q2)
    tap.says("one without a warrant, another court", t, "R21", erase(t, "j2"), FINDING, q2)
    q3 = t.request(purpose={"code": "other", "note": {"commit": "x", "sealed": "sealed note", "to": {"entry": 1, "hash": "x"}}}, warrant={"ref": "C-1"})
    tap.says("a note", t, "R21", erase(t, who="note"), PASS, q3)
    t.response(q3, "none_held")
    tap.says("nothing delivered", t, "R21", erase(t, who="note"), PASS)
    tap.says("a note, another court", t, "R21", erase(t, "j2", "note"), FINDING, w)


def facts_r22_code(tap):
    t = Tiny()
    a, b, c = t.request(START + HOUR - 1), t.request(START + HOUR), t.request(START + HOUR, signer="qs")
    x = t.add("revoke", "r", vkey="q+0+0", reason="other", since=when(START + HOUR))
    y = t.add("revoke", "r", vkey="qs+0+0", reason="other")
    z = t.add("revoke", "r2", vkey="r+00000001+AA", reason="other", since=when(x.accepted))
    tap.says("1 ms before", t, "R22", a, PASS)
    tap.says("at since", t, "R22", b, FINDING, x)
    tap.says("no since", t, "R22", c, PASS, y)
    tap.says("a registrar of genesis", t, "R22", y, FINDING, z)
    tap.says("another registrar of genesis", t, "R22", z, PASS)
    tap.says("genesis", t, "R22", t.entries[0], None)
    t = Tiny()
    for what, more, want in (("good", {}, PASS), ("category", {"categories": ["vehicle", "cars"]}, FINDING), ("alias", {"basis": "LFTR-190"}, PASS),
                             ("alias elsewhere", {"source": "LFTR-190"}, FINDING), ("a code of another vocabulary", {"ground": "bank"}, FINDING),
                             ("purpose", {"purpose": {"code": "fun"}}, FINDING), ("case", {"case": {"scheme": "X", "number": "1"}}, FINDING),
                             ("second subject", {"subjects": [person("a"), person("b", "tail")]}, FINDING), ("holder", {"holder": "any"}, PASS)):
        tap.says(what, t, "CODE", t.request(**more), want)
    tap.says("a sector", t, "CODE", t.enroll("s", "holder", "x", function="bank"), PASS)
    tap.says("a function", t, "CODE", t.enroll("s", "holder", "x", function="police"), PASS)
    tap.says("level", t, "CODE", t.enroll("s", "holder", "x", level="martian"), FINDING)
    tap.says("none", t, "CODE", t.add("anchor", "o", checkpoint={"size": 1, "root": "x"}), PASS)
    q = t.request()
    tap.says("product", t, "CODE", t.add("product", "q", requests=[t.ref(q)], **{"class": "x"}), FINDING)
    tap.says("ratification", t, "CODE", t.ratification(q, "total", categories=["x"]), FINDING)
    tap.says("warrant", t, "CODE", t.warrant(matter="x"), FINDING)
    tap.says("outcome", t, "CODE", t.response(q, "x"), FINDING)
    t = Tiny()
    before = t.request(source="new")
    t.pin({"codes/source": ["new"]}, when(START + DAY))
    not_yet = t.request(source="new")
    t.pin({"codes/source": ["newest"]}, when(START + HOUR), START + HOUR)
    hour = t.request(source="newest")
    at = t.request(START + DAY, source="new")
    t.pin({"codes/source": ["newest"]}, when(START + DAY))
    tie = t.request(source="newest")
    for what, e, want in (("before a ruleset", before, FINDING), ("before its from", not_yet, FINDING), ("pinned later, from earlier", hour, PASS),
                          ("the greatest from", at, PASS), ("the later of two", tie, PASS)):
        tap.says(what, t, "CODE", e, want)
    t = Tiny(first_ruleset={"aliases/lago": "subscriber", "aliases/raro": "other", "codes/ground": ["raro", "other", "extortion"]})
    tap.says("an alias is its category", t, "R02", t.request(categories=["lago"]), FINDING)
    tap.says("an alias is a code elsewhere", t, "R06", t.request(ground="raro"), PASS)
    tap.says("and an alias there", t, "R15", t.request(purpose={"code": "raro"}, term=when(START)), NOT_EVALUABLE)


def selftest():
    tap = Tap()
    for facts in (facts_time, facts_r01_r02, facts_r03_r04, facts_r05, facts_r07, facts_r08_r10, facts_newest, facts_r11_r16, facts_r17_r18, facts_r19_r20,
                  facts_r21, facts_r22_code):
        facts(tap)
    print("1..%d" % tap.count)
    return 1 if tap.bad else 0


def main(arguments):
    if arguments == ["selftest"]:
        return selftest()
    folders = [a for a in arguments if a != "--all"]
    if len(folders) != 1 or folders[0].startswith("-"):
        sys.stderr.write(__doc__)
        return 2
    try:
        audit(folders[0], "--all" in arguments)
    except (CannotRead, OSError, ValueError, LookupError, TypeError, AttributeError) as why:    # or an entry has not its form
        sys.stderr.write("rules.py: cannot read: %s\n" % why)
        return 3
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
