// Bytes and texts (docs/FORMATS.md, sections 1 and 6). Nothing here is asynchronous.
import { sha256 as digest } from '@noble/hashes/sha2.js';

const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';
const VALUES = new Map([...ALPHABET].map((c, i) => [c, i]));
const encoder = new TextEncoder();

export function utf8(text) {
    return encoder.encode(text);
}

// The text of well-formed UTF-8, or null. A byte order mark stays a character.
export function textOf(bytes) {
    try {
        return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
    } catch {
        return null;
    }
}

// Each byte as one character; for looking at lines that need not be UTF-8.
export function latin1(bytes) {
    let out = '';
    for (let i = 0; i < bytes.length; i += 8192)
        out += String.fromCharCode(...bytes.subarray(i, i + 8192));
    return out;
}

export function join(...parts) {
    const out = new Uint8Array(parts.reduce((n, p) => n + p.length, 0));
    let at = 0;
    for (const p of parts) {
        out.set(p, at);
        at += p.length;
    }
    return out;
}

export function same(a, b) {
    if (a.length !== b.length)
        return false;
    for (let i = 0; i < a.length; i++)
        if (a[i] !== b[i])
            return false;
    return true;
}

// Below 0, 0 or above 0, as memcmp().
export function compare(a, b) {
    for (let i = 0; i < a.length && i < b.length; i++)
        if (a[i] !== b[i])
            return a[i] - b[i];
    return a.length - b.length;
}

export function hex(bytes) {
    let out = '';
    for (const b of bytes)
        out += (b < 16 ? '0' : '') + b.toString(16);
    return out;
}

export function unhex(text) {
    return Uint8Array.from(text.match(/../g) ?? [], (pair) => parseInt(pair, 16));
}

export function base64(bytes) {
    let out = '';
    for (let i = 0; i < bytes.length; i += 3) {
        const n = (bytes[i] << 16) | ((bytes[i + 1] ?? 0) << 8) | (bytes[i + 2] ?? 0);
        const left = bytes.length - i;
        out += ALPHABET[n >> 18] + ALPHABET[(n >> 12) & 63];
        out += (left > 1 ? ALPHABET[(n >> 6) & 63] : '=') + (left > 2 ? ALPHABET[n & 63] : '=');
    }
    return out;
}

// The bytes of canonical base64, or null; of that length, if one is given.
export function unbase64(text, length = null) {
    if (typeof text !== 'string' || text.length % 4 !== 0)
        return null;
    const padding = text.endsWith('==') ? 2 : text.endsWith('=') ? 1 : 0;
    const out = new Uint8Array((text.length / 4) * 3 - padding);
    if (length !== null && out.length !== length)
        return null;
    let bits = 0;
    let held = 0;
    let at = 0;
    for (let i = 0; i < text.length - padding; i++) {
        const value = VALUES.get(text[i]);
        if (value === undefined)
            return null;
        held = ((held << 6) | value) & 0xffff;
        bits += 6;
        if (bits >= 8) {
            bits -= 8;
            out[at++] = (held >> bits) & 255;
        }
    }
    return (held & ((1 << bits) - 1)) === 0 ? out : null; // the unused bits are zero
}

// A decimal of section 1: a Number where it is exact, else a BigInt; null where it is none.
export function decimal(text) {
    if (typeof text !== 'string' || !/^(0|[1-9][0-9]{0,18})$/.test(text))
        return null;
    const value = BigInt(text);
    if (value > 0x7fffffffffffffffn)
        return null;
    return value <= BigInt(Number.MAX_SAFE_INTEGER) ? Number(value) : value;
}

export function uint(bytes, at, length) {
    let value = 0n;
    for (let i = 0; i < length; i++)
        value = (value << 8n) | BigInt(bytes[at + i]);
    return value <= BigInt(Number.MAX_SAFE_INTEGER) ? Number(value) : value;
}

export function uint64(value) {
    const out = new Uint8Array(8);
    new DataView(out.buffer).setBigUint64(0, BigInt(value));
    return out;
}

const TIME = /^([0-9]{4})-([0-9]{2})-([0-9]{2})T([0-9]{2}):([0-9]{2}):([0-9]{2})\.([0-9]{3})Z$/;

// Milliseconds since 1970 of a time of section 1, or null.
export function millis(text) {
    const m = typeof text === 'string' ? TIME.exec(text) : null;
    if (m === null || m[1] === '0000')
        return null;
    const date = new Date(text);
    return Number.isNaN(date.getTime()) || date.toISOString() !== text ? null : date.getTime();
}

export function sha256(bytes) {
    return digest(bytes);
}

export function leafHash(bytes) {
    return digest.create().update(Uint8Array.of(0)).update(bytes).digest();
}

export function nodeHash(left, right) {
    return digest.create().update(Uint8Array.of(1)).update(left).update(right).digest();
}
