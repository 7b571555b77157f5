#!/bin/sh
# Disk full: appending is refused with 507, reading goes on, appending resumes when there is room.
. "$(dirname "$0")/../lib.sh"

check 'a log' small_log 12
stop_daemon
# "Full" is less than min_free: set it so that 1 GiB more use of this disk is too much.
free=$(($(stat -f -c '%a * %S' "$work/data" | sed 's/ //g; s/\*/ * /')))
echo "min_free = $((free - 1073741824))" >"$work/config"
check 'the daemon starts with a setting of its own' start_daemon "$work/data" --config "$work/config"
write_policy "$work/policy"
request mx.telco 1 | submit fgr.example.mx-a.lopez && ok 'a record is appended' || not_ok 'a record is appended'
fallocate -l 2G "$work/filler" || dd if=/dev/zero of="$work/filler" bs=1M count=2048 2>/dev/null
request mx.telco 2 >"$work/records"
expect 3 'the disk is full: submit stops, undecided' "$bin/bitacora" submit --policy "$work/policy" \
    --key "$work/fgr.example.mx-a.lopez.key" "$work/records"
contains 'and the sentence says why' "$work/err" '[full]'
expect 0 'reading goes on' "$bin/bitacora" replay --policy "$work/policy" --json
before=$(jq .size "$work/out")
rm "$work/filler"
check 'there is room again: appending resumes' "$bin/bitacora" submit --policy "$work/policy" \
    --key "$work/fgr.example.mx-a.lopez.key" "$work/records"
equal 'and nothing was lost or doubled' "$("$bin/bitacora" replay --policy "$work/policy" --json 2>/dev/null | jq .size)" $((before + 2))
expect 0 'the daemon stops' stop_daemon
expect 0 'its store is clean' "$bin/bitacorad" fsck --dir "$work/data"
finish
