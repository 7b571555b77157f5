#!/usr/bin/python3
"""Logs with what the log signs itself after genesis (`index`, `access`, `freeze`), by the second writer, and receipts of it.

    logs_own.py OUTDIR      OUTDIR/{good,ended,goes-on}/{policy,mirror}, OUTDIR/good/{genesis,enroll,index,access}.tlog-proof
"""
import os
import sys

sys.dont_write_bytecode = True
from audit_random import Story, h, span, DAY, START
from index_tables import index_of
from writer import Key, b64, tree_root, write_file


def path(leaves, m):
    """RFC 6962 section 2.1.1: the audit path of leaf m."""
    n = len(leaves)
    if n == 1:
        return []
    k = 1
    while 2 * k < n:
        k *= 2
    if m < k:
        return path(leaves[:k], m) + [tree_root(leaves[k:])]
    return path(leaves[k:], m - k) + [tree_root(leaves[:k])]


def receipt(log, index, checkpoint):
    """Of an entry whose key acts under entry 0, or of entry 0 itself."""
    leaves = log.leaves()
    raw, zero = log.entries[index].raw, log.entries[0].raw
    extra = len(raw).to_bytes(2, "big") + raw
    if index:
        hashes = path(leaves, 0)
        extra += len(zero).to_bytes(2, "big") + zero + bytes([len(hashes)]) + b"".join(hashes)
    lines = ["c2sp.org/tlog-proof@v1", "extra " + b64(extra), "index %d" % index] + [b64(p) for p in path(leaves, index)]
    return ("\n".join(lines) + "\n\n").encode() + checkpoint


def story():
    s = Story()
    s.officials()
    s.pin()
    own = s.log.origin
    w = s.warrant()
    q = s.request(warrant={"ref": "C-1", **w.ref}, subjects=[s.sealed("a", type="phone")])
    index = s.add("index", own, index_of(s.log).members([5, 7]))
    s.add("access", own, {"version": 1, "interval": span(START, DAY), "count": 7, "root": h("rows")})
    s.response(q)
    s.add("anchor", "j", {"checkpoint": {"size": 1, "root": h("root")}, "index": index.ref})
    s.enroll("named", "auditor", "mx.ong", display="Observatorio Ciudadano A. C.", designation="DOF 2026-01-15", binding=h("certificate"))
    return s, index


def main():
    out = sys.argv[1]
    s, index = story()
    s.write(os.path.join(out, "good"))
    with open(os.path.join(out, "good", "mirror", "checkpoint"), "rb") as f:
        checkpoint = f.read()
    for name, at in (("genesis", 0), ("index", index.index), ("access", index.index + 1), ("enroll", len(s.log) - 1)):
        write_file(os.path.join(out, "good", name + ".tlog-proof"), receipt(s.log, at, checkpoint))
    for name in ("ended", "goes-on"):
        s, _ = story()
        s.add("freeze", s.log.origin, {"successor": {"origin": "nueva.example/bitacora", "vkey": Key("nueva.example/bitacora").vkey}})
        if name == "goes-on":
            s.request()
        s.write(os.path.join(out, name))


if __name__ == "__main__":
    main()
