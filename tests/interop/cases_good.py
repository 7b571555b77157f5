"""Cases: honest logs."""
from base_logs import (KEYS, MAY_SIGN, P, ROTATION, SIGNER, SKEW, T0, T2, TWINS, ask, base, enrol,
                       fresh, full, lie, minimal)
from case_writing import good
from cases_form import UUID, pad_to
from writer import COSIGNATURE, Key, Log, sha256, sign_note, signature_line, when

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
    old = Log(start="1969-12-31T23:59:00.000Z", step=30_000)
    old.genesis([KEYS["r1"], KEYS["r2"]])
    for short, role in (("o1", "oversight"), ("a1", "auditor"), ("h1", "holder")):
        enrol(old, short, role, "mx.x")
    good("good-before-1970", old, "times before 1970, and behind it")
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
