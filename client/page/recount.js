// The tables of the index, computed again from the entries (FORMATS, section 24.5).
import { base64, compare, join, leafHash } from './bytes.js';
import { spansOf } from './covers.js';
import { keysOf, UNKEYED } from './index_keys.js';
import { LEAF_ROWS, rowOf } from './rows.js';
import { rootOf } from './trees.js';

export class Recount {
    constructor() {
        this.keys = []; // of each entry; null: it could not be read
        this.known = new Set(); // "start end" of tables that an earlier cover has
    }

    add(index, raw, leaf) {
        const named = (n) => this.keys[n] ?? null;
        this.keys[index] = raw === null ? null : keysOf(index, raw, named, leaf);
    }

    // Whether a table is as its entries say; null if that cannot be judged.
    tableIs({ start, end, table }) {
        const rows = [];
        let unkeyed = 0;
        for (let i = start; i < end; i++) {
            const keys = this.keys[i];
            if (!keys || keys.missing.size > 0)
                return null;
            unkeyed += keys.every.has(UNKEYED) ? 1 : 0;
            for (const key of keys.every)
                rows.push(rowOf(key, i));
        }
        rows.sort(compare);
        const leaves = [];
        for (let i = 0; i < rows.length; i += LEAF_ROWS)
            leaves.push(leafHash(join(...rows.slice(i, i + LEAF_ROWS))));
        return rows.length === table.rows && unkeyed === (table.unkeyed ?? 0) &&
            base64(rootOf(leaves)) === table.root;
    }

    // Whether one of the tables that are new in a cover is wrong.
    isWrong(tables) {
        const spans = spansOf(tables);
        const name = (s) => `${s.start} ${s.end}`;
        const wrong = spans.some((s) => !this.known.has(name(s)) && this.tableIs(s) === false);
        this.known = new Set(spans.map(name));
        return wrong;
    }
}
