// Receipts and answers that lie there together.
import { h } from './dom.js';
import { findingsView, headline } from './view_verdict.js';
import { shown, tr } from './words.js';

const PLACES = {
    there: ['is in the answer', 'está en la respuesta'],
    absent: ['belongs in the answer, and IS NOT THERE', 'debe estar en la respuesta, y NO ESTÁ'],
    later: ['is newer than the answer, which ends before it', 'es posterior a la respuesta, que termina antes'],
    other: ['is about something else than the answer', 'trata de algo distinto de la respuesta'],
};

function placeView({ receipt, answer, place }) {
    const [en, es] = PLACES[place];
    return h('li', { class: place === 'absent' ? 'bad' : null }, h('bdi', {}, shown(receipt)), ' ', h('strong', {}, tr(en, es)),
             ' ', h('bdi', {}, shown(answer)), '.');
}

// pairs: [{receipt, answer: names, place: what placeIn() says}].
export function togetherView(findings, n, pairs) {
    const bad = findings.some((f) => f.bad) || pairs.some((p) => p.place === 'absent');
    return h('article', { class: 'result', id: 'together' },
        h('h2', {}, tr(`The ${n} files against each other`, `Los ${n} archivos entre sí`)),
        headline(bad ? 1 : findings.length > 0 ? 3 : 0, {
            good: tr('They do not contradict each other.', 'No se contradicen.'),
            bad: tr('They contradict each other: the log told different things.',
                    'Se contradicen: la bitácora dijo cosas distintas.'),
            undecided: tr('Times contradict each other.', 'Las horas se contradicen.') }),
        findingsView(findings),
        pairs.length === 0 ? null : h('ul', {}, pairs.map(placeView)));
}
