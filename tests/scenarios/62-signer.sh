#!/bin/sh
# bitacorad signer: a log whose key is in another process. It works as any other; whoever has taken the
# daemon over gets no other history signed; an old copy is not started; a signer that is away is waited
# for.
. "$(dirname "$0")/../lib.sh"

run_daemon() { start_daemon "$work/data" --config "$work/conf" "$@"; }
state() { sed -n "$1p" "$work/signer.state/state"; }

# ---- a log with a signer -------------------------------------------------------------------------

check 'a log' new_log
mv "$work/data/log.key" "$work/signer.key"
cp "$work/data.mark" "$work/mark"
printf 'signer = %s\nindex_every = 30\n' "$work/signer.sock" >"$work/conf"
expect 2 'without its key, and without a signer, it does not start' \
    "$bin/bitacorad" run --dir "$work/data" --listen 127.0.0.1:0
check 'its signer' start_signer
contains 'a signer without memory says so' "$work/signer.err" 'is new: this key will sign a genesis, once'
equal 'it prints its key' "$(head -n 1 "$work/signer.out")" "$vkey"
check 'its daemon' run_daemon
write_policy "$work/policy"
check 'who acts in it' enrol judge.example.mx/j1 judge cjf.juzgado1
check 'an official' enrol fgr.example.mx/a.lopez requester mx.fgr
warrant CJF-1/2026 | submit judge.example.mx-j1 || not_ok 'a warrant is appended'
request mx.telco 60 | submit fgr.example.mx-a.lopez || not_ok 'requests are appended'
indexed() { curl -sf "$url/metrics" | grep -q '^bitacora_index_entries_total [1-9]'; }
check 'the log signs its own records' wait_until indexed
expect 0 'the log replays' "$bin/bitacora" replay --policy "$work/policy" --json
size=$(curl -sf "$url/checkpoint" | sed -n 2p)
equal 'the signer has signed that size last' "$(state 3)" "$size"
equal 'and that root' "$(state 4)" "$(curl -sf "$url/checkpoint" | sed -n 3p)"
equal 'its state is its own' "$(stat -c %a "$work/signer.state/state" "$work/signer.sock" | tr '\n' ' ')" '600 600 '
if grep -rqF "$(cut -c 1-60 "$work/signer.key")" "$work/data"; then not_ok 'the daemon has no key'; else ok 'the daemon has no key'; fi
check 'the mark of init is gone: it would go stale' test ! -e "$work/data.mark"
contains 'which is said' "$work/daemon.err" "the signer's state is the mark from now on: $work/data.mark was removed"

# ---- somebody has taken the daemon over ----------------------------------------------------------

/usr/bin/python3 "$root/tests/tools/signer_attack.py" "$work/signer.sock" "$url" >"$work/attack" 2>&1
equal 'the attacker is through' "$?" 0
take_tap "$work/attack"
check 'noise is made' /usr/bin/python3 "$root/tests/tools/signer_attack.py" "$work/signer.sock" - noise
contains 'the signer tells what was no message' "$work/signer.err" 'what came is no message'
check 'now and then' test "$(grep -c 'what came is no message' "$work/signer.err")" -lt 50
contains 'the signer tells what it refused' "$work/signer.err" 'refused (fork): another root was signed at that size'
request mx.telco 1 | submit fgr.example.mx-a.lopez || not_ok 'the log goes on'

if [ "$(id -u)" = 0 ]; then
    beside "$bin/bitacorad" signer --key "$work/signer.key" --socket "$work/other.sock" --state "$work/other.state" \
        --uid 65534 >"$work/other.out" 2>"$work/other.err"
    other=$beside
    check 'a signer for another user' wait_until grep -q '^listening on ' "$work/other.out"
    expect 1 'does not answer us' /usr/bin/python3 "$root/tests/tools/signer_attack.py" "$work/other.sock" "$url"
    contains 'and says whom it turned away' "$work/other.err" 'a connection by user 0 was closed: only user 65534 may ask'
    check 'others make noise' /usr/bin/python3 "$root/tests/tools/signer_attack.py" "$work/other.sock" - noise
    check 'which does not fill its log' test "$(grep -c 'only user 65534 may ask' "$work/other.err")" -lt 50
    end_pid $other
else
    echo '# not root: who may connect is not tried with another user'
fi

# ---- a signer that is away -----------------------------------------------------------------------

