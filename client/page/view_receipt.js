// A receipt, step by step.
import { base64 } from './bytes.js';
import { badAdvice, undecidedAdvice } from './advice.js';
import { details, h, mono, rows } from './dom.js';
import { isProven } from './trees.js';
import { entryView, whoIs } from './view_record.js';
import { headline, notLaw, stepsView } from './view_verdict.js';
import { count, kindWords, roleWords, shown, shownName, timeOf, tr } from './words.js';

function witnessesView(checkpoint, policy) {
    const lines = [...policy.witnesses.keys()].map((name) => {
        const seconds = checkpoint.cosigned.get(name);
        return h('li', {}, h('bdi', {}, shownName(name)), ': ', seconds === undefined
            ? tr('no cosignature', 'sin cofirma')
            : timeOf(BigInt(seconds) > 253402300799n ? 253402300799000n : BigInt(seconds) * 1000n));
    });
    return lines.length > 0 ? h('ul', {}, lines) : null;
}

export function quorumStep(checkpoint, policy, findings) {
    const none = policy.quorum === 'none';
    return {
        title: tr('Witnesses', 'Testigos'),
        judged: checkpoint !== null && !none,
        findings: findings.filter((f) => f.code === 'quorum'),
        say: checkpoint === null ? null : [
            h('p', {}, none ? tr('The policy asks for no witnesses. So nothing protects against two ' +
                                 'histories that are shown to two people.',
                                 'La política no pide testigos. Así, nada protege contra dos ' +
                                 'historias mostradas a dos personas.')
                : tr('Cosignatures of this checkpoint by witnesses of the policy: ',
                     'Cofirmas de este punto de control por testigos de la política: ') +
                  String(checkpoint.cosigned.size)),
            witnessesView(checkpoint, policy)],
    };
}

export function checkpointStep(checkpoint, findings) {
    return {
        title: tr('The checkpoint is signed by the log, whose key the policy names',
                  'El punto de control lo firma la bitácora, cuya clave nombra la política'),
        judged: checkpoint !== null,
        findings: findings.filter((f) => f.code === 'checkpoint'),
        say: checkpoint && rows([
            [tr('Log', 'Bitácora'), mono(shown(checkpoint.origin))],
            [tr('Entries', 'Asientos'), String(checkpoint.size)],
            [tr('Root', 'Raíz'), mono(base64(checkpoint.root))]]),
    };
}

function chainView(receipt) {
    return h('ol', {}, [...receipt.judge.entries.values()].map((e) => {
        const m = e.form?.members ?? {};
        const what = e.kind === 'genesis' ? tr('the log names its first registrars',
                                               'la bitácora nombra a sus primeros registradores')
            : e.kind === 'enroll' ? tr(`enrols ${shown(m.display ?? m.authority)} as ${roleWords(m.role)}`,
                                       `da de alta a ${shown(m.display ?? m.authority)} como ${roleWords(m.role)}`)
                : e.kind === null ? '' : kindWords(e.kind);
        return h('li', {}, tr(`Entry ${e.index}, signed by `, `Asiento ${e.index}, firmado por `),
                 h('bdi', {}, whoIs(e.signer)), ': ', h('bdi', {}, what));
    }));
}

const AUTHORITY = ['key', 'signature', 'enrolment', 'role', 'genesis'];
const PLACED = ['checkpoint', 'quorum', 'receipt', 'link', 'unreadable', ...AUTHORITY];

