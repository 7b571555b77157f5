// An answer: all entries of one key, each proven before it is shown.
import { badAdvice, undecidedAdvice } from './advice.js';
import { details, h, mono, rows } from './dom.js';
import { ageWords, oldView } from './view_age.js';
import { checkpointStep, quorumStep } from './view_receipt.js';
import { entryView } from './view_record.js';
import { isOutside, outsideOf } from './outside.js';
import { outsideCount, outsideView } from './view_outside.js';
import { findingsView, headline, headlineOf, stateOfExit, stepsView } from './view_verdict.js';
import { spansOf, sameTable } from './covers.js';
import { count, shown, timeOf, tr } from './words.js';

const QUESTIONS = {
    warrant: ['everything under the warrant', 'todo lo relativo al mandamiento'],
    signer: ['everything signed by', 'todo lo firmado por'],
    vkey: ['the enrolment and revocation of', 'el alta y la revocación de'],
    holder: ['everything about the data holder', 'todo lo relativo al poseedor de datos'],
    authority: ['everything about the authority', 'todo lo relativo a la autoridad'],
    subject: ['everything under the commitment', 'todo lo relativo al compromiso'],
};

function questionWords({ type, text }) {
    const [en, es] = QUESTIONS[type];
    return `${tr(en, es)} ${shown(text)}`;
}

// {index: entry of the judge of the first part that carries it}.
function provenIn(answer) {
    const out = new Map();
    for (const part of answer.parts)
        for (const [i, e] of part.judge?.entries ?? [])
            if (!out.has(i))
                out.set(i, e);
    return out;
}

// How far an auditor has recomputed the index, from the first entry on: an entry, or null.
function auditedTo(answer) {
    const [{ part, judge, tables }] = answer.parts;
    const anchor = part.audit === null ? null : judge.entries.get(part.audit);
    const named = anchor && judge.entries.get(anchor.form.members.index.entry);
    if (!named)
        return null;
    const theirs = spansOf(named.form.members.tables);
    let end = null;
    for (const span of spansOf(tables)) {
        if (!theirs.some((t) => t.start === span.start && t.end === span.end &&
                         sameTable(t.table, span.table)))
            break;
        end = span.end - 1;
    }
    return end;
}

// References that look like the one that was asked for and are another text.
function lookAlikes(answer, proven) {
    if (answer.question.type !== 'warrant')
        return [];
    const out = new Map();
    for (const i of answer.asked) {
        const e = proven.get(i);
        const ref = e?.kind === 'warrant' ? e.form.members.ref
            : e?.kind === 'request' ? e.form.members.warrant?.ref : undefined;
        if (ref !== undefined && ref !== answer.question.text)
            out.set(ref, [...(out.get(ref) ?? []), i]);
    }
    return [...out];
}

// What a character is, for people: of ASCII its class, of all others the code point, too.
function pointWords(c) {
    const name = /[0-9]/.test(c) ? tr('the digit', 'la cifra')
        : /\p{L}/u.test(c) ? tr('the letter', 'la letra') : tr('the sign', 'el signo');
    return c < '\u0080' ? `${name} «${shown(c)}»`
        : `${name} «${shown(c)}» U+${c.codePointAt(0).toString(16).toUpperCase().padStart(4, '0')}`;
}

function points(text) {
    return [...text].map(pointWords);
}

// The code points in which two texts differ, at the first place and as far as they are.
function difference(a, b) {
    const [x, y] = [points(a), points(b)];
    let from = 0;
    while (from < x.length && from < y.length && x[from] === y[from])
        from++;
    let end = 0;
    while (end < x.length - from && end < y.length - from && x.at(-1 - end) === y.at(-1 - end))
        end++;
    const part = (p) => p.slice(from, p.length - end).join(', ') || tr('nothing', 'nada');
    return tr(`${part(y)} instead of ${part(x)}`, `${part(y)} en lugar de ${part(x)}`);
}

// Letters of other scripts, which look like others in a reference that is Latin.
function oddLetters(text) {
    const odd = [...new Set([...text].filter((c) => c > '\u024f'))];
    return odd.length === 0 ? null : h('p', { class: 'warning' },
        tr('The question has characters of another alphabet, which may look like Latin ones: ',
           'La pregunta tiene caracteres de otro alfabeto, que pueden parecer latinos: '),
        odd.slice(0, 20).map((c) => h('bdi', {}, `${points(c)[0]} `)));
}

function lookAlikesView(answer, proven) {
    const found = lookAlikes(answer, proven);
    return found.length === 0 ? null : h('section', { class: 'warning' },
        h('h3', {}, tr('References that look the same', 'Referencias que se ven iguales')),
        h('p', {}, tr('These were entered under another spelling. Whether they are the same warrant ' +
                      'is for people to judge.',
                      'Se asentaron con otra escritura. Si son el mismo mandamiento lo juzgan las ' +
                      'personas.')),
        h('ul', {}, found.map(([ref, entries]) => h('li', {}, h('bdi', {}, shown(ref)), ': ',
            difference(answer.question.text, ref), ' (',
            entries.length === 1 ? tr('entry ', 'asiento ') : tr('entries ', 'asientos '), entries.join(', '), ')'))));
}

