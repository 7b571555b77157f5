// Files that lie there together: those that are no good, then what the others say of each other.
import { h } from './dom.js';
import { findingsView, headlineOf, stateWords, worstOf } from './view_verdict.js';
import { codeWords, shown, tr } from './words.js';

const PLACES = {
    there: ['is in the answer', 'está en la respuesta'],
    absent: ['belongs in the answer, and IS NOT THERE', 'debe estar en la respuesta, y NO ESTÁ'],
    later: ['is newer than the answer, which ends before it', 'es posterior a la respuesta, que termina antes'],
    other: ['is about something else than the answer', 'trata de algo distinto de la respuesta'],
};

function placeView({ receipt, answer, place, outside }) {
    const [en, es] = PLACES[place];
    return h('li', { class: place === 'absent' ? 'bad' : null }, h('bdi', {}, shown(receipt)), ' ', h('strong', {}, tr(en, es)),
             ' ', h('bdi', {}, shown(answer)), '.', outside.length === 0 ? null
                 : [' ', h('strong', { class: 'odd' }, tr('It lies outside of the warrant: ', 'Queda fuera del mandamiento: '),
                           outside.join('; '), '.')]);
}

function personView({ opening, answer, who, entries }) {
    return h('li', {}, h('bdi', {}, shown(opening)), tr(' names ', ' nombra a '), h('strong', {}, h('bdi', {}, shown(who.value))),
             ` (${codeWords('subject_type', who.type)}). `,
             entries.length === 0 ? tr('No entry has that seal in ', 'Ningún asiento tiene ese sello en ')
                 : [tr('The same person, by the same seal, is meant in ', 'La misma persona, con el mismo sello, está en '),
                    h('strong', {}, entries.length === 1 ? tr('entry ', 'el asiento ') : tr('entries ', 'los asientos '),
                      entries.join(', ')), tr(' of ', ' de ')],
             h('bdi', {}, shown(answer)), '. ',
             tr('In others the same person may be sealed anew; only their openings show that.',
                'En otros la misma persona puede estar sellada de nuevo; eso solo lo muestran sus aperturas.'));
}

function noGoodWords(files, n) {
    const bad = files.filter((f) => f.state === 'bad').length;
    const undecided = files.filter((f) => f.state === 'undecided').length;
    return [
        bad > 0 && tr(`Of ${n} files, bad: ${bad}. Do not use ${bad === 1 ? 'it' : 'them'}.`,
                      `De ${n} archivos, mal: ${bad}. No ${bad === 1 ? 'lo' : 'los'} use.`),
        undecided > 0 && tr(`Of ${n} files, undecided: ${undecided}. Do not rely on ${undecided === 1 ? 'it' : 'them'}.`,
                            `De ${n} archivos, sin decidir: ${undecided}. No ${undecided === 1 ? 'lo' : 'los'} dé por ` +
                            `${undecided === 1 ? 'bueno' : 'buenos'}.`),
    ].filter((words) => words);
}

function againstWords(state, some) {
    const words = {
        good: some ? ['The others do not contradict each other.', 'Los demás no se contradicen.']
            : ['They do not contradict each other.', 'No se contradicen.'],
        undecided: ['Times contradict each other.', 'Las horas se contradicen.'],
        bad: ['They contradict each other: the log told different things.',
              'Se contradicen: la bitácora dijo cosas distintas.'],
    };
    return tr(...words[state]);
}

// files: [{name, state}], all that lie there; compared: how many of them were held against each other;
// findings: of these; pairs: [{receipt, answer: names, place: what placeIn() says, outside: [words]}];
// outside: what outsideTogether() says; people: [{opening, answer: names, who, entries}]; convicted: whether one of them proves that the log did
// wrong. The box is never better than the worst file.
export function togetherView({ files, compared, findings, pairs, outside, people, convicted }) {
    const bad = findings.some((f) => f.bad) || pairs.some((p) => p.place === 'absent');
    const against = bad ? 'bad' : findings.length > 0 ? 'undecided' : 'good';
    const noGood = files.filter((f) => ['bad', 'undecided'].includes(f.state));
    const states = [...files.map((f) => f.state), against, convicted ? 'bad' : 'good',
                    outside.length > 0 ? 'word' : 'good'];
    return h('article', { class: 'result', id: 'together' },
        h('h2', {}, tr(`The ${files.length} files together`, `Los ${files.length} archivos juntos`)),
        headlineOf(worstOf(states), [...noGoodWords(noGood, files.length),
            convicted && tr('One of them convicts the log.', 'Uno de ellos condena a la bitácora.'),
            compared > 1 && againstWords(against, noGood.length > 0),
            outside.length > 0 && tr(`Requests that lie outside of the warrant: ${outside.length}.`,
                                     `Solicitudes que quedan fuera del mandamiento: ${outside.length}.`)].filter((words) => words).join(' ')),
        noGood.length === 0 ? null : h('ul', {}, noGood.map((f) =>
            h('li', { class: f.state }, h('bdi', {}, shown(f.name)), ': ', h('strong', {}, stateWords(f.state))))),
        findingsView(findings),
        outside.length === 0 ? null : h('ul', { class: 'outside' }, outside.map((o) =>
            h('li', { class: 'bad' }, tr(`Request ${o.request} lies outside of the warrant, whose receipt is here, too: `,
                                         `La solicitud ${o.request} queda fuera del mandamiento, cuyo recibo también está ` +
                                         'aquí: '), o.words.join('; '), '.'))),
        pairs.length === 0 ? null : h('ul', {}, pairs.map(placeView)),
        people.length === 0 ? null : h('ul', { class: 'people' }, people.map(personView)));
}
