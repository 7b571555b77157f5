#!/bin/sh
# One spelling for what identifies: neither client nor daemon takes another, old logs stay as they are, and whatever looks the same
# and is another text is named in every answer, with its entries and the code points that differ. Nobody stands in the clear.
. "$(dirname "$0")/../lib.sh"
sign=$root/build/release/tools/sign_note
curp=GOMC850315HDFRRR07

python3 "$root/tests/interop/skeleton.py" check >"$work/out" 2>&1
equal "the tables agree with Python's" "$? $(cut -d: -f1 "$work/out")" '0 ok'
equal 'and are those of FORMATS' "$(sha256sum "$root/proto/text/unicode_table.c" | cut -d' ' -f1)" \
    "$(sed -n 's/^| `proto\/text\/unicode_table.c` | `\(.*\)` |$/\1/p' "$root/docs/FORMATS.md")"
check 'a second implementation normalises alike' python3 "$root/tests/interop/openings.py" check

# ---- what is signed and what is accepted ---------------------------------------------------------
new_log && start_daemon "$work/data" && write_policy "$work/policy" || exit 1
enrol judge.example.mx judge cjf.juzgado1 && enrol lopez.example.mx requester mx.fgr && enrol watch.example.mx oversight mx.vigilancia ||
    not_ok 'enrolments'

refused() { # refused DESCRIPTION CODE DETAIL LINE [OPTION...]: the client does not sign it
    what=$1 code=$2 detail=$3
    printf '%s\n' "$4" >"$work/line"
    shift 4
    "$bin/bitacora" submit --policy "$work/policy" --key "$work/judge.example.mx.key" --json "$@" "$work/line" >"$work/out" 2>"$work/err"
    equal "the client refuses: $what" "$? $(jq -r .error "$work/out")" "3 $code"
    contains "and says what is wrong: $what" "$work/out" "$detail"
}
given() { warrant x | jq -c --arg r "$(printf "$1")" '.ref=$r'; }
posted() { # posted LINE: what the daemon says to a warrant that its own client would not sign
    under=$(head -n 1 "$work/judge.under")
    id=$(cat /proc/sys/kernel/random/uuid)
    { printf 'bitacora/v1 warrant\n'; printf '%s' "$1" | jq -c --arg id "$id" --arg at "$(date -u +%Y-%m-%dT%H:%M:%S.000Z)" --argjson u "{$under}" \
        'del(.kind)|{id:$id,at:$at}+$u+.'; } | "$sign" "$work/judge.example.mx.key" >"$work/note"
    status=$(curl -s -o "$work/answer" -w '%{http_code}' -H 'Content-Type: text/plain' --data-binary "@$work/note" "$url/v1/records")
}
given 'CJF-1/2026' | submit judge.example.mx && ok 'a warrant' || not_ok 'a warrant'
curl -s "$url/tile/entries/000.p/5" | tr '\n' ' ' | grep -ao '"under":{"entry":[1-9][^}]*}' >"$work/judge.under"
[ -s "$work/judge.under" ] || not_ok 'the enrolment of the judge is found'

