#!/bin/sh
# Random, nasty logs: the audit and a second implementation of its rules agree about every answer, and an audit from a state says
# the same bytes as one of the whole log. SEEDS='1000 500' has others tried.
. "$(dirname "$0")/../lib.sh"

# shellcheck disable=SC2086
python3 "$root/tests/interop/audit_random.py" "$bin/bitacora" "$work/random" --seeds ${SEEDS:-0 60} >"$work/tap" 2>&1
status=$?
take_tap "$work/tap"
equal 'and it ended as it should' "$status $(tail -n 1 "$work/tap")" "0 1..$(grep -c '^ok ' "$work/tap")"
finish
