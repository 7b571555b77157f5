"""What sweep.py has fail, too: commands of an operator that run once. A command that fails, or is killed, leaves a log that goes on,
and can be given again."""
import glob
import os
import shutil
import signal
import threading
import time

from programs import PATIENCE, Trouble, program, run
import rig
from targets import Daemon
from template import Template
import writer


class Once(Daemon):
    """A command, with a fault, on a copy of a log that no witness knows of."""
    arguments = []

    def command(self, folder, preload=None, good=(0,), arguments=None):
        """Runs it. Returns (exit status, what it printed)."""
        put = {"FOLDER": folder, "TEMPLATE": self.template.folder}
        argv = [program("bitacorad")]
        for a in arguments or self.arguments:
            for word, path in put.items():
                a = a.replace(word, path)
            argv.append(a)
        status, out, err = run(argv, good=good if preload is None else None, preload=preload)
        if status < 0 and status != -signal.SIGKILL:
            raise Trouble("it ended by signal %d: %s" % (-status, err[-500:]))
        return status, out.decode()

    def run(self, folder, preload, slow):
        with self.fresh(folder, witnessed=False) as r:
            return "exit %d" % self.tried(r, preload)

    @staticmethod
    def goes_on(r):
        """The log serves, takes a record, is sound, and ends well."""
        r.again()
        r.post_some(1, time.monotonic() + PATIENCE)
        r.once_each()
        r.conclude()
        if r.daemon.end() != 0:
            raise Trouble("it does not end well afterwards")
        r.fsck()


class Init(Once):
    """A new log. What is there of it after a failure does not run, or is whole."""
    name = "init"
    arguments = ["init", "--dir", "FOLDER/new", "--origin", "log.example.mx/new", "--registrar", "REGISTRAR"]

    def __init__(self, folder):
        super().__init__(folder)
        self.arguments = [a.replace("REGISTRAR", self.template.people.registrar.vkey) for a in self.arguments]

    def tried(self, r, preload):
        status, _ = self.command(r.folder, preload)
        starts = r.starts_and_ends(r.at("new"))
        if status == 0 and not starts:
            raise Trouble("a new log does not start")
        if not starts:
            shutil.rmtree(r.at("new"), ignore_errors=True)
            for mark in glob.glob(r.at("new.*")):
                os.unlink(mark)
            self.command(r.folder)
        run([program("bitacorad"), "fsck", "--dir", r.at("new")])
        return status


class Backup(Once):
    """A backup while records come. One that is there is whole, and has all that was acknowledged before it began."""
    name = "backup"
    arguments = ["backup", "--dir", "FOLDER/data", "--to", "FOLDER/copy", "--json"]

    def tried(self, r, preload):
        r.again()
        deadline = time.monotonic() + PATIENCE
        r.post_some(2, deadline)
        before = r.template.entries + 2
        load = threading.Thread(target=r.respond_some, args=(3, deadline))
        load.start()
        status, _ = self.command(r.folder, preload)
        load.join()
        if not os.path.exists(r.at("copy")):
            if status == 0:
                raise Trouble("exit 0, and there is no backup")
            self.command(r.folder)
        if r.daemon.ended():
            raise Trouble("it ends the daemon")
        r.daemon.end()
        self.goes_on(r)
        self.command(r.folder, arguments=["restore", "--from", "FOLDER/copy", "--dir", "FOLDER/restored"])
        r.fsck(folder=r.at("restored"), least=before)
        return status


class Restore(Once):
    """A log out of a backup, which may go on. After a failure the same command makes it whole; or it is whole, and
    what is left to do is to show that nothing newer was signed."""
    name = "restore"
    arguments = ["restore", "--from", "TEMPLATE/copy", "--dir", "FOLDER/restored", "--newest", "TEMPLATE/newest"]

    def __init__(self, folder):
        self.template = Template(os.path.join(folder, "restore.template"))      # its own: a daemon runs on it once more
        os.makedirs(self.template.at("run"))
        with rig.Rig(self.template, self.template.at("run"), data=self.template.at("data"), witnessed=False) as r:
            r.again()
            writer.write_file(self.template.at("newest"), r.ask("GET", "/checkpoint")[1])
            r.stop()
        self.command("", arguments=["backup", "--dir", "TEMPLATE/data", "--to", "TEMPLATE/copy"])

    def tried(self, r, preload):
        status, _ = self.command(r.folder, preload)
        restored = r.at("restored")
        if status != 0 and self.command(r.folder, good=(0, 2))[0] == 2 and not os.path.exists(restored + ".mark"):
            self.command(r.folder, arguments=["restore", "--dir", "FOLDER/restored", "--newest", "TEMPLATE/newest"])
        shutil.copy2(self.template.at("data/log.key"), restored)
        if not r.starts_and_ends(restored):
            raise Trouble("what was restored does not start: %s" % r.tail("other.log"))
        r.fsck(folder=restored, least=self.template.entries)
        return status


class Rotate(Once):
    """Another key. Whichever signs after a failure, policies know it; and it can be given again."""
    name = "rotate"
    arguments = ["rotate", "--dir", "FOLDER/data"]

    def tried(self, r, preload):
        status, _ = self.command(r.folder, preload)
        r.keys_of_log()
        self.goes_on(r)
        last = self.command(r.folder)[1].strip()
        if r.keys_of_log()[-1] != last:
            raise Trouble("%s is not the last of log.keys" % last)
        self.goes_on(r)
        return status


class Freeze(Once):
    """The end of a log, under its quorum. It comes whole or not at all, and once."""
    name = "freeze"
    arguments = ["freeze", "--dir", "FOLDER/data", "--policy", "FOLDER/policy"]

    def run(self, folder, preload, slow):
        with self.fresh(folder) as r:
            r.start_witness()
            status, _ = self.command(r.folder, preload)
            again, _ = self.command(r.folder, good=(0, 2))
            if status == 0 and again == 0:
                raise Trouble("the log ends twice")
            r.again()
            r.until_taken(time.monotonic() + PATIENCE, lambda: r.ask("GET", "/v1/receipts/%d?wait=witnessed" % r.template.entries)[0] == 200)
            _, out, _ = r.client("replay", "--json")
            if b'"frozen":{"entry":%d' % r.template.entries not in out:
                raise Trouble("it has not ended: %s" % out[-500:])
            if r.daemon.end() != 0:
                raise Trouble("it does not end well afterwards")
            r.fsck()
            r.stop()
            return "exit %d" % status
