#!/usr/bin/python3
"""libbitacora from Python, through ctypes: nothing to compile, nothing but the standard library.

    bitacora.py verify POLICY RECEIPT
    bitacora.py submit POLICY KEY KIND MEMBERS RECEIPT
    bitacora.py present POLICY KEY HOLDER RECEIPT
    bitacora.py decide POLICY HOLDER RECEIPT PRESENTATION FOLDER-OR-URL [--require-warrant]
    bitacora.py decide POLICY HOLDER RECEIPT PRESENTATION [--receipt-alone]
    bitacora.py replay POLICY FOLDER-OR-URL [STATE [NEW-STATE [STOP-AFTER]]]

verify   what a receipt proves, offline
submit   signs a record, sends it, verifies the receipt, writes it to the file RECEIPT
present  signs a presentation of a request for a data holder, to standard output
decide   whether that holder's gate lets in whoever shows receipt and presentation, by what the log
         says since: revocations, ratifications, warrants and their closing, as `bitacora gate`
         decides; --require-warrant: only under a warrant that the log holds. It prints what may go
         out: the categories "given", of the person "person", from "from" until "until" (not
         included; null: no limit). Is "person" null, no person's row may go out. Without the log
         these are not judged: the exit status is 3, or 0 for who says --receipt-alone
replay   the whole log, from a mirror folder or from its URL; from the STATE of an earlier run, into
         a NEW-STATE, and stopped after so many entries ("-": none)

As a module: Library(POLICY-BYTES) loads it; its methods raise Refused, whose findings have stable
codes. Exit status: 0 proven, 1 bad, 2 usage, 3 not decided. The library is looked for where the
loader looks; BITACORA_LIBRARY names another file. docs/LIBRARY.md and bitacora.h say what each
function does.
"""
import ctypes
import ctypes.util
import datetime
import json
import os
import sys
import time
import urllib.error
import urllib.parse
import urllib.request

PROVEN, BAD, USAGE, UNDECIDED, MEMORY, CANCELLED, MISUSE, BUSY = 0, 1, 2, 3, -1, -2, -3, -4
NO_ENTRY = 2**64 - 1
NO_LIMIT = -2**63, 2**63 - 1
FETCHED, MISSING, FAILED = 0, 1, 2

FETCH = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.c_void_p, ctypes.c_char_p, ctypes.c_void_p)
PROGRESS = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.c_void_p, ctypes.c_uint64, ctypes.c_uint64)


class Ref(ctypes.Structure):
    """An entry as records refer to it: its index and its leaf hash."""

    _fields_ = [("entry", ctypes.c_uint64), ("hash", ctypes.c_uint8 * 32)]


class Refused(Exception):
    """Not proven. result is BAD, USAGE, UNDECIDED or below 0; findings is a list of
    {"code", "name", "result", "entry", "subject", "sentence"}."""

    def __init__(self, result, findings):
        self.result, self.findings = result, findings
        super().__init__("; ".join("[%s] %s" % (f["code"], f["sentence"]) for f in findings)
                         or "result %d" % result)


