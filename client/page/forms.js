// The form of an entry (FORMATS, sections 4 to 6). The tables of kinds are those of FORMATS itself,
// which the build reads.
import { tables } from './data.js';
import { decimal, latin1, millis, textOf, unbase64, utf8 } from './bytes.js';
import { isObject, strictJson } from './json.js';
import { SIGNER_NAME } from './keys.js';
import { noteParts } from './notes.js';

const ENTRY_MAX = 65535;
const RECORD_MAX = 49152;
const CODE = /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/;
const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;
const ROLES = ['registrar', 'judge', 'requester', 'holder', 'oversight', 'auditor'];
const OBJECTS = ['case', 'subject', 'note', 'table'];
const REF = { entry: ['integer', true, false], hash: ['hash', true, false] };
const WINDOW = { from: ['time', true, false], until: ['time', true, false] };
export const LOG_KINDS = ['index', 'access', 'freeze'];

export class Malformed extends Error {
    constructor(code = 'form') {
        super(code);
        this.code = code;
    }
}

export function isCode(value) {
    return typeof value === 'string' && CODE.test(value);
}

// ---- types (5.1)

function isInteger(value, low = 0, top = Number.MAX_SAFE_INTEGER) {
    return typeof value === 'number' && Number.isInteger(value) && value >= low && value <= top;
}

function isText(value) {
    const n = typeof value === 'string' ? utf8(value).length : 0;
    return n >= 1 && n <= 256;
}

const isMatch = (pattern) => (v) => typeof v === 'string' && pattern.test(v);
const isBytes = (n) => (v) => unbase64(v, n) !== null;

const SIMPLE = {
    time: (v) => millis(v) !== null,
    UUID: isMatch(UUID),
    integer: (v) => isInteger(v),
    'integer, not 0': (v) => isInteger(v, 1),
    'integer 1–86,400': (v) => isInteger(v, 1, 86400),
    bool: (v) => typeof v === 'boolean',
    hash: isBytes(32),
    sig: isBytes(64),
    token: (v) => typeof v === 'string' && v.length >= 1 && v.length <= 16384 && isBytes(null)(v),
    name: isMatch(SIGNER_NAME),
    vkey: isText,
    text: isText,
    country: isMatch(/^[A-Z]{2}$/),
    'role (5.2)': (v) => ROLES.includes(v),
    code: isCode,
};

function isList(type, value) {
    const [, item, most] = /^(.*?)\[\](?:, 1–(\d+)| of .*)?$/.exec(type);
    return Array.isArray(value) && value.length >= 1 && value.length <= Number(most ?? 256) &&
        value.every((v) => fits(item, v));
}

// Whether a value is of a type, as the tables of FORMATS write it.
function fits(type, value) {
    if (Object.hasOwn(SIMPLE, type))
        return SIMPLE[type](value);
    if (type.includes('[]'))
        return isList(type, value);
    if (type.startsWith('code of '))
        return isCode(value);
    if (type.startsWith('ref'))
        return isObject(value) && membersFit(REF, value);
    if (type === 'window')
        return isObject(value) && membersFit(WINDOW, value) && value.from < value.until;
    if (OBJECTS.includes(type))
        return isObject(value) && membersFit(tables[type], value);
    return type.split(', ').includes(value); // words
}

function own(table, prefix) {
    return Object.entries(table).filter(([name]) => name.startsWith(prefix) &&
        !name.slice(prefix.length).includes('.')).map(([name, row]) => [name.slice(prefix.length), row]);
}

function membersFit(table, value, prefix = '') {
    const rows = new Map(own(table, prefix));
    const both = [...rows].filter(([, row]) => row[2]).map(([name]) => name in value);
    if (Object.keys(value).some((name) => !rows.has(name)) ||
        [...rows].some(([name, row]) => row[1] && !(name in value)) || new Set(both).size > 1)
        return false;
    return Object.entries(value).every(([name, v]) => (rows.get(name)[0] === 'object'
        ? isObject(v) && membersFit(table, v, `${prefix}${name}.`) : fits(rows.get(name)[0], v)));
}

// ---- references

