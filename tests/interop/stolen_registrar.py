#!/usr/bin/python3
"""A dishonest log whose registrar's key was stolen, found out and revoked. The thief goes on with it, and the operator lets
him: an oversight key of his own is enrolled, a ruleset with his own code is pinned. The revocation is left out of every
list of the service; tiles and receipts are those of the tree that was signed.

    stolen_registrar.py WORKDIR [--honest]     writes WORKDIR/{policy,official.key,thief,ruleset.json}, prints its port,
                                               serves until it is killed; WORKDIR/asked has a line for each PUT and POST

--honest: another oversight key, which the registrar that was left has enrolled, is in force, too."""
import http.server
import json
import os
import sys
import time
import urllib.parse

sys.dont_write_bytecode = True
from writer import Key, Log, b64, policy_text, sha256, tree_root, write_file

ORIGIN = "bitacora.example/stolen"
HIDDEN = set()  # entries that no list names


def path_to(leaves, index):
    out, low = [], 0
    while len(leaves) > 1:
        k = 1 << (len(leaves) - 1).bit_length() - 1
        if index - low < k:
            out.append(tree_root(leaves[k:]))
            leaves = leaves[:k]
        else:
            out.append(tree_root(leaves[:k]))
            low, leaves = low + k, leaves[k:]
    return out[::-1]


def under_of(raw):
    return json.loads(raw.split(b"\n\n", 1)[1].split(b"\n")[1]).get("under", {}).get("entry")


def receipt(log, index):
    leaves, at, extra = log.leaves(), index, b""
    while at is not None:
        raw = log.entries[at].raw
        extra += len(raw).to_bytes(2, "big") + raw
        if at != index:
            path = path_to(leaves, at)
            extra += bytes([len(path)]) + b"".join(path)
        at = under_of(raw)
    return ("c2sp.org/tlog-proof@v1\nextra %s\nindex %d\n" % (b64(extra), index)).encode() + b"".join(
        b64(h).encode() + b"\n" for h in path_to(leaves, index)) + b"\n" + log.checkpoint()


def story(work, honest):
    names = {n: Key(n) for n in ("stolen.example.mx", "kept.example.mx", "lopez.example.mx", "thief.example.mx", "vigila.example.mx")}
    stolen, kept, official, thief, vigila = names.values()
    start = time.strftime("%Y-%m-%dT%H:%M:%S.000Z", time.gmtime(time.time() - 3600))
    origin = ORIGIN + ("-both" if honest else "")
    log = Log(origin, start=start, key=Key(origin))
    log.genesis([stolen, kept])
    log.enroll(kept, official, "requester", "mx.fgr")
    if honest:
        log.enroll(kept, vigila, "oversight", "mx.vigilancia")
    HIDDEN.add(log.add("revoke", kept, {"vkey": stolen.vkey, "reason": "key_compromise"}).index)
    bad = log.enroll(stolen, thief, "oversight", "mx.ladron")
    with open(os.path.join(work, "ruleset.json"), "rb") as f:
        ruleset = f.read()
    said = json.loads(ruleset)
    log.add("ruleset", stolen, {"name": said["name"], "version": said["version"], "from": start, "sha256": b64(sha256(ruleset))})
    write_file(os.path.join(work, "official.key"), official.private_text().encode())
    os.chmod(os.path.join(work, "official.key"), 0o600)
    write_file(os.path.join(work, "thief"), b"%d\n" % bad.index)
    return log, ruleset


class Service(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    log, ruleset, work = None, b"", ""

    def log_message(self, *args):
        pass

    def answer(self, status, data, kind="application/octet-stream"):
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def found(self, query):
        """What it lists: all that mentions what is asked for, but what it hides."""
        asked = urllib.parse.parse_qs(query)
        after = int(asked.pop("after", ["-1"])[0])
        (name, (value, *_)), *_ = asked.items()
        out = []
        for e in self.log.entries:
            kind, line = e.raw.split(b"\n\n", 1)[1].split(b"\n")[:2]
            record = json.loads(line)
            kind = kind.split()[-1].decode()
            named = {"vkey": [record.get("vkey")] + record.get("registrars", []), "role": [record.get("role")], "kind": [kind],
                     "id": [record.get("id")]}.get(name, [])
            if value in named and e.index > after and e.index not in HIDDEN:
                out.append(e.index)
        return json.dumps({"size": len(self.log), "entries": out, "next": None}).encode()

    def do_GET(self):
        path, _, query = self.path.lstrip("/").partition("?")
        files = self.log.files()
        if path in files:
            self.answer(200, files[path], "text/plain; charset=utf-8" if path == "checkpoint" else "application/octet-stream")
        elif path == "v1/find":
            self.answer(200, self.found(query), "application/json")
        elif path.startswith("v1/receipts/") and path[12:].isdigit() and int(path[12:]) < len(self.log):
            self.answer(200, receipt(self.log, int(path[12:])), "text/plain; charset=utf-8")
        elif path == "v1/blobs/" + sha256(self.ruleset).hex():
            self.answer(200, self.ruleset)
        else:
            self.answer(404, b"")

    def take(self):
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        with open(os.path.join(self.work, "asked"), "a", encoding="utf-8") as f:
            f.write("%s %s\n" % (self.command, self.path))
        return body

    def do_PUT(self):
        self.take()
        self.answer(201, b"")

    def do_POST(self):
        entry = self.log.append_note(self.take(), accept=int(time.time() * 1000))
        self.answer(201, receipt(self.log, entry.index), "text/plain; charset=utf-8")


def main():
    work = sys.argv[1]
    Service.work = work
    Service.log, Service.ruleset = story(work, "--honest" in sys.argv)
    write_file(os.path.join(work, "asked"), b"")
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Service)
    url = "http://127.0.0.1:%d" % server.server_address[1]
    write_file(os.path.join(work, "policy"), policy_text(Service.log.key).replace("\n", " " + url + "\n", 1).encode())
    print(server.server_address[1], flush=True)
    server.serve_forever()


main()
