// A replay in a worker, which a page from a file can only have of a blob: of its own script.
import { edges } from './data.js';
import { readEdges, selfTest } from './keys.js';
import { readKept } from './kept.js';
import { readPolicy } from './policies.js';
import { Replay } from './replay.js';
import { folderSource, servedSource } from './sources.js';

// ---- in the worker

// What is counted of requests that were verified: month -> group -> code -> how many.
class Counts {
    constructor() {
        this.months = new Map();
    }

    add(e) {
        if (e.kind !== 'request')
            return;
        const m = e.form.members;
        const month = new Date(e.form.accepted).toISOString().slice(0, 7);
        const groups = this.months.get(month) ?? new Map();
        this.months.set(month, groups);
        const one = (group, code) => {
            const codes = groups.get(group) ?? new Map();
            groups.set(group, codes.set(code, (codes.get(code) ?? 0) + 1));
        };
        one('requests', '');
        one('authority', m.authority);
        one('holder', m.holder);
        one('purpose', m.purpose.code);
        one('basis', m.basis);
        m.categories.forEach((c) => one('category', c));
    }
}

class Working {
    constructor() {
        Object.assign(this, { stopped: false, resume: null, replay: null });
    }

    async start({ policy, files, base, pin, kept }) {
        const good = await selfTest(readEdges(edges));
        const counts = new Counts();
        const source = files === null ? servedSource(base) : folderSource(files);
        const watch = {
            progress: (done, size) => postMessage({ progress: { done, size } }),
            go: () => this.go(),
            entry: (e) => counts.add(e),
        };
        this.replay = new Replay(source, readPolicy(policy).policy, watch, pin, kept && readKept(kept));
        const result = good ? await this.replay.run() : null;
        postMessage({ result, months: counts.months, standing: this.replay.standing });
    }

    // Waits as long as the reader has stopped it. Lets messages in.
    async go() {
        await new Promise((resolve) => setTimeout(resolve, 0));
        if (this.stopped)
            postMessage({ standing: this.replay.standing });
        if (this.stopped)
            await new Promise((resolve) => { this.resume = resolve; });
        return true;
    }

    take(message) {
        if (message.start)
            this.start(message.start).catch((e) => postMessage({ failed: String(e.stack ?? e) }));
        this.stopped = message.stop === true;
        if (message.resume)
            this.resume?.();
    }
}

export function startWorker() {
    const working = new Working();
    onmessage = (e) => working.take(e.data);
}

// ---- in the page

let script = null;

// Remembers the text of the page's own script; while it runs.
export function rememberScript() {
    script = document.currentScript.textContent;
}

// A replay {stop(), resume(), end()}; tell(message) is called with what it says.
export function startReplay(start, tell) {
    const url = URL.createObjectURL(new Blob([script], { type: 'text/javascript' }));
    const worker = new Worker(url);
    worker.onmessage = (e) => tell(e.data);
    worker.onerror = (e) => tell({ failed: e.message });
    worker.postMessage({ start });
    return {
        stop: () => worker.postMessage({ stop: true }),
        resume: () => worker.postMessage({ resume: true }),
        end: () => {
            worker.terminate();
            URL.revokeObjectURL(url);
        },
    };
}
