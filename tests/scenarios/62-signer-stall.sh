#!/bin/sh
# Somebody who wants the signer to wait: it answers others, and ends when it is told to.
. "$(dirname "$0")/../lib.sh"

expect 0 'a key' "$bin/bitacora" keygen log.example.mx/test --out "$work/signer.key"
stall() { timeout -s KILL 300 /usr/bin/python3 "$root/tests/tools/signer_stall.py" "$work/signer.sock" "$signer" "$1"; }
fresh_signer() { rm -rf "$work/signer.state" && start_signer "$@"; }
descriptors() { ls "/proc/$signer/fd" | wc -l; }
as_before() { [ "$(descriptors)" = "$before" ]; }
one_thread() { grep -q '^Threads:.1$' "/proc/$signer/status"; }

# ---- descriptors that are passed to it, and whose closing waits ------------------------------------

fresh_signer || not_ok 'a signer'
before=$(descriptors)
for case in passed oob nested behind unread; do
    check "a connection that lingers ($case) keeps nobody waiting" stall $case
done
contains 'it says that this is no message' "$work/signer.err" 'what came is no message'
check 'none of its descriptors is left' wait_until as_before
check 'nor a thread' wait_until one_thread
end_pid "$signer"

# In a container, say, no thread may have descriptors of its own: then one waits beside the others.
echo 'unshare thread 1' >"$work/faults"
rm -rf "$work/signer.state"
FAULTS=$work/faults start_signer || not_ok 'a signer whose threads share what is open'
for case in passed unread ending; do
    check "where its threads share what is open ($case)" stall $case
done
kill -9 "$signer" 2>/dev/null
wait "$signer"
equal 'it ended in order' $? 0
forget_pid "$signer"

if [ "$(id -u)" = 0 ]; then
    fresh_signer --uid 65534 || not_ok 'a signer for another user'
    check 'nor does one of somebody who may not ask' stall stranger
    check 'nor before he was turned away' stall unread
    contains 'he was turned away' "$work/signer.err" 'a connection by user 0 was closed: only user 65534 may ask'
    end_pid "$signer"
else
    echo '# not root: a signer for another user is not tried'
fi

# ---- an order to end -------------------------------------------------------------------------------

for case in busy ending; do
    fresh_signer || not_ok 'a signer'
    check "it ends when it is told to, whoever asks ($case)" stall $case
    kill -9 "$signer" 2>/dev/null
    wait "$signer"
    equal 'in order' $? 0
    forget_pid "$signer"
    check 'its socket is gone' test ! -e "$work/signer.sock"
done
finish
