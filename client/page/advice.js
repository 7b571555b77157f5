// What the reader of a file that is not good should do with it.
import { latin1 } from './bytes.js';
import { shown, tr } from './words.js';

const FORMS = ['receipt', 'answer', 'opening', 'evidence', 'unreadable'];
const MOVED = ['receipt', 'answer', 'checkpoint', 'opening', 'evidence'];

// Whether an editor or mail changed the file: a mark at its beginning, carriage returns, or (of a
// receipt) a broken line.
export function wasEdited(bytes) {
    const text = latin1(bytes.subarray(0, 65536));
    return /^(\u00ef\u00bb\u00bf|\u00ff\u00fe|\u00fe\u00ff)/.test(text) || text.split('\n', 1)[0].endsWith('\r') ||
        /^c2sp\.org\/tlog-proof@v1\nextra [^\n]*\n(?!index )/.test(text);
}

export function editedWords() {
    return tr('The file went through an editor or the text of an e-mail, which changed its lines or its ' +
              'beginning: ask for the original as an attachment, and do not open it before you choose it here.',
              'El archivo pasó por un editor o por el texto de un correo, que le cambió las líneas o el ' +
              'inicio: pida el original como archivo adjunto, y no lo abra antes de elegirlo aquí.');
}

function damaged() {
    return tr('This file is damaged or altered, or a part of it is missing: do not use it; ask for another one.',
              'Este archivo está dañado o alterado, o le falta una parte: no lo use; pida otro.');
}

function notItsKey({ origin }, policy) {
    const name = shown(origin);
    return policy.of(origin).length > 0
        ? tr(`It was not signed by the key that your policy gives for ${name}: do not accept it. Or the policy is ` +
             'not the one of that time: ask for the one in force.',
             `No lo firmó la clave que su política da para ${name}: no lo acepte. O la política no es la de ` +
             'entonces: pida la vigente.')
        : tr(`It is of the log ${name}, which your policy does not name: do not accept it under this policy.`,
             `Es de la bitácora ${name}, que su política no nombra: no lo acepte con esta política.`);
}

const UNDECIDED = {
    quorum: () => tr('The cosignatures of the witnesses that your policy asks for are missing: do not rely on it ' +
                     'yet; ask for one that has them.',
                     'Le faltan las cofirmas de los testigos que su política pide: aún no lo dé por bueno; pida uno ' +
                     'que las tenga.'),
    version: () => tr('It is of a version that this page does not know: ask for the page in force.',
                      'Es de una versión que esta página no conoce: pida la página vigente.'),
};

function checkpointAdvice(finding, policy) {
    return finding.cause === 'unknown' ? notItsKey(finding, policy)
        : finding.cause === 'type' ? UNDECIDED.version() : damaged();
}

// Why a file is bad, and what to do. judged: whether its entries were proven to stand in the log.
export function badAdvice(findings, judged) {
    return !judged || findings.some((f) => f.bad && MOVED.includes(f.code))
        ? tr('Somebody changed it after it was entered, or it was damaged on its way: do not use it; ask for ' +
             'another one.',
             'Alguien lo cambió después de que se asentó, o se dañó en el camino: no lo use; pida otro.')
        : tr('What stands in it goes against the rules of the log: do not use it; show it to oversight.',
             'Lo que trae va contra las reglas de la bitácora: no lo use; muéstrelo a supervisión.');
}

// What to do with a file that is undecided.
export function undecidedAdvice(findings, policy) {
    const form = findings.find((f) => FORMS.includes(f.code) && f.entry === null);
    const checkpoint = findings.find((f) => f.code === 'checkpoint');
    const known = findings.find((f) => Object.hasOwn(UNDECIDED, f.code));
    return checkpoint ? checkpointAdvice(checkpoint, policy)
        : form ? damaged()
            : known ? UNDECIDED[known.code]()
                : tr('This page cannot say whether this file is good: do not rely on it.',
                     'Esta página no puede decir si este archivo es válido: no lo dé por bueno.');
}

// ---- policies

const POLICY = {
    'control character': 'carácter de control',
    'too many words': 'demasiadas palabras',
    'not log, witness, group or quorum': 'no es log, witness, group ni quorum',
    'log VKEY [URL]': 'debe ser: log VKEY [URL]',
    'too many logs': 'demasiadas bitácoras',
    'the key of a log is no good vkey of type 0x01': 'la clave de una bitácora no es una vkey válida de tipo 0x01',
    'log twice': 'bitácora repetida',
    'name taken': 'nombre ya usado',
    'witness NAME VKEY [URL]': 'debe ser: witness NOMBRE VKEY [URL]',
    'too many witnesses': 'demasiados testigos',
    'the key of a witness is no good vkey of type 0x04': 'la clave de un testigo no es una vkey válida de tipo 0x04',
    'witness twice': 'testigo repetido',
    'group NAME all|any|K MEMBER...': 'debe ser: group NOMBRE all|any|K MIEMBRO...',
    'too many groups': 'demasiados grupos',
    'bad threshold': 'umbral incorrecto',
    'unknown member': 'miembro desconocido',
    'member of a group twice': 'miembro de un grupo dos veces',
    'quorum NAME': 'debe ser: quorum NOMBRE',
    'quorum twice': 'quorum repetido',
    'unknown quorum': 'quorum desconocido',
    'the file is too large': 'el archivo es demasiado grande',
    'no newline at the end': 'falta el salto de línea final',
    'no quorum line': 'falta la línea quorum',
};

// Why a line of a policy was refused.
export function policyCause(cause) {
    return tr(cause, POLICY[cause] ?? cause);
}