def declare(lib):
    """Types of what is used here: ctypes takes what it is not told for an int."""
    p, s, n, u64, i64, boolean = (ctypes.c_void_p, ctypes.c_char_p, ctypes.c_size_t,
                                  ctypes.c_uint64, ctypes.c_int64, ctypes.c_bool)
    pp, size = ctypes.POINTER(p), ctypes.POINTER(n)
    for name, result, *arguments in (
            ("version", s), ("free", None, p), ("context_new", ctypes.c_int, pp),
            ("context_free", None, p), ("findings", n, p), ("finding_at", p, p, n),
            ("finding_code", s, p), ("finding_name", s, p), ("finding_result", ctypes.c_int, p),
            ("finding_entry", u64, p), ("finding_subject", s, p),
            ("finding_sentence", n, p, s, p, n), ("policy_parse", ctypes.c_int, p, p, n, pp),
            ("policy_free", None, p), ("policy_log_url", s, p, n),
            ("receipt_verify", ctypes.c_int, p, p, p, n, pp), ("receipt_free", None, p),
            ("receipt_index", u64, p), ("receipt_leaf", p, p), ("receipt_kind", s, p),
            ("receipt_accepted", i64, p), ("receipt_signer", s, p), ("receipt_role", s, p),
            ("receipt_authority", s, p), ("receipt_members", s, p), ("receipt_string", s, p, s),
            ("receipt_checkpoint", p, p), ("checkpoint_size", u64, p),
            ("checkpoint_quorum", ctypes.c_int, p), ("checkpoint_root", p, p),
            ("key_parse", ctypes.c_int, p, p, n, pp), ("key_free", None, p), ("key_verifier", s, p),
            ("record_sign", ctypes.c_int, p, p, s, s, ctypes.POINTER(Ref), i64, pp, size),
            ("submitted", ctypes.c_int, p, p, p, n, ctypes.c_int, p, n, pp),
            ("problem_read", ctypes.c_int, p, ctypes.c_int, p, n, pp), ("problem_free", None, p),
            ("problem_code", s, p), ("problem_detail", s, p), ("problem_again", boolean, p),
            ("hints_read", ctypes.c_int, p, p, n, pp), ("hints_free", None, p),
            ("hints_count", n, p), ("hints_at", u64, p, n),
            ("presentation_sign", ctypes.c_int, p, p, p, s, i64, pp, size),
            ("gate_new", ctypes.c_int, p, p, s, pp), ("gate_free", None, p),
            ("gate_decide", ctypes.c_int, p, p, i64, p, n, p, n, pp),
            ("replay_for_gate", ctypes.c_int, p, p),
            ("gate_decide_known", ctypes.c_int, p, p, p, i64, i64, p, n, p, n, pp),
            ("gate_gives", boolean, p, p, p, s), ("gate_require_warrant", ctypes.c_int, p, boolean),
            ("gate_person", boolean, p, ctypes.POINTER(s), ctypes.POINTER(s)),
            ("gate_period", boolean, p, ctypes.POINTER(i64), ctypes.POINTER(i64)),
            ("sink_add", ctypes.c_int, p, p, n),
            ("replay_new", ctypes.c_int, p, p, pp), ("replay_free", None, p),
            ("replay_on_progress", None, p, PROGRESS, p),
            ("replay_run", ctypes.c_int, p, p, FETCH, p, p, n), ("replay_checkpoint", p, p),
            ("replay_from", u64, p), ("replay_signatures", u64, p),
            ("replay_state", ctypes.c_int, p, p, pp, size)):
        function = getattr(lib, "bitacora_" + name)
        function.restype, function.argtypes = result, arguments


