// A whole log, entry after entry (FORMATS, sections 9.2 and 9.3).
import { hex, same } from './bytes.js';
import { openCheckpoint, Refused } from './checkpoints.js';
import { LOG_KINDS, Malformed, readEntry } from './forms.js';
import { Judge } from './judge.js';
import { verify } from './keys.js';
import { Recount } from './recount.js';
import { clockFindings, exitOf } from './receipts.js';
import { BUNDLE_MAX, CHECKPOINT_MAX, divide, hashesIn, leavesOf, TILE_MAX, tileName,
         WIDTH } from './tiles.js';
import { Growing, rootOf } from './trees.js';

const FINDINGS_MAX = 10000;
// Whose signatures are not verified again in a replay that goes on from what was kept.
const MASS = ['request', 'response'];
const ALIVE = new Set(['missing', 'unreadable', 'leaf', 'bundle']);

// Keeps of each entry what later ones ask for, and verifies a bundle's signatures beside each other.
class ReplayJudge extends Judge {
    constructor(...args) {
        super(...args);
        this.leaves = [];
        this.kept = [];
        this.ahead = new Map();
        this.signatures = 0;
        this.rested = 0;
        this.restsBelow = 0; // entries below it were judged before
    }

    // One key alone may have signed it, the entry was judged before, and it is one of the mass.
    async signerOf(e, known) {
        if (e.index >= this.restsBelow || known.length !== 1 || !MASS.includes(e.kind))
            return super.signerOf(e, known);
        this.rested++;
        return known[0];
    }

    named(index) {
        return this.kept[index] ?? null;
    }

    leafBefore(index) {
        return this.leaves[index - 1];
    }

    keep(e) {
        this.kept[e.index] = e;
    }

    // What is not asked for again goes.
    forget(e) {
        e.raw = null;
        e.form = null;
    }

    mayBeUnseen() {
        return this.anyUnread;
    }

    // An entry that could not be read.
    lose(index, leaf) {
        this.anyUnread = true;
        this.keep({ index, leaf, kind: null, form: null, raw: null, unread: true, undecided: false });
    }

    verify(key, signature, text) {
        const found = this.ahead.get(hex(signature))?.find((a) => a.key === key && same(a.text, text));
        return found ? found.good : verify(key, signature, text);
    }

    // Starts to verify what the keys that are known now may have signed.
    start(raws) {
        this.ahead.clear();
        for (const raw of raws) {
            const form = attempt(raw);
            if (form !== null && form.index < this.restsBelow && MASS.includes(form.kind))
                continue;
            const keys = form === null ? [] : this.registry.filter((k) =>
                k.vkey.is(form.name, form.id) && (k.role !== 'log' || LOG_KINDS.includes(form.kind)));
            if (keys.length > 0)
                this.ahead.set(hex(form.signature), keys.map(({ vkey: { key } }) =>
                    ({ key, text: form.text, good: verify(key, form.signature, form.text) })));
        }
    }
}

function attempt(raw) {
    try {
        return readEntry(raw);
    } catch (e) {
        if (e instanceof Malformed)
            return null;
        throw e;
    }
}

export class Replay {
    // source(path, max); watch: {progress(done, size), go(): promise of whether to go on}; pin: the leaf
    // hash that entry 0 must have, or null; kept: what readKept() gave, or null.
    constructor(source, policy, watch, pin = null, kept = null) {
        Object.assign(this, { source, policy, watch, pin, kept, findings: [], checkpoint: null, judge: null,
                              tree: new Growing(), levels: [], recount: new Recount(), ended: false,
                              lastAccepted: null, counts: { months: new Map() }, size: null });
    }

    tell(code, entry = null, bad = true, more = {}) {
        if (this.findings.length < FINDINGS_MAX)
            this.findings.push({ code, entry, bad, related: null, ...more });
    }

    async get(path, max, code) {
        const got = await this.source(path, max);
        if (got.missing || got.unreadable)
            this.tell(got.missing ? 'missing' : 'unreadable', null, false, { path });
        if (got.tooLarge)
            this.tell(code, null, true, { path });
        return got.bytes ?? null;
    }

