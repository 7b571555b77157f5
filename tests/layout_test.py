#!/usr/bin/env python3
"""Does tests/layout.py see what it is there to see?

Builds a small house that is in order, plants one fault at a time, and asks whether the rule, the file and
the line are named. Last, plants an upward include in a copy of this repository's sources. Prints TAP.
"""
import hashlib
import os
import re
import shutil
import subprocess
import sys
import tempfile

TOP = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
LAYOUT = os.path.join(TOP, 'tests', 'layout.py')

PAGE = '''# A house

| folder | floor | story |
|---|--:|---|
| `proto/base` | 1 | Bytes. |
| `proto/judge` | 2 | Verdicts. |
| `daemon/host` | 3 | The process. |
| `daemon` | 4 | Main. |
| `client/base` | 3 | The ground. |
| `client/jobs` | 4 | The work. |
| `client` | 5 | Main. |

| long file | why |
|---|---|

| exception | rule | why |
|---|---|---|
| `main.c` | file-name | Each program has one. |
'''

HOUSE = {
    'docs/ARCHITECTURE.md': PAGE,
    'proto/base/bytes.h': 'int bytes_add(int a, int b);\n',
    'proto/base/bytes.c': '#include "proto/base/bytes.h"\n#include <string.h>\nint bytes_add(int a, int b)\n{\n    return a + b;\n}\n',
    'proto/judge/judge.h': 'struct judge {\n    int n;\n};\nint judge_it(const struct judge *j);\n',
    'proto/judge/judge.c': '#include "proto/judge/judge.h"\n#include "proto/base/bytes.h"\nint judge_it(const struct judge *j)\n{\n    return bytes_add(j->n, 1);\n}\n',
    'daemon/host/host.h': 'int host_it(void);\n',
    'daemon/host/host.c': '#include "daemon/host/host.h"\n#include "proto/judge/judge.h"\nint host_it(void)\n{\n    struct judge j = { 1 };\n    return judge_it(&j);\n}\n',
    'daemon/main.c': '#include "daemon/host/host.h"\nint main(void)\n{\n    return host_it();\n}\n',
    'client/base/args.h': 'struct args {\n    int n;\n};\nint usage(void);\n',
    'client/base/say.h': 'int say_it(void);\n',
    'client/base/say.c': '#include "client/base/say.h"\nint say_it(void)\n{\n    return 0;\n}\n',
    'client/jobs/cmd_jobs.c': '#include "client/base/args.h"\n#include "client/base/say.h"\nextern const int command_jobs;\nconst int command_jobs = 1;\n'
                              'int work_it(const struct args *a);\nint work_it(const struct args *a)\n{\n    return say_it() + a->n + usage();\n}\n',
    'client/main.c': '#include "client/base/args.h"\nextern const int command_jobs;\nint usage(void)\n{\n    return 1;\n}\nint main(void)\n{\n    return command_jobs;\n}\n',
}
HOUSE['client/base/args.c'] = '#include "client/base/args.h"\nint usage(void)\n{\n    return 1;\n}\n'
HOUSE['client/main.c'] = HOUSE['client/main.c'].replace('int usage(void)\n{\n    return 1;\n}\n', '')


def more(path, text):
    return {path: HOUSE[path] + text}


def line_of(path, text, files):
    return files[path].split('\n').index(text) + 1


