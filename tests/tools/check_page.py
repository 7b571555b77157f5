#!/usr/bin/python3
"""What docs/OPERATIONS.md says of the programs, against the programs. TAP on standard output.

usage: check_page.py ROOT BIN RULES METRICS

- Each message that the page quotes, in the first column of a table under "it says", stands in the
  sources; and each message of the daemon's and signer's logs that is no mere information, and each
  reason for which they do not start, is on the page.
- OPERATIONS.es.md quotes what a program says in Spanish behind each message that it says in Spanish.
- Each option that the page gives to a command is explained by the command's --help.
- Each link leads to a heading or file.
- Each alert of RULES names a paragraph of the page, has a test, and asks for metrics of METRICS only.
"""
import functools
import glob
import os
import re
import sys

sys.dont_write_bytecode = True
from page_facts import anchors, read, wrong_links, wrong_options  # noqa: E402

ROOT, BIN, RULES, METRICS = sys.argv[1:5]
PAGE = f"{ROOT}/docs/OPERATIONS.md"
STRING = r'"(?:[^"\\]|\\.)*"'
RUN = rf'{STRING}(?:\s*(?:{STRING}|PRI\w+))*'

# The log says it in English alone, and another program something like it in two languages.
ENGLISH_ALONE = {"store: …: …", "the evidence is in …", "the evidence could not be written to …"}

# Said where the page says it in other words, or which say by themselves what to do: function or text.
ELSEWHERE = {
    "%s",  # objections of settings, policy and TLS, which have messages of their own
    "%s: %s",
    "%s: %u more lines are wrong",
}
count = failed = 0


def tap(good, what, why=""):
    global count, failed
    count += 1
    failed += not good
    print(f"{'ok' if good else 'not ok'} {count} - {what}")
    if not good:
        print("\n".join("# " + line for line in why.splitlines()))


def joined(run):
    """A run of literals, as one text with "…" for what is put in."""
    text = re.sub(r"PRI\w+", '"u"', run)
    text = "".join(part[1:-1] for part in re.findall(STRING, text))
    text = text.replace("\\n", " ").replace('\\"', '"')
    return re.sub(r"%[-+ 0-9.*]*(?:ll|l|z|h)?[a-zA-Z]?", "…", text).strip()


def sources():
    return sorted(glob.glob(f"{ROOT}/daemon/**/*.[ch]", recursive=True) +
                  glob.glob(f"{ROOT}/proto/*/*.[ch]") + glob.glob(f"{ROOT}/client/witness/*.[ch]") +
                  glob.glob(f"{ROOT}/client/monitor/*.[ch]") + glob.glob(f"{ROOT}/client/serving/*.[ch]") +
                  glob.glob(f"{ROOT}/client/gate/*.[ch]"))


def calls(text, name):
    """The arguments of each call of NAME in C, as text."""
    for m in re.finditer(rf"\b{name}\(", text):
        depth, i, quoted = 1, m.end(), False
        while depth and i < len(text):
            c = text[i]
            if quoted:
                i += c == "\\"
                quoted = c != '"'
            elif c == '"':
                quoted = True
            depth += (c == "(") - (c == ")") if not quoted else 0
            i += 1
        yield text[m.end():i - 1]


@functools.cache
def pieces(message):
    """What of it is sure to be there, in order."""
    return [p.strip() for p in message.split("…") if len(re.sub(r"\W", "", p)) > 1]


def holds(whole, message):
    """Whether all that the message says stands in whole, in that order."""
    at = 0
    for piece in pieces(message):
        at = whole.find(piece, at)
        if at < 0:
            return False
        at += len(piece)
    return True


def quoted(page):
    """The messages that the page quotes, with their lines."""
    inside = False
    for number, line in enumerate(page.splitlines(), 1):
        if line.startswith("| it says |"):
            inside = True
        elif not line.startswith("|"):
            inside = False
        elif inside and not line.startswith("|---"):
            for message in re.findall(r"`([^`]+)`", line.split(" | ")[0]):
                yield number, message
        if line.startswith("    ") and re.match(r"    [A-Z]{3}", line):
            yield number, line.strip()


