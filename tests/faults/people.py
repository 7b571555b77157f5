"""Who has keys in the log of tests/faults, and what they say."""
import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), "interop"))
import writer  # noqa: E402: found there

ORIGIN = "log.example.mx/faults"


class People:
    def __init__(self):
        self.registrar = writer.Key("registrar.example.mx")
        self.judge = writer.Key("judge.example.mx/j1")
        self.official = writer.Key("fgr.example.mx/a.lopez")
        self.holder = writer.Key("telco.example.mx/desk")
        self.oversight = writer.Key("vigila.example.mx")
        self.witness = writer.Key("w.example.mx", kind=writer.COSIGNATURE)

    def write(self, folder):
        for name, key in vars(self).items():
            path = os.path.join(folder, name + ".key")
            with open(os.open(path, os.O_WRONLY | os.O_CREAT, 0o600), "w") as f:
                f.write(key.private_text())


REQUEST = {"authority": "mx.fgr", "function": "prosecution", "level": "federal", "holder": "mx.telco", "source": "subscriber_db",
           "categories": ["subscriber"], "basis": "CNPP-303", "warrant": {"ref": "CJF-1/2026"},
           "purpose": {"code": "criminal_investigation"}, "persons": 1}
WARRANT = {"kind": "warrant", "ref": "CJF-1/2026", "matter": "criminal", "used_by": ["mx.fgr"],
           "categories": ["traffic_retained", "subscriber"], "holders": ["mx.telco"],
           "window": {"from": "2026-01-01T00:00:00.000Z", "until": "2099-01-01T00:00:00.000Z"}}
SUBJECTS = ["GOMC850315HDFRRR07", "MARP800101MDFRTR03", "BOXW310820HNERXN09"]


def about(curp):
    return dict(REQUEST, kind="request", subjects=[{"type": "curp", "value": curp}])
