#!/usr/bin/env python3
"""A recording of commands, from what a run of them printed: NAME.cast (asciicast v2) and NAME.svg,
which moves. TAP on standard output.

usage: recording.py RUN NAME [--write]

RUN is what tests/tools/run_page.py --record writes. Without --write: is NAME.cast of the same
commands that print the same, and NAME.svg made of it? Times in it are those of a reader, not of the
run: so much for a key, a line, a command.
"""
import html
import json
import pathlib
import sys

sys.dont_write_bytecode = True
from same import difference, same  # noqa: E402

COLUMNS, ROWS = 110, 24
KEY, LINE, READ = 0.02, 0.05, 2.5  # seconds: a key that is typed, a line that is printed, what follows
PROMPT, MORE = '$ ', '> '
WIDTH, HEIGHT, SIZE = 7.85, 17, 13  # of a letter, in pixels
STYLE = '''text{font:%dpx ui-monospace,"DejaVu Sans Mono",Menlo,Consolas,monospace;fill:#d8dee4;white-space:pre}
.k{fill:#fff;font-weight:bold}.b{fill:#ff8f87}.g{fill:#7ee2a0}
@media(prefers-reduced-motion:reduce){#all{animation:none!important}}''' % SIZE
COLOURS = (('b', ('R08', ' bad ', '3, column', '3, columna')), ('g', (' good', ' buen', '✓')))


def events(run):
    """[(seconds, text)]: each command is typed, then its lines are printed."""
    now, found = 0.5, []

    def put(text, seconds):
        nonlocal now
        found.append((round(now, 3), text))
        now += seconds

    for block in run:
        for line in (line for line in block['commands'] if line.strip()):
            put((MORE if line.startswith('    ') else PROMPT) + line.strip() + '\r\n', KEY * len(line))
        for line in block['printed'].splitlines():
            put(line.rstrip() + '\r\n', LINE)
        now += READ
    put('', 0)  # the last one stays as long as the others
    return found


def cast(run, title):
    head = {'version': 2, 'width': COLUMNS, 'height': ROWS, 'title': title, 'env': {'TERM': 'xterm'}}
    lines = [json.dumps(head, ensure_ascii=False)]
    lines += [json.dumps([seconds, 'o', text], ensure_ascii=False) for seconds, text in events(run)]
    return '\n'.join(lines) + '\n'


def colour(text):
    if text.startswith((PROMPT, MORE)):
        return 'k'
    return next((name for name, words in COLOURS if any(w in text for w in words)), '')


def rows_of(told):
    """What a terminal of COLUMNS makes of it: [(row, its colour)], and [(seconds, rows by then)]."""
    rows, when = [], []
    for seconds, text in told:
        line = text.rstrip('\r\n')
        pieces = [line[i:i + COLUMNS] for i in range(0, len(line), COLUMNS)] if text else []
        rows += [(piece, colour(line)) for piece in pieces]
        when.append((seconds, len(rows)))
    return rows, when


def movement(when, whole):
    """The style sheet of a screen: rows appear until it is full, then all of them go up."""
    ups, last = [], None
    for seconds, count in when:
        up = max(count - ROWS, 0) * HEIGHT
        if up != last:
            ups.append(f'{100 * seconds / whole:.2f}%{{transform:translateY(-{up}px)}}')
            last = up
    ups.append(f'100%{{transform:translateY(-{last}px)}}')
    shown = [f'@keyframes r{i}{{0%{{opacity:0}}{100 * seconds / whole:.2f}%,100%{{opacity:1}}}}'
             for i, (seconds, count) in enumerate(when) if count <= ROWS]
    return (f'#all{{transform:translateY(-{last}px);animation:up {whole:.1f}s step-end infinite}}'
            f'@keyframes up{{{"".join(ups)}}}.r{{animation-duration:{whole:.1f}s;animation-timing-function:step-end;'
            f'animation-iteration-count:infinite}}{"".join(shown)}')


def svg(text):
    """The recording as a picture that moves; for who wants nothing to move, its last screen."""
    head, *told = (json.loads(line) for line in text.splitlines())
    rows, when = rows_of([(seconds, out) for seconds, _, out in told])
    wide, high = round(COLUMNS * WIDTH), ROWS * HEIGHT
    out = [f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {wide + 24} {high + 24}" '
           f'width="{wide + 24}" height="{high + 24}" role="img">',
           f'<title>{html.escape(head["title"])}</title>', f'<style>{STYLE}{movement(when, when[-1][0])}</style>',
           f'<rect width="{wide + 24}" height="{high + 24}" rx="8" fill="#15191e"/>',
           f'<svg x="12" y="12" width="{wide}" height="{high}"><g id="all">']
    first = 0
    for i, (_, count) in enumerate(when):
        for n in range(first, count):
            row, kind = rows[n]
            names, appears = (kind, '') if count > ROWS else (f'{kind} r'.strip(), f' style="animation-name:r{i}"')
            named = f' class="{names}"' if names else ''
            out.append(f'<text y="{n * HEIGHT + SIZE}"{named}{appears}>{html.escape(row, quote=False)}</text>')
        first = count
    return '\n'.join(out) + '\n</g></svg></svg>\n'


def text_of(recording):
    """The head of a recording, and what is on the terminal, for comparison."""
    head, *told = recording.splitlines() or ['{}']
    return same('\n'.join([head, *(json.loads(line)[2] for line in told)]))


def read(path):
    return path.read_text(encoding='utf-8') if path.exists() else ''


def main():
    run = json.loads(pathlib.Path(sys.argv[1]).read_text(encoding='utf-8'))
    recorded, picture = (pathlib.Path(sys.argv[2] + suffix) for suffix in ('.cast', '.svg'))
    now = cast(run, 'bitacora')
    if '--write' in sys.argv and text_of(read(recorded)) != text_of(now):
        recorded.parent.mkdir(parents=True, exist_ok=True)
        recorded.write_text(now, encoding='utf-8')
    if '--write' in sys.argv:
        picture.write_text(svg(read(recorded)), encoding='utf-8')
    was = read(recorded)
    differs = difference(text_of(was), text_of(now)) if run else ['nothing was recorded']
    checks = [(f'{recorded.name} is what the commands print', not differs),
              (f'{picture.name} is made of it', was != '' and svg(was) == read(picture))]
    for number, (what, good) in enumerate(checks, 1):
        print(f'{"ok" if good else "not ok"} {number} - {what}')
    if not all(good for _, good in checks):
        print('\n'.join('# ' + line for line in [*differs, 'make pictures makes both anew']))
    print('1..2')
    return not all(good for _, good in checks)


if __name__ == '__main__':
    sys.exit(main())
