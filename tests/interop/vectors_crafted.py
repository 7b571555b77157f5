"""Signed vectors in which one check alone stands between the file and "good": the log's own key signed a false size or root, or a
policy names a key of an unknown type with another's name and id, or the wrong key is enrolled where another belongs. Called by
vectors.py."""
import base_logs
import openings
from answers import Part, ShownTable, enrolments, named_by, sealed, shared_proof
from base_logs import KEYS, minimal
from index_lies import KEY, LIES, QUESTION, in_table, small, without
from index_tables import index_of
from receipts import Proven, chain, disclosure, evidence, json_file, receipt, receipt_of, seeded
from vectors import NOBODY, PERSON, W1, W2, cosigned, flip, histories, seconds, swap
from writer import Key, b64, cosign_line, sha256, sign_note, signature_line, tree_root


def alike(key):
    """A vkey of a type that FORMATS does not know, of the same name and id as a key."""
    return "%s+%s+%s" % (key.name, key.id.hex(), b64(bytes([6]) + bytes(32)))


def spoilt(line):
    """A signature line in which one bit of the signature is another."""
    name, data = line.split(b" ")[1].decode(), openings.base64.b64decode(line.split(b" ")[2])
    return signature_line(name, data[:4], flip(data[4:], len(data) - 6))


def node(left, right):
    return sha256(b"\x01" + left + right)


def of_false_tree(log, size, root, *witnesses):
    """A checkpoint of a size and a root that do not belong together, signed all the same."""
    text = log.checkpoint_text(size, root=root)
    return sign_note(text, log.key) + b"".join(cosign_line(text, w, at) for w, at in witnesses)


