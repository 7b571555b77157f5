"""What carried entries say of each other, from docs/FORMATS.md alone: sections 3, 8, 9.2 (as far as section 11, step 5, asks), 14, 24.4.

    judge(carried, size, policy)     carried: {index: bytes}, proven into a tree of that size; a Judgement
"""
import sys

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

sys.dont_write_bytecode = True
import forms
from index_tables import follows
from writer import ZERO_HASH, b64, leaf_hash, millis

MAY_SIGN = {
    "log": ("index", "access", "freeze"), "registrar": ("enroll", "revoke", "ruleset"),
    "judge": ("warrant", "extension", "ratification", "deferral", "erasure", "anchor"),
    "requester": ("request", "judicial_notice", "transfer", "product", "closing", "destruction", "notice", "correction"),
    "holder": ("destruction", "correction", "response"), "oversight": ("anchor", "notice", "correction", "error_report"), "auditor": ("anchor",)}
CHECKPOINT_MAX = 262_144


def verifies(public, signature, text):
    try:
        Ed25519PublicKey.from_public_bytes(public).verify(signature, text)
        return True
    except (InvalidSignature, ValueError):
        return False


# ---- policies and checkpoints

class Policy:
    def __init__(self, text):
        self.logs, self.witnesses, self.groups, self.quorum = [], {}, {}, "none"
        for line in text.splitlines():
            words = line.split()
            if words and words[0] == "log":
                self.logs.append(forms.vkey_of(words[1]))
            elif words and words[0] == "witness":
                self.witnesses[words[1]] = forms.vkey_of(words[2])
            elif words and words[0] == "group":
                n = {"all": len(words) - 3, "any": 1}.get(words[2])
                self.groups[words[1]] = (n or int(words[2]), words[3:])
            elif words and words[0] == "quorum":
                self.quorum = words[1]

    def of(self, origin):
        return [k for k in self.logs if k.name == origin]

    def satisfied(self, good, name=None):
        name = name or self.quorum
        if name in self.groups:
            least, members = self.groups[name]
            return sum(self.satisfied(good, m) for m in members) >= least
        return name == "none" or name in good


class Refused(Exception):
    def __init__(self, code, bad):
        super().__init__(code)
        self.code, self.bad = code, bad


class Checkpoint:
    def __init__(self, note, policy):
        parts = forms.note_parts(note) if len(note) <= CHECKPOINT_MAX else None
        lines = parts[0].decode()[:-1].split("\n") if parts else []
        size = forms.decimal(lines[1]) if len(lines) >= 3 else None
        root = forms.unbase64(lines[2], 32) if len(lines) >= 3 else None
        if size is None or root is None or "" in lines:
            raise Refused("checkpoint", False)
        self.note, self.origin, self.size, self.root, self.cosigned = note, lines[0], size, root, {}
        keys = policy.of(self.origin)
        by = [(name, k) for name, k in [("", k) for k in keys] + list(policy.witnesses.items())
              if any(n == k.name and d[:4] == k.id for n, d in parts[1])]
        if not any(name == "" for name, _ in by):
            raise Refused("checkpoint", False)
        used = set()
        for line_name, data in parts[1]:
            known = [(name, k) for name, k in by if k.name == line_name and k.id == data[:4]]
            good = [(name, k) for name, k in known if self.line(name, k, data[4:], parts[0])]
            if known and (not good or good[0][1].text in used):
                raise Refused("checkpoint", True)
            if good:
                used.add(good[0][1].text)
        if size == 0:
            raise Refused("checkpoint", True)
        self.quorum = policy.satisfied(self.cosigned)

    def line(self, name, key, data, text):
        if name == "":
            return len(data) == 64 and verifies(key.public, data, text)
        seconds = int.from_bytes(data[:8], "big")
        if len(data) != 72 or seconds >= 2**63 or not verifies(key.public, data[8:], b"cosignature/v1\ntime %d\n" % seconds + text):
            return False
        self.cosigned[name] = seconds
        return True


# ---- entries

class Enrolled:
    def __init__(self, vkey, entry, leaf, role, members):
        self.vkey, self.entry, self.leaf, self.role, self.members, self.revoked = vkey, entry, leaf, role, members, None


