#!/usr/bin/python3
"""The vectors of tests/vectors/opening, written from docs/FORMATS.md section 17 and without libsodium: hashlib has BLAKE2b and SHA-512,
python3-cryptography has X25519, Poly1305 and Ed25519, and XSalsa20 is written out here.

    openings.py         prints tests/vectors/opening/good.txt
    openings.py check   compares it with the file that is there, and judges tests/vectors/disclosure as section 17.2 says (but for the
                        receipts: the first entry of each is believed)
"""
import base64
import hashlib
import json
import os
import struct
import sys

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.poly1305 import Poly1305
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

P = 2**255 - 19
VECTORS = os.path.join(os.path.dirname(__file__), "..", "vectors")


def raw(public):
    return public.public_bytes(Encoding.Raw, PublicFormat.Raw)


def blake2b(data, size, key=b""):
    return hashlib.blake2b(data, digest_size=size, key=key).digest()


# ---- XSalsa20, from Bernstein's specifications


def rotate(x, n):
    x &= 0xFFFFFFFF
    return x << n & 0xFFFFFFFF | x >> 32 - n


def rounds(x):
    """Salsa20's twenty rounds over 16 words."""
    x = list(x)
    for i in range(20):
        for k in range(4):
            # a column, then a row, from the diagonal on
            a, b, c, d = [(5 * k + 4 * n) % 16 if i % 2 == 0 else 4 * k + (k + n) % 4 for n in range(4)]
            x[b] ^= rotate(x[a] + x[d], 7)
            x[c] ^= rotate(x[b] + x[a], 9)
            x[d] ^= rotate(x[c] + x[b], 13)
            x[a] ^= rotate(x[d] + x[c], 18)
    return x


def state(key, block):
    s, k, b = struct.unpack("<4I", b"expand 32-byte k"), struct.unpack("<8I", key), struct.unpack("<4I", block)
    return (s[0], *k[:4], s[1], *b, s[2], *k[4:], s[3])


def hsalsa20(key, block):
    x = rounds(state(key, block))
    return struct.pack("<8I", *(x[i] for i in (0, 5, 10, 15, 6, 7, 8, 9)))


def xsalsa20(key, nonce, size):
    key = hsalsa20(key, nonce[:16])
    out = b""
    for counter in range((size + 63) // 64):
        before = state(key, nonce[16:] + struct.pack("<Q", counter))
        out += struct.pack("<16I", *((a + b) & 0xFFFFFFFF for a, b in zip(before, rounds(before))))
    return out[:size]


def crypto_box(plain, nonce, public, secret):
    """NaCl's: the tag, then the ciphertext."""
    shared = X25519PrivateKey.from_private_bytes(secret).exchange(X25519PublicKey.from_public_bytes(public))
    stream = xsalsa20(hsalsa20(shared, bytes(16)), nonce, 32 + len(plain))
    cipher = bytes(a ^ b for a, b in zip(plain, stream[32:]))
    return Poly1305.generate_tag(stream[:32], cipher) + cipher


# ---- section 17


def montgomery(ed25519_public):
    """u = (1 + y) / (1 - y)"""
    y = int.from_bytes(ed25519_public, "little") & ~(1 << 255)
    return ((1 + y) * pow(1 - y, P - 2, P) % P).to_bytes(32, "little")


def make(salt, kind, value, recipient):
    r = montgomery(recipient)
    commit = blake2b(b"bitacora/v1 subject\n" + kind + b"\n" + value, 32, salt)
    opening = (salt + bytes([len(kind)]) + kind + struct.pack(">H", len(value)) + value).ljust(512, b"\0")
    seed = blake2b(b"bitacora/v1 seal\n" + commit + r, 32, salt)
    d = hashlib.sha512(seed).digest()[:32]
    e = raw(X25519PrivateKey.from_private_bytes(d).public_key())
    blob = e + crypto_box(opening, blake2b(e + r, 24), r, d)
    return commit, opening, r, seed, e, blob, hashlib.sha256(blob).digest()


CASES = [  # seed of the recipient, salt, type, value
    (bytes(range(128, 160)), bytes(range(160, 192)), "curp", "GOMC850315HDFRRR07"),
    (bytes(range(128, 160)), bytes(range(160, 192)), "other", "GOMC850315HDFRRR07"),
    (bytes(range(128, 160)), bytes(32), "phone", "+525512345678"),
    (bytes(32), bytes([255] * 32), "rfc", "ÑUÑO010101ZZ6"),
    (bytes([7] * 32), bytes(range(1, 33)), "note", "niño desaparecido: localización urgente"),
    (bytes([8] * 32), bytes(range(2, 34)), "note", "x" * 448),
    (bytes([9] * 32), bytes(range(3, 35)), "t" * 29, "é" * 224),
    (bytes([10] * 32), bytes(range(4, 36)), "T" * 64, "y" * 413),
    (bytes([11] * 32), bytes(range(5, 37)), "x", "z"),
]


def vectors():
    lines = ["# Made by tests/interop/openings.py. seed and public key of the recipient, salt, type and value in hex, commit, opening, r,",
             "# seed of the ephemeral pair, e, blob, sealed"]
    for seed, salt, kind, value in CASES:
        public = raw(Ed25519PrivateKey.from_private_bytes(seed).public_key())
        kind, value = kind.encode(), value.encode()
        lines.append(" ".join(x.hex() for x in (seed, public, salt, kind, value, *make(salt, kind, value, public))))
    return "\n".join(lines) + "\n"


# ---- section 17.2


def entry_of(receipt):
    """The entry of a receipt: leaf hash, kind and members of its record."""
    extra = base64.b64decode(receipt.split("\n")[1].removeprefix("extra "))
    entry = extra[2 : 2 + int.from_bytes(extra[:2], "big")]
    kind, members = entry.split(b"\n")[5:7]
    return hashlib.sha256(b"\0" + entry).digest(), kind, json.loads(members)


def disclosed(d):
    """Type and value that a disclosure shows."""
    assert d["format"] == "bitacora/v1 opening" and set(d) == {"format", "member", "commit", "opening", "receipt", "to"}
    opening = base64.b64decode(d["opening"])
    salt, n = opening[:32], 33 + opening[32]
    kind, value = opening[33:n], opening[n + 2 : n + 2 + int.from_bytes(opening[n : n + 2], "big")]
    leaf, to_kind, enrolment = entry_of(d["to"])
    assert to_kind == b"bitacora/v1 enroll" and enrolment["role"] == "oversight"
    made = make(salt, kind, value, base64.b64decode(enrolment["vkey"].split("+", 2)[2])[1:])
    assert made[1] == opening and base64.b64encode(made[0]).decode() == d["commit"]
    items = entry_of(d["receipt"])[2]
    for name in d["member"].split("."):
        items = items[name]
    items = [i for i in (items if isinstance(items, list) else [items]) if i["commit"] == d["commit"]]
    assert items and all(i.get("type", "note") == kind.decode() for i in items)
    items = [i for i in items if base64.b64decode(i["to"]["hash"]) == leaf]
    assert items and all(base64.b64decode(i["sealed"]) == made[6] for i in items)
    return kind.decode(), value.decode()


def read(*path):
    with open(os.path.join(VECTORS, *path), encoding="utf-8") as f:
        return f.read()


if __name__ == "__main__":
    if sys.argv[1:] == ["check"]:
        assert read("opening", "good.txt") == vectors()
        assert disclosed(json.loads(read("disclosure", "good", "subject.txt"))) == ("phone", "+525512345678")
    else:
        sys.stdout.write(vectors())
