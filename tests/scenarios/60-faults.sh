#!/bin/sh
# Each system call of the daemon and of the witness fails once, or is the last before a kill; and the power goes at each point of
# what they write. A sample of both; with EVERY=1 (make faults) all, in build/faults, where a run goes on that was interrupted.
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

try 'a system call fails, or is the last one: nothing is lost, doubled or stuck' sweep 10
try 'the power goes: what was acknowledged is there' crash 10
finish