class Library:
    """The library, a policy, and one context: one for each thread."""

    def __init__(self, policy, language="en"):
        name = os.environ.get("BITACORA_LIBRARY") or ctypes.util.find_library("bitacora")
        self.lib = ctypes.CDLL(name or "libbitacora.so.1")
        declare(self.lib)
        self.language = language.encode()
        self.context, self.policy = ctypes.c_void_p(), ctypes.c_void_p()
        self.check(self.lib.bitacora_context_new(self.context))
        self.call("policy_parse", policy, len(policy), self.policy)

    def close(self):
        self.lib.bitacora_policy_free(self.policy)
        self.lib.bitacora_context_free(self.context)

    def findings(self):
        out = []
        for i in range(self.lib.bitacora_findings(self.context)):
            f = self.lib.bitacora_finding_at(self.context, i)
            text = ctypes.create_string_buffer(1024)
            self.lib.bitacora_finding_sentence(f, self.language, text, len(text))
            entry = self.lib.bitacora_finding_entry(f)
            out.append({"code": self.lib.bitacora_finding_code(f).decode(),
                        "name": self.lib.bitacora_finding_name(f).decode(),
                        "result": self.lib.bitacora_finding_result(f),
                        "entry": None if entry == NO_ENTRY else entry,
                        "subject": self.lib.bitacora_finding_subject(f).decode(),
                        "sentence": text.value.decode()})
        return out

    def check(self, result):
        if result != PROVEN:
            raise Refused(result, self.findings() if self.context else [])

    def call(self, name, *arguments):
        """A function whose first argument is the context and whose result is checked."""
        self.check(getattr(self.lib, "bitacora_" + name)(self.context, *arguments))

    def take(self, out, n):
        """Bytes that the library allocated."""
        try:
            return ctypes.string_at(out, n.value)
        finally:
            self.lib.bitacora_free(out)

    # ---- receipts

    def read(self, receipt):
        """What a verified receipt says, and frees it."""
        text = lambda v: None if v is None else v.decode()
        lib = self.lib
        try:
            checkpoint = lib.bitacora_receipt_checkpoint(receipt)
            return {"index": lib.bitacora_receipt_index(receipt),
                    "hash": ctypes.string_at(lib.bitacora_receipt_leaf(receipt), 32),
                    "kind": text(lib.bitacora_receipt_kind(receipt)),
                    "accepted": lib.bitacora_receipt_accepted(receipt),
                    "signer": text(lib.bitacora_receipt_signer(receipt)),
                    "role": text(lib.bitacora_receipt_role(receipt)),
                    "authority": text(lib.bitacora_receipt_authority(receipt)),
                    "size": lib.bitacora_checkpoint_size(checkpoint),
                    "quorum": lib.bitacora_checkpoint_quorum(checkpoint),
                    "members": json.loads(lib.bitacora_receipt_members(receipt))}
        finally:
            lib.bitacora_receipt_free(receipt)

    def verify(self, receipt):
        """What a receipt proves; raises Refused, also where its quorum is still to come."""
        out = ctypes.c_void_p()
        result = self.lib.bitacora_receipt_verify(self.context, self.policy, receipt,
                                                  len(receipt), out)
        findings = self.findings()
        said = self.read(out) if out else None
        if result != PROVEN:
            raise Refused(result, findings)
        return said

    # ---- records

    def key(self, text):
        """A private key, for `with`: it is overwritten at the end."""
        return Key(self, text)

    def sign(self, key, kind, members, under, now=None):
        """A record's note. members: a dict without id, at and under."""
        out, n = ctypes.c_void_p(), ctypes.c_size_t()
        at = int(time.time() * 1000) if now is None else now
        ref = Ref(under["index"], (ctypes.c_uint8 * 32)(*under["hash"]))
        text = json.dumps(members, ensure_ascii=False).encode()
        self.call("record_sign", key.handle, kind.encode(), text, ref, at, out, n)
        return self.take(out, n)

    def ask(self, path, body=None, tries=5):
        """(status, body) of the log's answer; asked again, with the same bytes, where it helps."""
        url = self.lib.bitacora_policy_log_url(self.policy, 0).decode() + "/" + path
        headers = {} if body is None else {"Content-Type": "text/plain"}
        for pause in range(tries):
            time.sleep(pause)
            try:
                request = urllib.request.Request(url, body, headers)
                with urllib.request.urlopen(request, timeout=60) as r:
                    return r.status, r.read()
            except urllib.error.HTTPError as e:
                status, answer = e.code, e.read()
            except OSError as e:
                status, answer = 0, str(e).encode()
            code, detail, again = self.problem(status, answer)
            print("HTTP %d [%s] %s" % (status, code, detail), file=sys.stderr)
            if not again:
                break
        return status, answer

    def problem(self, status, body):
        out = ctypes.c_void_p()
        self.call("problem_read", status, body, len(body), out)
        try:
            return (self.lib.bitacora_problem_code(out).decode(),
                    self.lib.bitacora_problem_detail(out).decode(),
                    self.lib.bitacora_problem_again(out))
        finally:
            self.lib.bitacora_problem_free(out)

    def enrolment(self, key):
        """What enrolled the key: found by the log's hints, shown by a receipt."""
        verifier = self.lib.bitacora_key_verifier(key.handle).decode()
        status, body = self.ask("v1/find?vkey=" + urllib.parse.quote(verifier, safe=""))
        hints = ctypes.c_void_p()
        if status == 200:
            self.call("hints_read", body, len(body), hints)
        entries = [self.lib.bitacora_hints_at(hints, i)
                   for i in range(self.lib.bitacora_hints_count(hints))]
        self.lib.bitacora_hints_free(hints)
        for entry in entries:
            status, body = self.ask("v1/receipts/%d?wait=witnessed" % entry)
            said = self.verify(body) if status == 200 else None
            if said and said["kind"] == "enroll" and said["members"]["vkey"] == verifier:
                return said
        raise Refused(UNDECIDED, [])

    def submit(self, note):
        """Sends a record's note. Returns what the receipt says, and the receipt."""
        status, body = self.ask("v1/records", note)
        result, said, findings = self.submitted(note, status, body)
        if result == UNDECIDED and said is not None:
            status, body = self.ask("v1/receipts/%d?wait=witnessed" % said["index"])
            result, said, findings = self.submitted(note, status, body)
        if result != PROVEN:
            raise Refused(result, findings)
        return said, body

    def submitted(self, note, status, body):
        out = ctypes.c_void_p()
        result = self.lib.bitacora_submitted(self.context, self.policy, note, len(note), status,
                                             body, len(body), out)
        findings = self.findings()
        return result, self.read(out) if out else None, findings

    # ---- the gate

    def present(self, key, receipt, holder, now=None):
        """The note that shows a data holder that the request is this key's."""
        request, out, n = ctypes.c_void_p(), ctypes.c_void_p(), ctypes.c_size_t()
        at = int(time.time() * 1000) if now is None else now
        self.call("receipt_verify", self.policy, receipt, len(receipt), request)
        try:
            self.call("presentation_sign", key.handle, request, holder.encode(), at, out, n)
        finally:
            self.lib.bitacora_receipt_free(request)
        return self.take(out, n)

    def let_in(self, request):
        """What a request says that a gate let in, as read(), and what may go out for it: "person":
        {"type", "value"} of the one whom the presentation opened, or None: then no person's row;
        "from" and "until" (not included), RFC 3339, or None: no limit."""
        kind, value = ctypes.c_char_p(), ctypes.c_char_p()
        limits = ctypes.c_int64(), ctypes.c_int64()
        shown = self.lib.bitacora_gate_person(request, kind, value)
        person = {"type": kind.value.decode(), "value": value.value.decode()} if shown else None
        self.lib.bitacora_gate_period(request, *limits)
        begin, end = (None if ms.value == none else when(ms.value)
                      for ms, none in zip(limits, NO_LIMIT))
        return {**self.read(request), "person": person, "from": begin, "until": end}

    def decide(self, holder, receipt, presentation, now=None):
        """What let_in() says, if the gate of that holder lets in whoever shows this, by the receipt
        alone. The same presentation is good as often as it is shown within its five minutes: who
        showed it first, the caller remembers."""
        gate, request = ctypes.c_void_p(), ctypes.c_void_p()
        at = int(time.time() * 1000) if now is None else now
        self.call("gate_new", self.policy, holder.encode(), gate)
        try:
            self.call("gate_decide", gate, at, receipt, len(receipt), presentation,
                      len(presentation), request)
        finally:
            self.lib.bitacora_gate_free(gate)
        return self.let_in(request)

    # ---- the whole log

    def replay(self, fetch, state=None, progress=None):
        """Replays the log. fetch(path) returns bytes, or None where there is no such file, or
        raises OSError; progress(done, size) returns true to stop. Returns (result, report, state,
        findings): the state is None where none may be kept."""
        replay = ctypes.c_void_p()
        self.call("replay_new", self.policy, replay)
        try:
            return self.run(replay, fetch, state, progress)
        finally:
            self.lib.bitacora_replay_free(replay)

    def run(self, replay, fetch, state, progress=None):
        """One run of a replay, as replay() says."""
        def give(_, path, sink):
            try:
                data = fetch(path.decode())
            except OSError:
                return FAILED
            if data is None:
                return MISSING
            self.lib.bitacora_sink_add(sink, data, len(data))
            return FETCHED

        def tell(_, done, size):
            return 1 if progress and progress(done, size) else 0

        give, tell = FETCH(give), PROGRESS(tell)
        self.lib.bitacora_replay_on_progress(replay, tell, None)
        result = self.lib.bitacora_replay_run(self.context, replay, give, None, state,
                                              len(state or b""))
        self.lib.bitacora_replay_on_progress(replay, PROGRESS(0), None)
        findings, report = self.findings(), self.report(replay)
        return result, report, self.keep(replay), findings

    def report(self, replay):
        checkpoint = self.lib.bitacora_replay_checkpoint(replay)
        return {"size": self.lib.bitacora_checkpoint_size(checkpoint) if checkpoint else 0,
                "from": self.lib.bitacora_replay_from(replay),
                "signatures": self.lib.bitacora_replay_signatures(replay)}

    def keep(self, replay):
        out, n = ctypes.c_void_p(), ctypes.c_size_t()
        kept = self.lib.bitacora_replay_state(self.context, replay, out, n) == PROVEN
        return self.take(out, n) if kept else None