// [{where, kind or null, ref}] of every ref but `under`, in the order of the kind's table.
export function refsOf(kind, members) {
    return refsIn(tables[kind], members, '');
}

function refsIn(table, value, prefix) {
    const out = [];
    for (const [name, [type]] of own(table, prefix)) {
        if (!(name in value) || (name === 'under' && prefix === ''))
            continue;
        const items = Array.isArray(value[name]) ? value[name] : [value[name]];
        const target = /^ref→([a-z]+)/.exec(type);
        const object = type.replace('[]', '');
        if (target)
            items.forEach((ref) => out.push({ where: name, ref,
                                              kind: target[1] === 'any' ? null : target[1] }));
        else if (OBJECTS.includes(object))
            items.forEach((item) => out.push(...refsIn(tables[object], item, '')));
        else if (type === 'object')
            out.push(...refsInObject(table, value[name], `${prefix}${name}`));
    }
    return out;
}

function refsInObject(table, value, path) {
    const inner = refsIn(table, value, `${path}.`);
    const warrant = path === 'warrant' && 'entry' in value; // of a request
    return warrant ? [{ where: 'warrant', kind: 'warrant', ref: value }, ...inner] : inner;
}

// ---- entries

// {number, word} of a first line, as text; or null.
function versionOf(bytes) {
    const end = bytes.indexOf(10);
    const m = end < 0 ? null : /^bitacora\/v([1-9][0-9]*) ([^]+)$/.exec(latin1(bytes.subarray(0, end)));
    return m && { number: m[1], word: m[2] };
}

function isOther(version) {
    return version !== null && version.number !== '1';
}

function headerLines(raw) {
    const ends = [];
    for (let at = -1; ends.length < 5;) {
        at = raw.indexOf(10, at + 1);
        if (at < 0)
            throw new Malformed();
        ends.push(at);
    }
    const text = (i) => latin1(raw.subarray(ends[i - 1] + 1, ends[i]));
    return { index: text(1), time: text(2), link: text(3), empty: text(4), end: ends[4] + 1 };
}

// {index, accepted, link, note}; throws Malformed.
export function readHeader(raw) {
    const version = versionOf(raw);
    if (isOther(version))
        throw new Malformed('version');
    if (version === null || version.word !== 'entry' || raw.length > ENTRY_MAX)
        throw new Malformed();
    const h = headerLines(raw);
    const index = decimal(h.index);
    const accepted = millis(h.time);
    const link = unbase64(h.link, 32);
    if (index === null || accepted === null || link === null || h.empty !== '')
        throw new Malformed();
    return { index, accepted, link, note: raw.subarray(h.end) };
}

const records = new WeakMap(); // of entries at hand: what readRecord() gave, or threw

// {kind, members, text, name, id, signature} of an entry whose header was read; throws Malformed.
export function recordOf(raw, note) {
    if (!records.has(raw)) {
        try {
            records.set(raw, readRecord(note));
        } catch (e) {
            records.set(raw, e);
        }
    }
    const found = records.get(raw);
    if (found instanceof Error)
        throw found;
    return found;
}

function readRecord(note) {
    const version = versionOf(note);
    if (isOther(version))
        throw new Malformed('version');
    const parts = noteParts(note);
    if (version === null || parts === null || parts.lines.length !== 1)
        throw new Malformed();
    const [{ name, data }] = parts.lines;
    const lines = textOf(parts.text).split('\n');
    if (lines.length !== 3 || data.length !== 68 || !SIGNER_NAME.test(name))
        throw new Malformed();
    if (parts.text.length > RECORD_MAX)
        throw new Malformed('too_large');
    const kind = version.word;
    const known = Object.hasOwn(tables, kind) && ![...OBJECTS, 'common'].includes(kind);
    const members = known ? strictJson(utf8(lines[1])) : null;
    if (members === null || !membersFit(tables[kind], members))
        throw new Malformed();
    return { kind, members, text: parts.text, name, id: data.slice(0, 4), signature: data.slice(4) };
}

// Header and record in one; throws Malformed.
export function readEntry(raw) {
    const header = readHeader(raw);
    return { ...header, ...recordOf(raw, header.note) };
}
