#!/usr/bin/python3
"""Somebody who wants to know the numbers that a transparency report hides. Only the standard library.

    report_attacker.py MIRROR REPORT.json   facts about a report of the log in a mirror folder, in TAP

Told more than any reader is: how many requests of each line have several categories or statuses (from the log itself). Then: every sum that a
report's tables obey, every inequality, what a status says of emergencies, that no number is below 0; bounds of each hidden number narrowed until
nothing moves, and all equations solved together. That it finds nothing in the report must mean something: of the same numbers with only 1 to
4 hidden it has to find many, and what it finds has to be true.
"""
import json
import sys

import report_counts as counts_of
from report_counts import DIMENSIONS, HIDDEN, MEASURES

PRIME = (1 << 61) - 1
INFINITE = 1 << 60
PARTITIONS = (("received", "answered_full answered_partial answered_none rejected direct_access answered_other unanswered"),
              ("emergencies", "judge_in_time judge_late judge_awaited"),
              ("notices_due", "notices_sent notices_deferred notices_awaited notices_overdue"))
AT_MOST = (("emergencies", "received"), ("ratification_refused", "received"), ("automated", "received"),
           ("notices_due unanswered", "received"), ("answered_full answered_partial direct_access", "notices_due"),
           ("notices_overdue", "findings_policy"), ("judge_late", "findings_critical"))


