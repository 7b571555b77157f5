#!/bin/sh
# Each system call of the daemon, of the signer, of the witness and of an operator's commands fails
# once, or is the last before a kill; and the power goes at each point of what they write. A sample
# of both; with EVERY=1 (make faults) all, in build/faults, where a run goes on that was
# interrupted.
. "$(dirname "$0")/../lib.sh"

try() { # try WHAT PROGRAM SAMPLE
    if [ "${EVERY:-}" = 1 ]; then
        set -- "$1" "$2" --seconds "${FAULTS_SECONDS:-1e9}" "$root/build/faults/$2"
    else
        set -- "$1" "$2" --short "$3" "$work/$2"
    fi
    what=$1 script=$2
    shift 2
    if "$root/tests/faults/$script.py" "$@" >"$work/$script.out" 2>&1; then
        ok "$what"
    else
        not_ok "$what" "$(tail -n 60 "$work/$script.out")"
    fi
    grep '^#' "$work/$script.out"
    eval "folder=\${$#}"
    sed 's/^/# /' "$folder/figures"
}

# A loop that the kernel refuses to watch something for: a signal's pipe, the listener, the mailbox,
# a client.
if [ "${EVERY:-}" != 1 ]; then
    if "$root/tests/faults/sweep.py" --only daemon --call epoll_ctl --short 9 "$work/deaf" >"$work/deaf.out" 2>&1; then
        ok 'a daemon that the kernel watches nothing for ends by itself'
    else
        not_ok 'a daemon that the kernel watches nothing for ends by itself' "$(tail -n 60 "$work/deaf.out")"
    fi
    grep '^faults:' "$work/deaf.out" | sed 's/^/# /'
fi
try 'a system call fails, or is the last one: nothing is lost, doubled or stuck' sweep 10
try 'the power goes: what was acknowledged is there' crash 10
finish
