// What integrity says of one entry after another (FORMATS, section 9.2).
import { base64, leafHash, millis, same, unbase64, utf8 } from './bytes.js';
import { follows } from './covers.js';
import { LOG_KINDS, Malformed, readHeader, recordOf, refsOf } from './forms.js';
import { NOTE, verify, vkeyOf } from './keys.js';

const MAY_SIGN = {
    log: LOG_KINDS,
    registrar: ['enroll', 'revoke', 'ruleset'],
    judge: ['warrant', 'extension', 'ratification', 'deferral', 'erasure', 'anchor'],
    requester: ['request', 'judicial_notice', 'transfer', 'product', 'closing', 'destruction',
                'notice', 'correction'],
    holder: ['destruction', 'correction', 'response'],
    oversight: ['anchor', 'notice', 'correction', 'error_report'],
    auditor: ['anchor'],
};
const ZERO = new Uint8Array(32);
const SKEW = 600000;

// A key of the registry.
class Enrolled {
    constructor(vkey, entry, leaf, role, members) {
        Object.assign(this, { vkey, entry, leaf, role, members, revoked: null });
    }
}

// Of steps 9 to 17 the first that fails.
class Stop extends Error {
    constructor(code, bad, related = null) {
        super(code);
        Object.assign(this, { code, bad, related });
    }
}

function refIs(ref, entry, leaf) {
    return ref.entry === entry && ref.hash === base64(leaf);
}

// Step 15.
function speaksFor(kind, m, own) {
    return kind === 'request' ? m.authority === own.authority && m.level === own.level
        : kind !== 'response' || m.holder === own.authority;
}

// Judges entries in ascending order. A subclass says what is known of earlier ones.
export class Judge {
    // size: of the tree; origin: of its checkpoint.
    constructor(size, policy, origin) {
        Object.assign(this, { size, origin, keys: policy.of(origin), findings: [], registry: [],
                              entries: new Map(), logKey: null, skew: null, cover: null,
                              frozen: null, accepted: null, acceptedBy: null, uses: new Map(),
                              newestUse: null, anyUnread: false });
    }

    tell(code, entry, bad = true, related = null) {
        this.findings.push({ code, entry, bad, related });
    }

    // ---- what a replay knows and a receipt does not

    // {leaf, kind, unread, undecided} of an earlier entry, or null.
    named(index) {
        return this.entries.get(index) ?? null;
    }

    // The leaf hash that stands before this entry in the tree, or null.
    leafBefore(index) {
        return this.entries.get(index - 1)?.leaf ?? null;
    }

    keep(e) {
        this.entries.set(e.index, e);
    }

    // Signatures may have been judged ahead, by others.
    verify(key, signature, text) {
        return verify(key, signature, text);
    }

    // ---- one entry

    async take(index, raw, leaf = leafHash(raw)) {
        const e = { index, raw, leaf, kind: null, form: null, signer: null, good: false,
                    unread: false, undecided: false };
        this.keep(e);
        if (this.header(e) && this.record(e)) {
            e.kind = e.form.kind;
            await (index === 0 ? this.genesis(e) : this.later(e));
        }
        return e;
    }

    malformed(e, error) {
        if (!(error instanceof Malformed))
            throw error;
        e.unread = error.code === 'version';
        this.anyUnread ||= e.unread;
        this.tell(error.code, e.index, !e.unread);
        return false;
    }

    // Steps 2 to 5.
    header(e) {
        try {
            e.form = readHeader(e.raw);
        } catch (error) {
            return this.malformed(e, error);
        }
        if (e.form.index !== e.index)
            this.tell('index', e.index);
        const before = e.index === 0 ? ZERO : this.leafBefore(e.index);
        if (before !== null && !same(e.form.link, before))
            this.tell('link', e.index, true, e.index === 0 ? null : e.index - 1);
        if (this.accepted !== null && e.form.accepted < this.accepted)
            this.tell('time', e.index, true, this.acceptedBy);
        this.accepted = e.form.accepted;
        this.acceptedBy = e.index;
        return true;
    }

    // Step 6.
    record(e) {
        try {
            Object.assign(e.form, recordOf(e.raw, e.form.note));
            return true;
        } catch (error) {
            return this.malformed(e, error);
        }
    }

    // ---- entry 0 (step 7)