# What is planted; the rule; the file that is named; the line of it, by its text (None: any line).
FAULTS = [
    ('an upward include', more('proto/base/bytes.c', '#include "proto/judge/judge.h"\n'), 'up', 'proto/base/bytes.c', '#include "proto/judge/judge.h"'),
    ('an upward call without an include', more('proto/base/bytes.c', 'struct judge;\nint judge_it(const struct judge *j);\nint up(void);\nint up(void)\n{\n    return judge_it(0);\n}\n'),
     'call-up', 'proto/base/bytes.c', 'int judge_it(const struct judge *j);'),
    ('two folders that use each other', more('proto/base/bytes.c', '#include "proto/judge/judge.h"\n'), 'mutual', 'proto/base/bytes.c', None),
    ('a client that uses the daemon', more('client/base/say.c', '#include "daemon/host/host.h"\n'), 'program', 'client/base/say.c', '#include "daemon/host/host.h"'),
    ('a client that calls the daemon', more('client/base/say.c', 'int host_it(void);\nint over(void);\nint over(void)\n{\n    return host_it();\n}\n'),
     'program', 'client/base/say.c', 'int host_it(void);'),
    ('an include that is no path', {**more('proto/base/bytes.c', '#include "near.h"\n'), 'proto/base/near.h': '\n'}, 'path', 'proto/base/bytes.c', '#include "near.h"'),
    ('files that call each other in a circle', {**more('client/base/say.c', 'int turn(void);\nint back(void);\nint back(void)\n{\n    return turn();\n}\n'),
                                               'client/base/turn.c': 'int back(void);\nint turn(void);\nint turn(void)\n{\n    return back();\n}\n'},
     'circle', 'client/base/say.c', None),
    ('headers in a circle', {'proto/base/bytes.h': '#pragma once\n#include "proto/base/more.h"\nint bytes_add(int a, int b);\n',
                             'proto/base/more.h': '#pragma once\n#include "proto/base/bytes.h"\n'}, 'include-circle', 'proto/base/bytes.h', None),
    ('18 C files', {'client/jobs/f%d.c' % i: 'extern int x%d;\n' % i for i in range(17)}, 'crowded', 'client/jobs', None),
    ('a folder without a row', {'client/more/it.c': 'extern int it;\n'}, 'table', 'client/more/it.c', None),
    ('a row without a folder', {'docs/ARCHITECTURE.md': PAGE.replace('| `daemon` |', '| `daemon/gone` | 3 | Gone. |\n| `daemon` |')}, 'table', 'docs/ARCHITECTURE.md', '| `daemon/gone` | 3 | Gone. |'),
    ('a socket header in proto', more('proto/base/bytes.c', '#include <sys/socket.h>\n'), 'pure-header', 'proto/base/bytes.c', '#include <sys/socket.h>'),
    ('a clock in proto', more('proto/base/bytes.c', 'long time(long *t);\nlong now(void);\nlong now(void)\n{\n    return time(0);\n}\n'), 'pure-call', 'proto/base/bytes.c', 'long time(long *t);'),
    ('output in proto', more('proto/base/bytes.c', '#include <stdio.h>\nvoid out(int n);\nvoid out(int n)\n{\n    printf("%d %d", n, n);\n}\n'), 'pure-call', 'proto/base/bytes.c', '    printf("%d %d", n, n);'),
    ('a variable in proto', more('proto/base/bytes.c', 'static int kept;\nint keep(void);\nint keep(void)\n{\n    return kept++;\n}\n'), 'pure-state', 'proto/base/bytes.c', 'static int kept;'),
    ('an initialised variable in proto', more('proto/base/bytes.c', 'static int kept = 3;\nint keep(void);\nint keep(void)\n{\n    return kept++;\n}\n'), 'pure-state', 'proto/base/bytes.c', 'static int kept = 3;'),
    ('an engine that knows the options', more('client/base/say.c', 'struct args;\nint told(const struct args *a);\n'), 'args', 'client/base/say.c', 'struct args;'),
    ('an engine that ends the process', more('client/base/say.c', '#include <stdlib.h>\nvoid end(void);\nvoid end(void)\n{\n    exit(3);\n}\n'), 'exit', 'client/base/say.c', '    exit(3);'),
    ('a file name in two folders', {'client/jobs/say.c': 'extern int y;\n'}, 'file-name', 'client/base/say.c', None),
    ('a tag in two files', more('client/base/say.c', 'struct judge {\n    int other;\n};\n'), 'tag', 'proto/judge/judge.h', 'struct judge {'),
    ('a static name in many files', {'client/jobs/s%d.c' % i: 'static int run(void)\n{\n    return 1;\n}\nint s%d(void);\nint s%d(void)\n{\n    return run();\n}\n' % (i, i) for i in range(4)},
     'static-name', 'client/jobs/s0.c', 'static int run(void)'),
    ('a long file without a reason', more('client/base/say.c', '\n' * 500), 'long', 'client/base/say.c', None),
    ('a reason for a short file', {'docs/ARCHITECTURE.md': PAGE.replace('|---|---|\n\n', '|---|---|\n| `client/main.c` | So long. |\n\n')}, 'long', 'docs/ARCHITECTURE.md', '| `client/main.c` | So long. |'),
    ('seven long files, all with reasons', {**{'client/jobs/l%d.c' % i: 'extern int l%d;\n' % i + '\n' * 501 for i in range(7)},
                                            'docs/ARCHITECTURE.md': PAGE.replace('|---|---|\n\n', '|---|---|\n' + ''.join('| `client/jobs/l%d.c` | So. |\n' % i for i in range(7)) + '\n')},
     'long', 'docs/ARCHITECTURE.md', None),
    ('the attribute spelled out', more('client/base/say.h', '__attribute__((warn_unused_result)) int ask(void);\n'), 'attribute', 'client/base/say.h', '__attribute__((warn_unused_result)) int ask(void);'),
    ('an exception that is not needed', {'docs/ARCHITECTURE.md': PAGE + '| `client/base/say.c` | exit | Once. |\n'}, 'exception', 'docs/ARCHITECTURE.md', '| `client/base/say.c` | exit | Once. |'),
]

