// The mutants of the page's modules: node page_mutants.mjs ACORN FILE... prints one JSON line of each,
// {file, name, start, end, text}: the source from start to end becomes text. ACORN is its module.
//   never   a condition never holds: what it leads to is not done
//   drop    one operand of && or || is left out
//   swap    the two sides of ?: change places
//   bound   < becomes <=, > becomes >=, and the other way round
//   flip    === becomes !==, and the other way round, where it is returned
import { readFileSync } from 'node:fs';
import { basename } from 'node:path';

const [, , acorn, ...files] = process.argv;
const { parse } = await import(acorn);
const BOUNDS = { '<': '<=', '<=': '<', '>': '>=', '>=': '>' };
const FLIPS = { '===': '!==', '!==': '===' };

function nameOf(node, parent) {
    return node.id?.name ?? parent?.key?.name ?? parent?.id?.name ?? null;
}

class Finder {
    constructor(file, text) {
        Object.assign(this, { file: basename(file), text, seen: new Map() });
    }

    of(node) {
        return this.text.slice(node.start, node.end);
    }

    tell(how, where, node, text) {
        const what = `${this.file} ${where} ${how}: ${this.of(node).replace(/\s+/g, ' ')}`;
        const n = (this.seen.get(what) ?? 0) + 1;
        this.seen.set(what, n);
        console.log(JSON.stringify({ file: this.file, name: n === 1 ? what : `${what} #${n}`, start: node.start,
                                     end: node.end, text }));
    }

    look(node, where) {
        if (['IfStatement', 'WhileStatement'].includes(node.type))
            this.tell('never', where, node.test, `((${this.of(node.test)}) && false)`);
        if (node.type === 'LogicalExpression' && node.operator !== '??')
            for (const side of [node.left, node.right].filter((s) => s.operator !== node.operator))
                this.tell('drop', where, side, `((${this.of(side)}) ${node.operator === '&&' ? '|| true' : '&& false'})`);
        if (node.type === 'ConditionalExpression')
            this.tell('swap', where, node.test, `!(${this.of(node.test)})`);
        if (node.type === 'BinaryExpression' && BOUNDS[node.operator])
            this.tell('bound', where, node, `${this.of(node.left)} ${BOUNDS[node.operator]} ${this.of(node.right)}`);
        if (node.type === 'ReturnStatement' && FLIPS[node.argument?.operator])
            this.tell('flip', where, node.argument, `${this.of(node.argument.left)} ` +
                `${FLIPS[node.argument.operator]} ${this.of(node.argument.right)}`);
    }

    walk(node, where, parent) {
        const isFunction = /Function/.test(node.type);
        const inside = (isFunction && nameOf(node, parent)) || where;
        this.look(node, inside);
        for (const value of Object.values(node))
            for (const child of Array.isArray(value) ? value : [value])
                if (typeof child?.type === 'string')
                    this.walk(child, inside, node);
    }
}

for (const file of files) {
    const text = readFileSync(file, 'utf8');
    new Finder(file, text).walk(parse(text, { ecmaVersion: 2023, sourceType: 'module' }), '-', null);
}
