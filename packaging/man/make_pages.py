#!/usr/bin/python3
"""Writes the manual pages from what the programs say of themselves and from a little prose.

usage: make_pages.py BITACORA BITACORAD HEADER OUT

BITACORA and BITACORAD are the programs: their --help --json has commands, options, settings and
exit codes. HEADER is proto/lib/bitacora.h. prose.en and prose.es, beside this file, hold what no
table says. OUT gets man1, man3, man5, man8 and es/man1, es/man5, es/man8.

Prose: "# PAGE" begins a page, "## SECTION" a section of it (what stands before the first one goes
into the description). Blank lines end a paragraph. Lines that begin with four spaces are an
example. "- " begins an item, ": " behind a line explains it. `Backticks` are bold.
"""
import json
import os
import re
import subprocess
import sys
import textwrap

HERE = os.path.dirname(os.path.abspath(__file__))
WORDS = {
    "en": {
        "name": "NAME", "synopsis": "SYNOPSIS", "description": "DESCRIPTION", "options": "OPTIONS",
        "commands": "COMMANDS", "exit": "EXIT STATUS", "environment": "ENVIRONMENT",
        "settings": "SETTINGS", "also": "SEE ALSO", "needed": "Needed.", "one_of": "One of",
        "default": "Default", "empty": "nothing", "from_to": "A whole number from {} to {}.",
        "reloaded": "Takes effect at SIGHUP.", "restart": "Takes effect at a restart.",
        "manual": "Bitácora", "every": "Every command", "more": "bitacora(1) lists them.",
        "page": "See {}.", "format": "settings of bitacorad run",
        "policy": "which log and which witnesses are trusted",
    },
    "es": {
        "name": "NOMBRE", "synopsis": "SINOPSIS", "description": "DESCRIPCIÓN",
        "options": "OPCIONES", "commands": "ÓRDENES", "exit": "CÓDIGOS DE SALIDA",
        "environment": "ENTORNO", "settings": "AJUSTES", "also": "VÉASE TAMBIÉN",
        "needed": "Necesaria.", "one_of": "Uno de", "default": "Si falta", "empty": "nada",
        "from_to": "Un número entero de {} a {}.", "reloaded": "Entra en vigor con SIGHUP.",
        "restart": "Entra en vigor al reiniciar.", "manual": "Bitácora", "every": "Toda orden",
        "more": "bitacora(1) los enumera.", "page": "Véase {}.",
        "format": "ajustes de bitacorad run",
        "policy": "en qué bitácora y en qué testigos se confía",
    },
}
SECTIONS_LAST = ("EXAMPLES", "EJEMPLOS", "SEE ALSO", "VÉASE TAMBIÉN")


def plain(text):
    """Text as roff takes it, at any place but the beginning of a line."""
    return text.replace("\\", "\\e").replace("'", "\\(aq").replace("`", "\\(ga") \
        .replace("^", "\\(ha").replace("~", "\\(ti")


def code(text):
    """The same for what people type: a hyphen is a minus sign."""
    return plain(text).replace("-", "\\-")


def bold(text):
    return "\\fB%s\\fR" % code(text)


def italic(text):
    return "\\fI%s\\fR" % code(text)


def line(text):
    """A line of text, which is no request."""
    return "\\&" + text if text[:1] in (".", "'") else text


def sentence(text):
    text = text[:1].upper() + text[1:]
    return text if text.endswith((".", "?", "!")) else text + "."


def marked(text):
    """Prose: options and `backticks` are bold."""
    parts = text.split("`")
    out = []
    for i, part in enumerate(parts):
        if i % 2:
            out.append(bold(part))
        else:
            out.append(re.sub(r"(?<![\w-])--[a-z][a-z0-9-]*", lambda m: "\\fB%s\\fR" % m.group(0)
                              .replace("-", "\\-"), plain(part)))
    return line("".join(out))


