#!/usr/bin/python3
"""Answers at random, honest, lying and damaged: the client and the second implementation (answers.py) must say the same of each.

    answers_second.py CLIENT CHECK_ANSWER WORKDIR [--seeds FIRST COUNT] [--each N] [--client N] [--keep]

CLIENT is bitacora, CHECK_ANSWER tests/tools/check_answer. Of each seed one log (that of index_lies.py, or one of dishonest.py), N answers from
it, and N that are damaged and put together again. TAP. Compared are the exit status and the codes of all findings, by CHECK_ANSWER, and the
exit status by the client, of the first few of each seed. A seed gives the same every time.
"""
import argparse
import collections
import concurrent.futures
import json
import os
import random
import shutil
import subprocess
import sys

sys.dont_write_bytecode = True
import answers
import base_logs
import dishonest
import index_lies
import index_tables
from base_logs import KEYS
from index_lies import Lying, findings_in, world
from index_tables import ROW, UNKEYED, index_of
from judge import Policy
from writer import COSIGNATURE, Key, cosign_line, policy_text, write_file

WITNESS = Key("testigo.example/w1", kind=COSIGNATURE)


class Maker:
    def __init__(self, seed):
        self.seed, self.rng = seed, random.Random(seed)
        rng = self.rng
        if seed % 3 == 2:
            self.log = dishonest.Liar(seed).log
        else:
            self.log, ix = world(*rng.choice([(), (), (index_lies.of_unknown_version,), (index_lies.broken,)]))
            for _ in range(rng.randrange(1, 4)):
                self.add_index(ix)
                for _ in range(rng.randrange(4)):
                    base_logs.ask(self.log)
        self.indexes = [e.index for e in self.log.entries if b"bitacora/v1 index\n" in e.raw and index_of(self.log).cover_of(e)]
        self.anchors = [e.index for e in self.log.entries if b"bitacora/v1 anchor\n" in e.raw and b'"index"' in e.raw]
        self.ended = sorted({0, 1, 2, len(self.log) - 1, *self.indexes, *self.anchors})
        self.policy = policy_text(self.log.key, WITNESS if rng.random() < 0.3 else None)

    def add_index(self, ix):
        rng, n = self.rng, len(self.log)
        bounds = index_tables.merged(rng, ix.bounds, rng.randrange(ix.bounds[-1] + 1, n + 1))
        tables = ix.cover(bounds)
        if rng.random() < 0.5:
            i = rng.randrange(len(tables))
            tables = [*tables[:i], self.lie_in(tables[i]), *tables[i + 1:]]
        e = ix.add(tables=tables)
        if rng.random() < 0.6:
            index_lies.stamped(self.log, e.index)

    def lie_in(self, t):
        rng, rows = self.rng, list(t.rows)
        if not rows:
            return t
        at = rng.randrange(len(rows))
        how = rng.randrange(9)
        if how == 0:
            del rows[at]
        elif how == 1:
            rows = sorted(rows + [rows[at][:16] + rng.randrange(t.start, t.end).to_bytes(8, "big")])
        elif how == 2:
            rows = sorted(rows + [rows[at][:16] + (t.end + 1).to_bytes(8, "big")])
        elif how == 3 and at:
            rows[at], rows[at - 1] = rows[at - 1], rows[at]
        elif how == 4:
            rows.insert(at, rows[at])
        elif how == 5:
            return Lying(t.start, t.end, rows, count=max(0, t.count + rng.choice([-1, 1, 17, -17])))
        elif how == 6:
            return Lying(t.start, t.end, rows, unkeyed=max(0, t.unkeyed + rng.choice([-1, 1])))
        elif how == 7:
            rows = sorted(rows + [UNKEYED + rng.randrange(t.start, t.end).to_bytes(8, "big")])
        else:
            rows = [r for r in rows if r[:16] != UNKEYED]
        return Lying(t.start, t.end, rows)

    # Questions and answers

    def question(self):
        rng = self.rng
        kind = rng.choice(["warrant"] * 4 + ["signer", "vkey", "holder", "authority", "subject"])
        value = {"warrant": ["Oficio 12/2026", "0ficio 12-2026", "CJF-9/2026", "CJF-7/2026", "none", "o"], "signer": [k.name for k in KEYS.values()],
                 "vkey": [k.vkey for k in KEYS.values()], "holder": ["mx.telco", "mx.banco", "mx.x", "nobody"], "authority": ["mx.fgr", "us.doj", "mx.fgj", "nobody"],
                 "subject": [base_logs.h("commit s1"), base_logs.h("commit s2"), base_logs.h("x")]}[kind]
        return kind, rng.choice(value).encode()

    def honest(self):
        """The parts of an answer, as its operator would make them."""
        rng, log = self.rng, self.log
        index = rng.choice(self.indexes)
        covered = sum(t.entries for t in index_of(log).cover_of(log.entries[index]))
        size = len(log) if rng.random() < 0.7 else rng.randrange(index + 1, len(log) + 1)
        end = covered if rng.random() < 0.6 else rng.randrange(covered, size + 1) or covered
        cuts = sorted({rng.randrange(1, end) for _ in range(rng.choice([0, 0, 1, 3])) if end > 1})
        checkpoint = log.checkpoint(size)
        if rng.random() < 0.9:
            # The clock of the witness is about right, or a day off.
            seconds = log.entries[size - 1].accept if isinstance(log.entries[size - 1].accept, int) else log.clock
            checkpoint += cosign_line(log.checkpoint_text(size), WITNESS, max(0, seconds // 1000 + rng.choice([1, 1, 1, 1, 86_400, -86_400, -601, -599])))
        anchors = [a for a in self.anchors if a < size]
        audit = rng.choice(anchors) if anchors and rng.random() < 0.4 else None
        return answers.parts(log, self.question(), index, cuts, end=end, size=size, checkpoint=checkpoint, audit=audit), size

    def damage(self, parts, size):
        """Something is done to a part, or to all, and the proofs are made anew where that hides it."""
        rng, log = self.rng, self.log
        p = rng.choice(parts)
        how = rng.choice(["range", "index", "audit", "entry out", "entry out", "entry out", "entry in", "entry altered", "proof", "table out", "table number", "leaf out",
                          "leaf altered", "leaf moved", "leaf of another", "rows cut", "hash", "parts", "question", "text", "text", "entry exchanged"])
        if how == "range":
            for q in parts if rng.random() < 0.5 else [p]:
                name = rng.choice(["start", "to", "end"])
                setattr(q, name, max(0, getattr(q, name) + rng.choice([-1, 1, 5])))
        elif how in ("index", "audit"):
            value = rng.choice([*p.entries, len(log)])
            for q in parts if rng.random() < 0.5 else [p]:
                setattr(q, how, value)
        elif how == "entry out":
            p.entries.pop(rng.choice(sorted(p.entries)))
            self.prove(p, size, 0.9)
        elif how == "entry in":
            i = rng.randrange(len(log))
            p.entries[i] = log.entries[i].raw
            self.prove(p, size, 0.9)
        elif how in ("entry altered", "entry exchanged"):
            i = rng.choice(sorted(p.entries))
            p.entries[i] = log.entries[rng.randrange(len(log))].raw if how == "entry exchanged" else flipped(rng, p.entries[i])
        elif how == "proof" and p.proof:
            self.spoil(p.proof)
        elif how == "question":
            value = self.question()
            for q in parts if rng.random() < 0.8 else [p]:
                q.question = value
        elif how == "parts":
            self.rng.choice([lambda: parts.pop(rng.randrange(len(parts))), lambda: rng.shuffle(parts), lambda: parts.insert(rng.randrange(len(parts)), rng.choice(parts))])()
        elif how == "text":
            return self.edited(parts)
        elif p.tables:
            self.damage_table(p, how)
        return b"".join(q.bytes() for q in parts)

    def damage_table(self, p, how):
        rng, t = self.rng, self.rng.choice(p.tables)
        n = rng.choice(sorted(t.leaves)) if t.leaves else 0
        if how == "table out":
            p.tables.remove(t)
        elif how == "table number":
            t.number = rng.randrange(0, 33)
        elif how == "leaf out" and t.leaves:
            del t.leaves[n]
            tables = index_of(self.log).cover_of(self.log.entries[p.index])
            if t.number < len(tables) and t.leaves and rng.random() < 0.8:
                t.hashes = answers.shown_table(t.number, tables[t.number], [leaf * 16 for leaf in t.leaves]).hashes
        elif how == "leaf altered" and t.leaves:
            t.leaves[n] = flipped(rng, t.leaves[n])
        elif how == "leaf moved" and t.leaves:
            t.leaves[max(0, n + rng.choice([-1, 1, 7]))] = t.leaves.pop(n)
        elif how == "leaf of another":
            other = rng.choice(p.tables)
            t.leaves, t.hashes = other.leaves, other.hashes
        elif how == "rows cut" and t.leaves:
            t.leaves[n] = rng.choice([t.leaves[n][:-ROW], t.leaves[n] * 2, t.leaves[n][:-1]])
        elif t.hashes:
            self.spoil(t.hashes)

    def prove(self, p, size, chance):
        if self.rng.random() < chance:
            p.proof = answers.shared_proof(sorted(i for i in p.entries if i < size), self.log.leaves(size))

    def spoil(self, hashes):
        at = self.rng.randrange(len(hashes))
        self.rng.choice([lambda: hashes.pop(at), lambda: hashes.insert(at, hashes[at]), lambda: hashes.__setitem__(at, bytes(32))])()

    def edited(self, parts):
        """A line is written otherwise, and what the hash is of, or not."""
        rng, whole = self.rng, b"".join(q.bytes() for q in parts)
        body = parts[0].bytes()
        cut = body.rindex(b"sha256 ")
        lines = body[:cut].split(b"\n")
        at = rng.choice([i for i, line in enumerate(lines[:-1]) if line])
        lines[at] = rng.choice([lambda s: s + b" ", lambda s: b" " + s, lambda s: s.replace(b" ", b"  ", 1), lambda s: s.replace(b" ", b" 0", 1), lambda s: s + b"\r",
                                lambda s: s[:-1], lambda s: s.upper(), lambda s: s + b"0", lambda s: s + b"=", lambda s: s.replace(b" ", b" +", 1)])(lines[at])
        out = answers.sealed(b"\n".join(lines)) + whole[len(body):]
        return rng.choice([out, out, whole[:-1], whole + b"\n", whole + b"x", b"\xef\xbb\xbf" + whole, flipped(rng, whole), whole[:rng.randrange(len(whole))]])


def flipped(rng, data):
    at = rng.randrange(len(data)) if data else 0
    return data[:at] + bytes([data[at] ^ 1 << rng.randrange(8)]) + data[at + 1:] if data else b"x"


class Judge:
    """tests/tools/check_answer: the same as `bitacora verify`, without a program for each file."""

    def __init__(self, tool, folder):
        self.program = subprocess.Popen([tool, "policy"], cwd=folder, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)

    def asked(self, line):
        self.program.stdin.write(line + "\n")
        self.program.stdin.flush()
        return self.program.stdout.readline().split()

    def __call__(self, name):
        words = self.asked(name)
        return (int(words[0]) if words else "no answer"), words[1:]

    def close(self):
        self.program.stdin.close()
        return self.program.wait()


def said_by_client(binary, folder, name):
    env = {**os.environ, "ASAN_OPTIONS": "detect_leaks=1:exitcode=99", "UBSAN_OPTIONS": "print_stacktrace=1:exitcode=99", "HOME": folder, "XDG_STATE_HOME": folder}
    done = subprocess.run([binary, "verify", "--policy", "policy", "--json", name], cwd=folder, env=env, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                          stderr=subprocess.DEVNULL, timeout=120, check=False)
    try:
        said = json.loads(done.stdout or b"{}")
    except ValueError:
        said = {}
    return done.returncode, sorted({f["code"] for f in findings_in(said)})


def try_seed(client, tool, work, seed, each, by_client, keep):
    maker, wrong, statuses = Maker(seed), [], collections.Counter()
    folder = os.path.join(work, str(seed))
    shutil.rmtree(folder, ignore_errors=True)
    write_file(os.path.join(folder, "policy"), maker.policy.encode())
    policy, judge = Policy(maker.policy), Judge(tool, folder)
    for n in range(2 * each if maker.indexes else 0):
        made, size = maker.honest()
        data = b"".join(p.bytes() for p in made) if n % 2 == 0 else maker.damage(made, size)
        name = "%d.answer" % n
        write_file(os.path.join(folder, name), data)
        ours = answers.check(data, policy)
        statuses[ours.exit] += 1
        for who, said in [("check_answer", judge(name))] + ([("bitacora", said_by_client(client, folder, name))] if n < by_client else []):
            if said[0] != ours.exit or who == "check_answer" and said[1] != ours.codes():
                wrong.append("%d/%s: %s says %s %s, the second implementation %d %s" % (seed, name, who, *said, ours.exit, ours.findings[:8]))
    if judge.close() != 0:
        wrong.append("check_answer ended with %s" % judge.program.returncode)
    if not wrong and not keep:
        shutil.rmtree(folder)
    return wrong, statuses


def main():
    p = argparse.ArgumentParser()
    p.add_argument("client")
    p.add_argument("tool")
    p.add_argument("work")
    p.add_argument("--seeds", nargs=2, type=int, default=[0, 12])
    p.add_argument("--each", type=int, default=12)
    p.add_argument("--client", type=int, default=4, dest="by_client")
    p.add_argument("--keep", action="store_true")
    a = p.parse_args()
    client, tool, work = (os.path.abspath(f) for f in (a.client, a.tool, a.work))
    failed, all_statuses = 0, collections.Counter()
    os.makedirs(work, exist_ok=True)
    with concurrent.futures.ProcessPoolExecutor(os.cpu_count() or 2) as pool:
        done = pool.map(try_seed, *zip(*[(client, tool, work, s, a.each, a.by_client, a.keep) for s in range(a.seeds[0], a.seeds[0] + a.seeds[1])]))
        for n, (wrong, statuses) in enumerate(done):
            failed += bool(wrong)
            all_statuses += statuses
            print("%sok %d - answers of log %d%s" % ("not " if wrong else "", n + 1, a.seeds[0] + n, "".join("\n# " + w for w in wrong[:5])), flush=True)
    print("# exits: %s" % dict(all_statuses))
    print("1..%d" % a.seeds[1])
    return 1 if failed or not all(all_statuses[s] for s in (0, 1, 3)) else 0


if __name__ == "__main__":
    sys.exit(main())
