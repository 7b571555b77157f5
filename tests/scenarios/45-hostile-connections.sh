#!/bin/sh
# Connections of daemon and witness at their worst: requests whose end another server may see elsewhere,
# requests without an end whose answers nobody reads, readers that take nothing, and slow honest ones.
. "$(dirname "$0")/../lib.sh"

attack() { # attack ARGUMENT...: of http_attacks.py
    /usr/bin/python3 "$root/tests/interop/http_attacks.py" "$@" >"$work/attack" 2>"$work/attack.err" ||
        not_ok "attack $1" "$(cat "$work/attack.err")"
    take_tap "$work/attack"
}
port() { echo "${1##*:}"; }

check 'a log' small_log 8
long=$(jq -nc '[range(256)|"mx.\(.)" + ("x" * 58)]')
warrant CJF-2/2026 | jq -c --argjson long "$long" '.used_by = $long | .holders = $long | . as $w | range(300) as $i | $w | .ref = "CJF-\($i)/2026"' >"$work/warrants"
check 'of large records' submit judge.example.mx-j1 <"$work/warrants"
stop_daemon
printf 'reply_bytes = 20000000\n' >"$work/config"
check 'a daemon that holds two bundles for its readers' start_daemon "$work/data" --config "$work/config"

# ---- requests whose end is in doubt
n=$(curl -s "$url/checkpoint" | sed -n 2p)
curl -s "$url/tile/entries/001.p/$((n - 256))" >"$work/bundle"
/usr/bin/python3 - "$work/bundle" "$work/note" <<'PY'
import sys
bundle = open(sys.argv[1], "rb").read()
entry = bundle[2:2 + int.from_bytes(bundle[:2], "big")]
open(sys.argv[2], "wb").write(entry.split(b"\n\n", 1)[1])
PY
attack framing "$(port "$url")" /v1/records "$work/note"
equal 'nothing was appended by any of it' "$(curl -s "$url/checkpoint" | sed -n 2p)" "$n"
curl -s -D - -o "$work/answer" -X POST --data-binary x -H 'Content-Type: text/plain' -H 'Content-Length: +1' "$url/v1/records" >/dev/null
contains 'why is said' "$work/answer" 'Content-Length is not a plain number'
curl -s -o "$work/answer" -X POST --data-binary x -H 'Accept-Language: es' -H 'Content-Length: +1' "$url/v1/records"
contains 'in Spanish, too' "$work/answer" 'Content-Length no es un número sin más'

# ---- who reads nothing, and who reads slowly
attack pipeline "$(port "$url")" "$daemon" /checkpoint 200
attack readers "$(port "$url")" /tile/entries/000 30
stop_daemon
printf 'timeout = 2\n' >"$work/config"
check 'a daemon that has little patience' start_daemon "$work/data" --config "$work/config"
attack slow "$(port "$url")" /tile/entries/000 1300000
equal 'the daemon is well' "$(curl -s "$url/healthz" | jq -r .state)" ok

# ---- the witness
new_witness w
start_witness w
curl -s "$url/v1/receipts/0" | sed '1,/^$/d' >"$work/checkpoint"
{ printf 'old 0\n\n'; cat "$work/checkpoint"; } >"$work/ask"
curl -s -o /dev/null --data-binary "@$work/ask" "$witness_url/add-checkpoint"
{ printf 'old %s\n\n' "$n"; cat "$work/checkpoint"; } >"$work/ask"
attack framing "$(port "$witness_url")" /add-checkpoint "$work/ask"
attack pipeline "$(port "$witness_url")" "$witness" /vkey 200
equal 'the witness is well' "$(curl -s "$witness_url/healthz" | jq -r .state)" ok
stop_daemon
finish
