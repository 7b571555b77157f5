"""Cases: what cannot be decided, spoilt files, cosignatures, and two histories."""
from base_logs import KEYS, P, SKEW, answer, ask, base, lie, minimal
from case_writing import R, case, path
from crafted_signatures import flipped
from writer import (COSIGNATURE, Key, b64, cosign_line, leaf_hash, policy_text, sha256, sign_note,
                    signature_line, write_file)


def undecided():
    def v2_record(g):
        return ask(g, text_edit=R("bitacora/v1", "bitacora/v2"))
    case("version-entry", lie(lambda g: ask(g, entry_version="bitacora/v2 entry")), "version", P, 3, "an entry of a later version")
    case("version-entry-shape", lie(lambda g: g.append_note(b"", raw=b"bitacora/v2 entry\n\xff\xfe\x00 anything")), "version", P, 3, "its rest may have any shape")
    case("version-record", lie(v2_record), "version", P, 3, "a record of a later version")
    case("version-record-shape", lie(lambda g: g.append_note(b"bitacora/v2 asamblea\nany \xff shape\x00")), "version", P, 3, "its rest may have any shape")
    case("version-record-large", lie(lambda g: g.append_note(b"bitacora/v2 asamblea\n" + b"x" * 60_000)), "version", P, 3, "and any length")
    case("version-long", lie(lambda g: ask(g, text_edit=R("bitacora/v1", "bitacora/v" + "9" * 400))), "version", P, 3, "N is of any length")
    case("version-genesis", base(1, genesis={"text_edit": R("bitacora/v1", "bitacora/v2")}), "version", 0, 3, "a genesis of a later version")
    case("version-and-bad-link", lie(lambda g: ask(g, text_edit=R("bitacora/v1", "bitacora/v2"), link=sha256(b"no"))), "link", P, 1, "all else is judged as usual",
         findings=[["version", P], ["link", P]])
    case("basis", lie(v2_record, lambda g: answer(g, g.entries[-1])), "basis", P + 1, 3, "a reference to an entry of another version", findings=[["version", P], ["basis", P + 1]])
    case("basis-any", lie(v2_record, lambda g: g.add("correction", KEYS["q1"], {"about": g.entries[-1].ref, "cause": "c"})), "version", P, 3,
         "about points at any entry, whatever its version", findings=[["version", P]])
    case("basis-any-entry", lie(lambda g: ask(g, entry_version="bitacora/v2 entry"), lambda g: g.add("correction", KEYS["q1"], {"about": g.entries[-1].ref, "cause": "c"})),
         "version", P, 3, "the same with an entry of another version", findings=[["version", P]])

    def by_x1(g):
        g.add("anchor", KEYS["x1"], minimal(g, "anchor"), under=g.entries[-1].ref)
    case("key-undecided", lie(v2_record, by_x1), "key", P + 1, 3, "enrolled, perhaps, by an entry of a later version", findings=[["version", P], ["key", P + 1]])
    case("key-undecided-entry", lie(lambda g: ask(g, entry_version="bitacora/v2 entry"), by_x1), "key", P + 1, 3, "the same with an entry of a later version",
         findings=[["version", P], ["key", P + 1]])
    case("key-decided", lie(v2_record, lambda g: g.add("anchor", KEYS["x1"], minimal(g, "anchor"), under=g.label["a1"].ref)), "key", P + 1, 1,
         "under names an entry that is known: bad", findings=[["version", P], ["key", P + 1]])
    case("signature-undecided", lie(v2_record, lambda g: ask(g, sign=flipped(KEYS["q1"]), under=g.entries[-1].ref)), "signature", P + 1, 3,
         "perhaps the key of that later version verifies it", findings=[["version", P], ["signature", P + 1]])

    def revoke(key):
        return lambda g: g.add("revoke", KEYS["r1"], {"vkey": key.vkey, "reason": "other"})
    case("revoke-undecided", lie(v2_record, revoke(KEYS["x1"])), "version", P, 3, "the unknown key may have been enrolled by that entry")
    case("revoke-decided", lie(v2_record, revoke(KEYS["q2"])), "enrolment", P + 1, 1, "revoked twice is bad in any version", findings=[["version", P], ["enrolment", P + 1]])
    case("revoke-before-version", lie(revoke(KEYS["x1"]), v2_record), "enrolment", P, 1, "only entries before it may have enrolled the key", findings=[["enrolment", P], ["version", P + 1]])

    def without(log, path):
        return dict(edit=lambda f: f.pop(path), file=path, exit=3)
    log = base()
    case("missing-tile", log, "missing", findings=[["missing", None]], why="the only tile is not there", **without(log, "tile/0/000.p/40"))
    case("missing-bundle", log, "missing", findings=None, why="the only bundle is not there", **without(log, "tile/entries/000.p/40"))
    case("missing-checkpoint", log, "missing", findings=[["missing", None]], why="no checkpoint", **without(log, "checkpoint"))
    wide = base(300)
    case("missing-tile-level-0", wide, "missing", findings=[["missing", None]], why="a full tile is not there", **without(wide, "tile/0/000"))
    case("missing-tile-level-1", wide, "missing", findings=[["missing", None]], why="an upper tile is not there", **without(wide, "tile/1/000.p/1"))
    case("missing-bundle-0", wide, "missing", findings=None, why="the bundle with all enrolments is not there", **without(wide, "tile/entries/000"))
    case("missing-bundle-1", wide, "missing", findings=None, why="the last bundle is not there", **without(wide, "tile/entries/001.p/44"))

    def to_full(f):
        for kind in ("tile/0/000", "tile/entries/000"):
            f[kind] = f.pop(kind + ".p/40")
    case("missing-width", log, "missing", exit=3, edit=to_full, findings=None, why="looked for under .p/40 only, even if a wider one is there")
    case("missing-size-41", log, "missing", exit=3, files={**log.files(), "checkpoint": base(41).checkpoint()}, findings=None, file="checkpoint",
         why="a checkpoint ahead of the files")
    case("missing-size-39", log, "missing", exit=3, files={**log.files(), "checkpoint": log.checkpoint(39)}, findings=None, file="checkpoint",
         why="a checkpoint behind the files")

    def folder(path):
        def edit(f):
            del f[path]
            f[path + "/x"] = b"x"
        return dict(edit=edit, file=path, exit=3)
    case("unreadable-tile", log, "unreadable", findings=[["unreadable", None]], why="a folder where the tile should be", **folder("tile/0/000.p/40"))
    case("unreadable-bundle", log, "unreadable", findings=None, why="a folder where the bundle should be", **folder("tile/entries/000.p/40"))
    case("unreadable-checkpoint", log, "unreadable", findings=[["unreadable", None]], why="a folder where the checkpoint should be", **folder("checkpoint"))


