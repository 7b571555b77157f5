// Words for people, in English and Spanish. Texts of records are shown so that nothing in them can
// hide or pass for something else.
import { labels, tables, unicode } from './data.js';
import { wordText } from './policies.js';

export const language = { now: 'es' };

export function tr(en, es) {
    return language.now === 'es' ? es : en;
}

function pick(pair) {
    return pair && pair[language.now === 'es' ? 1 : 0];
}

// A text in which what cannot be seen is written out.
export function shown(text) {
    return [...text].map((c) => {
        const n = c.codePointAt(0);
        return n !== 0x20 && unicode.hidden.some(([first, last]) => n >= first && n <= last)
            ? `⟨U+${n.toString(16).toUpperCase().padStart(4, '0')}⟩` : c;
    }).join('');
}

// The name that a policy gives a witness or a group.
export function shownName(word) {
    return shown(wordText(word));
}

// By this computer's clock, with how far that is from UTC.
export function timeOf(ms) {
    const t = Number(ms);
    const minutes = -new Date(t).getTimezoneOffset();
    const two = (n) => String(n).padStart(2, '0');
    const zone = minutes === 0 ? 'UTC' : `(UTC${minutes < 0 ? '−' : '+'}${two(Math.floor(Math.abs(minutes) / 60))}:` +
        `${two(Math.abs(minutes) % 60)})`;
    const local = new Date(t + minutes * 60000).toISOString();
    return `${local.replace('T', ' ').replace(/\.\d+Z$/, '')} ${zone}`;
}

export function count(n, en, ens, es, ess) {
    return `${n} ${tr(n === 1 ? en : ens, n === 1 ? es : ess)}`;
}

export function kindWords(kind) {
    return pick(labels.kinds[kind]) ?? kind;
}

export function roleWords(role) {
    return pick(labels.roles[role]) ?? role;
}

export function memberWords(name) {
    const more = {
        entry: ['Entry', 'Asiento'], hash: ['Hash', 'Hash'], court: ['Court', 'Juzgado'],
        code: ['What for', 'Para qué'], after: ['After', 'Después de'], size: ['Size', 'Tamaño'],
        type: ['Kind of identifier', 'Tipo de identificador'], commit: ['Commitment', 'Compromiso'],
        sealed: ['Sealed blob (SHA-256)', 'Blob sellado (SHA-256)'], to: ['Sealed to', 'Sellado a'],
        scheme: ['Numbering', 'Numeración'], number: ['Number', 'Número'],
        country: ['Country', 'País'], rows: ['Rows', 'Filas'], entries: ['Entries', 'Asientos'],
        unkeyed: ['Rows without a key', 'Filas sin clave'],
    };
    return pick(labels.members[name] ?? more[name]) ?? name;
}

const LISTS = { function_or_sector: ['function', 'sector'] };

// The words of a code of a vocabulary, with the code, or the code alone.
export function codeWords(vocabulary, code) {
    for (const list of LISTS[vocabulary] ?? [vocabulary]) {
        const words = Object.hasOwn(labels[list] ?? {}, code) ? pick(labels[list][code]) : null;
        if (words)
            return words;
    }
    return shown(code);
}

// The type of a member of a kind, as FORMATS writes it.
export function typeOf(kind, path) {
    return tables[kind]?.[path]?.[0] ?? '';
}

export function valueWords(kind, name, value) {
    if (name === 'role')
        return roleWords(value);
    if (kind === 'revoke' && name === 'reason')
        return pick(labels.reasons[value]) ?? value;
    if (kind === 'ratification' && name === 'result')
        return pick(labels.results[value]) ?? value;
    return typeof value === 'string' ? shown(value) : String(value);
}

// ---- findings

