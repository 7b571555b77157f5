"""The logs that cases are made of: their officials, the members of every kind, and a base log in which lies are told."""
from index_tables import index_of
from writer import Key, Log, b64, sha256

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
        "index": lambda: index_of(log).members([len(log)]),
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
    lambda g: g.label.update(index=index_of(g).add([16, 20])),
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