state_of() { curl -s "$url/$1" | jq -r .state; }
equal 'the log is ready' "$(state_of readyz)" ok
end_pid "$signer"
not_ready() { [ "$(state_of readyz)" = signer_away ]; }
check 'without the signer it is not, though nobody appends' wait_until not_ready
equal 'it says so by its status' "$(curl -s -o /dev/null -w '%{http_code}' "$url/readyz")" 503
equal 'it is alive' "$(curl -s -o /dev/null -w '%{http_code}' "$url/healthz") $(state_of healthz)" '200 signer_away'
contains 'its log names the signer' "$work/daemon.err" 'nothing can be appended: the signer at'
request mx.telco 1 >"$work/record"
before=$(curl -sf "$url/checkpoint" | sed -n 2p)
submit fgr.example.mx-a.lopez <"$work/record" &
client=$!
away() { curl -s "$url/metrics" | grep -q '^bitacora_signer_reached 0'; }
check 'without the signer the daemon goes on' wait_until away
expect 0 'reading goes on' curl -sf "$url/checkpoint"
start_signer
check 'the client is answered when it is back' wait $client
equal 'once' "$(curl -sf "$url/checkpoint" | sed -n 2p)" $((before + 1))
equal 'the log is ready again' "$(state_of readyz)" ok
end_pid "$signer"
check 'once more' wait_until not_ready
start_signer
is_ready() { [ "$(state_of readyz)" = ok ]; }
check 'it is ready without a record, too' wait_until is_ready

# ---- a copy beside the log -----------------------------------------------------------------------

cp -r "$work/data" "$work/beside"
beside "$bin/bitacorad" run --dir "$work/beside" --listen 127.0.0.1:0 --config "$work/conf" >"$work/beside.out" 2>"$work/beside.err"
copy=$beside
check 'a copy of the log, with the same signer' wait_until grep -q '^listening on ' "$work/beside.out"
beside_url=$(sed -n 's/^listening on //p' "$work/beside.out")
before=$(curl -sf "$url/checkpoint" | sed -n 2p)
request mx.telco 1 | timeout 10 "$bin/bitacora" submit --policy "$work/policy" --log "$beside_url" \
    --key "$work/fgr.example.mx-a.lopez.key" --no-wait - >"$work/out" 2>&1
check 'appends nothing' test $? -ne 0
equal 'and says that it cannot' "$(curl -s "$beside_url/readyz" | jq -r .state)" signer_away
contains 'the signer says why' "$work/signer.err" "not signed for process $copy: process $daemon, which asked before it, is still connected: does a copy of the log run?"
request mx.telco 1 | submit fgr.example.mx-a.lopez || not_ok 'the log goes on beside it'
equal 'by one' "$(curl -sf "$url/checkpoint" | sed -n 2p)" $((before + 1))
end_pid $copy

# ---- an old copy ---------------------------------------------------------------------------------

stop_daemon
cp -r "$work/data" "$work/old"
check 'a restart' run_daemon
write_policy "$work/policy"
request mx.telco 1 | submit fgr.example.mx-a.lopez || not_ok 'the log goes on after a restart'
stop_daemon
expect 2 'an old copy is not started' "$bin/bitacorad" run --dir "$work/old" --listen 127.0.0.1:0 --config "$work/conf"
contains 'and why is said' "$work/err" 'does not hold what the log'
expect 2 'whatever its mark says' "$bin/bitacorad" run --dir "$work/old" --no-mark --listen 127.0.0.1:0 --config "$work/conf"
expect 2 'nor is anything appended to it' "$bin/bitacorad" index --now --dir "$work/old" --config "$work/conf"

# Where the key is put back: the mark of the time before the signer would have let it run.
cp "$work/signer.key" "$work/old/log.key"
echo "mark = $work/data.mark" >"$work/key.conf"
expect 2 'nor with the key in it again' timeout 120 "$bin/bitacorad" run --dir "$work/old" --listen 127.0.0.1:0 \
    --config "$work/key.conf"
contains 'and why is said' "$work/err" 'there is no mark'
rm "$work/old/log.key"

