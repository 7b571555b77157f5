// Which requests lie outside of the warrant that they cite: what rules R07, R08 and R19 of docs/RULES.md
// ask, as far as what a file carries can answer it. Codes are compared as they are written: rulesets,
// which may give a code a second name, are no part of an answer.
import { millis } from './bytes.js';
import { warrantKey } from './index_keys.js';
import { codeWords, shown, timeOf, tr } from './words.js';

function warrantsFor(request, entries) {
    const { ref, court, entry } = request.form.members.warrant;
    return [...entries.values()].filter((e) => e.kind === 'warrant' && e.good && e.index < request.index &&
        e.form.members.ref === ref && (court === undefined || e.signer.members.authority === court) &&
        (entry === undefined || e.index === entry));
}

// When the warrant ends for this request, as far as judges of its court extended it before.
function endOf(warrant, request, entries) {
    const until = [...entries.values()].filter((e) => e.kind === 'extension' && e.good && e.index < request.index &&
        e.form.members.warrant.entry === warrant.index &&
        e.signer.members.authority === warrant.signer.members.authority).map((e) => millis(e.form.members.until));
    return Math.max(millis(warrant.form.members.window.until), ...until);
}

const found = (en, es) => ({ bad: true, words: tr(en, es) });
const open = (en, es) => ({ bad: false, words: tr(en, es) });

// R07.
function windowOf(w, r, accepted, end) {
    const from = millis(w.window.from);
    const out = [];
    if (accepted < from)
        out.push(found(`accepted before the warrant's window, which begins on ${timeOf(from)}`,
                       `aceptada antes de la vigencia del mandamiento, que empieza el ${timeOf(from)}`));
    if (accepted >= end)
        out.push(found(`accepted after the warrant's window, which ended on ${timeOf(end)}`,
                       `aceptada después de la vigencia del mandamiento, que terminó el ${timeOf(end)}`));
    const live = r.categories.some((c) => c.endsWith('_live'));
    const allowed = w.data_window ? [millis(w.data_window.from), millis(w.data_window.until)]
        : live ? [from, end] : null;
    if (w.data_window && !r.data_window)
        out.push(open('the warrant limits the data\'s time, and the request does not say it',
                      'el mandamiento limita el tiempo de los datos, y la solicitud no lo dice'));
    if (!allowed || !r.data_window)
        return out;
    if (millis(r.data_window.from) < allowed[0])
        out.push(found(`the data's time begins before what the warrant allows, from ${timeOf(allowed[0])}`,
                       `el tiempo de los datos empieza antes de lo que permite el mandamiento, desde el ${timeOf(allowed[0])}`));
    if (millis(r.data_window.until) > allowed[1])
        out.push(found(`the data's time ends after what the warrant allows, until ${timeOf(allowed[1])}`,
                       `el tiempo de los datos termina después de lo que permite el mandamiento, hasta el ${timeOf(allowed[1])}`));
    return out;
}

// R08.
function scopeOf(w, r) {
    const out = [];
    if (!w.used_by.includes(r.authority))
        out.push(found(`${shown(r.authority)} is not an authority that may use the warrant`,
                       `${shown(r.authority)} no es una autoridad que pueda usar el mandamiento`));
    for (const c of r.categories.filter((each) => !w.categories.includes(each)))
        out.push(found(`the category “${codeWords('category', c)}” is not in the warrant`,
                       `la categoría «${codeWords('category', c)}» no está en el mandamiento`));
    if (w.holders && !w.holders.includes(r.holder))
        out.push(found(`${shown(r.holder)} is not among the data holders of the warrant`,
                       `${shown(r.holder)} no está entre los poseedores de datos del mandamiento`));
    if (w.subjects && !r.subjects)
        out.push(open('the warrant names persons, and the request none',
                      'el mandamiento nombra personas, y la solicitud ninguna'));
    const named = (s) => w.subjects.some((x) => x.type === s.type && x.commit === s.commit);
    const others = w.subjects ? (r.subjects ?? []).filter((s) => !named(s)) : [];
    for (const type of new Set(others.map((s) => s.type))) {
        const kind = codeWords('subject_type', type);
        out.push(found(`a person identified by ${kind} has another seal than those whom the warrant names`,
                       `una persona identificada por ${kind} lleva otro sello que las que nombra el mandamiento`));
    }
    return out;
}

// [{bad, words}] of one request; null: its warrant is not in the file, which need not have it.
function judged(request, entries, question) {
    const r = request.form.members;
    const warrants = warrantsFor(request, entries);
    if (warrants.length !== 1 && warrantKey(r.warrant.ref) !== question.key)
        return null;
    if (warrants.length !== 1)
        return [warrants.length === 0
            ? found(`it cites “${shown(r.warrant.ref)}”, and no such warrant stands in the log before it`,
                    `cita «${shown(r.warrant.ref)}», y antes de ella no hay tal mandamiento en la bitácora`)
            : found(`it cites “${shown(r.warrant.ref)}”, and several warrants have that reference`,
                    `cita «${shown(r.warrant.ref)}», y varios mandamientos tienen esa referencia`)];
    const [warrant] = warrants;
    const w = warrant.form.members;
    return [...scopeOf(w, r), ...windowOf(w, r, request.form.accepted, endOf(warrant, request, entries))];
}

// Of the requests among `asked`, in words of the reader's language: {compared: how many; said: Map(entry ->
// [{bad, words}]), those of which something is to be said; apart: those whose warrant is not in the file}.
// entries: Map(index -> entry of a judge), each proven.
export function outsideOf(entries, asked, question) {
    const out = { compared: 0, said: new Map(), apart: [] };
    for (const i of asked) {
        const e = entries.get(i);
        if (e?.kind !== 'request' || !e.good || !e.form.members.warrant)
            continue;
        const said = judged(e, entries, question);
        if (said === null)
            out.apart.push(i);
        else
            out.compared++;
        if (said?.length > 0)
            out.said.set(i, said);
    }
    return out;
}

// Of good receipts of one log those of requests that lie outside of a warrant whose receipt is there, too:
// [{request: its entry, words: [text]}].
export function outsideTogether(receipts) {
    const entries = new Map(receipts.flatMap((r) => [...r.judge.entries]));
    return receipts.map((r) => entries.get(r.chain[0].index))
        .filter((e) => e.kind === 'request' && e.good && e.form.members.warrant)
        .map((e) => ({ request: e.index, words: (judged(e, entries, { key: null }) ?? [])
            .filter((f) => f.bad).map((f) => f.words) }))
        .filter((each) => each.words.length > 0);
}

// The entries of `out` that are outside for certain.
export function isOutside(out, i) {
    return (out.said.get(i) ?? []).some((f) => f.bad);
}