class Entry:
    """What is known of a carried entry. good: 9-17 are; unknown: it could not be read, or its own key or signature is undecided."""

    def __init__(self, index, raw):
        self.index, self.raw, self.leaf = index, raw, leaf_hash(raw)
        self.form = self.kind = self.signer = None
        self.good = self.unread = self.undecided = False


class Stop(Exception):
    """Of 9-17 the first failure: its code, and whether it is bad."""


class Judgement:
    def __init__(self, size, policy, origin):
        self.size, self.findings, self.entries, self.registry = size, [], {}, []
        self.keys, self.origin = policy.of(origin), origin
        self.log_key = self.skew = self.cover = self.frozen = None
        self.accepted, self.uses = None, []

    def tell(self, code, index, bad=True):
        self.findings.append((code, index, bad))

    def codes(self):
        return sorted({code for code, _, _ in self.findings})

    def take(self, index, raw):
        e = self.entries[index] = Entry(index, raw)
        try:
            e.form, note = forms.read_header(raw)
        except forms.Malformed as m:
            e.unread = m.code == "version"
            return self.tell(m.code, index, not e.unread)
        f = e.form
        if f.index != index:
            self.tell("index", index)
        before = self.entries.get(index - 1)
        if index == 0 and f.link != ZERO_HASH or before and f.link != before.leaf:
            self.tell("link", index)
        if self.accepted is not None and f.accepted < self.accepted:
            self.tell("time", index)
        self.accepted = f.accepted
        try:
            forms.read_record(f, note)
        except forms.Malformed as m:
            e.unread = m.code == "version"
            return self.tell(m.code, index, not e.unread)
        e.kind = f.kind
        return self.genesis(e) if index == 0 else self.later(e)

    # Step 7

    def genesis(self, e):
        m = e.form.members
        if e.kind != "genesis":
            return self.tell("genesis", 0)
        keys = [k for k in self.keys if k.text == m["vkey"]] or self.keys
        if not any(k.name == e.form.name and k.id == e.form.id and verifies(k.public, e.form.signature, e.form.text) for k in keys):
            return self.tell("signature", 0)
        registrars = [forms.vkey_of(v) for v in m["registrars"]]
        named = [k for k in self.keys if k.text == m["vkey"]]
        if m["origin"] != self.origin or not named or not all(r and r.signs for r in registrars) or not self.predecessor(m):
            return self.tell("genesis", 0)
        publics = [r.public for r in registrars]
        if len(set(publics)) != len(publics) or named[0].public in publics:
            return self.tell("genesis", 0)
        self.skew = m.get("skew", 600) * 1000
        if abs(e.form.accepted - millis(m["at"])) > self.skew:
            self.tell("skew", 0)
        self.log_key, e.good = named[0], True
        self.registry = [Enrolled(k, 0, e.leaf, "log", {}) for k in self.keys] + [Enrolled(r, 0, e.leaf, "registrar", {}) for r in registrars]
        return None

    def predecessor(self, m):
        p = m.get("predecessor")
        if not p:
            return True
        k = forms.vkey_of(p["vkey"])
        if not k or k.kind != forms.NOTE or k.name != p["origin"] or p["origin"] == self.origin:
            return False
        text = "bitacora/v1 succession\n%s\n%d\n%s\n%s\n%s\n" % (p["origin"], p["size"], p["root"], m["origin"], m["vkey"])
        return "proof" not in p or verifies(k.public, forms.unbase64(p["proof"]), text.encode())

    # Steps 8-20

    def later(self, e):
        if e.kind == "genesis":
            return self.tell("genesis", e.index)
        try:
            self.nine_to_seventeen(e)
            e.good = True
        except Stop as s:
            code, bad = s.args
            e.undecided = not bad
            self.tell(code, e.index, bad)
        self.references(e)
        if self.skew is not None:
            if abs(e.form.accepted - millis(e.form.members["at"])) > self.skew:
                self.tell("skew", e.index)
            if e.good:
                self.use(e)
        if e.good:
            self.effect(e)
        return None

    def rests_on_unknown(self, under, index):
        other = self.entries.get(under)
        return under < index and (other is None or other.unread or (other.kind in ("enroll", "revoke") and other.undecided))

    def nine_to_seventeen(self, e):
        f, m, t = e.form, e.form.members, e.form.accepted
        bad = not self.rests_on_unknown(m["under"]["entry"], e.index)
        known = [k for k in self.registry if k.vkey.name == f.name and k.vkey.id == f.id and (k.role != "log" or e.kind in forms.LOG_KINDS)]
        if not known:
            raise Stop("key", bad)
        signer = next((k for k in known if verifies(k.vkey.public, f.signature, f.text)), None)
        if signer is None:
            raise Stop("signature", bad)
        e.signer = signer
        own = signer.members
        if m["under"] != {"entry": signer.entry, "hash": b64(signer.leaf)}:
            raise Stop("enrolment", True)
        if "from" in own and t < millis(own["from"]) or "until" in own and t >= millis(own["until"]) or signer.revoked is not None:
            raise Stop("enrolment", True)
        if e.kind not in MAY_SIGN[signer.role]:
            raise Stop("role", True)
        if e.kind == "request" and (m["authority"], m["level"]) != (own["authority"], own["level"]):
            raise Stop("enrolment", True)
        if e.kind == "response" and m["holder"] != own["authority"] or not self.does(e, signer):
            raise Stop("enrolment", True)

    def does(self, e, signer):
        """Steps 16 and 17."""
        m = e.form.members
        if e.kind == "freeze" and "successor" in m:
            k = forms.vkey_of(m["successor"]["vkey"])
            return bool(k) and k.kind == forms.NOTE and k.name == m["successor"]["origin"] != self.origin
        if e.kind not in ("enroll", "revoke"):
            return True
        k = forms.vkey_of(m["vkey"])
        if k is None or self.log_key and k.public == self.log_key.public:
            return False
        before = [r for r in self.registry if r.role != "log" and r.vkey.public == k.public]
        if e.kind == "revoke":
            return not before or before[0].vkey.text == k.text and before[0] is not signer and before[0].revoked is None
        text = "bitacora/v1 possession\n%s\n%s\n" % (self.origin, m["vkey"])
        return k.signs and not before and m["name"] == k.name and ("proof" not in m or verifies(k.public, forms.unbase64(m["proof"]), text.encode()))

    def references(self, e):
        m = e.form.members
        if e.kind == "index" and sum(t["entries"] for t in m["tables"]) > e.index:
            return self.tell("reference", e.index)
        worst = None
        for _, kind, ref in e.form.refs():
            if ref["entry"] >= e.index:
                return self.tell("reference", e.index)
            other = self.entries.get(ref["entry"])
            if other is None:
                continue
            if b64(other.leaf) != ref["hash"]:
                return self.tell("reference", e.index)
            if kind and (other.unread or (other.kind in ("enroll", "revoke") and other.undecided)):
                worst = "basis"
            elif kind and other.kind != kind:
                return self.tell("reference", e.index)
        if worst:
            return self.tell("basis", e.index, False)
        if e.kind == "index" and m["version"] == 1 and e.good:
            if follows(self.cover, m["tables"]):
                self.cover = m["tables"]
            else:
                self.tell("index", e.index)
        return None

    def use(self, e):
        f = e.form
        top = max([t for _, _, t, _ in self.uses], default=None)
        for key, ident, t, text in reversed(self.uses):
            if key is e.signer and ident == f.members["id"] and abs(t - f.accepted) <= 2 * self.skew and t >= top - 2 * self.skew:
                self.tell("replayed" if text == f.text else "id", e.index)
                break
        self.uses.append((e.signer, f.members["id"], f.accepted, f.text))

    def effect(self, e):
        m = e.form.members
        if e.kind == "enroll":
            self.registry.append(Enrolled(forms.vkey_of(m["vkey"]), e.index, e.leaf, m["role"], m))
        elif e.kind == "revoke":
            for k in self.registry:
                if k.role != "log" and k.vkey.text == m["vkey"]:
                    k.revoked = e.index
        elif e.kind == "freeze" and self.frozen is None:
            self.frozen = e.index
            if self.size > e.index + 1:
                self.tell("frozen", e.index)


def judge(carried, size, policy, origin):
    out = Judgement(size, policy, origin)
    for index in sorted(carried):
        out.take(index, carried[index])
    return out
