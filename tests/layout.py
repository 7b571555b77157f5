#!/usr/bin/env python3
"""Is the house as docs/ARCHITECTURE.md says?

Reads the floors from the table in docs/ARCHITECTURE.md, the includes from the sources of proto, daemon
and client, and the calls from the symbols of their object files, which it has make build. Prints a line
for each violation, `FILE:LINE: RULE: what`.

usage: tests/layout.py [--no-build] [--objects DIR] [TREE]
    TREE       the repository (default: the one that this script is in)
    --objects  where the object files are (default: build/release)
    --no-build takes the object files as they are
    --rules    lists the rules
Exit: 0 no violation; 1 violations; 2 usage, or there is nothing to read.
"""
import argparse
import collections
import os
import re
import subprocess
import sys

RULES = {
    'table': 'every folder has a row in the table of floors, and every row a folder',
    'path': 'an #include "…" names a file by its path from the top',
    'up': 'no file includes a header of its own floor in another folder, or of a floor above',
    'call-up': 'no file uses a symbol of its own floor in another folder, or of a floor above',
    'program': 'daemon and client use proto, never each other',
    'mutual': 'no two folders include or call each other',
    'circle': 'no files call each other in a circle, but main and its table of commands',
    'include-circle': 'no headers include each other in a circle',
    'crowded': 'at most %d C files in a folder',
    'pure-header': 'proto includes no header of files, sockets, clocks or threads (but proto/process, proto/accel, proto/sys, proto/net)',
    'pure-call': 'proto calls nothing outside but memory, strings, cryptography, JSON (but proto/process, proto/accel, proto/sys, proto/net)',
    'pure-state': 'proto has no variable that can change (but proto/process, proto/accel, proto/sys, proto/net)',
    'args': 'only cmd_*.c, main.c, *_options.c and client/base know the command line',
    'exit': 'only cmd_*.c, main.c and client/base end the process',
    'file-name': 'no two folders have a file of one name',
    'tag': 'no struct, enum or union tag is defined twice',
    'static-name': 'no static function bears a name that is in more than %d files',
    'long': 'a file over %d lines has a row with its reason, and there are at most %d of them',
    'attribute': 'warn_unused_result is written MUST_USE',
    'exception': 'an exception in the table is of a known rule, and needed',
}

FILES_MOST = 17
LINES_MOST = 500
LONG_MOST = 6
SAME_STATIC_MOST = 3
RULES['crowded'] %= FILES_MOST
RULES['static-name'] %= SAME_STATIC_MOST
RULES['long'] %= (LINES_MOST, LONG_MOST)

PROGRAMS = ('proto', 'daemon', 'client')
IMPURE = ('proto/process', 'proto/accel', 'proto/sys', 'proto/net')  # the folders of proto that may touch the machine

# Standard headers that proto may include: those that declare nothing that reaches outside the process.
PURE_HEADERS = re.compile(
    r'(assert|ctype|errno|inttypes|limits|setjmp|stdalign|stdarg|stdbool|stddef|stdint|stdio|stdlib'
    r'|string|strings|zlib|sodium|jansson|yajl/yajl_\w+|openssl/(sha|evp))\.h$')

# What proto may call outside itself. stdio.h and stdlib.h are included for snprintf and malloc; this
# list, not the headers, says what of them is pure.
PURE_CALLS = re.compile(
    r'_GLOBAL_OFFSET_TABLE_|__stack_chk_fail|__(ubsan|asan|tsan)_\w+'
    r'|malloc|calloc|realloc|reallocarray|free|explicit_bzero|mem\w+|str(?!error)\w+|__?(str|mem)\w+'
    r'|v?snprintf|__v?snprintf_chk|v?asprintf|qsort|qsort_r|bsearch|_setjmp|longjmp|__errno_location'
    r'|crypto_\w+|sodium_(hex2bin|bin2hex|memzero|memcmp|base64\w+|bin2base64|increment|version_string)'
    r'|randombytes_buf|EVP_(En|De)codeBlock|SHA256_(Init|Update|Final)'
    r'|json_(?!dump_file|dumpf|dumpfd|load_file|loadf|loadfd)\w+|yajl_\w+'
    r'|(in|de)flate\w*|zlibVersion|crc32$')