    // A tile or bundle at width W: of a partial one, the full one where the partial is not there.
    async getWide(level, n, width, max, code, isFull) {
        const path = tileName(level, n, width);
        if (width < WIDTH) {
            const got = await this.source(path, max);
            if (!got.missing)
                return this.take(got, path, code);
            const full = await this.source(tileName(level, n, WIDTH), max);
            if (full.bytes && isFull(full.bytes))
                return { bytes: full.bytes, full: true, path };
            this.tell('missing', null, false, { path });
            return { bytes: null, path };
        }
        return this.take(await this.source(path, max), path, code);
    }

    take(got, path, code) {
        if (got.missing || got.unreadable)
            this.tell(got.missing ? 'missing' : 'unreadable', null, false, { path });
        if (got.tooLarge)
            this.tell(code, null, true, { path });
        return { bytes: got.bytes ?? null, full: false, path };
    }

    // ---- the whole

    async run() {
        if (!await this.open())
            return this.result();
        for (let n = 0; n * WIDTH < this.size && !this.ended; n++) {
            if (!await this.watch.go())
                return this.result(true);
            await this.bundle(n, Math.min(WIDTH, this.size - n * WIDTH));
            this.watch.progress(Math.min(this.size, (n + 1) * WIDTH), this.size);
        }
        await this.finish();
        return this.result();
    }

    async open() {
        const note = await this.get('checkpoint', CHECKPOINT_MAX, 'checkpoint');
        if (note === null)
            return false;
        try {
            this.checkpoint = await openCheckpoint(note, this.policy);
        } catch (e) {
            if (!(e instanceof Refused))
                throw e;
            this.tell('checkpoint', null, e.message !== 'type'); // what a log serves is its own
            return false;
        }
        this.size = this.checkpoint.size;
        this.judge = new ReplayJudge(this.size, this.policy, this.checkpoint.origin);
        if (this.kept !== null && (this.kept.origin !== this.checkpoint.origin || this.kept.entries > this.size)) {
            this.tell('stale', null, false); // of another log, or the log is smaller by now
            return false;
        }
        this.judge.restsBelow = this.kept?.entries ?? 0;
        return true;
    }

    // ---- a bundle and its tile

    async bundle(n, width) {
        const first = n * WIDTH;
        const b = await this.readBundle(n, width);
        const t = await this.readTile(0, n, width);
        const whole = b !== null && b.length === width;
        const leaves = b === null ? null : leavesOf(b);
        if (t === null && !whole) {
            if (b !== null)
                this.tell('bundle', first + b.length);
            this.ended = true;
            return;
        }
        const chosen = t === null ? leaves : b === null ? t : await this.choose(n, width, leaves, t);
        await this.entries(first, chosen, b, leaves);
    }

    async readBundle(n, width) {
        const isFull = (bytes) => {
            const d = divide(bytes, WIDTH);
            return d.entries.length === WIDTH && !d.left;
        };
        const got = await this.getWide('entries', n, width, BUNDLE_MAX, 'bundle', isFull);
        if (got.bytes === null)
            return null;
        if (got.full)
            return divide(got.bytes, WIDTH).entries.slice(0, width);
        const { entries, left } = divide(got.bytes, width);
        return left && entries.length === width ? entries.slice(0, -1) : entries;
    }

    async readTile(level, n, width) {
        const got = await this.getWide(level, n, width, TILE_MAX, 'tile',
                                       (bytes) => bytes.length === TILE_MAX);
        if (got.bytes === null)
            return null;
        const hashes = hashesIn(got.full ? got.bytes.slice(0, 32 * width) : got.bytes, width);
        if (hashes === null)
            this.tell('tile', null, true, { path: got.path });
        return hashes;
    }

    // The leaf hashes where both are there.
    async choose(n, width, b, t) {
        const first = n * WIDTH;
        const differ = b.map((leaf, i) => (same(leaf, t[i]) ? null : i)).filter((i) => i !== null);
        const leaf = () => differ.forEach((i) => this.tell('leaf', first + i));
        if (b.length < width) {
            leaf();
            this.tell('bundle', first + b.length);
            return t;
        }
        if (differ.length === 0)
            return b;
        const byTile = first + width === this.size ? !this.leadsToRoot(b) && this.leadsToRoot(t)
            : await this.levelOneSays(n, t);
        if (byTile)
            leaf();
        else
            this.tell('tile', null, true, { path: tileName(0, n, width) });
        return byTile ? t : b;
    }

    leadsToRoot(leaves) {
        const tree = new Growing(this.tree.size, [...this.tree.edge]);
        leaves.forEach((l) => tree.add(l));
        return same(tree.root(), this.checkpoint.root);
    }

