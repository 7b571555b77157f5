#!/usr/bin/python3
"""Keys and signatures at the edges of Ed25519 (FORMATS section 2), by plain arithmetic: no library has a say in what is good.

    ed25519_edges.py vectors     tests/vectors/ed25519/edges/edges.txt
    ed25519_edges.py header      proto/tlog/signing_edges.h: those that programs try at their start
    ed25519_edges.py judge FILE  nothing, or the lines of another file of vectors whose verdict is another one
"""
import hashlib
import sys

P, L = 2**255 - 19, 2**252 + 27742317777372353535851937790883648493
D = -121665 * pow(121666, -1, P) % P
MESSAGE = b"bitacora"


def add(a, b):
    (x1, y1), (x2, y2) = a, b
    k = D * x1 * x2 * y1 * y2 % P
    return (x1 * y2 + x2 * y1) * pow(1 + k, -1, P) % P, (y1 * y2 + x1 * x2) * pow(1 - k, -1, P) % P


def mul(n, a):
    out = (0, 1)
    while n:
        if n & 1:
            out = add(out, a)
        a, n = add(a, a), n >> 1
    return out


def encode(a, more=0):
    """more: P, for an encoding that is not canonical."""
    return (a[1] + more | (a[0] & 1) << 255).to_bytes(32, "little")


def decode(data):
    """The point of a canonical encoding, or None."""
    y = int.from_bytes(data, "little")
    sign, y = y >> 255, y & 2**255 - 1
    if y >= P:
        return None
    xx = (y * y - 1) * pow(D * y * y + 1, -1, P) % P
    x = pow(xx, (P + 3) // 8, P)
    if (x * x - xx) % P:
        x = x * pow(2, (P - 1) // 4, P) % P
    if (x * x - xx) % P or (x == 0 and sign):
        return None
    return (x if x & 1 == sign else P - x), y


BASE = decode((4 * pow(5, -1, P) % P).to_bytes(32, "little"))
T8 = decode(bytes.fromhex("26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05"))
TORSION = [mul(n, T8) for n in range(8)]                              # of order 1, 8, 4, 8, 2, 8, 4, 8
SMALL_Y = {t[1] for t in TORSION}


def key_good(key):
    a = decode(key)
    return a is not None and a != (0, 1) and mul(L, a) == (0, 1)


def small(r):
    """Whether R is an encoding of a point of small order, canonical or not, whatever its sign bit."""
    return (int.from_bytes(r, "little") & 2**255 - 1) % P in SMALL_Y


def hash_of(r, key, message):
    return int.from_bytes(hashlib.sha512(r + key + message).digest(), "little") % L


def good(key, message, signature):
    """Section 2, to the letter."""
    r, s = signature[:32], int.from_bytes(signature[32:], "little")
    if not key_good(key) or s >= L or small(r):
        return False
    h = hash_of(r, key, message)
    minus = decode(key)
    minus = (P - minus[0]) % P, minus[1]
    return encode(add(mul(s, BASE), mul(h, minus))) == r


def scalar(seed):
    a = bytearray(hashlib.sha512(seed).digest()[:32])
    a[0] &= 248
    a[31] = a[31] & 127 | 64
    return int.from_bytes(a, "little")


A = scalar(bytes(range(32)))
KEY = encode(mul(A, BASE))


def sign(r, r_bytes, key=KEY, message=MESSAGE, more=0):
    """The S that fits r, the logarithm of R's part of order L; more is added to it."""
    return r_bytes + ((r + hash_of(r_bytes, key, message) * A) % L + more).to_bytes(32, "little")


def flip(signature, bit):
    out = bytearray(signature)
    out[bit // 8] ^= 1 << bit % 8
    return bytes(out)


def signatures():
    """(name, key, message, signature)"""
    r = 77
    R = mul(r, BASE)
    honest = sign(r, encode(R))
    yield "honest", KEY, MESSAGE, honest
    yield "a bit of R", KEY, MESSAGE, flip(honest, 3)
    yield "a bit of S", KEY, MESSAGE, flip(honest, 260)
    yield "another message", KEY, MESSAGE + b"!", honest
    yield "S + L", KEY, MESSAGE, sign(r, encode(R), more=L)
    yield "S + 2L", KEY, MESSAGE, sign(r, encode(R), more=2 * L)
    yield "S + 14L", KEY, MESSAGE, sign(r, encode(R), more=14 * L)
    for n in range(1, 8):
        yield "R of mixed order, %d" % n, KEY, MESSAGE, sign(r, encode(add(R, TORSION[n])))
    for n in range(8):
        t = TORSION[n]
        yield "R of small order, %d" % n, KEY, MESSAGE, sign(0, encode(t))
        if t[1] < 19:
            yield "R of small order, %d, not canonical" % n, KEY, MESSAGE, sign(0, encode(t, P))
        yield "R of small order, %d, other sign" % n, KEY, MESSAGE, sign(0, flip(encode(t), 255))
    for n in range(1, 8):                                              # the equation without a cofactor holds
        key = encode(add(mul(A, BASE), TORSION[n]))
        for i in range(1000):
            message = MESSAGE + b" %d" % i
            signature = sign(r, encode(R), key, message)
            if mul(hash_of(signature[:32], key, message), TORSION[n]) == (0, 1):
                break
        yield "key of mixed order, %d" % n, key, message, signature
    for n in range(8):
        key = encode(TORSION[n])
        for i in range(1000):
            message = MESSAGE + b" %d" % i
            signature = encode(R) + r.to_bytes(32, "little")
            if mul(hash_of(signature[:32], key, message), TORSION[n]) == (0, 1):
                break
        yield "key of small order, %d" % n, key, message, signature
    yield "key not canonical", encode((0, 1), P), MESSAGE, encode(R) + r.to_bytes(32, "little")
    yield "key not on the curve", (2).to_bytes(32, "little"), MESSAGE, honest


# One of each way in which libraries are known to differ.
TRIED = ["honest", "a bit of S", "S + L", "R of mixed order, 4", "R of mixed order, 1", "R of small order, 0", "R of small order, 4",
         "R of small order, 0, not canonical", "key of mixed order, 4", "key of mixed order, 1", "key of small order, 0"]


def literal(data):
    return "".join("\\x%02x" % b for b in data)


def header():
    print("/* Made by tests/interop/ed25519_edges.py: what programs try at their start. */")
    print("// clang-format off")
    print("static const struct {\n    const char *name;\n    bool good;\n    const char *key, *message, *signature;\n} edges[] = {")
    for name, key, message, signature in signatures():
        if name in TRIED:
            print('    { "%s", %s,\n      "%s",\n      "%s",' % (name, str(good(key, message, signature)).lower(), key.hex(), message.decode()))
            print('      "%s"\n      "%s" },' % (signature[:32].hex(), signature[32:].hex()))
    print("};\n// clang-format on")


def vectors():
    print("# verdict, public key, message, signature; what it is. Made by tests/interop/ed25519_edges.py.")
    for name, key, message, signature in signatures():
        print("# " + name)
        print("good" if good(key, message, signature) else "bad", key.hex(), message.hex(), signature.hex())


def judge():
    with open(sys.argv[2], encoding="utf-8") as f:
        for line in f:
            if line.startswith("#"):
                continue
            verdict, *fields = line.split()
            if good(*(bytes.fromhex(x.replace("-", "")) for x in fields)) != (verdict == "good"):
                print(line, end="")


if __name__ == "__main__":
    {"vectors": vectors, "header": header, "judge": judge}[sys.argv[1]]()
