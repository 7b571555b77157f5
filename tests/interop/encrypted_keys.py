#!/usr/bin/python3
"""Encrypted private keys (FORMATS section 2), written once more: Argon2id by the reference implementation (python3-argon2),
ChaCha20-Poly1305 by OpenSSL (python3-cryptography), HChaCha20 here, from draft-irtf-cfrg-xchacha-03.

    encrypted_keys.py vectors OUTDIR                files, and OUTDIR/expect.tsv: FILE, passphrase in hex, seed in hex or -, cause or -
    encrypted_keys.py open FILE PASSPHRASE          prints the private key as Go's sumdb/note writes it
    encrypted_keys.py seal FILE PASSPHRASE [MEMORY PASSES]   the other way: encrypts a private key of that form, to standard output
"""
import base64
import hashlib
import os
import re
import struct
import sys

from argon2.low_level import Type, hash_secret_raw
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

FIRST = b"bitacora/v1 encrypted-key"
WRONG = "wrong passphrase, or the file was altered"


def b64(data):
    return base64.b64encode(data)


def quarter(s, a, b, c, d):
    for x, y, z, n in ((a, b, d, 16), (c, d, b, 12), (a, b, d, 8), (c, d, b, 7)):
        s[x] = s[x] + s[y] & 0xFFFFFFFF
        s[z] ^= s[x]
        s[z] = (s[z] << n | s[z] >> 32 - n) & 0xFFFFFFFF


def hchacha20(key, nonce16):
    s = list(struct.unpack("<16I", b"expand 32-byte k" + key + nonce16))
    for _ in range(10):
        for a, b, c, d in ((0, 4, 8, 12), (1, 5, 9, 13), (2, 6, 10, 14), (3, 7, 11, 15),
                           (0, 5, 10, 15), (1, 6, 11, 12), (2, 7, 8, 13), (3, 4, 9, 14)):
            quarter(s, a, b, c, d)
    return struct.pack("<8I", *s[:4], *s[12:])


def xchacha(key, nonce):
    """The AEAD and the nonce of RFC 8439 that stand for a nonce of 24 bytes."""
    return ChaCha20Poly1305(hchacha20(key, nonce[:16])), bytes(4) + nonce[16:]


def derive(passphrase, salt, memory, passes, variant=Type.ID, lanes=1):
    return hash_secret_raw(passphrase, salt, time_cost=passes, memory_cost=memory, parallelism=lanes, hash_len=32, type=variant,
                           version=0x13)


def public(seed):
    return Ed25519PrivateKey.from_private_bytes(seed).public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)


def vkey_of(name, kind, key):
    return name + b"+" + hashlib.sha256(name + b"\n" + bytes([kind]) + key).hexdigest()[:8].encode() + b"+" + b64(bytes([kind]) + key)


def seal(seed, passphrase, salt, nonce, name=b"mx.telco.signer", kind=1, memory=8192, passes=1, **other):
    """The five lines. Any of them, and what is derived from them, can be overridden to be wrong."""
    cost = other.get("cost", b"argon2id %d %d " % (memory, passes) + other.get("salt64", b64(salt)))
    lines = [other.get("first", FIRST), other.get("vkey", vkey_of(name, kind, public(seed))), cost, other.get("nonce64", b64(nonce))]
    head = b"".join(line + b"\n" for line in lines)
    aead, short = xchacha(derive(passphrase, salt, memory, passes, other.get("variant", Type.ID), other.get("lanes", 1)), nonce)
    box = aead.encrypt(short, other.get("plain", seed), other.get("data", head))
    return head + b64(box) + b"\n"


def unseal(text, passphrase):
    """(name, kind, seed) of a good file; SystemExit with words for any other."""
    number = rb"(0|[1-9][0-9]*)"
    lines = re.fullmatch(rb"(bitacora/v1 encrypted-key\n([^\n+]+)\+([0-9a-f]{8})\+([^\n]{44})\nargon2id " + number + b" " + number +
                         rb" ([^\n]{24})\n([^\n]{32})\n)([^\n]{64})\n", text)
    if lines is None:
        sys.exit("not an encrypted key")
    head, name, _, typed, memory, passes, salt, nonce, box = lines.groups()
    typed, salt, nonce, box = (base64.b64decode(x, validate=True) for x in (typed, salt, nonce, box))
    if not 8192 <= int(memory) <= 1048576 or not 1 <= int(passes) <= 16:
        sys.exit("memory or passes")
    aead, short = xchacha(derive(passphrase, salt, int(memory), int(passes)), nonce)
    try:
        seed = aead.decrypt(short, box, head)
    except InvalidTag:
        sys.exit(WRONG)
    if vkey_of(name, typed[0], public(seed)) != head.split(b"\n")[1]:
        sys.exit("vkey")
    return name, typed[0], seed


