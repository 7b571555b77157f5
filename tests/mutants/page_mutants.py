#!/usr/bin/python3
"""Each check of the page changed, one at a time: does a vector, a case or an answer see it?

    page_mutants.py [--sample N] [WORD...]

Tries the mutants of the modules in TESTED, or those whose names have one of the words in them; N: each Nth. One page has them all
(page_mutants.mjs). Its script runs in a worker of Node for each (page_judge.mjs), and judges the vectors of tests/vectors, the cases of
tests/interop/cases.py, the lies of index_lies.py and answers of answers_second.py until one comes out otherwise. A first run without a mutant notes which tests
each would change a value in: it meets these, first what killed another one. (Node has WebCrypto, too. A browser answers ten times
as slowly; 81-page and 83-page-replay ask that.)
Mutants that nobody can tell from the page stand in tests/mutants/page_equivalent, each with the reason. One that is named there
and does not exist, or is killed, is an error; so is one that is in no list and left. Those left are in build/mutants/page_left.

The last line: N mutants, N killed, N equivalent, N left
"""
import argparse
import base64
import json

import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

sys.dont_write_bytecode = True
HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parents[1]
sys.path[1:1] = [str(ROOT / 'tests/browser'), str(ROOT / 'tests/interop')]
import answers
import answers_second
import index_lies
import page_vectors
from writer import policy_text

TESTED = ('answers bytes checkpoints contradictions covers evidence forms index_keys json judge keys notes openings policies '
          'receipts recount replay rows tiles trees').split()
EQUIVALENT = HERE / 'page_equivalent'
ACORN = ROOT / 'build/eslint/node_modules/acorn/dist/acorn.mjs'
SECONDS = 60                                               # a worker that says nothing for longer hangs
EARLY = 20                                                 # each how-manieth test is met by what is changed before all of them
SEEDS = 8                                                  # logs of which answers are made

# Behind the mutant's script, and behind judge_case.js.
WORKER = '''
const bytesOf = (s) => Uint8Array.from(atob(s), (c) => c.charCodeAt(0));
const pairs = (list) => JSON.stringify(list.map((f) => JSON.stringify(f)).sort());
async function replayCase({ policy, files, want }) {
    const source = async (path, max) => {
        if (files[path] === undefined)
            return Object.keys(files).some((p) => p.startsWith(path + '/')) ? { unreadable: true } : { missing: true };
        const got = bytesOf(files[path]);
        return got.length > max ? { tooLarge: true } : { bytes: got };
    };
    const r = await new bitacora.Replay(source, bitacora.readPolicy(bytesOf(policy)).policy,
                                        { progress() {}, go: async () => true }).run();
    const found = r.findings.map((f) => [f.code, f.entry]);
    if (r.exit !== want.exit || (want.findings && pairs(found) !== pairs(want.findings)))
        return `exit ${r.exit} ${JSON.stringify(found)}`;
    const { code, entry } = want;
    if (code && !found.some(([c, e]) => c === code && (entry === null || e === entry)))
        return 'no ' + code;
    return (want.signatures ?? r.signatures) === r.signatures ? null : `${r.signatures} signatures`;
}
async function answerCase({ policy, answer, exit, codes, entries, completeTo }) {
    const r = await bitacora.verifyAnswer(bytesOf(answer), bitacora.readPolicy(bytesOf(policy)).policy);
    const got = [...new Set(r.findings.map((f) => f.code))].sort();
    return r.exit !== exit || JSON.stringify(got) !== JSON.stringify(codes) ||
        (exit === 0 && (JSON.stringify(r.asked) !== JSON.stringify(entries) || r.completeTo !== completeTo)) ? `exit ${r.exit} ${got}` : null;
}
const judgeTest = async (c) => (c.kind === 'replay' ? replayCase(c) : c.kind === 'made' ? answerCase(c) : judgeCase(c));
'''


def b64(data):
    return base64.b64encode(data).decode()


def replay_tests(folder):
    for path in sorted(folder.glob('*/expect.json')):
        mirror = path.parent / 'mirror'
        files = {str(p.relative_to(mirror)): b64(p.read_bytes()) for p in mirror.rglob('*') if p.is_file()}
        yield {'name': 'case ' + path.parent.name, 'kind': 'replay', 'policy': b64((path.parent / 'policy').read_bytes()), 'files': files,
               'want': json.loads(path.read_text(encoding='utf-8'))}


def made_answers():
    for seed in range(SEEDS):
        maker = answers_second.Maker(seed)
        for k in range(12 if maker.indexes else 0):
            made, size = maker.honest()
            data = b''.join(p.bytes() for p in made) if k % 3 == 0 else maker.damage(made, size)
            yield answer_test(f'answer {seed}/{k}', data, maker.policy)


def answer_test(name, data, policy):
    want = answers.check(data, answers_second.Policy(policy))
    return {'name': name, 'kind': 'made', 'policy': b64(policy.encode()), 'answer': b64(data), 'exit': want.exit, 'codes': want.codes(),
            'entries': want.entries, 'completeTo': want.complete_to}


