#!/bin/sh
# A dishonest operator: lies in the index of a log, and in answers from an honest one, by the second writer. A replay finds
# each; whoever checks an answer refuses what is to be seen there, as the second implementation does; evidence proves it.
. "$(dirname "$0")/../lib.sh"

/usr/bin/python3 "$root/tests/interop/index_lies.py" "$bin" "$work/lies" >"$work/tap" 2>&1
status=$?
take_tap "$work/tap"
equal 'and it ended as it should' "$status $(tail -n 1 "$work/tap")" "0 1..$(grep -c '^ok ' "$work/tap")"
finish