def plain(name, kind, seed):
    """The private key as Go's sumdb/note has it."""
    ident = vkey_of(name, kind, public(seed)).split(b"+")[1]
    return b"PRIVATE+KEY+" + name + b"+" + ident + b"+" + b64(bytes([kind]) + seed) + b"\n"


# ---- vectors ---------------------------------------------------------------------------------------------------------------------------

class Vectors:
    """Files and their table; the same bytes every time."""

    def __init__(self, out):
        self.out, self.rows, self.n = out, [], 0
        for folder in "good", "bad":
            os.makedirs(os.path.join(out, folder), exist_ok=True)

    def take(self, what):
        """Bytes that look random."""
        return hashlib.sha256(b"encrypted_keys.py %s %d" % (what, self.n)).digest()

    def write(self, name, text, passphrase, seed, cause):
        with open(os.path.join(self.out, name), "wb") as f:
            f.write(text)
        self.rows.append("\t".join((name, passphrase.hex() or "-", seed.hex() if cause == "-" else "-", cause)))

    def case(self, title, cause="-", passphrase=b"correct horse battery staple", tried=None, change=None, **other):
        """tried: another passphrase than the one that it was made with; change: of the finished file."""
        self.n += 1
        seed, salt, nonce = self.take(b"seed"), self.take(b"salt")[:16], self.take(b"nonce")[:24]
        text = seal(seed, passphrase, salt, nonce, **other)
        if change is not None:
            text = change(text)
        folder = "good" if cause == "-" else "bad"
        self.write("%s/%s.txt" % (folder, title), text, passphrase if tried is None else tried, seed, cause)

    def done(self):
        with open(os.path.join(self.out, "expect.tsv"), "w") as f:
            f.write("# tests/interop/encrypted_keys.py writes this: file, passphrase in hex, seed in hex, cause\n")
            f.writelines(row + "\n" for row in self.rows)


def line(n, old, new):
    """Changes the line with that number, from 1."""
    def change(text):
        lines = text.split(b"\n")
        assert old in lines[n - 1]
        lines[n - 1] = lines[n - 1].replace(old, new, 1)
        return b"\n".join(lines)
    return change


def good(v):
    v.case("least")
    v.case("default", memory=262144, passes=3)
    v.case("odd-memory", memory=8195, passes=2)
    v.case("passes-16", passes=16)
    v.case("witness", kind=4, name=b"witness.example.org/w1")
    v.case("log", name=b"log.example.mx/2026")
    v.case("longest-name", kind=4, name=b"n" * 256)
    v.case("name-utf8", kind=4, name="testigo·ñandú".encode())
    v.case("passphrase-1", passphrase=b"x")
    v.case("passphrase-1024", passphrase=b"0123456789abcdef" * 64)
    v.case("passphrase-utf8", passphrase="contraseña más larga: águila 鷲 🦅".encode())
    v.case("passphrase-spaces", passphrase=b"  two at each end  ")
    v.case("passphrase-decomposed", passphrase="n\u0303".encode())


