// The log that serves this page, if one does: at a glance, its own policy, its answers.
import { compare, utf8 } from './bytes.js';
import { askAnswer, askReceipt, getText } from './asking.js';
import { openCheckpoint, Refused } from './checkpoints.js';
import { details, h, mono, rows } from './dom.js';
import { readPolicy } from './policies.js';
import { verifyAnswer } from './answers.js';
import { verifyReceipt } from './receipts.js';
import { ageWords, oldView } from './view_age.js';
import { answerView } from './view_answer.js';
import { checkpointStep, quorumStep } from './view_receipt.js';
import { headline, stepsView } from './view_verdict.js';
import { codeMeaning, operatorsLabels, shown, timeOf, tr } from './words.js';

const SAMPLES = 6; // receipts by which growth is shown

// note: the newest checkpoint; policy: {policy, bytes} of the operator; glance: what was verified of
// it, under whose policy; found: an answer.
export const served = { operators: false, note: null, policy: null, glance: null, found: null,
                        asked: '', asking: false };

export async function startServed() {
    if (location.protocol === 'file:')
        return;
    served.note = await getText('checkpoint');
    served.operators = served.note !== null;
    const text = served.operators ? await getText('policy') : null;
    const read = text && readPolicy(text);
    served.policy = read?.policy ? { policy: read.policy, bytes: text } : null;
}

// The policy in use: the reader's, or only to look at the log, the operator's.
function policyOf(state) {
    return state.policy?.policy ?? served.policy?.policy ?? null;
}

// ---- at a glance

// [{size, accepted}] by receipts that are good but for witnesses.
async function growth(size, policy) {
    const out = [];
    const at = new Set(Array.from({ length: SAMPLES }, (_, i) =>
        Math.floor(((Number(size) - 1) * i) / (SAMPLES - 1))));
    for (const index of at) {
        const bytes = await askReceipt(index);
        const r = bytes && await verifyReceipt(bytes, policy);
        if (r && r.findings.every((f) => f.code === 'quorum') && r.chain[0].index === index)
            out.push({ size: index + 1, accepted: r.judge.entries.get(index).form.accepted });
    }
    return out;
}

// Judges the newest checkpoint under the policy in use. Called again when that changes.
export async function look(state) {
    const policy = policyOf(state);
    if (served.note === null || policy === null || served.glance?.policy === policy)
        return;
    const glance = { policy, checkpoint: null, findings: [], growth: [] };
    served.glance = glance;
    try {
        glance.checkpoint = await openCheckpoint(served.note, policy);
        if (!glance.checkpoint.quorum)
            glance.findings.push({ code: 'quorum', entry: null, bad: false });
        glance.growth = await growth(glance.checkpoint.size, policy);
    } catch (e) {
        if (!(e instanceof Refused))
            throw e;
        glance.findings.push({ code: e.code, entry: null, bad: e.bad });
    }
}

function growthView(list) {
    return list.length < 2 ? null : details(tr('Growth', 'Crecimiento'), h('table', {},
        h('thead', {}, h('tr', {}, h('th', { scope: 'col' }, tr('Time', 'Hora')),
                         h('th', { scope: 'col', class: 'number' }, tr('Entries', 'Asientos')))),
        h('tbody', {}, list.map((g) => h('tr', {}, h('td', {}, timeOf(g.accepted)),
                                         h('td', { class: 'number' }, String(g.size)))))));
}