class Page:
    """One page; .text is its source."""

    def __init__(self, name, section, world):
        self.lines = ["'\\\" -*- coding: UTF-8 -*-",
                      ".\\\" Written by packaging/man/make_pages.py: change its tables or its prose.",
                      '.TH %s %s %s "bitacora %s" "%s"' % (code(name.upper()), section, world["date"],
                                                         world["version"], world["words"]["manual"])]

    def add(self, *lines):
        self.lines.extend(lines)

    def heading(self, text):
        self.add(".SH " + (text if " " not in text else '"%s"' % text))

    def item(self, tag, text):
        self.add(".TP", tag, line(text))

    def prose(self, text):
        """Paragraphs, items, examples."""
        for block in re.split(r"\n\s*\n", text.strip("\n")):
            self.block(block.split("\n"))

    def block(self, lines):
        first = True
        while lines:
            if lines[0].startswith("    "):
                n = next((i for i, l in enumerate(lines) if not l.startswith("    ")), len(lines))
                self.add(".PP", ".in +4n", ".EX")
                self.add(*(line(code(l[4:])) for l in lines[:n]))
                self.add(".EE", ".in")
                lines, first = lines[n:], True
                continue
            text = lines.pop(0)
            if lines and lines[0].startswith(": "):
                self.add(".TP", marked(text), marked(lines.pop(0)[2:]))
            elif text.startswith("- "):
                self.add(".IP \\(bu 2", marked(text[2:]))
            else:
                self.add(*([".PP"] if first else []), marked(text))
            first = False

    def write(self, path):
        os.makedirs(os.path.dirname(path), exist_ok=True)
        text = "\n".join(self.lines) + "\n"
        text = re.sub(r"(\.S[HS] [^\n]*\n)\.PP\n", r"\1", text)
        with open(path, "w", encoding="utf-8") as file:
            file.write(text)


def read_prose(language):
    """The prose of a language: its date, and {page: [(section, text), ...]}."""
    pages, date, page = {}, "", []
    with open(os.path.join(HERE, "prose." + language), encoding="utf-8") as file:
        for text in file.read().split("\n"):
            if text.startswith("date "):
                date = text[5:]
            elif text.startswith("## "):
                page.append([text[3:], ""])
            elif text.startswith("# "):
                page = [["", ""]]
                pages[text[2:]] = page
            elif page:
                page[-1][1] += text + "\n"
    return date, pages


def as_shown(option, language, needed=""):
    value = option.get("value")
    text = bold("--" + option["name"])
    return text + needed if value is None else text + "\\ " + italic(value[language])


def synopsis(page, program, command, language):
    """Its forms, as --help shows them."""
    options = {o["name"]: o for o in command["options"]}
    for form in command["forms"]:
        page.add(".SY %s" % code(program + " " + command["name"]).replace(" ", "\\ "))
        glued, text = False, ""
        for word in form:
            shown = piece(word, options, language)
            closes = word["is"] == "mark" and word["text"] in ")]"
            if text and not glued and not closes:
                page.add(line(text))
                text = ""
            text += shown
            glued = word["is"] == "mark" and word["text"] in "(["
        page.add(*([line(text)] if text else []), ".YS")


def piece(word, options, language):
    several = "\\ .\\|.\\|." if word.get("several") else ""
    if word["is"] == "mark":
        return word["text"]
    if word["is"] == "word":
        return bold(word["text"])
    if word["is"] == "operand":
        return italic(word["shown"][language]) + several
    shown = as_shown(options[word["name"]], language)
    return ("[%s]" % shown if word["brackets"] else shown) + several


def option_items(page, command, world, least=()):
    language, words = world["language"], world["words"]
    for o in command["options"]:
        if o["name"] in least:
            continue
        text = marked(sentence(o["meaning"][language]))
        if o.get("words") and not all(w in o["meaning"][language] for w in o["words"]) \
                and o["value"][language] != "|".join(o["words"]):
            text += "\n%s %s." % (words["one_of"], ", ".join(bold(w) for w in o["words"]))
        if o["needed"]:
            text += "\n" + words["needed"]
        page.item(as_shown(o, language), text)


