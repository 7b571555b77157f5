#!/bin/sh
# --state: an incremental replay says exactly what a full one would.
. "$(dirname "$0")/../lib.sh"

check 'a log' small_log 250
for more in 1 3 5 300 2; do
    request mx.telco $more | submit fgr.example.mx-a.lopez
    expect 0 "replayed from what was known, $more more" "$bin/bitacora" replay --policy "$work/policy" --state "$work/state" --json
    jq -c '[.ok,.size,.root,.signatures,.findings,.genesis]' "$work/out" >"$work/incremental"
    "$bin/bitacora" replay --policy "$work/policy" --json >"$work/out" 2>/dev/null
    jq -c '[.ok,.size,.root,.signatures,.findings,.genesis]' "$work/out" >"$work/full"
    equal 'it says what a full one says' "$(cat "$work/incremental")" "$(cat "$work/full")"
done
expect 0 'nothing new' "$bin/bitacora" replay --policy "$work/policy" --state "$work/state" --json
equal 'nothing replayed' "$(jq -c '.from == .size' "$work/out")" true
# A request that points at an old warrant: fetched again, and proven.
"$bin/bitacora" mirror --policy "$work/policy" "$work/mirror" >/dev/null 2>&1
warrant_entry=$(curl -s "$url/v1/find?warrant=CJF-1/2026" | jq '.entries[0]')
hash=$(dd if="$work/mirror/tile/0/000" bs=32 skip="$warrant_entry" count=1 2>/dev/null | base64)
request mx.telco 1 | jq -c ".warrant = {ref:\"CJF-1/2026\",entry:$warrant_entry,hash:\"$hash\"}" | submit fgr.example.mx-a.lopez
expect 0 'a reference below the state is looked up and proven' "$bin/bitacora" replay --policy "$work/policy" --state "$work/state"
expect 2 'a state of another mode is not mixed in' "$bin/bitacora" replay --policy "$work/policy" --state "$work/state" --structure
expect 0 'a structural replay has its own' "$bin/bitacora" replay --policy "$work/policy" --state "$work/state.structure" --structure
expect 0 'and goes on from it' "$bin/bitacora" replay --policy "$work/policy" --state "$work/state.structure" --structure
stop_daemon
finish
