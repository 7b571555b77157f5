#!/bin/sh
# Answers at random, honest, lying and damaged: a second implementation, from FORMATS alone, says the same of each. A few;
# SEEDS='1000 500' has others tried, EVERY=1 more of each. No bit of an answer can be flipped unseen.
. "$(dirname "$0")/../lib.sh"
tools=$root/build/release/tools
each=8
[ -z "${EVERY:-}" ] || each=100

# shellcheck disable=SC2086
/usr/bin/python3 "$root/tests/interop/answers_second.py" "$bin/bitacora" "$tools/check_answer" "$work/answers" --seeds ${SEEDS:-0 14} \
    --each $each >"$work/tap" 2>&1
status=$?
take_tap "$work/tap"
equal 'and it ended as it should' "$status $(tail -n 1 "$work/tap")" "0 1..$(grep -c '^ok ' "$work/tap")"

check 'an answer of the second writer' /usr/bin/python3 "$root/tests/interop/answers.py" sample "$work/sample"
cd "$work/sample" || exit 1
equal 'is good' "$(echo none.answer | "$tools/check_answer" policy)" 0
equal 'and no other by one bit' "$(echo flip none.answer | "$tools/check_answer" policy)" 0
cd "$work" || exit 1
finish
