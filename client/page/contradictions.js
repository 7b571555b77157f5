// Two things of one log that are at hand together (FORMATS, section 9.4).
import { same } from './bytes.js';
import { Malformed, readEntry, readHeader } from './forms.js';
import { keysOf } from './index_keys.js';
import { vkeyOf } from './keys.js';
import { provenEntries } from './receipts.js';

const SKEW = 600000;

function attempt(read, raw) {
    try {
        return read(raw);
    } catch (e) {
        if (e instanceof Malformed)
            return null;
        throw e;
    }
}

// What a receipt holds: {checkpoint, entries, skew, ends, revokes}; null if it did not come so far.
export function thingOf(receipt) {
    if (receipt.judge === null)
        return null;
    const entries = provenEntries(receipt).map((e) => ({ ...e, header: attempt(readHeader, e.raw),
                                                         form: attempt(readEntry, e.raw) }));
    const first = receipt.findings.some((f) => f.bad) ? null : entries[0];
    return { checkpoint: receipt.checkpoint, entries, skew: receipt.judge.skew ?? SKEW,
             ends: first?.form?.kind === 'freeze' ? first.index : null,
             revokes: first?.form?.kind === 'revoke' ? first : null };
}

// The same of an answer, whose entries are all proven into its checkpoint; null if they are not.
export function thingOfAnswer(answer) {
    const [{ judge, checkpoint }] = answer.parts;
    if (judge === null)
        return null;
    const entries = [...judge.entries.values()].map((e) => ({ ...e, header: attempt(readHeader, e.raw),
                                                              form: attempt(readEntry, e.raw) }));
    return { checkpoint, entries, skew: judge.skew ?? SKEW, ends: null, revokes: null };
}

// Where the entry of a good receipt stands in a good answer of the same log: 'there', 'absent' (it has
// the key that was asked for), 'later', 'other'; null: one of them is not good, or of another log, or its
// keys rest on entries that are in neither.
export function placeIn(answer, receipt) {
    if (answer.exit !== 0 || receipt.exit !== 0 ||
        answer.parts[0].checkpoint.origin !== receipt.checkpoint.origin)
        return null;
    const [{ index, raw }] = receipt.chain;
    if (answer.asked.includes(index))
        return 'there';
    const known = new Map(answer.parts.flatMap((p) => [...p.judge.entries]).map(([i, e]) => [i, e.raw]));
    const named = (n) => (known.has(n) ? keysOf(n, known.get(n), named) : null);
    const keys = keysOf(index, raw, named);
    if (!keys.every.has(answer.question.key))
        return keys.missing.size > 0 && answer.question.type === 'warrant' ? null : 'other';
    return index > answer.completeTo ? 'later' : 'absent';
}

function found(code, entry, bad = true, related = null) {
    return { code, entry, bad, related };
}

function trees(a, b) {
    return a.checkpoint.size === b.checkpoint.size && !same(a.checkpoint.root, b.checkpoint.root)
        ? [found('fork', null)] : [];
}

function leavesAndLinks(a, b) {
    const out = [];
    for (const x of a.entries)
        for (const y of b.entries) {
            if (x.index === y.index && !same(x.leaf, y.leaf))
                out.push(found('fork', x.index));
            if (y.index === x.index + 1 && y.header && !same(y.header.link, x.leaf))
                out.push(found('link', y.index, true, x.index));
            if (x.index === y.index + 1 && x.header && !same(x.header.link, y.leaf))
                out.push(found('link', x.index, true, y.index));
        }
    return out;
}

// One and the same witness, the smaller tree later.
function rollbacks(a, b) {
    if (a.checkpoint.size === b.checkpoint.size)
        return [];
    const [small, large] = a.checkpoint.size < b.checkpoint.size ? [a, b] : [b, a];
    return [...small.checkpoint.cosigned].some(([witness, seconds]) =>
        seconds > (large.checkpoint.cosigned.get(witness) ?? Infinity))
        ? [found('rollback', null)] : [];
}

// The cosignatures of a against the entries of b.
function clocks(a, b) {
    const out = [];
    for (const seconds of a.checkpoint.cosigned.values())
        for (const e of b.entries.filter((x) => x.header)) {
            const ms = BigInt(seconds) * 1000n;
            const accepted = BigInt(e.header.accepted);
            const skew = BigInt(b.skew);
            if (e.index < a.checkpoint.size ? accepted > ms + 999n + skew : accepted < ms - skew)
                out.push(found('clock', e.index, false));
        }
    return out;
}

// What the entry of a says of what is behind it in b.
function behind(a, b) {
    const out = [];
    if (a.ends !== null && b.checkpoint.size > a.ends + 1)
        out.push(found('frozen', a.ends));
    const key = a.revokes && vkeyOf(a.revokes.form.members.vkey);
    for (const e of key ? b.entries : [])
        if (e.index > a.revokes.index && e.form && key.is(e.form.name, e.form.id))
            out.push(found('enrolment', e.index, true, a.revokes.index));
    return out;
}

// Findings of things (null ones are none), each pair of one origin against each other.
export function contradictions(things) {
    const out = new Map();
    const known = things.filter((t) => t !== null);
    known.forEach((a, i) => known.slice(i + 1).forEach((b) => {
        if (a.checkpoint.origin !== b.checkpoint.origin)
            return;
        for (const f of [...trees(a, b), ...leavesAndLinks(a, b), ...rollbacks(a, b), ...clocks(a, b),
                         ...clocks(b, a), ...behind(a, b), ...behind(b, a)])
            out.set(`${f.code} ${f.entry}`, f);
    }));
    return [...out.values()];
}
