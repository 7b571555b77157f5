#!/usr/bin/python3
"""A log all of which belongs to one warrant: large_case.py OUTDIR ENTRIES

The warrant “L-1”, requests that cite it, and the answers to these; a person is sealed in each. OUTDIR/mirror and OUTDIR/policy.
"""
import os
import sys

sys.dont_write_bytecode = True
import base_logs
from writer import Key, Log, policy_text, when, write_file

KEYS = {short: Key(name) for short, name in base_logs.OFFICIALS.items()}


def large(entries):
    log = Log("log.example/large", start="2026-03-02T09:00:00.000Z", step=1000)
    log.genesis([KEYS["r1"]])
    for short, role, authority in (("o1", "oversight", "mx.inai"), ("q1", "requester", "mx.fgr"), ("h1", "holder", "mx.telco"), ("j1", "judge", "cjf.juzgado1")):
        log.label[short] = log.enroll(KEYS["r1"], KEYS[short], role, authority)
    window = {"from": when(log.clock), "until": when(log.clock + 10**10)}
    subjects = [base_logs.sealed(log, "somebody", type="phone")]
    log.add("warrant", KEYS["j1"], {"ref": "L-1", "matter": "criminal", "used_by": ["mx.fgr"], "categories": ["subscriber"], "window": window, "subjects": subjects})
    while len(log) + 1 < entries:
        request = log.add("request", KEYS["q1"], {
            "authority": "mx.fgr", "function": "prosecution", "level": "federal", "holder": "mx.telco", "source": "subscriber_db", "categories": ["subscriber"],
            "basis": "CNPP-303", "purpose": {"code": "criminal_investigation"}, "persons": 1, "warrant": {"ref": "L-1"}, "subjects": subjects})
        log.add("response", KEYS["h1"], {"holder": "mx.telco", "request": request.ref, "outcome": "full", "received_at": when(log.clock)})
    return log


if __name__ == "__main__":
    if len(sys.argv) != 3:
        raise SystemExit("usage: large_case.py OUTDIR ENTRIES")
    made = large(int(sys.argv[2]))
    made.write(os.path.join(sys.argv[1], "mirror"))
    write_file(os.path.join(sys.argv[1], "policy"), policy_text(made.key).encode())
