#!/bin/sh
# What systemd is told (sd_notify), a watchdog that sees when the sequencer is stuck, and a socket
# that is passed: daemon, witness, signer.
. "$(dirname "$0")/../lib.sh"

d=$bin/bitacorad
hear() { # hear NAME: what is sent to $work/NAME goes to $work/NAME.heard; sets NOTIFY_SOCKET
    python3 "$root/tests/tools/hear.py" "$work/$1" "$work/$1.heard" &
    pids="$pids $!"
    wait_until test -S "$work/$1"
    export NOTIFY_SOCKET="$work/$1"
    heard=$work/$1.heard
}
count_of() { grep -c "^$1" "$heard"; }
comes() { wait_until sh -c "[ \$(grep -c '^$1' '$heard') -gt $2 ]"; } # comes LINE N: another one than the first N
check 'a log' new_log

# ---- the daemon ----------------------------------------------------------------------------------
hear daemon
check 'it starts' start_daemon "$work/data"
check 'it says that it is ready' wait_until grep -q '^READY=1 STATUS=serves$' "$heard"
equal 'and nothing else' "$(wc -l <"$heard")" 1
kill -HUP "$daemon"
check 'that it reads its settings again' wait_until grep -qE '^RELOADING=1 MONOTONIC_USEC=[0-9]+$' "$heard"
check 'and is ready again' comes READY=1 1
equal 'in this order' "$(sed 's/[= ].*//' "$heard" | tr '\n' ' ')" 'READY RELOADING READY '
stop_daemon
check 'and that it ends' wait_until grep -q '^STOPPING=1' "$heard"
equal 'nobody is told that it lives who did not ask' "$(count_of WATCHDOG)" 0
export NOTIFY_SOCKET="@$work/abstract"
python3 "$root/tests/tools/hear.py" "$NOTIFY_SOCKET" "$work/abstract.heard" &
pids="$pids $!"
heard=$work/abstract.heard
wait_until test -e "$heard"
check 'a socket without a file' start_daemon "$work/data"
check 'is told, too' wait_until grep -q '^READY=1' "$heard"
stop_daemon

# ---- the watchdog --------------------------------------------------------------------------------
export WATCHDOG_USEC=400000
hear watched
write_fault() { echo "$1" >"$work/faults.new" && mv "$work/faults.new" "$work/faults"; }
write_fault ''
FAULTS=$work/faults start_daemon "$work/data" || not_ok 'the watched daemon starts'
write_policy "$work/policy"
check 'it says that it lives' comes WATCHDOG=1 3
check 'people are enrolled' enrol fgr.example.mx/a.lopez requester mx.fgr
write_fault 'fdatasync /data.mdb$ 1000' # it waits
quiet() { before=$(count_of WATCHDOG); sleep 1; [ "$(count_of WATCHDOG)" = "$before" ]; }
request mx.telco 1 >"$work/one"
submit fgr.example.mx-a.lopez <"$work/one" &
submitting=$!
pids="$pids $submitting"
check 'a sequencer that is stuck is not said to live' wait_until quiet
check 'though the event loop turns' curl -sf -o "$work/answer" "$url/checkpoint"
before=$(count_of WATCHDOG)
write_fault ''
check 'once it gets on it lives' comes WATCHDOG=1 "$before"
wait "$submitting"
forget_pid "$submitting"
kill -STOP "$daemon"
check 'nor is one whose loop does not turn' wait_until quiet
kill -CONT "$daemon"
stop_daemon
export WATCHDOG_PID=1
hear unwatched
check 'another process is watched' start_daemon "$work/data"
wait_until grep -q '^READY=1' "$heard"
quiet
equal 'this one says nothing of it' "$(count_of WATCHDOG)" 0
stop_daemon
unset WATCHDOG_PID

# ---- signer and witness --------------------------------------------------------------------------
hear signer
cp "$work/data/log.key" "$work/signer.key"
check 'a signer' start_signer
check 'is ready' wait_until grep -q '^READY=1 STATUS=signs$' "$heard"
check 'and lives, though nobody asks it' comes WATCHDOG=1 2
end_pid "$signer"
check 'until it ends' wait_until grep -q '^STOPPING=1' "$heard"
hear witness
new_witness w
check 'a witness' start_witness w
check 'is ready' wait_until grep -q '^READY=1 STATUS=cosigns$' "$heard"
check 'and lives' comes WATCHDOG=1 2
kill -HUP "$witness"
check 'it reads its policy again' comes READY=1 1
equal 'which it says' "$(count_of RELOADING=1)" 1
end_pid "$witness"
check 'until it ends' wait_until grep -q '^STOPPING=1' "$heard"
unset NOTIFY_SOCKET WATCHDOG_USEC

# ---- a socket that is passed ---------------------------------------------------------------------
given() { exec python3 "$root/tests/tools/hear.py" --pass "$@"; }
run_given() { # run_given WHAT COMMAND...: sets $url
    beside given "$@" >"$work/given.out" 2>"$work/given.err"
    given=$beside
    wait_until grep -q '^listening on ' "$work/given.out"
    url=$(sed -n 's/^listening on //p' "$work/given.out")
}
run_given 127.0.0.1:0 "$d" run --dir "$work/data" --listen 127.0.0.2:1
case $url in http://127.0.0.1:*) ok 'the daemon takes it' ;; *) not_ok 'the daemon takes it' "$(cat "$work/given.err")" ;; esac
check 'and answers there' curl -sf -o "$work/answer" "$url/checkpoint"
end_pid "$given"
run_given '[::1]:0' "$d" run --dir "$work/data"
check 'by IPv6' curl -sf -g -o "$work/answer" "$url/checkpoint"
end_pid "$given"
(given 0.0.0.0:0 "$d" run --dir "$work/data") >"$work/out" 2>"$work/err"
equal 'one that others reach needs TLS' $? 2
contains 'and its real address is named' "$work/err" 'http://0.0.0.0:'
run_given 0.0.0.0:0 "$d" run --dir "$work/data" --plaintext
check 'or --plaintext' curl -sf -o "$work/answer" "http://127.0.0.1:${url##*:}/checkpoint"
end_pid "$given"
for what in udp closed; do
    (given $what "$d" run --dir "$work/data") >"$work/out" 2>"$work/err"
    equal "what is no such socket is refused: $what" $? 2
    contains 'why' "$work/err" 'is no TCP socket that is listened on'
done
(given two "$d" run --dir "$work/data" --lang es) >"$work/out" 2>"$work/err"
equal 'as are two' $? 2
contains 'why' "$work/err" 'más de un socket'
env LISTEN_PID=1 LISTEN_FDS=1 true
LISTEN_PID=1 LISTEN_FDS=1 start_daemon "$work/data" || not_ok 'what is for another process is left alone'
stop_daemon
w="--key $work/w.key --policy $work/w.policy --state $work/w.state"
# shellcheck disable=SC2086
run_given 127.0.0.1:0 "$bin/bitacora" witness $w --listen 127.0.0.2:1
check 'the witness takes it' curl -s -o "$work/answer" "$url/"
end_pid "$given"
# shellcheck disable=SC2086
(given 0.0.0.0:0 "$bin/bitacora" witness $w --listen 127.0.0.1:0) >"$work/out" 2>"$work/err"
equal 'on its real address' $? 2
contains 'which is named' "$work/err" 'http://0.0.0.0:'

finish
