"""The form of an entry, from docs/FORMATS.md alone: sections 1 to 6. The kinds and their members are read from the tables of that page.

    read(raw)     a Form, or Malformed is raised: its `code` is form, too_large or version, its `header` whether the header has its form
"""
import base64
import json
import os
import re
import sys

sys.dont_write_bytecode = True
import ed25519_edges
from writer import NOTE, key_id, millis

PAGE = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "docs", "FORMATS.md")
CODE = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")
NAME = re.compile(r"[a-z0-9][a-z0-9._/-]{0,127}")
TIME = re.compile(r"([0-9]{4})-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}\.[0-9]{3}Z")
DECIMAL = re.compile(r"0|[1-9][0-9]*")
UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")
VERSION = re.compile(rb"bitacora/v([1-9][0-9]*) ([^\n]+)", re.S)
FORBIDDEN = re.compile("[\x00-\x1f\x7f-\x9f\ud800-\udfff\ufdd0-\ufdef\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069"
                       + "".join(chr(p << 16 | 0xFFFE) + chr(p << 16 | 0xFFFF) for p in range(17)) + "]")
NO_NAME = re.compile("[\x00-\x20+\x85\xa0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]")
TOP, TEXT_MAX, RECORD_MAX, ENTRY_MAX = 2**53 - 1, 256, 49_152, 65_535


class Malformed(Exception):
    def __init__(self, code="form", header=True):
        super().__init__(code)
        self.code, self.header = code, header


# ---- texts of section 1

def is_time(text):
    if not isinstance(text, str) or not TIME.fullmatch(text) or text[:4] == "0000":
        return False
    try:
        millis(text)
    except ValueError:
        return False
    return text[17:19] <= "59"


def decimal(text, top=2**63 - 1):
    """The number, or None."""
    return int(text) if DECIMAL.fullmatch(text) and len(text) < 20 and int(text) <= top else None


def unbase64(text, length=None):
    """The bytes of canonical base64, or None; of that length, if one is given."""
    try:
        data = base64.b64decode(text, validate=True)
    except ValueError:
        return None
    canonical = base64.b64encode(data).decode() == (text if isinstance(text, str) else text.decode("latin-1"))
    return data if canonical and (length is None or len(data) == length) else None


GOOD_KEYS = {}


def key_good(public):
    if public not in GOOD_KEYS:
        GOOD_KEYS[public] = ed25519_edges.key_good(public)
    return GOOD_KEYS[public]


class Vkey:
    def __init__(self, text, name, ident, kind, public):
        self.text, self.name, self.id, self.kind, self.public = text, name, ident, kind, public

    @property
    def signs(self):
        return self.kind == NOTE and NAME.fullmatch(self.name) is not None


def vkey_of(text):
    """A good vkey of section 2, or None."""
    parts = text.split("+", 2)
    if len(parts) != 3 or not 1 <= len(parts[0].encode()) <= 256 or NO_NAME.search(parts[0]) or not re.fullmatch("[0-9a-f]{8}", parts[1]):
        return None
    data = unbase64(parts[2], 33)
    if data is None or data[0] not in (1, 4) or key_id(parts[0], data[0], data[1:]).hex() != parts[1] or not key_good(data[1:]):
        return None
    return Vkey(text, parts[0], bytes.fromhex(parts[1]), data[0], data[1:])


# ---- the tables of 5.3

def read_tables():
    """Members of each object and kind: name -> {member: (type, whether required)}."""
    out, name = {}, None
    with open(PAGE, encoding="utf-8") as f:
        page = f.read()
    for which in ("common", "objects", "kinds"):
        part = page.split("<!-- table %s," % which, 1)[1].split("<!-- end -->", 1)[0]
        name = "common" if which == "common" else None
        for line in part.splitlines():
            head = re.match(r"\*\*`?([a-z_]+)`?\*\*", line)
            cells = [c.strip() for c in line.split(" | ")]
            if head:
                name = head[1]
                out[name] = {}
            elif line.startswith("| `"):
                out.setdefault(name, {})[cells[0].strip("|` ")] = (cells[1].replace("`", ""), cells[2].startswith("req"), "both" in cells[2])
    for kind in list(out):
        if kind not in ("common", "case", "subject", "note", "table"):
            out[kind] = {**({} if kind == "genesis" else out["common"]), **out[kind]}
    return out


