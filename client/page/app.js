// The page itself: what the reader gave, what came of it, in the reader's language.
import { editedWords, policyCause, wasEdited } from './advice.js';
import { hex, same, sha256 } from './bytes.js';
import { contradictions, placeIn, thingOf, thingOfAnswer } from './contradictions.js';
import { details, h, mono, replace, rows } from './dom.js';
import { FILE_MAX, isVerified, typeOfFile, verifyFile } from './intake.js';
import { engineName } from './keys.js';
import { readPolicy } from './policies.js';
import { forgetFound, look, served, servedView, startServed } from './served.js';
import { answerView, outsideWords, sameSeal, stateOfAnswer } from './view_answer.js';
import { evidenceView, openingView } from './view_others.js';
import { outsideTogether } from './outside.js';
import { togetherView } from './view_together.js';
import { receiptView } from './view_receipt.js';
import { forgetKept, forgetReplay, replayView, takeKept } from './view_replay.js';
import { headlineOf, stateOfExit, stateWords } from './view_verdict.js';
import { language, operatorsLabels, shown, shownName, timeOf, tr } from './words.js';

const VIEWS = { receipt: receiptView, answer: answerView, opening: openingView,
                evidence: evidenceView };
const COMMANDS = ['bitacora verify --policy POLICY FILE',
                  'bitacora verify-evidence --policy POLICY FILE', 'bitacora replay --policy POLICY'];
const TYPES = {
    receipt: ['Receipt', 'Recibo'], answer: ['Answer', 'Respuesta'],
    opening: ['Opening', 'Apertura'], evidence: ['Evidence', 'Evidencia'],
    policy: ['Policy', 'Política'], unknown: ['File', 'Archivo'],
};

// policy: {policy, name, bytes} or null; offered: another one, not used unless the reader says so;
// files: {name, bytes, type, result}, of one that is too large {name, size}.
const state = { ready: null, policy: null, offered: null, refused: null, files: [] };

const byId = (id) => document.getElementById(id);

const hashes = new WeakMap(); // of files' bytes, which nobody changes

function hashOf(bytes) {
    if (!hashes.has(bytes))
        hashes.set(bytes, hex(sha256(bytes)));
    return hashes.get(bytes);
}

// ---- intake

async function judge(file) {
    const { policy } = state;
    file.result = null;
    if (policy === null || !isVerified(file.type) || !state.ready)
        return;
    const result = await verifyFile(file.type, file.bytes, policy.policy)
        .catch((e) => ({ failed: String(e) }));
    if (state.policy === policy) // else it is judged again, under the other one
        Object.assign(file, { result, at: Date.now() });
}

async function judgeAll() {
    for (const file of state.files)
        await judge(file);
}

async function takePolicy(name, bytes) {
    const read = readPolicy(bytes);
    if (read.refused !== undefined) {
        state.refused = { name, bytes, line: read.line, cause: read.cause };
        return;
    }
    const taken = { policy: read.policy, name, bytes };
    if (state.policy === null || state.policy.operators || same(state.policy.bytes, bytes))
        await usePolicy(taken);
    else
        state.offered = taken;
}

// What was said under another policy goes. null: none.
async function usePolicy(policy) {
    Object.assign(state, { policy, offered: null, refused: null });
    state.files.forEach((file) => { file.result = null; });
    forgetReplay();
    forgetFound();
    await judgeAll();
    await look(state);
}

async function take(name, bytes) {
    const type = typeOfFile(bytes);
    if (type === 'policy')
        return takePolicy(name, bytes);
    if (type === 'kept')
        return takeKept(name, bytes);
    const file = { name, bytes, type, result: null };
    state.files = [...state.files.filter((f) => f.name !== name || hashOf(f.bytes) !== hashOf(bytes)), file];
    return judge(file);
}

async function takeAll(list) {
    for (const f of list) {
        if (f.size > FILE_MAX)
            state.files.push({ name: f.name, size: f.size, bytes: new Uint8Array(0), type: 'unknown', result: null });
        else
            await take(f.name, new Uint8Array(await f.arrayBuffer()));
    }
    byId('files').value = '';
    draw();
    if (state.policy !== null && list.length > 0 && state.files.length > 0)
        byId('results-title').scrollIntoView();
}

// ---- what is shown