for class in 'blank behind|37/2026 |U+0020 at character 8' 'blank before| 37/2026|U+0020 at character 1' 'no-break space|37\302\2402026|U+00A0 at character 3' \
    'zero-width space|37\342\200\213/2026|U+200B at character 3' 'soft hyphen|37\302\255/2026|U+00AD at character 3' \
    'NFD|Te\314\201cnica 37|U+0065 at character 2' 'unassigned|37\315\270|U+0378 at character 3' 'private use|37\356\200\200|U+E000 at character 3' \
    'Hangul filler|37\343\205\244|U+3164 at character 3' 'variation selector|37\357\270\217|U+FE0F at character 3' \
    'braille blank|37\342\240\200|U+2800 at character 3' 'blank hieroglyph|37\360\223\221\201|U+13441 at character 3'; do
    name=${class%%|*} rest=${class#*|}
    line=$(given "${rest%|*}")
    refused "$name" text "ref: ${rest##*|}" "$line"
    posted "$line"
    contains "and so does the daemon: $name" "$work/answer" "/problems/text"
    contains "by code point and place: $name" "$work/answer" "ref: ${rest##*|}"
done
refused 'case number' text 'case.number: U+00A0' "$(given 'A-1' | jq -c '.case={scheme:"FGR_CI",number:"1\u00a02"}')"
expect 3 'nor the state of an enrolment' "$bin/bitacora" enroll --policy "$work/policy" --key "$work/registrar.key" \
    --vkey "$("$bin/bitacora" keygen x.example.mx --out "$work/x.key")" --role judge --authority cjf.x --level federal --jurisdiction 'Jalisco '
contains 'named' "$work/err" 'jurisdiction: U+0020 at character 8'
"$bin/bitacora" submit --lang es --policy "$work/policy" --key "$work/judge.example.mx.key" - >/dev/null 2>"$work/err" <<R
$(given '37/2026 ')
R
contains 'in Spanish' "$work/err" 'ref: U+0020 en el carácter 8'
for fine in 'CJF\342\200\2217/2026' 'CJF-7\342\201\2042026' '\320\220-1/2026' 'T\303\251cnica  3'; do
    check "what can be seen is signed: $(printf "$fine")" sh -c "printf '%s\n' '$(given "$fine")' | '$bin/bitacora' submit --policy '$work/policy' --key '$work/judge.example.mx.key' -"
done

# ---- persons in the clear ------------------------------------------------------------------------
for member in '.ref="curp='$curp'"' '.case={scheme:"FGR_CI",number:"'$curp'"}' '.ref="'$(echo $curp | tr A-Z a-z)'"' '.used_by=["mx.'$curp'"]' \
    '.holders=["'$curp'"]'; do
    line=$(given 'A-1' | jq -c "$member")
    refused "$member" person '(CURP)' "$line" --allow-plain
    posted "$line"
    contains "and the daemon: $member" "$work/answer" '/problems/person'
    equal "without saying whom: $member" "$(cat "$work/out" "$work/err" "$work/answer" "$work/daemon.err" | grep -ci "$curp")" 0
done
for likely in 'GODE561231GR8' '+52 55 1234 5678' '032180000118359719' '490154203237518' 'a.lopez@example.mx' 'GOMC-850315-HDFRRR07'; do
    line=$(given "exp. $likely")
    refused "the shape of $likely" person 'allow-plain' "$line"
    posted "$line"
    equal "the daemon takes it: $likely" "$status" 201
    given "exp. $likely bis" >"$work/line"
    check "with --allow-plain, too: $likely" "$bin/bitacora" submit --allow-plain --policy "$work/policy" --key "$work/judge.example.mx.key" "$work/line"
done
for not in 'exp. GOMC850315HDFRRR08' 'exp. GOMC850230HDFRRR03' 'FED/SEIDO/UEIDMS-MEX/0000123/2026'; do
    given "$not" >"$work/line"
    check "no person: $not" "$bin/bitacora" submit --policy "$work/policy" --key "$work/judge.example.mx.key" "$work/line"
done

# ---- what a command line says --------------------------------------------------------------------
masked() { # masked DESCRIPTION SECRET COMMAND...: while it waits for a log that is silent, /proc does not show it
    what=$1 secret=$2
    shift 2
    beside "$@" >"$work/out" 2>&1
    pid=$beside
    wait_until sh -c "tr '\\0' ' ' </proc/$pid/cmdline | grep -qF '***'"
    equal "$what" "$? $(tr '\0' ' ' <"/proc/$pid/cmdline" | grep -cF "$secret")" '0 0'
    kill "$pid" 2>/dev/null
    wait "$pid" 2>/dev/null
    forget_pid "$pid"
}
beside python3 -c '
import socket, sys, time
s = socket.socket(); s.bind(("127.0.0.1", 0)); s.listen(8)
print("http://127.0.0.1:%d" % s.getsockname()[1], flush=True)
time.sleep(600)' >"$work/silent"
wait_until test -s "$work/silent"
masked '--value' "$curp" "$bin/bitacora" notify find --policy "$work/policy" --log "$(cat "$work/silent")" --key "$work/watch.example.mx.key" --type curp --value "$curp"
masked '--value=' "$curp" "$bin/bitacora" notify find --policy "$work/policy" --log "$(cat "$work/silent")" --key "$work/watch.example.mx.key" --type curp "--value=$curp"
masked 'members of new' "$curp" "$bin/bitacora" new request --policy "$work/policy" --log "$(cat "$work/silent")" --key "$work/lopez.example.mx.key" --subjects "curp=$curp"

# ---- identifiers ---------------------------------------------------------------------------------
under() { warrant "$1" | jq -c --arg t "$2" --arg v "$3" '.subjects=[{type:$t,value:$v}]'; }
asking() { request mx.telco 1 | jq -c --arg r "$1" --arg t "$2" --arg v "$3" '.warrant={ref:$r}|.subjects=[{type:$t,value:$v}]'; }
n=0
inside() { # inside TYPE IN-THE-WARRANT IN-THE-REQUEST: one person
    n=$((n + 1))
    under "W-$n/2026" "$1" "$2" | submit judge.example.mx --private "$work/w$n" || not_ok "a warrant about $2"
    asking "W-$n/2026" "$1" "$3" | submit lopez.example.mx --warrant "$work/w$n" --private "$work/o$n" || not_ok "a request about $3"
    "$bin/bitacora" warrant check "W-$n/2026" --policy "$work/policy" --json >"$work/out" 2>"$work/err"
    equal "$1: $2 and $3 are one" "$(jq -c '[.entries[]|select(.kind=="request")|.scope]' "$work/out")" '["inside"]'
}
inside phone +525512345678 +5215512345678
inside phone +5215512345678 '+52 55 1234 5678'
inside phone '+44 (0)20 7946 0223' +442079460223
inside plate ABC-123-D 'abc 123 d'
inside email A.Lopez@Example.MX a.lopez@example.mx

# What was sealed under older rules: the private part has the old form, and goes on having it.
old() { # old TYPE OLD NEW: a warrant whose private part says OLD; a request about NEW is inside
    n=$((n + 1))
    under "W-$n/2026" "$1" "$3" | submit judge.example.mx --private "$work/tmp$n" || not_ok "a warrant about $3"
    jq -c --arg v "$2" --arg id "$(cat /proc/sys/kernel/random/uuid)" 'select(.sealed)|.sealed[0].value=$v|.ref+=" old"|.id=$id' "$work/tmp$n" >"$work/w$n"
    chmod 600 "$work/w$n"
    under "W-$n/2026 old" "$1" "$3" | jq -c --argjson p "$(cat "$work/w$n")" '.id=$p.id' | submit judge.example.mx --private "$work/w$n" || not_ok "again $3"
    equal "$1: it is sealed as it was: $2" "$(jq -rs '[.[]|select(.sealed)|.sealed[].value]|unique|join(" ")' "$work/w$n")" "$2"
    asking "W-$n/2026 old" "$1" "$3" | submit lopez.example.mx --warrant "$work/w$n" --private "$work/o$n" || not_ok "a request about $3"
    "$bin/bitacora" warrant check "W-$n/2026 old" --policy "$work/policy" --json >"$work/out" 2>"$work/err"
    equal "$1: $3 is $2" "$(jq -c '[.entries[]|select(.kind=="request")|.scope]' "$work/out")" '["inside"]'
    "$bin/bitacora" notify find --policy "$work/policy" --key "$work/watch.example.mx.key" --type "$1" --value "$3" --json >"$work/out" 2>"$work/err"
    equal "$1: and found by $3" "$(jq '.requests|length > 0' "$work/out")" true
}
old phone +5215587654321 '+52 55 8765 4321'
old phone +4402012345678 '+44 (0)20 1234 5678'
old plate XYZ-987-A xyz987a
for bad in 'curp|GOMC850230HDFRRR03|the date in the CURP' 'curp|GOMC850315HXXRRR06|no federal entity' 'curp|GOÑC850315HDFRRR07|X in place of Ñ' \
    'rfc|XAXX010101000|names nobody' 'phone|+52 044 55 1234 5678|ten digits' 'email|a@españa.example|xn--' 'plate|ABC.123|letters A to Z'; do
    rest=${bad#*|}
    refused "$bad" identifier "${rest#*|}" "$(under B-1 "${bad%%|*}" "${rest%|*}")" --private "$work/none"
done

# ---- old logs ------------------------------------------------------------------------------------
PYTHONDONTWRITEBYTECODE=1 python3 "$root/tests/interop/lookalikes.py" "$work/old" >"$work/classes" || not_ok 'an old log'
of_old() { # of_old COMMAND...: about the old log
    "$bin/bitacora" "$@" --policy "$work/old/policy" --dir "$work/old/mirror" >"$work/out" 2>"$work/err"
}
of_old replay --json
equal 'is good as it ever was' "$? $(jq -c .verdict "$work/out")" '0 "good"'
of_old warrant check CJF-7/2026 --json
equal 'a warrant is found' "$? $(jq -c '[.found,([.entries[].entry])]' "$work/out")" '0 [true,[6,7]]'
cp "$work/out" "$work/json"
alike=$(grep -vc -e '	NFD	' -e '	other	' "$work/classes")
equal 'all that looks like it is listed and counted' "$(jq -c '[(.similar|length),(.lookalikes|length),.lookalikes_total]' "$work/json")" "[$alike,$alike,$alike]"
contains 'the statement says so' "$work/json" "Entries with another reference that looks like this one, which are not among them: $alike."
of_old audit --json
cp "$work/out" "$work/audit"
tab=$(printf '\t')
while IFS="$tab" read -r entry class ref; do
    hint=$(jq -c 'select(.type=="answer" and .entry=='"$entry"' and .rule=="R19")|[.result,.related,(.causes|index("REFERENCE_LOOKS_LIKE")!=null),(.looks_like.differs|length>0)]' "$work/audit")
    r02=$(jq -c 'select(.type=="answer" and .entry=='"$entry"' and .rule=="R02")|[.result,.related]' "$work/audit")
    listed=$(jq -c --argjson r "$ref" '[.lookalikes[]|select(.ref==$r)|.requests]' "$work/json")
    case $class in
    other) equal "another reference: $ref" "$hint $r02 $listed" '["finding",[],false,false] ["finding",[]] []' ;;
    NFD) equal "in NFD" "$hint $r02 $listed" '["finding",[5],true,true] ["finding",[5]] []' ;;
    *) equal "$class" "$hint $r02 $listed" '["finding",[4],true,true] ["finding",[4]] [['"$entry"']]' ;;
    esac
