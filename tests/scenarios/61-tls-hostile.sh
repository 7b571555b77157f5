#!/bin/sh
# TLS at its worst, at the daemon and at a witness: handshakes that are none, halved, cut off, altered, slow or
# silent; and, over TLS, what 45-hostile-connections does without.
. "$(dirname "$0")/../lib.sh"

attack() { # attack ARGUMENT...: of http_attacks.py
    CACERT=$work/ca.pem /usr/bin/python3 "$root/tests/interop/http_attacks.py" "$@" >"$work/attack" 2>"$work/attack.err" ||
        not_ok "attack $1" "$(cat "$work/attack.err")"
    take_tap "$work/attack"
}
port() { echo "${1##*:}"; }
get() { curl -sf --cacert "$work/ca.pem" "$url$1"; }

check 'an authority' authority ca
check 'a certificate' certificate server ca
printf 'tls_cert = %s\ntls_key = %s\n' "$work/server.pem" "$work/server.crt-key" >"$work/config"
export SSL_CERT_FILE="$work/ca.pem"
check 'a log over TLS' small_log 8 --config "$work/config"
long=$(jq -nc '[range(256)|"mx.\(.)" + ("x" * 58)]')
warrant CJF-2/2026 | jq -c --argjson long "$long" '.used_by = $long | .holders = $long | . as $w | range(300) as $i | $w | .ref = "CJF-\($i)/2026"' >"$work/warrants"
check 'of large records' submit judge.example.mx-j1 <"$work/warrants"

attack handshakes "$(port "$url")" "$daemon" 800
contains 'the log says once that handshakes failed' "$work/daemon.err" 'handshakes failed, the last one from 127.0.0.1: '
equal 'in one line a minute' "$(grep -c 'handshakes failed' "$work/daemon.err")" 1
check 'how many is counted' test "$(get /metrics | sed -n 's/^bitacora_tls_handshake_failures_total //p')" -gt 5

# ---- over TLS
get /v1/receipts/3 | sed -n 's/^extra //p' | base64 -d | sed '1,/^$/d' >"$work/note"
attack framing "$(port "$url")" /v1/records "$work/note"
attack pipeline "$(port "$url")" "$daemon" /checkpoint 100
stop_daemon
printf 'reply_bytes = 20000000\ntimeout = 2\n' >>"$work/config"
check 'a daemon that has little patience' start_daemon "$work/data" --config "$work/config"
attack readers "$(port "$url")" /tile/entries/000 30
attack slow "$(port "$url")" /tile/entries/000 2600000
equal 'the daemon is well' "$(get /healthz | jq -r .state)" ok
equal 'and stops when it is told' "$(stop_daemon >/dev/null 2>&1; echo $?)" 0
finish
