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
