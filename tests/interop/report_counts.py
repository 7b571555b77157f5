#!/usr/bin/python3
"""What a transparency report counts, once more, from docs/INTERFACES.md ("Report") and docs/RULES.md alone. Only the standard library.

    report_counts.py MIRROR REPORT.json [REPORT.csv]   facts about a report of the log in a mirror folder, in TAP

The log is read as rules.py reads it: nothing is verified here.
"""
import base64
import csv
import io
import json
import statistics
import sys

import rules_asked
import rules_log

MEASURES = ("received answered_full answered_partial answered_none rejected direct_access answered_other unanswered persons "
            "identifiers emergencies judge_in_time judge_late judge_awaited ratification_refused foreign_transfers notices_due "
            "notices_sent notices_deferred notices_awaited notices_overdue automated findings_critical findings_high "
            "findings_medium findings_low findings_policy").split()
DIMENSIONS = "month level authority state holder_sector category basis warrant".split()
STATUSES = "before ratified refused pending absent contested not_needed".split()
SEVERITY = {"R01": "critical", "R02": "critical", "R03": "critical", "R04": "high", "R05": "critical", "R06": "high",
            "R07": "critical", "R08": "critical", "R09": "high", "R10": "critical", "R11": "high", "R12": "critical",
            "R13": "critical", "R14": "medium", "R15": "high", "R16": "high", "R17": "low", "R18": "policy", "R19": "high",
            "R20": "high", "R21": "high", "R22": "policy", "CODE": "high"}
HIDDEN = "*"
MOST = 2**53 - 1        # a sum that is greater is this


def month(ms):
    return rules_log.when(ms)[:7]


def months(start, end):
    year, m = map(int, start.split("-"))
    while "%04d-%02d" % (year, m) <= end:
        yield "%04d-%02d" % (year, m)
        year, m = (year + 1, 1) if m == 12 else (year, m + 1)


