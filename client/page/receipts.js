// Receipts (FORMATS, section 11). What is found stands in findings: {code, entry, bad, related}.
import { decimal, leafHash, textOf, uint, unbase64 } from './bytes.js';
import { openCheckpoint, Refused } from './checkpoints.js';
import { Malformed, readEntry } from './forms.js';
import { judgeCarried } from './judge.js';
import { isProven } from './trees.js';

const MAX = 16 << 20;
const PATH = 64;
const FIRST = 'c2sp.org/tlog-proof@v1';

class Failed extends Error {
    constructor(code, entry, bad) {
        super(code);
        Object.assign(this, { code, entry, bad });
    }
}

function cut(code = 'receipt', bad = false) {
    throw new Failed(code, null, bad);
}

// The end of the first empty line; lines before it need be ASCII only.
function splitFile(bytes) {
    const lines = [];
    let at = 0;
    for (;;) {
        const end = bytes.indexOf(10, at);
        if (end < 0)
            cut();
        const line = textOf(bytes.subarray(at, end));
        at = end + 1;
        if (line === '')
            break;
        if (line === null || lines.length === 3 + PATH)
            cut();
        lines.push(line);
    }
    return { lines, checkpoint: bytes.slice(at) };
}

// {extra, index, path, checkpoint}; step 1.
function readFile(bytes) {
    if (bytes.length > MAX)
        throw new Failed('unreadable', null, false);
    const { lines, checkpoint } = splitFile(bytes);
    const extra = lines[1]?.startsWith('extra ') ? unbase64(lines[1].slice(6)) : null;
    const index = lines[2]?.startsWith('index ') ? decimal(lines[2].slice(6)) : null;
    const path = lines.slice(3).map((line) => unbase64(line, 32));
    if (lines[0] !== FIRST || extra === null || index === null || path.includes(null))
        cut();
    return { extra, index, path, checkpoint };
}

class Extra {
    constructor(bytes) {
        Object.assign(this, { bytes, at: 0 });
    }

    get done() {
        return this.at === this.bytes.length;
    }

    take(n) {
        if (this.bytes.length - this.at < n)
            cut();
        this.at += n;
        return this.bytes.slice(this.at - n, this.at);
    }

    entry() {
        return this.take(uint(this.take(2), 0, 2));
    }

    path() {
        const [n] = this.take(1);
        return n > PATH ? cut() : Array.from({ length: n }, () => this.take(32));
    }
}

function formOf(raw) {
    try {
        return readEntry(raw);
    } catch (e) {
        if (!(e instanceof Malformed))
            throw e;
        return cut(e.code, e.code !== 'version');
    }
}

// [{index, raw, leaf, path}], E0 first; step 3.
function readChain(file) {
    const extra = new Extra(file.extra);
    const chain = [];
    let { index } = file;
    for (;;) {
        const raw = extra.entry();
        const path = chain.length === 0 ? file.path : extra.path();
        chain.push({ index, raw, path, leaf: leafHash(raw) });
        const form = formOf(raw);
        if (form.kind === 'genesis')
            break;
        const { under } = form.members;
        if (under.entry >= index)
            cut('reference', true);
        index = under.entry;
    }
    return extra.done ? chain : cut();
}

// Steps 6: the entry against the times of the cosignatures.
export function clockFindings(cosigned, accepted, skew) {
    const late = [...cosigned].some(([, s]) => BigInt(accepted) > BigInt(s) * 1000n + 999n + BigInt(skew));
    return late ? [{ code: 'clock', entry: null, bad: false, related: null }] : [];
}

export function exitOf(findings) {
    return findings.some((f) => f.bad) ? 1 : findings.length > 0 ? 3 : 0;
}

// How far a receipt came, and what was found. Members are null from where it failed:
// file, checkpoint, chain, proven (those whose own path leads to the root), judge.
export async function verifyReceipt(bytes, policy) {
    const out = { file: null, checkpoint: null, chain: null, judge: null, findings: [] };
    try {
        out.file = readFile(bytes);
        out.checkpoint = await openCheckpoint(out.file.checkpoint, policy);
        out.chain = readChain(out.file);
        await judgeChain(out, policy);
    } catch (e) {
        if (!(e instanceof Failed) && !(e instanceof Refused))
            throw e;
        out.findings.push(e.finding ?? { code: e.code, entry: e.entry, bad: e.bad, related: null });
    }
    out.exit = exitOf(out.findings);
    return out;
}

// Steps 4 to 7.
async function judgeChain(out, policy) {
    const { checkpoint, chain } = out;
    const ascending = [...chain].reverse();
    const failed = ascending.findIndex((e) => !isProven(e, checkpoint));
    const proven = failed < 0 ? ascending : ascending.slice(0, failed);
    if (failed >= 0)
        out.findings.push({ code: 'receipt', entry: ascending[failed].index, bad: true, related: null });
    const carried = new Map(proven.map((e) => [e.index, e.raw]));
    out.judge = await judgeCarried(carried, checkpoint.size, policy, checkpoint.origin);
    out.findings.push(...out.judge.findings);
    if (out.findings.length === 0)
        out.findings.push(...clockFindings(checkpoint.cosigned,
                                           out.judge.entries.get(chain[0].index).form.accepted,
                                           out.judge.skew ?? 600000));
    if (!checkpoint.quorum)
        out.findings.push({ code: 'quorum', entry: null, bad: false, related: null });
}

export function provenEntries(receipt) {
    return receipt.chain === null ? []
        : receipt.chain.filter((e) => isProven(e, receipt.checkpoint));
}
