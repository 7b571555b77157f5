// What the page has from the rest of the tree: the tables of kinds (docs/FORMATS.md), of Unicode
// (proto/text/unicode_table.c), the edges of Ed25519, and words for people (client/show/label.c).
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

const OBJECTS = ['case', 'subject', 'note', 'table'];

// ---- docs/FORMATS.md

function rowOf(line) {
    const cells = line.split(' | ').map((c) => c.trim());
    return [cells[0].replace(/[|` ]/g, ''),
            [cells[1].replaceAll('`', ''), cells[2].startsWith('req'), cells[2].includes('both')]];
}

function section(page, which) {
    return page.split(`<!-- table ${which},`)[1].split('<!-- end -->')[0].split('\n');
}

function tables(page) {
    const out = {};
    for (const which of ['common', 'objects', 'kinds']) {
        let name = which === 'common' ? 'common' : null;
        for (const line of section(page, which)) {
            const head = /^\*\*`?([a-z_]+)`?\*\*/.exec(line);
            name = head ? head[1] : name;
            if (name !== null)
                out[name] ??= {};
            if (line.startsWith('| `')) {
                const [member, row] = rowOf(line);
                out[name][member] = row;
            }
        }
    }
    for (const kind of Object.keys(out))
        if (!['common', 'genesis', ...OBJECTS].includes(kind))
            out[kind] = { ...out.common, ...out[kind] };
    return out;
}

// ---- proto/text/unicode_table.c

function body(text, name) {
    return text.split(` ${name}[] = {`)[1].split('\n};')[0];
}

function mapping(text, name) {
    const pool = body(text, `${name}_pool`).match(/0x[0-9A-F]+/g).map(Number);
    return [...body(text, name).matchAll(/\{ (0x[0-9A-F]+), (\d+), (\d+) \}/g)]
        .map(([, c, at, n]) => [Number(c), pool.slice(Number(at), Number(at) + Number(n))]);
}

function runs(text, name) {
    return [...body(text, name).matchAll(/\{ (0x[0-9A-F]+), (0x[0-9A-F]+), (\w+) \}/g)]
        .map(([, first, last, value]) => [Number(first), Number(last), value]);
}

function unicode(text) {
    return {
        parts: mapping(text, 'unicode_parts'),
        alike: mapping(text, 'unicode_alike'),
        hidden: runs(text, 'unicode_classes').filter(([, , flags]) => /[IS]/.test(flags))
            .map(([first, last]) => [first, last, 1]),
        orders: runs(text, 'unicode_orders').map(([first, last, n]) => [first, last, Number(n)]),
    };
}

// ---- client/show/label.c

const STRING = '"((?:[^"\\\\]|\\\\.)*)"';

function labels(text) {
    const out = {};
    const row = new RegExp(`\\{ ${STRING}, \\{ ${STRING}, ${STRING} \\} \\}`, 'g');
    const kind = new RegExp(`\\[KIND_([A-Z_]+)\\] = \\{ ${STRING}, ${STRING} \\}`, 'g');
    const said = (s) => JSON.parse(`"${s}"`);
    for (const [, name, rows] of text.matchAll(/label_words (\w+)\[\] = \{\n([^]*?)\n\};/g))
        out[name] = Object.fromEntries([...rows.matchAll(row)]
            .map(([, code, en, es]) => [code, [said(en), said(es)]]));
    out.kinds = Object.fromEntries([...text.matchAll(kind)]
        .map(([, name, en, es]) => [name.toLowerCase(), [said(en), said(es)]]));
    return out;
}

// The text of the module data.js.
export function pageData(root) {
    const read = (path) => readFileSync(join(root, path), 'utf8');
    const values = {
        tables: tables(read('docs/FORMATS.md')),
        unicode: unicode(read('proto/text/unicode_table.c')),
        edges: read('tests/vectors/ed25519/edges/edges.txt'),
        labels: labels(read('client/show/label.c')),
    };
    return Object.entries(values).map(([name, value]) =>
        `export const ${name} = ${JSON.stringify(value)};\n`).join('');
}
