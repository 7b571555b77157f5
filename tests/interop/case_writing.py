"""How a case is written to its folder, with what a verifier must find."""
import json
import os

from base_logs import P, lie
from writer import b64, policy_text, write_file

OUT = None
NAMES = []


def begin(folder):
    """Cases are written to this folder from now on."""
    global OUT
    OUT = folder


def path(*names):
    return os.path.join(OUT, *names)


def case(name, log, code=None, entry=None, exit=None, why="", findings=..., files=None, edit=None, file=None, policy=None, more={}):
    """findings: ... means exactly [code, entry] (or none); None means that FORMATS does not tell all of them."""
    assert name not in NAMES, name
    NAMES.append(name)
    out = files if files is not None else log.files()
    if edit:
        edit(out)
    folder = path(name)
    log.write(os.path.join(folder, "mirror"), files=out)
    write_file(os.path.join(folder, "policy"), (policy or policy_text(log.key)).encode())
    if findings is ...:
        findings = [] if code is None else [[code, entry]]
    expect = {"exit": (0 if code is None else 1) if exit is None else exit, "code": code, "entry": entry, "file": file, "why": why}
    if findings is not None:
        expect["findings"] = sorted(findings, key=lambda f: (f[1] is not None, f[1], f[0]))
    expect.update(more)
    write_file(os.path.join(folder, "expect.json"), (json.dumps(expect, ensure_ascii=False) + "\n").encode())


def good(name, log, why="", **kw):
    n = len(log)
    case(name, log, why=why, more={"size": n, "root": b64(log.root()), "signatures": n}, **kw)


def each(name, code, items, why, start=P):
    """One log with a lie in many entries: items are functions that append one entry each."""
    log = lie(*items, at=start, size=start + len(items) + 4)
    case(name, log, code, start, why=why, findings=[[code, start + i] for i in range(len(items))])


def R(old, new):
    """An edit that must find what it replaces."""
    def edit(s):
        if isinstance(s, bytes):
            o, w = (x.encode() if isinstance(x, str) else x for x in (old, new))
        else:
            o, w = old, new
        assert o in s, (old, s)
        return s.replace(o, w, 1)
    return edit


def put(**values):
    return lambda members: members.update(values)
