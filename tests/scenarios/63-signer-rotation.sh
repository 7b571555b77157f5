#!/bin/sh
# A log whose key is in a signer gets another key: the former one hands over, the signer goes on
# from what was signed last, and the log lists the new key. kill -9 at each step; repeated, it is
# finished.
. "$(dirname "$0")/../lib.sh"

d=$bin/bitacorad
run_daemon() { start_daemon "$work/data" --config "$work/conf"; }
former_signer() { "$d" signer --key "$work/former.key" --state "$work/signer.state" "$@"; }
rotate() { "$d" rotate --dir "$work/data" --config "$work/conf" --handed-over "$work/handover"; }
verdict() { "$bin/bitacora" replay --policy "$work/policy" --json 2>"$work/err" | jq -r '.verdict + " " + (.size | tostring)'; }
policy_of_all() { # every key that the log has had, the first with its URL
    sed "s/^/log /; 1s|\$| $url|" "$work/keys" >"$work/policy"
    echo 'quorum none' >>"$work/policy"
}
next_key() { # next_key: another key in $work/signer.key, whose vkey is $next; the former one in former.key
    mv "$work/signer.key" "$work/former.key"
    next=$("$bin/bitacora" keygen log.example.mx/test --out "$work/signer.key")
}

check 'a log' new_log
mv "$work/data/log.key" "$work/signer.key"
printf 'signer = %s\n' "$work/signer.sock" >"$work/conf"
echo "$vkey" >"$work/keys"
check 'its signer' start_signer
check 'its daemon' run_daemon
policy_of_all
check 'an official' enrol fgr.example.mx/a.lopez requester mx.fgr
curl -sf "$url/v1/receipts/1" >"$work/1.old"

# ---- what is no hand-over ------------------------------------------------------------------------

expect 2 'not while the signer runs' "$d" signer --key "$work/signer.key" --state "$work/signer.state" \
    --hand-over "$("$bin/bitacora" keygen log.example.mx/test --out "$work/spare.key")"
contains 'and why is said' "$work/err" 'in use by another signer'
stop_daemon
end_pid "$signer"
next_key
expect 2 'not to a key of another log' former_signer --hand-over "$registrar"
expect 2 'not to the same key' former_signer --hand-over "$vkey"
contains 'and why is said' "$work/err" 'it must be another public key of log.example.mx/test'
expect 2 'not by a key that has signed nothing' "$d" signer --key "$work/spare.key" --state "$work/spare.state" --hand-over "$next"
contains 'and why is said' "$work/err" 'has signed nothing'
expect 2 'not by a key whose state it is not' "$d" signer --key "$work/spare.key" --state "$work/signer.state" --hand-over "$next"
expect 2 'nor together with a socket' former_signer --hand-over "$next" --socket "$work/signer.sock"
expect 2 'rotate alone makes no key for a signer' "$d" rotate --dir "$work/data" --config "$work/conf"
contains 'and says what to do' "$work/err" 'signer --hand-over'

# ---- the former key hands over -------------------------------------------------------------------

cp "$work/signer.state/state" "$work/before"
expect 0 'the former key hands over' former_signer --hand-over "$next"
cp "$work/out" "$work/handover"
equal 'to the new one' "$(sed -n 2p "$work/handover")" "$next"
equal 'what was signed last' "$(sed -n 3,4p "$work/handover")" "$(sed -n 3,4p "$work/before")"
equal 'is the new key'"'"'s to go on from' "$(sed 1,2d "$work/signer.state/state")" "$(sed 1,2d "$work/before")"
expect 0 'once more' former_signer --hand-over "$next"
check 'it says the same' cmp "$work/out" "$work/handover"
expect 2 'the former key signs nothing more' former_signer --socket "$work/signer.sock"
contains 'and why is said' "$work/err" 'is not what this key has signed last'

check 'the signer goes on with the new key' start_signer
expect 2 'which the log does not know yet' timeout 120 "$d" run --dir "$work/data" --listen 127.0.0.1:0 --config "$work/conf"
contains 'and says what to do' "$work/err" 'bitacorad rotate --handed-over'
mv "$work/handover" "$work/good"
sed "3s/.*/99/" "$work/good" >"$work/handover"
expect 2 'nor by an altered hand-over' rotate
contains 'and why is said' "$work/err" 'no key of this log has signed it'
echo hello >"$work/handover"
expect 2 'nor by anything else' rotate
contains 'and why is said' "$work/err" 'not what bitacorad signer --hand-over prints'
check 'nothing is listed' test ! -e "$work/data/log.keys"
mv "$work/good" "$work/handover"
expect 0 'by the hand-over it does' rotate
equal 'and says which key it is' "$(cat "$work/out")" "$next"
contains 'and what is to be done' "$work/err" 'Add a line `log` of the new key to every policy'
expect 0 'once more' rotate
equal 'it is listed once' "$(cat "$work/data/log.keys")" "$next"
echo "$next" >>"$work/keys"
check 'the log runs' run_daemon
write_policy "$work/policy"
expect 1 'who knows the former key alone refuses it' "$bin/bitacora" replay --policy "$work/policy"
policy_of_all
equal 'who knows both accepts it' "$(verdict)" 'good 2'
request mx.telco 3 | submit fgr.example.mx-a.lopez || not_ok 'it grows'
equal 'all of it is good' "$(verdict)" 'good 5'
expect 0 'an old receipt holds' "$bin/bitacora" verify --policy "$work/policy" "$work/1.old"
stop_daemon
expect 0 'fsck is clean' "$d" fsck --dir "$work/data"

