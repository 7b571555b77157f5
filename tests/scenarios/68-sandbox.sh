#!/bin/sh
# What the kernel refuses the daemon, the signer and the witness once they have started: as /proc
# has it, and as somebody meets it who has taken the process over. And that they do all their work
# inside.
. "$(dirname "$0")/../lib.sh"

d=$bin/bitacorad
field() { sed -n "s/^$2:[[:space:]]*//p" "/proc/$1/status"; } # field PID NAME
metric() { curl -sf "$url/metrics" | sed -n "s/^$1 //p"; }

expect 0 'a log' new_log
"$d" run --check --dir "$work/data" >"$work/check" 2>&1
sandbox=$(sed -n 's/^sandbox: //p' "$work/check")
case $sandbox in
'none, as this program was built with a sanitizer') echo '1..0 # SKIP the sandbox is left out of a sanitizer build'; exit 0 ;;
'seccomp and Landlock') files=1 ;;
'seccomp alone'*) files=0 ;;
*) echo "1..0 # SKIP this kernel: $sandbox"; exit 0 ;;
esac

# ---- as the kernel has it ------------------------------------------------------------------------
confined() { # confined WHO PID
    equal "$1: its system calls are filtered" "$(field "$2" Seccomp)" 2
    equal "$1: it gets no new privileges" "$(field "$2" NoNewPrivs)" 1
    for thread in /proc/"$2"/task/*; do
        [ "$(field "$2/task/${thread##*/}" Seccomp)" = 2 ] || not_ok "$1: a thread is left out" "$thread"
    done
}
check 'the daemon starts' start_daemon "$work/data"
confined 'daemon' "$daemon"
contains 'the log says what is active' "$work/daemon.err" "sandbox: $sandbox"
equal 'as do the metrics: system calls' "$(metric bitacora_sandbox_seccomp)" 1
equal 'and files' "$(metric bitacora_sandbox_landlock)" $files
stop_daemon
echo 'sandbox = off' >"$work/off"
check 'without it' start_daemon "$work/data" --config "$work/off"
equal 'nothing is filtered' "$(field "$daemon" Seccomp)" 0
contains 'and that is said' "$work/daemon.err" 'sandbox: none, as it was switched off'
equal 'in the metrics, too' "$(metric bitacora_sandbox_seccomp)/$(metric bitacora_sandbox_landlock)" 0/0
stop_daemon
expect 0 'run --check' "$d" run --check --lang es --dir "$work/data" --config "$work/off"
contains 'says so' "$work/out" 'confinamiento: ninguno, pues se desactivó'
echo 'sandbox = maybe' >"$work/off"
expect 2 'it is on or off' "$d" run --check --dir "$work/data" --config "$work/off"
contains 'nothing else' "$work/err" 'sandbox is one of on|off'

# ---- as an intruder meets it ---------------------------------------------------------------------
mkdir "$work/house"
echo secret >"$work/house/secret"
chmod 600 "$work/house/secret"
export INTRUDER_DIR="$work/house"
intruded() { # intruded TRIES PROGRAM...
    tries=$1
    shift
    exec env INTRUDER="$tries" LD_PRELOAD="$root/build/release/tools/intruder.so" "$@"
}
met() { sed -n 's/^intruder: //p' "$1" | tr '\n' ' '; } # met FILE: what the intruder met
ended() { ! kill -0 "$1" 2>/dev/null || [ "$(field "$1" State | cut -c 1)" = Z ]; }
# EACCES 13, EPERM 1, EAFNOSUPPORT 97
all=read,write,root,socket,listen,fork,kill,code
if [ $files = 1 ]; then
    refused='read: 13 write: 13 root: 13 socket: 97 listen: 97 fork: 1 kill: 1 code: 1 '
else
    all=socket,listen,fork,kill,code
    refused='socket: 97 listen: 97 fork: 1 kill: 1 code: 1 '
fi
intrude_daemon() { # intrude_daemon TRIES: a request lets him in
    : >"$work/daemon.err"
    beside intruded "$1" "$d" run --dir "$work/data" --listen 127.0.0.1:0 >"$work/daemon.out" 2>"$work/daemon.err"
    daemon=$beside
    wait_until grep -q '^listening on ' "$work/daemon.out"
    url=$(sed -n 's/^listening on //p' "$work/daemon.out")
    curl -s -o "$work/answer" "$url/checkpoint"
}
intrude_daemon $all
equal 'an intruder in the daemon is refused' "$(met "$work/daemon.err")" "$refused"
check 'which serves on' curl -sf -o "$work/answer" "$url/checkpoint"
stop_daemon
equal 'and planted nothing' "$(ls "$work/house")" secret
for what in exec trace setuid; do
    intrude_daemon $what
    wait "$daemon"
    equal "an intruder ends the daemon: $what" $? $((128 + 31)) # SIGSYS
    forget_pid "$daemon"
done
equal 'no shell ran' "$(grep -c shell "$work/daemon.err")" 0

new_witness w
touch "$work/w.policy"
intrude_witness() {
    mkdir -p "$work/w.state"
    beside intruded "$1" "$bin/bitacora" witness --key "$work/w.key" --policy "$work/w.policy" --listen 127.0.0.1:0 \
        --state "$work/w.state" >"$work/w.out" 2>"$work/w.err"
    witness=$beside
    wait_until grep -q '^listening on ' "$work/w.out"
    witness_url=$(sed -n 's/^listening on //p' "$work/w.out")
    [ "$1" != exec ] || { curl -s -o "$work/answer" "$witness_url/"; return; }
    confined witness "$witness"
    curl -s -o "$work/answer" "$witness_url/"
}
intrude_witness $all
contains 'a witness says what is active' "$work/w.err" "sandbox: $sandbox"
# The policy's folder is this scenario's, with all that is below it, to be read.
equal 'an intruder in the witness is refused' "$(met "$work/w.err" | sed 's/^read: 0/read: 13/')" "$refused"
end_pid "$witness"
intrude_witness exec
wait "$witness"
equal 'and ends it' $? $((128 + 31))
forget_pid "$witness"
intruder_signer() { # intruder_signer TRIES [OPTION...]
    tries=$1
    shift
    beside intruded "$tries" "$d" signer --key "$work/data/log.key" --socket "$work/run/signer.sock" --state "$work/signer.state" "$@" \
        >"$work/signer.out" 2>"$work/signer.err"
    signer=$beside
    wait_until grep -q '^listening on ' "$work/signer.out"
    python3 -c 'import socket, sys; s = socket.socket(socket.AF_UNIX); s.connect(sys.argv[1]); s.send(b"x" * 8); s.recv(1)' \
        "$work/run/signer.sock" 2>/dev/null
}
mkdir "$work/run"
intruder_signer $all
confined signer "$signer"
wait_until grep -q 'intruder: code' "$work/signer.err"
equal 'an intruder in the signer is refused, any network among it' "$(met "$work/signer.err")" "$refused"
end_pid "$signer"
equal 'a signer removes its socket' "$(ls "$work/run")" ''
intruder_signer exec
check 'and ends it' wait_until ended "$signer"
wait "$signer"
forget_pid "$signer"
intruder_signer read,root,fork --no-sandbox
wait_until grep -q 'intruder: fork' "$work/signer.err"
equal 'without a sandbox he goes where he likes' "$(met "$work/signer.err")" 'read: 0 root: 0 fork: 0 '
kill "$signer"
wait "$signer" 2>/dev/null
forget_pid "$signer"

finish
