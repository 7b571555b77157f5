// A record in words.
import { base64, millis } from './bytes.js';
import { details, h, mono, rows, TECH } from './dom.js';
import { codeWords, kindWords, memberWords, roleWords, shown, timeOf, tr, typeOf,
         valueWords } from './words.js';

function text(value) {
    return h('bdi', {}, value);
}

// An end, which no window includes. At midnight people take it for a day that is.
function untilWords(ms) {
    const day = timeOf(ms - 1).slice(0, 10);
    return timeOf(ms).includes(' 00:00:00 ')
        ? tr(`${timeOf(ms)}, not included: the last day is ${day}`,
             `${timeOf(ms)}, sin incluirlo: el último día es el ${day}`)
        : tr(`${timeOf(ms)}, not included`, `${timeOf(ms)}, sin incluirlo`);
}

// A time by which something is due.
function termWords(ms) {
    const day = timeOf(ms - 1).slice(0, 10);
    return timeOf(ms).includes(' 00:00:00 ')
        ? tr(`${timeOf(ms)}: the last whole day is ${day}`, `${timeOf(ms)}: el último día entero es el ${day}`)
        : timeOf(ms);
}

function windowWords(w) {
    return tr(`${timeOf(millis(w.from))} to ${untilWords(millis(w.until))}`,
              `${timeOf(millis(w.from))} a ${untilWords(millis(w.until))}`);
}

function objectView(kind, path, value) {
    return rows(Object.entries(value).map(([name, v]) =>
        [memberWords(name), valueView(kind, path === '' ? name : `${path}.${name}`, name, v), ...techOf(name)]));
}

const TIMES = { until: untilWords, term: termWords };

// What a machine needs: stands last.
const TECHNICAL = ['id', 'under', 'document', 'digest', 'hash', 'sealed', 'to', 'commit'];

function techOf(name) {
    return TECHNICAL.includes(name) ? [TECH] : [];
}

// Objects that have a table of their own in FORMATS.
const NAMED = ['case', 'subject', 'note', 'table'];

function valueView(kind, path, name, value) {
    if (Array.isArray(value))
        return value.length === 1 ? valueView(kind, path, name, value[0])
            : h('ul', {}, value.map((v) => h('li', {}, valueView(kind, path, name, v))));
    const type = typeOf(kind, path).replace('[]', '');
    const code = /code of ([a-z_]+)/.exec(type);
    if (code)
        return h('span', {}, codeWords(code[1], value), ' ', mono(value));
    if (typeof value === 'boolean')
        return tr(value ? 'yes' : 'no', value ? 'sí' : 'no');
    if (type === 'window')
        return windowWords(value);
    if (type.startsWith('ref'))
        return tr(`entry ${value.entry}`, `asiento ${value.entry}`);
    if (typeof value === 'object')
        return NAMED.includes(type) ? [objectView(type, '', value), type === 'subject' ? sealedWords() : null]
            : objectView(kind, path, value);
    if (type === 'time' && millis(value) !== null)
        return (TIMES[name] ?? timeOf)(millis(value));
    if (['hash', 'sig', 'token', 'vkey', 'UUID', 'code', 'name'].includes(type))
        return mono(value);
    return text(valueWords(kind, name, value));
}

function sealedWords() {
    return h('p', { class: 'quiet' }, tr('Sealed: only an opening shows who that is.',
                                        'Sellado: quién es solo lo muestra una apertura.'));
}

function membersView(form) {
    const all = Object.entries(form.members);
    return rows([...all.filter(([name]) => !TECHNICAL.includes(name)), ...all.filter(([name]) => TECHNICAL.includes(name))]
        .map(([name, value]) => [memberWords(name), valueView(form.kind, name, name, value), ...techOf(name)]));
}

// Who a key is: the name that it signs by, then for what institution it was enrolled.
export function whoIs(signer) {
    if (signer === null)
        return tr('unknown', 'se desconoce');
    const m = signer.members;
    const name = m.display ?? m.authority;
    return name === undefined ? `${signer.vkey.name}, ${roleWords(signer.role)}`
        : tr(`${signer.vkey.name}, ${roleWords(signer.role)} of ${shown(name)}`,
             `${signer.vkey.name}, ${roleWords(signer.role)} de ${shown(name)}`);
}

// Of what is about one request: which.
function toRequest(m) {
    return m.request ? tr(`to request ${m.request.entry}`, `a la solicitud ${m.request.entry}`) : '';
}

const SUMMARY = {
    warrant: (m) => shown(m.ref),
    request: (m) => [shown(m.holder), m.categories.map((c) => codeWords('category', c)).join(', '),
                     m.warrant && shown(m.warrant.ref)].filter((x) => x).join(' · '),
    response: (m) => [toRequest(m), codeWords('outcome', m.outcome)].filter((x) => x).join(' · '),
    notice: (m) => toRequest(m),
    judicial_notice: (m) => toRequest(m),
    deferral: (m) => toRequest(m),
    enroll: (m) => `${shown(m.display ?? m.authority)}, ${roleWords(m.role)}`,
    revoke: (m) => valueWords('revoke', 'reason', m.reason),
    correction: (m) => codeWords('cause', m.cause),
    error_report: (m) => codeWords('cause', m.cause),
    ratification: (m) => `${toRequest(m)} · ${valueWords('ratification', 'result', m.result)}`,
};

function summaryOf(form) {
    return SUMMARY[form.kind]?.(form.members) ?? '';
}

// An entry that was proven. e: of a judge.
export function entryView(e, open = false, warning = null) {
    if (e.form === null || e.kind === null)
        return h('p', {}, tr(`Entry ${e.index}: its record is of no form that this page knows.`,
                             `Asiento ${e.index}: su registro no tiene una forma que esta página conozca.`));
    const body = [rows([
        [tr('Signed by', 'Firmado por'), text(e.signer ? whoIs(e.signer) : e.form.name)],
        [tr('Accepted by the log', 'Aceptado por la bitácora'), timeOf(e.form.accepted)],
    ]), membersView(e.form), rows([[tr('Leaf hash', 'Hash de hoja'), mono(base64(e.leaf)), TECH]])];
    const title = `${e.index}. ${kindWords(e.kind)}`;
    if (open)
        return h('section', { class: 'entry' }, h('h3', {}, title), body);
    const signed = h('span', { class: 'quiet by' }, tr('signed by ', 'firmado por '),
                     h('bdi', {}, e.signer?.vkey.name ?? e.form.name));
    return details([h('strong', {}, title), ' ', h('span', { class: 'quiet' }, timeOf(e.form.accepted)), ' ',
                    h('bdi', {}, summaryOf(e.form)), ' ', signed,
                    warning && [' ', h('strong', { class: 'odd' }, warning)]], body);
}
