#!/usr/bin/python3
"""What a decision of `bitacora gate` takes: GET /v1/gate with a ticket, its row synced before the answer.

usage: gate.py FOLDER DECISIONS [CONNECTIONS]

In a folder that is there and empty: a log, a request, a gate. One connection that stays open, one
question at a time; then CONNECTIONS (16) at once, each with a question under way. Prints `p50_us`,
`p99_us` and `per_s`, a number behind each. The programs are those in the folder that BIN names.
"""
import json
import os
import re
import selectors
import socket
import subprocess
import sys
import time
import urllib.request

FOLDER, DECISIONS = os.path.abspath(sys.argv[1]), int(sys.argv[2])
CONNECTIONS = int(sys.argv[3]) if len(sys.argv) > 3 else 16
BIN = os.path.abspath(os.environ["BIN"])
CLIENT, DAEMON = f"{BIN}/bitacora", f"{BIN}/bitacorad"
POLICY = ["--policy", f"{FOLDER}/policy"]
os.environ["XDG_STATE_HOME"] = FOLDER
os.chdir(FOLDER)
running = []


def run(*command, given=None):
    done = subprocess.run(command, input=given, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        sys.exit(f"{' '.join(command)}: {done.returncode}: {done.stderr}")
    return done.stdout.strip()


def serve(name, *command):
    """Starts a server; the address on which it listens."""
    with open(f"{name}.out", "w", encoding="utf-8") as out, open(f"{name}.err", "w", encoding="utf-8") as err:
        running.append(subprocess.Popen(command, stdout=out, stderr=err))
    while running[-1].poll() is None:
        with open(f"{name}.out", encoding="utf-8") as out:
            found = re.search(r"^listening on (\S+)$", out.read(), re.MULTILINE)
        if found:
            return found[1]
        time.sleep(0.01)
    with open(f"{name}.err", encoding="utf-8") as err:
        sys.exit(f"{name}: {err.read()}")


def enrol(name, role, authority):
    vkey = run(CLIENT, "keygen", name, "--out", f"{role}.key")
    run(CLIENT, "enroll", *POLICY, "--key", "registrar.key", "--vkey", vkey, "--role", role, "--authority", authority,
        "--level", "federal")


def submit(role, **record):
    run(CLIENT, "submit", *POLICY, "--key", f"{role}.key", "--without-private", "--receipts", "receipts", "-",
        given=json.dumps(record))


def make_log():
    registrar = run(CLIENT, "keygen", "registrar.example.mx", "--out", "registrar.key")
    vkey = run(DAEMON, "init", "--dir", "data", "--origin", "log.example.mx/bench", "--registrar", registrar)
    url = serve("daemon", DAEMON, "run", "--dir", "data", "--listen", "127.0.0.1:0")
    with open("policy", "w", encoding="utf-8") as policy:
        policy.write(f"log {vkey} {url}\nquorum none\n")
    enrol("judge.example.mx", "judge", "cjf.juzgado1")
    enrol("fgr.example.mx", "requester", "mx.fgr")
    enrol("telco.example.mx", "holder", "mx.telco")
    now = time.time()
    window = {"from": stamp(now - 86400), "until": stamp(now + 86400)}
    submit("judge", kind="warrant", ref="CJF-1/2026", matter="criminal", used_by=["mx.fgr"], categories=["subscriber"],
           holders=["mx.telco"], window=window)
    submit("requester", kind="request", authority="mx.fgr", function="prosecution", level="federal", holder="mx.telco",
           source="subscriber_db", categories=["subscriber"], basis="CNPP-303", warrant={"ref": "CJF-1/2026"},
           purpose={"code": "criminal_investigation"}, persons=1, case={"scheme": "FGR_CI", "number": "FED/1"})


def stamp(seconds):
    return time.strftime("%Y-%m-%dT%H:%M:%S.000Z", time.gmtime(seconds))


def is_ready(url):
    try:
        with urllib.request.urlopen(f"{url}/readyz"):
            return True
    except OSError:
        return False


def ticket_of(url):
    newest = max(os.listdir("receipts"), key=lambda name: int(name.split(".")[0]))
    note = run(CLIENT, "present", *POLICY, "--key", "requester.key", "--holder", "mx.telco", f"receipts/{newest}") + "\n"
    with urllib.request.urlopen(f"{url}/v1/gate/tickets", data=note.encode()) as answer:
        return answer.read().decode().strip()


def connect(url):
    host, port = url.removeprefix("http://").rsplit(":", 1)
    s = socket.create_connection((host, int(port)))
    s.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return s


def take(s, held):
    """Reads on until one answer, which has no body, is there; what was read behind it."""
    while b"\r\n\r\n" not in held:
        more = s.recv(65536)
        if not more:
            sys.exit("the gate has closed a connection")
        held += more
    head, _, rest = held.partition(b"\r\n\r\n")
    if not head.startswith(b"HTTP/1.1 204 "):
        sys.exit(head.decode())
    return rest


def one_at_a_time(url, question):
    took = []
    with connect(url) as s:
        held = b""
        for i in range(DECISIONS + 100):
            begun = time.perf_counter()
            s.sendall(question)
            held = take(s, held)
            if i >= 100:
                took.append(time.perf_counter() - begun)
    took.sort()
    print("p50_us", took[len(took) // 2] * 1e6)
    print("p99_us", took[len(took) * 99 // 100] * 1e6)


def many_at_once(url, question):
    ready = selectors.DefaultSelector()
    for _ in range(CONNECTIONS):
        s = connect(url)
        ready.register(s, selectors.EVENT_READ)
        s.sendall(question)
    begun, done = time.perf_counter(), 0
    while done < DECISIONS:
        for key, _ in ready.select():
            take(key.fileobj, b"")
            key.fileobj.sendall(question)
            done += 1
    print("per_s", done / (time.perf_counter() - begun))


try:
    make_log()
    GATE = serve("gate", CLIENT, "gate", *POLICY, "--key", "holder.key", "--listen", "127.0.0.1:0", "--state", "state")
    while not is_ready(GATE):
        time.sleep(0.05)
    QUESTION = f"GET /v1/gate HTTP/1.1\r\nHost: gate\r\nBitacora-Ticket: {ticket_of(GATE)}\r\n\r\n".encode()
    one_at_a_time(GATE, QUESTION)
    many_at_once(GATE, QUESTION)
finally:
    for server in running:
        server.terminate()
    for server in running:
        server.wait()
