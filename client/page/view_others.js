// Openings, evidence, contradictions.
import { badAdvice, undecidedAdvice } from './advice.js';
import { details, h, mono, rows } from './dom.js';
import { Malformed, readEntry } from './forms.js';
import { isProven } from './trees.js';
import { entryView } from './view_record.js';
import { receiptSteps } from './view_receipt.js';
import { findingsView, headline, stepsView } from './view_verdict.js';
import { codeMeaning, codeWords, memberWords, shown, tr } from './words.js';

// ---- openings

function openingSteps(d, policy) {
    const ours = d.findings.filter((f) => ['opening', 'sealed'].includes(f.code));
    const judged = d.entry !== null;
    const to = d.to === null ? [] : [
        { title: tr('The key of oversight is enrolled', 'La clave de supervisión está dada de alta'),
          judged: d.to.judge !== null,
          findings: d.findings.filter((f) => !ours.includes(f) && !d.receipt.findings.includes(f)) }];
    return [
        { title: tr('The file opens what the entry commits to',
                    'El archivo abre aquello con lo que el asiento se compromete'),
          judged, findings: ours.filter((f) => f.code === 'opening') },
        ...to,
        { title: tr('The sealed blob holds the same', 'El blob sellado contiene lo mismo'),
          judged: d.sealed, findings: ours.filter((f) => f.code === 'sealed'),
          say: d.to === null && judged ? h('p', {}, tr(
              'Not judged: the file does not carry the enrolment of the key that it is sealed to.',
              'No se juzgó: el archivo no trae el alta de la clave a la que está sellado.')) : null },
        ...(d.receipt === null ? [] : receiptSteps(d.receipt, policy)),
    ];
}

export function openingView(d, policy) {
    const good = d.exit === 0;
    return [
        headline(d.exit, {
            good: tr('This entry concerns whom the file names.',
                     'Este asiento se refiere a quien el archivo nombra.'),
            bad: `${tr('This file is proven wrong: it does not show whom the entry concerns.',
                       'Este archivo está probadamente mal: no muestra a quién se refiere el asiento.')} ` +
                badAdvice(d.findings, d.entry !== null),
            undecided: undecidedAdvice(d.findings, policy) }),
        good ? rows([[codeWords('subject_type', d.opening.type),
                      h('strong', {}, h('bdi', {}, shown(d.opening.value)))],
                     [tr('Stands in the record under', 'Está en el registro en'), memberWords(d.member)]]) : null,
        good ? entryView(d.entry, true) : null,
        h('h3', {}, tr('Step by step', 'Paso a paso')),
        stepsView(openingSteps(d, policy)),
    ];
}

// ---- evidence

const CLAIMS = {
    fork: ['The log signed two histories.', 'La bitácora firmó dos historias.'],
    leaves: ['The log signed two entries in one place.', 'La bitácora firmó dos asientos en un mismo lugar.'],
    link: ['An entry does not name the one before it.', 'Un asiento no nombra al anterior.'],
    entry: ['The log holds an entry that it must not hold.', 'La bitácora contiene un asiento que no debe contener.'],
    index: ['The log\'s index says what its entries do not.', 'El índice de la bitácora dice lo que sus asientos no.'],
};

// An entry that the evidence shows; of its signer nothing is said but the name on its line.
function shownEntry(e, checkpoints) {
    let form = null;
    try {
        form = readEntry(e.raw);
    } catch (error) {
        if (!(error instanceof Malformed))
            throw error;
    }
    const proven = isProven(e, checkpoints[e.checkpoint]);
    return h('li', {}, tr(`In checkpoint ${e.checkpoint + 1}`, `En el punto de control ${e.checkpoint + 1}`),
             proven ? ': ' : tr(' (not proven): ', ' (no probado): '),
             entryView({ ...e, form, kind: form?.kind ?? null, signer: null }));
}

export function evidenceView(e, policy) {
    return [
        headline(e.exit, {
            good: tr('The file proves what it says: the log is convicted.',
                     'El archivo prueba lo que dice: la bitácora queda condenada.'),
            bad: tr('The file does not prove what it says. The log is not convicted by it.',
                    'El archivo no prueba lo que dice. No condena a la bitácora.'),
            undecided: undecidedAdvice(e.findings, policy) }),
        e.claim && Object.hasOwn(CLAIMS, e.claim)
            ? h('p', {}, tr('It says: ', 'Dice: '), tr(...CLAIMS[e.claim])) : null,
        e.proven ? h('p', {}, e.proven.entry === null ? '' : tr(`Entry ${e.proven.entry}: `,
                                                                `Asiento ${e.proven.entry}: `),
                     codeMeaning(e.proven.code)) : null,
        findingsView(e.findings),
        e.checkpoints.length === 0 ? null : rows(e.checkpoints.map((cp, i) =>
            [tr(`Checkpoint ${i + 1}`, `Punto de control ${i + 1}`), mono(shown(cp.origin)),
             tr(`, ${cp.size} entries`, `, ${cp.size} asientos`)])),
        e.entries.length === 0 ? null : details(tr('Entries in it', 'Asientos que trae'),
            h('ul', {}, e.entries.map((x) => shownEntry(x, e.checkpoints)))),
    ];
}
