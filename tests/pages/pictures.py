#!/usr/bin/env python3
"""Pictures of the pages that the commands of the READMEs made. TAP on standard output.

usage: pictures.py RUNS KEPT OUT [--write]

RUNS/LANGUAGE/bitacora holds what the commands of that language's README made. Each page is opened
in a browser; its top, as far as PAGES says, becomes OUT/NAME.LANGUAGE.png. In the picture stands what
was to be read on it, and the digest of its style sheet (a zTXt chunk), and the digest of its own
pixels (tEXt): pixels differ between machines, words do not. KEPT/NAME.LANGUAGE.png must say the same,
and be the picture that was taken. --write puts the new ones there, where they differ.
"""
import hashlib
import pathlib
import shutil
import struct
import sys
import zlib

sys.dont_write_bytecode = True
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / 'browser'))
from browser import Browser, Failed  # noqa: E402
from same import difference, same  # noqa: E402

LANGUAGES = ('en', 'es')
WIDTH = 860
LARGEST = 200_000  # bytes of a picture
# Name of the picture: the page, and the last element that is in the picture.
PAGES = {
    'case': ('case.html', 'main > ul.marked'),
    'receipt': ('receipt.html', 'main dl'),
    'report': ('report.html', 'main table'),
    'page': ('page.html', '#results > .result > .verdict'),
}
SIGNATURE = b'\x89PNG\r\n\x1a\n'
SAID, PIXELS = b'bitacora-said', b'bitacora-pixels'


def chunks(png):
    """[(kind, data)] of a PNG."""
    found, at = [], len(SIGNATURE)
    while at + 12 <= len(png):
        length, kind = struct.unpack_from('>I4s', png, at)
        found.append((kind, png[at + 8:at + 8 + length]))
        at += 12 + length
    return found


def joined(found):
    return SIGNATURE + b''.join(struct.pack('>I', len(data)) + kind + data + struct.pack('>I', zlib.crc32(kind + data))
                                for kind, data in found)


def pixels_of(found):
    """The digest of what is drawn."""
    data = b''.join(data for kind, data in found if kind in (b'IHDR', b'PLTE', b'IDAT'))
    return hashlib.sha256(data).hexdigest().encode()


def with_text(png, lines):
    found = chunks(png)
    said = SAID + b'\0\0' + zlib.compress('\n'.join(lines).encode(), 9)
    pixels = PIXELS + b'\0' + pixels_of(found)
    return joined([found[0], (b'zTXt', said), (b'tEXt', pixels), *found[1:]])


def text_of(png):
    """What a picture says of its page, line by line; None if it is not the picture that was taken."""
    found = chunks(png)
    said = [data for kind, data in found if kind == b'zTXt' and data.startswith(SAID + b'\0\0')]
    pixels = [data for kind, data in found if kind == b'tEXt' and data.startswith(PIXELS + b'\0')]
    if len(said) != 1 or pixels != [PIXELS + b'\0' + pixels_of(found)]:
        return None
    return zlib.decompress(said[0][len(SAID) + 2:]).decode().split('\n')


def cut(page, last):
    """Leaves nothing below the element `last`."""
    page.eval('''(() => {
        const last = document.querySelector(%r);
        if (!last) throw new Error('there is no such element');
        for (let e = last; e !== document.body; e = e.parentNode)
            while (e.nextSibling) e.nextSibling.remove();
    })()''' % last)


def verify_in_page(page, folder, language):
    """What a person does with page.html: gives it a policy and a receipt."""
    page.wait('document.getElementById("title").textContent !== "" && bitacora.ready')
    if page.eval('document.documentElement.lang') != language:
        page.eval('document.getElementById("lang").click()')
    page.files('#files', folder / 'policy.before', folder / 'receipts/6.tlog-proof')
    page.wait('document.querySelector("#results .verdict")')


def take(page, folder, name, language, path):
    """Takes the picture; returns what is to be read on it."""
    file, last = PAGES[name]
    page.size(WIDTH, 400)
    page.load(folder / file)
    if name == 'page':
        verify_in_page(page, folder, language)
    cut(page, last)
    style = page.eval('[...document.querySelectorAll("style")].map((s) => s.textContent).join("\\n")')
    lines = same(page.eval('document.body.innerText'))
    lines.append('style ' + hashlib.sha256(style.encode()).hexdigest())
    page.picture(path)
    path.write_bytes(with_text(path.read_bytes(), lines))
    return lines


def compared(kept, lines):
    """What is wrong with a picture that is kept, as lines."""
    if not kept.exists():
        return ['it is not there']
    png = kept.read_bytes()
    was = text_of(png)
    if was is None:
        return ['it is no picture that pictures.py took']
    too_large = [f'it has {len(png)} bytes, allowed are {LARGEST}'] if len(png) > LARGEST else []
    return difference(was, lines) + too_large


def main():
    runs, kept, out = map(pathlib.Path, sys.argv[1:4])
    out.mkdir(parents=True, exist_ok=True)
    done = failed = 0
    with Browser() as browser:
        page = browser.page(WIDTH)
        for language in LANGUAGES:
            for name in PAGES:
                file = f'{name}.{language}.png'
                lines = take(page, runs / language / 'bitacora', name, language, out / file)
                if '--write' in sys.argv and compared(kept / file, lines):
                    kept.mkdir(parents=True, exist_ok=True)
                    shutil.copy(out / file, kept / file)
                wrong = compared(kept / file, lines)
                done += 1
                failed += bool(wrong)
                print(f'{"not " if wrong else ""}ok {done} - {file} shows the page of today')
                print(''.join(f'# {line}\n' for line in [*wrong, 'make pictures makes it anew'] if wrong), end='')
    wanted = {f'{name}.{language}.png' for name in PAGES for language in LANGUAGES}
    others = sorted({p.name for p in kept.glob('*.png')} - wanted)
    print(f'{"not " if others else ""}ok {done + 1} - no other picture is kept {" ".join(others)}')
    print(f'1..{done + 1}')
    return failed > 0 or bool(others)


if __name__ == '__main__':
    try:
        sys.exit(main())
    except Failed as e:
        print(f'not ok 1 - the browser: {e}')
        sys.exit(1)
