#!/usr/bin/python3
"""Things of one log that are at hand together, and what each says of the others, for a plain file server and its readers.

    said.py OUTDIR

    OUTDIR/policy, policy.1, policy.2     one log; any of two witnesses, the first alone, the second alone
    OUTDIR/policy.ab, policy.ba           two keys of the log, in both orders, and the first witness
    OUTDIR/policy.new-type                a key of the log of a type that nobody knows, beside another
    OUTDIR/early, OUTDIR/late             the log at 30, which a witness cosigned 9 s after it cosigned 40
    OUTDIR/young, OUTDIR/old              the log at 40, cosigned by both; long before, by one, with 62 lines of strangers
    OUTDIR/first, OUTDIR/second           the same, cosigned by the first witness alone, by the second alone
    OUTDIR/by-b, OUTDIR/by-new            the same, signed by the log's second key, by that of the new type
    OUTDIR/other                          another history, at 42
    OUTDIR/ended-N, policy.ended          a log at N entries that ended with entry 30
    OUTDIR/revoked, policy.revoked        a log where entry 29 is signed by the key that entry 28 revokes
    OUTDIR/honest-N, policy.role          a log at N entries; honest.tlog-proof is of its entry 28, role.tlog-proof of another entry 28,
                                          by a key whose role may not sign it
    OUTDIR/two, policy.two                the log at 41, whose answers about revocations are receipts of another log of the policy
    OUTDIR/opening, altered.tlog-proof    a disclosure, and a receipt of that entry of which one byte is altered (policy.opening);
                                          forked.tlog-proof is of another history of that size
    OUTDIR/*.tlog-proof                   receipts
"""
import json
import os
import sys

sys.dont_write_bytecode = True
import base_logs
import openings
from base_logs import KEYS, full
from receipts import Proven, chain, disclosure, json_file, receipt, receipt_of
from vectors import PERSON, W1, W2, cosigned, histories, other_key, sealed_log, seconds, two_witnesses
from writer import b64, cosign_line, policy_text, sign_note, write_file


def main(out):
    root = {"size": 0, "root": b64(bytes(32))}
    base_logs.BASE[6] = lambda g: g.add("anchor", KEYS["a1"], {"checkpoint": root})  # in place of a ruleset that is not to be had

    def put(name, data):
        write_file(os.path.join(out, name), data if isinstance(data, bytes) else data.encode())

    def serve(name, log, size, checkpoint):
        log.write(os.path.join(out, name), files=log.files(size, checkpoint))

    a, b = histories()
    last = seconds(a, 39)
    put("policy", two_witnesses(a, "any"))
    serve("early", a, 30, cosigned(a, 30, (W1, last + 9)))
    serve("late", a, 40, cosigned(a, 40, (W1, last)))
    put("early.tlog-proof", receipt(a, 5, 30, cosigned(a, 30, (W1, last + 9))))
    strangers = "".join("— stranger.example/%d %s\n" % (i, b64(bytes([0, 0, 0, i, 1]))) for i in range(62)).encode()
    serve("young", a, 40, cosigned(a, 40, (W1, last + 1000), (W2, last + 2000)))
    serve("old", a, 40, cosigned(a, 40, (W1, last + 10)) + strangers)
    for name, policy, w in (("first", "policy.1", W1), ("second", "policy.2", W2)):
        serve(name, a, 40, cosigned(a, 40, (w, last + 10)))
        put(policy, "log %s\nwitness w %s\nquorum w\n" % (a.key.vkey, w.vkey))
    keys(put, serve, a, last)
    serve("other", b, 42, cosigned(b, 42, (W1, last + 100)))
    ended(put, serve)
    revoked(put, serve)
    wrong_role(put, serve)
    two_logs(put, serve, a)
    opening(put)


def keys(put, serve, a, last):
    second, text = other_key(a), a.checkpoint_text()
    new = "%s+01020304+%s" % (a.origin, b64(b"\x06" + bytes(1312)))
    line = ("— %s %s\n" % (a.origin, b64(bytes([1, 2, 3, 4]) + bytes(2420)))).encode()
    for name, first, then in (("ab", a.key.vkey, second.vkey), ("ba", second.vkey, a.key.vkey), ("new-type", second.vkey, new)):
        put("policy." + name, "log %s\nlog %s\nwitness w %s\nquorum w\n" % (first, then, W1.vkey))
    cosignature = cosign_line(text, W1, last + 10)
    serve("by-b", a, 40, sign_note(text, second) + cosignature)
    serve("by-new", a, 40, text + b"\n" + line + cosignature)


def ended(put, serve):
    log = base_logs.base(30)
    log.add("freeze", log.key, {})
    for _ in range(4):
        log.add("anchor", KEYS["a1"], full(log, "anchor"))
    put("policy.ended", policy_text(log.key))
    put("ended.tlog-proof", receipt(log, 30, 31))
    put("behind.tlog-proof", receipt(log, 31, 33))
    for n in (31, 32, 34, 35):
        serve("ended-%d" % n, log, n, log.checkpoint(n))


def revoked(put, serve):
    def lie(g):
        g.add("revoke", KEYS["r1"], {"vkey": KEYS["a1"].vkey, "reason": "left_office"})
        g.add("anchor", KEYS["a1"], full(g, "anchor"))

    log = base_logs.lie(lie, size=32)
    put("policy.revoked", policy_text(log.key))
    put("revokes.tlog-proof", receipt(log, 28, 29))
    put("signed.tlog-proof", receipt(log, 29))
    serve("revoked", log, 32, log.checkpoint())


def wrong_role(put, serve):
    honest = base_logs.base(40)
    lying = base_logs.lie(lambda g: g.add("warrant", KEYS["q1"], full(g, "warrant")), size=32)
    put("policy.role", policy_text(honest.key))
    put("honest.tlog-proof", receipt(honest, 28, 30))
    put("role.tlog-proof", receipt(lying, 28))
    for n in (30, 40):
        serve("honest-%d" % n, honest, n, honest.checkpoint(n))


def two_logs(put, serve, a):
    other = base_logs.base(30, origin="otra.example/bitacora")
    other.add("revoke", KEYS["r1"], {"vkey": KEYS["a1"].vkey, "reason": "key_compromise", "since": "2026-03-02T08:00:00.000Z"})
    a.add("anchor", KEYS["a1"], full(a, "anchor"))
    put("policy.two", "log %s\nlog %s\nquorum none\n" % (a.key.vkey, other.key.vkey))
    serve("two", a, 41, a.checkpoint(41))
    put("two/v1/find", json.dumps({"size": 31, "entries": [30], "next": None}))
    put("two/v1/receipts/30", receipt(other, 30))
    put("two.tlog-proof", receipt(a, 40, 41))


def opening(put):
    log = sealed_log()
    commit, own, *_ = openings.make(*PERSON, KEYS["o1"].public)
    put("policy.opening", policy_text(log.key))
    put("opening", json_file(disclosure("subjects", commit, own, receipt(log, 28), receipt(log, 1))))
    parts = chain(log, 28)
    altered = parts[0].raw.replace(b'"persons":1', b'"persons":2')
    assert altered != parts[0].raw
    put("forked.tlog-proof", receipt(sealed_log(more=[{"type": "rfc"}]), 5))
    put("altered.tlog-proof", receipt_of([Proven(log, 28, raw=altered)] + parts[1:], log.checkpoint()))


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    main(sys.argv[1])
