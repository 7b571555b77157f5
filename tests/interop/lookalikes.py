#!/usr/bin/python3
"""A log of the time before texts were asked for their spelling: a warrant, requests that cite it in every way that looks the same,
and an official whose state has a blank behind.

    lookalikes.py OUTDIR    OUTDIR/mirror, OUTDIR/policy; prints, a line each: entry, class, reference as JSON
"""
import json
import os
import sys

from writer import Key, Log, policy_text, write_file

REF = "CJF-7/2026"
LIKE = [
    ("blank behind", "CJF-7/2026 "), ("blank before", " CJF-7/2026"), ("another case", "cjf-7/2026"), ("blanks between", "CJF 7 / 2026"),
    ("U+2011", "CJF\u20117/2026"), ("U+2013", "CJF\u20137/2026"), ("U+2044", "CJF-7\u20442026"), ("U+200B", "CJF-7/\u200b2026"),
    ("U+00AD", "CJF\u00ad-7/2026"), ("no-break space", "CJF-7/2026\u00a0"), ("full width", "CJF-\uff17/2026"),
    ("Cyrillic", "\u0421JF-7/2026"), ("Greek and Cyrillic", "\u0421JF-7/2\u03bf26"), ("filler", "CJF-7/2026\u3164"), ("variation", "CJF-7\ufe0f/2026"),
]
OTHER = ["CJF-8/2026", "CJF-72026", "CJF-7/2025"]


def main(out):
    log, registrar = Log("log.example.mx/old"), Key("registrar.example")
    judge, official, other = Key("judge.example"), Key("official.example"), Key("other.example")
    log.genesis([registrar])
    log.enroll(registrar, judge, "judge", "cjf.juzgado1")
    log.enroll(registrar, official, "requester", "mx.fgj", members={"jurisdiction": "Jalisco"})
    log.enroll(registrar, other, "requester", "mx.fgj", members={"jurisdiction": "Jalisco "})
    window = {"from": "2026-01-01T00:00:00.000Z", "until": "2027-01-01T00:00:00.000Z"}

    def warrant(ref):
        return log.add("warrant", judge, {"ref": ref, "matter": "criminal", "used_by": ["mx.fgj"], "categories": ["traffic_retained"],
                                          "window": window})

    def request(ref, signer=official):
        return log.add("request", signer, {
            "authority": "mx.fgj", "function": "prosecution", "level": "federal", "holder": "mx.telco", "source": "subscriber_db",
            "categories": ["traffic_retained"], "basis": "CNPP-303", "warrant": {"ref": ref},
            "purpose": {"code": "criminal_investigation"}, "persons": 1, "term": "2026-12-31T00:00:00.000Z"})
    accents, plain = "T\u00e9cnica 3/2026", warrant(REF)
    warrant(accents)
    request(REF)
    request(REF, other)
    for name, ref in LIKE + [("NFD", "Te\u0301cnica 3/2026")] + [("other", ref) for ref in OTHER]:
        print("%d\t%s\t%s" % (request(ref).index, name, json.dumps(ref, ensure_ascii=False)))
    assert plain.index == 4
    log.write(os.path.join(out, "mirror"))
    write_file(os.path.join(out, "policy"), policy_text(log.key).encode())


if __name__ == "__main__":
    main(sys.argv[1])
