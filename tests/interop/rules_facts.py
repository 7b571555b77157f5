"""Facts about each rule, over small logs in memory, in TAP: `rules.py selftest`."""
import base64
import hashlib
import json

from rules_asked import answers_of
from rules_log import (BUILT_IN, DAY, Entry, FINDING, HOUR, Log, NEWEST, NOT_EVALUABLE, PASS,
                       Ruleset, millis, months_after, when)

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
