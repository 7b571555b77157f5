#!/usr/bin/python3
"""Signed vectors: files that a verifier is handed, with what docs/FORMATS.md says that it must answer.

    vectors.py DIR      writes DIR/{receipt,evidence,answer,disclosure,opening,contradiction}/bad/* and DIR/*/bad/expect.tsv

Made by the second writer; the output is the same every time. tests/vectors holds it, the unit tests and a scenario read it from
there. expect.tsv: the file, the exit status, the code of a finding that must be there ("-": none is asked for), the policy beside it,
and why. Of a contradiction the first two columns are files, and another names the claim of the evidence that must come of them ("-": none).
"""
import os
import sys

sys.dont_write_bytecode = True
import base_logs
import index_lies
import openings
from base_logs import KEYS, full, minimal
from receipts import Proven, chain, disclosure, evidence, json_file, packed, receipt, receipt_of, seeded
from writer import COSIGNATURE, Key, b64, cosign_line, policy_text, sha256, sign_note, write_file

W1, W2 = Key("testigo.example/w1", kind=COSIGNATURE), Key("testigo.example/w2", kind=COSIGNATURE)
NOBODY = 8                                    # a request of the base log


def flip(data, at, bit=1):
    return data[:at] + bytes([data[at] ^ bit]) + data[at + 1:]


def swap(data, old, new, count=1):
    assert old in data, old
    return data.replace(old, new, count)


class Folder:
    def __init__(self, root, name):
        self.path, self.rows, self.policies = os.path.join(root, name, "bad"), [], {}

    def policy(self, name, text):
        write_file(os.path.join(self.path, name), text.encode())

    def file(self, name, data):
        write_file(os.path.join(self.path, name), data)
        return name

    def case(self, name, data, status, code, why, policy="policy"):
        self.rows.append((self.file(name, data), str(status), code, policy, why))

    def write(self, head):
        lines = ["# Made by tests/interop/vectors.py. " + head] + ["\t".join(r) for r in self.rows]
        write_file(os.path.join(self.path, "expect.tsv"), ("\n".join(lines) + "\n").encode())


def seconds(log, index):
    return log.entries[index].accept // 1000


def cosigned(log, size, *who):
    """The checkpoint of that size with cosignatures of (witness, seconds)."""
    text = log.checkpoint_text(size)
    return log.checkpoint(size) + b"".join(cosign_line(text, w, at) for w, at in who)


def two_witnesses(log, quorum):
    return "log %s\nwitness uno %s\nwitness dos %s\ngroup g %s uno dos\nquorum g\n" % (log.key.vkey, W1.vkey, W2.vkey, quorum)


def other_key(log, seed=b"another key"):
    return Key(log.origin, sha256(seed))


def policies(folder, log):
    folder.policy("policy", policy_text(log.key))
    folder.policy("policy.other-log", policy_text(Key("otra.example/bitacora")))
    folder.policy("policy.other-key", policy_text(other_key(log)))
    folder.policy("policy.both", "log %s\nlog %s\nquorum none\n" % (log.key.vkey, Key("otra.example/bitacora").vkey))


# ---- receipts


