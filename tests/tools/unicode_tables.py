#!/usr/bin/python3
"""Makes proto/text/unicode_table.c, and the sample of Unicode's NormalizationTest that the unit test runs, from Unicode's own files.

    unicode_tables.py FOLDER >proto/text/unicode_table.c
    unicode_tables.py FOLDER --sample >tests/vectors/unicode/normalization.txt

FOLDER has UnicodeData.txt, CaseFolding.txt, PropList.txt, DerivedCoreProperties.txt, DerivedNormalizationProps.txt and
NormalizationTest.txt, as Debian's package unicode-data has them in /usr/share/unicode, and confusables.txt of the same version, as
Debian's source package icu has it in source/data/unidata. docs/FORMATS.md, 5.5, has version and hashes: files of another version are
refused, since a table that changes makes two answers of one.
"""
import hashlib
import os
import sys

VERSION = "15.0.0"
FILES = {  # docs/FORMATS.md, 5.5
    "UnicodeData.txt": "806e9aed65037197f1ec85e12be6e8cd870fc5608b4de0fffd990f689f376a73",
    "CaseFolding.txt": "cdd49e55eae3bbf1f0a3f6580c974a0263cb86a6a08daa10fbf705b4808a56f7",
    "PropList.txt": "e05c0a2811d113dae4abd832884199a3ea8d187ee1b872d8240a788a96540bfd",
    "DerivedCoreProperties.txt": "d367290bc0867e6b484c68370530bdd1a08b6b32404601b8c7accaf83e05628d",
    "DerivedNormalizationProps.txt": "d5687a48c95c7d6e1ec59cb29c0f2e8b052018eb069a4371b7368d0561e12a29",
    "NormalizationTest.txt": "fb9ac8cc154a80cad6caac9897af55a4e75176af6f4e2bb6edc2bf8b1d57f326",
    "confusables.txt": "2b10130885c3370b101c52d7baedc452ab7f0e257b86c1e52ee657ecfc29ce64",
}
LAST = 0x10FFFF
SAMPLE = 23  # of the test's long part every so many lines; odd, so that no pattern of the file is met

# What shows nothing though Unicode does not call it ignorable: braille blank, Khitan filler, null notehead, object replacement, the two
# blanks of hieroglyphs; joiners of Tifinagh and Brahmi and modifiers of SignWriting, which only change signs of their own.
BLANK = {0x2800, 0x16FE4, 0x1D159, 0xFFFC, 0x13441, 0x13442, 0x2D7F, 0x1107F, *range(0x1DA9B, 0x1DAA0), *range(0x1DAA1, 0x1DAB0)}
# Lines where a hyphen stands: minus, Arabic and Canadian ones, horizontal line extension, and what confusables.txt makes of the dashes of
# East Asia.
LINES = {0x2212, 0x640, 0x1428, 0x23AF, 0x30FC}
UNDERLINES = {0x332, 0x333}
UPRIGHT = 0x4E28  # what confusables.txt makes of the strokes of East Asia that look like an l


def lines(folder, name):
    with open(os.path.join(folder, name), "rb") as f:
        data = f.read()
    if hashlib.sha256(data).hexdigest() != FILES[name]:
        raise SystemExit("%s is not the one of Unicode %s that docs/FORMATS.md names" % (name, VERSION))
    for line in data.decode("utf-8-sig").splitlines():
        line = line.split("#")[0].strip()
        if line:
            yield [field.strip() for field in line.split(";")]


def code_points(text):
    return [int(c, 16) for c in text.split()]


def spread(text):
    first, _, last = text.partition("..")
    return range(int(first, 16), int(last or first, 16) + 1)


def with_property(folder, name, wanted):
    return {c for fields in lines(folder, name) if fields[1] == wanted for c in spread(fields[0])}


