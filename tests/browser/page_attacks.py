#!/usr/bin/python3
"""An operator who wants a court's own copy of the page to say good of what is not.

    page_attacks.py PAGE FOLDER     TAP

PAGE is the file that `bitacora page` writes, FOLDER a folder to work in. The court serves it on an origin of its own, and has a policy
with a witness. All that the operator can send, or stand around the page with, is tried: files, names, policies, other pages. The
logs are the second writer's (tests/interop).
"""
import http.server
import io
import json
import pathlib
import random
import sys
import zipfile

sys.dont_write_bytecode = True
sys.path.insert(1, str(pathlib.Path(__file__).resolve().parents[1] / 'interop'))
import base_logs
from answers import Part
from base_logs import KEYS, minimal
from browser import Browser
from host import serve
from index_lies import LIES, QUESTION, world
from index_tables import index_of
from receipts import chain, evidence, json_file, receipt, receipt_of
from tap import equal, plan, tell
from vectors import NOBODY, W1, W2, cosigned, seconds
from writer import COSIGNATURE, Key, b64, cosign_line, sign_note, signature_line, sha256

PAGE, WORK = pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[2])
MARKUP = '<img src=x onerror="window.hit=1"><script>window.hit=1</script>'


class Host(http.server.BaseHTTPRequestHandler):
    """A host of the page alone; at /frame and /opener an attacker's pages (of another port)."""
    pages = {}

    def do_GET(self):
        body = self.server.pages.get(self.path.split('?')[0])
        self.server.asked.append(self.path)
        self.send_response(200 if body else 404)
        self.send_header('Content-Type', 'text/html; charset=utf-8')
        self.end_headers()
        self.wfile.write(body or b'')

    def log_message(self, *_):
        pass


def host(pages):
    server = serve(Host)
    server.pages, server.asked = pages, []
    return server


def put(name, data):
    path = WORK / name
    path.write_bytes(data if isinstance(data, bytes) else data.encode())
    return path


def policy_of(key, quorum='uno', name='uno', more=''):
    return f'log {key.vkey}\nwitness {name} {W1.vkey}\nwitness dos {W2.vkey}\ngroup both all {name} dos\n{more}quorum {quorum}\n'


class Court:
    """The court's page in a tab, with the court's policy."""

    def __init__(self, browser, address, policy=None):
        self.page = page = browser.page(width=900)
        page.load(address + '/bitacora.html')
        page.wait('document.getElementById("title").textContent !== "" && bitacora.ready')
        self.english()
        if policy:
            self.give(policy)
            page.wait('document.querySelector("#policy dl")')

    def english(self):
        self.page.eval('document.documentElement.lang === "en" || document.getElementById("lang").click()')
        self.page.wait('document.documentElement.lang === "en"')

    def give(self, *paths):
        self.page.files('#files', *paths)

    def verdicts(self, count):
        """Of the files that lie there, the newest first."""
        self.page.wait(f'document.querySelectorAll("#results > .result > .verdict").length === {count}')
        return self.page.eval('[...document.querySelectorAll("#results > .result > .verdict")].map((v) => v.classList[1])')

    def text(self, selector):
        return self.page.eval(f'document.querySelector({json.dumps(selector)})?.innerText ?? ""')

    def clear(self):
        self.page.eval('document.getElementById("clear").click()')
        self.page.wait('document.querySelectorAll("#results > .result").length === 0')


def judged(page, function, data, policy):
    """exit and codes of one file, without showing it."""
    return page.eval('''(async () => {
        const bytes = (s) => Uint8Array.from(atob(s), (c) => c.charCodeAt(0));
        const r = await bitacora.%s(bytes(%s), bitacora.readPolicy(bytes(%s)).policy);
        return [r.exit, r.findings.map((f) => f.code)];
    })()''' % (function, json.dumps(b64(data)), json.dumps(b64(policy.encode()))))


# ---- receipts


