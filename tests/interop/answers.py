#!/usr/bin/python3
"""Answers (docs/FORMATS.md, section 25), made and judged from that page alone.

    answers.py check POLICY FILE…       of each the exit status, the codes of what is found, and the entries that have the key, as JSON
    answers.py sample DIR               DIR/policy and DIR/{none,some}.answer, of a small log

Part.honest() makes a part of a writer.Log that has an index (index_tables.py); each of its members may be replaced by a wrong one before
bytes() puts it together.
"""
import bisect
import json
import os
import sys

sys.dont_write_bytecode = True
import forms
import index_tables
from index_tables import LEAF_ROWS, ROW, UNKEYED, bounds_of, entry_of, index_of, key, keys_of, row, warrant_key
from judge import Checkpoint, Policy, Refused, judge
from receipts import split
from writer import b64, leaf_hash, policy_text, sha256, tree_root, write_file

FIRST = b"bitacora/v1 answer\n"
PART_MAX, ENTRIES_MAX, HASHES_MAX, LEAVES_MAX = 32 << 20, 16_384, 65_536, 65_536


# ---- questions

def question_key(kind, value):
    """The key that is asked for; None: the value is none of that type."""
    if kind == "warrant":
        try:
            text = value.decode()
        except UnicodeDecodeError:
            return None
        return warrant_key(text) if 1 <= len(value) <= 256 and min(text) >= " " else None
    text = value.decode("latin-1")
    if kind == "signer":
        return key(kind, value) if forms.NAME.fullmatch(text) else None
    if kind == "vkey":
        v = forms.vkey_of(value.decode("utf-8", "replace"))
        return key(kind, v.public) if v and v.kind == forms.NOTE else None
    if kind in ("holder", "authority"):
        return key(kind, value) if forms.CODE.fullmatch(text) else None
    commit = forms.unbase64(value, 32) if kind == "subject" else None
    return key(kind, commit) if commit else None


# ---- shared proofs

def within(places, low, high):
    return bisect.bisect_left(places, low) < bisect.bisect_left(places, high)


def shared_proof(places, leaves):
    """The list of hashes for the leaves at these places (ascending)."""
    out = []

    def walk(low, high):
        if not within(places, low, high):
            out.append(tree_root(leaves[low:high]))
        elif high - low > 1:
            k = split(high - low)
            walk(low, low + k)
            walk(low + k, high)
    walk(0, len(leaves))
    return out


def shared_root(size, known, hashes):
    """The root that {place: leaf hash} and the list lead to; None if the list has another length."""
    places, rest = sorted(known), iter(hashes)

    def walk(low, high):
        if not within(places, low, high):
            return next(rest)
        if high - low == 1:
            return known[low]
        k = split(high - low)
        left = walk(low, low + k)
        return sha256(b"\x01" + left + walk(low + k, high))
    if not places or places[-1] >= size:
        return None
    try:
        root = walk(0, size)
    except (StopIteration, RuntimeError):
        return None
    return root if next(rest, None) is None else None


# ---- parts

class ShownTable:
    """leaves: {number: its rows, one behind the other}"""

    def __init__(self, number, leaves, hashes):
        self.number, self.leaves, self.hashes = number, dict(leaves), list(hashes)


