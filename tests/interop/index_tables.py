#!/usr/bin/python3
"""Keys, tables, their files and covers, from docs/FORMATS.md, section 24, alone.

    index_tables.py mirror DIR [BOUND…]     prints the tables of a mirror's entries at these bounds, as an `index` entry says them
    index_tables.py keys DIR ENTRY…         and the keys of entries, in hex
"""
import functools
import json
import os
import sys

sys.dont_write_bytecode = True
import forms
from skeleton import skeleton
from writer import b64, leaf_hash, sha256, tile_number, tree_root

UNKEYED = bytes(16)
ROW, LEAF_ROWS, PAGE_LEAVES, DIRECTORY = 24, 16, 64, 256
ABOUT_MAX = 8
TABLES_MAX = 32


# ---- 24.1

def key(kind, value):
    return sha256(b"bitacora/v1 key\n" + kind.encode() + b"\n" + (value if isinstance(value, bytes) else value.encode()))[:16]


@functools.lru_cache(None)
def warrant_key(ref):
    return key("warrant", skeleton(ref))


def of_vkey(text):
    v = forms.vkey_of(text)
    return {key("vkey", v.public)} if v and v.kind == forms.NOTE else set()


def plain_keys(form):
    """All but those that are inherited."""
    kind, m, out = form.kind, form.members, set()
    if kind not in ("index", "access"):
        out.add(key("signer", form.name))
    for vkey in m["registrars"] if kind == "genesis" else [m["vkey"]] if kind in ("enroll", "revoke") else []:
        out |= of_vkey(vkey)
    authorities = {"enroll": lambda: [m["authority"]], "request": lambda: [m["authority"]], "transfer": lambda: [m["recipient"]["authority"]],
                   "warrant": lambda: m["used_by"]}
    holders = {"request": lambda: [m["holder"]], "response": lambda: [m["holder"]], "warrant": lambda: m.get("holders", [])}
    out |= {key("authority", a) for a in authorities.get(kind, list)()}
    out |= {key("holder", h) for h in holders.get(kind, list)()}
    if kind in ("warrant", "request"):
        out |= {key("subject", forms.unbase64(s["commit"])) for s in m.get("subjects", [])}
    if kind == "ruleset":
        out.add(key("ruleset", b""))
    if kind == "anchor" and "index" in m:
        out.add(key("audited", b""))
    return out


def own_warrant_keys(form):
    if form.kind == "warrant":
        return {warrant_key(form.members["ref"])}
    return {warrant_key(form.members["warrant"]["ref"])} if form.kind == "request" and "warrant" in form.members else set()


class Keys:
    """Of one entry: all of them, those that pass on, how many entries its chain of `about` has named, and which named ones are not at hand."""

    def __init__(self, leaf, kind, every, warrant, about=0, missing=()):
        self.leaf, self.kind, self.every, self.warrant, self.about, self.missing = leaf, kind, every, warrant, about, frozenset(missing)


@functools.lru_cache(10_000)
def alone(raw):
    """What an entry has by itself: (kind, keys, own warrant keys, refs that it may inherit by); None of one that is no v1 form."""
    try:
        form = forms.read(raw)
    except forms.Malformed:
        return None
    refs = [r for r in form.refs() if r[0] in ("warrant", "request", "requests", "about")]
    return form.kind, frozenset(plain_keys(form)), frozenset(own_warrant_keys(form)), refs


def keys_of(index, raw, named, leaf=None):
    """named(n): the Keys of an earlier entry; None if it is not at hand."""
    leaf, known = leaf or leaf_hash(raw), alone(raw)
    if known is None:
        return Keys(leaf, None, {UNKEYED}, set())
    kind, plain, own, refs = known
    warrant, about, missing = set(own), 0, set()
    for where, asked, ref in refs:
        if ref["entry"] >= index:
            continue
        other = named(ref["entry"])
        if other is None:
            missing.add(ref["entry"])
        elif b64(other.leaf) == ref["hash"] and (asked is None or asked == other.kind):
            missing |= other.missing
            warrant |= other.warrant
            about = other.about + 1 if where == "about" else 0
    if about > ABOUT_MAX:
        warrant, missing = set(), set()
    return Keys(leaf, kind, plain | warrant, warrant, about, missing)