# `run --check` asks the signer, too.
would() { "$bin/bitacorad" run --check --dir "$1" --config "$work/conf"; }
cp "$work/signer.state/state" "$work/state.before"
expect 0 'a log that would start' would "$work/data"
contains 'is fit' "$work/out" 'settings, policy and log are fit for a start'
expect 2 'an old copy would not' would "$work/old"
contains 'and why is said' "$work/err" 'does not hold what the log'
cp -r "$work/data" "$work/damaged"
head -c 16384 /dev/zero | dd of="$work/damaged/store/data.mdb" conv=notrunc status=none
expect 2 'nor a damaged one' would "$work/damaged"
contains 'and why is said' "$work/err" "$work/damaged/store"
rm -r "$work/damaged"
cp -r "$work/data" "$work/damaged"
echo x >"$work/damaged/log.keys"
expect 2 'nor one whose keys cannot be read' would "$work/damaged"
contains 'and why is said' "$work/err" 'log.keys is damaged; run bitacorad fsck'
check 'nothing was signed' cmp "$work/signer.state/state" "$work/state.before"
mv "$work/signer.sock" "$work/elsewhere.sock"
expect 0 'one whose signer is away would' would "$work/data"
contains 'which is said' "$work/err" 'it cannot be reached'
contains 'with what is not known then' "$work/out" 'whether this is the newest copy of the log is not known'
mv "$work/elsewhere.sock" "$work/signer.sock"
cp "$work/conf" "$work/conf.good"
echo 'reeds = 1' >>"$work/conf"
expect 2 'one with a setting that is none would not' would "$work/data"
contains 'and why is said' "$work/err" 'reeds = 1: there is no such setting'
equal 'a key that the signer has is not missed' "$(grep -c . "$work/err")" 1
mv "$work/conf.good" "$work/conf"

# Where the signer comes later than the daemon.
end_pid "$signer"
start_daemon "$work/old" --config "$work/conf" || not_ok 'it serves readers while the signer is away'
start_signer
wait "$daemon"
equal 'it ends as soon as the signer is there' $? 1
forget_pid "$daemon"
contains 'and why is said' "$work/daemon.err" 'the store does not hold what the signer has signed last'

# ---- the signer's own memory ---------------------------------------------------------------------

signer_says() { # signer_says DESCRIPTION WORDS [OPTION...]: a signer that does not start
    says=$2 what=$1
    shift 2
    expect 2 "$what" "$bin/bitacorad" signer --key "$work/signer.key" --socket "$work/second.sock" "$@"
    contains 'and why is said' "$work/err" "$says"
}
signer_says 'a second signer with that memory' 'in use by another signer' --state "$work/signer.state"
expect 2 'a second signer on that socket' "$bin/bitacorad" signer --key "$work/signer.key" \
    --socket "$work/signer.sock" --state "$work/second.state"
# Somebody else's socket, with as many waiting as may: to connect would be to wait, too.
/usr/bin/python3 -c 'import socket, sys, time
s = socket.socket(socket.AF_UNIX)
s.bind(sys.argv[1])
s.listen(0)
c = [socket.socket(socket.AF_UNIX) for _ in range(4)]
try:
    for one in c:
        one.setblocking(False)
        one.connect(sys.argv[1])
except BlockingIOError:
    pass
open(sys.argv[1] + ".full", "w").close()
time.sleep(60)' "$work/full.sock" &
full=$!
pids="$pids $full"
wait_until test -e "$work/full.sock.full"
expect 2 'a socket of somebody who does not accept' timeout -s KILL 120 "$bin/bitacorad" signer --key "$work/signer.key" \
    --socket "$work/full.sock" --state "$work/second.state"
end_pid $full
end_pid "$signer"
run_daemon && curl -sf "$url/checkpoint" >"$work/newest"
stop_daemon
signer_says 'a memory is not begun anew' 'is there already' --state "$work/signer.state" --adopt "$work/newest"
rm "$work/signer.state/state"
signer_says 'a memory that is missing' 'is missing, though a signer was here before' --state "$work/signer.state"
printf 'x' >"$work/signer.state/state"
signer_says 'a memory that is damaged' 'is not what this key has signed last' --state "$work/signer.state"
sed 's/example/elsewhere/' "$work/newest" >"$work/altered"
signer_says 'a checkpoint that the key did not sign' 'not a checkpoint that the key has signed' \
    --state "$work/other" --adopt "$work/altered"
rm -r "$work/signer.state"
check 'a signer that has lost its folder' start_signer
expect 2 'signs nothing for a log that there is' "$bin/bitacorad" run --dir "$work/data" --listen 127.0.0.1:0 \
    --config "$work/conf"
contains 'and what to do is said' "$work/err" 'start it with --adopt'
end_pid "$signer"
check 'over a state of nothing signed it adopts the newest checkpoint' start_signer --adopt "$work/newest"
contains 'and says what must be compared first' "$work/signer.err" "begins from size $(sed -n 2p "$work/newest"), root $(sed -n 3p "$work/newest"), as --adopt says"
check 'the log is run with it' run_daemon
write_policy "$work/policy"
request mx.telco 1 | submit fgr.example.mx-a.lopez || not_ok 'the log goes on'
stop_daemon
end_pid "$signer"
rm -r "$work/signer.state"
check 'an older one' start_signer --adopt "$work/newest"
check 'leaves it behind the log' run_daemon
write_policy "$work/policy"
request mx.telco 1 | submit fgr.example.mx-a.lopez || not_ok 'the log goes on'
contains 'which is said' "$work/daemon.err" 'the signer has signed less than the log has'

