#!/usr/bin/python3
"""Whole logs, honest and lying, made by the second writer, with what docs/FORMATS.md says a verifier must find.

    cases.py OUTDIR [--big]

writes OUTDIR/<case>/mirror/…, OUTDIR/<case>/policy and OUTDIR/<case>/expect.json for every case, and the two histories of
OUTDIR/fork/{a,b,short} with OUTDIR/fork/policy. The output is the same every time. --big adds a log of 66,000 entries.

expect.json: "exit"; "code" and "entry" of the finding that must be there (for exit 1 it is also the entry of the first bad finding);
"file", which file was spoilt; "why"; and where FORMATS leaves no room, "findings", all that there must be as [code, entry], in any
order, and "size", "root", "signatures".
"""
import hashlib
import json
import os
import sys

sys.dont_write_bytecode = True
from writer import (COSIGNATURE, ZERO_HASH, DASH, Key, Log, b64, cosign_line, leaf_hash, make_vkey, policy_text, sha256, sign_note,
                    signature_line, when, write_file)

P = 28                                     # where a lie is told, unless said otherwise: after all of BASE, before a filler request
SKEW = 600_000                             # milliseconds; the base log leaves `skew` out of its genesis
OFFICIALS = {"r1": "registro.example/r1", "r2": "registro.example/r2", "r3": "registro.example/r3",
             "j1": "pjf.example/juzgado-1/m.ruiz", "j2": "pjf.example/juzgado-2/t.sosa", "q1": "fgr.example/femdo/a.lopez",
             "q2": "fgr.example/femdo/b.mora", "q3": "fgj.example/cdmx/c.paz", "h1": "telco.example/enlace",
             "h2": "banco.example/enlace", "o1": "inai.example/vigilancia", "a1": "auditor.example/a1", "x1": "nadie.example/x"}
KEYS = {short: Key(name) for short, name in OFFICIALS.items()}
KEYS["log"] = Key("bitacora.example/interop")                                # of every log here that has no other origin
KEYS["q2b"] = Key(OFFICIALS["q2"], sha256(b"bitacora interop rotated"))      # the same name, a new key
TWINS = [Key("gemelos.example/x", sha256(b"bitacora interop twin %d" % n)) for n in (33583, 40034)]
assert TWINS[0].id == TWINS[1].id and TWINS[0].public != TWINS[1].public     # found by searching: name and id are equal


def h(label):
    return b64(sha256(label.encode()))


def fresh(n):
    return Key("nuevo.example/k%d" % n)


# Members of every kind, the fewest and all of them

T0, T1, T2 = "2026-01-01T00:00:00.000Z", "2026-06-01T12:30:59.999Z", "2027-01-01T00:00:00.000Z"
WINDOW = {"from": T0, "until": T2}
FUNCTIONS_OF = {"q1": ("mx.fgr", "federal"), "q2": ("mx.fgr", "federal"), "q2b": ("mx.fgr", "federal"), "q3": ("mx.fgj", "local")}
MAY_SIGN = {
    "r1": "enroll revoke ruleset", "j1": "warrant extension ratification deferral erasure anchor",
    "q1": "request judicial_notice transfer product closing destruction notice correction",
    "h1": "response destruction correction", "o1": "notice error_report correction anchor", "a1": "anchor",
    "log": "index access freeze"}
KINDS = sorted(set(" ".join(MAY_SIGN.values()).split()))
SIGNER = {kind: next(s for s, kinds in MAY_SIGN.items() if kind in kinds.split()) for kind in KINDS}


def sealed(log, label, **more):
    return {**more, "commit": h("commit " + label), "sealed": h("sealed " + label), "to": log.label["o1"].ref}


def table(entries, rows=0):
    return {"entries": entries, "rows": rows, "root": h("table")}


def minimal(log, kind, n=0, signer="q1"):
    warrant = log.label["warrant"].ref
    request = log.label["request"].ref if "request" in log.label else None
    authority, level = FUNCTIONS_OF.get(signer, ("mx.fgr", "federal"))
    return {
        "enroll": lambda: {"vkey": fresh(n).vkey, "role": "requester", "authority": "mx.fgr", "level": "federal", "name": fresh(n).name},
        "revoke": lambda: {"vkey": fresh(n).vkey, "reason": "other"},
        "ruleset": lambda: {"name": "r", "version": "1", "from": T0, "sha256": h("r")},
        "warrant": lambda: {"ref": "o", "matter": "m", "used_by": ["mx.fgr"], "categories": ["c"], "window": WINDOW},
        "extension": lambda: {"warrant": warrant, "until": T2},
        "ratification": lambda: {"request": request, "result": "refused"},
        "deferral": lambda: {"request": request, "until": T2, "reason": "r"},
        "erasure": lambda: {"blob": h("b"), "order": h("o")},
        "anchor": lambda: {"checkpoint": {"size": 0, "root": h("root")}},
        "request": lambda: {"authority": authority, "function": "f", "level": level, "holder": "mx.telco", "source": "s",
                            "categories": ["c"], "basis": "b", "purpose": {"code": "p"}, "persons": 0},
        "judicial_notice": lambda: {"request": request, "fulfilled_at": T0, "notified_at": T1},
        "transfer": lambda: {"requests": [request], "recipient": {"country": "US", "authority": "us.doj"}},
        "product": lambda: {"requests": [request], "class": "c"},
        "closing": lambda: {"warrant": warrant, "executed": WINDOW},
        "destruction": lambda: {},
        "notice": lambda: {"request": request, "delivered_at": T1, "means": "m"},
        "correction": lambda: {"about": request, "cause": "c"},
        "error_report": lambda: {"about": warrant, "cause": "c"},
        "response": lambda: {"holder": "mx.telco", "outcome": "none", "received_at": T1},
        "index": lambda: {"version": 1, "tables": [table(1)]},
        "access": lambda: {"version": 1, "interval": WINDOW, "count": 0, "root": h("rows")},
        "freeze": lambda: {},
    }[kind]()


def full(log, kind, n=0, signer="q1"):
    """All members, none at its simplest."""
    warrant, own = log.label["warrant"].ref, minimal(log, kind, n, signer)
    request = log.label["request"].ref if "request" in log.label else None
    own.update({
        "enroll": lambda: {"function": "fiscal", "jurisdiction": "MX-CMX, primer circuito", "from": T0, "until": "2099-12-31T23:59:59.999Z",
                           "proof": fresh(n).possession(log.origin), "display": "Juzgado Segundo de Distrito", "designation": "DOF 2026-01-15",
                           "binding": h("certificate")},
        "revoke": lambda: {"reason": "key_compromise", "since": T0},
        "ruleset": lambda: {"name": "México 2026 «reglas» 規則 🔏", "version": "1.0-β"},
        "warrant": lambda: {"case": {"scheme": "nuc", "number": "CI-FED/12/2026"}, "subjects": [sealed(log, "s%d" % i, type="phone") for i in (1, 2)],
                            "holders": ["mx.telco", "mx.banco"], "data_window": WINDOW, "document": h("pdf"),
                            "used_by": ["mx.fgr", "mx.fgj"], "categories": ["traffic", "location", "traffic"]},
        "ratification": lambda: {"result": "partial", "categories": ["traffic"]},
        "anchor": lambda: {"checkpoint": {"size": 2**53 - 1, "root": h("root")}, "token": b64(bytes(range(256)) * 48),
                           **({"index": log.label["index"].ref} if "index" in log.label else {})},
        "request": lambda: {"warrant": {"ref": "Oficio 12/2026", "court": "mx.pjf", "entry": warrant["entry"], "hash": warrant["hash"]},
                            "ground": "kidnapping", "case": {"scheme": "nuc", "number": "CI-FED/12/2026"},
                            "purpose": {"code": "investigation", "note": sealed(log, "note")},
                            "subjects": [sealed(log, "s1", type="phone")], "persons": 1, "data_window": WINDOW, "term": T2,
                            "automated": False, "notify": {"after": T2}},
        "transfer": lambda: {"requests": [request, request], "instrument": "Tratado de asistencia jurídica mutua"},
        "product": lambda: {"digest": h("product")},
        "destruction": lambda: {"requests": [request], "blobs": [h("b1"), h("b2")], "order": h("order")},
        "correction": lambda: {"note": sealed(log, "note")},
        "error_report": lambda: {"note": sealed(log, "note")},
        "response": lambda: {"request": request, "answered_at": T1, "records": 2**53 - 1, "digest": h("answer")},
        "index": lambda: {"version": 2**53 - 1, "tables": [table(1, 2**53 - 1), table(P - 1)]},
        "access": lambda: {"version": 2, "count": 2**53 - 1},
        "freeze": lambda: {"successor": {"origin": fresh(n).name, "vkey": fresh(n).vkey}},
    }.get(kind, dict)())
    return own


OPTIONAL = {"enroll": "function jurisdiction from until proof display designation binding", "revoke": "since", "warrant": "case subjects holders data_window document",
            "ratification": "categories", "anchor": "token index", "freeze": "successor", "transfer": "instrument", "product": "digest",
            "request": "warrant ground case subjects data_window term automated notify warrant.court purpose.note",
            "destruction": "requests blobs order", "correction": "note", "error_report": "note",
            "response": "request answered_at records digest"}


# The base log

def ask(log, signer="q1", edit=None, label=None, **overrides):
    members = full(log, "request", signer=signer)
    if edit:
        edit(members)
    entry = log.add("request", KEYS[signer], members, **overrides)
    if label:
        log.label[label] = entry
    return entry


