"""Signed vectors of an index: answers, and more evidence that its lies come to. Called by vectors.py."""
import base_logs
import index_lies
import vectors_crafted
from answers import Part, parts, sealed
from index_lies import LIES, QUESTION, Run, small
from receipts import json_file
from vectors import W1, checkpoints, cosigned, flip, policies, seconds, swap, two_witnesses
from writer import write_file

# Of the lies in a log those that answers show, and those that evidence proves: a few of each.
SHOWN = ("row-added-of-depth-9", "rows-exchanged", "rows-one-less", "same-bounds-other-root-audited", "hidden-v2-honest", "hidden-broken-counted",
         "unkeyed-over-rows", "row-left-out", "row-twice", "root-of-another-table", "gap")
PROVEN = ("row-left-out-of-depth-8", "row-added-wrong-hash", "rows-none-other-root", "row-beyond", "hidden-v2-no-row", "hidden-broken-counted",
          "split-again", "one-B-twice")


def answer_forms(f, good):
    """Lines that are not as section 25 says, put together again."""
    body = good[:good.rindex(b"sha256 ")]

    def lines(name, old, new, why="not the form of section 25"):
        f.case(name + ".answer", sealed(swap(body, old, new)), 3, "answer", why)
    lines("question-of-no-type", b"warrant Oficio", b"matter Oficio")
    lines("question-empty", b"warrant Oficio 13/2026\n", b"warrant \n")
    lines("question-holder-no-code", b"warrant Oficio 13/2026\n", b"holder mx telco\n")
    lines("question-vkey-no-vkey", b"warrant Oficio 13/2026\n", b"vkey Oficio\n")
    lines("range-spaced", b"range 0 ", b"range  0 ")
    lines("range-leading-zero", b"range 0 ", b"range 00 ")
    lines("range-empty", b"range 0 29 29\n", b"range 29 29 29\n")
    lines("index-minus", b"\nindex ", b"\nindex -")
    lines("audit-nobody", b"\naudit ", b"\naudit nobody ")
    lines("no-audit-line", body[body.index(b"\naudit "):body.index(b"\ncheckpoint ")], b"")
    lines("proof-one-more", b"\nproof ", b"\nproof 1")
    lines("entries-2-to-63", b"\nentries ", b"\nentries 9223372036854775808")
    lines("tables-33", b"\ntables 3\n", b"\ntables 33\n")
    lines("table-32", b"\ntable 1 ", b"\ntable 32 ")
    lines("table-twice", b"\ntable 1 ", b"\ntable 0 ")
    for name, data in (("crlf", good.replace(b"\n", b"\r\n")), ("newline-more", good + b"\n"), ("newline-less", good[:-1]), ("half", good[:len(good) // 2]),
                       ("no-digest", body), ("digest-of-another", swap(good, b"sha256 ", b"sha256 A")[:-2] + b"\n")):
        f.case(name + ".answer", data, 3, "-", "altered on its way, or no answer")
    for at in (30, len(good) // 2, len(good) - 3):
        f.case("bit-%d.answer" % at, flip(good, at), 3, "-", "one bit")


def answers(root, folder):
    f = folder(root, "answer")
    log, first, second, anchor = small()
    policies(f, log)
    f.policy("policy.all", two_witnesses(log, "all"))
    f.policy("policy.any", two_witnesses(log, "any"))

    def made(note, question=("warrant", b"Oficio 13/2026")):
        return Part.honest(log, question, second, audit=anchor, checkpoint=note).bytes()
    good = made(log.checkpoint(), QUESTION)
    answer_forms(f, made(log.checkpoint()))
    for name, data, least in index_lies.answer_lies(log, first, second, anchor):
        if least:
            f.case(name + ".answer", data, least, "-" if name in ("page-of-another-table",) else "answer", "made of an honest log")
    checkpoints(f, log, made)
    at = seconds(log, len(log) - 1)
    f.case("quorum.answer", made(cosigned(log, None, (W1, at))), 3, "quorum", "a witness is missing", "policy.all")
    f.case("clock.answer", made(cosigned(log, None, (W1, at - 610))), 3, "clock", "cosigned before it was accepted", "policy.any")
    for name in SHOWN:
        lie = LIES[name]()
        code = {"hidden-v2-honest": "version", "rows-one-less": "answer", "root-of-another-table": "answer"}.get(name, "index")
        f.case(name + ".answer", Run.answers_of(lie, lie.questions[0]), lie.seen, code, "the log's index lies, or hides it" if lie.seen == 1 else "an entry that nobody can read")
    vectors_crafted.answers(f)
    f.write("file, exit of `verify`, code, policy, why")
    good_answers(root, log, second, anchor, good)


def good_answers(root, log, second, anchor, good):
    """policy: that of the bad ones."""
    subject = base_logs.h("commit s1").encode()
    for name, made in (("honest", good), ("similar", Part.honest(log, ("warrant", b"0FICIO 12-2026"), second).bytes()),
                       ("absent", Part.honest(log, ("warrant", b"X-1/2026"), second).bytes()),
                       ("tail", Part.honest(log, QUESTION, second, to=len(log), end=len(log)).bytes()),
                       ("parts", b"".join(p.bytes() for p in parts(log, QUESTION, second, [9, 16, 20], end=len(log)))),
                       ("vkey", Part.honest(log, ("vkey", base_logs.KEYS["q2"].vkey.encode()), second).bytes()),
                       ("signer", Part.honest(log, ("signer", base_logs.KEYS["j1"].name.encode()), second).bytes()),
                       ("holder", Part.honest(log, ("holder", b"mx.banco"), second).bytes()),
                       ("authority", Part.honest(log, ("authority", b"mx.nobody"), second).bytes()),
                       ("subject", Part.honest(log, ("subject", subject), second).bytes())):
        write_file("%s/answer/good/%s.answer" % (root, name), made)


def good_evidence_of_an_index(root):
    for name in PROVEN:
        lie = LIES[name]()
        write_file("%s/evidence/good/index-%s.json" % (root, name), json_file(lie.evidence))
