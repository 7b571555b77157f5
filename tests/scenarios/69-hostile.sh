#!/bin/sh
# Senders that mean harm, in numbers: 10,000 connections that stay, heads and bodies without end,
# who asks for much and reads nothing, targets with tricks. The memory of daemon and witness stays
# within bounds, and honest clients are served meanwhile. What a request's end is, and who is slow:
# 45-hostile-connections.
. "$(dirname "$0")/../lib.sh"

hostile() { # hostile ARGUMENT...: of http_hostile.py
    /usr/bin/python3 "$root/tests/interop/http_hostile.py" "$@" >"$work/hostile" 2>"$work/hostile.err" ||
        not_ok "hostile $1" "$(cat "$work/hostile.err")"
    take_tap "$work/hostile"
}
port() { echo "${1##*:}"; }
crowd=10000 # connections; WHOLE=1 has all servers meet so many, and not the first alone
others=2500
[ -z "${WHOLE:-}" ] || others=$crowd

printf 'max_connections = %s\nreply_bytes = 20000000\nreceive_bytes = 20000000\n' $((crowd + 200)) >"$work/config"
check 'a log' small_log 8 --config "$work/config"
long=$(jq -nc '[range(256)|"mx.\(.)" + ("x" * 58)]')
warrant CJF-2/2026 | jq -c --argjson long "$long" '.used_by = $long | .holders = $long | . as $w | range(20) as $i | $w | .ref = "CJF-\($i)/2026"' >"$work/warrants"
check 'of large records' submit judge.example.mx-j1 <"$work/warrants"
n=$(curl -s "$url/checkpoint" | sed -n 2p)
curl -s "$url/tile/entries/000.p/$n" | /usr/bin/python3 -c '
import sys
bundle = sys.stdin.buffer.read()
for _ in range(3):
    bundle = bundle[2 + int.from_bytes(bundle[:2], "big"):]
entry = bundle[2:2 + int.from_bytes(bundle[:2], "big")]
sys.stdout.buffer.write(entry.split(b"\n\n", 1)[1])' >"$work/note"

# ---- the daemon
hostile paths "$(port "$url")" /checkpoint
hostile refused "$(port "$url")" /checkpoint
hostile expect "$(port "$url")" /v1/records "$work/note"
hostile bombs "$(port "$url")" "$daemon" /checkpoint 96
hostile crowd "$(port "$url")" "$daemon" /checkpoint "$crowd" 160 hold silent head drip deaf
hostile pipes "$(port "$url")" "$daemon" /checkpoint 200 400 "/tile/entries/000.p/$n"
equal 'nothing was appended by any of it' "$(curl -s "$url/checkpoint" | sed -n 2p)" "$n"
equal 'the daemon is well' "$(curl -s "$url/healthz" | jq -r .state)" ok
stop_daemon
equal 'and stops when it is told' $? 0
check 'a daemon that holds 1,024 connections, as by default' start_daemon "$work/data"
hostile crowd "$(port "$url")" "$daemon" /checkpoint "$others" 96 silent body
stop_daemon
equal 'it stops when it is told, too' $? 0

# ---- the witness
new_witness w
start_witness w
hostile paths "$(port "$witness_url")" /vkey
hostile refused "$(port "$witness_url")" /vkey
hostile bombs "$(port "$witness_url")" "$witness" /vkey 96
hostile crowd "$(port "$witness_url")" "$witness" /vkey "$others" 96 silent head drip body deaf
hostile pipes "$(port "$witness_url")" "$witness" /vkey 80 160 /metrics
equal 'the witness is well' "$(curl -s "$witness_url/healthz" | jq -r .state)" ok

# ---- over TLS
check 'an authority' authority ca
check 'a certificate' certificate server ca
export CACERT="$work/ca.pem"
printf 'max_connections = %s\nreply_bytes = 20000000\nreceive_bytes = 20000000\ntls_cert = %s\ntls_key = %s\n' \
    $((crowd + 200)) "$work/server.pem" "$work/server.crt-key" >"$work/config"
check 'a daemon that speaks TLS' start_daemon "$work/data" --config "$work/config"
hostile bombs "$(port "$url")" "$daemon" /checkpoint 128
hostile crowd "$(port "$url")" "$daemon" /checkpoint "$others" $((others / 20)) hold silent
hostile pipes "$(port "$url")" "$daemon" /checkpoint 60 224 "/tile/entries/000.p/$n"
stop_daemon
equal 'it stops when it is told, too' $? 0
finish
