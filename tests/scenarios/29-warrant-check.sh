#!/bin/sh
# What a judge is told about a warrant: who gave it, what was done under it, inside its scope or outside, and that the
# list is complete; that a warrant is not there; and of a log that is not proven, nothing.
. "$(dirname "$0")/../lib.sh"

ana=GOMC850315HDFRRR07
eva=MARP800101MDFRTR03
evil="<script>alert(\"1\")</script> & <img src=x onerror='y'>"
day() { date -u -d "$1" +%Y-%m-%dT%H:%M:%S.000Z; }

# shellcheck disable=SC2086
warrant_check() { # warrant_check REF [OPTION...]: its exit status; output in $work/out
    "$bin/bitacora" warrant check --policy "$work/policy" "$@" >"$work/out" 2>"$work/err"
}
sent() { # sent KEYNAME MEMBERS [OPTION...]: a record; its entry in $work/entry, its reference in $work/ref
    name=$1
    printf '%s\n' "$2" >"$work/record"
    shift 2
    "$bin/bitacora" submit --policy "$work/policy" --key "$work/$name.key" --without-private --json "$@" - <"$work/record" >"$work/sent" 2>"$work/sent.err"
    [ "$(jq -r .verdict "$work/sent")" = good ] || not_ok "recorded: $(cat "$work/record")" "$(cat "$work/sent" "$work/sent.err")"
    jq -r .index "$work/sent" >"$work/entry"
    jq -c '{entry:.index,hash}' "$work/sent" >"$work/ref"
}
last() { cat "$work/entry"; }
ref() { cat "$work/ref"; }
asked() { # asked JQ: a request under CJF-7/2026 about Ana, changed by a jq filter
    printf '{"kind":"request","authority":"mx.fgr","function":"prosecution","level":"federal","holder":"mx.telco","source":"subscriber_db","categories":["subscriber"],"basis":"CNPP-303","purpose":{"code":"criminal_investigation"},"persons":1,"term":"%s","data_window":{"from":"2026-02-01T00:00:00.000Z","until":"2026-02-02T00:00:00.000Z"},"warrant":{"ref":"CJF-7/2026"},"subjects":[{"type":"curp","value":"%s"}]}' \
        "$(day '+9 days')" "$ana" | jq -c "$1"
}
given() { # given REF JQ: a warrant
    printf '{"kind":"warrant","ref":"","matter":"criminal","used_by":["mx.fgr"],"categories":["traffic_retained","subscriber"],"window":{"from":"%s","until":"%s"}}' \
        "$(day '-9 days')" "$(day '+9 days')" | jq -c --arg r "$1" ".ref=\$r|$2"
}
of() { # of ENTRY JQ: of that entry in what --json printed
    jq -r --argjson e "$1" "(.warrants+.entries)[]|select(.entry==\$e)|$2" "$work/out"
}
scope() { # scope DESCRIPTION ENTRY EXPECTED: scope, and the causes that are not in order
    equal "$1" "$(of "$2" '[.scope]+[.answers[]|select(.result!="pass" and (.rule|IN("R05","R07","R08","R10","R19","R20"))).causes|join("+")]|map(.//"-")|join(" ")')" "$3"
}
lacks() { # lacks DESCRIPTION FIXED_STRING: not in what was printed, which is not nothing
    if [ -s "$work/out" ] && ! grep -qF -- "$2" "$work/out"; then ok "$1"; else not_ok "$1" "$(grep -F -m 2 -- "$2" "$work/out")"; fi
}
whole() { tr -s ' \n' ' ' <"$work/out" >"$work/whole"; } # what was printed, without line breaks
says() { # says FIXED_STRING, wherever its lines break
    whole
    contains "says: $1" "$work/whole" "$1"
}

check 'a log' new_log
check 'a witness' new_witness w1
start_witness w1
printf 'log %s\nwitness w1 %s %s\nquorum w1\n' "$vkey" "$(cat "$work/w1.vkey")" "$witness_url" >"$work/served"
check 'is served' start_daemon "$work/data" --policy "$work/served"
sed "1s|\$| $url|" "$work/served" >"$work/policy"
check 'and witnessed' wait_until curl -sf "$url/checkpoint"
for who in 'j1.example.mx judge cjf.juzgado1' 'j2.example.mx judge cjf.juzgado2' 'lopez.example.mx requester mx.fgr' 'ruiz.example.mx requester mx.sspc' \
    'telco.example.mx holder mx.telco' 'banco.example.mx holder mx.banco' 'vigila.example.mx oversight mx.vigilancia'; do
    # shellcheck disable=SC2086
    check "enrolled: $who" enrol $who
