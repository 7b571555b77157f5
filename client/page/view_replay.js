// A replay of the whole log: its beginning, its progress, what it found, and what citizens may ask.
import { base64, unbase64 } from './bytes.js';
import { details, h, mono, rows } from './dom.js';
import { served } from './served.js';
import { isUnder, keptFile, readKept } from './kept.js';
import { mirrorFiles } from './sources.js';
import { ageWords, oldView } from './view_age.js';
import { quorumStep } from './view_receipt.js';
import { findingsView, headline, stepsView } from './view_verdict.js';
import { startReplay } from './working.js';
import { codeWords, count, operatorsLabels, shown, timeOf, tr } from './words.js';

// files: Map of a folder or null; run: what startReplay() gave; message: what it said last.
const replaying = { files: null, run: null, stopped: false, progress: null, outcome: null,
                           month: '', pin: '', standing: null, kept: null, rest: null, at: 0 };

function tell(message, draw) {
    if (message.progress) {
        replaying.progress = message.progress;
        showProgress();
        return;
    }
    replaying.standing = message.standing ?? null;
    if (!('result' in message) && !message.failed) { // it stands
        draw();
        return;
    }
    replaying.at = Date.now();
    replaying.outcome = message;
    replaying.run?.end();
    replaying.run = null;
    draw();
}

export function forgetReplay() {
    replaying.run?.end();
    Object.assign(replaying, { run: null, outcome: null, progress: null, stopped: false, standing: null });
}

// A file that says where an earlier replay stood. It is used only by a button of its own.
export function takeKept(name, bytes) {
    replaying.kept = { name, bytes, kept: readKept(bytes) };
}

export function forgetKept() {
    replaying.kept = null;
}

function keptView(state, draw) {
    const { kept } = replaying;
    if (kept === null)
        return null;
    const read = kept.kept;
    const wrong = read === null ? tr('It has not the form of one.', 'No tiene la forma de uno.')
        : state.policy && !isUnder(read, state.policy.bytes) ? tr('It was made under another policy.',
                                                                  'Se hizo con otra política.') : null;
    return h('div', { class: 'warning', id: 'kept' },
        h('p', {}, tr('A file that says where a replay stood: ', 'Un archivo que dice hasta dónde llegó un recorrido: '),
          h('bdi', {}, shown(kept.name)), read && tr(`, ${read.entries} entries, of `, `, ${read.entries} asientos, del `),
          read && timeOf(read.at), '. ', wrong),
        wrong === null ? [
            h('p', {}, tr('Go on from it only if you kept it yourself, in this page: nobody signed it. All entries are ' +
                          'read again, but signatures of requests and responses that it vouches for are not verified again.',
                          'Continúe desde él solo si usted mismo lo guardó, en esta página: nadie lo firmó. Todos los ' +
                          'asientos se leen de nuevo, pero no se verifican otra vez las firmas de solicitudes y ' +
                          'respuestas de las que responde.')),
            h('p', {}, h('button', { type: 'button', id: 'replay-kept', disabled: lacks(state).length > 0,
                                     onclick: () => begin(state, draw, kept) },
                         tr('I kept it: go on from there', 'Yo lo guardé: continuar desde ahí')))] : null);
}

// Of a run that stands, or ended, without a finding.
function keepView(state) {
    const { standing } = replaying;
    if (standing === null || state.policy === null)
        return null;
    const bytes = keptFile(standing, state.policy.bytes, Date.now());
    const url = URL.createObjectURL(new Blob([bytes]));
    return h('p', {}, h('a', { href: url, download: `${standing.done}.replay`, id: 'keep' },
                        tr(`Keep as a file that ${standing.done} entries were proven, to go on later`,
                           `Guardar como archivo que se probaron ${standing.done} asientos, para continuar después`)));
}

function begin(state, draw, rest = null) {
    forgetReplay();
    replaying.rest = rest;
    replaying.month = '';
    const run = startReplay({ policy: state.policy.bytes, files: replaying.files, base: location.href,
                              pin: unbase64(replaying.pin, 32), kept: rest && rest.bytes },
                            (m) => (replaying.run === run ? tell(m, draw) : null)); // else it was given up
    replaying.run = run;
    draw();
}

function progressWords() {
    const p = replaying.progress;
    return p === null ? tr('Starting…', 'Iniciando…')
        : tr(`${p.done} of ${p.size} entries`, `${p.done} de ${p.size} asientos`);
}

// Without drawing all again, so that what somebody types is not lost.
function showProgress() {
    const bar = document.getElementById('replay-bar');
    if (bar === null)
        return;
    bar.max = replaying.progress.size;
    bar.value = replaying.progress.done;
    document.getElementById('replay-words').textContent = progressWords();
}

