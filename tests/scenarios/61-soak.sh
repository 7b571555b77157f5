#!/bin/sh
# Load with clients that come and go, and a witness that is killed and comes back: memory, descriptors and threads stay as
# they are. Some rounds; `make soak` does it for SOAK_MINUTES.
. "$(dirname "$0")/../lib.sh"

check 'some rounds of load' "$root/tests/faults/soak.py" --seconds 6 --round 2 "$work/soak"
sed 's/^/# /' "$work/check.out"
finish