ENDING = {'exit', '_exit', '_Exit', 'quick_exit', 'abort'}
KNOWS_COMMAND_LINE = re.compile(r'(client|daemon)/(main|(\w+/)?cmd_\w+)\.c$|client/base/(args|cmd|options)\.[ch]$|client/\w+/\w+_options\.[ch]$'
                                r'|client/\w+/\w+_options\.[ch]$')
MAY_END = re.compile(r'(client|daemon)/(main|(\w+/)?cmd_\w+)\.c$')


class Unreadable(Exception):
    pass


def tables(text):
    """The tables of a Markdown page: lists of rows, each a dict by the heading of its columns."""
    found, head, rows = [], None, []
    for line in text.split('\n') + ['']:
        if not line.startswith('|'):
            if head:
                found.append((head, rows))
            head, rows = None, []
            continue
        cells = [c.strip().strip('`') for c in line.strip().strip('|').split('|')]
        if head is None:
            head = cells
        elif not set(line) <= set('|-: '):
            rows.append(dict(zip(head, cells)))
    return found


def without_comments(text):
    """C without comments and without what strings hold; every line keeps its number."""
    def blank(m):
        s = m.group(0)
        return '""' if s[0] == '"' else s if s[0] == "'" else '\n' * s.count('\n') + ' '
    return re.sub(r'//[^\n]*|/\*.*?\*/|"(?:\\.|[^"\\\n])*"|\'(?:\\.|[^\'\\\n])*\'', blank, text, flags=re.S)


class Source:
    def __init__(self, root, path):
        with open(os.path.join(root, path), encoding='utf-8') as f:
            self.text = f.read()
        self.path = path
        self.folder = os.path.dirname(path)
        self.code = without_comments(self.text)
        self.lines = self.text.count('\n')
        self.includes = [(m.group(2), m.group(1) == '"', self.line_of(m.start()))
                         for m in re.finditer(r'^[ \t]*#[ \t]*include[ \t]*(["<])([^">]+)[">]', self.text, re.M)]

    def line_of(self, offset):
        return self.text.count('\n', 0, offset) + 1

    def code_line_of(self, offset):
        return self.code.count('\n', 0, offset) + 1

    def mentions(self, word):
        """The first line of the code with that word; 1 if a macro makes it up."""
        m = re.search(r'\b%s\b' % re.escape(word), self.code)
        return self.code_line_of(m.start()) if m else 1


class Object:
    """The symbols of one object file."""
    def __init__(self):
        self.defined = set()
        self.wanted = set()
        self.changing = []  # variables that can change


def read_objects(objects, sources):
    """By the path of the source. Raises Unreadable."""
    names = {}
    for path in sources:
        if path.endswith('.c'):
            name = os.path.join(objects, path[:-2] + '.o')
            if not os.path.exists(name):
                raise Unreadable('%s is not there: make objects' % name)
            names[name] = path
    if not names:
        raise Unreadable('no C files in %s' % ', '.join(PROGRAMS))
    try:
        done = subprocess.run(['objdump', '-t', *names], stdout=subprocess.PIPE, check=True, text=True)
    except (OSError, subprocess.CalledProcessError) as e:
        raise Unreadable('objdump: %s' % e)
    found, current = {}, None
    for line in done.stdout.split('\n'):
        m = re.match(r'(.*): +file format', line)
        if m:
            current = found.setdefault(names[m.group(1)], Object())
            continue
        m = re.match(r'[0-9a-f]+ (.{7}) (\S+)\t[0-9a-f]+ +(?:\.hidden )?(\S+)$', line)
        if m:
            add_symbol(current, *m.groups())
    return found


def add_symbol(obj, flags, section, name):
    if section == '*UND*':
        obj.wanted.add(name)
        return
    if flags[0] in 'gu!' or flags[1] == 'w':
        obj.defined.add(name)
    changing = re.match(r'\.(data|bss|tdata|tbss)(\.|$)|\*COM\*', section) and '.data.rel.ro' not in section
    if changing and flags[6] in 'O ' and not name.startswith('.'):
        obj.changing.append(re.sub(r'\.\d+$', '', name))


