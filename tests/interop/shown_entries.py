#!/usr/bin/python3
"""Logs whose entries are to be shown: what names what, a signer who was revoked later, and entries that the rules refuse.

    shown_entries.py OUTDIR

writes OUTDIR/good/{mirror,policy}, OUTDIR/bad (a request whose key nobody enrolled, and one that answers an enrolment), OUTDIR/later
(bytes of a later version), OUTDIR/thief (a requester's key is revoked as compromised), and OUTDIR/labels: lines "LABEL INDEX".
"""
import os
import sys

sys.dont_write_bytecode = True
import base_logs
from writer import policy_text, write_file


def write(out, name, log):
    log.write(os.path.join(out, name, "mirror"))
    write_file(os.path.join(out, name, "policy"), policy_text(log.key).encode())


def main():
    out = sys.argv[1]
    log = base_logs.base(base_logs.P)
    first = len(log)
    asked = base_logs.ask(log)
    base_logs.answer(log, asked)
    write(out, "good", log)
    labels = {"warrant": log.label["warrant"].index, "asked": asked.index, "answer": asked.index + 1, "revoke": log.label["revoke"].index,
              "revoked": next(e.index for e in log.entries if b"\n\xe2\x80\x94 fgr.example/femdo/b.mora " in e.note),
              "first": first, "size": len(log)}

    bad = base_logs.base(base_logs.P)
    labels["stranger"] = base_logs.ask(bad, "x1", under=bad.label["q1"].ref).index
    labels["misplaced"] = base_logs.answer(bad, bad.label["q1"]).index
    write(out, "bad", bad)

    later = base_logs.base(base_logs.P)
    labels["later"] = len(later)
    later.append_note(b"bitacora/v2 later\n", accept=later.clock)
    write(out, "later", later)
    thief = base_logs.base(base_logs.P)
    thief.add("revoke", base_logs.KEYS["r1"], {"vkey": base_logs.KEYS["q1"].vkey, "reason": "key_compromise"})
    labels["stolen"] = thief.label["request"].index
    write(out, "thief", thief)
    write_file(os.path.join(out, "labels"), "".join("%s %d\n" % x for x in labels.items()).encode())


main()
