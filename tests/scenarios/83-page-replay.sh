#!/bin/sh
# Honest and dishonest logs of the second writer, replayed by the page in a browser: it finds what the program finds, entry for
# entry. A sample; EVERY=1 (make faults): all cases, and more at random.
. "$(dirname "$0")/../lib.sh"

if [ "${EVERY:-}" = 1 ]; then each=1 seeds=120; else each=40 seeds=3; fi
check 'cases are written' second_writer
check 'the page is written' "$bin/bitacora" page --out "$work/page.html"
"$root/tests/browser/page_replay.py" "$work/page.html" "$cases" "$bin/bitacora" --each $each --seeds 0 $seeds >"$work/tap" 2>"$work/page.err"
take_tap "$work/tap"
equal 'all of it was run' "$(grep -c '^1\.\.' "$work/tap")$(tail -n 3 "$work/page.err")" 1
finish
