#!/usr/bin/python3
"""Operators who lie in the index of their log, or in an answer from it: what replays, readers of answers and evidence say.

    index_lies.py BIN WORKDIR [NAME…]     runs the client over all lies, or over those whose names have one of these in them; TAP

Of each lie in the log: `replay` finds it; whoever is given an answer that shows it refuses it, and the second implementation
(answers.py) says the same; and a small evidence file proves it, where an entry is at hand that the index is wrong about. Of each lie in an
answer alone: nobody says that it is good. No evidence proves anything against an honest log.
"""
import json
import os
import subprocess
import sys

sys.dont_write_bytecode = True
import answers
import base_logs
from answers import Part, enrolments, named_by, parts, shown_table
from base_logs import KEYS, answer, ask, full, minimal
from index_tables import LEAF_ROWS, UNKEYED, Table, entry_of, index_of, key, row, warrant_key
from judge import Policy
from receipts import Proven, evidence, json_file
from writer import b64, policy_text, write_file

REF = "Oficio 12/2026"
KEY = warrant_key(REF)
QUESTION = ("warrant", REF.encode())
OTHER = ("holder", b"mx.telco")
BEHIND = next(("holder", b"x%d" % n) for n in range(10**6) if key("holder", "x%d" % n)[:2] == b"\xff\xff")     # its rows would be the last
END = 75                                                   # where the second `index` entry of a world stands
RIGHT = ("role", "enrolment")


class Lying(Table):
    """A table of other rows, or one that says something else of its rows."""

    def __init__(self, start, end, rows, count=None, unkeyed=..., root=None, entries=None):
        super().__init__(start, end, rows)
        self.count = self.count if count is None else count
        self.unkeyed = self.unkeyed if unkeyed is ... else unkeyed
        self.root = root or self.root
        self.entries = entries or self.entries


# ---- an honest log with all that matters to an index

def corrections(g, first, n):
    """A chain of n corrections, the first about that entry."""
    about = first
    for _ in range(n):
        about = g.add("correction", KEYS["q1"], {"about": about.ref, "cause": "clerical"})
    return about


def wrong(ref):
    return {**ref, "hash": base_logs.h("no")}


def of_unknown_version(g):
    return ask(g, version="bitacora/v2")


def broken(g):
    return ask(g, json_edit=lambda s: s[:-1] + ',"more":1}')


def world(*makers):
    """A log of END entries: an index of 20 entries, lookalikes, acts, chains of corrections, and entries without a form, if some are given."""
    def tell(g):
        ask(g, edit=lambda m: m["warrant"].update(ref="0ficio 12-2026"), label="alike")
        ask(g, edit=lambda m: m.update(warrant={"ref": "CJF-9/2026", **g.label["warrant"].ref}), label="two references")
        ask(g, edit=lambda m: m.update(warrant={"ref": "CJF-9/2026"}), label="another reference")
        answer(g, g.label["two references"])
        g.add("closing", KEYS["q1"], full(g, "closing"))
        g.add("transfer", KEYS["q1"], {**full(g, "transfer"), "requests": [g.label["another reference"].ref, g.label["request"].ref]})
        g.label["chain"] = corrections(g, g.label["alike"], 8)
        g.label["too long"] = g.add("correction", KEYS["q1"], {"about": g.label["chain"].ref, "cause": "clerical"})
        g.add("error_report", KEYS["o1"], {"about": g.label["too long"].ref, "cause": "clerical"})
        for make in makers:
            g.label[make.__name__] = make(g)
    log = base_logs.base(END, ins={40: tell})
    return log, index_of(log)


def stamped(log, index):
    """An auditor recomputed the cover of that entry."""
    return log.add("anchor", KEYS["a1"], {**minimal(log, "anchor"), "index": log.entries[index].ref})


# ---- lies in the log

class Lie:
    """log: lies in entry `index`. evidence: what proves it, if there is any."""

    def __init__(self, log, index, evidence=None, findings=None, audit=None, questions=(QUESTION,), seen=None):
        self.log, self.index, self.evidence, self.audit, self.questions = log, index, evidence, audit, questions
        self.findings = findings or [["index", index]]
        self.seen = seen                                   # exit status of an answer to the first question


BOUNDS = [16, 20, 60, END]
ITSELF = -1                                                # the entry of the row in question, whichever that is