def lies():
    """Logs whose index lies, replayed, and asked."""
    for name, make in index_lies.LIES.items():
        lie = make()
        policy = policy_text(lie.log.key)
        exit_status = 3 if all(code == 'version' for code, _ in lie.findings) else 1
        yield {'name': 'lie ' + name, 'kind': 'replay', 'policy': b64(policy.encode()), 'files': {p: b64(d) for p, d in lie.log.files().items()},
               'want': {'exit': exit_status, 'findings': lie.findings}}
        for i, question in enumerate(lie.questions):
            yield answer_test(f'answer of lie {name}/{i}', index_lies.Run.answers_of(lie, question), policy)


def all_tests():
    with tempfile.TemporaryDirectory() as folder:
        subprocess.run(['/usr/bin/python3', ROOT / 'tests/interop/cases.py', folder], check=True, stdout=subprocess.DEVNULL)
        return [*page_vectors.all_cases(), *made_answers(), *lies(), *replay_tests(pathlib.Path(folder))]


def equivalents():
    lines = EQUIVALENT.read_text(encoding='utf-8').split('\n')
    return {line for line in lines if line and line[0] not in '# '}


def script_of_all(folder):
    """The script of a page in which all mutants are, and their names in the order of their numbers."""
    if not ACORN.exists():
        sys.exit(f'{ACORN} is not there: tests/check.sh javascript installs it')
    page = folder / 'client/page' # what build.mjs sees, where client/page is a copy
    page.parent.mkdir()
    shutil.copytree(ROOT / 'client/page', page)
    for name in ('docs', 'proto', 'tests', 'client/show'):
        (folder / name).symlink_to(ROOT / name)
    made = subprocess.run(['node', HERE / 'page_mutants.mjs', ACORN, *(page / f'{m}.js' for m in TESTED)], check=True, stdout=subprocess.PIPE,
                          text=True).stdout
    out = folder / 'page.html'
    subprocess.run(['node', page / 'build.mjs', ROOT / 'build/npm/node_modules', out], check=True)
    return re.search(r'<script>(.*)</script>', out.read_text(encoding='utf-8'), re.S)[1], made.splitlines()


class Runner:
    """Asks a worker which tests see a mutant."""

    def __init__(self, script, tests, folder):
        self.order = [t['name'] for t in tests]
        file = folder / 'script.js'
        file.write_text(script + (ROOT / 'tests/browser/judge_case.js').read_text(encoding='utf-8') + WORKER, encoding='utf-8')
        listed = folder / 'tests.json'
        listed.write_text(json.dumps(tests), encoding='utf-8')
        self.node = subprocess.Popen(['node', HERE / 'page_judge.mjs', listed, file], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        first = self.ask(None, self.order)
        if not isinstance(first, dict) or first['wrong']:
            sys.exit(f'the page itself is wrong: {first if isinstance(first, list) else first["wrong"]}')
        self.meets = {name: set(met) for name, met in first['meets'].items()}

    def ask(self, mutant, order):
        print(json.dumps({'mutant': mutant, 'order': order, 'seconds': SECONDS}), file=self.node.stdin, flush=True)
        return json.loads(self.node.stdout.readline())

    def stop(self):
        self.node.stdin.close()
        self.node.wait()

    def killer(self, mutant):
        """[test, what was wrong], or None; and how many tests it met."""
        early = mutant in self.meets[''] # then any test may come out otherwise
        order = [name for n, name in enumerate(self.order) if mutant in self.meets[name] or (early and n % EARLY == 0)]
        found = self.ask(mutant, order) if order else None
        if found and found[0] in self.order:
            self.order.remove(found[0])
            self.order.insert(0, found[0])
        return found, len(order)


def run(runner, todo, known):
    killed, equivalent, left, wrong = 0, 0, [], []
    for n, (number, name) in enumerate(todo):
        found, met = runner.killer(number)
        killed += found is not None
        if found and name in known:
            wrong.append(f'{name}: named as equivalent, and killed by {found[0]}')
        elif not found and name in known:
            equivalent += 1
        elif not found:
            left.append(f'{name}  (met by {met})')
        print(f'{n + 1}/{len(todo)} {"killed" if found else "LEFT"} {name}  {"by " + found[0] if found else f"met by {met}"}', flush=True)
    return killed, equivalent, left, wrong


def main():
    p = argparse.ArgumentParser()
    p.add_argument('words', nargs='*')
    p.add_argument('--sample', type=int, default=1)
    a = p.parse_args()
    known = equivalents()
    with tempfile.TemporaryDirectory() as temporary:
        folder = pathlib.Path(temporary)
        script, names = script_of_all(folder)
        todo = [(n, name) for n, name in enumerate(names) if not a.words or any(w in name for w in a.words)][::a.sample]
        runner = Runner(script, all_tests(), folder)
        killed, equivalent, left, wrong = run(runner, todo, known)
        runner.stop()
    wrong += [f'{name}: named as equivalent, and there is no such mutant' for name in sorted(known - set(names))]
    for line in wrong:
        print('# ' + line)
    (ROOT / 'build/mutants').mkdir(exist_ok=True, parents=True)
    (ROOT / 'build/mutants/page_left').write_text(''.join(name + '\n' for name in left))
    print(f'{len(todo)} mutants, {killed} killed, {equivalent} equivalent, {len(left)} left')
    return 1 if wrong or left else 0


if __name__ == '__main__':
    sys.exit(main())
