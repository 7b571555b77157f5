"""Receipts, evidence and disclosures by the second writer, from docs/FORMATS.md, sections 11, 12 and 17.2, alone.

Made of a writer.Log; every part can be replaced by a wrong one before it is put together.
"""
import base64
import json
import sys

sys.dont_write_bytecode = True
from writer import b64, sha256, tree_root


def split(n):
    """The largest power of two below n (RFC 6962 section 2.1)."""
    k = 1
    while 2 * k < n:
        k *= 2
    return k


def path(index, leaves):
    """RFC 6962 section 2.1.1: the leaf's sibling first."""
    if len(leaves) == 1:
        return []
    k = split(len(leaves))
    if index < k:
        return path(index, leaves[:k]) + [tree_root(leaves[k:])]
    return path(index - k, leaves[k:]) + [tree_root(leaves[:k])]


def subproof(m, leaves, known):
    if m == len(leaves):
        return [] if known else [tree_root(leaves)]
    k = split(len(leaves))
    if m <= k:
        return subproof(m, leaves[:k], known) + [tree_root(leaves[k:])]
    return subproof(m - k, leaves[k:], False) + [tree_root(leaves[:k])]


def seeded(old, leaves):
    """RFC 6962 section 2.1.2, with the first hash also where the old size is a power of two (section 12)."""
    proof = subproof(old, leaves, True)
    return [tree_root(leaves[:old])] + proof if old & (old - 1) == 0 else proof


class Proven:
    """An entry with its path, as receipts and evidence carry it."""

    def __init__(self, log, index, size=None, raw=None, hashes=None):
        leaves = log.leaves(size)
        self.index = index
        self.raw = log.entries[index].raw if raw is None else raw
        self.path = path(index, leaves) if hashes is None else hashes


def chain_of(log, index):
    """The indexes of the entry and of what it rests on, `under` by `under`, down to genesis."""
    out = [index]
    while True:
        text = log.entries[out[-1]].note.split(b"\n")
        if text[0] == b"bitacora/v1 genesis":
            return out
        out.append(json.loads(text[1])["under"]["entry"])


def chain(log, index, size=None):
    return [Proven(log, i, size) for i in chain_of(log, index)]


def packed(entries):
    """The bytes of `extra`."""
    out = b""
    for n, e in enumerate(entries):
        out += len(e.raw).to_bytes(2, "big") + e.raw
        if n > 0:
            out += bytes([len(e.path)]) + b"".join(e.path)
    return out


def receipt_of(entries, checkpoint, extra=None, index=None, first="c2sp.org/tlog-proof@v1"):
    lines = [first, "extra " + (b64(packed(entries)) if extra is None else extra),
             "index %s" % (entries[0].index if index is None else index)]
    lines += [b64(h) for h in entries[0].path]
    return ("\n".join(lines) + "\n\n").encode() + checkpoint


def receipt(log, index, size=None, checkpoint=None):
    return receipt_of(chain(log, index, size), log.checkpoint(size) if checkpoint is None else checkpoint)


def json_file(value):
    return (json.dumps(value, indent=1) + "\n").encode()


def evidence(claim, checkpoints, hashes=(), entries=()):
    """entries: (which checkpoint, Proven)"""
    return {"format": "bitacora/v1 evidence", "claim": claim, "checkpoints": [c.decode() for c in checkpoints],
            "hashes": [b64(h) for h in hashes],
            "entries": [{"checkpoint": n, "index": e.index, "entry": b64(e.raw), "path": [b64(h) for h in e.path]} for n, e in entries]}


def disclosure(member, commit, opening, receipt_text, to=None):
    out = {"format": "bitacora/v1 opening", "member": member, "commit": b64(commit), "opening": b64(opening),
           "receipt": receipt_text.decode()}
    if to is not None:
        out["to"] = to.decode()
    return out


__all__ = ["Proven", "chain", "chain_of", "path", "seeded", "packed", "receipt", "receipt_of", "json_file", "evidence", "disclosure",
           "base64", "sha256"]
