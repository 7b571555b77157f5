#!/usr/bin/python3
"""The page as a log serves it, and from a file, as people use it.

    page_log.py URL PAGE FOLDER PICTURES     TAP

URL: a log that serves the page and has an index. FOLDER: `policy` of the log, `mirror` of it,
`receipt`, `opening`, `answer` of the warrant CJF-1/2026. PICTURES: where pictures are kept.
Each view is looked at in both languages, by axe-core, and at the width of a phone.
"""
import http.server
import json
import os
import pathlib
import sys
import urllib.error
import urllib.request

sys.dont_write_bytecode = True
from browser import Browser
from host import serve
from tap import equal, plan, tell

URL, PAGE, FOLDER, PICTURES = sys.argv[1].rstrip('/'), sys.argv[2], *map(pathlib.Path, sys.argv[3:5])
ADDRESS = URL
ASKED = 'CJF-1/2026'
LOOKS = [(1000, 'en'), (360, 'es')] + ([(1000, 'es'), (360, 'en')] if os.environ.get('EVERY') == '1' else [])


def text(page, selector):
    return page.eval(f'document.querySelector({json.dumps(selector)})?.innerText ?? ""')


def verdicts(page):
    return page.eval('[...document.querySelectorAll("#results > .result > .verdict")].map((v) => v.classList[1])')


def looked_at(page, name):
    """axe-core, the width of a phone, both languages, a picture of each (EVERY=1: of all four)."""
    wrong = []
    for width, language in LOOKS:
        page.size(width)
        speak(page, language)
        wrong += page.axe() + page.overflow()
        page.picture(PICTURES / f'{name}-{width}-{language}.png')
    page.size(1000)
    speak(page, 'en')
    tell(not wrong, f'{name}: axe, phone width, both languages', wrong[:4])


def speak(page, language):
    if page.eval('document.documentElement.lang') != language:
        page.eval('document.getElementById("lang").click()')


def english(page):
    page.wait('document.getElementById("title").textContent !== "" && bitacora.ready')
    speak(page, 'en')


# ---- from a file


def asked(page):
    """The addresses that the page has asked for."""
    page.eval('0')
    return [e['params']['request']['url'] for e in page.browser.events
            if e.get('sessionId') == page.session and e['method'] == 'Network.requestWillBeSent']


def key(page, name, text=''):
    for kind in ('keyDown', 'keyUp'):
        page.call('Input.dispatchKeyEvent', type=kind, key=name, code=name, text=text if kind == 'keyDown' else '',
                  windowsVirtualKeyCode={'Tab': 9, 'Enter': 13}[name])


def by_keyboard(page):
    reached = []
    page.eval('document.body.focus(); document.activeElement.blur()')
    for _ in range(12):
        key(page, 'Tab')
        reached.append(page.eval('document.activeElement.id || document.activeElement.tagName'))
    tell({'lang', 'files', 'SUMMARY', 'folder'} <= set(reached), 'all is reached by the keyboard', reached)
    page.eval('document.getElementById("lang").focus()')
    key(page, 'Enter', '\r')
    page.wait('document.documentElement.lang === "es"')
    equal('and the language changed', text(page, '#policy-title'), '1. Política')
    equal('what has the focus keeps it', page.eval('document.activeElement.id'), 'lang')
    speak(page, 'en')


