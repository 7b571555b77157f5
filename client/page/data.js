// What the build puts here (build.mjs): this file only says which names there are.
export const tables = {}; // of docs/FORMATS.md, section 5.3: kind -> {member: [type, needed, both]}
export const unicode = {}; // of proto/text/unicode_table.c: parts, alike, hidden, orders
export const edges = ''; // tests/vectors/ed25519/edges/edges.txt
export const labels = {}; // of client/show/label.c: vocabulary -> {code: [en, es]}