def in_table(edit, n=2, makers=(), bounds=BOUNDS, about=None, seen=0, questions=(QUESTION,), **says):
    """A second `index` entry in whose table n the rows are edit(rows); about: the entry that it is wrong about."""
    log, ix = world(*makers)
    tables = ix.cover(bounds)
    t = tables[n]
    rows = edit(list(t.rows), log) if edit else t.rows
    tables[n] = Lying(t.start, t.end, rows, **{k: v(t) if callable(v) else v for k, v in says.items()})
    e = ix.add(tables=tables)
    for _ in range(3):
        ask(log)
    made = None
    if about is not False:
        made = proof_of(log, e.index, n, tables[n], about(log) if callable(about) else about, list(t.rows), rows)
    findings = [["index", e.index]]
    return Lie(log, e.index, made, findings, questions=questions, seen=seen)


def proof_of(log, index, number, table, about, honest, rows):
    """The evidence: of an entry whose row is missing or wrong, or (about: None) of rows that are wrong in themselves."""
    odd = sorted(set(honest) ^ set(rows)) if about in (None, ITSELF) else sorted(r for r in set(honest) ^ set(rows) if entry_of(r) == about)
    if odd and odd[0] in rows:
        at = [rows.index(odd[0])]
    elif odd:
        at = [len([r for r in rows if r < odd[0]]) - 1, len([r for r in rows if r < odd[0]])]
    else:
        at = list(range(len(rows)))
    entry = entry_of(odd[0]) if odd and about is not None else about
    return index_evidence(log, index, number, table, at, entry)


def index_evidence(log, index, number, table, places, about=None, leave_out=(), size=None):
    """A file of claim `index`; about: the entry that the rows at these places are wrong about."""
    rest = enrolments(log, index)
    if about is not None:
        for i in {about} | named_by(log, index_of(log).keys(), about):
            rest |= enrolments(log, i)
    order = [index] + ([about] if about is not None else []) + sorted(rest - {index, about} - set(leave_out))
    shown = shown_table(number, table, [p for p in places if 0 <= p < len(table.rows)])
    out = evidence("index", [log.checkpoint(size)], (), [(0, Proven(log, i, size)) for i in order])
    out["table"] = {"number": number, "leaves": [{"leaf": n, "rows": b64(r)} for n, r in sorted(shown.leaves.items())],
                    "hashes": [b64(h) for h in shown.hashes if shown.leaves]}
    return out


def without(*keys_and_entries):
    def edit(rows, log):
        out = [r for r in rows if (r[:16], entry_of(r)) not in [(k, e(log) if callable(e) else e) for k, e in keys_and_entries]]
        assert len(out) == len(rows) - len(keys_and_entries)
        return out
    return edit


def also(k, entry):
    def edit(rows, log):
        r = row(k, entry(log) if callable(entry) else entry)
        assert r not in rows
        return sorted(rows + [r])
    return edit


def moved(rows, log):
    return also(KEY, label("another reference"))(without((KEY, label("two references")))(rows, log), log)


def label(name):
    return lambda log: log.label[name].index


def exchanged(rows, log):
    """Two rows of the key in each other's place."""
    at = next(i for i, r in enumerate(rows) if r[:16] == KEY and i % LEAF_ROWS < LEAF_ROWS - 1)
    rows[at], rows[at + 1] = rows[at + 1], rows[at]
    return rows


def twice(rows, log):
    at = next(i for i, r in enumerate(rows) if r[:16] == KEY)
    return rows[:at + 1] + rows[at:]


def two(first, second, audit=False, seen=0):
    """Two `index` entries; first and second give the bounds or tables of each. seen: 1 where an answer carries both, as one is the last that
    the other covers."""
    def make():
        log, ix = world()
        a = ix.add(**first(ix))
        if audit:
            anchor = stamped(log, a.index)
        ask(log)
        b = ix.add(**second(ix, a))
        ask(log)
        order = [b.index, a.index, 0]
        made = evidence("entry", [log.checkpoint()], (), [(0, Proven(log, i)) for i in order])
        return Lie(log, b.index, made, audit=anchor.index if audit else None, seen=1 if audit else seen)
    return make


