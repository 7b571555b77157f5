// Where a replay stood, as a file that the reader keeps: the first entries that were judged without a
// finding, by number and root, under one policy. Nobody signs it. Whoever goes on from it has all
// entries read and judged again, but for signatures of requests and responses among those: that these
// are good is then the file's word, and each verdict says so.
import { base64, hex, sha256, textOf, unbase64, utf8 } from './bytes.js';
import { hasMembers, looseJson } from './json.js';

const FORMAT = 'bitacora page replay 1';
const KEPT_MAX = 4096;

// bytes of the file; where: {origin, done, root}.
export function keptFile({ origin, done, root }, policyBytes, at) {
    return utf8(`${JSON.stringify({ format: FORMAT, origin, policy: hex(sha256(policyBytes)), entries: done,
                                    root: base64(root), at }, null, 1)}\n`);
}

export function isKept(bytes) {
    return bytes.length <= KEPT_MAX && (textOf(bytes) ?? '').includes(`"${FORMAT}"`);
}

// {origin, policy: hash in hex, entries, root, at} or null.
export function readKept(bytes) {
    const v = bytes.length > KEPT_MAX ? null : looseJson(bytes);
    if (v === null || !hasMembers(v, ['format', 'origin', 'policy', 'entries', 'root', 'at']) || v.format !== FORMAT)
        return null;
    const root = unbase64(v.root, 32);
    return root === null || typeof v.origin !== 'string' || !/^[0-9a-f]{64}$/.test(v.policy) ||
        typeof v.entries !== 'number' || v.entries < 1 || typeof v.at !== 'number' ? null : { ...v, root };
}

export function isUnder(kept, policyBytes) {
    return kept.policy === hex(sha256(policyBytes));
}
