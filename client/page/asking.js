// Asking the log that serves this page (INTERFACES, section 13). Nothing that it says is believed: an
// answer is put together as a file and judged as one.
import { base64, join, latin1, sha256, utf8 } from './bytes.js';

const PARTS_MAX = 4096;
const EMPTY = 'checkpoint 0\n';

async function get(path, base = location.href) {
    const got = await fetch(new URL(path, base), { cache: 'no-store', redirect: 'error' });
    return { status: got.status, type: got.headers.get('content-type') ?? '',
             bytes: new Uint8Array(await got.arrayBuffer()) };
}

// The bytes, or null where there is none.
export async function getText(path) {
    try {
        const got = await get(path);
        return got.status === 200 && got.type.startsWith('text/plain') ? got.bytes : null;
    } catch {
        return null;
    }
}

// Puts the checkpoint into a part that was sent without it; null: it is no such part.
function withCheckpoint(part, note) {
    const text = latin1(part);
    const at = text.indexOf(`\n${EMPTY}`) + 1;
    const end = text.lastIndexOf('\nsha256 ') + 1;
    if (at === 0 || end === 0 || at > end)
        return null;
    const body = join(part.subarray(0, at), utf8(`checkpoint ${note.length}\n`), note,
                      part.subarray(at + EMPTY.length, end));
    return join(body, utf8(`sha256 ${base64(sha256(body))}\n`));
}

function rangeOf(part) {
    const m = /\nrange (\d+) (\d+) (\d+)\nindex (\d+)\n/.exec(latin1(part.subarray(0, 4096)));
    return m && { to: Number(m[2]), end: Number(m[3]), index: Number(m[4]) };
}

// All of an answer up to the checkpoint's size, as the bytes of a file; or {refused: why}.
export async function askAnswer(type, value, note, size) {
    const parts = [];
    let index = null;
    for (let from = 0, end = 1; from < end;) {
        const more = index === null ? '' : `&index=${index}`;
        const got = await get(`v1/answer?${type}=${encodeURIComponent(value)}&from=${from}` +
                              `&size=${size}&tail=1${more}`).catch((e) => ({ failed: String(e) }));
        if (got.status !== 200)
            return { refused: got.failed ?? `${got.status} ${latin1(got.bytes.subarray(0, 300))}` };
        const part = withCheckpoint(got.bytes, note);
        const range = rangeOf(got.bytes);
        if (part === null || range === null || range.to <= from || parts.length === PARTS_MAX)
            return { refused: 'v1/answer' };
        parts.push(part);
        ({ index } = range);
        from = range.to;
        end = range.end;
    }
    return { bytes: join(...parts) };
}

// The bytes of a receipt, or null.
export function askReceipt(index) {
    return getText(`v1/receipts/${index}`);
}