class Attacker:
    def __init__(self):
        self.value, self.names, self.low, self.high = {}, [], [], []
        self.equal, self.at_most = [], []                  # ({variable: factor}, constant): the sum is (at most) the constant

    def variable(self, name, low=0):
        self.value[name] = None
        self.names.append(name)
        self.low.append(low)
        self.high.append(INFINITE)
        self.value[name] = -len(self.names)                # as a number below 0: variable -value-1

    def cell(self, key, measure, shown):
        if shown == HIDDEN:
            self.variable((key, measure))
        else:
            self.value[key, measure] = shown

    def form(self, terms, constant):
        factors = {}
        for factor, name in terms:
            v = self.value[name]
            if v < 0:
                factors[-v - 1] = factors.get(-v - 1, 0) + factor
            else:
                constant -= factor * v
        return {v: f for v, f in factors.items() if f}, constant

    def add_equal(self, terms, constant=0):
        factors, constant = self.form(terms, constant)
        if factors:
            self.equal.append((factors, constant))
        elif constant:
            raise AssertionError("what is shown contradicts itself: %s" % (terms,))

    def add_at_most(self, terms, constant=0):
        factors, constant = self.form(terms, constant)
        if factors:
            self.at_most.append((factors, constant))

    def narrow(self, factors, constant, equal):
        """Bounds of each variable from those of the others. Whether one moved."""
        least = sum(f * (self.low[v] if f > 0 else self.high[v]) for v, f in factors.items())
        most = sum(f * (self.high[v] if f > 0 else self.low[v]) for v, f in factors.items())
        moved = []
        for v, f in factors.items():
            low, high = self.low[v], self.high[v]
            room = constant - (least - f * (low if f > 0 else high))      # f * v is at most this
            need = constant - (most - f * (high if f > 0 else low))       # and, of an equation, at least this
            if f > 0:
                high = min(high, room // f)
                low = max(low, -(-need // f)) if equal else low
            else:
                low = max(low, -(room // -f))
                high = min(high, (-need) // -f) if equal else high
            if low > high:
                raise AssertionError("no numbers fit: %s" % (self.names[v],))
            if (low, high) != (self.low[v], self.high[v]):
                moved.append((v, low, high))
        for v, low, high in moved:
            self.low[v], self.high[v] = max(low, self.low[v]), min(high, self.high[v])
        return bool(moved)

    def propagate(self):
        """Until nothing moves, or for a long time: bounds may creep."""
        for _ in range(400):
            moved = False
            for factors, constant in self.equal:
                moved |= self.narrow(factors, constant, True)
            for factors, constant in self.at_most:
                moved |= self.narrow(factors, constant, False)
            if not moved:
                return

    def solve(self):
        """Variables that the equations alone determine, by elimination modulo a large prime."""
        pivots = {}
        for factors, constant in self.equal:
            row = {v: f % PRIME for v, f in factors.items()}
            constant %= PRIME
            for v in list(row):
                if v in pivots and v in row:
                    row, constant = self.subtract(row, constant, pivots[v], row[v])
            while any(v in pivots for v in row):
                v = next(v for v in row if v in pivots)
                row, constant = self.subtract(row, constant, pivots[v], row[v])
            if not row:
                continue
            v = min(row)
            inverse = pow(row[v], PRIME - 2, PRIME)
            row, constant = {w: f * inverse % PRIME for w, f in row.items()}, constant * inverse % PRIME
            for p in [p for p, (other, _) in pivots.items() if v in other]:
                pivots[p] = self.subtract(*pivots[p], (row, constant), pivots[p][0][v])
            pivots[v] = (row, constant)
        for v, (row, constant) in pivots.items():
            if len(row) == 1:
                self.low[v] = self.high[v] = constant if constant < PRIME // 2 else constant - PRIME

    @staticmethod
    def subtract(row, constant, other, times):
        factors, own = other
        row = dict(row)
        for v, f in factors.items():
            left = (row.get(v, 0) - times * f) % PRIME
            if left:
                row[v] = left
            else:
                row.pop(v, None)
        return row, (constant - times * own) % PRIME

    def found(self):
        return {self.names[v]: self.low[v] for v in range(len(self.names)) if self.low[v] == self.high[v]}


def add_line(a, key, about):
    """What is known of the numbers of one line, whatever it is of. about: dimension -> code, as far as its key says."""
    for whole, parts in PARTITIONS:
        a.add_equal([(1, (key, whole))] + [(-1, (key, p)) for p in parts.split()])
    for parts, whole in AT_MOST:
        a.add_at_most([(1, (key, p)) for p in parts.split()] + [(-1, (key, whole))])
    status = about.get("warrant")
    if status in ("ratified", "refused", "pending") or about.get("basis") == "CNPP-303-EXC":
        a.add_equal([(1, (key, "emergencies")), (-1, (key, "received"))])
    if status in ("absent", "contested", "not_needed"):
        a.add_equal([(1, (key, "emergencies"))])
    if status == "refused":
        a.add_equal([(1, (key, "ratification_refused")), (-1, (key, "received"))])
    if status in ("ratified", "pending"):
        a.add_equal([(1, (key, "ratification_refused"))])


def attack(report, counts):
    """{(line, measure): value} of the hidden numbers that are found; the same of what the rows come to that a line does not list."""
    a, by = Attacker(), counts.by
    lines = {"total": {}, **{(d, v): {d: v} for d, of in counts.summary.items() for v in of}}
    listed = {key: line for key, line in list(counts_of.tables(report))[-1]}
    for table in counts_of.tables(report):
        for key, line in table:
            for m in MEASURES:
                a.cell(key, m, 0 if counts.unknown(key) else line[m])
    for key in lines:
        for m in MEASURES:
            a.variable((("rest", key), m))
    for key, about in lines.items():
        add_line(a, key, about)
        add_line(a, ("rest", key), about)
    for key in listed:
        add_line(a, key, dict(zip(DIMENSIONS, key)))
        a.add_at_most([(-1, (key, "received"))], -1)
    of_pairs = {key: counts.empty() for key in lines}      # what all rows of a line come to
    within = {key: [] for key in lines}
    for key, row in counts.rows.items():
        for line in ["total"] + [(d, dict(zip(DIMENSIONS, key))[d]) for d in ("month", by, "warrant")]:
            within[line] += [key] if key in listed else []
            for m in MEASURES:
                of_pairs[line][m] += row[m]
    truth = {"total": counts.total, **{(d, v): n for d, of in counts.summary.items() for v, n in of.items()}}
    for m in MEASURES:
        for d, of in counts.summary.items():
            a.add_equal([(1, ((d, v), m)) for v in of] + [(-1, ("total", m))], sum(n[m] for n in of.values()) - counts.total[m])
        for key in lines:
            several = of_pairs[key][m] - truth[key][m]
            a.add_equal([(1, (("rest", key), m)), (-1, (key, m))] + [(1, (row, m)) for row in within[key]], several)
            for category in {dict(zip(DIMENSIONS, row))["category"] for row in within[key]}:
                a.add_at_most([(1, (row, m)) for row in within[key] if row[DIMENSIONS.index("category")] == category] +
                              [(-1, (key, m))])
    a.propagate()
    a.solve()
    a.propagate()
    found = a.found()
    rest = {name: n for name, n in found.items() if name[0][0] == "rest"}
    return {name: n for name, n in found.items() if name not in rest}, rest


def careless(report, counts):
    """The same report with only 1 to 4 hidden, and a row for whatever there is."""
    def line(numbers, key):
        return {**{m: HIDDEN if 0 < numbers[m] < 5 else numbers[m] for m in MEASURES}, **key}
    out = {"total": counts.total, "report": report["report"]}
    for d, lines in counts.summary.items():
        out["by_" + d] = [line(n, {d: v}) for v, n in lines.items()]
    out["rows"] = [line(n, dict(zip(DIMENSIONS, key))) for key, n in counts.rows.items()]
    return out


def main(arguments):
    if len(arguments) != 2:
        sys.stderr.write(__doc__)
        return 2
    with open(arguments[1]) as f:
        report = json.load(f)
    tap, counts = counts_of.Tap(), counts_of.of_report(arguments[0], report)
    truth = {**{(d, v): n for d, of in counts.summary.items() for v, n in of.items()}, **counts.rows}
    found, rest = attack(report, counts)
    tap.check("no hidden number can be computed", not found, sorted(found.items(), key=str)[:5])
    def has_rows(key):
        """Else what is not listed is the line itself, which is hidden or the total."""
        return bool(report["rows"]) if key == "total" else any(row[key[0]] == key[1] for row in report["rows"])
    few = {name[1]: n for (name, m), n in rest.items() if m == "received" and 0 < n < 5 and has_rows(name[1])}
    tap.check("what is not listed is nowhere 1 to 4 requests", not few, list(few.items())[:5])
    found, _ = attack(careless(report, counts), counts)
    if len(counts.requests) >= 50:
        tap.check("with only 1 to 4 hidden, %d can" % len(found), len(found) > 0, "")
    tap.check("what is found is true", all(truth[key][m] == n for (key, m), n in found.items()), "")
    return tap.end()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
