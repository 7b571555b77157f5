#!/bin/sh
# tests/layout.py as a stage of `make test`: TAP, a line for each violation.
cd "$(dirname "$0")/.." || exit 2
if said=$(tests/layout.py 2>&1); then
    echo 'ok 1 - the house is as docs/ARCHITECTURE.md says'
else
    status=$?
    echo 'not ok 1 - the house is as docs/ARCHITECTURE.md says'
    echo "$said" | sed 's/^/#   /'
    exit $status
fi

# A process in the background whose output a test waits for goes through beside() of tests/lib.sh.
# Its output is redirected by the caller, as a forked shell does that later. What has an input of its
# own, such as a pipe that blocks, and the last line of a loop, are exempt: neither is waited for twice.
late=$(awk '
    { line = carried $0; carried = "" }
    /\\$/ { carried = line; next }
    line ~ /[^0-9&>]>>? ?"[^"]*"( [0-9]?>>?(&1|"[^"]*"|\/dev\/null))* &$/ && line !~ /(^ *done >| <")/ {
        print FILENAME ":" FNR ": " line
    }' tests/lib.sh tests/gate/*.sh tests/interop/*.sh tests/scenarios/*.sh)
if [ -z "$late" ]; then
    echo 'ok 2 - no process in the background empties the file that its words are waited for in'
else
    echo 'not ok 2 - no process in the background empties the file that its words are waited for in'
    echo "$late" | sed 's/^/#   /'
    exit 1
fi
