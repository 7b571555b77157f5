"""Cases: lies about links and times, signers, the log's own entries, enrolments, and references."""
from base_logs import (KEYS, KINDS, MAY_SIGN, P, ROTATION, SIGNER, SKEW, TWINS, answer, ask, base,
                       enrol, fresh, full, h, lie, minimal, sealed, table)
from case_writing import R, case, each, good, put
from cases_form import UUID
from index_tables import index_of
from crafted_signatures import (BASEPOINT, FIELD, TORSION, crafted, decode, encode, flipped,
                                malleable, point_add, point_mul)
from writer import COSIGNATURE, Key, Log, ZERO_HASH, b64, make_vkey, sha256, when


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
    # The first use is too old by the second one's time; an earlier time does not bring it back.
    case("id-after-time-went-back", lie(lambda g: ask(g, ident=UUID, accept=g.clock), lambda g: ask(g, accept=g.clock + 2 * SKEW + 1),
                                        lambda g: ask(g, ident=UUID, accept=g.clock - SKEW), at=39, size=42), "time", 41,
         why="a use that was forgotten, and a clock that went back")
    case("id-after-time-went-back-less", lie(lambda g: ask(g, ident=UUID, accept=g.clock), lambda g: ask(g, accept=g.clock + 2 * SKEW),
                                             lambda g: ask(g, ident=UUID, accept=g.clock - SKEW), at=39, size=42), "time", 41,
         why="a use that is not forgotten yet", findings=[["time", 41], ["id", 41]])
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
    case("under-entry", lie(undated(lambda g: {**g.label["q1"].ref, "entry": g.label["h1"].index})), "enrolment", P,
         why="under has the hash of the key's enrolment, and another entry")
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
    good("good-index-32", lie(lambda g: index_of(g).add([16, *range(20, 51)]), at=50, size=54), "32 tables, up to the entry itself")
    for kind in ("index", "access", "freeze"):
        case("frozen-" + kind, lie(frozen, lambda g, k=kind: g.add(k, log, minimal(g, k)), size=P + 2), "frozen", P, why="after its freeze comes " + kind)
    case("frozen-request", lie(frozen), "frozen", P, why="requests come after the freeze: told once")
    case("frozen-twice", lie(frozen, lambda g: g.add("freeze", log, minimal(g, "freeze"))), "frozen", P, why="the first freeze ends it: a second one ends nothing",
         findings=[["frozen", P]])
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
    lost = Log().predecessor(old, proof=False)
    genesis("name-no-proof", lost | {"origin": "otra.example/bitacora"}, "the same, where no proof fails")
    genesis("vkey-no-proof", lost | {"vkey": old.name + "+00000000+AAAA"}, "no good vkey")
    genesis("type-no-proof", lost | {"vkey": Key(old.name, kind=COSIGNATURE).vkey}, "a witness's key is no log's")
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
