#!/usr/bin/python3
"""What the version of 2026-11-22 said about the corpus, and whether another one says it, too.

    judge.py record FOLDER OUTDIR        runs OUTDIR/items in FOLDER with $BIN/bitacora, writes OUTDIR/expect/GROUP.jsonl
    judge.py check FOLDER EXPECT…        runs all of these items in FOLDER with $BIN/bitacora; TAP

FOLDER holds the unpacked archives; nothing in it is written to: a --state is copied first, and a command runs in a folder of its own,
where the archives' names lead to FOLDER.

An item is one line: "name", "argv", "exit" (negative: the signal that it died of), and "says", all that was printed as JSON but for
words, which may change (a member of WORDS) and times of the day it ran. Another version may print more members, never other
values, and lists as long as they were. Where it is meant to differ, the item has one member more:

    "now": {"why": "…", "exit": 3, "says": […]}      what is said since, and why; without "says" the exit alone is compared

check wants what is said now; with BEFORE=1, what that version said: so its own programs can be judged, too.
"""
import concurrent.futures
import json
import os
import shutil
import subprocess
import sys
import tempfile

WORDS = {"detail", "text", "message", "statement", "words", "title", "headline", "help", "fullDescription", "shortDescription",
         "information_uri", "informationUri", "source", "meaning", "label", "note", "notes", "abbreviations", "fullName", "semanticVersion",
         "accepted"}


def without_words(value):
    if isinstance(value, dict):
        return {k: without_words(v) for k, v in value.items() if k not in WORDS}
    return [without_words(v) for v in value] if isinstance(value, list) else value


def values_of(text):
    """The JSON values in a text: one, or one a line."""
    out, at, decoder = [], 0, json.JSONDecoder()
    text = text.strip()
    while at < len(text):
        try:
            value, at = decoder.raw_decode(text, at)
        except ValueError:
            return out + ["no JSON"]
        out.append(without_words(value))
        while at < len(text) and text[at].isspace():
            at += 1
    return out


def differs(old, new, path=""):
    """Where new says something else than old, or None; members that old has not do not count."""
    if isinstance(old, dict) and isinstance(new, dict):
        for k, v in old.items():
            if k not in new:
                return "%s.%s is gone" % (path, k)
            where = differs(v, new[k], path + "." + k)
            if where:
                return where
        return None
    if isinstance(old, list) and isinstance(new, list):
        if len(old) != len(new):
            return "%s has %d items, not %d" % (path, len(new), len(old))
        for i, (a, b) in enumerate(zip(old, new)):
            where = differs(a, b, "%s[%d]" % (path, i))
            if where:
                return where
        return None
    return None if old == new and type(old) is type(new) else "%s is %s, not %s" % (path, json.dumps(new)[:80], json.dumps(old)[:80])


def private_state(folder, argv, own):
    """argv with a state of its own: programs write there."""
    if "--state" not in argv:
        return argv
    at = argv.index("--state") + 1
    base, name = os.path.split(os.path.join(folder, argv[at]))
    for f in os.listdir(base):
        if f == name or f.startswith(name + "."):
            shutil.copy(os.path.join(base, f), own)
    return argv[:at] + [os.path.join(own, name)] + argv[at + 1:]


def run(folder, item):
    with tempfile.TemporaryDirectory(dir=os.environ.get("TMPDIR")) as own:
        for name in os.listdir(folder):
            os.symlink(os.path.join(os.path.abspath(folder), name), os.path.join(own, name))
        argv = private_state(folder, item["argv"], own)
        # What a program keeps by default is kept here, and so is gone afterwards.
        env = {**os.environ, "XDG_STATE_HOME": own, "HOME": own}
        done = subprocess.run([os.path.abspath(os.path.join(os.environ["BIN"], "bitacora"))] + argv, cwd=own, env=env, stdin=subprocess.DEVNULL,
                              stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, timeout=300, check=False)
    return {"exit": done.returncode, "says": values_of(done.stdout.decode("utf-8", "replace"))}


def compared(expected, got):
    if expected["exit"] != got["exit"]:
        return "exit %d, not %d" % (got["exit"], expected["exit"])
    return differs(expected["says"], got["says"]) if "says" in expected else None


def verdict(item, got):
    """None, or how what is said differs from what is to be said."""
    return compared(item if os.environ.get("BEFORE") else item.get("now", item), got)


def all_of(folder, items):
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count() or 2) as pool:
        return list(zip(items, pool.map(lambda item: run(folder, item), items)))


def record(folder, out):
    with open(os.path.join(out, "items")) as f:
        items = [json.loads(line) for line in f]
    assert len({i["name"] for i in items}) == len(items), "a name twice"
    groups = {}
    for item, got in all_of(folder, items):
        groups.setdefault(item["name"].split("/")[0], []).append({**item, **got})
    os.makedirs(os.path.join(out, "expect"), exist_ok=True)
    for name, recorded in groups.items():
        with open(os.path.join(out, "expect", name + ".jsonl"), "w") as f:
            f.writelines(json.dumps(i, ensure_ascii=False, separators=(",", ":")) + "\n" for i in recorded)
    os.remove(os.path.join(out, "items"))


def check(folder, files):
    items = []
    for name in files:
        with open(name) as f:
            items += [json.loads(line) for line in f]
    failed = 0
    for n, (item, got) in enumerate(all_of(folder, items), 1):
        wrong = verdict(item, got)
        failed += wrong is not None
        print("%sok %d - %s%s" % ("not " if wrong else "", n, item["name"], ": " + wrong if wrong else ""))
    print("1..%d" % len(items))
    return 1 if failed or not items else 0


if __name__ == "__main__":
    if len(sys.argv) == 4 and sys.argv[1] == "record":
        record(sys.argv[2], sys.argv[3])
    elif len(sys.argv) >= 4 and sys.argv[1] == "check":
        sys.exit(check(sys.argv[2], sys.argv[3:]))
    else:
        sys.exit("usage: judge.py record FOLDER OUTDIR | check FOLDER EXPECT…")