# Where the signer comes later than the daemon it is known by its newest key.
end_pid "$signer"
check 'the daemon starts before the signer' run_daemon
check 'the signer comes' start_signer
policy_of_all
request mx.telco 1 | submit fgr.example.mx-a.lopez || not_ok 'it grows'
equal 'all of it is good' "$(verdict)" 'good 6'

# ---- kill -9 -------------------------------------------------------------------------------------

killed() { # killed FAULT COMMAND...: the command is killed there
    echo "$1" >"$work/faults"
    what=$1
    shift
    (FAULTS=$work/faults faulty "$@") >"$work/out" 2>"$work/err"
    equal "killed at '$what'" $? 137
}
rotated() { # rotated WHERE: after a rotation that was killed and finished the log goes on
    echo "$next" >>"$work/keys"
    run_daemon || not_ok "$1: the log runs"
    policy_of_all
    before=$(curl -sf "$url/checkpoint" | sed -n 2p)
    request mx.telco 1 | submit fgr.example.mx-a.lopez || not_ok "$1: it grows"
    equal "$1: all of it is good" "$(verdict)" "good $((before + 1))"
    equal "$1: the signer has signed that last" "$(sed -n 2,3p "$work/signer.state/state" | paste -sd' ')" "$next $((before + 1))"
}

# The hand-over: its note, and the state, are written, synced and renamed.
for fault in 'write /signer.state/handover. -9' 'rename /signer.state/handover. -9' 'write /signer.state/state.new -9' \
    'fsync /signer.state/state.new -9' 'rename /signer.state/state$ -9' 'fsync /signer.state$ -9 1'; do
    stop_daemon
    end_pid "$signer"
    next_key
    killed "$fault" "$d" signer --key "$work/former.key" --state "$work/signer.state" --hand-over "$next"
    expect 0 'said once more, it hands over' former_signer --hand-over "$next"
    cp "$work/out" "$work/handover"
    start_signer || not_ok 'the signer goes on'
    expect 0 'and the log takes the key' rotate
    rotated "$fault"
done

# The log's side: the key is listed, the signer asked, the checkpoint committed.
for fault in 'write /data/log.keys.new -9' 'rename /data/log.keys$ -9' 'send socket: -9' 'send socket: -9 1' \
    'pwrite data.mdb -9' 'fdatasync data.mdb -9'; do
    stop_daemon
    end_pid "$signer"
    next_key
    former_signer --hand-over "$next" >"$work/handover" 2>"$work/err" || not_ok 'a hand-over' "$(cat "$work/err")"
    start_signer || not_ok 'the signer goes on'
    killed "$fault" "$d" rotate --dir "$work/data" --config "$work/conf" --handed-over "$work/handover"
    expect 0 'said once more, the log takes the key' rotate
    rotated "$fault"
done

# ---- a batch that was signed and is not in the store ---------------------------------------------

stop_daemon
end_pid "$signer"
echo 'send socket: -9 1' >"$work/faults"
FAULTS=$work/faults start_signer
FAULTS='' run_daemon
policy_of_all
before=$(curl -sf "$url/checkpoint" | sed -n 2p)
request mx.telco 1 >"$work/record"
"$bin/bitacora" submit --policy "$work/policy" --key "$work/fgr.example.mx-a.lopez.key" --without-private "$work/record" \
    >/dev/null 2>&1 &
client=$!
pids="$pids $client"
wait "$signer" 2>/dev/null
forget_pid "$signer"
end_pid "$client"
kill_daemon
equal 'the signer is ahead of the store' "$(sed -n 3p "$work/signer.state/state")" $((before + 1))
next_key
expect 0 'the former key hands that over, too' former_signer --hand-over "$next"
cp "$work/out" "$work/handover"
check 'the signer goes on' start_signer
expect 0 'the log takes the key' rotate
check 'and runs' run_daemon
echo "$next" >>"$work/keys"
policy_of_all
grows() { [ "$(curl -sf "$url/checkpoint" | sed -n 2p)" = $((before + 1)) ]; }
check 'the batch is finished by the new key' wait_until grows
equal 'all of it is good' "$(verdict)" "good $((before + 1))"
stop_daemon
end_pid "$signer"

# ---- the end -------------------------------------------------------------------------------------

check 'its operator orders the end' start_signer --freeze
expect 0 'the log ends' "$d" freeze --dir "$work/data" --config "$work/conf"
end_pid "$signer"
next_key
expect 2 'and gets no other key' former_signer --hand-over "$next"
contains 'and why is said' "$work/err" 'the log has ended'
finish
