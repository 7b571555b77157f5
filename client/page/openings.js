// Openings and disclosures (FORMATS, section 17). BLAKE2b, X25519 and XSalsa20-Poly1305 are those of
// noble-hashes, noble-curves and noble-ciphers; browsers have none of them.
import { blake2b } from '@noble/hashes/blake2.js';
import { sha512 } from '@noble/hashes/sha2.js';
import { ed25519, x25519 } from '@noble/curves/ed25519.js';
import { hsalsa, xsalsa20poly1305 } from '@noble/ciphers/salsa.js';
import { base64, join, same, sha256, textOf, unbase64, utf8 } from './bytes.js';
import { contradictions, thingOf } from './contradictions.js';
import { isCode } from './forms.js';
import { hasForbidden, hasMembers, looseJson } from './json.js';
import { vkeyOf } from './keys.js';
import { exitOf, verifyReceipt } from './receipts.js';

const MAX = 8 << 20;
const SIZE = 512;
const VALUE_MAX = 448;

// {salt, type, value} of an opening's bytes, or null.
export function readOpening(bytes) {
    if (bytes === null || bytes.length !== SIZE)
        return null;
    const typeEnd = 33 + bytes[32];
    const length = (bytes[typeEnd] << 8) | bytes[typeEnd + 1];
    const end = typeEnd + 2 + length;
    if (!(end <= SIZE) || length < 1 || length > VALUE_MAX || bytes.subarray(end).some((b) => b !== 0))
        return null;
    const type = textOf(bytes.slice(33, typeEnd));
    const value = textOf(bytes.slice(typeEnd + 2, end));
    if (type === null || value === null || !isCode(type) || hasForbidden(value))
        return null;
    return { bytes, salt: bytes.slice(0, 32), type, value };
}

export function commitOf({ salt, type, value }) {
    return blake2b(utf8(`bitacora/v1 subject\n${type}\n${value}`), { dkLen: 32, key: salt });
}

const words = (bytes) => new Uint32Array(bytes.slice().buffer);
const SIGMA = words(utf8('expand 32-byte k'));

function hsalsa20(key, block) {
    const out = new Uint32Array(8);
    hsalsa(SIGMA, words(key), words(block), out);
    return new Uint8Array(out.buffer);
}

// The sealed blob that an opening makes for an Ed25519 key.
export function sealFor(opening, key) {
    const r = ed25519.utils.toMontgomery(key);
    const seed = blake2b(join(utf8('bitacora/v1 seal\n'), commitOf(opening), r),
                         { dkLen: 32, key: opening.salt });
    const d = sha512(seed).slice(0, 32);
    const e = x25519.getPublicKey(d);
    const shared = hsalsa20(x25519.getSharedSecret(d, r), new Uint8Array(16));
    const nonce = blake2b(join(e, r), { dkLen: 24 });
    return join(e, xsalsa20poly1305(shared, nonce).encrypt(opening.bytes));
}

// ---- disclosures (17.2)

class Stop extends Error {
    constructor(code, bad, entry = null) {
        super(code);
        Object.assign(this, { code, bad, entry });
    }
}

function readFile(bytes) {
    const v = bytes.length > MAX ? null : looseJson(bytes);
    const texts = ['format', 'member', 'commit', 'opening', 'receipt'];
    if (v === null || !hasMembers(v, texts, ['to']) || v.format !== 'bitacora/v1 opening' ||
        Object.values(v).some((text) => typeof text !== 'string') || v.to === '')
        throw new Stop('opening', false);
    const commit = unbase64(v.commit, 32);
    const opening = readOpening(unbase64(v.opening));
    if (commit === null || opening === null)
        throw new Stop('opening', false);
    return { member: v.member, commit, opening, receipt: utf8(v.receipt),
             to: 'to' in v ? utf8(v.to) : null };
}

// The subjects or the note that stand in a record under a member's name.
function itemsUnder(members, name) {
    const places = { subjects: () => members.subjects, note: () => members.note,
                     'purpose.note': () => members.purpose?.note };
    const found = Object.hasOwn(places, name) ? places[name]() : undefined;
    return found === undefined ? [] : Array.isArray(found) ? found : [found];
}

function isJudged(receipt) {
    return receipt.judge !== null && !receipt.findings.some((f) => f.bad);
}

function entryOf(receipt) {
    return receipt.judge.entries.get(receipt.chain[0].index);
}

// Step 4. Returns whether step 6 can be judged.
async function judgeTo(out, file, policy) {
    out.to = await verifyReceipt(file.to, policy);
    out.findings.push(...out.to.findings);
    if (!isJudged(out.to))
        return false;
    const tell = (code) => out.findings.push({ code, entry: out.receipt.chain[0].index, bad: true,
                                               related: null });
    if (out.to.checkpoint.origin !== out.receipt.checkpoint.origin) {
        tell('opening');
        return false;
    }
    const against = contradictions([thingOf(out.receipt), thingOf(out.to)]);
    out.findings.push(...against);
    if (against.some((f) => f.bad))
        return false;
    const e = entryOf(out.to);
    if (e.kind === 'enroll' && e.form.members.role === 'oversight')
        return true;
    tell('opening');
    return false;
}

// Steps 5 and 6.
function judgeItems(out, file, sealed) {
    const { index } = out.receipt.chain[0];
    const tell = (code) => out.findings.push({ code, entry: index, bad: true, related: null });
    const items = itemsUnder(out.entry.form.members, file.member)
        .filter((item) => item.commit === base64(file.commit));
    if (items.length === 0)
        return tell('opening');
    out.items = items;
    if (items.some((item) => (item.type ?? 'note') !== file.opening.type))
        tell('opening');
    if (!sealed)
        return null;
    const { index: at, leaf } = out.to.chain[0];
    const mine = items.filter((item) => item.to.entry === at && item.to.hash === base64(leaf));
    if (mine.length === 0)
        return tell('opening');
    const key = vkeyOf(entryOf(out.to).form.members.vkey)?.key;
    const blob = key && base64(sha256(sealFor(file.opening, key)));
    if (mine.some((item) => item.sealed !== blob))
        tell('sealed');
    else
        out.sealed = true;
    return null;
}

// {exit, findings, opening: {type, value}, receipt, to, entry, sealed: whether the blob is proven}.
export async function verifyDisclosure(bytes, policy) {
    const out = { findings: [], opening: null, receipt: null, to: null, entry: null, items: [],
                  sealed: false };
    try {
        const file = readFile(bytes);
        out.opening = file.opening;
        out.member = file.member;
        out.receipt = await verifyReceipt(file.receipt, policy);
        out.findings.push(...out.receipt.findings);
        if (isJudged(out.receipt)) {
            out.entry = entryOf(out.receipt);
            if (!same(commitOf(file.opening), file.commit))
                throw new Stop('opening', true, out.entry.index);
            const sealed = file.to !== null && await judgeTo(out, file, policy);
            judgeItems(out, file, sealed);
        }
    } catch (e) {
        if (!(e instanceof Stop))
            throw e;
        out.findings.push({ code: e.code, entry: e.entry, bad: e.bad, related: null });
    }
    out.exit = exitOf(out.findings);
    return out;
}
