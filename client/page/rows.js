// Rows of the tables of an index, as an answer or evidence carries them (FORMATS, sections 24.2, 25).
import { compare, hex, join, leafHash, same, uint, uint64, unbase64, unhex } from './bytes.js';
import { UNKEYED } from './index_keys.js';
import { rootOfShared } from './trees.js';

export const ROW = 24;
export const LEAF_ROWS = 16;
export const TABLES_MAX = 32;

export function rowOf(key, entry) {
    return join(unhex(key), uint64(entry));
}

export function entryOf(row) {
    return uint(row, 16, 8);
}

export function keyIn(row) {
    return hex(row.subarray(0, 16));
}

// How many rows leaf n of a table of that many rows has; below 1: there is no such leaf.
function rowsInLeaf(rows, n) {
    return Math.min(LEAF_ROWS, rows - Number(n) * LEAF_ROWS);
}

export function leavesHaveTheirRows(table, leaves) {
    return leaves.every(([n, rows]) => rows.length === ROW * rowsInLeaf(table.rows, n));
}

// Whether leaves [[number, bytes]], ascending, and hashes lead to the table's root.
export function leadToRoot(table, leaves, hashes) {
    const known = leaves.map(([n, rows]) => [n, leafHash(rows)]);
    const root = rootOfShared(Math.ceil(table.rows / LEAF_ROWS), known, hashes);
    return root !== null && same(root, unbase64(table.root));
}

// [[place, row]] of the leaves, ascending by place.
export function placed(leaves) {
    const out = [];
    for (const [n, bytes] of leaves)
        for (let i = 0; i < bytes.length / ROW; i++)
            out.push([Number(n) * LEAF_ROWS + i, bytes.subarray(i * ROW, (i + 1) * ROW)]);
    return out;
}

// Whether rows of a table over [start, end) go against 24.2 by themselves.
export function areWrong({ table, start, end }, rows) {
    const unkeyed = table.unkeyed ?? 0;
    return rows.some(([place, row], i) => {
        const entry = entryOf(row);
        return (i > 0 && compare(rows[i - 1][1], row) >= 0) || entry < start || entry >= end ||
            (keyIn(row) === UNKEYED) !== (place < unkeyed);
    });
}

// Whether rows show that this one is not in the table.
export function lacks(table, rows, row) {
    if (rows.some(([, r]) => same(r, row)))
        return false;
    const places = new Set(rows.map(([place]) => place));
    const below = rows.filter(([, r]) => compare(r, row) < 0).map(([place]) => place);
    const above = rows.filter(([, r]) => compare(r, row) > 0).map(([place]) => place);
    const last = Math.max(...below);
    return table.rows === 0 ||
        (below.length > 0 && (last === table.rows - 1 || places.has(last + 1))) ||
        (above.length > 0 && Math.min(...above) === 0);
}

// Whether rows show all rows from low up to, and without, high (section 25, step 6).
export function showAll(table, rows, low, high) {
    const places = new Set(rows.map(([place]) => place));
    const within = (r) => compare(low, r) <= 0 && compare(r, high) < 0;
    const inside = rows.filter(([, r]) => within(r)).map(([place]) => place);
    const isLast = (place) => place === table.rows - 1;
    if (inside.length > 0) {
        const first = inside[0];
        const last = inside[inside.length - 1];
        return last - first === inside.length - 1 && (first === 0 || places.has(first - 1)) &&
            (isLast(last) || places.has(last + 1));
    }
    const below = rows.filter(([, r]) => compare(r, low) < 0).map(([place]) => place);
    const above = rows.filter(([, r]) => compare(r, high) >= 0).map(([place]) => place);
    const end = below[below.length - 1];
    return (below.length > 0 && (isLast(end) || places.has(end + 1))) || above[0] === 0;
}