def short(summary):
    """The first thing that a summary says, for NAME."""
    return re.split(r"[:;,(]", summary)[0].strip()


def name_section(page, name, about, world):
    page.heading(world["words"]["name"])
    page.add("%s \\- %s" % (code(name), plain(about)))


def exit_section(page, about, world):
    page.heading(world["words"]["exit"])
    for e in about["exit"]:
        page.item(bold(e["code"]), marked(sentence(e["meaning"][world["language"]])))


def environment_section(page, about, world):
    if not about.get("environment"):
        return
    page.heading(world["words"]["environment"])
    for e in about["environment"]:
        page.item(bold(e["name"]), marked(sentence(e["meaning"][world["language"]])))


def prose_sections(page, name, world, last):
    """The sections of its own that come last, or the others."""
    for title, text in world["prose"].get(name, []):
        if title and (title in SECTIONS_LAST) == last:
            page.heading(title)
            page.prose(text)


def described(page, name, summary, world):
    page.heading(world["words"]["description"])
    if summary:
        page.add(marked(sentence(summary)))
    own = world["prose"].get(name, [["", ""]])[0][1]
    if own.strip():
        page.prose(own)


def see_also(page, names, world):
    page.heading(world["words"]["also"])
    page.add(*(".BR %s (%s)%s" % (code(n), s, "," if i + 1 < len(names) else "")
               for i, (n, s) in enumerate(names)))


def where(world, section):
    folder = "" if world["language"] == "en" else world["language"]
    return os.path.join(world["out"], folder, "man%s" % section)


def command_page(about, command, world):
    name = "%s-%s" % (about["program"], command["name"])
    page = Page(name, 1, world)
    summary = command["summary"][world["language"]]
    name_section(page, name, short(summary), world)
    page.heading(world["words"]["synopsis"])
    synopsis(page, about["program"], command, world["language"])
    described(page, name, summary, world)
    page.heading(world["words"]["options"])
    option_items(page, command, world)
    prose_sections(page, name, world, False)
    exit_section(page, about, world)
    page.heading(world["words"]["environment"])
    page.add(line(world["words"]["more"]))
    prose_sections(page, name, world, True)
    see_also(page, [("bitacora", 1), ("bitacora-policy", 5), ("bitacorad", 8)], world)
    page.write(os.path.join(where(world, 1), name + ".1"))


def client_page(about, world):
    page = Page("bitacora", 1, world)
    language, words = world["language"], world["words"]
    name_section(page, "bitacora", about["about"][language], world)
    page.heading(words["synopsis"])
    page.add(".SY bitacora", italic("COMMAND" if language == "en" else "ORDEN"),
             "\\&.\\|.\\|.", ".YS")
    described(page, "bitacora", "", world)
    page.heading(words["commands"])
    for c in about["commands"]:
        page.add(".TP", ".BR %s (1)" % code("bitacora-" + c["name"]),
                 marked(sentence(c["summary"][language])))
    page.heading(words["options"])
    page.add(marked(words["every"] + ":"))
    common = [o for o in about["commands"][0]["options"] if o["name"] in ("lang", "json", "help")]
    option_items(page, {"options": common}, world)
    prose_sections(page, "bitacora", world, False)
    exit_section(page, about, world)
    environment_section(page, about, world)
    prose_sections(page, "bitacora", world, True)
    see_also(page, [("bitacora-policy", 5), ("bitacorad", 8), ("libbitacora", 3)], world)
    page.write(os.path.join(where(world, 1), "bitacora.1"))


