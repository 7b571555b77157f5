#!/bin/sh
# kill -9 at every step of writing down who reads: no read that was answered is missing in the access entries, and none is in two.
. "$(dirname "$0")/../lib.sh"

b=$bin/bitacora
origin=log.example.mx/test
access=$root/tests/interop/access.py
folder=$work/data/access

metric() { curl -s "$url/metrics" | sed -n "s/^$1 //p"; }
more_entries() { [ "$(metric bitacora_access_entries_total)" -ge "$1" ]; } # more_entries N
dead() { ! kill -0 "$daemon" 2>/dev/null; }
seen() { # seen [OPTION...]: as oversight sees it, in JSON Lines
    "$b" access --policy "$work/policy" --key "$work/uif.example.mx-o1.key" --json "$@"
}
rows() { # rows: of what seen() said
    jq -c 'select(.type=="row")' "$work/out"
}

printf 'readers = enrolled\naccess_interval = 1\nindex_every = 0\n' >"$work/config"
new_log
check 'a log for enrolled readers' start_daemon "$work/data" --config "$work/config"
LISTEN=${url#http://}
write_policy "$work/policy"
enrol uif.example.mx/o1 oversight mx.uif
enrol fgr.example.mx/a.lopez requester mx.fgr

stop_daemon

# ---- kill -9 at every step
kill_at() { # kill_at WHERE CALL PATHS SKIP
    for path in $3; do echo "$2 $path -9 $4"; done >"$work/faults"
    FAULTS=$work/faults start_daemon "$work/data" --config "$work/config" >/dev/null
    if wait_until dead; then ok "killed: $1"; else not_ok "killed: $1" "it still runs"; fi
    wait "$daemon" 2>/dev/null
    forget_pid "$daemon"
    rm "$work/faults"
    start_daemon "$work/data" --config "$work/config"
    n=$(wc -l <"$work/answered")
    check 'reading goes on' wait_until sh -c "[ \$(wc -l <$work/answered) -gt $n ]"
    check 'and entries come' wait_until more_entries 1
    stop_daemon
}
check 'it runs again' start_daemon "$work/data" --config "$work/config"
: >"$work/answered"
/usr/bin/python3 "$access" loop "$url" $origin "$work/fgr.example.mx-a.lopez.key" '/v1/find?role=judge&after=' "$work/answered" 2>"$work/loop.err" &
loop=$!
pids="$pids $loop"
check 'somebody reads and reads' wait_until sh -c "[ \$(wc -l <$work/answered) -gt 5 ]"
stop_daemon
kill_at 'a row is written' write access/open\$ 20
kill_at 'a row is synced' fdatasync access/open\$ 21
kill_at 'an interval ends' rename access/closed 1
kill_at 'the folder is synced' fsync /access\$ 1
kill_at 'the next one begins' rename access/open\$ 1
kill_at 'its entry is committed' pwrite data.mdb 6
kill_at 'its rows get the name of their entry' rename 'access/1 access/2 access/3 access/4 access/5 access/6 access/7 access/8 access/9' 1
kill_at 'the folder is synced then' fsync /access\$ 3
touch "$work/answered.stop"
wait $loop
equal 'the reader met nothing else' "$? $(cat "$work/loop.err")" '0 '
forget_pid $loop
start_daemon "$work/data" --config "$work/config"
check 'all have their entry' wait_until more_entries 2
# What ends this is the log's, and shown by its entries: no row of answers that were given is in a file that waits.
expect 0 'oversight sees them all, proven' seen
rows | jq -r .token | sort >"$work/shown"
sort "$work/answered" >"$work/asked"
equal 'no read that was answered is missing' "$(comm -23 "$work/asked" "$work/shown" | wc -l)" 0
check "and they were many ($(wc -l <"$work/asked"))" test "$(wc -l <"$work/asked")" -gt 50
equal 'none is there twice' "$(cat "$folder"/* | grep -v '^bitacora/v1' | sort | uniq -d | wc -l)" 0
equal 'no time is, either, or left out' "$(jq -c 'select(.type=="gap" or .type=="overlap")' "$work/out")" ''
stop_daemon
expect 0 'fsck finds all rows' "$bin/bitacorad" fsck --dir "$work/data"

finish
