// Policies (FORMATS, section 14).
import { decimal, latin1, same, textOf } from './bytes.js';
import { COSIGNATURE, NOTE, strangerOf, vkeyOf } from './keys.js';

const MAX = 1 << 20;
const LOGS = 64;
const WITNESSES = 62;
const GROUPS = 64;
const WORDS = 130;

class BadPolicy extends Error {}

// A policy is read as one character a byte, since names of witnesses are any bytes. This is the text
// of one.
export function wordText(word) {
    return textOf(Uint8Array.from(word, (c) => c.charCodeAt(0))) ?? word;
}

function refuse(cause) {
    throw new BadPolicy(cause);
}

// The words of a line; of a comment, none.
function wordsOf(line) {
    if (/[\u0000-\u0008\u000a-\u001f\u007f]/.test(line))
        refuse('control character');
    const words = line.split(/[ \t]+/).filter((w) => w !== '');
    if (words.length > 0 && words[0].startsWith('#'))
        return [];
    return words.length > WORDS ? refuse('too many words') : words;
}

class Policy {
    constructor() {
        this.logs = []; // {key, url}
        this.strangers = []; // log keys of a type that nobody here knows
        this.witnesses = new Map(); // name -> {key, url}; key.key null: of such a type
        this.groups = new Map(); // name -> {least, members}
        this.taken = new Set();
        this.quorum = null;
    }

    add(line) {
        const w = wordsOf(line);
        const take = { log: () => this.addLog(w), witness: () => this.addWitness(w),
                       group: () => this.addGroup(w), quorum: () => this.setQuorum(w) };
        if (w.length === 0)
            return;
        if (!Object.hasOwn(take, w[0]))
            refuse('not log, witness, group or quorum');
        take[w[0]]();
    }

    addLog(w) {
        if (w.length < 2 || w.length > 3)
            refuse('log VKEY [URL]');
        const stranger = strangerOf(wordText(w[1]));
        const key = vkeyOf(wordText(w[1]));
        if ((stranger ? this.strangers : this.logs).length === LOGS)
            refuse('too many logs');
        if (stranger)
            return this.strangers.push(stranger);
        if (key === null || key.type !== NOTE)
            refuse('the key of a log is no good vkey of type 0x01');
        if (this.logs.some((l) => same(l.key.key, key.key)))
            refuse('log twice');
        return this.logs.push({ key, url: w[2] ?? null });
    }

    nameFree(name) {
        if (name === 'none' || this.witnesses.has(name) || this.groups.has(name))
            refuse('name taken');
    }

    addWitness(w) {
        if (w.length < 3 || w.length > 4)
            refuse('witness NAME VKEY [URL]');
        if (this.witnesses.size === WITNESSES)
            refuse('too many witnesses');
        this.nameFree(w[1]);
        const key = strangerOf(wordText(w[2])) ?? vkeyOf(wordText(w[2]));
        if (key === null || (key.key !== null && key.type !== COSIGNATURE))
            refuse('the key of a witness is no good vkey of type 0x04');
        for (const other of this.witnesses.values())
            if (key.key !== null && other.key.key !== null && same(other.key.key, key.key))
                refuse('witness twice');
        this.witnesses.set(w[1], { key, url: w[3] ?? null });
    }

    addGroup(w) {
        if (w.length < 4)
            refuse('group NAME all|any|K MEMBER...');
        if (this.groups.size === GROUPS)
            refuse('too many groups');
        this.nameFree(w[1]);
        const members = w.slice(3);
        const least = w[2] === 'all' ? members.length : w[2] === 'any' ? 1 : decimal(w[2]);
        if (least === null || least < 1 || least > members.length)
            refuse('bad threshold');
        for (const m of members) {
            if (!this.witnesses.has(m) && !this.groups.has(m))
                refuse('unknown member');
            if (this.taken.has(m))
                refuse('member of a group twice');
            this.taken.add(m);
        }
        this.groups.set(w[1], { least, members });
    }

    setQuorum(w) {
        if (w.length !== 2)
            refuse('quorum NAME');
        if (this.quorum !== null)
            refuse('quorum twice');
        if (w[1] !== 'none' && !this.witnesses.has(w[1]) && !this.groups.has(w[1]))
            refuse('unknown quorum');
        this.quorum = w[1];
    }

    // The good keys of an origin.
    of(origin) {
        return this.logs.map((l) => l.key).filter((k) => k.name === origin);
    }

    // Whether the witnesses in `good`, anything with has(), are a quorum.
    satisfied(good, name = this.quorum) {
        const group = this.groups.get(name);
        if (group)
            return group.members.filter((m) => this.satisfied(good, m)).length >= group.least;
        return name === 'none' || good.has(name);
    }

    // Whether all logs are of one origin.
    get oneLog() {
        return new Set(this.logs.map((l) => l.key.name)).size === 1;
    }
}

// {policy} or {refused: why, in English; line, cause}.
export function readPolicy(bytes) {
    const policy = new Policy();
    const text = bytes.length > MAX ? null : latin1(bytes);
    let number = 0;
    try {
        if (text === null)
            refuse('the file is too large');
        const lines = text.split('\n');
        if (lines.pop() !== '')
            refuse('no newline at the end');
        for (const line of lines) {
            number++;
            policy.add(line);
        }
        if (policy.quorum === null)
            refuse('no quorum line');
    } catch (e) {
        if (!(e instanceof BadPolicy))
            throw e;
        return { refused: `line ${number}: ${e.message}`, line: number, cause: e.message };
    }
    return { policy };
}
