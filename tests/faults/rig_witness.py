"""A witness that two clients ask: one tells the honest history of two logs, the other a second one. For sweep.py and crash.py."""
import concurrent.futures
import os
import shutil
import signal
import threading
import time

from programs import PATIENCE, Process, Trouble, answers, ask, await_port, free_port, program
import writer

FORK = 8                                     # leaves from here on are another history's
SIZES = (6, 8, 9, 12, 15, 20)
ORIGINS = ("one.example.mx/log", "two.example.mx/log")
BEGUN = 5                                    # what the witness has cosigned of the first log before a run


def leaf(i, history):
    return writer.leaf_hash(b"%d %s" % (i, history if i >= FORK else b""))


def consistency(m, leaves, whole=True):
    """RFC 6962, 2.1.2."""
    n = len(leaves)
    if m == n:
        return [] if whole else [writer.tree_root(leaves)]
    k = 1
    while 2 * k < n:
        k *= 2
    if m <= k:
        return consistency(m, leaves[:k], whole) + [writer.tree_root(leaves[k:])]
    return consistency(m - k, leaves[k:], False) + [writer.tree_root(leaves[:k])]


class Log:
    def __init__(self, origin):
        self.origin, self.key = origin, writer.Key(origin)

    def request(self, old, size, history):
        leaves = [leaf(i, history) for i in range(size)]
        proof = consistency(old, leaves) if 0 < old < size else []
        text = ("%s\n%d\n%s\n" % (self.origin, size, writer.b64(writer.tree_root(leaves)))).encode()
        lines = "old %d\n%s\n" % (old, "".join(writer.b64(h) + "\n" for h in proof))
        return lines.encode() + writer.sign_note(text, self.key)


class WitnessTemplate:
    """A witness that has cosigned one of its two logs."""

    def __init__(self, folder):
        self.again(folder, {})
        shutil.rmtree(folder, ignore_errors=True)
        os.makedirs(self.at("witness"))
        with open(os.open(self.at("witness.key"), os.O_WRONLY | os.O_CREAT, 0o600), "w") as f:
            f.write(self.key.private_text())
        with WitnessRig(self, folder) as r:
            r.start()
            r.grow(0, b"honest", (BEGUN,), time.monotonic() + PATIENCE)
            r.witness.end()

    def again(self, folder, known):
        """One that was made by an earlier run."""
        self.folder = folder
        self.key = writer.Key("w.example.mx", kind=writer.COSIGNATURE)
        self.logs = [Log(o) for o in ORIGINS]

    def known(self):
        return {}

    def at(self, name):
        return os.path.join(self.folder, name)