// A file that comes with others must not take the place of what the reader chose.
function offeredView() {
    const { offered, policy } = state;
    return offered && h('div', { class: 'warning', id: 'offered' },
        h('p', {}, tr('Another policy was given, and is not used: ', 'Se dio otra política, y no se usa: '),
          h('bdi', {}, shown(offered.name)), ' (SHA-256 ', mono(hashOf(offered.bytes)), '). ',
          tr('A policy decides what is called good. Whoever sends receipts must not choose it.',
             'La política decide qué se llama bien. Quien manda los recibos no debe elegirla.')),
        h('p', {}, h('button', { type: 'button', id: 'keep-policy', onclick: () => {
            state.offered = null;
            draw();
        } }, tr(`Keep ${shown(policy.name)}`, `Conservar ${shown(policy.name)}`)), ' ',
          h('button', { type: 'button', id: 'take-policy', onclick: async () => {
              await usePolicy(offered);
              draw();
          } }, tr('Use the other one instead', 'Usar la otra en su lugar'))));
}

function policyView() {
    const { policy, refused } = state;
    const refusal = refused && h('p', { class: 'verdict undecided' },
        tr(`${shown(refused.name)} cannot be used as a policy: `,
           `${shown(refused.name)} no puede usarse como política: `),
        tr(`line ${refused.line}: `, `línea ${refused.line}: `), policyCause(refused.cause), '. ',
        wasEdited(refused.bytes) ? editedWords() : null);
    if (policy === null)
        return [refusal, h('p', {}, tr(
            'No policy yet. Without one nothing can be proven. It does not come with a receipt: your court or ' +
            'institution keeps it as a file, or an oversight body publishes it. Choose it below, like the others.',
            'Aún no hay política. Sin ella nada puede probarse. No viene con el recibo: su juzgado o institución ' +
            'la guarda como archivo, o la publica un órgano de supervisión. Elíjala abajo, como los demás archivos.'))];
    const p = policy.policy;
    return [refusal, offeredView(), rows([
        [tr('File', 'Archivo'), h('bdi', {}, shown(policy.name))],
        [tr('Log', 'Bitácora'), mono(shown([...new Set(p.logs.map((l) => l.key.name))].join(', ')) || '–')],
        [tr('Witnesses', 'Testigos'), p.witnesses.size === 0 ? tr('none', 'ninguno')
            : h('ul', {}, [...p.witnesses.keys()].map((w) => h('li', {}, h('bdi', {}, shownName(w)))))],
        [tr('Quorum', 'Quórum'), p.quorum === 'none'
            ? tr('none: nothing protects against two histories', 'ninguno: nada protege contra dos historias')
            : h('bdi', {}, shownName(p.quorum))],
        ['SHA-256', mono(hashOf(policy.bytes))]])];
}

function resultView(file) {
    const [en, es] = TYPES[file.type];
    const undecided = (why) => [headlineOf('undecided', why)];
    const body = file.size !== undefined
        ? undecided(tr(`Not judged: ${file.size} bytes are too many; ${FILE_MAX} are allowed.`,
                       `No se juzgó: ${file.size} bytes son demasiados; se admiten ${FILE_MAX}.`))
        : judgedView(file, undecided);
    return h('article', { class: 'result' },
        h('h2', {}, `${tr(en, es)}: `, h('bdi', {}, shown(file.name))),
        operatorsLabels(served.operators, state.policy).map((words) =>
            h('p', { class: 'label' }, words)),
        body,
        file.result?.exit !== 0 && wasEdited(file.bytes) ? h('p', { class: 'warning edited' }, editedWords()) : null,
        file.result?.exit === undefined ? null : h('p', { class: 'quiet paper' },
            tr('Checked ', 'Comprobado el '), timeOf(file.at)),
        file.size === undefined ? h('p', { class: 'quiet' }, tr('SHA-256 of the file: ', 'SHA-256 del archivo: '),
                                    mono(hashOf(file.bytes))) : null);
}

function judgedView(file, undecided) {
    return file.type === 'unknown'
        ? undecided(tr('This is no receipt, answer, opening, evidence or policy: do not use it.',
                       'Esto no es un recibo, una respuesta, una apertura, una evidencia ni una política: no lo use.'))
        : state.policy === null ? undecided(tr('Not judged yet: the file of step 1, the policy, is missing.',
                                               'Aún no se juzgó: falta el archivo del paso 1, la política.'))
            : file.result === null ? undecided(tr('Not judged.', 'No se juzgó.'))
                : file.result.failed ? undecided(`${tr('The page failed: ', 'La página falló: ')}` +
                                                 file.result.failed)
                    : VIEWS[file.type](file.result, state.policy.policy);
}