def daemon_page(about, world):
    page = Page("bitacorad", 8, world)
    language, words = world["language"], world["words"]
    name_section(page, "bitacorad", about["about"][language], world)
    page.heading(words["synopsis"])
    for c in about["commands"]:
        synopsis(page, "bitacorad", c, language)
    described(page, "bitacorad", "", world)
    page.heading(words["commands"])
    for c in about["commands"]:
        page.add(".SS bitacorad %s" % code(c["name"]), marked(sentence(c["summary"][language])))
        option_items(page, c, world, least=("lang", "help"))
    page.heading(words["options"])
    page.add(marked(words["every"] + ":"))
    common = [o for o in about["commands"][0]["options"] if o["name"] in ("lang", "help")]
    option_items(page, {"options": common}, world)
    prose_sections(page, "bitacorad", world, False)
    exit_section(page, about, world)
    environment_section(page, about, world)
    prose_sections(page, "bitacorad", world, True)
    see_also(page, [("bitacorad.conf", 5), ("bitacora-policy", 5), ("bitacora", 1)], world)
    page.write(os.path.join(where(world, 8), "bitacorad.8"))


def setting_text(setting, world):
    language, words = world["language"], world["words"]
    text = [marked(sentence(setting["meaning"][language]))]
    if setting["type"] == "number":
        text.append(words["from_to"].format(setting["least"], setting["most"]))
    if setting["type"] == "choice":
        text.append("%s %s." % (words["one_of"],
                                ", ".join(bold(w) for w in setting["words"].split("|"))))
    default = str(setting["default"])
    text.append("%s: %s." % (words["default"], bold(default) if default else words["empty"]))
    text.append(words["reloaded" if setting["reloaded"] else "restart"])
    return "\n".join(text)


def conf_page(about, world):
    page = Page("bitacorad.conf", 5, world)
    language, words = world["language"], world["words"]
    name_section(page, "bitacorad.conf", words["format"], world)
    described(page, "bitacorad.conf", "", world)
    page.heading(words["settings"])
    for s in about["settings"]:
        tag = bold(s["name"]) + " =" + (" " + italic(s["value"][language]) if "value" in s else "")
        page.item(tag, setting_text(s, world))
    prose_sections(page, "bitacorad.conf", world, False)
    prose_sections(page, "bitacorad.conf", world, True)
    see_also(page, [("bitacorad", 8)], world)
    page.write(os.path.join(where(world, 5), "bitacorad.conf.5"))


def policy_page(world):
    page = Page("bitacora-policy", 5, world)
    name_section(page, "bitacora-policy", world["words"]["policy"], world)
    described(page, "bitacora-policy", "", world)
    prose_sections(page, "bitacora-policy", world, False)
    prose_sections(page, "bitacora-policy", world, True)
    see_also(page, [("bitacora", 1), ("bitacorad", 8)], world)
    page.write(os.path.join(where(world, 5), "bitacora-policy.5"))


# ---- the library, from its header ------------------------------------------------------------------

def comment_text(comment):
    """A C comment as prose: paragraphs, and items that begin with "- "."""
    lines = [re.sub(r"^(/\*| \*/?|\s*) ?|\s*\*/$", "", l) for l in comment.strip().split("\n")]
    blocks = [[]]
    for l in lines:
        if not l.strip():
            blocks.append([])
        elif l.startswith("- "):
            blocks.append([l])
        else:
            blocks[-1].append(l.strip())
    return "\n\n".join(" ".join(b) for b in blocks if b)


def wrapped(prototype):
    """A prototype in lines of at most 72 characters."""
    out = [""]
    for word in prototype.split():
        if len(out[-1]) + 1 + len(word) > 72:
            out.append("    " + word)
        else:
            out[-1] += (" " if out[-1] else "") + word
    return out


def value_lines(text):
    """A value with its comment: the comment above it where both are too long for a line."""
    found = re.match(r"(\s*)(\S.*?)\s*(/\*.*\*/)$", text)
    if not found or len(text) <= 69:
        return [text]
    comment = textwrap.wrap(found.group(3), 66 - len(found.group(1)))
    return [found.group(1) + l for l in comment] + [found.group(1) + found.group(2)]