def circles(graph):
    """Strongly connected parts of more than one node (Tarjan), each sorted."""
    index, low, on, stack, found = {}, {}, set(), [], []

    def visit(v):
        work = [(v, iter(sorted(graph.get(v, ()))))]
        index[v] = low[v] = len(index)
        stack.append(v)
        on.add(v)
        while work:
            node, rest = work[-1]
            for w in rest:
                if w not in index:
                    index[w] = low[w] = len(index)
                    stack.append(w)
                    on.add(w)
                    work.append((w, iter(sorted(graph.get(w, ())))))
                    break
                if w in on:
                    low[node] = min(low[node], index[w])
            else:
                work.pop()
                if work:
                    low[work[-1][0]] = min(low[work[-1][0]], low[node])
                if low[node] == index[node]:
                    part = []
                    while not part or part[-1] != node:
                        part.append(stack.pop())
                        on.discard(part[-1])
                    if len(part) > 1:
                        found.append(sorted(part))

    for v in sorted(graph):
        if v not in index:
            visit(v)
    return found


class House:
    def __init__(self, root):
        self.root = root
        self.violations = []  # (path, line, rule, what, key for exceptions)
        self.read_page()
        self.read_sources()

    def say(self, path, line, rule, what, key=None):
        self.violations.append((path, line, rule, what, key or path))

    # ---- what there is to read -------------------------------------------------------------------

    def read_page(self):
        self.page = 'docs/ARCHITECTURE.md'
        try:
            with open(os.path.join(self.root, self.page), encoding='utf-8') as f:
                self.page_text = f.read()
        except OSError as e:
            raise Unreadable(str(e))
        self.floors, self.long, self.exceptions = {}, {}, []
        for head, rows in tables(self.page_text):
            if head[:2] == ['folder', 'floor']:
                for row in rows:
                    self.add_floor(row)
            elif head[:2] == ['long file', 'why']:
                self.long.update((row['long file'], row.get('why', '')) for row in rows)
            elif head[:3] == ['exception', 'rule', 'why']:
                self.exceptions += [(row['exception'], row.get('rule', ''), row.get('why', '')) for row in rows]
        if not self.floors:
            raise Unreadable('%s: no table with the columns folder, floor' % self.page)

    def page_line(self, text):
        at = self.page_text.find('`%s`' % text)
        return self.page_text.count('\n', 0, at) + 1 if at >= 0 else 1

    def add_floor(self, row):
        folder = row['folder'].rstrip('/')
        if folder in self.floors:
            self.say(self.page, self.page_line(folder), 'table', '%s is there twice' % folder)
        if not row.get('floor', '').isdigit() or not row.get('story'):
            self.say(self.page, self.page_line(folder), 'table', '%s has no floor, or no story' % folder)
        else:
            self.floors[folder] = int(row['floor'])

    def read_sources(self):
        self.sources = {}
        for program in PROGRAMS:
            for folder, below, names in os.walk(os.path.join(self.root, program)):
                below.sort()
                for name in sorted(names):
                    if name.endswith(('.c', '.h')):
                        path = os.path.relpath(os.path.join(folder, name), self.root)
                        self.sources[path] = Source(self.root, path)
        if not self.sources:
            raise Unreadable('no C files in %s' % ', '.join(PROGRAMS))

    # ---- rules on the sources ----------------------------------------------------------------------

    def check_table(self):
        folders = {s.folder for s in self.sources.values()}
        for folder in sorted(folders - set(self.floors)):
            first = min(p for p, s in self.sources.items() if s.folder == folder)
            self.say(first, 1, 'table', '%s has no row in %s' % (folder, self.page))
        for folder in sorted(set(self.floors) - folders):
            self.say(self.page, self.page_line(folder), 'table', '%s: there is no such folder with C files' % folder)
        for folder in sorted(folders):
            n = sum(1 for p, s in self.sources.items() if s.folder == folder and p.endswith('.c'))
            if n > FILES_MOST:
                self.say(folder, 1, 'crowded', '%d C files' % n)

    def check_step(self, path, line, target, rule, how):
        """One use of a file of another folder."""
        a, b = os.path.dirname(path), os.path.dirname(target)
        pa, pb = a.split('/')[0], b.split('/')[0]
        if pb != 'proto' and pa != pb:
            self.say(path, line, 'program', '%s %s' % (how, target))
        elif a != b and a in self.floors and b in self.floors and self.floors[b] >= self.floors[a]:
            self.say(path, line, rule, '%s (floor %d) %s %s (floor %d)' % (a, self.floors[a], how, target, self.floors[b]))

    def check_includes(self):
        headers = collections.defaultdict(set)
        self.uses = collections.defaultdict(dict)  # folder -> folder -> (path, line, how)
        for path, s in self.sources.items():
            for name, own, line in s.includes:
                if not own:
                    self.check_pure_header(s, name, line)
                    continue
                if name not in self.sources:
                    generated = name.endswith('.inc') or name.startswith('tests/')
                    if not (generated and os.path.exists(os.path.join(self.root, name))):
                        self.say(path, line, 'path', '"%s" is no path from the top' % name)
                    continue
                headers[path].add(name)
                self.check_step(path, line, name, 'up', 'includes')
                self.note_use(path, line, name, 'includes')
        for part in circles(headers):
            self.say(part[0], self.sources[part[0]].mentions('include'), 'include-circle', ' '.join(part))

    def note_use(self, path, line, target, how):
        a, b = os.path.dirname(path), os.path.dirname(target)
        if a != b:
            self.uses[a].setdefault(b, (path, line, '%s %s' % (how, target)))

    def check_mutual(self):
        for a in sorted(self.uses):
            for b in sorted(self.uses[a]):
                if a < b and a in self.uses.get(b, {}):
                    there, back = self.uses[a][b], self.uses[b][a]
                    self.say(there[0], there[1], 'mutual', '%s and %s use each other: this %s; %s:%d %s'
                             % (a, b, there[2], *back), '%s %s' % (a, b))

    def is_pure(self, s):
        return s.path.startswith('proto/') and s.folder not in IMPURE

    def check_pure_header(self, s, name, line):
        if self.is_pure(s) and not PURE_HEADERS.match(name):
            self.say(s.path, line, 'pure-header', '<%s>' % name, '%s <%s>' % (s.path, name))

    def check_command_line(self):
        for path, s in self.sources.items():
            if path.startswith('client/') and not KNOWS_COMMAND_LINE.match(path):
                for m in re.finditer(r'\bstruct args\b', s.code):
                    self.say(path, s.code_line_of(m.start()), 'args', 'struct args')
                    break
                else:
                    for name, own, line in s.includes:
                        if own and name in ('client/base/args.h', 'client/base/cmd.h'):
                            self.say(path, line, 'args', name)

    def check_names(self):
        files, tags, statics = (collections.defaultdict(list) for _ in range(3))
        for path, s in self.sources.items():
            name = os.path.basename(path)
            files[name].append((path, 1))
            for m in re.finditer(r'^(?:typedef |static |const )*(?:struct|enum|union) (\w+)\s*\{', s.code, re.M):
                tags[m.group(1)].append((path, s.code_line_of(m.start())))
            if path.endswith('.c'):
                for m in re.finditer(r'^static\s[^;=({}#]*?\b(\w+)\((?=[^;{]*\)\s*\{)', s.code, re.M):
                    statics[m.group(1)].append((path, s.code_line_of(m.start())))
        for rule, found, most in (('file-name', files, 1), ('tag', tags, 1), ('static-name', statics, SAME_STATIC_MOST)):
            for name, places in sorted(found.items()):
                if len({p for p, _ in places}) > most:
                    more = ', '.join('%s:%d' % p for p in places[1:])
                    self.say(*places[0], rule, '%s; also %s' % (name, more), name)

    def check_lines(self):
        long = 0
        for path, s in self.sources.items():
            if s.lines > LINES_MOST:
                long += 1
                if not self.long.get(path):
                    self.say(path, LINES_MOST + 1, 'long', '%d lines, and no row with its reason' % s.lines)
            elif path in self.long:
                self.say(self.page, self.page_line(path), 'long', '%s has %d lines: no reason is needed' % (path, s.lines))
            m = re.search(r'\bwarn_unused_result\b', s.code)
            if m and not re.search(r'#define MUST_USE\b', s.code):
                self.say(path, s.code_line_of(m.start()), 'attribute', 'MUST_USE')
        for path in sorted(set(self.long) - set(self.sources)):
            self.say(self.page, self.page_line(path), 'long', '%s: there is no such file' % path)
        if long > LONG_MOST:
            self.say(self.page, 1, 'long', '%d files over %d lines' % (long, LINES_MOST))

    def check_sources(self):
        self.check_table()
        self.check_includes()
        self.check_command_line()
        self.check_names()
        self.check_lines()

    # ---- rules on the symbols ------------------------------------------------------------------------

    def check_objects(self, objects):
        found = read_objects(objects, self.sources)
        where = {program: {} for program in PROGRAMS}  # symbol -> source that defines it
        for path, obj in found.items():
            for name in obj.defined:
                where[path.split('/')[0]][name] = path
        calls = collections.defaultdict(set)
        for path, obj in sorted(found.items()):
            s = self.sources[path]
            for name in sorted(obj.wanted):
                target = self.definer(where, path, name)
                if target is None:
                    self.check_outside(s, name)
                    continue
                line = s.mentions(name)
                if not self.is_table_of_commands(path, target, name):
                    calls[path].add(target)
                self.check_step(path, line, target, 'call-up', 'uses %s of' % name)
                self.note_use(path, line, target, 'uses %s of' % name)
            if self.is_pure(s):
                for name in obj.changing:
                    self.say(path, s.mentions(name), 'pure-state', name, '%s %s' % (path, name))
        for part in circles(calls):
            self.say(part[0], self.sources[part[0]].mentions(self.first_call(found, part)), 'circle', ' '.join(part))

    def definer(self, where, path, name):
        """The source that a symbol comes from: of the same program, of proto, or, which is wrong, of another."""
        own = path.split('/')[0]
        for program in (own, 'proto', *PROGRAMS):
            if name in where[program]:
                return where[program][name]
        return None

    @staticmethod
    def is_table_of_commands(path, target, name):
        return os.path.basename(path) == 'main.c' and os.path.basename(target).startswith('cmd_') and name.startswith('command_')

    @staticmethod
    def first_call(found, part):
        for name in sorted(found[part[0]].wanted):
            if any(name in found[p].defined for p in part[1:]):
                return name
        return part[0]

    def check_outside(self, s, name):
        if self.is_pure(s) and not PURE_CALLS.fullmatch(name):
            self.say(s.path, s.mentions(name), 'pure-call', name, '%s %s' % (s.path, name))
        if name in ENDING and not MAY_END.match(s.path):
            self.say(s.path, s.mentions(name), 'exit', name, '%s %s' % (s.path, name))

    # ---- exceptions -------------------------------------------------------------------------------------

    def left(self):
        """The violations that no exception excuses, and the exceptions that excuse none."""
        used, left = set(), []
        for v in self.violations:
            excuse = next((e for e in self.exceptions if e[1] == v[2] and e[0] in (v[4], v[0]) and e[2]), None)
            if excuse:
                used.add(excuse)
            else:
                left.append(v)
        for e in self.exceptions:
            if e not in used:
                what = 'is not needed' if e[1] in RULES else 'is of no rule'
                left.append((self.page, self.page_line(e[0]), 'exception', '%s (%s) %s' % (e[0], e[1], what), ''))
        return sorted(left)


