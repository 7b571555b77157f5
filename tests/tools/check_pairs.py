#!/usr/bin/python3
"""Pages that there are in English and in Spanish (docs/NAME.md, docs/NAME.es.md) against each other.
TAP on standard output.

usage: check_pairs.py ROOT [NAME...]   all, or those that are named

What is not translated is the same in both, in the same order: headings of each level, commands and
settings in blocks (comments are for people, and so is what is printed: as many lines), messages in
the first cells of tables, words of code in each section, links. A link to a page that there is in
Spanish leads to it. What a page in Spanish says that commands print is compared by its scenario with
PAGE_LANG=es_MX.UTF-8, which is too long for each time.
"""
import os
import re
import sys

sys.dont_write_bytecode = True
from page_facts import anchors_in_order, read, wrong_links  # noqa: E402

PAIRS = ["GATE", "GUIDE", "OPERATIONS"]
COLUMNS = 100
DRAWN = "─"  # a drawing has words for people


class Page:
    def __init__(self, path):
        self.path, self.text = path, read(path)
        self.blocks, rest = split(self.text.splitlines())
        self.prose = "\n".join(rest)

    def headings(self):
        return [m[1] for m in re.finditer(r"^(#+) ", self.prose, re.M)]

    def rows(self):
        """Of each row of a table: how many cells, and the code in its first one."""
        cells = [line.replace("\\|", "").strip("| ").split(" | ")
                 for line in self.prose.splitlines() if line.startswith("|")]
        return [f"{len(c)} cells, {' '.join(re.findall('`[^`]+`', c[0]))}" for c in cells]

    def code(self):
        """The words in backticks, by section; where lines are broken does not matter."""
        return [f"section {n}: {word}" for n, part in enumerate(re.split(r"^#+ .*$", self.prose, flags=re.M))
                for word in sorted(re.sub(r"\s+", " ", w) for w in re.findall(r"`([^`]+)`", part))]

    def links(self):
        """Where links lead, each as page and number of heading."""
        found = []
        for target in re.findall(r"\]\(([^)\s]+)\)", re.sub(r"\n\s*", " ", self.prose)):
            name, _, part = target.partition("#")
            if part:
                page = os.path.join(os.path.dirname(self.path), name) if name else self.path
                heads = anchors_in_order(read(page))
                part = f"heading {heads.index(part)}" if part in heads else f"{part}, a heading that is not there"
            found.append(f"{name.replace('.es.md', '.md')} {part}")
        return sorted(found)

    def wrong_language(self):
        """Links of a page in Spanish to one in English that there is in Spanish, but for its own."""
        own = os.path.basename(self.path).replace(".es.md", ".md")
        return [name for name in re.findall(r"\]\(([^)\s#]+)", self.prose)
                if re.search(r"(?<!\.es)\.md$", name) and name != own and
                os.path.exists(os.path.join(os.path.dirname(self.path), name[:-3] + ".es.md"))]


def bare(line):
    """A line of a block without its comment; #! is none."""
    return re.sub(r"(^|\s+)# .*", "", line)


def split(lines):
    """Blocks, as lists of lines, and the lines of neither."""
    blocks, rest, fence, indented = [], [], None, False
    for line in lines:
        if line.startswith("```"):
            fence = None if fence else re.sub(r"(elsewhere): .*", r"\1", line)
            if fence:
                blocks.append([fence])
            indented = False
        elif fence:
            blocks[-1].append("a line" if fence == "```prints" else bare(line))
        elif line.startswith("    ") and (indented or not rest or not rest[-1].strip()):
            if not indented:
                blocks.append(["indented"])
            if DRAWN not in line:
                blocks[-1].append(bare(line))
            indented = True
        else:
            indented = indented and not line.strip()
            rest.append(line)
    return blocks, rest


def difference(here, there):
    for a, b in zip(here, there):
        if a != b:
            return f"English: {a}\nSpanish: {b}"
    if len(here) == len(there):
        return ""
    return f"English: {len(here)}\nSpanish: {len(there)}\nthe first that the other lacks: {max(here, there, key=len)[min(len(here), len(there))]}"


def block_difference(here, there):
    for a, b in zip(here, there):
        if a != b:
            return difference(a, b) + "\nin the block that begins with " + " / ".join(a[:2])
    return difference(here, there)


def main():
    root = sys.argv[1]
    count = failed = 0
    for name in sys.argv[2:] or PAIRS:
        english, spanish = Page(f"{root}/docs/{name}.md"), Page(f"{root}/docs/{name}.es.md")
        long = [line for line in spanish.prose.splitlines() if len(line) > COLUMNS and not line.startswith("|")]
        checks = [
            ("headings", difference(english.headings(), spanish.headings())),
            ("blocks", block_difference(english.blocks, spanish.blocks)),
            ("rows of tables, and code in their first cells", difference(english.rows(), spanish.rows())),
            ("words of code", difference(english.code(), spanish.code())),
            ("links", difference(english.links(), spanish.links())),
        ]
        checks = [(f"docs/{name}.md and {name}.es.md: the same {what}", why) for what, why in checks] + [
            (f"docs/{name}.es.md leads to pages in Spanish", "\n".join(spanish.wrong_language())),
            (f"docs/{name}.es.md: each link leads somewhere", "\n".join(wrong_links(spanish.path))),
            (f"docs/{name}.es.md: at most {COLUMNS} columns", "\n".join(long)),
        ]
        for what, why in checks:
            count += 1
            failed += bool(why)
            print(f"{'not ok' if why else 'ok'} {count} - {what}")
            if why:
                print("\n".join("# " + line for line in why.splitlines()))
    print(f"1..{count}")
    sys.exit(failed != 0)


if __name__ == "__main__":
    main()
