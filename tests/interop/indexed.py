#!/usr/bin/python3
"""Logs with an index, honest and not, as folders that a file server may serve, and what their readers hold.

    indexed.py OUTDIR

    OUTDIR/policy              one log, no witnesses
    OUTDIR/early, OUTDIR/late  an honest log below its second `index` entry, and with all of it; in between tables were merged
    OUTDIR/lying               goes on from `early`: the second one merges tables and leaves a row of entry N out
    OUTDIR/wrong               the same, but a table has another root: no file shows what is wrong
    OUTDIR/without             `late` without its files index/…
    OUTDIR/ends                goes on from `late`
    OUTDIR/left-out.tlog-proof, OUTDIR/listed.tlog-proof    receipts of entry N, and of the one before it
    OUTDIR/entries             N; the first and the second `index` entry of `late`; the second one of `lying`
"""
import os
import sys

sys.dont_write_bytecode = True
from base_logs import ask
from index_lies import KEY, Lying, world
from index_tables import entry_of
from receipts import receipt
from writer import policy_text, write_file

FIRST, SECOND = [16, 32, 60, 75], [60, 75, 90]


def begun():
    log, ix = world()
    first = ix.add(bounds=FIRST)
    while len(log) < 100:
        ask(log)
    return log, ix, first.index


def go_on(log, n=8):
    for _ in range(n):
        ask(log)


def lying(edit=None, **says):
    log, ix, _ = begun()
    tables = ix.cover(SECOND)
    t = tables[0]
    tables[0] = Lying(t.start, t.end, edit(list(t.rows)) if edit else t.rows, **says)
    second = ix.add(tables=tables)
    go_on(log)
    return log, second.index


def main(out):
    honest, ix, first = begun()
    early = len(honest)
    honest.write(os.path.join(out, "early"))
    second = ix.add(bounds=SECOND).index
    go_on(honest)
    honest.write(os.path.join(out, "late"))
    honest.write(os.path.join(out, "without"), files={k: v for k, v in honest.files().items() if not k.startswith("index/")})
    ix.add(bounds=[60, 90, 105])
    go_on(honest)
    honest.write(os.path.join(out, "ends"))
    missing = honest.label["two references"].index
    liar, lie = lying(lambda rows: [r for r in rows if (r[:16], entry_of(r)) != (KEY, missing)])
    assert liar.entries[early - 1].hash == honest.entries[early - 1].hash
    liar.write(os.path.join(out, "lying"))
    lying(root=bytes(32))[0].write(os.path.join(out, "wrong"))
    write_file(os.path.join(out, "policy"), policy_text(honest.key).encode())
    write_file(os.path.join(out, "left-out.tlog-proof"), receipt(liar, missing))
    write_file(os.path.join(out, "listed.tlog-proof"), receipt(liar, missing - 1))
    write_file(os.path.join(out, "entries"), b"%d %d %d %d\n" % (missing, first, second, lie))


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    main(sys.argv[1])
