#!/bin/sh
# A monitor over random logs that grow: what it told is what an audit of the whole finds, and nothing twice. Killed before each of its
# calls to the disk, and while it posts, it loses nothing. SEEDS='1000 50' has others tried.
. "$(dirname "$0")/../lib.sh"

# shellcheck disable=SC2086
python3 "$root/tests/interop/followed.py" "$bin/bitacora" "$root/build/release/tools/fault.so" "$work/logs" --seeds ${SEEDS:-22 4} \
    >"$work/tap" 2>"$work/words"
status=$?
take_tap "$work/tap"
equal 'and it ended as it should' "$status $(tail -n 1 "$work/tap") $(tail -n 1 "$work/words")" "0 1..$(grep -c '^ok ' "$work/tap") "
finish