done
judge_vkey=$("$bin/bitacora" signers --policy "$work/policy" --json 2>/dev/null | jq -r '.signers[]|select(.name=="j1.example.mx").vkey')

# ---- a case --------------------------------------------------------------------------------------
sent lopez.example.mx "$(asked .)"
early=$(last)
sent j1.example.mx "$(given CJF-7/2026 ".holders=[\"mx.telco\"]|.data_window={from:\"2026-01-01T00:00:00.000Z\",until:\"2026-06-01T00:00:00.000Z\"}|.case={scheme:\"COURT_FILE\",number:\"7/2026\"}|.subjects=[{type:\"curp\",value:\"$ana\"}]")" --private "$work/w7"
w7=$(last) w7ref=$(ref)
ask() { # ask JQ [KEY]: under that warrant
    sent "${2:-lopez.example.mx}" "$(asked "$1")" --warrant "$work/w7"
}
ask . && r1=$(last) r1ref=$(ref)
ask '.categories=["subscriber","geolocation_live"]' && category=$(last) category_ref=$(ref)
ask '.holder="mx.banco"' && holder=$(last)
ask ".subjects[0].value=\"$eva\"" && subject=$(last)
ask '.data_window.until="2026-07-01T00:00:00.000Z"' && data=$(last)
ask '.authority="mx.sspc"|.function="police"' ruiz.example.mx && authority=$(last)
ask 'del(.subjects)' && unsaid=$(last)
sent lopez.example.mx "$(asked '.ground="kidnapping"|.basis="CNPP-303-EXC"|del(.warrant)')"
emergency=$(last)
now=$(day now)
sent telco.example.mx "{\"kind\":\"response\",\"request\":$(ref),\"holder\":\"mx.telco\",\"outcome\":\"full\",\"received_at\":\"$now\"}"
emergency_answer=$(last)
sent j2.example.mx "{\"kind\":\"extension\",\"warrant\":$w7ref,\"until\":\"$(day '+40 days')\"}"
foreign=$(last)
sent lopez.example.mx "{\"kind\":\"closing\",\"warrant\":$w7ref,\"executed\":{\"from\":\"$(day '-1 day')\",\"until\":\"$(day '+20 days')\"}}"
closing=$(last)
extended=$(day '+30 days')
sent j1.example.mx "{\"kind\":\"extension\",\"warrant\":$w7ref,\"until\":\"$extended\"}"
own=$(last)
sent lopez.example.mx "{\"kind\":\"closing\",\"warrant\":$w7ref,\"executed\":{\"from\":\"$(day '-1 day')\",\"until\":\"$(day '+20 days')\"}}"
closing2=$(last)
sent telco.example.mx "{\"kind\":\"response\",\"request\":$r1ref,\"holder\":\"mx.telco\",\"outcome\":\"full\",\"received_at\":\"$now\",\"records\":1234567}"
answer=$(last)
sent telco.example.mx "{\"kind\":\"response\",\"request\":$category_ref,\"holder\":\"mx.telco\",\"outcome\":\"none_held\",\"received_at\":\"$now\"}"
answer2=$(last)
sealed=$(curl -s "$url/v1/receipts/$r1" | sed -n 's/^extra //p' | base64 -d | grep -a -m 1 '^{' | jq -r '.subjects[0].sealed')
hash=$(echo "$r1ref" | jq -r .hash)
acts=
while read -r key record; do
    sent "$key" "$record"
    acts="$acts $(last)"