def from_file(browser):
    page = browser.page(width=1000)
    page.call('Network.enable')
    page.load(PAGE)
    english(page)
    by_keyboard(page)
    looked_at(page, 'empty')
    page.files('#files', FOLDER / 'receipt')
    page.wait('document.querySelector("#results .verdict")')
    equal('without a policy nothing is said to be good', verdicts(page), ['undecided'])
    page.files('#files', FOLDER / 'policy')
    page.wait('document.querySelector("#results .verdict.good")')
    tell('Request for data' in text(page, '#results'), 'the receipt in words', text(page, '#results')[:300])
    tell('Step by step' in text(page, '#results'), 'step by step')
    page.eval('document.querySelectorAll("details").forEach((d) => { d.open = true })')
    looked_at(page, 'receipt')
    speak(page, 'es')
    tell('Este registro está en la bitácora, firmado por quien dice.' in text(page, '#results'), 'in Spanish, too')
    speak(page, 'en')
    page.paper(PICTURES / 'receipt.pdf')
    tell((PICTURES / 'receipt.pdf').stat().st_size > 10_000, 'the receipt on paper')
    page.files('#files', FOLDER / 'opening', FOLDER / 'answer')
    page.wait('document.querySelectorAll("#results > .result > .verdict").length === 4')
    equal('an opening and an answer, too, and they agree', verdicts(page), ['word', 'word', 'good', 'good'])
    tell('GOMC850315HDFRRR07' in text(page, '#together .people') and 'is meant in entr' in text(page, '#together .people'),
         'where else the person is meant', text(page, '#together'))
    tell('receipt is in the answer answer' in text(page, '#together').replace('\n', ' '), 'the receipt is in the answer', text(page, '#together'))
    equal('whoever does not see the page hears it', page.eval('document.getElementById("status").textContent').strip(),
          'Receipt receipt: good. Opening opening: good. Answer answer: with a reservation.')
    tell('GOMC850315HDFRRR07' in text(page, '#results'), 'who is meant')
    tell('CJF-l/2026' in text(page, 'section.warning:not(.outside)'), 'look-alikes beside the answer', text(page, '#results')[:400])
    tell('another spelling' in text(page, '#results summary .odd'), 'and marked among its entries')
    tell('no judgment of the request' in text(page, '#results'), 'good is no word about the law')
    tell("is so far the operator's word" in text(page, '#results'), 'nor more than the index says', text(page, '#results')[:600])
    tell('What this does not say' in text(page, '#results'), 'and what an answer is silent about stands below it')
    looked_at(page, 'answer-and-opening')
    altered = bytearray((FOLDER / 'receipt').read_bytes())
    altered[altered.index(b'extra ') + 400] ^= 1
    (FOLDER / 'altered').write_bytes(altered)
    page.eval('document.getElementById("clear").click()')
    page.wait('document.querySelectorAll("#results > .result").length === 0')
    page.files('#files', FOLDER / 'policy', FOLDER / 'altered')
    page.wait('document.querySelector("#results .verdict")')
    tell('good' not in verdicts(page), 'an altered receipt is not good', verdicts(page))
    tell(page.eval(f'document.querySelector("#results .steps > li.{verdicts(page)[0]}") !== null'), 'a step says so, too', verdicts(page))
    looked_at(page, 'altered')
    other = (FOLDER / 'policy').read_text().replace('quorum ', 'quorum none\n#')
    (FOLDER / 'not-a-policy').write_text(other.replace('log ', 'log x'))
    page.files('#files', FOLDER / 'not-a-policy')
    page.wait('document.querySelector("#policy .verdict")')
    tell('line 1' in text(page, '#policy'), 'a policy that cannot be used says where', text(page, '#policy'))
    marked = FOLDER / '<img src=x onerror=alert(1)>.tlog-proof'
    marked.write_bytes((FOLDER / 'receipt').read_bytes())
    page.files('#files', marked)
    page.wait('document.querySelectorAll("#results > .result").length === 3')
    equal('a name of a file is text', page.eval('document.querySelectorAll("#results img").length'), 0)
    equal('nothing throws', page.trouble(), [])
    equal('and nobody is asked but for the page', [u for u in asked(page) if not u.startswith('file:')], [])
    page.close()


