// Keys and signatures (FORMATS, section 2). A browser's Ed25519 takes what we refuse (keys of small
// or mixed order, R of small order, in some also S + L or a multiple by the cofactor). So the guards
// stand before it, and edge vectors say at the start whether guards and browser together decide as
// section 2 does. Where they do not, points are computed by noble-curves.
import { ed25519 } from '@noble/curves/ed25519.js';
import { hex, join, same, sha256, unbase64, unhex, utf8 } from './bytes.js';
import { sha512 } from '@noble/hashes/sha2.js';

export const NOTE = 1;
export const COSIGNATURE = 4;
const L = 0x1000000000000000000000000000000014def9dea2f79cd65812631a5cf5d3edn;

// y of the eight points whose order divides 8, in every encoding of 255 bits.
const SMALL_ORDER = [
    '0000000000000000000000000000000000000000000000000000000000000000',
    '0100000000000000000000000000000000000000000000000000000000000000',
    '26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05',
    'c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a',
    'ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f',
    'edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f',
    'eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f',
];
const NO_NAME = /[\u0000-\u0020+\u0085\u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]/;
export const SIGNER_NAME = /^[a-z0-9][a-z0-9._/-]{0,127}$/;

export function isKeyName(name) {
    const bytes = utf8(name).length;
    return bytes >= 1 && bytes <= 256 && !NO_NAME.test(name);
}

const goodKeys = new Map(); // by their bytes in hex
const names = new WeakMap(); // of arrays that hold keys, which nobody changes

function nameOf(key) {
    if (!names.has(key))
        names.set(key, hex(key));
    return names.get(key);
}

// Whether 32 bytes encode, canonically, a point of order exactly L.
function keyGood(bytes) {
    const name = nameOf(bytes);
    if (!goodKeys.has(name)) {
        let good;
        try {
            const point = ed25519.Point.fromBytes(bytes, false);
            good = !point.is0() && point.isTorsionFree() && same(point.toBytes(), bytes);
        } catch {
            good = false;
        }
        goodKeys.set(name, good);
    }
    return goodKeys.get(name);
}

function littleEndian(bytes) {
    return BigInt('0x' + hex(bytes.slice().reverse()));
}

function hasGoodForm(signature) {
    const r = signature.slice(0, 32);
    r[31] &= 127;
    return signature.length === 64 && littleEndian(signature.subarray(32)) < L &&
        !SMALL_ORDER.includes(hex(r));
}

// Section 2 to the letter: the encoding of S*B - h*A is R.
function computed(key, signature, message) {
    const r = signature.subarray(0, 32);
    const s = littleEndian(signature.subarray(32));
    const h = littleEndian(sha512(join(r, key, message))) % L;
    const times = (point, n) => (n === 0n ? ed25519.Point.ZERO : point.multiplyUnsafe(n));
    const a = ed25519.Point.fromBytes(key, false);
    return same(times(ed25519.Point.BASE, s).subtract(times(a, h)).toBytes(), r);
}

const imported = new Map();

function subtle() {
    return globalThis.crypto?.subtle;
}

async function byBrowser(key, signature, message) {
    const name = nameOf(key);
    if (!imported.has(name))
        imported.set(name, subtle().importKey('raw', key, { name: 'Ed25519' }, false, ['verify']));
    return subtle().verify({ name: 'Ed25519' }, await imported.get(name), signature, message);
}

let engine = computed;

// How signatures are computed: 'browser', 'page' or, before selfTest(), 'page'.
export function engineName() {
    return engine === byBrowser ? 'browser' : 'page';
}

export async function verify(key, signature, message) {
    if (signature.length !== 64 || !hasGoodForm(signature) || !keyGood(key))
        return false;
    return engine(key, signature, message);
}

// Tries the edges {good, key, message, signature}. Returns whether one engine decides all of them.
export async function selfTest(edges) {
    for (const tried of subtle() ? [byBrowser, computed] : [computed]) {
        engine = tried;
        try {
            const said = await Promise.all(edges.map((e) => verify(e.key, e.signature, e.message)));
            if (said.every((good, i) => good === edges[i].good))
                return true;
        } catch {
            // This browser has no Ed25519: the next engine.
        }
    }
    engine = () => { throw new Error('no engine decides as section 2 says'); };
    return false;
}

// The lines of tests/vectors/ed25519/edges/edges.txt.
export function readEdges(text) {
    return text.split('\n').filter((line) => line && !line.startsWith('#')).map((line) => {
        const [verdict, key, message, signature] = line.split(' ');
        return { good: verdict === 'good', key: unhex(key), message: unhex(message),
                 signature: unhex(signature) };
    });
}

// ---- vkeys

function keyId(name, type, key) {
    return sha256(join(utf8(name), Uint8Array.of(10, type), key)).slice(0, 4);
}

class Vkey {
    constructor(text, name, id, type, key) {
        Object.assign(this, { text, name, id, type, key });
    }

    // Whether it may sign records.
    get signs() {
        return this.type === NOTE && SIGNER_NAME.test(this.name);
    }

    is(name, id) {
        return this.name === name && same(this.id, id);
    }
}

function parts(text) {
    const at = text.indexOf('+');
    const to = text.indexOf('+', at + 1);
    return at < 0 || to < 0 ? null : [text.slice(0, at), text.slice(at + 1, to), text.slice(to + 1)];
}

// A good vkey, or null.
export function vkeyOf(text) {
    const p = parts(text);
    if (p === null || !isKeyName(p[0]) || !/^[0-9a-f]{8}$/.test(p[1]))
        return null;
    const data = unbase64(p[2], 33);
    if (data === null || (data[0] !== NOTE && data[0] !== COSIGNATURE))
        return null;
    const key = data.slice(1);
    const id = keyId(p[0], data[0], key);
    return hex(id) === p[1] && keyGood(key) ? new Vkey(text, p[0], id, data[0], key) : null;
}

// A vkey of a type that FORMATS does not know (section 14), or null.
export function strangerOf(text) {
    const p = parts(text);
    const data = p === null || text.length > 16384 ? null : unbase64(p[2]);
    if (data === null || data.length === 0 || data[0] === NOTE || data[0] === COSIGNATURE ||
        !isKeyName(p[0]) || !/^[0-9a-f]{8}$/.test(p[1]))
        return null;
    return new Vkey(text, p[0], unhex(p[1]), data[0], null);
}
