// JSON, scanned here: JSON.parse() takes names twice, and numbers and characters that FORMATS
// refuses. Objects have no prototype, so that any name is a name like others.
import { textOf } from './bytes.js';

// What strict JSON forbids (FORMATS, section 1, rule 6).
const FORBIDDEN = new RegExp('[\\u0000-\\u001f\\u007f-\\u009f\\u061c\\u200e\\u200f\\u202a-\\u202e' +
    '\\u2066-\\u2069\\ud800-\\udfff\\ufdd0-\\ufdef' +
    Array.from({ length: 17 }, (_, p) => `\\u{${(p * 65536 + 0xfffe).toString(16)}}` +
        `\\u{${(p * 65536 + 0xffff).toString(16)}}`).join('') + ']', 'u');
const UNPAIRED = /[\u0000\ud800-\udfff]/u;
const ESCAPES = { '"': '"', '\\': '\\', '/': '/', b: '\b', f: '\f', n: '\n', r: '\r', t: '\t' };
const INTEGER = /(?:0|[1-9][0-9]*)(?![0-9.eE])/y;
const PLAIN = /[^"\\\u0000-\u001f]*/y;

class NoJson extends Error {}

class Scanner {
    constructor(text, { spaces, depth, forbidden }) {
        Object.assign(this, { text, spaces, most: depth, forbidden, at: 0 });
    }

    skip() {
        while (this.at < this.text.length && this.spaces.includes(this.text[this.at]))
            this.at++;
    }

    takes(c) {
        this.skip();
        if (this.text[this.at] !== c)
            return false;
        this.at++;
        return true;
    }

    expect(c) {
        if (!this.takes(c))
            throw new NoJson();
    }

    word(word, value) {
        if (!this.text.startsWith(word, this.at))
            throw new NoJson();
        this.at += word.length;
        return value;
    }

    value(depth) {
        this.skip();
        switch (this.text[this.at]) {
        case '{':
            return this.object(depth + 1);
        case '[':
            return this.array(depth + 1);
        case '"':
            return this.string();
        case 't':
            return this.word('true', true);
        case 'f':
            return this.word('false', false);
        case 'n':
            return this.word('null', null);
        default:
            return this.number();
        }
    }

    enter(depth) {
        if (depth > this.most)
            throw new NoJson();
        this.at++;
    }

    object(depth) {
        const out = Object.create(null);
        this.enter(depth);
        if (this.takes('}'))
            return out;
        do {
            this.skip();
            const name = this.string();
            if (name in out)
                throw new NoJson();
            this.expect(':');
            out[name] = this.value(depth);
        } while (this.takes(','));
        this.expect('}');
        return out;
    }

    array(depth) {
        const out = [];
        this.enter(depth);
        if (this.takes(']'))
            return out;
        do
            out.push(this.value(depth));
        while (this.takes(','));
        this.expect(']');
        return out;
    }

    number() {
        INTEGER.lastIndex = this.at;
        const m = INTEGER.exec(this.text);
        if (m === null || Number(m[0]) > Number.MAX_SAFE_INTEGER)
            throw new NoJson();
        this.at += m[0].length;
        return Number(m[0]);
    }

    string() {
        let out = '';
        if (this.text[this.at++] !== '"')
            throw new NoJson();
        for (;;) {
            PLAIN.lastIndex = this.at;
            const plain = PLAIN.exec(this.text)[0];
            out += plain;
            this.at += plain.length;
            const c = this.text[this.at++];
            if (c === '"')
                break;
            if (c !== '\\')
                throw new NoJson();
            out += this.escape();
        }
        if (this.forbidden.test(out))
            throw new NoJson();
        return out;
    }

    escape() {
        const c = this.text[this.at++];
        if (c !== 'u') {
            if (!Object.hasOwn(ESCAPES, c ?? ''))
                throw new NoJson();
            return ESCAPES[c];
        }
        const digits = this.text.slice(this.at, this.at + 4);
        if (!/^[0-9A-Fa-f]{4}$/.test(digits))
            throw new NoJson();
        this.at += 4;
        return String.fromCharCode(parseInt(digits, 16));
    }

    // The value of the whole text, which is an object, or null.
    whole() {
        try {
            this.skip();
            const value = this.text[this.at] === '{' ? this.object(1) : null;
            this.skip();
            return this.at === this.text.length ? value : null;
        } catch (e) {
            if (e instanceof NoJson || e instanceof RangeError)
                return null;
            throw e;
        }
    }
}

// The object of a record's line without its newline (FORMATS, section 1), or null.
export function strictJson(bytes) {
    const text = textOf(bytes);
    if (text === null || !text.startsWith('{') || !text.endsWith('}'))
        return null;
    return new Scanner(text, { spaces: ' ', depth: 8, forbidden: FORBIDDEN }).whole();
}

// The object of evidence or of an opening (FORMATS, sections 12 and 17.2), or null.
export function looseJson(bytes) {
    const text = textOf(bytes);
    if (text === null || text.startsWith('\ufeff'))
        return null;
    return new Scanner(text, { spaces: ' \t\n\r', depth: 2048, forbidden: UNPAIRED }).whole();
}

// Whether the value is an object with these members, and no others but the optional ones.
export function hasMembers(value, needed, optional = []) {
    return isObject(value) && needed.every((n) => n in value) &&
        Object.keys(value).every((n) => needed.includes(n) || optional.includes(n));
}

export function isObject(value) {
    return typeof value === 'object' && value !== null && !Array.isArray(value);
}

export function hasForbidden(text) {
    return FORBIDDEN.test(text);
}