def other_root(ix, a):
    tables = ix.cover([*BOUNDS, END + 1])
    tables[2] = Lying(tables[2].start, tables[2].end, tables[2].rows[:-1])
    return {"tables": tables}


def same(ix, **says):
    """Another table of the same bounds, of which it says something else."""
    tables = ix.cover([*BOUNDS, END + 1])
    tables[2] = Lying(tables[2].start, tables[2].end, tables[2].rows, **says)
    return {"tables": tables}


def gap():
    """A table over entries 60 to 70 that says that it is of 60 to END: those between are in none."""
    log, ix = world()
    tables = ix.cover(BOUNDS)
    tables[3] = Lying(60, END, ix.table(60, 70).rows)
    e = ix.add(tables=tables)
    lost = next(r for r in ix.table(70, END).rows if r[:16] == KEY)
    at = len([r for r in tables[3].rows if r < lost])
    return Lie(log, e.index, index_evidence(log, e.index, 3, tables[3], [at - 1, at], entry_of(lost)), seen=1)


def overlap():
    """A table that has rows of the one before, too."""
    log, ix = world()
    tables = ix.cover(BOUNDS)
    tables[3] = Lying(60, END, ix.table(58, END).rows)
    e = ix.add(tables=tables)
    places = list(range(len(tables[3].rows)))
    return Lie(log, e.index, index_evidence(log, e.index, 3, tables[3], places), seen=1)


def beyond():
    """A row of an entry behind the table, which was not there yet."""
    log, ix = world()
    tables = ix.cover(BOUNDS)
    tables[3] = Lying(60, END, also(KEY, END + 5)(list(tables[3].rows), log))
    e = ix.add(tables=tables)
    ask(log)
    places = list(range(len(tables[3].rows)))
    return Lie(log, e.index, index_evidence(log, e.index, 3, tables[3], places), seen=1)


def no_rows(root=None):
    """A table that says that it has none."""
    def make():
        log, ix = world()
        tables = ix.cover(BOUNDS)
        tables[2] = Lying(20, 60, [], root=root)
        e = ix.add(tables=tables)
        return Lie(log, e.index, index_evidence(log, e.index, 2, tables[2], [], log.label["alike"].index), seen=0)
    return make


def wrong_hash_inherits():
    """A correction about a request, by a wrong hash, has its key all the same: 24.1 says no."""
    log, ix = world()
    c = log.add("correction", KEYS["q1"], {"about": wrong(log.label["request"].ref), "cause": "clerical"})
    tables = ix.cover([*BOUNDS, len(log)])
    tables[4] = Lying(END, len(log), also(KEY, c.index)(list(tables[4].rows), log))
    e = ix.add(tables=tables)
    i = tables[4].rows.index(row(KEY, c.index))
    return Lie(log, e.index, index_evidence(log, e.index, 4, tables[4], [i], c.index), [["reference", c.index], ["index", e.index]], seen=1)


HIDDEN = {"v2": (of_unknown_version, "version"), "broken": (broken, "form")}


def hidden(which, how):
    """A request without a v1 form: in no row, in no count, or both as they should be."""
    def make():
        maker, code = HIDDEN[which]
        at = label(maker.__name__)
        if how == "honest":
            log, ix = world(maker)
            e = ix.add(BOUNDS)
            return Lie(log, e.index, None, [[code, at(log)]], seen=3 if which == "v2" else 1)
        edit, says = {"no row": (without((UNKEYED, at)), {}), "no count": (None, {"unkeyed": 0}), "counted": (None, {"unkeyed": 2})}[how]
        lie = in_table(edit, makers=[maker], bounds=[16, 20, 45, END], about=at if how == "no row" else False, n=3, **says)
        if how != "no row":
            ix = index_of(lie.log)
            t = ix.lies[lie.index][3]
            lie.evidence = index_evidence(lie.log, lie.index, 3, t, [0, 1])
        lie.findings.append([code, at(lie.log)])
        lie.seen = {"no row": 0, "no count": None, "counted": 1}[how]
        return lie
    return make