function glanceView(state, draw, usePolicy) {
    const { glance } = served;
    const own = state.policy === null;
    const use = own && served.policy ? h('p', {}, h('button', { type: 'button', id: 'use-policy', onclick: async () => {
        await usePolicy({ ...served.policy, operators: true,
                          name: tr('the operator\'s own policy', 'la política de quien opera') });
        draw();
    } }, tr('Go on with the operator\'s policy', 'Seguir con la política de quien opera'))) : null;
    return h('section', { 'aria-labelledby': 'log-title' },
        h('h2', { id: 'log-title' }, tr('This log', 'Esta bitácora')),
        operatorsLabels(true, { operators: own || state.policy.operators }).map((words) =>
            h('p', { class: 'label' }, words)),
        h('p', {}, h('a', { href: 'policy' }, tr('The operator\'s own policy', 'La política de quien opera'))),
        glance === null ? h('p', {}, tr('Nothing was verified yet.', 'Aún no se verificó nada.')) : [
            stepsView([checkpointStep(glance.checkpoint, glance.findings),
                       quorumStep(glance.checkpoint, glance.policy, glance.findings)]),
            glance.checkpoint && oldView(glance.checkpoint),
            glance.checkpoint && rows([[tr('Last checkpoint', 'Último punto de control'), ageWords(glance.checkpoint)]]),
            growthView(glance.growth)],
        use);
}

// ---- find a warrant

export function forgetFound() {
    served.found = null;
    served.glance = null;
}

async function find(state, draw) {
    served.asking = true;
    served.found = null;
    draw();
    const { glance, asked } = served;
    const cp = glance?.checkpoint;
    const got = cp ? await askAnswer('warrant', asked, served.note, cp.size) : { refused: 'checkpoint' };
    const answer = got.bytes ? await verifyAnswer(got.bytes, glance.policy) : null;
    if (answer?.question)
        lookAtQuestion(answer, asked, cp);
    served.asking = false;
    if (served.glance === glance) // else there is another policy by now
        served.found = { asked, answer, refused: got.refused, bytes: got.bytes,
                         policy: glance?.policy, own: glance?.policy === served.policy?.policy };
    draw();
    document.getElementById('found')?.focus();
}

// A log may answer another question well, or stop before its end.
function lookAtQuestion(answer, asked, cp) {
    const tell = () => answer.findings.push({ code: 'answer', entry: null, bad: true, related: null });
    if (answer.question.type !== 'warrant' || compare(answer.question.value, utf8(asked)) !== 0)
        tell();
    else if (answer.completeTo !== cp.size - 1)
        tell();
    answer.exit = answer.findings.some((f) => f.bad) ? 1 : answer.exit;
}

function save(found) {
    const url = URL.createObjectURL(new Blob([found.bytes]));
    return h('p', {}, h('a', { href: url, download: 'warrant.answer' },
                        tr('Keep this answer as a file', 'Guardar esta respuesta como archivo')));
}

function foundView({ asked, answer, refused, bytes, policy, own }) {
    return h('article', { class: 'result', id: 'found', tabindex: '-1' },
        h('h3', {}, h('bdi', {}, shown(asked))),
        operatorsLabels(true, { operators: own }).map((words) => h('p', { class: 'label' }, words)),
        answer === null ? [headline(3, { undecided: tr('The log gave no answer.', 'La bitácora no dio respuesta.') }),
                           h('p', {}, mono(refused === 'checkpoint' ? codeMeaning(refused) : shown(refused)))]
            : [answerView(answer, policy), save({ bytes })]);
}

function findView(state, draw) {
    return h('section', { 'aria-labelledby': 'find-title' },
        h('h2', { id: 'find-title' }, tr('Find a warrant', 'Buscar un mandamiento')),
        h('form', { onsubmit: (e) => {
            e.preventDefault();
            served.asked = document.getElementById('warrant').value;
            if (served.asked !== '' && !served.asking)
                find(state, draw);
        } },
        h('p', {}, h('label', { for: 'warrant' }, tr('The court\'s own reference', 'La referencia del propio juzgado')),
          h('input', { type: 'text', id: 'warrant', value: served.asked, maxlength: '256', autocomplete: 'off' })),
        h('p', {}, h('button', { type: 'submit', id: 'find', disabled: served.asking },
                     served.asking ? tr('Asking…', 'Preguntando…') : tr('Find', 'Buscar')))),
        h('div', { 'aria-live': 'polite' }, served.found && foundView(served.found)));
}

export function servedView(state, draw, usePolicy) {
    return served.operators ? [glanceView(state, draw, usePolicy), findView(state, draw)] : [];
}