    async genesis(e) {
        const m = e.form.members;
        if (e.kind !== 'genesis')
            return this.tell('genesis', 0);
        const named = this.keys.filter((k) => k.text === m.vkey);
        let signed = false;
        for (const k of named.length > 0 ? named : this.keys)
            signed ||= k.is(e.form.name, e.form.id) &&
                await this.verify(k.key, e.form.signature, e.form.text);
        if (!signed)
            return this.tell('signature', 0);
        const registrars = m.registrars.map(vkeyOf);
        if (m.origin !== this.origin || named.length === 0 ||
            !registrars.every((r) => r !== null && r.signs) ||
            !areApart([named[0], ...registrars]) || !await this.predecessor(m))
            return this.tell('genesis', 0);
        this.skew = (m.skew ?? SKEW / 1000) * 1000;
        if (Math.abs(e.form.accepted - millis(m.at)) > this.skew)
            this.tell('skew', 0);
        this.logKey = named[0];
        e.good = true;
        e.signer = new Enrolled(named[0], 0, e.leaf, 'log', {});
        const enrol = (role) => (k) => new Enrolled(k, 0, e.leaf, role, {});
        this.registry = [...this.keys.map(enrol('log')), ...registrars.map(enrol('registrar'))];
        return null;
    }

    async predecessor(m) {
        const p = m.predecessor;
        if (p === undefined)
            return true;
        const key = vkeyOf(p.vkey);
        if (key === null || key.type !== NOTE || !key.signs || key.name !== p.origin ||
            p.origin === this.origin)
            return false;
        const text = `bitacora/v1 succession\n${p.origin}\n${p.size}\n${p.root}\n${m.origin}\n${m.vkey}\n`;
        return !('proof' in p) || this.verify(key.key, unbase64(p.proof), utf8(text));
    }

    // ---- later entries (steps 8 to 20)

    async later(e) {
        if (e.kind === 'genesis')
            return this.tell('genesis', e.index);
        try {
            await this.authority(e);
            e.good = true;
        } catch (stop) {
            if (!(stop instanceof Stop))
                throw stop;
            e.undecided = !stop.bad;
            this.tell(stop.code, e.index, stop.bad, stop.related);
        }
        this.references(e);
        if (this.skew !== null) {
            if (Math.abs(e.form.accepted - millis(e.form.members.at)) > this.skew)
                this.tell('skew', e.index);
            if (e.good)
                this.use(e);
        }
        if (e.good)
            this.takeEffect(e);
        return null;
    }

    // Whether entry `under` may have enrolled anybody.
    restsOnUnknown(under, index) {
        if (under >= index)
            return false;
        const other = this.named(under);
        return other === null || this.kindUnknown(other);
    }

    kindUnknown(other) {
        return other.unread || (['enroll', 'revoke'].includes(other.kind) && other.undecided);
    }

    async signerOf(e, known) {
        const under = e.form.members.under.entry;
        const logFirst = LOG_KINDS.includes(e.kind);
        const rank = (k) => (logFirst && k.role === 'log' ? 0 : k.entry === under ? 1 : 2);
        for (const k of [...known].sort((a, b) => rank(a) - rank(b)))
            if (await this.verify(k.vkey.key, e.form.signature, e.form.text))
                return k;
        return null;
    }

    // Steps 9 to 15.
    async authority(e) {
        const f = e.form;
        const m = f.members;
        const unknown = this.restsOnUnknown(m.under.entry, e.index);
        const related = unknown ? m.under.entry : null;
        const known = this.registry.filter((k) => k.vkey.is(f.name, f.id) &&
            (k.role !== 'log' || LOG_KINDS.includes(e.kind)));
        if (known.length === 0)
            throw new Stop('key', !unknown, related);
        const signer = await this.signerOf(e, known);
        if (signer === null)
            throw new Stop('signature', !unknown, related);
        e.signer = signer;
        this.inForce(f, m, signer);
        if (!MAY_SIGN[signer.role].includes(e.kind))
            throw new Stop('role', true);
        if (!speaksFor(e.kind, m, signer.members))
            throw new Stop('enrolment', true, signer.entry);
        const does = ['enroll', 'revoke'].includes(e.kind) ? await this.doesToKey(e, signer)
            : e.kind !== 'freeze' || this.endsWell(m);
        if (!does)
            throw new Stop('enrolment', true);
    }

    // Steps 11 to 13.
    inForce(f, m, signer) {
        const own = signer.members;
        if (!refIs(m.under, signer.entry, signer.leaf))
            throw new Stop('enrolment', true, signer.entry);
        if (('from' in own && f.accepted < millis(own.from)) ||
            ('until' in own && f.accepted >= millis(own.until)))
            throw new Stop('enrolment', true, signer.entry);
        if (signer.revoked !== null)
            throw new Stop('enrolment', true, signer.revoked);
    }

