#!/usr/bin/python3
"""What the page does around its verdicts, broken on purpose: does its scenario see it?

    page_shown.py [WORD...]     the rows of tests/mutants/page_shown that have one of the words in them, or all

Each is built into a page, and the scenario runs with it (PAGE=FILE). A row whose text does not stand in its file exactly once is
an error. Last line: N broken, N seen.
"""
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parents[1]


def build(folder, file, old, new):
    """The broken page; a sentence where it cannot be made."""
    page = folder / 'client/page'
    (folder / 'client').mkdir(parents=True)
    shutil.copytree(ROOT / 'client/page', page)
    for name in ('docs', 'proto', 'tests', 'client/show'):
        (folder / name).symlink_to(ROOT / name)
    text = (page / file).read_text(encoding='utf-8')
    if text.count(old) != 1:
        return f'it stands there {text.count(old)} times'
    (page / file).write_text(text.replace(old, new), encoding='utf-8')
    done = subprocess.run(['node', page / 'build.mjs', ROOT / 'build/npm/node_modules', folder / 'page.html'], capture_output=True, text=True, check=False)
    return done.stderr.strip() if done.returncode else None


def main():
    lines = (HERE / 'page_shown').read_text(encoding='utf-8').split('\n')
    rows = [line.split('\t') for line in lines if line and not line.startswith('#')]
    rows = [r for r in rows if len(sys.argv) == 1 or any(w in '\t'.join(r) for w in sys.argv[1:])]
    seen = wrong = 0
    for scenario, file, old, new in rows:
        with tempfile.TemporaryDirectory() as folder:
            why = build(pathlib.Path(folder) / 'tree', file, old, new)
            if why:
                wrong += 1
                print(f'WRONG {file}: {old}: {why}', flush=True)
                continue
            done = subprocess.run([ROOT / f'tests/scenarios/{scenario}.sh'], env={**os.environ, 'PAGE': str(pathlib.Path(folder) / 'tree/page.html')},
                                  stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False)
        failed = [line for line in done.stdout.splitlines() if 'not ok' in line]
        seen += bool(failed)
        print(f'{"seen" if failed else "NOT SEEN"} {file}: {old[:70]}{"  by: " + failed[0][:90] if failed else ""}', flush=True)
    print(f'{len(rows)} broken, {seen} seen')
    return 1 if wrong or seen < len(rows) else 0


if __name__ == '__main__':
    sys.exit(main())
