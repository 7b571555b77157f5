#!/bin/sh
# What an audit found, as somebody works with it: by rule, authority and time, what is new, as a table, as SARIF of the standard;
# each finding with its authority, data holder, date and the command that shows its entry.
. "$(dirname "$0")/../lib.sh"

simulate=$root/build/release/tools/simulate
check 'a log with violations' "$simulate" --out "$work/log" --entries 1200 --seed 6 --violations 1
m=$work/log/mirror
p="--policy $work/log/policy --dir $m"
# shellcheck disable=SC2086
audit() { # audit STATUS DESCRIPTION OPTION...
    status=$1 what=$2
    shift 2
    expect "$status" "$what" "$bin/bitacora" audit $p "$@"
}
of() { jq -c 'select(.type=="answer")|'"$1" "$work/out"; } # of FILTER: of each answer
all() { jq -c 'select(.type=="answer" and .result=="finding")|[.rule,.entry,.related]' "$1" | sort; }

audit 0 'all of it' --json
cp "$work/out" "$work/all"
equal 'only findings are listed' "$(of .result | sort -u)" '"finding"'
equal 'and what is not evaluable is counted' "$(jq -s 'map(select(.type=="rule").not_evaluable)|add>0' "$work/out")" true
audit 0 'with what is not evaluable' --json --not-evaluable
equal 'as many as are counted' "$(of .result | grep -c not_evaluable)" "$(jq -s 'map(select(.type=="rule").not_evaluable)|add' "$work/out")"
all "$work/all" >"$work/all.list"
equal 'no rule names the law of another country as its source' "$(jq -r 'select(.type=="rule" and .rule=="R18").source' "$work/all")" \
    'policy; identity_biometric: LGMDFP 12 Quater'
equal 'the findings are the same' "$(all "$work/out" | cmp - "$work/all.list" && echo same)" same

# ---- what a finding says ---------------------------------------------------------------------------
"$bin/bitacora" export --policy "$work/log/policy" --dir "$m" 2>/dev/null |
    jq -c '{key:(.entry|tostring),value:[.accepted,.kind,.signer,.role,.authority,(.record.authority),(.record.holder)]}' | jq -s 'from_entries' >"$work/entries"
equal 'the date and kind of its entry' "$(jq -c --slurpfile e "$work/entries" 'select(.type=="answer")|. as $x|$e[0][$x.entry|tostring]|[.[0]==$x.accepted,.[1]==$x.kind]' \
    "$work/all" | sort -u)" '[true,true]'
equal 'who asked whom, of a request' "$(jq -c --slurpfile e "$work/entries" 'select(.type=="answer" and .kind=="request")|. as $x|$e[0][$x.entry|tostring]|[.[5]==$x.authority,.[6]==$x.holder]' \
    "$work/all" | sort -u)" '[true,true]'
equal 'who signed, of a warrant' "$(jq -c --slurpfile e "$work/entries" 'select(.type=="answer" and .kind=="warrant")|. as $x|$e[0][$x.entry|tostring]|.[4]==$x.authority and $x.holder==""' \
    "$work/all" | sort -u)" true
link=$(jq -r 'select(.type=="answer").link' "$work/all" | head -n 1)
# shellcheck disable=SC2086
expect 0 "its link: $link" $(echo "$link" | sed "s|^bitacora|$bin/bitacora|") $p --json
equal 'shows the entry' "$(jq .entry "$work/out")" "$(jq -s 'map(select(.type=="answer"))[0].entry' "$work/all")"

# ---- filters ---------------------------------------------------------------------------------------
audit 0 'two rules' --json --rule R01,R03
equal 'these alone' "$(of .rule | sort -u | paste -sd,)" '"R01","R03"'
equal 'all of them' "$(all "$work/out")" "$(grep -E '"R0[13]"' "$work/all.list")"
equal 'their counts are whole' "$(jq -c 'select(.type=="rule")' "$work/out")" "$(jq -c 'select(.type=="rule" and (.rule=="R01" or .rule=="R03"))' "$work/all")"
who=$(jq -r 'select(.type=="answer" and .rule=="R03").authority' "$work/all" | head -n 1)
audit 0 'an authority' --json --authority "$who"
equal 'that alone' "$(of .authority | sort -u)" "\"$who\""
equal 'all about it' "$(of .entry | wc -l)" "$(jq -c 'select(.type=="answer" and .authority=="'"$who"'")' "$work/all" | wc -l)"
equal 'passes are not counted then' "$(jq -c 'select(.type=="rule" and has("pass"))' "$work/out" | wc -l)" 0
audit 0 'a time' --json --from 2025-12-01 --to 2026-01-31
equal 'with both its days' "$(of '.accepted[0:7]' | sort -u | paste -sd,)" \
    "$(jq -c 'select(.type=="answer" and .accepted>="2025-12" and .accepted<"2026-02").accepted[0:7]' "$work/all" | sort -u | paste -sd,)"
