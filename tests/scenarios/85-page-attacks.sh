#!/bin/sh
# An operator who wants a court's own copy of the page to say good of what is not: files, policies, names, other pages around it.
. "$(dirname "$0")/../lib.sh"

check 'the page is written' "$bin/bitacora" page --out "$work/page.html"
[ -z "${PAGE:-}" ] || cp "$PAGE" "$work/page.html" # another one, that is broken: tests/mutants/page_shown.py
/usr/bin/python3 "$root/tests/browser/page_attacks.py" "$work/page.html" "$work/files" >"$work/tap" 2>"$work/page.err"
take_tap "$work/tap"
equal 'all of it was run' "$(grep -c '^1\.\.' "$work/tap")$(tail -n 3 "$work/page.err")" 1
finish
