#!/bin/sh
# The page in a browser, as people use it: from a file and from a log, by an honest log and by one that lies. Pictures of each
# view, in both languages and at the width of a phone, stay in build/browser/page.
. "$(dirname "$0")/../lib.sh"

b=$bin/bitacora
check 'a log' new_log
check 'and a witness' new_witness w1
check 'which runs' start_witness w1
printf 'log %s\nwitness w1 %s %s\nquorum w1\n' "$vkey" "$(cat "$work/w1.vkey")" "$witness_url" >"$work/own"
printf 'index_every = 4\n' >"$work/config"
check 'the log is served' start_daemon "$work/data" --config "$work/config" --policy "$work/own"
sed "s|^log .*|log $vkey $url|; s|^witness .*|witness w1 $(cat "$work/w1.vkey")|" "$work/own" >"$work/policy"
for who in 'judge.example.mx/j1 judge cjf.juzgado1' 'fgr.example.mx/a.lopez requester mx.fgr' 'telco.example.mx/desk holder mx.telco' \
    'vigila.example.mx/v1 oversight mx.vigilancia'; do
    # shellcheck disable=SC2086
    check "enrolled: $who" enrol $who
done
for ref in CJF-1/2026 CJF-2/2026 CJF-l/2026; do
    warrant "$ref" | submit judge.example.mx-j1
done
request mx.telco 4 | submit fgr.example.mx-a.lopez
request mx.telco 2 | sed 's|CJF-1/2026|CJF-l/2026|' | submit fgr.example.mx-a.lopez
request mx.telco 1 | sed 's|CJF-1/2026|CJF-2/2026|' | submit fgr.example.mx-a.lopez
request mx.telco 1 | jq -c '.subjects=[{"type":"curp","value":"GOMC850315HDFRRR07"}]' >"$work/sealed"
check 'a person is sealed' "$b" submit --policy "$work/policy" --key "$work/fgr.example.mx-a.lopez.key" --private "$work/private" \
    --receipts "$work/receipts" "$work/sealed"
cp "$work/receipts/$(ls "$work/receipts")" "$work/receipt"
check 'and disclosed' "$b" disclose --policy "$work/policy" --private "$work/private" --out "$work/opening" "$work/receipt"
answered() { "$b" answer --policy "$work/policy" --warrant CJF-1/2026 --tail --out "$work/answer" >"$work/answer.out" 2>&1; }
check 'an answer' wait_until answered
check 'a copy' "$b" mirror --policy "$work/policy" "$work/mirror"
check 'the page' "$b" page --out "$work/page.html"
[ -z "${PAGE:-}" ] || cp "$PAGE" "$work/page.html" # another one, that is broken: tests/mutants/page_shown.py

"$root/tests/browser/page_log.py" "$url" "$work/page.html" "$work" "$root/build/browser/page" >"$work/tap" 2>"$work/page.err"
take_tap "$work/tap"
equal 'all of it was run' "$(grep -c '^1\.\.' "$work/tap")$(tail -n 3 "$work/page.err")" 1
finish