def good_receipts(f, log):
    """Beside all that are bad: a verifier that calls no receipt good is wrong, too."""
    at = seconds(log, 39)
    f.case("good", receipt(log, NOBODY), 0, "-", "good")
    f.case("good-genesis", receipt(log, 0), 0, "-", "good, with a chain of one")
    f.case("good-last", receipt(log, 39), 0, "-", "good, and the last entry of its tree")
    f.case("good-smallest-tree", receipt(log, 0, 1), 0, "-", "good, with an empty path")
    f.case("good-witnessed", receipt(log, NOBODY, checkpoint=cosigned(log, 40, (W1, at), (W2, at + 1))), 0, "-", "good, with its quorum", "policy.all")

    def step(g):
        base_logs.ask(g, accept=(g.clock + g.step) // 1000 * 1000 + 999)
    late = base_logs.lie(step, size=30)
    s = seconds(late, 28) - 600
    f.case("clock-at-its-edge", receipt(late, 28, 30, cosigned(late, 30, (W1, s))), 0, "-", "accepted as late as a cosignature's second and the skew allow", "policy.any")
    f.case("clock-behind-its-edge", receipt(late, 28, 30, cosigned(late, 30, (W1, s - 1))), 3, "clock", "a second later", "policy.any")
    parts = chain(log, NOBODY)
    f.case("path-of-chain-64", receipt_of(parts[:1] + [Proven(log, 2, hashes=[bytes(32)] * 64)] + parts[2:], log.checkpoint()), 1, "receipt",
           "split as section 11 says, and leading nowhere")


def receipts(f, log):
    good_receipts(f, log)
    strangers(f, log)
    whole = [Proven(log, e.index, 32) for e in chain(log, NOBODY)]
    f.case("tree-larger-than-its-proof", receipt_of(whole, of_false_tree(log, 64, log.root(32))), 1, "receipt",
           "the path leads to the signed root, and ends before the signed size does")
    f.case("index-beyond-the-tree-by-its-size", receipt_of(whole, log.checkpoint(32), index=NOBODY + 32), 1, "receipt",
           "the path of the index less the size, which leads to the root")
    other = sha256(b"beside")
    for e in whole:
        e.path = e.path + [other]
    f.case("tree-smaller-than-its-proof", receipt_of(whole, of_false_tree(log, 32, node(other, log.root(32)))), 1, "receipt",
           "the path leads to the signed root, and goes on behind the signed size")


def strangers(f, log):
    """Lines that may be a stranger's are not bad; nor are they the log's, or a witness's."""
    at = seconds(log, 39)
    text, good = log.checkpoint_text(), log.checkpoint()
    own, by = good[len(text) + 1:], cosign_line(text, W1, at)
    unsigned = text + b"\n" + spoilt(own)
    f.policy("policy.alike", "log %s\nlog %s\nwitness uno %s\nquorum uno\n" % (log.key.vkey, alike(log.key), W1.vkey))
    f.policy("policy.alike-alone", "log %s\nlog %s\nquorum none\n" % (log.key.vkey, alike(log.key)))
    other = Key("otra.example/x")
    f.policy("policy.unlike", "log %s\nlog %s\nwitness uno %s\nwitness dos %s\nquorum none\n" % (log.key.vkey, alike(other), W1.vkey, alike(W2)))
    f.policy("policy.alike-witness", "log %s\nwitness uno %s\nwitness dos %s\nquorum uno\n" % (log.key.vkey, W1.vkey, alike(W1)))
    f.policy("policy.alike-any", "log %s\nwitness uno %s\nwitness dos %s\ngroup g any uno dos\nquorum g\n" % (log.key.vkey, W1.vkey, alike(W1)))

    def case(name, note, status, code, why, policy):
        f.case(name, receipt(log, NOBODY, checkpoint=note), status, code, why, policy)
    case("alike-unsigned", unsigned + by, 3, "checkpoint", "the log did not sign it: its line may be another's of that name and id", "policy.alike")
    case("alike-unsigned-alone", unsigned, 3, "checkpoint", "the same, where no witness is asked for", "policy.alike-alone")
    case("alike-unsigned-and-witness", unsigned + spoilt(by), 3, "checkpoint", "nobody signed it: the log's line comes first", "policy.alike")
    case("alike-beside", good + spoilt(own), 3, "quorum", "the log's line, and one that may be another's", "policy.alike")
    case("alike-cosignature", good + spoilt(by), 3, "quorum", "the witness's line may be another's: it does not count", "policy.alike-witness")
    case("alike-in-a-group", good + spoilt(by), 3, "quorum", "nor does that of a key that nobody here knows", "policy.alike-any")
    case("unlike-unsigned", unsigned, 1, "checkpoint", "a stranger of another name excuses nothing of the log's", "policy.unlike")
    case("unlike-cosignature", good + spoilt(by), 1, "checkpoint", "nor of a witness's", "policy.unlike")
    case("twice-by-log", good + own, 1, "checkpoint", "the log's line twice, beside a stranger of its name and id", "policy.alike-alone")
    case("witness-bad-log-absent", text + b"\n" + spoilt(by), 3, "checkpoint", "no line of the log's: it is not asked what others signed", "policy.any")


def evidences(f):
    a, b = histories()
    root = tree_root(b.leaves(32))
    hashes = seeded(24, b.leaves(32))
    f.case("fork-ends-before-its-size", json_file(evidence("fork", [a.checkpoint(24), of_false_tree(b, 64, root)], hashes)), 1, "evidence",
           "the hashes lead to the signed root, and end before the signed size does")
    other = sha256(b"beside")
    f.case("fork-goes-on-behind-its-size", json_file(evidence("fork", [a.checkpoint(24), of_false_tree(b, 32, node(other, root))], hashes + [other])), 1,
           "evidence", "the hashes lead to the signed root, and go on behind the signed size")


def disclosures(f):
    """The key that it is sealed to is enrolled, but not for oversight."""
    for short, role in (("a1", "an auditor"), ("j1", "a judge")):
        commit, opening, _, _, _, _, blob = openings.make(*PERSON, KEYS[short].public)

        def step(g, short=short, commit=commit, blob=blob):
            own = {"type": "curp", "commit": b64(commit), "sealed": b64(blob), "to": g.label[short].ref}
            base_logs.ask(g, edit=lambda m: m.update(subjects=[own]))
        log = base_logs.lie(step, size=30)
        to = receipt(log, log.label[short].index)
        f.case("to-%s" % short, json_file(disclosure("subjects", commit, opening, receipt(log, 28), to)), 1, "opening",
               "the blob is right, and sealed to %s" % role)
    for name, kind, value in (("full", b"t" * 64, b"v" * 413), ("longest-value", b"t", b"v" * 448), ("shortest", b"t", b"v")):
        commit, opening, _, _, _, _, blob = openings.make(PERSON[0], kind, value, KEYS["o1"].public)

        def seal(g, kind=kind, commit=commit, blob=blob):
            own = {"type": kind.decode(), "commit": b64(commit), "sealed": b64(blob), "to": g.label["o1"].ref}
            base_logs.ask(g, edit=lambda m: m.update(subjects=[own]))
        log = base_logs.lie(seal, size=30)
        f.case("good-" + name, json_file(disclosure("subjects", commit, opening, receipt(log, 28), receipt(log, log.label["o1"].index))), 0, "-",
               "an opening whose lengths are at their edge")
    contradicting(f)
    log = base_logs.base(30)
    commit, opening, *_ = openings.make(*PERSON, KEYS["o1"].public)
    for name in ("__proto__", "constructor", "toString", "__defineGetter__", "hasOwnProperty", ""):
        f.case("member-%s" % (name.strip("_") or "empty"), json_file(disclosure(name, commit, opening, receipt(log, NOBODY))), 1, "opening",
               "no member that holds commits, though some language has such a name")


def contradicting(f):
    """Both receipts are good, and the times of their cosignatures contradict each other, or a witness went back."""
    commit, opening, _, _, _, _, blob = openings.make(*PERSON, KEYS["o1"].public)

    def step(g):
        own = {"type": "curp", "commit": b64(commit), "sealed": b64(blob), "to": g.label["o1"].ref}
        base_logs.ask(g, edit=lambda m: m.update(subjects=[own]))
    log = base_logs.lie(step, size=30)
    f.policy("policy.any", "log %s\nwitness uno %s\nwitness dos %s\ngroup g any uno dos\nquorum g\n" % (log.key.vkey, W1.vkey, W2.vkey))
    at, index = seconds(log, 29), log.label["o1"].index
    own = receipt(log, 28, 30, cosigned(log, 30, (W1, at)))
    f.case("good", json_file(disclosure("subjects", commit, opening, receipt(log, 28), receipt(log, index))), 0, "-", "good")
    f.case("good-without-recipient", json_file(disclosure("subjects", commit, opening, receipt(log, 28))), 0, "-", "good: who it was sealed to is not shown")
    f.case("good-witnessed", json_file(disclosure("subjects", commit, opening, own, receipt(log, index, 30, cosigned(log, 30, (W2, at + 1))))), 0, "-",
           "good, with its quorum", "policy.any")
    f.case("rollback-of-a-witness", json_file(disclosure("subjects", commit, opening, own, receipt(log, index, 29, cosigned(log, 29, (W1, at + 9))))), 1,
           "rollback", "the witness cosigned the smaller tree later", "policy.any")
    f.case("clock-against-each-other", json_file(disclosure("subjects", commit, opening, own,
           receipt(log, index, 28, cosigned(log, 28, (W2, at + 700))))), 3, "clock", "accepted long before a cosignature of a tree without it", "policy.any")


def at_the_edge(pair, a, at):
    """Two receipts that do not contradict each other, and would by a second or a millisecond more."""
    pair("rollback-same-second", receipt(a, 5, 30, cosigned(a, 30, (W1, at))), receipt(a, 6, 40, cosigned(a, 40, (W1, at))), 0, "-", "-",
         "a witness cosigned both trees within one second", "policy.any")
    pair("rollback-same-size", receipt(a, 5, 40, cosigned(a, 40, (W1, at))), receipt(a, 6, 40, cosigned(a, 40, (W1, at + 9))), 0, "-", "-",
         "a witness cosigned one tree twice", "policy.any")
    for more in (0, 1):
        log = base_logs.lie(lambda g, more=more: base_logs.ask(g, accept=(g.clock + g.step) // 1000 * 1000 + 999 + more), size=31)
        accepted, last = log.entries[28].accept, seconds(log, 30)
        status, code = (3, "clock") if more else (0, "-")
        pair("clock-below-%s-its-edge" % ("beyond" if more else "at"), receipt(log, 0, 29, cosigned(log, 29, (W1, (accepted - more) // 1000 - 600))),
             receipt(log, 28, 31, cosigned(log, 31, (W2, last))), status, code, "-", "accepted as late as a cosignature allows, and a millisecond", "policy.any")
    for less in (0, 1):
        log = base_logs.lie(lambda g, less=less: base_logs.ask(g, accept=(g.clock + g.step) // 1000 * 1000 + 1000 - less), size=31)
        accepted, last = log.entries[28].accept, seconds(log, 30)
        status, code = (3, "clock") if less else (0, "-")
        pair("clock-from-%s-its-edge" % ("beyond" if less else "at"), receipt(log, 0, 28, cosigned(log, 28, (W1, (accepted + less) // 1000 + 600))),
             receipt(log, 28, 31, cosigned(log, 31, (W2, last))), status, code, "-", "accepted as early as a cosignature allows, and a millisecond", "policy.any")


def answers(f):
    log, _, second, anchor = small()
    by = log.add("anchor", KEYS["o1"], {**minimal(log, "anchor"), "index": log.entries[second].ref})
    assert anchor != by.index
    f.case("audit-by-oversight.answer", Part.honest(log, QUESTION, second, audit=by.index).bytes(), 1, "answer", "oversight is no auditor")
    p = Part.honest(log, QUESTION, second, audit=anchor)
    p.tables.append(ShownTable(31, {}, []))
    f.case("table-too-many.answer", p.bytes(), 1, "answer", "the index has no such table")
    p = Part.honest(log, QUESTION, second, 0, 10, audit=anchor)
    whole = Part.honest(log, QUESTION, second, audit=anchor)
    p.tables.append(whole.tables[-1])
    f.case("table-of-another-range.answer", p.bytes(), 1, "answer", "a table that has nothing to do with the part")
    parts_of_two(f, log, second)
    false_proofs(f, log, second, anchor)
    answer_edges(f, log, second, anchor)
    carried(f)


def carried(f):
    """Entries that nobody needs to carry, and whose rows are not there, in a table without rows and in one with some."""
    first = in_table(without((KEY, 16)), n=1)
    for name, lie, about in (("rows-none", LIES["rows-none"](), "alike"), ("row-of-an-act", LIES["row-left-out-of-an-act"](), 44),
                             ("row-of-depth-8", LIES["row-left-out-of-depth-8"](), "chain"), ("row-of-the-first", first, 16),
                             ("unkeyed-without-a-row", LIES["hidden-v2-no-row"](), "of_unknown_version"),
                             ("unkeyed-and-not-counted", LIES["hidden-v2-no-count"](), "of_unknown_version")):
        tables = index_of(lie.log).cover_of(lie.log.entries[lie.index])
        p = Part.honest(lie.log, lie.questions[0], lie.index, tables=tables)
        i = about if isinstance(about, int) else lie.log.label[about].index
        for n in {i} | named_by(lie.log, index_of(lie.log).keys(), i):
            for e in enrolments(lie.log, n):
                p.entries[e] = lie.log.entries[e].raw
        p.proof = shared_proof(sorted(p.entries), lie.log.leaves())
        f.case("carried-%s.answer" % name, p.bytes(), 1, "index", "an entry is carried that the rows lack")


def answer_edges(f, log, second, anchor):
    """Lines that one check alone refuses: each is put together again, and all else of the part is right."""
    whole = Part.honest(log, QUESTION, second, audit=anchor).bytes()
    body = whole[:whole.rindex(b"sha256 ")]

    def lines(name, old, new, why):
        f.case(name + ".answer", sealed(swap(body, old, new)), 3, "answer", why)

    def asked(name, kind, value, why, status=3):
        p = Part.honest(log, QUESTION, second, audit=anchor)
        p.question = kind, value
        f.case("asked-%s.answer" % name, p.bytes(), status, "answer", why)
    asked("vkey-of-a-witness", "vkey", W1.vkey.encode(), "a vkey of another type")
    asked("subject-short", "subject", b"AAAA", "a commit of three bytes")
    asked("control", "warrant", b"Oficio\x1f13", "a character below U+0020")
    asked("not-utf8", "warrant", b"Oficio \xff", "not UTF-8")
    asked("257", "warrant", b"X" * 257, "a byte more than a reference may have")
    asked("256", "warrant", b"X" * 256, "as long as a reference may be; its rows are not shown", 1)
    f.case("no-newline-but-x.answer", whole[:-1] + b"x", 3, "answer", "no newline at the end, and a byte in its place")
    f.case("title-v2.answer", sealed(swap(body, b"bitacora/v1 answer\n", b"bitacora/v2 answer\n")), 3, "-", "another first line")
    lines("index-misspelt", b"\nindex ", b"\nindez ", "another word before a number")
    lines("index-two-numbers", b"\naudit ", b" 0\naudit ", "a number too many")
    lines("table-last-32", b"\ntable 2 ", b"\ntable 32 ", "there are tables 0 to 31")
    honest = Part.honest(log, QUESTION, second, audit=anchor)
    places = sorted(honest.entries)
    ends = [body.index(b"\n%d " % n) + 1 for n in places[:3]]
    one, two = (body[x:y] for x, y in zip(ends, ends[1:]))
    lines("entries-out-of-order", one + two, two + one, "entries descend")
    lines("entry-twice", b"\nentries %d\n" % len(places) + one, b"\nentries %d\n" % (len(places) + 1) + one + one, "an entry is there twice")
    lines("entry-ends-otherwise", two, two[:-1] + b" ", "another byte than a newline behind an entry")
    lines("leaf-empty", b"\n0 " + b64(honest.tables[2].leaves[0]).encode(), b"\n0 ", "a leaf without rows")
    leaves_of_two(f, log, second)
    p = Part.honest(log, QUESTION, second, to=28, end=28)
    f.case("end-before-the-cover-ends.answer", p.bytes(), 1, "answer", "less than the index covers")
    p = Part.honest(log, QUESTION, second, start=9)
    del p.entries[8]
    p.proof = shared_proof(sorted(p.entries), log.leaves())
    f.case("named-entry-left-out.answer", p.bytes(), 3, "answer", "what the key of a row rests on is not carried")
    lie = LIES["hidden-v2-honest"]()
    p = Part.honest(lie.log, lie.questions[0], lie.index)
    p.index = lie.log.label["of_unknown_version"].index
    f.case("index-of-unknown-version.answer", p.bytes(), 3, "answer", "who cannot read an entry does not know whether it is an index")
    log, hidden = lie.log, lie.log.label["of_unknown_version"]
    anchor = log.add("anchor", KEYS["a1"], {**minimal(log, "anchor"), "index": hidden.ref})
    p = Part.honest(log, lie.questions[0], lie.index, audit=anchor.index)
    f.case("audit-of-unknown-version.answer", p.bytes(), 3, "answer",
           "whether an auditor's anchor names an index is not known")
    p = Part.honest(log, lie.questions[0], lie.index)
    p.audit = hidden.index
    f.case("anchor-of-unknown-version.answer", p.bytes(), 3, "answer",
           "whether an entry is an anchor is not known")


def parts_of_two(f, log, second):
    """Two parts, each of which is good, of two answers."""
    def case(name, first, question, why, end=29, **more):
        a, b = Part.honest(log, first, second, to=9, end=29), Part.honest(log, question, second, start=9, to=end, end=end, **more)
        f.case("parts-of-two-%s.answer" % name, a.bytes() + b.bytes(), 3, "answer", why)
    telco = b"mx.telco"
    case("values", ("holder", telco), ("holder", b"mx.banco"), "another value is asked for in the second part")
    case("types", ("holder", telco), ("authority", telco), "the same value, of another type")
    case("ends", ("holder", telco), ("holder", telco), "the second part is of an answer that goes further", end=31)
    case("checkpoints", ("holder", telco), ("holder", telco), "the second part is of a smaller tree", size=31)


def leaves_of_two(f, log, second):
    """The leaves of a table in another order, or twice."""
    p = Part.honest(log, ("holder", b"mx.telco"), second)
    table = next(t for t in p.tables if len(t.leaves) > 1)
    body = p.bytes()[:-52]
    one, two = (b"%d %s\n" % (n, b64(table.leaves[n]).encode()) for n in sorted(table.leaves)[:2])
    head = b"table %d %d %d\n" % (table.number, len(table.leaves), len(table.hashes))
    more = b"table %d %d %d\n" % (table.number, len(table.leaves) + 1, len(table.hashes))
    f.case("leaves-out-of-order.answer", sealed(swap(body, one + two, two + one)), 3, "answer", "leaves descend")
    f.case("leaf-twice.answer", sealed(swap(body, head + one, more + one + one)), 3, "answer", "a leaf is there twice")


def false_proofs(f, log, second, anchor):
    """The shared proof leads to a root that was signed with another size."""
    p = Part.honest(log, QUESTION, second, audit=anchor)
    p.checkpoint = of_false_tree(log, len(log) - 1, log.root())
    f.case("tree-larger-than-its-size.answer", p.bytes(), 1, "answer", "the proof is of a tree of one entry more than the signed size")
    p.proof = shared_proof(sorted(p.entries), log.leaves()) + [bytes(32)]
    p.checkpoint = log.checkpoint()
    f.case("proof-a-hash-more.answer", p.bytes(), 1, "answer", "a hash behind the proof")