class Part:
    def __init__(self, question, start, to, end, index, audit, checkpoint, entries, proof, tables):
        self.question, self.start, self.to, self.end, self.index, self.audit = question, start, to, end, index, audit
        self.checkpoint, self.entries, self.proof, self.tables = checkpoint, dict(entries), list(proof), list(tables)

    def bytes(self):
        out = [FIRST, b"%s %s\n" % (self.question[0].encode(), self.question[1]), b"range %d %d %d\n" % (self.start, self.to, self.end),
               b"index %d\n" % self.index, b"audit none\n" if self.audit is None else b"audit %d\n" % self.audit,
               b"checkpoint %d\n" % len(self.checkpoint), self.checkpoint, b"entries %d\n" % len(self.entries)]
        for i, raw in sorted(self.entries.items()):
            out.append(b"%d %d\n" % (i, len(raw)) + raw + b"\n")
        out.append(b"proof %d\n" % len(self.proof) + b"".join(b64(h).encode() + b"\n" for h in self.proof))
        out.append(b"tables %d\n" % len(self.tables))
        for t in self.tables:
            out.append(b"table %d %d %d\n" % (t.number, len(t.leaves), len(t.hashes)))
            out += [b"%d %s\n" % (n, b64(rows).encode()) for n, rows in sorted(t.leaves.items())]
            out += [b64(h).encode() + b"\n" for h in t.hashes]
        return sealed(b"".join(out))

    @classmethod
    def honest(cls, log, question, index, start=0, to=None, end=None, audit=None, size=None, checkpoint=None, tables=None):
        """Answers for [start, to) of an answer for [0, end), resting on the `index` entry of that number; without to and end for all that it
        covers. tables: what the operator says that its tables are."""
        ix = index_of(log)
        tables = tables or ix.cover_of(log.entries[index])
        covered = sum(t.entries for t in tables)
        end = covered if end is None else end
        to = end if to is None else to
        size = len(log) if size is None else size
        asked, keys, shown, needed = question_key(*question), ix.keys(), [], {0, index, to - 1}
        for number, t in enumerate(tables):
            x, y = max(t.start, start), min(t.end, to)
            if x < y and t.count:
                rows = rows_that_show(t, asked, x, y)
                needed |= {entry_of(r) for r in t.rows if r[:16] in (asked, UNKEYED) and x <= entry_of(r) < y}
                shown.append(shown_table(number, t, rows))
        tail = set(range(max(start, covered), to)) if to > covered else set()
        needed |= tail
        for i in list(needed):
            if question[0] == "warrant" and (i in tail or asked in keys[i].every):
                needed |= named_by(log, keys, i)
        if audit is not None:
            needed |= {audit, forms.read(log.entries[audit].raw).members["index"]["entry"]}
        for i in list(needed):
            needed |= enrolments(log, i)
        needed = sorted(n for n in needed if n < len(log))
        checkpoint = log.checkpoint(size) if checkpoint is None else checkpoint
        return cls(question, start, to, end, index, audit, checkpoint, {i: log.entries[i].raw for i in needed},
                   shared_proof([n for n in needed if n < size], log.leaves(size)), shown)


def sealed(data):
    return data + b"sha256 " + b64(sha256(data)).encode() + b"\n"


def enrolments(log, index):
    """The chain of `under`, down to entry 0."""
    out = {index}
    while index:
        try:
            index = forms.read(log.entries[index].raw).members["under"]["entry"]
        except (forms.Malformed, KeyError):
            break
        if index in out or index >= max(out):
            break
        out.add(index)
    return out | {0}


def named_by(log, keys, index):
    """All that the warrant keys of an entry may rest on."""
    out, rest = set(), [index]
    while rest:
        i = rest.pop()
        known = index_tables.alone(log.entries[i].raw)
        for _, _, ref in known[3] if known else []:
            if ref["entry"] < i and ref["entry"] not in out:
                out.add(ref["entry"])
                rest.append(ref["entry"])
    return out


def rows_that_show(table, asked, x, y):
    """The places of the rows that show all rows of the key from x up to y, and all unkeyed ones."""
    out = set()
    for k in (asked, UNKEYED) if table.unkeyed else (asked,):
        low, high = bisect.bisect_left(table.rows, row(k, x)), bisect.bisect_left(table.rows, row(k, y))
        out |= {p for p in range(low - 1, high + 1) if 0 <= p < table.count}
    return out


