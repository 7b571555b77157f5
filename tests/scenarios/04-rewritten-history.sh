#!/bin/sh
# An operator who has the log key and rewrites history consistently: two histories from one key, by
# two real daemons. Whoever saw the first convicts with a file that needs nothing but the policy.
. "$(dirname "$0")/../lib.sh"

check 'a log of 20 entries' small_log 20
expect 0 'its history so far, remembered' "$bin/bitacora" replay --policy "$work/policy" --state "$work/state.early"
stop_daemon
cp -r "$work/data" "$work/data2"
start_daemon "$work/data"
url1=$url
daemon1=$daemon
start_copy "$work/data2"
url2=$url
printf 'log %s\nquorum none\n' "$vkey" >"$work/policy.bare" # all that a third person has
url=$url1
write_policy "$work/policy"
request mx.telco 12 | submit fgr.example.mx-a.lopez --receipts "$work/receipts"
equal 'history A grows to 32, with receipts' "$(ls "$work/receipts" | wc -l)" 12
expect 0 'and is replayed and remembered' "$bin/bitacora" replay --policy "$work/policy" --state "$work/state"
check 'and mirrored' "$bin/bitacora" mirror --policy "$work/policy" "$work/mirror"
first=$work/receipts/20.tlog-proof
late=$work/20-at-32.tlog-proof
curl -sf "$url1/v1/receipts/20" >"$late" # the same entry, against the newest checkpoint of A

url=$url2
write_policy "$work/policy"
request mx.telco 5 | submit fgr.example.mx-a.lopez
expect 3 'history B is shorter: a replay that remembers A is undecided' \
    "$bin/bitacora" replay --policy "$work/policy" --state "$work/state" --evidence "$work/none"
expect 1 'but a receipt of an entry that B has otherwise convicts already' \
    "$bin/bitacora" verify --policy "$work/policy" --log "$url2" --evidence "$work/ev.leaves" "$late"
expect 0 'with two leaves at one index' "$bin/bitacora" verify-evidence --policy "$work/policy.bare" "$work/ev.leaves"
equal 'as the file says' "$(jq -r .claim "$work/ev.leaves")" leaves

request mx.telco 7 | submit fgr.example.mx-a.lopez
expect 1 'B is as long as A: replay --state convicts' \
    "$bin/bitacora" replay --policy "$work/policy" --state "$work/state" --evidence "$work/ev.same"
expect 0 'with two roots at one size' "$bin/bitacora" verify-evidence --policy "$work/policy.bare" "$work/ev.same"

request mx.telco 9 | submit fgr.example.mx-a.lopez
expect 1 'B is longer: replay --state convicts' \
    "$bin/bitacora" replay --policy "$work/policy" --state "$work/state" --evidence "$work/ev.fork" --json
equal 'of a fork' "$(jq -r '.findings[0].code' "$work/out")" fork
equal 'in a file that holds both signed checkpoints' "$(jq '.checkpoints|length' "$work/ev.fork")" 2
expect 0 'which anyone can check' "$bin/bitacora" verify-evidence --policy "$work/policy.bare" "$work/ev.fork"
expect 1 'verify --log convicts with an old receipt' \
    "$bin/bitacora" verify --policy "$work/policy" --log "$url2" --evidence "$work/ev.receipt" "$first"
expect 0 'with evidence, too' "$bin/bitacora" verify-evidence --policy "$work/policy.bare" "$work/ev.receipt"
expect 0 'though offline that receipt is what it always was' "$bin/bitacora" verify --policy "$work/policy" "$first"
expect 1 'a mirror of A refuses B' "$bin/bitacora" mirror --policy "$work/policy" "$work/mirror" --evidence "$work/ev.mirror"
expect 0 'with evidence' "$bin/bitacora" verify-evidence --policy "$work/policy.bare" "$work/ev.mirror"
expect 0 'and is still A' "$bin/bitacora" replay --policy "$work/policy" --dir "$work/mirror" --state "$work/state"
expect 0 'who remembers only what both share sees nothing wrong in B' \
    "$bin/bitacora" replay --policy "$work/policy" --state "$work/state.early"

# Evidence cannot be made up.
jq -c '.checkpoints = [.checkpoints[0], .checkpoints[0]]' "$work/ev.fork" >"$work/ev.false"
expect 1 'one checkpoint twice proves nothing' "$bin/bitacora" verify-evidence --policy "$work/policy.bare" "$work/ev.false"
jq -c '.hashes[0] = .hashes[1]' "$work/ev.fork" >"$work/ev.false"
expect 1 'other hashes prove nothing' "$bin/bitacora" verify-evidence --policy "$work/policy.bare" "$work/ev.false"
other=$("$bin/bitacora" keygen log.example.mx/test --out "$work/other.key")
printf 'log %s\nquorum none\n' "$other" >"$work/policy.other"
expect 3 'nor does it under another log key, of which it says nothing' "$bin/bitacora" verify-evidence --policy "$work/policy.other" "$work/ev.fork"
daemon=$daemon1
stop_daemon
finish