def check_messages(page):
    texts, loud = [], []
    for path in sources():
        text = read(path)
        texts += [joined(run) for run in re.findall(RUN, text)]
        if "/daemon/" not in path:
            continue
        for arguments in calls(text, "log_line"):
            runs = re.findall(RUN, arguments)
            if "LOG_INFO" not in arguments.split('"')[0] and runs:
                loud.append((path, joined(runs[0])))
        loud += [(path, joined(run)) for a in calls(text, "sequencer_end") for run in re.findall(RUN, a)]
        if not re.search("/daemon/(cmd|main|backup|fsck|predecessor)", path):
            loud += [(path, joined(m[1])) for m in re.finditer(rf"\bTR\(\s*({RUN})", text)
                     if m[1].startswith('"bitacorad')]
    found = list(quoted(page))
    missing = [f"line {n}: {m}" for n, m in found if not any(holds(t, m) for t in texts)]
    tap(not missing, f"{len(found)} messages of the page are those of the programs", "\n".join(missing))
    known = [m for _, m in found]
    unknown = sorted({f"{os.path.relpath(p, ROOT)}: {t}" for p, t in loud
                      if t not in ("…", "…: …") and not any(holds(t, m) for m in known)})
    tap(not unknown, f"{len(loud)} messages of the programs are on the page",
        "in a table under `it says` there is none for\n" + "\n".join(unknown))


def check_spanish():
    """Each message in the tables of the Spanish page, and the words behind it that a terminal shows."""
    pairs = {(m[1], m[2]) for path in sources() for m in re.finditer(rf"({RUN}),\s*({RUN})", read(path))}
    pairs = [(joined(english), joined(spanish)) for english, spanish in pairs]
    wrong, count_spanish = [], 0
    cells = [line.split(" | ")[0] for line in read(PAGE.replace(".md", ".es.md")).splitlines() if line.startswith("| ")]
    for message, spanish in re.findall(r"`([^`]+)`(?: «([^»]+)»)?", "\n".join(cells)):
        known = [s for e, s in pairs if holds(e, message)] if pieces(message) else []
        count_spanish += bool(spanish)
        if spanish and not any(holds(s, spanish) for s in known):
            wrong.append(f"{message}: no program says «{spanish}»")
        if not spanish and known and " " in message and message not in ENGLISH_ALONE:
            wrong.append(f"{message}: «{known[0]}» is missing")
    tap(not wrong and count_spanish > 50, f"{count_spanish} messages of the Spanish page are those of the programs",
        "\n".join(wrong))


def check_options(page):
    wrong, commands = wrong_options(page, BIN)
    tap(not wrong and commands > 10, f"options of {commands} commands are those of --help", "\n".join(wrong))


def check_links():
    wrong = wrong_links(PAGE)
    tap(not wrong, "each link leads somewhere", "\n".join(wrong))


def check_alerts(page):
    rules, tests = read(RULES), read(RULES.replace(".rules.yml", ".rules.test.yml"))
    metrics = set(re.findall(r"^# TYPE (\S+)", read(METRICS) if os.path.exists(METRICS) else "", re.M))
    names = re.findall(r"- alert: (\w+)", rules)
    runbooks = re.findall(r"runbook: docs/OPERATIONS.md#(\S+)", rules)
    tap(len(runbooks) == len(names) and set(runbooks) <= anchors(page), "each alert names its paragraph",
        "\n".join(set(runbooks) - anchors(page)))
    untested = [n for n in names if not re.search(rf"alertname: {n}\b.*?exp_alerts:\s*\n\s*- exp_labels", tests, re.S)]
    tap(not untested, f"each of {len(names)} alerts has a test", "\n".join(untested))
    asked = set(re.findall(r"\b(bitacora_\w+)", re.sub(r"annotations:.*?(?=- alert|\Z)", "", rules, flags=re.S)))
    tap(asked and asked <= metrics, "alerts ask for metrics that there are", "\n".join(asked - metrics))


def main():
    page = read(PAGE)
    check_messages(page)
    check_spanish()
    check_options(page)
    check_links()
    check_alerts(page)
    print(f"1..{count}")
    sys.exit(failed != 0)


main()
