#!/usr/bin/python3
"""The vectors of tests/vectors/opening, written from docs/FORMATS.md section 17 and without libsodium: hashlib has BLAKE2b and SHA-512,
python3-cryptography has X25519, Poly1305 and Ed25519, and XSalsa20 is written out here.

    openings.py         prints tests/vectors/opening/good.txt
    openings.py values  prints tests/vectors/identifier/values.txt
    openings.py check   compares both with the files that are there, and judges tests/vectors/disclosure as section 17.2 says (but for the
                        receipts: the first entry of each is believed)
"""
import base64
import hashlib
import json
import os
import re
import struct
import sys
import unicodedata

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


# ---- section 17.1, normalised values

ALPHABET = "0123456789ABCDEFGHIJKLMNÑOPQRSTUVWXYZ"
ENTITIES = "AS BC BS CC CH CL CM CS DF DG GR GT HG JC MC MN MS NE NL NT OC PL QR QT SL SP SR TC TL TS VZ YN ZS".split()
TRUNK_ZERO = ("20 27 31 32 33 36 40 41 43 44 46 49 51 54 55 57 58 60 61 62 63 64 66 81 82 84 86 90 91 92 93 94 95 98 "
              "212 213 233 234 243 249 251 254 255 256 260 261 263 264 353 355 358 359 374 380 381 382 385 386 387 389 421 "
              "591 593 595 598 855 856 880 886 961 962 963 964 966 967 970 971 972 977 994 995 996").split()


def upper(value):
    return "".join(c.upper() if c.isascii() or c == "ñ" else c for c in value)


def without(value, signs):
    return "".join(c for c in value if c not in signs)


def is_day(digits, *centuries):
    year, month, day = int(digits[:2]), int(digits[2:4]), int(digits[4:])
    for century in centuries:
        leap = (century + year) % 4 == 0 and (century + year) % 400 not in (100, 200, 300)
        if 1 <= month <= 12 and 1 <= day <= (31, 29 if leap else 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)[month - 1]:
            return True
    return False


def a_curp(v):
    v = upper(v)
    if not re.fullmatch("[A-Z][AEIOUX][A-Z]{2}[0-9]{6}[HMX][A-Z]{2}[B-DF-HJ-NP-TV-Z]{3}[0-9A-Z][0-9]", v):
        return None
    digit = (10 - sum(ALPHABET.index(c) * (18 - i) for i, c in enumerate(v[:17])) % 10) % 10
    good = v[17] == str(digit) and v[11:13] in ENTITIES and is_day(v[4:10], 1900 if v[16].isdigit() else 2000)
    return v if good and not v.startswith("XEXX010101") else None


def an_rfc(v):
    v = upper(v)
    good = re.fullmatch("[A-ZÑ&]{3,4}([0-9]{6})[A-Z0-9]{2}[A0-9]", v)
    return v if good and is_day(good[1], 1900, 2000) and v not in ("XAXX010101000", "XEXX010101000") else None


def a_phone(v):
    trunk = re.search(r"\( *0[0 ]*\)", v)
    if trunk:
        code = re.sub("[^0-9]", "", v[:trunk.start()])
        if not 1 <= len(code) <= 3 or code in ("39", "378", "379", "225", "229", "242") or trunk[0].count("0") != 1:
            return None
        v = v[:trunk.start()] + v[trunk.end():]
    v = without(v, " -.()")
    if not re.fullmatch(r"\+[1-9][0-9]{6,14}", v):
        return None
    if re.fullmatch(r"\+521[0-9]{10}", v):
        v = "+52" + v[4:]
    if v[1:3] == "52" and len(v) != 13 or v[1] in "17" and len(v) != 12:
        return None
    return None if any(v[1:1 + n] in TRUNK_ZERO and v[1 + n] == "0" for n in (2, 3)) else v


def an_imei(v):
    v = without(v, " -/")
    if not re.fullmatch("[0-9]{14,16}", v):
        return None
    twice = [int(c) << (len(v) - 1 - i & 1) for i, c in enumerate(v)]
    luhn = sum(n - 9 if n > 9 else n for n in twice) % 10 == 0
    return None if len(v) == 15 and v[14] != "0" and not luhn or set(v[:14]) == {"0"} else v[:14]


def an_imsi(v):
    v = without(v, " -")
    return v if re.fullmatch("[0-9]{14,15}", v) and set(v) != {"0"} else None


def an_account(v):
    v = without(v, " -")
    if not re.fullmatch("[0-9]{18}", v) or set(v) == {"0"}:
        return None
    return v if (10 - sum(int(c) * (3, 7, 1)[i % 3] for i, c in enumerate(v[:17])) % 10) % 10 == int(v[17]) else None