def bad_lines(v):
    first, third, fourth, fifth = "its first line", "its third line", "its fourth line", "its fifth line"
    lines, bounds = "it is not of five lines", "it asks for memory or passes out of bounds"
    v.case("version-2", first, first=b"bitacora/v2 encrypted-key")
    v.case("version-01", first, first=b"bitacora/v01 encrypted-key")
    v.case("first-line-space", first, first=FIRST + b" ")
    v.case("first-line-upper", first, first=b"Bitacora/v1 encrypted-key")
    v.case("cr-lf", first, change=lambda text: text.replace(b"\n", b"\r\n"))
    v.case("no-last-newline", lines, change=lambda text: text[:-1])
    v.case("byte-behind", lines, change=lambda text: text + b"x")
    v.case("empty-line-behind", lines, change=lambda text: text + b"\n")
    v.case("four-lines", lines, change=lambda text: b"".join(text.splitlines(True)[:4]))
    v.case("empty", lines, change=lambda text: b"")
    v.case("too-long", "too large", change=lambda text: text + b"x" * 480)
    v.case("memory-8191", bounds, memory=8191)
    v.case("memory-0", bounds, cost=b"argon2id 0 1 AAAAAAAAAAAAAAAAAAAAAA==")
    v.case("memory-1048577", bounds, cost=b"argon2id 1048577 1 AAAAAAAAAAAAAAAAAAAAAA==")
    v.case("memory-2-32-and-8192", bounds, cost=b"argon2id 4294975488 1 AAAAAAAAAAAAAAAAAAAAAA==")
    v.case("memory-2-63", third, cost=b"argon2id 9223372036854775808 1 AAAAAAAAAAAAAAAAAAAAAA==")
    v.case("memory-2-64-and-8192", third, cost=b"argon2id 18446744073709559808 1 AAAAAAAAAAAAAAAAAAAAAA==")
    v.case("memory-leading-zero", third, change=line(3, b"8192", b"08192"))
    v.case("memory-signed", third, change=line(3, b"8192", b"+8192"))
    v.case("memory-hex", third, change=line(3, b"8192", b"0x2000"))
    v.case("passes-0", bounds, change=line(3, b" 1 ", b" 0 "))
    v.case("passes-17", bounds, change=line(3, b" 1 ", b" 17 "))
    v.case("passes-2-32-and-1", bounds, change=line(3, b" 1 ", b" 4294967297 "))
    v.case("passes-missing", third, change=line(3, b" 1 ", b" "))
    v.case("word-more", third, change=line(3, b" 1 ", b" 1 1 "))
    v.case("two-spaces", third, change=line(3, b" 1 ", b"  1 "))
    v.case("tab", third, change=line(3, b" 1 ", b"\t1 "))
    v.case("argon2i", third, change=line(3, b"argon2id", b"argon2i"))
    v.case("salt-15", third, salt64=b64(bytes(15)))
    v.case("salt-17", third, salt64=b64(bytes(17)))
    v.case("salt-not-canonical", third, salt64=b"AAAAAAAAAAAAAAAAAAAAAB==")
    v.case("salt-unpadded", third, salt64=b"AAAAAAAAAAAAAAAAAAAAAA")
    v.case("salt-url", third, salt64=b"__________________AA==")
    v.case("nonce-12", fourth, nonce64=b64(bytes(12)))
    v.case("nonce-23", fourth, nonce64=b64(bytes(23)))
    v.case("nonce-25", fourth, nonce64=b64(bytes(25)))
    v.case("nonce-empty", fourth, nonce64=b"")
    v.case("box-47", fifth, plain=bytes(31))
    v.case("box-49", fifth, plain=bytes(33))
    v.case("box-64", fifth, plain=bytes(48))
    v.case("box-space", fifth, change=lambda text: text[:-1] + b" \n")


def bad_keys(v):
    other = public(bytes(32))
    v.case("vkey-id", "the id is not this key's", change=lambda text: re.sub(rb"\+[0-9a-f]{8}\+", b"+00000000+", text, count=1))
    v.case("vkey-type", "type is neither 0x01 nor 0x04", vkey=vkey_of(b"name", 6, other))
    v.case("vkey-point", "not a valid point", vkey=vkey_of(b"name", 1, bytes(32)))
    v.case("vkey-missing", "not NAME+ID+KEY", vkey=b"")
    v.case("vkey-private", "bad key id", vkey=plain(b"name", 1, bytes(32))[:-1])
    # Sealed by somebody who knows the passphrase: the tag is right.
    v.case("vkey-of-another", "its vkey is not that of the key in it", vkey=vkey_of(b"mx.telco.signer", 1, other))
    # Changed by somebody who does not.
    v.case("vkey-replaced", WRONG, change=lambda text: b"\n".join([FIRST, vkey_of(b"mx.telco.signer", 1, other)] + text.split(b"\n")[2:]))

    def renamed(text):
        lines = text.split(b"\n")
        key = base64.b64decode(lines[1].split(b"+", 2)[2])
        lines[1] = vkey_of(b"mx.telco.signer2", 1, key[1:])
        return b"\n".join(lines)
    v.case("renamed", WRONG, change=renamed)

    def retyped(text):
        lines = text.split(b"\n")
        key = base64.b64decode(lines[1].split(b"+", 2)[2])
        lines[1] = vkey_of(b"mx.telco.signer", 4, key[1:])
        return b"\n".join(lines)
    v.case("retyped", WRONG, change=retyped)
    v.case("memory-changed", WRONG, change=line(3, b"8192", b"8193"))
    v.case("passes-changed", WRONG, change=line(3, b" 1 ", b" 2 "))