done <<END
lopez.example.mx {"kind":"judicial_notice","request":$r1ref,"fulfilled_at":"$now","notified_at":"$now"}
j1.example.mx {"kind":"ratification","request":$r1ref,"result":"partial","categories":["subscriber"]}
j1.example.mx {"kind":"deferral","request":$r1ref,"until":"$(day '+50 days')","reason":"risk_to_witness"}
lopez.example.mx {"kind":"transfer","requests":[$r1ref,$category_ref],"recipient":{"country":"US","authority":"us.fbi"}}
lopez.example.mx {"kind":"product","requests":[$r1ref],"class":"link_analysis"}
lopez.example.mx {"kind":"notice","request":$r1ref,"delivered_at":"$now","means":"in_person"}
vigila.example.mx {"kind":"error_report","about":$category_ref,"cause":"exceeded_scope"}
lopez.example.mx {"kind":"destruction","requests":[$r1ref]}
telco.example.mx {"kind":"destruction","blobs":["$sealed"]}
j1.example.mx {"kind":"erasure","blob":"$sealed","order":"$hash"}
j2.example.mx {"kind":"erasure","blob":"$sealed","order":"$hash"}
END
sent lopez.example.mx "{\"kind\":\"correction\",\"about\":$(ref),\"cause\":\"clerical\"}"
correction=$(last)
sent lopez.example.mx "{\"kind\":\"destruction\"}"
other_destruction=$(last)
# shellcheck disable=SC2086
set -- $acts
transfer=$4 erasure=${10} erasure2=${11}

# ---- as JSON -------------------------------------------------------------------------------------
warrant_check CJF-7/2026 --json
equal 'the log is proven and the answer complete' "$? $(jq -c '[.ok,.complete,.found,.witnessed]' "$work/out")" '0 [true,true,true,true]'
size=$(curl -s "$url/checkpoint" | sed -n 2p)
root=$(curl -s "$url/checkpoint" | sed -n 3p)
equal 'up to the last entry' "$(jq -r '.complete_up_to,.root' "$work/out" | xargs)" "$((size - 1)) $root"
equal 'in one sentence' "$(jq -r .statement "$work/out")" "Complete up to entry $((size - 1)) of the log log.example.mx/test with root $root."
equal 'one warrant, of that court' "$(jq -c '[.warrants[]|[.entry,.court,.extensions]]' "$work/out")" "[[$w7,\"cjf.juzgado1\",1]]"
equal 'as extended by its own court only' "$(jq -r '.warrants[0].until' "$work/out")" "$extended"
# shellcheck disable=SC2086
equal 'exactly the entries that belong to it, in order' "$(jq -c '[.entries[].entry]' "$work/out")" \
    "$(echo $early $r1 $category $holder $subject $data $authority $unsaid $foreign $closing $own $closing2 $answer $answer2 $acts $correction | jq -sc sort)"
for e in $emergency $emergency_answer $other_destruction; do equal "entry $e does not" "$(of "$e" .entry)" ''; done
scope 'a request inside its scope' "$r1" inside
scope 'outside: category' "$category" 'outside CATEGORY_OUTSIDE'
scope 'outside: holder' "$holder" 'outside HOLDER_OUTSIDE'
scope 'outside: person' "$subject" 'outside SUBJECT_OUTSIDE'
scope 'outside: time of the data' "$data" 'outside DATA_AFTER'
scope 'outside: authority' "$authority" 'outside AUTHORITY_OUTSIDE'
scope 'who does not say whose data' "$unsaid" 'unknown SUBJECTS_UNSAID'
scope 'cited before it was there' "$early" 'outside WARRANT_NOT_THERE'
equal 'and why' "$(of "$early" .no_warrant)" later
scope 'executed beyond the window, which another court cannot extend' "$closing" 'outside EXECUTED_AFTER'
scope 'executed within the window as extended' "$closing2" inside
equal 'an extension by another court does not count' "$(of "$foreign" .counts) $(of "$own" .counts)" 'false true'
scope 'an answer is as its request is' "$answer" inside
scope 'that of a request outside, too' "$answer2" outside
scope 'a transfer of both' "$transfer" outside
equal 'is about both' "$(of "$transfer" .about -c | xargs)" "[ $r1, $category ]"
equal 'which is abroad, without an instrument' "$(of "$r1" '[.answers[]|select(.rule=="R16")|.result,.related[0]]|join(" ")')" "finding $transfer"
equal 'who erases' "$(of "$erasure" '[.answers[]|select(.rule=="R21").result][0]') $(of "$erasure2" '[.answers[]|select(.rule=="R21").causes[]]|join("+")')" 'pass ERASED_BY_OTHER_COURT'
equal 'and what that seals' "$(of "$erasure" '.about|map(tostring)|join(" ")')" "$(of "$erasure2" '.about|map(tostring)|join(" ")')"
equal 'a correction of one of these belongs, too' "$(of "$correction" '.about[0]')" "$erasure2"
lacks 'nobody is named' "$ana"
"$bin/bitacora" audit --policy "$work/policy" --all --json 2>/dev/null | jq -c 'select(.type=="answer")|[.entry,.rule,.result,.causes,.related]' | sort >"$work/audit"
jq -c '(.warrants+.entries)[]|.entry as $e|.answers[]|[$e,.rule,.result,.causes,.related]' "$work/out" | sort >"$work/answers"
equal 'its answers are those of an audit' "$(comm -13 "$work/audit" "$work/answers" | wc -l) $(wc -l <"$work/answers")" "0 $(jq -r --slurpfile o "$work/out" '($o[0].warrants+$o[0].entries|map(.entry)) as $of|select(.[0]|IN($of[]))|1' "$work/audit" | wc -l)"