class Counts:
    """Everything that a report of these months counts, nothing hidden."""

    def __init__(self, log, size, start, end, by):
        self.log, self.by = log, by
        # Of months before the first entry's and after the last one's nothing is known.
        self.start, self.end, self.first, self.last = start, end, month(log.entries[0].accepted), month(log.now)
        self.requests = [q for q in log.of("request") if start <= month(q.accepted) <= end]
        self.findings, self.elsewhere = {}, dict.fromkeys("critical high medium low policy".split(), 0)
        self.take_findings(start, end)
        self.total, self.waits = self.empty(), {}
        self.summary = {"month": {m: self.empty() for m in months(start, end)}, by: {},
                        "warrant": {s: self.empty() for s in STATUSES}}
        self.rows, self.total_waits = {}, []
        for q in self.requests:
            self.take(q)

    @staticmethod
    def empty():
        return dict.fromkeys(MEASURES, 0)

    def take_findings(self, start, end):
        for a in rules_asked.answers_of(self.log):
            if a["result"] != rules_log.FINDING:
                continue
            e = self.log.by_index[a["entry"]]
            about = self.about(a["rule"], e)
            if about is not None:
                self.findings.setdefault(about.index, []).append(SEVERITY[a["rule"]])
            elif start <= month(e.accepted) <= end:
                self.elsewhere[SEVERITY[a["rule"]]] += 1

    def about(self, rule, e):
        """The request that a finding is about, or None."""
        if e.kind == "request":
            return e
        if rule == "R05":                                  # of several the first for which it is one
            found = [q for q in e.named if rules_asked.r05_one(self.log, e, q)[0] == rules_log.FINDING]
        elif rule == "R21":                                # of several that name the blob the first
            found = [q for q in self.log.blobs.get(e.m["blob"], []) if q.index < e.index and q.kind == "request"]
        else:
            found = e.named if rule == "R20" else []
        return found[0] if found else None

    def outcome(self, q):
        answers = [self.log.outcome(r) for r in self.log.answering(q)]
        if "direct_access" in answers:
            return "direct_access"
        if not answers:
            return "unanswered"
        last = answers[-1]
        known = {"full": "answered_full", "partial": "answered_partial", "none_held": "answered_none"}
        return known.get(last, "rejected" if last.startswith("rejected") else "answered_other")

    def judge(self, q):
        f, _ = self.log.fulfilled(q)
        if f is None:
            return "judge_awaited"
        if any(n.accepted <= f + 48 * rules_log.HOUR for n in q.named_by("judicial_notice")[:1]):
            return "judge_in_time"
        return "judge_late" if self.log.now > f + 48 * rules_log.HOUR else "judge_awaited"

    def notice(self, q, first):
        if q.named_by("notice"):
            return "notices_sent"
        after = [first.accepted]
        if "notify" in q.m:
            after.append(rules_log.millis(q.m["notify"]["after"]))
        deferrals = q.named_by("deferral")
        until = rules_log.millis(deferrals[-1].m["until"]) if deferrals else None
        if until is not None:
            after.append(until)
        days = json.loads(self.ruleset_bytes(first))["notify_days"]
        if self.log.now > max(after) + days * rules_log.DAY:
            return "notices_overdue"
        return "notices_deferred" if until is not None and until > self.log.now else "notices_awaited"

    def ruleset_bytes(self, e):
        if e.pinned is None:
            with open(rules_log.BUILT_IN, "rb") as f:
                return f.read()
        return self.log.blob(base64.b64decode(e.pinned.m["sha256"]).hex())

    def refused(self, q):
        return [r.m["result"] for r in q.named_by("ratification")][-1:] == ["refused"]

    def status(self, q, category, judge):
        if q.warrant is not None:
            return "before"
        if self.log.emergency(q):
            if not q.named_by("ratification"):
                return "pending"
            return "refused" if self.refused(q) else "ratified"
        if judge in ("contested", "unresolved"):
            return "contested"
        return "not_needed" if judge in ("not_needed", "none_stated") else "absent"

    def count(self, q):
        n = self.empty()
        delivering = self.log.delivering(q)
        n["received"] = n[self.outcome(q)] = 1
        n["persons"], n["identifiers"] = q.m["persons"], len(q.m.get("subjects", []))
        if self.log.emergency(q):
            n["emergencies"] = n[self.judge(q)] = 1
        n["ratification_refused"] = int(self.refused(q))
        for t in q.named_by("transfer"):
            name = json.loads(self.ruleset_bytes(t))["name"]
            home = name[:2].upper() if name[:2].isalpha() and not name[2:3].isalnum() else None
            n["foreign_transfers"] += home is not None and t.m["recipient"]["country"] != home
        if delivering:
            n["notices_due"] = n[self.notice(q, delivering[0])] = 1
        n["automated"] = int(q.m.get("automated", False))
        for severity in self.findings.get(q.index, []):
            n["findings_" + severity] += 1
        return n

    def add(self, key, line, n, wait):
        for m in MEASURES:
            line[m] = min(line[m] + n[m], MOST)
        if wait is not None:
            self.waits.setdefault(key, []).append(wait)

    def take(self, q):
        answers = self.log.answering(q)
        wait = answers[0].accepted - q.accepted if answers else None
        n = self.count(q)
        single = {"month": month(q.accepted), "level": self.log.read(q, "level", q.m["level"]), "authority": q.m["authority"],
                  "state": q.signers("jurisdiction") or "", "holder_sector": self.log.sector(q)[0] or "",
                  "basis": self.log.basis(q)}
        pairs = {c: self.status(q, c, judge) for c, judge in self.log.judges(q)}
        self.add("total", self.total, n, wait)
        for name, lines in self.summary.items():
            values = set(pairs.values()) if name == "warrant" else set(pairs) if name == "category" else {single[name]}
            for value in values:
                self.add((name, value), lines.setdefault(value, self.empty()), n, wait)
        for category, status in pairs.items():
            key = tuple({**single, "category": category, "warrant": status}[d] for d in DIMENSIONS)
            self.add(key, self.rows.setdefault(key, self.empty()), n, wait)

    def unknown(self, key):
        a, b = (key[1], key[1]) if key[0] == "month" else (self.start, self.end)
        return a > self.last or b < self.first

    def median(self, key):
        waits = self.waits.get(key)
        return None if not waits else int(statistics.median(waits) * 10 / rules_log.HOUR + 0.5) / 10


def tables(report):
    """[(the lines of a table, how their keys are called here)] of a report read from JSON."""
    by = [k for k in report if k.startswith("by_") and k not in ("by_month", "by_warrant")][0][3:]
    yield [("total", report["total"])]
    for d in ("month", by, "warrant"):
        yield [((d, line[d]), line) for line in report["by_" + d]]
    yield [(tuple(line[d] for d in DIMENSIONS), line) for line in report["rows"]]


