#!/bin/sh
# The clock of the daemon's machine goes forward, back, or stands still: acceptance never goes back, nobody is convicted, and what
# the clock forbids is refused by name.
. "$(dirname "$0")/../lib.sh"

check 'a log' small_log 12
stop_daemon
LISTEN=${url#http://}
start_with_clock() { # start_with_clock: its clock is what $work/clock says
    beside env LD_PRELOAD="$root/build/release/tools/faults.so" CLOCK="$work/clock" "$bin/bitacorad" run --dir "$work/data" \
        --listen "$LISTEN" "$@" >"$work/daemon.out" 2>>"$work/daemon.err"
    daemon=$beside
    wait_until grep -q '^listening on ' "$work/daemon.out"
}
last() { # the acceptance of the last entry
    size=$(curl -s "$url/checkpoint" | sed -n 2p)
    curl -s "$url/v1/receipts/$((size - 1))" | sed -n 's/^extra //p' | base64 -d | grep -a -m 1 -o '20[0-9T:.-]*Z'
}
append() { # append: one record of an official, the exit status
    request mx.telco 1 >"$work/one"
    "$bin/bitacora" submit --policy "$work/policy" --without-private --key "$work/fgr.example.mx-a.lopez.key" "$work/one" >"$work/out" 2>"$work/err"
    echo $?
}

index_entries() { curl -s "$url/v1/find?signer=log.example.mx/test" | jq '.entries | length'; }
more_indexes() { [ "$(index_entries)" -gt "$1" ]; }

echo 0 >"$work/clock"
check 'the daemon, on a clock of ours' start_with_clock
equal 'a record' "$(append)" 0
before=$(last)

# ---- back
echo -300000 >"$work/clock"
equal 'five minutes back: records are accepted' "$(append)" 0
equal 'at the time of the entry before' "$(last)" "$before"
echo -3600000 >"$work/clock"
equal 'an hour back: they are, too' "$(append)" 0
equal 'as the last acceptance counts' "$(last)" "$before"

# ---- still
echo "=$(date +%s)000" >"$work/clock"
equal 'it stands still' "$(append)" 0
still=$(last)
equal 'records are accepted' "$(append)" 0
equal 'at the same time' "$(last)" "$still"

# ---- forward
echo 300000 >"$work/clock"
equal 'five minutes forward' "$(append)" 0
ahead=$(last)
check 'acceptance goes with it' test "$ahead" \> "$still"
echo 0 >"$work/clock"
equal 'when it is right again' "$(append)" 0
equal 'acceptance waits for it' "$(last)" "$ahead"
indexes=$(index_entries)
echo 3600000 >"$work/clock"
equal 'an hour forward: no record is accepted' "$(append)" 3
contains 'and it says why' "$work/err" skew
check 'the log writes an index, as the time for it has come' wait_until more_indexes "$indexes"
equal 'which does not say that an hour has passed' "$(last)" "$ahead"
echo 0 >"$work/clock"
equal 'when it is right again, records are accepted' "$(append)" 0

expect 0 'the log replays' "$bin/bitacora" replay --policy "$work/policy"
check 'the daemon ends well' stop_daemon
expect 0 'its store is sound' "$bin/bitacorad" fsck --dir "$work/data"

# ---- a start with a wrong clock, of a log that signs nothing itself
echo 'index_every = 0' >"$work/config"
for wrong in -86400000 86400000; do
    echo $wrong >"$work/clock"
    check "it starts with a clock that is a day off ($wrong ms)" start_with_clock --config "$work/config"
    status=$(append)
    if [ $wrong -lt 0 ]; then equal 'records are accepted' "$status" 0; else equal 'records are refused' "$status" 3; fi
    equal 'acceptance is where it was' "$(last)" "$ahead"
    expect 0 'the log replays' "$bin/bitacora" replay --policy "$work/policy"
    stop_daemon
done

# ---- a start with a clock that is ahead: the log does not sign by it until somebody bears it out
echo 0 >"$work/clock"
check 'a log that has still to say something itself' start_with_clock --config "$work/config"
equal 'a record' "$(append)" 0
before=$(last)
stop_daemon
indexes() { curl -s "$url/metrics" | sed -n 's/^bitacora_index_entries_total //p'; }
failures() { [ "$(curl -s "$url/metrics" | sed -n 's/^bitacora_index_failures_total //p')" -gt 0 ]; }
printf 'index_every = 8\nindex_wait = 1\n' >"$work/config"
echo 86400000 >"$work/clock"
check 'its clock is a day ahead' start_with_clock --config "$work/config"
check 'it does not sign an index' wait_until failures
contains 'and says why' "$work/daemon.err" 'the clock says that hours have passed since the last entry, and nobody has borne that out'
equal 'a record is refused' "$(append)" 3
equal 'acceptance is where it was' "$(last)" "$before"
stop_daemon
echo 0 >"$work/clock"
echo 'index_every = 1' >"$work/config"
check 'the clock is right again' start_with_clock --config "$work/config"
equal 'a record is accepted' "$(append)" 0
signed() { [ "$(indexes)" -gt 0 ]; }
check 'and the index is signed' wait_until signed
stop_daemon
finish
