// An answer: all entries of one key, each proven before it is shown.
import { badAdvice, undecidedAdvice } from './advice.js';
import { details, h, mono, rows } from './dom.js';
import { ageWords, oldView } from './view_age.js';
import { checkpointStep, quorumStep } from './view_receipt.js';
import { entryView } from './view_record.js';
import { findingsView, headline, notLaw, stepsView } from './view_verdict.js';
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

function points(text) {
    return [...text].map((c) => `«${shown(c)}» U+${c.codePointAt(0).toString(16).toUpperCase().padStart(4, '0')}`);
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
    const part = (p) => p.slice(from, p.length - end).join(' ') || tr('nothing', 'nada');
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
            tr('entries ', 'asientos '), entries.join(', '), ')'))));
}

function entriesView(answer) {
    const proven = provenIn(answer);
    const odd = new Set(lookAlikes(answer, proven).flatMap(([, entries]) => entries));
    const list = (numbers) => numbers.map((i) => entryView(proven.get(i), false, odd.has(i)
        ? tr('another spelling', 'otra escritura') : null));
    const audited = auditedTo(answer);
    const last = proven.get(answer.completeTo)?.form?.accepted;
    const [{ checkpoint }] = answer.parts;
    return [
        oldView(checkpoint),
        rows([
            [tr('Log', 'Bitácora'), mono(shown(checkpoint.origin))],
            [tr('Found', 'Encontrados'), count(answer.asked.length, 'entry', 'entries', 'asiento', 'asientos'),
             odd.size === 0 ? '' : tr(`, ${odd.size} of them under another spelling of the reference`,
                                      `, de ellos ${odd.size} con otra escritura de la referencia`)],
            [tr('Complete up to entry', 'Completa hasta el asiento'), String(answer.completeTo),
             last === undefined ? '' : tr(`, accepted ${timeOf(last)}`, `, aceptado ${timeOf(last)}`)],
            [tr('As the log stood', 'Como estaba la bitácora'), ageWords(checkpoint)],
            [tr('That nothing is left out', 'Que no falte nada'), audited === null
                ? tr('is the operator\'s word: no auditor has recomputed the index',
                     'es palabra de quien opera: ningún auditor ha recalculado el índice')
                : tr(`an auditor has recomputed the index up to entry ${audited}; what follows is the ` +
                     'operator\'s word',
                     `un auditor recalculó el índice hasta el asiento ${audited}; lo que sigue es ` +
                     'palabra de quien opera')],
        ]),
        lookAlikesView(answer, proven),
        h('h3', {}, tr('Entries', 'Asientos')),
        answer.asked.length === 0 ? h('p', {}, tr('None.', 'Ninguno.')) : list(answer.asked),
        answer.unkeyed.length === 0 ? null : [
            h('h3', {}, tr('Entries that cannot be read', 'Asientos que no pueden leerse')),
            h('p', {}, tr('They may belong to this, or not: nobody knows.',
                          'Pueden ser de esto, o no: nadie lo sabe.')), list(answer.unkeyed)],
    ];
}

// What an answer is silent about: who reads "there are no others" must read this, too.
function limits(answer) {
    const { type } = answer.question;
    const points = [
        tr('Whether a request keeps within its warrant: in categories, holders, times and persons. The ' +
           'case of the warrant says that; the program bitacora makes it (warrant check).',
           'Si una solicitud se mantiene dentro de su mandamiento: en categorías, poseedores, tiempos y ' +
           'personas. Eso lo dice el expediente del mandamiento, que hace el programa bitacora ' +
           '(warrant check).'),
        tr('What came into the log after the entry named above, and what was never recorded.',
           'Lo que entró en la bitácora después del asiento que se nombra arriba, y lo que nunca se asentó.'),
        type === 'warrant' && tr('What cites the warrant by another spelling of its reference.',
                                 'Lo que cita el mandamiento con otra escritura de su referencia.'),
        type !== 'vkey' && tr('Other entries about the same person that were sealed anew.',
                              'Otros asientos sobre la misma persona, que se sellaron de nuevo.'),
        type !== 'vkey' && tr('Whether a key that signed here was revoked later.',
                              'Si una clave que firmó aquí se revocó después.'),
    ];
    return h('section', {}, h('h3', {}, tr('What this does not cover', 'Lo que esto no abarca')),
             h('ul', {}, points.filter((p) => p).map((p) => h('li', {}, p))));
}

// "Nothing is left out" rests on the operator's word as far as no auditor has recomputed the index.
function goodWords(answer) {
    if (!mayShow(answer))
        return '';
    const to = answer.completeTo, audited = auditedTo(answer);
    const words = tr(`Each entry below is proven; up to entry ${to} the log's index names no others.`,
                     `Cada asiento de abajo está probado; hasta el asiento ${to} el índice de la bitácora ` +
                     'no nombra otros.');
    return audited !== null && audited >= to ? words
        : `${words} ${tr('That nothing is left out is the operator\'s word so far.',
                         'Que no falte nada es, por ahora, palabra de quien opera.')}`;
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
        headline(answer.exit, {
            good: goodWords(answer),
            bad: `${tr('This answer is proven wrong; nothing of it is shown.',
                       'Esta respuesta está probadamente mal; no se muestra nada de ella.')} ` +
                badAdvice(answer.findings, answer.parts.every((p) => p.judge)),
            undecided: undecidedAdvice(answer.findings, policy) }),
        answer.question && h('p', {}, tr('It answers: ', 'Responde: '),
                             h('strong', {}, h('bdi', {}, questionWords(answer.question))), '.'),
        answer.question && oddLetters(answer.question.text),
        findingsView(answer.findings),
        answer.exit === 0 ? notLaw() : null,
        answer.exit !== 0 && mayShow(answer) ? h('p', { class: 'label' }, tr(
            'What follows is what the file says. It is not confirmed.',
            'Lo que sigue es lo que dice el archivo. No está confirmado.')) : null,
        mayShow(answer) ? entriesView(answer) : null,
        mayShow(answer) ? limits(answer) : null,
        details(tr('Step by step', 'Paso a paso'), stepsView(answerSteps(answer, policy))),
    ];
}