# ---- as text -------------------------------------------------------------------------------------
warrant_check CJF-7/2026
equal 'as text' "$? $(head -n 1 "$work/out")" '0 Warrant “CJF-7/2026”'
equal 'the sentence stands at the top and at the end' "$(tr -s ' \n' ' ' <"$work/out" | grep -oF "Complete up to entry $((size - 1)) of the log log.example.mx/test with root $root." | wc -l)" 2
for said in 'Court cjf.juzgado1, federal' 'Signed with the key of j1.example.mx' "Enrolment of that key entry 1, by the registrar registrar.example.mx" \
    "Revoked later no, up to entry $((size - 1))" 'Persons named 1 × CURP' 'requests inside its scope: 1 ' 'requests OUTSIDE its scope: 5 ' \
    '✓ inside the scope of the warrant (R07, R08, R19)' '✗ OUTSIDE the scope of the warrant; R08: the category “location in real time” is not in the warrant' \
    "✗ not under a warrant of the log; R19: the warrant came into the log only later, as entry $w7" 'which is not the warrant'"'"'s court' 'of another court: counts as absent' \
    "OUTSIDE the scope of the warrant; as the request of entry $category" 'to us.fbi (US)' 'what is sealed in these entries is to be deleted: ' 'w1.example.mx cosigned on' 'met (at least 1 of 1)' '“mx”' \
    'a person identified by CURP (population registry code) has another' '- CPEUM: Constitución Política de los Estados Unidos Mexicanos (the constitution)' "as the request of entry $category"; do
    says "$said"
done
lacks 'laws that are not named are not written out' 'LGMDFP'
lacks 'nor rules that are all right' '- R12:'
equal 'what is meant is explained once' "$(tr -s ' \n' ' ' <"$work/out" | grep -oF 'That means: every entry' | wc -l)" 1
equal 'no line is longer than 100 columns' "$(($(wc -L <"$work/out") <= 100))" 1
warrant_check CJF-7/2026 --lang es
equal 'in Spanish' "$? $(head -n 1 "$work/out")" '0 Mandamiento «CJF-7/2026»'
for said in "Completo hasta el asiento $((size - 1)) de la bitácora log.example.mx/test con raíz $root." 'FUERA del alcance del mandamiento' 'la categoría «geolocalización en tiempo real» no está en el mandamiento' \
    'Prórroga de un mandamiento' 'se tiene por inexistente' "de las respuestas a los asientos $r1 y $category" "con las respuestas al asiento $r1" 'Raíz del punto de control' \
    'una persona identificada por CURP lleva otro' 'solo puede saberlo el órgano de supervisión' 'dentro del alcance, pero con otro hallazgo' 'Abreviaturas' '- CNPP: Código Nacional de Procedimientos Penales' \
    'solicitudes que citan la referencia y no tienen tal mandamiento: 1' 'registros: 1,234,567'; do
    says "$said"
done

# ---- the key of the judge is revoked -------------------------------------------------------------
"$bin/bitacora" revoke --policy "$work/policy" --key "$work/registrar.key" --vkey "$judge_vkey" --reason key_compromise --since "$(day '-5 days')" >/dev/null 2>&1
revoked=$(($(curl -s "$url/checkpoint" | sed -n 2p) - 1))
warrant_check CJF-7/2026
says "Revoked later yes, by entry $revoked"
says 'not to be relied on from'
says 'R22: signed when the key was, as later said, no longer to be trusted'