LIES = {
    "row-left-out": lambda: in_table(without((KEY, label("alike"))), about=label("alike"), seen=1),
    "row-left-out-of-an-act": lambda: in_table(without((KEY, 41 + 3)), about=44),
    "row-left-out-first": lambda: in_table(lambda rows, log: rows[1:], about=ITSELF, questions=(OTHER,)),
    "row-left-out-last": lambda: in_table(lambda rows, log: rows[:-1], about=ITSELF, questions=(OTHER,)),
    "row-left-out-of-depth-8": lambda: in_table(without((KEY, label("chain"))), about=label("chain")),
    "row-added": lambda: in_table(also(KEY, label("another reference")), about=label("another reference"), seen=1),
    "row-added-of-depth-9": lambda: in_table(also(KEY, label("too long")), about=label("too long"), seen=1),
    "row-added-unkeyed": lambda: in_table(also(UNKEYED, label("alike")), about=label("alike"), seen=1),
    "row-added-wrong-hash": wrong_hash_inherits,
    "row-moved": lambda: in_table(moved, about=label("two references"), seen=1),
    "rows-exchanged": lambda: in_table(exchanged, about=None, seen=1),
    "row-twice": lambda: in_table(twice, about=None, seen=1),
    "rows-one-more": lambda: in_table(None, count=lambda t: t.count + 1, about=False, seen=1, questions=(BEHIND, QUESTION)),
    "rows-one-less": lambda: in_table(None, count=lambda t: t.count - 1, about=False, seen=1, questions=(BEHIND, QUESTION)),
    "rows-none": no_rows(),
    "rows-none-other-root": no_rows(bytes(32)),
    "root-of-another-table": lambda: in_table(None, root=bytes(32), about=False, seen=1),
    "gap": gap,
    "overlap": overlap,
    "row-beyond": beyond,
    "one-B-twice": two(lambda ix: {"bounds": BOUNDS}, lambda ix, a: {"bounds": BOUNDS}),
    "one-B-twice-audited": two(lambda ix: {"bounds": BOUNDS}, lambda ix, a: {"bounds": BOUNDS}, True),
    "B-goes-back": two(lambda ix: {"bounds": BOUNDS}, lambda ix, a: {"bounds": BOUNDS[:-1]}),
    "B-goes-back-audited": two(lambda ix: {"bounds": BOUNDS}, lambda ix, a: {"bounds": BOUNDS[:-1]}, True),
    "split-again": two(lambda ix: {"bounds": [20, END]}, lambda ix, a: {"bounds": [20, 60, END, END + 1]}, seen=1),
    "split-again-audited": two(lambda ix: {"bounds": [20, END]}, lambda ix, a: {"bounds": [20, 60, END, END + 1]}, True),
    "split-again-of-the-first": two(lambda ix: {"bounds": [20, END]}, lambda ix, a: {"bounds": [16, 20, END, END + 1]}, True),
    "moved-bound": two(lambda ix: {"bounds": BOUNDS}, lambda ix, a: {"bounds": [16, 20, 61, END + 1]}, True),
    "same-bounds-other-root": two(lambda ix: {"bounds": BOUNDS}, other_root, seen=1),
    "same-bounds-other-root-audited": two(lambda ix: {"bounds": BOUNDS}, other_root, True),
    "same-bounds-other-rows-audited": two(lambda ix: {"bounds": BOUNDS}, lambda ix, a: same(ix, count=1), True),
    "same-bounds-other-unkeyed-audited": two(lambda ix: {"bounds": BOUNDS}, lambda ix, a: same(ix, unkeyed=1), True),
    **{"hidden-%s-%s" % (which, how.replace(" ", "-")): hidden(which, how) for which in HIDDEN for how in ("honest", "no row", "no count", "counted")},
}


def unkeyed_over_rows():
    """More unkeyed rows than rows."""
    log, ix = world()
    e = ix.add(edit=lambda m: m["tables"][-1].update(unkeyed=10**6))
    made = evidence("entry", [log.checkpoint()], (), [(0, Proven(log, i)) for i in (e.index, 0)])
    return Lie(log, e.index, made, seen=1)


LIES["unkeyed-over-rows"] = unkeyed_over_rows


# ---- lies in an answer from an honest log

def honest():
    """An honest log with two `index` entries, the second audited, and its end."""
    log, ix = world()
    ix.add(BOUNDS)
    for _ in range(4):
        ask(log)
    second = ix.add([16, 60, END, len(log)])
    anchor = stamped(log, second.index)
    ask(log)
    return log, END, second.index, anchor.index