TABLES = read_tables()
OBJECTS = ("case", "subject", "note", "table")
KINDS = [k for k in TABLES if k not in OBJECTS + ("common",)]
ROLES = ("registrar", "judge", "requester", "holder", "oversight", "auditor")
REF = {"entry": ("integer", True, False), "hash": ("hash", True, False)}
WINDOW = {"from": ("time", True, False), "until": ("time", True, False)}
LOG_KINDS = ("index", "access", "freeze")


def is_integer(value, low=0, top=TOP):
    return isinstance(value, int) and not isinstance(value, bool) and low <= value <= top


def is_text(value):
    return isinstance(value, str) and 1 <= len(value.encode()) <= TEXT_MAX


def matches(pattern):
    return lambda v: isinstance(v, str) and pattern.fullmatch(v) is not None


def is_bytes(length):
    return lambda v: isinstance(v, str) and unbase64(v, length) is not None


SIMPLE = {
    "time": is_time, "UUID": matches(UUID), "integer": is_integer, "integer, not 0": lambda v: is_integer(v, 1),
    "integer 1–86,400": lambda v: is_integer(v, 1, 86_400), "bool": lambda v: isinstance(v, bool), "hash": is_bytes(32), "sig": is_bytes(64),
    "token": lambda v: isinstance(v, str) and 1 <= len(v) <= 16_384 and unbase64(v) is not None, "name": matches(NAME), "vkey": is_text, "text": is_text,
    "country": matches(re.compile("[A-Z]{2}")), "role (5.2)": lambda v: v in ROLES, "code": matches(CODE)}


def fits(kind, value):
    """Whether a value is of that type of 5.1, as the tables write it."""
    if kind in SIMPLE:
        return SIMPLE[kind](value)
    many = re.fullmatch(r"(.*?)\[\](, 1–(\d+)| of .*)?", kind)
    if many:
        top = int(many[3]) if many[3] else 256
        return isinstance(value, list) and 1 <= len(value) <= top and all(fits(many[1], v) for v in value)
    if kind.startswith("code of "):
        return fits("code", value)
    if kind.startswith("ref"):
        return isinstance(value, dict) and has_members(REF, value)
    if kind == "window":
        return isinstance(value, dict) and has_members(WINDOW, value) and value["from"] < value["until"]
    if kind in OBJECTS:
        return isinstance(value, dict) and has_members(TABLES[kind], value)
    assert re.fullmatch(r"[a-z_]+(, [a-z_]+)*", kind), kind
    return value in kind.split(", ")                                 # words


def has_members(table, value, prefix=""):
    own = {name[len(prefix):]: row for name, row in table.items() if name.startswith(prefix) and "." not in name[len(prefix):]}
    if any(name not in own for name in value) or any(row[1] and name not in value for name, row in own.items()):
        return False
    both = [name in value for name, row in own.items() if row[2]]
    if any(both) and not all(both):
        return False
    for name, v in value.items():
        if own[name][0] == "object":
            if not isinstance(v, dict) or not has_members(table, v, prefix + name + "."):
                return False
        elif not fits(own[name][0], v):
            return False
    return True


# ---- strict JSON

def depth(value):
    if isinstance(value, dict):
        return 1 + max([depth(v) for v in value.values()], default=0)
    if isinstance(value, list):
        return 1 + max([depth(v) for v in value], default=0)
    return 0


def strict_json(line):
    """The object of a line of UTF-8 text without control characters, or None."""
    def pairs(items):
        names = [n for n, _ in items]
        if len(set(names)) != len(names) or any(FORBIDDEN.search(n) for n in names):
            raise ValueError
        return dict(items)

    def number(text):
        if not DECIMAL.fullmatch(text) or len(text) > 16 or int(text) > TOP:
            raise ValueError
        return int(text)

    def refuse(text):
        raise ValueError(text)

    def strings(value):
        if isinstance(value, str) and FORBIDDEN.search(value):
            raise ValueError
        for v in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
            strings(v)
    if not line.startswith("{") or not line.endswith("}"):
        return None
    try:
        value = json.loads(line, object_pairs_hook=pairs, parse_int=number, parse_float=refuse, parse_constant=refuse)
        strings(value)
        return value if depth(value) <= 8 else None
    except (ValueError, RecursionError):
        return None


