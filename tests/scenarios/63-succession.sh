#!/bin/sh
# A log's end, the log that goes on from it, and a log that gets another key.
. "$(dirname "$0")/../lib.sh"

d=$bin/bitacorad
replay() { "$bin/bitacora" replay --policy "$work/policy" --json 2>"$work/err"; }
verdict() { replay | jq -r '.verdict + " " + (.size | tostring)'; }

# ---- rotation of the key -------------------------------------------------------------------------
check 'a log' small_log 20
new_witness w1
start_witness w1
first=$vkey
curl -sf "$url/v1/receipts/3" >"$work/3.old"
stop_daemon
expect 0 'a new key' "$d" rotate --dir "$work/data"
second=$(cat "$work/out")
contains 'is said to need a line in each policy' "$work/err" 'Add a line `log` of the new key to every policy'
equal 'under the same name' "${second%%+*}" "${first%%+*}"
check 'it is another one' test "$second" != "$first"
equal 'the new key is the operator'"'"'s alone' "$(stat -c %a "$work/data/log.key")" 600
equal 'the former one is kept' "$(find "$work/data" -name 'log.key.*' | wc -l)" 1
expect 0 'fsck is clean' "$d" fsck --dir "$work/data"
check 'it runs' start_daemon "$work/data"
printf 'log %s %s\nquorum none\n' "$first" "$url" >"$work/policy"
expect 1 'who knows the former key alone refuses it' "$bin/bitacora" replay --policy "$work/policy"
contains 'and is told why' "$work/out" 'another key of that log'
printf 'log %s %s\nlog %s\nquorum none\n' "$first" "$url" "$second" >"$work/policy"
equal 'who knows both accepts it' "$(verdict)" 'good 20'
enrol fgr.example.mx/new requester mx.fgr
equal 'it grows' "$(verdict)" 'good 21'
expect 0 'an old receipt holds' "$bin/bitacora" verify --policy "$work/policy" "$work/3.old"
curl -sf "$url/v1/receipts/20" >"$work/20.new"
expect 0 'and a new one' "$bin/bitacora" verify --policy "$work/policy" "$work/20.new"
stop_daemon
expect 0 'what the log says itself' "$d" index --dir "$work/data" --now
check 'is signed by the new key' start_daemon "$work/data"
printf 'log %s %s\nlog %s\nquorum none\n' "$first" "$url" "$second" >"$work/policy"
equal 'and good' "$(verdict)" 'good 22'
expect 0 'an answer rests on it' "$bin/bitacora" answer --policy "$work/policy" --warrant CJF-1/2026 --out "$work/answer"
stop_daemon
expect 0 'a third key' "$d" rotate --dir "$work/data"
third=$(cat "$work/out")
printf 'log %s\nlog %s\nlog %s\nwitness w1 %s %s\nquorum w1\n' "$first" "$second" "$third" "$(cat "$work/w1.vkey")" "$witness_url" >"$work/served"
check 'with a witness that knows the first alone' start_daemon "$work/data" --policy "$work/served"
check 'which does not cosign' wait_until grep -q 'witness w1 does not cosign' "$work/daemon.err"
end_pid "$witness"
sed -n 's/^\(log .*\)/\1/p' "$work/served" >"$work/w1.policy"
echo 'quorum none' >>"$work/w1.policy"
LISTEN=${witness_url#http://} start_witness w1
check 'once it knows them it does' wait_until sh -c 'curl -sf "$1/checkpoint" | grep -q w1' - "$url"
sed "1s|\$| $url|" "$work/served" >"$work/policy"
equal 'all of it is good' "$(verdict)" 'good 22'
stop_daemon
expect 0 'a backup has all keys but the private ones' "$d" backup --dir "$work/data" --to "$work/backup"
equal 'in its files' "$(find "$work/backup" -name 'log.key*' | paste -sd' ')" "$work/backup/log.keys"
expect 0 'and can be restored' "$d" restore --from "$work/backup" --dir "$work/copy"

# ---- the end -------------------------------------------------------------------------------------
registrar2=$("$bin/bitacora" keygen registrar2.example.mx --out "$work/registrar2.key")
expect 2 'it is no successor of itself' "$d" freeze --dir "$work/data" --successor "$third" --policy "$work/served"
expect 0 'the log ends, under its quorum' "$d" freeze --dir "$work/data" --policy "$work/served"
contains 'which is said' "$work/out" 'the log ends with entry 22'
expect 2 'once' "$d" freeze --dir "$work/data" --policy "$work/served"
expect 2 'and gets no new key' "$d" rotate --dir "$work/data"
check 'it is served' start_daemon "$work/data" --policy "$work/served"
sed "1s|\$| $url|" "$work/served" >"$work/policy"
equal 'all of it is good' "$(verdict)" 'good 23'
replay >"$work/out"
equal 'and says that it ended' "$(jq -c .frozen "$work/out")" '{"entry":22,"successor":null}'
"$bin/bitacora" replay --policy "$work/policy" >"$work/out" 2>&1
contains 'in words' "$work/out" 'it ended with entry 22, for good'
request mx.telco 1 >"$work/late"
"$bin/bitacora" submit --policy "$work/policy" --key "$work/fgr.example.mx-a.lopez.key" --without-private --no-wait "$work/late" >"$work/out" 2>&1
contains 'nothing more is appended' "$work/out" '[frozen] this log ended with entry 22'
curl -sf "$url/checkpoint" >"$work/last"
stop_daemon

# ---- the successor -------------------------------------------------------------------------------
successor() { "$d" init --dir "$work/next" --origin log.example.mx/next --registrar "$registrar2" "$@"; }
expect 2 'whose key' successor --predecessor "$work/last"
expect 2 'another key' successor --predecessor "$work/last" --predecessor-key "$work/registrar.key"
check 'is no log' test ! -e "$work/next/store"
expect 2 'not the same origin' "$d" init --dir "$work/next" --origin log.example.mx/test --registrar "$registrar2" --predecessor "$work/last" --predecessor-key "$work/data/log.key"
expect 0 'a successor, proven by the old key' successor --predecessor "$work/last" --predecessor-key "$work/data/log.key"
vkey=$(cat "$work/out")
check 'runs' start_daemon "$work/next"
write_policy "$work/policy"
equal 'is good' "$(verdict)" 'good 1'
replay >"$work/out"
equal 'says which log it goes on from' "$(jq -r '.predecessor|.origin + " " + (.size|tostring)' "$work/out")" 'log.example.mx/test 23'
"$bin/bitacora" replay --policy "$work/policy" --lang es >"$work/out" 2>&1
contains 'in words' "$work/out" 'continúa a log.example.mx/test, desde el asiento 23: así lo firmó la clave de aquella'
curl -sf "$url/tile/entries/000.p/1" >"$work/entry"
contains 'names the last checkpoint' "$work/entry" '"size":23'
contains 'with a proof' "$work/entry" '"proof"'
stop_daemon
"$d" init --dir "$work/unproven" --origin log.example.mx/unproven --registrar "$registrar2" --predecessor "$work/last" --predecessor-key "$work/served" >"$work/out" 2>"$work/err"
equal 'one by a policy, without a proof' "$?" 0
check 'has none' sh -c '! grep -aq "\"proof\"" "$1"/store/data.mdb' - "$work/unproven"
finish
