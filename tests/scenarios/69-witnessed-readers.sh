#!/bin/sh
# readers = enrolled, and witnesses: who waits for a witnessed receipt shows a token first, waits as
# others do, and is a row once he is answered; one that is not answered is none.
. "$(dirname "$0")/../lib.sh"

b=$bin/bitacora
ask() { # ask KEYNAME METHOD PATH [CHANGE...]: with a token; status, caching, hash of the token
    key=$1
    shift
    /usr/bin/python3 "$root/tests/interop/access.py" ask "$url" log.example.mx/test "$work/$key.key" "$@"
}
metric() { curl -s "$url/metrics" | sed -n "s/^$1 //p"; }
waiting() { [ "$(metric bitacora_waits)" = "$1" ]; }
witnessed() { [ "$(metric bitacora_witnessed_size)" -ge "$1" ]; }
no_wait() { request mx.telco 1 | "$b" submit --policy "$work/policy" --key "$work/$reader.key" --without-private --no-wait --json - 2>"$work/err" | jq -r .index; }
policy() { # policy FILE: two witnesses, and both are the quorum
    printf 'log %s %s\nwitness w1 %s %s\nwitness w2 %s %s\ngroup g 2 w1 w2\nquorum g\n' "$vkey" "${url:-}" \
        "$(cat "$work/w1.vkey")" "$w1" "$(cat "$work/w2.vkey")" "$w2" >"$1"
}

check 'a log' new_log
new_witness w1
new_witness w2
start_witness w1 && w1=$witness_url
start_witness w2 && w2=$witness_url
w2_pid=$witness
policy "$work/served"
# Whoever waits does so until the witness is asked again, which may be half a minute after it came.
printf 'readers = enrolled\naccess_interval = 86400\nindex_every = 0\ndeadline = 600\n' >"$work/conf"
check 'its daemon, with two witnesses, for enrolled readers' start_daemon "$work/data" --policy "$work/served" --config "$work/conf"
policy "$work/policy"
check 'an official, with a witnessed receipt' enrol fgr.example.mx/a.lopez requester mx.fgr
enrol auditor.example.mx/uno auditor mx.asf
reader=fgr.example.mx-a.lopez
request mx.telco 2 >"$work/two"
expect 0 'requests: submit waits for their witnesses' "$b" submit --policy "$work/policy" --key "$work/$reader.key" \
    --without-private --receipts "$work/receipts" --json "$work/two"
equal 'every receipt is good' "$(jq -r .verdict "$work/out" | paste -sd' ')" 'good good'
check 'offline, too' sh -c '"$1" verify --policy "$2" "$3"/*' - "$b" "$work/policy" "$work/receipts"

# ---- a witness that is away ----------------------------------------------------------------------

end_pid "$w2_pid"
index=$(no_wait)
check 'an entry that lacks its quorum' test "$index" -ge 5 # at midnight (UTC) one more says who read
rows=$(metric bitacora_access_rows_total)
wait_path="/v1/receipts/$index?wait=witnessed"
equal 'who has no token does not wait' "$(curl -s -o /dev/null -w '%{http_code}' "$url$wait_path")" 401
equal 'nor with one for something else' "$(ask $reader GET "$wait_path" path=/v1/receipts/3 | cut -d' ' -f1)" 401
equal 'nobody waits' "$(metric bitacora_waits)" 0
beside ask $reader GET "$wait_path" body="$work/first" >"$work/first.asked"
first=$beside
beside ask auditor.example.mx-uno GET "$wait_path" body="$work/second" >"$work/second.asked"
second=$beside
check 'two wait, with tokens' wait_until waiting 2
equal 'what has its quorum is had meanwhile' "$(ask $reader GET '/v1/receipts/3?wait=witnessed' | cut -d' ' -f1)" 200
equal 'who waits is no row yet' "$(metric bitacora_access_rows_total)" $((rows + 1))
LISTEN=${w2#http://} start_witness w2
w2_pid=$witness
check 'the witness comes back' wait_until witnessed $((index + 1))
wait $first
wait $second
forget_pid $first
forget_pid $second
equal 'the first is answered' "$(cut -d' ' -f1 "$work/first.asked")" 200
contains 'for nobody on the way' "$work/first.asked" 'no-store'
expect 0 'by a receipt under the quorum' "$b" verify --policy "$work/policy" "$work/first"
equal 'the second, too' "$(cut -d' ' -f1 "$work/second.asked")" 200
expect 0 'by such a receipt' "$b" verify --policy "$work/policy" "$work/second"
equal 'each is a row' "$(metric bitacora_access_rows_total)" $((rows + 3))
equal 'of what was asked' "$(cat "$work"/data/access/* | grep -cF "$wait_path")" 2

# ---- one that does not come ----------------------------------------------------------------------

end_pid "$w2_pid"
stop_daemon
sed -i 's/^deadline = .*/deadline = 1/' "$work/conf"
LISTEN=127.0.0.1:${url##*:}
check 'a daemon that waits for a second' start_daemon "$work/data" --policy "$work/served" --config "$work/conf"
unset LISTEN
index=$(no_wait)
rows=$(metric bitacora_access_rows_total)
equal 'who waited in vain is told so' "$(ask $reader GET "/v1/receipts/$index?wait=witnessed" | cut -d' ' -f1)" 504
equal 'and is no row' "$(metric bitacora_access_rows_total)" "$rows"
stop_daemon
finish
