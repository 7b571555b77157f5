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
from base_logs import KEYS, WINDOW, minimal, sealed
from browser import Browser
from index_lies import QUESTION, stamped
from index_tables import index_of
from receipts import evidence, json_file, receipt
from tap import plan, tell
from vectors import W1, cosigned, seconds
from writer import Key, sha256, sign_note

PAGE, WORK = pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[2])


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


# ---- what an answer says, and what it does not

REF = 'CJF-37/2026'
DATA = {'from': '2026-02-01T00:00:00.000Z', 'until': '2026-07-01T00:00:00.000Z'}


def case(beyond=True):
    """A warrant, requests within it, and if `beyond` requests without it. Returns the log, the numbers of its index and of an
    auditor's entry, and {what: request}."""
    log = base_logs.base(28)
    warrant = log.add('warrant', KEYS['j1'], {
        'ref': REF, 'matter': 'organised_crime', 'used_by': ['mx.fgr'], 'categories': ['bank', 'location_live'], 'holders': ['mx.telco'],
        'subjects': [sealed(log, 's1', type='phone')], 'window': WINDOW, 'data_window': DATA})

    def asks(edit=None, cited=REF):
        own = {**minimal(log, 'request'), 'categories': ['bank'], 'warrant': {'ref': cited}, 'persons': 1,
               'subjects': [sealed(log, 's1', type='phone')], 'data_window': DATA, **(edit or {})}
        return log.add('request', KEYS['q1'], {name: v for name, v in own.items() if v is not None})

    made = {'warrant': warrant, 'within': asks(), 'again': asks({'categories': ['bank', 'location_live']})}
    log.add('response', KEYS['h1'], {**minimal(log, 'response'), 'outcome': 'full', 'request': made['within'].ref})
    if beyond:
        made['tax'] = asks({'categories': ['bank', 'fiscal']})
        made['response'] = log.add('response', KEYS['h1'], {**minimal(log, 'response'), 'outcome': 'full', 'request': made['tax'].ref})
        made['notice'] = log.add('notice', KEYS['o1'], {**minimal(log, 'notice'), 'request': made['tax'].ref})
        made.update({'holder': asks({'holder': 'mx.banco'}), 'person': asks({'subjects': [sealed(log, 's9', type='phone')]}),
                     'nobody': asks({'subjects': None, 'persons': 0}), 'early': asks({'data_window': {**DATA, 'from': base_logs.T0}}),
                     'later': asks({'data_window': {**DATA, 'until': base_logs.T2}}), 'unsaid': asks({'data_window': None}),
                     'alike': asks(cited='CJF-37/2O26')})
    index = index_of(log).add()
    return log, index.index, stamped(log, index.index).index, made


def whole(log):
    return cosigned(log, len(log), (W1, seconds(log, len(log) - 1)))


def answer_of(log, index, question=('warrant', REF.encode()), **more):
    return Part.honest(log, question, index, checkpoint=whole(log), **more).bytes()


def unreserved(clerk):
    """What rests on the operator's word is no green box."""
    log, index, anchor, _ = case(beyond=False)
    policy = put('caso.policy', policy_of(log.key))
    clerk.gives(policy, put('palabra.answer', answer_of(log, index)))
    box = clerk.box()
    tell(box[0] == 'word' and 'con reserva' in box[1], 'without an auditor the box has a reservation', box)
    tell(f'hasta el asiento {index - 1} de la bitácora (20' in box[1] and 'es por ahora palabra de quien opera' in box[1],
         'it says up to where, and whose word', box)
    clerk.says('Lo que esto no dice', 'and what it does not say', '#results .limits')
    clerk.says('CJF-37/26', 'such as other spellings', '#results .limits')
    clerk.says('Respuesta palabra.answer: con reserva', 'whoever does not see the page hears it', '#status')
    clerk.gives(policy, put('auditada.answer', answer_of(log, index, audit=anchor)))
    tell(clerk.box()[0] == 'good' and 'Un auditor recalculó' in clerk.box()[1], 'with one it is green', clerk.box())
    clerk.says('Fuera: 0.', 'and says what was compared', '#results .outside')
    clerk.says('bitacora warrant check CJF-37/2026 --html', 'and what compares more', '#results .outside')
    seal = sealed(log, 's1')['commit'].encode()
    clerk.gives(policy, put('persona.answer', answer_of(log, index, ('subject', seal), audit=anchor)))
    tell(clerk.box()[0] == 'word' and 'No es todo sobre una persona' in clerk.box()[1], 'of a seal: that it is not all about the person', clerk.box())
    clerk.says('se sellan de nuevo', 'and why', '#results .limits')


OUTSIDE = {'tax': 'la categoría «datos fiscales» no está en el mandamiento', 'holder': 'mx.banco no está entre los poseedores de datos del mandamiento',
           'person': 'lleva otro sello que las que nombra el mandamiento', 'nobody': 'el mandamiento nombra personas, y la solicitud ninguna',
           'early': 'el tiempo de los datos empieza antes de lo que permite el mandamiento', 'later': 'el tiempo de los datos termina después',
           'unsaid': 'el mandamiento limita el tiempo de los datos, y la solicitud no lo dice',
           'alike': 'cita «CJF-37/2O26», y antes de ella no hay tal mandamiento en la bitácora'}


