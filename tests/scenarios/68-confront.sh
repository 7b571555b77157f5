#!/bin/sh
# Anybody shows a log a checkpoint: one that the log's key has signed and that the log does not hold
# stops it, for good; nothing else does.
. "$(dirname "$0")/../lib.sh"

sign_note=$root/build/release/tools/sign_note
post() { # post FILE [OPTION...]: the status; the body in $work/body
    file=$1
    shift
    curl -s -o "$work/body" -w '%{http_code}' "$@" --data-binary "@$file" "$url/checkpoint"
}
confront() { "$bin/bitacora" confront --policy "$work/policy" --json "$@"; }
state() { jq -r .state "$work/out"; }
signs() { request mx.telco 1 | submit fgr.example.mx-a.lopez; }

check 'a log' small_log 12
curl -sf "$url/checkpoint" >"$work/12"
curl -sf "$url/v1/receipts/5" >"$work/5.receipt"

# ---- what it holds, and what counts for nothing --------------------------------------------------

equal 'what it holds is held' "$(post "$work/12")" 200
equal 'and it says how far it is' "$(cat "$work/body")" '{"held":true,"size":12}'
signs || not_ok 'the log grows'
equal 'an older one, too' "$(post "$work/12")" 200
expect 0 'the client proves it' confront "$work/12"
equal 'it is said' "$(state)" held
equal 'as proven' "$(jq -c .ok "$work/out")" true
expect 0 'also of a receipt' confront "$work/5.receipt"
"$bin/bitacora" confront --policy "$work/policy" "$work/12" >"$work/out"
contains 'in words' "$work/out" 'the log holds this checkpoint, size 12: proven by its newest one'

# The text of a checkpoint that nobody has, of size $1; a root of its own.
forged() { printf 'log.example.mx/test\n%s\n%s\n' "$1" "$(printf %s "$1" | openssl dgst -sha256 -binary | openssl base64)"; }
"$bin/bitacora" keygen log.example.mx/test --out "$work/other.key" >"$work/other.vkey"
"$bin/bitacora" keygen other.example.mx --out "$work/stranger.key" >"$work/stranger.vkey"
forged 99 | "$sign_note" "$work/other.key" >"$work/99.other"
printf 'other.example.mx\n99\n%s\n' "$(forged 99 | sed -n 3p)" | "$sign_note" "$work/data/log.key" >"$work/99.elsewhere"
forged 0 | "$sign_note" "$work/data/log.key" >"$work/0"
forged 99 | "$sign_note" "$work/data/log.key" | sed 's/^99$/98/' >"$work/altered"
echo hello >"$work/hello"
: >"$work/empty"
head -c 70000 /dev/zero >"$work/large"
equal 'another key of that name says nothing' "$(post "$work/99.other")" 422
contains 'and why is said' "$work/body" 'no key of this log has signed this'
equal 'nor another log' "$(post "$work/99.elsewhere")" 422
equal 'nor size 0' "$(post "$work/0")" 422
equal 'nor what was altered' "$(post "$work/altered")" 422
equal 'nor what is no note' "$(post "$work/hello")" 400
equal 'nor nothing' "$(post "$work/empty")" 400
equal 'nor what is too large' "$(post "$work/large")" 413
equal 'nor another method' "$(post "$work/12" -X PUT)" 405
new_witness w1
{ forged 99 && echo && echo '— log.example.mx/test AAAA'; } >"$work/99.unsigned"
equal 'nor a signature that is none' "$(post "$work/99.unsigned")" 400
expect 3 'the client shows nothing that the log did not sign' confront "$work/99.other"
expect 3 'nor anything else' confront "$work/hello"
expect 3 'nor what is not there' confront "$work/none"
signs || not_ok 'the log goes on'
equal 'and is ready' "$(curl -s -o /dev/null -w '%{http_code}' "$url/readyz")" 200
check 'nothing is kept' test ! -e "$work/data/rolled_back"

# ---- a log that signs alone, put back ------------------------------------------------------------

