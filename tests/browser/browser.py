"""A browser for tests: starts Debian's chromium without a window, loads a page, runs axe-core on it,
takes a picture of it, prints it.

    from browser import Browser
    with Browser() as browser:
        page = browser.page(width=360)
        page.load('build/x.html')                # a path, or an address
        assert page.eval('document.title') == 'x'
        for line in page.axe() + page.overflow(): print(line)
        page.picture('build/x.png')

One browser serves any number of pages; each costs some tenths of a second. The browser is told by
the DevTools protocol, over a pipe: no port, no driver. It has a profile of its own in a folder that
goes with it, and no network but what a page asks of this machine.
Failed, with a sentence: the browser does not start, ends, or does not answer in time; a script of
the page threw.
"""
import base64
import fcntl
import json
import os
import pathlib
import select
import shutil
import signal
import subprocess
import sys
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]
AXE = ROOT / 'build/browser/node_modules/axe-core/axe.min.js'
PROGRAMS = ('chromium', 'chromium-browser', 'google-chrome')
ANSWER_SECONDS = 120  # a machine under full load, and a page of megabytes
TALLEST = 16000  # pixels of a picture: what a picture may have, and nobody looks at more
# What axe-core is asked: WCAG 2.2 up to AA, and its best practices.
AXE_TAGS = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice']
ARGUMENTS = (
    '--headless=new', '--remote-debugging-pipe', '--no-first-run', '--no-default-browser-check',
    '--disable-gpu', '--disable-extensions', '--disable-component-update', '--disable-sync',
    '--disable-background-networking', '--disable-default-apps', '--disable-dev-shm-usage',
    '--disable-features=Translate,OptimizationHints,MediaRouter', '--metrics-recording-only',
    '--hide-scrollbars', '--mute-audio', '--force-color-profile=srgb',
    '--font-render-hinting=none', '--host-resolver-rules=MAP * ~NOTFOUND , EXCLUDE 127.0.0.1')


class Failed(Exception):
    pass


def high_pipe():
    """A pipe whose ends are above what a child finds at 3 and 4."""
    ends = []
    for end in os.pipe():
        ends.append(fcntl.fcntl(end, fcntl.F_DUPFD_CLOEXEC, 10))
        os.close(end)
    return ends


def program():
    """The browser that is installed, or None."""
    return next((found for found in map(shutil.which, PROGRAMS) if found), None)


def axe_source():
    """The text of axe-core, installed below build/browser as package-lock.json says; None if it
    cannot be had."""
    folder = ROOT / 'build/browser'
    folder.mkdir(parents=True, exist_ok=True)
    with open(folder / 'lock', 'w') as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # tests run beside each other
        if AXE.exists():
            return AXE.read_text(encoding='utf-8')
        if not shutil.which('npm'):
            return None
        for name in ('package.json', 'package-lock.json'):
            shutil.copy(pathlib.Path(__file__).with_name(name), folder)
        done = subprocess.run(['npm', 'ci', '--ignore-scripts', '--no-audit', '--no-fund'],
                              cwd=folder, capture_output=True, text=True)
        if done.returncode != 0:
            print('# npm ci: ' + done.stderr[-600:].replace('\n', '\n# '), file=sys.stderr)
            return None
    return AXE.read_text(encoding='utf-8')


