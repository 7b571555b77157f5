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
get "/tile/entries/001.p/$(($(get /checkpoint | sed -n 2p) - 256))" >"$work/bundle"
/usr/bin/python3 - "$work/bundle" "$work/note" <<'PY'
import sys
bundle = open(sys.argv[1], "rb").read()
entry = bundle[2:2 + int.from_bytes(bundle[:2], "big")]
open(sys.argv[2], "wb").write(entry.split(b"\n\n", 1)[1])
PY
attack framing "$(port "$url")" /v1/records "$work/note"
attack pipeline "$(port "$url")" "$daemon" /checkpoint 100
stop_daemon
printf 'reply_bytes = 20000000\ntimeout = 2\n' >>"$work/config"
check 'a daemon that has little patience' start_daemon "$work/data" --config "$work/config"
attack readers "$(port "$url")" /tile/entries/000 30
attack slow "$(port "$url")" /tile/entries/000 2600000
equal 'the daemon is well' "$(get /healthz | jq -r .state)" ok
stop_daemon
equal 'and stops when it is told' $? 0
finish