def answer(log, request=None, signer="h1", edit=None, **overrides):
    members = full(log, "response")
    members["request"] = (request or log.label["request"]).ref
    if edit:
        edit(members)
    return log.add("response", KEYS[signer], members, **overrides)


def enrol(log, short, role, authority, by="r1", level="federal", **overrides):
    log.label[short] = log.enroll(KEYS[by], KEYS[short], role, authority, level, **overrides)
    return log.label[short]


def labelled(label, kind, signer, make, **overrides):
    def step(log):
        log.label[label] = log.add(kind, KEYS[signer], make(log), **overrides)
    return step


BASE = [
    None,                                                                        # genesis
    lambda g: enrol(g, "o1", "oversight", "mx.inai"),
    lambda g: enrol(g, "q1", "requester", "mx.fgr", members={"function": "fiscal", "jurisdiction": "MX-CMX"}),
    lambda g: enrol(g, "h1", "holder", "mx.telco", by="r2", proof=False),
    lambda g: enrol(g, "j1", "judge", "mx.pjf.juzgado-1", members={"from": T0, "until": "2030-01-01T00:00:00.000Z"}),
    lambda g: enrol(g, "a1", "auditor", "mx.asf", by="r2"),
    lambda g: g.add("ruleset", KEYS["r2"], {"name": "México 2026", "version": "1", "from": T0, "sha256": h("ruleset")}),
    labelled("warrant", "warrant", "j1", lambda g: {
        "ref": "Oficio 12/2026", "matter": "organised_crime", "used_by": ["mx.fgr"], "categories": ["traffic"],
        "subjects": [sealed(g, "s1", type="phone")], "window": WINDOW, "document": h("document")}),
    labelled("request", "request", "q1", lambda g: {
        **minimal(g, "request"), "warrant": {"ref": "Oficio 12/2026", **g.label["warrant"].ref}, "persons": 1}),
    lambda g: answer(g),
    lambda g: enrol(g, "q2", "requester", "mx.fgr"),
    lambda g: ask(g, "q2", label="asked"),
    labelled("revoke", "revoke", "r1", lambda g: {"vkey": KEYS["q2"].vkey, "reason": "superseded", "since": T0}),
    lambda g: enrol(g, "q2b", "requester", "mx.fgr"),
    lambda g: ask(g, "q2b", label="asked"),
    lambda g: answer(g, g.label["asked"]),
    lambda g: g.add("extension", KEYS["j1"], full(g, "extension"), accept=g.clock),          # an equal acceptance
    lambda g: g.add("ratification", KEYS["j1"], full(g, "ratification")),
    lambda g: g.add("anchor", KEYS["a1"], full(g, "anchor")),
    lambda g: g.add("notice", KEYS["o1"], full(g, "notice")),
    lambda g: g.label.update(index=g.add("index", g.key, {"version": 1, "tables": [table(16, 40), table(4, 9)]})),
    lambda g: g.add("access", g.key, full(g, "access")),
]


def base(size=40, skew=None, ins={}, origin="bitacora.example/interop", genesis={}):
    """An honest log. ins: index -> function that appends one or more entries there, before the log goes on as usual."""
    log = Log(origin)
    done = fill = 0
    ins = dict(ins)
    while len(log) < size:
        if len(log) in ins:
            ins.pop(len(log))(log)
            continue
        if done == 0:
            log.genesis([KEYS["r1"], KEYS["r2"]], skew, **genesis)
        elif done < len(BASE):
            BASE[done](log)
        elif fill % 2 == 0:
            ask(log, label="asked")
            fill += 1
        else:
            answer(log, log.label["asked"])
            fill += 1
        done += 1
    return log


def lie(*steps, size=40, at=P, **kw):
    """A base log with steps appended at entry `at`."""
    def do(log):
        for s in steps:
            s(log)
    return base(size, ins={at: do}, **kw)


H1B = Key(OFFICIALS["h1"], sha256(b"bitacora interop h1 rotated"))
ROTATION = [                                # entries P to P + 4: enrolled, the old one signs, the new one, revoked, the new one signs
    lambda g: g.enroll(KEYS["r1"], H1B, "holder", "mx.telco"),
    lambda g: answer(g),
    lambda g: g.add("response", H1B, full(g, "response")),
    lambda g: g.add("revoke", KEYS["r1"], {"vkey": KEYS["h1"].vkey, "reason": "superseded"}),
    lambda g: g.add("response", H1B, full(g, "response")),
]


# Writing a case

OUT = None
NAMES = []


def case(name, log, code=None, entry=None, exit=None, why="", findings=..., files=None, edit=None, file=None, policy=None, more={}):
    """findings: ... means exactly [code, entry] (or none); None means that FORMATS does not tell all of them."""
    assert name not in NAMES, name
    NAMES.append(name)
    out = files if files is not None else log.files()
    if edit:
        edit(out)
    folder = os.path.join(OUT, name)
    log.write(os.path.join(folder, "mirror"), files=out)
    write_file(os.path.join(folder, "policy"), (policy or policy_text(log.key)).encode())
    if findings is ...:
        findings = [] if code is None else [[code, entry]]
    expect = {"exit": (0 if code is None else 1) if exit is None else exit, "code": code, "entry": entry, "file": file, "why": why}
    if findings is not None:
        expect["findings"] = sorted(findings, key=lambda f: (f[1] is not None, f[1], f[0]))
    expect.update(more)
    write_file(os.path.join(folder, "expect.json"), (json.dumps(expect, ensure_ascii=False) + "\n").encode())


def good(name, log, why="", **kw):
    n = len(log)
    case(name, log, why=why, more={"size": n, "root": b64(log.root()), "signatures": n}, **kw)


def each(name, code, items, why, start=P):
    """One log with a lie in many entries: items are functions that append one entry each."""
    log = lie(*items, at=start, size=start + len(items) + 4)
    case(name, log, code, start, why=why, findings=[[code, start + i] for i in range(len(items))])


def R(old, new):
    """An edit that must find what it replaces."""
    def edit(s):
        if isinstance(s, bytes):
            o, w = (x.encode() if isinstance(x, str) else x for x in (old, new))
        else:
            o, w = old, new
        assert o in s, (old, s)
        return s.replace(o, w, 1)
    return edit


def put(**values):
    return lambda members: members.update(values)


# Curve arithmetic, only as much as crafting bad points and signatures takes

FIELD, ORDER = 2**255 - 19, 2**252 + 27742317777372353535851937790883648493
D = -121665 * pow(121666, -1, FIELD) % FIELD


def point_add(a, b):
    (x1, y1), (x2, y2) = a, b
    k = D * x1 * x2 * y1 * y2 % FIELD
    return ((x1 * y2 + x2 * y1) * pow(1 + k, -1, FIELD) % FIELD, (y1 * y2 + x1 * x2) * pow(1 - k, -1, FIELD) % FIELD)


def point_mul(n, a):
    out = (0, 1)
    while n:
        if n & 1:
            out = point_add(out, a)
        a, n = point_add(a, a), n >> 1
    return out


def encode(a):
    return (a[1] | (a[0] & 1) << 255).to_bytes(32, "little")


