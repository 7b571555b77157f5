#!/bin/sh
# Messages in the form of ETSI TS 103 120 go through import into a log and back out; what cannot be
# mapped is named. ETSI_MESSAGES names a folder of others, such as those that ETSI publishes.
. "$(dirname "$0")/../lib.sh"

messages=${ETSI_MESSAGES:-$root/tests/vectors/ts103120}
check 'a log' small_log 12
set --
for f in "$messages"/*.json; do set -- "$@" "$f"; done
expect 0 'all messages import together' "$bin/bitacora" import ts103120 "$@" --set level=federal
cp "$work/out" "$work/records"
cp "$work/err" "$work/named"
enrol femdo.example.mx requester "$(jq -r 'select(.kind=="request")|.authority' "$work/records" | sort -u)"
contains 'the subjects are named, as they cannot be sealed yet' "$work/named" 'subjects (1)'
contains 'and updates' "$work/named" 'UPDATE'
contains 'and approvers' "$work/named" 'DocumentSignature'
contains 'and delivery' "$work/named" 'DeliveryDetails'
equal 'two warrants and three requests' "$(jq -r .kind "$work/records" | sort | uniq -c | tr -s ' \n' ' ')" ' 3 request 2 warrant '
equal 'neither `at` nor `under` is set' "$(jq -c 'has("at") or has("under")' "$work/records" | sort -u)" false
equal 'what is live, retained, preserved' "$(jq -r 'select(.kind=="request")|.categories[0]' "$work/records" | sort | tr '\n' ' ')" \
    'comms_content_live preservation traffic_retained '
equal 'preservation has a term' "$(jq -r 'select(.term)|.term' "$work/records")" '2023-06-30T12:00:00.000Z'
equal 'nothing is invented' "$(jq -r 'select(.kind=="request")|.basis' "$work/records" | sort -u)" NONE_STATED

grep '"kind":"warrant"' "$work/records" | submit judge.example.mx-j1 --receipts "$work/receipts" &&
    ok 'the judge signs the warrants' || not_ok 'the judge signs the warrants' "$(cat "$work/submit.err")"
grep '"kind":"request"' "$work/records" | submit femdo.example.mx --receipts "$work/receipts" &&
    ok 'the requester signs the requests' || not_ok 'the requester signs the requests' "$(cat "$work/submit.err")"
expect 0 'the log replays' "$bin/bitacora" replay --policy "$work/policy"
expect 0 'their receipts verify' "$bin/bitacora" verify --policy "$work/policy" "$work"/receipts/*
# Back out: the records as they stand in the log are those that went in, with id, at and under added.
for r in "$work"/receipts/*; do
    sed -n 's/^extra //p' "$r" | base64 -d | grep -a -m 1 '^{' | jq -cS 'del(.id,.at,.under)'
done | sort >"$work/back"
jq -cS 'del(.id,.kind)' "$work/records" | sort >"$work/sent"
check 'what comes back out is what went in' cmp "$work/sent" "$work/back"
expect 3 'what is no such message is refused' "$bin/bitacora" import ts103120 "$work/policy"
stop_daemon
finish
