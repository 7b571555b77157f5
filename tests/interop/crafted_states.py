#!/usr/bin/env python3
"""Audit states and replay states that nobody honest wrote, with sums that are right: numbers, lengths and places at
random, and cut off. An audit that goes on from one must refuse it or answer; it must not crash, nor read where it may not.

usage: crafted_states.py COUNT SEED STATE COMMAND...   COMMAND is run with --state COPY behind it; exit 1 says which crashed
"""
import base64
import glob
import hashlib
import json
import os
import random
import re
import subprocess
import sys
import tempfile

AUDIT_SUM = 32


def craft_audit(rng, data):
    """Some bytes of an audit's file, eight at a time where its numbers are; the sum behind it is made again."""
    body = bytearray(data[:-AUDIT_SUM])
    if rng.random() < 0.15:
        body = body[: rng.randrange(len(body))]
    for _ in range(rng.choice((1, 1, 2, 5))):
        if not body:
            break
        at, width, times = rng.randrange(len(body)), rng.choice((1, 2, 4, 8)), rng.choice((1, 1, 2, 40))
        at -= at % width
        value = rng.choice((0, 1, 2, 0xFF, 0x7FFFFFFF, 0x80000000, 0xFFFFFFFF, 1 << 40, (1 << 63) - 1, (1 << 64) - 1,
                            rng.getrandbits(64), rng.getrandbits(16)))
        end = min(at + width * times, len(body))
        body[at:end] = ((value & ((1 << 8 * width) - 1)).to_bytes(width, "little") * times)[: end - at]
    return bytes(body) + hashlib.blake2b(bytes(body), digest_size=AUDIT_SUM).digest()


def craft_rows(path, data):
    """Each entry says that its request or warrant stands far outside: the one that is no matter of chance."""
    body, size = bytearray(data[:-AUDIT_SUM]), int(path.rsplit("-", 1)[1])
    rows = data.index(size.to_bytes(8, "little"), 512) + 8  # their number, behind the counts; 24 bytes each
    for i in range(size):
        body[rows + 24 * i + 12 : rows + 24 * i + 16] = b"\xf0\xff\xff\x7f"
    return bytes(body) + hashlib.blake2b(bytes(body), digest_size=AUDIT_SUM).digest()


def numbers(value, path=()):
    """The paths of all that can be changed in a JSON value."""
    if isinstance(value, dict):
        for key in value:
            yield from numbers(value[key], path + (key,))
    elif isinstance(value, list):
        for i in range(len(value)):
            yield from numbers(value[i], path + (i,))
    elif path:
        yield path


def craft_text(rng, text):
    raw = bytearray(base64.b64decode(text)) if re.fullmatch(r"[A-Za-z0-9+/]*=*", text) else None
    if not raw or rng.random() < 0.2:
        return rng.choice(("", "AAAA", text[: len(text) // 2], text + text))
    for _ in range(rng.choice((1, 3))):
        raw[rng.randrange(len(raw))] = rng.choice((0, 0x7F, 0xFF, rng.randrange(256)))
    return base64.b64encode(bytes(raw)).decode()


def craft_replay(rng, data):
    first, _, text = data.decode().split("\n", 2)
    state = json.loads(text)
    paths = [p for p in numbers(state) if p[0] != "checkpoint" and p[0] != "log"]
    for _ in range(rng.choice((1, 2, 4))):
        path = rng.choice(paths)
        at = state
        for step in path[:-1]:
            at = at[step]
        old = at[path[-1]]
        if isinstance(old, str):
            at[path[-1]] = craft_text(rng, old)
        else:
            at[path[-1]] = rng.choice((-1, 0, 1, 1 << 31, 1 << 32, (1 << 53), (1 << 63) - 1, -(1 << 63), None, True, []))
    line = json.dumps(state, separators=(",", ":"))
    if rng.random() < 0.1:
        line = line[: rng.randrange(len(line))]
    total = base64.b64encode(hashlib.sha256(line.encode()).digest()).decode()
    return f"{first}\n{total}\n{line}\n".encode()


def main():
    count, rng, path, command = int(sys.argv[1]), random.Random(int(sys.argv[2])), sys.argv[3], sys.argv[4:]
    beside = glob.glob(path + ".audit-*")
    tally, crashed = {}, []
    with open(path, "rb") as f:
        state = f.read()
    audit = None
    if beside:
        with open(beside[0], "rb") as f:
            audit = f.read()
    for i in range(count):
        with tempfile.TemporaryDirectory() as folder:
            copy = os.path.join(folder, "state")
            with open(copy, "wb") as f:
                f.write(craft_replay(rng, state) if audit is None else state)
            if audit is not None:
                with open(copy + beside[0][len(path) :], "wb") as f:
                    f.write(craft_rows(beside[0], audit) if i == 0 else craft_audit(rng, audit))
            done = subprocess.run(command + ["--state", copy], capture_output=True, check=False)
            tally[done.returncode] = tally.get(done.returncode, 0) + 1
            if done.returncode not in (0, 1, 2, 3, 4) or b"Sanitizer" in done.stderr or b"runtime error" in done.stderr:
                crashed.append(i)
    print(" ".join(f"exit {k}: {v}" for k, v in sorted(tally.items())))
    if crashed:
        print(f"crashed: {crashed}")
    return 1 if crashed else 0


if __name__ == "__main__":
    sys.exit(main())
