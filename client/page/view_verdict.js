// Verdicts and steps. A step is good only if it was judged and nothing was found.
import { h } from './dom.js';
import { findingWords, tr } from './words.js';

const STATES = {
    good: ['✓', 'good', 'bien'],
    bad: ['✗', 'bad', 'mal'],
    undecided: ['?', 'undecided', 'sin decidir'],
    skipped: ['–', 'not judged', 'no se juzgó'],
    word: ['!', 'with a reservation', 'con reserva'],
};
const WORSE = ['good', 'word', 'undecided', 'bad'];

export function stateWords(state) {
    const [, en, es] = STATES[state];
    return tr(en, es);
}

function stateMark(state) {
    return h('span', { class: `mark ${state}` },
             h('span', { 'aria-hidden': 'true' }, STATES[state][0]), ' ', stateWords(state));
}

export function stateOfExit(exit) {
    return exit === 0 ? 'good' : exit === 1 ? 'bad' : 'undecided';
}

// The worst of states; of none, good.
export function worstOf(states) {
    return WORSE[Math.max(0, ...states.map((s) => WORSE.indexOf(s)))];
}

// What the steps of findings come to: bad before undecided.
function stateOf(judged, findings) {
    if (findings.some((f) => f.bad))
        return 'bad';
    return findings.length > 0 ? 'undecided' : judged ? 'good' : 'skipped';
}

// A list of steps {title, judged, findings, say: [nodes]}.
export function stepsView(steps) {
    return h('ol', { class: 'steps' }, steps.map((s) => {
        const state = stateOf(s.judged, s.findings ?? []);
        return h('li', { class: state }, h('div', { class: 'step' }, h('strong', {}, s.title), ' ',
                                           stateMark(state)),
                 s.say ?? null,
                 (s.findings ?? []).map((f) => h('p', { class: 'finding' }, findingWords(f), ' ',
                                                 h('code', {}, f.code))));
    }));
}

const SHOWN = 200; // findings; the rest is counted

export function findingsView(findings) {
    const line = (f) => h('li', { class: f.bad ? 'bad' : 'undecided' }, findingWords(f), ' ',
                          h('code', {}, f.code), f.path ? [' ', h('code', {}, f.path)] : null);
    return findings.length === 0 ? null : h('ul', { class: 'findings' },
        findings.slice(0, SHOWN).map(line),
        findings.length > SHOWN ? h('li', {}, tr(`and ${findings.length - SHOWN} more`,
                                                 `y ${findings.length - SHOWN} más`)) : null);
}

// Rules stay with the program: "good" is about the log, not about the law.
export function notLaw() {
    return h('p', {}, tr('That is no judgment of the request: whether it keeps within the law, and within a ' +
                         'warrant, this page does not say.',
                         'Eso no califica lo solicitado: si se apega a la ley, y a un mandamiento, esta página ' +
                         'no lo dice.'));
}

// The headline of a file's verdict; words: {good, bad, undecided}.
export function headline(exit, words) {
    const state = stateOfExit(exit);
    return headlineOf(state, words[state]);
}

export function headlineOf(state, ...words) {
    return h('p', { class: `verdict ${state}` }, stateMark(state), ' ', words);
}