# ---- another court, the same reference -----------------------------------------------------------
sent j2.example.mx "$(given CJF-7/2026 .)"
w72=$(last)
sent lopez.example.mx "$(asked .)" && several=$(last)
sent lopez.example.mx "$(asked '.warrant.court="cjf.juzgado2"')" && second=$(last)
sent lopez.example.mx "$(asked '.warrant.court="cjf.nowhere"')" && nowhere=$(last)
sent lopez.example.mx "$(asked ".warrant+=$w7ref|.warrant.ref=\"CJF-70/2026\"")" && misnamed=$(last)
sent j2.example.mx "$(given CJF-8/2026 .)"
w8ref=$(ref)
sent lopez.example.mx "$(asked ".warrant+=$w8ref")" && wrong_entry=$(last)
warrant_check CJF-7/2026 --json
equal 'two courts, two warrants' "$(jq -c '[.warrants[]|[.entry,.court]]' "$work/out")" "[[$w7,\"cjf.juzgado1\"],[$w72,\"cjf.juzgado2\"]]"
equal 'why requests have none' "$(for e in $several $nowhere $misnamed $wrong_entry; do of "$e" '.scope+" "+.no_warrant'; done | xargs)" 'outside ambiguous outside court outside other_ref outside entry'
scope 'one that names the second court' "$second" inside
equal 'is about its warrant' "$(of "$second" '.about[0]')" "$w72"
warrant_check CJF-7/2026
says '2 warrants have this reference: each is shown on its own'
says 'R19: several warrants have that reference, and it does not say which is meant'
says "R19: it names the court cjf.nowhere; the warrant of entry $w7 is of cjf.juzgado1"
warrant_check CJF-7/2026 --court cjf.juzgado2 --json
equal 'of one court only' "$(jq -c '[[.warrants[].entry],[.elsewhere[].entry],[.entries[].entry]]' "$work/out")" "[[$w72],[$w7],[$early,$several,$second,$wrong_entry]]"
warrant_check CJF-7/2026 --court cjf.juzgado2
says "left out: the warrant of entry $w7, which has the same reference and is of cjf.juzgado1"

# ---- the same person, and another warrant or none ------------------------------------------------
subjects=$(curl -s "$url/v1/receipts/$r1" | sed -n 's/^extra //p' | base64 -d | grep -a -m 1 '^{' | jq -c .subjects)
sent lopez.example.mx "$(asked "del(.warrant)|.subjects=$subjects|.ground=\"kidnapping\"|.basis=\"CNPP-303-EXC\"")" && aside=$(last) aside_ref=$(ref)
sent telco.example.mx "{\"kind\":\"response\",\"request\":$aside_ref,\"holder\":\"mx.telco\",\"outcome\":\"full\",\"received_at\":\"$now\"}"
aside_answer=$(last)
sent lopez.example.mx "$(asked ".warrant.ref=\"CJF-8/2026\"|.subjects=$subjects")" && aside8=$(last)
sent lopez.example.mx "$(asked '.warrant.court="cjf.juzgado1"|.holder="mx.banco"|.categories=["vehicle"]|del(.subjects)')" && both=$(last)
warrant_check CJF-7/2026 --json
scope 'outside for two reasons' "$both" 'outside HOLDER_OUTSIDE+CATEGORY_OUTSIDE'
equal 'requests that repeat a person of the warrant, and what is about them' "$(jq -c '[.entries[]|select(.relation=="same_person").entry]' "$work/out")" "[$aside,$aside_answer,$aside8]"
equal 'are about that warrant' "$(of "$aside" '[.about[],.about_total]|map(tostring)|join(" ")')" "$w7 1"
equal 'with what the rules answer' "$(of "$aside" '[.answers[]|select(.rule|IN("R02","R06","R11")).rule]|join(" ")')" 'R02 R06 R11'
equal 'all others have no such relation' "$(jq '[.entries[]|select(has("relation")|not)]|length > 20' "$work/out")" true
warrant_check CJF-7/2026
says "? other requests about a person whom this warrant names, that do not cite it: 2 (entries $aside, $aside8)"
equal 'they stand apart, once' "$(sed -n '/^Other requests about a person whom this warrant names/,/^What this rests on/p' "$work/out" | grep -cE "^ +($aside|$aside_answer|$aside8)  ") $(grep -cE "^ +($aside|$aside_answer|$aside8)  " "$work/out")" '3 3'
says '; cites no warrant'
says 'OUTSIDE the scope of the warrant; R08: mx.banco is not among the data holders of the warrant; the category “vehicle data” is not in the warrant'
says '; cites the warrant “CJF-8/2026”'
says 'inside the scope of the other warrant that it cites'
equal 'the requests inside the scope stay as they were' "$(tr -s ' \n' ' ' <"$work/out" | grep -oE 'requests inside its scope: [0-9]+' | head -n 1)" 'requests inside its scope: 2'

