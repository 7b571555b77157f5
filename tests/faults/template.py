"""A log that is ready, of which each run has a copy."""
import base64
import hashlib
import json
import os
import shutil
import time
import uuid

from people import ORIGIN, SUBJECTS, WARRANT, People, about
from programs import program, run
import rig
import writer


class Template:
    """A log with signers, a warrant, two sealed subjects and a witness that knows it. A run begins with a copy."""
    KEY = writer.Key(ORIGIN)                                    # of a log whose key is elsewhere

    def __init__(self, folder, signed=False):
        """signed: a process of its own has the log's key."""
        self.again(folder, {"signed": signed, "vkey": self.KEY.vkey})
        shutil.rmtree(folder, ignore_errors=True)
        os.makedirs(folder)
        self.people.write(folder)
        with open(os.open(self.at("log.key"), os.O_WRONLY | os.O_CREAT, 0o600), "w") as f:
            f.write(self.KEY.private_text())
        init = [program("bitacorad"), "init", "--dir", self.at("data"), "--origin", ORIGIN, "--registrar",
                self.people.registrar.vkey]
        if not signed:
            self.vkey = run(init)[1].decode().strip()
        with rig.Rig(self, folder) as r:
            if signed:
                r.start_signer()
                run(init + ["--signer", r.at("sock")])
            r.start_witness()
            if not r.start_daemon():
                raise SystemExit("it does not start: %s" % r.tail("daemon.log"))
            self.fill(r)
            r.stop()
        self.entries = r.size_before
        self.blobs = sorted(os.listdir(self.at("data/blobs/kept")))

    def again(self, folder, known):
        """One that was made by an earlier run, of which this is known."""
        self.folder = folder
        self.people = People()
        vars(self).update(known)

    def known(self):
        return {name: getattr(self, name) for name in ("vkey", "refs", "sealed", "entries", "signed")}

    def at(self, name):
        return os.path.join(self.folder, name)

    def fill(self, r):
        p = self.people
        for key, role, authority in ((p.judge, "judge", "cjf.juzgado1"), (p.official, "requester", "mx.fgr"),
                                     (p.holder, "holder", "mx.telco"), (p.oversight, "oversight", "mx.vigilancia")):
            r.client("enroll", "--key", self.at("registrar.key"), "--vkey", key.vkey, "--role", role, "--authority",
                       authority, "--level", "federal")
        r.submit("judge", [WARRANT])
        r.submit("official", [about(s) for s in SUBJECTS[:2]])
        entries = r.entries()
        r.size_before = len(entries)
        self.refs = {}                                          # of the enrolment of each key
        for index, raw in enumerate(entries):
            text = raw.split(b"\n\n", 1)[1]
            record = json.loads(text.split(b"\n")[1])
            for vkey in record.get("registrars", []) + [record.get("vkey")]:
                if vkey:
                    self.refs.setdefault(vkey, {"entry": index, "hash": writer.b64(writer.leaf_hash(raw))})
            for subject in record.get("subjects", []):
                self.sealed = base64.b64decode(subject["sealed"])   # of the last one

    def leave_litter(self):
        """What an earlier process may have left: a blob that nobody named in time, copies and files that were being written."""
        blob = bytes(560)
        old = self.at("data/blobs/new/" + hashlib.sha256(blob).hexdigest())
        for path in (old, self.at("data/blobs/tmp/1"), self.at("data/witnessed.new-AbCdEf")):
            writer.write_file(path, blob)
        os.utime(old, (1_700_000_000, 1_700_000_000))

    def make_certificate(self):
        """Of 127.0.0.1, by itself."""
        run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "30",
             "-subj", "/CN=127.0.0.1", "-addext", "subjectAltName=IP:127.0.0.1", "-keyout", self.at("tls.crt-key"),
             "-out", self.at("tls.pem")])

    def token(self, key, method, path):
        """What a reader shows (INTERFACES, 17.4)."""
        now = int(time.time() * 1000)
        claim = {"origin": ORIGIN, "under": self.refs[key.vkey], "from": writer.when(now - 60_000),
                 "until": writer.when(now + 180_000), "method": method, "path": path}
        return writer.sign_note(("bitacora/v1 token\n%s\n" % json.dumps(claim)).encode(), key)

    def note(self, kind, key, members):
        """A record, signed now."""
        head = {"id": str(uuid.uuid4()), "at": writer.when(int(time.time() * 1000)), "under": self.refs[key.vkey], **members}
        return head["id"], writer.sign_note(("bitacora/v1 %s\n%s\n" % (kind, json.dumps(head, separators=(",", ":")))).encode(), key)


def copy_log(folder, to):
    """The log in a folder; what stands beside its data directory, too."""
    for name in os.listdir(folder):
        if name == "data":
            shutil.copytree(os.path.join(folder, name), os.path.join(to, name))
        elif name.startswith("data."):
            shutil.copy2(os.path.join(folder, name), to)
