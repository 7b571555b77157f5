#!/usr/bin/env node
// Makes one file of the page: build.mjs MODULES OUT. MODULES is where npm put the packages of
// package.json. The same sources give the same bytes. Modules become functions of one classic
// script, each after those that it imports, because a page from file:// may not import any.
import { createHash } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { pageData } from './build_data.mjs';

const here = dirname(fileURLToPath(import.meta.url));
const root = resolve(here, '../..');
const [, , modules, out] = process.argv;
if (out === undefined) {
    console.error('usage: build.mjs MODULES OUT');
    process.exit(2);
}
const npm = resolve(modules);

const IMPORT = /^import\s+([^;'"]*?)\s+from\s+['"]([^'"]+)['"];?[ \t]*$/gm;
const LIST = /^export\s*\{([^}]*)\};?[ \t]*$/gm;
const DECLARED = /^export\s+((?:async\s+)?function\*?|class|const)\s+([A-Za-z_$][\w$]*)/gm;

const names = new Map(); // file -> variable of its exports
const exportsOf = new Map(); // file -> names
const used = new Set(); // 'file name' of what somebody imports
const emitted = [];

function fail(what) {
    console.error(`build.mjs: ${what}`);
    process.exit(1);
}

function find(specifier, from) {
    return specifier.startsWith('.') ? resolve(dirname(from), specifier) : join(npm, specifier);
}

function sourceOf(file) {
    if (file === join(here, 'data.js'))
        return pageData(root);
    return readFileSync(file, 'utf8');
}

// Without comments that fill whole lines. The licences of packages stand at the end of the script.
function shorter(text) {
    return text.replace(/^[ \t]*\/\*(?!!)(?:(?!\*\/)[^])*\*\/[ \t]*\n/gm, '').replace(/^[ \t]*\/\/.*\n/gm, '');
}

// An import of what nobody exports would be undefined, and one that nobody uses is left over.
function lookAtNames(list, file, importer, text) {
    for (const item of list.slice(1, -1).split(',').map((s) => s.trim()).filter((s) => s)) {
        const [name, inner = name] = item.split(/\s+as\s+/);
        const own = importer.startsWith(here);
        if (!exportsOf.get(file).has(name))
            fail(`${relative(root, importer)}: ${relative(root, file)} does not export ${name}`);
        if (own && text.split(new RegExp(`(?<![\\w$]|[^.]\\.)${inner.replace('$', '\\$')}(?![\\w$])`)).length < 3)
            fail(`${relative(root, importer)}: ${name} is imported and not used`);
        used.add(`${file} ${name}`);
    }
}

function importCode(what, file, stack, text) {
    const from = moduleOf(file, stack);
    if (what.startsWith('* as '))
        return `const ${what.slice(5)} = ${from};`;
    lookAtNames(what, file, stack.at(-1), text);
    if (!/^\{[^]*\}$/.test(what))
        fail(`${what}: only named imports`);
    return `const ${what.replace(/\s+as\s+/g, ': ').replace(/\s+/g, ' ')} = ${from};`;
}

// The variable that holds what a module exports.
function moduleOf(file, stack = []) {
    if (stack.includes(file))
        fail(`modules import each other: ${[...stack, file].map((f) => relative(root, f)).join(' ')}`);
    if (!names.has(file)) {
        const exported = [];
        const text = shorter(sourceOf(file));
        const body = text
            .replace(IMPORT, (_, what, from) =>
                importCode(what, find(from, file), [...stack, file], text))
            .replace(DECLARED, (_, how, name) => {
                exported.push(name);
                return `${how} ${name}`;
            })
            .replace(LIST, (_, list) => {
                for (const item of list.split(',').map((s) => s.trim()).filter((s) => s)) {
                    const [inner, outer] = item.split(/\s+as\s+/);
                    exported.push(outer ? `${outer}: ${inner}` : inner);
                }
                return '';
            });
        if (/^(export|import)\b/m.test(body))
            fail(`${relative(root, file)}: an import or export of a form that this script has not`);
        const name = `m${names.size}`;
        names.set(file, name);
        exportsOf.set(file, new Set(exported.map((e) => e.split(':')[0])));
        emitted.push(`const ${name} = (() => {\n${body.trim()}\nreturn { ${exported.join(', ')} };\n})();`);
    }
    return names.get(file);
}

function licences() {
    return ['@noble/curves', '@noble/hashes', '@noble/ciphers'].map((name) =>
        `${name} ${JSON.parse(readFileSync(join(npm, name, 'package.json'), 'utf8')).version}\n` +
        readFileSync(join(npm, name, 'LICENSE'), 'utf8')).join('\n').replaceAll('*/', '* /');
}

function sha256(text) {
    return `'sha256-${createHash('sha256').update(text).digest('base64')}'`;
}

moduleOf(join(here, 'main.js'));
for (const [file, exported] of exportsOf)
    for (const name of exported)
        if (file.startsWith(here) && !used.has(`${file} ${name}`))
            fail(`${relative(root, file)}: nobody imports ${name}`);
const script = `'use strict';\n${emitted.join('\n')}\n/*\n${licences()}*/\n`;
const style = readFileSync(join(here, 'page.css'), 'utf8');
if (/<\/script|<!--/i.test(script) || /<\//.test(style))
    fail('the script or the style would end its element');
const policy = ['default-src \'none\'', `script-src ${sha256(script)}`, `style-src ${sha256(style)}`,
                'connect-src \'self\'', 'worker-src blob:', 'img-src data:', 'base-uri \'none\'',
                'form-action \'none\''].join('; ');
const page = readFileSync(join(here, 'page.html'), 'utf8')
    .replace('@POLICY@', () => policy).replace('@STYLE@', () => style)
    .replace('@SCRIPT@', () => script);
writeFileSync(out, page);
