#!/bin/sh
# A log that got another key: the former one hands over, and what it signs from then on stops nothing.
# Nor does a key that somebody puts into the list of a backup.
. "$(dirname "$0")/../lib.sh"

d=$bin/bitacorad
sign_note=$root/build/release/tools/sign_note
post() { curl -s -o "$work/body" -w '%{http_code}' --data-binary "@$1" "$url/checkpoint"; }
ready() { curl -s "$url/readyz" | jq -r .state; }
signs() { request mx.telco 1 | submit fgr.example.mx-a.lopez; }
forged() { # forged SIZE KEY: a checkpoint that nobody has
    printf 'log.example.mx/test\n%s\n%s\n' "$1" "$(printf %s "$1" | openssl dgst -sha256 -binary | openssl base64)" | "$sign_note" "$2"
}
say_policy() { printf 'log %s %s\nlog %s\nquorum none\n' "$first" "$url" "$second" >"$work/policy"; }

check 'a log' small_log 12
first=$vkey
curl -sf "$url/checkpoint" >"$work/before"
stop_daemon
cp -r "$work/data" "$work/old"
expect 0 'gets another key' "$d" rotate --dir "$work/data"
second=$(cat "$work/out")
former=$(find "$work/data" -name 'log.key.*')
base64 -d "$work/data/log.handovers" >"$work/handover"
equal 'the former one hands over' "$(sed -n 1,2p "$work/handover")" "bitacora/v1 signer handover
$second"
equal 'and says how far it came' "$(sed -n 3,4p "$work/handover")" "$(sed -n 2,3p "$work/before")"
check 'the log runs' start_daemon "$work/data"
say_policy
check 'nothing is said of its keys' sh -c '! grep -q "has handed over" "$1"' - "$work/daemon.err"
signs || not_ok 'it grows'
forged 999 "$former" >"$work/999"
forged 3 "$former" >"$work/3"
equal 'what the former key signed is held' "$(post "$work/before")" 200
equal 'what it signs now stops nothing' "$(post "$work/999")" 422
contains 'and why is said' "$work/body" 'but a former key'
equal 'nor another history of then' "$(post "$work/3")" 422
equal 'the log is ready' "$(ready)" ok
signs || not_ok 'it grows'
check 'the operator is told' grep -q 'under a key of DIR/log.keys that signs no more' "$work/daemon.err"
equal 'once' "$(grep -c 'that signs no more' "$work/daemon.err")" 1
stop_daemon

# ---- a store that is older than the hand-over ----------------------------------------------------
cp -r "$work/old" "$work/older"
cp "$work/data/log.keys" "$work/data/log.key" "$work/older"
sed '3s/.*/99/' "$work/handover" | sed '/^$/,$d' | "$sign_note" "$former" | base64 -w0 >"$work/older/log.handovers"
echo >>"$work/older/log.handovers"
check 'runs by force' start_copy "$work/older"
equal 'by that the former key may have signed more' "$(post "$work/999")" 409
equal 'and it stops' "$(ready)" rolled_back
stop_daemon

# ---- a backup with a key that somebody has put into it -------------------------------------------
thief=$("$bin/bitacora" keygen log.example.mx/test --out "$work/thief.key")
forged 999 "$work/thief.key" >"$work/thief.999"
restored() { # restored HOW: the log of a backup, run with the log's key
    rm -rf "$work/copy"
    "$d" restore --from "$work/backup" --dir "$work/copy" >/dev/null 2>"$work/err" || return 1
    contains "the thief's key is shown ($1)" "$work/err" "$thief"
    cp "$work/data/log.key" "$work/copy"
    start_copy "$work/copy"
}
expect 0 'a backup' "$d" backup --dir "$work/data" --to "$work/backup"
check 'has what was handed over' cmp "$work/data/log.handovers" "$work/backup/log.handovers"
echo "$thief" >>"$work/backup/log.keys"
check 'a thief lists a key' restored 'no hand-over'
contains 'which is told' "$work/daemon.err" "no key of this log has handed over to $thief"
say_policy
equal 'what it signs stops nothing' "$(post "$work/thief.999")" 422
equal 'the log is ready' "$(ready)" ok
stop_daemon
{ printf 'bitacora/v1 signer handover\n%s\n' "$thief" && sed -n 3,4p "$work/handover"; } | "$sign_note" "$former" | base64 -w0 >"$work/line"
{ cat "$work/line" && echo; } >>"$work/backup/log.handovers"
check 'with a former key that he has, he hands over to his' restored 'by a former key'
equal 'what it signs stops nothing either' "$(post "$work/thief.999")" 422
equal 'the key that signs now stops it' "$(forged 999 "$work/data/log.key" >"$work/now" && post "$work/now")" 409
equal 'as ever' "$(ready)" rolled_back
stop_daemon
echo nonsense >>"$work/backup/log.handovers"
expect 1 'what is no hand-over is damage' "$d" restore --from "$work/backup" --dir "$work/copy2"
finish
