#!/bin/sh
# What must never pass in silence: a receipt that is evidence is not overwritten, an option is not
# ignored, a line is not skipped, a result that could not be written is no success.
. "$(dirname "$0")/../lib.sh"

check 'a log' small_log 12
replay() { "$bin/bitacora" replay --policy "$work/policy" "$@"; }

# A rewritten history gives receipts for indexes that others hold already.
stop_daemon
cp -r "$work/data" "$work/data2"
start_daemon "$work/data"
write_policy "$work/policy"
request mx.telco 2 | submit fgr.example.mx-a.lopez --receipts "$work/receipts"
stop_daemon
cp "$work/receipts/12.tlog-proof" "$work/first"
cp -r "$work/receipts" "$work/history-a"
start_copy "$work/data2"
write_policy "$work/policy"
request mx.telco 2 >"$work/records"
expect 1 'a receipt for an index whose receipt we hold already, for another record: fork' \
    "$bin/bitacora" submit --policy "$work/policy" --key "$work/fgr.example.mx-a.lopez.key" \
    --receipts "$work/receipts" --evidence "$work/evidence" "$work/records"
check 'the receipt that was there is still there' cmp "$work/first" "$work/receipts/12.tlog-proof"
expect 0 'and there is evidence' "$bin/bitacora" verify-evidence --policy "$work/policy" "$work/evidence"
mkdir "$work/history-b"
curl -sf "$url/v1/receipts/12" >"$work/history-b/12.tlog-proof"
expect 1 'two receipts that contradict each other, each good alone: fork' \
    "$bin/bitacora" verify --policy "$work/policy" --evidence "$work/evidence2" "$work/history-a/12.tlog-proof" \
    "$work/history-b/12.tlog-proof"
expect 0 'with evidence' "$bin/bitacora" verify-evidence --policy "$work/policy" "$work/evidence2"

# Options.
expect 3 'verify --max-age is not ignored: without witnesses nothing is fresh' \
    "$bin/bitacora" verify --policy "$work/policy" --max-age 60 "$work/first"
expect 3 'nor by replay' replay --max-age 60
request mx.telco 1 >"$work/records"
expect 3 'nor by submit' "$bin/bitacora" submit --policy "$work/policy" --max-age 60 \
    --key "$work/fgr.example.mx-a.lopez.key" "$work/records"
expect 0 'replay --tolerate' replay --tolerate 1
contains 'warns of a quorum too small' "$work/err" 'WARNING'
expect 2 'an option that a command does not have' "$bin/bitacora" keygen x --out "$work/x" --genesis y
expect 2 'help among operands does nothing else' "$bin/bitacora" verify --policy "$work/policy" --help "$work/first"
expect 2 'a member that no record has' "$bin/bitacora" import ts103120 --set levle=federal "$work/first"

# A wrong pin is said, and is not remembered.
genesis=$(replay --json 2>/dev/null | jq -r .genesis)
wrong=$(head -c 32 /dev/zero | base64)
expect 0 'a pinned genesis' replay --state "$work/state" --genesis "$genesis"
expect 1 'a mistyped pin' replay --state "$work/state" --genesis "$wrong"
contains 'is said to be another' "$work/out" 'NOT the one pinned'
contains 'or the pin is' "$work/out" "either the pin (--genesis) is that of another log"
expect 1 'without a state, too' replay --genesis "$wrong"
equal 'that proves nothing to others: no evidence' "$(ls "$work"/*.evidence-* ./*.evidence-* 2>/dev/null | wc -l)" 0
expect 0 'and forgotten' replay --state "$work/state" --genesis "$genesis"

# Lines and results.
printf '\000{"kind":"request"}\n' >"$work/nul"
expect 3 'a line that begins with a zero byte is not empty' "$bin/bitacora" submit --policy "$work/policy" \
    --key "$work/fgr.example.mx-a.lopez.key" "$work/nul"
expect 0 'an empty line is' sh -c "echo | '$bin/bitacora' submit --policy '$work/policy' --key '$work/fgr.example.mx-a.lopez.key'"
expect 3 'a result that could not be written was not given' sh -c "'$bin/bitacora' replay --policy '$work/policy' --json >/dev/full"