export function receiptSteps(receipt, policy) {
    const { findings, judge, chain, checkpoint } = receipt;
    const first = chain?.[0].index;
    const judged = judge !== null;
    const about = (f) => AUTHORITY.includes(f.code) && f.code !== 'genesis' && f.entry === first;
    const isForm = (f) => ['receipt', 'unreadable'].includes(f.code) && !f.bad;
    return [
        { title: tr('The file has the form of a receipt', 'El archivo tiene la forma de un recibo'),
          judged: receipt.file !== null, findings: findings.filter(isForm) },
        checkpointStep(checkpoint, findings),
        quorumStep(judged ? checkpoint : null, policy, findings),
        { title: tr('Each entry stands in the log under this checkpoint',
                    'Cada asiento está en la bitácora bajo este punto de control'),
          judged, findings: findings.filter((f) => f.code === 'receipt' && f.bad),
          say: judged ? h('p', {}, count(chain.filter((e) => isProven(e, checkpoint)).length,
                                         'entry proven', 'entries proven', 'asiento probado',
                                         'asientos probados')) : null },
        { title: tr('The record is signed by an enrolled key',
                    'El registro lo firma una clave dada de alta'),
          judged: judged && judge.entries.get(first)?.signer !== undefined &&
              judge.entries.get(first)?.signer !== null,
          findings: findings.filter(about),
          say: judged && judge.entries.has(first)
              ? h('p', {}, h('bdi', {}, whoIs(judge.entries.get(first).signer))) : null },
        { title: tr('Each enrolment rests on an earlier one, down to the beginning of the log',
                    'Cada alta descansa en otra anterior, hasta el inicio de la bitácora'),
          judged, findings: findings.filter((f) => AUTHORITY.includes(f.code) && !about(f)),
          say: judged ? chainView(receipt) : null },
        { title: tr('Entries that stand beside each other are linked',
                    'Los asientos contiguos están enlazados'),
          judged, findings: findings.filter((f) => f.code === 'link') },
        { title: tr('Places, times and references are what they say',
                    'Lugares, horas y referencias son lo que dicen'),
          judged, findings: findings.filter((f) => !PLACED.includes(f.code)) },
    ];
}

function limits() {
    return details(tr('What this does not say', 'Lo que esto no dice'), h('ul', {},
        h('li', {}, tr('That the key was not revoked by a later entry, or that nothing is missing: ' +
                       'that takes a replay of the whole log.',
                       'Que ningún asiento posterior haya revocado la clave, o que no falte nada: ' +
                       'para eso hay que recorrer toda la bitácora.')),
        h('li', {}, tr('That what the record says is true: it says who signed it, and when it was ' +
                       'entered.',
                       'Que lo que el registro dice sea cierto: dice quién lo firmó y cuándo se ' +
                       'asentó.'))));
}

export function receiptView(receipt, policy) {
    const entry = receipt.judge?.entries.get(receipt.chain[0].index);
    const bad = receipt.findings.some((f) => f.bad);
    return [
        headline(receipt.exit, {
            good: tr('This record stands in the log, signed by whom it says.',
                     'Este registro está en la bitácora, firmado por quien dice.'),
            bad: `${tr('This file is proven wrong.', 'Este archivo está probadamente mal.')} ` +
                badAdvice(receipt.findings, receipt.judge !== null),
            undecided: undecidedAdvice(receipt.findings, policy) }),
        bad ? h('p', {}, tr('That is about this file: it does not convict the log.',
                            'Eso se refiere a este archivo: no condena a la bitácora.')) : null,
        entry && receipt.exit === 3 ? h('p', { class: 'label' }, tr(
            'What follows is what the file says. It is not confirmed.',
            'Lo que sigue es lo que dice el archivo. No está confirmado.')) : null,
        receipt.exit === 0 ? notLaw() : null,
        entry && !bad ? rows([
            [tr('Log', 'Bitácora'), mono(shown(receipt.checkpoint.origin))],
            [tr('Its place there', 'Su lugar en ella'), tr(`entry ${entry.index} of the first ${receipt.checkpoint.size}`,
                                                        `asiento ${entry.index} de los primeros ${receipt.checkpoint.size}`)],
        ]) : null,
        entry && !bad ? entryView(entry, true) : null,
        h('h3', {}, tr('Step by step', 'Paso a paso')),
        stepsView(receiptSteps(receipt, policy)),
        receipt.exit === 0 ? limits() : null,
    ];
}
