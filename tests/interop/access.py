#!/usr/bin/python3
"""Readers of a log that does not let everybody read, written from docs: tokens (INTERFACES 17.4), and the rows that an `access` entry
commits to (FORMATS 26).

    access.py ask URL ORIGIN KEYFILE METHOD PATH [KEY=VALUE...]
                    asks with a token, and prints the status; the body goes to standard output of `body=FILE`. The token says what
                    origin=, under= (JSON), from=, until= (seconds from now), method=, path= say instead of what is right
    access.py rows ENTRY_FILE ROWS_FILE
                    ENTRY_FILE holds the object of an `access` record, ROWS_FILE the rows as text: prints them as JSON Lines, exit 0;
                    or says why they are not those, exit 1
    access.py loop URL ORIGIN KEYFILE PATH FILE
                    reads PATH again and again until FILE.stop is there; FILE gets a line with the hash of each token that was answered
                    with 200
"""
import base64
import http.client
import json
import os
import re
import sys
import time
import urllib.error
import urllib.parse
import urllib.request

from writer import Key, b64, leaf_hash, sha256, sign_note, tree_root, when

NAME = re.compile(r"[a-z0-9][a-z0-9._/-]*")


def read_key(path):
    with open(path, encoding="ascii") as f:
        name, _, private = f.read().strip()[len("PRIVATE+KEY+"):].split("+", 2)
    return Key(name, base64.b64decode(private)[1:])


# ---- tokens


def request(url, method, path, headers):
    try:
        with urllib.request.urlopen(urllib.request.Request(url + path, method=method, headers=headers), timeout=300) as answer:
            return answer.status, answer.read(), answer.headers
    except urllib.error.HTTPError as e:
        return e.code, e.read(), e.headers


def tile_path(index, size):
    n, rest = divmod(index, 256)
    path = "%03d" % (n % 1000)
    while n >= 1000:
        n //= 1000
        path = "x%03d/%s" % (n % 1000, path)
    width = min(256, size - 256 * (index // 256))
    return "/tile/0/" + path + ("" if width == 256 else ".p/%d" % width), rest


def enrolment(url, key):
    """Where a key is enrolled, from what is open to everybody."""
    status, body, _ = request(url, "GET", "/v1/find?vkey=" + urllib.parse.quote(key.vkey, safe=""), {})
    assert status == 200, (status, body)
    found = json.loads(body)
    index = found["entries"][0]
    path, at = tile_path(index, found["size"])
    status, tile, _ = request(url, "GET", path, {})
    assert status == 200, (status, tile)
    return {"entry": index, "hash": b64(tile[32 * at:32 * at + 32])}


def token(url, origin, key, method, path, changes):
    now = int(time.time() * 1000)
    claim = {"origin": changes.get("origin", origin), "under": json.loads(changes["under"]) if "under" in changes else enrolment(url, key),
             "from": when(now + int(float(changes.get("from", -60)) * 1000)),
             "until": when(now + int(float(changes.get("until", 180)) * 1000)),
             "method": changes.get("method", "GET" if method == "HEAD" else method), "path": changes.get("path", path)}
    return sign_note(("bitacora/v1 token\n%s\n" % json.dumps(claim)).encode(), key)


def ask(url, origin, key_file, method, path, *changes):
    changes = dict(c.split("=", 1) for c in changes)
    note = token(url, origin, read_key(key_file), method, path, changes)
    status, body, headers = request(url, method, path, {"Authorization": "Bearer " + b64(note)})
    if "body" in changes:
        with open(changes["body"], "wb") as f:
            f.write(body)
    print(status, headers.get("Cache-Control"), b64(sha256(note)))


def loop(url, origin, key_file, path, out):
    key = read_key(key_file)
    changes = {"under": json.dumps(enrolment(url, key))}
    n = 0
    with open(out, "a", encoding="ascii") as f:
        while not os.path.exists(out + ".stop"):
            n += 1
            target = "%s%d" % (path, n)
            note = token(url, origin, key, "GET", target, changes)
            try:
                status = request(url, "GET", target, {"Authorization": "Bearer " + b64(note)})[0]
            except (OSError, http.client.HTTPException):
                time.sleep(0.02)
                continue
            if status == 200:
                f.write(b64(sha256(note)) + "\n")
                f.flush()
            elif status not in (503, 504, 507):
                sys.exit("HTTP %d" % status)


# ---- rows


class Wrong(Exception):
    pass


def need(good, what):
    if not good:
        raise Wrong(what)


def unique(pairs):
    need(len(dict(pairs)) == len(pairs), "a member twice")
    return dict(pairs)


def base64_32(text):
    need(isinstance(text, str) and re.fullmatch(r"[A-Za-z0-9+/]{43}=", text) is not None, "no hash")
    raw = base64.b64decode(text)
    need(b64(raw) == text, "no canonical base64")
    return raw


def judge_row(text):
    need(len(text) <= 4096, "too long")
    row = json.loads(text, object_pairs_hook=unique)
    need(isinstance(row, dict) and set(row) == {"at", "reader", "under", "method", "path", "token"}, "members")
    need(isinstance(row["under"], dict) and set(row["under"]) == {"entry", "hash"}, "under")
    need(type(row["under"]["entry"]) is int and 0 <= row["under"]["entry"] < 2**53, "under")
    base64_32(row["under"]["hash"])
    base64_32(row["token"])
    need(isinstance(row["reader"], str) and NAME.fullmatch(row["reader"]) is not None and len(row["reader"]) <= 128, "reader")
    need(row["method"] in ("GET", "HEAD"), "method")
    need(isinstance(row["path"], str) and re.fullmatch(r'/[!#-\[\]-~]*', row["path"]) is not None and len(row["path"]) <= 2048, "path")
    need(re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", row["at"]) is not None, "at")
    return row


def judge_rows(entry, text):
    """The rows, if they are those that the record of an entry commits to."""
    need(entry["version"] == 1, "version")
    need(text == b"" or text.endswith(b"\n"), "cut off")
    out, leaves, last = [], [], entry["interval"]["from"]
    for line in text.split(b"\n")[:-1]:
        need(len(line) > 90 and line[44:45] == b" " and line[89:90] == b" ", "the line")
        leaf, salt, row = base64_32(line[:44].decode()), base64_32(line[45:89].decode()), line[90:]
        need(leaf == leaf_hash(salt + row), "leaf hash")
        out.append(judge_row(row))
        need(last <= out[-1]["at"] < entry["interval"]["until"], "at")
        last = out[-1]["at"]
        leaves.append(leaf)
    need(len(leaves) == entry["count"], "count")
    need((tree_root(leaves) if leaves else sha256(b"")) == base64_32(entry["root"]), "root")
    return out


def rows(entry_file, rows_file):
    with open(entry_file, "rb") as f:
        entry = json.load(f)
    with open(rows_file, "rb") as f:
        text = f.read()
    try:
        for row in judge_rows(entry, text):
            print(json.dumps(row))
    except (Wrong, ValueError) as e:
        print(e, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    commands = {"ask": ask, "rows": rows, "loop": loop}
    if len(sys.argv) < 2 or sys.argv[1] not in commands:
        sys.exit(__doc__)
    sys.exit(commands[sys.argv[1]](*sys.argv[2:]))
