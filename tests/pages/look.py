#!/usr/bin/env python3
"""Looks at pages in a browser: on a screen, on a phone, on paper; prints TAP.

WHOLE=1 in the environment: all pages in both languages, with all pictures; else a sample.

usage: look.py PAGES OUT   PAGES: a folder of NAME.LANGUAGE.html; OUT: where pictures are kept,
                           NAME.LANGUAGE.{screen,phone}.png and NAME.LANGUAGE.pdf
"""
import os
import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / 'browser'))
from browser import Browser, Failed  # noqa: E402

PHONE, SCREEN, PAPER = 360, 1280, 635  # CSS pixels; paper: A4 without its margins
WHOLE = bool(os.environ.get('WHOLE'))
done = 0
failed = 0


def tell(what, wrong):
    global done, failed
    done += 1
    failed += bool(wrong)
    print(f'{"not " if wrong else ""}ok {done} - {what}')
    for line in wrong:
        print('# ' + line)


def look(page, path, out):
    """One page: on a screen, a phone and paper nothing is cut off, and axe-core finds nothing."""
    name = path.name.removesuffix('.html')
    wrong = []
    page.size(SCREEN)
    page.load(path)
    wrong += [f'{SCREEN} px: {line}' for line in (page.axe() if WHOLE else []) + page.overflow()]
    if WHOLE:
        page.picture(out / f'{name}.screen.png')
    page.size(PHONE, 740)
    wrong += [f'{PHONE} px: {line}' for line in page.axe() + page.overflow()]
    page.picture(out / f'{name}.phone.png')
    page.size(PAPER, media='print')
    wrong += [f'paper: {line}' for line in page.overflow()]
    if WHOLE:
        page.paper(out / f'{name}.pdf')
    wrong += page.trouble()
    tell(f'{name}: on a screen, on a phone, on paper', wrong)


def sample(found):
    """Drawing takes most of the time: of each page one language, in turns; of cases that differ by
    a sentence, none."""
    names = sorted({p.name.split('.')[0] for p in found} - {'warrant-alone', 'warrant-old'})
    wanted = {f'{name}.{"es" if i % 2 == 0 else "en"}.html' for i, name in enumerate(names)}
    return [p for p in found if p.name in wanted]


def main():
    pages, out = pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[2])
    out.mkdir(parents=True, exist_ok=True)
    for old in [*out.glob('*.png'), *out.glob('*.pdf')]:
        old.unlink()
    found = sorted(pages.glob('*.html'))
    tell('there are pages', [] if found else [f'none in {pages}'])
    with Browser() as browser:
        page = browser.page()
        for path in found if WHOLE else sample(found):
            look(page, path, out)
    return failed > 0


try:
    sys.exit(main())
except Failed as e:
    tell('the browser', [str(e)])
    sys.exit(1)
