#!/bin/sh
# kill -9 under load, 50 times: every receipt ever returned still verifies against the restarted log,
# fsck is clean, no index is ever given twice.
. "$(dirname "$0")/../lib.sh"
kills=${KILLS:-50}

check 'a log' small_log 12
port=${url##*:}

# Four officials' clients that never stop: they send again what was not acknowledged.
loaders=""
for n in 1 2 3 4; do
    enrol fgr.example.mx/agent$n requester mx.fgr
    (
        trap - EXIT INT TERM
        round=0
        while [ ! -e "$work/enough" ]; do
            round=$((round + 1))
            request mx.telco 50 | "$bin/bitacora" submit --policy "$work/policy" --json \
                --key "$work/fgr.example.mx-agent$n.key" --receipts "$work/receipts.$n" - \
                >>"$work/submitted.$n" 2>>"$work/submit.err.$n" || echo "exit $?" >>"$work/failed.$n"
        done
    ) &
    loaders="$loaders $!"
    pids="$pids $!"
done

i=0
restarts=0
while [ $i -lt "$kills" ]; do
    i=$((i + 1))
    # 0 to 400 ms, other each time: a pause that is part of the load, not a wait for a condition.
    sleep "0.$(printf %03d $((i * 173 % 400)))"
    kill_daemon
    beside "$bin/bitacorad" run --dir "$work/data" --listen "127.0.0.1:$port" >"$work/daemon.out" 2>>"$work/daemon.err"
    daemon=$beside
    wait_until grep -q '^listening on ' "$work/daemon.out" && restarts=$((restarts + 1))
done
equal "the daemon comes back after each of $kills kills" "$restarts" "$kills"
touch "$work/enough"
for pid in $loaders; do
    wait "$pid"
    forget_pid "$pid"
done
given=$(cat "$work"/submitted.* | jq -r 'select(.index) | .index' | wc -l)
if [ "$given" -ge "$kills" ]; then ok "the clients got $given receipts on the way"; else not_ok 'the clients got receipts' "$given"; fi
equal 'no client gave up' "$(cat "$work"/failed.* 2>/dev/null | wc -l)" 0
# One index, two records: two clients would hold it, or one would have got it twice with another id.
equal 'no index was given to two records' \
    "$(cat "$work"/submitted.* | jq -r 'select(.index) | "\(.index) \(.id)"' | sort -u | cut -d' ' -f1 | uniq -d | wc -l)" 0
find "$work"/receipts.* -name '*.tlog-proof' >"$work/list"
expect 0 'every receipt ever returned verifies against the restarted log' \
    xargs -a "$work/list" "$bin/bitacora" verify --policy "$work/policy" --log "http://127.0.0.1:$port"
equal 'all of them' "$(grep -c ' good ' "$work/out")" "$(wc -l <"$work/list")"
expect 0 'the log replays' "$bin/bitacora" replay --policy "$work/policy" --json
echo "# $(jq .size "$work/out") entries"
stop_daemon
expect 0 'fsck is clean' "$bin/bitacorad" fsck --dir "$work/data"
finish