def outside(clerk):
    """Requests that the warrant does not cover are named, and what was handed over."""
    log, index, anchor, made = case()
    policy, answer = put('fuera.policy', policy_of(log.key)), put('37.answer', answer_of(log, index, audit=anchor))
    clerk.gives(policy, answer)
    tell(clerk.box()[0] == 'word' and 'Solicitudes que quedan fuera de su mandamiento: 6.' in clerk.box()[1], 'the box counts them', clerk.box())
    said = dict(clerk.page.eval(r'''[...document.querySelectorAll("#results .outside > ul > li")].map((l) =>
        [/Solicitud (\d+)/.exec(l.innerText)[1], [l.className, l.innerText.replace(/\s+/g, " ")]])'''))
    for name, words in OUTSIDE.items():
        line = said.pop(str(made[name].index), ['', ''])
        tell(words in line[1] and line[0] == ('undecided' if name in ('nobody', 'unsaid') else 'bad'), f'{name}: {words}', line)
    tell(not said, 'and no others', said)
    tax, response, notice = (made[name].index for name in ('tax', 'response', 'notice'))
    clerk.says(f'Respuesta {response}: se entregó todo', 'what was handed over', '#results .outside')
    lines = [t.replace('\n', ' ') for t in clerk.page.eval('[...document.querySelectorAll("#results summary")].map((s) => s.innerText)')]
    line = {i: next((t for t in lines if t.startswith(f'{i}. ')), '') for i in (tax, response, notice, made['within'].index)}
    tell('fuera del mandamiento' in line[tax] and 'fuera del mandamiento' in line[response], 'its line and that of the response are marked', line)
    tell('fuera' not in line[made['within'].index], 'and no other', line)
    tell(all(f'a la solicitud {tax}' in line[i] for i in (response, notice)), 'a response and a notice say to which request', line)
    tell(f'firmado por {KEYS["q1"].name}' in line[tax], 'who signed stands in the line', line)
    clerk.says('la letra «O» en lugar de la cifra «0» (asiento', 'letters are named', '#results section.warning:not(.outside)')
    tell('sin incluirlo: el último día es el 2026-06-30' in clerk.page.eval('document.getElementById("results").textContent'),
         'an end says which day is the last', clerk.text()[:300])
    clerk.gives(policy, answer, put('13.tlog-proof', receipt(log, tax, checkpoint=whole(log))))
    clerk.says('Queda fuera del mandamiento: la categoría «datos fiscales»', 'a receipt of it beside the answer, too', '#together')
    tell(clerk.box()[0] == 'word', 'below no green box', clerk.box())
    clerk.gives(policy, put('13.tlog-proof', receipt(log, tax, checkpoint=whole(log))),
                put('6.tlog-proof', receipt(log, made['warrant'].index, checkpoint=whole(log))))
    clerk.says(f'La solicitud {tax} queda fuera del mandamiento, cuyo recibo también está aquí: la categoría «datos fiscales»',
               'and one beside the receipt of its warrant', '#together')
    tell(clerk.box()[0] == 'word' and 'Solicitudes que quedan fuera del mandamiento: 1.' in clerk.box()[1], 'below no green box, either', clerk.box())
    clerk.gives(policy, put('12.tlog-proof', receipt(log, made['within'].index, checkpoint=whole(log))),
                put('6.tlog-proof', receipt(log, made['warrant'].index, checkpoint=whole(log))))
    tell(clerk.box()[0] == 'good', 'one that it covers is', clerk.box())
    clerk.gives(policy, put('q1.answer', answer_of(log, index, ('vkey', KEYS['q1'].vkey.encode()))))
    clerk.says('Ninguna solicitud se comparó', 'where there is none to compare that is said', '#results .outside')


def choosing(clerk, policy):
    """What is chosen stands beside the button, and what is missing."""
    clerk.gives(policy)
    clerk.page.wait('document.querySelector("#policy dl")')
    clerk.says('Política: corte.policy. Ahora elija el recibo o la respuesta.', 'what is chosen, and what is missing', '#chosen')
    clerk.says('no se abren con doble clic', 'how files are opened', '#files-note')
    clerk.gives(policy, WORK / '13.tlog-proof', WORK / '37.answer')
    clerk.says('Archivos: 2.', 'files are counted', '#chosen')
    tell(clerk.page.eval('document.querySelectorAll("#status li .mark").length') == 2, 'the summary has a line for each file', clerk.text('#status'))
    clerk.page.wait('Math.abs(document.getElementById("results-title").getBoundingClientRect().top) < 200')
    tell(True, 'and the results are in sight')


def printed(clerk, policy):
    """Of an answer paper has what people read."""
    clerk.gives(policy, WORK / '37.answer')
    clerk.page.eval('document.querySelectorAll("#results details").forEach((d) => { d.open = true })')
    hashes = '[...document.querySelectorAll("#results details .tech")].filter((e) => e.offsetParent !== null).length'
    tell(clerk.page.eval(hashes) > 20, 'on the screen hashes stand there')
    first = clerk.page.eval('document.querySelector("#results details dl:nth-of-type(2) > div").className')
    tell(first != 'tech', 'after what people read', first)
    clerk.page.size(900, media='print')
    tell(clerk.page.eval(hashes) == 0, 'on paper they do not', clerk.page.eval(hashes))
    clerk.page.size(900)


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
        choosing(clerk, policy)
        edited_policy(clerk, policy)
        unreserved(clerk)
        outside(clerk)
        printed(clerk, WORK / 'fuera.policy')
        tell(clerk.page.trouble() == [], 'nothing threw', clerk.page.trouble())
    return plan()


if __name__ == '__main__':
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    sys.exit(main())