def forged_receipts(court, log, policy):
    at = seconds(log, 39)
    good = receipt(log, NOBODY, checkpoint=cosigned(log, 40, (W1, at)))
    equal('an honest receipt is good', judged(court.page, 'verifyReceipt', good, policy)[0], 0)
    rng = random.Random(1)
    bits = [[rng.randrange(len(good)), 1 << rng.randrange(8)] for _ in range(100)]
    seen = set(court.page.eval('''(async () => {
        const good = Uint8Array.from(atob(%s), (c) => c.charCodeAt(0));
        const { policy } = bitacora.readPolicy(new TextEncoder().encode(%s));
        const exits = [];
        for (const [at, bit] of %s) {
            const spoilt = good.slice();
            spoilt[at] ^= bit;
            exits.push((await bitacora.verifyReceipt(spoilt, policy)).exit);
        }
        return exits;
    })()''' % (json.dumps(b64(good)), json.dumps(policy), json.dumps(bits))))
    tell(0 not in seen, 'no bit of it can be another', seen)
    own = Key(log.origin, sha256(b'another key of that name'))
    text = log.checkpoint_text()
    line = cosign_line(text, W1, at)
    both = policy_of(log.key, 'both')
    other = signature_line(W2.name, W2.id, __import__('base64').b64decode(line.split()[2])[4:])
    for what, note, under in (
            ('by a key of the same name', sign_note(text, own) + line, policy),
            ('by a key of the same name and the id of the right one', text + b'\n' + signature_line(own.name, log.key.id, own.sign(text)) + line, policy),
            ('by nobody, but the witness', text + b'\n' + line, policy),
            ('cosigned twice by one witness, for two', log.checkpoint() + line + cosign_line(text, W1, at + 1), both),
            ('cosigned by one witness in the name of the other', log.checkpoint() + line + other, both),
            ('cosigned by a key of the name of the witness', log.checkpoint() + cosign_line(text, Key(W1.name, sha256(b'x'), COSIGNATURE), at), policy),
            ('with the cosignature of a smaller tree', log.checkpoint() + cosign_line(log.checkpoint_text(39), W1, at), policy)):
        said = judged(court.page, 'verifyReceipt', receipt(log, NOBODY, checkpoint=note), under)
        tell(said[0] != 0, f'a checkpoint {what} is not good', said)
    parts = chain(log, NOBODY)
    for index in (2**53, 2**53 + 1, 2**63 - 1, 40, 9):
        said = judged(court.page, 'verifyReceipt', receipt_of(parts, cosigned(log, 40, (W1, at)), index=index), policy)
        tell(said[0] != 0, f'nor is index {index}', said)


def operators_policy(court, work):
    """The operator sends his own policy along."""
    fake = base_logs.base(40)
    fake.key = Key(fake.origin, sha256(b'the key of the operator'))
    forged = put('pago.tlog-proof', receipt(work['log'], NOBODY, checkpoint=sign_note(work['log'].checkpoint_text(), fake.key)))
    own = put('recibo.txt', f'# recibo\nlog {fake.key.vkey}\nquorum none\n')
    court.give(forged, own)
    tell('good' not in court.verdicts(1), 'a policy that comes with a receipt does not take the place of the court\'s', court.verdicts(1))
    court.page.wait('document.getElementById("offered")')
    tell('court.policy' in court.text('#policy dl') and 'recibo.txt' in court.text('#offered'), 'and the reader is told', court.text('#policy'))
    court.page.eval('document.getElementById("keep-policy").click()')
    court.page.wait('!document.getElementById("offered")')
    court.give(own)
    court.page.wait('document.getElementById("offered")')
    court.page.eval('document.getElementById("take-policy").click()')
    court.page.wait('document.querySelector("#policy dl")?.innerText.includes("recibo.txt")')
    tell('none' in court.text('#policy dl'), 'who takes it all the same sees that it asks for no witness', court.text('#policy'))
    court.clear()


