#!/usr/bin/env python3
"""Somebody who has all public bytes of logs and a list of people, and wants to know who is meant.

usage: attacker.py PEOPLE FOLDER...     PEOPLE: one "type value" a line; FOLDER: mirrors, receipts

Tries as salt every 32-byte value that stands anywhere in those files in base64 or raw at a tile's place,
and some that a careless writer might use; prints how many commitments it understood. Ends with 1 if it
named anybody."""
import base64
import hashlib
import os
import re
import sys


def commit(salt, kind, value):
    text = b"bitacora/v1 subject\n" + kind + b"\n" + value
    return hashlib.blake2b(text, digest_size=32, key=salt).digest()


def read_all(folders):
    for folder in folders:
        for path, _, names in os.walk(folder):
            for name in names:
                with open(os.path.join(path, name), "rb") as f:
                    yield f.read()


def main():
    with open(sys.argv[1], "rb") as f:
        people = [line.split(b" ", 1) for line in f.read().splitlines()]
    commits, salts = set(), {b"", bytes(32), b"\xff" * 32}
    for data in read_all(sys.argv[2:]):
        texts = [data]
        texts += [base64.b64decode(m) for m in re.findall(rb"^extra ([A-Za-z0-9+/=]+)$", data, re.M)]
        for text in texts:
            for match in re.findall(rb'"commit":"([A-Za-z0-9+/]{43}=)"', text):
                commits.add(base64.b64decode(match))
            for match in re.findall(rb"[A-Za-z0-9+/]{43}=", text):
                salts.add(base64.b64decode(match))
        if len(data) % 32 == 0:
            salts.update(data[i : i + 32] for i in range(0, len(data), 32))
    more = {hashlib.sha256(b).digest() for k, v in people for b in (v, k + v, k + b"\n" + v)}
    named = [
        (kind, value)
        for salt in salts | more
        for kind, value in people
        if commit(salt, kind, value) in commits
    ]
    print(f"{len(commits)} commits, {len(salts)} salts, {len(people)} people: {len(named)} named")
    if not commits or not people:
        return 2
    return 1 if named else 0


sys.exit(main())