count = failed = 0


def ok(good, name, why=''):
    global count, failed
    count += 1
    failed += not good
    print('%sok %d - %s' % ('' if good else 'not ', count, name))
    for line in [] if good else why.split('\n'):
        print('#   ' + line)


def write(root, files):
    for path, text in files.items():
        full = os.path.join(root, path)
        os.makedirs(os.path.dirname(full), exist_ok=True)
        with open(full, 'w', encoding='utf-8') as f:
            f.write(text)


def compile_all(root, files):
    """A file that was compiled with the same headers before is not compiled again: most faults alter one."""
    kept = root + '.kept'
    os.makedirs(kept, exist_ok=True)
    headers = [path + files[path] for path in sorted(files) if path.endswith('.h')]
    for path in files:
        if path.endswith('.c'):
            out = os.path.join(root, 'o', path[:-2] + '.o')
            os.makedirs(os.path.dirname(out), exist_ok=True)
            include = ['-I', root, '-I', os.path.dirname(os.path.join(root, path))]
            same = os.path.join(kept, hashlib.sha256('\0'.join([path, files[path], *headers]).encode()).hexdigest())
            if not os.path.exists(same):
                subprocess.run(['cc', '-w', '-O1', '-fno-builtin', *include, '-c', '-o', same, os.path.join(root, path)], check=True)
            shutil.copy(same, out)


def look(root, *options):
    done = subprocess.run([sys.executable, LAYOUT, *options, root], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, check=False)
    return done.returncode, done.stdout, done.stderr


def test_house(work, name, change, expected):
    root = os.path.join(work, 'house')
    shutil.rmtree(root, ignore_errors=True)
    files = {**HOUSE, **change}
    write(root, files)
    compile_all(root, files)
    code, out, err = look(root, '--objects', os.path.join(root, 'o'))
    if expected is None:
        ok(code == 0 and out == '', name, out + err)
        return
    rule, path, text = expected
    line = r'\d+' if text is None else str(line_of(path, text, files))
    found = re.search(r'^%s:%s: %s: ' % (re.escape(path), line, rule), out, re.M)
    ok(code == 1 and found is not None, '%s is named: %s' % (name, rule), 'exit %d\n%s%s' % (code, out, err))


def test_own_sources(work):
    """The repository's sources, without object files: nothing can be said of calls, but of includes."""
    root = os.path.join(work, 'own')
    for folder in ('proto', 'daemon', 'client', 'docs'):
        shutil.copytree(os.path.join(TOP, folder), os.path.join(root, folder))
    code, out, err = look(root, '--no-build')
    ok(code == 2 and 'is not there' in err or code == 1, 'without object files nothing is said of calls', out + err)
    planted = os.path.join(root, 'proto/base/buf.c')
    with open(planted, 'a', encoding='utf-8') as f:
        f.write('#include "daemon/http/http.h"\n')
    with open(planted, encoding='utf-8') as f:
        line = f.read().count('\n')
    code, out, err = look(root, '--no-build')
    ok(code == 1 and 'proto/base/buf.c:%d: ' % line in out, 'an upward include in our own sources is named', out + err)


def main():
    with tempfile.TemporaryDirectory() as work:
        test_house(work, 'a house in order', {}, None)
        for name, change, *expected in FAULTS:
            test_house(work, name, change, expected)
        test_own_sources(work)
        code, _, err = look(os.path.join(work, 'nothing'))
        ok(code == 2 and err != '', 'where there is nothing to read it says so', err)
    print('1..%d' % count)
    return 1 if failed else 0


if __name__ == '__main__':
    sys.exit(main())