# ---- what is not there ---------------------------------------------------------------------------
sent lopez.example.mx "$(asked '.warrant.ref="CJF-404/2026"')" && absent=$(last)
warrant_check CJF-404/2026 --json
equal 'a warrant that is not in the log' "$? $(jq -c '[.ok,.found,[.entries[]|[.entry,.no_warrant]]]' "$work/out")" "0 [true,false,[[$absent,\"absent\"]]]"
warrant_check CJF-404/2026
says "✗ Not in the log, proven up to entry $absent: there is no warrant “CJF-404/2026” under a judge's key"
lacks 'an absence is nothing good' '✓ Not'
lacks 'nothing is like it' 'did you mean'
warrant_check CJF-404/2026 --html
equal 'on a page, too' "$? $(grep -c '<section class="status bad">' "$work/out") $(grep -c '<section class="status good">' "$work/out")" '0 1 0'
says "requests that cite the reference and have no such warrant: 1 (entry <a href=\"#e$absent\">$absent</a>)"
warrant_check CJF-405/2026
says '○ Not in the log, proven up to entry'
lacks 'that nobody cites it is nothing good either' '✓ no request'
warrant_check CJF-405/2026 --html
equal 'and neutral on a page' "$? $(grep -c '<section class="status neutral">' "$work/out") $(grep -c '<section class="status good">' "$work/out")" '0 1 0'
warrant_check cjf-7/2026 --json
equal 'capitals count' "$? $(jq -c '[.found,.entries,.similar]' "$work/out")" '0 [false,[],["CJF-7/2026"]]'
warrant_check CJF-7/2026 --court cjf.juzgado9 --json
equal 'nor of a court that gave none' "$? $(jq -c '[.found,(.elsewhere|length),.similar]' "$work/out")" '0 [false,2,[]]'
equal 'requests that cite it as that of another court are counted' "$(jq -c '[.citing_elsewhere_total,(.citing_elsewhere|length),(.citing_elsewhere|index('"$r1"')!=null)]' "$work/out")" '[10,10,true]'
warrant_check CJF-7/2026 --court cjf.juzgado9
says 'all that names this reference as that of a warrant of this court'
says 'left out: requests that cite the reference as a warrant of another court: 10 (entries '
lacks 'nobody says that none cites it' 'no request cites the reference'
for like in 'cjf 7 2026' ' CJF–7/2026 ' 'çjf_7//2026.'; do
    warrant_check "$like" --lang es
    equal "like one that is there: $like" $? 0
    says '? ¿quiso decir «CJF-7/2026»?'
done
warrant_check 'CJF-7/2027'
lacks 'unlike any' 'did you mean'
warrant_check 'cjf 404 2026' --json
equal 'like one that requests cite' "$(jq -c .similar "$work/out")" '["CJF-404/2026"]'
"$bin/bitacora" warrant --help >"$work/help" 2>&1
contains 'the help says that absence is an answer' "$work/help" 'exit 0'

# ---- a page, with a hostile reference ------------------------------------------------------------
sent j2.example.mx "$(given "$evil" .)"
sent lopez.example.mx "$(asked ".warrant=$(jq -nc --arg r "$evil" '{ref:$r}')|.case={scheme:\"FGR_CI\",number:\"</td></table><h1>x\"}")"
warrant_check "$evil" --html
equal 'a page' "$? $(grep -c '<section class="status good">' "$work/out")" '0 1'
lacks 'no markup of the reference' '<script'
lacks 'nor an image' '<img'
lacks 'nor a heading of the case number' '<h1>x'
lacks 'no command line, which paper cannot run' 'bitacora warrant'
contains 'but its text' "$work/out" '&lt;script&gt;alert(&quot;1&quot;)'
says '<b>Request for data</b>'
warrant_check CJF-7/2026 --html --lang es
equal 'in Spanish' "$? $(grep -c '<html lang="es-MX">' "$work/out")" '0 1'
says 'FUERA del alcance del mandamiento'
[ -z "${KEEP:-}" ] || cp "$work/out" "$work/page.html"