function stateOfFile(file) {
    return file.result?.exit === undefined ? 'undecided'
        : file.type === 'answer' ? stateOfAnswer(file.result) : stateOfExit(file.result.exit);
}

// Whom openings name, and the entries of answers that have the same seal.
function peopleIn(openings, answers) {
    const originOf = { opening: (r) => r.receipt.checkpoint.origin, answer: (r) => r.parts[0].checkpoint.origin };
    return openings.flatMap(({ result: o, name }) => answers
        .filter((a) => originOf.answer(a.result) === originOf.opening(o) && o.member === 'subjects')
        .map((a) => ({ opening: name, answer: a.name, who: o.opening,
                       entries: sameSeal(a.result, o.opening.type, o.items[0].commit) })));
}

function pairsIn(receipts, answers) {
    return receipts.flatMap((r) => answers.map((a) => ({
        receipt: r.name, answer: a.name, place: placeIn(a.result, r.result),
        outside: outsideWords(a.result, r.result.chain[0].index) }))).filter((p) => p.place !== null);
}

// Of each log's receipts: its origin is the same.
function outsideIn(receipts) {
    const origins = new Set(receipts.map((r) => r.result.checkpoint.origin));
    return [...origins].flatMap((origin) => outsideTogether(receipts.map((r) => r.result)
        .filter((r) => r.checkpoint.origin === origin)));
}

// Good receipts and answers against each other; where a file is no good, that first.
function filesTogether() {
    const files = state.files.map((f) => ({ name: f.name, state: stateOfFile(f) }));
    const good = state.files.filter((f) => f.result?.exit === 0);
    const receipts = good.filter((f) => f.type === 'receipt');
    const answers = good.filter((f) => f.type === 'answer');
    const judged = state.files.filter((f) => (f.type === 'receipt' && f.result?.judge) ||
        (f.type === 'answer' && f.result?.parts?.[0]?.judge));
    const compared = judged.some((f) => f.type === 'receipt') ? judged.length : 0;
    const convicted = good.some((f) => f.type === 'evidence');
    const people = peopleIn(good.filter((f) => f.type === 'opening'), answers);
    const noGood = files.some((f) => ['bad', 'undecided'].includes(f.state));
    if (state.policy === null || files.length < 2 || (compared < 2 && !noGood && !convicted && people.length === 0))
        return null;
    const findings = compared < 2 ? [] : contradictions(judged.map((f) =>
        (f.type === 'receipt' ? thingOf(f.result) : thingOfAnswer(f.result))));
    return togetherView({ files, compared: good.length > 1 || findings.length > 0 ? compared : 0, findings, convicted, people,
                          pairs: pairsIn(receipts, answers), outside: outsideIn(receipts) });
}

function engineWords() {
    return engineName() === 'browser'
        ? tr('Signatures here: by the browser, behind checks of the page.',
             'Firmas aquí: por el navegador, tras comprobaciones de la página.')
        : tr('Signatures here: by the page alone.', 'Firmas aquí: solo por la página.');
}

// What a reader who is no engineer has to know.
function glossary() {
    const words = [
        ['Policy', 'Política', 'A small file that says whose log this is and which witnesses must have ' +
            'seen it. Ask a court, an oversight body or your own institution for it.',
         'Un archivo pequeño que dice de quién es la bitácora y qué testigos deben haberla visto. ' +
            'Pídala a un juzgado, a un órgano de supervisión o a su propia institución.'],
        ['Receipt', 'Recibo', 'Proves that one record was entered, when, and who signed it.',
         'Prueba que un registro se asentó, cuándo, y quién lo firmó.'],
        ['Answer', 'Respuesta', 'All entries of one question, such as everything under a warrant.',
         'Todos los asientos de una pregunta, como todo lo relativo a un mandamiento.'],
        ['Opening', 'Apertura', 'Shows whom one entry concerns. Without it nobody can tell.',
         'Muestra a quién se refiere un asiento. Sin ella nadie puede saberlo.'],
        ['Evidence', 'Evidencia', 'Proves that the log itself did something that it must never do.',
         'Prueba que la propia bitácora hizo algo que nunca debe hacer.'],
        ['Checkpoint', 'Punto de control', 'What the log signed of all its entries at one moment.',
         'Lo que la bitácora firmó de todos sus asientos en un momento.'],
        ['Witness', 'Testigo', 'Somebody else who saw that the log only grows, and signed that.',
         'Alguien más que vio que la bitácora solo crece, y lo firmó.'],
        ['good, bad, undecided', 'bien, mal, sin decidir', 'Proven; proven wrong; not enough is at ' +
            'hand to say. A damaged or unknown file is undecided: do not use it; it convicts nobody.',
         'Probado; probadamente mal; no hay bastante para decirlo. Un archivo dañado o desconocido ' +
            'queda sin decidir: no lo use; no condena a nadie.'],
        ['with a reservation', 'con reserva', 'What is shown is proven, and something stands in the box that you ' +
            'must know, such as whose word it is that nothing is left out.',
         'Lo que se muestra está probado, y el recuadro dice algo que debe saber, como de quién es la palabra de ' +
            'que no falte nada.'],
    ];
    return details(tr('Words on this page', 'Palabras de esta página'),
                   rows(words.map(([en, es, meansEn, meansEs]) => [tr(en, es), tr(meansEn, meansEs)])));
}

