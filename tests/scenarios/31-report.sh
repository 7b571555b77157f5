#!/bin/sh
# The transparency report: the same bytes for everybody; each change of a number is found; nothing is written of a log that is
# not proven; its numbers are those of an independent count, and those that it hides cannot be computed.
. "$(dirname "$0")/../lib.sh"

simulate=${SIMULATE:-$root/build/release/tools/simulate}
interop=$root/tests/interop
month=$(date -u +%Y-%m)
next=$(date -u -d "$month-01 +1 month" +%Y-%m)

# shellcheck disable=SC2086
report() { # report OPTION...: of $from, of months $months
    "$bin/bitacora" report $from $months "$@"
}
# shellcheck disable=SC2086
checked() { # checked FILE [OPTION...]: against $from
    "$bin/bitacora" report --check $from "$@"
}
form() { # form html|json|csv: its option
    [ "$1" = html ] && echo --html || echo "--$1"
}
changed() { # changed FILE HOW_MANY: each number that is changed is found
    rm -rf "$work/changed"
    n=$(python3 "$interop/report_changed.py" "$1" "$2" "$work/changed") || n=0
    missed=""
    for file in "$work/changed"/*; do
        checked "$file" >"$work/out" 2>"$work/err"
        status=$?
        case $status:$file in 1:* | 3:*.from) continue ;; esac
        missed="$missed $(basename "$file"):$status"
    done
    equal "$n changed numbers in $(basename "$1"): each is found" "$missed" ""
    [ "$n" -ge 50 ] || not_ok 'there are enough numbers to change' "$n"
}
writes_nothing() { # writes_nothing DESCRIPTION STATUS: a report of $from
    rm -f "$work/none"
    report --csv >"$work/out" 2>"$work/err"
    equal "$1: the exit code" $? "$2"
    equal "$1: nothing is printed" "$(wc -c <"$work/out")" 0
    report --json --out "$work/none" >"$work/out" 2>"$work/err"
    equal "$1: no file, and what was wrong" "$(jq -c '[.ok == true, .error.code != null]' "$work/out") $(ls "$work/none" 2>&1 | grep -c "$work/none\$")" "[false,true] 0"
}

# ---- a story on a real daemon --------------------------------------------------------------------
check 'a log' small_log 60
from="--policy $work/policy"
months="--from $month --to $next"
for made in authority.en.html authority.es.csv authority.en.json holder.es.html category.es.html category.en.csv basis.es.json state.es.html state.es.csv; do
    by=${made%%.*} language=${made#*.} f=${made##*.}
    language=${language%.*}
    expect 0 "$f, $language, by $by" report "$(form "$f")" --by "$by" --lang "$language" --out "$work/$made"
    expect 0 '… is what the log gives' checked "$work/$made"
done
expect 0 'again' report --json --out "$work/again"
check 'the same bytes' cmp "$work/again" "$work/authority.en.json"
contains 'that totals are always shown stands beside what the asterisk means' "$work/authority.en.html" 'to protect the persons concerned. The totals of the whole report are always shown, small ones, too.'
contains 'in Spanish, too' "$work/state.es.html" 'Los totales de todo el informe se muestran siempre, también los pequeños.'
report --by state --csv --lang es >"$work/printed" 2>/dev/null
check 'printed, the same as into a file' cmp "$work/printed" "$work/state.es.csv"
expect 0 'whoever checks reads another language' checked "$work/state.es.csv" --lang en
contains 'and is told so' "$work/out" 'byte for byte'
expect 0 'for programs' checked "$work/state.es.csv" --json
equal 'ok, same, size' "$(jq -c '[.ok,.same,.report_size,.line]' "$work/out")" '[true,true,60,null]'
equal 'requests of the story' "$(jq -c '[.total.received,.total.unanswered,.total.persons,.log.size,.log.integrity]' "$work/again")" '[54,54,54,60,"proven"]'
equal 'a data holder that reported is not named' "$(jq -c .holders_without_entries "$work/again")" '[]'
contains 'a page in Spanish' "$work/state.es.html" 'Solicitudes de datos personales'
equal 'with nothing from outside' "$(grep -cE '<script|src=|href="[^#]|url\(|@import' "$work/state.es.html")" 0
equal 'a line for spreadsheets ends as RFC 4180 says' "$(tail -c 2 "$work/state.es.csv" | od -An -tx1 | tr -d ' ')" 0d0a

# ---- what is asked ------------------------------------------------------------------------------
on_terminal() { # on_terminal [OPTION...]: what is on it goes into $work/shown
    script -qec "$bin/bitacora report $from $months $* 2>&1; echo \"exit \$?\"" /dev/null </dev/null | tr -d '\r' >"$work/shown"
}
on_terminal
contains 'a page is not poured onto a terminal' "$work/shown" 'a report is a page for a browser: --out FILE'
contains '… and nothing was made' "$work/shown" 'exit 2'
on_terminal --html
contains 'but where it is asked for' "$work/shown" '<!DOCTYPE html>'
on_terminal --csv
contains 'a table may be read there' "$work/shown" 'exit 0'
expect 2 'a day that begins no month' "$bin/bitacora" report --policy "$work/policy" --from 2026-01-15 --to 2026-02
contains 'is refused in words' "$work/err" 'whole months'
for end in 2026-02-01 2026-02-01T00:00:00.000Z 2026-2 2026-02-; do
    expect 2 "an end $end, which could mean two things" "$bin/bitacora" report --policy "$work/policy" --from 2026-01 --to $end
    contains 'is refused in words' "$work/err" "$end: --from and --to take months"
done
expect 2 'no end' "$bin/bitacora" report --policy "$work/policy" --from 2026-01
expect 2 'an end before the beginning' "$bin/bitacora" report --policy "$work/policy" --from 2026-02 --to 2026-01
expect 2 'a month 13' "$bin/bitacora" report --policy "$work/policy" --from 2026-13 --to 2027-01
expect 2 'too many months' "$bin/bitacora" report --policy "$work/policy" --from 1990-01 --to 2026-01
expect 2 'another dimension' report --by judge
expect 2 'two forms' report --csv --json
expect 2 '--check with a period' checked "$work/again" --from 2026-01
cp "$work/again" "$work/kept"
expect 2 'a file that is there is not written over' report --log http://127.0.0.1:9/ --lang es --out "$work/again"
contains 'which is said before the log is asked for' "$work/err" "$work/again ya existe, y no se sobrescribe: elija otro nombre"
check 'it is as it was' cmp "$work/again" "$work/kept"
expect 0 'help of report' "$bin/bitacora" report --help
equal 'takes months' "$(sed '1,/^$/d' "$work/out" | tr -s ' ' | grep -A 1 -E -- '^ --(from|to) ' | sed 3q)" ' --from MONTH the first month, such as 2026-01 (UTC)
 --to MONTH the last month, which is in the report, such
 as 2026-12'
equal 'not what other commands say' "$(grep -cE 'ENTRY|oversight|whether the log would|in force|Of a report' "$work/out")" 0
expect 0 'help of another command' "$bin/bitacora" submit --help
contains 'says its own' "$work/out" 'only ask whether the log would take them'

for f in html json csv; do
    expect 0 "a period without requests: $f" "$bin/bitacora" report --policy "$work/policy" --from 2020-01 --to 2020-02 "$(form $f)" --out "$work/empty.$f"
    expect 0 '… is what the log gives' checked "$work/empty.$f"
done
equal 'the log says nothing of it' "$(jq -c '[.total.received,(.rows|length),(.by_month|length)]' "$work/empty.json")" '[null,0,2]'

# ---- files that are no such report ----------------------------------------------------------------
expect 2 'no file' checked "$work/nowhere"
refused() { # refused DESCRIPTION FILE WORDS: nothing was shown to be false
    expect 3 "$1" checked "$2"
    contains '… is said' "$work/err" "$3"
}
echo hello >"$work/hello"
refused 'not a report' "$work/hello" 'it is something else'
contains 'and what to ask for' "$work/err" 'Ask whoever published it for the file itself'
printf '%%PDF-1.7\n' >"$work/pdf"
refused 'a PDF' "$work/pdf" 'it is a PDF'
: >"$work/nothing"
refused 'an empty file' "$work/nothing" 'it is empty'
sed '1s/.*/<!DOCTYPE html>\n&/' "$work/authority.en.html" >"$work/saved"
refused 'a page that a browser saved again' "$work/saved" 'before another program saved it'
sed '1s/,/;/g' "$work/state.es.csv" >"$work/saved"
refused 'a table that a spreadsheet saved again' "$work/saved" 'before another program saved it'
sed 's|bitacora/v6 report|bitacora/v1 report|' "$work/again" >"$work/v1"
refused 'of another version of the program' "$work/v1" 'another version'
for format in 5 4 3; do
    sed "s|bitacora/v6 report|bitacora/v$format report|; s|\"format\": 6|\"format\": $format|
        s|Of months before the log's first entry.* as far as the log goes|Of months after the last entry that this report covers the log says nothing yet: they have a dash (null in JSON) instead of numbers, and the month of that entry is counted as far as it goes|" "$work/again" >"$work/old"
    expect 0 "of format $format it is made again" checked "$work/old"
done
contains 'a page says that months are UTC' "$work/authority.en.html" ' (UTC) · '
head -c 400 "$work/again" >"$work/cut"
refused 'cut off in what it is made from' "$work/cut" 'damaged'

# ---- line ends ------------------------------------------------------------------------------------
for made in authority.en.html authority.en.json authority.es.csv; do
    tr -d '\r' <"$work/$made" >"$work/lf"
    sed 's/$/\r/' "$work/lf" >"$work/crlf"
    printf '\357\273\277' | cat - "$work/$made" >"$work/mark"
    head -c -1 "$work/lf" >"$work/unended"
    for file in lf crlf mark unended; do
        cmp -s "$work/$file" "$work/$made" || refused "$made, $file" "$work/$file" 'the numbers are the same; only line ends differ'
    done
    sed 's/requests/request/; s/solicitudes/solicitud/' "$work/crlf" >"$work/altered"
    expect 1 'line ends and a letter' checked "$work/altered"
    contains 'it is the letter that is told of' "$work/err" 'differs first in line'
done
expect 3 'for programs' checked "$work/mark" --json
equal 'line ends' "$(jq -c '[.ok,.same,.line_ends,.line]' "$work/out")" '[false,false,true,1]'

# ---- of another log -------------------------------------------------------------------------------
for name in other.example.mx log.example.mx/test; do
    other=$("$bin/bitacora" keygen $name --out "$work/other.${name%%.*}.key")
    printf 'log %s %s\nquorum none\n' "$other" "$url" >"$work/policy.${name%%.*}"
done
from="--policy $work/policy.other"
refused 'a report of another log' "$work/again" 'this report is of log log.example.mx/test; your policy names other.example.mx: get the policy of log.example.mx/test'
from="--policy $work/policy.log"
refused 'of another log with the same name' "$work/again" 'is called log.example.mx/test, too, with another key'
from="--policy $work/policy"
head -n -3 "$work/again" >"$work/cut"
expect 1 'cut off at the end' checked "$work/cut"
(cat "$work/again" && echo) >"$work/longer"
expect 1 'one byte more' checked "$work/longer"
contains 'the place is said' "$work/err" 'differs first in line'
head -c 70000000 /dev/zero >"$work/large"
expect 3 'too large' checked "$work/large"

# ---- the log grows, forks, is older ---------------------------------------------------------------
expect 0 'a copy' "$bin/bitacora" mirror --policy "$work/policy" "$work/before"
stop_daemon
cp -r "$work/data" "$work/other"
check 'on it goes' start_daemon "$work/data"
write_policy "$work/policy"
request mx.telco 9 | submit fgr.example.mx-a.lopez
expect 0 'an earlier report is still what the log gave' checked "$work/again"
expect 0 'also as a page' checked "$work/category.es.html"
expect 0 'a report of now' report --json --out "$work/later"
equal 'has more' "$(jq .total.received "$work/later")" 63
from="--policy $work/policy --dir $work/before"
expect 3 'a log that is older than the report decides nothing' checked "$work/later"
expect 0 'of its own size it does' checked "$work/again"
from="--policy $work/policy"
expect 0 'a copy of now' "$bin/bitacora" mirror --policy "$work/policy" "$work/after"
stop_daemon
check 'another history from there on' start_copy "$work/other"
write_policy "$work/policy"
request mx.telco 12 | submit fgr.example.mx-a.lopez
expect 1 'a log that forked after the report was made' checked "$work/later" --evidence "$work/evidence"
expect 0 '… is convicted' "$bin/bitacora" verify-evidence --policy "$work/policy" "$work/evidence"
expect 0 'what both share stands' checked "$work/again"

# ---- that a log was convicted is remembered ------------------------------------------------------
expect 0 'a replay that remembers' "$bin/bitacora" replay --policy "$work/policy" --dir "$work/after" --state "$work/watch"
expect 1 'it is shown the other history' "$bin/bitacora" replay --policy "$work/policy" --state "$work/watch" --evidence "$work/evidence2"
check 'the evidence is kept beside the state' cmp "$work/evidence2" "$work/watch.convicted"
expect 0 'the first history again is judged by itself' "$bin/bitacora" replay --policy "$work/policy" --dir "$work/after" --state "$work/watch" --json
contains 'but that the log was proven bad is said' "$work/err" 'WARNING: this log was proven bad before'
equal 'as what is shown is good' "$(jq -c .ok "$work/out")" true
echo '{}' >"$work/fresh.convicted"
expect 0 'a file that proves nothing counts for nothing' "$bin/bitacora" replay --policy "$work/policy" --dir "$work/after" --state "$work/fresh"
contains 'which is said' "$work/err" 'proves nothing under this policy'
expect 1 'nor does it keep later evidence out' "$bin/bitacora" replay --policy "$work/policy" --state "$work/fresh" --evidence "$work/evidence3"
check 'which is in its place' cmp "$work/evidence3" "$work/fresh.convicted"
aside=$work/fresh.convicted-$(echo '{}' | sha256sum | cut -c 1-16)
equal 'and it is beside' "$(cat "$aside")" '{}'
contains 'which is said, too' "$work/err" "it is in $aside now"
expect 1 'what proves it' "$bin/bitacora" replay --policy "$work/policy" --state "$work/fresh" --evidence "$work/evidence3"
equal 'stays' "$(echo "$work"/fresh.convicted*)" "$work/fresh.convicted $aside"

# ---- no proof, no report -------------------------------------------------------------------------
from="--policy $work/policy --dir $work/after"
cp -r "$work/after" "$work/tampered"
bundle=$(find "$work/tampered/tile/entries" -type f | head -n 1)
sed -i 's/"persons":1/"persons":2/' "$bundle"
from="--policy $work/policy --dir $work/tampered"
writes_nothing 'an altered entry' 1
expect 1 'nor is one checked against it' checked "$work/later"
rm "$bundle"
writes_nothing 'a missing bundle' 3
"$bin/bitacora" keygen w1.example.mx --out "$work/w1.key" --witness >"$work/w1.vkey"
sed 's/^quorum none/witness w1 /' "$work/policy" | tr -d '\n' >"$work/witnessed"
printf '%s\nquorum w1\n' "$(cat "$work/w1.vkey")" >>"$work/witnessed"
sed -i 's/witness w1/\nwitness w1/' "$work/witnessed"
from="--policy $work/witnessed --dir $work/after"
writes_nothing 'short of its quorum' 3
expect 3 'nor is one checked' checked "$work/later"
stop_daemon

# ---- a simulated year ----------------------------------------------------------------------------
if [ -x "$simulate" ]; then
    # A short period of a small log: what the total does not give away is hidden, and totals are warned of. Emergencies of
    # which all are automated decisions are nowhere shown.
    expect 0 'a log of 220 entries' "$simulate" --out "$work/small" --entries 220 --seed 1014
    from="--policy $work/small/policy --dir $work/small/mirror"
    months="--from 2025-12 --to 2025-12"
    for by in authority holder category basis state; do
        expect 0 "a month by $by" report --json --by $by --out "$work/small.$by.json"
        contains 'with a warning of small totals' "$work/err" 'WARNING: totals are always shown, and these are from 1 to 4: answered_partial, unanswered'
        for script in counts attacker; do
            python3 "$interop/report_$script.py" "$work/small/mirror" "$work/small.$by.json" >"$work/tap" 2>&1 || not_ok "$script"
            take_tap "$work/tap"
        done
    done
    expect 0 'checking it warns of nothing' checked "$work/small.state.json"
    equal 'of that' "$(grep -c WARNING "$work/err")" 0
    months="--from 2025-11 --to 2025-12"
    expect 0 'as a page' report --out "$work/small.html"
    awk '/<caption>Requests and answers/ { first = 1 } !first { print } /<\/table>/ { first = 0 }' "$work/small.html" >"$work/tables"
    equal 'it has the tables' "$(grep -c '<caption>' "$work/tables")" 12
    equal 'without lines of zeros and asterisks' "$(grep -oE '<tr><td>[^<]*</td>(<td class="[a-z]*">([0*]|–)</td>)*</tr>' "$work/tables" | grep -cv Total)" 0

    for entries in 400 2500; do
        expect 0 "a year of $entries entries" "$simulate" --out "$work/sim$entries" --entries $entries --seed 7
        from="--policy $work/sim$entries/policy --dir $work/sim$entries/mirror"
        months="--from 2025-08 --to 2026-08"
        for by in authority $([ $entries = 400 ] && echo category state); do
            for f in json csv html; do
                expect 0 "$f by $by" report "$(form $f)" --by $by --out "$work/$entries.$by.$f"
                expect 0 '… is what the log gives' checked "$work/$entries.$by.$f"
            done
            python3 "$interop/report_counts.py" "$work/sim$entries/mirror" "$work/$entries.$by.json" "$work/$entries.$by.csv" >"$work/tap" 2>&1 || not_ok 'counted'
            take_tap "$work/tap"
            python3 "$interop/report_attacker.py" "$work/sim$entries/mirror" "$work/$entries.$by.json" >"$work/tap" 2>&1 || not_ok 'attacked'
            take_tap "$work/tap"
        done
    done
    from="--policy $work/sim400/policy --dir $work/sim400/mirror"
    for f in json csv html; do
        changed "$work/400.authority.$f" ${CHANGED:-55}
    done
else
    echo '# no simulator: make tools'
fi

finish
