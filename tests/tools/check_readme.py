#!/usr/bin/python3
"""README.md and README.es.md against each other: the same commands, the same pictures; their links and
options, and those of docs/GUIDE.md and GUIDE.es.md, to which they send who wants more. TAP on
standard output.

usage: check_readme.py ROOT BIN
"""
import re
import sys

sys.dont_write_bytecode = True
from page_facts import read, wrong_links, wrong_options  # noqa: E402
from run_page import blocks  # noqa: E402

LANGUAGES = {"en": "README.md", "es": "README.es.md"}
JOBS = 6


def commands(page):
    """What is typed: blocks of commands, without what each says of them to people."""
    found = []
    for block in blocks(page.splitlines()):
        kind = re.sub(r"(elsewhere): .*", r"\1", block.info)
        found.append((kind, block.prints is not None, [re.sub(r"\s+# .*", "", line) for line in block.text]))
    return found


def first_difference(here, there):
    for a, b in zip(here, there):
        if a != b:
            return f"{a}\n{b}"
    return f"{len(here)} blocks, and {len(there)}"


def main():
    root, bin_folder = sys.argv[1:3]
    pages = {language: read(f"{root}/{name}") for language, name in LANGUAGES.items()}
    typed = {language: commands(page) for language, page in pages.items()}
    pictures = {language: [p.replace(f".{language}.", ".") for p in re.findall(r"\]\((docs/pictures/[^)]*)\)", page)]
                for language, page in pages.items()}
    jobs = {language: len(re.findall(r"^## \d\. ", page, re.M)) for language, page in pages.items()}
    checks = [
        ("both have the same commands, in the same order", typed["en"] == typed["es"] and len(typed["en"]) > 10,
         first_difference(typed["en"], typed["es"])),
        ("and the same pictures, each in its language", pictures["en"] == pictures["es"] and pictures["en"],
         f"{pictures}"),
        ("and the same six jobs", set(jobs.values()) == {JOBS}, f"{jobs}"),
    ]
    for name in [*LANGUAGES.values(), "docs/GUIDE.md", "docs/GUIDE.es.md"]:
        wrong = wrong_links(f"{root}/{name}")
        checks.append((f"each link of {name} leads somewhere", not wrong, "\n".join(wrong)))
        wrong, known = wrong_options(read(f"{root}/{name}"), bin_folder)
        checks.append((f"{name}: options of {known} commands are those of --help", not wrong and known > 5,
                       "\n".join(wrong)))
    for number, (what, good, why) in enumerate(checks, 1):
        print(f"{'ok' if good else 'not ok'} {number} - {what}")
        if not good:
            print("\n".join("# " + line for line in why.splitlines()))
    print(f"1..{len(checks)}")
    sys.exit(not all(good for _, good, _ in checks))


if __name__ == "__main__":
    main()
