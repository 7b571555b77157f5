// Answers (FORMATS, section 25).
import { compare, decimal, latin1, leafHash, same, sha256, textOf, unbase64 } from './bytes.js';
import { openCheckpoint, Refused } from './checkpoints.js';
import { boundsOf, spansOf } from './covers.js';
import { isCode } from './forms.js';
import { keyOf, keysOf, UNKEYED, warrantKey } from './index_keys.js';
import { judgeCarried } from './judge.js';
import { NOTE, SIGNER_NAME, vkeyOf } from './keys.js';
import { clockFindings, exitOf } from './receipts.js';
import { areWrong, entryOf, keyIn, lacks, leadToRoot, leavesHaveTheirRows, LEAF_ROWS, placed, ROW,
         rowOf, showAll, TABLES_MAX } from './rows.js';
import { rootOfShared } from './trees.js';

const PART_MAX = 32 << 20;
const ENTRIES_MAX = 16384;
const HASHES_MAX = 65536;
const LEAVES_MAX = 65536;

// ---- questions

function vkeyKey(value) {
    const v = vkeyOf(value);
    return v !== null && v.type === NOTE ? keyOf('vkey', v.key) : null;
}

function subjectKey(value) {
    const commit = unbase64(value, 32);
    return commit && keyOf('subject', commit);
}

const QUESTIONS = {
    warrant: (v, n) => (n >= 1 && n <= 256 && !/[\u0000-\u001f]/.test(v) ? warrantKey(v) : null),
    signer: (v) => (SIGNER_NAME.test(v) ? keyOf('signer', v) : null),
    vkey: vkeyKey,
    holder: (v) => (isCode(v) ? keyOf('holder', v) : null),
    authority: (v) => (isCode(v) ? keyOf('authority', v) : null),
    subject: subjectKey,
};

// The key, in hex, that a question's value (bytes) asks for; null: it is none of that type.
function questionKey(type, value) {
    const text = textOf(value);
    return text === null || !Object.hasOwn(QUESTIONS, type) ? null
        : QUESTIONS[type](text, value.length);
}

// ---- splitting

class Cut extends Error {}

class Reader {
    constructor(data, at) {
        Object.assign(this, { data, at });
    }

    line() {
        const end = this.data.indexOf(10, this.at);
        if (end < 0)
            throw new Cut();
        const out = this.data.subarray(this.at, end);
        this.at = end + 1;
        return out;
    }

    words(first, n) {
        const words = latin1(this.line()).split(' ');
        if ((first !== null && words.shift() !== first) || words.length !== n)
            throw new Cut();
        return words;
    }

    numbers(first, n) {
        return this.words(first, n).map(number);
    }

    count(first, most) {
        const [n] = this.numbers(first, 1);
        return n > most ? fail() : n;
    }

    take(n) {
        if (n > this.data.length - this.at)
            throw new Cut();
        this.at += n;
        return this.data.slice(this.at - n, this.at);
    }

    hashes(n) {
        return Array.from({ length: n }, () => whole(latin1(this.line()), 32));
    }
}

function fail() {
    throw new Cut();
}

function number(word) {
    return decimal(word) ?? fail();
}

function whole(text, length = null) {
    return unbase64(text, length) ?? fail();
}

function readQuestion(r) {
    const line = r.line();
    const space = line.indexOf(32);
    const type = latin1(line.subarray(0, space < 0 ? line.length : space));
    const value = space < 0 ? new Uint8Array(0) : line.slice(space + 1);
    const key = questionKey(type, value);
    return key === null ? fail() : { type, value, key, text: textOf(value) };
}

function readEntries(r) {
    const out = new Map();
    let last = -1;
    for (let n = r.count('entries', ENTRIES_MAX); n > 0; n--) {
        const [index, length] = r.numbers(null, 2);
        if (index <= last)
            fail();
        last = index;
        out.set(index, r.take(length));
        if (r.take(1)[0] !== 10)
            fail();
    }
    return out;
}

function readTable(r, last) {
    const [table, count, hashes] = r.numbers('table', 3);
    if (table <= last || table >= TABLES_MAX || count > LEAVES_MAX || hashes > HASHES_MAX)
        fail();
    const leaves = [];
    for (let n = 0; n < count; n++) {
        const words = r.words(null, 2);
        const leaf = number(words[0]);
        const rows = whole(words[1]);
        if ((n > 0 && leaf <= leaves[n - 1][0]) || rows.length === 0 || rows.length % ROW !== 0 ||
            rows.length > ROW * LEAF_ROWS)
            fail();
        leaves.push([leaf, rows]);
    }
    return { number: table, leaves, hashes: r.hashes(hashes) };
}

