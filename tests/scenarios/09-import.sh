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
equal 'targets become subjects' "$(jq -c 'select(.kind=="request")|.subjects[0].type' "$work/records" | sort -u)" '"phone"'
equal 'as many as there are persons' "$(jq -c 'select(.kind=="request")|.persons==(.subjects|length)' "$work/records" | sort -u)" true
enrol oversight.example.mx oversight mx.inai
contains 'and updates' "$work/named" 'UPDATE'
contains 'and approvers' "$work/named" 'DocumentSignature'
contains 'and delivery' "$work/named" 'DeliveryDetails'
equal 'two warrants and three requests' "$(jq -r .kind "$work/records" | sort | uniq -c | tr -s ' \n' ' ')" ' 3 request 2 warrant '
equal 'neither `at` nor `under` is set' "$(jq -c 'has("at") or has("under")' "$work/records" | sort -u)" false
equal 'what is live, preserved, and what does not say' "$(jq -r 'select(.kind=="request")|.categories[0]' "$work/records" | sort | tr '\n' ' ')" \
    'comms_content_live other preservation '
equal 'preservation has a term' "$(jq -r 'select(.term)|.term' "$work/records")" '2023-06-30T12:00:00.000Z'
equal 'nothing is invented' "$(jq -r 'select(.kind=="request")|.basis' "$work/records" | sort -u)" NONE_STATED

grep '"kind":"warrant"' "$work/records" | submit judge.example.mx-j1 --receipts "$work/receipts" &&
    ok 'the judge signs the warrants' || not_ok 'the judge signs the warrants' "$(cat "$work/submit.err")"
grep '"kind":"request"' "$work/records" | submit femdo.example.mx --receipts "$work/receipts" &&
    ok 'the requester signs the requests' || not_ok 'the requester signs the requests' "$(cat "$work/submit.err")"
expect 0 'the log replays' "$bin/bitacora" replay --policy "$work/policy"
expect 0 'their receipts verify' "$bin/bitacora" verify --policy "$work/policy" "$work"/receipts/*
# Back out: the records as they stand in the log are those that went in, with id, at and under added,
# and each subject committed to and sealed.
for r in "$work"/receipts/*; do
    sed -n 's/^extra //p' "$r" | base64 -d | grep -a -m 1 '^{' | jq -cS 'del(.id,.at,.under)|if .subjects then .subjects|=map({type}) else . end'
done | sort >"$work/back"
jq -cS 'del(.id,.kind)|if .subjects then .subjects|=map({type}) else . end' "$work/records" | sort >"$work/sent"
check 'what comes back out is what went in' cmp "$work/sent" "$work/back"
jq -r 'select(.subjects)|.subjects[].value' "$work/records" | tr -d + | sort -u >"$work/people"
check 'nobody is named in the clear' sh -c 'test -s "$1"/people && ! grep -rqaFf "$1"/people "$1"/receipts "$1"/data' - "$work"
expect 3 'what is no such message is refused' "$bin/bitacora" import ts103120 "$work/policy"
stop_daemon
finish
