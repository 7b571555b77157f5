#!/bin/sh
# A finding that convicts is listed and becomes evidence, however many undecided ones stand before it.
. "$(dirname "$0")/../lib.sh"

check 'a log is written' python3 "$root/tests/interop/buried.py" "$work/log"
p="--policy $work/log/policy"
# shellcheck disable=SC2086
expect 1 'it is proven bad' "$bin/bitacora" replay $p --dir "$work/log/mirror" --json --evidence "$work/evidence"
equal 'no more than 10,000 are listed, the bad one among them' \
    "$(jq -c '[.findings_total,(.findings|length),([.findings[]|select(.verdict=="bad")|[.code,.entry]])]' "$work/out")" \
    '[10101,10000,[["role",10102]]]'
# shellcheck disable=SC2086
expect 0 'and there is evidence of it' "$bin/bitacora" verify-evidence $p "$work/evidence"
finish