def file_lies():
    log, wide = base(), base(300)
    q = log.files()

    def check(name, data, why, code="checkpoint", **kw):
        case("checkpoint-" + name, log, code, files={**q, "checkpoint": data}, file="checkpoint", why=why, **kw)
    text = log.checkpoint_text()

    def signed_by(key, sign=None, name=None):
        return text + b"\n" + signature_line(name or key.name, key.id, (sign or key.sign)(text))
    check("flipped", signed_by(log.key, flipped(log.key)), "one bit of the signature")
    check("origin", log.checkpoint(origin="otro.example/bitacora"), "another origin, by this log's key")
    check("other-key", log.checkpoint(key=Key(log.origin, sha256(b"other"))), "this log's name, not its key")
    check("other-key-same-id", text + b"\n" + signature_line(log.origin, log.key.id, KEYS["x1"].sign(text)), "this log's name and id, not its key")
    check("by-registrar", log.checkpoint(key=KEYS["r1"]), "signed by somebody else")
    check("twice", q["checkpoint"] + q["checkpoint"].split(b"\n\n")[1], "the log's key has exactly one line")
    check("unsigned", text + b"\n", "no signature line")
    check("size-0", log.checkpoint(0), "no log has size 0")
    check("size-leading-zero", sign_note(text.replace(b"\n40\n", b"\n040\n"), log.key), "no leading zero")
    check("size-plus", sign_note(text.replace(b"\n40\n", b"\n+40\n"), log.key), "no sign")
    check("size-2-63", sign_note(text.replace(b"\n40\n", b"\n9223372036854775808\n"), log.key), "at most 2^63−1")
    check("root-31", sign_note(("%s\n40\n%s\n" % (log.origin, b64(bytes(31)))).encode(), log.key), "32 bytes")
    check("root-unpadded", sign_note(text.rstrip(b"=\n") + b"\n", log.key), "padded")
    check("two-lines", sign_note(b"\n".join(text.split(b"\n")[:2]) + b"\n", log.key), "no root")
    check("empty-extension", sign_note(text + b"\nextension\n", log.key), "extension lines are not empty")
    check("cut", q["checkpoint"][:-10], "cut short")
    check("empty", b"", "an empty file")
    check("html", b"<html>404</html>\n", "no note at all")
    check("crlf", q["checkpoint"].replace(b"\n", b"\r\n"), "no CR")
    check("large", q["checkpoint"][:-1] + b"\n" + b"x" * 262_144, "over its cap")
    lines = signature_line("relleno.example/x", b"abcd", bytes(64))
    check("65-lines", q["checkpoint"] + lines * 64, "at most 64 signature lines")
    case("checkpoint-64-lines", log, files={**q, "checkpoint": q["checkpoint"] + lines * 63}, file="checkpoint", why="64 signature lines are good",
         more={"size": 40, "root": b64(log.root())})
    other = base(origin="otro.example/bitacora")
    case("checkpoint-other-log", other, "checkpoint", policy=policy_text(log.key), file="checkpoint", why="a whole other log under this log's policy: not signed by the log")
    case("root", log, "root", files={**q, "checkpoint": log.checkpoint(root=sha256(b"no"))}, file="checkpoint", why="the log signed another root")
    case("root-of-39", log, "root", files={**q, "checkpoint": log.checkpoint(root=log.root(39))}, file="checkpoint", why="the log signed the root of another size")

    def spoilt(name, log, path, change, code, entry, why, **kw):
        case(name, log, code, entry, edit=lambda f: f.update({path: change(f[path])}), file=path, why=why, **kw)

    def flip(at):
        return lambda d: d[:at] + bytes([d[at] ^ 1]) + d[at + 1:]
    t0, b0 = "tile/0/000.p/40", "tile/entries/000.p/40"
    spoilt("tile-cut", log, t0, lambda d: d[:-1], "tile", None, "a byte short")
    spoilt("tile-cut-hash", log, t0, lambda d: d[:-32], "tile", None, "a hash short")
    spoilt("tile-longer", log, t0, lambda d: d + b"\x00", "tile", None, "a byte too many")
    spoilt("tile-empty", log, t0, lambda d: b"", "tile", None, "an empty file")
    spoilt("tile-altered", log, t0, flip(100), "tile", None, "the bundle agrees with the root, the tile does not")
    spoilt("tile-altered-full", wide, "tile/0/000", flip(100), "tile", None, "the bundle agrees with the tile above, this one does not")
    spoilt("tile-upper-altered", wide, "tile/1/000.p/1", flip(10), "tile", None, "not the hashes computed from below")
    spoilt("tile-upper-cut", wide, "tile/1/000.p/1", lambda d: d[:-1], "tile", None, "a byte short")

    def start(log, index):
        return sum(2 + len(e.raw) for e in log.entries[index // 256 * 256:index])
    spoilt("bundle-cut", log, b0, lambda d: d[:-1], "bundle", 39, "cut in the last entry")
    spoilt("bundle-cut-middle", log, b0, lambda d: d[:start(log, 20) + 100], "bundle", 20, "cut in entry 20")
    spoilt("bundle-cut-between", log, b0, lambda d: d[:start(log, 20)], "bundle", 20, "cut between two entries")
    spoilt("bundle-cut-length", log, b0, lambda d: d[:start(log, 20) + 1], "bundle", 20, "cut within a length")
    spoilt("bundle-empty", log, b0, lambda d: b"", "bundle", 0, "an empty file", findings=None)
    spoilt("bundle-longer", log, b0, lambda d: d + b"x", "bundle", 39, "a byte follows the last entry")
    spoilt("bundle-entry-more", log, b0, lambda d: d + d[start(log, 39):], "bundle", 39, "an entry more than its width")
    spoilt("bundle-longer-full", wide, "tile/entries/000", lambda d: d + b"\x00\x00", "bundle", 255, "an empty entry more in a full bundle")
    spoilt("bundle-cut-second", wide, "tile/entries/001.p/44", lambda d: d[:-1], "bundle", 299, "cut in the last entry of the second bundle")
    at = start(log, 28) + 2 + len(log.entries[28].raw) - 10
    # entry 29 answers entry 28: what rests on it is undecided
    spoilt("leaf", log, b0, flip(at), "leaf", 28, "an entry altered in the bundle only", findings=[["leaf", 28], ["basis", 29]])
    at = start(wide, 29) + 2 + len(wide.entries[29].raw) - 10
    spoilt("leaf-full", wide, "tile/entries/000", flip(at), "leaf", 29, "the same in a full bundle")
    at = start(wide, 299) + 2 + len(wide.entries[299].raw) - 10
    spoilt("leaf-last", wide, "tile/entries/001.p/44", flip(at), "leaf", 299, "the same in the last entry")

    def swap(d):
        a, b, c = start(log, 17), start(log, 18), start(log, 19)
        return d[:a] + d[b:c] + d[a:b] + d[c:]
    spoilt("leaf-swapped", log, b0, swap, "leaf", 17, "two entries swapped in the bundle only", findings=[["leaf", 17], ["leaf", 18]])

    def both(log, index, width, findings, name, why):
        raw = log.entries[index].raw
        new = raw[:-10] + bytes([raw[-10] ^ 1]) + raw[-9:]
        n = index % 256

        def edit(f):
            d, a = f["tile/entries/" + width], start(log, index) + 2
            f["tile/entries/" + width] = d[:a] + new + d[a + len(new):]
            f["tile/0/" + width] = f["tile/0/" + width][:32 * n] + leaf_hash(new) + f["tile/0/" + width][32 * n + 32:]
        case(name, log, "root", edit=edit, findings=findings, file="tile/0/" + width, why=why)

    def each_otherwise(d):
        at = start(log, 28) + 2 + len(log.entries[28].raw) - 10
        return d[:at] + bytes([d[at] ^ 1]) + d[at + 1:]
    # Neither leads to the checkpoint's root, so the bundle counts, and the tile is wrong.
    case("root-bundle-or-tile", log, "root", edit=lambda f: f.update({b0: each_otherwise(f[b0]), t0: flip(32 * 20)(f[t0])}),
         findings=[["root", None], ["tile", None], ["signature", 28], ["link", 29], ["reference", 29]],
         file=t0, why="an entry altered in the bundle, another in the last tile")
    both(log, 39, "000.p/40", None, "root-bundle-and-tile", "entry and tile altered alike: the root does not come out")
    both(wide, 255, "000", None, "root-bundle-and-tile-full", "entry and tile altered alike, the tile above not")


def witnesses():
    log, w = base(), Key("testigo.example/w1", kind=COSIGNATURE)
    q, text, policy = log.files(), log.checkpoint_text(), policy_text(log.key, w)
    least = -(-(log.clock - 999 - SKEW) // 1000)                   # the earliest second that the last acceptance allows

    def check(name, lines, code=None, exit=None, why=""):
        case("witness-" + name, log, code, exit=exit, policy=policy, files={**q, "checkpoint": q["checkpoint"] + lines}, file="checkpoint", why=why)

    def line(seconds, sign=None, witness=w):
        return cosign_line(text, witness, seconds) if sign is None else signature_line(w.name, w.id, seconds.to_bytes(8, "big") + sign)
    now = log.clock // 1000 + 1
    check("good", line(now), why="the quorum is there")
    check("good-least", line(least), why="as early as one clock may be behind the other")
    check("good-later", line(now + 10**9), why="a cosignature may be much later")
    check("clock", line(least - 1), "clock", 3, "a cosignature from before its entries")
    check("none", b"", "quorum", 3, "no cosignature")
    check("stranger", line(now, witness=Key("testigo.example/w2", kind=COSIGNATURE)), "quorum", 3, "the cosignature of another witness")
    check("flipped", line(now, bytes(64)), "checkpoint", 1, "a known witness's line is wrong")
    check("no-header", line(now, w.sign(text)), "checkpoint", 1, "signed without the two lines before the text")
    check("other-second", line(now, cosign_sig(text, w, now + 1)), "checkpoint", 1, "signed for another second")
    check("twice", line(now) + line(now + 1), "checkpoint", 1, "a key that has two lines makes the note bad")
    check("short", signature_line(w.name, w.id, w.sign(text)), "checkpoint", 1, "a note signature where a cosignature must be")
    check("2-63", line(2**63), "checkpoint", 1, "seconds are at most 2^63−1")


def strangers():
    """A policy that names a key of an unknown type, with the name and id of the log's."""
    log = base()
    text, good = log.checkpoint_text(), log.checkpoint()
    policy = policy_text(log.key) + "log %s+%s+%s\n" % (log.origin, log.key.id.hex(), b64(bytes([6]) + bytes(32)))

    def check(name, note, code, exit, why):
        case("stranger-" + name, log, code, exit=exit, policy=policy, files={**log.files(), "checkpoint": note}, file="checkpoint", why=why)
    spoilt = signature_line(log.key.name, log.key.id, bytes(64))
    check("beside", good + spoilt, None, 0, "a line that may be the other key's is not bad")
    check("alone", text + b"\n" + spoilt, "checkpoint", 3, "the log did not sign: who did nobody can say")
    check("twice", good + good[len(text) + 1:], "checkpoint", 1, "the log's line twice")
    other = Key("otra.example/x")
    policy += "log %s+%s+%s\n" % (other.name, other.id.hex(), b64(bytes([6]) + bytes(32)))
    check("of-another-name", text + b"\n" + signature_line(other.name, other.id, bytes(64)), "checkpoint", 1, "a stranger's line, of another log than this")
    check("of-another", text + b"\n" + signature_line(log.key.name, b"abcd", bytes(64)), "checkpoint", 1, "no line of either")


def cosign_sig(text, witness, seconds):
    return witness.sign(b"cosignature/v1\ntime %d\n" % seconds + text)


def fork():
    """Two histories under one log key: the same up to entry 19, then not."""
    a = base(40)

    def rewrite(g):
        g.add("notice", KEYS["o1"], {**minimal(g, "notice"), "means": "otro"})
    b = base(60, ins={20: rewrite})
    short = base(30, ins={20: rewrite})
    assert a.leaves(20) == b.leaves(20) and a.leaves()[20] != b.leaves()[20] and short.leaves() == b.leaves(30)
    for name, log in (("a", a), ("b", b), ("short", short)):
        log.write(path("fork", name))
    write_file(path("fork", "policy"), policy_text(a.key).encode())
