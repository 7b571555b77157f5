#!/usr/bin/python3
"""What a lying log serves, as folders for a plain file server, and what its readers hold.

    served.py OUTDIR

    OUTDIR/policy            one log, two witnesses, one of which is enough
    OUTDIR/old, OUTDIR/new   a log at 30 and at 40 entries; a witness cosigned the first 700 s after what became entry 30 was accepted
    OUTDIR/late              the log at 40, cosigned 601 s before its last entry was accepted
    OUTDIR/short             another history of it, of 31 entries
    OUTDIR/revoked           a log that lets a key sign after it was revoked, and says so when it is asked: v1/find, v1/receipts
    OUTDIR/two-faced         a log that answers by two histories
    OUTDIR/rotated           the log at 40 under another key of it; OUTDIR/policy.rotated names both
    OUTDIR/*.tlog-proof      receipts that their readers hold
"""
import json
import os
import sys

sys.dont_write_bytecode = True
import base_logs
from base_logs import KEYS, full
from receipts import receipt
from vectors import W1, W2, cosigned, histories, other_key, seconds, two_witnesses
from writer import b64, cosign_line, sign_note, write_file


def main(out):
    root = {"size": 0, "root": b64(bytes(32))}
    base_logs.BASE[6] = lambda g: g.add("anchor", KEYS["a1"], {"checkpoint": root})  # in place of a ruleset that is not to be had
    a, b = histories()
    early, last = seconds(a, 30), seconds(a, 39)
    old, new = cosigned(a, 30, (W1, early + 700)), cosigned(a, 40, (W2, last + 900))
    write_file(os.path.join(out, "policy"), two_witnesses(a, "any").encode())
    a.write(os.path.join(out, "old"), files=a.files(30, old))
    a.write(os.path.join(out, "new"), files=a.files(40, new))
    a.write(os.path.join(out, "late"), files=a.files(40, cosigned(a, 40, (W2, last - 601))))
    a.write(os.path.join(out, "short"), files=a.files(31, cosigned(a, 31, (W1, early))))
    for name, data in (("held", receipt(a, 5, 30, old)), ("fine", receipt(a, 5, 30, cosigned(a, 30, (W1, early)))),
                       ("beyond", receipt(b, 31, 42, cosigned(b, 42, (W2, seconds(b, 41)))))):
        write_file(os.path.join(out, name + ".tlog-proof"), data)
    rotated(out, a, last)
    revoked(out)


def rotated(out, a, last):
    key = other_key(a)
    text = a.checkpoint_text()
    a.write(os.path.join(out, "rotated"), files=a.files(40, sign_note(text, key) + cosign_line(text, W2, last)))
    write_file(os.path.join(out, "policy.rotated"), (two_witnesses(a, "any") + "log %s\n" % key.vkey).encode())


def revoked(out):
    """Entry 29 is signed by a key that entry 28 revoked."""
    def lie(g):
        g.add("revoke", KEYS["r1"], {"vkey": KEYS["a1"].vkey, "reason": "key_compromise", "since": "2026-03-02T08:00:00.000Z"})
        g.add("anchor", KEYS["a1"], full(g, "anchor"))

    log = base_logs.lie(lie, size=32)
    cp = cosigned(log, 32, (W1, seconds(log, 31)))
    folder = os.path.join(out, "revoked")
    log.write(folder, files=log.files(32, cp))
    for n in range(32):
        write_file(os.path.join(folder, "v1", "receipts", str(n)), receipt(log, n, checkpoint=cp))
    write_file(os.path.join(folder, "v1", "find"), json.dumps({"size": 32, "entries": [5, 28], "next": None}).encode())
    other = base_logs.lie(lie, size=32, skew=601)
    two = os.path.join(out, "two-faced")
    log.write(two, files=log.files(32, cp))
    for n, of in ((5, log), (28, other)):
        write_file(os.path.join(two, "v1", "receipts", str(n)), receipt(of, n, checkpoint=cosigned(of, 32, (W1, seconds(of, 31)))))
    write_file(os.path.join(two, "v1", "find"), json.dumps({"size": 32, "entries": [5, 28], "next": None}).encode())
    write_file(os.path.join(out, "after.tlog-proof"), receipt(log, 29, checkpoint=cp))
    write_file(os.path.join(out, "by-another.tlog-proof"), receipt(log, 8, checkpoint=cp))


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    main(sys.argv[1])
