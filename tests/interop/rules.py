#!/usr/bin/python3
"""The audit's rules once more, from docs/RULES.md and docs/FORMATS.md alone. Only the standard library.

    rules.py MIRROR [--all]     the answers of every rule about the log in a mirror folder (FORMATS 7)
    rules.py selftest           facts about each rule, in TAP

MIRROR/v1/blobs/⟨SHA-256 in hex⟩ are the files of pinned rulesets. Printed, a JSON object a line: every finding and not_evaluable
(with --all every pass, too) in the order of entry, rule, first related entry; then the counts of each rule; then now and size.

Nothing is verified here: every entry of the log is taken to count (RULES 1). No signature, role or clock is looked at, and no tree.
Enrolments, and with them authorities, levels and functions of signers, are found by `under`, the key of one of genesis's registrars
by the name and id on the signature line. A reference to no earlier entry of its kind is taken as absent; the hash in it is not looked at.
What has not the form of an entry is named on standard error, and no rule sees it. Exit: 0, 2 usage, 3 something could not be read.
"""
import gc
import json
import sys

sys.dont_write_bytecode = True
from rules_asked import RULES, answers_of
from rules_facts import selftest
from rules_log import CannotRead, FINDING, NOT_EVALUABLE, PASS, read_mirror, when


def line(value):
    print(json.dumps(value, ensure_ascii=False, separators=(",", ":")))


def audit(folder, everything):
    gc.disable()                                           # nothing here is garbage before the end
    log, size = read_mirror(folder)
    counts = {name: {PASS: 0, FINDING: 0, NOT_EVALUABLE: 0} for name, _ in RULES}
    for answer in answers_of(log):
        counts[answer["rule"]][answer["result"]] += 1
        if everything or answer["result"] != PASS:
            line(answer)
    for name, _ in RULES:
        line({"rule": name, **counts[name]})
    line({"now": when(log.now), "entries": size})


def main(arguments):
    if arguments == ["selftest"]:
        return selftest()
    folders = [a for a in arguments if a != "--all"]
    if len(folders) != 1 or folders[0].startswith("-"):
        sys.stderr.write(__doc__)
        return 2
    try:
        audit(folders[0], "--all" in arguments)
    except (CannotRead, OSError, ValueError, LookupError, TypeError, AttributeError) as why:    # or an entry has not its form
        sys.stderr.write("rules.py: cannot read: %s\n" % why)
        return 3
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