def build(root):
    """Has make build the object files. Returns whether it could."""
    env = {k: v for k, v in os.environ.items() if k not in ('MAKEFLAGS', 'MAKELEVEL', 'MFLAGS', 'VARIANT')}
    done = subprocess.run(['make', '--no-print-directory', '-s', '-j%d' % (os.cpu_count() or 2), 'objects'],
                          cwd=root, env=env, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False)
    if done.returncode != 0:
        sys.stderr.write(done.stdout[-4000:])
    return done.returncode == 0


def main():
    top = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
    parser = argparse.ArgumentParser(description=__doc__.split('\n')[0])
    parser.add_argument('tree', nargs='?', default=top, help='the repository')
    parser.add_argument('--objects', help='where the object files are (default: build/release of the tree)')
    parser.add_argument('--no-build', action='store_true', help='take the object files as they are')
    parser.add_argument('--rules', action='store_true', help='list the rules')
    a = parser.parse_args()
    if a.rules:
        for rule, text in RULES.items():
            print('%-14s %s' % (rule, text))
        return 0
    unread = None
    try:
        house = House(a.tree)
        house.check_sources()
    except Unreadable as e:
        print('layout: %s' % e, file=sys.stderr)
        return 2
    try:
        if not (a.no_build or a.objects) and not build(a.tree):
            raise Unreadable('the object files could not be built')
        house.check_objects(a.objects or os.path.join(a.tree, 'build/release'))
    except Unreadable as e:
        unread = e
    house.check_mutual()
    left = house.left() if unread is None else [v for v in house.left() if v[2] != 'exception']
    for path, line, rule, what, _ in left:
        print('%s:%d: %s: %s' % (path, line, rule, what))
    if unread is not None:
        print('layout: %s; nothing is said of calls' % unread, file=sys.stderr)
    if left:
        print('%d violations; tests/layout.py --rules says what the rules are' % len(left), file=sys.stderr)
        return 1
    return 0 if unread is None else 2


if __name__ == '__main__':
    sys.exit(main())
