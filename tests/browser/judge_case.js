// Judges one case of page_vectors.py where the page's script runs: {name, kind, files in base64, line,
// want}. Returns null if it is as it should be, else what was found instead.
async function judgeCase(c) {
    const b = globalThis.bitacora;
    const bytes = c.files.map((f) => Uint8Array.from(atob(f), (x) => x.charCodeAt(0)));
    const hex = (x) => [...x].map((y) => y.toString(16).padStart(2, '0')).join('');
    const unhex = (s) => Uint8Array.from(s.match(/../g) ?? [], (x) => parseInt(x, 16));
    const differs = (got) => (got === c.want ? null : `got ${got} expected ${c.want}`);
    const policy = () => b.readPolicy(bytes[1]).policy;
    const verdict = (r) => {
        const [exit, code] = c.want.split(' ');
        return String(r.exit) === exit && (code === '-' || r.findings.some((f) => f.code === code)) ? null
            : `got ${r.exit} ${JSON.stringify(r.findings)} expected ${c.want}`;
    };
    const line = () => bytes[0].subarray(0, bytes[0].length - (bytes[0].at(-1) === 10 ? 1 : 0));
    switch (c.kind) {
    case 'json':
        return differs(b.strictJson(line()) !== null);
    case 'note':
        return differs(b.noteParts(bytes[0]) !== null);
    case 'policy':
        return differs('policy' in b.readPolicy(bytes[0]));
    case 'checkpoint':
        return differs(b.readCheckpoint(bytes[0]) !== null);
    case 'edges': {
        const edges = b.readEdges(new TextDecoder().decode(bytes[0]));
        const said = await Promise.all(edges.map((e) => b.verify(e.key, e.signature, e.message)));
        return differs(await b.ready && edges.length > 20 && said.every((s, i) => s === edges[i].good));
    }
    case 'skeleton':
        return differs(JSON.parse(c.line).filter(([text, want]) => b.skeleton(text) !== want).length);
    case 'opening':
        return differs(b.readOpening(unhex(c.line)) !== null);
    case 'seal': {
        const [, key, , , , commit, opening, , , , blob] = c.line.split(' ');
        const o = b.readOpening(unhex(opening));
        return differs(o !== null && hex(b.commitOf(o)) === commit &&
            hex(b.sealFor(o, unhex(key))) === blob);
    }
    case 'receipt':
        return verdict(await b.verifyReceipt(bytes[0], policy()));
    case 'disclosure':
        return verdict(await b.verifyDisclosure(bytes[0], policy()));
    case 'evidence':
        return verdict(await b.verifyEvidence(bytes[0], policy()));
    case 'answer':
        return verdict(await b.verifyAnswer(bytes[0], policy()));
    case 'contradiction': {
        const said = [await b.verifyReceipt(bytes[0], policy()),
                      await b.verifyReceipt(bytes[2], policy())];
        const findings = [...said.flatMap((r) => r.findings), ...b.contradictions(said.map(b.thingOf))];
        const exit = findings.some((f) => f.bad) ? 1 : findings.length > 0 ? 3 : 0;
        return verdict({ exit, findings });
    }
    default:
        return `no such kind: ${c.kind}`;
    }
}
