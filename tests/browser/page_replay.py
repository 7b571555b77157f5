#!/usr/bin/python3
"""Logs, honest and dishonest, replayed by the page in a browser.

    page_replay.py PAGE CASES CLIENT [--each N] [--seeds FIRST COUNT]     TAP

CASES is what tests/interop/cases.py wrote; each Nth of them must come out as its expect.json says:
exit, findings and entries. Then logs of tests/interop/dishonest.py at random, of which the page must
find what CLIENT (bitacora) finds, entry for entry.
"""
import argparse
import base64
import json
import os
import pathlib
import subprocess
import sys
import tempfile

sys.dont_write_bytecode = True
HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(1, str(HERE.parent / 'interop'))
import answers
import answers_second
from browser import Browser
from dishonest import Liar
from writer import policy_text, write_file

REPLAY = '''async ({ policy, files }) => {
    const bytes = (s) => Uint8Array.from(atob(s), (c) => c.charCodeAt(0));
    const source = async (path, max) => {
        if (files[path] === undefined)
            return Object.keys(files).some((p) => p.startsWith(path + '/')) ? { unreadable: true } : { missing: true };
        const got = bytes(files[path]);
        return got.length > max ? { tooLarge: true } : { bytes: got };
    };
    const watch = { progress() {}, go: async () => true };
    const r = await new bitacora.Replay(source, bitacora.readPolicy(bytes(policy)).policy, watch).run();
    return { exit: r.exit, signatures: r.signatures, findings: r.findings.map((f) => [f.code, f.entry]) };
}'''

ANSWER = '''async ([policy, answer]) => {
    const bytes = (s) => Uint8Array.from(atob(s), (c) => c.charCodeAt(0));
    const r = await bitacora.verifyAnswer(bytes(answer), bitacora.readPolicy(bytes(policy)).policy);
    return [r.exit, r.findings.map((f) => f.code), r.asked];
}'''


def b64(data):
    return base64.b64encode(data).decode()


def pairs(findings):
    return sorted(findings, key=lambda f: (f[0], -1 if f[1] is None else f[1]))


def files_below(folder):
    return {str(p.relative_to(folder)): b64(p.read_bytes()) for p in folder.rglob('*') if p.is_file()}


def replayed(page, policy, files):
    return page.eval(f'({REPLAY})({json.dumps({"policy": b64(policy), "files": files})})')


def differs(got, want):
    """What is not as expect.json says, or None."""
    if got['exit'] != want['exit']:
        return f'exit {got["exit"]}, expected {want["exit"]}: {got["findings"][:5]} ({want["why"]})'
    if 'findings' in want and pairs(got['findings']) != pairs(want['findings']):
        return f'{pairs(got["findings"])[:8]}, expected {pairs(want["findings"])[:8]} ({want["why"]})'
    if want['code'] and not any(c == want['code'] and want['entry'] in (None, e) for c, e in got['findings']):
        return f'no {want["code"]}: {got["findings"][:8]}'
    if want.get('signatures', got['signatures']) != got['signatures']:
        return f'{got["signatures"]} signatures, expected {want["signatures"]}'
    return None


def cases(page, folder, each):
    names = sorted(p.parent for p in folder.glob('*/expect.json'))[::each]
    wrong = []
    for case in names:
        got = replayed(page, (case / 'policy').read_bytes(), files_below(case / 'mirror'))
        why = differs(got, json.loads((case / 'expect.json').read_text()))
        if why:
            wrong.append(f'{case.name}: {why}')
    return len(names), wrong


def by_client(client, folder):
    done = subprocess.run([client, 'replay', '--policy', 'policy', '--dir', 'mirror', '--json'], cwd=folder,
                          stdin=subprocess.DEVNULL, capture_output=True, check=False,
                          env={**os.environ, 'HOME': folder, 'XDG_STATE_HOME': folder})
    return done.returncode, [[f['code'], f['entry']] for f in json.loads(done.stdout)['findings']]


def at_random(page, client, first, count):
    wrong, exits = [], set()
    for seed in range(first, first + count):
        log = Liar(seed).log
        policy = policy_text(log.key).encode()
        with tempfile.TemporaryDirectory() as folder:
            log.write(os.path.join(folder, 'mirror'))
            write_file(os.path.join(folder, 'policy'), policy)
            code, findings = by_client(client, folder)
            got = replayed(page, policy, files_below(pathlib.Path(folder) / 'mirror'))
        exits.add(code)
        if got['exit'] != code or pairs(got['findings']) != pairs(findings):
            more = [f for f in got['findings'] if f not in findings]
            less = [f for f in findings if f not in got['findings']]
            wrong.append(f'seed {seed}: exit {got["exit"]}, the program {code}; more {more[:5]}, less {less[:5]}')
    return count, wrong, exits


def answers_at_random(page, first, count):
    """Honest, lying and damaged ones: exit, codes and entries as the second implementation says."""
    n, wrong = 0, []
    for seed in range(first, first + count):
        maker = answers_second.Maker(seed)
        policy = answers_second.Policy(maker.policy)
        for k in range(12 if maker.indexes else 0):
            made, size = maker.honest()
            data = b''.join(p.bytes() for p in made) if k % 3 == 0 else maker.damage(made, size)
            want = answers.check(data, policy)
            code, codes, entries = page.eval(f'({ANSWER})({json.dumps([b64(maker.policy.encode()), b64(data)])})')
            n += 1
            if (code, sorted(set(codes))) != (want.exit, want.codes()) or code == 0 and entries != want.entries:
                wrong.append(f'answer {seed}/{k}: {code} {codes}, expected {want.exit} {want.findings[:5]}')
    return n, wrong


def main():
    p = argparse.ArgumentParser()
    p.add_argument('page')
    p.add_argument('cases', type=pathlib.Path)
    p.add_argument('client')
    p.add_argument('--each', type=int, default=1)
    p.add_argument('--seeds', nargs=2, type=int, default=[0, 6])
    a = p.parse_args()
    with Browser() as browser:
        page = browser.page()
        page.load(a.page)
        ready = page.eval('bitacora.ready')
        n, wrong = cases(page, a.cases, a.each)
        m, others, exits = at_random(page, os.path.abspath(a.client), *a.seeds)
        k, of_answers = answers_at_random(page, *a.seeds)
        trouble = page.trouble()
    for line in wrong[:20] + others[:20] + of_answers[:20]:
        print('# ' + line)
    print(f'{"not " if wrong or not ready or not n else ""}ok 1 - {n} logs come out as they should')
    print(f'{"not " if others else ""}ok 2 - {m} dishonest logs: the program finds the same, entry for entry')
    print(f'{"not " if not {0, 1} <= exits else ""}ok 3 - honest ones among them, and bad ones')
    print(f'{"not " if of_answers or not k else ""}ok 4 - {k} answers, honest, lying and damaged, come out as they should')
    print(f'{"not " if trouble else ""}ok 5 - the browser complains of nothing {trouble}')
    print('1..5')
    return 1 if wrong or others or of_answers or trouble else 0


if __name__ == '__main__':
    sys.exit(main())
