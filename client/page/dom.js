// Elements without markup in strings: what comes from outside is text, and never HTML.

// h('p', { class: 'x' }, 'text', element, [more]): null and false are left out.
export function h(tag, attributes = {}, ...children) {
    const out = document.createElement(tag);
    for (const [name, value] of Object.entries(attributes)) {
        if (name.startsWith('on'))
            out.addEventListener(name.slice(2), value);
        else if (value !== null && value !== false)
            out.setAttribute(name, value === true ? '' : value);
    }
    out.append(...children.flat(Infinity).filter((c) => c !== null && c !== false && c !== undefined));
    return out;
}

export function replace(element, ...children) {
    element.replaceChildren(...children.flat(Infinity).filter((c) => c));
}

// Bytes in base64, hashes, keys: may be broken anywhere.
export function mono(text) {
    return h('code', {}, h('bdi', {}, String(text)));
}

// pairs: [name, ...value]; of one with TECH among its values paper leaves the row out where it is folded.
export const TECH = Symbol('tech');

export function rows(pairs) {
    return h('dl', {}, pairs.filter((p) => p).map(([name, ...value]) =>
        h('div', { class: value.includes(TECH) ? 'tech' : null }, h('dt', {}, name),
          h('dd', {}, value.filter((v) => v !== TECH)))));
}

export function details(summary, ...children) {
    return h('details', {}, h('summary', {}, summary), children);
}