class Unicode:
    def __init__(self, folder):
        self.category, self.ccc, self.upper, self.one_step, self.compatible = {}, {}, {}, {}, {}
        first = None
        for f in lines(folder, "UnicodeData.txt"):
            c = int(f[0], 16)
            if f[1].endswith(", First>"):
                first = c
                continue
            for each in range(c if first is None else first, c + 1):
                self.category[each] = f[2]
            first = None
            if f[3] != "0":
                self.ccc[c] = int(f[3])
            if f[5].startswith("<"):
                self.compatible[c] = code_points(f[5].split(">")[1])
            elif f[5]:
                self.one_step[c] = code_points(f[5])
            if f[12]:
                self.upper[c] = [int(f[12], 16)]
        self.fold = {int(f[0], 16): code_points(f[2]) for f in lines(folder, "CaseFolding.txt") if f[1] in "CF"}
        self.prototype = {int(f[0], 16): code_points(f[1]) for f in lines(folder, "confusables.txt")}
        self.excluded = with_property(folder, "DerivedNormalizationProps.txt", "Full_Composition_Exclusion")
        self.space = with_property(folder, "PropList.txt", "White_Space")
        self.ignorable = with_property(folder, "DerivedCoreProperties.txt", "Default_Ignorable_Code_Point") | BLANK

    def decomposed(self, c):
        """In full, canonical; Hangul syllables are computed, and stand in no table."""
        return [d for part in self.one_step.get(c, ()) for d in self.decomposed(part)] or [c]

    def plain(self, c):
        """In full, compatibility mappings included: a full-width digit is a digit."""
        to = self.one_step.get(c) or self.compatible.get(c)
        return [d for part in to for d in self.plain(part)] if to else [c]

    def nfd(self, sequence):
        out = []
        for c in (d for each in sequence for d in self.decomposed(each)):
            at = len(out)
            while self.ccc.get(c) and at and self.ccc.get(out[at - 1], 0) > self.ccc[c]:
                at -= 1
            out.insert(at, c)
        return out

    @staticmethod
    def mapped(sequence, mapping):
        return [d for c in sequence for d in mapping.get(c, [c])]

    def dropped(self, c):
        """What a skeleton leaves out: what cannot be seen, spaces, hyphens, lines through or under a character."""
        return (c in self.ignorable or c in self.space or c in LINES or c in UNDERLINES or self.ccc.get(c) == 1
                or self.category.get(c, "Cn") in ("Cc", "Cf", "Pd"))

    def alike(self, c):
        """What stands for c in a skeleton: docs/FORMATS.md, 5.5."""
        if self.dropped(c):
            return []
        folded = self.mapped([c], self.fold)
        candidates = [self.mapped(each, self.prototype) for each in ([c], folded, self.upper.get(c, [c]), self.plain(c))]
        chosen = next((each for each in candidates if max(each) < 0x80), candidates[1])
        chosen = self.mapped(self.mapped(chosen, self.fold), self.prototype)
        chosen = self.mapped(self.mapped(chosen, self.fold), {0x69: [0x6C], UPRIGHT: [0x6C]})
        return [d for d in self.nfd(chosen) if not self.dropped(d)]

    def classes(self, c):
        category = self.category.get(c, "Cn")
        return "".join((
            "U" if category in ("Cn", "Cs", "Co") else "",
            "I" if category in ("Cc", "Cf", "Zl", "Zp") or c in self.ignorable else "",
            "S" if c in self.space else "",
            "M" if category[0] == "M" else "",
            "P" if category[0] in "PS" else "",
        ))


LETTERS = {"U": "UNICODE_UNASSIGNED", "I": "UNICODE_INVISIBLE", "S": "UNICODE_SPACE", "M": "UNICODE_MARK", "P": "UNICODE_PUNCTUATION"}


def runs(value_of):
    """(first, last, value) of each run of one value, but for the empty one."""
    first, value = 0, value_of(0)
    for c in range(1, LAST + 2):
        new = value_of(c) if c <= LAST else None
        if new != value:
            if value:
                yield first, c - 1, value
            first, value = c, new