def declarations(lines):
    """What stands behind a comment, as a user of the library writes it."""
    out, statement = [], ""
    if lines[0].startswith("#define BITACORA_VERSION_MAJOR"):
        return [" ".join(l.split()[:2]) for l in lines if l.startswith("#define BITACORA_VERSION")]
    for text in lines:
        text = re.sub(r"BITACORA_API |BITACORA_MUST_USE ", "", text)
        if text.startswith(("#if", "#e")):
            continue
        if re.match(r"\s+/\*|.*[;,]\s*/\*", text) and not statement:
            out += value_lines(text)
        elif statement or (text[0] not in " #}" and not text.endswith("{")):
            statement += " " + text
            if text.endswith(";"):
                out += wrapped(statement)
                statement = ""
        else:
            out += value_lines(text)
    return out


def header_parts(header):
    """(title of the section, comment, lines of declarations) of a header, one after the other."""
    title, comment, declared, inside = "", [], [], False
    header = header[header.index("/* ---- Version"):header.rindex("#ifdef __cplusplus")]
    for text in header.split("\n"):
        if text.startswith("/*") or inside:
            if declared:
                yield title, "\n".join(comment), declared
                comment, declared = [], []
            heading = re.match(r"/\* -+ (.*?) -+ \*/", text)
            if heading:
                title, comment = heading.group(1), []
                continue
            comment.append(text if inside or not comment else "\n" + text)
            inside = "*/" not in text
        elif text.strip():
            declared.append(text)
    yield title, "\n".join(comment), declared


def library_page(path, world):
    with open(path, encoding="utf-8") as file:
        header = file.read()
    page = Page("libbitacora", 3, world)
    name_section(page, "libbitacora", "verify what an audit log says", world)
    page.heading("SYNOPSIS")
    page.add(".EX", "\\fB#include <bitacora.h>\\fR", "",
             code("cc program.c $(pkg-config --cflags --libs libbitacora)"), ".EE")
    page.heading("DESCRIPTION")
    page.prose(comment_text(header[:header.index("*/") + 2]).replace("bitacora.h: the public header of libbitacora.\n\n", "", 1))
    prose_sections(page, "libbitacora", world, False)
    page.heading("FUNCTIONS")
    last, names = None, []
    for title, comment, declared in header_parts(header):
        if title != last:
            page.add(".SS %s" % (title if " " not in title else '"%s"' % title))
            last = title
        shown = declarations(declared)
        names += [n for l in shown if not l.startswith(("#", " "))
                  for n in re.findall(r"\b(bitacora_\w+)\(", l)]
        page.add(".PP", ".EX", *(line(code(l)) for l in shown), ".EE")
        if comment:
            page.add(".RS 4")
            page.prose(comment_text(comment))
            page.add(".RE")
    prose_sections(page, "libbitacora", world, True)
    see_also(page, [("bitacora", 1), ("bitacora-policy", 5)], world)
    page.write(os.path.join(where(world, 3), "libbitacora.3"))
    for name in sorted(set(names)):
        with open(os.path.join(where(world, 3), name + ".3"), "w", encoding="utf-8") as file:
            file.write(".so man3/libbitacora.3\n")


def told(program):
    return json.loads(subprocess.run([program, "--help", "--json"], check=True,
                                     stdout=subprocess.PIPE).stdout)


def main():
    client, daemon, header, out = sys.argv[1:]
    client, daemon = told(client), told(daemon)
    for language in ("en", "es"):
        date, prose = read_prose(language)
        world = {"language": language, "words": WORDS[language], "date": date, "prose": prose,
                 "version": client["version"], "out": out}
        client_page(client, world)
        for command in client["commands"]:
            command_page(client, command, world)
        daemon_page(daemon, world)
        conf_page(daemon, world)
        policy_page(world)
        if language == "en":
            library_page(header, world)


if __name__ == "__main__":
    main()
