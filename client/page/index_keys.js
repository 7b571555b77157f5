// The keys of an entry (FORMATS, section 24.1) and skeletons of texts (5.5).
import { unicode } from './data.js';
import { base64, hex, join, leafHash, sha256, unbase64, utf8 } from './bytes.js';
import { Malformed, readEntry, refsOf } from './forms.js';
import { NOTE, vkeyOf } from './keys.js';

export const UNKEYED = '0'.repeat(32);
const ABOUT_MAX = 8;

// ---- skeletons

function spread(runs) {
    const out = new Map();
    for (const [first, last, value] of runs)
        for (let c = first; c <= last; c++)
            out.set(c, value);
    return out;
}

let read = null;

// parts: canonical decompositions; alike: t(c); hidden: what is left out; orders: combining classes.
function data() {
    read ??= { parts: new Map(unicode.parts), alike: new Map(unicode.alike),
               hidden: spread(unicode.hidden), orders: spread(unicode.orders) };
    return read;
}

function decomposed(c) {
    const n = c - 0xac00;
    if (n < 0 || c > 0xd7a3)
        return data().parts.get(c) ?? [c];
    const jamo = [0x1100 + Math.floor(n / 588), 0x1161 + Math.floor((n % 588) / 28)];
    return n % 28 ? [...jamo, 0x11a7 + (n % 28)] : jamo;
}

function normalD(text) {
    const { orders } = data();
    const out = [];
    for (const c of [...text].flatMap((each) => decomposed(each.codePointAt(0)))) {
        const order = orders.get(c) ?? 0;
        let at = out.length;
        while (order > 0 && at > 0 && (orders.get(out[at - 1]) ?? 0) > order)
            at--;
        out.splice(at, 0, c);
    }
    return out;
}

export function skeleton(text) {
    const { alike, hidden } = data();
    const seen = (c) => !hidden.has(c);
    return normalD(text).filter(seen).flatMap((c) => alike.get(c) ?? [c]).filter(seen)
        .map((c) => String.fromCodePoint(c)).join('');
}

// ---- keys, in hex

export function keyOf(type, value) {
    const bytes = typeof value === 'string' ? utf8(value) : value;
    return hex(sha256(join(utf8(`bitacora/v1 key\n${type}\n`), bytes)).slice(0, 16));
}

const warrantKeys = new Map();

export function warrantKey(ref) {
    if (!warrantKeys.has(ref))
        warrantKeys.set(ref, keyOf('warrant', skeleton(ref)));
    return warrantKeys.get(ref);
}

// The public keys that an entry has a key of.
function vkeysIn(kind, m) {
    const texts = kind === 'genesis' ? m.registrars
        : ['enroll', 'revoke'].includes(kind) ? [m.vkey] : [];
    return texts.map(vkeyOf).filter((v) => v !== null && v.type === NOTE).map((v) => v.key);
}

const AUTHORITIES = { enroll: (m) => [m.authority], request: (m) => [m.authority],
                      transfer: (m) => [m.recipient.authority], warrant: (m) => m.used_by };
const HOLDERS = { request: (m) => [m.holder], response: (m) => [m.holder],
                  warrant: (m) => m.holders ?? [] };

function plainKeys({ kind, members: m, name }) {
    const out = new Set();
    const add = (type, values) => values.forEach((v) => out.add(keyOf(type, v)));
    if (kind !== 'index' && kind !== 'access')
        add('signer', [name]);
    add('vkey', vkeysIn(kind, m));
    add('authority', AUTHORITIES[kind]?.(m) ?? []);
    add('holder', HOLDERS[kind]?.(m) ?? []);
    if (kind === 'warrant' || kind === 'request')
        add('subject', (m.subjects ?? []).map((s) => unbase64(s.commit)));
    if (kind === 'ruleset')
        add('ruleset', ['']);
    if (kind === 'anchor' && 'index' in m)
        add('audited', ['']);
    return out;
}

function ownWarrantKeys({ kind, members: m }) {
    if (kind === 'warrant')
        return [warrantKey(m.ref)];
    return kind === 'request' && 'warrant' in m ? [warrantKey(m.warrant.ref)] : [];
}

const NAMES = ['warrant', 'request', 'requests', 'about'];

// The keys of an entry: {leaf, kind, every: Set, warrant: Set, about, missing: Set}. missing: entries
// that its warrant keys rest on and that named(n) has not.
export function keysOf(index, raw, named, leaf = leafHash(raw)) {
    let form;
    try {
        form = readEntry(raw);
    } catch (e) {
        if (!(e instanceof Malformed))
            throw e;
        return { leaf, kind: null, every: new Set([UNKEYED]), warrant: new Set(), about: 0,
                 missing: new Set() };
    }
    const refs = refsOf(form.kind, form.members).filter((r) => NAMES.includes(r.where));
    const out = { leaf, kind: form.kind, warrant: new Set(ownWarrantKeys(form)), about: 0,
                  missing: new Set() };
    refs.filter(({ ref }) => ref.entry < index).forEach((r) => inherit(out, r, named));
    if (out.about > ABOUT_MAX) {
        out.warrant.clear();
        out.missing.clear();
    }
    out.every = new Set([...plainKeys(form), ...out.warrant]);
    return out;
}

function inherit(out, { where, kind, ref }, named) {
    const other = named(ref.entry);
    if (other === null) {
        out.missing.add(ref.entry);
        return;
    }
    if (base64(other.leaf) !== ref.hash || (kind !== null && kind !== other.kind))
        return;
    other.missing.forEach((n) => out.missing.add(n));
    other.warrant.forEach((k) => out.warrant.add(k));
    out.about = where === 'about' ? other.about + 1 : 0;
}