    // Of a `freeze`.
    endsWell(m) {
        const k = 'successor' in m ? vkeyOf(m.successor.vkey) : null;
        return !('successor' in m) || (k !== null && k.signs && k.name === m.successor.origin &&
                                       k.name !== this.origin);
    }

    // Steps 16 and 17, of `enroll` and `revoke`.
    async doesToKey(e, signer) {
        const m = e.form.members;
        const k = vkeyOf(m.vkey);
        if (k === null || (this.logKey !== null && same(k.key, this.logKey.key)))
            return false;
        const before = this.registry.find((r) => r.role !== 'log' && same(r.vkey.key, k.key));
        if (e.kind === 'revoke')
            return before === undefined ? this.mayBeUnseen()
                : before.vkey.text === k.text && before !== signer && before.revoked === null;
        const text = `bitacora/v1 possession\n${this.origin}\n${m.vkey}\n`;
        return k.signs && before === undefined && m.name === k.name &&
            (!('proof' in m) || this.verify(k.key, unbase64(m.proof), utf8(text)));
    }

    // Whether a key may have been enrolled by an entry that is not at hand.
    mayBeUnseen() {
        return true;
    }

    // Step 18.
    references(e) {
        const m = e.form.members;
        if (e.kind === 'index' && m.tables.reduce((n, t) => n + t.entries, 0) > e.index)
            return this.tell('reference', e.index);
        let basis = null;
        for (const { kind, ref } of refsOf(e.kind, m)) {
            const verdict = this.reference(e, kind, ref);
            if (verdict === 'reference')
                return this.tell('reference', e.index, true, ref.entry < e.index ? ref.entry : null);
            if (verdict === 'basis')
                basis ??= ref.entry;
        }
        if (basis !== null)
            return this.tell('basis', e.index, false, basis);
        if (e.kind === 'index' && m.version === 1 && e.good)
            this.takeCover(e);
        return null;
    }

    // 'reference', 'basis' or null.
    reference(e, kind, ref) {
        if (ref.entry >= e.index)
            return 'reference';
        const other = this.named(ref.entry);
        if (other === null)
            return null;
        if (base64(other.leaf) !== ref.hash)
            return 'reference';
        if (kind === null)
            return null;
        return this.kindUnknown(other) ? 'basis' : other.kind === kind ? null : 'reference';
    }

    takeCover(e) {
        const { tables } = e.form.members;
        if (!follows(this.cover?.tables ?? null, tables))
            return this.tell('index', e.index, true, this.cover?.entry ?? null);
        this.cover = { entry: e.index, tables };
        return null;
    }

    // Step 20. Uses are kept by key and id, the latest last.
    use(e) {
        const f = e.form;
        const name = `${e.signer.entry} ${e.signer.vkey.text} ${f.members.id}`;
        const earlier = this.uses.get(name) ?? [];
        const alive = (u) => Math.abs(u.accepted - f.accepted) <= 2 * this.skew &&
            u.accepted >= this.newestUse - 2 * this.skew;
        const found = earlier.findLast(alive);
        if (found)
            this.tell(same(found.text, f.text) ? 'replayed' : 'id', e.index, true, found.entry);
        this.uses.set(name, [...earlier, { accepted: f.accepted, entry: e.index, text: f.text }]);
        this.newestUse = Math.max(this.newestUse ?? f.accepted, f.accepted);
    }

    takeEffect(e) {
        const m = e.form.members;
        if (e.kind === 'enroll')
            this.registry.push(new Enrolled(vkeyOf(m.vkey), e.index, e.leaf, m.role, m));
        for (const k of e.kind === 'revoke' ? this.registry : [])
            if (k.role !== 'log' && k.vkey.text === m.vkey)
                k.revoked = e.index;
        if (e.kind === 'freeze' && this.frozen === null) {
            this.frozen = e.index;
            if (this.size > e.index + 1)
                this.tell('frozen', e.index);
        }
    }
}

function areApart(keys) {
    return keys.every((a, i) => keys.every((b, j) => i >= j || !same(a.key, b.key)));
}

// Judges carried entries: Map(index -> bytes).
export async function judgeCarried(carried, size, policy, origin) {
    const judge = new Judge(size, policy, origin);
    for (const index of [...carried.keys()].sort((a, b) => (a < b ? -1 : 1)))
        await judge.take(index, carried.get(index));
    return judge;
}