def hostile_policies(court, work):
    vkey, witness = work['log'].key.vkey, W1.vkey
    for what, text in (('two quorums', f'log {vkey}\nquorum none\nquorum none\n'), ('no quorum', f'log {vkey}\n'), ('no newline at its end', f'log {vkey}\nquorum none'),
                       ('a group of itself', f'log {vkey}\ngroup g 1 g\nquorum g\n'), ('a group of none', f'log {vkey}\nwitness w {witness}\ngroup g 0 w\nquorum g\n'),
                       ('one witness under two names', f'log {vkey}\nwitness a {witness}\nwitness b {witness}\ngroup g 2 a b\nquorum g\n'),
                       ('a member twice', f'log {vkey}\nwitness a {witness}\ngroup g 2 a a\nquorum g\n'), ('a threshold of 1e0', f'log {vkey}\nwitness a {witness}\ngroup g 1e0 a\nquorum g\n'),
                       ('CRLF', f'log {vkey}\r\nquorum none\r\n'), ('a witness called __proto__ as quorum of nothing', f'log {vkey}\nquorum __proto__\n'),
                       ('a quorum called constructor', f'log {vkey}\nquorum constructor\n'), ('65 logs', ''.join(f'log {Key(f"l{i}").vkey}\n' for i in range(65)) + 'quorum none\n'),
                       ('two mebibytes', '#' * 2**20 + f'log {vkey}\nquorum none\n')):
        refused = court.page.eval('''(() => {
            const r = bitacora.readPolicy(new TextEncoder().encode(%s));
            return r.refused ?? null;
        })()''' % json.dumps(text))
        tell(refused is not None, f'a policy with {what} is refused', text[:200])
    odd = put('odd.policy', policy_of(work['log'].key, 'none', name='bueno\u202e' + MARKUP.replace(' ', '\u200b').replace('"', "'")))
    court.clear()
    court.give(odd)
    court.page.wait('document.querySelector("#policy dl")')
    tell('⟨U+202E⟩' in court.text('#policy') and '⟨U+200B⟩' in court.text('#policy'), 'what hides in a name of a witness is written out', court.text('#policy'))
    equal('and markup in it is text', court.page.eval('document.querySelectorAll("#policy img, #policy script").length'), 0)
    court.clear()


# ---- what records say


def markup_everywhere(court, work):
    """HTML wherever a text may stand, in a log that is honest by its signatures."""
    def step(g):
        g.label['m1'] = g.enroll(KEYS['r1'], base_logs.fresh(1), 'judge', 'mx.juez', members={'display': MARKUP[:250], 'designation': MARKUP, 'jurisdiction': MARKUP})
        g.add('ruleset', KEYS['r1'], {**minimal(g, 'ruleset'), 'name': MARKUP, 'version': MARKUP})
        ref = MARKUP
        g.label['w'] = g.add('warrant', base_logs.fresh(1), {**minimal(g, 'warrant'), 'ref': ref, 'case': {'scheme': 'nuc', 'number': MARKUP}}, under=g.label['m1'].ref)
        g.add('transfer', KEYS['q1'], {**base_logs.full(g, 'transfer'), 'instrument': MARKUP})
    log = base_logs.lie(step, size=40)
    index = index_of(log).add()
    at = log.clock // 1000 + 1
    note = cosigned(log, len(log), (W1, at))
    policy = put('markup.policy', policy_of(log.key))
    names = []
    for n, i in enumerate(range(28, 32)):
        path = WORK / f'{n}-<img src=x onerror=window.hit=1>.tlog-proof'
        path.write_bytes(receipt(log, i, checkpoint=note))
        names.append(path)
    names.append(put('markup.answer', Part.honest(log, ('warrant', MARKUP.encode()), index.index, checkpoint=note).bytes()))
    court.clear()
    court.give(policy, *names)
    said = court.verdicts(6)[1:]                          # the first compares the receipts
    equal('receipts and an answer full of markup are good', said, ['word'] + ['good'] * 4)
    court.page.eval('document.querySelectorAll("details").forEach((d) => { d.open = true })')
    tell(court.text('#results').count('<script>window.hit') > 6, 'which is shown as it stands', court.text('#results')[:300])
    equal('nothing of it became an element', court.page.eval('document.querySelectorAll("main img, main script, main iframe").length'), 0)
    equal('nor ran', court.page.eval('window.hit === undefined'), True)
    court.clear()


