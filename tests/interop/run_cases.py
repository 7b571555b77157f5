#!/usr/bin/python3
"""Replays every case that cases.py wrote, and compares what is said of it with its expect.json.

    run_cases.py BIN OUTDIR

BIN is the client. TAP on standard output; exit 1 if any case differs, or if there is none.
"""
import glob
import json
import os
import subprocess
import sys

# Findings that never are bad, whatever they are about.
UNDECIDED = {"version", "basis", "stale", "quorum", "clock", "missing", "unreadable", "busy"}


def pairs(findings):
    return sorted(findings, key=lambda f: (f[0], f[1] is not None, f[1]))


def show(found):
    words = ["%s@%s" % (code, "-" if entry is None else entry) for code, entry in found]
    return " ".join(words[:12] + ["…"] * (len(words) > 12)) or "nothing"


def differences(expect, status, said):
    """What is otherwise than expected, in a word each."""
    findings = said["findings"]
    got = pairs([[f["code"], f["entry"]] for f in findings])
    bad = [f["entry"] for f in findings if f["code"] not in UNDECIDED]
    code, entry = expect["code"], expect["entry"]
    known = [code, entry] in got or entry is None and code in [g[0] for g in got]
    wanted = expect.get("findings")
    wrong = {
        "exit": status != expect["exit"],
        "ok": said["ok"] is not (expect["exit"] == 0),
        "code": code is not None and not known,
        "first": expect["exit"] == 1 and entry is not None and bad[:1] != [entry],
        "findings": wanted is not None and pairs(wanted) != got,
    }
    for name in ("size", "root", "signatures"):
        wrong[name] = expect.get(name) is not None and expect[name] != said.get(name)
    return [name for name, is_wrong in wrong.items() if is_wrong]


def judge(client, folder):
    """A line if it is judged otherwise than expected."""
    with open(os.path.join(folder, "expect.json"), encoding="utf-8") as f:
        expect = json.load(f)
    argv = [client, "replay", "--policy", os.path.join(folder, "policy"), "--dir", os.path.join(folder, "mirror"), "--json"]
    done = subprocess.run(argv, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, check=False)
    try:
        said = json.loads(done.stdout)
    except ValueError:
        return "exit %d, and no JSON (%s)" % (done.returncode, expect["why"])
    wrong = differences(expect, done.returncode, said)
    if not wrong:
        return ""
    got = show(pairs([[f["code"], f["entry"]] for f in said["findings"]]))
    wanted = show(pairs(expect["findings"])) if expect.get("findings") is not None else "%s@%s" % (expect["code"], expect["entry"])
    return "%s: got exit %d, %s expected exit %d, %s (%s)" % (",".join(wrong), done.returncode, got, expect["exit"], wanted, expect["why"])


def main():
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    folders = sorted(os.path.dirname(f) for f in glob.glob(os.path.join(sys.argv[2], "*", "expect.json")))
    failed = 0
    for n, folder in enumerate(folders, 1):
        otherwise = judge(sys.argv[1], folder)
        failed += bool(otherwise)
        print("%sok %d - %s%s" % ("not " if otherwise else "", n, os.path.basename(folder), otherwise and ": " + otherwise))
    print("1..%d" % len(folders))
    sys.exit(0 if folders and not failed else 1)


if __name__ == "__main__":
    main()
