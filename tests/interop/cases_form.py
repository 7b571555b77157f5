"""Cases: records, notes and entries that have not their form."""
import json

from base_logs import KEYS, KINDS, OPTIONAL, P, SIGNER, T0, T2, answer, ask, base, full, h, lie
from case_writing import R, case, each, put
from writer import DASH, b64, sha256, signature_line

UUID = "ffffffff-ffff-ffff-ffff-ffffffffffff"


def pad_to(size):
    def edit(text):
        head, json_line, _ = text.split(b"\n")
        return head + b"\n{" + b" " * (size - len(text)) + json_line[1:] + b"\n"
    return edit


def headers():
    """Entries whose header has lost something."""
    def entry(lines, link=None):
        def step(g):
            before = (g.entries[-1].hash if link is None else link)
            g.append_note(b"", raw=b"bitacora/v1 entry\n" + b"".join(line + b"\n" for line in (b"%d" % len(g), T2.encode(), b64(before).encode())[:lines]) + b"x")
        return step
    for lines in range(4):
        case("form-header-cut-%d" % lines, lie(entry(lines), size=P + 1), "form", P, why="the header ends before its empty line")
    case("form-header-no-empty-line", lie(lambda g: ask(g, entry_edit=R(b"\n\nbitacora/v1 request", b"\nx\nbitacora/v1 request"))), "form", P, why="what should be empty is not")

    def of(word):
        return lambda g: ask(g, text_edit=R("bitacora/v1 request", "bitacora/v1 " + word))
    each("form-kind-of-an-object", "form", [of(word) for word in ("common", "case", "subject", "note", "table")], "no kinds, though FORMATS has tables of these names")

    def fewest(word):
        def step(g):
            note = g.record("anchor", KEYS["a1"], {}, g.clock + g.step - 500, text_edit=R("bitacora/v1 anchor", "bitacora/v1 " + word))
            g.append_note(note)
        return step
    each("form-kind-of-common", "form", [fewest("common")], "the members that all kinds have, and no kind")