def print_list(head, items):
    print("\n%s = {" % head)
    line = "   "
    for item in items:
        if len(line) + len(item) + 2 > 100:
            print(line)
            line = "   "
        line += " " + item + ","
    print(line + "\n};")


def print_mapping(name, mapping):
    """Sorted by code point; what a code point becomes stands in one pool, which in which each sequence has its place."""
    pool, places, items = [], {}, []
    for c in sorted(mapping):
        to = tuple(mapping[c])
        if to not in places:
            places[to] = len(pool)
            pool.extend(to)
        items.append("{ 0x%X, %d, %d }" % (c, places[to], len(to)))
    assert len(pool) < 1 << 16
    print_list("const uint32_t %s_pool[]" % name, ["0x%X" % c for c in pool])
    print_list("const struct unicode_mapping %s[]" % name, items)
    print("const size_t %s_count = sizeof %s / sizeof *%s;" % (name, name, name))


HEAD = """/* Made by tests/tools/unicode_tables.py of the files of Unicode %s that docs/FORMATS.md, 5.5, names;
 * its own hash stands there, too. Not to be changed by hand.
 *
 * Unicode data: Copyright © 1991-2022 Unicode, Inc. All rights reserved. Distributed under the Terms
 * of Use in https://www.unicode.org/copyright.html. */
#include "proto/text/unicode_table.h"

// clang-format off"""


def print_tables(u):
    print(HEAD % VERSION)
    classes = list(runs(u.classes))
    short = {"".join(flags): " | ".join(LETTERS[f] for f in flags) for _, _, flags in classes}
    for flags in sorted(short):
        print("#define %s (%s)" % (flags, short[flags]))
    print_list("const struct unicode_run unicode_classes[]", ["{ 0x%X, 0x%X, %s }" % run for run in classes])
    print("const size_t unicode_classes_count = sizeof unicode_classes / sizeof *unicode_classes;")
    for flags in sorted(short):
        print("#undef %s" % flags)
    print_list("const struct unicode_run unicode_orders[]", ["{ 0x%X, 0x%X, %d }" % run for run in runs(lambda c: u.ccc.get(c, 0))])
    print("const size_t unicode_orders_count = sizeof unicode_orders / sizeof *unicode_orders;")
    print_mapping("unicode_parts", {c: u.decomposed(c) for c in u.one_step})
    pairs = sorted((*to, c) for c, to in u.one_step.items() if len(to) == 2 and c not in u.excluded)
    print_list("const struct unicode_pair unicode_pairs[]", ["{ 0x%X, 0x%X, 0x%X }" % pair for pair in pairs])
    print("const size_t unicode_pairs_count = sizeof unicode_pairs / sizeof *unicode_pairs;")
    # A skeleton is made of decomposed text: what decomposes never comes to be looked for.
    # What cannot be seen, and spaces, are left out by their class.
    alike = {c: u.alike(c) for c in u.category if c not in u.one_step and not set(u.classes(c)) & set("IS")}
    print_mapping("unicode_alike", {c: to for c, to in alike.items() if to != [c]})


def print_sample(folder):
    print("# Unicode %s, NormalizationTest.txt: of part 1 each %dth line, of the others all. source; NFC; NFD" % (VERSION, SAMPLE))
    part, n = 0, 0
    for f in lines(folder, "NormalizationTest.txt"):
        if f[0].startswith("@"):
            part = int(f[0][5:])
            continue
        n += 1
        if part != 1 or n % SAMPLE == 0:
            print(";".join(f[:3]))


if __name__ == "__main__":
    if len(sys.argv) not in (2, 3) or sys.argv[2:] not in ([], ["--sample"]):
        raise SystemExit(__doc__)
    if len(sys.argv) == 3:
        print_sample(sys.argv[1])
    else:
        print_tables(Unicode(sys.argv[1]))
