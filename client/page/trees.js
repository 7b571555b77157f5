// The tree of RFC 6962 with SHA-256. Sizes and indexes are Numbers, or BigInts beyond 2^53 - 1.
import { nodeHash, same, sha256 } from './bytes.js';

// The root that an inclusion path leads to (RFC 9162, 2.1.3.2), or null.
function rootOfPath(index, size, leaf, path) {
    let n = BigInt(index);
    let last = BigInt(size) - 1n;
    let hash = leaf;
    if (n > last)
        return null;
    for (const p of path) {
        if (last === 0n)
            return null;
        if ((n & 1n) === 1n || n === last) {
            hash = nodeHash(p, hash);
            while ((n & 1n) === 0n && n !== 0n) {
                n >>= 1n;
                last >>= 1n;
            }
        } else {
            hash = nodeHash(hash, p);
        }
        n >>= 1n;
        last >>= 1n;
    }
    return last === 0n ? hash : null;
}

export function isProven(entry, tree) {
    const root = rootOfPath(entry.index, tree.size, entry.leaf, entry.path);
    return root !== null && same(root, tree.root);
}

// [root of the smaller tree, of the larger] that a consistency proof gives, whose first hash is
// always there (FORMATS, section 12); or null.
export function rootsOfConsistency(small, large, hashes) {
    let n = BigInt(small) - 1n;
    let last = BigInt(large) - 1n;
    if (hashes.length === 0 || n < 0n || n >= last)
        return null;
    while ((n & 1n) === 1n) {
        n >>= 1n;
        last >>= 1n;
    }
    let older = hashes[0];
    let newer = hashes[0];
    for (const c of hashes.slice(1)) {
        if (last === 0n)
            return null;
        if ((n & 1n) === 1n || n === last) {
            older = nodeHash(c, older);
            newer = nodeHash(c, newer);
            while ((n & 1n) === 0n && n !== 0n) {
                n >>= 1n;
                last >>= 1n;
            }
        } else {
            newer = nodeHash(newer, c);
        }
        n >>= 1n;
        last >>= 1n;
    }
    return last === 0n ? [older, newer] : null;
}

// The largest power of two below n.
function split(n) {
    let k = 1n;
    while (k * 2n < n)
        k *= 2n;
    return k;
}

// The root that known leaves [[place, hash]], ascending, and a shared proof lead to (FORMATS,
// section 25); null if the list has another length.
export function rootOfShared(size, known, hashes) {
    const places = known.map(([place]) => BigInt(place));
    let at = 0;
    let next = 0;
    const walk = (low, high) => {
        if (at === places.length || places[at] >= high)
            return next < hashes.length ? hashes[next++] : null;
        if (high - low === 1n)
            return known[at++][1];
        const middle = low + split(high - low);
        const left = walk(low, middle);
        const right = left && walk(middle, high);
        return right && nodeHash(left, right);
    };
    if (places.length === 0 || places[places.length - 1] >= BigInt(size))
        return null;
    const root = walk(0n, BigInt(size));
    return next === hashes.length ? root : null;
}

// A growing tree: leaf hashes in, root out.
export class Growing {
    constructor(size = 0, edge = []) {
        Object.assign(this, { size, edge });
    }

    add(leaf) {
        let hash = leaf;
        for (let n = this.size; n % 2 === 1; n = (n - 1) / 2)
            hash = nodeHash(this.edge.pop(), hash);
        this.edge.push(hash);
        this.size++;
    }

    root() {
        return this.edge.length === 0 ? sha256(new Uint8Array(0))
            : this.edge.reduceRight((right, left) => nodeHash(left, right));
    }
}

export function rootOf(leaves) {
    const tree = new Growing();
    leaves.forEach((leaf) => tree.add(leaf));
    return tree.root();
}