# ---- what is not proven is not told --------------------------------------------------------------
check 'a mirror' "$bin/bitacora" mirror --policy "$work/policy" "$work/mirror"
warrant_check CJF-7/2026 --dir "$work/mirror" --json
equal 'of a mirror the same' "$? $(jq -c '.found' "$work/out")" '0 true'
cp -r "$work/mirror" "$work/tampered"
bundle=$(echo "$work/tampered/tile/entries/000.p"/*)
LC_ALL=C sed -i 's/geolocation_live/traffic_retained/' "$bundle"
for form in '' --json --html; do
    # shellcheck disable=SC2086
    warrant_check CJF-7/2026 --dir "$work/tampered" $form
    equal "of a tampered one: bad (${form:-text})" $? 1
    lacks "and no fact (${form:-text})" cjf.juzgado1
    lacks "no request (${form:-text})" mx.telco
done
equal 'not even by name' "$(warrant_check CJF-7/2026 --dir "$work/tampered" --json; jq -c '[.ok,.complete,.found,.warrants,.entries,.statement]' "$work/out")" '[false,false,null,null,null,null]'
warrant_check CJF-7/2026 --dir "$work/tampered"
equal 'which it says first' "$(sed -n 3p "$work/out")" '✗ NOT PROVEN: the log that was shown is bad'
lacks 'and it claims nothing complete' 'Complete up to'
rm "$bundle"
warrant_check CJF-404/2026 --dir "$work/tampered"
equal 'a file is missing: undecided' "$? $(sed -n 3p "$work/out")" '3 ? NOT PROVEN: it could not be decided what the log says'
lacks 'an absence is not claimed either' 'Proven'
warrant_check CJF-404/2026 --genesis AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=
equal 'another genesis was pinned: bad' "$? $(sed -n 3p "$work/out")" '1 ✗ NOT PROVEN: the log that was shown is bad'
"$bin/bitacora" keygen w2.example.mx --out "$work/w2.key" --witness >"$work/w2.vkey"
cp "$work/policy" "$work/policy1"
sed '$d' "$work/policy1" >"$work/policy"
printf 'witness w2 %s\ngroup all 2 w1 w2\nquorum all\n' "$(cat "$work/w2.vkey")" >>"$work/policy"
warrant_check CJF-7/2026 --dir "$work/mirror"
equal 'no quorum: undecided' "$? $(sed -n 3p "$work/out")" '3 ? NOT PROVEN: it could not be decided what the log says'
cp "$work/policy1" "$work/policy"
expect 2 'without a reference' "$bin/bitacora" warrant check --policy "$work/policy"
expect 2 'another word' "$bin/bitacora" warrant show X --policy "$work/policy"
expect 2 'a reference that no record can have' "$bin/bitacora" warrant check "$(printf 'A\033[2J')" --policy "$work/policy"
expect 2 'both forms' "$bin/bitacora" warrant check X --json --html --policy "$work/policy"

# ---- many that name one blob: not each with each -------------------------------------------------
jq -nc --argjson r "$(asked "del(.warrant)|.subjects=$subjects")" 'range(300)|$r' >"$work/many"
"$bin/bitacora" submit --policy "$work/policy" --key "$work/lopez.example.mx.key" - <"$work/many" >/dev/null 2>"$work/err"
equal 'many requests about one person' $? 0
sent j2.example.mx "{\"kind\":\"erasure\",\"blob\":\"$sealed\",\"order\":\"$hash\"}"
many=$(last)
warrant_check CJF-7/2026 --json
equal 'what erases all of them lists some, and says how many' "$? $(of "$many" '[(.about|length),.about_total>300,.about[0]]|map(tostring)|join(" ")')" "0 256 true $w7"
more=$(($(of "$many" .about_total) - 20))
warrant_check CJF-7/2026
says 'what is sealed in these entries is to be deleted: '"$w7"
says "and $more more"
equal 'no line grows with them' "$(sed -n "/^ *$many  /,\$p" "$work/out" | sed -n '2,/signed by/p' | wc -l | awk '{print ($1<6)}')" 1

stop_daemon
finish
