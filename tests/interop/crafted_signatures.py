"""Signatures and points that are wrong on purpose: curve arithmetic, only as much as that takes."""
import hashlib

# Curve arithmetic, only as much as crafting bad points and signatures takes

FIELD, ORDER = 2**255 - 19, 2**252 + 27742317777372353535851937790883648493
D = -121665 * pow(121666, -1, FIELD) % FIELD


def point_add(a, b):
    (x1, y1), (x2, y2) = a, b
    k = D * x1 * x2 * y1 * y2 % FIELD
    return ((x1 * y2 + x2 * y1) * pow(1 + k, -1, FIELD) % FIELD, (y1 * y2 + x1 * x2) * pow(1 - k, -1, FIELD) % FIELD)


def point_mul(n, a):
    out = (0, 1)
    while n:
        if n & 1:
            out = point_add(out, a)
        a, n = point_add(a, a), n >> 1
    return out


def encode(a):
    return (a[1] | (a[0] & 1) << 255).to_bytes(32, "little")


def decode(data):
    y = int.from_bytes(data, "little")
    sign, y = y >> 255, y & (2**255 - 1)
    u, v = (y * y - 1) % FIELD, (D * y * y + 1) % FIELD
    x = pow(u * pow(v, -1, FIELD), (FIELD + 3) // 8, FIELD)
    if (v * x * x - u) % FIELD:
        x = x * pow(2, (FIELD - 1) // 4, FIELD) % FIELD
    if (v * x * x - u) % FIELD:
        return None
    return (x if x & 1 == sign else FIELD - x, y)


BASEPOINT = decode((4 * pow(5, -1, FIELD) % FIELD).to_bytes(32, "little"))
TORSION = decode(bytes.fromhex("26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05"))        # of order 8


def secret_scalar(key):
    a = bytearray(hashlib.sha512(key.seed).digest()[:32])
    a[0] &= 248
    a[31] = a[31] & 127 | 64
    return int.from_bytes(a, "little")


def crafted(key, r, r_point):
    """A signature with the given R; S fits r, the logarithm of R's part in the prime-order subgroup."""
    def sign(text):
        head = encode(r_point)
        k = int.from_bytes(hashlib.sha512(head + key.public + text).digest(), "little") % ORDER
        return head + ((r + k * secret_scalar(key)) % ORDER).to_bytes(32, "little")
    return sign


def malleable(key):
    def sign(text):
        s = key.sign(text)
        return s[:32] + (int.from_bytes(s[32:], "little") + ORDER).to_bytes(32, "little")
    return sign


def flipped(key, bit=0):
    def sign(text):
        s = bytearray(key.sign(text))
        s[bit // 8] ^= 1 << bit % 8
        return bytes(s)
    return sign