function readTables(r) {
    const out = [];
    for (let n = r.count('tables', TABLES_MAX); n > 0; n--)
        out.push(readTable(r, out.length === 0 ? -1 : out[out.length - 1].number));
    return out;
}

// A part, and where it ends.
function readPart(data, at) {
    const r = new Reader(data, at);
    const part = {};
    if (latin1(r.line()) !== 'bitacora/v1 answer')
        fail();
    part.question = readQuestion(r);
    [part.from, part.to, part.end] = r.numbers('range', 3);
    [part.index] = r.numbers('index', 1);
    const [audit] = r.words('audit', 1);
    part.audit = audit === 'none' ? null : number(audit);
    part.checkpoint = r.take(r.count('checkpoint', PART_MAX));
    part.entries = readEntries(r);
    part.proof = r.hashes(r.count('proof', HASHES_MAX));
    part.tables = readTables(r);
    const body = data.subarray(at, r.at);
    const [digest] = r.words('sha256', 1);
    if (!same(whole(digest, 32), sha256(body)) || r.at - at > PART_MAX ||
        !(part.from < part.to && part.to <= part.end))
        fail();
    return { part, end: r.at };
}

// ---- judging a part

class Stop extends Error {}

class Checked {
    constructor(part) {
        Object.assign(this, { part, key: part.question.key, findings: [], asked: new Set(),
                              unkeyed: new Set(), known: new Map(), judge: null, checkpoint: null });
    }

    tell(code, entry = null, bad = true) {
        this.findings.push({ code, entry, bad, related: null });
    }

    stop(code, entry, bad = true) {
        this.tell(code, entry, bad);
        throw new Stop();
    }

    async run(policy) {
        try {
            this.checkpoint = await openCheckpoint(this.part.checkpoint, policy);
        } catch (e) {
            if (!(e instanceof Refused))
                throw e;
            return this.findings.push(e.finding);
        }
        try {
            await this.entries(policy);
            this.cover();
            this.rows();
            this.tail();
            this.audit();
            this.clocks();
        } catch (e) {
            if (!(e instanceof Stop))
                throw e;
        }
        return this.checkpoint.quorum ? undefined : this.tell('quorum', null, false);
    }

    // Step 3.
    async entries(policy) {
        const { part: p, checkpoint: cp } = this;
        const leaves = [...p.entries].map(([i, raw]) => [i, leafHash(raw)]);
        const root = rootOfShared(cp.size, leaves, p.proof);
        if (root === null || !same(root, cp.root))
            this.stop('answer', null);
        this.judge = await judgeCarried(p.entries, cp.size, policy, cp.origin);
        this.findings.push(...this.judge.findings);
        for (const i of [0, p.index, p.audit, p.to - 1])
            if (i !== null && !p.entries.has(i))
                this.stop('answer', i, false);
        for (const e of this.judge.entries.values()) {
            const under = e.kind === null || e.kind === 'genesis' ? e.index
                : e.form.members.under.entry;
            if (under < e.index && !p.entries.has(under))
                this.stop('answer', under, false);
        }
    }

    // Step 4.
    cover() {
        const { part: p } = this;
        const e = this.judge.entries.get(p.index);
        if (e.kind !== 'index' || e.form.members.version !== 1)
            this.stop('answer', p.index, !(e.unread || e.kind === 'index'));
        this.tables = e.form.members.tables;
        this.covered = boundsOf(this.tables).pop();
        if (p.end < this.covered || (p.end !== this.covered && p.end > this.checkpoint.size))
            this.stop('answer', p.index);
    }

    keysAt(i) {
        if (!this.known.has(i)) {
            const raw = this.part.entries.get(i);
            this.known.set(i, raw === undefined ? null : keysOf(i, raw, (n) => this.keysAt(n)));
        }
        return this.known.get(i);
    }

    // Steps 5 to 7.
    rows() {
        const { part: p } = this;
        const shown = new Map(p.tables.map((t) => [t.number, t]));
        spansOf(this.tables).forEach((span, n) => {
            const x = Math.max(span.start, p.from);
            const y = Math.min(span.end, p.to);
            if ((x < y && span.table.rows > 0) !== shown.has(n))
                this.stop('answer', p.index);
            if (shown.has(n))
                this.table(span, shown.get(n), x, y);
            else if (x < y)
                this.noneLacks(span, []);
            shown.delete(n);
        });
        if (shown.size > 0)
            this.stop('answer', p.index);
    }