class Browser:
    def __init__(self):
        found = program()
        if not found:
            raise Failed('no browser: install chromium (tests/deps.sh test)')
        self.folder = tempfile.mkdtemp(prefix='bitacora-browser.')
        to_read, self.to = high_pipe()
        self.answers, to_write = high_pipe()

        def place():  # the browser reads descriptor 3 and writes 4
            os.dup2(to_read, 3)
            os.dup2(to_write, 4)

        # Root has no sandbox of chromium's.
        root = ['--no-sandbox'] if os.geteuid() == 0 else []
        self.log = open(os.path.join(self.folder, 'log'), 'w+b')
        self.process = subprocess.Popen(
            [found, *ARGUMENTS, *root, '--user-data-dir=' + self.folder, 'about:blank'],
            preexec_fn=place, pass_fds=(3, 4), stdin=subprocess.DEVNULL, stdout=self.log,
            stderr=self.log, start_new_session=True,
            env={**os.environ, 'HOME': self.folder, 'XDG_CONFIG_HOME': self.folder,
                 'XDG_CACHE_HOME': self.folder, 'TZ': os.environ.get('TZ', 'UTC')})
        os.close(to_read)
        os.close(to_write)
        self.left = b''
        self.last = 0
        self.events = []
        self.axe = None

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def close(self):
        try:
            self.call('Browser.close')
            self.process.wait(20)
        except (Failed, subprocess.TimeoutExpired, OSError):
            pass
        try:
            os.killpg(self.process.pid, signal.SIGKILL)  # its own session: nobody else's
        except ProcessLookupError:
            pass
        self.process.wait()
        os.close(self.to)
        os.close(self.answers)
        self.log.close()
        shutil.rmtree(self.folder, ignore_errors=True)

    def _message(self, deadline):
        while b'\0' not in self.left:
            ready, _, _ = select.select([self.answers], [], [], max(0, deadline - time.monotonic()))
            if not ready:
                raise Failed(f'no answer of the browser in {ANSWER_SECONDS} s')
            more = os.read(self.answers, 1 << 20)
            if not more:
                self.log.seek(0)
                raise Failed('the browser ended: ' + self.log.read()[-600:].decode(errors='replace'))
            self.left += more
        message, self.left = self.left.split(b'\0', 1)
        return json.loads(message)

    def call(self, method, session=None, **arguments):
        """A command of the DevTools protocol; its result."""
        self.last += 1
        message = {'id': self.last, 'method': method, 'params': arguments}
        if session:
            message['sessionId'] = session
        data = json.dumps(message).encode() + b'\0'
        try:
            while data:
                data = data[os.write(self.to, data):]
        except BrokenPipeError:
            pass  # the read below says how it ended
        deadline = time.monotonic() + ANSWER_SECONDS
        while True:
            got = self._message(deadline)
            if got.get('id') == self.last:
                if 'error' in got:
                    raise Failed(f'{method}: {got["error"]["message"]}')
                return got['result']
            self.events.append(got)

    def event(self, method, session):
        """Waits for an event of a session and returns what it says."""
        deadline = time.monotonic() + ANSWER_SECONDS
        while True:
            for i, got in enumerate(self.events):
                if got.get('method') == method and got.get('sessionId') == session:
                    del self.events[i]
                    return got['params']
            self.events.append(self._message(deadline))

    def page(self, width=1280, height=900):
        """A new tab, `width` CSS pixels wide."""
        return Page(self, width, height)