def an_email(v):
    v = v.lower()
    label = "[a-z0-9](?:[a-z0-9-]*[a-z0-9])?"
    return v if v.isascii() and re.fullmatch(r"[a-z0-9.!#$%&'*+/=?^_`{|}~-]+@" + label + r"(?:\." + label + ")*", v) and len(v) <= 254 else None


def a_plate(v):
    v = without(upper(v), " -")
    return v if re.fullmatch("[A-Z0-9]+", v) else None


def another(v):
    """The form of 5.5, as far as this Python's Unicode data go: that of the examples."""
    def seen(c):
        return unicodedata.category(c) not in ("Cc", "Cf", "Zl", "Zp", "Cn", "Cs", "Co") and (c == " " or not c.isspace()) and c not in "\u3164\u2800\ufffc"
    return v if unicodedata.normalize("NFC", v) == v and v.strip() == v and all(map(seen, v)) else None


FORMS = {"curp": a_curp, "rfc": an_rfc, "phone": a_phone, "imei": an_imei, "imsi": an_imsi, "account": an_account, "email": an_email,
         "plate": a_plate, "note": lambda v: v}


def normalised(kind, value):
    """The value that is committed to, or None: it is refused."""
    return FORMS.get(kind, another)(value) if 1 <= len(value.encode()) <= 448 else None


VALUES = [
    ("curp", "GOMC850315HDFRRR07 gomc850315hdfrrr07 GOMC850315HDFRRR08 GOMC850230HDFRRR03 GOMC000229HDFRRRA9 GOMC000229HDFRRR09 "
             "GOMC850315HXXRRR06 GOMC850315HNERRR03 GOÑC850315HDFRRR07 XEXX010101HNEXXXA4"),
    ("rfc", "GODE561231GR8 ñuño010101zz6 SAT970701NN3 SAT971301NN3 SAT970230NN3 XAXX010101000 XEXX010101000 AAA000229000"),
    ("imei", "490154203237518 490154203237510 4901542032375177 49-015420-323751-8 490154203237519 00000000000000"),
    ("imsi", "334-020000000001 00000000000000"),
    ("account", "032180000118359719 032180000118359718 000000000000000000"),
    ("email", "A.Lopez@Example.MX a@xn--espaa-rta.example a@españa.example a@b@c a@example.mx. <a@example.mx> mailto:a@example.mx \"a\"@example.mx "
              "a@example.mx, a(b)@example.mx a@example..mx a@-example.mx a@example-.mx a@.mx a@localhost o'brien+x_y@a-b.example A.@b"),
    ("plate", "ABC-123-D abc-123-d ABC.123 ñ-1 -"),
    ("other", "José Jose\u0301 A\u200b1 A\u00a01 A\u2800"),
]
SPACED = [
    ("phone", ["+525512345678", "+5215512345678", "+52 1 55 1234 5678", "+52 (55) 1234-5678", "+52 044 55 1234 5678", "+52 01 55 1234 5678",
               "+52 55 1234 567", "+52 155 123 4567", "+44 (0)20 7946 0223", "+44 ( 0 ) 20 7946 0223", "+44 20 7946 0223", "+44 020 7946 0223",
               "+44 20 (0)7946 0223", "+44 (00)20 7946 0223", "+39 06 1234 5678", "+39 (0)6 1234 5678", "+225 01 23 45 67 89", "5512345678",
               "+225 (0)1 23 45 67 89", "+353 (0)1 234 5678", "+353 01 234 5678", "+353 1 234 5678", "+58 0412 123 4567", "+36 06 1 234 5678",
               "+1 1 212 555 0123", "+1 212 555 0123", "+7 8 495 123 4567", "+7 812 123 4567", "+593 099 123 4567", "+9719"]),
    ("plate", ["ABC 123 D", "abc 123-d", "ABC\u00a0123"]), ("other", ["A 1", " A1", "A1 "]), ("note", [" as it is "]),
    ("account", ["032 180 00011835971 9"]), ("email", ["a b@example.mx"]),
]


def values():
    lines = ["# Made by tests/interop/openings.py: type; what is given, and what it becomes, in hex; - where it is refused"]
    for kind, given in [(kind, text.split(" ")) for kind, text in VALUES] + SPACED:
        for value in given:
            becomes = normalised(kind, value)
            lines.append("%s %s %s" % (kind, value.encode().hex(), "-" if becomes is None else becomes.encode().hex()))
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
        assert read("identifier", "values.txt") == values()
        assert disclosed(json.loads(read("disclosure", "good", "subject.txt"))) == ("phone", "+525512345678")
    else:
        sys.stdout.write(values() if sys.argv[1:] == ["values"] else vectors())