    async levelOneSays(n, t) {
        const full = Math.floor(this.size / WIDTH);
        const tile = Math.floor(n / WIDTH);
        const hashes = await this.readTile(1, tile, Math.min(WIDTH, full - tile * WIDTH));
        return hashes !== null && same(hashes[n % WIDTH], rootOf(t));
    }

    // ---- entries

    async entries(first, chosen, raws, leaves) {
        const { judge } = this;
        if (first === 0 && this.pin !== null && !same(chosen[0], this.pin))
            this.tell('genesis', 0);
        judge.leaves.push(...chosen);
        const readable = chosen.map((leaf, i) => (raws !== null && i < raws.length &&
                                                  same(leaves[i], leaf) ? raws[i] : null));
        judge.start(readable.filter((raw) => raw !== null));
        for (let i = 0; i < chosen.length; i++) {
            if (readable[i] === null)
                judge.lose(first + i, chosen[i]);
            else
                await this.entry(first + i, readable[i], chosen[i]);
            if (readable[i] === null)
                this.recount.add(first + i, null, chosen[i]);
            this.tree.add(chosen[i]);
            if (this.kept?.entries === this.tree.size && !same(this.tree.root(), this.kept.root))
                return this.differs();
        }
        this.findings.push(...judge.findings.splice(0));
        await this.upper(1, chosen);
    }

    // These are not the entries that were judged before: nothing of this run counts.
    differs() {
        this.findings = [{ code: 'stale', entry: null, bad: false, related: null }];
        this.judge.findings = [];
        this.ended = true;
    }

    async entry(index, raw, leaf) {
        const { judge } = this;
        const e = await judge.take(index, raw, leaf);
        this.recount.add(index, raw, leaf);
        judge.signatures += e.good ? 1 : 0;
        this.lastAccepted = e.form === null ? this.lastAccepted : e.form.accepted;
        if (judge.cover?.entry === index && this.recount.isWrong(judge.cover.tables))
            judge.tell('index', index);
        if (e.good && this.watch.entry)
            this.watch.entry(e);
        judge.forget(e);
    }

    // Full tiles above: a level's tile is read when its last entry is in.
    async upper(level, below) {
        const hashes = this.levels[level] ??= [];
        if (below.length < WIDTH)
            return;
        hashes.push(rootOf(below));
        if (hashes.length % WIDTH === 0) {
            const mine = hashes.slice(-WIDTH);
            await this.compare(level, hashes.length / WIDTH - 1, mine);
            await this.upper(level + 1, mine);
        }
    }

    async compare(level, n, mine) {
        const got = await this.readTile(level, n, mine.length);
        if (got !== null && !got.every((h, i) => same(h, mine[i])))
            this.tell('tile', null, true, { path: tileName(level, n, mine.length) });
    }

    // What may be kept of a run that stands here, or null: something was found, or nothing read.
    get standing() {
        return this.findings.length > 0 || this.judge === null || this.tree.size === 0 ? null
            : { origin: this.checkpoint.origin, done: this.tree.size, root: this.tree.root() };
    }

    async finish() {
        if (!this.ended) {
            for (let level = 1; level < this.levels.length; level++) {
                const hashes = this.levels[level] ?? [];
                const rest = hashes.length % WIDTH;
                if (rest > 0)
                    await this.compare(level, Math.floor(hashes.length / WIDTH), hashes.slice(-rest));
            }
            if (!same(this.tree.root(), this.checkpoint.root))
                this.tell('root');
            else if (!this.findings.some((f) => ALIVE.has(f.code)) && this.lastAccepted !== null)
                this.findings.push(...clockFindings(this.checkpoint.cosigned, this.lastAccepted,
                                                    this.judge.skew ?? 600000));
        }
        if (!this.checkpoint.quorum)
            this.tell('quorum', null, false);
    }

    result(stopped = false) {
        const { findings } = this;
        const genesis = this.judge?.leaves[0] ?? null;
        return { exit: stopped ? 3 : exitOf(findings), stopped, findings, size: this.size,
                 root: this.tree.root(), done: this.tree.size, checkpoint: this.checkpoint,
                 signatures: (this.judge?.signatures ?? 0) - (this.judge?.rested ?? 0),
                 rested: this.judge?.rested ?? 0, genesis,
                 pinned: genesis !== null && this.pin !== null && same(genesis, this.pin) };
    }
}