class Page:
    def __init__(self, browser, width, height):
        self.browser = browser
        self.target = browser.call('Target.createTarget', url='about:blank')['targetId']
        self.session = browser.call('Target.attachToTarget', targetId=self.target,
                                    flatten=True)['sessionId']
        for domain in ('Page', 'Runtime', 'Log'):
            self.call(domain + '.enable')
        self.size(width, height)

    def call(self, method, **arguments):
        return self.browser.call(method, self.session, **arguments)

    def close(self):
        self.browser.call('Target.closeTarget', targetId=self.target)

    def size(self, width, height=900, media=''):
        """How wide the page is shown; media 'print': by the style sheet of paper."""
        self.width, self.height = width, height
        self.call('Emulation.setDeviceMetricsOverride', width=width, height=height,
                  deviceScaleFactor=1, mobile=False)
        self.call('Emulation.setEmulatedMedia', media=media)

    def load(self, where):
        """Loads a path or an address and waits until all of it is there."""
        where = str(where)
        if '://' not in where:
            where = pathlib.Path(where).resolve().as_uri()
        self.browser.events = [e for e in self.browser.events if e.get('sessionId') != self.session]
        done = self.call('Page.navigate', url=where)
        if done.get('errorText'):
            raise Failed(f'{where}: {done["errorText"]}')
        self.browser.event('Page.loadEventFired', self.session)
        self.axe_there = False

    def eval(self, script):
        """What a JavaScript expression gives, waited for if it is a promise. The page's policy
        (CSP) does not bind it."""
        got = self.call('Runtime.evaluate', expression=script, returnByValue=True, awaitPromise=True)
        if 'exceptionDetails' in got:
            why = got['exceptionDetails']
            raise Failed(why.get('exception', {}).get('description') or why['text'])
        return got['result'].get('value')

    def wait(self, condition, seconds=120):
        """Until a JavaScript expression is true."""
        deadline = time.monotonic() + seconds
        while not self.eval(f'!!({condition})'):
            if time.monotonic() > deadline:
                raise Failed(f'not true within {seconds} s: {condition}')
            time.sleep(0.05)

    def files(self, selector, *paths):
        """Chooses files in an <input type=file>, as a person would."""
        node = self.call('Runtime.evaluate', expression=f'document.querySelector({selector!r})')
        if 'objectId' not in node['result']:
            raise Failed(f'nothing in the page is {selector}')
        self.call('DOM.setFileInputFiles', objectId=node['result']['objectId'],
                  files=[str(pathlib.Path(p).resolve()) for p in paths])

    def trouble(self):
        """What the browser had to say since the page was loaded: scripts that threw, what the
        page's policy kept from loading, errors in its console; a line each."""
        self.eval('0')  # what was said before that answer has come by now
        lines = []
        for e in self.browser.events:
            if e.get('sessionId') != self.session:
                continue
            p = e['params']
            if e['method'] == 'Runtime.exceptionThrown':
                lines.append('threw: ' + p['exceptionDetails']['text'])
            elif e['method'] == 'Log.entryAdded' and p['entry']['level'] in ('error', 'warning'):
                lines.append(f'{p["entry"]["level"]}: {p["entry"]["text"]}')
            elif e['method'] == 'Runtime.consoleAPICalled' and p['type'] == 'error':
                lines.append('console: ' + ' '.join(str(a.get('value', a.get('description')))
                                                    for a in p['args']))
        return lines

    def axe(self):
        """Violations that axe-core finds, a line each: the rule, what it asks for, where."""
        if not self.browser.axe:
            self.browser.axe = axe_source()
        if not self.browser.axe:
            raise Failed('axe-core is not to be had: npm, or its registry')
        if not self.axe_there:
            self.eval(self.browser.axe + ';0')
            self.axe_there = True
        found = self.eval(
            'axe.run(document,{runOnly:%s,resultTypes:["violations"]}).then(r=>r.violations.map('
            'v=>({id:v.id,help:v.help,n:v.nodes.length,at:v.nodes.slice(0,3).map(n=>n.target.join(" "))})))'
            % json.dumps(AXE_TAGS))
        return [f'axe {v["id"]}: {v["help"]} ({v["n"]}: {", ".join(v["at"])})' for v in found]

    def overflow(self):
        """What is wider than the window, or than what holds it; a line each."""
        return self.eval('''(() => {
            const wide = document.documentElement.clientWidth, found = [];
            for (const e of document.body.querySelectorAll('*')) {
                const box = e.getBoundingClientRect();
                if (box.width === 0 || e.closest('svg') !== null && e.tagName !== 'svg') continue;
                const cut = getComputedStyle(e).overflowX !== 'visible' && e.scrollWidth > e.clientWidth + 1;
                if (box.right > wide + 1 || box.left < -1 || cut)
                    found.push(`<${e.tagName.toLowerCase()} class="${e.getAttribute('class') || ''}"> ` +
                        (cut ? `hides ${e.scrollWidth - e.clientWidth}` : `ends at ${Math.round(box.right)} of ${wide}`) +
                        ` px: ${e.textContent.trim().slice(0, 50)}`);
            }
            return found.slice(0, 5);
        })()''')

    def picture(self, path):
        """A PNG of the whole page, as high as TALLEST pixels at most."""
        size = self.call('Page.getLayoutMetrics')['cssContentSize']
        clip = {'x': 0, 'y': 0, 'width': self.width, 'height': min(max(size['height'], 1), TALLEST),
                'scale': 1}
        self._write(path, self.call('Page.captureScreenshot', captureBeyondViewport=True, clip=clip))

    def paper(self, path, width_mm=210, height_mm=297):
        """A PDF of the page, as its style sheet wants it on A4."""
        self._write(path, self.call('Page.printToPDF', preferCSSPageSize=True, printBackground=True,
                                    paperWidth=width_mm / 25.4, paperHeight=height_mm / 25.4))

    @staticmethod
    def _write(path, answer):
        pathlib.Path(path).parent.mkdir(parents=True, exist_ok=True)
        pathlib.Path(path).write_bytes(base64.b64decode(answer['data']))
