// What a file is, and its verdict. A file is judged by its bytes as they are; only to say what it was
// meant to be, what mail does to files is looked past.
import { latin1 } from './bytes.js';
import { looseJson } from './json.js';
import { isKept } from './kept.js';
import { verifyAnswer } from './answers.js';
import { verifyDisclosure } from './openings.js';
import { verifyEvidence } from './evidence.js';
import { verifyReceipt } from './receipts.js';

export const FILE_MAX = 256 << 20;
const JSON_MAX = 8 << 20;

function jsonType(bytes, text) {
    const format = bytes.length > JSON_MAX ? null : looseJson(bytes)?.format;
    const said = typeof format === 'string' ? format : text;
    return said.includes('bitacora/v1 evidence') ? 'evidence'
        : said.includes('bitacora/v1 opening') ? 'opening' : 'unknown';
}

// 'receipt', 'answer', 'evidence', 'opening', 'policy', 'kept' or 'unknown'.
export function typeOfFile(bytes) {
    if (bytes.length > FILE_MAX)
        return 'unknown';
    const text = latin1(bytes.subarray(0, 4096)).replace(/^\u00ef\u00bb\u00bf/, '').trimStart();
    if (/^c2sp\.org\/tlog-proof/.test(text))
        return 'receipt';
    if (/^bitacora\/v\d+ answer/.test(text))
        return 'answer';
    if (text.startsWith('{'))
        return isKept(bytes) ? 'kept' : jsonType(bytes, text);
    return /^[ \t]*(log|witness|group|quorum)[ \t]/m.test(text) && !text.includes('\u0000')
        ? 'policy' : 'unknown';
}

const VERIFY = { receipt: verifyReceipt, answer: verifyAnswer, opening: verifyDisclosure,
                 evidence: verifyEvidence };

export function isVerified(type) {
    return Object.hasOwn(VERIFY, type);
}

export function verifyFile(type, bytes, policy) {
    return VERIFY[type](bytes, policy);
}