def homoglyphs(court, work):
    log = base_logs.lie(lambda g: base_logs.ask(g, edit=lambda m: m['warrant'].update(ref='Oficio 12/2026'.replace('O', '\u041e', 1))), size=40)
    index = index_of(log).add()
    note = cosigned(log, len(log), (W1, log.clock // 1000 + 1))
    asked = put('otra.answer', Part.honest(log, ('warrant', '\u041eficio 12/2026'.encode()), index.index, checkpoint=note).bytes())
    right = put('una.answer', Part.honest(log, ('warrant', b'Oficio 12/2026'), index.index, checkpoint=note).bytes())
    court.clear()
    court.give(put('homoglyph.policy', policy_of(log.key)), right, asked)
    equal('both spellings are answered', court.verdicts(2), ['word', 'word'])
    tell('U+041E' in court.text('#results > .result:nth-of-type(1) > p.warning'), 'a question in another alphabet is pointed out', court.text('#results')[:500])
    tell('U+041E' in court.text('#results > .result:nth-of-type(2) section.warning:not(.outside)'), 'and an entry that only looks like the warrant, too', court.text('#results')[:500])
    tell('days ago' in court.text('#results .label'), 'an old answer says how old it is', court.text('#results')[:500])
    court.clear()


def left_out(court, _):
    """The operator's index leaves an entry out, of which somebody has the receipt; and an answer from another history."""
    lie = LIES['row-left-out-of-an-act']()
    log, tables = lie.log, index_of(lie.log).cover_of(lie.log.entries[lie.index])
    answer = put('sin.answer', Part.honest(log, QUESTION, lie.index, tables=tables).bytes())
    policy = put('sin.policy', f'log {log.key.vkey}\nquorum none\n')
    court.clear()
    court.give(policy, answer)
    equal('an answer may leave an entry out', court.verdicts(1), ['word'])
    court.give(put('44.tlog-proof', receipt(log, 44)))
    equal('whoever has its receipt sees that', court.verdicts(3), ['bad', 'good', 'word'])
    tell('IS NOT THERE' in court.text('#together'), 'and it is said', court.text('#together'))
    court.clear()
    other, index = world()
    index = index.add()
    court.give(policy, put('otra-historia.answer', Part.honest(other, QUESTION, index.index).bytes()), put('44.tlog-proof', receipt(log, 44)))
    other_said = court.verdicts(3)
    equal('an answer and a receipt of one history agree', other_said[0], 'word')
    court.clear()
    other, index = world()
    base_logs.ask(other)
    index = index.add()
    court.give(policy, put('otra-historia.answer', Part.honest(other, QUESTION, index.index).bytes()), put('fin.tlog-proof', receipt(log, len(log) - 2)))
    equal('an answer from another history than the receipt is bad beside it', court.verdicts(3), ['bad', 'good', 'word'])
    court.clear()


# ---- bytes


def bytes_of_all_kinds(court, work):
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, 'w') as z:
        z.writestr('recibo.tlog-proof', receipt(work['log'], NOBODY))
    deep = b'{"format":"bitacora/v1 evidence","claim":' + b'[' * 100_000 + b']' * 100_000 + b'}'
    files = {'a.zip': archive.getvalue(), 'a.pdf': b'%PDF-1.7\n' + bytes(range(256)) * 20, 'empty': b'', 'utf16': receipt(work['log'], NOBODY).decode().encode('utf-16'),
             'deep.json': deep, 'large.json': b'{"format":"bitacora/v1 opening","x":"' + b'x' * (8 << 20) + b'"}',
             'surrogate.json': b'{"format":"bitacora/v1 opening","member":"\\ud800"}', 'proto.json': b'{"__proto__":{"exit":0},"format":"bitacora/v1 evidence"}',
             'twice.json': b'{"format":"bitacora/v1 evidence","format":"bitacora/v1 opening"}', 'constructor.json': b'{"constructor":{"prototype":{"good":true}},"format":"bitacora/v1 evidence"}',
             'numbers.json': json_file(evidence('fork', [work['log'].checkpoint()] * 2)).replace(b'"hashes": []', b'"hashes": -0'),
             'long.tlog-proof': b'c2sp.org/tlog-proof@v1\nextra ' + b'A' * (17 << 20) + b'\nindex 0\n\n'}
    court.clear()
    court.give(work['policy'], *[put(name, data) for name, data in files.items()])
    said = court.verdicts(len(files) + 1)
    tell(set(said) <= {'undecided', 'bad'}, 'archives, other encodings, depth, size, numbers, names of prototypes: nothing is good', said)
    tell('The page failed' not in court.text('#results'), 'and nothing throws', court.text('#results')[:600])
    equal('no prototype has a new member', court.page.eval('[({}).exit, ({}).good, Object.keys(Object.prototype).length, ([]).good]'), [None, None, 0, None])
    court.clear()
    court.page.eval('''(() => {
        const f = new File(['x'], 'enorme.tlog-proof');
        Object.defineProperty(f, 'size', { value: 2 ** 40 });
        f.arrayBuffer = () => { window.hit = 'read'; return Promise.reject(new Error('too large')); };
        const input = document.getElementById('files');
        const had = Object.getOwnPropertyDescriptor(HTMLInputElement.prototype, 'files');
        Object.defineProperty(input, 'files', { value: [f], configurable: true });
        input.dispatchEvent(new Event('change'));
        delete input.files;
        void had;
    })()''')
    equal('a file of a tebibyte is undecided', court.verdicts(1), ['undecided'])
    tell('are too many' in court.text('#results') and court.page.eval('window.hit === undefined'), 'and not read', court.text('#results'))
    court.clear()


# ---- what stands around the page


def around(browser, court_host, work):
    address = court_host.address
    script = f'''<!DOCTYPE html><iframe id="f" src="{address}/bitacora.html" width="900" height="700"></iframe>'''
    opener = f'''<!DOCTYPE html><script>
        window.go = () => {{ window.w = window.open("{address}/bitacora.html?policy=x&receipt=y#policy=log%20x", "policy"); }};
        window.say = () => {{ for (const m of [{{start: {{}}}}, {{result: {{exit: 0}}}}, {{judged: null}}, "policy"]) window.w.postMessage(m, "*"); }};
    </script><button onclick="go()">x</button>'''
    evil = host({'/frame': script.encode(), '/opener': opener.encode()})
    page = browser.page(width=1000)
    page.load(evil.address + '/frame')
    # Of another site, the frame is a target of its own; here, of the same site, it can be looked into.
    tree = page.call('Page.getFrameTree')['frameTree']['childFrames']
    world = page.call('Page.createIsolatedWorld', frameId=tree[0]['frame']['id'])['executionContextId']

    def inside(expression):
        return page.call('Runtime.evaluate', contextId=world, expression=expression, returnByValue=True)['result'].get('value')
    equal('inside another page it judges nothing', inside('[document.querySelectorAll("input, button:not(#lang)").length, document.querySelectorAll(".verdict.bad").length]'), [0, 2])
    page.close()
    page = browser.page(width=1000)
    page.load(evil.address + '/opener')
    before = {t['targetId'] for t in browser.call('Target.getTargets')['targetInfos']}
    page.call('Runtime.evaluate', expression='go()', userGesture=True)
    page.wait('window.w && !window.w.closed')
    opened = []
    while not opened:
        opened = [t for t in browser.call('Target.getTargets')['targetInfos'] if t['targetId'] not in before and t['type'] == 'page' and 'bitacora.html' in t['url']]
    session = browser.call('Target.attachToTarget', targetId=opened[0]['targetId'], flatten=True)['sessionId']

    def there(expression):
        return browser.call('Runtime.evaluate', session, expression=expression, returnByValue=True, awaitPromise=True)['result'].get('value')
    there('bitacora.ready')
    page.eval('say()')
    there('new Promise((r) => setTimeout(r, 0))')
    while '/checkpoint' not in court_host.asked:           # whether a log is there: the page's last question
        there('new Promise((r) => setTimeout(r, 20))')
    equal('an opener, an address and messages give it no policy and no verdict', there('[document.querySelectorAll("#policy dl, .verdict").length, location.hash !== ""]'), [0, True])
    browser.call('Target.closeTarget', targetId=opened[0]['targetId'])
    page.close()
    equal('the court\'s page asks its own host alone, and nothing but whether a log is there', sorted(set(court_host.asked) - {'/favicon.ico'}),
          ['/bitacora.html', '/bitacora.html?policy=x&receipt=y', '/checkpoint'])
    return evil


def kept_from(court, evil):
    """The page's own policy (CSP) against what might yet come to run in it."""
    tried = court.page.eval('''(async () => {
        const out = {};
        const said = [];
        document.addEventListener('securitypolicyviolation', (e) => said.push(e.effectiveDirective));
        out.fetch = await fetch(%s).then(() => 'went', () => 'kept');
        const s = document.createElement('script');
        s.textContent = 'window.hit = 1';
        document.body.append(s);
        const i = document.createElement('div');
        i.innerHTML = '<img src="%s/x.png"><a href="javascript:window.hit=1">x</a><base href="%s/">';
        document.body.append(i);
        i.querySelector('a').click();
        const f = document.createElement('iframe');
        f.src = %s;
        document.body.append(f);
        await new Promise((r) => setTimeout(r, 300));
        s.remove(); i.remove(); f.remove();
        return { ...out, hit: window.hit ?? null, said: [...new Set(said)].sort() };
    })()''' % (json.dumps(evil.address + '/frame'), evil.address, evil.address, json.dumps(evil.address + '/frame')))
    equal('nothing is fetched from elsewhere, and no other script runs', [tried['fetch'], tried['hit']], ['kept', None])
    tell({'connect-src', 'script-src-elem', 'img-src', 'base-uri', 'frame-src'} <= set(tried['said']), 'each by the page\'s policy', tried['said'])
    equal('nothing went there', evil.asked.count('/x.png'), 0)


def storage(court):
    kept = court.page.eval('''(async () => [localStorage.length, sessionStorage.length, document.cookie,
        (await indexedDB.databases()).length, window.name])()''')
    equal('it keeps nothing in the browser', kept, [0, 0, '', 0, ''])


def workers(court, work):
    """A worker that dies, and one that talks after it was given up."""
    court.clear()
    court.give(work['policy'])
    court.page.wait('document.querySelector("#policy dl")')
    court.page.eval('''(() => {
        window.made = [];
        window.RealWorker = window.Worker;
        window.Worker = class { constructor() { window.made.push(this); } postMessage() {} terminate() {} };
    })()''')
    start = 'document.getElementById("replay-begin").click()'
    court.page.eval(start)
    court.page.eval('window.made[0].onerror({ message: "out of memory" })')
    court.page.wait('document.querySelector("#replay .verdict")')
    tell(court.page.eval('document.querySelector("#replay .verdict").classList.contains("undecided")'), 'a worker that dies leaves it undecided', court.text('#replay'))
    result = '''{ result: { exit: 0, findings: [], size: 1, done: 1, root: new Uint8Array(32), signatures: 1, checkpoint: null, genesis: null }, months: new Map() }'''
    court.page.eval(start)
    court.page.eval('document.getElementById("replay-end").click()')
    court.page.eval(f'window.made[1].onmessage({{ data: {result} }})')
    equal('what a run says that was given up is not heard', court.page.eval('document.querySelectorAll("#replay .verdict.good").length'), 0)
    court.page.eval(start)
    court.give(put('neu.policy', policy_of(work['log'].key, 'none')))
    court.page.wait('document.getElementById("take-policy")')
    court.page.eval('document.getElementById("take-policy").click()')
    court.page.wait('document.querySelector("#policy dl").innerText.includes("neu.policy")')
    court.page.eval(f'window.made.at(-1).onmessage({{ data: {result} }})')
    equal('nor what one says that began under another policy', court.page.eval('document.querySelectorAll("#replay .verdict.good").length'), 0)
    court.page.eval('window.Worker = window.RealWorker')
    court.clear()


def kept_replays(court, work):
    """A file that says how far a replay came, from the operator: what of it is believed, and when."""
    def forged(g):
        base_logs.ask(g, sign=lambda t: bytes(64))
    cases = [('honest, kept at 30', base_logs.base(40), 30, None, 'good'),
             ('kept of other entries', base_logs.base(40), 30, sha256(b'other'), 'undecided'),
             ('kept of more entries than there are', base_logs.base(40), 41, sha256(b'other'), 'undecided'),
             ('a request forged behind it', base_logs.lie(forged, at=35, size=40), 30, None, 'bad'),
             ('an enrolment forged among what it vouches for', base_logs.lie(lambda g: g.enroll(KEYS['r1'], base_logs.fresh(1), 'judge', 'a', sign=lambda t: bytes(64)),
                                                                          size=40), 39, None, 'bad'),
             ('a request of nobody among it', base_logs.lie(lambda g: base_logs.ask(g, under={**g.label['q1'].ref, 'hash': b64(bytes(32))}), size=40), 39, None, 'bad'),
             ('a request forged among it', base_logs.lie(forged, size=40), 39, None, 'good')]
    for what, log, entries, root, want in cases:
        court.clear()
        policy = f'log {log.key.vkey}\nquorum none\n'
        said = {'format': 'bitacora page replay 1', 'origin': log.origin, 'policy': sha256(policy.encode()).hex(), 'entries': entries,
                'root': b64(root or log.root(entries)), 'at': 1_790_000_000_000}
        court.give(put('kept.policy', policy), put('hasta.replay', json.dumps(said)))
        court.page.wait('document.getElementById("replay-kept")')
        equal(f'{what}: unasked nothing is replayed', court.page.eval('document.querySelectorAll("#replay .verdict, #replay progress").length'), 0)
        folder(court, {'m/' + path: data for path, data in log.files().items()})
        court.page.wait('!document.getElementById("replay-kept").disabled')
        court.page.eval('document.getElementById("replay-kept").click()')
        court.page.wait('document.querySelector("#replay .verdict")')
        equal(f'{what}: {want}', court.page.eval('document.querySelector("#replay .verdict").classList[1]'), want)
        if want == 'good':
            tell('rests on the file hasta.replay' in court.text('#replay'), 'and what rests on the file is said', court.text('#replay')[:500])
            tell('nobody signed it' in court.text('#kept'), 'as that nobody signed it')
    court.page.eval('document.getElementById("replay-begin").click()')
    court.page.wait('document.querySelector("#replay .verdict.bad")')
    tell(True, 'without the file the forged request is found')
    court.clear()
    court.give(put('others.policy', policy_of(work['log'].key)), WORK / 'hasta.replay')
    court.page.wait('document.querySelector("#policy dl")?.innerText.includes("others.policy")')
    tell('under another policy' in court.text('#kept') and court.page.eval('!document.getElementById("replay-kept")'), 'of another policy it is no use', court.text('#kept'))
    court.clear()


def folder(court, files):
    court.page.eval('''(() => {
        const made = Object.entries(%s).map(([path, data]) => {
            const f = new File([Uint8Array.from(atob(data), (c) => c.charCodeAt(0))], path.split('/').at(-1));
            Object.defineProperty(f, 'webkitRelativePath', { value: path });
            return f;
        });
        const input = document.getElementById('folder');
        Object.defineProperty(input, 'files', { value: made });
        input.dispatchEvent(new Event('change'));
    })()''' % json.dumps({path: b64(data) for path, data in files.items()}))


def another_policy(court, work):
    """While files are judged anew, nothing that was said under the former policy stands there."""
    note = cosigned(work['log'], 40, (W1, seconds(work['log'], 39)))
    court.give(work['policy'], *[put(f'bueno-{i}.tlog-proof', receipt(work['log'], i, checkpoint=note)) for i in (8, 9, 11, 14)])
    equal('good under the one policy', court.verdicts(5), ['good'] * 5)
    strict = put('strict.policy', policy_of(work['log'].key, 'both'))
    court.give(strict)
    court.page.wait('document.getElementById("take-policy")')
    seen = court.page.eval('''(async () => {
        const seen = [];
        const look = () => seen.push(document.querySelectorAll('#results > .result:not(#together) > .verdict.good').length);
        document.getElementById('take-policy').click();
        document.getElementById('lang').click(); // which draws all anew
        look();
        for (let i = 0; i < 20; i++) {
            await new Promise((r) => setTimeout(r, 5));
            document.getElementById('lang').click();
            look();
        }
        return seen;
    })()''')
    equal('never under the other, not for a moment', sorted(set(seen)), [0])
    court.english()
    court.clear()


def main():
    WORK.mkdir(parents=True, exist_ok=True)
    log = base_logs.base(40)
    work = {'log': log, 'policy': put('court.policy', policy_of(log.key))}
    court_host = host({'/bitacora.html': PAGE.read_bytes()})
    with Browser() as browser:
        evil = around(browser, court_host, work)
        court = Court(browser, court_host.address, work['policy'])
        tell(f'This page came from {court_host.address[7:]}' in court.text('#provenance'), 'it says from where it came', court.text('#provenance')[:200])
        forged_receipts(court, log, policy_of(log.key))
        operators_policy(court, work)
        hostile_policies(court, work)
        markup_everywhere(court, work)
        homoglyphs(court, work)
        left_out(court, work)
        bytes_of_all_kinds(court, work)
        another_policy(court, work)
        kept_replays(court, work)
        workers(court, work)
        # Whether a log is served beside the page was asked, and is not so.
        trouble = [line for line in court.page.trouble() if '404' not in line]
        equal('nothing threw, nothing was kept from loading', trouble, [])
        storage(court)
        kept_from(court, evil)
    return plan()


if __name__ == '__main__':
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    sys.exit(main())