def replay_of_folder(browser):
    page = browser.page(width=1000)
    page.load(PAGE)
    english(page)
    page.files('#files', FOLDER / 'policy')
    page.wait('document.querySelector("#policy dl")')
    # A folder that is chosen has paths below it, which the protocol cannot give: it is given as a
    # person's browser would.
    names = [p for p in (FOLDER / 'mirror').rglob('*') if p.is_file()]
    files = {str(p.relative_to(FOLDER)): list(p.read_bytes()) for p in names}
    page.eval('''(() => {
        const made = Object.entries(%s).map(([path, bytes]) => {
            const f = new File([new Uint8Array(bytes)], path.split('/').at(-1));
            Object.defineProperty(f, 'webkitRelativePath', { value: path });
            return f;
        });
        const input = document.getElementById('folder');
        Object.defineProperty(input, 'files', { value: made });
        input.dispatchEvent(new Event('change'));
    })()''' % json.dumps(files))
    press(page, 'Replay the whole log', 'Stop')
    page.wait('[...document.querySelectorAll("button")].some((b) => b.textContent === "Go on")')
    press(page, 'Go on')
    page.wait('document.querySelector("#replay .verdict")')
    tell(page.eval('document.querySelector("#replay .verdict").classList.contains("good")'),
         'a copy is replayed from a file, offline', text(page, '#replay')[:400])
    tell('requests, counted from entries that were verified here' in text(page, '#replay'), 'and counted')
    genesis = page.eval('[...document.querySelectorAll("#replay dt")].find((d) => d.textContent === "Hash of entry 0")'
                        '.nextSibling.querySelector("code").textContent')
    tell("on the operator's word" in text(page, '#replay'), 'whose word the first entry is')
    page.eval('document.querySelectorAll("#replay details").forEach((d) => { d.open = true })')
    tell('mx.fgr' in text(page, '#citizens ~ details'), 'by whom', text(page, '#replay')[:600])
    looked_at(page, 'replay')
    # What a link to a blob would save: the page's policy lets nobody fetch it.
    page.eval('globalThis.real = URL.createObjectURL; URL.createObjectURL = (b) => { globalThis.kept = b; return real.call(URL, b); }; 0')
    speak(page, 'es')
    speak(page, 'en')
    kept = page.eval('kept.text()')
    page.eval('URL.createObjectURL = real; 0')
    (FOLDER / 'kept.replay').write_text(kept)
    page.files('#files', FOLDER / 'kept.replay')
    page.wait('document.getElementById("replay-kept")')
    looked_at(page, 'kept')
    page.eval('document.getElementById("replay-kept").click()')
    page.wait('document.querySelector("#replay .verdict")')
    equal('it goes on from what was kept', page.eval('document.querySelector("#replay .verdict").classList[1]'), 'good')
    tell('rests on the file kept.replay' in text(page, '#replay'), 'and says what rests on that', text(page, '#replay')[:600])
    for pin, verdict, words in (('x', None, 'is no hash'), ('A' * 43 + '=', 'bad', 'does not begin'), (genesis, 'good', 'as you were told it')):
        page.eval('document.getElementById("pin").value = %s; document.getElementById("pin").dispatchEvent(new Event("change"))' % json.dumps(pin))
        if verdict:
            press(page, 'Replay the whole log')
            page.wait('document.querySelector("#replay .verdict")')
            equal('the first entry is held against what the reader was told', page.eval('document.querySelector("#replay .verdict").classList[1]'), verdict)
        tell(words in text(page, '#replay'), 'and that is said', text(page, '#replay')[:400])
    equal('nothing throws', page.trouble(), [])
    page.close()


def press(page, *buttons):
    """One after another, and nothing in between: no answer of a worker takes the second one away."""
    page.wait('[...document.querySelectorAll("button")].some((b) => b.textContent === %s)' % json.dumps(buttons[0]))
    page.eval(';'.join('[...document.querySelectorAll("button")].find((b) => b.textContent === %s).click()' % json.dumps(words)
                       for words in buttons))


# ---- from the log


def find(page, reference):
    page.eval('''document.getElementById('warrant').value = %s;
        document.getElementById('warrant').form.requestSubmit()''' % json.dumps(reference))
    page.wait('document.querySelector("#found .verdict")')
    return page.eval('document.querySelector("#found .verdict").classList[1]')