# ---- notes, records, entries

def note_parts(note, most=64):
    """(text, [(name, decoded)]) of a note of section 3, or None."""
    try:
        decoded = note.decode()
    except UnicodeDecodeError:
        return None
    end = note.rfind(b"\n\n")
    if end < 0 or not note.endswith(b"\n") or re.search("[\x00-\x09\x0b-\x1f]", decoded):
        return None
    text, lines, out = note[:end + 1], note[end + 2:].decode(), []
    if not lines:
        return None
    for line in lines[:-1].split("\n"):
        words = line.split(" ")
        data = unbase64(words[2]) if len(words) == 3 else None
        if words[0] != "—" or data is None or not 5 <= len(data) <= 8192 or not 1 <= len(words[1].encode()) <= 256 or NO_NAME.search(words[1]):
            return None
        out.append((words[1], data))
    return (text, out) if len(out) <= most else None


class Form:
    """A v1 entry; what is asked of it beyond its form is not known yet."""

    def __init__(self, index, accepted, link):
        self.index, self.accepted, self.link = index, accepted, link
        self.kind = self.members = self.name = self.id = self.signature = self.text = None

    def refs(self):
        """(where, kind that is asked for or None, ref) of every ref but `under`, in the order of the kind's table."""
        return list(refs_in(TABLES[self.kind], self.members))


def refs_in(table, value, prefix=""):
    for name, (kind, _, _) in table.items():
        rest = name[len(prefix):]
        if not name.startswith(prefix) or "." in rest or rest not in value or (rest == "under" and not prefix):
            continue
        v, target = value[rest], re.match(r"ref→([a-z]+)", kind)
        if target:
            for ref in v if isinstance(v, list) else [v]:
                yield rest, None if target[1] == "any" else target[1], ref
        elif kind.rstrip("[]") in OBJECTS:
            for item in v if isinstance(v, list) else [v]:
                yield from refs_in(TABLES[kind.rstrip("[]")], item)
        elif kind == "object":
            if name == "warrant" and "entry" in v:                       # `warrant` of a request
                yield rest, "warrant", v
            yield from refs_in(table, v, name + ".")


def version_of(data):
    """(N, word) of a first line, as text and bytes, or None."""
    m = VERSION.match(data.split(b"\n", 1)[0]) if b"\n" in data else None
    return (m[1], m[2]) if m else None


def read(raw):
    form, note = read_header(raw)
    try:
        read_record(form, note)
    except Malformed as e:
        e.form = form
        raise
    return form


def read_header(raw):
    """The header's Form, and the record note."""
    version = version_of(raw)
    if version and version[0] != b"1":
        raise Malformed("version", False)
    lines = raw.split(b"\n", 5)
    if not version or version[1] != b"entry" or len(lines) < 6 or lines[4] != b"" or len(raw) > ENTRY_MAX:
        raise Malformed("form", False)
    try:
        index, accepted, link = (line.decode("ascii") for line in lines[1:4])
    except UnicodeDecodeError:
        raise Malformed("form", False) from None
    if decimal(index) is None or not is_time(accepted) or unbase64(link, 32) is None:
        raise Malformed("form", False)
    return Form(int(index), millis(accepted), unbase64(link)), lines[5]


def read_record(form, note):
    version = version_of(note)
    if version and version[0] != b"1":
        raise Malformed("version")
    parts = note_parts(note)
    if not version or parts is None or len(parts[1]) != 1:
        raise Malformed()
    text, [(name, signature)] = parts
    if text.count(b"\n") != 2 or len(signature) != 68 or not NAME.fullmatch(name):
        raise Malformed()
    if len(text) > RECORD_MAX:
        raise Malformed("too_large")
    kind = version[1].decode()
    members = strict_json(text.split(b"\n")[1].decode()) if kind in KINDS else None
    if members is None or not has_members(TABLES[kind], members):
        raise Malformed()
    form.kind, form.members, form.text = kind, members, text
    form.name, form.id, form.signature = name, signature[:4], signature[4:]