def shown_table(number, table, places):
    leaves = sorted({p // LEAF_ROWS for p in places})
    hashes = [leaf_hash(leaf) for leaf in index_tables.leaves_of(table.rows)]
    return ShownTable(number, {n: b"".join(table.leaf_rows(n)) for n in leaves}, shared_proof(leaves, hashes))


# ---- splitting

class Cut(Exception):
    """It is no part of an answer."""


class Reader:
    def __init__(self, data, at):
        self.data, self.at = data, at

    def line(self):
        end = self.data.find(b"\n", self.at)
        if end < 0:
            raise Cut
        out, self.at = self.data[self.at:end], end + 1
        return out

    def words(self, first, n):
        words = self.line().split(b" ")
        if first is not None and words.pop(0) != first or len(words) != n:
            raise Cut
        return words

    def numbers(self, first, n, top=2**63 - 1):
        out = [number(w) for w in self.words(first, n)]
        if any(v > top for v in out):
            raise Cut
        return out

    def take(self, n):
        if n > len(self.data) - self.at:
            raise Cut
        out, self.at = self.data[self.at:self.at + n], self.at + n
        return out

    def hash(self):
        return whole(self.line(), 32)


def number(word):
    out = forms.decimal(word.decode("latin-1"))
    if out is None:
        raise Cut
    return out


def whole(text, length=None):
    data = forms.unbase64(text, length)
    if data is None:
        raise Cut
    return data


def read_part(data, at):
    """(Part, where it ends)"""
    r = Reader(data, at)
    if r.line() + b"\n" != FIRST:
        raise Cut
    kind, _, value = r.line().partition(b" ")
    question = (kind.decode("latin-1"), value)
    if question_key(*question) is None:
        raise Cut
    start, to, end = r.numbers(b"range", 3)
    index, = r.numbers(b"index", 1)
    audit, = r.words(b"audit", 1)
    audit = None if audit == b"none" else number(audit)
    checkpoint = r.take(r.numbers(b"checkpoint", 1, PART_MAX)[0])
    entries, last = {}, -1
    for _ in range(r.numbers(b"entries", 1, ENTRIES_MAX)[0]):
        i, length = r.numbers(None, 2)
        if i <= last:
            raise Cut
        last = i
        entries[i] = r.take(length)
        if r.take(1) != b"\n":
            raise Cut
    proof = [r.hash() for _ in range(r.numbers(b"proof", 1, HASHES_MAX)[0])]
    tables, last = [], -1
    for _ in range(r.numbers(b"tables", 1, index_tables.TABLES_MAX)[0]):
        n, leaves, hashes = r.numbers(b"table", 3)
        if not last < n < index_tables.TABLES_MAX or leaves > LEAVES_MAX or hashes > HASHES_MAX:
            raise Cut
        last, shown, before = n, {}, -1
        for _ in range(leaves):
            words = r.words(None, 2)
            leaf, rows = number(words[0]), whole(words[1])
            if leaf <= before or not rows or len(rows) % ROW or len(rows) > ROW * LEAF_ROWS:
                raise Cut
            before, shown[leaf] = leaf, rows
        tables.append(ShownTable(n, shown, [r.hash() for _ in range(hashes)]))
    body = r.at
    digest, = r.words(b"sha256", 1)
    if whole(digest, 32) != sha256(data[at:body]) or r.at - at > PART_MAX or not start < to <= end:
        raise Cut
    return Part(question, start, to, end, index, audit, checkpoint, entries, proof, tables), r.at


# ---- judging

def lacks(count, rows, r):
    """Whether rows of a table (place: row) show that r is not among them."""
    below, above = [n for n in rows if rows[n] < r], [n for n in rows if rows[n] > r]
    if r in rows.values():
        return False
    return count == 0 or bool(below) and (max(below) == count - 1 or max(below) + 1 in rows) or bool(above) and min(above) == 0


class Stop(Exception):
    """Nothing more can be judged."""


class Checked:
    """What is found in one part: findings (code, entry, bad); entries that have the key."""

    def __init__(self, part, policy):
        self.part, self.findings, self.asked, self.unkeyed = part, [], set(), set()
        self.key = question_key(*part.question)
        try:
            self.checkpoint = Checkpoint(part.checkpoint, policy)
        except Refused as r:
            self.findings.append((r.code, None, r.bad))
            return
        try:
            self.prove_entries(policy)
            self.prove_rows()
            self.audit()
            self.clocks()
        except Stop:
            pass
        if not self.checkpoint.quorum:
            self.findings.append(("quorum", None, False))

    def tell(self, code, entry=None, bad=True):
        self.findings.append((code, entry, bad))

    def answer(self, entry=None, bad=True):
        self.tell("answer", entry, bad)
        raise Stop

    def index(self):
        self.tell("index", self.part.index)
        raise Stop

    # Steps 3 and 4

    def prove_entries(self, policy):
        p, cp = self.part, self.checkpoint
        leaves = {i: leaf_hash(raw) for i, raw in p.entries.items()}
        if shared_root(cp.size, leaves, p.proof) != cp.root:
            self.answer()
        self.judged = judge(p.entries, cp.size, policy, cp.origin)
        self.findings += self.judged.findings
        for i in (0, p.index, p.audit, p.to - 1):
            if i is not None and i not in p.entries:
                self.answer(i, False)
        for e in self.judged.entries.values():
            if e.kind not in (None, "genesis"):
                under = e.form.members["under"]["entry"]
                if under < e.index and under not in p.entries:
                    self.answer(under, False)
        e = self.judged.entries[p.index]
        if e.kind != "index" or e.form.members["version"] != 1:
            self.answer(p.index, not (e.unread or e.kind == "index"))
        self.tables = e.form.members["tables"]
        self.bounds = bounds_of(self.tables)
        covered = self.bounds[-1]
        if p.end != covered and (p.end < covered or p.end > cp.size):
            self.answer(p.index)
        self.tail = range(max(p.start, covered), p.to)
        self.keys = {}

    def keys_of(self, i):
        """The Keys of a carried entry; None if it is not carried."""
        if i not in self.keys:
            raw = self.part.entries.get(i)
            self.keys[i] = None if raw is None else keys_of(i, raw, self.keys_of)
        return self.keys[i]

    # Steps 5 to 7

    def prove_rows(self):
        p = self.part
        shown = {t.number: t for t in p.tables}
        for n, (t, start, end) in enumerate(zip(self.tables, [0] + self.bounds, self.bounds)):
            x, y = max(start, p.start), min(end, p.to)
            if (x < y and t["rows"] > 0) != (n in shown):
                self.answer(p.index)
            if n in shown:
                self.prove_table(shown.pop(n), t, start, end, x, y)
            elif x < y:
                self.none_lacks(t, {}, start, end)
        if shown:
            self.answer(p.index)
        for i in self.tail:
            if i not in p.entries:
                self.answer(i)
            keys = self.keys_of(i)
            if self.key in keys.every:
                self.asked.add(i)
            elif keys.missing and p.question[0] == "warrant":
                self.answer(min(keys.missing), False)
            if UNKEYED in keys.every:
                self.unkeyed.add(i)

    def prove_table(self, shown, t, start, end, x, y):
        leaves = (t["rows"] + LEAF_ROWS - 1) // LEAF_ROWS
        root = shared_root(leaves, {n: leaf_hash(rows) for n, rows in shown.leaves.items()}, shown.hashes)
        if root is None or b64(root) != t["root"]:
            self.answer(self.part.index)
        for n, rows in shown.leaves.items():
            if len(rows) != ROW * min(LEAF_ROWS, t["rows"] - n * LEAF_ROWS):
                self.answer(self.part.index)
        rows = {n * LEAF_ROWS + i: rows[i * ROW:(i + 1) * ROW] for n, rows in shown.leaves.items() for i in range(len(rows) // ROW)}
        places = sorted(rows)
        unkeyed = t.get("unkeyed", 0)
        if any(rows[a] >= rows[b] for a, b in zip(places, places[1:])) or any(not start <= entry_of(r) < end for r in rows.values()):
            self.index()
        if any((r[:16] == UNKEYED) != (n < unkeyed) for n, r in rows.items()):
            self.index()
        for k in (self.key, UNKEYED) if unkeyed else (self.key,):
            self.show(t, rows, row(k, x), row(k, y))
        self.none_lacks(t, rows, start, end)
        for n in places:
            if rows[n][:16] in (self.key, UNKEYED) and x <= entry_of(rows[n]) < y:
                self.row_is_right(rows[n])

    def none_lacks(self, t, rows, start, end):
        """No carried entry of the table has a key whose row, as is shown, is not there."""
        for i in self.part.entries:
            for k in self.keys_of(i).every & {self.key, UNKEYED} if start <= i < end else ():
                if k == UNKEYED and not t.get("unkeyed", 0) or lacks(t["rows"], rows, row(k, i)):
                    self.index()

    def show(self, t, rows, low, high):
        places = sorted(rows)
        inside = [n for n in places if low <= rows[n] < high]
        if inside:
            first, last = inside[0], inside[-1]
            good = inside == list(range(first, last + 1)) and (first == 0 or first - 1 in rows) and (last == t["rows"] - 1 or last + 1 in rows)
        else:
            below = [n for n in places if rows[n] < low]
            above = [n for n in places if rows[n] >= high]
            good = (below and (below[-1] == t["rows"] - 1 or below[-1] + 1 in rows)) or (above and above[0] == 0)
        if not good:
            self.answer(self.part.index)

    def row_is_right(self, r):
        i, k = entry_of(r), r[:16]
        keys = self.keys_of(i)
        if keys is None:
            self.answer(i, False)
        if k not in keys.every:
            if keys.missing and self.part.question[0] == "warrant" and k != UNKEYED:
                self.answer(min(keys.missing), False)
            self.index()
        (self.unkeyed if k == UNKEYED else self.asked).add(i)

    # Step 8

    def audit(self):
        p = self.part
        if p.audit is None:
            return
        e = self.judged.entries.get(p.audit)
        ref = e and e.kind == "anchor" and e.form.members.get("index")
        named = ref and self.judged.entries.get(ref["entry"])
        if e.unread:
            self.answer(p.audit, False)
        if not ref or not named or not e.good or e.signer.role != "auditor":
            self.answer(p.audit)
        if named.kind != "index":
            self.answer(p.audit, not named.unread)

    # Step 9

    def clocks(self):
        if self.findings:
            return
        skew = 600_000 if self.judged.skew is None else self.judged.skew
        latest = self.judged.entries[max(self.judged.entries)].form
        for seconds in self.checkpoint.cosigned.values():
            if latest and latest.accepted > 1000 * seconds + 999 + skew:
                self.tell("clock", None, False)


class Result:
    def __init__(self):
        self.findings, self.entries, self.unkeyed, self.complete_to = [], [], [], None

    @property
    def exit(self):
        return 1 if any(bad for _, _, bad in self.findings) else 3 if self.findings else 0

    def codes(self):
        return sorted({code for code, _, _ in self.findings})


def check(data, policy):
    """Judges a whole file."""
    out, at, first, end = Result(), 0, None, 0
    while True:
        try:
            part, at = read_part(data, at)
        except Cut:
            out.findings.append(("answer", None, False))
            return out
        if first is None:
            first = part
        same = (part.question, part.index, part.checkpoint, part.end) == (first.question, first.index, first.checkpoint, first.end)
        if not same or part.start != end:
            out.findings.append(("answer", None, False))
        end = part.to
        c = Checked(part, policy)
        out.findings += c.findings
        out.entries += sorted(c.asked)
        out.unkeyed += sorted(c.unkeyed)
        if at == len(data):
            break
    if end != first.end:
        out.findings.append(("answer", None, False))
    out.complete_to = end - 1
    return out


def parts(log, question, index, cuts=(), **more):
    """A whole answer, cut into parts at these entries."""
    end = more.pop("end", None) or sum(t.entries for t in more.get("tables") or index_of(log).cover_of(log.entries[index]))
    at = [0, *[c for c in cuts if 0 < c < end], end]
    return [Part.honest(log, question, index, a, b, end, **more) for a, b in zip(at, at[1:])]


def sample(folder):
    import base_logs                                       # pylint: disable=import-outside-toplevel
    log = base_logs.base(60)
    e = index_of(log).add()
    for name, value in (("none", b"X-1/2026"), ("some", b"Oficio 12/2026")):
        write_file(os.path.join(folder, name + ".answer"), Part.honest(log, ("warrant", value), e.index).bytes())
    write_file(os.path.join(folder, "policy"), policy_text(log.key).encode())


def main(argv):
    with open(argv[0], encoding="utf-8") as f:
        policy = Policy(f.read())
    for name in argv[1:]:
        with open(name, "rb") as f:
            r = check(f.read(), policy)
        print(json.dumps({"file": name, "exit": r.exit, "codes": r.codes(), "complete_to": r.complete_to, "entries": r.entries}))


if __name__ == "__main__":
    if sys.argv[1:2] == ["sample"] and len(sys.argv) == 3:
        sample(sys.argv[2])
    elif sys.argv[1:2] == ["check"] and len(sys.argv) > 3:
        main(sys.argv[2:])
    else:
        sys.exit(__doc__)