    table(span, { leaves, hashes }, x, y) {
        const { table } = span;
        const { index } = this.part;
        if (!leadToRoot(table, leaves, hashes) || !leavesHaveTheirRows(table, leaves))
            this.stop('answer', index);
        const rows = placed(leaves);
        if (areWrong(span, rows))
            this.stop('index', index);
        for (const key of table.unkeyed ? [this.key, UNKEYED] : [this.key])
            if (!showAll(table, rows, rowOf(key, x), rowOf(key, y)))
                this.stop('answer', index);
        this.noneLacks(span, rows);
        for (const [, row] of rows) {
            const entry = entryOf(row);
            if ([this.key, UNKEYED].includes(keyIn(row)) && x <= entry && entry < y)
                this.rowIsRight(row, entry);
        }
    }

    noneLacks({ table, start, end }, rows) {
        for (const i of this.part.entries.keys()) {
            if (i < start || i >= end)
                continue;
            for (const key of this.keysAt(i).every) {
                if (key !== this.key && key !== UNKEYED)
                    continue;
                if ((key === UNKEYED && !table.unkeyed) || lacks(table, rows, rowOf(key, i)))
                    this.stop('index', this.part.index);
            }
        }
    }

    rowIsRight(row, i) {
        const key = keyIn(row);
        const keys = this.keysAt(i);
        if (keys === null)
            this.stop('answer', i, false);
        if (!keys.every.has(key)) {
            if (keys.missing.size > 0 && this.part.question.type === 'warrant' && key !== UNKEYED)
                this.stop('answer', Math.min(...keys.missing), false);
            this.stop('index', this.part.index);
        }
        (key === UNKEYED ? this.unkeyed : this.asked).add(i);
    }

    tail() {
        const { part: p } = this;
        for (let i = Math.max(p.from, this.covered); i < p.to; i++) {
            if (!p.entries.has(i))
                this.stop('answer', i);
            const keys = this.keysAt(i);
            if (keys.every.has(this.key))
                this.asked.add(i);
            else if (keys.missing.size > 0 && p.question.type === 'warrant')
                this.stop('answer', Math.min(...keys.missing), false);
            if (keys.every.has(UNKEYED))
                this.unkeyed.add(i);
        }
    }

    // Step 8.
    audit() {
        const { part: p } = this;
        if (p.audit === null)
            return;
        const e = this.judge.entries.get(p.audit);
        const ref = e.kind === 'anchor' ? e.form.members.index : undefined;
        const named = ref && this.judge.entries.get(ref.entry);
        if (e.unread)
            this.stop('answer', p.audit, false);
        if (!named || !e.good || e.signer.role !== 'auditor')
            this.stop('answer', p.audit);
        if (named.kind !== 'index')
            this.stop('answer', p.audit, !named.unread);
    }

    // Step 9.
    clocks() {
        const last = this.judge.entries.get(Math.max(...this.part.entries.keys()));
        if (this.findings.length === 0 && last.form !== null)
            this.findings.push(...clockFindings(this.checkpoint.cosigned, last.form.accepted,
                                                this.judge.skew ?? 600000));
    }
}

// ---- whole files

function belongs(part, first) {
    return part.question.type === first.question.type && part.index === first.index &&
        compare(part.question.value, first.question.value) === 0 && part.end === first.end &&
        same(part.checkpoint, first.checkpoint);
}

// {findings, exit, parts: [Checked], question, asked, unkeyed: [entries], completeTo}. What is not
// proven (exit is not 0) must not be shown as if it were.
export async function verifyAnswer(bytes, policy) {
    const out = { findings: [], parts: [], asked: [], unkeyed: [], completeTo: null, question: null };
    const undecided = () => out.findings.push({ code: 'answer', entry: null, bad: false,
                                                related: null });
    let at = 0;
    let reached = 0;
    do {
        const read = tryPart(bytes, at);
        if (read === null) {
            undecided();
            break;
        }
        const checked = new Checked(read.part);
        out.parts.push(checked);
        if (!belongs(read.part, out.parts[0].part) || read.part.from !== reached)
            undecided();
        await checked.run(policy);
        out.findings.push(...checked.findings);
        out.asked.push(...[...checked.asked].sort((a, b) => a - b));
        out.unkeyed.push(...[...checked.unkeyed].sort((a, b) => a - b));
        reached = read.part.to;
        at = read.end;
    } while (at < bytes.length);
    if (at === bytes.length && reached !== out.parts[0]?.part.end)
        undecided();
    out.question = out.parts[0]?.part.question ?? null;
    out.completeTo = out.parts.length > 0 ? reached - 1 : null;
    out.exit = exitOf(out.findings);
    return out;
}

function tryPart(bytes, at) {
    try {
        return readPart(bytes, at);
    } catch (e) {
        if (e instanceof Cut)
            return null;
        throw e;
    }
}