def keys_of_all(raws):
    out = []
    for index, raw in enumerate(raws):
        out.append(keys_of(index, raw, lambda n: out[n]))
    return out


# ---- 24.2 and 24.3

def row(k, entry):
    return k + entry.to_bytes(8, "big")


def entry_of(r):
    return int.from_bytes(r[16:], "big")


def leaves_of(rows):
    return [b"".join(rows[i:i + LEAF_ROWS]) for i in range(0, len(rows), LEAF_ROWS)]


def root_of(rows):
    return tree_root([leaf_hash(leaf) for leaf in leaves_of(rows)])


class Table:
    """Over the entries from start up to, and without, end."""

    def __init__(self, start, end, rows):
        self.start, self.end, self.rows = start, end, rows
        self.count, self.root = len(rows), root_of(rows)
        self.unkeyed = sum(r[:16] == UNKEYED for r in rows)
        self.entries = end - start

    def member(self):
        return {"entries": self.entries, "rows": self.count, **({"unkeyed": self.unkeyed} if self.unkeyed else {}), "root": b64(self.root)}

    def leaf_rows(self, n):
        return self.rows[n * LEAF_ROWS:(n + 1) * LEAF_ROWS]

    def files(self):
        out, folder = {}, "index/" + self.root.hex()
        pages = [self.rows[i:i + LEAF_ROWS * PAGE_LEAVES] for i in range(0, len(self.rows), LEAF_ROWS * PAGE_LEAVES)]
        items = [(page[0], [leaf_hash(leaf) for leaf in leaves_of(page)]) for page in pages]
        for n, page in enumerate(pages):
            out["%s/%s" % (folder, tile_number(n))] = b"".join(page)
        level = 0
        while len(items) > 1:
            level, groups = level + 1, [items[i:i + DIRECTORY] for i in range(0, len(items), DIRECTORY)]
            for n, group in enumerate(groups):
                out["%s/%d/%s" % (folder, level, tile_number(n))] = b"".join(first + tree_root(hashes) for first, hashes in group)
            items = [(group[0][0], [h for _, hashes in group for h in hashes]) for group in groups]
        return out


def table_of(keys, start, end):
    return Table(start, end, sorted(row(k, i) for i in range(start, end) for k in keys[i].every))


# ---- 24.4

def tables_of(keys, bounds):
    return [table_of(keys, start, end) for start, end in zip([0] + list(bounds), bounds)]


def bounds_of(tables):
    out = []
    for t in tables:
        out.append((out[-1] if out else 0) + t["entries"])
    return out


def follows(earlier, later):
    """Whether the tables of one `index` entry may come after those of another (None: there is none), by 1 to 4 of 24.4."""
    if any(t.get("unkeyed", 0) > t["rows"] for t in later):
        return False
    if earlier is None:
        return True
    before, after = bounds_of(earlier), bounds_of(later)
    if after[-1] <= before[-1] or any(b < before[-1] and b not in before for b in after):
        return False
    same = dict(zip(zip([0] + before, before), earlier))
    return all((t["rows"], t.get("unkeyed"), t["root"]) == (o["rows"], o.get("unkeyed"), o["root"])
               for span, t in zip(zip([0] + after, after), later) for o in [same.get(span)] if o)


def merged(rng, bounds, end, most=TABLES_MAX):
    """Bounds of a later cover up to `end`: some of the earlier ones are left out."""
    keep = [b for b in bounds if rng.random() < rng.choice([0.3, 0.8, 1])]
    while len(keep) >= most:
        keep.pop(rng.randrange(len(keep)))
    return keep + [end]