# ---- others at its memory ------------------------------------------------------------------------

for mode in 777 775 757 1777; do
    mkdir -p "$work/shared"
    chmod $mode "$work/shared"
    signer_says "a memory that others can take away (mode $mode)" 'others can write in' --state "$work/shared"
    equal 'nothing was begun there' "$(ls "$work/shared")" ''
done
chmod 777 "$work/shared"
mkdir -m 700 "$work/shared/state"
signer_says 'nor with the folder around it' 'others can write in' --state "$work/shared/state"
chmod 755 "$work/shared"
if [ "$(id -u)" = 0 ]; then
    chmod 711 "$work"
    mkdir -m 777 "$work/for-all"
    mkdir -m 755 "$work/for-all/state"
    cp "$work/signer.key" "$work/for-all/key"
    chmod 755 "$work/for-all"
    chown 65534 "$work/for-all/key"
    expect 2 'a folder of another user' setpriv --reuid 65534 --clear-groups "$bin/bitacorad" signer \
        --key "$work/for-all/key" --socket "$work/for-all/sock" --state "$work/for-all/state"
    contains 'and why is said' "$work/err" 'others can write in'
    chmod 700 "$work"
fi

# ---- a while without the signer ------------------------------------------------------------------

stop_daemon
cp -r "$work/data" "$work/behind"
cp "$work/signer.key" "$work/data/log.key"
check 'the log is run with its key' start_copy "$work/data"
write_policy "$work/policy"
request mx.telco 1 | submit fgr.example.mx-a.lopez || not_ok 'it goes on'
stop_daemon
rm "$work/data/log.key"
printf 'signer = %s\nmark = %s\n' "$work/signer.sock" "$work/data.mark" >"$work/both.conf"
expect 2 'an older copy does not run with the signer, which has not seen what came after it' \
    timeout 120 "$bin/bitacorad" run --dir "$work/behind" --listen 127.0.0.1:0 --config "$work/both.conf"
contains 'the mark of that time says so' "$work/err" 'is an old copy'
check 'the log itself does' run_daemon
check 'its mark stays while the signer says less' test -e "$work/data.mark"
expect 2 'so no older copy runs yet' timeout 120 "$bin/bitacorad" run --dir "$work/behind" --listen 127.0.0.1:0 --config "$work/both.conf"
write_policy "$work/policy"
request mx.telco 1 | submit fgr.example.mx-a.lopez || not_ok 'the log goes on with its signer'
stop_daemon
end_pid "$signer"
cp "$work/data.mark" "$work/mark"
check 'the log is run while its signer is away' run_daemon
check 'the mark stays then, too' cmp "$work/data.mark" "$work/mark"
expect 2 'and an older copy is refused by it' timeout 120 "$bin/bitacorad" run --dir "$work/behind" --listen 127.0.0.1:0 --config "$work/both.conf"
stop_daemon
check 'its signer comes back' start_signer
check 'the log is run with it' run_daemon
check 'and its mark is gone' test ! -e "$work/data.mark"
write_policy "$work/policy"

# ---- what a signer cannot see --------------------------------------------------------------------

# It asks while the daemon, which the signer would keep to, has lost its connection.
mkfifo "$work/go"
/usr/bin/python3 "$root/tests/tools/signer_attack.py" "$work/signer.sock" "$url" ahead <"$work/go" >"$work/ahead" &
attack=$!
exec 8>"$work/go"
check 'the attacker has read the log' wait_until grep -q '^read' "$work/ahead"
kill -STOP "$daemon"
end_pid "$signer"
check 'the signer starts again' start_signer 8>&-
exec 8>&-
check 'the attacker was answered' wait $attack
kill -CONT "$daemon"
contains 'an entry that nobody submitted extends the log, too' "$work/ahead" 'bitacora/v1 signer signed'
request mx.telco 1 >"$work/record"
timeout 3 "$bin/bitacora" submit --policy "$work/policy" --key "$work/fgr.example.mx-a.lopez.key" \
    --without-private "$work/record" >"$work/out" 2>&1 && not_ok 'nothing else can follow it'
wait "$daemon"
equal 'but then the log stops for all to see' $? 1
forget_pid "$daemon"
contains 'and why is said' "$work/daemon.err" 'does not hold what the signer has signed last'
expect 2 'and is not started again' "$bin/bitacorad" run --dir "$work/data" --listen 127.0.0.1:0 --config "$work/conf"
finish
