#!/bin/sh
# The audit: on a simulated year every planted violation is found and nothing else, whatever the order of arrival; a second
# implementation of the rules agrees answer by answer; the same log gives the same bytes, from a state, too; and where the log is
# not proven, or a ruleset is not to be had, no rule is answered.
. "$(dirname "$0")/../lib.sh"
simulate=${SIMULATE:-$root/build/release/tools/simulate}

audit() { # audit DIR [OPTION...]
    dir=$1
    shift
    "$bin/bitacora" audit --policy "$work/$dir/policy" --dir "$work/$dir/mirror" "$@"
}

answers() { # answers FILE: rule, result and entry of each, sorted
    jq -c 'select(.type == "answer") | [.rule, .result, .entry]' "$1" | sort
}

# Per rule: what was found against what was planted, both ways.
recall_and_precision() { # recall_and_precision DIR
    jq -c 'select(.type == "answer" and .result == "finding") | [.rule, .entry]' "$work/$1.jsonl" | sort >"$work/found"
    jq -c '[.rule, .entry]' "$work/$1/planted.jsonl" | sort >"$work/planted"
    for rule in R01 R02 R03 R04 R05 R06 R07 R08 R09 R10 R11 R12 R13 R14 R15 R16 R17 R18 R19 R20 R21 R22 CODE; do
        grep "\"$rule\"" "$work/found" >"$work/found.$rule"
        grep "\"$rule\"" "$work/planted" >"$work/planted.$rule"
        n=$(wc -l <"$work/planted.$rule")
        if [ "$n" -ge "$2" ] && cmp -s "$work/found.$rule" "$work/planted.$rule"; then
            ok "$1: $rule: all $n planted are found, and nothing else"
        else
            not_ok "$1: $rule: $n planted" "$(diff "$work/found.$rule" "$work/planted.$rule" | head -n 5)"
        fi
    done
}

agrees() { # agrees DIR: with the second implementation, all that is not a pass, and how many passes
    python3 "$root/tests/interop/rules.py" "$work/$1/mirror" >"$work/second" || return 1
    jq -c 'select(.result) | [.rule, .result, .entry]' "$work/second" | sort >"$work/second.answers"
    answers "$work/$1.jsonl" | diff "$work/second.answers" - || return 1
    jq -c 'select(.pass != null)' "$work/second" >"$work/second.counts"
    jq -c 'select(.type == "rule") | {rule, pass, finding, not_evaluable}' "$work/$1.jsonl" | diff "$work/second.counts" -
}

# ---- a year ------------------------------------------------------------------------------------

# Each rule has as many violations in a small year as in a large one. ENTRIES=100000 WHOLE=1: `make faults`.
entries=${ENTRIES:-15000} other=6000 grown=5000
[ -z "${WHOLE:-}" ] || { other=20000 grown=12000; }
check "a year of $entries entries, in unfavourable order" "$simulate" --out "$work/year" --entries "$entries" --seed 5 --violations 20 --unfavourable
expect 0 'is audited' audit year --json --not-evaluable
cp "$work/out" "$work/year.jsonl"
recall_and_precision year 20
check 'rules.py agrees about every answer' agrees year
expect 0 'audited again' audit year --json --not-evaluable
check 'it says the same bytes' cmp "$work/out" "$work/year.jsonl"
equal 'all is about the log that was proven' "$(tail -n 1 "$work/year.jsonl" | jq -c '[.type, .complete, .verdict, .size]')" "[\"audit\",true,\"good\",$entries]"
equal 'integrity has found nothing' "$(jq -c 'select(.type == "integrity")' "$work/year.jsonl" | wc -l)" 0
equal 'answers come in the order of entries' \
    "$(jq 'select(.type == "answer") | .entry' "$work/year.jsonl" | sort -nc 2>&1)" ''

check 'another year' "$simulate" --out "$work/other" --entries $other --seed 6 --violations 9
expect 0 'is audited, too' audit other --json --not-evaluable
cp "$work/out" "$work/other.jsonl"
recall_and_precision other 9
check 'rules.py agrees there, too' agrees other

check 'a year without violations' "$simulate" --out "$work/clean" --entries $other --seed 7 --violations 0
expect 0 'nothing to fail on' audit clean --json --fail-on policy
equal 'in which nothing is found' "$(jq -c 'select(.result == "finding")' "$work/out" | wc -l)" 0

# ---- how it is said ----------------------------------------------------------------------------

expect 4 '--fail-on critical' audit other --fail-on critical
expect 2 '--fail-on a severity that does not exist' audit other --fail-on severe
expect 0 'for people' audit other --lang en
contains 'a finding in words' "$work/out" "and no warrant for the request is in the log before it"
contains 'and what it is not' "$work/out" 'never that something was illegal'
expect 0 'in Spanish' audit other --lang es
contains 'en palabras' "$work/out" 'ningún mandamiento para la solicitud está antes en la bitácora'
expect 0 'with passes' audit clean --json --all
equal 'each is listed' "$(jq -c 'select(.result == "pass" and .rule == "R17")' "$work/out" | wc -l)" \
    "$(jq -c 'select(.type == "rule" and .rule == "R17") | .pass' "$work/out")"
