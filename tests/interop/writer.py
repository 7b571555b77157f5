#!/usr/bin/python3
"""A second writer of Bitácora logs, written from docs/FORMATS.md and the C2SP and RFC texts alone.

It shares nothing with the implementation: only the standard library, and python3-cryptography for Ed25519. Every field of an entry
can be overridden to be wrong, which is what it is for: `cases.py` makes honest and lying logs with it.

    writer.py selftest                              the worked example of FORMATS section 18, byte for byte
    writer.py key NAME SEEDHEX                      the private and the verifier key of a seed
    writer.py log OUTDIR [--size N] [--skew S] [--origin NAME]
                                                    an honest log: OUTDIR/mirror, OUTDIR/policy, OUTDIR/keys/*.key
"""
import argparse
import base64
import datetime
import hashlib
import json
import os
import sys

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

NOTE, COSIGNATURE = 1, 4
ZERO_HASH = bytes(32)
DASH = "\u2014"
EPOCH = datetime.datetime(1970, 1, 1)


def sha256(data):
    return hashlib.sha256(data).digest()


def b64(data):
    return base64.b64encode(data).decode()


def when(ms):
    """Milliseconds since 1970 as a time of section 1."""
    days, ms = divmod(ms, 86_400_000)
    date = datetime.date(1970, 1, 1) + datetime.timedelta(days=days)
    s, ms = divmod(ms, 1000)
    return "%04d-%02d-%02dT%02d:%02d:%02d.%03dZ" % (date.year, date.month, date.day, s // 3600, s // 60 % 60, s % 60, ms)


def millis(text):
    d = datetime.datetime.strptime(text, "%Y-%m-%dT%H:%M:%S.%fZ") - EPOCH
    return (d.days * 86_400 + d.seconds) * 1000 + d.microseconds // 1000


def key_id(name, kind, public):
    return sha256(name.encode() + b"\n" + bytes([kind]) + public)[:4]


def make_vkey(name, public, kind=NOTE, ident=None):
    return "%s+%s+%s" % (name, (ident or key_id(name, kind, public)).hex(), b64(bytes([kind]) + public))


class Key:
    """An Ed25519 key with its name and type; the seed is RFC 8032's private key."""

    def __init__(self, name, seed=None, kind=NOTE):
        self.name, self.kind = name, kind
        self.seed = sha256(b"bitacora interop " + name.encode()) if seed is None else seed
        self._private = Ed25519PrivateKey.from_private_bytes(self.seed)
        self.public = self._private.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
        self.id = key_id(name, kind, self.public)
        self.vkey = make_vkey(name, self.public, kind)

    def sign(self, message):
        return self._private.sign(message)

    def private_text(self):
        return "PRIVATE+KEY+%s+%s+%s\n" % (self.name, self.id.hex(), b64(bytes([self.kind]) + self.seed))

    def possession(self, origin):
        return b64(self.sign(("bitacora/v1 possession\n%s\n%s\n" % (origin, self.vkey)).encode()))


def signature_line(name, ident, signature):
    return ("%s %s %s\n" % (DASH, name, b64(ident + signature))).encode()


def sign_note(text, key):
    return text + b"\n" + signature_line(key.name, key.id, key.sign(text))


def cosign_line(text, witness, seconds):
    message = b"cosignature/v1\ntime %d\n" % seconds + text
    return signature_line(witness.name, witness.id, seconds.to_bytes(8, "big") + witness.sign(message))


def leaf_hash(entry):
    return sha256(b"\x00" + entry)


def tree_root(leaves):
    """RFC 6962 section 2.1: the Merkle tree hash of a list of leaf hashes."""
    if not leaves:
        return sha256(b"")
    stack = []                                            # (height, hash), heights falling
    for leaf in leaves:
        height, node = 0, leaf
        while stack and stack[-1][0] == height:
            node = sha256(b"\x01" + stack.pop()[1] + node)
            height += 1
        stack.append((height, node))
    node = stack.pop()[1]
    while stack:
        node = sha256(b"\x01" + stack.pop()[1] + node)
    return node


def tile_number(n):
    groups = ["%03d" % (n % 1000)]
    while n >= 1000:
        n //= 1000
        groups.insert(0, "x%03d" % (n % 1000))
    return "/".join(groups)


def chunks(items):
    """(N or N.p/W, items) of every tile over a row of hashes or entries."""
    for n in range(0, (len(items) + 255) // 256):
        part = items[256 * n:256 * n + 256]
        yield tile_number(n) + ("" if len(part) == 256 else ".p/%d" % len(part)), part


def write_file(path, data):
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "wb") as f:
        f.write(data)


def policy_text(key, witness=None):
    """A policy of one log, and of the one witness that makes its quorum, if there is one."""
    if witness:
        return "log %s\nwitness w %s\nquorum w\n" % (key.vkey, witness.vkey)
    return "log %s\nquorum none\n" % key.vkey


def altered(data, edit):
    out = edit(data)
    assert out != data, "edit without effect"
    return out


class Entry:
    def __init__(self, index, raw, accept, note):
        self.index, self.raw, self.accept, self.note, self.hash = index, raw, accept, note, leaf_hash(raw)

    @property
    def ref(self):
        return {"entry": self.index, "hash": b64(self.hash)}


class Log:
    """A log under construction: entries, the tree above them, and where each key was enrolled."""

    def __init__(self, origin="bitacora.example/interop", start="2026-03-02T09:00:00.000Z", step=1500, key=None):
        self.key = key or Key(origin)
        self.origin = origin
        self.clock, self.step = millis(start), step       # acceptance of the entry before, and its usual distance
        self.entries = []
        self.under = {}                                   # public key -> entry that enrolled it
        self.label = {}                                   # anything the caller wants to find again
        self.count = 0
        self.index = None                                 # of index_tables.py, if it has one

    def __len__(self):
        return len(self.entries)

    def uuid(self):
        self.count += 1
        return "0198c0de-0000-7000-8000-%012x" % self.count

    def record(self, kind, signer, members, at, *, ident=None, under=None, json_edit=None, json_text=None, version="bitacora/v1",
               text=None, text_edit=None, sign=None, sig_name=None, sig_id=None, note_edit=None, order=None):
        """A record note. Without overrides a good one; each keyword spoils one thing and all above it is computed anew."""
        head = {}
        if kind != "genesis":
            head["id"] = ident or self.uuid()
        head["at"] = at if isinstance(at, str) else when(at)
        if kind != "genesis":
            e = self.under.get(signer.public)
            head["under"] = under if under is not None else e.ref if e else {"entry": 0, "hash": b64(ZERO_HASH)}
        head.update(members)
        head = {k: v for k, v in head.items() if v is not ...}           # ... takes a member away
        if order:
            head = {k: head[k] for k in order(list(head))}
        if json_text is None:
            json_text = json.dumps(head, ensure_ascii=False, separators=(",", ":"))
        if json_edit:
            json_text = altered(json_text, json_edit)
        if isinstance(json_text, str):
            json_text = json_text.encode()
        if text is None:
            text = ("%s %s\n" % (version, kind)).encode() + json_text + b"\n"
        if text_edit:
            text = altered(text, text_edit)
        signature = (sign or signer.sign)(text)
        note = text + b"\n" + signature_line(signer.name if sig_name is None else sig_name,
                                             signer.id if sig_id is None else sig_id, signature)
        if note_edit:
            note = altered(note, note_edit)
        return note

    def append_note(self, note, *, accept=None, index=None, link=None, version="bitacora/v1 entry", entry_edit=None, raw=None):
        """Wraps a note in an entry and appends it; raw is a whole entry instead. Returns the Entry."""
        accept = self.clock + self.step if accept is None else accept
        if raw is None:
            before = self.entries[-1].hash if self.entries else ZERO_HASH
            raw = ("%s\n%s\n%s\n%s\n\n" % (version, len(self) if index is None else index,
                                           accept if isinstance(accept, str) else when(accept),
                                           b64(before) if link is None else link if isinstance(link, str) else b64(link))
                   ).encode() + note
        if entry_edit:
            raw = altered(raw, entry_edit)
        assert len(raw) <= 65535
        entry = Entry(len(self), raw, accept, note)
        self.entries.append(entry)
        if not isinstance(accept, str):
            self.clock = accept
        return entry

    def add(self, kind, signer, members, *, accept=None, at=None, index=None, link=None, entry_version="bitacora/v1 entry",
            entry_edit=None, **overrides):
        """Signs a record and appends it. `at` is half a second before acceptance unless given."""
        t = self.clock + self.step if accept is None else accept
        note = self.record(kind, signer, members, t - 500 if at is None else at, **overrides)
        entry = self.append_note(note, accept=t, index=index, link=link, version=entry_version, entry_edit=entry_edit)
        if kind == "enroll" and isinstance(members.get("vkey"), str):
            try:
                self.under.setdefault(base64.b64decode(members["vkey"].split("+", 2)[2])[1:], entry)
            except (ValueError, IndexError):
                pass
        return entry

    def genesis(self, registrars, skew=None, members={}, signer=None, **overrides):
        own = {"origin": self.origin, "vkey": self.key.vkey, "registrars": [k.vkey for k in registrars]}
        if skew is not None:
            own["skew"] = skew
        own.update(members)
        entry = self.add("genesis", signer or self.key, own, **overrides)
        for k in registrars + [self.key]:
            self.under.setdefault(k.public, entry)
        return entry

    def predecessor(self, old, size=7, root=ZERO_HASH, proof=True, **text):
        """What genesis says of the log before, whose key is old; text: what its proof says instead."""
        said = {"origin": old.name, "size": size, "root": b64(root), "to": self.origin, "vkey": self.key.vkey, **text}
        own = {"origin": old.name, "vkey": old.vkey, "size": size, "root": b64(root)}
        if proof:
            own["proof"] = b64(old.sign(("bitacora/v1 succession\n%(origin)s\n%(size)d\n%(root)s\n%(to)s\n%(vkey)s\n" % said).encode()))
        return own

    def enroll(self, registrar, key, role, authority, level="federal", members={}, proof=True, **overrides):
        own = {"vkey": key.vkey, "role": role, "authority": authority, "level": level, "name": key.name}
        if proof:
            own["proof"] = key.possession(self.origin)
        own.update(members)
        return self.add("enroll", registrar, own, **overrides)

    # The tree and its files

    def rebuild(self, raws):
        """Puts whole entries in place of all those there are."""
        self.entries = [Entry(i, raw, None, None) for i, raw in enumerate(raws)]
        self.index = None

    def leaves(self, size=None):
        return [e.hash for e in self.entries[:size]]

    def root(self, size=None):
        return tree_root(self.leaves(size))

    def checkpoint_text(self, size=None, origin=None, root=None):
        size = len(self) if size is None else size
        return ("%s\n%d\n%s\n" % (origin or self.origin, size, b64(root or self.root(size)))).encode()

    def checkpoint(self, size=None, origin=None, root=None, key=None):
        return sign_note(self.checkpoint_text(size, origin, root), key or self.key)

    def files(self, size=None, checkpoint=None):
        """The mirror folder: path -> bytes."""
        out = {"checkpoint": self.checkpoint(size) if checkpoint is None else checkpoint}
        for name, part in chunks([e.raw for e in self.entries[:size]]):
            out["tile/entries/" + name] = b"".join(len(raw).to_bytes(2, "big") + raw for raw in part)
        level, row = 0, self.leaves(size)
        while row:
            above = []
            for name, part in chunks(row):
                out["tile/%d/%s" % (level, name)] = b"".join(part)
                if len(part) == 256:
                    above.append(tree_root(part))
            level, row = level + 1, above
        if self.index:
            out.update(self.index.files(size))
        return out

    def write(self, folder, size=None, files=None):
        for path, data in (files or self.files(size)).items():
            write_file(os.path.join(folder, path), data)


# FORMATS section 18

def selftest():
    def seed(first):
        return bytes(range(first, first + 32))

    def same(what, got, want):
        if got != want:
            raise SystemExit("selftest: %s\n got  %r\n want %r" % (what, got, want))

    log = Log("log.example/bitacora/2026", key=Key("log.example/bitacora/2026", seed(0)))
    registrar = Key("registro.example/r1", seed(0x20))
    witness = Key("testigo.example/w1", seed(0x40), COSIGNATURE)
    requester = Key("fgr.example/femdo/a.lopez", seed(0x60))
    same("log key", log.key.private_text(), "PRIVATE+KEY+log.example/bitacora/2026+266e2c92+"
         "AQABAgMEBQYHCAkKCwwNDg8QERITFBUWFxgZGhscHR4f\n")
    same("log vkey", log.key.vkey, "log.example/bitacora/2026+266e2c92+AQOhB7/zzhC+HXDdGOdLwJln5NYwm6UNXx3chmQSVTG4")
    same("witness vkey", witness.vkey, "testigo.example/w1+8d281749+BCVDuS/xCVURR2rcg2nbbdyTNmWhGXjdoUBO4QZsqVWd")
    same("requester vkey", requester.vkey, "fgr.example/femdo/a.lopez+89446719+ARdFU7RW3d/GkI7KscEB/mqyHiuqBhd5W31DpjSCmT/V")
    zero = log.genesis([registrar], 600, accept=millis("2026-11-21T16:00:00.123Z"), at="2026-11-21T16:00:00.000Z")
    same("note 0", len(zero.note), 406)
    same("entry 0", len(zero.raw), 497)
    same("leaf 0", b64(zero.hash), "Fv38OdVzL7S4kmyHt3fSXD+3N5uPMlL7sdiizS50toU=")
    one = log.checkpoint()
    same("checkpoint 1", len(one), 197)
    same("signature of checkpoint 1", one.split(b"\n")[-2].split(b" ")[-1].decode(),
         "Jm4skv6uZtUDsTIzePUG6ms26v33rkRXt1e422gaSvlJBvK69TZCdS5wgs7I+v5xNpaLlq1kZobRA+vSVFq4cHh0VQo=")
    same("cosignature", cosign_line(log.checkpoint_text(), witness, 1795276801).decode(), DASH + " testigo.example/w1 "
         "jSgXSQAAAABrAcABLNNDEkcULe8d6SFnUJYOrNdK5RpBfutVgVYz/Jf+k15TiMp/W5H3MJjU/trWyC1yc621E+9z3ofKhdu2s8pmDw==\n")
    files = log.files()
    same("files", sorted(files), ["checkpoint", "tile/0/000.p/1", "tile/entries/000.p/1"])
    same("bundle", len(files["tile/entries/000.p/1"]), 499)
    first = log.enroll(registrar, requester, "requester", "mx.fgr", accept=millis("2026-11-21T16:00:01.500Z"),
                       at="2026-11-21T16:00:01.000Z", ident="0193a1b2-0000-7000-8000-000000000001")
    same("leaf 1", first.hash.hex(), "a071ab5c101d05493ced3a499a9723545de4b8019fd5e73a3115b503401f8fbf")
    same("root 2", b64(log.root()), "75Y8YaIfVCbxzdvO7qfkQdSer4jc2ervzRuQ8JvNz8I=")
    same("signature of checkpoint 2", log.checkpoint().split(b"\n")[-2].split(b" ")[-1].decode(),
         "Jm4skkomS1NpjG3go1Gn9LnTTJxDSja0aAXLj8Y1PGYPsI9ARZeNLYI67ET9owaStvK5G9bZadtIbl4TPojBbSNNhgw=")
    for n, want in ((0, "000"), (255, "255"), (1234, "x001/234"), (1234067, "x001/x234/067")):
        same("tile number", tile_number(n), want)
    for size, paths in ((256, ["tile/0/000", "tile/1/000.p/1", "tile/entries/000"]),
                        (257, ["tile/0/000", "tile/0/001.p/1", "tile/1/000.p/1", "tile/entries/000", "tile/entries/001.p/1"])):
        many = Log()
        many.rebuild([b"x"] * size)
        same("files at %d" % size, sorted(many.files())[1:], paths)


def main():
    parser = argparse.ArgumentParser()
    sub = parser.add_subparsers(dest="command", required=True)
    sub.add_parser("selftest")
    p = sub.add_parser("key")
    p.add_argument("name")
    p.add_argument("seed", help="64 hex digits")
    p = sub.add_parser("log")
    p.add_argument("outdir")
    p.add_argument("--size", type=int, default=40)
    p.add_argument("--skew", type=int)
    p.add_argument("--origin", default="bitacora.example/interop")
    a = parser.parse_args()
    if a.command == "selftest":
        selftest()
    elif a.command == "key":
        key = Key(a.name, bytes.fromhex(a.seed))
        sys.stdout.write(key.private_text() + key.vkey + "\n")
    else:
        sys.dont_write_bytecode = True
        import base_logs
        log = base_logs.base(a.size, a.skew, origin=a.origin)
        log.write(os.path.join(a.outdir, "mirror"))
        write_file(os.path.join(a.outdir, "policy"), policy_text(log.key).encode())
        for name, key in sorted({**base_logs.KEYS, "log": log.key}.items()):
            write_file(os.path.join(a.outdir, "keys", name + ".key"), key.private_text().encode())
            os.chmod(os.path.join(a.outdir, "keys", name + ".key"), 0o600)


if __name__ == "__main__":
    main()
