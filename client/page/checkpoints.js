// Checkpoints under a policy (FORMATS, section 8 and step 2 of section 11).
import { decimal, textOf, uint, unbase64, utf8, join } from './bytes.js';
import { NOTE, verify } from './keys.js';
import { noteParts } from './notes.js';

const MAX = 262144;

// A checkpoint that does not open. bad: it is proven bad, else undecided. origin: where it is known.
export class Refused extends Error {
    constructor(code, bad, cause, origin = null) {
        super(cause);
        Object.assign(this, { code, bad, origin });
    }

    get finding() {
        return { code: this.code, entry: null, bad: this.bad, related: null, cause: this.message,
                 origin: this.origin };
    }
}

// {origin, size, root} of a note's text, or null.
function body(parts) {
    const lines = parts === null ? [] : textOf(parts.text).slice(0, -1).split('\n');
    const size = lines.length < 3 ? null : decimal(lines[1]);
    const root = lines.length < 3 ? null : unbase64(lines[2], 32);
    return size === null || root === null || lines.includes('') ? null
        : { origin: lines[0], size, root };
}

// What the note is by its form alone: {origin, size, root, parts}, or null.
export function readCheckpoint(note) {
    const parts = note.length > MAX ? null : noteParts(note);
    const read = body(parts);
    return read && { ...read, parts };
}

// The log's keys and the witnesses of the policy: {key, witness: name or null}.
function signersOf(policy, origin) {
    const logs = policy.of(origin).map((key) => ({ key, witness: null }));
    const witnesses = [...policy.witnesses].map(([witness, { key }]) => ({ key, witness }));
    return [...logs, ...witnesses.filter(({ key }) => key.key !== null)];
}

// Seconds of a good cosignature, 0 of the log's own good signature, or null.
async function judgeLine({ key }, data, text) {
    if (key.type === NOTE)
        return data.length === 64 && await verify(key.key, data, text) ? 0 : null;
    if (data.length !== 72 || data[0] > 127)
        return null;
    const seconds = uint(data, 0, 8);
    const signed = join(utf8(`cosignature/v1\ntime ${seconds}\n`), text);
    return await verify(key.key, data.subarray(8), signed) ? seconds : null;
}

// Whether a line may be by a key of a type that nobody here knows.
function isStrangers(policy, line) {
    const keys = [...policy.strangers, ...[...policy.witnesses.values()].map((w) => w.key)];
    return keys.some((k) => k.key === null && k.is(line.name, line.data.slice(0, 4)));
}

// Whether a key of that origin whose type nobody here knows has a line.
function signedByStranger({ origin, parts }, policy) {
    return policy.strangers.some((k) => k.name === origin &&
        parts.lines.some((l) => k.is(l.name, l.data.slice(0, 4))));
}

// Whose lines the note has: {used: those who signed, wrong: the first of those whose line is bad}.
async function judgeLines({ lines, text }, signers, policy) {
    const used = new Map(); // -> seconds
    const wrong = [];
    for (const line of lines) {
        const known = signers.filter((s) => s.key.is(line.name, line.data.slice(0, 4)));
        let good = null;
        for (const s of known) {
            const seconds = await judgeLine(s, line.data.subarray(4), text);
            good ??= seconds === null ? null : { s, seconds };
        }
        if (good === null && known.length > 0 && !isStrangers(policy, line))
            wrong.push(known[0]);
        else if (good !== null && used.has(good.s))
            wrong.push(good.s);
        else if (good !== null)
            used.set(good.s, good.seconds);
    }
    return { used, wrong };
}

// The checkpoint {note, origin, size, root, cosigned: Map(witness -> seconds), quorum}; throws Refused.
// A line that may be a stranger's is not bad, but it is nobody's: the log must have signed all the same.
export async function openCheckpoint(note, policy) {
    const read = readCheckpoint(note);
    if (read === null)
        throw new Refused('checkpoint', false, 'form');
    const { used, wrong } = await judgeLines(read.parts, signersOf(policy, read.origin), policy);
    const isLog = (s) => s.witness === null;
    if (wrong.some(isLog))
        throw new Refused('checkpoint', true, 'signature');
    if (![...used.keys()].some(isLog))
        throw new Refused('checkpoint', false, signedByStranger(read, policy) ? 'type' : 'unknown',
                          read.origin);
    if (read.size === 0)
        throw new Refused('checkpoint', true, 'empty');
    if (wrong.length > 0)
        throw new Refused('checkpoint', true, 'cosignature');
    const cosigned = new Map([...used].filter(([s]) => !isLog(s)).map(([s, at]) => [s.witness, at]));
    return { ...read, note, cosigned, quorum: policy.satisfied(cosigned) };
}
