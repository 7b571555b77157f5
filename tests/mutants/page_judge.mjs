// Judges tests by the script of the page, in workers of Node: node page_judge.mjs TESTS SCRIPT
// TESTS: a file of JSON, a list of {name, kind, …} as page_mutants.py makes them. SCRIPT: that of a
// page in which page_mutants.mjs put all mutants; behind it stands a function judgeTest(test), which
// answers null, or what is wrong.
// A line of standard input, {"mutant": N, "order": [name…], "seconds": N}, is answered by a line: the
// first test of that order that comes out otherwise, [name, what was wrong], or null. With the mutant
// null it is answered {"meets": {name: [mutant…]}, "wrong": …}: which of them would have changed a
// value in each test, or before all, where the name is "". A worker that says nothing for so long has
// failed in the test that is named.
import { readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { Worker, isMainThread, parentPort, workerData } from 'node:worker_threads';

const MOST = 10000; // mutants
const [, , tests, script] = process.argv;

function ask(data, seconds) {
    return new Promise((resolve) => {
        const worker = new Worker(new URL(import.meta.url), { workerData: data, argv: [tests, script] });
        let at = 'the start';
        let late = null;
        const end = (what) => {
            clearTimeout(late);
            worker.terminate();
            resolve(what);
        };
        const wait = () => {
            clearTimeout(late);
            late = setTimeout(() => end([at, 'no answer in time']), 1000 * seconds);
        };
        wait();
        worker.on('message', (m) => {
            if ('answer' in m)
                end(m.answer);
            at = m.at;
            wait();
        });
        worker.on('error', (e) => end([at, e.message]));
    });
}

async function main() {
    const named = new Map(JSON.parse(readFileSync(tests)).map((t) => [t.name, t]));
    const text = readFileSync(script, 'utf8');
    for await (const line of createInterface({ input: process.stdin })) {
        const { mutant, order, seconds } = JSON.parse(line);
        const list = order.map((name) => named.get(name));
        console.log(JSON.stringify(await ask({ mutant, list, text }, seconds)));
    }
}

const COMPARED = { '<': (a, b) => a < b, '<=': (a, b) => a <= b, '>': (a, b) => a > b, '>=': (a, b) => a >= b };
const OTHER = { '<': '<=', '<=': '<', '>': '>=', '>=': '>' };

// What the script calls where a mutant is: `chosen` is the one that is there, `met` has those that would
// have changed something.
class Mutants {
    constructor(chosen) {
        Object.assign(this, { chosen, met: new Uint8Array(MOST) });
    }

    take(n, value, other, differs) {
        if (differs)
            this.met[n] = 1;
        return this.chosen === n ? other : value;
    }

    never(n, value) {
        return this.take(n, value, false, value);
    }

    always(n, value) {
        return this.take(n, value, true, !value);
    }

    swap(n, value) {
        return this.take(n, value, !value, true);
    }

    compare(n, operator, a, b) {
        const value = COMPARED[operator](a, b);
        const other = COMPARED[OTHER[operator]](a, b);
        return this.take(n, value, other, value !== other);
    }

    since() {
        const list = [...this.met.entries()].filter(([, met]) => met).map(([n]) => n);
        this.met.fill(0);
        return list;
    }
}

async function judgeAll({ mutant, list, text }) {
    const mutants = new Mutants(mutant);
    const judge = new Function('MUTANTS', `${text}\nreturn judgeTest;`)(mutants);
    await globalThis.bitacora.ready;
    const meets = { '': mutants.since() };
    for (const test of list) {
        parentPort.postMessage({ at: test.name });
        const found = await judge(test).catch((e) => String(e.stack ?? e));
        const wrong = found === null ? null : [test.name, found.slice(0, 300)];
        if (mutant !== null && wrong)
            return wrong;
        if (mutant === null) {
            meets[test.name] = mutants.since();
            meets.wrong ??= wrong;
        }
    }
    const { wrong = null, ...each } = meets;
    return mutant === null ? { meets: each, wrong } : null;
}

if (isMainThread)
    await main();
else
    parentPort.postMessage({ answer: await judgeAll(workerData) });