def form_lies():
    headers()

    def bad(name, why, code="form", **kw):
        case("form-" + name, lie(lambda g: ask(g, **kw)), code, P, why=why)

    def js(name, old, new, why):
        bad("json-" + name, why, json_edit=R(old, new))

    def raw(name, old, new, why):
        bad("json-" + name, why, text_edit=R(old, new))
    persons = '"persons":1'
    js("minus-zero", persons, '"persons":-0', "no minus")
    js("minus", persons, '"persons":-1', "no minus")
    js("point", persons, '"persons":1.0', "no point")
    js("exponent", persons, '"persons":1e2', "no exponent")
    js("leading-zero", persons, '"persons":01', "no leading zero")
    js("plus", persons, '"persons":+1', "no plus")
    js("2-53", persons, '"persons":9007199254740992', "an integer is at most 2^53−1")
    js("2-64", persons, '"persons":18446744073709551617', "an integer is at most 2^53−1")
    js("integer-string", persons, '"persons":"1"', "a string is no integer")
    js("integer-bool", persons, '"persons":true', "true is no integer")
    js("null", '"ground":"kidnapping"', '"ground":null', "an absent member is left out, never null")
    js("bool-integer", '"automated":false', '"automated":0', "0 is no bool")
    js("bool-upper", '"automated":false', '"automated":False', "no JSON")
    js("tab", persons, '"persons":\t1', "no tab between tokens")
    js("nbsp", persons, '"persons":\u00a01', "only U+0020 between tokens")
    js("leading-space", '{"id"', ' {"id"', "the first byte is {")
    bad("json-trailing-space", "the last byte is }", json_edit=lambda s: s + " ")
    bad("json-bom", "no byte order mark", json_edit=lambda s: "\ufeff" + s)
    bad("json-trailing-comma", "no JSON", json_edit=lambda s: s[:-1] + ",}")
    bad("json-two-objects", "one line is one object", json_edit=lambda s: s + "{}")
    bad("json-array", "one line is one object", json_edit=lambda s: "[" + s + "]")
    bad("json-empty", "no JSON", json_text="", )
    bad("json-unclosed", "no JSON", json_edit=lambda s: s[:-1])
    bad("json-comment", "no JSON", json_edit=R(persons, persons + "/* */"))
    bad("json-single-quotes", "no JSON", json_edit=R('"persons"', "'persons'"))
    bad("cr", "no CR anywhere", json_edit=lambda s: s + "\r")
    word = "Oficio 12"
    for name, char in (("202e", "\u202e"), ("200e", "\u200e"), ("061c", "\u061c"), ("2066", "\u2066"), ("2069", "\u2069"), ("202a", "\u202a"), ("007f", "\u007f"), ("0085", "\u0085"),
                       ("fdd0", "\ufdd0"), ("fdef", "\ufdef"), ("fffe", "\ufffe"), ("ffff", "\uffff"), ("1fffe", "\U0001fffe"), ("10ffff", "\U0010ffff")):
        js("raw-" + name, word, "Oficio " + char, "a character that strings do not contain")
        units = char.encode("utf-16-be").hex()
        js("escaped-" + name, word, "Oficio " + "".join("\\u" + units[i:i + 4] for i in range(0, len(units), 4)), "nor by an escape")
    for name, text in (("0000", "\\u0000"), ("000a", "\\n"), ("0009", "\\t"), ("0009u", "\\u0009"), ("001f", "\\u001f"), ("0008", "\\b")):
        js("escaped-" + name, word, "Oficio " + text, "a control character by an escape")
    js("high-surrogate", word, "\\ud800", "an unpaired surrogate")
    js("low-surrogate", word, "\\udc00", "an unpaired surrogate")
    js("swapped-surrogates", word, "\\udd0f\\ud83d", "two unpaired surrogates")
    js("high-surrogate-then-letter", word, "\\ud83dx", "an unpaired surrogate")
    js("bad-escape", word, "\\x41", "no such escape")
    js("short-escape", word, "\\u12", "four digits")
    js("name-202e", persons, '"per\u202esons":1', "member names neither")
    js("name-escaped-202e", persons, '"per\\u202esons":1', "member names neither")
    raw("utf8-ff", word, b"\xff", "well-formed UTF-8")
    raw("utf8-overlong", word, b"\xc1\x81", "an overlong A")
    raw("utf8-surrogate", word, b"\xed\xa0\xbd\xed\xb4\x8f", "surrogates in UTF-8")
    raw("utf8-f4-90", word, b"\xf4\x90\x80\x80", "beyond U+10FFFF")
    raw("utf8-cut", word, b"\xe2\x82", "a sequence cut short")
    raw("nul", word, b"a\x00b", "a NUL")
    js("depth-9", persons, persons + ',"x":' + "[" * 8 + "]" * 8, "depth 9")
    js("depth-1000", persons, persons + ',"x":' + "[" * 1000 + "]" * 1000, "depth 1001")
    js("depth-20000", persons, persons + ',"x":' + '{"a":' * 7000 + "1" + "}" * 7000, "very deep")
    js("duplicate", persons, persons + "," + persons, "a member twice")
    js("duplicate-escaped", persons, persons + ',"\\u0070ersons":1', "a member twice, once by an escape")
    js("duplicate-nested", '"code":"investigation"', '"code":"investigation","code":"investigation"', "a member twice, deeper")
    js("unknown-member", persons, persons + ',"extra":1', "a member of no table")
    js("unknown-nested", '"code":"investigation"', '"code":"investigation","extra":1', "a member of no table, deeper")
    js("member-case", '"persons"', '"Persons"', "members are written as they are")
    js("member-of-other-kind", persons, persons + ',"outcome":"none"', "a member of another kind's table")
    js("missing-member", ',' + persons, "", "a required member is missing")

    def obj(name, why, **values):
        bad(name, why, edit=put(**values))
    bad("missing-id", "id is required", edit=put(id=...))
    bad("missing-at", "at is required", edit=put(at=...))
    bad("missing-under", "under is required", edit=put(under=...))
    bad("uuid-upper", "lower-case hex", ident=UUID.upper())
    bad("uuid-braces", "36 characters", ident="{" + UUID + "}")
    bad("uuid-hyphens", "hyphens where they belong", ident="ffffffff-ffff-ffff-fffff-fffffffffff")
    bad("at-no-ms", "milliseconds are not left out", at="2026-03-02T09:00:42Z")
    bad("at-offset", "UTC", at="2026-03-02T09:00:42.000+00:00")
    obj("code-dot-first", "a code begins with a letter or digit", basis=".b")
    obj("code-space", "no space in a code", basis="a b")
    obj("code-65", "at most 64", basis="b" * 65)
    obj("code-empty", "not empty", basis="")
    obj("code-accent", "ASCII", basis="año")
    obj("text-257", "at most 256 bytes after unescaping", case={"scheme": "s", "number": "é" * 128 + "x"})
    obj("text-empty", "at least one byte", case={"scheme": "s", "number": ""})
    obj("array-empty", "at least one item", categories=[])
    obj("array-257", "at most 256 items", categories=["c"] * 257)
    obj("array-mixed", "all of one type", categories=["c", 1])
    obj("window-empty", "from < until", data_window={"from": T0, "until": T0})
    obj("window-backwards", "from < until", data_window={"from": T2, "until": T0})
    obj("ref-half", "entry and hash, both or neither", warrant={"ref": "x", "entry": 7})
    obj("ref-half-hash", "entry and hash, both or neither", warrant={"ref": "x", "hash": h("x")})
    bad("ref-more", "both and nothing else", edit=lambda m: m["purpose"]["note"]["to"].update(kind="enroll"))
    for name, t, why in (("60-seconds", "2026-06-30T23:59:60.000Z", "no leap second"), ("february-30", "2026-02-30T00:00:00.000Z", "a date that exists"),
                         ("february-29", "2026-02-29T00:00:00.000Z", "no leap year"), ("february-29-1900", "1900-02-29T00:00:00.000Z", "no leap year"),
                         ("no-ms", "2026-01-01T00:00:00Z", "24 characters"), ("us", "2026-01-01T00:00:00.000000Z", "24 characters"), ("24-hours", "2026-01-01T24:00:00.000Z", "hours 00-23"),
                         ("month-13", "2026-13-01T00:00:00.000Z", "twelve months"), ("day-0", "2026-01-00T00:00:00.000Z", "days begin with 1"), ("year-0", "0000-01-01T00:00:00.000Z", "years 0001-9999"),
                         ("lower-z", "2026-01-01T00:00:00.000z", "Z"), ("space", "2026-01-01 00:00:00.000Z", "T"), ("comma", "2026-01-01T00:00:00,000Z", "a point"), ("sign", "+026-01-01T00:00:00.000Z", "digits"),
                         ("60-minutes", "2026-01-01T00:60:00.000Z", "minutes 00-59"), ("april-31", "2026-04-31T00:00:00.000Z", "a date that exists")):
        obj("time-" + name, why, term=t)
    digest = h("answer")
    for name, value, why in (("loose", digest[:-2] + chr(ord(digest[-2]) + 1) + "=", "unused bits not zero"), ("unpadded", digest[:-1], "padded"), ("url", b64(b"\xfb\xff" * 16).translate({43: 45, 47: 95}), "+ and /"),
                             ("31", b64(bytes(31)), "32 bytes"), ("33", b64(bytes(33)), "32 bytes"), ("space", digest[:20] + " " + digest[20:], "no spaces"), ("hex", sha256(b"x").hex(), "base64, not hex"), ("empty", "", "32 bytes")):
        case("form-hash-" + name, lie(lambda g: answer(g, edit=put(digest=value))), "form", P, why=why)
    for name, value, why in (("empty", "", "not empty"), ("loose", "QR==", "unused bits not zero"), ("long", b64(bytes(12289)), "at most 16,384 characters")):
        case("form-token-" + name, lie(lambda g: g.add("anchor", KEYS["a1"], {**full(g, "anchor"), "token": value})), "form", P, why=why)
    for name, kind, values, why in (("role", "enroll", {"role": "king"}, "no such role"), ("reason", "revoke", {"reason": "because"}, "no such reason"), ("result", "ratification", {"result": "yes"}, "no such result"),
                                    ("country", "transfer", {"recipient": {"country": "us", "authority": "x"}}, "upper case"), ("country-3", "transfer", {"recipient": {"country": "USA", "authority": "x"}}, "two letters"),
                                    ("vkey-257", "enroll", {"vkey": "v" * 257}, "vkey is a text"), ("proof-63", "enroll", {"proof": b64(bytes(63))}, "a sig is 64 bytes")):
        case("form-" + name, lie(lambda g: g.add(kind, KEYS[SIGNER[kind]], {**full(g, kind, 1), **values})), "form", P, why=why)

    # The closed tables, whole: members taken away, added, of another type

    def walk(value, path=()):
        if isinstance(value, dict):
            for k in value:
                yield path + (k,)
                yield from walk(value[k], path + (k,))
        elif isinstance(value, list):
            yield path + (0,)
            yield from walk(value[0], path + (0,))

    def spoil(members, path, do):
        members = json.loads(json.dumps(members))
        at = members
        for k in path[:-1]:
            at = at[k]
        do(at, path[-1])
        return members

    probe = base(P)
    remove, add_member, nulls, objects = [], [], [], []
    for kind in KINDS:
        members = full(probe, kind, 1)
        step = lambda path, do, kind=kind, members=members: lambda g: g.add(kind, KEYS[SIGNER[kind]], spoil(members, path, do))
        add_member.append(step(("extra",), lambda at, k: at.update(extra=1)))
        for path in walk(members):
            dotted = ".".join(str(p) for p in path)
            leaf = path[-1]
            if leaf != 0 and dotted not in OPTIONAL.get(kind, "").split():
                remove.append(step(path, lambda at, k: at.pop(k)))
            nulls.append(step(path, lambda at, k: at.__setitem__(k, None)))
            objects.append(step(path, lambda at, k: at.__setitem__(k, {} if not isinstance(at[k], dict) else [at[k]])))
            if isinstance(leaf, str):
                inner = members
                for p in path:
                    inner = inner[p]
                if isinstance(inner, dict):
                    add_member.append(step(path + ("extra",), lambda at, k: at.update(extra=1)))
    each("table-missing", "form", remove, "every required member of every kind, taken away")
    each("table-unknown", "form", add_member, "an unknown member in every object of every kind")
    each("table-null", "form", nulls, "every member of every kind, null")
    each("table-type", "form", objects, "every member of every kind, of another type")

    # The note and the record around the JSON

    q1 = KEYS["q1"]
    second = lambda key: lambda note: note + signature_line(key.name, key.id, key.sign(note.rsplit(b"\n\n", 1)[0] + b"\n"))
    bad("note-two-signatures", "exactly one signature line", note_edit=second(KEYS["q2b"]))
    bad("note-two-same", "exactly one signature line", note_edit=second(q1))
    bad("note-stranger", "exactly one signature line, an unknown one too", note_edit=lambda n: n + signature_line("x", b"abcd", bytes(64)))
    bad("note-no-signature", "at least one signature line", note_edit=lambda n: n.rsplit(b"\n\n", 1)[0] + b"\n\n")
    bad("note-hyphen", "the dash is U+2014", note_edit=R("\n" + DASH, "\n-"))
    bad("note-two-spaces", "one space", note_edit=R(DASH + " ", DASH + "  "))
    bad("note-no-newline", "ends with a newline", note_edit=lambda n: n[:-1])
    bad("note-newline-more", "nothing follows the note", note_edit=lambda n: n + b"\n")
    bad("note-byte-more", "nothing follows the note", note_edit=lambda n: n + b"x")
    bad("note-trailing-space", "no trailing space", note_edit=lambda n: n[:-1] + b" \n")
    bad("note-crlf", "no CR", note_edit=lambda n: n[:-1] + b"\r\n")
    bad("note-signature-63", "64 bytes", sign=lambda t: q1.sign(t)[:63])
    bad("note-signature-65", "64 bytes", sign=lambda t: q1.sign(t) + b"\x00")
    bad("note-signature-72", "a cosignature is no signature", sign=lambda t: bytes(8) + q1.sign(t))
    bad("note-base64-unpadded", "canonical base64", note_edit=lambda n: n.rstrip(b"=\n") + b"\n")
    bad("note-base64-loose", "canonical base64", note_edit=loosen)
    bad("note-name-upper", "a signer name", sig_name="FGR.example/femdo")
    bad("note-name-129", "at most 128 bytes", sig_name="n" * 129)
    bad("note-name-empty", "not empty", sig_name="")
    bad("note-no-empty-line", "an empty line between", note_edit=R("}\n\n", "}\n"))
    bad("text-one-line", "two lines", text=b"bitacora/v1 request\n")
    bad("text-three-lines", "two lines", text_edit=lambda t: t + b"{}\n")
    bad("text-empty-line", "two lines", text_edit=lambda t: t + b"\n")
    bad("text-swapped", "the version first", text_edit=lambda t: b"\n".join(t.split(b"\n")[1::-1]) + b"\n")
    for name, first in (("v01", "bitacora/v01 request"), ("v0", "bitacora/v0 request"), ("v-none", "bitacora/v request"), ("v-minus", "bitacora/v-1 request"), ("upper", "Bitacora/v1 request"),
                        ("no-word", "bitacora/v1"), ("empty-word", "bitacora/v1 "), ("v2-no-word", "bitacora/v2"), ("v2-empty-word", "bitacora/v2 "), ("v2-letter", "bitacora/v2a request"),
                        ("unknown-kind", "bitacora/v1 petition"), ("kind-upper", "bitacora/v1 Request"), ("kind-space", "bitacora/v1 request "), ("two-spaces", "bitacora/v1  request"),
                        ("entry", "bitacora/v1 entry"), ("checkpoint", "bitacora/v1 possession"), ("nothing", "")):
        bad("version-" + name, "the first line is not of its form, or names no kind", text_edit=R("bitacora/v1 request", first))
    bad("too-large", "49,153 bytes of text", "too_large", text_edit=pad_to(49153))
    bad("too-large-most", "as much as an entry can carry", "too_large", text_edit=pad_to(65000))

    # The entry around the note

    def entry(name, why, code="form", **kw):
        bad("entry-" + name, why, code, **kw)
    entry("index-zero", "no leading zero", index="0%d" % P)
    entry("index-plus", "no sign", index="+%d" % P)
    entry("index-empty", "a decimal", index="")
    entry("index-2-63", "at most 2^63−1", index=2**63)
    entry("time-60", "no leap second", accept="2026-03-02T09:00:60.000Z", at="2026-03-02T09:00:42.000Z")
    entry("time-no-ms", "24 characters", accept="2026-03-02T09:00:43Z", at="2026-03-02T09:00:42.000Z")
    entry("link-unpadded", "padded", link=b64(sha256(b"x"))[:-1])
    entry("link-loose", "canonical", entry_edit=lambda e: b"\n".join(l if n != 3 else l[:-2] + bytes([l[-2] + 1]) + l[-1:] for n, l in enumerate(e.split(b"\n"))))
    entry("link-31", "32 bytes", link=bytes(31))
    entry("no-empty-line", "an empty line before the note", entry_edit=R("\n\nbitacora", "\nbitacora"))
    entry("two-empty-lines", "one empty line before the note", entry_edit=R("\n\nbitacora", "\n\n\nbitacora"))
    entry("crlf", "no CR", entry_edit=R("entry\n", "entry\r\n"))
    entry("word", "entry", entry_version="bitacora/v1 record")
    entry("v01", "no leading zero", entry_version="bitacora/v01 entry")
    entry("space", "no trailing space", entry_version="bitacora/v1 entry ")
    entry("note-only", "no header", entry_edit=lambda e: e.split(b"\n\n", 1)[1])
    entry("empty", "no bytes at all", entry_edit=lambda e: b"")
    entry("header-only", "no note", entry_edit=lambda e: e.split(b"\n\n", 1)[0] + b"\n\n")
    entry("cut", "cut in the signature", entry_edit=lambda e: e[:-20])


def loosen(note):
    """Sets an unused bit of the signature's base64 (68 bytes: one = at the end, two unused bits)."""
    assert note.endswith(b"=\n") and not note.endswith(b"==\n")
    alphabet = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
    return note[:-3] + bytes([alphabet[alphabet.index(note[-3]) + 1]]) + b"=\n"