stop_daemon
cp -r "$work/data" "$work/old"
start_daemon "$work/data" || not_ok 'the log runs'
write_policy "$work/policy"
signs || not_ok 'it grows'
curl -sf "$url/checkpoint" >"$work/newer"
newest=$(sed -n 2p "$work/newer")
stop_daemon
check 'an old copy is run by force' start_copy "$work/old"
write_policy "$work/policy"
signs || not_ok 'it signs another history'
equal 'the newer checkpoint is not held' "$(post "$work/newer")" 409
contains 'which is said' "$work/body" 'the log does not hold it'
equal 'it has the type' "$(jq -r .type "$work/body")" /problems/rollback
contains 'the log says so' "$work/daemon.err" 'THE LOG WAS ROLLED BACK: somebody shows a checkpoint'
equal 'it is not ready' "$(curl -s "$url/readyz" | jq -r .state)" rolled_back
contains 'the metric says so' "$(curl -s "$url/metrics" >"$work/metrics" && echo "$work/metrics")" 'bitacora_rolled_back 1'
request mx.telco 1 >"$work/record"
verified() { curl -s "$url/metrics" | sed -n 's/^bitacora_signatures_verified_total //p'; }
signatures=$(verified)
curl -s "$url/checkpoint" >"$work/before"
"$bin/bitacora" submit --policy "$work/policy" --key "$work/fgr.example.mx-a.lopez.key" --without-private "$work/record" \
    >/dev/null 2>"$work/err" &
client=$!
pids="$pids $client"
arrived() { [ "$(verified)" -gt "$signatures" ]; }
check 'a record arrives' wait_until arrived
check 'reading goes on' curl -sf "$url/v1/receipts/5" -o "$work/body"
expect 3 'the client says so, too' confront "$work/newer"
equal 'by its name' "$(state)" rollback
equal 'the evidence is kept once' "$(find "$work/old/evidence" -type f | wc -l)" 1
contains 'with what was shown' "$(find "$work/old/evidence" -type f)" "$(tail -n 1 "$work/newer")"
kill "$client"
wait "$client" 2>/dev/null
forget_pid "$client"
check 'and nothing was signed' sh -c 'curl -s "$1/checkpoint" | cmp - "$2"' - "$url" "$work/before"
stop_daemon
expect 1 'it is not started again' timeout 120 "$bin/bitacorad" run --dir "$work/old" --listen 127.0.0.1:0
contains 'and why is said' "$work/err" 'rolled_back shows a checkpoint that is not a part of what is in the store'
expect 1 'nor gets another key' "$bin/bitacorad" rotate --dir "$work/old"
cp "$work/old/rolled_back" "$work/data/rolled_back"
check 'the log that holds it is' start_daemon "$work/data"
check 'and forgets that' test ! -e "$work/data/rolled_back"
write_policy "$work/policy"
rm -r "$XDG_STATE_HOME" # in which the client remembers the other history
signs || not_ok 'it grows'
stop_daemon

# ---- another root at a size that it has ----------------------------------------------------------
# With witnesses, clients' certificates, and readers that are enrolled.

start_witness w1
printf 'log %s\nwitness w1 %s %s\nquorum w1\n' "$vkey" "$(cat "$work/w1.vkey")" "$witness_url" >"$work/served"
authority ca
certificate log ca
printf 'tls_cert = %s\ntls_key = %s\ntls_client_ca = %s\nreaders = enrolled\n' "$work/log.pem" "$work/log.crt-key" "$work/ca.pem" >"$work/conf"
check 'a log with a witness' start_daemon "$work/data" --policy "$work/served" --config "$work/conf"
tls() { post "$1" --cacert "$work/ca.pem"; }
equal 'what it holds is held' "$(tls "$work/newer")" 200
curl -sf --cacert "$work/ca.pem" "$url/checkpoint" >/dev/null || wait_until curl -sf --cacert "$work/ca.pem" "$url/checkpoint"
forged 3 | "$sign_note" "$work/data/log.key" >"$work/3"
equal 'another root is not' "$(tls "$work/3")" 409
equal 'it is rolled back' "$(curl -s --cacert "$work/ca.pem" "$url/healthz" | jq -r .state)" rolled_back
stop_daemon
check 'it starts' start_daemon "$work/data" --policy "$work/served" --config "$work/conf"
equal 'and is still rolled back' "$(curl -s --cacert "$work/ca.pem" "$url/readyz" | jq -r .state)" rolled_back
stop_daemon
finish
