#!/usr/bin/python3
"""The skeleton of a text (docs/FORMATS.md, 5.5), over the tables in proto/text/unicode_table.c: only the data is shared with the program.

    skeleton.py TEXT…     prints the skeleton of each
    skeleton.py check     the tables against this Python's own Unicode data, as far as both know a code point
"""
import os
import re
import sys
import unicodedata

TABLE = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "proto", "text", "unicode_table.c")
HIDDEN = ("I", "S")                                        # invisible, white space


def read_table():
    with open(TABLE, encoding="utf-8") as f:
        text = f.read()

    def body(name):
        return text.split(" %s[] = {" % name)[1].split("\n};")[0]

    def mapping(name):
        pool = [int(c, 16) for c in re.findall(r"0x[0-9A-F]+", body(name + "_pool"))]
        rows = re.findall(r"\{ (0x[0-9A-F]+), (\d+), (\d+) \}", body(name))
        return {int(c, 16): pool[int(at):int(at) + int(n)] for c, at, n in rows}

    def spread(name):
        return {c: value for first, last, value in re.findall(r"\{ (0x[0-9A-F]+), (0x[0-9A-F]+), (\w+) \}", body(name))
                for c in range(int(first, 16), int(last, 16) + 1)}
    return mapping("unicode_parts"), mapping("unicode_alike"), spread("unicode_classes"), spread("unicode_orders")


PARTS, ALIKE, CLASSES, ORDERS = read_table()


def decomposed(c):
    if 0xAC00 <= c <= 0xD7A3:
        n = c - 0xAC00
        return [0x1100 + n // 588, 0x1161 + n % 588 // 28] + ([0x11A7 + n % 28] if n % 28 else [])
    return PARTS.get(c, [c])


def nfd(text):
    out = []
    for c in (d for each in text for d in decomposed(ord(each))):
        at, order = len(out), int(ORDERS.get(c, 0))
        while order and at and int(ORDERS.get(out[at - 1], 0)) > order:
            at -= 1
        out.insert(at, c)
    return out


def hidden(c):
    return any(flag in CLASSES.get(c, "") for flag in HIDDEN)


def skeleton(text):
    return "".join(chr(d) for c in nfd(text) if not hidden(c) for d in ALIKE.get(c, [c]) if not hidden(d))


def check():
    """Normal form D and classes, of each code point that this Python's Unicode (an older one) assigns."""
    known = [c for c in range(0x110000) if unicodedata.category(chr(c)) not in ("Cn", "Cs", "Co")]
    assert len(known) > 130_000
    for c in known:
        want, category = [ord(d) for d in unicodedata.normalize("NFD", chr(c))], unicodedata.category(chr(c))
        assert nfd(chr(c)) == want, "NFD of U+%04X" % c
        flags = CLASSES.get(c, "")
        assert "U" not in flags, "U+%04X is assigned" % c
        assert ("M" in flags) == (category[0] == "M") and ("P" in flags) == (category[0] in "PS"), "class of U+%04X" % c
        assert category not in ("Cc", "Cf", "Zl", "Zp") or "I" in flags, "U+%04X cannot be seen" % c
        assert category != "Zs" or "S" in flags, "U+%04X is a space" % c
        assert int(ORDERS.get(c, 0)) == unicodedata.combining(chr(c)), "order of U+%04X" % c
    print("ok: %d code points" % len(known))


if __name__ == "__main__":
    if sys.argv[1:] == ["check"]:
        check()
    else:
        for each in sys.argv[1:]:
            print(skeleton(each))