function provenance() {
    const local = location.protocol === 'file:';
    return [
        h('p', { class: 'label' }, local
            ? tr('This page was opened from a file. Whether it is the right one shows by its SHA-256, which the ' +
                 'release names: whoever looks after your computers can compare it.',
                 'Esta página se abrió desde un archivo. Que es la debida se ve por su SHA-256, que indica la ' +
                 'versión publicada: quien atiende sus equipos puede compararlo.')
            : served.operators
                ? [tr('This is the operator\'s own page: it cannot prove anything about the operator. ' +
                      'The independent page is a copy that a court or an oversight body hosts, or the ' +
                      'file that this writes: ',
                      'Esta es la página de quien opera: no puede probar nada sobre quien opera. La ' +
                      'página independiente es la copia de un juzgado o de un órgano de supervisión, o ' +
                      'el archivo que esto escribe: '), mono('bitacora page --out bitacora.html')]
                : tr(`This page came from ${location.host}: whoever runs that host could have changed it.`,
                     `Esta página vino de ${location.host}: quien lo administra pudo haberla cambiado.`)),
        state.ready === false ? h('p', { class: 'verdict bad' },
            tr('This browser\'s arithmetic fails the page\'s own test: nothing can be verified here.',
               'La aritmética de este navegador no pasa la prueba de la página: aquí no puede ' +
               'verificarse nada.')) : null,
        glossary(),
        details(tr('How to verify without this page', 'Cómo verificar sin esta página'),
            h('p', {}, tr('With the program, on a machine that you trust:',
                          'Con el programa, en una máquina de confianza:')),
            h('ul', {}, COMMANDS.map((c) => h('li', {}, mono(c)))),
            h('p', { class: 'quiet' }, state.ready ? engineWords() : '')),
    ];
}

function texts() {
    document.documentElement.lang = language.now;
    document.title = tr('Bitácora: verify', 'Bitácora: verificar');
    const set = (id, en, es) => { byId(id).textContent = tr(en, es); };
    set('title', 'Verify what a log says', 'Verificar lo que dice una bitácora');
    if (location.protocol === 'file:')
        set('lead', 'Nothing that you drop here leaves this computer. The page asks no other machine.',
            'Nada de lo que suelte aquí sale de esta computadora. La página no consulta otra máquina.');
    else
        set('lead', 'Nothing that you drop here leaves this computer. The page asks only the machine ' +
            'that it came from.',
            'Nada de lo que suelte aquí sale de esta computadora. La página solo consulta la máquina ' +
            'de la que vino.');
    set('policy-title', '1. Policy', '1. Política');
    set('policy-lead', 'A small file that says whose log this is, and which witnesses must have seen it. ' +
        'Take it from somebody whom you trust, and not from whoever runs the log or sent you the files.',
        'Un archivo pequeño que dice de quién es la bitácora y qué testigos deben haberla visto. Tómelo de ' +
        'alguien en quien confíe, y no de quien opera la bitácora ni de quien le mandó los archivos.');
    set('files-title', '2. Files', '2. Archivos');
    set('files-label', 'Choose a policy, receipts, answers, openings or evidence',
        'Elija una política, recibos, respuestas, aperturas o evidencias');
    set('drop', 'or drop them anywhere on this page', 'o suéltelos en cualquier parte de esta página');
    set('files-note', 'Files such as policy, 37.answer or 13.tlog-proof are not opened by a double click: choose them here.',
        'Archivos como policy, 37.answer o 13.tlog-proof no se abren con doble clic: elíjalos aquí.');
    set('results-title', 'Results', 'Resultados');
    set('clear', 'Forget all files', 'Olvidar todos los archivos');
    set('lang', 'English', 'Español');
    byId('lang').textContent = language.now === 'es' ? 'English' : 'Español';
    byId('lang').lang = language.now === 'es' ? 'en' : 'es';
}

