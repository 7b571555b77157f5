// Judges tests by scripts of the page, in workers of Node: node page_judge.mjs TESTS TAIL
// TESTS: a file of JSON, a list of {name, kind, …} as page_mutants.py makes them. TAIL: a script that
// goes behind each, and has a function judgeTest(test), which answers null, or what is wrong.
// A line of standard input, {"script": FILE, "order": [name…], "seconds": N}, is answered by a line:
// the first test of that order that comes out otherwise, [name, what was wrong], or null. A worker
// that says nothing for so long has failed in the tests behind the one that is named.
import { readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { Worker, isMainThread, parentPort, workerData } from 'node:worker_threads';

const EACH = 8; // tests between two signs of life

function killer(text, list, seconds) {
    return new Promise((resolve) => {
        const worker = new Worker(new URL(import.meta.url), { workerData: { text, list } });
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
            if ('killer' in m)
                end(m.killer);
            at = m.at;
            wait();
        });
        worker.on('error', (e) => end([at, e.message]));
    });
}

async function main() {
    const [, , tests, tail] = process.argv;
    const named = new Map(JSON.parse(readFileSync(tests)).map((t) => [t.name, t]));
    const behind = readFileSync(tail, 'utf8');
    for await (const line of createInterface({ input: process.stdin })) {
        const { script, order, seconds } = JSON.parse(line);
        const list = order.map((name) => named.get(name));
        console.log(JSON.stringify(await killer(readFileSync(script, 'utf8') + behind, list, seconds)));
    }
}

async function judgeAll({ text, list }) {
    const judge = new Function(`${text}\nreturn judgeTest;`)();
    await globalThis.bitacora.ready;
    for (const [n, test] of list.entries()) {
        if (n % EACH === 0)
            parentPort.postMessage({ at: test.name });
        const wrong = await judge(test).catch((e) => String(e.stack ?? e));
        if (wrong !== null)
            return [test.name, wrong.slice(0, 300)];
    }
    return null;
}

if (isMainThread)
    await main();
else
    parentPort.postMessage({ killer: await judgeAll(workerData) });
