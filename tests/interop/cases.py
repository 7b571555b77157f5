#!/usr/bin/python3
"""Whole logs, honest and lying, made by the second writer, with what docs/FORMATS.md says a verifier must find.

    cases.py OUTDIR [--big]

writes OUTDIR/<case>/mirror/…, OUTDIR/<case>/policy and OUTDIR/<case>/expect.json for every case, and the two histories of
OUTDIR/fork/{a,b,short} with OUTDIR/fork/policy. The output is the same every time. --big adds a log of 66,000 entries.

expect.json: "exit"; "code" and "entry" of the finding that must be there (for exit 1 it is also the entry of the first bad finding);
"file", which file was spoilt; "why"; and where FORMATS leaves no room, "findings", all that there must be as [code, entry], in any
order, and "size", "root", "signatures".
"""
import sys

sys.dont_write_bytecode = True
from case_writing import NAMES, begin
from cases_files import file_lies, fork, strangers, undecided, witnesses
from cases_form import form_lies
from cases_good import good_logs
from cases_signed import chain_lies, log_lies, reference_lies, registry_lies, signer_lies


def main():
    args = [a for a in sys.argv[1:] if a != "--big"]
    if len(args) != 1 or args[0].startswith("-"):
        raise SystemExit("usage: cases.py OUTDIR [--big]")
    begin(args[0])
    good_logs("--big" in sys.argv)
    chain_lies()
    signer_lies()
    registry_lies()
    log_lies()
    reference_lies()
    form_lies()
    undecided()
    file_lies()
    witnesses()
    strangers()
    fork()
    print("%d cases" % len(NAMES))


if __name__ == "__main__":
    main()
