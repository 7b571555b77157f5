// Requests that lie outside of their warrant, and what was handed over all the same.
import { h, mono } from './dom.js';
import { isOutside } from './outside.js';
import { whoIs } from './view_record.js';
import { codeWords, shown, timeOf, tr } from './words.js';

function responsesTo(index, entries) {
    return [...entries.values()].filter((e) => e.kind === 'response' && e.form.members.request?.entry === index)
        .map((e) => tr(`Response ${e.index}: `, `Respuesta ${e.index}: `) + codeWords('outcome', e.form.members.outcome));
}

function requestView(index, said, entries) {
    const e = entries.get(index);
    const bad = said.some((f) => f.bad);
    return h('li', { class: bad ? 'bad' : 'undecided' },
        h('strong', {}, bad ? '✗ ' : '? ', tr(`Request ${index}`, `Solicitud ${index}`)), ', ', timeOf(e.form.accepted), ', ',
        h('bdi', {}, whoIs(e.signer)), ': ', said.map((f) => f.words).join('; '), '.',
        responsesTo(index, entries).map((words) => [' ', h('strong', {}, words), '.']));
}

function command(ref) {
    return mono(`bitacora warrant check ${/^[\w./-]+$/.test(ref) ? ref : `'${shown(ref)}'`} --html`);
}

export function outsideCount(out) {
    return [...out.said.keys()].filter((i) => isOutside(out, i)).length;
}

function compareWords(n, outside) {
    const how = tr('categories, data holder, authority, times and sealed persons, as they are written',
                   'categorías, poseedor de datos, autoridad, tiempos y personas selladas, como están escritos');
    return n === 0 ? tr('No request was compared with a warrant.', 'Ninguna solicitud se comparó con un mandamiento.')
        : tr(`Requests compared with the warrant that they cite: ${n} (${how}). Outside: ${outside}.`,
             `Solicitudes comparadas con el mandamiento que citan: ${n} (${how}). Fuera: ${outside}.`);
}

// out: of outsideOf(); ref: the reference that was asked for, or null.
export function outsideView(out, entries, ref) {
    const outside = outsideCount(out);
    return h('section', { class: outside > 0 ? 'warning outside' : 'outside' },
        h('h3', {}, outside > 0 ? tr(`Requests that lie outside of their warrant: ${outside}`,
                                     `Solicitudes que quedan fuera de su mandamiento: ${outside}`)
            : tr('Requests and their warrant', 'Las solicitudes y su mandamiento')),
        out.said.size === 0 ? null : h('ul', { class: 'plain' }, [...out.said].map(([i, said]) => requestView(i, said, entries))),
        h('p', {}, compareWords(out.compared, outside), ' ',
          tr('Whether a request keeps within the law this page does not say. The program compares more: ',
             'Si una solicitud se apega a la ley, esta página no lo dice. El programa compara más: '),
          command(ref ?? tr('REFERENCE', 'REFERENCIA')), '.'),
        out.apart.length === 0 ? null : h('p', {}, tr('The warrant of these requests is not in this file, and they were not compared: ',
                                                     'El mandamiento de estas solicitudes no está en este archivo, y no se compararon: '),
                                          out.apart.join(', '), '.'));
}
