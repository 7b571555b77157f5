#!/bin/sh
# What a judge's clerk reads in the page, in Spanish: of files that are no good, and of what an answer does not say.
. "$(dirname "$0")/../lib.sh"

check 'the page is written' "$bin/bitacora" page --out "$work/page.html"
[ -z "${PAGE:-}" ] || cp "$PAGE" "$work/page.html" # another one, that is broken: tests/mutants/page_shown.py
/usr/bin/python3 "$root/tests/browser/page_court.py" "$work/page.html" "$work/files" >"$work/tap" 2>"$work/page.err"
take_tap "$work/tap"
equal 'all of it was run' "$(grep -c '^1\.\.' "$work/tap")$(tail -n 3 "$work/page.err")" 1
finish
