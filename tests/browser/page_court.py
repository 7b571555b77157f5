#!/usr/bin/python3
"""What a judge's clerk reads in the page, in Spanish: of files that are no good, of what an answer does not say.

    page_court.py PAGE FOLDER     TAP

PAGE is the file that `bitacora page` writes, FOLDER a folder to work in. The logs are the second writer's (tests/interop).
"""
import json
import pathlib
import sys

sys.dont_write_bytecode = True
sys.path.insert(1, str(pathlib.Path(__file__).resolve().parents[1] / 'interop'))
import base_logs
from answers import Part
from browser import Browser
from index_lies import QUESTION
from receipts import evidence, json_file, receipt
from vectors import W1, cosigned, seconds
from writer import Key, sha256, sign_note

PAGE, WORK = pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[2])
done = failed = 0


def tell(good, what, why=''):
    global done, failed
    done += 1
    failed += not good
    print(f'{"" if good else "not "}ok {done} - {what}{"" if good else f": {why}"}', flush=True)


def put(name, data):
    path = WORK / name
    path.write_bytes(data if isinstance(data, bytes) else data.encode())
    return path


class Clerk:
    """The page in a tab, in Spanish."""

    def __init__(self, browser):
        self.page = page = browser.page(width=900)
        page.load(PAGE)
        page.wait('document.getElementById("title").textContent !== "" && bitacora.ready')
        page.eval('document.documentElement.lang === "es" || document.getElementById("lang").click()')

    def gives(self, *paths):
        """What the page said before goes; files are given anew, the policy first."""
        self.page.eval('document.getElementById("clear").click()')
        self.page.wait('document.querySelectorAll("#results > .result").length === 0')
        self.page.files('#files', *paths)
        self.page.wait(f'document.querySelectorAll("#results > .result:not(#together) > .verdict").length === {len(paths) - 1}')

    def box(self, selector='#results > .result > .verdict'):
        """The colour and the text of the first box."""
        return self.page.eval(f'''(() => {{
            const v = document.querySelector({json.dumps(selector)});
            return v ? [v.classList[1], v.innerText.replace(/\\s+/g, ' ')] : ['', ''];
        }})()''')

    def text(self, selector='#results'):
        return self.page.eval(f'(document.querySelector({json.dumps(selector)})?.innerText ?? "").replace(/\\s+/g, " ")')

    def says(self, words, what, selector='#results'):
        text = self.text(selector)
        tell(words in text, what, text[:700])


def policy_of(key, quorum='uno'):
    return f'log {key.vkey}\nwitness uno {W1.vkey}\nquorum {quorum}\n'


def no_good(clerk, log, policy):
    """A file that is bad or undecided is never below a green box, and the page says what to do with it."""
    note = cosigned(log, len(log), (W1, seconds(log, len(log) - 1)))
    index = log.label['index'].index
    good = receipt(log, 8, checkpoint=note)
    answer = Part.honest(log, QUESTION, index, checkpoint=note).bytes()
    own = Key(log.origin, sha256(b'an impostor'))
    broken = bytearray(good)
    broken[good.index(b'extra ') + 400] ^= 1
    path = good.split(b'\n')[3]
    other = good.replace(path, (b'B' if path[:1] == b'A' else b'A') + path[1:], 1)
    files = {'camino.tlog-proof': other, '13.tlog-proof': good, '37.answer': answer, 'falso.tlog-proof': bytes(broken),
             'cambiada.answer': answer.replace(b'mx.telco', b'mx.telcu', 1),
             'impostor.tlog-proof': receipt(log, 8, checkpoint=sign_note(log.checkpoint_text(), own)),
             'otra.tlog-proof': receipt(base_logs.base(40, origin='otra.example/x'), 8),
             'solo.tlog-proof': receipt(log, 8), 'notepad.tlog-proof': b'\xef\xbb\xbf' + good.replace(b'\n', b'\r\n')}
    at = {name: put(name, data) for name, data in files.items()}
    for name, colour, words in (
            ('falso.tlog-proof', 'bad', 'no lo use; pida otro'),
            ('cambiada.answer', 'undecided', 'Este archivo está dañado o alterado, o le falta una parte: no lo use; pida otro.'),
            ('impostor.tlog-proof', 'undecided', f'No lo firmó la clave que su política da para {log.origin}: no lo acepte.'),
            ('otra.tlog-proof', 'undecided', 'Es de la bitácora otra.example/x, que su política no nombra'),
            ('solo.tlog-proof', 'undecided', 'Le faltan las cofirmas de los testigos que su política pide'),
            ('notepad.tlog-proof', 'undecided', 'no lo use; pida otro')):
        clerk.gives(policy, at[name])
        box = clerk.box()
        tell(box[0] == colour and words in box[1], f'{name}: {words[:40]}', box)
        for others in ((at['13.tlog-proof'],), (at['37.answer'],), (at['13.tlog-proof'], at['37.answer'])):
            clerk.gives(policy, at[name], *others)
            box = clerk.box()
            tell(box[0] == colour and '1' in box[1] and 'no ' in box[1].lower(), f'{name} beside {len(others)} good: the first box says so', box)
            tell(name in clerk.text('#together'), 'and which file', clerk.text('#together'))
    clerk.gives(policy, at['camino.tlog-proof'])
    tell('no lo use; pida otro' in clerk.box()[1], 'a proof that leads elsewhere is an altered file', clerk.box())
    clerk.says('su prueba no lleva al punto de control', 'what is wrong with the proof of a receipt')
    tell('no es un recibo' not in clerk.text(), 'and not that it is none, after a step said that it is', clerk.text()[:600])
    clerk.gives(policy, at['solo.tlog-proof'])
    clerk.says('Lo que sigue es lo que dice el archivo. No está confirmado.', 'what is shown of it is not confirmed')
    clerk.gives(policy, at['notepad.tlog-proof'])
    clerk.says('pasó por un editor', 'lines of another kind are an editor', '#results .edited')
    clerk.gives(policy, at['13.tlog-proof'], at['37.answer'])
    tell('juntos' in clerk.text('#together') and clerk.box()[0] in ('good', 'word'), 'good ones agree', clerk.box())
    fork = base_logs.base(30)
    fork.add('destruction', base_logs.KEYS['q1'], {})
    clerk.gives(policy, put('fork.evidence', json_file(evidence('fork', [log.checkpoint(30), fork.checkpoint(30)]))), at['13.tlog-proof'])
    tell(clerk.box()[0] == 'bad', 'evidence that convicts the log does not lie below a green box', clerk.box())


def edited_policy(clerk, policy):
    clerk.page.eval('document.getElementById("clear").click()')
    clerk.page.files('#files', put('politica.txt', b'\xef\xbb\xbf' + policy.read_bytes().replace(b'\n', b'\r\n')))
    clerk.page.wait('document.querySelector("#policy .verdict")')
    clerk.says('línea 1: carácter de control', 'why a policy is refused is said in Spanish', '#policy')
    clerk.says('pasó por un editor', 'and what to ask for', '#policy')


def main():
    WORK.mkdir(parents=True, exist_ok=True)
    log = base_logs.base(40)
    policy = put('corte.policy', policy_of(log.key))
    with Browser() as browser:
        clerk = Clerk(browser)
        no_good(clerk, log, policy)
        edited_policy(clerk, policy)
        tell(clerk.page.trouble() == [], 'nothing threw', clerk.page.trouble())
    print(f'1..{done}')
    return 1 if failed else 0


if __name__ == '__main__':
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    sys.exit(main())