function draw() {
    const focused = document.activeElement?.id;
    texts();
    replace(byId('status'), statusView());
    replace(byId('chosen'), chosenWords());
    replace(byId('provenance'), provenance());
    replace(byId('policy'), policyView());
    replace(byId('served'), servedView(state, draw, usePolicy));
    replace(byId('replay'), replayView(state, draw));
    replace(byId('results'), filesTogether(), state.files.map(resultView).reverse());
    byId('results-title').hidden = state.files.length === 0;
    byId('clear').hidden = state.files.length === 0 && state.policy === null;
    if (focused && document.activeElement?.id !== focused)
        byId(focused)?.focus(); // it was drawn anew
}

// What came of the files, a line each; also for those who do not see the page.
function statusView() {
    const one = (f) => {
        const verdict = f.result?.exit === undefined ? tr('not judged', 'no se juzgó')
            : stateWords(stateOfFile(f));
        return h('li', {}, `${tr(...TYPES[f.type])} `, h('bdi', {}, shown(f.name)), ': ',
                 h('strong', { class: `mark ${stateOfFile(f)}` }, verdict), '. ');
    };
    return state.files.length === 0 ? null : h('ul', { class: 'plain' }, state.files.map(one));
}

// What is chosen so far, beside the button, which forgets it; and what is missing.
function chosenWords() {
    const { policy, files } = state;
    if (policy === null && files.length === 0)
        return null;
    const missing = policy === null ? tr('The policy is missing: choose it here, too.', 'Falta la política: elíjala aquí también.')
        : files.length === 0 ? tr('Now choose the receipt or the answer.', 'Ahora elija el recibo o la respuesta.') : null;
    return [policy && [tr('Policy: ', 'Política: '), h('strong', {}, h('bdi', {}, shown(policy.name))), '. '],
            files.length > 0 && [tr('Files: ', 'Archivos: '), h('strong', {}, String(files.length)), '. '],
            missing && h('strong', {}, missing)];
}

// ---- the beginning

function listen() {
    byId('files').addEventListener('change', (e) => takeAll([...e.target.files]));
    byId('clear').addEventListener('click', async () => {
        state.files = [];
        forgetKept();
        await usePolicy(null);
        draw();
        byId('files').focus();
    });
    byId('lang').addEventListener('click', () => {
        language.now = language.now === 'es' ? 'en' : 'es';
        draw();
    });
    for (const name of ['dragenter', 'dragover', 'dragleave', 'drop'])
        document.addEventListener(name, (e) => {
            e.preventDefault();
            document.body.classList.toggle('over', name === 'dragenter' || name === 'dragover');
        });
    document.addEventListener('drop', (e) => takeAll([...e.dataTransfer.files]));
    listenToPrinting();
}

// On paper nobody can open anything.
function listenToPrinting() {
    let opened = [];
    addEventListener('beforeprint', () => {
        opened = [...document.querySelectorAll('#results details:not([open]), #found details:not([open])')];
        opened.forEach((d) => { d.open = true; });
    });
    addEventListener('afterprint', () => opened.forEach((d) => { d.open = false; }));
}

// What stands around a page could cover or imitate it, so it judges nothing there.
function framedView() {
    return [h('p', { class: 'verdict bad', lang: 'es' },
              'Esta página se muestra dentro de otra, que podría taparla o imitarla. Aquí no juzga nada: ábrala sola.'),
            h('p', { class: 'verdict bad', lang: 'en' },
              'This page is shown inside another one, which could cover or imitate it. It judges nothing here: ' +
              'open it by itself.')];
}

export async function startPage(ready) {
    language.now = (navigator.language ?? 'es').toLowerCase().startsWith('es') ? 'es' : 'en';
    if (globalThis.top !== globalThis.self)
        return replace(document.querySelector('main'), framedView());
    listen();
    draw();
    state.ready = await ready;
    await startServed();
    await judgeAll();
    draw();
    await look(state);
    return draw();
}
