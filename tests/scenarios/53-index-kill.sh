#!/bin/sh
# kill -9 at every step of writing and merging the tables of the index: what is signed has its tables, or they are
# made again; nothing that was acknowledged is lost, and the log replays.
. "$(dirname "$0")/../lib.sh"

# Few entries a table, so that some kills meet a merge.
printf 'index_every = 4\nindex_keep = 0\n' >"$work/config"
new_log
start_daemon "$work/data" --config "$work/config"
write_policy "$work/policy"
LISTEN=${url#http://}
enrol fgr.example.mx/a.lopez requester mx.fgr

metric() { curl -s "$url/metrics" | sed -n "s/^$1 //p"; }
covered() { # covered N: an index covers the first N entries
    [ "$(metric bitacora_index_covered)" -ge "$1" ]
}
dead() { ! kill -0 "$daemon" 2>/dev/null; }
submit_some() { # submit_some: 24 requests, sent again until they are acknowledged
    request mx.telco 24 | "$bin/bitacora" submit --policy "$work/policy" --without-private --json \
        --key "$work/fgr.example.mx-a.lopez.key" - >>"$work/submitted" 2>>"$work/submit.err" ||
        echo failed >>"$work/submitted.failed"
}

kill_at() { # kill_at WHERE CALL PATH SKIP: load, a kill at that call, and the log afterwards
    stop_daemon
    echo "$2 $3 -9 $4" >"$work/faults"
    FAULTS=$work/faults start_daemon "$work/data" --config "$work/config"
    submit_some &
    submitter=$!
    pids="$pids $submitter"
    if wait_until dead; then ok "killed: $1"; else not_ok "killed: $1" "it still runs"; fi
    wait "$daemon" 2>/dev/null
    forget_pid "$daemon"
    rm "$work/faults"
    expect 0 'fsck finds a sound store and tables' "$bin/bitacorad" fsck --dir "$work/data"
    start_daemon "$work/data" --config "$work/config"
    wait "$submitter"
    forget_pid "$submitter"
    size=$(metric bitacora_tree_size)
    check 'and the index goes on' wait_until covered $((size - 8))
}

kill_at 'a table is written' pwrite /index/table 1
kill_at 'it is synced' fsync /index/table 1
kill_at 'it gets its name' rename /index/ 1
kill_at 'the folder is synced' fsync /index\$ 1
kill_at 'its entry is committed' pwrite data.mdb 9
kill_at 'its entry is committed, later' pwrite data.mdb 14
kill_at 'a merged table is written' pwrite /index/table 5
kill_at 'it is synced ' fsync /index/table 5
kill_at 'it gets its name ' rename /index/ 5
kill_at 'a table that nobody needs goes' unlink /index/ 2

# Killed while a table that was lost is made again.
stop_daemon
for table in "$work"/data/index/*; do rm "$table"; done
expect 0 'fsck counts tables without files, which are no damage' "$bin/bitacorad" fsck --dir "$work/data" --json
if [ "$(jq .absent_tables "$work/out")" -gt 0 ]; then ok 'it says how many'; else not_ok 'it says how many' "$(cat "$work/out")"; fi
echo "rename /index/ -9 0" >"$work/faults"
FAULTS=$work/faults start_daemon "$work/data" --config "$work/config"
if wait_until dead; then ok 'killed: a lost table is made again'; else not_ok 'killed: a lost table is made again'; fi
wait "$daemon" 2>/dev/null
forget_pid "$daemon"
rm "$work/faults"
start_daemon "$work/data" --config "$work/config"
submit_some
check 'the index goes on' wait_until covered "$(($(metric bitacora_tree_size) - 8))"

equal 'no client gave up' "$(cat "$work/submitted.failed" 2>/dev/null | wc -l)" 0
equal 'no index was given to two records' \
    "$(jq -r 'select(.index) | "\(.index) \(.id)"' "$work/submitted" | sort -u | cut -d' ' -f1 | uniq -d | wc -l)" 0
expect 0 'the log replays, its tables computed again' "$bin/bitacora" replay --policy "$work/policy" --json
echo "# $(jq .size "$work/out") entries, $(metric bitacora_index_tables) tables"
check 'the daemon stops' stop_daemon
expect 0 'fsck is clean' "$bin/bitacorad" fsck --dir "$work/data" --json
equal 'and every table has its file' "$(jq .absent_tables "$work/out")" 0
finish
