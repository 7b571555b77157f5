#!/bin/sh
# State files that nobody honest wrote, with sums that are right: they are refused, or go on to an answer; nothing is read
# where it may not be. And no file that the client writes goes through a link that somebody planted.
. "$(dirname "$0")/../lib.sh"
p="--policy $work/policy"
case $bin in */asan/*) crafted=120 ;; *) crafted=40 ;; esac # the first of those under ASan

check 'a log' small_log 30
warrant_entry=$(curl -s "$url/v1/find?warrant=CJF-1/2026" | jq '.entries[0]')
# shellcheck disable=SC2086
"$bin/bitacora" mirror $p "$work/mirror" >/dev/null 2>&1
hash=$(find "$work/mirror/tile/0/000.p" -type f -exec cat {} + | tail -c +$((warrant_entry * 32 + 1)) | head -c 32 | base64)
# shellcheck disable=SC2086
expect 0 'an audit with a state' "$bin/bitacora" audit $p --state "$work/audit"
# shellcheck disable=SC2086
expect 0 'a replay with a state' "$bin/bitacora" replay $p --state "$work/replay"
request mx.telco 1 | jq -c ".warrant = {ref:\"CJF-1/2026\",entry:$warrant_entry,hash:\"$hash\"}" | submit fgr.example.mx-a.lopez
# shellcheck disable=SC2086
check 'audit states' python3 "$root/tests/interop/crafted_states.py" "${CRAFTED:-$crafted}" 1 "$work/audit" "$bin/bitacora" audit $p
# shellcheck disable=SC2086
check 'replay states' python3 "$root/tests/interop/crafted_states.py" "${CRAFTED:-$crafted}" 2 "$work/replay" "$bin/bitacora" replay $p

# ---- planted links -------------------------------------------------------------------------------
size=$(curl -s "$url/checkpoint" | sed -n 2p)
printf 'not yours\n' >"$work/victim"
links="linked linked.new linked.lock linked.audit-$size linked.audit-$size.new"
for link in $links; do
    rm -rf "$work/folder"
    mkdir "$work/folder"
    ln -s ../victim "$work/folder/$link"
    # shellcheck disable=SC2086
    "$bin/bitacora" audit $p --state "$work/folder/linked" >/dev/null 2>&1
    equal "an audit does not write through $link" "$(cat "$work/victim")" 'not yours'
    rm -f "$work/folder/$link"
    ln -s ../nowhere "$work/folder/$link"
    # shellcheck disable=SC2086
    "$bin/bitacora" audit $p --state "$work/folder/linked" >/dev/null 2>&1
    check "nor makes a file behind it: $link" test ! -e "$work/nowhere"
done
request mx.telco 1 | jq -c '.subjects=[{type:"note",value:"x"}]' >"$work/unused"
ln -s nowhere "$work/private"
ln -s nowhere "$work/key"
ln -s nowhere "$work/page"
# shellcheck disable=SC2086
expect 2 'a private part is not made behind a link' "$bin/bitacora" submit $p --key "$work/fgr.example.mx-a.lopez.key" --private "$work/private" /dev/null
expect 2 'nor a key' "$bin/bitacora" keygen x.example.mx --out "$work/key"
check 'nothing is there' test ! -e "$work/nowhere"
stop_daemon
ln -s ../nowhere "$work/data/lock.new"
rm -f "$work/data/lock"
ln -s ../nowhere "$work/data/lock"
expect 2 'the daemon does not lock behind a link' timeout 120 "$bin/bitacorad" run --dir "$work/data" --listen 127.0.0.1:0
check 'and makes nothing there' test ! -e "$work/nowhere"
finish
