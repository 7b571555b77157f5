#!/usr/bin/python3
"""Somebody who has taken the daemon over, and has sizes signed that no tree of his has.

usage: signer_giant.py SOCKET [STATE NAME]

Asks a signer that has signed a genesis and nothing else. A proof of consistency shows that what was
signed is in what is signed next, at its place; it does not show how many entries the new tree has.
So such sizes are signed, and the log ends there; but no second history comes of it, neither beside
one nor behind it. Prints TAP. With NAME it asks for one second entry, which is made of that, and prints the
answer; STATE is what the signer's state was at size 1.
"""
import base64
import hashlib
import socket
import struct
import sys

MOST = 2**63 - 1
PROOF_MOST = 63  # hashes


def node(a, b):
    return hashlib.sha256(b"\1" + a + b).digest()


def made_up(what):
    return hashlib.sha256(b"\0" + what.encode()).digest()


def join(peaks):
    root = peaks[-1]
    for peak in reversed(peaks[:-1]):
        root = node(peak, root)
    return root


def grow(size, peaks, new_size, name):
    """A proof from a size, whose whole subtrees are `peaks`, to any larger one, with made-up hashes for
    what is new: as tree_roots_of_consistency() in proto/tlog/tree.c reads it. Returns it, and the root."""
    left, proof = peaks[:], []
    fn, sn = size - 1, new_size - 1
    while fn & 1:
        fn, sn = fn >> 1, sn >> 1
    sr = left.pop()
    if size & (size - 1):
        proof.append(sr)
    while sn:
        if fn & 1 or fn == sn:
            proof.append(left.pop())
            sr = node(proof[-1], sr)
            while not fn & 1 and fn:
                fn, sn = fn >> 1, sn >> 1
        else:
            proof.append(made_up(f"{name} {len(proof)}"))
            sr = node(sr, proof[-1])
        fn, sn = fn >> 1, sn >> 1
    return proof, sr


class Signer:
    def __init__(self, path):
        self.s = socket.socket(socket.AF_UNIX)
        self.s.settimeout(60)
        self.s.connect(path)
        lines = self.ask(b"bitacora/v1 signer status\n").split(b"\n")
        self.origin, self.size = lines[1].split(b"+")[0], int(lines[2])
        self.root = base64.b64decode(lines[3])

    def ask(self, text):
        self.s.sendall(struct.pack(">I", len(text)) + text)
        got = b""
        while len(got) < 4 or len(got) < 4 + struct.unpack(">I", got[:4])[0]:
            try:
                piece = self.s.recv(65536)
            except ConnectionResetError:
                piece = b""
            if not piece:
                return b"none"
            got += piece
        return got[4:]

    def want(self, old, proof, size, root):
        lines = b"".join(base64.b64encode(h) + b"\n" for h in proof)
        text = self.origin + b"\n%d\n" % size + base64.b64encode(root) + b"\n"
        answer = self.ask(b"bitacora/v1 signer checkpoint\nold %d\n" % old + lines + b"\n" + text)
        if answer.startswith(b"bitacora/v1 signer signed\n" + text + b"\n\xe2\x80\x94 " + self.origin):
            return "signed"
        return answer.decode().replace("bitacora/v1 signer refused\n", "").strip()


def begun(path):
    """The root of size 1, by the file of the signer's state at that time."""
    with open(path, encoding="ascii") as f:
        return base64.b64decode(f.read().split("\n")[3])


def main():
    signer = Signer(sys.argv[1])
    if len(sys.argv) == 4:
        leaf = made_up(sys.argv[3])
        print(signer.want(1, [leaf], 2, node(begun(sys.argv[2]), leaf)))
        return
    count = bad = 0

    def equal(what, got, wanted):
        nonlocal count, bad
        count, bad = count + 1, bad + (got != wanted)
        print(f"ok {count} - {what}" if got == wanted else f"not ok {count} - {what} # {got!r}, not {wanted!r}")

    equal("it has signed a genesis", signer.size, 1)
    first = signer.root
    leaf = [first, made_up("a"), made_up("b")]
    three = join([node(leaf[0], leaf[1]), leaf[2]])
    peaks = [node(leaf[0], leaf[1]), leaf[2]]
    equal("three entries", signer.want(1, [leaf[1], leaf[2]], 3, three), "signed")
    equal("the same once more", signer.want(3, [], 3, three), "signed")

    def refused(what, old, proof, size, root, why):
        equal(what, signer.want(old, proof, size, root), why if len(proof) <= PROOF_MOST else "request")

    # From three to what nobody has.
    other = [node(first, made_up("x")), made_up("y")]
    for size in (4, 5, 6, 7, 8, 2**40, 2**62 + 1, MOST):
        proof, root = grow(3, other, size, "other")
        refused(f"another history, to size {size}", 3, proof, size, root, "proof")
        proof, root = grow(3, peaks, size, "mine")
        refused(f"a hash more, to size {size}", 3, proof + [first], size, root, "proof")
        refused(f"a hash less, to size {size}", 3, proof[:-1], size, root, "proof")
        refused(f"by its own root, to size {size}", 3, [three] * len(proof), size, three, "proof")
        refused(f"the old root, to size {size}", 3, proof, size, three, "proof")
        refused(f"from size 1, to size {size}", 1, grow(1, [first], size, "other")[0], size, root, "base")
    giant = 2**62
    proof, root = grow(3, peaks, giant, "mine")
    equal("a size that no tree has", signer.want(3, proof, giant, root), "signed")
    proof, root = grow(3, peaks, giant, "other")
    refused("beside it, another tree of that size", 3, proof, giant, root, "fork")
    proof, root = grow(3, peaks, 5, "mine")
    refused("beside it, a smaller one", 3, proof, 5, root, "older")
    for size in (giant + 1, MOST):
        proof, root = grow(giant, [join(other)], size, "other")
        refused(f"behind it, another history of size {size}", giant, proof, size, root, "proof")
        proof, root = grow(3, peaks, size, "other")
        refused(f"behind it, what would follow three, of size {size}", 3, proof, size, root, "base")
        refused(f"and with that proof, of size {size}", giant, proof, size, root, "proof")
    _, root = grow(3, peaks, giant, "mine")
    proof, largest = grow(giant, [root], MOST, "mine")
    equal("the largest size that there is", signer.want(giant, proof, MOST, largest), "signed")
    equal("none is larger", signer.want(MOST, proof, MOST + 1, largest), "form")
    equal("nor from there", signer.want(MOST + 1, proof, MOST + 1, largest), "request")
    equal("another of that size", signer.want(MOST, proof, MOST, root), "fork")
    equal("the genesis comes no second time", signer.want(0, [], 1, first), "older")
    sys.exit(bad > 0)


main()