def transport(f, good):
    """What mail, word processors and version control do to a file."""
    for name, data in (("crlf", good.replace(b"\n", b"\r\n")), ("cr", good.replace(b"\n", b"\r")), ("bom", b"\xef\xbb\xbf" + good),
                       ("newline-more", good + b"\n"), ("newline-less", good[:-1]), ("empty-line-first", b"\n" + good),
                       ("space-at-the-end", good + b" "), ("space-at-line-ends", good.replace(b"\n", b" \n")),
                       ("crlf-at-the-end", good[:-1] + b"\r\n"), ("nul-at-the-end", good + b"\0"),
                       ("utf16", good.decode().encode("utf-16")), ("empty", b""), ("garbage", bytes(range(256)) * 4),
                       ("half", good[:len(good) // 2]), ("text", b"hello\n")):
        f.case(name, data, 3, "receipt" if name not in ("newline-more", "newline-less", "space-at-the-end", "crlf-at-the-end",
                                                        "nul-at-the-end") else "checkpoint", "altered on its way, or no receipt")


def receipt_lines(f, good, log):
    parts = chain(log, NOBODY)
    own = b64(packed(parts)).encode()
    index = b"index %d\n" % NOBODY
    for name, data in (("version-of-c2sp", swap(good, b"proof@v1\n", b"proof@v2\n")), ("first-line-spaced", swap(good, b"proof@v1\n", b"proof@v1 \n")),
                       ("no-first-line", swap(good, b"c2sp.org/tlog-proof@v1\n", b"")), ("no-extra", swap(good, b"extra " + own + b"\n", b"")),
                       ("extra-twice", swap(good, b"extra ", b"extra " + own + b"\nextra ")), ("extra-two-spaces", swap(good, b"extra ", b"extra  ")),
                       ("extra-base64-not-canonical", swap(good, own, b"AA==" + own)), ("extra-base64-unpadded", swap(good, own + b"\n", own.rstrip(b"=") + b"A\n")),
                       ("index-leading-zero", swap(good, index, b"index 0%d\n" % NOBODY)), ("index-minus", swap(good, index, b"index -%d\n" % NOBODY)),
                       ("index-plus", swap(good, index, b"index +%d\n" % NOBODY)), ("index-spaced", swap(good, index, b"index %d \n" % NOBODY)),
                       ("index-2-to-63", swap(good, index, b"index 9223372036854775808\n")), ("index-missing", swap(good, index, b"")),
                       ("index-empty", swap(good, index, b"index \n")), ("path-short-hash", swap(good, index, index + b"AAAA\n")),
                       ("path-65-hashes", swap(good, index, index + b"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\n" * 65)),
                       ("no-checkpoint", good[:good.index(b"\n\n")] + b"\n"),
                       ("chain-cut", receipt_of(parts[:-1], log.checkpoint())), ("chain-goes-on", receipt_of(parts + parts[-1:], log.checkpoint())),
                       ("extra-byte-more", receipt_of(parts, log.checkpoint(), extra=b64(packed(parts) + b"\0"))),
                       ("extra-byte-less", receipt_of(parts, log.checkpoint(), extra=b64(packed(parts)[:-1]))),
                       ("path-of-chain-65", receipt_of(parts[:1] + [Proven(log, 2, hashes=[bytes(32)] * 65)] + parts[2:], log.checkpoint()))):
        f.case(name, data, 3, "receipt", "not split as section 11 says")


def receipt_proofs(f, log):
    for n, e in enumerate(chain(log, NOBODY)):
        for k in range(len(e.path)):
            parts = chain(log, NOBODY)
            parts[n].path[k] = flip(parts[n].path[k], 0)
            f.case("path-%d-hash-%d" % (n, k), receipt_of(parts, log.checkpoint()), 1, "receipt", "a path does not lead to the root")
        for what, change in (("shorter", lambda p: p[:-1]), ("longer", lambda p: p + [bytes(32)])):
            parts = chain(log, NOBODY)
            parts[n].path = change(parts[n].path)
            f.case("path-%d-%s" % (n, what), receipt_of(parts, log.checkpoint()), 1, "receipt", "a path of another length")
    parts = chain(log, NOBODY)
    f.case("other-index", receipt_of(parts, log.checkpoint(), index=NOBODY + 1), 1, "receipt", "the path is of another index")
    f.case("index-beyond-the-tree", receipt_of(parts, log.checkpoint(), index=2**63 - 1), 1, "receipt", "no such index in the tree")
    f.case("smaller-tree", receipt_of(parts, log.checkpoint(6)), 1, "receipt", "a tree that does not hold it")
    f.case("altered-entry", receipt_of([Proven(log, NOBODY, raw=swap(parts[0].raw, b'"persons":1', b'"persons":2'))] + parts[1:], log.checkpoint()),
           1, "receipt", "the entry is not the one in the tree")
    f.case("wrong-enrolment", receipt_of([parts[0], Proven(log, 3), parts[2]], log.checkpoint()), 1, "receipt",
           "the chain carries another enrolment than `under` names")


def checkpoints(f, log, make, status_of_form=3):
    """What can be wrong with a checkpoint; make(note) puts it into a file."""
    text, good, size = log.checkpoint_text(), log.checkpoint(), b"\n%d\n" % len(log)
    signature = good[len(text) + 1:]
    for name, note in (("checkpoint-text-only", text), ("checkpoint-no-signature", text + b"\n"), ("checkpoint-garbage", b"x\n"),
                       ("checkpoint-size-hex", swap(good, size, b"\n0x%x\n" % len(log))), ("checkpoint-size-zero-first", swap(good, size, b"\n0%d\n" % len(log))),
                       ("checkpoint-root-short", swap(good, b64(log.root()).encode(), b"AAAA")),
                       ("checkpoint-no-empty-line", swap(good, b"\n\n", b"\n")), ("checkpoint-hyphen", swap(good, "—".encode(), b"-")),
                       ("checkpoint-65-signatures", good + signature * 64), ("checkpoint-control", swap(good, size, b"\n%d\t\n" % len(log)))):
        f.case(name, make(note), status_of_form, "checkpoint", "what is there is no checkpoint")
    f.case("checkpoint-size-altered", make(swap(good, size, b"\n%d\n" % (len(log) + 1))), 1, "checkpoint", "the signature is of another text")
    f.case("checkpoint-signature-flipped", make(text + b"\n" + signature[:-10] + (b"A" if signature[-10:-9] != b"A" else b"B") + signature[-9:]),
           1, "checkpoint", "the log's signature does not verify")
    f.case("checkpoint-signed-twice", make(good + signature), 1, "checkpoint", "two lines of one key")
    f.case("checkpoint-empty-tree", make(sign_note(log.checkpoint_text(0, root=sha256(b"")), log.key)), 1, "checkpoint", "size 0")
    f.case("checkpoint-by-another-key", make(sign_note(text, other_key(log))), 3, "checkpoint", "a key that the policy does not name")
    f.case("checkpoint-by-another-name", make(sign_note(text, Key("otra.example/bitacora"))), 3, "checkpoint", "no line of the log's key")
    f.case("checkpoint-other-origin", make(sign_note(log.checkpoint_text(origin="otra.example/bitacora"), log.key)), 3, "checkpoint",
           "a log that the policy does not name")
    f.case("other-log-in-policy", make(good), 3, "checkpoint", "the policy is another log's", "policy.other-log")
    f.case("other-key-in-policy", make(good), 3, "checkpoint", "the policy names another key of that origin", "policy.other-key")


def lying(step, **kw):
    """A log whose entry 28 is told by step, and its receipt."""
    log = base_logs.lie(step, size=30, **kw)
    return log, receipt(log, 28)


def bad_entries(f):
    x = KEYS
    for name, code, step in (
            ("entry-role", "role", lambda g: g.add("erasure", x["a1"], minimal(g, "erasure"))),
            ("entry-skew", "skew", lambda g: base_logs.ask(g, at=g.clock + g.step - 600_001)),
            ("entry-stranger", "key", lambda g: g.add("anchor", x["x1"], full(g, "anchor"), under=g.label["a1"].ref)),
            ("entry-signature", "signature", lambda g: base_logs.ask(g, sign=lambda t: x["q1"].sign(t + b"x"))),
            ("entry-authority", "enrolment", lambda g: base_logs.ask(g, edit=lambda m: m.update(authority="mx.otra"))),
            ("entry-level", "enrolment", lambda g: base_logs.ask(g, edit=lambda m: m.update(level="local"))),
            ("entry-holder", "enrolment", lambda g: base_logs.answer(g, edit=lambda m: m.update(holder="mx.otro"))),
            ("entry-index", "index", lambda g: base_logs.ask(g, index=3)),
            ("entry-under-hash", "enrolment", lambda g: base_logs.ask(g, under={**g.label["q1"].ref, "hash": b64(bytes(32))})),
            ("entry-enrols-by-judge", "role", lambda g: g.enroll(x["j1"], x["x1"], "judge", "a")),
            ("entry-genesis-again", "genesis", lambda g: g.genesis([x["r1"]])),
            ("entry-before-enrolment", "enrolment", lambda g: g.add("enroll", x["r1"], {**minimal(g, "enroll", 9), "proof": b64(bytes(64))})),
            ("entry-self-revoked", "enrolment", lambda g: g.add("revoke", x["r1"], {"vkey": x["r1"].vkey, "reason": "other"}))):
        log, text = lying(step)
        f.case(name, text, 1, code, "the log signed a bad entry")
    for name, code, step in (
            ("entry-unknown-kind", "form", lambda g: base_logs.ask(g, text_edit=lambda t: t.replace(b" request\n", b" demand\n"))),
            ("entry-member-more", "form", lambda g: base_logs.ask(g, edit=lambda m: m.update(more=1))),
            ("entry-member-less", "form", lambda g: base_logs.ask(g, edit=lambda m: m.pop("persons"))),
            ("entry-json-minus", "form", lambda g: base_logs.ask(g, json_edit=lambda t: t.replace('"persons":1', '"persons":-1'))),
            ("entry-json-twice", "form", lambda g: base_logs.ask(g, json_edit=lambda t: t.replace('"persons":1', '"persons":1,"persons":1'))),
            ("entry-header", "form", lambda g: base_logs.ask(g, entry_edit=lambda e: e.replace(b"bitacora/v1 entry\n28\n", b"bitacora/v1 entry\n028\n")))):
        log = base_logs.lie(step, size=30)
        parts = [Proven(log, 28)] + chain(log, log.label["q1"].index)
        f.case(name, receipt_of(parts, log.checkpoint()), 1, code, "the log signed an entry without its form")
    log = base_logs.lie(lambda g: base_logs.ask(g, under={"entry": 28, "hash": b64(bytes(32))}), size=30)
    f.case("entry-under-itself", receipt_of([Proven(log, 28)] * 3, log.checkpoint()), 1, "reference", "`under` is not earlier")
    for name, step in (("entry-version", lambda g: base_logs.ask(g, entry_version="bitacora/v2 entry")),
                       ("record-version", lambda g: base_logs.ask(g, version="bitacora/v2"))):
        log = base_logs.lie(step, size=30)
        f.case(name, receipt_of([Proven(log, 28)], log.checkpoint()), 3, "version", "another version")


def receipts(root):
    f, log = Folder(root, "receipt"), base_logs.base()
    good = receipt(log, NOBODY)
    policies(f, log)
    f.policy("policy.all", two_witnesses(log, "all"))
    f.policy("policy.any", two_witnesses(log, "any"))
    transport(f, good)
    receipt_lines(f, good, log)
    receipt_proofs(f, log)
    checkpoints(f, log, lambda note: receipt(log, NOBODY, checkpoint=note))
    f.case("garbage-of-another-log", receipt_of(chain(log, NOBODY), sign_note(log.checkpoint_text(origin="otra.example/bitacora"),
           Key("otra.example/bitacora")), extra=b64(b"what another log puts there")), 3, "checkpoint", "another log's receipt, of another form")
    at = seconds(log, 39)
    f.case("quorum-one-of-two", receipt(log, NOBODY, checkpoint=cosigned(log, 40, (W1, at))), 3, "quorum", "a witness is missing", "policy.all")
    f.case("quorum-none-of-two", receipt(log, NOBODY), 3, "quorum", "both are missing", "policy.any")
    line = cosign_line(log.checkpoint_text(), W1, at)
    spoilt = line[:-10] + (b"A" if line[-10:-9] != b"A" else b"B") + line[-9:]
    f.case("cosignature-flipped", receipt(log, NOBODY, checkpoint=log.checkpoint() + spoilt), 1, "checkpoint", "a known witness's line is wrong", "policy.any")
    f.case("cosignature-twice", receipt(log, NOBODY, checkpoint=log.checkpoint() + line + line), 1, "checkpoint", "two lines of one witness", "policy.any")
    f.case("cosignature-of-another-size", receipt(log, NOBODY, checkpoint=log.checkpoint() + cosign_line(log.checkpoint_text(39), W1, at)), 1,
           "checkpoint", "it cosigned another text", "policy.any")
    f.case("clock", receipt(log, NOBODY, checkpoint=cosigned(log, 40, (W1, seconds(log, NOBODY) - 602))), 3, "clock",
           "cosigned before it was accepted", "policy.any")
    bad_entries(f)
    crafted.receipts(f, log)
    f.write("file, exit of `verify`, code, policy, why")


# ---- evidence


def text_of(value, old, new):
    data = json_file(value)
    return swap(data, old.encode(), new.encode())


def histories():
    """Two of one log that part at entry 20."""
    a = base_logs.base(40)
    b = base_logs.base(42, ins={20: lambda g: g.add("anchor", KEYS["a1"], full(g, "anchor"))})
    return a, b


def evidence_forms(f, good):
    h = b64(bytes(32))
    for name, old, new in (("format", "bitacora/v1 evidence", "bitacora/v2 evidence"), ("claim-unknown", '"leaves"', '"lie"'), ("claim-empty", '"leaves"', '""'),
                           ("member-missing", '"hashes": [],\n', ""), ("member-more", '"hashes"', '"more": 0,\n "hashes"'),
                           ("member-twice", '"hashes": []', '"hashes": [], "hashes": []'), ("entry-member-more", '"index"', '"more": 0,\n "index"'),
                           ("index-minus-zero", '"checkpoint": 0', '"checkpoint": -0'), ("index-real", '"checkpoint": 0', '"checkpoint": 0.0'),
                           ("index-exponent", '"checkpoint": 0', '"checkpoint": 0e0'), ("index-leading-zero", '"checkpoint": 0', '"checkpoint": 00'),
                           ("index-string", '"checkpoint": 0', '"checkpoint": "0"'), ("index-minus", '"checkpoint": 0', '"checkpoint": -1'),
                           ("checkpoint-2", '"checkpoint": 1', '"checkpoint": 2'), ("index-2-to-53", '"index": 30', '"index": 9007199254740992'),
                           ("index-2-to-64", '"index": 30', '"index": 18446744073709551616'), ("hashes-object", '"hashes": []', '"hashes": {}'),
                           ("hash-short", '"hashes": []', '"hashes": ["AAAA"]'), ("hash-number", '"hashes": []', '"hashes": [1]'),
                           ("hashes-65", '"hashes": []', '"hashes": [%s]' % ",".join(['"%s"' % h] * 65)),
                           ("checkpoints-none", '"checkpoints": [', '"checkpoints": [], "x": ['), ("checkpoint-number", '"checkpoints": [', '"checkpoints": [1,'),
                           ("trailing", "\n}\n", "\n}\n}"), ("bom", "{", "\ufeff{"), ("cut", "\n}\n", "\n"), ("entry-base64", '"entry": "', '"entry": "*')):
        f.case(name, text_of(good, old, new), 3, "evidence", "not the form of section 12")
    f.case("not-json", b"hello\n", 3, "evidence", "no JSON")
    f.case("empty", b"", 3, "evidence", "nothing")
    f.case("array", b"[]\n", 3, "evidence", "no object")
    f.case("not-utf8", swap(json_file(good), b'"leaves"', b'"\xff"'), 3, "evidence", "no UTF-8")


def evidence_lists(f, good, fork):
    """fork proves its claim without entries and hashes: only the form of its lists stands between these and a proof."""
    for name, changed in (("checkpoints-empty", {"checkpoints": []}), ("checkpoints-object", {"checkpoints": {}}),
                          ("checkpoints-3", {"checkpoints": fork["checkpoints"] + fork["checkpoints"][:1]}),
                          ("checkpoint-last-number", {"checkpoints": [fork["checkpoints"][0], 1]}), ("entries-object", {"entries": {}}),
                          ("entry-null", {"entries": [None]}), ("fork-hashes-object", {"hashes": {}})):
        f.case(name, json_file({**fork, **changed}), 3, "evidence", "not the form of section 12")
    f.case("path-object", json_file({**good, "entries": [{**good["entries"][0], "path": {}}, good["entries"][1]]}), 3, "evidence", "not the form of section 12")


def evidence_claims(f, a, b):
    ca, cb = a.checkpoint(), b.checkpoint()
    hashes = seeded(40, b.leaves())
    la, lb, other = (0, Proven(a, 30)), (1, Proven(b, 30)), Proven(b, 31)
    nothing = "it does not prove what it says"
    f.case("fork-of-one", json_file(evidence("fork", [ca])), 1, "evidence", nothing)
    f.case("fork-same", json_file(evidence("fork", [ca, ca])), 1, "evidence", nothing)
    f.case("fork-same-with-hashes", json_file(evidence("fork", [ca, a.checkpoint()], hashes)), 1, "evidence", nothing)
    f.case("fork-equal-sizes-with-hashes", json_file(evidence("fork", [ca, b.checkpoint(40)], hashes)), 1, "evidence", "unused hashes")
    f.case("fork-with-entries", json_file(evidence("fork", [ca, b.checkpoint(40)], [], [la])), 1, "evidence", "unused entries")
    f.case("fork-no-hashes", json_file(evidence("fork", [ca, cb])), 1, "evidence", nothing)
    f.case("fork-hash-less", json_file(evidence("fork", [ca, cb], hashes[:-1])), 1, "evidence", nothing)
    f.case("fork-hash-more", json_file(evidence("fork", [ca, cb], hashes + [bytes(32)])), 1, "evidence", nothing)
    for n in range(len(hashes)):
        f.case("fork-hash-%d" % n, json_file(evidence("fork", [ca, cb], hashes[:n] + [flip(hashes[n], 0)] + hashes[n + 1:])), 1, "evidence", nothing)
    f.case("fork-wrong-way-round", json_file(evidence("fork", [cb, ca], hashes)), 1, "evidence", nothing)
    f.case("fork-agrees", json_file(evidence("fork", [a.checkpoint(20), cb], seeded(20, b.leaves()))), 1, "evidence", "both share it")
    f.case("leaves-same", json_file(evidence("leaves", [ca, cb], [], [(0, Proven(a, 19)), (1, Proven(b, 19))])), 1, "evidence", nothing)
    for claim in ("leaves", "link"):
        second = other if claim == "link" else lb[1]
        f.case(claim + "-two-of-one-tree", json_file(evidence(claim, [ca, cb], [], [la, (0, second)])), 1, "evidence", nothing)
        f.case(claim + "-one-entry", json_file(evidence(claim, [ca, cb], [], [la])), 1, "evidence", nothing)
        f.case(claim + "-no-entries", json_file(evidence(claim, [ca, cb])), 1, "evidence", nothing)
        f.case(claim + "-three-entries", json_file(evidence(claim, [ca, cb], [], [la, (1, second), la])), 1, "evidence", nothing)
        f.case(claim + "-one-checkpoint", json_file(evidence(claim, [ca], [], [la, (0, second)])), 1, "evidence", nothing)
        f.case(claim + "-with-hashes", json_file(evidence(claim, [ca, cb], [bytes(32)], [la, (1, second)])), 1, "evidence", "unused hashes")
        f.case(claim + "-other-index", json_file(evidence(claim, [ca, cb], [], [la, (1, Proven(b, 33))])), 1, "evidence", nothing)
        f.case(claim + "-checkpoints-swapped", json_file(evidence(claim, [cb, ca], [], [la, (1, second)])), 1, "evidence", nothing)
        for n in (0, 1):
            pair = [la, (1, Proven(b, second.index))]
            which, e = pair[n]
            pair[n] = (which, Proven(a if n == 0 else b, e.index, hashes=[flip(e.path[0], 0)] + e.path[1:]))
            f.case("%s-path-%d" % (claim, n), json_file(evidence(claim, [ca, cb], [], pair)), 1, "evidence", nothing)
    f.case("leaves-neighbours", json_file(evidence("leaves", [ca, cb], [], [la, (1, other)])), 1, "evidence", "two indexes")
    f.case("link-of-one-index", json_file(evidence("link", [ca, cb], [], [la, lb])), 1, "evidence", "one index")
    f.case("link-agrees", json_file(evidence("link", [ca, cb], [], [(0, Proven(a, 19)), (1, Proven(b, 20))])), 1, "evidence", "the link is that leaf")
    f.case("link-backwards", json_file(evidence("link", [ca, cb], [], [(0, Proven(a, 31)), (1, Proven(b, 30))])), 1, "evidence", "the later one first")
    raw = base_logs.base(30, ins={28: lambda g: g.append_note(b"", raw=b"hello")})
    f.case("link-of-no-header", json_file(evidence("link", [raw.checkpoint(), raw.checkpoint()], [], [(0, Proven(raw, 27)), (1, Proven(raw, 28))])), 1,
           "evidence", "an entry without its header has no link")


def evidence_entries(f, log):
    """Entry 28 is bad by its role; a1 is enrolled by entry 5."""
    cp = log.checkpoint()
    bad, by, zero, good = Proven(log, 28), Proven(log, 5), Proven(log, 0), Proven(log, NOBODY)

    def case(name, entries, why, cps=None, hashes=()):
        f.case(name, json_file(evidence("entry", cps or [cp], hashes, [(0, e) for e in entries])), 1, "evidence", why)

    case("entry-alone", [bad], "without its chain it shows nothing")
    case("entry-without-genesis", [bad, by], "without entry 0 nobody is enrolled")
    case("entry-without-enrolment", [bad, zero], "without the enrolment its key is not known")
    case("entry-good", [good, Proven(log, 2), zero], "nothing is wrong with it")
    case("entry-beside-a-bad-one", [by, bad, zero], "another entry is bad, not the first")
    case("entry-twice", [bad, by, zero, bad], "an index twice")
    case("entry-none", [], "no entry")
    case("entry-two-checkpoints", [bad, by, zero], "one checkpoint too many", [cp, cp])
    case("entry-with-hashes", [bad, by, zero], "unused hashes", None, [bytes(32)])
    case("entry-path", [Proven(log, 28, hashes=[flip(bad.path[0], 0)] + bad.path[1:]), by, zero], "it is not in the tree")
    case("entry-other-path", [bad, by, Proven(log, 0, hashes=[flip(zero.path[0], 0)] + zero.path[1:])], "what makes it bad is not in the tree")
    case("entry-altered", [Proven(log, 28, raw=swap(bad.raw, b"erasure", b"erasurE")), by, zero], "it is not the entry in the tree")
    later = base_logs.lie(lambda g: base_logs.ask(g, version="bitacora/v2"), size=30)
    f.case("entry-version", json_file(evidence("entry", [later.checkpoint()], [], [(0, Proven(later, i)) for i in (28, 2, 0)])), 1, "evidence",
           "undecided proves nothing")


GOOD_INDEX = (("index-left-out", "row-left-out"), ("index-left-out-last", "row-left-out-last"), ("index-added", "row-added-of-depth-9"),
              ("index-order", "rows-exchanged"), ("index-no-rows", "rows-none"))


def evidence_index(f, root):
    """Claims `index`: against lies, which they prove; against an honest log; and such as have not their form."""
    for name, of in GOOD_INDEX:
        made = index_lies.LIES[of]().evidence
        write_file(os.path.join(root, "evidence", "good", name + ".json"), json_file(made))
        if of != "row-left-out":
            continue
        table = made["table"]
        leaf = table["leaves"][0]

        def case(name, status, why, **changed):
            f.case("index-" + name, json_file({**made, **changed}), status, "evidence", why)
        for what, value in (("no-object", []), ("empty", {}), ("number-text", {**table, "number": "2"}), ("member-more", {**table, "more": 0}),
                            ("leaves-twice", {**table, "leaves": [leaf, leaf]}), ("rows-short", {**table, "leaves": [{**leaf, "rows": "AAAA"}]}),
                            ("rows-none", {**table, "leaves": [{**leaf, "rows": ""}]}), ("rows-17", {**table, "leaves": [{**leaf, "rows": b64(bytes(17 * 24))}]}),
                            ("leaves-65", {**table, "leaves": [{**leaf, "leaf": n} for n in range(65)]}), ("hash-short", {**table, "hashes": ["AAAA"]}),
                            ("hashes-1025", {**table, "hashes": [b64(bytes(32))] * 1025}), ("hashes-object", {**table, "hashes": {}}),
                            ("leaves-object", {**table, "leaves": {}}), ("number-2-to-53", {**table, "number": 2 ** 53}),
                            ("leaf-2-to-53", {**table, "leaves": [{**leaf, "leaf": 2 ** 53}]}), ("leaf-member-more", {**table, "leaves": [{**leaf, "more": 0}]}),
                            ("leaf-null", {**table, "leaves": [None]})):
            case("table-" + what, 3, "the table has not its form", table=value)
        f.case("index-without-table", json_file({k: v for k, v in made.items() if k != "table"}), 3, "evidence", "no table")
        f.case("entry-with-table", json_file({**made, "claim": "entry"}), 3, "evidence", "a table that does not belong there")
        case("two-checkpoints", 1, "one checkpoint too many", checkpoints=made["checkpoints"] * 2)
        case("with-hashes", 1, "unused hashes", hashes=[b64(bytes(32))])
        case("twice", 1, "an entry twice", entries=made["entries"] + made["entries"][:1])
        case("of-no-index", 1, "the first entry is no index", entries=made["entries"][1:])
        case("without-genesis", 1, "without entry 0 the index is not known to be the log's", entries=[e for e in made["entries"] if e["index"] != 0])
        case("no-such-table", 1, "the index has no such table", table={**table, "number": 9})
        case("another-table", 1, "the rows are another table's", table={**table, "number": 0})
        case("leaf-elsewhere", 1, "the leaf is not there", table={**table, "leaves": [{**leaf, "leaf": leaf["leaf"] + 1}]})
        case("hash-more", 1, "a hash too many", table={**table, "hashes": table["hashes"] + [b64(bytes(32))]})
        case("alone", 1, "the entry that the rows are wrong about is not there", entries=[made["entries"][0], *made["entries"][2:]])
    for name, made in index_lies.false_evidence(index_lies.honest()):
        f.case("index-honest-" + name, json_file(made), 1, "evidence", "the log is honest")


def evidences(root):
    f = Folder(root, "evidence")
    a, b = histories()
    policies(f, a)
    good = evidence("leaves", [a.checkpoint(), b.checkpoint()], [], [(0, Proven(a, 30)), (1, Proven(b, 30))])
    evidence_forms(f, good)
    evidence_lists(f, good, evidence("fork", [a.checkpoint(), b.checkpoint(40)]))
    evidence_claims(f, a, b)
    bad = base_logs.lie(lambda g: g.add("erasure", KEYS["a1"], minimal(g, "erasure")), size=30)
    evidence_entries(f, bad)
    checkpoints(f, a, lambda note: json_file(evidence("fork", [note, b.checkpoint(40)])))
    other = base_logs.base(40, origin="otra.example/bitacora")
    for claim, hashes, entries in (("fork", [], []), ("leaves", [], [(0, Proven(a, 30)), (1, Proven(other, 30))]),
                                   ("link", [], [(0, Proven(a, 30)), (1, Proven(other, 31))])):
        f.case(claim + "-of-two-logs", json_file(evidence(claim, [a.checkpoint(), other.checkpoint()], hashes, entries)), 1, "evidence",
               "two logs do not contradict each other", "policy.both")
    evidence_index(f, root)
    crafted.evidences(f)
    f.write("file, exit of `verify-evidence`, code, policy, why")
    good_evidence(root, a, b, bad)
    index.good_evidence_of_an_index(root)


def good_evidence(root, a, b, bad):
    """Of each claim one that proves it; policy: that of the bad ones."""
    ca, cb = a.checkpoint(), b.checkpoint()
    # Who else signed is not asked: in JSON the name has a minus and quotes, which are no number's.
    odd = ("— a\"-b\\-1\\\\\"/x-2 %s\n" % b64(bytes(4 + 64))).encode()
    for name, value in (("fork.json", evidence("fork", [ca, cb], seeded(40, b.leaves()))),
                        ("fork-equal-sizes.json", evidence("fork", [ca, b.checkpoint(40)])),
                        ("fork-odd-names.json", evidence("fork", [ca + odd, b.checkpoint(40)])),
                        ("leaves.json", evidence("leaves", [ca, cb], [], [(0, Proven(a, 30)), (1, Proven(b, 30))])),
                        ("link.json", evidence("link", [ca, cb], [], [(0, Proven(a, 30)), (1, Proven(b, 31))])),
                        ("role.json", evidence("entry", [bad.checkpoint()], [], [(0, Proven(bad, i)) for i in (28, 5, 0)]))):
        write_file(os.path.join(root, "evidence", "good", name), json_file(value))


# ---- openings and disclosures

PERSON = (bytes(range(160, 192)), b"curp", b"GOMC850315HDFRRR07")


def sealed_log(more=(), to="o1", ref=None):
    """A log whose entry 28 is a request about one person; more: other subjects beside; ref: to an entry of another log."""
    salt, kind, value = PERSON

    def step(g):
        commit, _, _, _, _, _, sealed = openings.make(salt, kind, value, KEYS["o1"].public)
        own = {"type": "curp", "commit": b64(commit), "sealed": b64(sealed), "to": ref or g.label[to].ref}
        base_logs.ask(g, edit=lambda m: m.update(subjects=[own] + [{**own, **x} for x in more]))

    return base_logs.lie(step, size=30)


def disclosure_forms(f, good):
    for name, old, new in (("format", "v1 opening", "v2 opening"), ("member-missing", ' "member": "subjects",\n', ""),
                           ("member-more", '"member"', '"more": 0,\n "member"'), ("member-twice", '"member"', '"member": "x",\n "member"'),
                           ("member-number", '"member": "subjects"', '"member": 1'), ("to-empty", '"to": "', '"to": "", "x": "'),
                           ("commit-short", '"commit": "', '"commit": "AAAA", "x": "'), ("commit-base64", '"commit": "', '"commit": "*'),
                           ("opening-base64", '"opening": "', '"opening": "*'), ("trailing", "\n}\n", "\n}\n}"), ("bom", "{", "\ufeff{")):
        f.case(name, text_of(good, old, new), 3, "opening", "not the form of 17.2")
    f.case("to-is-empty", json_file({**good, "to": ""}), 3, "opening", "`to` is there and empty")
    f.case("not-json", b"hello\n", 3, "opening", "no JSON")
    f.case("empty", b"", 3, "opening", "nothing")


def disclosures(root):
    f, log = Folder(root, "disclosure"), sealed_log()
    policies(f, log)
    f.policy("policy.all", two_witnesses(log, "all"))
    commit, opening, *_ = openings.make(*PERSON, KEYS["o1"].public)
    own, to = receipt(log, 28), receipt(log, log.label["o1"].index)
    good = disclosure("subjects", commit, opening, own, to)
    disclosure_forms(f, good)

    def case(name, value, status, code, why, policy="policy"):
        f.case(name, json_file(value), status, code, why, policy)

    for name, data in (("511-bytes", opening[:-1]), ("513-bytes", opening + b"\0")):
        case("opening-" + name, disclosure("subjects", commit, data, own, to), 3, "opening", "an opening has 512 bytes")
    for name, packed_opening, why in bad_openings():
        case("opening-" + name, disclosure("subjects", commit, packed_opening, own, to), 3, "opening", why)
    case("another-person", disclosure("subjects", commit, openings.make(PERSON[0], b"curp", b"GOMC850315HDFRRR08", KEYS["o1"].public)[1], own, to), 1,
         "opening", "the opening gives another commit")
    case("another-salt", disclosure("subjects", commit, flip(opening, 0), own, to), 1, "opening", "the opening gives another commit")
    case("another-commit", disclosure("subjects", flip(commit, 0), opening, own, to), 1, "opening", "the opening gives another commit")
    case("another-member", disclosure("purpose.note", commit, opening, own, to), 1, "opening", "no such commit there")
    case("member-with-index", disclosure("subjects.0", commit, opening, own, to), 1, "opening", "no such member")
    case("another-entry", disclosure("subjects", commit, opening, receipt(log, NOBODY), to), 1, "opening", "no such commit there")
    case("receipt-garbage", {**good, "receipt": "hello"}, 3, "receipt", "no receipt")
    case("receipt-crlf", {**good, "receipt": own.decode().replace("\n", "\r\n")}, 3, "receipt", "damaged on its way")
    case("receipt-flipped", {**good, "receipt": swap(own, b"\n30\n", b"\n31\n").decode()}, 1, "checkpoint", "the receipt is bad")
    case("receipt-other-log", good, 3, "checkpoint", "another log's policy", "policy.other-log")
    case("receipt-other-log-and-member", {**good, "member": "purpose.note"}, 3, "checkpoint", "what is not proven is not searched", "policy.other-log")
    case("receipt-other-key", good, 3, "checkpoint", "another key's policy", "policy.other-key")
    case("quorum", good, 3, "quorum", "witnesses are missing", "policy.all")
    case("to-garbage", {**good, "to": "hello"}, 3, "receipt", "no receipt")
    case("to-flipped", {**good, "to": swap(to, b"\n30\n", b"\n31\n").decode()}, 1, "checkpoint", "the enrolment's receipt is bad")
    case("to-another-enrolment", disclosure("subjects", commit, opening, own, receipt(log, log.label["q1"].index)), 1, "opening", "no oversight key")
    case("to-a-request", disclosure("subjects", commit, opening, own, receipt(log, NOBODY)), 1, "opening", "no enrolment")
    two_logs(f, log, commit, opening, own)
    more_subjects(f)
    crafted.disclosures(f)
    f.write("file, exit of `verify --opening`, code, policy, why")


def two_logs(f, log, commit, opening, own):
    """The entry from one log, the oversight key from another that the policy names, too, or from another history of the same."""
    other, b = base_logs.base(30, origin="otra.example/bitacora"), base_logs.base(30, skew=601)
    f.case("to-of-another-log", json_file(disclosure("subjects", commit, opening, own, receipt(other, 1))), 1, "opening",
           "the second receipt is of another log", "policy.both")
    f.case("to-of-another-log-that-is-named", json_file(disclosure("subjects", commit, opening, receipt(sealed_log(ref=other.entries[1].ref), 28),
           receipt(other, 1))), 1, "opening", "the second receipt is of another log, which the record names", "policy.both")
    f.case("to-of-another-history", json_file(disclosure("subjects", commit, opening, own, receipt(b, 1))), 1, "fork",
           "the two receipts contradict each other")
    f.case("to-of-another-history-that-is-named", json_file(disclosure("subjects", commit, opening, receipt(sealed_log(ref=b.entries[1].ref), 28),
           receipt(b, 1))), 1, "fork", "the two receipts contradict each other")


def more_subjects(f):
    """A commit that stands there twice, once otherwise, is not good by its better half."""
    commit, opening, *_ = openings.make(*PERSON, KEYS["o1"].public)
    for name, more, code in (("other-type-beside", {"type": "rfc"}, "opening"), ("other-blob-beside", {"sealed": b64(bytes(32))}, "sealed")):
        log = sealed_log(more=[more])
        f.case(name, json_file(disclosure("subjects", commit, opening, receipt(log, 28), receipt(log, 1))), 1, code, "one of two is otherwise")
    log = sealed_log(to="q1")
    f.case("sealed-to-another", json_file(disclosure("subjects", commit, opening, receipt(log, 28), receipt(log, 1))), 1, "opening",
           "it is sealed to another entry")
    # Neither is an entry of the receipt: whether such a reference holds is not seen there.
    right = log.entries[1].ref
    for name, ref in (("hash", {**right, "hash": b64(bytes(32))}), ("entry", {**right, "entry": 3})):
        log = sealed_log(ref=ref)
        f.case("sealed-to-another-" + name, json_file(disclosure("subjects", commit, opening, receipt(log, 28), receipt(log, 1))), 1, "opening",
               "it is sealed to an entry of another " + name)


def bad_openings():
    """(name, 512 bytes, why)"""
    opening = openings.make(*PERSON, KEYS["o1"].public)[1]
    salt, value = opening[:32], PERSON[2]

    def made(kind, value, length=None, kind_length=None):
        body = salt + bytes([len(kind) if kind_length is None else kind_length]) + kind
        body += (len(value) if length is None else length).to_bytes(2, "big") + value
        return body.ljust(512, b"\0")[:512]

    return [("padding", opening[:-1] + b"\1", "no zeros at the end"), ("type-empty", made(b"", value), "no type"),
            ("type-not-utf8", made(b"\xff\xfe", value), "no UTF-8"), ("type-65", made(b"t" * 65, b"x"), "a type too long"), ("type-spaced", made(b"cu rp", value), "no code"),
            ("type-dash-first", made(b"-curp", value), "no code"), ("type-beyond", made(b"curp", value, kind_length=255), "a length beyond the end"),
            ("value-empty", made(b"curp", b""), "no value"), ("value-449", made(b"t", b"v" * 449), "a value too long"),
            ("value-beyond", made(b"curp", value, length=500), "a length beyond the end"), ("value-not-utf8", made(b"curp", b"\xff\xfe"), "no UTF-8"),
            ("value-goes-on", made(b"t" * 64, b"v" * 413, length=448), "a value that would go on behind the end"),
            ("value-control", made(b"curp", b"a\nb"), "a control character"), ("value-bidi", made(b"curp", "a\u202eb".encode()), "a bidi control"),
            ("value-noncharacter", made(b"curp", "a\ufffeb".encode()), "a noncharacter"), ("zeros", bytes(512), "nothing"),
            ("ones", b"\xff" * 512, "nothing")]


def raw_openings(root):
    f = Folder(root, "opening")
    for name, data, why in bad_openings():
        f.case(name + ".hex", (data.hex() + "\n").encode(), 3, "opening", why, "-")
    f.write("file (512 bytes in hex), exit of `verify --opening` of a disclosure that carries it, code, policy, why")


# ---- two things that contradict each other


def contradictions(root):
    f = Folder(root, "contradiction")
    a, b = histories()
    policies(f, a)
    f.policy("policy.any", two_witnesses(a, "any"))
    at = seconds(a, 39)

    def pair(name, first, second, status, code, claim, why, policy="policy"):
        f.rows.append((f.file(name + ".a", first), f.file(name + ".b", second), str(status), code, claim, policy, why))

    pair("roots", receipt(a, 30), receipt(b, 31, 40), 1, "fork", "fork", "one size, two roots")
    pair("leaves", receipt(a, 30), receipt(b, 30), 1, "fork", "leaves", "one index, two entries")
    pair("link", receipt(a, 30), receipt(b, 31), 1, "link", "link", "the link is not the leaf before")
    pair("link-backwards", receipt(b, 31), receipt(a, 30), 1, "link", "link", "the same, the other way round")
    g = base_logs.base(30, skew=601)
    pair("genesis", receipt(a, 3, 30), receipt(g, 9, 29), 1, "fork", "leaves", "two genesis entries")
    w = [(W1, at)]
    pair("rollback", receipt(a, 5, 30, cosigned(a, 30, (W1, at + 9))), receipt(a, 6, 40, cosigned(a, 40, *w)), 1, "rollback", "-",
         "a witness cosigned the smaller tree later", "policy.any")
    early = seconds(a, 30)
    pair("clock-from", receipt(a, 5, 30, cosigned(a, 30, (W1, early + 700))), receipt(a, 30, 40, cosigned(a, 40, (W2, at + 900))), 3, "clock", "-",
         "accepted long before the cosignature of a tree that does not hold it", "policy.any")
    pair("clock-below", receipt(a, 0, 30, cosigned(a, 30, (W1, seconds(a, 29) - 620))), receipt(a, 29, 40, cosigned(a, 40, (W2, at + 9))), 3, "clock", "-",
         "accepted long after the cosignature of a tree that holds it", "policy.any")
    pair("agree", receipt(a, 5, 30, cosigned(a, 30, (W1, at))), receipt(a, 30, 40, cosigned(a, 40, (W1, at + 1))), 0, "-", "-", "nothing is wrong",
         "policy.any")
    crafted.at_the_edge(pair, a, at)

    def lie(g):
        g.add("revoke", KEYS["r1"], {"vkey": KEYS["a1"].vkey, "reason": "left_office"})
        g.add("anchor", KEYS["a1"], full(g, "anchor"))

    g = base_logs.lie(lie, size=32)
    pair("revoked-before", receipt(g, 28, 29), receipt(g, 29, 31), 1, "enrolment", "-", "signed by a key that the other revokes, before")
    pair("revoked-before-backwards", receipt(g, 29), receipt(g, 28), 1, "enrolment", "-", "the same, the other way round")
    before = next(e.index for e in g.entries if KEYS["a1"].name.encode() + b" " in e.note)
    pair("revoked-and-another-signs", receipt(g, 28, 29), receipt(g, 30), 0, "-", "-", "behind it somebody else signs")
    pair("revoked-later", receipt(g, 28), receipt(g, before), 0, "-", "-", "signed by a key that the other revokes, later")
    g = base_logs.base(30)
    g.add("freeze", g.key, {})
    ended = receipt(g, 30)
    pair("ended", ended, receipt(g, 5, 30), 0, "-", "-", "a log that ended, and a smaller tree of it", "policy")
    pair("ended-here", ended, receipt(g, 5, 31), 0, "-", "-", "a log that ended, and the tree that it ended with")
    g.add("anchor", KEYS["a1"], full(g, "anchor"))
    pair("goes-on", ended, receipt(g, 31), 1, "frozen", "-", "a log that ended, and a larger tree of it")
    pair("goes-on-backwards", receipt(g, 31), ended, 1, "frozen", "-", "the same, the other way round")
    other = base_logs.base(40, origin="otra.example/bitacora")
    pair("two-logs", receipt(a, 30), receipt(other, 30), 0, "-", "-", "two logs do not contradict each other", "policy.both")
    pair("two-logs-genesis", receipt(a, 0), receipt(other, 0), 0, "-", "-", "nor by one index", "policy.both")
    f.write("first receipt, second receipt, exit of `verify` of both, code, claim of the evidence, policy, why")


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    sys.modules["vectors"] = sys.modules["__main__"]
    import vectors_crafted as crafted                      # which need what is above
    import vectors_index as index
    for make in (receipts, evidences, disclosures, raw_openings, contradictions):
        make(sys.argv[1])
    index.answers(sys.argv[1], Folder)
