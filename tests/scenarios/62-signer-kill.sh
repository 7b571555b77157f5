#!/bin/sh
# kill -9 of the daemon and of the signer, at each step between a record's arrival and its receipt:
# the client is answered once, the batch is finished as it was, and the signer stays with the log.
. "$(dirname "$0")/../lib.sh"

daemon_faults=$work/faults.daemon
signer_faults=$work/faults.signer
run_signer() { FAULTS=$signer_faults start_signer; }
run_daemon() { FAULTS=$daemon_faults start_daemon "$work/data" --config "$work/conf"; }

check 'a log' new_log
mv "$work/data/log.key" "$work/signer.key"
echo "signer = $work/signer.sock" >"$work/conf"
check 'its signer' run_signer
check 'its daemon' run_daemon
LISTEN=127.0.0.1:${url##*:}
write_policy "$work/policy"
check 'an official' enrol fgr.example.mx/a.lopez requester mx.fgr

log_size() { curl -sf "$url/checkpoint" | sed -n 2p; }
is_gone() { ! kill -0 "$1" 2>/dev/null || grep -q '^State:.Z' "/proc/$1/status"; }

# kill_at WHO FAULT: one record, while the process is killed at that call, and started again.
kill_at() {
    before=$(log_size)
    request mx.telco 1 >"$work/record"
    if [ "$1" = daemon ]; then killed=$daemon list=$daemon_faults; else killed=$signer list=$signer_faults; fi
    echo "$2" >"$list"
    submit fgr.example.mx-a.lopez --json <"$work/record" >"$work/said" &
    client=$!
    if ! wait_until is_gone "$killed"; then
        rm "$list"
        not_ok "$1 at '$2': it is killed there"
        wait $client
        return
    fi
    rm "$list"
    wait "$killed" 2>/dev/null
    forget_pid "$killed"
    if [ "$1" = daemon ]; then run_daemon; else run_signer; fi || not_ok "$1 at '$2': it starts again"
    if wait $client; then ok "$1 at '$2': the client gets its receipt"; else not_ok "$1 at '$2': the client" "$(cat "$work/said")"; fi
    equal "$1 at '$2': the record is there once" "$(log_size)" $((before + 1))
    equal "$1 at '$2': the signer has signed that size last" "$(sed -n 3p "$work/signer.state/state")" $((before + 1))
}

# The daemon: journal not written, written, synced; before it asks; before it hears the answer (the
# third recv() about a batch: two look at the connection); before and in its commit.
kill_at daemon 'pwrite /data/batch$ -9'
kill_at daemon 'pwrite /data/batch$ -9 1'
kill_at daemon 'fdatasync /data/batch$ -9'
kill_at daemon 'send socket: -9'
kill_at daemon 'recv socket: -9 2'
kill_at daemon 'pwrite data.mdb -9'
kill_at daemon 'fdatasync data.mdb -9'
# The signer: before it has read; before and after each step of keeping what it signed last; before it
# answers.
kill_at signer 'recv socket: -9'
kill_at signer 'write /signer.state/state.new -9'
kill_at signer 'fsync /signer.state/state.new -9'
kill_at signer 'rename /signer.state/state$ -9'
kill_at signer 'fsync /signer.state$ -9'
kill_at signer 'send socket: -9 0'

# No room for what it signs last: nothing is signed, until there is.
before=$(log_size)
echo 'write /signer.state/state.new 28' >"$signer_faults"
request mx.telco 1 >"$work/record"
submit fgr.example.mx-a.lopez <"$work/record" &
client=$!
check 'a signer without room says so' wait_until grep -q 'not signed: .* cannot be written' "$work/signer.err"
equal 'and has signed nothing' "$(sed -n 3p "$work/signer.state/state") $(log_size)" "$before $before"
rm "$signer_faults"
check 'the client is answered when there is room' wait $client
equal 'once' "$(log_size)" $((before + 1))

# A disk that fails: nobody knows what it holds, so the signer answers nobody any more.
for fault in 'fsync /signer.state/state.new 5' 'rename /signer.state/state$ 5' 'fsync /signer.state$ 5'; do
    before=$(log_size)
    echo "$fault" >"$signer_faults"
    request mx.telco 1 >"$work/record"
    submit fgr.example.mx-a.lopez <"$work/record" &
    client=$!
    wait_until is_gone "$signer" || kill "$signer"
    rm "$signer_faults"
    wait "$signer"
    equal "'$fault': the signer ends" $? 1
    forget_pid "$signer"
    run_signer || not_ok "'$fault': it starts again"
    check "'$fault': the client is answered then" wait $client
    equal "'$fault': once" "$(log_size)" $((before + 1))
done

# Both at once: the daemon has journaled and asked, the signer has kept it and not answered.
echo 'send socket: -9' >"$signer_faults"
before=$(log_size)
request mx.telco 1 >"$work/record"
submit fgr.example.mx-a.lopez <"$work/record" &
client=$!
wait_until is_gone "$signer"
rm "$signer_faults"
wait "$signer" 2>/dev/null
forget_pid "$signer"
kill_daemon
equal 'the signer is ahead of the store' "$(sed -n 3p "$work/signer.state/state")" $((before + 1))
cp -r "$work/data" "$work/unfinished"
check 'the daemon starts before the signer' run_daemon
equal 'and shows what it has' "$(log_size)" "$before"
check 'the signer comes' run_signer
grows() { [ "$(log_size)" = $((before + 1)) ]; }
check 'the batch is finished, though nobody asks for it' wait_until grows
check 'the client gets its receipt' wait $client
equal 'the record is there once' "$(log_size)" $((before + 1))

expect 0 'the log replays' "$bin/bitacora" replay --policy "$work/policy"
stop_daemon
expect 0 'fsck is clean' "$bin/bitacorad" fsck --dir "$work/data"

# Killed behind its rename, a signer finds what it signed last in a file that is not on the disk
# yet. It signs the same once more without writing anything, so it is to sync the folder first.
end_pid "$signer"
echo 'fsync /signer.state$ 5' >"$signer_faults"
FAULTS=$signer_faults beside faulty "$bin/bitacorad" signer --key "$work/signer.key" \
    --socket "$work/signer.sock" --state "$work/signer.state" >"$work/out" 2>"$work/err"
signer=$beside
ended() { ! kill -0 "$signer" 2>/dev/null || grep -q '^listening' "$work/out"; }
wait_until ended
kill "$signer" 2>/dev/null
wait "$signer"
equal 'a signer that cannot sync its memory does not start' $? 2
forget_pid "$signer"
contains 'and why is said' "$work/err" 'cannot sync'
rm "$signer_faults"
check 'it starts when it can' run_signer

# A journal that cannot be what the signer was asked for.
printf 'x' | dd of="$work/unfinished/batch" bs=1 seek=300 conv=notrunc status=none
expect 2 'an altered journal does not finish what was signed' "$bin/bitacorad" run \
    --dir "$work/unfinished" --listen 127.0.0.1:0 --config "$work/conf"
contains 'it is an older copy' "$work/err" 'does not hold what the log'
finish