def bad_passphrases(v):
    plain_text = "the passphrase is not UTF-8, or has a control character, such as CR at its end"
    v.case("wrong-passphrase", WRONG, tried=b"correct horse battery stapler")
    v.case("passphrase-shorter", WRONG, tried=b"correct horse battery stapl")
    v.case("passphrase-space-behind", WRONG, tried=b"correct horse battery staple ")
    v.case("passphrase-composed", WRONG, passphrase="n\u0303".encode(), tried="ñ".encode())
    v.case("passphrase-empty", "the passphrase is empty", passphrase=b"")
    v.case("passphrase-1025", "the passphrase is longer than 1,024 bytes", passphrase=b"x" * 1025)
    v.case("passphrase-bom", "the passphrase begins with a byte order mark", passphrase=b"\xef\xbb\xbfabc")
    v.case("passphrase-cr", plain_text, passphrase=b"abc\r")
    v.case("passphrase-nul", plain_text, passphrase=b"abc\0def")
    v.case("passphrase-latin1", plain_text, passphrase="contraseña".encode("latin-1"))
    v.case("passphrase-bidi", plain_text, passphrase="abc\u202edef".encode())
    v.case("passphrase-c1", plain_text, passphrase="abc\u0085".encode())


def bad_sealing(v):
    """What a program that misreads the page would write."""
    v.case("argon2i-in-truth", WRONG, variant=Type.I, passes=3)
    v.case("argon2d-in-truth", WRONG, variant=Type.D)
    v.case("four-lanes", WRONG, lanes=4)
    v.case("no-data", WRONG, data=b"")
    v.case("data-vkey-alone", WRONG, data=b"mx.telco.signer")

    def without_newline(v):
        v.n += 1
        seed, salt, nonce = v.take(b"seed"), v.take(b"salt")[:16], v.take(b"nonce")[:24]
        head = b"\n".join((FIRST, vkey_of(b"mx.telco.signer", 1, public(seed)), b"argon2id 8192 1 " + b64(salt), b64(nonce)))
        text = seal(seed, b"p", salt, nonce, data=head)
        v.write("bad/data-no-last-newline.txt", text, b"p", seed, WRONG)
    without_newline(v)


def main():
    if len(sys.argv) == 3 and sys.argv[1] == "vectors":
        v = Vectors(sys.argv[2])
        for part in good, bad_lines, bad_keys, bad_passphrases, bad_sealing:
            part(v)
        v.done()
    elif len(sys.argv) == 4 and sys.argv[1] == "open":
        with open(sys.argv[2], "rb") as f:
            sys.stdout.buffer.write(plain(*unseal(f.read(), os.fsencode(sys.argv[3]))))
    elif len(sys.argv) in (4, 6) and sys.argv[1] == "seal":
        with open(sys.argv[2], "rb") as f:
            name, _, typed = f.read().rstrip(b"\n").split(b"+", 2)[2].split(b"+", 2)
        typed = base64.b64decode(typed)
        memory, passes = (int(x) for x in sys.argv[4:]) if len(sys.argv) == 6 else (262144, 3)
        sys.stdout.buffer.write(seal(typed[1:], os.fsencode(sys.argv[3]), os.urandom(16), os.urandom(24), name, typed[0], memory, passes))
    else:
        sys.exit(__doc__)


if __name__ == "__main__":
    main()