def small():
    """The same, of fewer entries."""
    log = base_logs.base(26)
    ix = index_of(log)
    first = ix.add([16, 20, 26])
    log.label["alike"] = ask(log)
    log.label["another reference"] = ask(log, edit=lambda m: m.update(warrant={"ref": "CJF-9/2026"}))
    second = ix.add([16, 26, len(log)])
    anchor = stamped(log, second.index)
    ask(log)
    return log, first.index, second.index, anchor.index


def answer_lies(log, first, second, anchor):
    """(name, file, least exit status): what somebody makes of an honest log."""
    ix = index_of(log)
    covered = ix.bounds[-1]

    def part(**more):
        return Part.honest(log, QUESTION, second, audit=anchor, **more)

    def spoilt(name, edit, status=1):
        p = part()
        edit(p)
        return name, p.bytes(), status

    def swap(p):
        t = next(t for t in p.tables if len(t.leaves) > 1)
        a, b = sorted(t.leaves)[:2]
        t.leaves[a], t.leaves[b] = t.leaves[b], t.leaves[a]

    def table_of(n, m):
        def edit(p):
            p.tables[n].leaves, p.tables[n].hashes = p.tables[m].leaves, p.tables[m].hashes
        return edit

    def leaf_out(p):
        t, whole = p.tables[1], ix.lies.get(second) or ix.cover_of(log.entries[second])
        middle = sorted(t.leaves)[len(t.leaves) // 2]
        places = [n * LEAF_ROWS for n in t.leaves if n != middle]
        p.tables[1] = shown_table(1, whole[1], places)

    def entry_out(i):
        def edit(p):
            p.entries.pop(i)
            p.proof = answers.shared_proof(sorted(p.entries), log.leaves())
        return edit

    def range_of(start, to, end):
        def edit(p):
            p.start, p.to, p.end = start, to, end
        return edit
    yield spoilt("honest", lambda p: None, 0)
    if any(len(t.leaves) > 1 for t in part().tables):
        yield spoilt("pages-swapped", swap)
    yield spoilt("page-of-another-table", table_of(0, 1))
    yield spoilt("table-left-out", lambda p: p.tables.pop(1))
    yield spoilt("table-that-is-not-there", lambda p: setattr(p.tables[-1], "number", 9))
    if len(part().tables[1].leaves) > 2:
        yield spoilt("leaf-left-out", leaf_out)
    yield spoilt("entry-left-out", entry_out(log.label["alike"].index), 3)
    yield spoilt("enrolment-left-out", entry_out(log.label["q1"].index), 3)
    yield spoilt("old-cover-as-current", lambda p: setattr(p, "index", first), 3)
    yield "old-cover-with-its-own-rows", old_cover(log, first, covered), 1
    yield spoilt("range-beyond-the-cover", range_of(0, covered, len(log) + 5))
    yield spoilt("range-short-of-its-end", range_of(0, covered, covered - 1), 3)
    yield spoilt("range-that-does-not-begin", range_of(1, covered, covered), 3)
    yield spoilt("another-question", lambda p: setattr(p, "question", ("warrant", b"CJF-9/2026")))
    yield spoilt("rests-on-a-request", lambda p: setattr(p, "index", log.label["alike"].index))
    yield spoilt("audited-by-nobody", lambda p: setattr(p, "audit", 0))
    tail = [p for p in parts(log, QUESTION, second, [covered + 1], end=len(log))]
    tail[1].entries.pop(covered + 1)
    tail[1].proof = answers.shared_proof(sorted(tail[1].entries), log.leaves())
    yield "tail-with-a-hole", b"".join(p.bytes() for p in tail), 1
    three = [p.bytes() for p in parts(log, QUESTION, second, [covered // 3, covered // 2])]
    yield "three-parts", b"".join(three), 0
    for name, order in (("part-missing", [0, 2]), ("part-twice", [0, 1, 1, 2]), ("first-part-missing", [1, 2]), ("last-part-missing", [0, 1]), ("order", [1, 0, 2])):
        yield name, b"".join(three[i] for i in order), 3
    mixed = [parts(log, QUESTION, i, [covered // 3], end=len(log), **({"audit": None})) for i in (first, second)]
    yield "parts-that-rest-on-two", mixed[0][0].bytes() + mixed[1][1].bytes(), 3


def old_cover(log, first, covered):
    """An answer from the earlier cover that says that it is complete to the end of the later one."""
    p = Part.honest(log, QUESTION, first)
    p.end = p.to = covered
    p.entries[covered - 1] = log.entries[covered - 1].raw
    p.entries.update({i: log.entries[i].raw for i in enrolments(log, covered - 1)})
    p.proof = answers.shared_proof(sorted(p.entries), log.leaves())
    return p.bytes()


def false_evidence(made):
    """(name, evidence) against an honest log, which proves nothing."""
    log, first, second, _ = made
    tables = index_of(log).cover_of(log.entries[second])
    alike, every = log.label["alike"].index, range(tables[1].count)
    cases = [("no-row-of-an-entry", 1, [0], alike, ()), ("all-rows", 1, every, alike, ()), ("all-rows-of-no-entry", 1, every, None, ()),
             ("entry-of-another-table", 1, every, 8, ()), ("no-leaves", 1, [], alike, ()), ("genesis", 0, range(tables[0].count), 0, ()),
             ("an-index-entry", len(tables) - 1, range(tables[-1].count), first, ()), ("without-genesis", 1, every, alike, (0,))]
    if "chain" in log.label:
        cases += [("depth-8-without-its-end", 1, every, log.label["chain"].index, (alike,)), ("depth-9", 1, every, log.label["too long"].index, ()),
                  ("depth-9-without-its-end", 1, every, log.label["too long"].index, (alike, 7)),
                  ("depth-9-without-its-middle", 1, every, log.label["too long"].index, (log.label["chain"].index,)),
                  ("act-without-what-it-names", 1, every, alike + 5, (8, 7))]
    for name, n, places, about, out in cases:
        yield name, index_evidence(log, second, n, tables[n], places, about, out)
    fewer = Lying(tables[1].start, tables[1].end, [r for r in tables[1].rows if r[:16] != KEY])
    yield "rows-of-another-table", index_evidence(log, second, 1, fewer, range(fewer.count), alike)
    yield "another-number", {**index_evidence(log, second, 1, tables[1], every, alike),
                             "table": index_evidence(log, second, 0, tables[0], range(tables[0].count), 8)["table"]}


# ---- running

class Run:
    def __init__(self, binary, work):
        self.binary, self.work, self.n, self.failed = binary, work, 0, 0

    def tap(self, what, wrong):
        self.n += 1
        self.failed += bool(wrong)
        print("%sok %d - %s%s" % ("not " if wrong else "", self.n, what, "" if not wrong else "\n# " + "; ".join(wrong)), flush=True)

    def client(self, *argv, folder="."):
        """(exit status, its JSON); evidence that nobody asked for comes into that folder."""
        done = subprocess.run([self.binary, *argv, "--json"], cwd=os.path.join(self.work, folder), stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
                              timeout=120, check=False)
        try:
            return done.returncode, json.loads(done.stdout or b"{}")
        except ValueError:
            return done.returncode, {}

    def put(self, name, data):
        path = os.path.join(self.work, name)
        write_file(path, data)
        return path

    def of_log(self, name, lie):
        folder, policy = os.path.join(self.work, name), policy_text(lie.log.key)
        lie.log.write(os.path.join(folder, "mirror"))
        self.put(name + "/policy", policy.encode())
        policy_file, wrong = os.path.join(folder, "policy"), []
        want = 3 if all(c == "version" for c, _ in lie.findings) else 1
        code, said = self.client("replay", "--policy", policy_file, "--dir", "mirror", folder=name)
        got = sorted([f["code"], f["entry"]] for f in said.get("findings", []))
        if code != want or got != sorted(lie.findings):
            wrong.append("replay: exit %d, %s instead of %d, %s" % (code, got, want, lie.findings))
        for i, question in enumerate(lie.questions):
            wrong += self.of_answer("%s/%d.answer" % (name, i), policy, policy_file, self.answers_of(lie, question), lie.seen if i == 0 else None)
        if lie.evidence:
            code, said = self.client("verify-evidence", "--policy", policy_file, self.put(name + "/evidence.json", json_file(lie.evidence)))
            if code != 0:
                wrong.append("evidence: exit %d %s" % (code, said))
        self.tap(name, wrong + self.of_reader(name, policy, policy_file) + self.of_written(name, policy_file))

    def of_reader(self, name, policy, policy_file):
        """What is wrong with the answer that the client makes of the log's files, and says of it."""
        made = name + "/made.answer"
        code, _ = self.client("answer", "--policy", policy_file, "--dir", "mirror", "--warrant", REF, "--out", "made.answer", folder=name)
        if not os.path.exists(os.path.join(self.work, made)):
            return [] if code in (1, 3) else ["answer: exit %d, and no file" % code]
        with open(os.path.join(self.work, made), "rb") as f:
            data = f.read()
        ours = answers.check(data, Policy(policy)).exit
        return self.of_answer(made, policy, policy_file, data) + ([] if code == ours else ["answer: exit %d, by the second implementation %d" % (code, ours)])

    def of_written(self, name, policy_file):
        """What is wrong with the evidence that came of it."""
        out, folder = [], os.path.join(self.work, name)
        for f in sorted(os.listdir(folder)):
            if ".evidence-" in f:
                code, said = self.client("verify-evidence", "--policy", policy_file, f, folder=name)
                out += [] if code == 0 else ["%s: exit %d %s" % (f, code, said)]
        return out

    @staticmethod
    def answers_of(lie, question):
        tables = index_of(lie.log).cover_of(lie.log.entries[lie.index])
        return Part.honest(lie.log, question, lie.index, audit=lie.audit, tables=tables).bytes()

    def of_answer(self, name, policy, policy_file, data, want=None, least=None):
        """What is wrong with what both say of an answer."""
        ours = answers.check(data, Policy(policy))
        code, said = self.client("verify", "--policy", policy_file, self.put(name, data), folder=os.path.dirname(name))
        codes = sorted({f["code"] for f in findings_in(said)})
        out = []
        if code != ours.exit or codes != ours.codes():
            out.append("%s: exit %d %s, by the second implementation %d %s" % (name, code, codes, ours.exit, ours.findings))
        if want is not None and ours.exit != want or least is not None and ((ours.exit == 0) != (least == 0) or least == 1 and ours.exit != 1):
            out.append("%s: the second implementation says %d %s" % (name, ours.exit, ours.findings))
        return out


def findings_in(said):
    """Every finding, wherever the JSON of `verify` has them."""
    if isinstance(said, dict):
        for name, v in said.items():
            if name == "findings" and isinstance(v, list):
                yield from v
            else:
                yield from findings_in(v)
    elif isinstance(said, list):
        for v in said:
            yield from findings_in(v)


def main(argv):
    binary, work, only = os.path.abspath(argv[0]), os.path.abspath(argv[1]), argv[2:]
    if os.path.isdir(binary):
        binary = os.path.join(binary, "bitacora")
    os.makedirs(work, exist_ok=True)
    run = Run(binary, work)
    chosen = lambda name: not only or any(o in name for o in only)
    for name, make in LIES.items():
        if chosen(name):
            run.of_log(name, make())
    log, _, _, _ = honest()
    policy = policy_text(log.key)
    policy_file = run.put("honest/policy", policy.encode())
    log.write(os.path.join(work, "honest", "mirror"))
    code, said = run.client("replay", "--policy", policy_file, "--dir", "mirror", folder="honest")
    run.tap("the honest log replays", ([] if code == 0 else ["exit %d %s" % (code, said.get("findings"))]) + run.of_reader("honest", policy, policy_file))
    for name, data, least in answer_lies(*honest()):
        if chosen("answer-" + name):
            run.tap("answer-" + name, run.of_answer("answer/%s.answer" % name, policy, policy_file, data, least=least))
    for name, value in false_evidence(honest()):
        if chosen("false-" + name):
            code, said = run.client("verify-evidence", "--policy", policy_file, run.put("false-%s.json" % name, json_file(value)))
            run.tap("false evidence: " + name, [] if code == 1 else ["exit %d %s" % (code, said)])
    left = [f for folder in ("honest", "answer") if os.path.isdir(os.path.join(work, folder)) for f in os.listdir(os.path.join(work, folder)) if ".evidence-" in f]
    run.tap("there is no evidence against the honest log", left)
    print("1..%d" % run.n)
    return 1 if run.failed or not run.n else 0


if __name__ == "__main__":
    if len(sys.argv) < 3:
        sys.exit(__doc__)
    sys.exit(main(sys.argv[1:]))