// What a replay still needs.
function lacks(state) {
    return [
        state.policy === null && tr('It needs a policy.', 'Hace falta una política.'),
        state.policy && !state.policy.policy.oneLog && tr('It needs a policy of one log.',
                                                          'Hace falta una política de una sola bitácora.'),
        replaying.files === null && location.protocol === 'file:' &&
            tr('From a file, it needs the folder of a copy.', 'Desde un archivo, hace falta la carpeta de una copia.'),
        replaying.pin !== '' && unbase64(replaying.pin, 32) === null &&
            tr('The hash of entry 0 is no hash: 44 characters of base64.',
               'El hash del asiento 0 no es un hash: 44 caracteres en base64.'),
    ].filter((words) => words);
}

// What `--genesis` is to the program: two logs of one name differ in their first entry.
function pinView(draw) {
    return h('p', {}, h('label', { for: 'pin' }, tr('Hash of entry 0 that somebody whom you trust told you (may be empty): ',
                                                   'Hash del asiento 0 que le dio alguien de confianza (puede quedar vacío): ')),
             h('input', { type: 'text', id: 'pin', value: replaying.pin, maxlength: '64', autocomplete: 'off', spellcheck: 'false',
                          onchange: (e) => {
                              replaying.pin = e.target.value.trim();
                              draw();
                          } }));
}

function restWords(n, rest) {
    return [tr(`${n} signatures were not verified again: that they are good rests on the file `,
               `${n} firmas no se verificaron otra vez: que son válidas descansa en el archivo `),
            h('bdi', {}, shown(rest.name)), tr(', of ', ', del '), timeOf(rest.kept.at), '.'];
}

function genesisWords(result) {
    return result.pinned
        ? tr('as you were told it', 'el que le habían dicho')
        : tr('on the operator\'s word: compare it with what others hold',
             'por palabra de quien opera: compárelo con el que otros guardan');
}

function controls(state, draw) {
    const { run, stopped } = replaying;
    const button = (id, words, act, disabled = false) => h('button', { type: 'button', id, disabled, onclick: () => {
        act();
        draw();
    } }, words);
    if (run === null)
        return [button('replay-begin', tr('Replay the whole log', 'Recorrer toda la bitácora'),
                       () => begin(state, draw), lacks(state).length > 0),
                lacks(state).map((words) => h('p', { class: 'quiet' }, words))];
    return [button('replay-begin', stopped ? tr('Go on', 'Continuar') : tr('Stop', 'Detener'), () => {
        replaying.stopped = !stopped;
        if (stopped)
            run.resume();
        else
            run.stop();
    }), ' ', button('replay-end', tr('Give up', 'Abandonar'), () => {
        run.end();
        replaying.run = null;
    }),
            stopped ? keepView(state) : null,
            h('p', { id: 'replay-words' }, progressWords()),
            h('progress', { id: 'replay-bar', max: '1', value: '0',
                            'aria-label': tr('Progress of the replay', 'Avance del recorrido') })];
}

function choose(draw) {
    return h('p', {}, h('label', { for: 'folder' }, tr('The folder of a copy (bitacora mirror): ',
                                                       'La carpeta de una copia (bitacora mirror): ')),
             h('input', { type: 'file', id: 'folder', webkitdirectory: true, multiple: true,
                          onchange: (e) => {
                              const files = mirrorFiles([...e.target.files]);
                              replaying.files = files.size > 0 ? files : null;
                              draw();
                          } }),
             replaying.files && h('span', {}, ' ', count(replaying.files.size, 'file', 'files', 'archivo', 'archivos')));
}

// ---- what came of it

function tableOf(title, vocabulary, codes) {
    const sorted = [...codes].sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1));
    return details(title, h('table', {}, h('thead', {}, h('tr', {},
        h('th', { scope: 'col' }, title),
        h('th', { scope: 'col', class: 'number' }, tr('Requests', 'Solicitudes')))),
    h('tbody', {}, sorted.map(([code, n]) => h('tr', {},
        h('td', {}, h('bdi', {}, vocabulary ? codeWords(vocabulary, code) : shown(code))),
        h('td', { class: 'number' }, String(n)))))));
}

// Of one month, or of all: group -> code -> how many.
function summed(months, month) {
    const out = new Map();
    for (const [name, groups] of months)
        for (const [group, codes] of month === '' || month === name ? groups : [])
            for (const [code, n] of codes) {
                const sum = out.get(group) ?? new Map();
                out.set(group, sum.set(code, (sum.get(code) ?? 0) + n));
            }
    return out;
}