def compare(tap, counts, report):
    wrong, shown, hidden, small = [], 0, 0, []
    truth = {"total": counts.total, **{(d, v): line for d, lines in counts.summary.items() for v, line in lines.items()},
             **counts.rows}

    def is_total(key):
        """The total, or all of a summary with nothing else in it."""
        return key == "total" or (len(key) == 2 and sum(n["received"] > 0 for n in counts.summary[key[0]].values()) == 1)
    seen = [key for table in tables(report) for key, _ in table]
    for table in tables(report):
        for key, line in table:
            if counts.unknown(key):
                wrong += [(key, line)] if any(line[m] is not None for m in MEASURES) or line["median_hours"] is not None else []
                continue
            wrong += [(key, "at_least")] if line.get("at_least", []) != [m for m in MEASURES if line[m] == MOST] else []
            for m in MEASURES:
                if line[m] == HIDDEN:
                    hidden += 1
                    continue
                shown += 1
                wrong += [(key, m, line[m])] if line[m] != truth.get(key, {}).get(m) else []
                small += [(key, m)] if 0 < line[m] < 5 and not is_total(key) else []
            if line["median_hours"] != HIDDEN and line["median_hours"] != counts.median(key):
                wrong.append((key, "median_hours", line["median_hours"], counts.median(key)))
            if line["median_hours"] != HIDDEN and not is_total(key) and 0 < len(counts.waits.get(key, [])) < 5:
                small.append((key, "median_hours"))
    tap.check("the totals are those of an independent count",
              all(report["total"][m] == (None if counts.unknown("total") else counts.total[m]) for m in MEASURES), report["total"])
    tap.check("so is each of %d numbers that are shown (%d are hidden)" % (shown, hidden), not wrong and shown > 0, wrong[:5])
    tap.check("no number from 1 to 4 is shown but in the total, or in a line that is all of it", not small, small[:5])
    lines = {(d, v) for d, lines in counts.summary.items() for v in lines} | {"total"}
    tap.check("no line of a summary is missing", lines <= set(seen) and len(seen) == len(set(seen)), lines - set(seen))
    tap.check("no row has less than 5 requests", all(counts.rows[k]["received"] >= 5 for k in seen if len(k) == 8), "")
    tap.check("findings about no request", report["findings_not_of_a_request"] == counts.elsewhere, counts.elsewhere)
    return shown


def read_csv(text):
    """The same as JSON has of numbers."""
    report = {"rows": []}
    records = list(csv.reader(io.StringIO(text, newline=""), strict=True))
    assert len({len(r) for r in records}) == 1
    for record in records[1:]:
        line = dict(zip(records[0], record))
        numbers = {m: HIDDEN if line[m] == HIDDEN else None if line[m] == "–" else int(line[m])
                   for m in MEASURES} if line["table"] != "meta" else {}
        if numbers:
            h = line["median_hours"]
            numbers["median_hours"] = h if h == HIDDEN else float(h) if h and h != "–" else None
        if line["table"] == "total":
            report["total"] = numbers
        elif line["table"] == "row":
            report["rows"].append({**{d: line[d] for d in DIMENSIONS}, **numbers})
        elif line["table"] != "meta":
            d = line["table"][3:]
            report.setdefault(line["table"], []).append({d: line[d], **numbers})
    return report


class Tap:
    def __init__(self):
        self.n = self.failed = 0

    def check(self, what, good, more):
        self.n += 1
        self.failed += not good
        print("%s %d - %s" % ("ok" if good else "not ok", self.n, what))
        if not good:
            print("# %s" % (more,))

    def end(self):
        print("1..%d" % self.n)
        return 1 if self.failed else 0


def of_report(mirror, report):
    log, size = rules_log.read_mirror(mirror)
    by = [k for k in report if k.startswith("by_") and k not in ("by_month", "by_warrant")][0][3:]
    return Counts(log, size, report["report"]["from"], report["report"]["to"], by)


def main(arguments):
    if len(arguments) not in (2, 3):
        sys.stderr.write(__doc__)
        return 2
    with open(arguments[1]) as f:
        report = json.load(f)
    tap = Tap()
    counts = of_report(arguments[0], report)
    compare(tap, counts, report)
    if len(arguments) == 3:
        with open(arguments[2], newline="") as f:
            other = read_csv(f.read())
        for line in [report["total"]] + [line for k in other if k != "total" for line in report[k]]:
            line.pop("at_least", None)
        tap.check("the CSV has the same numbers", all(other[k] == report[k] for k in other) and len(other) == 5, other.keys())
    return tap.end()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
