// How old what is shown is, by witnesses. The page has no --max-age: it says the age, and the reader
// judges it.
import { h } from './dom.js';
import { timeOf, tr } from './words.js';

const DAY = 86400000;
const AHEAD = 600000; // what a witness's clock may be ahead of this one (FORMATS, section 8)

// Milliseconds of the newest cosignature, or null.
function newest({ cosigned }) {
    return cosigned.size === 0 ? null : Math.max(...[...cosigned.values()].map(Number)) * 1000;
}

function since(ms) {
    const minutes = Math.round(ms / 60000);
    const days = Math.floor(ms / DAY);
    return ms < 0 ? tr('ahead of this computer\'s clock', 'adelante del reloj de esta computadora')
        : minutes < 120 ? tr(`${minutes} min ago`, `hace ${minutes} min`)
            : days < 2 ? tr(`${Math.round(minutes / 60)} h ago`, `hace ${Math.round(minutes / 60)} h`)
                : tr(`${days} days ago`, `hace ${days} días`);
}

export function ageWords(checkpoint) {
    const at = newest(checkpoint);
    return at === null
        ? tr('no witness cosigned it: nobody but the operator vouches for its time',
             'ningún testigo lo cofirmó: de su hora solo responde quien opera')
        : `${timeOf(Math.min(at, 253402300799000))} (${tr('by its newest cosignature', 'por su cofirma más reciente')}, ` +
          `${since(Date.now() - at)})`;
}

// What stands beside a verdict of something old, or null.
export function oldView(checkpoint) {
    const at = newest(checkpoint);
    const age = at === null ? 0 : Date.now() - at;
    return age <= DAY && age >= -AHEAD ? null : h('p', { class: 'label' }, age > 0
        ? tr(`This is the log as it stood ${since(age)}. What was entered since is not in it.`,
             `Esto es la bitácora como estaba ${since(age)}. Lo asentado desde entonces no está aquí.`)
        : tr('A witness\'s clock is ahead of this computer\'s: one of the two is wrong.',
             'El reloj de un testigo va adelante del de esta computadora: uno de los dos está mal.'));
}