def decode(data):
    y = int.from_bytes(data, "little")
    sign, y = y >> 255, y & (2**255 - 1)
    u, v = (y * y - 1) % FIELD, (D * y * y + 1) % FIELD
    x = pow(u * pow(v, -1, FIELD), (FIELD + 3) // 8, FIELD)
    if (v * x * x - u) % FIELD:
        x = x * pow(2, (FIELD - 1) // 4, FIELD) % FIELD
    if (v * x * x - u) % FIELD:
        return None
    return (x if x & 1 == sign else FIELD - x, y)


BASEPOINT = decode((4 * pow(5, -1, FIELD) % FIELD).to_bytes(32, "little"))
TORSION = decode(bytes.fromhex("26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05"))        # of order 8


def secret_scalar(key):
    a = bytearray(hashlib.sha512(key.seed).digest()[:32])
    a[0] &= 248
    a[31] = a[31] & 127 | 64
    return int.from_bytes(a, "little")


def crafted(key, r, r_point):
    """A signature with the given R; S fits r, the logarithm of R's part in the prime-order subgroup."""
    def sign(text):
        head = encode(r_point)
        k = int.from_bytes(hashlib.sha512(head + key.public + text).digest(), "little") % ORDER
        return head + ((r + k * secret_scalar(key)) % ORDER).to_bytes(32, "little")
    return sign


def malleable(key):
    def sign(text):
        s = key.sign(text)
        return s[:32] + (int.from_bytes(s[32:], "little") + ORDER).to_bytes(32, "little")
    return sign


def flipped(key, bit=0):
    def sign(text):
        s = bytearray(key.sign(text))
        s[bit // 8] ^= 1 << bit % 8
        return bytes(s)
    return sign


# The cases

def good_logs(big):
    for n in (1, 2, 40, 255, 256, 257, 300, 600):
        good("good-%d" % n, base(n), "an honest log of %d entries" % n)
    if big:
        log = base(30)
        log.step = 20
        for _ in range(65_970):
            log.add("destruction", KEYS["q1"], {})
        good("good-66000", log, "more than 65,536 entries: a level 2")
    good("good-skew-86400", lie(lambda g: ask(g, at=g.clock + g.step - 86_400_000), lambda g: ask(g, at=g.clock + g.step + 86_400_000), skew=86400),
         "at is a whole day away from acceptance, and the log allows it")
    good("good-skew-1", lie(lambda g: ask(g, at=g.clock + g.step - 1000), lambda g: ask(g, at=g.clock + g.step + 1000), skew=1), "the least skew")
    good("good-skew-600", lie(lambda g: ask(g, at=g.clock + g.step - SKEW), lambda g: ask(g, at=g.clock + g.step + SKEW)), "600 s by default, inclusive")

    steps = []
    for signer, kinds in MAY_SIGN.items():
        for kind in kinds.replace("freeze", "").split():
            for make in (minimal, full):
                n = len(steps)
                if kind == "revoke":
                    steps.append(lambda g, n=n: g.enroll(KEYS["r2"], fresh(n), "auditor", "mx.x"))
                steps.append(lambda g, s=signer, k=kind, m=make, n=n: g.add(k, KEYS[s], m(g, k, n, s)))
    good("good-every-kind", lie(*steps, size=P + len(steps) + 2), "every role with every kind it may sign, with the fewest and with all members")
    rest = [lambda g, k=k, make=make: g.add(k, KEYS[SIGNER[k]], make(g)) for k, make in values_good()]
    good("good-values", lie(*rest, size=P + len(rest) + 2), "values at the edge of what sections 1 and 5 allow")

    liberties = [
        dict(json_edit=lambda s: s.replace(',"', ' , "').replace('":', '"  :').replace("{", "{ ")[:-1] + "   }"),
        dict(json_edit=lambda s: s.replace('"persons"', '"\\u0070er\\u0073ons"').replace('"function":"f"', '"f\\u0075nction":"\\u0066"')),
        dict(json_edit=lambda s: s.replace("Oficio 12/2026", "\\u00d3ficio 12\\/2026 \\ud83d\\udd0f \\\" \\\\ \\u2028\\uFFFD\\ud7ff\\ue000")),
        dict(json_edit=lambda s: s.replace("Oficio 12/2026", "Ó\u200b\u2028\ufffd\ufdcf\ufdf0\U0010fffd\u00a0")),
        dict(order=lambda names: names[::-1]),
        dict(text_edit=pad_to(49152)),
    ]
    steps = [lambda g, kw=kw: ask(g, **kw) for kw in liberties]
    good("good-json-liberties", lie(*steps), "spaces, escapes and order are the signer's choice; 49,152 bytes of text are the cap")

    def bounds(g):
        k, t = fresh(1), g.clock
        g.enroll(KEYS["r1"], k, "auditor", "mx.x", members={"from": when(t + 10_000), "until": when(t + 20_000)}, accept=t + 1)
        g.add("anchor", k, minimal(g, "anchor"), accept=t + 10_000)
        g.add("anchor", k, minimal(g, "anchor"), accept=t + 19_999)
    good("good-from-until-bounds", lie(bounds), "from is inclusive, until exclusive")

    def never(g):
        k = fresh(1)
        g.enroll(KEYS["r1"], k, "auditor", "mx.x", members={"from": T2, "until": T0}, proof=False)
    good("good-from-after-until", lie(never), "from and until of an enrolment are independent of each other")

    def by_new_registrar(g):
        enrol(g, "r3", "registrar", "mx.registro", by="r2")
        enrol(g, "j2", "judge", "mx.pjf.juzgado-2", by="r3")
        g.add("revoke", KEYS["r3"], {"vkey": KEYS["r1"].vkey, "reason": "left_office"})
        g.add("revoke", KEYS["r2"], {"vkey": KEYS["r3"].vkey, "reason": "other"})
        g.add("warrant", KEYS["j2"], minimal(g, "warrant"))
    good("good-rotation", lie(*ROTATION, size=P + 5), "a new key of the same name, both sign, the old one is revoked, the new one goes on")
    good("good-registrars", lie(by_new_registrar), "registrars enrol and revoke registrars, those of genesis too; what they did stands")

    def twins(g):
        for k in TWINS:
            g.enroll(KEYS["r1"], k, "auditor", "mx.x")
        for k in TWINS + TWINS[::-1]:
            g.add("anchor", k, minimal(g, "anchor"))
        g.add("revoke", KEYS["r1"], {"vkey": TWINS[0].vkey, "reason": "other"})
        g.add("anchor", TWINS[1], minimal(g, "anchor"))
    good("good-key-id-collision", lie(twins), "two keys of one name and one id: each is tried")
    good("good-same-id-other-key", lie(lambda g: ask(g, "q1", ident=UUID), lambda g: ask(g, "q2b", ident=UUID)), "ids belong to their key")
    good("good-id-beyond-2skew", lie(lambda g: ask(g, ident=UUID), lambda g: ask(g, ident=UUID, accept=g.clock + 2 * SKEW + 1)),
         "an id used again after more than 2·skew: the log may hold it")
    good("good-id-well-beyond", lie(lambda g: ask(g, ident=UUID), lambda g: ask(g, ident=UUID, accept=g.clock + 86_400_000)), "the same, a day after")
    good("good-about-any", lie(lambda g: g.add("correction", KEYS["q1"], {"about": g.entries[0].ref, "cause": "c"}),
                               lambda g: g.add("correction", KEYS["q1"], {"about": g.entries[12].ref, "cause": "c"})), "about points at any kind")
    good("good-wider-files", base(), "files of other widths are not looked at",
         edit=lambda f: f.update({"tile/0/000": b"not looked at", "tile/entries/000": b"", "tile/0/000.p/41": b"x", "tile/1/000.p/1": b"x", "README": b"x"}))
    log = base()
    good("good-checkpoint-extension", log, "extension lines are not taken notice of",
         edit=lambda f: f.update(checkpoint=sign_note(log.checkpoint_text() + b"an extension\nand another\n", log.key)))
    stranger, sibling = Key("testigo.example/w9", kind=COSIGNATURE), Key(log.origin, sha256(b"sibling"))
    good("good-checkpoint-strangers", log, "lines of unknown keys are ignored, of an unknown key under the log's name too",
         edit=lambda f: f.update(checkpoint=f["checkpoint"] + signature_line(stranger.name, stranger.id, bytes(72)) + signature_line(sibling.name, sibling.id, bytes(64))
                                 + signature_line("x", b"\x00\x01\x02\x03", b"\x00")))


def values_good():
    def resp(**v):
        return ("response", lambda g: {**full(g, "response"), **v})

    def req(**v):
        return ("request", lambda g: {**full(g, "request"), **v})
    out = [resp(received_at=t) for t in ("0001-01-01T00:00:00.000Z", "9999-12-31T23:59:59.999Z", "2028-02-29T23:59:59.999Z", "2000-02-29T00:00:00.000Z")]
    out += [resp(records=0), resp(outcome="A"), resp(outcome="0._-" + "z" * 60)]
    out += [req(categories=["c"] * 256), req(case={"scheme": "s", "number": "é" * 128}), req(warrant={"ref": "x"}), req(warrant={"ref": "x", "court": "c"}),
            req(data_window={"from": T0, "until": T0.replace(".000", ".001")}), req(persons=2**53 - 1), req(automated=True)]
    return out


UUID = "ffffffff-ffff-ffff-ffff-ffffffffffff"


def pad_to(size):
    def edit(text):
        head, json_line, _ = text.split(b"\n")
        return head + b"\n{" + b" " * (size - len(text)) + json_line[1:] + b"\n"
    return edit


def chain_lies():
    case("link-wrong", lie(lambda g: ask(g, link=sha256(b"no"))), "link", P, why="the link is no leaf hash")
    case("link-one-too-far", lie(lambda g: ask(g, link=g.entries[-2].hash)), "link", P, why="the link skips an entry")
    case("link-zero", lie(lambda g: ask(g, link=ZERO_HASH)), "link", P, why="32 zero bytes belong to entry 0 only")
    case("link-genesis", base(genesis={"link": sha256(b"no")}), "link", 0, why="entry 0 links to 32 zero bytes")
    case("index-wrong", lie(lambda g: ask(g, index=P + 1)), "index", P, why="the header says another index")
    case("index-max", lie(lambda g: ask(g, index=2**63 - 1)), "index", P, why="the greatest decimal")
    case("index-genesis", base(genesis={"index": 1}), "index", 0, why="entry 0 says 1")
    case("time-back", lie(lambda g: ask(g, accept=g.clock - 1)), "time", P, why="accepted one millisecond before the entry before")
    case("time-back-far", lie(lambda g: ask(g, accept=g.clock - 86_400_000)), "time", P, why="accepted a day before",
         findings=None)       # the entries after it are compared with it

    log = base(41)
    raws = [e.raw for e in log.entries]
    log.rebuild(raws[:P] + raws[P + 1:])
    case("dropped-raw", log, "index", P, why="an entry taken out, the others left as they were", findings=None)

    def pair(g):
        g.label["late"] = ask(g)
        answer(g, g.label["late"])
    log = lie(pair, at=38)
    log.entries.pop(38)
    last = log.entries.pop()
    log.clock -= log.step
    log.append_note(last.note, accept=last.accept)
    case("dropped-renumbered", log, "reference", 38, why="a request taken out and the rest numbered and linked anew: its response points at nothing")

    log = base(41)
    tail = log.entries[P + 1:]
    log.entries = log.entries[:P]
    for e in tail:
        log.append_note(e.note, accept=e.accept)
    case("dropped-renumbered-middle", log, "reference", P, why="the same in the middle: what points at moved entries is bad too", findings=None)

    def anchors(g):
        for _ in range(2):
            g.add("anchor", KEYS["a1"], minimal(g, "anchor"))
    log = lie(anchors)
    raws = [e.raw for e in log.entries]
    raws[P], raws[P + 1] = raws[P + 1], raws[P]
    log.rebuild(raws)
    case("swapped-raw", log, "index", P, why="two entries in each other's place",
         findings=[["index", P], ["link", P], ["index", P + 1], ["link", P + 1], ["time", P + 1], ["link", P + 2]])
    log = lie(pair, at=38)
    a, b = log.entries[38:]
    log.entries = log.entries[:38]
    log.append_note(b.note, accept=a.accept)
    log.append_note(a.note, accept=b.accept)
    case("swapped-renumbered", log, "reference", 38, why="the response before its request, numbered and linked anew",
         findings=[["reference", 38]])

    def again(after, at=None):
        def do(g):
            e = ask(g, at=at and g.clock + g.step + at)
            g.append_note(e.note, accept=e.accept + after)
        return do
    case("replayed", lie(again(3000)), "replayed", P + 1, why="a signed record played in a second time")
    case("replayed-same-time", lie(again(0)), "replayed", P + 1, why="twice in the same millisecond")
    case("replayed-2skew", lie(again(2 * SKEW, SKEW)), "replayed", P + 1, why="the latest that passes skew: at = t + skew, again 2·skew later")
    case("replayed-late", lie(again(700_000)), "replayed", P + 1, why="played in again out of skew but within 2·skew",
         findings=[["replayed", P + 1], ["skew", P + 1]])
    case("replayed-too-late", lie(again(2 * SKEW + 1)), "skew", P + 1, why="played in again after more than 2·skew: it fails by skew alone")
    case("replayed-enroll", lie(lambda g: g.append_note(g.label["o1"].note)), "enrolment", P, why="an enrolment again: the key is enrolled already")
    case("replayed-revoke", lie(lambda g: g.append_note(g.label["revoke"].note)), "enrolment", P, why="a revocation again: the key is revoked already")
    case("id-again", lie(lambda g: ask(g, ident=UUID), lambda g: ask(g, ident=UUID)), "id", P + 1, why="one id, two texts")
    case("id-again-other-kind", lie(lambda g: ask(g, ident=UUID), lambda g: g.add("destruction", KEYS["q1"], {}, ident=UUID)), "id", P + 1, why="one id, two kinds")
    case("id-2skew", lie(lambda g: ask(g, ident=UUID), lambda g: ask(g, ident=UUID, accept=g.clock + 2 * SKEW)), "id", P + 1, why="2·skew is inclusive")
    case("id-after-bad-reference", lie(lambda g: answer(g, ident=UUID, edit=put(request={"entry": 8, "hash": h("no")})), lambda g: answer(g, ident=UUID)),
         "reference", P, why="an entry bad in a reference still uses its id", findings=[["reference", P], ["id", P + 1]])


def signer_lies():
    x1, q1, r1 = KEYS["x1"], KEYS["q1"], KEYS["r1"]

    def as_q1(g, signer=x1, **kw):
        return g.add("request", signer, minimal(g, "request"), **kw)
    case("key-never-enrolled", lie(lambda g: as_q1(g, under=g.under[q1.public].ref)), "key", P, why="signed by a key that nobody enrolled")
    case("key-log", lie(lambda g: g.add("anchor", g.key, minimal(g, "anchor"), under=g.entries[0].ref)), "key", P, why="the log's key signs no such kind")
    case("key-wrong-id", lie(lambda g: as_q1(g, q1, sig_id=b"\x00\x00\x00\x00")), "key", P, why="the right name, another id")
    case("key-wrong-name", lie(lambda g: as_q1(g, q1, sig_name="fgr.example/otro")), "key", P, why="the right id, another name")
    case("key-enrolled-later", lie(lambda g: as_q1(g, under={"entry": P + 1, "hash": b64(ZERO_HASH)}), lambda g: enrol(g, "x1", "requester", "mx.fgr")),
         "key", P, why="enrolled by the next entry only")

    def dated(**limits):
        def do(g):
            g.enroll(r1, x1, "requester", "mx.fgr", members={k: when(g.clock + v) for k, v in limits.items()})
        return do
    case("from-not-yet", lie(dated(**{"from": 5001}), lambda g: as_q1(g, accept=g.clock + 3500)), "enrolment", P + 1, why="one millisecond before from")
    case("until-expired", lie(dated(until=5000), lambda g: as_q1(g, accept=g.clock + 3500)), "enrolment", P + 1, why="until is exclusive")
    case("until-long-expired", lie(dated(until=-10_000_000), as_q1), "enrolment", P + 1, why="expired before it was enrolled")
    case("revoked", lie(lambda g: g.add("request", KEYS["q2"], minimal(g, "request"))), "enrolment", P, why="revoked in entry 12")
    case("revoked-just-now", lie(lambda g: g.add("revoke", r1, {"vkey": q1.vkey, "reason": "key_compromise"}), lambda g: as_q1(g, q1), size=30),
         "enrolment", P + 1, why="revoked by the entry before")
    case("revoked-registrar", lie(lambda g: g.add("revoke", KEYS["r2"], {"vkey": r1.vkey, "reason": "left_office"}), lambda g: enrol(g, "x1", "auditor", "mx.x"),
                                  lambda g: g.add("anchor", x1, minimal(g, "anchor"))),
         "enrolment", P + 1, why="a registrar of genesis, revoked, enrols: that counts for nothing", findings=[["enrolment", P + 1], ["key", P + 2]])
    def enrolled_registrar_enrols(g):
        enrol(g, "r3", "registrar", "mx.registro")
        g.add("revoke", r1, {"vkey": KEYS["r3"].vkey, "reason": "left_office"})
        enrol(g, "x1", "auditor", "mx.x", by="r3")
        g.add("anchor", x1, minimal(g, "anchor"))
    case("revoked-registrar-enrolled", lie(enrolled_registrar_enrols), "enrolment", P + 2, why="a registrar whom another enrolled and revoked enrols",
         findings=[["enrolment", P + 2], ["key", P + 3]])
    case("revoked-rotated", lie(*ROTATION, lambda g: answer(g), size=P + 6), "enrolment", P + 5, why="after the rotation the old key signs again")
    case("role-other", lie(lambda g: g.add("warrant", q1, minimal(g, "warrant"))), "role", P, why="a requester signs a warrant")
    forbidden = [(s, k) for s in MAY_SIGN if s != "log" for k in KINDS if k not in MAY_SIGN[s].split()]
    each("role-matrix", "role", [lambda g, s=s, k=k, n=n: g.add(k, KEYS[s], minimal(g, k, n)) for n, (s, k) in enumerate(forbidden)],
         "every role with every kind that it may not sign")
    case("role-after-revoked", lie(lambda g: g.add("warrant", KEYS["q2"], minimal(g, "warrant"))), "enrolment", P, why="of steps 9-17 the first failure is told")
    case("several", lie(lambda g: answer(g, signer="x1", edit=put(request={"entry": 8, "hash": h("no")}), at=g.clock - 10_000_000)), "key", P,
         why="18 and 19 are judged whatever came out of 9-17", findings=[["key", P], ["reference", P], ["skew", P]])
    case("several-role", lie(lambda g: answer(g, signer="q1", edit=put(request={"entry": 8, "hash": h("no")}), at=g.clock - 10_000_000)), "role", P,
         why="18 and 19 are judged whatever came out of 9-17", findings=[["role", P], ["reference", P], ["skew", P]])

    def foreign(g):
        other = base(P, origin="otro.example/bitacora")
        e = other.add("request", q1, minimal(other, "request"), ident=UUID)
        g.append_note(e.note, accept=e.accept)
    case("other-log", lie(foreign), "enrolment", P, why="a record made for another log, where the same key is enrolled in the same place")

    def undated(ref):
        return lambda g: as_q1(g, q1, under=ref(g))
    case("under-hash", lie(undated(lambda g: {**g.label["q1"].ref, "hash": h("no")})), "enrolment", P, why="under has another hash")
    case("under-other", lie(undated(lambda g: g.label["q2b"].ref)), "enrolment", P, why="under is another key's enrolment")
    case("under-genesis", lie(undated(lambda g: g.entries[0].ref)), "enrolment", P, why="only the registrars of genesis act under entry 0")
    case("under-later", lie(undated(lambda g: {"entry": P + 1, "hash": h("no")})), "enrolment", P, why="under points at a later entry")
    case("under-huge", lie(undated(lambda g: {"entry": 2**53 - 1, "hash": h("no")})), "enrolment", P, why="under points far behind the end")

    def twin_under(g):
        a, b = (g.enroll(r1, k, "auditor", "mx.x") for k in TWINS)
        g.add("anchor", TWINS[0], minimal(g, "anchor"), under=b.ref)
    case("under-twin", lie(twin_under), "enrolment", P + 2, why="two keys of one name and id: under must be the one that verifies")
    case("request-authority", lie(lambda g: ask(g, edit=put(authority="mx.fgj"))), "enrolment", P, why="not its signer's authority")
    case("request-level", lie(lambda g: ask(g, edit=put(level="local"))), "enrolment", P, why="not its signer's level")
    case("response-holder", lie(lambda g: answer(g, edit=put(holder="mx.banco"))), "enrolment", P, why="not its signer's authority")
    for name, off in (("skew-old", -SKEW - 1), ("skew-future", SKEW + 1), ("skew-year-1", None)):
        case(name, lie(lambda g: ask(g, at="0001-01-01T00:00:00.000Z" if off is None else g.clock + g.step + off)), "skew", P, why="at is more than skew away from acceptance")
    case("skew-86400", lie(lambda g: ask(g, at=g.clock + g.step - 86_400_001), skew=86400), "skew", P, why="one millisecond beyond a day")
    case("skew-1", lie(lambda g: ask(g, at=g.clock + g.step + 1001), skew=1), "skew", P, why="one millisecond beyond a second")

    for name, sign, why in (
            ("signature-flipped", flipped(q1), "one bit of R"), ("signature-flipped-s", flipped(q1, 300), "one bit of S"),
            ("signature-zero", lambda t: bytes(64), "all zero"), ("signature-other-key", x1.sign, "made by another key"),
            ("signature-s-plus-l", malleable(q1), "S + L: the equation holds, but S < L does not"),
            ("signature-small-r", crafted(q1, 0, (0, 1)), "R is the neutral element: the equation holds, but R is of small order"),
            ("signature-cofactor", crafted(q1, 77, point_add(point_mul(77, BASEPOINT), TORSION)), "good only for those who multiply by the cofactor"),
            ("signature-no-newline", lambda t: q1.sign(t[:-1]), "over the text without its last newline"),
            ("signature-empty-line", lambda t: q1.sign(t + b"\n"), "over the text and the empty line")):
        case(name, lie(lambda g: ask(g, sign=sign)), "signature", P, why=why)
    case("signature-text-altered", lie(lambda g: ask(g, note_edit=R('"persons":1', '"persons":9'))), "signature", P, why="the operator altered a record, and made the tree over it")


def log_lies():
    """What the log's own key signs after genesis."""
    log = KEYS["log"]
    old = Key("antes.example/bitacora")

    def frozen(g):
        g.add("freeze", log, full(g, "freeze", 1))

    def more(kind, **values):
        return lambda g: {**minimal(g, kind), **values}
    good("good-freeze", base(40, ins={39: frozen}), "the log ends with a freeze")
    good("good-freeze-nobody", base(40, ins={39: lambda g: g.add("freeze", log, {})}), "and nobody goes on from it")
    good("good-predecessor", base(genesis={"members": {"predecessor": Log().predecessor(old)}}), "a log that goes on from another")
    good("good-predecessor-no-proof", base(genesis={"members": {"predecessor": Log().predecessor(old, proof=False)}}), "whose key is lost")
    good("good-index-32", lie(lambda g: g.add("index", log, {"version": 1, "tables": [table(1)] * 32}), at=32), "32 tables, up to the entry itself")
    for kind in ("index", "access", "freeze"):
        case("frozen-" + kind, lie(frozen, lambda g, k=kind: g.add(k, log, minimal(g, k)), size=P + 2), "frozen", P, why="after its freeze comes " + kind)
    case("frozen-request", lie(frozen), "frozen", P, why="requests come after the freeze: told once")
    case("frozen-unreadable", lie(frozen, lambda g: ask(g, text_edit=R("bitacora/v1", "bitacora/v2")), size=P + 2), "frozen", P,
         why="what comes is of a later version", findings=[["frozen", P], ["version", P + 1]])
    case("freeze-not-the-log", lie(lambda g: g.add("freeze", KEYS["r1"], {})), "role", P, why="a registrar's freeze ends nothing")
    case("freeze-bad-signature", lie(lambda g: g.add("freeze", log, {}, sign=flipped(log))), "signature", P, why="nor does one that is not signed")
    case("freeze-bad-under", lie(lambda g: g.add("freeze", log, {}, under=g.label["o1"].ref)), "enrolment", P, why="nor one under another entry")
    for name, successor, why in (("itself", {"origin": log.name, "vkey": log.vkey}, "the log itself"), ("name", {"origin": "a.example", "vkey": fresh(1).vkey}, "another name than its key's"),
                                 ("vkey", {"origin": "a.example", "vkey": "a.example+00000000+AAAA"}, "no good vkey"),
                                 ("type", {"origin": "w.example", "vkey": Key("w.example", kind=COSIGNATURE).vkey}, "a witness's key")):
        case("freeze-successor-" + name, lie(lambda g: g.add("freeze", log, {"successor": successor})), "enrolment", P, why=why)
    case("index-beyond", lie(lambda g: g.add("index", log, {"version": 1, "tables": [table(P), table(1)]})), "reference", P, why="a table covers the entry itself")
    case("index-far-beyond", lie(lambda g: g.add("index", log, {"version": 1, "tables": [table(2**53 - 1)] * 32})), "reference", P, why="far behind the end")
    case("anchor-index-kind", lie(lambda g: g.add("anchor", KEYS["a1"], {**full(g, "anchor"), "index": g.label["warrant"].ref})), "reference", P, why="a warrant where an index must be")
    case("log-under", lie(lambda g: g.add("access", log, minimal(g, "access"), under=g.label["a1"].ref)), "enrolment", P, why="the log's key acts under entry 0")
    case("log-skew", lie(lambda g: g.add("access", log, minimal(g, "access"), at=g.clock - 10_000_000)), "skew", P, why="at is more than skew away from acceptance")
    case("log-id", lie(lambda g: g.add("access", log, minimal(g, "access"), ident=UUID), lambda g: g.add("index", log, minimal(g, "index"), ident=UUID)), "id", P + 1,
         why="an id is used once by the log, too")
    for kind, name, values, why in (("index", "no-table", {"tables": []}, "at least one"), ("index", "33", {"tables": [table(1)] * 33}, "at most 32"), ("index", "zero", {"tables": [table(0)]}, "no empty table"),
                                    ("index", "version-0", {"version": 0}, "versions begin with 1"), ("access", "version-0", {"version": 0}, "versions begin with 1")):
        case("form-%s-%s" % (kind, name), lie(lambda g: g.add(kind, log, more(kind, **values)(g))), "form", P, why=why)

    def genesis(name, predecessor, why, code="genesis"):
        case("predecessor-" + name, base(1, genesis={"members": {"predecessor": predecessor}}), code, 0, why=why)
    genesis("size", Log().predecessor(old, size=8) | {"size": 7}, "the proof is of another size")
    genesis("root", Log().predecessor(old) | {"root": h("no")}, "the proof is of another root")
    genesis("to", Log().predecessor(old, to="otra.example/bitacora"), "the proof is for another log")
    genesis("vkey-to", Log().predecessor(old, vkey=fresh(1).vkey), "the proof is for another key")
    genesis("signer", Log().predecessor(old) | {"proof": b64(fresh(1).sign(b"x"))}, "the proof is another key's")
    genesis("itself", Log().predecessor(log), "a log does not go on from itself")
    genesis("name", Log().predecessor(old) | {"origin": "otra.example/bitacora"}, "another origin than its key's name")
    genesis("size-0", Log().predecessor(old) | {"size": 0}, "no log has size 0", "form")


def registry_lies():
    r1, r2, x1, o1 = (KEYS[k] for k in ("r1", "r2", "x1", "o1"))

    def enroll(key=x1, by=r1, **kw):
        return lambda g: g.enroll(by, key, "auditor", "mx.x", **kw)

    def vkey_case(name, vkey, why):
        case("enroll-" + name, lie(lambda g: g.enroll(r1, x1, "auditor", "mx.x", proof=False, members={"vkey": vkey, "name": vkey.split("+")[0]})),
             "enrolment", P, why=why)

    def with_public(public):
        return make_vkey("punto.example/k", public)
    case("enroll-again", lie(enroll(o1)), "enrolment", P, why="this key is enrolled already")
    case("enroll-again-revoked", lie(enroll(KEYS["q2"])), "enrolment", P, why="a revoked key does not come back")
    case("enroll-again-renamed", lie(enroll(Key("otro.example/nombre", o1.seed))), "enrolment", P, why="the public key is enrolled under another name")
    case("enroll-registrar", lie(enroll(r2)), "enrolment", P, why="a registrar of genesis")
    case("enroll-registrar-renamed", lie(enroll(Key("otro.example/nombre", r2.seed))), "enrolment", P, why="the public key of a registrar of genesis")
    case("enroll-log", lie(lambda g: enroll(g.key)(g)), "enrolment", P, why="the log's own key")
    case("enroll-log-renamed", lie(lambda g: enroll(Key("otro.example/nombre", g.key.seed))(g)), "enrolment", P, why="the log's own key under another name")
    case("enroll-name", lie(enroll(members={"name": "nadie.example/y"})), "enrolment", P, why="the name is not the one in vkey")
    case("enroll-proof-other", lie(enroll(members={"proof": o1.possession("bitacora.example/interop")})), "enrolment", P, why="possession proven of another key")
    case("enroll-proof-origin", lie(enroll(members={"proof": x1.possession("otro.example/bitacora")})), "enrolment", P, why="possession proven for another log")
    case("enroll-proof-flipped", lie(enroll(members={"proof": b64(flipped(x1)(b"x"))})), "enrolment", P, why="no proof at all")
    vkey_case("wrong-id", make_vkey(x1.name, x1.public, ident=b"\x01\x02\x03\x04"), "the key id is not that of name and key")
    vkey_case("cosignature", Key("testigo.example/w", kind=COSIGNATURE).vkey, "type 0x04 signs checkpoints only")
    vkey_case("type-2", make_vkey(x1.name, x1.public, 2), "no such type")
    vkey_case("upper-case", make_vkey("Nadie.example/x", x1.public), "good as a vkey, but no signer name")
    vkey_case("name-underscore-first", make_vkey("_nadie", x1.public), "good as a vkey, but no signer name")
    vkey_case("name-129", make_vkey("n" * 129, x1.public), "a signer name has at most 128 bytes")
    vkey_case("junk", "junk", "not a vkey at all")
    vkey_case("hex-upper", x1.vkey.replace(x1.id.hex(), x1.id.hex().upper()), "one key has one vkey text only")
    assert x1.id.hex() != x1.id.hex().upper()
    vkey_case("base64-padded", x1.vkey + "=", "33 bytes take 44 characters and no padding")
    vkey_case("31-bytes", make_vkey(x1.name, x1.public[:31]), "a byte short")
    vkey_case("33-bytes", make_vkey(x1.name, x1.public + b"\x00"), "a byte too many")
    low = {"neutral": encode((0, 1)), "order-2": encode((0, FIELD - 1)), "order-4": bytes(32), "order-8": encode(TORSION)}
    for name, point in low.items():
        vkey_case("point-" + name, with_public(point), "a point of small order")
    vkey_case("point-mixed", with_public(encode(point_add(decode(x1.public), TORSION))), "on the curve, but not in the prime-order subgroup")
    big = next(y for y in range(2, 19) if decode(y.to_bytes(32, "little")))
    vkey_case("point-not-canonical", with_public((FIELD + big).to_bytes(32, "little")), "y is not below 2^255 − 19")
    off = next(n for n in range(2, 100) if not decode(n.to_bytes(32, "little")))
    vkey_case("point-off-curve", with_public(off.to_bytes(32, "little")), "not on the curve")

    def revoke(key, by=r1, **kw):
        return lambda g: g.add("revoke", by, {"vkey": key if isinstance(key, str) else key.vkey, "reason": "other"}, **kw)
    case("revoke-unknown", lie(revoke(x1)), "enrolment", P, why="this key was never enrolled")
    case("revoke-again", lie(revoke(KEYS["q2"])), "enrolment", P, why="revoked already")
    case("revoke-own", lie(revoke(r1)), "enrolment", P, why="nobody revokes the own key")
    case("revoke-renamed", lie(revoke(Key("otro.example/nombre", o1.seed))), "enrolment", P, why="enrolled, but with another vkey")
    case("revoke-junk", lie(revoke("junk")), "enrolment", P, why="not a vkey")
    case("revoke-log", lie(lambda g: revoke(g.key)(g)), "enrolment", P, why="the log's key is not enrolled")

    def use(g):
        g.add("anchor", x1, minimal(g, "anchor"))
    case("enroll-by-role", lie(enroll(by=o1), use), "role", P, why="a bad enrolment enrols nobody", findings=[["role", P], ["key", P + 1]])
    case("enroll-by-unknown", lie(enroll(by=KEYS["r3"]), use), "key", P, why="a bad enrolment enrols nobody", findings=[["key", P], ["key", P + 1]])
    case("enroll-signature", lie(enroll(sign=flipped(r1)), use), "signature", P, why="a bad enrolment enrols nobody", findings=[["signature", P], ["key", P + 1]])
    case("enroll-skew", lie(lambda g: enroll(at=g.clock - 10_000_000)(g), use), "skew", P, why="an enrolment bad in skew counts")
    case("enroll-id", lie(enroll(fresh(1), ident=UUID), enroll(ident=UUID), use), "id", P + 1, why="an enrolment bad in its id counts")
    case("revoke-skew", lie(enroll(), lambda g: revoke(x1, at=g.clock - 10_000_000)(g), use), "skew", P + 1, why="a revocation bad in skew counts",
         findings=[["skew", P + 1], ["enrolment", P + 2]])
    case("revoke-by-role", lie(enroll(), revoke(x1, by=KEYS["j1"]), use), "role", P + 1, why="a bad revocation revokes nobody")

    # genesis

    def gen(name, code, why, findings=None, **kw):
        case("genesis-" + name, base(genesis=kw), code, 0, why=why, findings=findings)
    L = "bitacora.example/interop"
    case("genesis-second", base(ins={5: lambda g: g.genesis([KEYS["r1"], KEYS["r2"]])}), "genesis", 5, why="a second genesis")
    case("genesis-second-by-registrar", base(ins={5: lambda g: g.genesis([KEYS["r3"]], signer=r1)}), "genesis", 5, why="a second genesis, not even by the log's key")
    gen("origin", "genesis", "another origin than the log's", members={"origin": "otro.example/bitacora"})
    gen("vkey", "genesis", "another key than the log's", members={"vkey": Key(L, sha256(b"other")).vkey})
    gen("vkey-junk", "genesis", "not a vkey", members={"vkey": "junk"})
    gen("signer", "signature", "signed by a registrar", signer=r1)
    gen("signature", "signature", "signature altered", sign=flipped(Key(L)))
    gen("other-key", "signature", "another log of the same name: its own key in vkey and on the record", members={"vkey": Key(L, sha256(b"other")).vkey}, signer=Key(L, sha256(b"other")))
    gen("registrar-log", "genesis", "the log's key as a registrar", members={"registrars": [r1.vkey, r2.vkey, Key(L).vkey]})
    gen("registrar-log-renamed", "genesis", "the log's public key as a registrar", members={"registrars": [r1.vkey, r2.vkey, Key("otro.example/n", Key(L).seed).vkey]})
    gen("registrar-twice", "genesis", "a registrar twice", members={"registrars": [r1.vkey, r2.vkey, r1.vkey]})
    gen("registrar-twice-renamed", "genesis", "a public key twice", members={"registrars": [r1.vkey, r2.vkey, Key("otro.example/n", r1.seed).vkey]})
    gen("registrar-junk", "genesis", "a registrar that is no vkey", members={"registrars": [r1.vkey, "junk"]})
    gen("registrar-cosignature", "genesis", "a registrar of type 0x04", members={"registrars": [r1.vkey, r2.vkey, Key("testigo.example/w", kind=COSIGNATURE).vkey]})
    gen("registrar-upper-case", "genesis", "a registrar without a signer name", members={"registrars": [r1.vkey, r2.vkey, make_vkey("Nadie", x1.public)]})
    gen("no-registrars", "form", "an array has at least one item", members={"registrars": []})
    gen("skew-0", "form", "skew is at least 1", members={"skew": 0})
    gen("skew-86401", "form", "skew is at most 86,400", members={"skew": 86401})
    gen("has-id", "form", "genesis has no id", members={"id": UUID})
    gen("has-under", "form", "genesis has no under", members={"under": {"entry": 0, "hash": h("x")}})
    gen("late", "skew", "at is too far from acceptance; the registrars are in all the same", findings=[["skew", 0]], at="2026-03-01T00:00:00.000Z")
    log = Log()
    log.append_note(base(2).entries[1].note)
    case("genesis-missing", log, "genesis", 0, why="entry 0 is an enrolment", findings=None)


def reference_lies():
    def bad(name, step, why):
        case("reference-" + name, lie(step), "reference", P, why=why)
    bad("hash", lambda g: answer(g, edit=put(request={"entry": g.label["request"].index, "hash": h("no")})), "another hash")
    bad("hash-of-other", lambda g: answer(g, edit=put(request={"entry": 8, "hash": b64(g.entries[7].hash)})), "the hash of the entry before it")
    bad("kind", lambda g: answer(g, edit=put(request=g.label["warrant"].ref)), "a warrant where a request must be")
    bad("later", lambda g: answer(g, edit=put(request={"entry": P + 1, "hash": h("no")})), "a later entry")
    bad("itself", lambda g: answer(g, edit=put(request={"entry": P, "hash": h("no")})), "the entry itself")
    bad("beyond-end", lambda g: answer(g, edit=put(request={"entry": 2**53 - 1, "hash": h("no")})), "an entry far behind the end")
    bad("warrant", lambda g: ask(g, edit=lambda m: m["warrant"].update(g.label["request"].ref)), "a request where a warrant must be")
    bad("purpose-note", lambda g: ask(g, edit=lambda m: m["purpose"]["note"].update(to=g.entries[0].ref)), "a note sealed to genesis")
    bad("subject", lambda g: ask(g, edit=lambda m: m["subjects"][0].update(to=g.label["warrant"].ref)), "a subject sealed to a warrant")
    bad("second-subject", lambda g: g.add("warrant", KEYS["j1"], {**full(g, "warrant"), "subjects": [sealed(g, "a", type="rfc"), {**sealed(g, "b", type="rfc"), "to": {"entry": 1, "hash": h("no")}}]}),
        "the second of two")
    bad("in-array", lambda g: g.add("transfer", KEYS["q1"], {**full(g, "transfer"), "requests": [g.label["request"].ref, g.label["warrant"].ref]}), "the second of two")
    bad("several-one-told", lambda g: g.add("transfer", KEYS["q1"], {**full(g, "transfer"), "requests": [g.label["warrant"].ref, g.label["warrant"].ref]}), "within step 18 the first failure is told")
    steps = [("extension", "warrant"), ("ratification", "request"), ("deferral", "request"), ("judicial_notice", "request"), ("closing", "warrant"), ("notice", "request")]
    each("reference-every-kind", "reference",
         [lambda g, k=k, m=m: g.add(k, KEYS[SIGNER[k]], {**minimal(g, k), m: g.label["o1"].ref}) for k, m in steps] +
         [lambda g, k=k: g.add(k, KEYS[SIGNER[k]], {**full(g, k), "requests": [g.label["o1"].ref]}) for k in ("transfer", "product", "destruction")] +
         [lambda g, k=k: g.add(k, KEYS[SIGNER[k]], {**full(g, k), "note": {**sealed(g, "n"), "to": g.label["request"].ref}}) for k in ("correction", "error_report")] +
         [lambda g, k=k: g.add(k, KEYS[SIGNER[k]], {**full(g, k), "about": {"entry": 7, "hash": h("no")}}) for k in ("correction", "error_report")],
         "every member that refers, to the wrong kind or by the wrong hash")

    def about_last(g):
        g.add("correction", KEYS["q1"], {"about": g.entries[-1].ref, "cause": "c"})

    def answer_last(g):
        answer(g, g.entries[-1])
    case("reference-to-bad-form", lie(lambda g: ask(g, edit=put(extra=1)), about_last), "form", P, why="about points at any entry, whatever its form",
         findings=[["form", P]])
    case("reference-to-bad-form-request", lie(lambda g: ask(g, edit=put(extra=1)), answer_last), "form", P, why="an entry without good form is of no kind",
         findings=[["form", P], ["reference", P + 1]])
    case("reference-to-bad-header", lie(lambda g: ask(g, entry_edit=R("bitacora/v1 entry", "bitacora/v1 entrada")), about_last), "form", P,
         why="about points at any entry, whatever its form; of this one nothing more is judged", findings=[["form", P]])
    case("reference-to-bad-header-request", lie(lambda g: ask(g, entry_edit=R("bitacora/v1 entry", "bitacora/v1 entrada")), answer_last), "form", P,
         why="an entry without good form is of no kind", findings=[["form", P], ["reference", P + 1]])
    case("reference-any-hash-bad-form", lie(lambda g: ask(g, edit=put(extra=1)), lambda g: g.add("correction", KEYS["q1"], {"about": {"entry": P, "hash": h("no")}, "cause": "c"})),
         "form", P, why="about points by leaf hash, whatever the entry's form", findings=[["form", P], ["reference", P + 1]])
    case("reference-to-bad-signature", lie(lambda g: ask(g, sign=flipped(KEYS["q1"])), answer_last), "signature", P, why="an entry bad in its signature is still of its kind")
    case("reference-to-bad-role", lie(lambda g: g.add("request", KEYS["j1"], minimal(g, "request")), answer_last), "role", P, why="an entry bad in its role is still of its kind")


def form_lies():
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


def undecided():
    def v2_record(g):
        return ask(g, text_edit=R("bitacora/v1", "bitacora/v2"))
    case("version-entry", lie(lambda g: ask(g, entry_version="bitacora/v2 entry")), "version", P, 3, "an entry of a later version")
    case("version-entry-shape", lie(lambda g: g.append_note(b"", raw=b"bitacora/v2 entry\n\xff\xfe\x00 anything")), "version", P, 3, "its rest may have any shape")
    case("version-record", lie(v2_record), "version", P, 3, "a record of a later version")
    case("version-record-shape", lie(lambda g: g.append_note(b"bitacora/v2 asamblea\nany \xff shape\x00")), "version", P, 3, "its rest may have any shape")
    case("version-record-large", lie(lambda g: g.append_note(b"bitacora/v2 asamblea\n" + b"x" * 60_000)), "version", P, 3, "and any length")
    case("version-long", lie(lambda g: ask(g, text_edit=R("bitacora/v1", "bitacora/v" + "9" * 400))), "version", P, 3, "N is of any length")
    case("version-genesis", base(1, genesis={"text_edit": R("bitacora/v1", "bitacora/v2")}), "version", 0, 3, "a genesis of a later version")
    case("version-and-bad-link", lie(lambda g: ask(g, text_edit=R("bitacora/v1", "bitacora/v2"), link=sha256(b"no"))), "link", P, 1, "all else is judged as usual",
         findings=[["version", P], ["link", P]])
    case("basis", lie(v2_record, lambda g: answer(g, g.entries[-1])), "basis", P + 1, 3, "a reference to an entry of another version", findings=[["version", P], ["basis", P + 1]])
    case("basis-any", lie(v2_record, lambda g: g.add("correction", KEYS["q1"], {"about": g.entries[-1].ref, "cause": "c"})), "version", P, 3,
         "about points at any entry, whatever its version", findings=[["version", P]])
    case("basis-any-entry", lie(lambda g: ask(g, entry_version="bitacora/v2 entry"), lambda g: g.add("correction", KEYS["q1"], {"about": g.entries[-1].ref, "cause": "c"})),
         "version", P, 3, "the same with an entry of another version", findings=[["version", P]])

    def by_x1(g):
        g.add("anchor", KEYS["x1"], minimal(g, "anchor"), under=g.entries[-1].ref)
    case("key-undecided", lie(v2_record, by_x1), "key", P + 1, 3, "enrolled, perhaps, by an entry of a later version", findings=[["version", P], ["key", P + 1]])
    case("key-undecided-entry", lie(lambda g: ask(g, entry_version="bitacora/v2 entry"), by_x1), "key", P + 1, 3, "the same with an entry of a later version",
         findings=[["version", P], ["key", P + 1]])
    case("key-decided", lie(v2_record, lambda g: g.add("anchor", KEYS["x1"], minimal(g, "anchor"), under=g.label["a1"].ref)), "key", P + 1, 1,
         "under names an entry that is known: bad", findings=[["version", P], ["key", P + 1]])
    case("signature-undecided", lie(v2_record, lambda g: ask(g, sign=flipped(KEYS["q1"]), under=g.entries[-1].ref)), "signature", P + 1, 3,
         "perhaps the key of that later version verifies it", findings=[["version", P], ["signature", P + 1]])

    def revoke(key):
        return lambda g: g.add("revoke", KEYS["r1"], {"vkey": key.vkey, "reason": "other"})
    case("revoke-undecided", lie(v2_record, revoke(KEYS["x1"])), "version", P, 3, "the unknown key may have been enrolled by that entry")
    case("revoke-decided", lie(v2_record, revoke(KEYS["q2"])), "enrolment", P + 1, 1, "revoked twice is bad in any version", findings=[["version", P], ["enrolment", P + 1]])
    case("revoke-before-version", lie(revoke(KEYS["x1"]), v2_record), "enrolment", P, 1, "only entries before it may have enrolled the key", findings=[["enrolment", P], ["version", P + 1]])

    def without(log, path):
        return dict(edit=lambda f: f.pop(path), file=path, exit=3)
    log = base()
    case("missing-tile", log, "missing", findings=[["missing", None]], why="the only tile is not there", **without(log, "tile/0/000.p/40"))
    case("missing-bundle", log, "missing", findings=None, why="the only bundle is not there", **without(log, "tile/entries/000.p/40"))
    case("missing-checkpoint", log, "missing", findings=[["missing", None]], why="no checkpoint", **without(log, "checkpoint"))
    wide = base(300)
    case("missing-tile-level-0", wide, "missing", findings=[["missing", None]], why="a full tile is not there", **without(wide, "tile/0/000"))
    case("missing-tile-level-1", wide, "missing", findings=[["missing", None]], why="an upper tile is not there", **without(wide, "tile/1/000.p/1"))
    case("missing-bundle-0", wide, "missing", findings=None, why="the bundle with all enrolments is not there", **without(wide, "tile/entries/000"))
    case("missing-bundle-1", wide, "missing", findings=None, why="the last bundle is not there", **without(wide, "tile/entries/001.p/44"))

    def to_full(f):
        for kind in ("tile/0/000", "tile/entries/000"):
            f[kind] = f.pop(kind + ".p/40")
    case("missing-width", log, "missing", exit=3, edit=to_full, findings=None, why="looked for under .p/40 only, even if a wider one is there")
    case("missing-size-41", log, "missing", exit=3, files={**log.files(), "checkpoint": base(41).checkpoint()}, findings=None, file="checkpoint",
         why="a checkpoint ahead of the files")
    case("missing-size-39", log, "missing", exit=3, files={**log.files(), "checkpoint": log.checkpoint(39)}, findings=None, file="checkpoint",
         why="a checkpoint behind the files")

    def folder(path):
        def edit(f):
            del f[path]
            f[path + "/x"] = b"x"
        return dict(edit=edit, file=path, exit=3)
    case("unreadable-tile", log, "unreadable", findings=[["unreadable", None]], why="a folder where the tile should be", **folder("tile/0/000.p/40"))
    case("unreadable-bundle", log, "unreadable", findings=None, why="a folder where the bundle should be", **folder("tile/entries/000.p/40"))
    case("unreadable-checkpoint", log, "unreadable", findings=[["unreadable", None]], why="a folder where the checkpoint should be", **folder("checkpoint"))


def file_lies():
    log, wide = base(), base(300)
    q = log.files()

    def check(name, data, why, code="checkpoint", **kw):
        case("checkpoint-" + name, log, code, files={**q, "checkpoint": data}, file="checkpoint", why=why, **kw)
    text = log.checkpoint_text()

    def signed_by(key, sign=None, name=None):
        return text + b"\n" + signature_line(name or key.name, key.id, (sign or key.sign)(text))
    check("flipped", signed_by(log.key, flipped(log.key)), "one bit of the signature")
    check("origin", log.checkpoint(origin="otro.example/bitacora"), "another origin, by this log's key")
    check("other-key", log.checkpoint(key=Key(log.origin, sha256(b"other"))), "this log's name, not its key")
    check("other-key-same-id", text + b"\n" + signature_line(log.origin, log.key.id, KEYS["x1"].sign(text)), "this log's name and id, not its key")
    check("by-registrar", log.checkpoint(key=KEYS["r1"]), "signed by somebody else")
    check("twice", q["checkpoint"] + q["checkpoint"].split(b"\n\n")[1], "the log's key has exactly one line")
    check("unsigned", text + b"\n", "no signature line")
    check("size-0", log.checkpoint(0), "no log has size 0")
    check("size-leading-zero", sign_note(text.replace(b"\n40\n", b"\n040\n"), log.key), "no leading zero")
    check("size-plus", sign_note(text.replace(b"\n40\n", b"\n+40\n"), log.key), "no sign")
    check("size-2-63", sign_note(text.replace(b"\n40\n", b"\n9223372036854775808\n"), log.key), "at most 2^63−1")
    check("root-31", sign_note(("%s\n40\n%s\n" % (log.origin, b64(bytes(31)))).encode(), log.key), "32 bytes")
    check("root-unpadded", sign_note(text.rstrip(b"=\n") + b"\n", log.key), "padded")
    check("two-lines", sign_note(b"\n".join(text.split(b"\n")[:2]) + b"\n", log.key), "no root")
    check("empty-extension", sign_note(text + b"\nextension\n", log.key), "extension lines are not empty")
    check("cut", q["checkpoint"][:-10], "cut short")
    check("empty", b"", "an empty file")
    check("html", b"<html>404</html>\n", "no note at all")
    check("crlf", q["checkpoint"].replace(b"\n", b"\r\n"), "no CR")
    check("large", q["checkpoint"][:-1] + b"\n" + b"x" * 262_144, "over its cap")
    lines = signature_line("relleno.example/x", b"abcd", bytes(64))
    check("65-lines", q["checkpoint"] + lines * 64, "at most 64 signature lines")
    case("checkpoint-64-lines", log, files={**q, "checkpoint": q["checkpoint"] + lines * 63}, file="checkpoint", why="64 signature lines are good",
         more={"size": 40, "root": b64(log.root())})
    other = base(origin="otro.example/bitacora")
    case("checkpoint-other-log", other, "checkpoint", policy=policy_text(log.key), file="checkpoint", why="a whole other log under this log's policy: not signed by the log")
    case("root", log, "root", files={**q, "checkpoint": log.checkpoint(root=sha256(b"no"))}, file="checkpoint", why="the log signed another root")
    case("root-of-39", log, "root", files={**q, "checkpoint": log.checkpoint(root=log.root(39))}, file="checkpoint", why="the log signed the root of another size")

    def spoilt(name, log, path, change, code, entry, why, **kw):
        case(name, log, code, entry, edit=lambda f: f.update({path: change(f[path])}), file=path, why=why, **kw)

    def flip(at):
        return lambda d: d[:at] + bytes([d[at] ^ 1]) + d[at + 1:]
    t0, b0 = "tile/0/000.p/40", "tile/entries/000.p/40"
    spoilt("tile-cut", log, t0, lambda d: d[:-1], "tile", None, "a byte short")
    spoilt("tile-cut-hash", log, t0, lambda d: d[:-32], "tile", None, "a hash short")
    spoilt("tile-longer", log, t0, lambda d: d + b"\x00", "tile", None, "a byte too many")
    spoilt("tile-empty", log, t0, lambda d: b"", "tile", None, "an empty file")
    spoilt("tile-altered", log, t0, flip(100), "tile", None, "the bundle agrees with the root, the tile does not")
    spoilt("tile-altered-full", wide, "tile/0/000", flip(100), "tile", None, "the bundle agrees with the tile above, this one does not")
    spoilt("tile-upper-altered", wide, "tile/1/000.p/1", flip(10), "tile", None, "not the hashes computed from below")
    spoilt("tile-upper-cut", wide, "tile/1/000.p/1", lambda d: d[:-1], "tile", None, "a byte short")

    def start(log, index):
        return sum(2 + len(e.raw) for e in log.entries[index // 256 * 256:index])
    spoilt("bundle-cut", log, b0, lambda d: d[:-1], "bundle", 39, "cut in the last entry")
    spoilt("bundle-cut-middle", log, b0, lambda d: d[:start(log, 20) + 100], "bundle", 20, "cut in entry 20")
    spoilt("bundle-cut-between", log, b0, lambda d: d[:start(log, 20)], "bundle", 20, "cut between two entries")
    spoilt("bundle-cut-length", log, b0, lambda d: d[:start(log, 20) + 1], "bundle", 20, "cut within a length")
    spoilt("bundle-empty", log, b0, lambda d: b"", "bundle", 0, "an empty file", findings=None)
    spoilt("bundle-longer", log, b0, lambda d: d + b"x", "bundle", 39, "a byte follows the last entry")
    spoilt("bundle-entry-more", log, b0, lambda d: d + d[start(log, 39):], "bundle", 39, "an entry more than its width")
    spoilt("bundle-longer-full", wide, "tile/entries/000", lambda d: d + b"\x00\x00", "bundle", 255, "an empty entry more in a full bundle")
    spoilt("bundle-cut-second", wide, "tile/entries/001.p/44", lambda d: d[:-1], "bundle", 299, "cut in the last entry of the second bundle")
    at = start(log, 28) + 2 + len(log.entries[28].raw) - 10
    # entry 29 answers entry 28: what rests on it is undecided
    spoilt("leaf", log, b0, flip(at), "leaf", 28, "an entry altered in the bundle only", findings=[["leaf", 28], ["basis", 29]])
    at = start(wide, 29) + 2 + len(wide.entries[29].raw) - 10
    spoilt("leaf-full", wide, "tile/entries/000", flip(at), "leaf", 29, "the same in a full bundle")
    at = start(wide, 299) + 2 + len(wide.entries[299].raw) - 10
    spoilt("leaf-last", wide, "tile/entries/001.p/44", flip(at), "leaf", 299, "the same in the last entry")

    def swap(d):
        a, b, c = start(log, 17), start(log, 18), start(log, 19)
        return d[:a] + d[b:c] + d[a:b] + d[c:]
    spoilt("leaf-swapped", log, b0, swap, "leaf", 17, "two entries swapped in the bundle only", findings=[["leaf", 17], ["leaf", 18]])

    def both(log, index, width, findings, name, why):
        raw = log.entries[index].raw
        new = raw[:-10] + bytes([raw[-10] ^ 1]) + raw[-9:]
        n = index % 256

        def edit(f):
            d, a = f["tile/entries/" + width], start(log, index) + 2
            f["tile/entries/" + width] = d[:a] + new + d[a + len(new):]
            f["tile/0/" + width] = f["tile/0/" + width][:32 * n] + leaf_hash(new) + f["tile/0/" + width][32 * n + 32:]
        case(name, log, "root", edit=edit, findings=findings, file="tile/0/" + width, why=why)
    both(log, 39, "000.p/40", None, "root-bundle-and-tile", "entry and tile altered alike: the root does not come out")
    both(wide, 255, "000", None, "root-bundle-and-tile-full", "entry and tile altered alike, the tile above not")


def witnesses():
    log, w = base(), Key("testigo.example/w1", kind=COSIGNATURE)
    q, text, policy = log.files(), log.checkpoint_text(), policy_text(log.key, w)
    least = -(-(log.clock - 999 - SKEW) // 1000)                   # the earliest second that the last acceptance allows

    def check(name, lines, code=None, exit=None, why=""):
        case("witness-" + name, log, code, exit=exit, policy=policy, files={**q, "checkpoint": q["checkpoint"] + lines}, file="checkpoint", why=why)

    def line(seconds, sign=None, witness=w):
        return cosign_line(text, witness, seconds) if sign is None else signature_line(w.name, w.id, seconds.to_bytes(8, "big") + sign)
    now = log.clock // 1000 + 1
    check("good", line(now), why="the quorum is there")
    check("good-least", line(least), why="as early as one clock may be behind the other")
    check("good-later", line(now + 10**9), why="a cosignature may be much later")
    check("clock", line(least - 1), "clock", 3, "a cosignature from before its entries")
    check("none", b"", "quorum", 3, "no cosignature")
    check("stranger", line(now, witness=Key("testigo.example/w2", kind=COSIGNATURE)), "quorum", 3, "the cosignature of another witness")
    check("flipped", line(now, bytes(64)), "checkpoint", 1, "a known witness's line is wrong")
    check("no-header", line(now, w.sign(text)), "checkpoint", 1, "signed without the two lines before the text")
    check("other-second", line(now, cosign_sig(text, w, now + 1)), "checkpoint", 1, "signed for another second")
    check("twice", line(now) + line(now + 1), "checkpoint", 1, "a key that has two lines makes the note bad")
    check("short", signature_line(w.name, w.id, w.sign(text)), "checkpoint", 1, "a note signature where a cosignature must be")
    check("2-63", line(2**63), "checkpoint", 1, "seconds are at most 2^63−1")


def cosign_sig(text, witness, seconds):
    return witness.sign(b"cosignature/v1\ntime %d\n" % seconds + text)


def fork():
    """Two histories under one log key: the same up to entry 19, then not."""
    a = base(40)

    def rewrite(g):
        g.add("notice", KEYS["o1"], {**minimal(g, "notice"), "means": "otro"})
    b = base(60, ins={20: rewrite})
    short = base(30, ins={20: rewrite})
    assert a.leaves(20) == b.leaves(20) and a.leaves()[20] != b.leaves()[20] and short.leaves() == b.leaves(30)
    for name, log in (("a", a), ("b", b), ("short", short)):
        log.write(os.path.join(OUT, "fork", name))
    write_file(os.path.join(OUT, "fork", "policy"), policy_text(a.key).encode())


def main():
    global OUT
    args = [a for a in sys.argv[1:] if a != "--big"]
    if len(args) != 1 or args[0].startswith("-"):
        raise SystemExit("usage: cases.py OUTDIR [--big]")
    OUT = args[0]
    good_logs("--big" in sys.argv)
    chain_lies()
    signer_lies()
    registry_lies()
    log_lies()
    reference_lies()
    form_lies()
    undecided()
    file_lies()
    witnesses()
    fork()
    print("%d cases" % len(NAMES))


if __name__ == "__main__":
    main()