done <"$work/classes"
equal 'with the code points that differ' "$(jq -c '.lookalikes[]|select(.requests==[12])|.differs' "$work/json")" '[{"at":4,"asked":"U+002D","there":"U+2011"}]'
for form in '' --html; do
    # shellcheck disable=SC2086
    of_old warrant check CJF-7/2026 $form
    contains "in words, too (${form:-text})" "$work/out" 'U+2011 instead of U+002D (4)'
    contains "and that all of it is under this very reference (${form:-text})" "$work/out" 'exactly this reference'
done
of_old warrant check 'CJF-7/2026 ' --json
equal 'asked the other way round' "$? $(jq -c '[.found,.similar[0],.lookalikes[0].warrants]' "$work/out")" '0 [false,"CJF-7/2026",[4]]'
of_old warrant check "$(printf 'T\303\251cnica 3/2026')" --json
equal 'decomposed and composed' "$(jq -c '[.found,.lookalikes[0].differs]' "$work/out")" '[true,[{"at":2,"asked":"U+00E9","there":"U+0065"},{"at":3,"asked":null,"there":"U+0301"}]]'
of_old report --from 2026-03 --to 2026-03 --by state --json
equal 'a report' $? 0
contains 'two states that look the same' "$work/err" 'U+0020 more (8)'
equal 'which the report names, too' "$(jq -c '[.states_that_look_alike[0]|.states,(.entries|length),.differs]' "$work/out")" \
    '[["Jalisco","Jalisco "],2,[{"at":8,"asked":null,"there":"U+0020"}]]'
for form in json csv html; do
    option=$([ $form = html ] || echo --$form) # without an option it is a page
    # shellcheck disable=SC2086
    of_old report --from 2026-03 --to 2026-03 --by state $option --out "$work/report.$form"
    of_old report --check "$work/report.$form"
    equal "it is made again: $form" $? 0
done
contains 'in a spreadsheet' "$work/report.csv" 'U+0020 more (8)'
contains 'on the page' "$work/report.html" 'U+0020 more (8)'

stop_daemon
finish