class WitnessRig:
    def __init__(self, template, folder, state=None):
        self.template, self.folder = template, folder
        self.state = state or os.path.join(folder, "witness")
        self.given = {}                                         # (log, history, size) -> a cosignature that somebody got
        self.port = free_port()
        self.witness = None
        self.cosigned = {(0, b"honest"): BEGUN}                 # (log, history) -> largest size that somebody has a cosignature of
        self.deaths, self.stuck, self.hopeless = [], False, False
        self.lock = threading.Lock()
        with open(self.at("policy"), "w") as f:
            f.write("".join("log %s\n" % log.key.vkey for log in template.logs) + "quorum none\n")

    def __enter__(self):
        return self

    def __exit__(self, *_):
        if self.witness and not self.witness.ended():
            self.witness.popen.kill()
            self.witness.popen.wait()

    def at(self, name):
        return os.path.join(self.folder, name)

    def start(self, preload=None):
        self.witness = Process([program("bitacora"), "witness", "--key", self.template.at("witness.key"), "--policy",
                                self.at("policy"), "--listen", "127.0.0.1:%d" % self.port, "--state", self.state],
                               self.at("witness.log"), preload=preload)
        return await_port(self.port, self.witness)

    def tail(self):
        with open(self.at("witness.log"), "rb") as f:
            return f.read()[-1500:].decode(errors="replace")

    def good(self, log, size, history, answer):
        """Is this the witness's cosignature of that tree?"""
        text = log.request(0, size, history).split(b"\n\n", 1)[1].split(b"\n\n")[0] + b"\n"
        for line in answer.splitlines():
            name, blob = line.decode().split(" ")[1:]
            raw = writer.base64.b64decode(blob)
            if name == self.template.key.name and raw[:4] == self.template.key.id:
                seconds = int.from_bytes(raw[4:12], "big")
                try:
                    self.template.key._private.public_key().verify(raw[12:], b"cosignature/v1\ntime %d\n" % seconds + text)
                    return True
                except Exception:
                    pass
        return False

    def grow(self, number, history, sizes, deadline):
        """Has one history cosigned, size after size. A witness that has another one refuses."""
        log, old = self.template.logs[number], 0
        for size in sizes:
            while old <= size:
                if time.monotonic() > deadline or self.hopeless:
                    raise Trouble("the witness did not answer well in %d s" % PATIENCE)
                status, body = ask(self.port, "POST", "/add-checkpoint", log.request(old, size, history))
                if status == 200:
                    if not self.good(log, size, history, body):
                        raise Trouble("200 without its cosignature: %s" % body[:300])
                    with self.lock:
                        self.given.setdefault((number, history, size), body)
                        self.cosigned[number, history] = max(size, self.cosigned.get((number, history), 0))
                    old = size
                    break
                if status == 409:
                    old = int(body)
                    if self.cosigned.get((number, history), 0) > old:
                        raise Trouble("it is at %d, and has cosigned more" % old)
                elif status == 422:
                    return                                      # it has the other history
                elif status not in (0, 503):
                    raise Trouble("add-checkpoint: %d %s" % (status, body[:300]))
                else:
                    time.sleep(0.02)

    def read(self):
        for _ in range(4):
            for log in self.template.logs:
                status, _ = ask(self.port, "GET", "/%s/checkpoint" % writer.sha256(log.origin.encode()).hex())
                if status not in (0, 200, 404, 503):
                    raise Trouble("GET checkpoint: %d" % status)
            ask(self.port, "GET", "/")

    def reload(self):
        if answers(self.port) and not self.witness.ended():  # before it listens it would end it
            self.witness.popen.send_signal(signal.SIGHUP)

    def watch(self, done):
        while not done.is_set():
            if self.witness.ended():
                self.deaths.append(self.witness.popen.returncode)
                if not self.start():
                    self.hopeless = True
                    raise Trouble("it does not start again: %s" % self.tail())
            done.wait(0.01)

    def load(self):
        deadline = time.monotonic() + PATIENCE
        done = threading.Event()
        work = [lambda: self.grow(0, b"honest", SIZES, deadline), lambda: self.grow(0, b"second", SIZES, deadline),
                lambda: self.grow(1, b"honest", SIZES, deadline), self.read, self.reload]
        with concurrent.futures.ThreadPoolExecutor(len(work) + 1) as pool:
            watcher = pool.submit(self.watch, done)
            futures = [pool.submit(w) for w in work]
            _, late = concurrent.futures.wait(futures, PATIENCE / 3)
            if late and not self.witness.ended():
                self.stuck = True
                self.witness.popen.kill()
            concurrent.futures.wait(futures)
            done.set()
            for f in [watcher] + futures:
                f.result()

    def conclude(self):
        """It has not gone back behind what somebody has, and has cosigned one history."""
        for number, log in enumerate(self.template.logs):
            most = {h: self.cosigned.get((number, h), 0) for h in (b"honest", b"second")}
            if min(most.values()) > FORK:
                raise Trouble("it cosigned two histories: %s" % most)
            largest = max(most.values())
            if not largest:
                continue
            status, body = ask(self.port, "POST", "/add-checkpoint", log.request(0, largest, max(most, key=most.get)))
            if status != 409 or int(body) < largest:
                raise Trouble("it cosigned size %d, and now says %d %s" % (largest, status, body[:100]))
        return len(self.cosigned)
