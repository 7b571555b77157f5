#!/usr/bin/python3
"""Somebody who has taken the daemon over, and asks the log's signer for another history.

usage: signer_attack.py SOCKET URL [ahead|noise]

Knows what a daemon knows: the socket, and the log (fewer than 256 entries) at URL. Prints TAP. None of
what it asks for may be signed, and the signer must stand where it stood. With `ahead` it reads the log,
says so, waits until its input ends, and asks for one checkpoint instead, that extends the log by
entries that nobody submitted: a signer sees that this extends the log, and not what is in it. With
`noise` it sends 500 times what is no message, and URL does not matter.
"""
import base64
import hashlib
import json
import socket
import struct
import sys
import urllib.request


def ask_bytes(sock, raw, answers=1):
    """Sends bytes as they are; returns the texts that are answered, fewer if it hangs up."""
    with socket.socket(socket.AF_UNIX) as s:
        s.connect(sock)
        s.settimeout(60)
        try:
            s.sendall(raw)
        except BrokenPipeError:
            pass
        got, texts = b"", []
        while len(texts) < answers:
            try:
                piece = s.recv(65536)
            except (ConnectionResetError, socket.timeout):
                break
            if not piece:
                break
            got += piece
            while len(got) >= 4 and len(got) >= 4 + struct.unpack(">I", got[:4])[0]:
                n = struct.unpack(">I", got[:4])[0]
                texts.append(got[4 : 4 + n])
                got = got[4 + n :]
        return texts


def frame(text):
    return struct.pack(">I", len(text)) + text


def ask(sock, word, rest=b""):
    texts = ask_bytes(sock, frame(b"bitacora/v1 signer " + word + b"\n" + rest))
    return texts[0] if texts else b"no answer"


def node(a, b):
    return hashlib.sha256(b"\1" + a + b).digest()


def split(n):
    return 1 << ((n - 1).bit_length() - 1)


def root(leaves):
    if len(leaves) == 1:
        return leaves[0]
    k = split(len(leaves))
    return node(root(leaves[:k]), root(leaves[k:]))


def consistency(m, leaves, whole=True):
    """RFC 6962, 2.1.2."""
    n = len(leaves)
    if m == n:
        return [] if whole else [root(leaves)]
    k = split(n)
    if m <= k:
        return consistency(m, leaves[:k], whole) + [root(leaves[k:])]
    return consistency(m - k, leaves[k:], False) + [root(leaves[:k])]


def b64(b):
    return base64.b64encode(b)


def checkpoint(old, proof, origin, size, tree_root, more=b""):
    lines = b"".join(b64(h) + b"\n" for h in proof)
    return (b"old %d\n" % old) + lines + b"\n" + origin + (b"\n%d\n" % size) + b64(tree_root) + b"\n" + more


def foreign_texts(same, vkey, size):
    """What other keys sign, or this one by other ways, around the checkpoint that was signed last."""
    yield "a cosignature", b"cosignature/v1\ntime 1767225600\n" + same
    yield "a cosignature of another kind", b"subtree/v1\n\n\0" + same
    yield "a hand-over", b"bitacora/v1 signer handover\n" + vkey + b"\n" + same.split(b"\n", 1)[1]
    yield "a vkey", vkey + b"\n"
    yield "a vkey instead of an origin", vkey + b"\n" + same.split(b"\n", 1)[1]
    yield "the state itself", b"bitacora/v1 signer state\n" + vkey + b"\n" + same.split(b"\n", 1)[1] + b"open\n"
    yield "rows of an access", b"bitacora/v1 access-rows 1\n" + same
    for word in (b"token", b"presentation", b"succession", b"possession", b"gate response", b"ticket", b"key",
                 b"mark", b"evidence", b"answer", b"opening", b"finding", b"batch", b"rotation", b"none", b""):
        yield f"a text of the kind '{word.decode()}'", b"bitacora/v1 " + word + b"\n{}\n"


class Tap:
    def __init__(self):
        self.n = self.bad = 0

    def say(self, good, what, detail=b""):
        self.n += 1
        self.bad += not good
        print(f"{'ok' if good else 'not ok'} {self.n} - {what}" + ("" if good else f" # {detail!r}"))

    def refused(self, answer, what, code=None):
        wanted = b"bitacora/v1 signer refused\n" + (b"" if code is None else code + b"\n")
        self.say(answer.startswith(wanted), what, answer)