const CODES = {
    form: ['an entry does not have the form of the format', 'un asiento no tiene la forma del formato'],
    too_large: ['a record is too large', 'un registro es demasiado grande'],
    version: ['an entry is of a version that this page does not know',
              'un asiento es de una versión que esta página no conoce'],
    genesis: ['the log does not begin as its key says', 'la bitácora no empieza como dice su clave'],
    index: ['a place in the log, or its index, is not what it says',
            'un lugar en la bitácora, o su índice, no es el que dice'],
    link: ['an entry does not name the one before it', 'un asiento no nombra al anterior'],
    time: ['an entry was accepted before the one that stands before it',
           'un asiento fue aceptado antes que el que lo precede'],
    key: ['nobody enrolled the signing key', 'nadie dio de alta la clave que firma'],
    signature: ['the signature is not good', 'la firma no es válida'],
    enrolment: ['the signer\'s enrolment does not allow this', 'el alta de quien firma no permite esto'],
    role: ['the signer\'s role may not sign this', 'el papel de quien firma no permite firmar esto'],
    reference: ['it refers to an entry that is not as it says',
                'remite a un asiento que no es como dice'],
    basis: ['too little is known of an entry that it refers to',
            'se sabe demasiado poco de un asiento al que remite'],
    skew: ['the signer\'s clock and the log\'s are too far apart',
           'el reloj de quien firma y el de la bitácora difieren demasiado'],
    id: ['the signer used this identifier before', 'quien firma ya había usado este identificador'],
    replayed: ['the same record was entered before', 'el mismo registro ya se había asentado'],
    frozen: ['the log goes on after it ended', 'la bitácora sigue después de su fin'],
    leaf: ['an entry is not the one in the tree', 'un asiento no es el del árbol'],
    bundle: ['a file of entries cannot be divided', 'un archivo de asientos no puede dividirse'],
    tile: ['a file of the tree is wrong', 'un archivo del árbol está mal'],
    root: ['the entries are not those of the checkpoint',
           'los asientos no son los del punto de control'],
    checkpoint: ['the checkpoint does not open under this policy',
                 'el punto de control no se abre con esta política'],
    fork: ['two histories under the log\'s key', 'dos historias bajo la clave de la bitácora'],
    rollback: ['a witness cosigned a smaller log after a larger one',
               'un testigo cofirmó una bitácora menor después de una mayor'],
    stale: ['older than what was seen before', 'más antiguo que lo visto antes'],
    quorum: ['the witnesses that the policy asks for are not all there',
             'no están todos los testigos que la política pide'],
    clock: ['the clocks of the log and of a witness contradict each other',
            'los relojes de la bitácora y de un testigo se contradicen'],
    missing: ['a file is not there', 'falta un archivo'],
    unreadable: ['a file could not be had', 'no se pudo obtener un archivo'],
    opening: ['the opening is not what the entry commits to',
              'la apertura no es aquello con lo que el asiento se compromete'],
    sealed: ['the sealed blob is not what the opening makes',
             'el blob sellado no es el que la apertura produce'],
    receipt: ['it is no receipt, or its proof does not lead to the checkpoint',
              'no es un recibo, o su prueba no lleva al punto de control'],
    answer: ['it is no answer, it was cut, or it does not prove what it says',
             'no es una respuesta, fue cortada, o no prueba lo que dice'],
    evidence: ['it is no evidence, or does not prove what it says',
               'no es una evidencia, o no prueba lo que dice'],
};

export function codeMeaning(code) {
    return pick(CODES[code]) ?? code;
}

// Of codes that stand for two things: that the file has not the form, and that what it carries does
// not prove it.
const PROVEN_WRONG = {
    receipt: ['its proof does not lead to the checkpoint', 'su prueba no lleva al punto de control'],
    answer: ['it does not prove what it says', 'no prueba lo que dice'],
    checkpoint: ['the checkpoint is not as it was signed', 'el punto de control no es como se firmó'],
};
const UNPROVEN = {
    receipt: ['it is no receipt, or was cut or altered', 'no es un recibo, o fue cortado o alterado'],
    unknown: ['no key that the policy names for this log signed it',
              'no lo firmó ninguna clave que la política nombre para esta bitácora'],
};

function meaningOf(f) {
    return pick((f.bad ? PROVEN_WRONG[f.code] : UNPROVEN[f.cause] ?? UNPROVEN[f.code])) ?? codeMeaning(f.code);
}

export function findingWords(f) {
    const about = f.entry === null || f.entry === undefined ? ''
        : tr(`entry ${f.entry}: `, `asiento ${f.entry}: `);
    const related = f.related === null || f.related === undefined ? ''
        : tr(` (see entry ${f.related})`, ` (véase el asiento ${f.related})`);
    return `${about}${meaningOf(f)}${related}`;
}

// What must stand beside a verdict: that the page, or the policy, is the operator's.
export function operatorsLabels(page, policy) {
    return [
        page && tr('Checked by the operator\'s own page.', 'Comprobado por la página de quien opera.'),
        policy?.operators && tr('Under the operator\'s own policy, which proves nothing about the operator.',
                                'Con la política de quien opera, que no prueba nada sobre quien opera.'),
    ].filter((words) => words);
}