cp "$work/out" "$work/months"
audit 0 'whole months' --json --from 2025-12 --to 2026-01
equal 'are those days' "$(cmp "$work/out" "$work/months" && echo same)" same
audit 0 'a time after the last entry' --csv --from 2035-01 --to 2035-02
contains 'of which it is said that nothing is known' "$work/err" 'NOTE: the log, as it is here, ends with entry '
audit 0 'a time before it' --csv --from 2025-12 --to 2026-01
equal 'of which it is not' "$(grep -c 'NOTE: the log, as it is here' "$work/err")" 0
audit 2 'no month' --from 2026-13
contains 'is told that months are taken' "$work/err" 'or a month, 2026-01'
cp "$work/months" "$work/out"
equal 'and is said to be filtered' "$(tail -n 1 "$work/out" | jq -c '[.filtered,.complete]')" '[true,true]'
audit 4 'a rule to fail on' --rule R01 --fail-on critical
audit 0 'nothing of it is left' --rule R01 --authority mx.nobody --fail-on critical
audit 2 'no rule' --rule R99
contains 'they are named' "$work/err" 'R01 to R22'

# ---- what is new -----------------------------------------------------------------------------------
: >"$work/pieces"
for piece in '0 400' '400 800' '800 1200'; do
    # shellcheck disable=SC2086
    audit 0 "between $piece" --json --between $piece
    all "$work/out" >>"$work/pieces"
done
equal 'the pieces are the whole, and nothing twice' "$(sort "$work/pieces" | cmp - "$work/all.list" && echo same)" same
audit 0 'between two times' --json --between 2000-01-01 2100-01-01
audit 0 'between two months' --json --between 2000-01 2100-01
equal 'findings are counted, too' "$(jq -s '[.[]|select(.type=="answer" and .result=="finding")]|length' "$work/out")" "$(tail -n 1 "$work/out" | jq .rule_findings.total)"
equal 'all is new' "$(all "$work/out" | cmp - "$work/all.list" && echo same)" same
audit 0 'a deadline that has passed in between' --json --between 1199 1200
for wrong in '5 5' '9 5' '0 9999' 'x y'; do
    # shellcheck disable=SC2086
    audit 2 "between $wrong" --between $wrong
done
audit 2 'between one' --between 5
audit 2 'and a state' --between 5 6 --state "$work/state"

# ---- as a table, as SARIF --------------------------------------------------------------------------
audit 0 'a table' --csv
cat >"$work/read.py" <<'EOF'
import csv, json, sys
rows = list(csv.DictReader(open(sys.argv[1], encoding="utf-8", newline="")))
lines = [x for x in map(json.loads, open(sys.argv[2])) if x["type"] == "answer"]
assert len(rows) == len(lines) > 0, (len(rows), len(lines))
for row, line in zip(rows, lines):
    for member in ("accepted", "kind", "rule", "result", "severity", "authority", "holder", "source", "link"):
        assert row[member] == line[member], (member, row, line)
    assert int(row["entry"]) == line["entry"] and row["text"].lstrip("'") == line["text"]
    assert row["related"] == " ".join(map(str, line["related"])) and row["causes"] == " ".join(line["causes"])
    assert None not in row
EOF
check 'says what JSON says' python3 "$work/read.py" "$work/out" "$work/all"
audit 2 'two forms at once' --csv --json
audit 0 'SARIF' --sarif
check 'is that of the standard' /usr/bin/python3 "$root/tests/interop/sarif.py" "$work/out"
equal 'each finding, and nothing else' "$(jq -c '.runs[0].results[]|[.kind,.ruleId]' "$work/out" | sort | uniq -c | awk '{print $1}' | paste -sd+ | bc)" "$(wc -l <"$work/all.list")"
equal 'with the version of the program' "$(jq -r '.runs[0].tool.driver.version' "$work/out")" "$("$bin/bitacora" --version --json | jq -r .version)"
jq -c '[.runs[0].results[].partialFingerprints]' "$work/out" >"$work/marks"
audit 0 'SARIF of one rule' --sarif --rule R03
check 'is that of the standard' /usr/bin/python3 "$root/tests/interop/sarif.py" "$work/out"
equal 'a finding has the same fingerprint' "$(jq -c --slurpfile m "$work/marks" '[.runs[0].results[].partialFingerprints]|length>0 and (.-$m[0])==[]' "$work/out")" true
audit 0 'SARIF with all' --sarif --all
check 'is that of the standard, too' /usr/bin/python3 "$root/tests/interop/sarif.py" "$work/out"
jq '(.runs[0].results[]|select(.kind=="fail")).level="none"' "$work/out" >"$work/wrong"
expect 1 'one that is not' /usr/bin/python3 "$root/tests/interop/sarif.py" "$work/wrong"

# ---- in words --------------------------------------------------------------------------------------
audit 0 'for people' --lang es --authority "$who"
contains 'with the authority' "$work/out" "$who"
contains 'and how to look on' "$work/out" 'bitacora show ASIENTO'

# ---- what is not proven ----------------------------------------------------------------------------
cp -r "$m" "$work/bad"
printf '\001' | dd of="$work/bad/tile/entries/002" bs=1 seek=3000 conv=notrunc 2>/dev/null
cp -r "$m" "$work/missing"
rm "$work/missing/tile/entries/002"
for how in '--csv' '--sarif --authority mx.fgr' '--between 0 500 --json --rule R01'; do
    for lie in 'bad 1' 'missing 3'; do
        # shellcheck disable=SC2086
        expect "${lie##* }" "${lie% *}: $how" "$bin/bitacora" audit --policy "$work/log/policy" --dir "$work/${lie% *}" --evidence "$work/evidence" $how
        equal 'no rule is answered' "$(grep -cE '"type":"answer"|bitacora show|,R[0-9][0-9],' "$work/out")" 0
    done
done
finish
