"""What sweep.py has fail: the daemon, the signer and the witness under load. A target's run() is one run in a folder of its own.
`preload` is what the process under test has in its environment (faults.h)."""
import os
import shutil
import signal
import time

from programs import Trouble
import rig
import rig_witness
from template import Template, copy_log


TEMPLATES = {}                                                  # folder -> Template: targets share them


def template_of(folder, signed):
    path = os.path.join(folder, "signed.template" if signed else "template")
    if path not in TEMPLATES:
        TEMPLATES[path] = Template(path, signed)
        TEMPLATES[path].leave_litter()
    return TEMPLATES[path]


class Daemon:
    name, signed, guarded, program = "daemon", False, False, "bitacorad"

    def __init__(self, folder):
        self.template = template_of(folder, self.signed)

    def fresh(self, folder, **how):
        copy_log(self.template.folder, folder)
        shutil.copytree(self.template.at("witness"), os.path.join(folder, "witness"))
        if self.signed:
            shutil.copytree(self.template.at("signer"), os.path.join(folder, "signer"))
        return rig.Rig(self.template, folder, enrolled=self.guarded, tls=self.guarded, **how)

    def start(self, r, preload):
        if self.signed:
            r.start_signer()
        r.start_daemon(preload)

    def process(self, r):
        """The one that has the fault."""
        return r.daemon

    def run(self, folder, preload, slow):
        """One run. Returns what is worth telling; Trouble is what must not be. slow: until it has tidied up once."""
        with self.fresh(folder) as r:
            begun = time.monotonic()
            r.start_witness()
            self.start(r, preload)
            r.load()
            if slow and not r.deaths:
                time.sleep(max(0.0, begun + 1.3 - time.monotonic()))
            told = finish(r, self.process(r))
            if self.signed and r.signer.ended() and not r.start_signer():
                raise Trouble("the signer does not start afterwards: %s" % r.tail("signer.log"))
            if not r.daemon.ended():
                r.daemon.end()
            r.fsck()
            r.again()
            r.conclude()
            if r.daemon.end() != 0:
                raise Trouble("it does not end well afterwards")
            r.fsck()
            r.written_down()
            r.stop()
            return told


class Guarded(Daemon):
    """The daemon of a log that enrolled keys alone read, over TLS. What it does as the other one does was tried there."""
    name, guarded = "guarded", True

    def __init__(self, folder):
        super().__init__(folder)
        self.template.make_certificate()


class Signed(Daemon):
    """The daemon of a log whose key another process has."""
    name, signed = "signed", True


class Signer(Signed):
    """That process."""
    name = "signer"

    def start(self, r, preload):
        if not r.start_signer(preload):
            r.deaths.append(r.signer.popen.returncode)
            if not r.start_signer():
                raise Trouble("the signer does not start again: %s" % r.tail("signer.log"))
        r.start_daemon()

    def process(self, r):
        return r.signer


class Witness:
    name, program = "witness", "bitacora"

    def __init__(self, folder):
        self.template = rig_witness.WitnessTemplate(os.path.join(folder, "witness.template"))

    def run(self, folder, preload, slow):
        shutil.copytree(self.template.at("witness"), os.path.join(folder, "witness"))
        with rig_witness.WitnessRig(self.template, folder) as r:
            r.start(preload)
            r.load()
            told = finish(r, r.witness)
            if not r.start():
                raise Trouble("it does not start afterwards: %s" % r.tail())
            r.conclude()
            if r.witness.end() != 0:
                raise Trouble("it does not end well afterwards")
            return told


# What a program says when it begins to end by itself.
ENDING = ("stopping: answering", "descriptor (above): ending")


def finish(r, process):
    """Ends the process that had the fault, if it is still there. A crash is trouble, whatever
    failed. One that was ending by itself may take our signal as the second one, which ends it at
    once, or when it listens to none any more."""
    status = process.end()
    r.deaths.append(status)
    for d in r.deaths:
        if d == -signal.SIGTERM and any(words in r.tail() for words in ENDING):
            continue
        if d < 0 and d != -signal.SIGKILL:
            raise Trouble("it ended by signal %d" % -d)
    return "stuck" if r.stuck else "exit %d" % r.deaths[0]
