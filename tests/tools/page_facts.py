"""What a page in Markdown says that can be looked up: its links, and the options of commands."""
import os
import re
import subprocess


def read(path):
    with open(path, encoding="utf-8") as f:
        return f.read()


def anchors_in_order(text):
    """The names by which the headings of a page are linked."""
    heads = re.findall(r"^#+ (.*)$", text, re.M)
    return [re.sub(r"[^\w -]", "", h.lower()).replace(" ", "-") for h in heads]


def anchors(text):
    return set(anchors_in_order(text))


def wrong_links(page, root=""):
    """Targets of links and pictures of the file `page` that lead nowhere. Absolute paths are below
    `root`, the folder into which things were installed."""
    wrong = []
    for target in re.findall(r"\]\(([^)\s]+)\)", re.sub(r"\n\s*", " ", read(page))):
        path, _, part = target.partition("#")
        file = (root if path.startswith("/") else "") + path
        file = os.path.join(os.path.dirname(page), file) if path else page
        if not path.startswith("http") and (not os.path.exists(file) or part and part not in anchors(read(file))):
            wrong.append(target)
    return wrong


def wrong_options(text, bin_folder):
    """Options that a page gives to a command of BIN_FOLDER, and --help does not know; and how many
    commands there are that have some."""
    known, wrong = {}, []
    text = re.sub(r"\\\n\s*", " ", text)
    for program, command, rest in re.findall(r"(?<!-u )\b(bitacorad?) (new [a-z_]+|[a-z][a-z-]+)([^\n`|>&;#]*)", text):
        rest = re.split(r"\bbitacorad? ", rest)[0]
        options = re.findall(r"(--[a-z](?:[a-z0-9_.-]*[a-z0-9])?)", rest)
        if not options:
            continue
        if (program, command) not in known:
            done = subprocess.run([f"{bin_folder}/{program}", *command.split(), "--help"], text=True, check=False,
                                  stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
            known[program, command] = done.stdout if done.returncode == 0 else ""
        wrong += [f"{program} {command} {o}" for o in options
                  if not re.search(rf"{re.escape(o)}(?![\w.-])", known[program, command])]
    return wrong, len(known)