function acceptedOf(answer, proven) {
    const accepted = proven.get(answer.completeTo)?.form?.accepted;
    return accepted === undefined ? '' : timeOf(accepted);
}

// Whether nothing that is asked for rests on the operator's word: what no auditor has recomputed was
// read entry by entry.
function isAudited(answer) {
    return auditedTo(answer) === answer.parts[0].covered - 1;
}

function completeWords(answer) {
    const audited = auditedTo(answer);
    return isAudited(answer) ? tr('An auditor has recomputed the index by which none is left out.',
                                  'Un auditor recalculó el índice según el cual no falta ninguno.')
        : audited === null
            ? tr('That none is left out is so far the operator\'s word: no auditor has recomputed the index.',
                 'Que no falte ninguno es por ahora palabra de quien opera: ningún auditor ha recalculado el índice.')
            : tr(`An auditor has recomputed the index up to entry ${audited}; that none is left out after that is ` +
                 'the operator\'s word.',
                 `Un auditor recalculó el índice hasta el asiento ${audited}; que después no falte ninguno es palabra ` +
                 'de quien opera.');
}

// What the reader must know besides, though each entry is proven: [words].
function reservations(answer, found) {
    const outside = outsideCount(found.out);
    return [
        answer.unkeyed.length > 0 && tr(`Entries that cannot be read, which may belong here: ${answer.unkeyed.length}.`,
                                        `Asientos que no pueden leerse y pueden ser de aquí: ${answer.unkeyed.length}.`),
        found.odd.size > 0 && tr(`Entries with a reference that only looks like it: ${found.odd.size}.`,
                                 `Asientos con una referencia que solo se parece: ${found.odd.size}.`),
        answer.question.type === 'subject' && tr('It is not all about a person, who may be sealed anew in other entries.',
                                                 'No es todo sobre una persona: en otros asientos puede estar sellada de nuevo.'),
        outside > 0 && tr(`Requests that lie outside of their warrant: ${outside}.`,
                          `Solicitudes que quedan fuera de su mandamiento: ${outside}.`),
    ].filter((words) => words);
}

// What is said of the proven entries of an answer: {proven, odd: entries of another spelling, out}.
function lookedThrough(answer) {
    const proven = provenIn(answer);
    return { proven, odd: new Set(lookAlikes(answer, proven).flatMap(([, entries]) => entries)),
             out: outsideOf(proven, answer.asked, answer.question) };
}

// The state of a file's box: a good answer with a reservation is no green one.
export function stateOfAnswer(answer) {
    return answer.exit !== 0 ? stateOfExit(answer.exit)
        : isAudited(answer) && reservations(answer, lookedThrough(answer)).length === 0 ? 'good' : 'word';
}

// Of the entries of a good answer those that lie outside of their warrant: [words] of entry i.
export function outsideWords(answer, i) {
    return (lookedThrough(answer).out.said.get(i) ?? []).filter((f) => f.bad).map((f) => f.words);
}

// The entries of a good answer in which a subject of this type has this commitment.
export function sameSeal(answer, type, commit) {
    const { proven } = lookedThrough(answer);
    return answer.asked.filter((i) => (proven.get(i).form.members.subjects ?? [])
        .some((s) => s.type === type && s.commit === commit));
}

function goodView(answer) {
    const found = lookedThrough(answer);
    const accepted = acceptedOf(answer, found.proven);
    return headlineOf(stateOfAnswer(answer), [
        tr(`Each entry below is proven, up to entry ${answer.completeTo} of the log (${accepted}).`,
           `Cada asiento de abajo está probado, hasta el asiento ${answer.completeTo} de la bitácora (${accepted}).`),
        completeWords(answer), ...reservations(answer, found)].join(' '));
}

function limitsView(answer) {
    const { type } = answer.question;
    const items = [
        tr('What came into the log after that entry.', 'Lo que entró en la bitácora después de ese asiento.'),
        type === 'warrant' && tr('What cites the reference in another spelling, such as CJF-37/26 for CJF-37/2026: ask ' +
                                 'for that, too.',
                                 'Lo que cita la referencia escrita de otro modo, como CJF-37/26 en vez de CJF-37/2026: ' +
                                 'pregunte también por esa.'),
        type === 'subject' && tr('Other entries about the same person: they are sealed anew, with an opening of their own.',
                                 'Otros asientos sobre la misma persona: se sellan de nuevo, con una apertura propia.'),
        type !== 'vkey' && tr('Whether a key that signed here was revoked later: a replay of the whole log says that.',
                              'Si una clave que firmó aquí fue revocada después: eso lo dice recorrer toda la bitácora.'),
        tr('What was done without being recorded; whether what the records say is true, or was lawful.',
           'Lo que se hizo sin asentarse; si lo que dicen los registros es cierto, o fue lícito.')];
    return h('section', { class: 'limits' }, h('h3', {}, tr('What this does not say', 'Lo que esto no dice')),
             h('ul', {}, items.filter((words) => words).map((words) => h('li', {}, words))));
}

