#!/usr/bin/python3
"""A log whose requests name many blobs, for a verifier that looks for them.

    named_blobs.py OUTDIR N

writes OUTDIR/mirror/…, OUTDIR/policy (without a URL), OUTDIR/o1.key (oversight) and OUTDIR/names: one line "INDEX BLOB" for the
first entry that names each blob, but for those that an entry orders erased. One request names 32 zero bytes, N name a blob each; the
last two of these are "erased": one by a judge, the other by the holder, whose role may not, so that the log is bad and the erasure is none.
"""
import json
import os
import sys

sys.dont_write_bytecode = True
import base_logs
from writer import b64, policy_text, write_file


def main():
    folder, n = sys.argv[1], int(sys.argv[2])
    log = base_logs.base(base_logs.P)
    base_logs.ask(log, edit=lambda m: m["subjects"][0].update(sealed=b64(bytes(32))))
    for i in range(n):
        base_logs.ask(log, edit=lambda m: m.update(subjects=[base_logs.sealed(log, "many %d" % i, type="phone")]))
    erased, kept = base_logs.h("sealed many %d" % (n - 1)), base_logs.h("sealed many %d" % (n - 2))
    log.add("erasure", base_logs.KEYS["j1"], {"blob": erased, "order": base_logs.h("order")})
    log.add("erasure", base_logs.KEYS["h1"], {"blob": kept, "order": base_logs.h("order")})
    first = {}

    def visit(index, value):
        for k, v in value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ():
            if k == "sealed":
                first.setdefault(v, index)
            visit(index, v)

    for e in log.entries:
        kind, line = e.note.split(b"\n")[:2]
        members = json.loads(line)
        if kind == b"bitacora/v1 ruleset":
            first.setdefault(members["sha256"], e.index)
        visit(e.index, members)
    del first[erased]
    log.write(os.path.join(folder, "mirror"))
    write_file(os.path.join(folder, "policy"), policy_text(log.key).encode())
    write_file(os.path.join(folder, "o1.key"), base_logs.KEYS["o1"].private_text().encode())
    write_file(os.path.join(folder, "names"), "".join("%d %s\n" % (i, b) for b, i in first.items()).encode())


main()