function citizensView(months, draw) {
    const groups = summed(months, replaying.month);
    const option = (value, words) => h('option', { value, selected: value === replaying.month }, words);
    const names = [...months.keys()].sort();
    const table = (group, en, es, vocabulary) => tableOf(tr(en, es), vocabulary, groups.get(group) ?? []);
    return h('section', { 'aria-labelledby': 'citizens' },
        h('h3', { id: 'citizens' }, tr('Who asked for what, by month', 'Quién pidió qué, por mes')),
        h('p', {}, h('label', { for: 'month' }, tr('Month: ', 'Mes: ')),
          h('select', { id: 'month', onchange: (e) => {
              replaying.month = e.target.value;
              draw();
              document.getElementById('month').focus();
          } }, option('', tr('all', 'todos')), names.map((n) => option(n, n)))),
        h('p', {}, count(groups.get('requests')?.get('') ?? 0, 'request', 'requests', 'solicitud', 'solicitudes'),
          tr(', counted from entries that were verified here.', ', contadas de asientos verificados aquí.')),
        table('authority', 'By whom', 'Por quién', null),
        table('category', 'For what data', 'De qué datos', 'category'),
        table('purpose', 'What for', 'Para qué', 'purpose'),
        table('basis', 'On what legal basis', 'Con qué fundamento', 'basis'),
        table('holder', 'From whom', 'A quién', null));
}

function growthView(months) {
    return months.size === 0 ? null : details(tr('Requests by month', 'Solicitudes por mes'),
        h('table', {}, h('thead', {}, h('tr', {}, h('th', { scope: 'col' }, tr('Month', 'Mes')),
                                        h('th', { scope: 'col', class: 'number' }, tr('Requests', 'Solicitudes')))),
          h('tbody', {}, [...months.keys()].sort().map((m) => h('tr', {}, h('td', {}, m),
              h('td', { class: 'number' }, String(months.get(m).get('requests').get(''))))))));
}

function outcomeView({ result, months, failed }, state, draw) {
    if (!result)
        return headline(3, { undecided: failed ? `${tr('The replay failed: ', 'El recorrido falló: ')}${failed}`
            : tr('This browser cannot verify signatures.', 'Este navegador no puede verificar firmas.') });
    const policy = state.policy?.policy;
    return [
        operatorsLabels(served.operators, state.policy).map((words) => h('p', { class: 'label' }, words)),
        headline(result.exit, {
            good: tr('The whole log is proven: each entry is signed, linked and in its place.',
                     'Toda la bitácora está probada: cada asiento está firmado, enlazado y en su lugar.'),
            bad: tr('What was shown is proven wrong.', 'Lo mostrado está probadamente mal.'),
            undecided: tr('The log could not be proven as a whole.',
                          'La bitácora no pudo probarse por completo.') }),
        rows([[tr('Entries', 'Asientos'), `${result.done} / ${result.size ?? '?'}`],
              [tr('Good signatures', 'Firmas válidas'), String(result.signatures)],
              [tr('Root', 'Raíz'), mono(base64(result.root))],
              result.genesis && [tr('Hash of entry 0', 'Hash del asiento 0'), mono(base64(result.genesis)), ' ',
                                 genesisWords(result)],
              result.checkpoint && [tr('As the log stood', 'Como estaba la bitácora'), ageWords(result.checkpoint)]]),
        result.rested > 0 ? h('p', { class: 'label' }, restWords(result.rested, replaying.rest)) : null,
        result.exit === 0 ? oldView(result.checkpoint) : null,
        findingsView(result.findings),
        result.checkpoint && policy
            ? stepsView([quorumStep(result.checkpoint, policy, result.findings)]) : null,
        result.exit === 0 ? [growthView(months), citizensView(months, draw)] : null,
    ];
}

export function replayView(state, draw) {
    return h('section', { 'aria-labelledby': 'replay-title' },
        h('h2', { id: 'replay-title' }, tr('3. The whole log', '3. Toda la bitácora')),
        h('p', {}, tr('Reads every entry and proves that nothing is missing, altered or out of order.',
                      'Lee cada asiento y prueba que nada falta, se alteró o está fuera de orden.')),
        replaying.run === null ? [choose(draw), pinView(draw)] : null,
        replaying.run === null ? keptView(state, draw) : null,
        h('div', {}, controls(state, draw)),
        replaying.run === null ? keepView(state) : null,
        h('div', { role: 'status' }, replaying.outcome && outcomeView(replaying.outcome, state, draw)));
}