class Gate:
    """A holder's gate that follows the log, for `with`. One thread uses it. follow() every two
    seconds or so; decide() raises Refused where data must not go out. require_warrant: it lets in
    only requests that cite a warrant which the log holds."""

    def __init__(self, library, holder, fetch, require_warrant=False):
        self.linked, self.fetch, self.state, self.seen = library, fetch, None, 0
        self.gate, self.log = ctypes.c_void_p(), ctypes.c_void_p()
        library.call("gate_new", library.policy, holder.encode(), self.gate)
        library.call("replay_new", library.policy, self.log)
        library.check(library.lib.bitacora_replay_for_gate(self.log, self.gate))
        library.check(library.lib.bitacora_gate_require_warrant(self.gate, require_warrant))

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.linked.lib.bitacora_replay_free(self.log)
        self.linked.lib.bitacora_gate_free(self.gate)

    def follow(self):
        """Reads what is new in the log. Returns the result of the replay, and its findings. What it
        proved counts from when it was asked for."""
        now = int(time.time() * 1000)
        result, report, state, findings = self.linked.run(self.log, self.fetch, self.state)
        if state is not None:
            self.state, self.seen = state, now
        elif report["size"] != 0:
            self.state = None  # the run read entries and proved nothing: the next reads all
        return result, findings

    def decide(self, receipt, presentation, now=None):
        """(request, categories): what Library.let_in() says, and the categories whose data may go
        out, if whoever shows this is let in: of request["person"] and nobody else (None: no
        person's row), of the time from request["from"] until request["until"]. The same
        presentation is good as often as it is shown within its five minutes."""
        request, lib = ctypes.c_void_p(), self.linked.lib
        now = int(time.time() * 1000) if now is None else now
        self.linked.call("gate_decide_known", self.gate, self.log, self.seen, now, receipt,
                          len(receipt), presentation, len(presentation), request)
        wanted = json.loads(lib.bitacora_receipt_members(request))["categories"]
        given = [c for c in wanted
                 if lib.bitacora_gate_gives(self.gate, self.log, request, c.encode())]
        return self.linked.let_in(request), given


