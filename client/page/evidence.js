// Evidence (FORMATS, section 12).
import { leafHash, same, unbase64, utf8 } from './bytes.js';
import { openCheckpoint, Refused } from './checkpoints.js';
import { spansOf } from './covers.js';
import { Malformed, readHeader } from './forms.js';
import { keysOf, UNKEYED } from './index_keys.js';
import { judgeCarried } from './judge.js';
import { hasMembers, looseJson } from './json.js';
import { areWrong, entryOf, keyIn, lacks, leadToRoot, leavesHaveTheirRows, LEAF_ROWS, placed, ROW,
         rowOf } from './rows.js';
import { isProven, rootsOfConsistency } from './trees.js';

const MAX = 8 << 20;
const MEMBERS = ['format', 'claim', 'checkpoints', 'hashes', 'entries'];
// checkpoints, fewest and most entries
const CLAIMS = { fork: [2, 0, 0], leaves: [2, 2, 2], link: [2, 2, 2], entry: [1, 1, 256],
                 index: [1, 1, 256] };

class Failed extends Error {
    constructor(bad, why) {
        super(why);
        this.bad = bad;
    }
}

function noForm(why) {
    throw new Failed(false, why);
}

function notProven(why) {
    throw new Failed(true, why);
}

// ---- the form

function isList(value, most) {
    return Array.isArray(value) && value.length <= most;
}

function isInteger(value) {
    return typeof value === 'number'; // the scanner takes no others
}

function hashesOf(value, most, what) {
    if (!isList(value, most))
        noForm(what);
    return value.map((text) => unbase64(text, 32) ?? noForm(what));
}

function entryFrom(value, checkpoints) {
    if (!hasMembers(value, ['checkpoint', 'index', 'entry', 'path']) || !isInteger(value.index) ||
        !isInteger(value.checkpoint) || value.checkpoint >= checkpoints)
        noForm('entries');
    const raw = unbase64(value.entry);
    if (raw === null || raw.length > 65535)
        noForm('entries');
    return { checkpoint: value.checkpoint, index: value.index, raw, leaf: leafHash(raw),
             path: hashesOf(value.path, 64, 'entries') };
}

function leafFrom(value, before) {
    const rows = hasMembers(value, ['leaf', 'rows']) && isInteger(value.leaf)
        ? unbase64(value.rows) : null;
    if (rows === null || rows.length === 0 || rows.length % ROW !== 0 ||
        rows.length > ROW * LEAF_ROWS || value.leaf <= before)
        noForm('table');
    return [value.leaf, rows];
}

function tableFrom(value) {
    if (!hasMembers(value, ['number', 'leaves', 'hashes']) || !isInteger(value.number) ||
        !isList(value.leaves, 64))
        noForm('table');
    const shown = [];
    for (const leaf of value.leaves)
        shown.push(leafFrom(leaf, shown.length === 0 ? -1 : shown[shown.length - 1][0]));
    return { number: value.number, leaves: shown, hashes: hashesOf(value.hashes, 1024, 'table') };
}

async function checkpointsFrom(value, policy) {
    if (!isList(value, 2) || value.length === 0)
        noForm('checkpoints');
    const out = [];
    for (const note of value) {
        if (typeof note !== 'string')
            noForm('checkpoints');
        out.push(await openCheckpoint(utf8(note), policy));
    }
    return out;
}

async function readFile(bytes, policy) {
    const v = bytes.length > MAX ? null : looseJson(bytes);
    if (v === null)
        noForm('JSON');
    const table = v.claim === 'index' ? ['table'] : [];
    if (!hasMembers(v, [...MEMBERS, ...table]) || v.format !== 'bitacora/v1 evidence' ||
        typeof v.claim !== 'string')
        noForm('members');
    const checkpoints = await checkpointsFrom(v.checkpoints, policy);
    if (!isList(v.entries, 256))
        noForm('entries');
    const entries = v.entries.map((e) => entryFrom(e, checkpoints.length));
    const hashes = hashesOf(v.hashes, 64, 'hashes');
    const shown = 'table' in v ? tableFrom(v.table) : null;
    if (!Object.hasOwn(CLAIMS, v.claim))
        noForm('claim');
    return { claim: v.claim, checkpoints, entries, hashes, table: shown };
}

// ---- the claims; each returns what is proven: {code, entry}

function fork({ checkpoints: [small, large], hashes }) {
    if (small.origin !== large.origin)
        notProven('two logs');
    if (small.size === large.size) {
        if (hashes.length > 0 || same(small.root, large.root))
            notProven('the checkpoints agree');
    } else {
        const roots = rootsOfConsistency(small.size, large.size, hashes);
        if (roots === null || !same(roots[1], large.root) || same(roots[0], small.root))
            notProven('the hashes do not show it');
    }
    return { code: 'fork', entry: null };
}

