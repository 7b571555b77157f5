#!/bin/sh
# Pages of the store, of each class, with flipped bits, torn, empty, exchanged: no wrong answer, and fsck says so. One of each
# class and damage; EVERY=1 (make faults): some more.
. "$(dirname "$0")/../lib.sh"

if [ "${EVERY:-}" = 1 ]; then each=12 folder=$root/build/faults/pages; else each=1 folder=$work/pages; fi
check 'damaged pages of the store' "$root/tests/faults/pages.py" --each $each "$folder"
sed 's/^/# /' "$work/check.out"
finish