first_daemon=$daemon
# The mirror's folder may come from somebody else.
check 'a mirror' "$bin/bitacora" mirror --policy "$work/policy" "$work/mirror"
mkdir "$work/victim" "$work/mirror/.incoming"
touch "$work/victim/file"
ln -s "$work/victim" "$work/mirror/.incoming/link"
request mx.telco 1 | submit fgr.example.mx-a.lopez
expect 0 'a link in it' "$bin/bitacora" mirror --policy "$work/policy" "$work/mirror"
check 'is not followed' test -f "$work/victim/file"
expect 3 'two runs at once' flock "$work/mirror" "$bin/bitacora" mirror --policy "$work/policy" "$work/mirror"
request mx.telco 300 | submit fgr.example.mx-a.lopez
check 'a full bundle' "$bin/bitacora" mirror --policy "$work/policy" "$work/mirror"
printf "\001" | dd of="$work/mirror/tile/entries/000" bs=1 seek=5000 conv=notrunc 2>/dev/null
request mx.telco 1 | submit fgr.example.mx-a.lopez
expect 0 'a copy that was altered here is fetched again' "$bin/bitacora" mirror --policy "$work/policy" "$work/mirror"
expect 0 'and is whole' replay --dir "$work/mirror"
# Under a policy with a quorum, a checkpoint short of it is not kept: also not after a second try.
witness=$("$bin/bitacora" keygen witness.example --witness --out "$work/witness.key")
printf 'log %s %s\nwitness w %s\nquorum w\n' "$vkey" "$url" "$witness" >"$work/policy.quorum"
cp "$work/mirror/checkpoint" "$work/kept"
request mx.telco 1 | submit fgr.example.mx-a.lopez
expect 3 'a checkpoint short of its quorum is not mirrored' \
    "$bin/bitacora" mirror --policy "$work/policy.quorum" "$work/mirror"
check 'the copy is as it was' cmp "$work/kept" "$work/mirror/checkpoint"

# A folder that holds receipts of another log is no fork of this one.
mkdir "$work/shared"
"$bin/bitacorad" init --dir "$work/data3" --origin other.example.mx --registrar "$registrar" >"$work/other.vkey"
first=$url
start_daemon "$work/data3"
printf 'log %s %s\nquorum none\n' "$(cat "$work/other.vkey")" "$url" >"$work/policy.other"
next=$("$bin/bitacora" replay --policy "$work/policy" --json 2>/dev/null | jq .size)
curl -sf "$url/v1/receipts/0" >"$work/shared/$next.tlog-proof"
cp "$work/shared/$next.tlog-proof" "$work/foreign"
stop_daemon
url=$first
daemon=$first_daemon
request mx.telco 1 >"$work/records"
expect 3 'a receipt of another log in the way: undecided, no fork' "$bin/bitacora" submit --policy "$work/policy" \
    --key "$work/fgr.example.mx-a.lopez.key" --receipts "$work/shared" "$work/records"
check 'and it is not overwritten' cmp "$work/foreign" "$work/shared/$next.tlog-proof"
rm "$work/mirror/checkpoint"
mkfifo "$work/mirror/checkpoint"
expect 3 'a pipe is not waited for' replay --dir "$work/mirror"
stop_daemon

# A log that is bad stays bad for whoever remembers it (the second writer's, with a wrong link).
second_writer
bad=$(grep -l '"code": *"link"' "$cases"/*/expect.json | head -n 1)
bad=${bad%/expect.json}
expect 1 'a bad log' "$bin/bitacora" replay --policy "$bad/policy" --dir "$bad/mirror" --state "$work/bad.state"
expect 1 'is bad again from what was remembered' "$bin/bitacora" replay --policy "$bad/policy" --dir "$bad/mirror" \
    --state "$work/bad.state" --json --evidence "$work/bad.evidence"
equal 'for the same reason' "$(jq -r '.findings[0].code' "$work/out")" link
expect 0 'with evidence against it' "$bin/bitacora" verify-evidence --policy "$bad/policy" "$work/bad.evidence"
finish