function two({ checkpoints, entries }, apart) {
    if (checkpoints[0].origin !== checkpoints[1].origin ||
        entries[1].index - entries[0].index !== apart ||
        entries.some((e, i) => e.checkpoint !== i || !isProven(e, checkpoints[i])))
        notProven('an entry is not proven');
}

function leaves(file) {
    two(file, 0);
    if (same(file.entries[0].leaf, file.entries[1].leaf))
        notProven('the entries are the same');
    return { code: 'fork', entry: file.entries[0].index };
}

function link(file) {
    two(file, 1);
    const [before, after] = file.entries;
    let header;
    try {
        header = readHeader(after.raw);
    } catch (e) {
        if (!(e instanceof Malformed))
            throw e;
        notProven('the entry has no link');
    }
    if (same(header.link, before.leaf))
        notProven('the link is right');
    return { code: 'link', entry: after.index };
}

// The judge over all entries, in ascending order.
async function judged({ checkpoints: [cp], entries }, policy) {
    const carried = new Map(entries.map((e) => [e.index, e.raw]));
    if (carried.size !== entries.length || !entries.every((e) => isProven(e, cp)))
        notProven('an entry is not proven');
    return judgeCarried(carried, cp.size, policy, cp.origin);
}

async function entry(file, policy) {
    const judge = await judged(file, policy);
    const found = judge.findings.find((f) => f.bad && f.entry === file.entries[0].index);
    return found ? { code: found.code, entry: found.entry } : notProven('nothing is wrong with it');
}

// ---- index

function keysIn(file) {
    const known = new Map();
    const raws = new Map(file.entries.map((e) => [e.index, e.raw]));
    const at = (i) => {
        if (!known.has(i))
            known.set(i, raws.has(i) ? keysOf(i, raws.get(i), at) : null);
        return known.get(i);
    };
    return at;
}

// Whether the rows are wrong about entry e.
function wrongAbout(e, span, rows, shown, keys) {
    const { table } = span;
    if (e.index < span.start || e.index >= span.end)
        return false;
    const mine = rows.filter(([, row]) => entryOf(row) === e.index).map(([, row]) => keyIn(row));
    if (keys.missing.size === 0 && mine.some((key) => !keys.every.has(key)))
        return true;
    if (keys.every.has(UNKEYED) && !table.unkeyed)
        return true;
    return (shown || table.rows === 0) &&
        [...keys.every].some((key) => lacks(table, rows, rowOf(key, e.index)));
}

async function index(file, policy) {
    const judge = await judged(file, policy);
    const first = judge.entries.get(file.entries[0].index);
    const told = judge.findings.some((f) => f.entry === first.index);
    if (told || first.kind !== 'index' || first.form.members.version !== 1)
        notProven('the first entry is no index that is in force');
    const span = spansOf(first.form.members.tables)[file.table.number] ?? notProven('no such table');
    const shown = file.table.leaves.length > 0;
    const { leaves: carried, hashes } = file.table;
    if (shown ? !leavesHaveTheirRows(span.table, carried) ||
        !leadToRoot(span.table, carried, hashes) : hashes.length > 0)
        notProven('the rows are not the table\'s');
    const rows = placed(carried);
    const proven = { code: 'index', entry: first.index };
    if (areWrong(span, rows))
        return proven;
    const about = file.entries[1];
    if (about && wrongAbout(about, span, rows, shown, keysIn(file)(about.index)))
        return proven;
    return notProven('the rows are right, as far as this shows');
}

const PROVE = { fork, leaves, link, entry, index };

// {exit, findings, claim, proven: {code, entry} or null, checkpoints}. exit 0: the log is convicted.
export async function verifyEvidence(bytes, policy) {
    const out = { exit: 0, findings: [], claim: null, proven: null, checkpoints: [], entries: [] };
    try {
        const file = await readFile(bytes, policy);
        const [checkpoints, least, most] = CLAIMS[file.claim];
        Object.assign(out, { claim: file.claim, checkpoints: file.checkpoints,
                             entries: file.entries });
        if (file.checkpoints.length !== checkpoints || file.entries.length < least ||
            file.entries.length > most || (file.claim !== 'fork' && file.hashes.length > 0))
            notProven('the claim takes something else');
        out.proven = await PROVE[file.claim](file, policy);
    } catch (e) {
        if (!(e instanceof Failed) && !(e instanceof Refused))
            throw e;
        out.findings.push(e.finding ?? { code: e.code ?? 'evidence', entry: null, bad: e.bad, related: null });
        out.exit = e.bad ? 1 : 3;
    }
    return out;
}