def from_log(browser):
    page = browser.page(width=1000)
    page.call('Network.enable')
    page.load(ADDRESS + '/')
    english(page)
    page.wait('document.querySelector("#served .steps")')
    tell("operator's own page" in text(page, '#provenance'), "labelled as the operator's own")
    tell("operator's own policy" in text(page, '#served'), 'and so is the policy')
    tell('✓ good' in text(page, '#served .steps'), 'the log at a glance', text(page, '#served')[:300])
    page.wait('document.querySelector("#served details")')
    equal('what is found of a warrant is proven, and complete by the operator\'s word', find(page, ASKED), 'word')
    tell("operator's own page" in text(page, '#found'), "and labelled as the operator's own")
    tell('CJF-l/2026' in text(page, '#found section.warning:not(.outside)'), 'with look-alikes beside it')
    looked_at(page, 'log')
    equal('nothing under a warrant that is not there', find(page, 'no such'), 'word')
    tell('0 entries' in text(page, '#found'), 'and that is said')
    page.files('#files', FOLDER / 'policy')
    page.wait('document.querySelector("#policy dl")')
    page.wait('document.querySelector("#served .steps")')
    equal("the reader's own policy is used then", find(page, ASKED), 'word')
    press(page, 'Replay the whole log')
    page.wait('document.querySelector("#replay .verdict")')
    tell(page.eval('document.querySelector("#replay .verdict").classList.contains("good")'),
         'the log is replayed', text(page, '#replay')[:400])
    equal('nothing throws', page.trouble(), [])
    equal('and no other host is asked', [u for u in asked(page) if not u.startswith((ADDRESS + '/', 'blob:' + ADDRESS))], [])
    tell(any('/v1/answer?' in u for u in asked(page)), 'though the log is')
    page.close()


# ---- from a log that lies


class Liar(http.server.BaseHTTPRequestHandler):
    """Passes all on, but for what `lie` changes: (path, bytes) -> bytes."""
    lie = None

    def do_GET(self):
        path = self.path
        if path == '/':
            return self.answer(200, 'text/html; charset=utf-8', pathlib.Path(PAGE).read_bytes())
        if Liar.lie == 'question' and path.startswith('/v1/answer'):
            path = path.replace('CJF-1', 'CJF-2')
        try:
            with urllib.request.urlopen(URL + path, timeout=120) as got:
                status, kind, body = got.status, got.headers['Content-Type'], got.read()
        except urllib.error.HTTPError as e:
            status, kind, body = e.code, e.headers['Content-Type'], e.read()
        if status == 200 and Liar.lie:
            body = changed(self.path, body, Liar.lie)
        return self.answer(status, kind, body)

    def answer(self, status, kind, body):
        self.send_response(status)
        self.send_header('Content-Type', kind)
        self.send_header('Content-Length', str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


def changed(path, body, lie):
    out = bytearray(body)
    if path.startswith('/v1/answer') and lie == 'bit':
        out[out.index(b'bitacora/v1 request') + 40] ^= 1
    elif path.startswith('/v1/answer') and lie == 'html':
        return b'<b>ok</b>'
    elif path == '/checkpoint' and lie == 'checkpoint':
        out[-20] ^= 1
    elif path.startswith('/tile/entries/') and lie == 'tile':
        out[-100] ^= 1
    return bytes(out)


def between():
    """A host between the log and the page, which serves the page itself, and lies where it is told to."""
    server = serve(Liar)
    return server, server.address


def lying(browser, address):
    for lie in ('question', 'bit', 'html', 'checkpoint', 'tile'):
        Liar.lie = None if lie == 'checkpoint' else lie
        page = browser.page(width=1000)
        Liar.lie = lie
        page.load(address + '/')
        english(page)
        page.files('#files', FOLDER / 'policy')
        page.wait('document.querySelector("#policy dl") && document.querySelector("#served .steps")')
        if lie == 'tile':
            press(page, 'Replay the whole log')
            page.wait('document.querySelector("#replay .verdict")')
            said = page.eval('document.querySelector("#replay .verdict").classList[1]')
            tell(said == 'bad' and not page.eval('document.getElementById("citizens") !== null'),
                 'an altered entry makes a replay bad, and nothing is counted', said)
        else:
            said = find(page, ASKED)
            shown = page.eval('document.querySelectorAll("#found details strong").length')
            tell(said in ('bad', 'undecided') and 'Request for data' not in text(page, '#found'),
                 f'an answer is not good, and not shown: {lie}', (said, shown))
            if lie == 'bit':
                looked_at(page, 'lying')
        page.close()


def main():
    global ADDRESS
    server, address = between()
    if os.environ.get('PAGE'):  # a broken page: the log's own is not asked
        ADDRESS = address
    PICTURES.mkdir(parents=True, exist_ok=True)
    with Browser() as browser:
        from_file(browser)
        replay_of_folder(browser)
        from_log(browser)
        lying(browser, address)
    server.shutdown()
    server.server_close()
    return plan()


if __name__ == '__main__':
    sys.exit(main())
