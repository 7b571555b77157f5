// Signed notes (FORMATS, section 3).
import { textOf, unbase64 } from './bytes.js';
import { isKeyName } from './keys.js';

// Where the newline before the last empty line stands, or -1.
function lastEmptyLine(note) {
    let at = note.lastIndexOf(10);
    while (at > 0 && note[at - 1] !== 10)
        at = note.lastIndexOf(10, at - 1);
    return at > 0 ? at - 1 : -1;
}

// {text, lines: [{name, data}]} of a note, or null. text: the bytes that are signed.
export function noteParts(note, most = 64) {
    const whole = textOf(note);
    const end = lastEmptyLine(note);
    if (whole === null || end < 0 || note[note.length - 1] !== 10 ||
        /[\u0000-\u0009\u000b-\u001f]/.test(whole))
        return null;
    const rest = textOf(note.subarray(end + 2));
    if (rest === '')
        return null;
    const lines = rest.slice(0, -1).split('\n');
    const read = lines.map(signatureLine);
    if (lines.length > most || read.includes(null))
        return null;
    return { text: note.slice(0, end + 1), lines: read };
}

function signatureLine(line) {
    const words = line.split(' ');
    const data = words.length === 3 ? unbase64(words[2]) : null;
    if (words[0] !== '\u2014' || data === null || data.length < 5 || data.length > 8192 ||
        !isKeyName(words[1]))
        return null;
    return { name: words[1], data };
}
