// Files of a log: their names and what is read from them (FORMATS, section 7).
import { leafHash } from './bytes.js';

export const WIDTH = 256;
export const TILE_MAX = 8192;
export const BUNDLE_MAX = 256 * 65537;
export const CHECKPOINT_MAX = 262144;
const HASH = 32;

function number(n) {
    let out = String(n % 1000).padStart(3, '0');
    for (let rest = Math.floor(n / 1000); rest > 0; rest = Math.floor(rest / 1000))
        out = `x${String(rest % 1000).padStart(3, '0')}/${out}`;
    return out;
}

// The name of a tile of a level, or of a bundle (level 'entries'), of width 1 to 256.
export function tileName(level, n, width) {
    return `tile/${level}/${number(n)}${width < WIDTH ? `.p/${width}` : ''}`;
}

// The entries of a bundle as far as it can be divided: [bytes], and whether bytes are left over.
export function divide(bytes, width) {
    const out = [];
    let at = 0;
    while (out.length < width && bytes.length - at >= 2) {
        const length = (bytes[at] << 8) | bytes[at + 1];
        if (bytes.length - at - 2 < length)
            break;
        out.push(bytes.slice(at + 2, at + 2 + length));
        at += 2 + length;
    }
    return { entries: out, left: at < bytes.length };
}

// The hashes of a tile of that width, or null if it has another length.
export function hashesIn(bytes, width) {
    return bytes.length === HASH * width
        ? Array.from({ length: width }, (_, i) => bytes.slice(HASH * i, HASH * (i + 1))) : null;
}

export function leavesOf(entries) {
    return entries.map((e) => leafHash(e));
}
