// Covers of `index` entries, one after another (FORMATS, section 24.4).

export function boundsOf(tables) {
    let end = 0;
    return tables.map((t) => end += t.entries);
}

// {start, end, table} of each table.
export function spansOf(tables) {
    const ends = boundsOf(tables);
    return tables.map((table, i) => ({ start: i === 0 ? 0 : ends[i - 1], end: ends[i], table }));
}

export function sameTable(a, b) {
    return a.rows === b.rows && (a.unkeyed ?? 0) === (b.unkeyed ?? 0) && a.root === b.root;
}

// Whether tables may come after those of an earlier cover (null: there is none).
export function follows(earlier, later) {
    if (later.some((t) => (t.unkeyed ?? 0) > t.rows))
        return false;
    if (earlier === null)
        return true;
    const before = boundsOf(earlier);
    const after = boundsOf(later);
    const last = before[before.length - 1];
    if (after[after.length - 1] <= last || after.some((b) => b < last && !before.includes(b)))
        return false;
    const known = new Map(spansOf(earlier).map((s) => [`${s.start} ${s.end}`, s.table]));
    return spansOf(later).every((s) => {
        const other = known.get(`${s.start} ${s.end}`);
        return other === undefined || sameTable(s.table, other);
    });
}