def main():
    sock, url = sys.argv[1:3]
    if sys.argv[3:] == ["noise"]:
        for _ in range(500):
            try:
                ask_bytes(sock, b"\0\0\0\0")
            except OSError:
                pass  # hung up on before it was sent
        return
    tap = Tap()
    state = ask(sock, b"status")
    _, vkey, size, last, _ = state.decode().splitlines()
    origin, size, last = vkey.split("+")[0].encode(), int(size), base64.b64decode(last)
    with urllib.request.urlopen(f"{url}/tile/0/000.p/{size}") as f:
        tile = f.read()
    leaves = [tile[i : i + 32] for i in range(0, len(tile), 32)]
    assert root(leaves) == last
    new = [hashlib.sha256(b"\0" + bytes([i])).digest() for i in range(40)]

    def want(*args):
        return ask(sock, b"checkpoint", checkpoint(*args))

    if sys.argv[3:] == ["ahead"]:
        grown = leaves + new[:1]
        print("read", flush=True)
        sys.stdin.read()
        answer = want(size, consistency(size, grown), origin, size + 1, root(grown))
        print(answer.decode())
        return

    tap.refused(want(size, [], origin, size, new[0]), "another root at the same size", b"fork")
    other = leaves[:-1] + new[:1]
    tap.refused(want(size, [], origin, size, root(other)), "the last entry altered", b"fork")
    tap.refused(want(size - 1, consistency(size - 1, other), origin, size, root(other)),
                "the last entry altered, with a proof from the size before", b"fork")
    tap.refused(want(0, [], origin, size - 1, root(leaves[:-1])), "the log without its last entry", b"older")
    tap.refused(want(0, [], origin, 1, leaves[0]), "the log of one entry", b"older")
    tap.refused(want(0, [], origin, 0, hashlib.sha256(b"").digest()), "the empty log", b"older")
    longer = other + new
    for old in (size - 1, 1, 0, size + 1, 2**63 - 1):
        proof = consistency(old, longer) if 0 < old < size else []
        tap.refused(want(old, proof, origin, len(longer), root(longer)),
                    f"a longer log that forked, from size {old}", b"base")
    good = leaves + new
    proof = consistency(size, good)
    tap.refused(want(size, consistency(size, longer), origin, len(longer), root(longer)),
                "a longer log that forked, with its own proof from the last size", b"proof")
    tap.refused(want(size, [], origin, len(longer), root(longer)), "without a proof", b"proof")
    tap.refused(want(size, proof, origin, len(longer), root(longer)), "with the proof of a log that did not", b"proof")
    tap.refused(want(size, proof[:-1], origin, len(good), root(good)), "a proof cut short", b"proof")
    tap.refused(want(size, proof + new[:1], origin, len(good), root(good)), "a proof too long", b"proof")
    # (A proof does not tell apart all sizes: from 66, that for 106 is one for 107, too. docs/DESIGN.md)
    tap.refused(want(size, proof, origin, 4 * len(good), root(good)), "another size than the proof's", b"proof")
    tap.refused(want(size, proof * 20, origin, len(good), root(good)), "more hashes than a proof has", b"request")
    tap.refused(want(size, proof, origin + b"x", len(good), root(good)), "another log", b"origin")
    tap.refused(want(size, proof, origin, len(good), root(good), b"more\n"), "a line more", b"form")
    tap.refused(want(size, proof, origin, len(good), root(good), b"\n\xe2\x80\x94 x AAAA\n"),
                "a line that would be a signature", b"form")
    text = checkpoint(size, proof, origin, len(good), root(good)).replace(b"\n%d\n" % len(good), b"\n0%d\n" % len(good))
    tap.refused(ask(sock, b"checkpoint", text), "a size that is written in two ways", b"form")

    plain = origin + (b"\n%d\n" % size) + b64(new[0]) + b"\n"
    tap.refused(ask(sock, b"record", plain), "a checkpoint as a record", b"form")
    under = {"entry": 0, "hash": b64(leaves[0]).decode()}
    own = {"id": "00000000-0000-4000-8000-000000000000", "at": "2026-11-30T00:00:00.000Z", "under": under}
    tap.refused(ask(sock, b"record", b"bitacora/v1 erasure\n{}\n"), "an erasure without members", b"form")
    revoke = dict(own, vkey="registrar.example.mx+00000000+AQ", reason="lost")
    tap.refused(ask(sock, b"record", b"bitacora/v1 revoke\n" + json.dumps(revoke).encode() + b"\n"), "a revocation")
    access = dict(own, version=1, count=0, root=b64(hashlib.sha256(b"").digest()).decode(),
                  interval={"from": "2026-11-29T23:00:00.000Z", "until": "2026-11-30T00:00:00.000Z"})
    answer = ask(sock, b"record", b"bitacora/v1 access\n" + json.dumps(access).encode() + b"\n")
    tap.say(answer == b"bitacora/v1 signer failed\n", "an access that it would sign, but for another", answer)
    access["under"] = dict(under, entry=1)
    tap.refused(ask(sock, b"record", b"bitacora/v1 access\n" + json.dumps(access).encode() + b"\n"),
                "a record under another entry", b"under")
    tap.refused(ask(sock, b"record", b"bitacora/v1 freeze\n" + json.dumps(own).encode() + b"\n"),
                "the end of the log, which nobody ordered", b"order")
    tap.refused(ask(sock, b"genesis", b"2026-11-30T00:00:00.000Z\nbitacora/v1 genesis\n{}\n"), "another genesis", b"begun")
    tap.refused(ask(sock, b"sign", plain), "a word that there is not", b"request")

    same = checkpoint(size, [], origin, size, last)[len(b"old %d\n\n" % size):]
    for what, text in foreign_texts(same, vkey.encode(), size):
        texts = [ask(sock, word, before + text) for word, before in (
            (b"record", b""), (b"checkpoint", b"old %d\n\n" % size), (b"genesis", b"2026-11-30T00:00:00.000Z\n"))]
        tap.say(all(t.startswith(b"bitacora/v1 signer refused\n") for t in texts), what, texts)
    for what, args in (
            ("a size of 2^63", (size, proof, origin, 2**63, root(good))),
            ("a size that grows to 2^63 - 1", (size, proof, origin, 2**63 - 1, root(good))),
            ("one hash, 63 times", (size, new[:1] * 63, origin, 2**62, new[0])),
            ("the last root, 63 times", (size, [last] * 63, origin, 2**63 - 1, last)),
            ("the last root as a larger one's", (size, [], origin, size + 1, last))):
        tap.refused(want(*args), what)
    tap.refused(want(2**63, proof, origin, len(good), root(good)), "from a size of 2^63", b"request")

    for what, raw in (("a length of 0", b"\0\0\0\0"), ("a length of 4 GB", b"\xff" * 8),
                      ("a length over the cap", struct.pack(">I", 65537) + b"x")):
        tap.say(ask_bytes(sock, raw) == [], f"{what} ends the connection")
    with socket.socket(socket.AF_UNIX) as s:
        s.connect(sock)
        s.settimeout(60)
        s.sendall(frame(b"bitacora/v1 signer status\n") + b"\0\0\0\0")
        ended, got = False, b""
        try:
            while not ended:
                piece = s.recv(65536)
                ended, got = not piece, got + piece
        except ConnectionResetError:
            ended = True
        except socket.timeout:
            pass
    tap.say(ended and got == frame(state), "so does what comes behind a message, when that was answered", got)
    many = frame(b"bitacora/v1 signer checkpoint\n" + checkpoint(size, [], origin, size, new[0])) * 50
    texts = ask_bytes(sock, many, 50)
    tap.say(texts == [b"bitacora/v1 signer refused\nfork\n"] * 50, "fifty at once are refused one by one", len(texts))
    idle = [socket.socket(socket.AF_UNIX) for _ in range(20)]
    for s in idle:
        s.connect(sock)
        s.sendall(b"\0\0")
    tap.say(ask(sock, b"status") == state, "twenty that say nothing do not keep others out")
    for s in idle:
        s.close()
    tap.say(ask(sock, b"status") == state, "the signer stands where it stood")
    sys.exit(tap.bad > 0)


main()