class Index:
    """The index of a writer.Log: makes `index` entries, honest unless it is told otherwise, and the files that go with them."""

    def __init__(self, log):
        self.log, self.bounds, self.lies, self.tables = log, [], {}, {}
        self._keys = []

    def keys(self):
        log = self.log
        for n, known in enumerate(self._keys):
            if n >= len(log) or known.leaf != log.entries[n].hash:       # an entry was put in place of another
                del self._keys[n:]
                self.tables = {}
                break
        while len(self._keys) < len(log):
            n = len(self._keys)
            self._keys.append(keys_of(n, log.entries[n].raw, lambda i: self._keys[i], log.entries[n].hash))
        return self._keys

    def table(self, start, end):
        if (start, end) not in self.tables:
            self.tables[start, end] = table_of(self.keys(), start, end)
        return self.tables[start, end]

    def cover(self, bounds):
        return [self.table(a, b) for a, b in zip([0] + list(bounds), bounds)]

    def next_bounds(self, rng=None):
        """Of a cover of all there is: one table for what is new, and earlier ones merged as rng likes."""
        return merged(rng, self.bounds, len(self.log)) if rng else [b for b in self.bounds if b < len(self.log)][:TABLES_MAX - 1] + [len(self.log)]

    def members(self, bounds=None, tables=None):
        return {"version": 1, "tables": [t.member() for t in tables or self.cover(bounds)]}

    def add(self, bounds=None, rng=None, edit=None, tables=None, **overrides):
        """Appends an `index` entry, with tables at these bounds. edit changes the members before they are signed; tables: in place of honest
        ones."""
        bounds = self.next_bounds(rng) if bounds is None and tables is None else bounds
        members = self.members(bounds, tables)
        if edit:
            edit(members)
        entry = self.log.add("index", self.log.key, members, **overrides)
        if tables:
            self.lies[entry.index] = tables
        self.bounds = bounds_of(members["tables"])
        return entry

    def cover_of(self, entry):
        """The tables of an `index` entry: what it says, as far as that is honest or was told here."""
        if entry.index in self.lies:
            return self.lies[entry.index]
        try:
            form = forms.read(entry.raw)
        except forms.Malformed:
            return []
        if form.kind != "index" or form.members["version"] != 1:
            return []
        bounds = bounds_of(form.members["tables"])
        return self.cover(bounds) if bounds[-1] <= len(self.log) else []

    def files(self, size=None):
        """The files of 24.3 for all covers below that size, and index/newest."""
        out, newest = {}, None
        for entry in self.log.entries[:size]:
            if b"bitacora/v1 index\n" in entry.raw:
                tables = self.cover_of(entry)
                newest = entry.index if tables else newest
                for t in tables:
                    out.update(t.files())
        if newest is not None:
            out["index/newest"] = b"%d\n" % newest
        return out


def index_of(log):
    """The one Index of a log."""
    if log.index is None:
        log.index = Index(log)
    return log.index


def raws_of_mirror(folder):
    with open(os.path.join(folder, "checkpoint"), "rb") as f:
        size = int(f.read().split(b"\n")[1])
    raws = []
    for n in range((size + 255) // 256):
        path = os.path.join(folder, "tile", "entries", tile_number(n))
        with open(path if os.path.exists(path) else path + ".p/%d" % (size % 256), "rb") as f:
            data = f.read()
        while data and len(raws) < size:
            length = int.from_bytes(data[:2], "big")
            raws.append(data[2:2 + length])
            data = data[2 + length:]
    return raws


def main(argv):
    keys = keys_of_all(raws_of_mirror(argv[1]))
    if argv[0] == "keys":
        for n in map(int, argv[2:]):
            print(n, " ".join(sorted(k.hex() for k in keys[n].every)))
    else:
        bounds = list(map(int, argv[2:])) or [len(keys)]
        print(json.dumps([t.member() for t in tables_of(keys, bounds)]))


if __name__ == "__main__":
    if len(sys.argv) < 3:
        sys.exit(__doc__)
    main(sys.argv[1:])