function warningOf(i, { odd, out, proven }) {
    const to = proven.get(i).kind === 'response' ? proven.get(i).form.members.request?.entry : i;
    return isOutside(out, to) ? tr('outside of the warrant', 'fuera del mandamiento')
        : odd.has(i) ? tr('another spelling', 'otra escritura') : null;
}

function summaryView(answer, { proven, odd }) {
    const [{ checkpoint }] = answer.parts;
    return rows([
        [tr('Log', 'Bitácora'), mono(shown(checkpoint.origin))],
        [tr('Found', 'Encontrados'), count(answer.asked.length - odd.size, 'entry', 'entries', 'asiento', 'asientos'),
         odd.size === 0 ? '' : tr(`, and ${odd.size} under another spelling of the reference`,
                                  `, y ${odd.size} con otra escritura de la referencia`)],
        [tr('Up to entry', 'Hasta el asiento'), `${answer.completeTo} (${acceptedOf(answer, proven)})`],
        [tr('As the log stood', 'Como estaba la bitácora'), ageWords(checkpoint)],
        [tr('That nothing is left out', 'Que no falte nada'), completeWords(answer)],
    ]);
}

function entriesView(answer) {
    const found = lookedThrough(answer);
    const list = (numbers) => numbers.map((i) => entryView(found.proven.get(i), false, warningOf(i, found)));
    return [
        oldView(answer.parts[0].checkpoint),
        outsideView(found.out, found.proven, answer.question.type === 'warrant' ? answer.question.text : null),
        limitsView(answer),
        summaryView(answer, found),
        lookAlikesView(answer, found.proven),
        h('h3', {}, tr('Entries', 'Asientos')),
        answer.asked.length === 0 ? h('p', {}, tr('None.', 'Ninguno.')) : list(answer.asked),
        answer.unkeyed.length === 0 ? null : [
            h('h3', {}, tr('Entries that cannot be read', 'Asientos que no pueden leerse')),
            h('p', {}, tr('They may belong to this, or not: nobody knows.',
                          'Pueden ser de esto, o no: nadie lo sabe.')), list(answer.unkeyed)],
    ];
}

const PLACED = ['checkpoint', 'quorum', 'answer', 'index'];

function answerSteps(answer, policy) {
    const { findings } = answer;
    const checkpoint = answer.parts[0]?.checkpoint ?? null;
    const judged = checkpoint !== null && answer.parts.every((p) => p.judge);
    const of = (...codes) => findings.filter((f) => codes.includes(f.code));
    const form = of('answer').filter((f) => !f.bad);
    return [
        { title: tr('The file is an answer, and whole', 'El archivo es una respuesta, y está entero'),
          judged: answer.parts.length > 0, findings: form },
        checkpointStep(checkpoint, findings),
        quorumStep(judged ? checkpoint : null, policy, findings),
        { title: tr('Each entry stands in the log, signed by whom it may be',
                    'Cada asiento está en la bitácora, firmado por quien puede'),
          judged, findings: findings.filter((f) => !PLACED.includes(f.code)) },
        { title: tr('The rows of the log\'s index are all there, and are those of the entries',
                    'Las filas del índice de la bitácora están todas, y son las de los asientos'),
          judged, findings: findings.filter((f) => f.code === 'index' || (f.code === 'answer' && f.bad)) },
    ];
}

// Whether entries may be shown: nothing is wrong but that witnesses are missing.
function mayShow(answer) {
    return answer.parts.length > 0 && answer.findings.every((f) => f.code === 'quorum');
}

export function answerView(answer, policy) {
    return [
        answer.exit === 0 ? goodView(answer) : headline(answer.exit, {
            bad: `${tr('This answer is proven wrong; nothing of it is shown.',
                       'Esta respuesta está probadamente mal; no se muestra nada de ella.')} ` +
                badAdvice(answer.findings, answer.parts.every((p) => p.judge)),
            undecided: undecidedAdvice(answer.findings, policy) }),
        answer.question && h('p', {}, tr('It answers: ', 'Responde: '),
                             h('strong', {}, h('bdi', {}, questionWords(answer.question))), '.'),
        answer.question && oddLetters(answer.question.text),
        findingsView(answer.findings),
        answer.exit !== 0 && mayShow(answer) ? h('p', { class: 'label' }, tr(
            'What follows is what the file says. It is not confirmed.',
            'Lo que sigue es lo que dice el archivo. No está confirmado.')) : null,
        mayShow(answer) ? entriesView(answer) : null,
        details(tr('Step by step', 'Paso a paso'), stepsView(answerSteps(answer, policy))),
    ];
}
