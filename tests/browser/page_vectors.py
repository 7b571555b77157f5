#!/usr/bin/python3
"""Every vector of tests/vectors that the page can judge, judged by it in a browser.

    page_vectors.py PAGE        PAGE is the file that `bitacora page` writes; TAP

The vectors are those of the program (tests/vectors/README.md): its exit codes and findings are the
page's, which was written from docs/FORMATS.md.
"""
import base64
import json
import pathlib
import sys

sys.dont_write_bytecode = True
sys.path.insert(1, str(pathlib.Path(__file__).resolve().parents[1] / 'interop'))
from browser import Browser
from skeleton import skeleton

HERE = pathlib.Path(__file__).resolve().parent
VECTORS = HERE.parent / 'vectors'

ALONE = '''(async () => {
    Object.defineProperty(globalThis.crypto, 'subtle', { value: undefined });
    const out = [];
    const edges = %s;
    await bitacora.selfTest(bitacora.readEdges(atob(edges[0].files[0])));
    for (const c of edges) {
        const wrong = await judgeCase(c);
        if (wrong !== null)
            out.push(c.name + ': ' + wrong);
    }
    return [bitacora.engineName(), ...out];
})()'''


def read(path):
    return base64.b64encode((VECTORS / path).read_bytes()).decode()


def lines_of(path):
    text = (VECTORS / path).read_text(encoding='utf-8')
    return [line for line in text.split('\n') if line and not line.startswith('#')]


def case(name, kind, want, *files, line=None):
    return {'name': name, 'kind': kind, 'want': want, 'files': [read(f) for f in files],
            'line': line}


def each_file(kind):
    """Folders in which each file is a case by itself."""
    for side in ('good', 'bad'):
        for path in sorted((VECTORS / kind / side).glob('*.txt')):
            name = f'{kind}/{side}/{path.name}'
            yield case(name, kind, side == 'good', name)


def signed(kind, *good):
    """Files with an exit status and a code, and the good ones that these patterns name."""
    folder = f'{kind}/bad'
    for row in lines_of(f'{folder}/expect.tsv'):
        name, code, finding, policy = row.split('\t')[:4]
        yield case(f'{folder}/{name}', kind, f'{code} {finding}', f'{folder}/{name}',
                   f'{folder}/{policy}')
    for pattern in good:
        for path in sorted((VECTORS / kind / 'good').glob(pattern)):
            name = f'{kind}/good/{path.name}'
            yield case(name, kind, '0 -', name, f'{folder}/policy')


def skeletons():
    """Of the texts of normalization.txt, of Hangul at its edges, and of marks in each order, as the second writer has them."""
    texts = [''.join(chr(int(c, 16)) for c in row.split(';')[0].split()) for row in lines_of('unicode/normalization.txt')]
    texts += [chr(c) for c in (0xabff, 0xac00, 0xac01, 0xac1b, 0xac1c, 0xd788, 0xd7a3, 0xd7a4)]
    texts += ['a\u0301\u0323', 'a\u0323\u0301', '\u0323a', '\u0301\u0323a', 'a\u0301\u0300', 'a\u0300\u0301\u0323\u0316', 'Oficio 12/2026']
    yield case('unicode/normalization.txt', 'skeleton', 0, line=json.dumps([[t, skeleton(t)] for t in texts]))


def openings():
    for n, line in enumerate(lines_of('opening/good.txt')):
        yield case(f'opening/good.txt, {n}', 'seal', True, line=line)
    for row in lines_of('opening/bad/expect.tsv'):
        name = 'opening/bad/' + row.split('\t')[0]
        yield case(name, 'opening', False, line=(VECTORS / name).read_text().strip())


def contradictions():
    folder = 'contradiction/bad'
    for row in lines_of(f'{folder}/expect.tsv'):
        a, b, code, finding, _, policy = row.split('\t')[:6]
        yield case(f'{folder}/{a}', 'contradiction', f'{code} {finding}',
                   *(f'{folder}/{name}' for name in (a, policy, b)))


def all_cases():
    yield case('ed25519/edges', 'edges', True, 'ed25519/edges/edges.txt')
    for kind in ('json', 'note', 'policy', 'checkpoint'):
        yield from each_file(kind)
    yield from skeletons()
    yield from openings()
    yield from signed('receipt')
    yield from signed('disclosure')
    yield from signed('evidence', 'fork*.json', 'leaves.json', 'link.json', 'role.json', 'index-*.json')
    yield from signed('answer', '*.answer')
    yield from contradictions()


def main():
    judge = (HERE / 'judge_case.js').read_text(encoding='utf-8')
    failed = 0
    cases = list(all_cases())
    with Browser() as browser:
        page = browser.page()
        page.load(sys.argv[1])
        page.eval(judge + '\nglobalThis.judgeCase = judgeCase; 0')
        engine = page.eval('bitacora.ready.then(() => bitacora.engineName())')
        said = page.eval('(async () => { const out = []; for (const c of %s) out.push(await judgeCase(c)'
                         '.catch((e) => e.stack)); return out; })()' % json.dumps(cases))
        for n, (c, wrong) in enumerate(zip(cases, said)):
            failed += wrong is not None
            if wrong is not None:
                print(f'# {c["name"]}: {wrong}')
        trouble = page.trouble()
        # Where the page is served without TLS a browser has no WebCrypto.
        alone = page.eval(ALONE % json.dumps([c for c in cases if c['kind'] in ('receipt', 'edges')][::8]))
    kinds = sorted({c['kind'] for c in cases})
    for n, kind in enumerate(kinds):
        mine = [wrong for c, wrong in zip(cases, said) if c['kind'] == kind]
        print(f'{"not " if any(mine) else ""}ok {n + 1} - {len(mine)} vectors of {kind}')
    print(f'{"not " if engine != "browser" else ""}ok {len(kinds) + 1} - signatures: by the {engine}')
    print(f'{"not " if trouble else ""}ok {len(kinds) + 2} - the browser complains of nothing {trouble}')
    print(f'{"not " if alone != ["page"] else ""}ok {len(kinds) + 3} - without WebCrypto the page decides the same {alone}')
    print(f'1..{len(kinds) + 3}')
    return 1 if failed or trouble or engine != 'browser' or alone != ['page'] else 0


if __name__ == '__main__':
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    sys.exit(main())