expect 0 'SARIF' audit other --sarif
equal 'of its version' "$(jq -r .version "$work/out")" 2.1.0
equal 'with the findings' "$(jq '[.runs[0].results[] | select(.kind == "fail")] | length' "$work/out")" "$(wc -l <"$work/other/planted.jsonl")"
equal 'each of a rule that it describes' \
    "$(jq '[.runs[0] as $r | $r.results[] | select($r.tool.driver.rules[.ruleIndex].id != .ruleId)] | length' "$work/out")" 0

# ---- what is not proven is not answered --------------------------------------------------------

cp -r "$work/clean" "$work/bad"
printf '\001' | dd of="$work/bad/mirror/tile/entries/010" bs=1 seek=3000 conv=notrunc 2>/dev/null # no entry has that byte
expect 1 'an altered copy' audit bad --json
equal 'gives integrity findings first' "$(head -n 1 "$work/out" | jq -r .type)" integrity
equal 'and no answer' "$(jq -c 'select(.type == "answer" or .type == "rule")' "$work/out" | wc -l)" 0
expect 1 'nor with --fail-on' audit bad --json --fail-on policy
expect 1 'an altered copy in SARIF' audit bad --sarif
equal 'has only integrity results' "$(jq -c '[.runs[0].results[].ruleId] | unique' "$work/out")" '["INTEGRITY"]'
equal 'and did not succeed' "$(jq -c '.runs[0].invocations[0].executionSuccessful' "$work/out")" false

blob=$(find "$work/other/mirror/v1/blobs" -type f | head -n 1)
mv "$blob" "$work/ruleset.json"
expect 3 'without a ruleset that the log pins' audit other --json
equal 'no rule is answered' "$(jq -c 'select(.type == "answer" or .type == "rule")' "$work/out" | wc -l)" 0
contains 'and it says what to do' "$work/err" '--ruleset'
expect 0 'given by hand' audit other --json --not-evaluable --ruleset "$work/ruleset.json"
check 'it is the same audit' cmp "$work/out" "$work/other.jsonl"
printf '%s' '{"name":"mx"}' >"$blob"
expect 3 'another file in its place' audit other --json
mv "$work/ruleset.json" "$blob"

# ---- from a state ------------------------------------------------------------------------------

step=$((grown * 1777 / 12000))
check 'a log that was looked at while it grew' "$simulate" --out "$work/grown" --entries $grown --seed 9 --violations 9 --unfavourable --witnesses 2 --snapshots $step
for n in $(seq $step $step $((grown - 1))) $grown; do
    [ "$n" = $grown ] || cp "$work/grown/mirror/checkpoint-$n" "$work/grown/mirror/checkpoint"
    [ "$n" != $grown ] || "$simulate" --out "$work/grown.end" --entries $grown --seed 9 --violations 9 --unfavourable --witnesses 2
    [ "$n" != $grown ] || cp "$work/grown.end/mirror/checkpoint" "$work/grown/mirror/checkpoint"
    expect 0 "at $n entries, the whole audit" audit grown --json
    cp "$work/out" "$work/whole"
    expect 0 "at $n entries, from the state" audit grown --json --state "$work/grown.state"
    check "at $n entries both say the same" cmp "$work/out" "$work/whole"
done
equal 'and at the end all that is planted was found' \
    "$(jq -c 'select(.result == "finding") | [.rule, .entry]' "$work/whole" | sort | sha256sum)" \
    "$(jq -c '[.rule, .entry]' "$work/grown/planted.jsonl" | sort | sha256sum)"

check 'a log with a daemon' small_log
live() { "$bin/bitacora" audit --policy "$work/policy" "$@"; }
expect 0 'audited with a state' live --state "$work/state" --json
whole() { live --json >"$work/whole" 2>"$work/err" && live --json --state "$work/state" >"$work/from" 2>"$work/err"; }
check 'nothing new' whole
check 'gives the same' cmp "$work/whole" "$work/from"
for i in 1 2 3; do
    { request mx.telco 3; request mx.banco 1; } | submit fgr.example.mx-a.lopez
    response mx.telco | submit telco.example.mx-desk
    check "more entries ($i)" whole
    check "from the state the same as from the start ($i)" cmp "$work/whole" "$work/from"
done
check 'once more' whole
equal 'only one file is kept beside the state' "$(find "$work" -maxdepth 1 -name 'state.audit-*' | wc -l)" 1
request mx.telco 1 | submit fgr.example.mx-a.lopez
check 'replay moves the state on' "$bin/bitacora" replay --policy "$work/policy" --state "$work/state"
expect 2 'which an audit cannot go on from' live --state "$work/state"
rm -f "$work/state"*
expect 0 'from the start again' live --state "$work/state"
printf 'x' | dd of="$(find "$work" -maxdepth 1 -name 'state.audit-*')" bs=1 seek=200 conv=notrunc 2>/dev/null
expect 2 'a damaged one is refused' live --state "$work/state"
expect 2 '--all keeps no state' live --all --state "$work/state"
finish
