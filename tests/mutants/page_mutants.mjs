// The mutants of the page's modules, all in one text: node page_mutants.mjs ACORN FILE... writes each
// file anew, and prints the name of each mutant on a line of its own, in the order of their numbers,
// which begin with 0. ACORN is its module. What page_judge.mjs calls MUTANTS chooses one as it runs,
// and notes those which would have changed a value there.
//   never   a condition never holds: what it leads to is not done
//   drop    one operand of && or || is left out
//   swap    the two sides of ?: change places
//   bound   < becomes <=, > becomes >=, and the other way round
//   flip    === becomes !==, and the other way round, where it is returned
import { readFileSync, writeFileSync } from 'node:fs';
import { basename } from 'node:path';

const [, , acorn, ...files] = process.argv;
const { parse } = await import(acorn);
const BOUNDS = ['<', '<=', '>', '>='];
const FLIPS = ['===', '!=='];
let number = 0;

function nameOf(node, parent) {
    return node.id?.name ?? parent?.key?.name ?? parent?.id?.name ?? null;
}

function childrenOf(node) {
    return Object.values(node).flat().filter((child) => typeof child?.type === 'string');
}

class Finder {
    constructor(file, text) {
        Object.assign(this, { file: basename(file), text, seen: new Map(), wraps: new Map() });
    }

    of(node) {
        return this.text.slice(node.start, node.end);
    }

    tell(how, where, node, wrap) {
        const what = `${this.file} ${where} ${how}: ${this.of(node).replace(/\s+/g, ' ')}`;
        const n = (this.seen.get(what) ?? 0) + 1;
        this.seen.set(what, n);
        console.log(n === 1 ? what : `${what} #${n}`);
        this.wraps.set(node, [...this.wraps.get(node) ?? [], { how, wrap, number: number++ }]);
    }

    look(node, where) {
        const around = (how) => (text, n) => `MUTANTS.${how}(${n}, (${text}))`;
        const compared = (n) => `MUTANTS.compare(${n}, '${node.operator}', (${this.written(node.left)}), ` +
            `(${this.written(node.right)}))`;
        if (['IfStatement', 'WhileStatement'].includes(node.type))
            this.tell('never', where, node.test, around('never'));
        if (node.type === 'LogicalExpression' && node.operator !== '??')
            for (const side of [node.left, node.right].filter((s) => s.operator !== node.operator))
                this.tell('drop', where, side, around(node.operator === '&&' ? 'always' : 'never'));
        if (node.type === 'ConditionalExpression')
            this.tell('swap', where, node.test, around('swap'));
        if (node.type === 'BinaryExpression' && BOUNDS.includes(node.operator))
            this.tell('bound', where, node, (_, n) => compared(n));
        if (node.type === 'ReturnStatement' && FLIPS.includes(node.argument?.operator))
            this.tell('flip', where, node.argument, around('swap'));
    }

    walk(node, where, parent) {
        const isFunction = /Function/.test(node.type);
        const inside = (isFunction && nameOf(node, parent)) || where;
        this.look(node, inside);
        for (const child of childrenOf(node))
            this.walk(child, inside, node);
    }

    // The text of a node in which the mutants are. That of `bound` is made of both sides: it goes first.
    written(node) {
        const wraps = this.wraps.get(node) ?? [];
        const inner = wraps.find((w) => w.how === 'bound');
        let text = inner ? inner.wrap('', inner.number) : this.insides(node);
        for (const w of wraps.filter((each) => each !== inner))
            text = w.wrap(text, w.number);
        return text;
    }

    insides(node) {
        let at = node.start;
        let text = '';
        // In { a = b } the key and the pattern begin at one place: the longer has the other in it.
        for (const child of childrenOf(node).sort((a, b) => a.start - b.start || b.end - a.end))
            if (child.start >= at) {
                text += this.text.slice(at, child.start) + this.written(child);
                at = child.end;
            }
        return text + this.text.slice(at, node.end);
    }
}

for (const file of files) {
    const text = readFileSync(file, 'utf8');
    const tree = parse(text, { ecmaVersion: 2023, sourceType: 'module' });
    const finder = new Finder(file, text);
    finder.walk(tree, '-', null);
    writeFileSync(file, text.slice(0, tree.start) + finder.written(tree) + text.slice(tree.end));
}