class Key:
    def __init__(self, library, text):
        self.owner, self.handle = library, ctypes.c_void_p()
        library.call("key_parse", text, len(text), self.handle)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.owner.lib.bitacora_key_free(self.handle)


# ---- the commands --------------------------------------------------------------------------------


def read_file(path):
    with open(path, "rb") as f:
        return f.read()


def write_file(path, data):
    with open(path, "wb") as f:
        f.write(data)


def files_of(where):
    """fetch() of a mirror folder, or of a log's URL."""
    def from_folder(path):
        try:
            return read_file(os.path.join(where, path))
        except FileNotFoundError:
            return None

    def from_url(path):
        try:
            with urllib.request.urlopen(where + "/" + path, timeout=60) as r:
                return r.read()
        except urllib.error.HTTPError as e:
            if e.code in (404, 410):
                return None
            raise

    return from_url if "://" in where else from_folder


def when(ms):
    """RFC 3339, as the log writes times."""
    at = datetime.datetime(1970, 1, 1) + datetime.timedelta(milliseconds=ms)
    return at.isoformat(timespec="milliseconds") + "Z"


def show(said):
    plain = {k: v.hex() if isinstance(v, bytes) else v for k, v in said.items()}
    print(json.dumps(plain, ensure_ascii=False))


def cmd_verify(library, receipt):
    show(library.verify(read_file(receipt)))


def cmd_submit(library, key, kind, members, receipt):
    with library.key(read_file(key)) as k:
        note = library.sign(k, kind, json.loads(read_file(members)), library.enrolment(k))
    said, body = library.submit(note)
    write_file(receipt, body)
    show(said)


def cmd_present(library, key, holder, receipt):
    with library.key(read_file(key)) as k:
        sys.stdout.buffer.write(library.present(k, read_file(receipt), holder))


def cmd_decide(library, holder, receipt, presentation, where=None, required=None):
    shown = read_file(receipt), read_file(presentation)
    if where in (None, "--receipt-alone"):
        show(library.decide(holder, *shown))
        print("by the receipt alone: the warrant, revocations, ratifications and closings were NOT "
              "judged; name a mirror folder or the log's URL", file=sys.stderr)
        if where is None:
            raise Refused(UNDECIDED, [])
        return
    if where.startswith("--") or required not in (None, "--require-warrant"):
        raise Refused(USAGE, [])
    with Gate(library, holder, files_of(where), required is not None) as gate:
        result, findings = gate.follow()
        if gate.state is None:
            raise Refused(result, findings)
        said, given = gate.decide(*shown)
        show({**said, "given": given})


def cmd_replay(library, where, state="-", new_state="-", stop=None):
    result, report, kept, findings = library.replay(
        files_of(where), None if state == "-" else read_file(state),
        lambda done, size: stop is not None and done >= int(stop))
    for f in findings:
        place = "" if f["entry"] is None else "entry %d: " % f["entry"]
        print("[%s] %s%s" % (f["code"], place, f["sentence"]))
    if new_state != "-" and kept is not None:
        write_file(new_state, kept)
    show({"result": result, **report})
    if result != PROVEN:
        raise Refused(result, [])


# The command, and how many words follow the policy: at least, at most.
COMMANDS = {"verify": (cmd_verify, 1, 1), "submit": (cmd_submit, 4, 4),
            "present": (cmd_present, 3, 3), "decide": (cmd_decide, 3, 5),
            "replay": (cmd_replay, 1, 4)}


def main(argv):
    command, least, most = COMMANDS.get(argv[1] if len(argv) > 1 else "", (None, 0, 0))
    if command is None or not least <= len(argv) - 3 <= most:
        print(__doc__.strip(), file=sys.stderr)
        return USAGE
    library = None
    try:
        library = Library(read_file(argv[2]), os.environ.get("BITACORA_LANG", "en"))
        command(library, *argv[3:])
        return PROVEN
    except Refused as e:
        print(e, file=sys.stderr)
        return e.result if e.result > 0 else UNDECIDED
    finally:
        if library is not None:
            library.close()


if __name__ == "__main__":
    sys.exit(main(sys.argv))
